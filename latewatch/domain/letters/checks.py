"""What must hold before a letter goes on: its words, its dates, and that its dossier still waits. Pure.

A letter that was reviewed yesterday may be wrong today, so the same is checked again when it gets its number.
Each refusal is a LetterError that says what to do.
"""

from datetime import date

from latewatch.domain.letters.dates import check_new_date
from latewatch.domain.letters.duty import RUNNING
from latewatch.domain.letters.letter import Letter
from latewatch.domain.standing import LABELS, Standing
from latewatch.domain.worktime import WorkCalendar
from latewatch.errors import LetterError


def why_unwanted(standing: Standing) -> str:
    """Say why nobody needs a letter of a dossier that stands so; empty where it waits for its result."""
    return "" if standing in RUNNING else f"hồ sơ nay “{LABELS[standing]}”"


def check_running(standing: Standing) -> None:
    """Refuse a letter whose dossier waits for no result."""
    check_wanted(why_unwanted(standing))


def check_wanted(why: str) -> None:
    """Refuse a letter nobody needs any more, for the reason given: it would promise what cannot come."""
    if why:
        raise LetterError(
            f"Không còn cần văn bản xin lỗi này: {why}. Hãy hủy: latewatch letters cancel --why LÝ-DO; số đã "
            "cấp, nếu có, ở lại sổ kèm lý do."
        )


def check_words(letter: Letter) -> None:
    """Refuse a letter to nobody, and one without a reason (NĐ 118/2025/NĐ-CP, Điều 19.6 asks for it)."""
    if not letter.reason.strip():
        raise LetterError(
            "Văn bản xin lỗi chưa nêu lý do (NĐ 118/2025/NĐ-CP, Điều 19.6); ghi lý do: latewatch letters "
            "revise --reason LÝ-DO."
        )
    if not letter.applicant.strip():
        raise LetterError(
            "Không có tên người nhận: nguồn không ghi chủ hồ sơ. Hãy ghi ở hệ thống một cửa, rồi chạy lại "
            "latewatch poll."
        )


def check_due(stated: date, due_on: date | None) -> None:
    """Refuse a letter whose dossier has another due date by now than the one it was drafted for."""
    if due_on is not None and stated != due_on:
        raise LetterError(
            f"Hạn của hồ sơ nay là {due_on:%d/%m/%Y}, dự thảo soạn theo hạn {stated:%d/%m/%Y}; soạn lại theo "
            "hạn mới: latewatch letters revise."
        )


def check_appointment(new_date: date, today: date, last_promise: date, calendar: WorkCalendar) -> None:
    """Refuse a new date that is no working day after today and after all that was promised.

    `last_promise` is the later of the original due date and the promised one. A date beyond the known years
    is nobody's working day yet.
    """
    if not calendar.first <= new_date <= calendar.last:
        raise LetterError(
            f"Ngày hẹn lại {new_date:%d/%m/%Y} ngoài các năm đã có lịch làm việc (đến "
            f"{calendar.last:%d/%m/%Y}); chọn ngày khác: latewatch letters revise --new-date NGÀY."
        )
    try:
        check_new_date(new_date, today, last_promise, calendar)
    except LetterError as e:
        raise LetterError(f"{e} Chọn ngày khác: latewatch letters revise --new-date NGÀY.") from e


def check_dated(dated: date, drafted_on: date, today: date, newest: date | None) -> None:
    """Refuse a date of the letter before its draft or after today, and one that runs back in its register.

    `newest` is the date of the register's newest number of that year, where it has one.
    """
    if not drafted_on <= dated <= today:
        raise LetterError(
            f"Ngày văn bản {dated:%d/%m/%Y} phải từ ngày soạn {drafted_on:%d/%m/%Y} đến hôm nay "
            f"{today:%d/%m/%Y}."
        )
    if newest is not None and dated < newest:
        raise LetterError(
            f"Ngày văn bản {dated:%d/%m/%Y} trước ngày của số cấp gần nhất trong sổ ({newest:%d/%m/%Y}); "
            "ngày trong sổ văn bản đi không lùi lại."
        )
