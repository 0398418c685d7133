"""The life of letters in the store: where each stands, and a row for every step it took."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, insert, select, update

from latewatch.domain.letters.life import LetterState
from latewatch.domain.letters.register import RegisterNumber
from latewatch.store import schema

OURSELVES = "latewatch"  # who took a step that no person took

_LETTER = schema.letter.c
_MOVE = update(schema.letter).where(
    _LETTER.id == bindparam("its_id"), _LETTER.state == bindparam("its_state")
)
_NOTE = insert(schema.letter_change)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredLetter:
    """A letter as the store holds it. `content` is what it says, fixed with its number; None before."""

    id: int
    dossier_id: int
    code: str
    state: LetterState
    form: str
    dated: date
    due_on: date
    new_date: date
    reason: str
    proposal: str
    drafted_at: datetime
    calendar_version: str
    register: str | None
    year: int | None
    number: int | None
    outside_number: str
    content: dict[str, Any] | None
    sent_on: date | None

    @property
    def shown_number(self) -> str:
        """Its number as it stands on it, else the one another system gave, or nothing."""
        if self.register is None or self.year is None or self.number is None:
            return self.outside_number
        symbol = self.content["head"]["symbol"] if self.content else ""
        return str(RegisterNumber(self.register, self.year, self.number, symbol))


@dataclass(frozen=True, slots=True)
class LetterChange:
    """One step of a letter: who took it, when, and why. `before` is None where it was drafted."""

    at: datetime
    before: LetterState | None
    after: LetterState
    by: str
    why: str


def stored_letters(connection: Connection, *conditions: ColumnElement[bool]) -> Iterator[StoredLetter]:
    """Yield the letters that meet `conditions`, the oldest first."""
    for row in connection.execute(_all().where(*conditions).order_by(_LETTER.id)).mappings():
        yield StoredLetter(**{**row, "state": LetterState(row["state"])})


@cache
def _all() -> Select[Any]:
    own = (_LETTER[name] for name in StoredLetter.__slots__ if name != "code")
    return select(*own, schema.dossier.c.code).join(
        schema.dossier, schema.dossier.c.id == schema.letter.c.dossier_id
    )


def letter_with(connection: Connection, letter_id: int) -> StoredLetter | None:
    row = connection.execute(_one(), {"letter_id": letter_id}).mappings().first()
    return StoredLetter(**{**row, "state": LetterState(row["state"])}) if row else None


@cache
def _one() -> Select[Any]:
    return _all().where(_LETTER.id == bindparam("letter_id"))


def in_states(states: Iterable[LetterState]) -> ColumnElement[bool]:
    return _LETTER.state.in_(list(states))


def of_dossier(code: str) -> ColumnElement[bool]:
    return schema.dossier.c.code == code


def with_letter_in(states: Iterable[LetterState]) -> ColumnElement[bool]:
    """Select the dossiers that have a letter in one of `states`, cancelled ones too."""
    return schema.dossier.c.id.in_(select(_LETTER.dossier_id).where(in_states(states)))


def appointed_on(connection: Connection, dossier_id: int) -> date | None:
    """Return the date of the letter that used up the dossier's one new appointment: alive, or ever sent."""
    used = (_LETTER.state != LetterState.CANCELLED) | _LETTER.sent_on.is_not(None)
    found = select(_LETTER.dated).where(_LETTER.dossier_id == dossier_id, used)
    return connection.execute(found).scalar()


def move_letter(
    connection: Connection,
    letter_id: int,
    before: LetterState,
    after: LetterState,
    at: datetime,
    *,
    by: str,
    why: str = "",
    **values: Any,
) -> bool:
    """Take one step, with the `values` it brings, and note who took it; False where another was faster."""
    mine = {"its_id": letter_id, "its_state": before}
    moved = connection.execute(_MOVE, {**mine, "state": after, **values})
    if moved.rowcount != 1:
        return False
    connection.execute(_NOTE, change_rows([letter_id], before, after, by=by, why=why, at=at))
    return True


def change_rows(
    ids: Sequence[int], before: LetterState | None, after: LetterState, *, by: str, why: str, at: datetime
) -> list[dict[str, Any]]:
    """Return one row for each of the letters `ids`, which all took the same step."""
    step = {"before": before, "after": after, "by": by, "why": why, "at": at}
    return [{"letter_id": each, **step} for each in ids]


def changes_of(connection: Connection, letter_id: int) -> list[LetterChange]:
    """Return the steps of one letter, oldest first."""
    table = schema.letter_change.c
    found = select(table.at, table.before, table.after, table.by, table.why)
    mine = found.where(table.letter_id == letter_id).order_by(table.id)
    return [to_change(row) for row in connection.execute(mine)]


def to_change(row: Any) -> LetterChange:
    """Read a row of `letter_change`."""
    before = LetterState(row.before) if row.before else None
    return LetterChange(row.at, before, LetterState(row.after), row.by, row.why)
