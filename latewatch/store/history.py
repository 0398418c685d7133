"""Reading the memory: every version of one record with the batch it came in, and the newest batches."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, RowMapping, Select, select

from latewatch.domain.dossier import Dossier
from latewatch.errors import StoreError
from latewatch.store import schema
from latewatch.written import from_document

_UNDO = schema.batch.alias("undo")
_BATCH = ("source", "origin", "state", "taken_at", "undoes", "author", "reason")
_LISTED = ("id", *_BATCH, "read", "new", "changed", "unchanged", "rejected", "problem", "sha256")


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """One version: what was known with it, and when it came from where.

    `facts` is None where the dossier was taken back; `undone_by` is the batch that took this version back.
    """

    version: int
    batch: int
    source: str
    origin: str
    taken_at: datetime
    place: str
    facts: Dossier | None
    raw: Mapping[str, Any]
    undoes: int | None
    undone_by: int | None
    author: str
    reason: str


def past_of(connection: Connection, code: str) -> list[Past]:
    """Return the versions of `code`, oldest first. Raises StoreError where one cannot be read any more."""
    version, batch = schema.record_version, schema.batch
    statement = (
        select(
            *(version.c[name] for name in ("version", "batch_id", "place", "facts", "layout", "raw")),
            *(batch.c[name] for name in (*_BATCH, "layouts")),
            _UNDO.c.id.label("undone_by"),
        )
        .join(batch, batch.c.id == version.c.batch_id)
        .outerjoin(_UNDO, _UNDO.c.undoes == batch.c.id)
        .where(version.c.code == code)
        .order_by(version.c.version)
    )
    return [_past(code, row) for row in connection.execute(statement).mappings()]


def _past(code: str, row: RowMapping) -> Past:
    try:
        facts = from_document(row["facts"]) if row["facts"] is not None else None
        raw = _raw(row)
    except (msgspec.MsgspecError, ValueError, LookupError, TypeError, AttributeError) as e:
        where = f"phiên bản {row['version']} của hồ sơ {code}"
        raise StoreError(f"{where} không còn đọc được; hãy chạy `latewatch verify`") from e
    return Past(
        version=row["version"],
        batch=row["batch_id"],
        source=row["source"],
        origin=row["origin"],
        taken_at=row["taken_at"],
        place=row["place"],
        facts=facts,
        raw=raw,
        undoes=row["undoes"],
        undone_by=row["undone_by"],
        author=row["author"] or "",
        reason=row["reason"] or "",
    )


def _raw(row: RowMapping) -> dict[str, Any]:
    """Return the record as it was; the cells of a sheet under the headings of their layout."""
    said = msgspec.json.decode(row["raw"])
    if row["layout"] is None:
        return dict(said)
    headings = row["layouts"][row["layout"]]
    return {heading: text for heading, text in zip(headings, said, strict=False) if text}


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One batch as it is listed: what it did in numbers of rows, and what became of it."""

    id: int
    source: str
    origin: str
    state: str
    taken_at: datetime
    undoes: int | None
    author: str | None
    reason: str | None
    read: int
    new: int
    changed: int
    unchanged: int
    rejected: int
    problem: str
    sha256: str
    undone_by: int | None

    @property
    def is_run(self) -> bool:
        """Whether it was a run over an interface, and no file."""
        return not self.sha256 and self.undoes is None and self.state not in ("failed", "cured")


def newest_taken(connection: Connection, most: int, source: str = "") -> list[Taken]:
    """Return the newest batches, at most so many, the newest first; with `source` only its own."""
    table = schema.batch
    found = _listed().order_by(table.c.id.desc()).limit(most)
    if source:
        found = found.where(table.c.source == source)
    return [Taken(**row) for row in connection.execute(found).mappings()]


def taken(connection: Connection, number: int) -> Taken | None:
    """Return the batch with this number."""
    row = connection.execute(_listed(schema.batch.c.id == number)).mappings().first()
    return Taken(**row) if row else None


def _listed(*conditions: ColumnElement[bool]) -> Select[Any]:
    table = schema.batch
    columns = (*(table.c[name] for name in _LISTED), _UNDO.c.id.label("undone_by"))
    return select(*columns).outerjoin(_UNDO, _UNDO.c.undoes == table.c.id).where(*conditions)
