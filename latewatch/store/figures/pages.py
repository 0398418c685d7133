"""Pages of packed columns: written whole, read as far as they hold; and the dossiers of whom they do not."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from latewatch.store import schema
from latewatch.store.batches import CHUNK
from latewatch.store.database import insert_or_else
from latewatch.store.rows import driver_rows

_PAGE, _LOOSE, _NAME = schema.figure_page.c, schema.figure_loose.c, schema.figure_name.c
Numbered = tuple[int, tuple[str, str]]
UNIT, FIELD = "unit", "field"  # kinds of names


@dataclass(frozen=True, slots=True)
class Cover:
    """A page without its content: it tells of ids up to `last`, and in `old` of what ended before `since`."""

    number: int
    rules: str
    last: int
    since: date


@dataclass(frozen=True, slots=True)
class Page:
    """A page with its content."""

    cover: Cover
    recent: bytes
    old: bytes


def covers(connection: Connection) -> dict[int, Cover]:
    """Return every page there is, without its content."""
    found = select(_PAGE.number, _PAGE.rules, _PAGE.last, _PAGE.since).order_by(_PAGE.number)
    return {row.number: Cover(*row) for row in connection.execute(found)}


def contents(
    connection: Connection, numbers: Sequence[int], *, with_old: bool
) -> Iterator[tuple[int, list[bytes]]]:
    """Yield the parts of the pages `numbers`: what is recent, and what is old where it is wanted."""
    columns = [_PAGE.recent, _PAGE.old] if with_old else [_PAGE.recent]
    one = select(*columns).where(_PAGE.number == bindparam("its_number"))
    for number in numbers:
        yield number, list(connection.execute(one, {"its_number": number}).one())


def write_page(connection: Connection, page: Page) -> None:
    values = {
        "number": page.cover.number,
        "rules": page.cover.rules,
        "last": page.cover.last,
        "since": page.cover.since,
        "recent": page.recent,
        "old": page.old,
    }
    statement = insert_or_else(connection, schema.figure_page)
    changed = {name: statement.excluded[name] for name in values if name != "number"}
    connection.execute(statement.on_conflict_do_update(index_elements=["number"], set_=changed), values)


def drop_pages(connection: Connection, numbers: Sequence[int]) -> None:
    connection.execute(delete(schema.figure_page).where(_PAGE.number.in_(numbers)))


def loose(connection: Connection, first: int = 0, last: int | None = None) -> list[int]:
    """Return the ids from `first` to `last` of whom no page tells the truth, in order."""
    wanted = select(_LOOSE.dossier_id).where(_LOOSE.dossier_id >= first).order_by(_LOOSE.dossier_id)
    if last is not None:
        wanted = wanted.where(_LOOSE.dossier_id <= last)
    return [each for (each,) in driver_rows(connection, wanted)]


def replace_loose(connection: Connection, first: int, last: int, left: Iterable[int]) -> None:
    """Let only `left` be loose of the ids from `first` to `last`: a page was made of the others."""
    span = (_LOOSE.dossier_id >= first) & (_LOOSE.dossier_id <= last)
    connection.execute(delete(schema.figure_loose).where(span))
    rows = [{"dossier_id": each} for each in left]
    if rows:
        connection.execute(insert(schema.figure_loose), rows)


def kept_names(connection: Connection, kind: str) -> list[Numbered]:
    """Return the names of `kind` that pages know by number, in the order of these."""
    found = select(_NAME.number, _NAME.name, _NAME.other).where(_NAME.kind == kind).order_by(_NAME.number)
    return [(number, (name, other)) for number, name, other in connection.execute(found)]


def add_names(connection: Connection, kind: str, names: Sequence[Numbered]) -> None:
    rows = [{"kind": kind, "number": n, "name": name, "other": other} for n, (name, other) in names]
    if rows:
        connection.execute(insert(schema.figure_name), rows)


def highest_id(connection: Connection, first: int = 0, last: int | None = None) -> int:
    """Return the highest id of a dossier from `first` to `last`; 0 where there is none."""
    number = schema.dossier.c.id
    wanted = select(func.max(number)).where(number >= first)
    if last is not None:
        wanted = wanted.where(number <= last)
    return connection.execute(wanted).scalar() or 0


def parts_of(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Yield `ids` in portions one statement can name."""
    return (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))
