"""(8) of a period held against the frozen (13) of the period before it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from latewatch.domain.tally.freezing import CarryOver, Places, carried_in, carry_over, pending_in
from latewatch.jobs.office import Office
from latewatch.jobs.reports.counting import Scope
from latewatch.jobs.reports.differences import Explained, differences
from latewatch.jobs.reports.stored import called, placed_in
from latewatch.jobs.tally import plan_of
from latewatch.store.reports.frozen import Frozen, ended_on, in_force

NAMED = 5


@dataclass(frozen=True, slots=True)
class Carried:
    """How (8) meets what was frozen: the dossiers in one of them only, and why they moved."""

    before: Frozen
    over: CarryOver
    why: list[Explained]

    @property
    def note(self) -> str:
        """Say in a line that they differ; nothing where they do not."""
        if self.over.holds:
            return ""
        codes = (*self.over.only_pending, *self.over.only_carried)
        more = f" và {len(codes) - NAMED} hồ sơ nữa" if len(codes) > NAMED else ""
        return (
            f"Từ kỳ trước (8) = {self.over.carried} khác (13) = {self.over.pending} đã chốt "
            f"({called(self.before)}): {', '.join(codes[:NAMED])}{more}; vì sao: "
            f"latewatch tally frozen differences {self.before.number}."
        )


def carried_over(office: Office, scope: Scope, known: Mapping[str, Places], now: datetime) -> Carried | None:
    """Hold (8) against the frozen (13) before it; None where the table has none, or nothing was frozen.

    Frozen by the same form, unit and rule. Raises TallyError.
    """
    if not plan_of(office, scope.form).is_main:
        return None
    with office.store.reading() as connection:
        ended = in_force(connection, ended_on(scope.period.first - timedelta(days=1)))
        before = [each for each in ended if _is_alike(each, scope)]
        if not before:
            return None
        pending = pending_in(placed_in(connection, before[-1]))
    over = carry_over(pending, carried_in(known))
    return Carried(before[-1], over, [] if over.holds else _why(office, before[-1], over, now))


def _is_alike(report: Frozen, scope: Scope) -> bool:
    return (report.form, report.unit, report.rule) == (scope.form.value, scope.unit_code, scope.rule.name)


def _why(office: Office, before: Frozen, over: CarryOver, now: datetime) -> list[Explained]:
    codes = {*over.only_pending, *over.only_carried}
    return [each for each in differences(office, before, now).moved if each.code in codes]
