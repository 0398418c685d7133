"""The letter register: the next number of a register and year, taken in the transaction that uses it.

Both databases let one writer at a time take a number and undo it with its transaction: no gap, none twice.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select, update

from latewatch.domain.letters.life import LetterState
from latewatch.store import schema
from latewatch.store.database import insert_or_else
from latewatch.store.letters.life import OURSELVES, StoredLetter, stored_letters

_REGISTER = schema.letter_register.c


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
    mine = (_REGISTER.register == register) & (_REGISTER.year == year)
    opened = insert_or_else(connection, schema.letter_register)
    opened = opened.values(register=register, year=year, first=1, last=0, by=OURSELVES, why="")
    connection.execute(opened.on_conflict_do_nothing())
    taken = update(schema.letter_register).where(mine).values(last=_REGISTER.last + 1)
    return int(connection.execute(taken.returning(_REGISTER.last)).scalar_one())


def start_register(connection: Connection, start: RegisterYear) -> bool:
    """Let a register's year begin with `start.first`; False where it has begun already."""
    opened = insert_or_else(connection, schema.letter_register)
    opened = opened.values({name: getattr(start, name) for name in RegisterYear.__slots__})
    made = connection.execute(opened.on_conflict_do_nothing().returning(_REGISTER.year))
    return made.first() is not None


def register_years(connection: Connection) -> list[RegisterYear]:
    found = select(schema.letter_register).order_by(_REGISTER.year, _REGISTER.register)
    return [RegisterYear(**row) for row in connection.execute(found).mappings()]


def numbered(connection: Connection, first: date, last: date) -> list[StoredLetter]:
    """Return the letters with a number that are dated from `first` to `last`, by register and number."""
    letter = schema.letter.c
    found = stored_letters(connection, letter.number.is_not(None), letter.dated.between(first, last))
    return sorted(found, key=lambda each: (each.register or "", each.year or 0, each.number or 0))


def is_void(letter: StoredLetter) -> bool:
    """Tell whether its number stays in the register without a letter behind it."""
    return letter.number is not None and letter.state is LetterState.CANCELLED
