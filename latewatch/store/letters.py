"""The letters that were drafted. One a dossier: the database itself refuses a second."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import Connection, and_, insert, or_, select, update

from latewatch.store import schema


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What makes one draft: with the dossier's facts it prints the same letter again."""

    dossier_id: int
    form: str
    dated: date
    due_on: date
    new_date: date
    reason: str
    calendar_version: str = ""


@dataclass(frozen=True, slots=True)
class StoredDraft:
    """A draft with its own number in the store, which is not a letter number."""

    id: int
    draft: Draft


def insert_drafts(connection: Connection, drafts: Sequence[Draft], at: datetime) -> None:
    if drafts:
        rows = [{**asdict(draft), "state": "draft", "drafted_at": at} for draft in drafts]
        connection.execute(insert(schema.letter), rows)


def stored_drafts(connection: Connection) -> list[StoredDraft]:
    """Return every draft that has not been cancelled, oldest first."""
    table = schema.letter
    rows = connection.execute(select(table).where(table.c.state == "draft").order_by(table.c.id)).mappings()
    return [StoredDraft(row["id"], Draft(**{name: row[name] for name in Draft.__slots__})) for row in rows]


def draft_of(connection: Connection, dossier_id: int) -> StoredDraft | None:
    return next((each for each in stored_drafts(connection) if each.draft.dossier_id == dossier_id), None)


def issue_draft(connection: Connection, letter_id: int, issued_on: date) -> bool:
    """Make one draft a letter that was issued; tell whether it still was a draft."""
    table = schema.letter
    mine = (table.c.id == letter_id) & (table.c.state == "draft")
    return connection.execute(update(table).where(mine).values(state="issued", dated=issued_on)).rowcount == 1


def cancel_draft(connection: Connection, letter_id: int) -> bool:
    """Cancel one draft; tell whether it still was one."""
    table = schema.letter
    done = connection.execute(
        update(table).where(table.c.id == letter_id, table.c.state == "draft").values(state="cancelled")
    )
    return done.rowcount == 1


@dataclass(frozen=True, slots=True)
class LetterInForce:
    """A letter with what tells whose it is: enough to hold its new date against a calendar."""

    id: int
    dossier_id: int
    code: str
    state: str
    new_date: date
    resolving_unit: str
    department: str


def letters_in_force(connection: Connection, today: date) -> list[LetterInForce]:
    """Return every draft, and every issued letter whose new date has not passed, by code."""
    letter, dossier = schema.letter.c, schema.dossier.c
    wanted = or_(letter.state == "draft", and_(letter.state == "issued", letter.new_date >= today))
    found = (
        select(
            letter.id,
            letter.dossier_id,
            dossier.code,
            letter.state,
            letter.new_date,
            dossier.resolving_unit,
            dossier.department,
        )
        .join(schema.dossier, dossier.id == letter.dossier_id)
        .where(wanted)
        .order_by(dossier.code)
    )
    return [LetterInForce(*row) for row in connection.execute(found)]


def rewrite_draft(connection: Connection, letter_id: int, draft: Draft) -> None:
    """Give a draft, while it is one, other dates and the calendar they come from."""
    table = schema.letter
    mine = (table.c.id == letter_id) & (table.c.state == "draft")
    names = ("due_on", "new_date", "calendar_version")
    connection.execute(update(table).where(mine).values({name: getattr(draft, name) for name in names}))
