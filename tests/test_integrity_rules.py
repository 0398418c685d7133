"""What a change of a record betrays, and what it does not: one table for each kind of sign."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from worlds import CALENDAR, day, moment

from latewatch.domain.deadline import Deadline, Decider, Facts, decide
from latewatch.domain.dossier import Cause, Dossier, Status, Suspension
from latewatch.domain.integrity.afresh import OVERDUE, VANISHED, Applied, Unresolved, entered_anew
from latewatch.domain.integrity.betrayals import betrayals
from latewatch.domain.integrity.change import FIELDS, Apology, Change
from latewatch.domain.integrity.differing import TwoDates, differing
from latewatch.domain.integrity.finding import Betrayal, Kind, Sighting
from latewatch.domain.integrity.listing import Listable, Listing, is_shrunk
from latewatch.domain.integrity.telling import told
from latewatch.domain.limit import TimeLimit
from latewatch.domain.suspension import Effect

RECEIVED = "2026-11-02T09:00"  # a Monday: 5 working days end with Monday 09/11
EFFECTS = dict.fromkeys(Cause, Effect.RESTART) | {Cause.CONSULTATION: Effect.RUNS_ON}
AGE = timedelta(hours=12)


def deadline(dossier: Dossier) -> Deadline:
    facts = Facts(
        received_at=dossier.received_at,
        promised_at=dossier.promised_at,
        limit=dossier.time_limit,
        suspensions=dossier.suspensions,
    )
    return decide(facts, Decider.COMPUTED, CALENDAR)


def told_of(
    *,
    promised: str | None = "2026-11-09",
    finished: str | None = None,
    status: Status | None = None,
    limit: str | None = "5d",
    halts: tuple[Suspension, ...] = (),
    received: str | None = RECEIVED,
) -> Dossier:
    """A dossier as a source tells of it; done when it has a finish."""
    return Dossier(
        code="H1",
        status=status or (Status.DONE if finished else Status.PROCESSING),
        received_at=moment(received),
        promised_at=moment(promised),
        processed_at=moment(finished),
        time_limit=TimeLimit.parse(limit) if limit else None,
        suspensions=halts,
    )


def halt(
    start: str, end: str | None = None, cause: Cause = Cause.SUPPLEMENT, *, seen: bool = False
) -> Suspension:
    started_at = moment(start)
    assert started_at
    return Suspension(cause, started_at, moment(end), is_observed=seen)


def sighting(batch: int, at: str) -> Sighting:
    taken_at = moment(at)
    assert taken_at
    return Sighting(batch, f"{batch}.csv", taken_at)


def signs(
    before: Dossier | None,
    after: Dossier,
    *,
    shown: str = "2026-11-10T08:00",
    seen: str = "2026-11-11T08:00",
    **about: Any,
) -> list[Betrayal]:
    """What is betrayed where `before` was shown last at one time, and `after` is seen at another."""
    change = Change(
        before=before,
        after=after,
        seen=sighting(2, seen),
        deadline=deadline,
        **{
            "shown": sighting(1, shown) if before else None,
            "promised": sighting(1, "2026-11-02T10:00"),
            "known": before.suspensions if before else (),
            "interruptions": after.suspensions,
            "effects": EFFECTS,
            "file_age": AGE,
            **about,
        },
    )
    return list(betrayals(change, FIELDS))


def kinds(found: list[Betrayal]) -> list[tuple[str, str]]:
    return [(each.kind.value, each.severity.value) for each in found]


AFTER = ("promise-after-passing", "high")
WITHIN_LIMIT = ("promise-after-passing", "medium")
QUIETLY = ("promise-without-letter", "medium")
A_SLIP = ("promise-without-letter", "low")


class TestPromise:
    @pytest.mark.parametrize(
        ("before", "after", "shown", "found"),
        [
            pytest.param(
                {}, {"promised": "2026-11-20"}, "2026-11-10T08:00", [AFTER], id="moved the day after"
            ),
            pytest.param({}, {"promised": "2026-11-20"}, "2026-11-09T17:00", [QUIETLY], id="on its last day"),
            pytest.param(
                {}, {"promised": "2026-11-20"}, "2026-11-05T08:00", [QUIETLY], id="before it passed"
            ),
            pytest.param(
                {}, {"promised": "2026-11-06"}, "2026-11-10T08:00", [], id="moved to an earlier day"
            ),
            pytest.param({}, {"promised": None}, "2026-11-10T08:00", [], id="a promise that is gone"),
            pytest.param({"promised": None}, {}, "2026-11-10T08:00", [], id="a promise that is new"),
            pytest.param(
                {}, {"promised": "2026-11-09T17:00"}, "2026-11-10T08:00", [], id="only a clock time is added"
            ),
            pytest.param(
                {"promised": "2026-11-05"},
                {},
                "2026-11-04T08:00",
                [A_SLIP],
                id="a slip, corrected to the limit",
            ),
            pytest.param(
                {"promised": "2026-11-05"},
                {},
                "2026-11-06T08:00",
                [WITHIN_LIMIT],
                id="a slip that had passed",
            ),
            pytest.param(
                {},
                {"promised": "2026-11-20", "finished": "2026-11-11T09:00"},
                "2026-11-10T08:00",
                [AFTER],
                id="moved together with the finish",
            ),
            pytest.param(
                {"finished": "2026-11-11T09:00"},
                {"promised": "2026-11-20", "finished": "2026-11-11T09:00"},
                "2026-11-12T08:00",
                [AFTER],
                id="moved after a late finish",
            ),
            pytest.param(
                {"finished": "2026-11-06T09:00"},
                {"promised": "2026-11-20", "finished": "2026-11-06T09:00"},
                "2026-11-12T08:00",
                [],
                id="moved after a timely finish",
            ),
            pytest.param(
                {"status": Status.WITHDRAWN},
                {"status": Status.WITHDRAWN, "promised": "2026-11-20"},
                "2026-11-10T08:00",
                [],
                id="of what was withdrawn",
            ),
            pytest.param(
                {"limit": "8h", "promised": "2026-11-03T09:00"},
                {"limit": "8h", "promised": "2026-11-03T16:00"},
                "2026-11-03T10:00",
                [AFTER],
                id="by hours, where the limit is one",
            ),
            pytest.param(
                {"promised": "2026-11-09T10:00"},
                {"promised": "2026-11-09T16:00"},
                "2026-11-09T11:00",
                [],
                id="by hours, where it is one of days",
            ),
        ],
    )
    def test_a_move_and_when_it_was_made(
        self, before: dict[str, Any], after: dict[str, Any], shown: str, found: list[tuple[str, str]]
    ) -> None:
        made = signs(told_of(**before), told_of(**after), shown=shown, seen="2026-11-12T08:00")
        assert [each for each in kinds(made) if each[0].startswith("promise")] == found

    @pytest.mark.parametrize(
        ("apology", "is_found"),
        [
            pytest.param(("2026-11-06", "2026-11-20"), False, id="issued, and names this date"),
            pytest.param(("2026-11-06", "2026-11-23"), False, id="issued, and names a later one"),
            pytest.param(("2026-11-06", "2026-11-19"), True, id="names an earlier one"),
            pytest.param(("2026-11-12", "2026-11-20"), True, id="issued after the move was seen"),
            pytest.param(("2026-11-11", "2026-11-20"), False, id="issued on the day the move was seen"),
        ],
    )
    def test_the_letter_moves_it(self, apology: tuple[str, str], *, is_found: bool) -> None:
        issued_on, new_date = map(day, apology)
        assert issued_on
        assert new_date
        made = signs(told_of(), told_of(promised="2026-11-20"), apology=Apology(issued_on, new_date))
        assert bool(made) is is_found

    @pytest.mark.parametrize(
        ("halts", "is_found"),
        [
            pytest.param((halt("2026-11-04", "2026-11-06"),), False, id="ended since"),
            pytest.param((halt("2026-11-04"),), False, id="lasts"),
            pytest.param((halt("2026-11-05T08:00", "2026-11-10T08:00", seen=True),), False, id="seen only"),
            pytest.param(
                (halt("2026-11-04", "2026-11-06", Cause.CONSULTATION),), True, id="does not stop the limit"
            ),
            pytest.param(
                (halt("2026-11-02T09:10", "2026-11-02T09:50"),), True, id="ended before the promise"
            ),
        ],
    )
    def test_an_interruption_moves_it(self, halts: tuple[Suspension, ...], *, is_found: bool) -> None:
        before, after = told_of(), told_of(promised="2026-11-20")
        assert bool(signs(before, after, interruptions=halts)) is is_found

    def test_one_source_is_held_against_itself_alone(self) -> None:
        assert signs(None, told_of(promised="2026-11-20")) == []


class TestFinish:
    @pytest.mark.parametrize(
        ("after", "found"),
        [
            pytest.param({"promised": "2026-11-09T16:30:11", "finished": "2026-11-09T16:30:11"}, "high", id="to the second"),
            pytest.param({"promised": "2026-11-09T17:00", "finished": "2026-11-09T17:00"}, "medium", id="to the minute"),
            pytest.param({"promised": "2026-11-09T17:00", "finished": "2026-11-09T16:59"}, "", id="a minute apart"),
            pytest.param({"promised": "2026-11-09", "finished": "2026-11-09"}, "", id="days without clock times"),
            pytest.param({"promised": "2026-11-09T23:59:59", "finished": "2026-11-09T23:59:59"}, "", id="a day written as its end"),
            pytest.param({"promised": RECEIVED, "finished": RECEIVED}, "", id="done at the receipt"),
            pytest.param({"limit": "0", "promised": "2026-11-02T09:05", "finished": "2026-11-02T09:05"}, "", id="done at once"),
        ],
    )  # fmt: skip
    def test_at_the_very_moment_of_the_promise(self, after: dict[str, str], found: str) -> None:
        made = signs(None, told_of(**after))
        assert kinds(made) == ([("finish-is-promise", found)] if found else [])

    def test_what_was_equal_before_is_not_told_again(self) -> None:
        same = told_of(promised="2026-11-09T17:00", finished="2026-11-09T17:00")
        assert signs(same, replace(same, status=Status.RETURNED)) == []

    @pytest.mark.parametrize(
        ("finished", "shown", "is_found"),
        [
            pytest.param("2026-11-09T16:00", "2026-11-11T08:00", True, id="shown two days later, overdue"),
            pytest.param("2026-11-09T16:00", "2026-11-10T08:00", True, id="shown the next morning"),
            pytest.param("2026-11-09T22:00", "2026-11-10T08:00", False, id="within the age of a file"),
            pytest.param(
                "2026-11-09T16:00", "2026-11-09T17:00", False, id="shown on the due day: not late yet"
            ),
            pytest.param("2026-11-10T10:00", "2026-11-12T08:00", False, id="told late, and is late"),
            pytest.param("2026-11-09", "2026-11-10T10:00", False, id="a day, that may be its last minute"),
            pytest.param("2026-11-09", "2026-11-10T13:00", True, id="a day, long over"),
        ],
    )
    def test_told_for_a_day_on_which_it_was_not_done(
        self, finished: str, shown: str, *, is_found: bool
    ) -> None:
        made = signs(told_of(), told_of(finished=finished), shown=shown, seen="2026-11-13T08:00")
        assert kinds(made) == ([("finish-set-back", "high")] if is_found else [])

    @pytest.mark.parametrize(
        ("first", "then", "is_found"),
        [
            pytest.param("2026-11-11T10:00", "2026-11-09T10:00", True, id="from late to the due day"),
            pytest.param("2026-11-11T10:00", "2026-11-06T10:00", True, id="from late to early"),
            pytest.param("2026-11-12T10:00", "2026-11-10T10:00", False, id="from late to less late"),
            pytest.param("2026-11-06T10:00", "2026-11-05T10:00", False, id="from early to earlier"),
            pytest.param("2026-11-06T10:00", "2026-11-09T10:00", False, id="to a later day"),
        ],
    )
    def test_a_finish_that_was_moved(self, first: str, then: str, *, is_found: bool) -> None:
        made = signs(told_of(finished=first), told_of(finished=then), seen="2026-11-13T08:00")
        assert kinds(made) == ([("finish-set-back", "high")] if is_found else [])

    def test_what_waited_was_not_late(self) -> None:
        waiting = told_of(status=Status.SUPPLEMENT, halts=(halt("2026-11-05"),))
        done = told_of(finished="2026-11-09T16:00", halts=(halt("2026-11-05", "2026-11-06"),))
        assert signs(waiting, done, seen="2026-11-13T08:00") == []

    @pytest.mark.parametrize(
        ("finished", "is_found"),
        [
            pytest.param("2026-11-01T16:00", True, id="the day before"),
            pytest.param("2026-11-02T08:59", True, id="a minute before"),
            pytest.param("2026-11-02T09:00", False, id="in the same minute"),
            pytest.param("2026-11-02", False, id="the same day, without a clock time"),
            pytest.param("2026-11-01", True, id="the day before, without one"),
        ],
    )
    def test_a_result_before_the_receipt(self, finished: str, *, is_found: bool) -> None:
        made = signs(None, told_of(finished=finished, received="2026-11-02T09:00:40"))
        assert kinds(made) == ([("result-before-receipt", "medium")] if is_found else [])


class TestInterruption:
    @pytest.mark.parametrize(
        ("halted", "limit", "found"),
        [
            pytest.param(halt("2026-11-06T10:00"), "5d", "", id="the day before the last"),
            pytest.param(halt("2026-11-09T10:00"), "5d", "medium last-day", id="on the last day"),
            pytest.param(halt("2026-11-09"), "5d", "medium last-day", id="on the last day, without a clock time"),
            pytest.param(halt("2026-11-10T10:00"), "5d", "high after", id="the day after"),
            pytest.param(halt("2026-11-05T10:00"), "3d", "", id="of a limit as short as the review"),
            pytest.param(halt("2026-11-06T10:00"), "3d", "high after", id="after a short limit"),
            pytest.param(halt("2026-11-10T10:00", cause=Cause.CONSULTATION), "5d", "", id="one that stops nothing"),
            pytest.param(halt("2026-11-10T10:00", cause=Cause.FINANCIAL), "5d", "high after", id="a debt"),
            pytest.param(halt("2026-11-09T10:00", "2026-11-10T10:00"), "5d", "medium last-day", id="one that is over"),
        ],
    )  # fmt: skip
    def test_asked_too_late(self, halted: Suspension, limit: str, found: str) -> None:
        made = signs(None, told_of(limit=limit, halts=(halted,)), seen="2026-11-12T08:00")
        assert [f"{each.severity} {each.evidence['how']}" for each in made] == ([found] if found else [])

    def test_a_second_request_is_held_against_the_limit_the_first_restarted(self) -> None:
        first = halt("2026-11-04T10:00", "2026-11-06T10:00")  # begins anew: 5 days end with Friday 13/11
        timely, late = halt("2026-11-12T10:00"), halt("2026-11-16T10:00")
        known = told_of(halts=(first,))
        assert signs(known, told_of(halts=(first, timely)), seen="2026-11-17T08:00") == []
        made = signs(known, told_of(halts=(first, late)), shown="2026-11-16T08:00", seen="2026-11-17T08:00")
        assert kinds(made) == [("late-suspension", "high")]

    @pytest.mark.parametrize(
        ("start", "shown", "seen", "found"),
        [
            pytest.param("2026-11-06T10:00", "2026-11-10T08:00", "2026-11-10T17:00", "high", id="rescues what was late"),
            pytest.param("2026-11-05T10:00", "2026-11-09T08:00", "2026-11-09T17:00", "high", id="on the due day"),
            pytest.param("2026-11-04T10:00", "2026-11-05T08:00", "2026-11-06T08:00", "low", id="long before it: told late"),
            pytest.param("2026-11-05T09:00", "2026-11-05T17:00", "2026-11-06T08:00", "", id="within the age of a file"),
            pytest.param("2026-11-05", "2026-11-06T08:00", "2026-11-06T17:00", "", id="a day, that may be its last minute"),
        ],
    )  # fmt: skip
    def test_back_dated(self, start: str, shown: str, seen: str, found: str) -> None:
        made = signs(told_of(), told_of(halts=(halt(start),)), shown=shown, seen=seen)
        assert [each.severity.value for each in made] == ([found] if found else [])
        assert all(each.evidence["how"] == "back-dated" for each in made)

    def test_what_a_status_had_shown_is_not_back_dated(self) -> None:
        seen = told_of(status=Status.SUPPLEMENT, halts=(halt("2026-11-06T08:00", seen=True),))
        told_now = told_of(status=Status.SUPPLEMENT, halts=(halt("2026-11-05T10:00"),))
        assert signs(seen, told_now) == []

    def test_a_start_that_was_moved_is(self) -> None:
        before = told_of(status=Status.SUPPLEMENT, halts=(halt("2026-11-10T10:00"),))
        after = told_of(status=Status.SUPPLEMENT, halts=(halt("2026-11-06T10:00"),))
        assert [each.evidence["how"] for each in signs(before, after)] == ["back-dated"]

    @pytest.mark.parametrize(
        ("shown", "seen", "found"),
        [
            pytest.param("2026-11-10T08:00", "2026-11-11T08:00", "high", id="shown overdue, then waiting"),
            pytest.param("2026-11-09T08:00", "2026-11-09T17:00", "medium", id="both on the last day"),
            pytest.param("2026-11-09T08:00", "2026-11-10T08:00", "", id="nobody can say on which day"),
            pytest.param("2026-11-05T08:00", "2026-11-06T08:00", "", id="in time"),
        ],
    )
    def test_only_seen(self, shown: str, seen: str, found: str) -> None:
        after = told_of(status=Status.SUPPLEMENT, halts=(halt(seen, seen=True),))
        made = signs(told_of(), after, shown=shown, seen=seen)
        assert [each.severity.value for each in made] == ([found] if found else [])

    def test_what_another_source_told_before_is_not_new(self) -> None:
        late = halt("2026-11-10T10:00")
        assert signs(told_of(), told_of(halts=(late,)), known=(late,)) == []


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        pytest.param(Status.DONE, Status.PROCESSING, "medium", id="done, and runs again"),
        pytest.param(Status.RETURNED, Status.SUPPLEMENT, "medium", id="returned, and waits again"),
        pytest.param(Status.WITHDRAWN, Status.PROCESSING, "medium", id="withdrawn, and runs again"),
        pytest.param(Status.NOT_ACCEPTED, Status.RECEIVED, "medium", id="not accepted, and received"),
        pytest.param(Status.STOPPED, Status.DONE, "high", id="stopped, and counts as done"),
        pytest.param(Status.REFUSED, Status.RETURNED, "", id="a refusal that was handed over"),
        pytest.param(Status.RETURNED, Status.DONE, "", id="another word for finished"),
        pytest.param(Status.SUPPLEMENT, Status.PROCESSING, "", id="what was awaited came"),
        pytest.param(Status.PROCESSING, Status.RECEIVED, "", id="still running"),
        pytest.param(Status.WAITING, Status.NOT_ACCEPTED, "", id="not accepted"),
    ],
)
def test_a_course_that_goes_backwards(before: Status, after: Status, found: str) -> None:
    made = signs(told_of(status=before), told_of(status=after))
    assert [each.severity.value for each in made] == ([found] if found else [])


@pytest.mark.parametrize(
    ("computed", "promised", "finished", "found"),
    [
        pytest.param("2026-11-09", "2026-11-12", None, "medium", id="promised later"),
        pytest.param("2026-11-09", "2026-11-06", None, "low", id="promised earlier"),
        pytest.param("2026-11-09", "2026-11-09", None, "", id="the same day"),
        pytest.param("2026-11-09", "2026-11-12", "2026-11-11T10:00", "medium", id="late by one of them"),
        pytest.param("2026-11-09", "2026-11-12", "2026-11-06T10:00", "", id="in time by both"),
        pytest.param("2026-11-09", "2026-11-12", "2026-11-13T10:00", "", id="late by both"),
    ],
)
def test_two_dates(computed: str, promised: str, finished: str | None, found: str) -> None:
    computed_on, promised_on = day(computed), day(promised)
    assert computed_on
    assert promised_on
    made = differing(TwoDates(Status.PROCESSING, computed_on, promised_on, moment(finished)))
    assert (made.severity.value if made else "") == found


def applied(code: str, received: str, who: str = "nguyen van vi du", phone: str = "") -> Applied:
    received_at = moment(received)
    assert received_at
    return Applied(code, who, phone, "1.000001", received_at)


def old(how: str = OVERDUE, phone: str = "") -> Unresolved:
    due_at = moment("2026-11-09T23:59:59")
    assert due_at
    return Unresolved(applied("A", "2026-11-02", phone=phone), due_at, how)


class TestEnteredAnew:
    @pytest.mark.parametrize(
        ("late", "others", "found"),
        [
            pytest.param(old(), [applied("B", "2026-11-12")], ["B medium"], id="while the older one is late"),
            pytest.param(old("withdrawn"), [applied("B", "2026-11-12")], ["B high"], id="after it was withdrawn"),
            pytest.param(old(VANISHED), [applied("B", "2026-11-12")], ["B high"], id="after it vanished"),
            pytest.param(old(), [applied("B", "2026-11-05")], [], id="before it was late"),
            pytest.param(old(), [applied("B", "2026-12-10")], [], id="long after"),
            pytest.param(old(), [applied("B", "2026-11-12"), applied("C", "2026-11-13")], ["B medium"], id="only the first"),
            pytest.param(old(), [applied("B", "2026-11-12", "tran thi thi du")], [], id="another applicant"),
            pytest.param(old(phone="0900000001"), [applied("B", "2026-11-12", phone="0900000002")], [], id="another of that name"),
            pytest.param(old(phone="0900000001"), [applied("B", "2026-11-12")], ["B medium"], id="a number that is not told"),
            pytest.param(old(), [applied("Z", "2026-11-03"), applied("B", "2026-11-12")], [], id="who asks often"),
            pytest.param(old("stopped"), [applied("Z", "2026-11-03"), applied("B", "2026-11-12")], ["B high"], id="who asks often, once stopped"),
            pytest.param(old(), [], [], id="nobody"),
        ],
    )  # fmt: skip
    def test_after_a_lateness(self, late: Unresolved, others: list[Applied], found: list[str]) -> None:
        made = entered_anew([late], [late.applied, *others], timedelta(days=30))
        assert [f"{new.code} {each.severity}" for new, each in made] == found

    def test_no_name_is_nobody(self) -> None:
        due_at = old().due_at
        nameless = Unresolved(applied("A", "2026-11-02", who=""), due_at, "withdrawn")
        assert list(entered_anew([nameless], [applied("B", "2026-11-12", who="")], timedelta(days=30))) == []


UNIT = ("", "Phòng Kinh tế", "Hộ tịch")


def listable(
    number: int,
    received: str,
    finished: str | None = None,
    *,
    listed: bool = True,
    unit: Any = UNIT,
    **about: Any,
) -> Listable:
    status = about.get("status") or (Status.DONE if finished else Status.PROCESSING)
    return Listable(number, f"H{number}", status, unit, moment(received), moment(finished), listed)


def gone(number: int, received: str, finished: str | None = None, **about: Any) -> Listable:
    return listable(number, received, finished, listed=False, **about)


WHOLE = (
    listable(1, "2026-10-05"),
    listable(2, "2026-10-12", "2026-10-16T10:00"),
    listable(3, "2026-11-09"),
    listable(4, "2026-11-04", "2026-11-11T10:00"),
)
NO_OPEN = tuple(each for each in WHOLE if each.finished_at)
NO_FINISHED = tuple(each for each in WHOLE if not each.finished_at)


class TestListing:
    @pytest.mark.parametrize(
        ("listed", "left_out", "is_missing"),
        [
            pytest.param(WHOLE, gone(9, "2026-10-20"), True, id="received between others"),
            pytest.param(WHOLE, gone(9, "2026-10-01"), False, id="received before all others"),
            pytest.param(WHOLE, gone(9, "2026-11-12"), False, id="received after all others"),
            pytest.param(WHOLE, gone(9, "2026-10-20", unit=("", "Phòng Văn hóa", "Hộ tịch")), False, id="of a unit that is not listed"),
            pytest.param(WHOLE, gone(9, "2026-10-20", unit=("", "Phòng Kinh tế", "Đất đai")), False, id="of a field that is not listed"),
            pytest.param(NO_FINISHED, gone(9, "2026-10-20"), False, id="a list of open ones: it may be done"),
            pytest.param(NO_OPEN, gone(9, "2026-10-20"), False, id="a list of finished ones"),
            pytest.param(WHOLE, gone(9, "2026-10-07", "2026-10-20T10:00"), True, id="finished between others"),
            pytest.param(WHOLE, gone(9, "2026-10-07", "2026-10-10T10:00"), False, id="finished before all others"),
            pytest.param(WHOLE, gone(9, "2026-10-20", status=Status.WITHDRAWN), False, id="withdrawn: many lists leave it out"),
            pytest.param((), gone(9, "2026-10-20"), False, id="an empty list"),
        ],
    )  # fmt: skip
    def test_what_has_neighbours_is_expected(
        self, listed: tuple[Listable, ...], left_out: Listable, *, is_missing: bool
    ) -> None:
        shown_at = moment("2026-11-11T08:00")
        assert shown_at
        found = [each.id for each in Listing([*listed, left_out], shown_at).vanished()]
        assert found == ([9] if is_missing else [])

    def test_nothing_was_finished_since_it_was_listed(self) -> None:
        shown_at = moment("2026-11-12T08:00")
        assert shown_at
        assert list(Listing([*WHOLE, gone(9, "2026-10-20")], shown_at).vanished()) == []

    def test_a_list_that_lets_go_of_what_is_finished(self) -> None:
        shown_at = moment("2026-11-11T08:00")
        assert shown_at
        left = [gone(n, "2026-10-07", f"2026-10-{n}T10:00") for n in (20, 21)]
        assert list(Listing([*WHOLE, *left, gone(9, "2026-10-20")], shown_at).vanished()) == []

    @pytest.mark.parametrize(
        ("listed", "before", "is_short"),
        [
            pytest.param(70, [100], False, id="just not"),
            pytest.param(69, [100], True, id="more than 30 percent less"),
            pytest.param(69, [], False, id="the first file"),
            pytest.param(69, [10, 100, 100], True, id="one odd file before"),
            pytest.param(69, [500, 80, 80, 80, 80, 80], False, id="long ago there were more"),
        ],
    )
    def test_a_shrunk_file(self, listed: int, before: list[int], *, is_short: bool) -> None:
        assert is_shrunk(listed, before, 30) is is_short


class TestTelling:
    def test_the_evidence_is_a_sentence(self) -> None:
        (move,) = signs(told_of(), told_of(promised="2026-11-20"))
        assert told(move.kind, move.evidence) == (
            "hẹn trả 09/11/2026 dời thành 20/11/2026, thấy lúc 08:00 11/11/2026 (2.csv, lô 2); "
            "lần trước chưa thế: 08:00 10/11/2026 (1.csv, lô 1)"
        )

    @pytest.mark.parametrize("kind", Kind, ids=str)
    def test_every_kind_has_its_words(self, kind: Kind) -> None:
        at = {"at": "2026-11-11T08:00:00+07:00", "batch": 2, "file": "a.csv"}
        dates = dict.fromkeys(
            ("received", "finish", "started", "due", "older_due", "sent"), "2026-11-09T10:00:00+07:00"
        )
        evidence = {
            **dates,
            "seen": at,
            "how": "after",
            "cause": "supplement",
            "older": "H2",
            "older_is": "overdue",
        }
        evidence |= {"status": "processing", "computed": "2026-11-09", "promised": "2026-11-10"}
        states = {"from": "done", "to": "processing"}
        moments = {"from": "2026-11-09T00:00:00+07:00", "to": "2026-11-10T00:00:00+07:00"}
        evidence |= states if kind is Kind.STATUS_BACKWARDS else moments
        evidence |= {"new_date": "2026-11-12"}
        sentence = told(kind, evidence)
        assert sentence.endswith("thấy lúc 08:00 11/11/2026 (a.csv, lô 2)")
        assert len(sentence) > 60
