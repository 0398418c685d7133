"""What changed? A part of a batch goes in as one transaction: all of it, or nothing."""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from latewatch.domain.dossier import Dossier
from latewatch.domain.fitting import fitted, joined_stages
from latewatch.domain.reading import Reading
from latewatch.domain.record import Cells, Rejected, Reported
from latewatch.domain.suspension import observe, told
from latewatch.store import schema
from latewatch.store.batches import (
    CHUNK,
    Account,
    Arrival,
    Intake,
    account_of,
    close_batch,
    open_batch,
    write_account,
)
from latewatch.store.facts import cells_text, from_row, updated
from latewatch.store.memory import Version, append, newest_versions
from latewatch.store.newcomers import parted, write_newcomers
from latewatch.store.rows import insert_rows, update_rows
from latewatch.written import FIELDS, to_document, to_text, to_values

_REJECTION = ("batch_id", "file", "sheet", "row", "column", "reason", "raw", "code")


def ingest(
    connection: Connection,
    arrival: Arrival,
    parts: Iterable[Reading],
    known: Container[str] | None = None,
) -> Intake:
    """Take in all parts of a file in the open transaction, and say what they did. The caller commits.

    `known` are the codes that may be stored already; without it the store is asked for each.
    """
    batch = Batch(open_batch(connection, arrival), arrival.source, arrival.taken_at)
    account = Account()
    for part in parts:
        _take(connection, batch, part, known, account)
    write_account(connection, batch.id, account)
    close_batch(connection, batch.id)
    return account.intake


@dataclass(frozen=True, slots=True)
class Batch:
    """An open batch of a source, begun at `taken_at`."""

    id: int
    source: str
    taken_at: datetime


def take(
    connection: Connection,
    batch: Batch,
    part: Reading,
    known: Container[str] | None = None,
) -> Intake:
    """Take one part into its batch. A dossier gets a new version only when a fact changed.

    Events of a dossier nobody reported yet wait for it.
    """
    account = account_of(connection, batch.id)
    intake = _take(connection, batch, part, known, account)
    write_account(connection, batch.id, account)
    return intake


def _take(
    connection: Connection, batch: Batch, part: Reading, known: Container[str] | None, account: Account
) -> Intake:
    """Take one part in, and add what it did to the account of its batch."""
    plain, others = parted(part.plain, None if _has_undone(connection) else known)
    write_newcomers(connection, batch, plain, account.layouts)
    found = _compare(connection, batch, [*others, *part.reported], known)
    found.rejected = [*part.rejected, *found.rejected]
    found.unchanged += part.repeated + len(part.same)
    _write_new(connection, batch, found.new)
    _write_changes(connection, found.changed)
    append(connection, _versions(batch, found, account.layouts))
    _write_digests(connection, found.reworded)
    _write_rejections(connection, batch.id, found.rejected)
    intake = Intake(
        read=part.read,
        new=len(plain) + len(found.new),
        changed=sum(each.row.rows for each in found.changed),
        unchanged=found.unchanged,
        rejected=len(found.rejected),
    )
    account.hear(part)
    account.intake.add(intake)
    account.awaited += found.awaited
    account.versions += len(plain) + len(found.new) + len(found.changed)
    return intake


@dataclass(frozen=True, slots=True)
class _Known:
    id: int
    version: int
    dossier: Dossier
    source: str
    digest: str


@dataclass(slots=True)
class _Change:
    """A dossier as it is after a row; `id` is 0 where it is new."""

    id: int
    version: int
    dossier: Dossier
    values: list[Any]
    row: Reported
    source: str  # that reported the dossier; a list of events does not
    digest: str | None


@dataclass(slots=True)
class _Found:
    """What a part says, compared with what is stored."""

    rejected: list[Rejected] = field(default_factory=list)
    unchanged: int = 0
    new: list[_Change] = field(default_factory=list)
    changed: list[_Change] = field(default_factory=list)
    awaited: list[str] = field(default_factory=list)
    reworded: list[tuple[str, int]] = field(default_factory=list)  # rows whose words changed, not their facts


def _compare(
    connection: Connection,
    batch: Batch,
    reported: Sequence[Reported],
    stored: Container[str] | None,
) -> _Found:
    found = _Found()
    for start in range(0, len(reported), CHUNK):
        rows = reported[start : start + CHUNK]
        known = _known(connection, [row.code for row in rows if stored is None or row.code in stored])
        versions = _earlier_versions(connection, rows, known)
        for row in rows:
            _sort(batch, row, known.get(row.code), versions.get(row.code, 0), found)
    return found


def _sort(batch: Batch, row: Reported, before: _Known | None, version: int, found: _Found) -> None:
    taken, misfits = fitted(row, before.dossier if before else None)
    found.rejected += misfits
    if taken is None:
        found.awaited += [row.code] if row.events and before is None else []
        return
    after = _after(before, taken, batch.taken_at)
    digest = _lasting_digest(taken, after, batch.taken_at)
    if before is None:
        found.new.append(_Change(0, version + 1, after, to_values(after), taken, batch.source, digest))
    elif after != before.dossier:
        is_other = bool(taken.events) or taken.adds
        source = before.source if is_other else batch.source
        kept = before.digest if is_other else digest
        change = _Change(before.id, before.version + 1, after, to_values(after), taken, source, kept)
        found.changed.append(change)
    else:
        found.unchanged += taken.rows
        if digest and before.source == batch.source and digest != before.digest:
            found.reworded.append((digest, before.id))


def _after(before: _Known | None, row: Reported, at: datetime) -> Dossier:
    """Return the dossier as it is known after `row`; who says nothing of a fact leaves it as it was."""
    known = before.dossier if before else None
    facts = dict(row.facts)
    if known and row.adds and "stages" in facts:
        facts["stages"] = joined_stages(known.stages, facts["stages"])
    if known and "suspensions" in facts:
        facts["suspensions"] = told(known.suspensions, facts["suspensions"])
    return observe(updated(known, row.code, facts), at)


def _lasting_digest(row: Reported, dossier: Dossier, at: datetime) -> str | None:
    """Return the digest under which the same row says nothing new later.

    Of a receipt that lies ahead nobody can say so: what its status tells is observed only after it.
    """
    is_ahead = dossier.received_at is not None and dossier.received_at > at
    return None if is_ahead else row.digest or None


def _known(connection: Connection, codes: list[str]) -> dict[str, _Known]:
    if not codes:
        return {}
    rows = connection.execute(select(schema.dossier).where(schema.dossier.c.code.in_(codes)))
    return {
        row.code: _Known(row.id, row.version, from_row(row._mapping), row.source, row.digest or "")
        for row in rows
    }


def _earlier_versions(
    connection: Connection, rows: Sequence[Reported], known: dict[str, _Known]
) -> dict[str, int]:
    """Return the newest version of dossiers that were taken back once: their memory goes on from there."""
    strangers = [row.code for row in rows if row.code not in known]
    if not strangers or not _has_undone(connection):
        return {}
    return newest_versions(connection, strangers)


def _has_undone(connection: Connection) -> bool:
    undone = select(schema.batch.c.id).where(schema.batch.c.undoes.is_not(None)).limit(1)
    return connection.execute(undone).first() is not None


def _write_new(connection: Connection, batch: Batch, new: list[_Change]) -> None:
    names = (*FIELDS, "version", "source", "digest")
    rows = ([*each.values, each.version, each.source, each.digest] for each in new)
    insert_rows(connection, schema.dossier, names, rows)


def _write_changes(connection: Connection, changed: list[_Change]) -> None:
    names = (*FIELDS, "version", "source", "digest")
    rows = ([*each.values, each.version, each.source, each.digest, each.id] for each in changed)
    update_rows(connection, schema.dossier, names, rows)


def _write_digests(connection: Connection, reworded: list[tuple[str, int]]) -> None:
    update_rows(connection, schema.dossier, ("digest",), map(list, reworded))


def _versions(batch: Batch, found: _Found, layouts: list[tuple[str, ...]]) -> Iterator[Version]:
    """Yield what is kept for good, and add the headings nobody met before to `layouts`."""
    for each in (*found.new, *found.changed):
        layout, raw = _raw(each.row, layouts)
        yield Version(
            code=each.dossier.code,
            version=each.version,
            batch_id=batch.id,
            source=each.source,
            place=str(each.row.place),
            facts=to_document(each.values),
            layout=layout,
            raw=raw,
        )


def _raw(row: Reported, layouts: list[tuple[str, ...]]) -> tuple[int | None, str]:
    if not isinstance(row.raw, Cells):
        return None, to_text(row.raw)
    headings = row.raw.headings
    if headings not in layouts:
        layouts.append(headings)
    return layouts.index(headings), cells_text(row.raw)


def _write_rejections(connection: Connection, batch_id: int, rejected: list[Rejected]) -> None:
    rows = (
        [
            batch_id,
            each.place.file,
            each.place.sheet,
            each.place.row,
            each.column,
            each.reason,
            each.raw.whole() if isinstance(each.raw, Cells) else dict(each.raw),
            each.code,
        ]
        for each in rejected
    )
    insert_rows(connection, schema.rejection, _REJECTION, rows)
