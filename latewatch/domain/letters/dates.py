"""What a valid new date and a valid date of issue are. Pure."""

from datetime import date

from latewatch.domain.worktime import WorkCalendar
from latewatch.errors import LetterError


def check_new_date(new_date: date, today: date, due_on: date, calendar: WorkCalendar) -> None:
    """Refuse a new date that is not a working day after today and after `due_on`, the last day promised.

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
