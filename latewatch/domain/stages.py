"""Dossiers that go through several units (liên thông): each one's own limit and standing. Pure.

The transfer slip states each unit's limit (NĐ 118/2025, Điều 20.2); who used up the time is read from it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from latewatch.domain.deadline import USUAL, ClockRules, end_of_day, run
from latewatch.domain.dossier import Stage, Suspension
from latewatch.domain.worktime import WorkCalendar


class StageStanding(StrEnum):
    """Where a stage stands."""

    IN_TIME = "stage in time"
    LATE = "stage late"
    RUNNING = "stage running"
    OVERDUE = "stage overdue"
    WAITING = "stage waiting"  # the whole dossier is suspended
    NO_LIMIT = "stage without limit"


STAGE_LABELS = {
    StageStanding.IN_TIME: "xong đúng hạn",
    StageStanding.LATE: "xong quá hạn",
    StageStanding.RUNNING: "đang giữ, trong hạn",
    StageStanding.OVERDUE: "đang giữ, quá hạn",
    StageStanding.WAITING: "đang tạm dừng",
    StageStanding.NO_LIMIT: "không rõ hạn của chặng",
}


@dataclass(frozen=True, slots=True)
class StageVerdict:
    """A stage as judged at an instant. `used` and `over` count working days, of its own unit's calendar."""

    stage: Stage
    due_at: datetime | None
    standing: StageStanding
    used: int
    over: int


def judge_stages(
    stages: Sequence[Stage],
    at: datetime,
    calendar_of: Callable[[str], WorkCalendar],
    rules: ClockRules = USUAL,
    suspensions: Sequence[Suspension] = (),
) -> list[StageVerdict]:
    """Judge each stage by its own limit and its unit's calendar, in the order of their start.

    What interrupts the dossier interrupts the stage it falls into. Raises CalendarGap.
    """
    ordered = sorted(stages, key=lambda stage: stage.started_at)
    return [_judge(stage, at, calendar_of(stage.unit), rules, suspensions) for stage in ordered]


def _judge(
    stage: Stage, at: datetime, calendar: WorkCalendar, rules: ClockRules, suspensions: Sequence[Suspension]
) -> StageVerdict:
    until = min(stage.finished_at or at, at)
    mine = [each for each in suspensions if stage.started_at <= each.started_at <= (stage.finished_at or at)]
    waiting = False
    due_at = end_of_day(stage.due_at.date(), stage.due_at.tzinfo) if stage.due_at else None
    if stage.limit:
        ran = run(stage.started_at, stage.limit, calendar, rules, mine)
        due_at, waiting = ran.due_at, ran.waiting is not None
    used = max(0, calendar.count(stage.started_at.date(), until.date()) - _stood_still(mine, until, calendar))
    over = max(0, calendar.count(due_at.date(), until.date())) if due_at and until > due_at else 0
    return StageVerdict(stage, due_at, _standing(stage, due_at, until, waiting), used, over)


def _stood_still(suspensions: Sequence[Suspension], until: datetime, calendar: WorkCalendar) -> int:
    return sum(
        max(0, calendar.count(each.started_at.date(), min(each.ended_at or until, until).date()))
        for each in suspensions
    )


def _standing(stage: Stage, due_at: datetime | None, until: datetime, waiting: bool) -> StageStanding:
    if waiting and stage.finished_at is None:
        return StageStanding.WAITING
    if due_at is None:
        return StageStanding.NO_LIMIT
    is_late = until > due_at
    if stage.finished_at:
        return StageStanding.LATE if is_late else StageStanding.IN_TIME
    return StageStanding.OVERDUE if is_late else StageStanding.RUNNING


def holder(verdicts: Sequence[StageVerdict]) -> StageVerdict | None:
    """Return the stage that holds the dossier now: the last one begun and not finished."""
    open_ones = [each for each in verdicts if each.stage.finished_at is None]
    return open_ones[-1] if open_ones else None


def at_fault(verdicts: Sequence[StageVerdict]) -> list[StageVerdict]:
    """Return the stages that overran their own limit, the most working days first: who used up the time."""
    late = (StageStanding.LATE, StageStanding.OVERDUE)
    return sorted((v for v in verdicts if v.standing in late), key=lambda v: -v.over)
