"""`latewatch reports leader`: the month on two pages for the head of the office."""

from pathlib import Path
from typing import Annotated

import typer

from latewatch.app import open_office
from latewatch.cli import terminal
from latewatch.cli.options import DEFAULT_CONFIG, At, Config, Json, instant
from latewatch.cli.reports.group import reports
from latewatch.cli.tally.trend import MonthName, RuleName, asked_month
from latewatch.jobs.assess import assess
from latewatch.jobs.leader import write_leader
from latewatch.jobs.overview import overview
from latewatch.jobs.tally import counting_rule


@reports.command("leader")
def leader(
    month: MonthName,
    pdf: Annotated[Path, typer.Option(metavar="TỆP", help="Tệp PDF sẽ ghi.")],
    rule: RuleName = "",
    at: At = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Lập báo cáo tháng hai trang cho lãnh đạo: năm số, ba hình, thay đổi gì, việc kỳ tới."""
    asked, now = asked_month(month), instant(at)
    with open_office(config) as office:
        assess(office, now)
        write_leader(office, overview(office, asked, now, counting_rule(office, rule)), pdf)
    if as_json:
        terminal.show_json({"file": str(pdf)})
    else:
        terminal.say(f"Đã ghi {pdf}")
