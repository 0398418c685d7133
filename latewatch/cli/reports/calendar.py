"""`latewatch reports calendar`: who must file which report by when, and how far it has come."""

from datetime import date
from typing import Annotated

import typer

from latewatch.app import open_office
from latewatch.cli import terminal
from latewatch.cli.options import DEFAULT_CONFIG, At, Config, Json, instant
from latewatch.cli.reports.group import reports
from latewatch.domain.reporting import RECEIVER
from latewatch.jobs.reports.due import Due, level_of, reporting_calendar

SOURCE = (
    "Nguồn: Thông tư 09/2026/TT-BTP, Điều 9, 10, 11; dời khi gặp ngày nghỉ hay không: [reports] "
    "move_to_working_day."
)
Year = Annotated[
    int | None, typer.Option("--year", min=2020, max=2100, metavar="NĂM", help="Mặc định: năm nay.")
]


@reports.command("calendar")
def calendar(
    year: Year = None,
    at: At = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Ai nộp báo cáo nào, chậm nhất ngày nào (TT 09/2026/TT-BTP Điều 9, 11); đã chốt, đã gửi đến đâu."""
    now = instant(at)
    with open_office(config) as office, office.store.reading() as connection:
        dues = reporting_calendar(office, connection, year or now.year, now)
        level = level_of(office)
    if as_json:
        terminal.show_json([_document(each) for each in dues])
        return
    headings = ("Kỳ báo cáo", "Từ", "Đến", "Biểu", "Chậm nhất", "Tình trạng")
    rows = [_row(each, now.date()) for each in dues]
    terminal.show_table(f"Nộp cho {RECEIVER[level]}", headings, rows, wraps=(0, 5))
    terminal.say(SOURCE)


def _row(due: Due, today: date) -> tuple[object, ...]:
    period = due.filing.period
    days = (f"{each:%d/%m/%Y}" for each in (period.first, period.last))
    return (period.title, *days, due.filing.form, f"{due.due_on:%d/%m/%Y}", due.state_on(today))


def _document(due: Due) -> dict[str, object]:
    period = due.filing.period
    return {
        "name": due.filing.name,
        "period": {"from": period.first, "to": period.last, "title": period.title},
        "form": due.filing.form,
        "due_on": due.due_on,
        "working_days_left": due.days_left,
        "frozen": due.frozen and due.frozen.number,
        "sent": due.is_sent,
    }
