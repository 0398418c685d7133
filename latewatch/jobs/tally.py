"""Tally: the figures of a period, by field or by unit."""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from latewatch.clock import at_midnight
from latewatch.domain.period import Period
from latewatch.domain.standing import Case
from latewatch.domain.tally import CountingRule, Tally, tally
from latewatch.jobs.assess import Deadlines
from latewatch.jobs.office import Office
from latewatch.reports.sheets import write_form_07a, write_units
from latewatch.store.cases import assessed, countable


class Form(StrEnum):
    """The tables there are."""

    BY_FIELD = "07a"  # Thông tư 09/2026/TT-BTP, Biểu 07a
    BY_UNIT = "units"


LABEL: dict[Form, Callable[[Case], str]] = {
    Form.BY_FIELD: lambda case: case.dossier.field,
    Form.BY_UNIT: lambda case: case.unit,
}


def tally_period(office: Office, period: Period, form: Form, now: datetime) -> Tally:
    """Count the stored dossiers for `period`. Raises TallyError and StoreError."""
    deadlines = Deadlines(office)
    after = at_midnight(period.last + timedelta(days=1))
    first = min(at_midnight(period.first), now)  # of a period to come: what is not finished yet
    window = countable(first, after, deadlines.rules)
    with office.store.reading() as connection:
        cases = deadlines.cases(assessed(connection, window))
        return tally(
            cases,
            period,
            label=LABEL[form],
            rule=counting_rule(office),
            now=now,
            first=[unit.name for unit in office.roster.units] if form is Form.BY_UNIT else (),
        )


def counting_rule(office: Office) -> CountingRule:
    counting = office.settings.counting
    return CountingRule(
        withdrawn=counting.withdrawn,
        stopped=counting.stopped,
        not_accepted=counting.not_accepted,
        refused=counting.refused,
        suspended=counting.suspended,
        unknown_channel=counting.unknown_channel,
    )


def write_sheet(office: Office, result: Tally, form: Form, path: Path) -> None:
    """Write the table as XLSX. Raises StoreError."""
    write = write_form_07a if form is Form.BY_FIELD else write_units
    write(result, office_name=office.settings.office.name, path=path)
