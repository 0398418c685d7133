"""The letter register: the next number of a register and year, taken in the transaction that uses it.

Both databases let one writer at a time take a number and undo it with its transaction: no gap, none twice.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, bindparam, insert, select, update

from latewatch.domain.letters.life import LetterState
from latewatch.store import schema
from latewatch.store.database import insert_or_else
from latewatch.store.letters.life import OURSELVES, LetterChange, StoredLetter, stored_letters, to_change

_REGISTER = schema.letter_register.c
_LETTER = schema.letter.c
_TAKE = (
    update(schema.letter_register)
    .where(_REGISTER.register == bindparam("its_register"), _REGISTER.year == bindparam("its_year"))
    .values(last=_REGISTER.last + 1)
    .returning(_REGISTER.last)
)
_NEWEST = (
    select(_LETTER.dated)
    .where(_LETTER.register == bindparam("its_register"), _LETTER.year == bindparam("its_year"))
    .order_by(_LETTER.number.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class RegisterYear:
    """One register's year: numbered from `first`; `last` is the newest number, `first` - 1 while none is."""

    register: str
    year: int
    first: int
    last: int
    by: str
    why: str


def next_number(connection: Connection, register: str, year: int) -> int:
    """Take the next number. The transaction that is open gives it back if it fails."""
    number = connection.execute(_TAKE, {"its_register": register, "its_year": year}).scalar()
    if number is None:  # the first of its year; there is one writer, so nobody else opens it meanwhile
        number = 1
        opened = {"first": number, "last": number, "by": OURSELVES, "why": ""}
        connection.execute(insert(schema.letter_register).values(register=register, year=year, **opened))
    return int(number)


def start_register(connection: Connection, start: RegisterYear) -> bool:
    """Let a register's year begin with `start.first`; False where a number of it was given already."""
    opened = insert_or_else(connection, schema.letter_register)
    opened = opened.values({name: getattr(start, name) for name in RegisterYear.__slots__})
    unused = _REGISTER.last == _REGISTER.first - 1
    again = {name: getattr(start, name) for name in ("first", "last", "by", "why")}
    made = connection.execute(
        opened.on_conflict_do_update(index_elements=["register", "year"], set_=again, where=unused).returning(
            _REGISTER.year
        )
    )
    return made.first() is not None


def register_years(connection: Connection) -> list[RegisterYear]:
    found = select(schema.letter_register).order_by(_REGISTER.year, _REGISTER.register)
    return [RegisterYear(**row) for row in connection.execute(found).mappings()]


def newest_date(connection: Connection, register: str, year: int) -> date | None:
    """Return the date of the newest number of a register's year; None while it has none."""
    return connection.execute(_NEWEST, {"its_register": register, "its_year": year}).scalar()


def given_numbers(connection: Connection) -> dict[tuple[str, int], list[tuple[int, date]]]:
    """Return the numbers of each register and year as the letters have them, each with its letter's date."""
    found = select(_LETTER.register, _LETTER.year, _LETTER.number, _LETTER.dated)
    given: dict[tuple[str, int], list[tuple[int, date]]] = {}
    for row in connection.execute(found.where(_LETTER.number.is_not(None)).order_by(_LETTER.number)):
        given.setdefault((row.register, row.year), []).append((row.number, row.dated))
    return given


def numbered(connection: Connection, first: date, last: date) -> list[StoredLetter]:
    """Return the letters with a number that are dated from `first` to `last`, by register and number."""
    found = stored_letters(connection, _LETTER.number.is_not(None), _LETTER.dated.between(first, last))
    return sorted(found, key=lambda each: (each.register or "", each.year or 0, each.number or 0))


def why_void(connection: Connection) -> dict[int, LetterChange]:
    """Return the step that cancelled each letter with a number, by letter."""
    change = schema.letter_change.c
    found = (
        select(change.letter_id, change.at, change.before, change.after, change.by, change.why)
        .join(schema.letter, _LETTER.id == change.letter_id)
        .where(_LETTER.number.is_not(None), change.after == LetterState.CANCELLED)
    )
    return {row.letter_id: to_change(row) for row in connection.execute(found)}
