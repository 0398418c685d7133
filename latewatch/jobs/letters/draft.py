"""Draft letters: one for each dossier expected to be late, and each overdue one that has none.

First the rows, in one transaction, then the PDFs, each made from its row: killed in between, the next run
draws what is missing.
"""

from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Connection

from latewatch.clock import VIETNAM
from latewatch.disk import write_whole
from latewatch.domain.expiry import end_of_day
from latewatch.domain.letters.dates import check_new_date
from latewatch.domain.letters.duty import RUNNING, Appointment, refuse_another
from latewatch.domain.letters.letter import Letter
from latewatch.domain.letters.life import LetterState
from latewatch.domain.letters.proposal import CHOSEN
from latewatch.domain.letters.reasons import reason_of
from latewatch.domain.names import tidy
from latewatch.domain.standing import LABELS, Case, owes_letter, standing_at
from latewatch.errors import LetterError
from latewatch.jobs.assess import Deadlines, refuse_old_calendar
from latewatch.jobs.letters.contents import last_promise, letter_of
from latewatch.jobs.letters.drawing import drawn
from latewatch.jobs.letters.prints import Prints, print_path
from latewatch.jobs.letters.proposing import Proposer
from latewatch.jobs.letters.settling import drafts_with_cases, settle_drafts
from latewatch.jobs.office import Office
from latewatch.jobs.stages import late_units
from latewatch.progress import Progress, shown, silent
from latewatch.store.cases import assessed, unfinished_at, with_code
from latewatch.store.letters.drafts import Draft, StoredDraft, insert_drafts, stored_drafts
from latewatch.store.letters.life import of_dossier, stored_letters


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftedLetter:
    """A draft as handed to the supervisor. `is_new` tells whether this run made it.

    `proposal` says why that new date is proposed, `at_fault` which units overran their part of the work.
    """

    code: str
    unit: str
    path: Path
    state: LetterState
    due_on: date
    new_date: date
    proposal: str
    reason: str
    at_fault: tuple[str, ...]
    is_new: bool


@dataclass(frozen=True, slots=True)
class _Print:
    """A draft with what it says and where it lies."""

    stored: StoredDraft
    case: Case
    letter: Letter
    path: Path


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
    a second one is refused, and so is a new date that is none of the unit's working days to come. `reason` is
    a code of the catalogue or a sentence. Drafts of dossiers that no longer need one (finished in time,
    withdrawn, suspended) are cancelled, those whose dates moved rewritten. Raises LetterError and StoreError.
    """
    folder = out or office.settings.paths.letters
    code = tidy(code)
    words = reason_of(reason or office.settings.letters.reason, office.settings.letters.reasons)
    with office.store.writing() as connection:
        refuse_old_calendar(connection, office)
        proposer = Proposer(office, connection, now)
        settle_drafts(connection, office, proposer, now, folder)
        wanted = _one(connection, office, code, now) if code else _owed(connection, office, now)
        before = {stored.id for stored in stored_drafts(connection)}
        drafts = [_draft(office, i, case, now, words, new_date, proposer) for i, case in wanted]
        insert_drafts(connection, drafts, now)
        pending = [
            _Print(stored, case, letter, print_path(folder, office, stored, case, letter))
            for stored, case in drafts_with_cases(connection, office)
            if standing_at(case, now, 0) in RUNNING and code in ("", case.dossier.code)
            for letter in [letter_of(office, stored.draft, case)]
        ]
    _draw(office, folder, pending, progress)
    return [_drafted(office, each, is_new=each.stored.id not in before) for each in pending]


def _owed(connection: Connection, office: Office, now: datetime) -> list[tuple[int, Case]]:
    deadlines = Deadlines(office)
    return [
        (each.id, case)
        for each in assessed(connection, unfinished_at(now))
        if owes_letter(case := deadlines.case(each), now)
    ]


def _one(connection: Connection, office: Office, code: str, now: datetime) -> list[tuple[int, Case]]:
    each = next(assessed(connection, with_code(code)), None)
    if each is None:
        raise LetterError(f"Không có hồ sơ {code}; kiểm tra mã, hoặc chạy `latewatch poll`.")
    refuse_another(code, _appointment(connection, code))
    case = Deadlines(office).case(each)
    standing = standing_at(case, now, office.settings.counting.due_soon_working_days)
    if standing not in RUNNING:
        raise LetterError(f"Hồ sơ {code} không cần văn bản xin lỗi: tình trạng “{LABELS[standing]}”.")
    return [(each.id, case)]


def _appointment(connection: Connection, code: str) -> Appointment | None:
    """Return the letter that used up the dossier's one new appointment: alive, or ever sent."""
    for each in stored_letters(connection, of_dossier(code)):
        if each.state is not LetterState.CANCELLED or each.sent_on:
            return Appointment(each.state, each.dated, each.shown_number, each.new_date, each.sent_on)
    return None


def _draft(  # noqa: PLR0917  what makes a letter
    office: Office,
    dossier_id: int,
    case: Case,
    now: datetime,
    reason: str,
    new_date: date | None,
    proposer: Proposer,
) -> Draft:
    assert case.due_on is not None  # noqa: S101  only dossiers with a due date owe a letter
    if new_date is None:
        proposal = proposer.propose(case)
        new_date, why = proposal.new_date, proposal.why
    else:
        why = CHOSEN
    check_new_date(new_date, now.date(), last_promise(office, case) or case.due_on, case.calendar)
    return Draft(
        dossier_id=dossier_id,
        form=office.settings.letters.form.value,
        dated=now.date(),
        due_on=case.due_on,
        new_date=new_date,
        reason=reason,
        proposal=why,
        calendar_version=case.calendar.version,
    )


def _draw(office: Office, folder: Path, pending: list[_Print], progress: Progress) -> None:
    """Draw the drafts that do not lie in `folder` with today's words."""
    lying = Prints(folder)
    wanted = [each for each in pending if not lying.has(each.path)]
    if not wanted:
        return
    with closing(drawn(office, (each.letter for each in wanted))) as made:
        parts = shown(made, len(wanted), "Văn bản xin lỗi", progress)
        for each, pdf in zip(wanted, parts, strict=True):
            write_whole(each.path, pdf, setting="paths.letters")


def _drafted(office: Office, each: _Print, *, is_new: bool) -> DraftedLetter:
    draft = each.stored.draft
    return DraftedLetter(
        code=each.case.dossier.code,
        unit=each.case.unit,
        path=each.path,
        state=each.stored.state,
        due_on=draft.due_on,
        new_date=draft.new_date,
        proposal=draft.proposal,
        reason=draft.reason,
        at_fault=late_units(office, each.case, end_of_day(draft.dated, VIETNAM)),
        is_new=is_new,
    )
