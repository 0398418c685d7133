"""A letter that was numbered, signed and sent without latewatch: noted, so that it counts."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from latewatch.domain.letters.dates import check_issue_date
from latewatch.domain.letters.life import ALIVE, Move, refuse_second
from latewatch.domain.letters.next_step import is_late
from latewatch.domain.names import tidy
from latewatch.errors import LetterError
from latewatch.jobs.letters.moving import Chosen, Moved, Selection, move_letters
from latewatch.jobs.office import Office
from latewatch.progress import Progress, silent
from latewatch.store.cases import assessed, with_code
from latewatch.store.letters.life import StoredLetter, in_states, of_dossier, stored_letters

OUTSIDE = "cấp số, ký và gửi ngoài latewatch"


@dataclass(frozen=True, slots=True)
class IssuedLetter:
    """A letter a person issued. `is_late`: on the day of expiry or after it (NĐ 118/2025, Điều 19.6)."""

    code: str
    issued_on: date
    new_date: date
    is_late: bool


def issue_letters(
    office: Office,
    selection: Selection,
    issued_on: date,
    now: datetime,
    *,
    by: str,
    number: str = "",
    why: str = "",
    dry_run: bool = False,
    progress: Progress = silent,
) -> list[Moved]:
    """Note that the chosen drafts were numbered and signed elsewhere, and went out on `issued_on`.

    `number` is the one another system gave, of a single dossier's letter.
    """
    if number and not selection.code:
        raise LetterError("Mỗi văn bản một số; hãy ghi mã hồ sơ.")

    def issued(_connection: Connection, _office: Office, each: Chosen, now: datetime) -> dict[str, Any]:
        check_issue_date(issued_on, each.letter.dated, now.date())
        return {"dated": issued_on, "sent_on": issued_on, "outside_number": tidy(number)}

    return move_letters(
        office,
        selection,
        Move.ISSUE,
        now,
        by=by,
        why=why or OUTSIDE,
        prepare=issued,
        dry_run=dry_run,
        progress=progress,
    )


def issue_letter(
    office: Office,
    code: str,
    issued_on: date,
    now: datetime,
    *,
    by: str,
    number: str = "",
    why: str = "",
    dry_run: bool = False,
) -> IssuedLetter:
    """Note that the letter of dossier `code` went out on `issued_on`, numbered and signed elsewhere.

    Raises LetterError where it has no draft, was issued before, or the date cannot be.
    """
    code = tidy(code)
    letter = _draft_of(office, code)
    issue_letters(office, Selection(code), issued_on, now, by=by, number=number, why=why, dry_run=dry_run)
    return IssuedLetter(code, issued_on, letter.new_date, is_late(letter.due_on, issued_on, now.date()))


def _draft_of(office: Office, code: str) -> StoredLetter:
    with office.store.reading() as connection:
        letter = next(stored_letters(connection, in_states(ALIVE), of_dossier(code)), None)
        each = next(assessed(connection, with_code(code)), None)
    refuse_second(code, (each.letter_on or each.recalled_on) if each else None)
    if letter is None:
        raise LetterError(
            f"Hồ sơ {code} không có dự thảo; soạn bằng lệnh latewatch letters draft --code {code}"
        )
    return letter
