"""The engine against an oracle that walks: minute by minute, day by day, with no table and no arithmetic.

The oracle is written from the rules alone (NĐ 118/2025, Điều 19.5; BLDS 2015, Điều 147-148). It knows a
calendar as one byte a minute. Cases are drawn with a seed: every year, many calendars, every unit of limit,
every end, up to three interruptions, open-ended ones among them.
"""

import random
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import compress, islice

import pytest
from amounts import IS_THOROUGH, usually

from latewatch.clock import VIETNAM
from latewatch.domain.dossier import Cause, Suspension
from latewatch.domain.expiry import ClockRules, Ends, due_moment
from latewatch.domain.hours import WorkHours
from latewatch.domain.limit import LimitUnit, TimeLimit
from latewatch.domain.running import run
from latewatch.domain.suspension import Effect, problem_of
from latewatch.domain.trace import Mark, trace
from latewatch.domain.worktime import DayEntry, DayKind, WorkCalendar
from latewatch.errors import CalendarGap

YEARS = range(2021, 2028)
CALENDARS = 12
CASES_EACH = usually(700, 2_500)  # of one calendar and one year
MINUTES_A_DAY = 1440
FIRST, AFTER = date(2021, 1, 1), date(2028, 1, 1)
TRACED = 25  # every so many cases the explanation is counted too


def test_there_are_enough_cases() -> None:
    assert CALENDARS * len(YEARS) * CASES_EACH >= (200_000 if IS_THOROUGH else 50_000)


# Calendars, drawn

WEEKS = (
    "07:30-11:30,13:00-17:00",
    "07:00-11:30,13:30-17:00",
    "08:00-12:00,13:00-15:00,15:15-17:15",
    "07:30-10:00,10:10-11:30,13:30-17:03",
    "08:00-16:00",
    "00:00-06:00,18:00-24:00",
)
HALF_DAYS = ("07:30-11:30", "13:30-17:00", "08:00-10:00,14:00-15:00")
Segments = list[tuple[int, int]]


@dataclass(frozen=True)
class Spec:
    """A calendar as drawn: hours by weekday, and what single dates are instead."""

    week: list[str]
    days: dict[date, tuple[DayKind, str | None, int | None]]

    def calendar(self) -> WorkCalendar:
        entries = [
            DayEntry(
                day, kind, "ngày thử", "văn bản ví dụ", hours=hours and WorkHours.parse(hours), like=like
            )
            for day, (kind, hours, like) in self.days.items()
        ]
        return WorkCalendar(YEARS, entries, "thử", week=[WorkHours.parse(hours) for hours in self.week])

    def segments(self, day: date) -> Segments:
        """Return what is worked on `day`, by the rule of `DayEntry` told anew."""
        usual = self.week[day.weekday()]
        kind, hours, like = self.days.get(day, (None, None, None))
        if kind in (DayKind.HOLIDAY, DayKind.IN_LIEU, DayKind.SWAPPED_OFF, DayKind.DAY_OFF):
            return []
        if kind is None:
            return read_segments(usual)
        if like is not None:
            return read_segments(self.week[like])
        whole = self.week[4]
        return read_segments(hours or (whole if kind is DayKind.SWAPPED_WORKED else usual or whole))


def read_segments(text: str) -> Segments:
    return [
        (60 * int(part[0:2]) + int(part[3:5]), 60 * int(part[6:8]) + int(part[9:11]))
        for part in text.split(",")
        if part
    ]


def draw_spec(number: int) -> Spec:
    """Draw a calendar: swaps, Tết, days off and shortened ones; some work on Saturday mornings."""
    rng = random.Random(number)  # noqa: S311  cases that can be drawn again
    hours = WEEKS[number % len(WEEKS)]
    week = [hours] * 5 + ["07:30-11:30" if number >= len(WEEKS) else "", ""]
    days: dict[date, tuple[DayKind, str | None, int | None]] = {}
    for year in YEARS:
        tet = date(year, rng.randint(1, 2), rng.randint(10, 28))
        for offset in range(rng.randint(5, 9)):
            days[tet + timedelta(offset)] = (DayKind.HOLIDAY, None, None)
        for _ in range(rng.randint(8, 25)):
            day = date(year, 1, 1) + timedelta(rng.randrange(365))
            days[day] = draw_day(rng, day, week)
    return Spec(week, days)


def draw_day(rng: random.Random, day: date, week: list[str]) -> tuple[DayKind, str | None, int | None]:
    if week[day.weekday()]:
        off = rng.choice((DayKind.HOLIDAY, DayKind.IN_LIEU, DayKind.SWAPPED_OFF, DayKind.DAY_OFF))
        own = rng.choice((DayKind.SHORTENED, DayKind.SWAPPED_WORKED, DayKind.DAY_WORKED))
        return rng.choice(
            ((off, None, None), (DayKind.SHORTENED, rng.choice(HALF_DAYS), None), (own, None, None))
        )
    worked = rng.choice((DayKind.SWAPPED_WORKED, DayKind.DAY_WORKED))
    return rng.choice(
        ((worked, None, None), (worked, rng.choice(HALF_DAYS), None), (worked, None, rng.randrange(5)))
    )


# The oracle


class Beyond(Exception):  # noqa: N818  it is what it is called
    """The walk left the known years."""


class Walker:
    """Walks a calendar. Its only knowledge: whether a minute is worked, one byte each."""

    def __init__(self, spec: Spec) -> None:
        days = (AFTER - FIRST).days
        self.minutes = bytearray(days * MINUTES_A_DAY)
        for number in range(days):
            for start, end in spec.segments(FIRST + timedelta(number)):
                at = number * MINUTES_A_DAY
                self.minutes[at + start : at + end] = b"\1" * (end - start)

    def is_worked(self, day: date) -> bool:
        at = self.place(day)
        return 1 in self.minutes[at : at + MINUTES_A_DAY]

    def place(self, day: date) -> int:
        if not FIRST <= day < AFTER:
            raise Beyond
        return (day - FIRST).days * MINUTES_A_DAY

    def place_of(self, at: datetime) -> int:
        return self.place(at.date()) + at.hour * 60 + at.minute

    def closing(self, day: date) -> int:
        at = self.place(day)
        return self.minutes.rfind(1, at, at + MINUTES_A_DAY) + 1 - at

    def next_worked(self, day: date) -> date:
        """Walk to the first worked day after `day`."""
        day += timedelta(1)
        while not self.is_worked(day):
            day += timedelta(1)
        return day

    def worked_between(self, start: int, end: int) -> int:
        return self.minutes.count(1, start, max(start, end))

    def after_minutes(self, start: int, amount: int) -> int:
        """Walk until `amount` worked minutes have passed since `start`, a day's length at a stride."""
        while (passed := self.minutes.count(1, start, start + MINUTES_A_DAY)) < amount:
            amount -= passed
            start += MINUTES_A_DAY
            if start >= len(self.minutes):
                raise Beyond
        stride = range(start, start + MINUTES_A_DAY)
        walked = compress(stride, self.minutes[start : start + MINUTES_A_DAY])
        return next(islice(walked, amount - 1, None)) + 1


@dataclass(frozen=True)
class Case:
    received_at: datetime
    limit: TimeLimit
    rules: ClockRules
    suspensions: tuple[Suspension, ...]


def oracle(case: Case, walker: Walker) -> datetime | None:
    """Return the due moment, or None where something is still awaited; raise Beyond outside the years."""
    stops: list[Suspension] = []
    begun = Beginning(case.received_at, has_clock=has_clock(case.received_at))
    for each in sorted(case.suspensions, key=lambda s: s.started_at):
        effect = case.rules.effect(each.cause)
        if effect is Effect.RUNS_ON or each.started_at >= ends_at(begun, stops, case, walker):
            continue
        if each.ended_at is None:
            return None
        if effect is Effect.RESTART:
            begun, stops = Beginning(resumed(each), has_clock=has_clock(each.ended_at)), []
        else:
            stops.append(each)
    return ends_at(begun, stops, case, walker)


@dataclass(frozen=True)
class Beginning:
    """When a limit begins, or begins anew, and whether its clock time is known."""

    at: datetime
    has_clock: bool


def has_clock(at: datetime) -> bool:
    return (at.hour, at.minute) != (0, 0)


def resumed(stop: Suspension) -> datetime:
    """Return when a stop is over: a date without clock time may be that of its own beginning."""
    assert stop.ended_at
    return max(stop.started_at, stop.ended_at)


def ends_at(begun: Beginning, stops: list[Suspension], case: Case, walker: Walker) -> datetime:
    """Return when a limit ends that began at `begun` and stood still during `stops`."""
    unit = case.limit.unit
    if unit in (LimitUnit.HOURS, LimitUnit.MINUTES):
        return end_by_minutes(begun.at, stops, case.limit, walker)
    if unit in (LimitUnit.WITHIN_DAY, LimitUnit.AT_ONCE):
        return end_by_one_day(resumed(stops[-1]) if stops else begun.at, case, walker)
    return end_by_days(begun, stops, case, walker)


def end_by_minutes(begun: datetime, stops: list[Suspension], limit: TimeLimit, walker: Walker) -> datetime:
    """Worked minutes count, but for those within a stop."""
    left = limit.amount * (60 if limit.unit is LimitUnit.HOURS else 1)
    at = walker.place_of(begun)
    for stop in stops:
        left -= walker.worked_between(at, walker.place_of(stop.started_at))
        at = walker.place_of(resumed(stop))
    return moment(FIRST, walker.after_minutes(at, left))


def end_by_one_day(at: datetime, case: Case, walker: Walker) -> datetime:
    day, minute = at.date(), at.hour * 60 + at.minute
    last = walker.closing(day) if walker.is_worked(day) else -1
    if case.limit.unit is LimitUnit.WITHIN_DAY:
        last = min(last, case.rules.cutoff)
    if minute > last:
        day = walker.next_worked(day)
    return moment(day, MINUTES_A_DAY if case.rules.ends is Ends.DAY else walker.closing(day))


def end_by_days(begun: Beginning, stops: list[Suspension], case: Case, walker: Walker) -> datetime:
    """A day counts that is counted by the unit and at whose beginning the limit ran: so none that is day zero."""
    unit = case.limit.unit
    day, counted = begun.at.date(), 0
    wanted = case.limit.amount if unit is LimitUnit.WORKING_DAYS else length_in_days(day, case.limit)
    walker.place(day)
    while counted < wanted:
        day += timedelta(1)
        runs = not any(s.started_at.date() < day <= resumed(s).date() for s in stops)
        counted += runs and (unit is not LimitUnit.WORKING_DAYS or walker.is_worked(day))
    on_last = [stop for stop in stops if stop.started_at.date() >= day]
    ends = case.rules.ends
    if ends is Ends.CLOCK and (unit is not LimitUnit.WORKING_DAYS or not begun.has_clock):
        ends = Ends.DAY
    if not on_last:
        day = rolled(day, walker)
        return moment(day, last_minute(day, ends, begun.at, walker))
    taken_up = resumed(on_last[-1])
    day = rolled(taken_up.date(), walker)
    if ends is Ends.CLOCK:
        ends = Ends.WORKING_TIME
    due = moment(day, last_minute(day, ends, begun.at, walker))
    if due >= taken_up:
        return due
    day = walker.next_worked(day)
    return moment(day, last_minute(day, ends, begun.at, walker))


def rolled(day: date, walker: Walker) -> date:
    return day if walker.is_worked(day) else walker.next_worked(day)


def length_in_days(day: date, limit: TimeLimit) -> int:
    """Walk to the corresponding day of the week or month; where a month has none, to its last."""
    if limit.unit is LimitUnit.CALENDAR_DAYS:
        return limit.amount
    if limit.unit is LimitUnit.WEEKS:
        return 7 * limit.amount
    year, month = day.year, day.month
    for _ in range(limit.amount):
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return (date(year, month, min(day.day, monthrange(year, month)[1])) - day).days


def last_minute(day: date, ends: Ends, begun: datetime, walker: Walker) -> int:
    if ends is Ends.DAY:
        return MINUTES_A_DAY
    closing = walker.closing(day)
    if ends is Ends.WORKING_TIME or not walker.is_worked(begun.date()):
        return closing
    minute, at = begun.hour * 60 + begun.minute, walker.place(day)
    while (
        minute < closing
        and not walker.minutes[at + minute]
        and not (minute and walker.minutes[at + minute - 1])
    ):
        minute += 1
    return min(minute, closing)


def moment(day: date, minute: int) -> datetime:
    """Return the minute after the beginning of `day`; 24:00 is the last second of a day."""
    days, clock = divmod(minute, MINUTES_A_DAY)
    if clock == 0:
        return at(day + timedelta(days - 1), 23, 59, 59)
    return at(day + timedelta(days), *divmod(clock, 60))


def at(day: date, *clock: int) -> datetime:
    return datetime(day.year, day.month, day.day, *clock, tzinfo=VIETNAM)


# Cases, drawn


def draw_cases(rng: random.Random, year: int) -> Iterator[Case]:
    while True:
        received_at = draw_moment(rng, date(year, 1, 1), 365)
        suspensions = tuple(draw_suspensions(rng, received_at))
        rules = ClockRules(
            ends=rng.choice(list(Ends)),
            cutoff=rng.choice((15 * 60, 15 * 60, 10 * 60, 16 * 60 + 30)),
            **{cause.value: rng.choice(list(Effect)) for cause in Cause},
        )
        if not problem_of(suspensions, received_at):
            yield Case(received_at, draw_limit(rng), rules, suspensions)


def draw_limit(rng: random.Random) -> TimeLimit:
    unit = rng.choice([*LimitUnit, LimitUnit.WORKING_DAYS, LimitUnit.HOURS])
    longest = {"d": 40, "cd": 60, "w": 9, "mo": 4, "h": 120, "m": 2000}
    if unit not in longest:
        return TimeLimit(0, unit)
    return TimeLimit(rng.randint(1, rng.choice((3, longest[unit]))), unit)


def draw_moment(rng: random.Random, first: date, days: int) -> datetime:
    """Draw a moment: at odd hours, at the very opening, or a date without a clock time."""
    day = first + timedelta(rng.randrange(days))
    clock = rng.choice(
        ((0, 0), (7, 30), (11, 30), (15, 0), (17, 0)) + ((rng.randrange(24), rng.randrange(60)),) * 6
    )
    return at(day, *clock)


def draw_suspensions(rng: random.Random, received_at: datetime) -> Iterator[Suspension]:
    started_at = received_at
    for _ in range(rng.choice((0, 1, 1, 2, 3))):
        started_at = draw_moment(rng, started_at.date(), rng.choice((1, 4, 15)))
        ended_at = draw_moment(rng, started_at.date(), rng.choice((1, 5, 20)))
        cause = rng.choice(list(Cause))
        if rng.random() < 0.05:
            yield Suspension(cause, started_at)
            return
        yield Suspension(cause, started_at, ended_at)
        started_at = ended_at


# And both


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("number", range(CALENDARS))
def test_the_engine_ends_where_the_walk_ends(number: int, year: int) -> None:
    spec = draw_spec(number)
    calendar, walker = spec.calendar(), Walker(spec)
    rng = random.Random(f"{number}/{year}")  # noqa: S311  likewise
    compared, seen = 0, set()
    for case in draw_cases(rng, year):
        try:
            due_at = oracle(case, walker)
        except Beyond:
            with pytest.raises(CalendarGap):
                run(case.received_at, case.limit, calendar, case.rules, case.suspensions)
            continue
        ran = run(case.received_at, case.limit, calendar, case.rules, case.suspensions)
        assert ran.due_at == due_at, case
        if not case.suspensions:
            assert due_moment(case.received_at, case.limit, calendar, case.rules) == due_at, case
        if compared % TRACED == 0:
            check_trace(case, calendar)
        compared += 1
        seen.add((case.limit.unit, case.rules.ends, len(case.suspensions)))
        if compared == CASES_EACH:
            break
    assert compared == CASES_EACH
    assert len(seen) >= usually(80, len(LimitUnit) * len(Ends) * 4)


def check_trace(case: Case, calendar: WorkCalendar) -> None:
    """Each day once and in order; as much counted as the limit has, unless something is still awaited."""
    ran = run(case.received_at, case.limit, calendar, case.rules, case.suspensions)
    steps = list(trace(ran, calendar))
    first = case.received_at.date()
    assert [step.day for step in steps] == [first + timedelta(n) for n in range(len(steps))], case
    last = ran.waiting.started_at if ran.waiting else ran.due_at
    assert last
    assert steps[-1].day == last.date(), case
    assert [step.number for step in steps if step.counted] == list(
        range(1, sum(s.counted for s in steps) + 1)
    )
    if ran.waiting:
        return
    counted = sum(step.counted for step in steps)
    amount, unit = case.limit.amount, case.limit.unit
    if unit in (LimitUnit.HOURS, LimitUnit.MINUTES):
        assert sum(step.minutes for step in steps) == amount * (60 if unit is LimitUnit.HOURS else 1), case
    elif unit in (LimitUnit.WORKING_DAYS, LimitUnit.CALENDAR_DAYS):
        assert counted == amount, case
    elif unit is LimitUnit.WEEKS:
        assert counted == 7 * amount, case
    elif unit is LimitUnit.MONTHS:
        restarted = [step.day for step in steps if step.mark is Mark.RESTARTED]
        assert counted == length_in_days(restarted[-1] if restarted else first, case.limit), case
    else:
        assert counted == 0, case
