"""What interrupts a limit: what cannot be is named, and what each effect does to the due date."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from worlds import CALENDAR, case, moment

from latewatch.domain.deadline import Deadline, Decider, Facts, decide
from latewatch.domain.dossier import Cause, Suspension
from latewatch.domain.expiry import ClockRules, Ends
from latewatch.domain.limit import TimeLimit
from latewatch.domain.running import Run, run
from latewatch.domain.standing import Standing, standing_at
from latewatch.domain.suspension import Effect, precedes, problem_of, shown, until_finish
from latewatch.domain.worktime import WorkCalendar

RESTART, PAUSE, RUNS_ON = Effect.RESTART, Effect.PAUSE, Effect.RUNS_ON


def at(text: str) -> datetime:
    instant = moment(text)
    assert instant is not None
    return instant


def stop(start: str, end: str | None = None, cause: Cause = Cause.SUPPLEMENT, **more: bool) -> Suspension:
    return Suspension(cause, at(start), moment(end), is_observed=more.get("seen", False))


def ran(
    received: str,
    limit: str,
    *stops: Suspension,
    effect: Effect = RESTART,
    ends: Ends = Ends.DAY,
    calendar: WorkCalendar = CALENDAR,
) -> Run:
    rules = ClockRules(ends=ends, supplement=effect)
    return run(at(received), TimeLimit.parse(limit), calendar, rules, stops)


def due(received: str, limit: str, *stops: Suspension, **more: object) -> str:
    """The due moment as `2026-03-12` where it is the end of a day, else with its clock time."""
    due_at = ran(received, limit, *stops, **more).due_at  # type: ignore[arg-type]
    assert due_at is not None
    return f"{due_at:%Y-%m-%d}" if due_at.second else f"{due_at:%Y-%m-%dT%H:%M}"


# What cannot be

RECEIVED = "2026-03-02T09:30"


@pytest.mark.parametrize(
    ("stops", "problem"),
    [
        pytest.param(
            [stop("2026-03-05T10:00", "2026-03-04T09:00")],
            "yêu cầu bổ sung 10:00 05/03/2026–09:00 04/03/2026: kết thúc trước khi bắt đầu",
            id="ends before it begins",
        ),
        pytest.param(
            [stop("2026-03-05T10:00", "2026-03-05T09:59")], "kết thúc trước khi bắt đầu", id="by a minute"
        ),
        pytest.param(
            [stop("2026-02-27T10:00", "2026-03-04T09:00")],
            "yêu cầu bổ sung 10:00 27/02/2026–09:00 04/03/2026: bắt đầu trước khi tiếp nhận hồ sơ (09:30 02/03/2026)",
            id="begins before the receipt",
        ),
        pytest.param(
            [stop("2026-03-02T09:29", "2026-03-04T09:00")],
            "bắt đầu trước khi tiếp nhận hồ sơ",
            id="by a minute before the receipt",
        ),
        pytest.param(
            [stop("2026-03-03", "2026-03-06", Cause.FINANCIAL), stop("2026-03-05T08:00", "2026-03-10")],
            "chờ nghĩa vụ tài chính 03/03/2026–06/03/2026 và yêu cầu bổ sung 08:00 05/03/2026–10/03/2026 chồng nhau",
            id="overlaps another",
        ),
        pytest.param(
            [stop("2026-03-03"), stop("2026-03-05", "2026-03-06")],
            "yêu cầu bổ sung 03/03/2026–chưa xong và yêu cầu bổ sung 05/03/2026–06/03/2026 chồng nhau",
            id="one that lasts, and another after it",
        ),
        pytest.param(
            [stop("2026-03-05", "2026-03-06"), stop("2026-03-03", "2026-03-09")], "chồng nhau", id="any order"
        ),
    ],
)
def test_an_impossible_interruption_is_named(stops: list[Suspension], problem: str) -> None:
    assert problem in problem_of(stops, at(RECEIVED))
    facts = Facts(
        received_at=at(RECEIVED),
        promised_at=at("2026-03-20"),
        limit=TimeLimit.parse("5d"),
        suspensions=tuple(stops),
    )
    decided = decide(facts, Decider.COMPUTED, CALENDAR)
    assert problem in decided.problem  # and nothing is computed from it: the promise decides
    assert (decided.computed_on, decided.due_on) == (None, date(2026, 3, 20))


@pytest.mark.parametrize(
    "stops",
    [
        pytest.param([], id="none"),
        pytest.param([stop("2026-03-02T09:30", "2026-03-04")], id="at the very receipt"),
        pytest.param([stop("2026-03-02", "2026-03-04")], id="on the day of receipt, no clock time"),
        pytest.param([stop("2026-03-05T10:00", "2026-03-05T10:00")], id="ends as it begins"),
        pytest.param([stop("2026-03-05T10:00", "2026-03-05")], id="ends that day, no clock time"),
        pytest.param(
            [stop("2026-03-03", "2026-03-05T09:00"), stop("2026-03-05T09:00", "2026-03-06")],
            id="the next begins as the first ends",
        ),
        pytest.param(
            [stop("2026-03-03", "2026-03-05T09:00"), stop("2026-03-05", "2026-03-06")],
            id="the next begins that day, no clock time",
        ),
        pytest.param([stop("2026-02-27", "2026-03-04", seen=True)], id="seen by a poll before the receipt"),
    ],
)
def test_what_can_be_is_no_problem(stops: list[Suspension]) -> None:
    assert problem_of(stops, at(RECEIVED)) == ""


def test_a_receipt_without_clock_time_is_before_everything_of_its_day() -> None:
    assert problem_of([stop("2026-03-02T07:00", "2026-03-04")], at("2026-03-02")) == ""


def test_an_interruption_is_named_by_cause_and_moments() -> None:
    assert shown(stop("2026-03-02T10:00")) == "yêu cầu bổ sung 10:00 02/03/2026–chưa xong"
    assert shown(stop("2026-03-02", "2026-03-04T08:00", Cause.CONSULTATION)) == (
        "lấy ý kiến 02/03/2026–08:00 04/03/2026"
    )


# Restart: NĐ 118/2025, Điều 19.5. The day of full receipt is day zero (BLDS 2015, Điều 147.3)


@pytest.mark.parametrize(
    ("received", "limit", "stops", "due_at"),
    [
        pytest.param("2026-03-02T09:30", "5d", [stop("2026-03-04T10:00", "2026-03-10T14:00")], "2026-03-17", id="the whole limit anew"),
        pytest.param("2026-03-02T09:30", "5d", [stop("2026-03-02T10:00", "2026-03-02T15:00")], "2026-03-09", id="met the same day"),
        pytest.param("2026-03-02T09:30", "5d", [stop("2026-03-04T10:00", "2026-03-07T09:00")], "2026-03-13", id="met on a Saturday"),
        pytest.param("2026-03-02T09:30", "7cd", [stop("2026-03-04", "2026-03-07")], "2026-03-16", id="calendar days roll over the weekend"),
        pytest.param("2026-01-30", "1mo", [stop("2026-02-02", "2026-02-27")], "2026-03-27", id="a month from the full receipt"),
        pytest.param("2026-03-02T09:30", "8h", [stop("2026-03-02T10:00", "2026-03-04T10:00")], "2026-03-05T10:00", id="hours from its moment"),
        pytest.param("2026-03-02T09:30", "day", [stop("2026-03-02T10:00", "2026-03-04T14:00")], "2026-03-04", id="within the day of full receipt"),
        pytest.param("2026-03-02T09:30", "day", [stop("2026-03-02T10:00", "2026-03-04T15:01")], "2026-03-05", id="after the cut-off: the next day"),
        # several
        pytest.param("2026-03-02", "5d", [stop("2026-03-04", "2026-03-06"), stop("2026-03-10", "2026-03-16")], "2026-03-23", id="two: the last one decides"),
        pytest.param("2026-03-02", "5d", [stop("2026-03-04", "2026-03-06"), stop("2026-03-17", "2026-03-20")], "2026-03-13", id="the second one after the end"),
        # the last day, and after
        pytest.param("2026-03-02", "5d", [stop("2026-03-09T16:59", "2026-03-12")], "2026-03-19", id="asked on the last day"),
        pytest.param("2026-03-02", "5d", [stop("2026-03-09T23:59", "2026-03-12")], "2026-03-19", id="to the last minute of it"),
        pytest.param("2026-03-02", "5d", [stop("2026-03-10", "2026-03-12")], "2026-03-09", id="the day after: moves nothing"),
        pytest.param("2026-03-02T09:30", "8h", [stop("2026-03-03T09:29", "2026-03-04T09:30")], "2026-03-05T09:30", id="a minute before the end of hours"),
        pytest.param("2026-03-02T09:30", "8h", [stop("2026-03-03T09:30", "2026-03-04T09:30")], "2026-03-03T09:30", id="at the end of hours: moves nothing"),
    ],
)  # fmt: skip
def test_a_restart(received: str, limit: str, stops: list[Suspension], due_at: str) -> None:
    assert due(received, limit, *stops) == due_at


# Pause: what ran before it counts, its first day too; the day it ends is day zero of the rest


@pytest.mark.parametrize(
    ("received", "limit", "stops", "due_at"),
    [
        pytest.param("2026-03-02", "5d", [stop("2026-03-04T10:00", "2026-03-10T14:00")], "2026-03-13", id="three days are left"),
        pytest.param("2026-03-02", "5d", [stop("2026-03-04T10:00", "2026-03-04T14:00")], "2026-03-09", id="within a day it costs nothing"),
        pytest.param("2026-03-02", "5d", [stop("2026-03-04T16:00", "2026-03-05T08:00")], "2026-03-10", id="over a night it costs a day"),
        pytest.param("2026-03-02", "5d", [stop("2026-03-02T10:00", "2026-03-10T14:00")], "2026-03-17", id="on the day of receipt nothing ran"),
        pytest.param("2026-03-02", "5d", [stop("2026-03-06T17:30", "2026-03-08")], "2026-03-09", id="over a weekend it costs nothing"),
        pytest.param("2026-03-02", "5d", [stop("2026-03-04", "2026-03-06"), stop("2026-03-10", "2026-03-12")], "2026-03-13", id="two pauses"),
        # stood still on its last day: it ends with the day on which it is taken up
        pytest.param("2026-03-02", "5d", [stop("2026-03-09T10:00", "2026-03-11T14:00")], "2026-03-11", id="on the last day"),
        pytest.param("2026-03-02", "5d", [stop("2026-03-09T10:00", "2026-03-14T10:00")], "2026-03-16", id="taken up on a Saturday"),
        pytest.param("2026-03-02", "5d", [stop("2026-03-10", "2026-03-12")], "2026-03-09", id="after the end: moves nothing"),
        # calendar days, weeks, months: the days that are left
        pytest.param("2026-03-02", "7cd", [stop("2026-03-04", "2026-03-10")], "2026-03-16", id="five calendar days left, rolled"),
        pytest.param("2026-03-02", "2w", [stop("2026-03-06", "2026-03-09")], "2026-03-19", id="ten of two weeks left"),
        pytest.param("2026-01-31", "1mo", [stop("2026-02-26", "2026-03-02")], "2026-03-04", id="two days of a month left"),
        pytest.param("2026-02-28", "7cd", [stop("2026-03-07", "2026-03-10")], "2026-03-10", id="on a last day of rest"),
        pytest.param("2026-02-28", "7cd", [stop("2026-03-09T08:00", "2026-03-11")], "2026-03-11", id="on the day it rolled to"),
        # hours: the minutes that are left
        pytest.param("2026-03-02T09:30", "8h", [stop("2026-03-02T10:30", "2026-03-05T08:00")], "2026-03-05T16:30", id="an hour ran, seven are left"),
        pytest.param("2026-03-02T16:00", "8h", [stop("2026-03-02T18:00", "2026-03-03T07:00")], "2026-03-03T16:00", id="outside working time it costs nothing"),
        pytest.param("2026-03-02T09:30", "8h", [stop("2026-03-02T11:45", "2026-03-02T12:45")], "2026-03-03T09:30", id="nor in the lunch break"),
        pytest.param("2026-03-02T09:30", "8h", [stop("2026-03-02T10:00", "2026-03-02")], "2026-03-03T09:30", id="ended that day, nobody knows when"),
    ],
)  # fmt: skip
def test_a_pause(received: str, limit: str, stops: list[Suspension], due_at: str) -> None:
    assert due(received, limit, *stops, effect=PAUSE) == due_at


@pytest.mark.parametrize("limit", ["5d", "7cd", "1w", "1mo", "12h", "90m"])
def test_what_runs_on_moves_nothing_and_is_told_apart(limit: str) -> None:
    stops = [stop("2026-03-02T10:00", "2026-03-04T10:00"), stop("2026-03-05T10:00")]
    plain, ran_on = ran(RECEIVED, limit), ran(RECEIVED, limit, *stops, effect=RUNS_ON)
    assert ran_on.due_at == plain.due_at
    assert (ran_on.spans, ran_on.without_effect, ran_on.waiting) == (plain.spans, tuple(stops), None)


def test_each_cause_has_its_own_effect() -> None:
    rules = ClockRules()
    assert {cause.value: rules.effect(cause) for cause in Cause} == {
        "supplement": RESTART,
        "financial": PAUSE,
        "consultation": RUNS_ON,
        "other": PAUSE,
    }
    stops = (
        stop("2026-03-03", "2026-03-05", Cause.CONSULTATION),  # runs on
        stop("2026-03-06", "2026-03-10", Cause.SUPPLEMENT),  # anew from 10/03
        stop("2026-03-12", "2026-03-18", Cause.FINANCIAL),  # two days of five ran, three are left
    )
    assert run(at("2026-03-02"), TimeLimit.parse("5d"), CALENDAR, rules, stops).due_at == at(
        "2026-03-23T23:59:59"
    )


# The clock time that is kept


@pytest.mark.parametrize(
    ("stops", "effect", "due_at"),
    [
        pytest.param([], PAUSE, "2026-03-09T09:30", id="uninterrupted: that of the receipt"),
        pytest.param([stop("2026-03-04T08:00", "2026-03-04T08:30")], PAUSE, "2026-03-09T09:30", id="a pause does not bring it forward"),
        pytest.param([stop("2026-03-04T16:00", "2026-03-06T07:45")], PAUSE, "2026-03-11T09:30", id="nor does the time it is taken up at"),
        pytest.param([stop("2026-03-09T08:00", "2026-03-11T14:00")], PAUSE, "2026-03-11T17:00", id="stood still on the last day: with working time"),
        pytest.param([stop("2026-03-09T08:00", "2026-03-11T17:01")], PAUSE, "2026-03-12T17:00", id="taken up after closing: the next day"),
        pytest.param([stop("2026-03-09T09:30", "2026-03-11T14:00")], PAUSE, "2026-03-09T09:30", id="asked as it ran out: moves nothing"),
        pytest.param([stop("2026-03-04T08:00", "2026-03-05T15:15")], RESTART, "2026-03-12T15:15", id="a restart: that of the full receipt"),
        pytest.param([stop("2026-03-04T08:00", "2026-03-05")], RESTART, "2026-03-12", id="full receipt without clock time: the end of the day"),
    ],
)  # fmt: skip
def test_a_kept_clock_time(stops: list[Suspension], effect: Effect, due_at: str) -> None:
    assert due(RECEIVED, "5d", *stops, effect=effect, ends=Ends.CLOCK) == due_at


# One that lasts


def decided(*stops: Suspension, limit: str | None = "5d", received: str = "2026-03-02T09:30") -> Deadline:
    facts = Facts(
        received_at=at(received),
        promised_at=None,
        limit=TimeLimit.parse(limit) if limit else None,
        suspensions=stops,
    )
    return decide(facts, Decider.COMPUTED, CALENDAR)


def test_while_something_is_awaited_there_is_no_due_date() -> None:
    waiting = ran(RECEIVED, "5d", stop("2026-03-04T10:00"))
    assert (waiting.due_at, waiting.waiting) == (None, stop("2026-03-04T10:00"))
    deadline = decided(stop("2026-03-04T10:00"))
    assert (deadline.due_at, deadline.waiting_since) == (None, at("2026-03-04T10:00"))


@pytest.mark.parametrize(
    ("asked", "lapses_on"),
    [
        pytest.param("2026-03-04T10:00", "2026-03-19", id="the fifteenth calendar day"),
        pytest.param("2026-03-06T16:59", "2026-03-23", id="on a Saturday: the next working day (BLDS Đ148.5)"),
        pytest.param("2026-04-15", "2026-05-04", id="on 30/4: after the holidays"),
    ],
)  # fmt: skip
def test_a_supplement_that_does_not_come_lapses_after_15_days(asked: str, lapses_on: str) -> None:
    """NĐ 118/2025/NĐ-CP, Điều 19.5."""
    deadline = decided(stop(asked), limit="20d", received="2026-03-02" if asked < "2026-04" else "2026-04-10")
    assert deadline.lapses_on == date.fromisoformat(lapses_on)
    suspended = replace(case(), deadline=deadline)
    last = date.fromisoformat(lapses_on)
    for instant in (f"{last}T00:00", f"{last}T23:59"):
        assert standing_at(suspended, at(instant), 2) is Standing.SUSPENDED
    assert standing_at(suspended, at(f"{last + timedelta(1)}"), 2) is Standing.LAPSED


def test_near_the_end_of_the_calendar_it_lapses_on_the_day_itself() -> None:
    deadline = decided(stop("2027-12-20"), limit="9d", received="2027-12-17")
    assert deadline.lapses_on == date(2028, 1, 4)


@pytest.mark.parametrize("cause", [Cause.FINANCIAL, Cause.OTHER])
def test_only_a_supplement_lapses(cause: Cause) -> None:
    deadline = decided(stop("2026-03-04", cause=cause))
    assert (deadline.due_at, deadline.lapses_on) == (None, None)
    assert deadline.waiting_since == at("2026-03-04")


def test_what_was_asked_after_the_end_stops_no_limit() -> None:
    deadline = decided(stop("2026-03-10"))
    assert (deadline.due_on, deadline.waiting_since) == (date(2026, 3, 9), None)


def test_a_finish_ends_what_lasts() -> None:
    lasting, over = stop("2026-03-04T10:00"), stop("2026-03-03", "2026-03-04")
    assert until_finish((over, lasting), None) == (over, lasting)
    assert until_finish((over, lasting), at("2026-03-12T08:00")) == (
        over,
        stop("2026-03-04T10:00", "2026-03-12T08:00"),
    )
    assert until_finish((lasting,), at("2026-03-04T08:00")) == (stop("2026-03-04T10:00", "2026-03-04T10:00"),)


# What only polls saw


def test_what_was_seen_before_the_receipt_interrupts_nothing() -> None:
    """A dossier sent back before it was received in full: no limit ran yet (NĐ 118/2025, Điều 17.3)."""
    early = stop("2026-02-25T08:00", "2026-03-03T08:00", seen=True)
    assert precedes(early, at(RECEIVED))
    assert not precedes(early, at("2026-02-25T07:59"))
    assert due(RECEIVED, "5d", early) == due(RECEIVED, "5d") == "2026-03-09"
    later = stop("2026-03-04", "2026-03-06", seen=True)
    assert problem_of([early, later], at(RECEIVED)) == ""
    assert due(RECEIVED, "5d", early, later) == "2026-03-13"


@pytest.mark.parametrize(
    ("last", "effect", "runs_on"),
    [
        pytest.param(stop("2026-03-04T10:00"), RESTART, False, id="asked in time: it awaits"),
        pytest.param(stop("2026-03-10T10:00"), RESTART, True, id="asked after the limit had run out"),
        pytest.param(stop("2026-03-10T10:00", seen=True), RESTART, False, id="only seen after it: nobody is accused"),
        pytest.param(stop("2026-03-04T10:00"), RUNS_ON, True, id="its procedure stops no limit for it"),
        pytest.param(stop("2026-03-04T10:00", seen=True), RUNS_ON, True, id="however it is known"),
        pytest.param(stop("2026-03-04T10:00", "2026-03-05T10:00"), RUNS_ON, False, id="over: nothing lasts"),
    ],
)  # fmt: skip
def test_what_lasts_and_stops_no_limit_is_told_whatever_the_status_says(
    last: Suspension, effect: Effect, runs_on: bool
) -> None:
    """Received on 02/03 with 5 working days, due on 09/03."""
    facts = Facts(
        received_at=at("2026-03-02T09:30"),
        promised_at=None,
        limit=TimeLimit(5),
        suspensions=(last,),
        rules=ClockRules(supplement=effect),
    )
    assert decide(facts, Decider.COMPUTED, CALENDAR).runs_on is runs_on
