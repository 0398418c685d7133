"""Versions of the office's calendar edits: appended, never changed. The newest is the one in force."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from latewatch.store import schema


@dataclass(frozen=True, slots=True)
class CalendarVersion:
    """One version: who made it, when and why, and everything the office says beyond the files, as JSON."""

    number: int
    made_at: datetime
    author: str
    reason: str
    edits: Mapping[str, Any]


def newest_number(connection: Connection) -> int:
    """Return the number of the version in force; 0 where the files alone are."""
    return connection.execute(select(func.max(schema.calendar_version.c.id))).scalar() or 0


def newest_version(connection: Connection) -> CalendarVersion | None:
    found = versions(connection, limit=1)
    return found[0] if found else None


def versions(connection: Connection, limit: int | None = None) -> list[CalendarVersion]:
    """Return the versions, newest first."""
    table = schema.calendar_version
    rows = connection.execute(select(table).order_by(table.c.id.desc()).limit(limit)).mappings()
    return [
        CalendarVersion(row["id"], row["made_at"], row["author"], row["reason"], row["edits"]) for row in rows
    ]


def append_version(connection: Connection, version: CalendarVersion) -> None:
    """Add `version` under its own number: of two made at once, the database refuses one."""
    table = schema.calendar_version
    row = {name: getattr(version, name) for name in ("made_at", "author", "reason", "edits")}
    connection.execute(insert(table).values(id=version.number, **row))
