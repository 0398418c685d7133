"""The table of one report with the dossiers that make it up: of the whole office, or of one unit's alone."""

import zlib
from dataclasses import dataclass, fields
from datetime import datetime

import msgspec

from latewatch.domain.names import UnitName
from latewatch.domain.period import Period
from latewatch.domain.standing import Case
from latewatch.domain.tally.forms import LAYOUTS
from latewatch.domain.tally.freezing import Places, PlacesOf, check_placed, placed, places_by
from latewatch.domain.tally.identities import check_sections
from latewatch.domain.tally.layout import Form
from latewatch.domain.tally.rule import CountingRule
from latewatch.domain.tally.table import Tally, instant_of, tabulate
from latewatch.errors import TallyError
from latewatch.jobs.office import Office
from latewatch.jobs.tally import plan_of, stored_cases


@dataclass(frozen=True, slots=True)
class Scope:
    """What a report is of: a form, a period, a rule, and a unit or the whole office."""

    form: Form
    period: Period
    rule: CountingRule
    unit: UnitName | None = None

    @property
    def unit_code(self) -> str:
        return self.unit.code if self.unit else ""

    @property
    def title(self) -> str:
        return f"{self.form}, {self.period.title}{f', {self.unit.name}' if self.unit else ''}"

    def holds(self, case: Case) -> bool:
        return self.unit is None or case.unit == self.unit.name


def count(office: Office, scope: Scope, now: datetime) -> tuple[Tally, dict[str, Places]]:
    """Return the table of `scope` and where each of its dossiers stands. Raises TallyError."""
    plan = plan_of(office, scope.form)
    with stored_cases(office, scope.period, now, scope.rule) as stored:
        cases = [case for case in stored if scope.holds(case)]
    result = tabulate(cases, plan, scope.period, rule=scope.rule, now=now)
    layout = LAYOUTS[scope.form]
    if layout.sections:
        parts = layout.parts(result.rows)
        check_sections(result.rows.keys(), [part.row(each) for part, rows in parts if part for each in rows])
    known = placed(cases, places_in(office, scope, now))
    check_placed(known, result.rows)
    return result, known


def places_in(office: Office, scope: Scope, now: datetime) -> PlacesOf:
    """Return what tells where a dossier stands in the table of `scope`; one of another unit nowhere."""
    plan = plan_of(office, scope.form)
    places_of = places_by(plan, scope.period, instant_of(scope.period, now), scope.rule)
    return lambda case: places_of(case) if scope.holds(case) else ()


def unit_called(office: Office, code: str) -> UnitName | None:
    """Return the unit of a code or name; None for the whole office. Raises TallyError."""
    if not code:
        return None
    unit = office.roster.find(code)
    if unit is None:
        known = ", ".join(each.code for each in office.roster.units) or "chưa khai đơn vị nào"
        raise TallyError(f"Không có đơn vị “{code}” trong [[units]]; các mã: {known}.")
    return unit


def packed(known: dict[str, Places]) -> bytes:
    """Return where the dossiers stand as few bytes; the same dossiers give the same bytes."""
    return zlib.compress(msgspec.json.encode(known), 9)


def unpacked(content: bytes) -> dict[str, Places]:
    return msgspec.json.decode(zlib.decompress(content), type=dict[str, Places])


def rule_data(rule: CountingRule) -> dict[str, object]:
    """Return every choice of a rule by name."""
    return {each.name: getattr(rule, each.name) for each in fields(rule)}


def rule_from(data: object) -> CountingRule:
    return msgspec.convert(data, CountingRule)
