"""New dossiers, many at once, column by column: a first import brings a hundred thousand of them.

What is written is what `ingest` writes of each alone; a test holds the two together.
"""

from collections.abc import Container, Sequence
from datetime import datetime
from itertools import repeat
from typing import Any, Protocol

from sqlalchemy import Connection

from latewatch.domain.reading import NO_ROWS, PlainRows
from latewatch.domain.record import Reported
from latewatch.domain.suspension import interrupts
from latewatch.packed import NEVER, Moments, Same
from latewatch.store import schema
from latewatch.store.memory import append_columns
from latewatch.store.rows import insert_columns
from latewatch.written import FIELDS, to_columns, to_documents


class Arrived(Protocol):
    """The batch they came in."""

    @property
    def id(self) -> int: ...
    @property
    def source(self) -> str: ...
    @property
    def taken_at(self) -> datetime: ...


def parted(rows: PlainRows, known: Container[str] | None) -> tuple[PlainRows, list[Reported]]:
    """Return the rows of new dossiers of which they say all there is to say, and all others.

    `known` are the codes that may be stored already; without it nobody can say.
    """
    if known is None or not rows:
        return NO_ROWS, list(rows)
    pairs = zip(rows.codes, rows.facts["status"], strict=True)
    is_new = [code not in known and not interrupts(status) for code, status in pairs]
    return rows.those(is_new), list(rows.those([not new for new in is_new]))


def write_newcomers(
    connection: Connection, arrived: Arrived, rows: PlainRows, layouts: list[tuple[str, ...]]
) -> None:
    """Write new dossiers and the first version of each; add their headings to `layouts`."""
    if not rows:
        return
    columns = to_columns(rows.codes, rows.facts)
    marks = {
        "version": Same(1, len(rows)),
        "source": Same(arrived.source, len(rows)),
        "digest": _digests(rows, arrived.taken_at),
    }
    insert_columns(connection, schema.dossier, (*FIELDS, *marks), [*columns, *marks.values()])
    facts = rows.documents or to_documents(columns)
    append_columns(connection, _versions(arrived, rows, facts, layouts))


def _digests(rows: PlainRows, at: datetime) -> list[str | None]:
    """Return the fingerprints, unless the receipt lies ahead (see `ingest`)."""
    receipts = Moments.of(rows.facts["received_at"]).seconds if "received_at" in rows.facts else repeat(NEVER)
    pairs, ahead = zip(rows.digests, receipts, strict=False), at.timestamp()
    return [None if receipt > ahead else digest or None for digest, receipt in pairs]


def _versions(
    arrived: Arrived, rows: PlainRows, facts: Sequence[str], layouts: list[tuple[str, ...]]
) -> list[Sequence[Any]]:
    """Return the columns of `Version`."""
    if rows.headings not in layouts:
        layouts.append(rows.headings)
    same = (1, arrived.id, arrived.source, layouts.index(rows.headings))
    version, batch, source, layout = (Same(value, len(rows)) for value in same)
    places = rows.sheet.names_of(rows.numbers)
    return [rows.codes, version, batch, source, places, facts, layout, rows.written]
