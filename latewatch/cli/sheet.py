"""How an explanation is put on paper: the option `--pdf`, and what the sheet needs besides the account."""

from pathlib import Path
from typing import Annotated

import typer

from latewatch.app import sheet_printer
from latewatch.calendars.load import warnings as calendar_warnings
from latewatch.config import Settings
from latewatch.disk import write_whole
from latewatch.domain.account import Account
from latewatch.reports.due_sheet import DueSheet

Pdf = Annotated[
    Path | None,
    typer.Option("--pdf", metavar="TỆP", help="Ghi “Phiếu giải trình thời hạn giải quyết” một trang A4."),
]


def write_sheet(path: Path, sheet: DueSheet, settings: Settings | None) -> None:
    """Print the sheet and write it whole. Raises SheetError and StoreError."""
    write_whole(path, sheet_printer(settings).pdf(sheet), setting="--pdf")


def calendar_doubts(account: Account) -> list[str]:
    """Return what is not certain of the calendar in the years the account speaks of."""
    deadline = account.deadline
    days = [deadline.computed_on, deadline.lapses_on, account.revised_on, deadline.waiting_since]
    years = [day.year for day in (account.facts.received_at, *days) if day]
    if account.ran is None or not years:
        return []
    return calendar_warnings(account.calendar, range(min(years), max(years) + 1))
