"""Frozen reports: appended, each sealed by a hash over itself and the one before it; never changed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, select

from latewatch.store import schema
from latewatch.store.database import insert_or_else
from latewatch.store.memory import newest_hash, seal_of

JOB = "frozen-reports"  # under which the number of the newest one is kept
_TABLE = schema.frozen_report
_BYTES = ("placing", "xlsx", "pdf", "pictures")


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What one report is of: one is frozen for each of them, and versions that supersede it."""

    form: str
    unit: str
    first: date
    last: date
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """What was known: the newest version of a record with its hash, and the newest step of a letter."""

    position: int
    position_hash: str
    letters: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """One frozen report, without its bytes. `number` counts all of them, from 1."""

    number: int = 0
    form: str
    unit: str
    first: date
    last: date
    title: str
    rule: str
    version: int
    made_at: datetime
    author: str
    reason: str
    content: str
    calendar_number: int
    calendar_version: str
    rules: str
    position: int
    position_hash: str
    letters: int
    hash: str = ""

    @property
    def key(self) -> Key:
        return Key(form=self.form, unit=self.unit, first=self.first, last=self.last, rule=self.rule)


_STATED = tuple(each.name for each in fields(Frozen) if each.name not in ("number", "hash"))


def position(connection: Connection) -> Position:
    """Return what the database knows now."""
    versions, letters = schema.record_version.c, schema.letter_change.c
    return Position(
        position=connection.execute(select(func.max(versions.id))).scalar() or 0,
        position_hash=newest_hash(connection),
        letters=connection.execute(select(func.max(letters.id))).scalar() or 0,
    )


def append(connection: Connection, report: Frozen, parts: Mapping[str, bytes]) -> Frozen:
    """Seal `report` with its bytes (`placing`, `xlsx`, `pdf`, `pictures`) after the last one, and keep it."""
    last = connection.execute(
        select(_TABLE.c.id, _TABLE.c.hash).order_by(_TABLE.c.id.desc()).limit(1)
    ).first()
    number, before = (last.id + 1, last.hash) if last else (1, "")
    values = {name: getattr(report, name) for name in _STATED} | dict(parts)
    sealed = seal_of(before, sealed_content({"id": number, **values}))
    connection.execute(insert(_TABLE).values(id=number, hash=sealed, **values))
    kept = insert_or_else(connection, schema.mark).values(job=JOB, reached=number)
    connection.execute(kept.on_conflict_do_update(index_elements=["job"], set_={"reached": number}))
    return replace(report, number=number, hash=sealed)


def sealed_content(row: Mapping[str, Any]) -> list[Any]:
    """Return what the seal of a report covers: everything but the seal itself."""
    stated = [row[name].isoformat() if name == "made_at" else row[name] for name in ("id", *_STATED)]
    return [*stated, *(sha256(row[name]).hexdigest() for name in _BYTES)]


def frozen(connection: Connection, *conditions: ColumnElement[bool]) -> list[Frozen]:
    """Return the reports that meet `conditions`, in the order in which they were frozen."""
    columns = [_TABLE.c.id.label("number"), *(_TABLE.c[name] for name in (*_STATED, "hash"))]
    found = select(*columns).where(*conditions).order_by(_TABLE.c.id)
    return [Frozen(**row) for row in connection.execute(found).mappings()]


def in_force(connection: Connection, *conditions: ColumnElement[bool]) -> list[Frozen]:
    """Return of every report the newest version."""
    newest: dict[Key, Frozen] = {}
    for each in frozen(connection, *conditions):
        newest[each.key] = each
    return list(newest.values())


def of_key(connection: Connection, key: Key) -> list[Frozen]:
    """Return every version of the report of `key`, the first one first."""
    return frozen(connection, *(_TABLE.c[each.name] == getattr(key, each.name) for each in fields(key)))


def numbered(connection: Connection, number: int) -> Frozen | None:
    return next(iter(frozen(connection, _TABLE.c.id == number)), None)


def ended_on(last: date) -> ColumnElement[bool]:
    """Select the reports of periods that ended on `last`."""
    return _TABLE.c.last == last


def ended_since(day: date) -> ColumnElement[bool]:
    """Select the reports of periods that ended on `day` or later."""
    return _TABLE.c.last >= day


def part(connection: Connection, number: int, name: str) -> bytes:
    """Return one of the bytes of a report: `placing`, `xlsx`, `pdf` or `pictures`."""
    return bytes(connection.execute(select(_TABLE.c[name]).where(_TABLE.c.id == number)).scalar_one())


def chain(connection: Connection) -> Iterator[tuple[int, str, Mapping[str, Any] | None]]:
    """Yield number, seal and the whole of every report, in order; None for one that cannot be read."""
    for number, seal in connection.execute(select(_TABLE.c.id, _TABLE.c.hash).order_by(_TABLE.c.id)).all():
        try:
            row = connection.execute(select(_TABLE).where(_TABLE.c.id == number)).mappings().one()
        except (ValueError, TypeError, AttributeError):
            yield number, seal, None
        else:
            yield number, seal, dict(row)


def newest_number(connection: Connection) -> int:
    """Return the number of the report frozen last, as it was noted beside them."""
    table = schema.mark.c
    return connection.execute(select(table.reached).where(table.job == JOB)).scalar() or 0
