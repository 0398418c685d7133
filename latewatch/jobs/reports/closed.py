"""Whether the table on the screen was closed, and whether it still reads as it did."""

from latewatch.domain.tally.layout import Form
from latewatch.domain.tally.table import Tally
from latewatch.jobs.office import Office
from latewatch.jobs.reports.stored import content_of
from latewatch.store.reports.frozen import Key, of_key


def closed_line(office: Office, result: Tally, form: Form) -> str:
    """Say that the report of this table is frozen, and whether its figures are others now; else nothing."""
    period = result.period
    key = Key(form=form.value, unit="", first=period.first, last=period.last, rule=result.rule.name)
    with office.store.reading() as connection:
        reports = of_key(connection, key)
    if not reports:
        return ""
    report = reports[-1]
    said = f"Kỳ này đã chốt: báo cáo số {report.number}, bản {report.version}, {report.made_at:%d/%m/%Y}"
    if content_of(report).rows == {label: row.figures() for label, row in result.rows.items()}:
        return f"{said}; số liệu vẫn như đã chốt."
    return f"{said}; số liệu nay khác, vì sao: latewatch tally frozen differences {report.number}"
