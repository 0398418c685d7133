"""New dossiers, many at once, column by column: a first import brings a hundred thousand of them.

What is written is what `ingest` writes of each alone; a test holds the two together.
"""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import datetime
from itertools import repeat
from typing import Any, Protocol

import msgspec
from sqlalchemy import Connection

from latewatch.domain.dossier import Dossier
from latewatch.domain.record import Cells, Reported
from latewatch.domain.suspension import interrupts
from latewatch.store import schema
from latewatch.store.facts import FIELDS, LISTS, cells_text, shown
from latewatch.store.memory import Version, append
from latewatch.store.rows import insert_columns, to_bytes

FEW = 20  # dossiers; fewer are not worth a column


class Arrived(Protocol):
    """The batch they came in."""

    @property
    def id(self) -> int: ...
    @property
    def source(self) -> str: ...
    @property
    def taken_at(self) -> datetime: ...


_DEFAULTS = {field.name: field.default for field in fields(Dossier)}
_BLANK = {name: None if name in LISTS else default for name, default in _DEFAULTS.items()}
_Document = msgspec.defstruct(
    "_Document",
    [(name, Any, msgspec.NODEFAULT if name in ("code", "status") else _BLANK[name]) for name in FIELDS],
    omit_defaults=True,
)


def parted(
    rows: Sequence[Reported], known: Container[str] | None
) -> tuple[Sequence[Reported], Sequence[Reported]]:
    """Return the rows that are plainly new and tell the same fields, and all others.

    `known` are the codes that may be stored already; without it nobody can say.
    """
    if known is None or len(rows) < FEW:
        return (), rows
    names = rows[0].facts.keys()
    is_plain = [_is_plain(row, known) and row.facts.keys() == names for row in rows]
    plain = [row for row, is_one in zip(rows, is_plain, strict=True) if is_one]
    return plain, [row for row, is_one in zip(rows, is_plain, strict=True) if not is_one]


def _is_plain(row: Reported, known: Container[str]) -> bool:
    """Tell whether a row is of a new dossier of which it says all there is to say."""
    if row.events or row.adds or not isinstance(row.raw, Cells) or row.code in known:
        return False
    facts = row.facts
    return not (interrupts(facts["status"]) or facts.get("suspensions") or facts.get("stages"))


def write_newcomers(
    connection: Connection,
    arrived: Arrived,
    rows: Sequence[Reported],
    layouts: list[tuple[str, ...]],
) -> None:
    """Write plain new dossiers and the first version of each; add their headings to `layouts`."""
    if not rows:
        return
    columns = [_column(name, rows) for name in FIELDS]
    same: dict[str, Iterable[Any]] = {
        "version": repeat(1, len(rows)),
        "source": repeat(arrived.source, len(rows)),
        "digest": [_digest(row, arrived.taken_at) for row in rows],
    }
    insert_columns(connection, schema.dossier, (*FIELDS, *same), [*columns, *same.values()])
    append(connection, _versions(arrived, rows, columns, layouts))


def _column(name: str, rows: Sequence[Reported]) -> list[Any]:
    """Return a column of the table `dossier`."""
    if name == "code":
        return [row.code for row in rows]
    if name in LISTS or name not in rows[0].facts:
        return [_BLANK[name]] * len(rows)
    column = [row.facts[name] for row in rows]
    return [shown(value) for value in column] if name in ("status", "channel", "time_limit") else column


def _digest(row: Reported, at: datetime) -> str | None:
    """Return the fingerprint, unless the receipt lies ahead (see `ingest`)."""
    received_at = row.facts.get("received_at")
    return None if received_at is not None and received_at > at else row.digest or None


def _versions(
    arrived: Arrived,
    rows: Sequence[Reported],
    columns: Sequence[Sequence[Any]],
    layouts: list[tuple[str, ...]],
) -> Iterator[Version]:
    documents = map(_Document, *columns)
    for row, document in zip(rows, documents, strict=True):
        raw = row.raw
        assert isinstance(raw, Cells)  # noqa: S101  plain rows are
        if raw.headings not in layouts:
            layouts.append(raw.headings)
        facts = to_bytes(document).decode()
        layout = layouts.index(raw.headings)
        told = str(row.place), facts, layout, cells_text(raw)
        yield Version(row.code, 1, arrived.id, arrived.source, *told)
