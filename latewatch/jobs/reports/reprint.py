"""A frozen report again: its figures as a table, and its files byte by byte as they were kept."""

from pathlib import Path

from latewatch.disk import write_whole
from latewatch.domain.tally.columns import NOTHING, values_of
from latewatch.domain.tally.counts import Counts
from latewatch.domain.tally.forms import LAYOUTS
from latewatch.domain.tally.layout import Form
from latewatch.domain.tally.table import TOTAL
from latewatch.jobs.office import Office
from latewatch.jobs.reports.stored import content_of, report_numbered
from latewatch.jobs.tally import plan_of
from latewatch.store.reports.frozen import Frozen, part


def read(office: Office, number: int) -> Frozen:
    """Return the frozen report of this number. Raises TallyError."""
    with office.store.reading() as connection:
        return report_numbered(connection, number)


def table_of(office: Office, report: Frozen) -> dict[str, list[str]]:
    """Return the cells of every row as the form shows them, the total last."""
    content, columns = content_of(report), LAYOUTS[Form(report.form)].columns
    kind = plan_of(office, Form(report.form)).row

    def cells(figures: dict[str, int]) -> list[str]:
        row: Counts = kind(**figures)
        values = values_of(columns, row).values()
        return [NOTHING if value is None else str(value).replace(".", ",") for value in values]

    return {name: cells(row) for name, row in content.rows.items()} | {TOTAL: cells(content.total)}


def export(office: Office, number: int, name: str, path: Path) -> None:
    """Write the kept `xlsx` or `pdf`. Raises TallyError and StoreError."""
    with office.store.reading() as connection:
        content = part(connection, report_numbered(connection, number).number, name)
    write_whole(path, content, setting=f"--{name}")
