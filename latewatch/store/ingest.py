"""What changed? One batch goes in as one transaction: all of it, or nothing."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from latewatch.domain.dossier import Dossier
from latewatch.domain.fitting import fitted
from latewatch.domain.record import Reading, Rejected, Reported
from latewatch.domain.suspension import observe, told
from latewatch.progress import Progress, silent
from latewatch.store import schema
from latewatch.store.database import insert_or_else
from latewatch.store.facts import from_row, to_json, to_row, updated

CHUNK = 500  # codes asked for in one statement, below every database's limit of parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One file as read: where it came from, and what is in it."""

    source: str
    origin: str
    sha256: str
    profile: str
    taken_at: datetime
    reading: Reading


@dataclass(slots=True)
class Intake:
    """What a batch did, in numbers of rows."""

    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0

    def add(self, other: "Intake") -> None:
        self.read += other.read
        self.new += other.new
        self.changed += other.changed
        self.unchanged += other.unchanged
        self.rejected += other.rejected


def is_known(connection: Connection, source: str, origin: str, sha256: str, profile: str) -> bool:
    """Tell whether there is nothing new in these bytes of the file `origin`, read with this profile.

    They are what this file held when it was last taken; or, where the file is new, what another one held: a
    copy of an old export must not undo a newer one. There is something new in a file whose dossiers were not
    known when it was taken, once one of them is.
    """
    table = schema.batch.c
    columns = (table.sha256, table.profile, table.awaited)
    done = select(*columns).where(table.source == source, table.state == "done").order_by(table.id.desc())
    last = connection.execute(done.where(table.origin == origin).limit(1)).first()
    if last is None:
        same = done.where(table.sha256 == sha256, table.profile == profile)
        last = connection.execute(same.limit(1)).first()
    if last is None or (last.sha256, last.profile) != (sha256, profile):
        return False
    return not _has_any(connection, last.awaited or ())


def has_awaited(connection: Connection, source: str) -> bool:
    """Tell whether a dossier has come that the last file of `source` spoke of too early."""
    table = schema.batch.c
    newest = select(table.awaited).where(table.source == source, table.state == "done")
    awaited = connection.execute(newest.order_by(table.id.desc()).limit(1)).scalar()
    return _has_any(connection, awaited or ())


def _has_any(connection: Connection, codes: Sequence[str]) -> bool:
    column = schema.dossier.c.code
    parts = (codes[start : start + CHUNK] for start in range(0, len(codes), CHUNK))
    return any(
        connection.execute(select(column).where(column.in_(part)).limit(1)).first() is not None
        for part in parts
    )


def lost_fields(connection: Connection, source: str, fields: frozenset[str]) -> frozenset[str]:
    """Return fields the last file of `source` had and this one lacks; none where such a file came before."""
    table = schema.batch.c
    seen = (
        connection.execute(
            select(table.fields)
            .where(table.source == source, table.state == "done")
            .order_by(table.id.desc())
        )
        .scalars()
        .all()
    )
    known = [frozenset(each) for each in seen]
    if not known or fields in known:
        return frozenset()
    return known[0] - fields


def ingest(connection: Connection, batch: Batch, progress: Progress = silent) -> Intake:
    """Write `batch` into the open transaction and say what it did.

    A dossier gets a new version only when a fact changed. Events of a dossier nobody reported yet wait for
    it. The caller commits.
    """
    reading = batch.reading
    intake = Intake(reading.read, unchanged=reading.repeated)
    rejected = list(reading.rejected)
    awaited: list[str] = []
    batch_id = _insert_batch(connection, batch)
    new: list[tuple[Dossier, Reported]] = []
    changed: list[_Change] = []
    for start in progress(range(0, len(reading.reported), CHUNK), f"Ghi {batch.origin}"):
        chunk = reading.reported[start : start + CHUNK]
        known = _known(connection, [row.code for row in chunk])
        for row in chunk:
            before = known.get(row.code)
            taken, misfits = fitted(row, before.dossier if before else None)
            rejected += misfits
            if taken is None:
                awaited += [] if before else [row.code]
                continue
            after = _after(before, taken, batch.taken_at)
            if before is None:
                new.append((after, taken))
            elif after != before.dossier:
                source = before.source if taken.events else batch.source
                changed.append(_Change(before.id, before.version + 1, after, taken, source))
            else:
                intake.unchanged += taken.rows
    _insert_new(connection, batch_id, batch.source, new)
    _insert_changes(connection, batch_id, changed)
    _insert_rejections(connection, batch_id, rejected)
    intake.new, intake.changed = len(new), sum(each.row.rows for each in changed)
    intake.rejected = len(rejected)
    numbers: dict[str, Any] = {name: getattr(intake, name) for name in intake.__slots__}
    changes = update(schema.batch).where(schema.batch.c.id == batch_id)
    connection.execute(changes.values(**numbers, awaited=awaited or None))
    return intake


def _after(before: "_Known | None", row: Reported, at: datetime) -> Dossier:
    """Return the dossier as it is known after `row`; who says nothing of a fact leaves it as it was."""
    known = before.dossier if before else None
    facts = dict(row.facts)
    if known and "suspensions" in facts:
        facts["suspensions"] = told(known.suspensions, facts["suspensions"])
    return observe(updated(known, row.code, facts), at)


@dataclass(frozen=True, slots=True)
class _Known:
    id: int
    version: int
    dossier: Dossier
    source: str


@dataclass(frozen=True, slots=True)
class _Change:
    id: int
    version: int
    dossier: Dossier
    row: Reported
    source: str  # that reported the dossier; a list of events does not


def _known(connection: Connection, codes: list[str]) -> dict[str, _Known]:
    rows = connection.execute(select(schema.dossier).where(schema.dossier.c.code.in_(codes)))
    return {row.code: _Known(row.id, row.version, from_row(row._mapping), row.source) for row in rows}


def _insert_batch(connection: Connection, batch: Batch) -> int:
    values = {
        "source": batch.source,
        "origin": batch.origin,
        "sha256": batch.sha256,
        "profile": batch.profile,
        "state": "done",
        "taken_at": batch.taken_at,
        "fields": sorted(batch.reading.fields),
        "warnings": list(batch.reading.warnings),
        "problem": "",
        **dict.fromkeys(Intake.__slots__, 0),
    }
    batch_id: int = connection.execute(insert(schema.batch).returning(schema.batch.c.id), values).scalar_one()
    return batch_id


def _insert_new(
    connection: Connection, batch_id: int, source: str, new: list[tuple[Dossier, Reported]]
) -> None:
    if not new:
        return
    rows = [{**to_row(dossier), "version": 1, "source": source} for dossier, _ in new]
    table = schema.dossier
    ids = {
        row.code: row.id
        for row in connection.execute(insert(table).returning(table.c.id, table.c.code), rows)
    }
    changes = [_Change(ids[dossier.code], 1, dossier, row, source) for dossier, row in new]
    connection.execute(insert(schema.dossier_version), list(_versions(batch_id, changes)))


def _insert_changes(connection: Connection, batch_id: int, changed: list[_Change]) -> None:
    if not changed:
        return
    table = schema.dossier
    rows = [
        {"b_" + name: value for name, value in to_row(each.dossier).items()}
        | {"b_version": each.version, "b_id": each.id, "b_source": each.source}
        for each in changed
    ]
    columns: dict[str, Any] = {
        name: bindparam("b_" + name) for name in (*to_row(changed[0].dossier), "version", "source")
    }
    connection.execute(update(table).where(table.c.id == bindparam("b_id")).values(columns), rows)
    connection.execute(insert(schema.dossier_version), list(_versions(batch_id, changed)))


def _versions(batch_id: int, changes: Iterable[_Change]) -> Iterator[dict[str, Any]]:
    for each in changes:
        yield {
            "dossier_id": each.id,
            "version": each.version,
            "batch_id": batch_id,
            "place": str(each.row.place),
            "facts": to_json(each.dossier),
            "raw": dict(each.row.raw),
        }


def _insert_rejections(connection: Connection, batch_id: int, rejected: Sequence[Rejected]) -> None:
    rows = [
        {
            "batch_id": batch_id,
            "file": each.place.file,
            "sheet": each.place.sheet,
            "row": each.place.row,
            "column": each.column,
            "reason": each.reason,
            "raw": dict(each.raw),
        }
        for each in rejected
    ]
    if rows:
        connection.execute(insert(schema.rejection), rows)


def note_failure(connection: Connection, source: str, origin: str, problem: str, now: datetime) -> int:
    """Keep that `origin`, a file or the source itself, could not be read; a lasting failure is one row.

    Return the id of that row.
    """
    table = schema.batch
    same = (table.c.source == source) & (table.c.origin == origin) & (table.c.problem == problem)
    lasting = update(table).where(same, table.c.state == "failed").values(taken_at=now).returning(table.c.id)
    known: int | None = connection.execute(lasting).scalar()
    if known is not None:
        return known
    failed: dict[str, Any] = {"source": source, "origin": origin, "state": "failed", "problem": problem}
    nothing = {
        "sha256": "",
        "profile": "",
        "fields": [],
        "warnings": [],
        **dict.fromkeys(Intake.__slots__, 0),
    }
    statement = insert(table).values(taken_at=now, **failed, **nothing).returning(table.c.id)
    made: int = connection.execute(statement).scalar_one()
    return made


def cure_failures(connection: Connection, source: str, met: Collection[int]) -> None:
    """Mark the failures of `source` as cured, but for those of the ids `met` in this run."""
    table = schema.batch
    gone = (table.c.source == source) & (table.c.state == "failed") & table.c.id.not_in(met)
    connection.execute(update(table).where(gone).values(state="cured"))


def read_cursor(connection: Connection, source: str) -> dict[str, str]:
    """Return what the next request to `source` needs to ask only for something newer."""
    state = connection.execute(select(schema.cursor.c.state).where(schema.cursor.c.source == source)).scalar()
    return dict(state or {})


def write_cursor(connection: Connection, source: str, state: Mapping[str, str]) -> None:
    """Keep the cursor, in the transaction of the batch it belongs to."""
    statement = insert_or_else(connection, schema.cursor).values(source=source, state=dict(state))
    connection.execute(
        statement.on_conflict_do_update(index_elements=["source"], set_={"state": dict(state)})
    )
