"""Which step of a letter may follow which, what is checked before it, what comes next. Pure."""

from dataclasses import replace
from datetime import date
from itertools import product

import pytest
from worlds import CALENDAR, day

from latewatch.domain.letters.checks import (
    check_appointment,
    check_dated,
    check_due,
    check_running,
    check_wanted,
    check_words,
)
from latewatch.domain.letters.letter import Letter, LetterForm, Letterhead
from latewatch.domain.letters.life import (
    ALIVE,
    OUT,
    PENDING,
    STATE_LABELS,
    STEPS,
    LetterState,
    Move,
    after,
    check_author,
    check_reason,
)
from latewatch.domain.letters.next_step import NextStep, is_late, last_day_in_time, next_step
from latewatch.domain.standing import Standing
from latewatch.errors import LetterError

DRAFT, REVIEWED, NUMBERED = LetterState.DRAFT, LetterState.REVIEWED, LetterState.NUMBERED
SIGNED, SENT, CONFIRMED = LetterState.SIGNED, LetterState.SENT, LetterState.CONFIRMED
CANCELLED = LetterState.CANCELLED

ALLOWED = {
    (DRAFT, Move.REVIEW): REVIEWED,
    (DRAFT, Move.REVISE): DRAFT,
    (REVIEWED, Move.REVISE): DRAFT,
    (REVIEWED, Move.NUMBER): NUMBERED,
    (NUMBERED, Move.SIGN): SIGNED,
    (SIGNED, Move.SEND): SENT,
    (SENT, Move.CONFIRM): CONFIRMED,
    (DRAFT, Move.ISSUE): SENT,
    (REVIEWED, Move.ISSUE): SENT,
    **{(state, Move.CANCEL): CANCELLED for state in LetterState if state is not CANCELLED},
}
LETTER = Letter(
    head=Letterhead(governing_body="", issuing_body="UBND xã Ví Dụ", place="Ví Dụ", signer_title="Chủ tịch"),
    form=LetterForm.EXTENSION,
    title="",
    dated=date(2026, 11, 11),
    code="H1",
    applicant="Nguyễn Văn Ví Dụ",
    address="",
    phone="",
    received_at=None,
    procedure="Thủ tục Ví Dụ",
    field="Hộ tịch",
    promised_on=date(2026, 11, 12),
    new_date=date(2026, 11, 19),
    reason="chờ xác minh thực địa",
)


@pytest.mark.parametrize(("state", "move"), list(product(LetterState, Move)), ids=str)
def test_a_step_leads_where_it_may_and_is_refused_with_the_rule_elsewhere(
    state: LetterState, move: Move
) -> None:
    to = ALLOWED.get((state, move))
    if to:
        assert after(state, move) is to
        return
    with pytest.raises(LetterError) as caught:
        after(state, move)
    assert f"“{STATE_LABELS[state]}”" in str(caught.value)
    assert STEPS[move].rule in str(caught.value)


def test_the_states_fall_into_those_nobody_has_and_those_somebody_has() -> None:
    assert {*PENDING, *OUT, CANCELLED} == set(LetterState)
    assert set(ALIVE) == {*PENDING, *OUT}


@pytest.mark.parametrize("move", Move, ids=str)
def test_to_cancel_and_to_confirm_need_a_reason(move: Move) -> None:
    check_reason(move, "gọi điện")
    if move not in (Move.CANCEL, Move.CONFIRM):
        check_reason(move, "")
        return
    with pytest.raises(LetterError, match="--why"):
        check_reason(move, " \t")


def test_every_step_has_somebody_who_took_it() -> None:
    check_author("Trần Thị Thí Dụ")
    with pytest.raises(LetterError, match="LATEWATCH_BY"):
        check_author("  ")


class TestChecks:
    @pytest.mark.parametrize("standing", Standing, ids=str)
    def test_a_letter_goes_on_while_its_dossier_waits_for_a_result(self, standing: Standing) -> None:
        if standing in (Standing.WITHIN, Standing.DUE_SOON, Standing.OVERDUE):
            check_running(standing)
            return
        with pytest.raises(LetterError, match="letters cancel --why"):
            check_running(standing)

    def test_what_nobody_needs_is_refused_for_the_reason_given(self) -> None:
        check_wanted("")
        with pytest.raises(LetterError, match=r"hạn lùi ra sau.*ở lại sổ"):
            check_wanted("hạn lùi ra sau")

    @pytest.mark.parametrize(
        ("changes", "problem"),
        [
            pytest.param({}, "", id="as it should be"),
            pytest.param({"reason": ""}, "chưa nêu lý do", id="no reason"),
            pytest.param({"reason": " \n"}, r"19\.6", id="a blank reason"),
            pytest.param({"applicant": " "}, "Không có tên người nhận", id="to nobody"),
        ],
    )
    def test_words(self, changes: dict[str, str], problem: str) -> None:
        letter = replace(LETTER, **changes)
        if not problem:
            check_words(letter)
            return
        with pytest.raises(LetterError, match=problem):
            check_words(letter)

    def test_a_due_date_that_moved_since_it_was_drafted(self) -> None:
        check_due(date(2026, 11, 12), date(2026, 11, 12))
        check_due(date(2026, 11, 12), None)
        with pytest.raises(LetterError, match=r"nay là 13/11/2026.*theo hạn 12/11/2026.*letters revise"):
            check_due(date(2026, 11, 12), date(2026, 11, 13))

    @pytest.mark.parametrize(
        ("new_date", "problem"),
        [
            pytest.param("2026-11-17", "", id="a working day after all"),
            pytest.param("2026-11-11", "phải sau ngày ký", id="today"),
            pytest.param("2026-11-16", "phải sau hạn ban đầu 16/11/2026", id="the day promised"),
            pytest.param("2026-11-21", "thứ Bảy", id="a Saturday"),
            pytest.param("2028-01-03", "ngoài các năm đã có lịch", id="beyond the known years"),
            pytest.param("2019-01-03", "ngoài các năm đã có lịch", id="before them"),
        ],
    )
    def test_the_new_date(self, new_date: str, problem: str) -> None:
        chosen, today, promise = (day(text) for text in (new_date, "2026-11-11", "2026-11-16"))
        assert chosen
        assert today
        assert promise
        if not problem:
            check_appointment(chosen, today, promise, CALENDAR)
            return
        with pytest.raises(LetterError, match=problem) as caught:
            check_appointment(chosen, today, promise, CALENDAR)
        assert "letters revise --new-date" in str(caught.value)

    @pytest.mark.parametrize(
        ("dated", "newest", "problem"),
        [
            pytest.param("2026-11-10", None, "", id="the day of the draft"),
            pytest.param("2026-11-12", None, "", id="today"),
            pytest.param("2026-11-09", None, "từ ngày soạn", id="before the draft"),
            pytest.param("2026-11-13", None, "đến hôm nay", id="tomorrow"),
            pytest.param("2026-11-11", "2026-11-11", "", id="the day of the newest number"),
            pytest.param("2026-11-11", "2026-11-12", "không lùi lại", id="before the newest number"),
        ],
    )
    def test_the_date_of_the_letter(self, dated: str, newest: str | None, problem: str) -> None:
        chosen, drafted, today = (day(text) for text in (dated, "2026-11-10", "2026-11-12"))
        assert chosen
        assert drafted
        assert today
        if not problem:
            check_dated(chosen, drafted, today, day(newest))
            return
        with pytest.raises(LetterError, match=problem):
            check_dated(chosen, drafted, today, day(newest))


class TestNextStep:
    LAST, NEW = date(2026, 11, 11), date(2026, 11, 19)

    def next(self, state: LetterState, *, has_reason: bool = True, is_wanted: bool = True) -> NextStep:
        return next_step(
            state, has_reason=has_reason, is_wanted=is_wanted, last_day=self.LAST, new_date=self.NEW
        )

    @pytest.mark.parametrize(
        ("state", "move", "until"),
        [
            (DRAFT, Move.REVIEW, LAST),
            (REVIEWED, Move.NUMBER, LAST),
            (NUMBERED, Move.SIGN, LAST),
            (SIGNED, Move.SEND, LAST),
            (SENT, Move.CONFIRM, NEW),
            (CONFIRMED, None, NEW),
            (CANCELLED, None, None),
        ],
        ids=str,
    )
    def test_what_comes_next_and_until_when(
        self, state: LetterState, move: Move | None, until: date | None
    ) -> None:
        assert self.next(state) == NextStep(move, until)

    def test_a_draft_without_a_reason_gets_one_first(self) -> None:
        assert self.next(DRAFT, has_reason=False) == NextStep(Move.REVISE, self.LAST)

    @pytest.mark.parametrize("state", LetterState, ids=str)
    def test_what_nobody_needs_is_cancelled_as_long_as_nobody_has_it(self, state: LetterState) -> None:
        step = self.next(state, is_wanted=False)
        assert (step.move is Move.CANCEL) is (state in PENDING)

    @pytest.mark.parametrize(
        ("due", "last"),
        [
            ("2026-11-12", "2026-11-11"),
            ("2026-11-16", "2026-11-13"),
            ("2026-11-14", "2026-11-13"),
            ("2019-06-01", "2019-05-31"),
            ("2030-06-01", "2030-05-31"),
        ],
    )
    def test_the_last_day_in_time_is_a_working_day_where_the_calendar_knows(
        self, due: str, last: str
    ) -> None:
        due_on = day(due)
        assert due_on
        assert last_day_in_time(due_on, CALENDAR) == day(last)

    @pytest.mark.parametrize(
        ("sent", "today", "late"),
        [
            pytest.param("2026-11-14", "2026-11-20", False, id="sent on the Saturday before"),
            pytest.param("2026-11-16", "2026-11-16", True, id="sent on the day of expiry"),
            pytest.param(None, "2026-11-15", False, id="not sent, and the day before"),
            pytest.param(None, "2026-11-16", True, id="not sent, and the day is there"),
        ],
    )
    def test_late_is_from_the_day_of_expiry_on(self, sent: str | None, today: str, late: bool) -> None:
        now = day(today)
        assert now
        assert is_late(date(2026, 11, 16), day(sent), now) is late
