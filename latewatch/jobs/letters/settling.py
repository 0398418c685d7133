"""Drafts held against the dossiers as they are now: cancelled where needless, rewritten where dates moved.

A letter that has a number is neither: it stands in the register, and a person decides.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Connection

from latewatch.domain.letters.dates import check_new_date
from latewatch.domain.letters.duty import CURE, RUNNING, why_cancel, why_needless
from latewatch.domain.letters.life import NUMBERED, STATE_LABELS, UNNUMBERED, LetterState
from latewatch.domain.standing import Case, standing_at
from latewatch.errors import CalendarGap, LetterError
from latewatch.jobs.assess import Deadlines
from latewatch.jobs.letters.contents import last_promise
from latewatch.jobs.letters.prints import draft_path, is_removed
from latewatch.jobs.letters.proposing import Proposer
from latewatch.jobs.office import Office
from latewatch.store.cases import assessed, lettered
from latewatch.store.letters.drafts import Draft, StoredDraft, drop_draft, rewrite_draft, stored_drafts
from latewatch.store.letters.life import in_states, stored_letters

NEEDLESS = "không cần xin lỗi nữa"


@dataclass(frozen=True, slots=True)
class Revision:
    """Other dates for a draft, and why they are others."""

    draft: Draft
    why: str


def settle_drafts(
    connection: Connection, office: Office, proposer: Proposer, now: datetime, folder: Path
) -> None:
    """Cancel the drafts nobody needs any more, and rewrite those whose due date or new date does not hold.

    What cannot be cancelled as its print is held open waits for the next run.
    """
    for stored, case in drafts_with_cases(connection, office):
        why = why_needless(case, stored.draft.due_on, now)
        if why:
            if is_removed(draft_path(folder, office, stored, case)):
                drop_draft(connection, stored.id, stored.state, now, f"{NEEDLESS}: {why}")
            continue
        revision = revised(office, stored, case, proposer, now)
        if revision:
            rewrite_draft(connection, stored, revision.draft, now, revision.why)


def drafts_with_cases(connection: Connection, office: Office) -> Iterator[tuple[StoredDraft, Case]]:
    """Yield the letters without a number, the oldest first, each with its dossier."""
    deadlines = Deadlines(office)
    cases = {each.id: deadlines.case(each) for each in assessed(connection, lettered(*UNNUMBERED))}
    for stored in stored_drafts(connection):
        yield stored, cases[stored.draft.dossier_id]


def revised(
    office: Office, stored: StoredDraft, case: Case, proposer: Proposer, now: datetime
) -> Revision | None:
    """Return the dates a draft should have by now, where they are others; None where it holds.

    A new date that still is valid stays, whoever chose it. Where the calendar does not reach, all stays.
    """
    before, due_on = stored.draft, case.due_on
    if due_on is None or standing_at(case, now, case.letter_lead) not in RUNNING:
        return None
    reasons = []
    if due_on != before.due_on:
        reasons.append(f"hạn của hồ sơ đổi từ {before.due_on:%d/%m/%Y} sang {due_on:%d/%m/%Y}")
    after = replace(before, due_on=due_on, calendar_version=case.calendar.version)
    with suppress(CalendarGap):
        problem = _problem(office, before.new_date, case, due_on, now)
        if problem:
            proposal = proposer.propose(case)
            after = replace(after, new_date=proposal.new_date, proposal=proposal.why)
            reasons.append(f"{problem}; nay đề nghị {after.new_date:%d/%m/%Y}")
    return Revision(after, "; ".join(reasons)) if reasons else None


def _problem(office: Office, new_date: date, case: Case, due_on: date, now: datetime) -> str:
    """Say what is wrong with a new date by now; empty where it is valid. Raises CalendarGap."""
    try:
        check_new_date(new_date, now.date(), last_promise(office, case) or due_on, case.calendar)
    except LetterError as e:
        return str(e).rstrip(".")
    return ""


@dataclass(frozen=True, slots=True)
class Needless:
    """A letter with a number that is not out, and should be cancelled, because of `why`."""

    letter_id: int
    code: str
    number: str
    state: LetterState
    case: Case
    why: str

    @property
    def told(self) -> str:
        number = f"số {self.number}, " if self.number else ""
        return f"{self.code}: văn bản xin lỗi {number}{STATE_LABELS[self.state]}, nên hủy vì {self.why}"

    @property
    def cure(self) -> str:
        return CURE.format(code=self.code)


def needless_letters(connection: Connection, office: Office, now: datetime) -> list[Needless]:
    """Return the numbered letters nobody should send any more, by code; a person cancels them."""
    deadlines = Deadlines(office)
    letters = {each.dossier_id: each for each in stored_letters(connection, in_states(NUMBERED))}
    found = []
    for each in assessed(connection, lettered(*NUMBERED)) if letters else ():
        case, letter = deadlines.case(each), letters[each.id]
        why = why_cancel(case, letter.due_on, letter.new_date, last_promise(office, case), now)
        if why:
            number = letter.shown_number
            found.append(Needless(letter.id, letter.code, number, letter.state, case, why))
    return found
