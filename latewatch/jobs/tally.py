"""Tally: the figures of a period, by field or by unit, under a named rule; what is behind them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from latewatch.clock import at_midnight
from latewatch.domain.names import fold
from latewatch.domain.period import Period
from latewatch.domain.standing import Case
from latewatch.domain.tally.counts import COLUMNS, Counts
from latewatch.domain.tally.rule import SHIPPED, TT09, CountingRule
from latewatch.domain.tally.table import NO_LABEL, TOTAL, Cell, Differing, Tally, behind, compared, tally
from latewatch.errors import TallyError
from latewatch.jobs.assess import Deadlines
from latewatch.jobs.office import Office
from latewatch.reports.sheets import write_form_07a, write_units
from latewatch.store.cases import assessed, countable

OWN = "co-quan"  # the name of the office's own choices in [counting]


class Form(StrEnum):
    """The tables there are."""

    BY_FIELD = "07a"  # Thông tư 09/2026/TT-BTP, Biểu 07a
    BY_UNIT = "units"


LABEL: dict[Form, Callable[[Case], str]] = {
    Form.BY_FIELD: lambda case: case.dossier.field,
    Form.BY_UNIT: lambda case: case.unit,
}


def tally_period(
    office: Office, period: Period, form: Form, now: datetime, rule: CountingRule | None = None
) -> Tally:
    """Count the stored dossiers for `period`, by the office's own rule unless told. Raises TallyError."""
    with _cases(office, period, now) as cases:
        return tally(
            cases,
            period,
            label=LABEL[form],
            rule=rule or counting_rule(office),
            now=now,
            first=[unit.name for unit in office.roster.units] if form is Form.BY_UNIT else (),
        )


@contextmanager
def _cases(office: Office, period: Period, now: datetime) -> Iterator[Iterator[Case]]:
    """Give every dossier that the table of `period` may count."""
    deadlines = Deadlines(office)
    after = at_midnight(period.last + timedelta(days=1))
    first = min(at_midnight(period.first), now)  # of a period to come: what is not finished yet
    window = countable(first, after, deadlines.rules)
    with office.store.reading() as connection:
        yield deadlines.cases(assessed(connection, window))


def counting_rule(office: Office, name: str = "") -> CountingRule:
    """Return the rule called `name`; without one what the office chose in [counting]. Raises TallyError."""
    counting = office.settings.counting
    names = {each.name for each in fields(CountingRule)}.intersection(counting.__struct_fields__) - {"due"}
    own = replace(TT09, **{each: getattr(counting, each) for each in names})
    if own != TT09:
        own = replace(own, name=OWN, title="Cách đếm cơ quan chọn", source="[counting] trong tệp cấu hình")
    rules = {own.name: own, **{each.name: each for each in SHIPPED.values() if each.name != own.name}}
    if not name:
        return own
    found = next((rule for each, rule in rules.items() if fold(each) == fold(name)), None)
    if found is None:
        raise TallyError(f"Không có cách đếm “{name}”; chọn trong: {', '.join(rules)}.")
    return found


@dataclass(frozen=True, slots=True)
class Behind:
    """The dossiers behind one cell, by code; there are as many as the cell says."""

    cell: Cell
    rule: CountingRule
    cases: list[Case]


def behind_cell(  # noqa: PLR0917  a cell of a table
    office: Office, period: Period, form: Form, now: datetime, cell: Cell, rule: CountingRule
) -> Behind:
    """Return exactly the dossiers that `cell` counts. Raises TallyError where the table has no such cell."""
    known = {each.name for each in fields(Counts)} | set(COLUMNS)
    if cell.column not in known:
        raise TallyError(f"Bảng không có cột “{cell.column}”; ví dụ: c12, overdue_with_letter.")
    with _cases(office, period, now) as cases:
        everything = list(cases)
    label = LABEL[form]
    names = {TOTAL, *(label(case) or NO_LABEL for case in everything)}
    row = next((each for each in names if fold(each) == fold(cell.label)), None)
    if row is None:
        raise TallyError(f"Bảng của kỳ này không có dòng “{cell.label}”.")
    found = behind(everything, Cell(row, cell.column), period, label=label, rule=rule, now=now)
    return Behind(Cell(row, cell.column), rule, sorted(found, key=lambda case: case.dossier.code))


@dataclass(frozen=True, slots=True)
class Comparison:
    """What one rule counts otherwise than the other, dossier by dossier."""

    one: CountingRule
    other: CountingRule
    differing: list[Differing]


def compare_rules(  # noqa: PLR0917  a table and two rules
    office: Office, period: Period, form: Form, now: datetime, one: CountingRule, other: CountingRule
) -> Comparison:
    """Return the dossiers that make the two tables differ, by code."""
    with _cases(office, period, now) as cases:
        found = compared(cases, period, one, other, label=LABEL[form], now=now)
        return Comparison(one, other, sorted(found, key=lambda each: each.case.dossier.code))


def write_sheet(office: Office, result: Tally, form: Form, path: Path) -> None:
    """Write the table as XLSX. Raises StoreError."""
    write = write_form_07a if form is Form.BY_FIELD else write_units
    write(result, office_name=office.settings.office.name, path=path)
