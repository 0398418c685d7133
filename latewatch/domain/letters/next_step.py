"""What is to be done next with a letter, and until when. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta

from latewatch.domain.letters.duty import is_late_letter
from latewatch.domain.letters.life import OUT, PENDING, LetterState, Move
from latewatch.domain.standing import last_letter_day
from latewatch.domain.worktime import WorkCalendar
from latewatch.errors import CalendarGap

_NEXT = {
    LetterState.DRAFT: Move.REVIEW,
    LetterState.REVIEWED: Move.NUMBER,
    LetterState.NUMBERED: Move.SIGN,
    LetterState.SIGNED: Move.SEND,
    LetterState.SENT: Move.CONFIRM,
}


@dataclass(frozen=True, slots=True)
class NextStep:
    """The next move, None where none is left to take; and the last day for it, or for the result itself."""

    move: Move | None
    until: date | None


def next_step(
    state: LetterState, *, has_reason: bool, is_wanted: bool, last_day: date, new_date: date
) -> NextStep:
    """Return what comes next for a letter in `state`.

    Until `last_day` it must be with the person; what was sent is confirmed, and the result is there, until
    `new_date`. A letter nobody has and nobody needs any more is to be cancelled.
    """
    if state in PENDING and not is_wanted:
        return NextStep(Move.CANCEL, None)
    if state is LetterState.DRAFT and not has_reason:
        return NextStep(Move.REVISE, last_day)
    until = last_day if state in PENDING else new_date if state in OUT else None
    return NextStep(_NEXT.get(state), until)


def last_day_in_time(due_on: date, calendar: WorkCalendar) -> date:
    """Return the last day on which the letter is in time: a working day, where the calendar knows it."""
    try:
        return last_letter_day(due_on, calendar)
    except CalendarGap:
        return due_on - timedelta(days=1)


def is_late(due_on: date, sent_on: date | None, today: date) -> bool:
    """Tell whether a letter went out, or still waits, on the day of expiry or after it.

    It is due at latest one day before (Nghị định 118/2025/NĐ-CP, Điều 19.6).
    """
    return is_late_letter(sent_on or today, due_on)
