"""Processes that a test may kill or have for itself: forks of one that only imported what takes long to import."""

import multiprocessing
import os
import pkgutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import latewatch.cli
from latewatch.cli.main import run

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
        *(f"latewatch.cli.{each.name}" for each in pkgutil.iter_modules(latewatch.cli.__path__)),
        "openpyxl",
        "aiosmtpd.controller",
        "pytest",
    ]
)


def program(*words: str, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the program in a process of its own that need not load it, and return how it ended."""
    with TemporaryDirectory(prefix="lw-said-") as folder:
        said = [Path(folder) / "out", Path(folder) / "err"]
        place = cwd or Path.cwd()
        process = FORKS.Process(target=_be_the_program, args=(words, place, {**os.environ, **env}, said))
        process.start()
        process.join(120)
        if process.exitcode is None:
            process.kill()
            raise TimeoutError(words)
        out, err = (path.read_text(encoding="utf-8") for path in said)
        return subprocess.CompletedProcess(words, process.exitcode, out, err)


def _be_the_program(words: Sequence[str], folder: Path, env: dict[str, str], said: list[Path]) -> None:
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(env)
    time.tzset()
    for stream, path in zip((sys.stdout, sys.stderr), said, strict=True):
        with path.open("wb") as file:
            os.dup2(file.fileno(), stream.fileno())
    sys.argv = ["latewatch", *words]
    run()
