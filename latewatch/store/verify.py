"""Does the memory still say what was said? Every seal is made anew: what does not fit was changed by hand."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, func, select

from latewatch.store import schema
from latewatch.store.facts import document_of, from_row
from latewatch.store.memory import SEALED, Version, batch_content, seal_of
from latewatch.written import FIELDS, from_document

_PAGE = 5_000
_UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, OverflowError, msgspec.MsgspecError)


class Damage(StrEnum):
    """What does not fit: in the chain of versions, among the batches, or in the table of what is alive."""

    VERSION = "version"
    GAP = "gap"
    COUNT = "count"
    ORPHANS = "orphans"
    BATCH = "batch"
    LOST_BATCH = "lost-batch"
    UNSEALED = "unsealed"
    STATE = "state"
    EDITED = "edited"
    NUMBER = "number"
    LOST = "lost"
    REVIVED = "revived"
    STRANGER = "stranger"


@dataclass(frozen=True, slots=True)
class Misfit:
    """One thing that does not fit, named by the code, version and batch it is about."""

    damage: Damage
    code: str = ""
    version: int | None = None
    batch: int | None = None
    found: int | None = None  # how many there are, of those that were sealed (`sealed`)
    sealed: int | None = None


@dataclass(slots=True)
class Walk:
    """What was met on the way along the chains."""

    versions: int = 0
    batches: int = 0
    dossiers: int = 0
    added: dict[int, int] = field(default_factory=dict)  # batch → versions
    newest: dict[int, str] = field(default_factory=dict)  # batch → hash of its last version

    def note(self, batch: int, sealed: str) -> None:
        """Count one version of `batch`."""
        self.versions += 1
        self.added[batch] = self.added.get(batch, 0) + 1
        self.newest[batch] = sealed


@dataclass(frozen=True, slots=True)
class Seal:
    """The seal of a batch, which covers all that was sealed before it."""

    batch: int
    seal: str


def newest_seal(connection: Connection) -> Seal | None:
    """Return the seal over everything the sources said so far."""
    table = schema.batch.c
    found = select(table.id, table.seal).where(table.seal_number.is_not(None))
    row = connection.execute(found.order_by(table.seal_number.desc()).limit(1)).first()
    return Seal(*row) if row else None


def sealed_as(connection: Connection, start: str) -> list[Seal]:
    """Return the batches whose seal begins with `start`."""
    table = schema.batch.c
    found = select(table.id, table.seal).where(table.seal.startswith(start, autoescape=True))
    return [Seal(*row) for row in connection.execute(found)]


def misfits(connection: Connection, walk: Walk) -> Iterator[Misfit]:
    """Yield what does not fit, in the view of one transaction; `walk` counts what was looked at."""
    with _as_it_is(connection):
        yield from _versions(connection, walk)
        yield from _gaps(connection)
        yield from _batches(connection, walk)
        yield from _dossiers(connection, walk)
        yield from _unlike(connection)
        yield from _lost(connection)


@contextmanager
def _as_it_is(connection: Connection) -> Iterator[None]:
    """Let SQLite hand over even what is no text any more."""
    driver: Any = connection.connection.dbapi_connection
    if connection.dialect.name != "sqlite":
        yield
        return
    driver.text_factory = lambda stored: stored.decode(errors="backslashreplace")
    try:
        yield
    finally:
        driver.text_factory = str


def _versions(connection: Connection, walk: Walk) -> Iterator[Misfit]:
    """Yield the versions whose hash is not the one over what they say and the hash before."""
    table = schema.record_version
    columns = [table.c[name] for name in ("id", *Version._fields, "hash")]
    hash_before, last_id = "", None
    ordered = select(*columns).order_by(table.c.id).limit(_PAGE)
    while True:
        page = ordered if last_id is None else ordered.where(table.c.id > last_id)
        rows = connection.execute(page).all()
        if not rows:
            return
        for row in rows:
            last_id, *content, sealed = row
            if seal_of(hash_before, content) != sealed:
                yield Misfit(Damage.VERSION, row.code, row.version, row.batch_id)
            hash_before = sealed
            walk.note(row.batch_id, sealed)


def _gaps(connection: Connection) -> Iterator[Misfit]:
    """Yield the versions that are missing between those of their dossier, or before them."""
    table = schema.record_version.c
    whole = (func.min(table.version) == 1) & (func.count() == func.max(table.version))
    for code in connection.execute(select(table.code).group_by(table.code).having(~whole)).scalars().all():
        numbers = connection.execute(select(table.version).where(table.code == code)).scalars().all()
        missing = sorted(set(range(1, len(numbers) + 1)) - set(numbers))
        yield Misfit(Damage.GAP, code, missing[0])


def _batches(connection: Connection, walk: Walk) -> Iterator[Misfit]:
    """Yield the batches that are not what was sealed, or have other versions than they added."""
    table = schema.batch.c
    undoing = _undoing(connection)
    seals = select(table.id, table.seal_number, table.seal, table.state, table.versions)
    last, expected = "", 1
    for row in connection.execute(seals.order_by(table.seal_number, table.id)):
        added = walk.added.pop(row.id, 0)
        if added != row.versions:
            yield Misfit(Damage.COUNT, batch=row.id, found=added, sealed=row.versions)
        if (row.state == "undone") != (row.id in undoing):
            yield Misfit(Damage.STATE, batch=row.id)
        if row.seal_number is None:
            if row.state in ("done", "undone"):
                yield Misfit(Damage.UNSEALED, batch=row.id)
            continue
        if row.seal_number != expected:
            yield Misfit(Damage.LOST_BATCH, batch=row.id, found=row.seal_number, sealed=expected)
        if row.state not in ("done", "undone") or not _is_sealed(connection, row, last, walk):
            yield Misfit(Damage.BATCH, batch=row.id)
        last, expected = row.seal, row.seal_number + 1
        walk.batches += 1
    for batch_id, added in walk.added.items():
        yield Misfit(Damage.ORPHANS, batch=batch_id, found=added)


def _undoing(connection: Connection) -> set[int | None]:
    table = schema.batch.c
    return set(connection.execute(select(table.undoes).where(table.undoes.is_not(None))).scalars())


def _is_sealed(connection: Connection, batch: Any, last: str, walk: Walk) -> bool:
    """Tell whether the seal is the one over what the batch says and the seal before; text may be garbled."""
    newest = walk.newest.get(batch.id, "")
    try:
        row = connection.execute(select(*SEALED).where(schema.batch.c.id == batch.id)).mappings().one()
        return bool(seal_of(last, batch_content(row, newest)) == batch.seal)
    except _UNREADABLE:
        return False


def _dossiers(connection: Connection, walk: Walk) -> Iterator[Misfit]:
    """Yield the dossiers that say something else than the version they are of."""
    dossier, version = schema.dossier, schema.record_version
    same = (version.c.code == dossier.c.code) & (version.c.version == dossier.c.version)
    stored = (dossier.c[name] for name in ("id", "version", "source", *FIELDS))
    columns = (*stored, version.c.facts, version.c.source.label("of"))
    statement = select(*columns).outerjoin(version, same)
    for row in _rows(connection, statement):
        walk.dossiers += 1
        if isinstance(row, Misfit):
            yield row
        elif row.facts is not None and not _says_the_same(row):
            yield Misfit(Damage.EDITED, row.code, row.version)


def _rows(connection: Connection, statement: Select[Any]) -> Iterator[Row[Any] | Misfit]:
    """Yield the dossiers, a page at a time; in the place of one that cannot be read, that it was edited."""
    table, last = schema.dossier.c, 0
    codes = select(table.id, table.code, table.version).order_by(table.id).limit(_PAGE)
    while known := connection.execute(codes.where(table.id > last)).all():
        last = known[-1].id
        try:
            yield from connection.execute(statement.where(table.id >= known[0].id, table.id <= last)).all()
        except _UNREADABLE:
            yield from _one_by_one(connection, statement, known)


def _one_by_one(
    connection: Connection, statement: Select[Any], known: Sequence[Any]
) -> Iterator[Row[Any] | Misfit]:
    for each in known:
        try:
            row = connection.execute(statement.where(schema.dossier.c.id == each.id)).one()
        except _UNREADABLE:
            yield Misfit(Damage.EDITED, each.code, each.version)
        else:
            yield row


def _says_the_same(row: Row[Any]) -> bool:
    """Compare as text, which is quick; an earlier release wrote the same facts in other letters."""
    if row.source != row.of:
        return False
    if document_of(row._mapping) == row.facts:
        return True
    try:
        return from_document(row.facts) == from_row(row._mapping)
    except _UNREADABLE:
        return False


def _newest() -> Any:
    table = schema.record_version.c
    return select(table.code, func.max(table.version).label("version")).group_by(table.code).subquery()


def _unlike(connection: Connection) -> Iterator[Misfit]:
    """Yield the dossiers that are not of the newest version of their code."""
    dossier, version, newest = schema.dossier.c, schema.record_version.c, _newest()
    statement = (
        select(dossier.code, dossier.version, newest.c.version.label("newest"), version.id, version.facts)
        .select_from(schema.dossier)
        .outerjoin(newest, newest.c.code == dossier.code)
        .outerjoin(
            schema.record_version, (version.code == newest.c.code) & (version.version == newest.c.version)
        )
        .where((newest.c.version.is_(None)) | (newest.c.version != dossier.version) | version.facts.is_(None))
    )
    for row in connection.execute(statement):
        if row.newest is None:
            yield Misfit(Damage.STRANGER, row.code, row.version)
        elif row.newest != row.version:
            yield Misfit(Damage.NUMBER, row.code, row.version, found=row.newest)
        else:
            yield Misfit(Damage.REVIVED, row.code, row.version)


def _lost(connection: Connection) -> Iterator[Misfit]:
    """Yield the dossiers that were never taken back and are gone."""
    dossier, version, newest = schema.dossier.c, schema.record_version.c, _newest()
    same = (version.code == newest.c.code) & (version.version == newest.c.version)
    statement = (
        select(version.code, version.version, version.batch_id)
        .select_from(schema.record_version)
        .join(newest, same)
        .outerjoin(schema.dossier, dossier.code == version.code)
        .where(dossier.id.is_(None), version.facts.is_not(None))
    )
    for row in connection.execute(statement):
        yield Misfit(Damage.LOST, row.code, row.version, row.batch_id)
