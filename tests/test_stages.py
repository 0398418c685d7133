"""Dossiers of several units: each one's own limit and calendar, who holds it now, who used up the time."""

from datetime import datetime

import pytest
from worlds import CALENDAR, moment

from latewatch.domain.dossier import Cause, Stage, Suspension
from latewatch.domain.expiry import ClockRules
from latewatch.domain.hours import WorkHours
from latewatch.domain.limit import TimeLimit
from latewatch.domain.stages import (
    STAGE_LABELS,
    StageStanding,
    StageVerdict,
    at_fault,
    holder,
    judge_stages,
)
from latewatch.domain.suspension import Effect
from latewatch.domain.worktime import STANDARD_WEEK, WorkCalendar
from latewatch.errors import CalendarGap

IN_TIME, LATE = StageStanding.IN_TIME, StageStanding.LATE
RUNNING, OVERDUE = StageStanding.RUNNING, StageStanding.OVERDUE
WAITING, NO_LIMIT, AHEAD = StageStanding.WAITING, StageStanding.NO_LIMIT, StageStanding.AHEAD

SATURDAYS = WorkCalendar(
    range(2026, 2028), (), "thử", week=(*STANDARD_WEEK[:5], WorkHours.parse("07:30-11:30"), WorkHours())
)
LAND = "Chi nhánh Ví Dụ"  # the unit that works on Saturday mornings


def at(text: str) -> datetime:
    instant = moment(text)
    assert instant is not None
    return instant


def stage(
    begun: str,
    limit: str | None = "5d",
    finished: str | None = None,
    due: str | None = None,
    unit: str = "Sở A",
) -> Stage:
    return Stage(unit, at(begun), TimeLimit.parse(limit) if limit else None, moment(due), moment(finished))


def stop(start: str, end: str | None = None, cause: Cause = Cause.SUPPLEMENT) -> Suspension:
    return Suspension(cause, at(start), moment(end))


def calendar_of(unit: str) -> WorkCalendar:
    return SATURDAYS if unit == LAND else CALENDAR


def judged(
    now: str, *stages: Stage, stops: tuple[Suspension, ...] = (), **rules: Effect
) -> list[StageVerdict]:
    return judge_stages(stages, at(now), calendar_of, ClockRules(**rules), stops)  # type: ignore[arg-type]


# One stage: begun Monday 02/03/2026 with five days, due with Monday 09/03


@pytest.mark.parametrize(
    ("now", "finished", "standing", "used", "over"),
    [
        pytest.param("2026-03-02T08:00", None, RUNNING, 0, 0, id="just begun"),
        pytest.param("2026-03-05T08:00", None, RUNNING, 3, 0, id="three days used"),
        pytest.param("2026-03-09T23:59", None, RUNNING, 5, 0, id="to the last minute of its last day"),
        pytest.param("2026-03-10T00:01", None, OVERDUE, 6, 1, id="the day after"),
        pytest.param("2026-03-14T12:00", None, OVERDUE, 9, 4, id="days of rest are no days over"),
        pytest.param("2026-03-20T08:00", "2026-03-06T08:00", IN_TIME, 4, 0, id="finished early"),
        pytest.param("2026-03-20T08:00", "2026-03-09T17:30", IN_TIME, 5, 0, id="finished on the last day"),
        pytest.param("2026-03-20T08:00", "2026-03-12T08:00", LATE, 8, 3, id="finished late: it stays so"),
        pytest.param("2026-03-05T08:00", "2026-03-12T08:00", RUNNING, 3, 0, id="a finish to come has not happened"),
        pytest.param("2026-02-27T08:00", None, AHEAD, 0, 0, id="not begun yet"),
    ],
)  # fmt: skip
def test_a_stage_is_judged_by_its_own_limit(
    now: str, finished: str | None, standing: StageStanding, used: int, over: int
) -> None:
    (verdict,) = judged(now, stage("2026-03-02T08:00", finished=finished))
    assert (verdict.standing, verdict.used, verdict.over) == (standing, used, over)
    assert verdict.due_at == at("2026-03-09T23:59:59")
    assert verdict.is_open is (standing in (RUNNING, OVERDUE))


def test_every_standing_has_its_words() -> None:
    assert set(STAGE_LABELS) == set(StageStanding)


@pytest.mark.parametrize(
    ("unit", "due"),
    [
        pytest.param("Sở A", "2026-03-09T23:59:59", id="an office without Saturdays"),
        pytest.param(LAND, "2026-03-07T23:59:59", id="a branch that works on Saturday mornings"),
    ],
)
def test_each_unit_counts_by_its_own_calendar(unit: str, due: str) -> None:
    (verdict,) = judged("2026-03-10T08:00", stage("2026-03-02T08:00", unit=unit))
    assert verdict.due_at == at(due)
    assert (verdict.used, verdict.over) == ((7, 2) if unit == LAND else (6, 1))


@pytest.mark.parametrize(
    ("limit", "begun", "finished", "standing"),
    [
        pytest.param("8h", "2026-03-02T09:30", "2026-03-03T09:30:40", IN_TIME, id="to the minute"),
        pytest.param("8h", "2026-03-02T09:30", "2026-03-03T09:31", LATE, id="a minute over"),
        pytest.param("day", "2026-03-02T09:30", "2026-03-02T16:00", IN_TIME, id="within the day"),
        pytest.param("day", "2026-03-02T15:30", "2026-03-03T16:00", IN_TIME, id="begun after the cut-off"),
        pytest.param("1mo", "2026-01-31", "2026-03-02T10:00", IN_TIME, id="a month, rolled"),
    ],
)
def test_limits_of_every_kind(limit: str, begun: str, finished: str, standing: StageStanding) -> None:
    (verdict,) = judged("2026-04-01", stage(begun, limit, finished))
    assert verdict.standing is standing
    if standing is LATE:
        assert (verdict.over, at_fault([verdict])) == (
            0,
            [verdict],
        )  # by minutes: no working day, and yet late


# What the slip does not say, and what the source says itself


def test_a_stage_without_a_limit_is_not_judged() -> None:
    (verdict,) = judged("2026-03-20T08:00", stage("2026-03-02T08:00", None))
    assert (verdict.standing, verdict.due_at, verdict.used, verdict.over) == (NO_LIMIT, None, 14, 0)
    assert verdict.is_open


@pytest.mark.parametrize(
    ("now", "standing"),
    [("2026-03-06T23:59", RUNNING), ("2026-03-07T00:00", OVERDUE)],
)
def test_a_date_the_source_states_lasts_to_its_end(now: str, standing: StageStanding) -> None:
    (verdict,) = judged(now, stage("2026-03-02T08:00", None, due="2026-03-06T09:30"))
    assert (verdict.standing, verdict.due_at) == (standing, at("2026-03-06T23:59:59"))


def test_a_limit_comes_before_the_date_the_source_states() -> None:
    (verdict,) = judged("2026-03-06", stage("2026-03-02T08:00", "2d", due="2026-03-30"))
    assert verdict.due_at == at("2026-03-04T23:59:59")


# What interrupts the dossier interrupts the stage it falls into

TWO = (
    stage("2026-03-02T08:00", "3d", "2026-03-05T10:00", unit="Một cửa"),
    stage("2026-03-05T10:00", "5d", unit="Sở A"),
)


def test_a_stage_waits_while_the_dossier_does() -> None:
    first, second = judged("2026-03-20T08:00", *TWO, stops=(stop("2026-03-09T09:00"),))
    assert (first.standing, second.standing) == (IN_TIME, WAITING)
    assert (second.due_at, second.used, second.over) == (None, 2, 0)
    assert second.is_open


@pytest.mark.parametrize(
    ("effect", "due", "used", "standing"),
    [
        pytest.param(Effect.RESTART, "2026-03-23T23:59:59", 2 + 4, RUNNING, id="restart"),
        pytest.param(Effect.PAUSE, "2026-03-19T23:59:59", 2 + 4, OVERDUE, id="pause"),
        pytest.param(Effect.RUNS_ON, "2026-03-12T23:59:59", 11, OVERDUE, id="runs on"),
    ],
)  # fmt: skip
def test_an_interruption_moves_the_stage_it_falls_into(
    effect: Effect, due: str, used: int, standing: StageStanding
) -> None:
    first, second = judged(
        "2026-03-20T08:00", *TWO, stops=(stop("2026-03-09T09:00", "2026-03-16T09:00"),), supplement=effect
    )
    assert (first.standing, first.used) == (IN_TIME, 3)
    assert (second.due_at, second.used, second.standing) == (at(due), used, standing)


def test_a_stage_that_begins_meanwhile_begins_with_what_is_awaited() -> None:
    _, second = judged("2026-03-20T08:00", *TWO, stops=(stop("2026-03-04T09:00", "2026-03-10T09:00"),))
    assert second.due_at == at("2026-03-17T23:59:59")  # five days from the full receipt
    _, second = judged("2026-03-20T08:00", *TWO, stops=(stop("2026-03-04T09:00"),))
    assert (second.standing, second.used) == (WAITING, 0)


def test_what_was_over_before_a_stage_began_does_not_touch_it() -> None:
    with_stop = judged("2026-03-10T08:00", *TWO, stops=(stop("2026-03-03T09:00", "2026-03-04T09:00"),))
    assert with_stop[1] == judged("2026-03-10T08:00", *TWO)[1]


def test_what_lasts_ends_with_the_stage_it_began_in() -> None:
    (verdict,) = judged(
        "2026-03-20T08:00", stage("2026-03-02T08:00", "3d", "2026-03-12T08:00"), stops=(stop("2026-03-04"),)
    )
    assert (verdict.standing, verdict.used) == (IN_TIME, 2)


def test_at_an_earlier_instant_a_stop_still_lasts() -> None:
    stops = (stop("2026-03-09T09:00", "2026-03-16T09:00"),)
    assert judged("2026-03-12T08:00", *TWO, stops=stops)[1].standing is WAITING
    assert judged("2026-03-06T08:00", *TWO, stops=stops)[1].standing is RUNNING


@pytest.mark.parametrize(
    ("effect", "standing"), [(Effect.RESTART, WAITING), (Effect.PAUSE, WAITING), (Effect.RUNS_ON, OVERDUE)]
)
def test_a_date_of_the_source_waits_too(effect: Effect, standing: StageStanding) -> None:
    one = stage("2026-03-02T08:00", None, due="2026-03-06")
    (verdict,) = judged("2026-03-20T08:00", one, stops=(stop("2026-03-04"),), supplement=effect)
    assert verdict.standing is standing


def test_contradictory_interruptions_judge_nobody() -> None:
    stops = (stop("2026-03-04", "2026-03-10"), stop("2026-03-06", "2026-03-12"))
    (verdict,) = judged("2026-03-20T08:00", stage("2026-03-02T08:00"), stops=stops)
    assert (verdict.standing, verdict.due_at) == (NO_LIMIT, None)


# The whole: who holds it, who used up the time

THREE = (
    stage("2026-03-02T08:00", "1d", "2026-03-05T09:00", unit="Một cửa"),  # due 03/03: two days over
    stage("2026-03-05T09:00", "3d", "2026-03-10T09:00", unit="Sở A"),  # in time
    stage("2026-03-10T09:00", "2d", unit=LAND),  # due 12/03
)


def test_the_stages_come_in_the_order_of_their_start() -> None:
    verdicts = judged("2026-03-11T08:00", *reversed(THREE))
    assert [each.stage.unit for each in verdicts] == ["Một cửa", "Sở A", LAND]
    assert [each.standing for each in verdicts] == [LATE, IN_TIME, RUNNING]


@pytest.mark.parametrize(
    ("now", "unit"),
    [
        pytest.param("2026-03-01", None, id="nobody yet"),
        pytest.param("2026-03-03T08:00", "Một cửa", id="the first"),
        pytest.param("2026-03-06T08:00", "Sở A", id="the second"),
        pytest.param("2026-03-11T08:00", LAND, id="the last"),
    ],
)
def test_the_holder_is_the_one_that_holds_it_then(now: str, unit: str | None) -> None:
    held = holder(judged(now, *THREE))
    assert (held.stage.unit if held else None) == unit


def test_of_several_at_once_the_last_one_begun_holds_it() -> None:
    """NĐ 118/2025/NĐ-CP, Điều 20.2b: all agencies of an electronic dossier begin at once."""
    both = (stage("2026-03-02T08:00", unit="Sở A"), stage("2026-03-03T08:00", unit="Sở B"))
    held = holder(judged("2026-03-04T08:00", *both))
    assert held is not None
    assert held.stage.unit == "Sở B"


def test_nobody_holds_what_is_finished() -> None:
    assert holder(judged("2026-03-11T08:00", *THREE[:2])) is None
    assert holder([]) is None


def test_who_used_up_the_time_the_longest_first() -> None:
    verdicts = judged("2026-03-20T08:00", *THREE)
    assert [(each.stage.unit, each.over) for each in at_fault(verdicts)] == [(LAND, 7), ("Một cửa", 2)]
    assert at_fault(judged("2026-03-03T08:00", *THREE)) == []


def test_beyond_the_known_years_is_a_gap() -> None:
    with pytest.raises(CalendarGap, match="năm 2028"):
        judged("2027-12-31T10:00", stage("2027-12-30T08:00", "5d"))
