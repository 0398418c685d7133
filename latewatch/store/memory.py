"""What the sources said, version by version, each sealed by a hash over itself and the one before it."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, func, select, update

from latewatch.packed import Lines, Same
from latewatch.store import schema
from latewatch.store.rows import insert_columns
from latewatch.written import to_text

_PAGE = 10_000


class Version(NamedTuple):
    """One thing a source said of a dossier. `facts` is None where the dossier was taken back."""

    code: str
    version: int
    batch_id: int
    source: str
    place: str
    facts: str | None
    layout: int | None
    raw: str


def append(connection: Connection, versions: Iterable[Version]) -> None:
    """Seal `versions` and keep them for good, after all that are there."""
    columns = list(zip(*versions, strict=True))
    if columns:
        append_columns(connection, columns)


def append_columns(connection: Connection, columns: Sequence[Sequence[Any]]) -> None:
    """Do the same with versions that are given as the columns of `Version`."""
    hashes = list(_seals(newest_hash(connection), columns))
    insert_columns(connection, schema.record_version, (*Version._fields, "hash"), [*columns, hashes])


def newest_hash(connection: Connection) -> str:
    """Return the hash over everything that was ever said; empty where nothing was."""
    table = schema.record_version.c
    return connection.execute(select(table.hash).order_by(table.id.desc()).limit(1)).scalar() or ""


def _seals(last: str, columns: Sequence[Sequence[Any]]) -> Iterator[str]:
    """Yield the seal of each row, after the seal `last`."""
    for parts in zip(*map(_encoded, columns), strict=True):
        last = _seal(last.encode(), *parts)
        yield last


def _encoded(column: Sequence[Any]) -> list[bytes]:
    if isinstance(column, Lines):
        return column.encoded
    if isinstance(column, Same):
        return _encoded([column.value]) * len(column)
    return [part.encode() if type(part) is str else _json(part) for part in column]


def _json(part: Any) -> bytes:
    return _number(part) if type(part) is int else to_text(part).encode()


@lru_cache
def _number(part: int) -> bytes:
    return to_text(part).encode()


def seal_of(last: str, content: Iterable[Any]) -> str:
    """Return the seal (SHA-256) over `content` and the seal before it.

    Parts are told apart by a zero byte, which no text here holds; what is no text stands as JSON.
    """
    return _seal(last.encode(), *_encoded(list(content)))


def _seal(*parts: bytes) -> str:
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def seal_batch(connection: Connection, batch_id: int) -> None:
    """Seal what is known of a finished batch, its versions included, after the batch sealed last."""
    table, version = schema.batch, schema.record_version.c
    before = select(table.c.seal_number, table.c.seal).where(table.c.seal_number.is_not(None))
    last = connection.execute(before.order_by(table.c.seal_number.desc()).limit(1)).first()
    number, seal = (last.seal_number, last.seal) if last else (0, "")
    row = connection.execute(select(*SEALED).where(table.c.id == batch_id)).mappings().one()
    hashes = select(version.hash).where(version.batch_id == batch_id)
    newest = connection.execute(hashes.order_by(version.id.desc()).limit(1)).scalar() or ""
    sealed = {"seal_number": number + 1, "seal": seal_of(seal, batch_content(row, newest))}
    connection.execute(update(table).where(table.c.id == batch_id).values(sealed))


_SAYS = ("id", "source", "origin", "sha256", "profile", "fields", "layouts", "undoes", "author", "reason")
_COUNTS = ("read", "new", "changed", "unchanged", "rejected", "versions")
SEALED = [schema.batch.c[name] for name in (*_SAYS, *_COUNTS, "taken_at")]


def batch_content(row: Any, newest: str) -> list[Any]:
    """Return what the seal of a batch covers: what never changes once it is done.

    `newest` is the hash of the last version it added, and so over everything that was said before.
    """
    return [*(row[name] for name in (*_SAYS, *_COUNTS)), row["taken_at"].isoformat(), newest]


def seal_all(connection: Connection) -> None:
    """Seal what an earlier release kept without seals."""
    table = schema.record_version
    names = [table.c[name] for name in Version._fields]
    last, last_id = "", 0
    change = update(table).where(table.c.id == bindparam("id_")).values(hash=bindparam("hash_"))
    while True:
        page = select(table.c.id, *names).where(table.c.id > last_id).order_by(table.c.id).limit(_PAGE)
        rows = connection.execute(page).all()
        if not rows:
            break
        seals = []
        for last_id, *content in rows:
            last = seal_of(last, content)
            seals.append({"id_": last_id, "hash_": last})
        connection.execute(change, seals)
    batch = schema.batch.c
    done = select(batch.id).where(batch.state == "done").order_by(batch.id)
    for batch_id in connection.execute(done).scalars().all():
        seal_batch(connection, batch_id)


def newest_versions(connection: Connection, codes: list[str]) -> dict[str, int]:
    """Return the number of the newest version ever kept of each of `codes`."""
    table = schema.record_version.c
    found = select(table.code, func.max(table.version)).where(table.code.in_(codes)).group_by(table.code)
    return {row[0]: row[1] for row in connection.execute(found)}
