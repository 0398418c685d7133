"""Where a dossier stands: every status before, on and after its due day; lateness; the duty to apologise."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import CALENDAR, case, moment

from latewatch.domain.dossier import Status
from latewatch.domain.standing import (
    LABELS,
    Standing,
    is_expected_late,
    last_letter_day,
    owes_letter,
    standing_at,
    working_days_late,
)
from latewatch.errors import CalendarGap

DUE = "2026-11-12"  # a Thursday
RUNNING = (Status.RECEIVED, Status.PROCESSING)
FINISHED = (Status.DONE, Status.RETURNED)
APART = {
    Status.WAITING: Standing.WAITING,
    Status.SUPPLEMENT: Standing.SUSPENDED,
    Status.SUSPENDED: Standing.SUSPENDED,
    Status.REFUSED: Standing.REFUSED,
    Status.NOT_ACCEPTED: Standing.REFUSED,
    Status.WITHDRAWN: Standing.WITHDRAWN,
    Status.STOPPED: Standing.STOPPED,
}


def at(text: str) -> datetime:
    instant = moment(text)
    assert instant is not None
    return instant


def test_every_status_is_in_one_of_the_three_groups() -> None:
    assert {*RUNNING, *FINISHED, *APART} == set(Status)


def test_every_standing_has_its_vietnamese_label() -> None:
    assert set(LABELS) == set(Standing)
    assert len(set(LABELS.values())) == len(LABELS)


# Not finished


@pytest.mark.parametrize("status", RUNNING)
@pytest.mark.parametrize(
    ("instant", "standing"),
    [
        pytest.param("2026-11-09T08:00", Standing.WITHIN, id="three working days before"),
        pytest.param("2026-11-10T08:00", Standing.DUE_SOON, id="two working days before"),
        pytest.param("2026-11-11T23:59:59", Standing.DUE_SOON, id="the day before"),
        pytest.param("2026-11-12", Standing.DUE_SOON, id="the day, at 00:00"),
        pytest.param("2026-11-12T17:30", Standing.DUE_SOON, id="the day, after office hours"),
        pytest.param("2026-11-12T23:59:59", Standing.DUE_SOON, id="the last second"),
        pytest.param("2026-11-13", Standing.OVERDUE, id="24:00 of the day"),
        pytest.param("2026-12-01T08:00", Standing.OVERDUE, id="weeks after"),
    ],
)
def test_an_unfinished_dossier(status: Status, instant: str, standing: Standing) -> None:
    assert standing_at(case(status=status, due=DUE), at(instant), 2) is standing


@pytest.mark.parametrize(
    ("today", "due", "days", "standing"),
    [
        pytest.param("2026-11-12", "2026-11-12", 0, Standing.DUE_SOON, id="0 is today"),
        pytest.param("2026-11-12", "2026-11-13", 0, Standing.WITHIN, id="0 is not tomorrow"),
        pytest.param("2026-11-13", "2026-11-16", 1, Standing.DUE_SOON, id="Friday looks at Monday"),
        pytest.param("2026-11-13", "2026-11-17", 1, Standing.WITHIN, id="and not at Tuesday"),
        pytest.param("2026-11-14", "2026-11-16", 1, Standing.DUE_SOON, id="Saturday looks at Monday"),
        pytest.param("2026-02-13", "2026-02-23", 1, Standing.DUE_SOON, id="across Tết"),
        pytest.param("2026-02-13", "2026-02-24", 1, Standing.WITHIN, id="across Tết, a day more"),
        pytest.param("2026-08-21", "2026-08-24", 1, Standing.WITHIN, id="a worked Saturday lies between"),
        pytest.param("2026-11-12", "2026-11-14", 0, Standing.WITHIN, id="a promise on a Saturday, Thursday before"),
        pytest.param("2026-11-13", "2026-11-14", 0, Standing.DUE_SOON, id="a promise on a Saturday, Friday before"),
    ],
)  # fmt: skip
def test_due_soon_counts_working_days(today: str, due: str, days: int, standing: Standing) -> None:
    assert standing_at(case(due=due), at(f"{today}T08:00"), days) is standing


# Finished


@pytest.mark.parametrize("status", [*FINISHED, *RUNNING])
@pytest.mark.parametrize(
    ("finished", "standing"),
    [
        pytest.param("2026-11-05T10:00", Standing.EARLY, id="a week before"),
        pytest.param("2026-11-11", Standing.EARLY, id="the day before, a date alone"),
        pytest.param("2026-11-11T23:59", Standing.EARLY, id="the day before, late in the evening"),
        pytest.param("2026-11-12", Standing.ON_TIME, id="the day, a date alone"),
        pytest.param("2026-11-12T16:45", Standing.ON_TIME, id="the day"),
        pytest.param("2026-11-12T23:59:59", Standing.ON_TIME, id="the last second"),
        pytest.param("2026-11-12T23:59:59.700", Standing.ON_TIME, id="a fraction of the last second"),
        pytest.param("2026-11-13", Standing.LATE, id="the day after, a date alone"),
        pytest.param("2026-11-13T00:00:01", Standing.LATE, id="the first second after"),
        pytest.param("2026-11-14T09:00", Standing.LATE, id="a Saturday after"),
    ],
)
def test_a_finished_dossier(status: Status, finished: str, standing: Standing) -> None:
    finished_case = case(status=status, due=DUE, finished=finished)
    assert standing_at(finished_case, at("2026-11-20T08:00"), 2) is standing


@pytest.mark.parametrize(
    ("instant", "standing"),
    [
        pytest.param("2026-11-06T08:00", Standing.WITHIN, id="before"),
        pytest.param("2026-11-12T08:00", Standing.DUE_SOON, id="the due day"),
        pytest.param("2026-11-13T08:00", Standing.OVERDUE, id="overdue, the finish is still to come"),
        pytest.param("2026-11-13T09:59:59", Standing.OVERDUE, id="the second before"),
        pytest.param("2026-11-13T10:00", Standing.LATE, id="the moment itself"),
    ],
)
def test_a_finish_after_the_instant_has_not_happened_yet(instant: str, standing: Standing) -> None:
    assert standing_at(case(due=DUE, finished="2026-11-13T10:00"), at(instant), 2) is standing


@pytest.mark.parametrize("returned", ["2026-11-11", "2026-11-12", "2026-11-13", "2026-12-01", None])
def test_the_end_of_processing_decides_and_not_the_day_the_result_was_fetched(returned: str | None) -> None:
    """NgayKetThucXuLy, not NgayTra."""
    on_time = case(status=Status.RETURNED, due=DUE, finished="2026-11-12", returned=returned)
    late = case(status=Status.RETURNED, due=DUE, finished="2026-11-13", returned=returned)
    unknown = case(status=Status.RETURNED, due=DUE, returned=returned)
    later = at("2026-12-02T08:00")
    assert standing_at(on_time, later, 2) is Standing.ON_TIME
    assert standing_at(late, later, 2) is Standing.LATE
    assert standing_at(unknown, later, 2) is Standing.NO_FINISH_DATE


# Apart


@pytest.mark.parametrize(("status", "standing"), APART.items())
@pytest.mark.parametrize("instant", ["2026-11-11T08:00", "2026-11-12T08:00", "2026-11-13T08:00"])
@pytest.mark.parametrize("finished", [None, "2026-11-11", "2026-11-13"])
def test_what_stands_apart_stands_apart_on_every_day(
    status: Status, standing: Standing, instant: str, finished: str | None
) -> None:
    apart = case(status=status, due=DUE, finished=finished)
    assert standing_at(apart, at(instant), 2) is standing
    assert not owes_letter(apart, at(instant))


@pytest.mark.parametrize(
    ("status", "finished", "standing"),
    [
        (Status.PROCESSING, None, Standing.NO_DUE_DATE),
        (Status.DONE, "2026-11-12", Standing.NO_DUE_DATE),
        (Status.DONE, None, Standing.NO_FINISH_DATE),
        (Status.WITHDRAWN, None, Standing.WITHDRAWN),
    ],
)
def test_without_a_due_date_nothing_is_guessed(
    status: Status, finished: str | None, standing: Standing
) -> None:
    unknown = case(status=status, due=None, finished=finished)
    assert standing_at(unknown, at("2026-11-20T08:00"), 2) is standing
    assert working_days_late(unknown, at("2026-11-20T08:00")) == 0
    assert not owes_letter(unknown, at("2026-11-20T08:00"))


def test_a_promise_beyond_the_calendar_is_within_time() -> None:
    assert standing_at(case(due="2028-05-04"), at("2027-11-01T08:00"), 2) is Standing.WITHIN


# Lateness


@pytest.mark.parametrize(
    ("due", "finished", "instant", "late"),
    [
        pytest.param(DUE, None, "2026-11-12T08:00", 0, id="the due day"),
        pytest.param(DUE, None, "2026-11-13T08:00", 1, id="the day after"),
        pytest.param(DUE, None, "2026-11-15T08:00", 1, id="the weekend adds nothing"),
        pytest.param(DUE, None, "2026-11-16T08:00", 2, id="Monday adds a day"),
        pytest.param(DUE, None, "2026-11-25T08:00", 8, id="24/11 adds nothing"),
        pytest.param("2026-02-13", None, "2026-02-22T08:00", 0, id="overdue by days of rest only"),
        pytest.param("2026-02-13", None, "2026-02-23T08:00", 1, id="the first day after Tết"),
        pytest.param("2026-08-21", None, "2026-08-22T08:00", 1, id="a worked Saturday adds a day"),
        pytest.param(DUE, "2026-11-16", "2026-12-01T08:00", 2, id="it stops with the finish"),
        pytest.param(DUE, "2026-11-16", "2026-11-13T08:00", 1, id="a finish still to come"),
        pytest.param(DUE, "2026-11-10", "2026-12-01T08:00", 0, id="early is never negative"),
        pytest.param(DUE, None, "2026-11-02T08:00", 0, id="not yet due is never negative"),
    ],
)  # fmt: skip
def test_lateness_counts_working_days(due: str, finished: str | None, instant: str, late: int) -> None:
    assert working_days_late(case(due=due, finished=finished), at(instant)) == late


def test_lateness_needs_the_calendar_of_today_and_counts_from_its_first_year_at_the_least() -> None:
    with pytest.raises(CalendarGap, match="2028"):
        working_days_late(case(due="2027-12-30"), at("2028-01-04T08:00"))
    assert working_days_late(case(due="2019-06-03"), at("2021-01-05T08:00")) == 2
    assert working_days_late(case(due="2019-06-03", finished="2020-06-03"), at("2021-01-05")) == 0


@settings(deadline=None)
@given(st.dates(date(2026, 1, 1), date(2027, 6, 30)), st.integers(-40, 40))
def test_late_by_working_days_is_overdue_and_due_is_not_late(due: date, offset: int) -> None:
    instant = at(f"{due + timedelta(days=offset)}T08:00")
    late = working_days_late(case(due=due), instant)
    standing = standing_at(case(due=due), instant, 2)
    assert (standing is Standing.OVERDUE) is (offset > 0)
    assert late == 0 or standing is Standing.OVERDUE


# The apology: Nghị định 118/2025/NĐ-CP, Điều 19.6


@pytest.mark.parametrize(
    ("due", "last"),
    [
        pytest.param("2026-11-12", "2026-11-11", id="the day before"),
        pytest.param("2026-11-16", "2026-11-13", id="due on Monday: the Friday before"),
        pytest.param("2026-11-14", "2026-11-13", id="promised on a Saturday"),
        pytest.param("2026-11-15", "2026-11-13", id="promised on a Sunday"),
        pytest.param("2026-02-23", "2026-02-13", id="due right after Tết"),
        pytest.param("2026-02-24", "2026-02-23", id="due a day later"),
        pytest.param("2026-08-24", "2026-08-22", id="a worked Saturday is the last day"),
        pytest.param("2026-09-03", "2026-08-28", id="due after Quốc khánh and the swapped Monday"),
        pytest.param("2026-11-25", "2026-11-23", id="due after 24/11"),
    ],
)
def test_the_last_day_of_a_letter_in_time(due: str, last: str) -> None:
    due_on, last_on = date.fromisoformat(due), date.fromisoformat(last)
    assert last_letter_day(due_on, CALENDAR) == last_on
    assert last_on <= due_on - timedelta(days=1)
    assert CALENDAR.is_working_day(last_on)


@settings(deadline=None)
@given(st.dates(date(2021, 2, 1), date(2027, 12, 31)))
def test_with_a_lead_of_one_day_the_last_day_of_a_letter_is_never_missed(due: date) -> None:
    last = last_letter_day(due, CALENDAR)
    assert is_expected_late(case(due=due), at(f"{last}T07:00"))


@pytest.mark.parametrize(
    ("instant", "letter", "expected", "owes"),
    [
        pytest.param("2026-11-10T07:00", None, False, False, id="two days before"),
        pytest.param("2026-11-11T07:00", None, True, True, id="the day before: the last day in time"),
        pytest.param("2026-11-12T07:00", None, True, True, id="the day: too late for the rule, still owed"),
        pytest.param("2026-11-13T07:00", None, False, True, id="overdue without a letter"),
        pytest.param("2026-11-11T07:00", "2026-11-11", True, False, id="written in time"),
        pytest.param("2026-11-13T07:00", "2026-11-13", False, False, id="written late"),
    ],
)
def test_when_an_apology_is_owed(instant: str, letter: str | None, expected: bool, owes: bool) -> None:
    unfinished = case(due=DUE, letter=letter)
    assert is_expected_late(unfinished, at(instant)) is expected
    assert owes_letter(unfinished, at(instant)) is owes


@pytest.mark.parametrize("finished", ["2026-11-11T09:00", "2026-11-12T09:00", "2026-11-13T09:00"])
def test_a_finished_dossier_owes_nothing_however_late(finished: str) -> None:
    finished_case = case(due=DUE, finished=finished)
    assert not owes_letter(finished_case, at("2026-11-16T07:00"))
    assert not is_expected_late(finished_case, at("2026-11-16T07:00"))


# What the source calls suspended, and what its limit does


@pytest.mark.parametrize(
    ("deadline_facts", "standing"),
    [
        pytest.param({}, Standing.SUSPENDED, id="its word decides"),
        pytest.param({"runs_on": True}, Standing.OVERDUE, id="the limit runs on, and is over"),
        pytest.param({"runs_on": True, "lapses_on": date(2026, 11, 19)}, Standing.LAPSED, id="to be closed before all"),
        pytest.param({"runs_on": True, "lapses_on": date(2026, 11, 20)}, Standing.OVERDUE, id="not yet to be closed"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("status", [Status.SUPPLEMENT, Status.SUSPENDED])
def test_a_suspended_dossier_whose_limit_runs_on_is_a_running_one(
    status: Status, deadline_facts: dict[str, object], standing: Standing
) -> None:
    one = case(status=status, due=DUE)
    one = replace(one, deadline=replace(one.deadline, **deadline_facts))
    assert standing_at(one, at("2026-11-20T08:00"), 2) is standing
