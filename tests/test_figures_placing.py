"""Placed many at once, each dossier is counted where it is counted alone: for every rule, period and instant."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from amounts import usually
from hypothesis import given, settings
from hypothesis import strategies as st
from test_tally_oracle import rules
from worlds import CALENDAR, moment

from latewatch.clock import VIETNAM
from latewatch.domain.deadline import Basis, Deadline
from latewatch.domain.dossier import Channel, Dossier, Status
from latewatch.domain.period import Period
from latewatch.domain.standing import Case, Standing, standing_at
from latewatch.domain.tally.placing import answer_by, place
from latewatch.domain.tally.rule import SHIPPED, CountingRule, Resolved
from latewatch.figures.asked import Asked, counts_for_good, worth_placing
from latewatch.figures.moments import DAY, NO_DAY, NO_SECOND, day_number, day_of, second_number
from latewatch.figures.names import NOBODY, Names, Numbers
from latewatch.figures.packing import packed
from latewatch.figures.placing import Placed
from latewatch.figures.rows import PAGE, Rows, from_bytes, joined, to_bytes
from latewatch.figures.standing import standings, worth_looking_at
from latewatch.figures.tiers import is_old

DAYS = st.sampled_from([date(2026, 8, 28), *(date(2026, 9, day) for day in (1, 2, 3, 4, 15))])
CLOCKS = st.sampled_from(
    ["00:00", "09:15:20", "17:00", "23:59", "23:59:59"]
)  # few, so that many are the same
MOMENTS = st.builds(lambda day, clock: moment(f"{day}T{clock}"), DAYS, CLOCKS)
ODD = st.sampled_from(["1969-03-01T08:00", "2077-01-01", "2026-09-01T08:00:00.25", "0026-11-02T08:00"]).map(
    moment
)
ANY = st.none() | MOMENTS | MOMENTS | MOMENTS
INSTANTS = st.builds(
    lambda at, more: at + timedelta(microseconds=more), MOMENTS, st.sampled_from([0, 0, 1, 500_000])
)
SECOND_CHOICE = (Standing.OVERDUE, Standing.DUE_SOON, Standing.WITHIN)


@st.composite
def cases(draw: st.DrawFn, moments: st.SearchStrategy[datetime | None] = ANY) -> Case:
    """A dossier with any dates, in any order, and whatever may have been decided of it."""
    dossier = Dossier(
        code="H1",
        status=draw(st.sampled_from(Status)),
        channel=draw(st.none() | st.sampled_from(Channel)),
        **{name: draw(moments) for name in ("received_at", "submitted_at", "processed_at", "returned_at")},
    )
    due = Deadline(
        due_at=draw(moments),
        basis=draw(st.sampled_from(Basis)),
        computed_on=draw(st.none() | DAYS),
        promised_on=draw(st.none() | DAYS),
        waiting_since=draw(st.none() | MOMENTS),
        runs_on=draw(st.booleans()),
    )
    letter = draw(st.none() | DAYS)
    return Case(
        dossier=dossier,
        deadline=due,
        unit="",
        calendar=CALENDAR,
        letter_on=letter,
        revised_on=draw(DAYS) if letter else None,
    )


@st.composite
def periods(draw: st.DrawFn) -> Period:
    first, length = draw(DAYS), draw(st.integers(0, 20))
    return Period(first, first + timedelta(days=length), "x")


def text(at: datetime | None) -> str | None:
    """A moment as the database writes it."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds") if at else None


def narrow(number: int, case: Case) -> tuple[Any, ...]:
    """What is read of the dossier, in the order of `packing.COLUMNS`."""
    dossier, due = case.dossier, case.deadline
    days = (due.computed_on, due.promised_on, case.letter_on, case.revised_on)
    computed, promised, letter, revised = (str(day) if day else None for day in days)
    moments = (dossier.received_at, dossier.submitted_at, dossier.processed_at, dossier.returned_at)
    return (
        *(number, "Phòng Kinh tế", "", dossier.field, *map(text, moments)),
        *(dossier.status.value, dossier.channel and dossier.channel.value, 1),
        *(text(due.due_at), due.basis.value, computed, promised),
        *(int(due.waiting_since is not None), int(due.runs_on), letter, revised),
    )


def answers(rows: Rows) -> np.ndarray:
    midnight = datetime(1970, 1, 1, tzinfo=VIETNAM)
    at = [
        midnight.combine(day_of(second // DAY), midnight.time(), VIETNAM) + timedelta(seconds=second % DAY)
        for second in rows.handed_in.tolist()
    ]
    due = [answer_by(each, CALENDAR) for each in at]
    return np.array([second_number(each) if each else NO_SECOND for each in due], dtype=np.int32)


def packed_alone(world: list[Case]) -> Rows:
    """Pack them; none is left, and what is written is read again."""
    made = packed([narrow(number, each) for number, each in enumerate(world)], Names())
    assert made.others == []
    return from_bytes(to_bytes(made.rows, 0), 0)


@settings(deadline=None, max_examples=usually(150, 400))
@given(
    st.lists(cases(), min_size=1, max_size=30),
    periods(),
    INSTANTS,
    rules | st.sampled_from([*SHIPPED.values()]),
)
def test_each_is_counted_as_alone(
    world: list[Case], period: Period, now: datetime, rule: CountingRule
) -> None:
    as_of = min(now, datetime.combine(period.last, datetime.max.time(), VIETNAM).replace(microsecond=0))
    is_alike(world, period, as_of, rule)


def is_alike(world: list[Case], period: Period, as_of: datetime, rule: CountingRule) -> None:
    rows, asked = packed_alone(world), Asked.of(period, as_of, rule)
    made, worth = Placed(rows, asked).complete(answers), worth_placing(rows, asked)
    for number, case in enumerate(world):
        alone = place(case, period, as_of, rule)
        assert {name for name, mask in made.figures.items() if mask[number]} == set(alone.figures), case
        assert [reason for reason, mask in made.left.items() if mask[number]] == [alone.left] * bool(
            alone.left
        )
        assert bool(made.assumed[number]) == alone.is_assumed
        assert worth[number] or not (alone.figures or alone.left), case


@pytest.mark.parametrize("rule", SHIPPED.values(), ids=SHIPPED)
@pytest.mark.parametrize(
    "after", [timedelta(), timedelta(microseconds=1), timedelta(seconds=1), timedelta(seconds=-1)]
)
def test_at_the_very_moment(rule: CountingRule, after: timedelta) -> None:
    """A second decides: at the end of a limit, of the hours for an answer, of a period."""
    due_at, handed_in = moment("2026-09-03T17:00"), moment("2026-09-03T09:00")
    assert due_at
    assert handed_in
    received: Any = {"code": "H1", "channel": Channel.ONLINE_FULL, "received_at": moment("2026-08-31T08:00")}
    ends = (due_at, due_at + timedelta(minutes=1), due_at - timedelta(minutes=1))
    world = [
        Dossier(status=Status.PROCESSING, **received),
        *(Dossier(status=Status.DONE, processed_at=at, returned_at=at, **received) for at in ends),
        Dossier(code="H2", status=Status.WAITING, channel=Channel.ONLINE_FULL, submitted_at=handed_in),
    ]
    due = Deadline(due_at=due_at, basis=Basis.PROMISED, promised_on=due_at.date())
    alike = [Case(dossier=each, deadline=due, unit="", calendar=CALENDAR) for each in world]
    for instant in (due_at, answer_by(handed_in, CALENDAR), moment("2026-09-14T23:59:59")):
        assert instant
        for resolved in Resolved:
            is_alike(
                alike,
                Period(date(2026, 8, 15), date(2026, 9, 14), "x"),
                instant + after,
                replace(rule, resolved=resolved),
            )


@settings(deadline=None, max_examples=usually(100, 300))
@given(
    st.lists(cases(), min_size=1, max_size=30),
    periods(),
    INSTANTS,
    rules | st.sampled_from([*SHIPPED.values()]),
)
def test_what_is_old_counts_no_more(
    world: list[Case], period: Period, now: datetime, rule: CountingRule
) -> None:
    """So that a table of later days need not read it."""
    rows, as_of = packed_alone(world), min(now, datetime.combine(period.last, datetime.max.time(), VIETNAM))
    asked = Asked.of(period, as_of, rule)
    old = is_old(rows, day_of(min(asked.first, asked.as_of_day)))
    if not counts_for_good(rule):
        assert not (old & worth_placing(rows, asked)).any()
    assert not (is_old(rows, now.date() - timedelta(days=1)) & worth_looking_at(rows, now)).any()


@settings(deadline=None, max_examples=usually(100, 300))
@given(st.lists(cases(), min_size=1, max_size=30), INSTANTS, st.integers(0, 3))
def test_each_stands_where_it_stands_alone(world: list[Case], now: datetime, days: int) -> None:
    rows, yesterday = packed_alone(world), now.date() - timedelta(days=1)
    soon = day_number(CALENDAR.add(now, days + 1))
    found = standings(rows, now, lambda some: np.full(len(some), soon, dtype=np.int32))
    for number, case in enumerate(world):
        standing, finished = standing_at(case, now, days), case.dossier.finished_at
        is_ended = standing in (Standing.EARLY, Standing.ON_TIME, Standing.LATE)
        is_told = standing in SECOND_CHOICE or (is_ended and finished and finished.date() == yesterday)
        assert [each for each, mask in found.items() if mask[number]] == [standing] * bool(is_told), case
        assert not is_told or worth_looking_at(rows, now)[number]


@settings(deadline=None, max_examples=usually(100, 300))
@given(st.lists(cases(ANY | ODD), min_size=1, max_size=20))
def test_what_has_no_exact_place_is_left_to_be_counted_alone(world: list[Case]) -> None:
    """And what has one says every moment exactly."""
    made = packed([narrow(number, each) for number, each in enumerate(world)], Names())
    assert sorted([*made.rows.ids.tolist(), *made.others]) == list(range(len(world)))
    for place_, number in enumerate(made.rows.ids.tolist()):
        dossier, due = world[number].dossier, world[number].deadline
        exact = {"returned": dossier.returned_at, "due": due.due_at, "finished": dossier.finished_at}
        for name, at in exact.items():
            told = getattr(made.rows, name)[place_]
            assert told == (NO_SECOND if at is None else second_number(at)), name
            assert at is None or not at.microsecond
        received = dossier.received_on
        assert made.rows.received[place_] == (NO_DAY if received is None else day_number(received))


def test_a_moment_of_each_kind_that_has_no_place() -> None:
    plain = Dossier(code="H", status=Status.PROCESSING, received_at=moment("2026-11-02T08:00"))
    odd = {
        "received_at": moment("1969-01-01"),
        "returned_at": moment("2026-11-02T08:00:00.5"),
        "processed_at": moment("2077-01-01"),
        "submitted_at": moment("2026-11-02T00:00:00.5"),
    }
    due = Deadline(due_at=None, basis=Basis.NONE)
    world = [replace(plain, **{name: at}) for name, at in odd.items()]
    found = [
        narrow(n, Case(dossier=each, deadline=due, unit="", calendar=CALENDAR))
        for n, each in enumerate(world)
    ]
    assert packed(found, Names()).others == [0, 1, 2, 3]


def test_names_are_numbered_once() -> None:
    numbers = Numbers([(0, ("A", "")), (1, ("B", "x"))])
    assert [numbers.number(each) for each in (("B", "x"), ("C", ""), ("A", ""), ("C", ""))] == [1, 2, 0, 2]
    assert numbers.new == [(2, ("C", ""))]
    assert [numbers.at(number) for number in range(3)] == [("A", ""), ("B", "x"), ("C", "")]


def test_names_beyond_all_numbers_are_counted_alone() -> None:
    names = Names(fields=[(number, (str(number), "")) for number in range(NOBODY)])
    case = Case(
        dossier=Dossier(code="H", status=Status.DONE, field="mới"),
        deadline=Deadline(due_at=None, basis=Basis.NONE),
        unit="",
        calendar=CALENDAR,
    )
    assert packed([narrow(3, case)], names).others == [3]
    assert names.fields.new == []


def test_a_page_is_read_as_it_was_written() -> None:
    one = packed_alone(
        [
            Case(
                dossier=Dossier(code="H", status=Status.DONE),
                deadline=Deadline(due_at=None, basis=Basis.NONE),
                unit="",
                calendar=CALENDAR,
            )
        ]
    )
    high = replace(one, ids=one.ids + 3 * PAGE + 7)
    both = joined([from_bytes(to_bytes(high, 3 * PAGE), 3 * PAGE), one])
    assert both.ids.tolist() == [3 * PAGE + 7, 0]
    with pytest.raises(ValueError, match="no page"):
        from_bytes(to_bytes(one, 0) + b"x", 0)
