"""The table of stages: who used up the time of dossiers that go through several units (liên thông). Pure.

It counts stages: a dossier is in as many rows as units had a part of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from latewatch.domain.period import Period
from latewatch.domain.stages import StageStanding, StageVerdict
from latewatch.domain.standing import Case
from latewatch.domain.tally.counts import Counts
from latewatch.domain.tally.letters import LATE
from latewatch.domain.tally.placing import Placing, place
from latewatch.domain.tally.rule import CountingRule


@dataclass(slots=True)
class StageCounts(Counts):
    """A row of the table, in numbers of stages; the last two count working days."""

    stage_in_time: int = 0
    stage_late: int = 0
    stage_done_without_limit: int = 0
    stage_running: int = 0
    stage_overdue: int = 0
    stage_waiting: int = 0
    stage_open_without_limit: int = 0
    stage_at_fault: int = 0
    stage_days: int = 0
    stage_days_over: int = 0


_OPEN = {
    StageStanding.RUNNING: "stage_running",
    StageStanding.OVERDUE: "stage_overdue",
    StageStanding.WAITING: "stage_waiting",
}
_DONE = {
    StageStanding.IN_TIME: "stage_in_time",
    StageStanding.LATE: "stage_late",
    StageStanding.RUNNING: "stage_in_time",
    StageStanding.OVERDUE: "stage_late",
}
_WITHOUT_LIMIT = ("stage_open_without_limit", "stage_done_without_limit")
_OVER = (StageStanding.LATE, StageStanding.OVERDUE)


def place_stages(
    case: Case, verdicts: Sequence[StageVerdict], period: Period, as_of: datetime, rule: CountingRule
) -> Iterator[tuple[str, Placing]]:
    """Yield the unit of each stage and what it adds: finished in `period`, or open at `as_of`.

    The verdicts are of `as_of`, or of the dossier's finish where that came before: then nothing is open.
    """
    is_late = not set(LATE).isdisjoint(place(case, period, as_of, rule).figures)
    finished_at = case.dossier.finished_at
    if finished_at and finished_at.date() < period.first:
        return
    is_over = finished_at is not None and finished_at <= as_of
    for each in verdicts:
        ended_at = each.stage.finished_at if not each.is_open else finished_at if is_over else None
        is_past = ended_at is not None and ended_at.date() < period.first
        if each.standing is StageStanding.AHEAD or is_past:
            continue
        at_fault = ("stage_at_fault",) if is_late and each.standing in _OVER else ()
        days = ("stage_days",) * each.used + ("stage_days_over",) * each.over
        yield each.stage.unit, Placing((_name(each, is_done=ended_at is not None), *at_fault, *days))


def _name(verdict: StageVerdict, *, is_done: bool) -> str:
    names = _DONE if is_done else _OPEN
    return names.get(verdict.standing, _WITHOUT_LIMIT[is_done])
