"""Draft letters: one for each dossier expected to be late, and each overdue one that has none.

First the rows, in one transaction, then the PDFs, each made from its row: killed in between, the next run
draws what is missing.
"""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Connection

from latewatch.disk import write_whole
from latewatch.domain.letters.dates import check_new_date, propose_new_date
from latewatch.domain.letters.life import UNNUMBERED, refuse_second
from latewatch.domain.names import tidy
from latewatch.domain.standing import LABELS, Case, Standing, owes_letter, standing_at
from latewatch.errors import LetterError
from latewatch.jobs.assess import Deadlines, refuse_old_calendar
from latewatch.jobs.letters.contents import letter_of, promised_on
from latewatch.jobs.letters.prints import draft_path, is_removed
from latewatch.jobs.office import Office
from latewatch.progress import Progress, silent
from latewatch.store.cases import assessed, lettered, unfinished_at, with_code
from latewatch.store.letters.drafts import (
    Draft,
    StoredDraft,
    drop_draft,
    insert_drafts,
    stored_drafts,
)

RUNNING = (Standing.WITHIN, Standing.DUE_SOON, Standing.OVERDUE)


@dataclass(frozen=True, slots=True)
class DraftedLetter:
    """A draft as handed to the supervisor. `is_new` tells whether this run made it."""

    code: str
    unit: str
    path: Path
    new_date: date
    is_new: bool


def draft_letters(
    office: Office,
    now: datetime,
    *,
    out: Path | None = None,
    code: str = "",
    reason: str = "",
    new_date: date | None = None,
    progress: Progress = silent,
) -> list[DraftedLetter]:
    """Draft what is owed at `now`, and see that each pending draft lies as PDF in `out`.

    With `code`, only that dossier's letter, now, whatever its lead, and with `new_date` where one is given;
    a second one is refused, and so is a new date that is none of the unit's working days to come. Drafts of
    dossiers that no longer need one (finished in time, withdrawn, suspended) are cancelled. Raises
    LetterError and StoreError.
    """
    folder = out or office.settings.paths.letters
    code = tidy(code)
    with office.store.writing() as connection:
        refuse_old_calendar(connection, office)
        wanted = _one(connection, office, code, now) if code else _owed(connection, office, now)
        before = {stored.id for stored in stored_drafts(connection)}
        drafts = [_draft(office, i, case, now, reason, new_date) for i, case in wanted]
        insert_drafts(connection, drafts, now)
        pending = _pending(connection, office, now, folder)
    mine = [(stored, case) for stored, case in pending if not code or case.dossier.code == code]
    made = []
    for stored, case in progress(mine, "Văn bản xin lỗi"):
        path = draft_path(folder, office, stored, case)
        is_new = stored.id not in before
        if is_new or not path.exists():
            write_whole(
                path, office.printer().pdf(letter_of(office, stored.draft, case)), setting="paths.letters"
            )
        made.append(DraftedLetter(case.dossier.code, case.unit, path, stored.draft.new_date, is_new))
    return made


def _owed(connection: Connection, office: Office, now: datetime) -> list[tuple[int, Case]]:
    lead = office.settings.letters.lead_working_days
    deadlines = Deadlines(office)
    return [
        (each.id, case)
        for each in assessed(connection, unfinished_at(now))
        if owes_letter(case := deadlines.case(each), now, lead)
    ]


def _one(connection: Connection, office: Office, code: str, now: datetime) -> list[tuple[int, Case]]:
    each = next(assessed(connection, with_code(code)), None)
    if each is None:
        raise LetterError(f"Không có hồ sơ {code}; kiểm tra mã, hoặc chạy `latewatch poll`.")
    refuse_second(code, each.letter_on or each.draft_on or each.recalled_on)
    case = Deadlines(office).case(each)
    standing = standing_at(case, now, office.settings.counting.due_soon_working_days)
    if standing not in RUNNING:
        raise LetterError(f"Hồ sơ {code} không cần văn bản xin lỗi: tình trạng “{LABELS[standing]}”.")
    return [(each.id, case)]


def _draft(  # noqa: PLR0917  what makes a letter
    office: Office, dossier_id: int, case: Case, now: datetime, reason: str, new_date: date | None
) -> Draft:
    assert case.due_on is not None  # noqa: S101  only dossiers with a due date owe a letter
    letters, today = office.settings.letters, now.date()
    last_promise = max(case.due_on, promised_on(office, case) or case.due_on)
    if new_date is None:
        new_date = propose_new_date(today, last_promise, letters.new_date_working_days, case.calendar)
    check_new_date(new_date, today, last_promise, case.calendar)
    return Draft(
        dossier_id=dossier_id,
        form=letters.form.value,
        dated=today,
        due_on=case.due_on,
        new_date=new_date,
        reason=reason or letters.reason,
        calendar_version=case.calendar.version,
    )


def _pending(
    connection: Connection, office: Office, now: datetime, folder: Path
) -> list[tuple[StoredDraft, Case]]:
    """Return the drafts of dossiers still running; cancel those whose dossier needs no apology any more.

    Nor does one whose due date moved out of reach: the draft names the old one. A dossier that was finished
    late keeps its letter: the tables count it.
    """
    deadlines = Deadlines(office)
    cases = {each.id: deadlines.case(each) for each in assessed(connection, lettered(*UNNUMBERED))}
    pending = []
    for stored in stored_drafts(connection):
        case = cases[stored.draft.dossier_id]
        standing = standing_at(case, now, office.settings.letters.lead_working_days)
        is_moved = standing is Standing.WITHIN and stored.draft.due_on != case.due_on
        if standing in RUNNING and not is_moved:
            pending.append((stored, case))
        elif standing is not Standing.LATE and is_removed(draft_path(folder, office, stored, case)):
            drop_draft(connection, stored.id, stored.state, now, _needless(standing))
    return pending


def _needless(standing: Standing) -> str:
    return f"không cần xin lỗi nữa: hồ sơ “{LABELS[standing]}”"
