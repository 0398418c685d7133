"""Letters that nobody has yet: drafted, given other words or dates, cancelled when nobody needs them.

One a dossier: the database itself refuses a second.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import Connection, insert, select

from latewatch.domain.letters.life import PENDING, UNNUMBERED, LetterState, Move, after
from latewatch.store import schema
from latewatch.store.letters.life import OURSELVES, change_rows, move_letter

_LETTER = schema.letter.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What makes one draft: with the dossier's facts it prints the same letter again.

    `proposal` says why it proposes that new date.
    """

    dossier_id: int
    form: str
    dated: date
    due_on: date
    new_date: date
    reason: str
    proposal: str = ""
    calendar_version: str = ""


@dataclass(frozen=True, slots=True)
class StoredDraft:
    """A draft with its own number in the store, which is not a letter number."""

    id: int
    draft: Draft
    state: LetterState


def insert_drafts(
    connection: Connection, drafts: Sequence[Draft], at: datetime, *, by: str = OURSELVES, why: str = ""
) -> None:
    if not drafts:
        return
    rows = [{**asdict(draft), "state": LetterState.DRAFT, "drafted_at": at} for draft in drafts]
    ids = connection.execute(insert(schema.letter).returning(_LETTER.id), rows).scalars().all()
    connection.execute(
        insert(schema.letter_change), change_rows(ids, None, LetterState.DRAFT, by=by, why=why, at=at)
    )


def stored_drafts(connection: Connection, states: Sequence[LetterState] = UNNUMBERED) -> list[StoredDraft]:
    """Return the letters in `states`, oldest first; those without a number, unless told otherwise."""
    found = select(schema.letter).where(_LETTER.state.in_(states)).order_by(_LETTER.id)
    return [
        StoredDraft(
            row["id"], Draft(**{name: row[name] for name in Draft.__slots__}), LetterState(row["state"])
        )
        for row in connection.execute(found).mappings()
    ]


def draft_of(connection: Connection, dossier_id: int) -> StoredDraft | None:
    """Return the letter of a dossier that has no number yet."""
    return next((each for each in stored_drafts(connection) if each.draft.dossier_id == dossier_id), None)


def drop_draft(connection: Connection, letter_id: int, state: LetterState, at: datetime, why: str) -> bool:
    """Cancel a letter without a number that nobody needs any more; tell whether it still stood so."""
    return move_letter(connection, letter_id, state, LetterState.CANCELLED, at, by=OURSELVES, why=why)


@dataclass(frozen=True, slots=True)
class LetterInForce:
    """A letter with what tells whose it is: enough to hold its new date against a calendar."""

    id: int
    dossier_id: int
    code: str
    state: LetterState
    new_date: date
    resolving_unit: str
    department: str


def letters_in_force(connection: Connection, today: date) -> list[LetterInForce]:
    """Return every letter nobody has yet, and every one sent whose new date has not passed, by code."""
    dossier = schema.dossier.c
    is_sent = (_LETTER.state != LetterState.CANCELLED) & _LETTER.sent_on.is_not(None)
    found = (
        select(
            _LETTER.id,
            _LETTER.dossier_id,
            dossier.code,
            _LETTER.state,
            _LETTER.new_date,
            dossier.resolving_unit,
            dossier.department,
        )
        .join(schema.dossier, dossier.id == _LETTER.dossier_id)
        .where(_LETTER.state.in_(PENDING) | (is_sent & (_LETTER.new_date >= today)))
        .order_by(dossier.code)
    )
    return [
        LetterInForce(**{**row, "state": LetterState(row["state"])})
        for row in connection.execute(found).mappings()
    ]


def rewrite_draft(connection: Connection, stored: StoredDraft, draft: Draft, at: datetime, why: str) -> bool:
    """Give a letter without a number the dates of `draft`, and say why; what was reviewed is a draft again.

    Tell whether it still stood so.
    """
    names = ("due_on", "new_date", "proposal", "calendar_version")
    values = {name: getattr(draft, name) for name in names}
    to = after(stored.state, Move.REVISE)
    return move_letter(connection, stored.id, stored.state, to, at, by=OURSELVES, why=why, **values)
