"""Two versions of one record as the same source told them, and what that change betrays. Pure.

Two sources that disagree are no tampering: each is held against itself alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from latewatch.domain.deadline import Deadline
from latewatch.domain.dossier import Cause, Dossier, Status, Suspension
from latewatch.domain.expiry import end_of_day
from latewatch.domain.hours import END_OF_DAY
from latewatch.domain.integrity.finding import Sighting
from latewatch.domain.limit import BY_CLOCK
from latewatch.domain.suspension import MIDNIGHT, Effect

RUNNING = (Status.WAITING, Status.RECEIVED, Status.PROCESSING, Status.SUPPLEMENT, Status.SUSPENDED)
FINISHED = (Status.DONE, Status.RETURNED)
ENDED = (Status.WITHDRAWN, Status.STOPPED, Status.REFUSED, Status.NOT_ACCEPTED)
HALTED = (Status.SUPPLEMENT, Status.SUSPENDED)
FIELDS = ("status", "promised_at", "processed_at")  # only what a source has a column for, it told


@dataclass(frozen=True, slots=True)
class Apology:
    """An apology that was issued: when, and the new date it names."""

    issued_on: date
    new_date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a source told of a dossier before, and what it tells now.

    `before` is None where it had not told of it. `shown` is the newest batch that still listed it as before,
    `promised` the one that first told the promise of before. Interruptions come from every source: `known`
    are those of before, `interruptions` those of today. A file may be `file_age` old when it is taken in.
    `deadline` says when the limit of such facts ends.
    """

    before: Dossier | None
    after: Dossier
    seen: Sighting
    deadline: Callable[[Dossier], Deadline]
    shown: Sighting | None = None
    promised: Sighting | None = None
    known: tuple[Suspension, ...] = ()
    interruptions: tuple[Suspension, ...] = ()
    apology: Apology | None = None
    effects: Mapping[Cause, Effect] = field(default_factory=dict)
    file_age: timedelta = timedelta(0)

    @property
    def was_running(self) -> bool:
        """Whether the limit ran, as far as this source told before."""
        before = self.before
        if before is None or before.finished_at or before.status not in RUNNING or before.status in HALTED:
            return False
        return not any(each.ended_at is None and self.stops(each) for each in before.suspensions)

    def stops(self, each: Suspension) -> bool:
        return self.effects.get(each.cause) is not Effect.RUNS_ON


def has_clock(at: datetime) -> bool:
    """Tell whether a moment names an hour: 00:00 and the last minute of a day are how a date is written."""
    return at.time() != MIDNIGHT and (at.hour, at.minute) != (END_OF_DAY.hour, END_OF_DAY.minute)


def latest(at: datetime) -> datetime:
    """Return the last instant that what is told as `at` may mean."""
    return at if has_clock(at) else end_of_day(at.date(), at.tzinfo)


def promise_ends(dossier: Dossier, promised_at: datetime) -> datetime:
    """Return when a promise has passed: with its day, or at its minute where the limit is one of hours."""
    limit = dossier.time_limit
    if limit and limit.unit in BY_CLOCK and has_clock(promised_at):
        return promised_at
    return end_of_day(promised_at.date(), promised_at.tzinfo)
