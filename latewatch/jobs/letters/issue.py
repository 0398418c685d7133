"""A letter that was numbered, signed and sent without latewatch: noted, so that it counts."""

from dataclasses import dataclass
from datetime import date, datetime

from latewatch.domain.letters.dates import check_issue_date
from latewatch.domain.letters.life import Move, after, refuse_second
from latewatch.domain.names import tidy
from latewatch.domain.standing import last_letter_day
from latewatch.errors import LetterError
from latewatch.jobs.office import Office
from latewatch.store.cases import assessed, with_code
from latewatch.store.letters.drafts import draft_of
from latewatch.store.letters.life import move_letter

OUTSIDE = "cấp số, ký và gửi ngoài latewatch"


@dataclass(frozen=True, slots=True)
class IssuedLetter:
    """A letter a person issued. `is_late`: on the day of expiry or after it (NĐ 118/2025, Điều 19.6)."""

    code: str
    issued_on: date
    new_date: date
    is_late: bool


def issue_letter(
    office: Office, code: str, issued_on: date, now: datetime, *, by: str, number: str = ""
) -> IssuedLetter:
    """Note that the draft of dossier `code` was numbered and signed elsewhere, and went out on `issued_on`.

    Raises LetterError where it has no draft, was issued before, or the date cannot be.
    """
    code = tidy(code)
    with office.store.writing() as connection:
        each = next(assessed(connection, with_code(code)), None)
        stored = draft_of(connection, each.id) if each else None
        if each is None or stored is None:
            refuse_second(code, (each.letter_on or each.recalled_on) if each else None)
            raise LetterError(f"Hồ sơ {code} không có dự thảo; soạn bằng lệnh letters draft --code {code}")
        check_issue_date(issued_on, stored.draft.dated, now.date())
        sent = {"dated": issued_on, "sent_on": issued_on, "outside_number": number.strip()}
        to = after(stored.state, Move.ISSUE)
        move_letter(connection, stored.id, stored.state, to, now, by=by, why=OUTSIDE, **sent)
    is_late = issued_on > last_letter_day(stored.draft.due_on, office.calendar_of(each.dossier))
    return IssuedLetter(code, issued_on, stored.draft.new_date, is_late)
