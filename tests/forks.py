"""Processes that a test may kill: each is a fork of one that only imported what takes long to import."""

import multiprocessing

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(
    [
        "latewatch.app",
        "latewatch.jobs.check",
        "latewatch.jobs.letters.printing",
        "latewatch.jobs.letters.sending",
        "latewatch.jobs.poll",
        "latewatch.letters.print_list",
        "latewatch.letters.render",
        "openpyxl",
        "aiosmtpd.controller",
        "pytest",
    ]
)
