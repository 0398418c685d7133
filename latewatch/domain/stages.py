"""Dossiers that go through several units (liên thông): each one's own limit and standing. Pure.

The transfer slip states each unit's limit (NĐ 118/2025, Điều 20.2); who used up the time is read from it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from latewatch.domain.dossier import Stage, Suspension
from latewatch.domain.expiry import USUAL, ClockRules, end_of_day
from latewatch.domain.running import run
from latewatch.domain.suspension import Effect, is_before, problem_of, until_finish
from latewatch.domain.worktime import WorkCalendar


class StageStanding(StrEnum):
    """Where a stage stands."""

    IN_TIME = "stage in time"
    LATE = "stage late"
    RUNNING = "stage running"
    OVERDUE = "stage overdue"
    WAITING = "stage waiting"  # the whole dossier is suspended
    NO_LIMIT = "stage without limit"
    AHEAD = "stage ahead"


STAGE_LABELS = {
    StageStanding.IN_TIME: "xong đúng hạn",
    StageStanding.LATE: "xong quá hạn",
    StageStanding.RUNNING: "đang giữ, trong hạn",
    StageStanding.OVERDUE: "đang giữ, quá hạn",
    StageStanding.WAITING: "đang tạm dừng",
    StageStanding.NO_LIMIT: "không rõ hạn của chặng",
    StageStanding.AHEAD: "chưa bắt đầu",
}


@dataclass(frozen=True, slots=True)
class StageVerdict:
    """A stage as judged at an instant. `used` and `over` count working days, of its own unit's calendar."""

    stage: Stage
    due_at: datetime | None
    standing: StageStanding
    used: int
    over: int
    is_open: bool  # begun, and not finished


def judge_stages(
    stages: Sequence[Stage],
    at: datetime,
    calendar_of: Callable[[str], WorkCalendar],
    rules: ClockRules = USUAL,
    suspensions: Sequence[Suspension] = (),
) -> list[StageVerdict]:
    """Judge each stage by its own limit and its unit's calendar, in the order of their start.

    What interrupts the dossier interrupts the stage it falls into, and the one that begins meanwhile. What
    lies after `at` has not happened yet. Raises CalendarGap.
    """
    ordered = sorted(stages, key=lambda stage: stage.started_at)
    return [_judge(stage, at, calendar_of(stage.unit), rules, suspensions) for stage in ordered]


def _judge(
    stage: Stage, at: datetime, calendar: WorkCalendar, rules: ClockRules, suspensions: Sequence[Suspension]
) -> StageVerdict:
    finished_at = _to_the_minute(stage.finished_at)
    if finished_at and finished_at > at:
        finished_at = None
    until = finished_at or at
    mine = until_finish(tuple(_falling_into(stage, suspensions, until)), finished_at)
    due_at, waiting = _due(stage, calendar, rules, mine)
    is_ahead = is_before(at, stage.started_at)
    if is_ahead:
        standing = StageStanding.AHEAD
    elif waiting and finished_at is None:
        standing = StageStanding.WAITING
    else:
        standing = _standing(due_at, until, is_done=finished_at is not None)
    used = calendar.count(stage.started_at.date(), until.date()) - _stood_still(mine, until, calendar, rules)
    over = calendar.count(due_at.date(), until.date()) if due_at and until > due_at else 0
    is_open = not is_ahead and finished_at is None
    return StageVerdict(stage, due_at, standing, max(0, used), max(0, over), is_open)


def _to_the_minute(at: datetime | None) -> datetime | None:
    """Drop the seconds, as of a dossier's finish: limits are stated to the minute."""
    return at.replace(second=0, microsecond=0) if at else None


def _falling_into(stage: Stage, suspensions: Sequence[Suspension], until: datetime) -> Iterator[Suspension]:
    """Yield what had interrupted the dossier within the stage by `until`, as far as it lies in it."""
    for each in suspensions:
        if each.started_at > until or (each.ended_at and is_before(each.ended_at, stage.started_at)):
            continue
        ended_at = each.ended_at if each.ended_at and each.ended_at <= until else None
        yield replace(each, started_at=max(each.started_at, stage.started_at), ended_at=ended_at)


def _due(
    stage: Stage, calendar: WorkCalendar, rules: ClockRules, mine: Sequence[Suspension]
) -> tuple[datetime | None, bool]:
    """Return when the stage is due, and whether its limit stands still."""
    if stage.limit:
        if problem_of(mine, stage.started_at):
            return None, False
        ran = run(stage.started_at, stage.limit, calendar, rules, mine)
        return ran.due_at, ran.waiting is not None
    due_at = end_of_day(stage.due_at.date(), stage.due_at.tzinfo) if stage.due_at else None
    lasting = (each for each in mine if each.ended_at is None and _stops(each, rules))
    return due_at, any(due_at is None or each.started_at < due_at for each in lasting)


def _stops(each: Suspension, rules: ClockRules) -> bool:
    return rules.effect(each.cause) is not Effect.RUNS_ON


def _stood_still(
    suspensions: Sequence[Suspension], until: datetime, calendar: WorkCalendar, rules: ClockRules
) -> int:
    return sum(
        max(0, calendar.count(each.started_at.date(), (each.ended_at or until).date()))
        for each in suspensions
        if _stops(each, rules)
    )


def _standing(due_at: datetime | None, until: datetime, *, is_done: bool) -> StageStanding:
    if due_at is None:
        return StageStanding.NO_LIMIT
    is_late = until > due_at
    if is_done:
        return StageStanding.LATE if is_late else StageStanding.IN_TIME
    return StageStanding.OVERDUE if is_late else StageStanding.RUNNING


def holder(verdicts: Sequence[StageVerdict]) -> StageVerdict | None:
    """Return the stage that holds the dossier now: the last one begun and not finished."""
    return next((each for each in reversed(verdicts) if each.is_open), None)


def at_fault(verdicts: Sequence[StageVerdict]) -> list[StageVerdict]:
    """Return the stages that overran their own limit, the most working days first: who used up the time."""
    late = (StageStanding.LATE, StageStanding.OVERDUE)
    return sorted((v for v in verdicts if v.standing in late), key=lambda v: -v.over)
