"""What holds of every due date, whatever the limit, its end, its interruptions: later, stricter, counted back.

One exception stands, and is shown: with `ends = "clock"` a receipt at 00:00 has no clock time to keep. It is
due with the end of the day, after what was received at some hour of the same day.
"""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from worlds import CALENDAR

from latewatch.clock import VIETNAM
from latewatch.domain.dossier import Cause, Suspension
from latewatch.domain.expiry import ClockRules, Ends, due_moment
from latewatch.domain.hours import WorkHours
from latewatch.domain.limit import BY_CLOCK, LimitUnit, TimeLimit
from latewatch.domain.running import Run, run
from latewatch.domain.suspension import Effect, problem_of
from latewatch.domain.worktime import STANDARD_WEEK, DayEntry, DayKind, WorkCalendar

often = settings(deadline=None, max_examples=400, suppress_health_check=[HealthCheck.filter_too_much])

YEARS = range(2024, 2028)
SHORT_FRIDAYS = WorkHours.parse("07:30-11:30")
UNIT = WorkCalendar(  # Saturday mornings, short Fridays, a short break, half days
    YEARS,
    [
        *(entry for day, entry in CALENDAR.entries.items() if day.year in YEARS),
        DayEntry(
            date(2026, 3, 11), DayKind.SHORTENED, "Nửa ngày", "ví dụ", hours=WorkHours.parse("13:30-16:00")
        ),
        DayEntry(date(2026, 3, 15), DayKind.DAY_WORKED, "Trực", "ví dụ"),
    ],
    "thử",
    week=(
        *(WorkHours.parse("07:00-09:00,09:15-11:30,13:30-17:00"),) * 4,
        SHORT_FRIDAYS,
        WorkHours.parse("08:00-11:00"),
        WorkHours(),
    ),
)
NATION = WorkCalendar(YEARS, UNIT.entries.values(), "thử", week=STANDARD_WEEK)

calendars = st.sampled_from([NATION, UNIT])
limits = st.one_of(
    st.builds(
        TimeLimit, st.integers(1, 25), st.sampled_from([LimitUnit.WORKING_DAYS, LimitUnit.CALENDAR_DAYS])
    ),
    st.builds(TimeLimit, st.integers(1, 4), st.sampled_from([LimitUnit.WEEKS, LimitUnit.MONTHS])),
    st.builds(TimeLimit, st.integers(1, 60), st.just(LimitUnit.HOURS)),
    st.builds(TimeLimit, st.integers(1, 900), st.just(LimitUnit.MINUTES)),
    st.builds(TimeLimit, st.just(0), st.sampled_from([LimitUnit.WITHIN_DAY, LimitUnit.AT_ONCE])),
)
effects = st.sampled_from(Effect)
rules = st.builds(
    ClockRules,
    ends=st.sampled_from(Ends),
    cutoff=st.sampled_from([900, 600, 1020]),
    supplement=effects,
    financial=effects,
    consultation=effects,
    other=effects,
)
FIRST = datetime(2026, 1, 1, tzinfo=UTC).astimezone(VIETNAM)  # Tết, a swap and many a weekend lie near
moments = st.integers(0, 120 * 1440).map(lambda minutes: FIRST + timedelta(minutes=minutes))


@st.composite
def interruptions(draw: st.DrawFn, after: datetime) -> tuple[Suspension, ...]:
    """Up to three after each other, the last one open now and then, some moments without clock time."""
    found: list[Suspension] = []
    clock = after
    for _ in range(draw(st.integers(0, 3))):
        started_at = clock + timedelta(minutes=draw(st.integers(0, 10 * 1440)))
        clock = started_at + timedelta(minutes=draw(st.integers(0, 15 * 1440)))
        if draw(st.integers(0, 5)) == 0:
            clock = datetime.combine(clock.date(), time.min, VIETNAM)
        found.append(Suspension(draw(st.sampled_from(Cause)), started_at, clock))
        clock = max(clock, started_at)
    if found and draw(st.integers(0, 9)) == 0:
        found[-1] = Suspension(found[-1].cause, found[-1].started_at)
    assume(problem_of(found, after) == "")
    return tuple(found)


def is_not_after(one: datetime | None, other: datetime | None) -> bool:
    """While something is awaited the due date is later than any."""
    return other is None or (one is not None and one <= other)


# A later receipt is never due earlier


@often
@given(
    data=st.data(),
    calendar=calendars,
    limit=limits,
    rules=rules,
    first=moments,
    minutes=st.integers(0, 12 * 1440),
)
def test_a_later_receipt_is_never_due_earlier(
    *,
    data: st.DataObject,
    calendar: WorkCalendar,
    limit: TimeLimit,
    rules: ClockRules,
    first: datetime,
    minutes: int,
) -> None:
    later = first + timedelta(minutes=minutes)
    if rules.ends is Ends.CLOCK:
        assume(time.min not in (first.time(), later.time()))
    stops = data.draw(interruptions(later))
    assume(problem_of(stops, first) == "")
    due_first = run(first, limit, calendar, rules, stops).due_at
    due_later = run(later, limit, calendar, rules, stops).due_at
    assert is_not_after(due_first, due_later)


def test_a_receipt_without_clock_time_is_the_exception() -> None:
    keeping = ClockRules(ends=Ends.CLOCK)
    midnight = datetime(2026, 3, 2, tzinfo=VIETNAM)
    due_first = due_moment(midnight, TimeLimit(5), NATION, keeping)
    due_later = due_moment(midnight.replace(hour=9, minute=30), TimeLimit(5), NATION, keeping)
    assert (due_first, due_later) == (
        datetime(2026, 3, 9, 23, 59, 59, tzinfo=VIETNAM),
        datetime(2026, 3, 9, 9, 30, tzinfo=VIETNAM),
    )


# Another day off never brings a due date forward


@often
@given(
    data=st.data(),
    calendar=calendars,
    limit=limits,
    rules=rules,
    received_at=moments,
    offset=st.integers(0, 60),
)
def test_a_day_off_never_makes_a_due_date_earlier(
    *,
    data: st.DataObject,
    calendar: WorkCalendar,
    limit: TimeLimit,
    rules: ClockRules,
    received_at: datetime,
    offset: int,
) -> None:
    off = DayEntry(received_at.date() + timedelta(offset), DayKind.DAY_OFF, "Nghỉ thêm", "ví dụ")
    entries = {**calendar.entries, off.day: off}
    stricter = WorkCalendar(YEARS, entries.values(), "thử", weeks=calendar.weeks)
    stops = data.draw(interruptions(received_at))
    before = run(received_at, limit, calendar, rules, stops).due_at
    after = run(received_at, limit, stricter, rules, stops).due_at
    assert is_not_after(before, after)


# Neither does an interruption


@often
@given(st.data(), calendars, limits, rules, moments)
def test_an_interruption_never_makes_a_due_date_earlier(
    data: st.DataObject, calendar: WorkCalendar, limit: TimeLimit, rules: ClockRules, received_at: datetime
) -> None:
    stops = data.draw(interruptions(received_at))
    if rules.ends is Ends.CLOCK and received_at.time() == time.min:
        assume(not stops)  # begun anew at a known hour: the same exception
    due_at = due_moment(received_at, limit, calendar, rules)
    for number in range(len(stops)):
        ran = run(received_at, limit, calendar, rules, stops[: number + 1])
        assert is_not_after(due_at, ran.due_at)


# Counting back gives the limit


def last_beginning(ran: Run, received_at: datetime) -> tuple[datetime, list[Suspension]]:
    """Return when the limit that counts began, and what stood still in it."""
    begun, stops = received_at, []
    for span in ran.spans:
        assert span.by is None or span.by.ended_at
        if span.by and span.effect is Effect.RESTART:
            begun, stops = max(span.by.ended_at, span.by.started_at), []
        elif span.by:
            stops.append(span.by)
    return begun, stops


def over(stop: Suspension) -> datetime:
    assert stop.ended_at
    return max(stop.ended_at, stop.started_at)


@often
@given(st.data(), calendars, rules, moments, st.integers(1, 25))
def test_counting_working_days_back_gives_the_limit(
    data: st.DataObject, calendar: WorkCalendar, rules: ClockRules, received_at: datetime, days: int
) -> None:
    ran = run(received_at, TimeLimit(days), calendar, rules, data.draw(interruptions(received_at)))
    assume(ran.due_at is not None)
    assert ran.due_at
    begun, stops = last_beginning(ran, received_at)
    due_on = ran.due_at.date()
    still = sum(calendar.count(each.started_at.date(), over(each).date()) for each in stops)
    on_last = [span for span in ran.spans if not span.is_void and not span.left.amount]
    moved_on = [calendar.count(span.anchor.date(), max(span.anchor, span.until).date()) for span in on_last]
    assert set(moved_on) <= {0, 1}
    assert calendar.count(begun.date(), due_on) - still == days + sum(moved_on)
    if not stops:
        assert calendar.back(due_on, days) == calendar.back(begun.date(), 0)


@often
@given(st.data(), calendars, rules, moments, st.integers(1, 4_000))
def test_counting_minutes_back_gives_the_limit(
    data: st.DataObject, calendar: WorkCalendar, rules: ClockRules, received_at: datetime, minutes: int
) -> None:
    limit = TimeLimit(minutes, LimitUnit.MINUTES)
    ran = run(received_at, limit, calendar, rules, data.draw(interruptions(received_at)))
    assume(ran.due_at is not None)
    assert ran.due_at
    begun, stops = last_beginning(ran, received_at)
    still = sum(calendar.count_minutes(each.started_at, over(each)) for each in stops)
    assert calendar.count_minutes(begun, ran.due_at) - still == minutes


# And a due date is one that can be kept


@often
@given(st.data(), calendars, limits, rules, moments)
def test_a_due_date_is_a_day_of_work_and_not_before_what_it_waits_for(
    data: st.DataObject, calendar: WorkCalendar, limit: TimeLimit, rules: ClockRules, received_at: datetime
) -> None:
    ran = run(received_at, limit, calendar, rules, data.draw(interruptions(received_at)))
    if ran.due_at is None:
        assert ran.waiting is not None
        return
    assert calendar.is_working_day(ran.due_at.date())
    assert ran.due_at >= ran.spans[-1].anchor
    if limit.unit in BY_CLOCK or rules.ends is Ends.WORKING_TIME:
        assert calendar.count_minutes(ran.due_at - timedelta(minutes=1), ran.due_at) == 1


@pytest.mark.parametrize("ends", list(Ends))
@pytest.mark.parametrize("unit", list(LimitUnit))
def test_a_longer_limit_is_never_due_earlier(unit: LimitUnit, ends: Ends) -> None:
    amounts = [0] if unit in (LimitUnit.WITHIN_DAY, LimitUnit.AT_ONCE) else range(1, 21)
    received_at = datetime(2026, 2, 5, 10, 17, tzinfo=VIETNAM)
    found = [due_moment(received_at, TimeLimit(n, unit), UNIT, ClockRules(ends=ends)) for n in amounts]
    assert found == sorted(found)
