"""What a change of the calendar does to letters: drafts whose dates fail, promises on a day of rest."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import numpy as np
from sqlalchemy import Connection

from latewatch.domain.letters.life import UNNUMBERED
from latewatch.domain.standing import Case, Standing, standing_at
from latewatch.errors import CalendarGap, LetterError
from latewatch.jobs.assess import Deadlines
from latewatch.jobs.calendar.pairs import Pairs
from latewatch.jobs.calendar.plain import Ints
from latewatch.jobs.letters.prints import draft_path, is_removed
from latewatch.jobs.letters.proposing import Proposer
from latewatch.jobs.letters.settling import revised
from latewatch.jobs.office import Office
from latewatch.store import schema
from latewatch.store.cases import assessed
from latewatch.store.letters.drafts import (
    Draft,
    LetterInForce,
    StoredDraft,
    drop_draft,
    rewrite_draft,
    stored_drafts,
)

CHUNK = 500
MOVED = "lịch làm việc đổi"
OUT_OF_REACH = f"{MOVED}, hạn của hồ sơ lùi ra sau"


@dataclass(frozen=True, slots=True)
class DraftChange:
    """A draft whose due date or new date becomes another; `after` is None where it is needed no more.

    `path` is the print of it as it was.
    """

    stored: StoredDraft
    code: str
    after: Draft | None
    path: Path
    why: str

    @property
    def before(self) -> Draft:
        return self.stored.draft


@dataclass(frozen=True, slots=True)
class OnRest:
    """A numbered letter that promised a working day which is now one of rest."""

    code: str
    new_date: date
    why: str


def on_rest(letters: Iterable[LetterInForce], pairs: Pairs) -> list[OnRest]:
    """Return the numbered letters whose new date becomes a day of rest: the person has to be told anew."""
    found = []
    for letter in letters:
        why = _why_rest(letter, pairs) if letter.state not in UNNUMBERED else ""
        if why:
            found.append(OnRest(letter.code, letter.new_date, why))
    return found


def _why_rest(letter: LetterInForce, pairs: Pairs) -> str:
    """Say why the new date of a letter becomes one of rest; empty where it does not."""
    pair, day = pairs.of(letter.resolving_unit, letter.department), letter.new_date
    if pair is None:
        return ""
    old, new = pair.old.calendar, pair.new.calendar
    try:
        return new.why(day) if old.is_working_day(day) and not new.is_working_day(day) else ""
    except CalendarGap:
        return ""


def changed_drafts(  # noqa: PLR0917  what decides a draft
    connection: Connection,
    office: Office,
    deadlines: Deadlines,
    letters: Sequence[LetterInForce],
    pairs: Pairs,
    moved: Ints,
    now: datetime,
) -> list[DraftChange]:
    """Return the drafts of dossiers that moved, or whose new date becomes one of rest, with their new dates.

    `office` is the one after the change.
    """
    drafts = [each for each in letters if each.state in UNNUMBERED]
    has_moved = np.isin([each.dossier_id for each in drafts], moved).tolist()
    touched = {
        each.dossier_id
        for each, is_moved in zip(drafts, has_moved, strict=True)
        if is_moved or _why_rest(each, pairs)
    }
    stored = {each.draft.dossier_id: each for each in stored_drafts(connection)} if touched else {}
    proposer = Proposer(office, connection, now)
    return [
        change
        for each in _cases(connection, office, deadlines, sorted(touched))
        if (change := _change(office, stored[each[0]], each[1], proposer, now))
    ]


def _cases(
    connection: Connection, office: Office, deadlines: Deadlines, ids: Sequence[int]
) -> Iterable[tuple[int, Case]]:
    for start in range(0, len(ids), CHUNK):
        for each in assessed(connection, schema.dossier.c.id.in_(ids[start : start + CHUNK])):
            yield each.id, office.case(each, deadlines.decide_anew(each))


def _change(
    office: Office, stored: StoredDraft, case: Case, proposer: Proposer, now: datetime
) -> DraftChange | None:
    path = draft_path(office.settings.paths.letters, office, stored, case)
    if case.due_on != stored.draft.due_on and not _is_near(case, now):
        return DraftChange(stored, case.dossier.code, None, path, OUT_OF_REACH)
    revision = revised(office, stored, case, proposer, now)
    if revision is None:
        return None
    return DraftChange(stored, case.dossier.code, revision.draft, path, f"{MOVED}; {revision.why}")


def _is_near(case: Case, now: datetime) -> bool:
    """Tell whether an apology may still be owed; `letters draft` drops what moved out of reach alike."""
    try:
        return standing_at(case, now, case.letter_lead) is not Standing.WITHIN
    except CalendarGap:
        return True


def apply_drafts(connection: Connection, changes: Iterable[DraftChange], now: datetime) -> None:
    """Write the new dates, cancel what is needed no more, and remove the prints of the old.

    The next run of `letters draft` draws them anew. Prints go before the transaction ends: killed in
    between, the old ones are drawn again. Raises LetterError where one is held open.
    """
    for change in changes:
        stored = change.stored
        if change.after:
            rewrite_draft(connection, stored, change.after, now, change.why)
        else:
            drop_draft(connection, stored.id, stored.state, now, change.why)
        if not is_removed(change.path):
            raise LetterError(
                f"{change.path}: không xóa được bản in cũ của dự thảo; hãy đóng tệp rồi chạy lại. "
                "Chưa có gì được ghi."
            )
