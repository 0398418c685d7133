"""`latewatch run`: the jobs on their times, until stopped."""

import logging

from latewatch.cli import terminal
from latewatch.cli.options import DEFAULT_CONFIG, Config
from latewatch.scheduler import run_until_stopped


def run(config: Config = DEFAULT_CONFIG) -> None:
    """Chạy theo lịch: lấy dữ liệu, soạn thư, gửi bản tin; đến khi nhận SIGTERM hoặc Ctrl+C."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for noisy in ("apscheduler", "alembic", "httpx"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    run_until_stopped(config, terminal.say)
