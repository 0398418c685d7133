"""The apology letter: what it says, and what a valid new date is. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from latewatch.domain.worktime import WorkCalendar
from latewatch.errors import LetterError


class LetterForm(StrEnum):
    """The official forms. The value names the template."""

    EXTENSION = "tt03-2025"  # Thông tư 03/2025/TT-VPCP, Mẫu 04
    APOLOGY_SLIP = "tt01-2018"  # Thông tư 01/2018/TT-VPCP, Mẫu 04


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """Who signs and from where: the *resolving* unit (Nghị định 118/2025/NĐ-CP, Điều 19.6), not the desk."""

    governing_body: str
    issuing_body: str
    place: str
    signer_title: str
    unit_name: str = ""  # as running text names it; the head prints `issuing_body` in capitals
    deputy_title: str = ""  # set where a deputy signs: KT. stands before the head's title
    signer_name: str = ""
    symbol: str = "PXL"
    desk_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """Everything one apology letter says. `number` is None while it is a draft."""

    head: Letterhead
    form: LetterForm
    title: str
    dated: date
    code: str
    applicant: str
    address: str
    phone: str
    received_at: datetime | None
    procedure: str
    field: str
    promised_on: date
    new_date: date
    reason: str
    number: int | None = None

    @property
    def is_overdue(self) -> bool:
        """The promised day has passed; otherwise the letter speaks of a delay that is expected."""
        return self.dated > self.promised_on


def propose_new_date(today: date, due_on: date, working_days: int, calendar: WorkCalendar) -> date:
    """Return the working day to propose: `working_days` after today or the due day, whichever is later."""
    return calendar.add(max(today, due_on), max(1, working_days))


def check_new_date(new_date: date, today: date, due_on: date, calendar: WorkCalendar) -> None:
    """Refuse a new date that is not a working day after today and after the original due day.

    Raises LetterError.
    """
    if new_date <= today:
        raise LetterError(f"Ngày hẹn lại {new_date:%d/%m/%Y} phải sau ngày ký {today:%d/%m/%Y}.")
    if new_date <= due_on:
        raise LetterError(f"Ngày hẹn lại {new_date:%d/%m/%Y} phải sau hạn ban đầu {due_on:%d/%m/%Y}.")
    if not calendar.is_working_day(new_date):
        raise LetterError(
            f"Ngày hẹn lại {new_date:%d/%m/%Y} không phải ngày làm việc: {calendar.why(new_date)}."
        )


def check_issue_date(issued_on: date, drafted_on: date, today: date) -> None:
    """Refuse a date of issue before the draft or after today. Raises LetterError."""
    if not drafted_on <= issued_on <= today:
        raise LetterError(
            f"Ngày phát hành {issued_on:%d/%m/%Y} phải từ ngày soạn {drafted_on:%d/%m/%Y} "
            f"đến hôm nay {today:%d/%m/%Y}."
        )


def refuse_second(code: str, existing_on: date | None) -> None:
    """Refuse a second letter: the new appointment is made at most once (NĐ 118/2025, Điều 19.6).

    Raises LetterError where `existing_on`, the date of the dossier's letter or draft, is known.
    """
    if existing_on is not None:
        raise LetterError(
            f"Hồ sơ {code} đã có văn bản xin lỗi ngày {existing_on:%d/%m/%Y}; "
            "việc hẹn lại ngày trả kết quả không quá một lần (NĐ 118/2025/NĐ-CP, Điều 19.6)."
        )
