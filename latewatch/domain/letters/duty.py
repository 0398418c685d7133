"""What is owed for a dossier, and what became of it: a letter required, sent in time, late, missing. Pure.

Only a letter that was sent is an apology to the person, from the day it was sent on; it never changes the
original due date (Nghị định 118/2025/NĐ-CP, Điều 19.6).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from latewatch.domain.dossier import Suspension
from latewatch.domain.letters.life import STATE_LABELS, LetterState
from latewatch.domain.standing import LABELS, Case, Standing, standing_at
from latewatch.errors import LetterError

RUNNING = (Standing.WITHIN, Standing.DUE_SOON, Standing.OVERDUE)


class Duty(StrEnum):
    """How a dossier stands to the duty to apologise."""

    NOT_OWED = "not owed"  # not late: what was sent all the same does no harm
    IN_TIME = "in time"
    LATE = "late"
    MISSING = "missing"


@dataclass(slots=True)
class Duties:
    """How many letters were required, and what became of them: the last three are the first."""

    required: int = 0
    in_time: int = 0
    late: int = 0
    missing: int = 0


def is_late_letter(sent_on: date, due_on: date) -> bool:
    """Tell whether a letter went out too late: it is due at latest one day before the day of expiry."""
    return sent_on >= due_on


def is_asked_again(
    promised_on: date,
    sent_on: date,
    new_date: date,
    interruptions: Iterable[Suspension],
    *,
    recalled_from: date | None = None,
) -> bool:
    """Tell whether a promise was moved again after the letter that was sent: allowed once (Điều 19.6).

    Beyond the one new date; or, where the letter was cancelled afterwards, beyond the promise it repeats
    (`recalled_from`) to any other day than its own. `interruptions` are those that stop the limit: one that
    lasted beyond the letter makes it end later by itself (Điều 19.5).
    """
    if any(each.ended_at is None or each.ended_at.date() >= sent_on for each in interruptions):
        return False
    is_anew = recalled_from is not None and promised_on > recalled_from and promised_on != new_date
    return promised_on > new_date or is_anew


def duty_of(case: Case, at: datetime) -> Duty:
    """Return how `case` stands at the instant `at`; a letter that is sent later does not count yet."""
    if case.due_on is None or standing_at(case, at, 0) not in (Standing.OVERDUE, Standing.LATE):
        return Duty.NOT_OWED
    if case.letter_on is None or case.letter_on > at.date():
        return Duty.MISSING
    return Duty.LATE if is_late_letter(case.letter_on, case.due_on) else Duty.IN_TIME


def count_duties(cases: Iterable[Case], at: datetime) -> Duties:
    """Count what was required of `cases` by `at`."""
    counts = Duties()
    names = {Duty.IN_TIME: "in_time", Duty.LATE: "late", Duty.MISSING: "missing"}
    for case in cases:
        name = names.get(duty_of(case, at))
        if name:
            counts.required += 1
            setattr(counts, name, getattr(counts, name) + 1)
    return counts


def why_needless(case: Case, due_on: date, at: datetime) -> str:
    """Say why nobody needs the draft that names `due_on` any more; empty where it is needed.

    One whose due date moved out of reach names the old one. What was finished late keeps its draft: it may
    have been sent without us, and be noted yet.
    """
    standing = standing_at(case, at, case.letter_lead)
    if standing is Standing.WITHIN and case.due_on and case.due_on != due_on:
        return f"hạn của hồ sơ nay là {case.due_on:%d/%m/%Y}, chưa đến lúc xin lỗi"
    return "" if standing in (*RUNNING, Standing.LATE) else f"hồ sơ nay “{LABELS[standing]}”"


def why_cancel(case: Case, due_on: date, new_date: date, last_promise: date | None, at: datetime) -> str:
    """Say why a letter that has a number and is not out should be cancelled; empty where it should go out.

    Its words are fixed: one that promises a date which is not after the due date any more is void as well.
    """
    finished_at = case.dossier.finished_at
    if standing_at(case, at, 0) is Standing.LATE and finished_at:
        return f"hồ sơ đã xong ngày {finished_at:%d/%m/%Y}, không còn gì để hẹn lại"
    why = why_needless(case, due_on, at)
    if not why and last_promise and new_date <= last_promise:
        return f"ngày hẹn lại {new_date:%d/%m/%Y} không còn sau hạn hay ngày hẹn {last_promise:%d/%m/%Y}"
    return why


CURE = "hủy bằng: latewatch letters cancel {code} --by TÊN --why LÝ-DO (số đã cấp ở lại sổ kèm lý do)"


@dataclass(frozen=True, slots=True)
class Appointment:
    """The letter that used up a dossier's one new appointment; `number` as it stands on it, or nothing."""

    state: LetterState
    dated: date
    number: str
    new_date: date
    sent_on: date | None


def refuse_another(code: str, first: Appointment | None) -> None:
    """Refuse a second letter, naming the first: the new appointment is made at most once (Điều 19.6).

    Raises LetterError.
    """
    if first is None:
        return
    number = f" số {first.number}" if first.number else ""
    raise LetterError(
        f"Hồ sơ {code} đã có văn bản xin lỗi{number} ngày {first.dated:%d/%m/%Y}, {_life(first)}, hẹn lại "
        f"{first.new_date:%d/%m/%Y}; việc hẹn lại ngày trả kết quả không quá một lần (NĐ 118/2025/NĐ-CP, "
        f"Điều 19.6). Xem: latewatch letters show {code}"
    )


def _life(first: Appointment) -> str:
    if first.state is LetterState.CANCELLED and first.sent_on:
        return f"đã gửi ngày {first.sent_on:%d/%m/%Y} rồi hủy nên lần hẹn lại đã dùng"
    return f"bước “{STATE_LABELS[first.state]}”"
