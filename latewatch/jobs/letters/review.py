"""Review: a person read the draft and stands by it. Revise: it gets other words or dates, and is a draft."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from latewatch.domain.letters.checks import check_appointment, check_due, check_words
from latewatch.domain.letters.letter import Letter
from latewatch.domain.letters.life import Move
from latewatch.domain.letters.proposal import CHOSEN
from latewatch.domain.letters.reasons import reason_of
from latewatch.domain.standing import Case
from latewatch.errors import LetterError
from latewatch.jobs.letters.contents import last_promise, letter_of
from latewatch.jobs.letters.moving import Chosen, Moved, Selection, move_letters
from latewatch.jobs.letters.prints import draft_path, is_removed
from latewatch.jobs.office import Office
from latewatch.progress import Progress, silent
from latewatch.store.letters.drafts import Draft, StoredDraft
from latewatch.store.letters.life import StoredLetter


def review_letters(
    office: Office,
    selection: Selection,
    now: datetime,
    *,
    by: str,
    why: str = "",
    dry_run: bool = False,
    progress: Progress = silent,
) -> list[Moved]:
    """Note that somebody reviewed the chosen drafts; one that may not go on is refused with the rule."""

    def checked(_connection: Connection, office: Office, each: Chosen, now: datetime) -> dict[str, Any]:
        checked_letter(office, each, now.date())
        return {}

    return move_letters(
        office,
        selection,
        Move.REVIEW,
        now,
        by=by,
        why=why,
        prepare=checked,
        dry_run=dry_run,
        progress=progress,
    )


def revise_letters(
    office: Office,
    selection: Selection,
    now: datetime,
    *,
    by: str,
    reason: str = "",
    new_date: date | None = None,
    why: str = "",
    dry_run: bool = False,
    progress: Progress = silent,
) -> list[Moved]:
    """Give the chosen letters another reason or new date; each is a draft again, for the due date of now.

    `reason` is a code of the catalogue or a sentence; a new date is for a single dossier. The print of the
    old words goes; the next `letters draft` draws anew.
    """
    if new_date and not selection.code:
        raise LetterError("Mỗi hồ sơ một ngày hẹn lại; hãy ghi mã hồ sơ.")
    words = reason_of(reason, office.settings.letters.reasons)

    def revised(_connection: Connection, office: Office, each: Chosen, now: datetime) -> dict[str, Any]:
        letter, case = each.letter, each.case
        due_on, chosen_date = case.due_on or letter.due_on, new_date or letter.new_date
        check_appointment(chosen_date, now.date(), _promise(office, case, due_on), case.calendar)
        if not dry_run:
            remove_print(office, each)
        return {
            "reason": words or letter.reason,
            "new_date": chosen_date,
            "proposal": CHOSEN if new_date else letter.proposal,
            "due_on": due_on,
            "calendar_version": case.calendar.version,
        }

    return move_letters(
        office,
        selection,
        Move.REVISE,
        now,
        by=by,
        why=why,
        prepare=revised,
        dry_run=dry_run,
        progress=progress,
    )


def checked_letter(office: Office, each: Chosen, today: date, dated: date | None = None) -> Letter:
    """Return what the letter says, dated `dated` where it is given, if it may go on with these words today.

    Raises LetterError with the rule that forbids it.
    """
    letter = letter_of(office, replace(draft_in(each.letter), dated=dated or each.letter.dated), each.case)
    check_words(letter)
    check_due(each.letter.due_on, each.case.due_on)
    promise = _promise(office, each.case, each.letter.due_on)
    check_appointment(letter.new_date, today, promise, each.case.calendar)
    return letter


def _promise(office: Office, case: Case, due_on: date) -> date:
    return max(due_on, last_promise(office, case) or due_on)


def draft_in(letter: StoredLetter) -> Draft:
    return Draft(**{name: getattr(letter, name) for name in Draft.__slots__})


def remove_print(office: Office, each: Chosen) -> None:
    """Remove the PDF of a draft whose words are no longer those of its letter.

    It goes before the transaction ends: killed in between, the old one is drawn again. Raises LetterError
    where a program holds it open.
    """
    stored = StoredDraft(each.letter.id, draft_in(each.letter), each.letter.state)
    path = draft_path(office.settings.paths.letters, office, stored, each.case)
    if not is_removed(path):
        raise LetterError(f"{path}: không xóa được bản in cũ của dự thảo; hãy đóng tệp rồi chạy lại.")
