"""From receipt, time limit and interruptions to the due date that decides, beside the promised one. Pure."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from latewatch.domain.dossier import Cause, Suspension
from latewatch.domain.expiry import ClockRules, end_of_day
from latewatch.domain.limit import TimeLimit
from latewatch.domain.running import run
from latewatch.domain.suspension import Effect, lasts, precedes, problem_of
from latewatch.domain.worktime import WorkCalendar
from latewatch.errors import CalendarGap

NO_LIMIT = "không rõ thời hạn giải quyết"


class Basis(StrEnum):
    """Which date decides whether a dossier is late."""

    COMPUTED = "computed"
    PROMISED = "promised"
    NONE = "none"


class Decider(StrEnum):
    """The setting behind `Basis`: compute where a limit is known, or always take the promise."""

    COMPUTED = "computed"
    PROMISED = "promised"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """What was decided for one dossier. `due_at` decides; the other date stands beside it.

    While something is awaited (`waiting_since`) a computed due date is none; a supplement that does not come
    lapses with the end of `lapses_on`, also where the limit had run out (NĐ 118/2025, Điều 19.5).
    """

    due_at: datetime | None
    basis: Basis
    computed_on: date | None = None
    promised_on: date | None = None
    limit: TimeLimit | None = None
    limit_from: str = ""  # "hồ sơ", "bảng thủ tục" or nothing
    problem: str = ""  # why no date could be computed
    calendar_version: str = ""
    waiting_since: datetime | None = None
    lapses_on: date | None = None
    runs_on: bool = False  # what lasts does not stop the limit, whatever the source's status says

    @property
    def due_on(self) -> date | None:
        return self.due_at.date() if self.due_at else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a due date is decided from."""

    received_at: datetime | None
    promised_at: datetime | None
    limit: TimeLimit | None
    limit_from: str = ""
    suspensions: tuple[Suspension, ...] = ()
    rules: ClockRules = field(default_factory=ClockRules)


def decide(facts: Facts, decider: Decider, calendar: WorkCalendar) -> Deadline:
    """Join the computed and the promised date into the one that decides.

    `computed` decides where a limit and a receipt are known, else the promise; with neither, nothing does,
    and the dossier says so. Raises CalendarGap.
    """
    received_at, limit, promised_at = facts.received_at, facts.limit, facts.promised_at
    problem = problem_in(facts)
    ran = None
    if received_at and limit and not problem:
        ran = run(received_at, limit, calendar, facts.rules, facts.suspensions)
    computed_at = ran.due_at if ran else None
    awaited = _awaited(facts)
    waiting = ran.waiting if ran else _stopping(awaited, facts.rules)
    if ran and (decider is Decider.COMPUTED or promised_at is None):
        basis, due_at = Basis.COMPUTED, computed_at
    elif promised_at:
        basis, due_at = Basis.PROMISED, end_of_day(promised_at.date(), promised_at.tzinfo)
    else:
        basis, due_at = Basis.NONE, None
    return Deadline(
        due_at=due_at,
        basis=basis,
        computed_on=computed_at.date() if computed_at else None,
        promised_on=promised_at.date() if promised_at else None,
        limit=limit,
        limit_from=facts.limit_from if limit else "",
        problem=problem,
        calendar_version=calendar.version if ran else "",
        waiting_since=waiting.started_at if waiting else None,
        lapses_on=_lapse(awaited, facts.rules, calendar),
        runs_on=_runs_on(awaited, waiting, facts.rules),
    )


def _awaited(facts: Facts) -> Suspension | None:
    """Return the interruption that lasts, whatever it does to the limit; none where they contradict it."""
    received_at = facts.received_at
    if received_at is None or problem_of(facts.suspensions, received_at):
        return None
    lasting = lasts(facts.suspensions)
    return lasting if lasting and not precedes(lasting, received_at) else None


def _stopping(awaited: Suspension | None, rules: ClockRules) -> Suspension | None:
    """Return what a dossier waits for where no limit is known, and so nobody can tell how it ran."""
    return awaited if awaited and rules.effect(awaited.cause) is not Effect.RUNS_ON else None


def _runs_on(awaited: Suspension | None, waiting: Suspension | None, rules: ClockRules) -> bool:
    """Tell whether the limit runs, or had run out before, although something lasts.

    What was only observed may have begun earlier than the poll that saw it, and accuses nobody.
    """
    if awaited is None or waiting is not None:
        return False
    return rules.effect(awaited.cause) is Effect.RUNS_ON or not awaited.is_observed


def _lapse(waiting: Suspension | None, rules: ClockRules, calendar: WorkCalendar) -> date | None:
    """Return the last of the 15 days after the notice in which a supplement may come (Điều 19.5).

    One of rest gives way to the next working day (BLDS 2015, Điều 148.5), as far as the calendar knows.
    """
    if waiting is None or waiting.cause is not Cause.SUPPLEMENT:
        return None
    last = waiting.started_at.date() + timedelta(days=rules.close_after_days)
    try:
        return calendar.add(last, 0)
    except CalendarGap:
        return last


def problem_in(facts: Facts) -> str:
    """Say why no due date can be computed from `facts`; empty where one can."""
    if facts.limit is None:
        return NO_LIMIT
    if facts.received_at is None:
        return "không rõ ngày tiếp nhận"
    return problem_of(facts.suspensions, facts.received_at) if facts.suspensions else ""
