"""What a valid new date is, and that there is one letter a dossier (Nghị định 118/2025/NĐ-CP, Điều 19.6)."""

from contextlib import nullcontext
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import CALENDAR

from latewatch.domain.letters.dates import check_issue_date, check_new_date
from latewatch.domain.letters.letter import Letter, LetterForm, Letterhead
from latewatch.domain.letters.life import refuse_second
from latewatch.domain.letters.proposal import Pending, Rules, propose
from latewatch.errors import CalendarGap, LetterError

days = st.dates(date(2021, 1, 4), date(2027, 10, 1))


def without_history(today: date, due_on: date, working_days: int) -> date:
    rules = Rules(usual=working_days, most=20, cases=20, percent=80)
    return propose(Pending(today, due_on, taken=5), rules, CALENDAR).new_date


def proposed(today: str, due: str, working_days: int) -> str:
    return without_history(date.fromisoformat(today), date.fromisoformat(due), working_days).isoformat()


@pytest.mark.parametrize(
    ("today", "due", "working_days", "new_date"),
    [
        # from the later of today and the due day
        pytest.param("2026-11-11", "2026-11-12", 5, "2026-11-19", id="expected late: from the due day"),
        pytest.param("2026-11-12", "2026-11-12", 5, "2026-11-19", id="on the due day"),
        pytest.param("2026-11-16", "2026-11-12", 5, "2026-11-23", id="overdue: from today"),
        # days of rest
        pytest.param("2026-11-12", "2026-11-13", 1, "2026-11-16", id="over a weekend"),
        pytest.param("2026-02-12", "2026-02-13", 1, "2026-02-23", id="over Tết"),
        pytest.param("2026-02-12", "2026-02-13", 5, "2026-02-27", id="five days over Tết"),
        pytest.param("2026-08-20", "2026-08-21", 1, "2026-08-22", id="on a worked Saturday"),
        pytest.param("2026-11-20", "2026-11-23", 1, "2026-11-25", id="over 24/11"),
        pytest.param("2026-11-14", "2026-11-14", 1, "2026-11-16", id="due on a Saturday"),
    ],
)
def test_the_proposed_new_date(today: str, due: str, working_days: int, new_date: str) -> None:
    assert proposed(today, due, working_days) == new_date


@settings(deadline=None)
@given(days, days, st.integers(1, 40))
def test_a_proposed_date_is_always_valid(today: date, due_on: date, working_days: int) -> None:
    check_new_date(without_history(today, due_on, working_days), today, due_on, CALENDAR)


def test_a_proposal_beyond_the_calendar_is_a_gap() -> None:
    with pytest.raises(CalendarGap, match="2028"):
        proposed("2027-12-30", "2027-12-31", 1)


@pytest.mark.parametrize(
    ("new_date", "today", "due", "problem"),
    [
        # the day before, the day itself, the day after
        pytest.param("2026-11-12", "2026-11-13", "2026-11-12", "phải sau ngày ký 13/11/2026", id="before today"),
        pytest.param("2026-11-13", "2026-11-13", "2026-11-12", "phải sau ngày ký 13/11/2026", id="today"),
        pytest.param("2026-11-16", "2026-11-13", "2026-11-12", None, id="after today"),
        pytest.param("2026-11-12", "2026-11-11", "2026-11-13", "phải sau hạn ban đầu 13/11/2026", id="before the due day"),
        pytest.param("2026-11-13", "2026-11-11", "2026-11-13", "phải sau hạn ban đầu 13/11/2026", id="the due day"),
        pytest.param("2026-11-16", "2026-11-11", "2026-11-13", None, id="after the due day"),
        # days of rest
        pytest.param("2026-11-14", "2026-11-11", "2026-11-12", "không phải ngày làm việc: thứ Bảy, nghỉ hằng tuần", id="a Saturday"),
        pytest.param("2026-11-15", "2026-11-11", "2026-11-12", "không phải ngày làm việc: Chủ nhật, nghỉ hằng tuần", id="a Sunday"),
        pytest.param("2026-11-24", "2026-11-11", "2026-11-12", "Ngày Văn hóa Việt Nam 24/11 (NQ 28/2026/QH16)", id="a holiday"),
        pytest.param("2026-08-31", "2026-08-26", "2026-08-27", "Nghỉ hoán đổi, làm bù ngày 22/08/2026", id="a swapped Monday"),
        pytest.param("2026-08-22", "2026-08-20", "2026-08-21", None, id="a worked Saturday"),
    ],
)  # fmt: skip
def test_a_new_date_is_a_working_day_after_today_and_after_the_due_day(
    new_date: str, today: str, due: str, problem: str | None
) -> None:
    proposal, signed, due_on = (date.fromisoformat(text) for text in (new_date, today, due))
    if problem is None:
        check_new_date(proposal, signed, due_on, CALENDAR)
        return
    with pytest.raises(LetterError) as caught:
        check_new_date(proposal, signed, due_on, CALENDAR)
    assert problem in str(caught.value)
    assert f"Ngày hẹn lại {proposal:%d/%m/%Y}" in str(caught.value)


def test_a_second_letter_is_refused_with_the_rule_and_the_first_ones_date() -> None:
    refuse_second("H00.01-261102-0001", None)
    with pytest.raises(LetterError, match=r"H00\.01-261102-0001.*10/11/2026.*không quá một lần.*Điều 19\.6"):
        refuse_second("H00.01-261102-0001", date(2026, 11, 10))


@pytest.mark.parametrize(
    ("dated", "overdue"), [("2026-11-11", False), ("2026-11-12", False), ("2026-11-13", True)]
)
def test_a_letter_speaks_of_a_delay_that_is_expected_or_that_has_come(dated: str, overdue: bool) -> None:
    letter = Letter(
        head=Letterhead(
            governing_body="", issuing_body="UBND XÃ VÍ DỤ", place="Ví Dụ", signer_title="CHỦ TỊCH"
        ),
        form=LetterForm.EXTENSION,
        title="Văn bản xin lỗi",
        dated=date.fromisoformat(dated),
        code="H00.01-261102-0001",
        applicant="Nguyễn Văn Ví Dụ",
        address="thôn Mẫu, xã Ví Dụ",
        phone="",
        received_at=None,
        procedure="Thủ tục Ví Dụ",
        field="Hộ tịch",
        promised_on=date(2026, 11, 12),
        new_date=date(2026, 11, 19),
        reason="chờ ý kiến cơ quan phối hợp",
    )
    assert letter.is_overdue is overdue
    assert letter.number is None


@pytest.mark.parametrize(
    ("issued", "refused"),
    [
        pytest.param("2026-11-09", True, id="before it was drafted"),
        pytest.param("2026-11-10", False, id="on the day of the draft"),
        pytest.param("2026-11-12", False, id="today"),
        pytest.param("2026-11-13", True, id="tomorrow"),
    ],
)
def test_a_letter_is_issued_between_its_draft_and_today(issued: str, refused: bool) -> None:
    expectation = pytest.raises(LetterError, match="Ngày phát hành") if refused else nullcontext()
    with expectation:
        check_issue_date(date.fromisoformat(issued), date(2026, 11, 10), date(2026, 11, 12))
