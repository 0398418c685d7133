"""Which dossiers are handed in, where and when. Pure, and the same for the same random numbers."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from latewatch.clock import VIETNAM
from latewatch.demo.cast import Export, Procedure, Unit
from latewatch.domain.expiry import due_moment
from latewatch.domain.worktime import SATURDAY, WorkCalendar

DEMO_NOW = datetime(2026, 11, 12, 8, 0, tzinfo=VIETNAM)
TODAY = DEMO_NOW.date()
FIRST_DAY = date(2026, 6, 1)

MORNING = (time(7, 30), 240)  # from, minutes
AFTERNOON = (time(13, 30), 200)
BEFORE_NOW = (time(7, 30), 21)  # the last receipt is at 07:50

QUIETEST, BUSIEST = 0.8, 1.2  # more is handed in towards the end of the year
SATURDAY_SHARE = 0.04  # of a working day: the desk is open, the day is not counted
TODAY_SHARE = 0.15


@dataclass(frozen=True, slots=True)
class Arrival:
    """A dossier at its receipt, with the moment its limit ends."""

    procedure: Procedure
    unit: Unit
    received_at: datetime
    due_at: datetime

    @property
    def due_on(self) -> date:
        return self.due_at.date()

    @property
    def received_on(self) -> date:
        return self.received_at.date()


def arrivals(
    export: Export, units: dict[str, Unit], calendar: WorkCalendar, count: int, rng: Random
) -> list[Arrival]:
    """Return `count` dossiers of `export` in the order of their receipt. Raises CalendarGap."""
    days = [FIRST_DAY + timedelta(days=n) for n in range((TODAY - FIRST_DAY).days + 1)]
    received = rng.choices(days, [_share(day, calendar) for day in days], k=count)
    moments = sorted(_receipt(day, rng) for day in received)
    procedures = rng.choices(export.procedures, [each.weight for each in export.procedures], k=count)
    return [
        Arrival(
            procedure,
            units[rng.choice(procedure.units)],
            moment,
            due_moment(moment, procedure.time_limit, calendar),
        )
        for moment, procedure in zip(moments, procedures, strict=True)
    ]


def _share(day: date, calendar: WorkCalendar) -> float:
    """Return how much is handed in on `day`, an ordinary working day being about 1."""
    if day == TODAY:
        return TODAY_SHARE
    if calendar.is_working_day(day):
        elapsed = (day - FIRST_DAY) / (TODAY - FIRST_DAY)
        return QUIETEST + (BUSIEST - QUIETEST) * elapsed
    return SATURDAY_SHARE if day.weekday() == SATURDAY and day not in calendar.entries else 0.0


def _receipt(day: date, rng: Random) -> datetime:
    if day == TODAY:
        return _moment(day, BEFORE_NOW, rng)
    return _moment(day, MORNING, rng) if day.weekday() == SATURDAY else office_moment(day, rng)


def office_moment(day: date, rng: Random) -> datetime:
    """Return a minute of `day` within office hours."""
    return _moment(day, MORNING if rng.random() < 0.55 else AFTERNOON, rng)


def _moment(day: date, hours: tuple[time, int], rng: Random) -> datetime:
    start, minutes = hours
    return datetime.combine(day, start, VIETNAM) + timedelta(minutes=rng.randrange(minutes))
