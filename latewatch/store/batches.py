"""Batches: what each run brought of each source, from its opening to its seal; failures; cursors."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from latewatch.domain.reading import Reading
from latewatch.store import schema
from latewatch.store.database import insert_or_else
from latewatch.store.memory import seal_batch

CHUNK = 500  # codes asked for in one statement, below every database's limit of parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A file, or a run over an interface, as it is taken in: where it came from, read with which profile."""

    source: str
    origin: str
    sha256: str
    profile: str
    taken_at: datetime
    undoes: int | None = None
    author: str | None = None
    reason: str | None = None


@dataclass(slots=True)
class Intake:
    """What a batch did, in numbers of rows."""

    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0

    def add(self, other: "Intake") -> None:
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))


def open_batch(connection: Connection, arrival: Arrival) -> int:
    """Return the id of a new batch, open until `close_batch`."""
    values = {
        **{each.name: getattr(arrival, each.name) for each in fields(arrival)},
        "state": "running",
        "fields": [],
        "warnings": [],
        "problem": "",
        **dict.fromkeys(Intake.__slots__, 0),
    }
    batch_id: int = connection.execute(insert(schema.batch).returning(schema.batch.c.id), values).scalar_one()
    return batch_id


def running_batch(connection: Connection, source: str, profile: str) -> int | None:
    """Return the batch that an interrupted run over the interface of `source` left open.

    One that was read with another profile is closed: what it brought stays, and is asked for anew.
    """
    table = schema.batch.c
    running = (table.source == source) & (table.state == "running")
    found = connection.execute(select(table.id, table.profile).where(running).order_by(table.id)).all()
    for batch_id, read_with in found:
        if read_with != profile:
            close_batch(connection, batch_id)
    return next((batch_id for batch_id, read_with in found if read_with == profile), None)


@dataclass(slots=True)
class Account:
    """What some parts of a batch said and did, as its row tells it."""

    intake: Intake = field(default_factory=Intake)
    fields: set[str] = field(default_factory=set)
    warnings: list[str] = field(default_factory=list)
    unknown: Counter[str] = field(default_factory=Counter)
    awaited: list[str] = field(default_factory=list)  # dossiers its events spoke of too early
    layouts: list[tuple[str, ...]] = field(default_factory=list)  # the headings of its sheets
    listed: int = 0
    versions: int = 0

    def hear(self, part: Reading) -> None:
        """Add what a part says of its file."""
        self.fields |= part.fields
        self.warnings += part.warnings
        self.unknown += part.unknown
        self.listed += len(part.same) + len(set(part.told))


def account_of(connection: Connection, batch_id: int) -> Account:
    """Return the account of a batch so far."""
    row = connection.execute(select(schema.batch).where(schema.batch.c.id == batch_id)).mappings().one()
    return Account(
        intake=Intake(**{name: row[name] for name in Intake.__slots__}),
        fields=set(row["fields"]),
        warnings=list(row["warnings"]),
        unknown=Counter(row["unknown"]),
        awaited=list(row["awaited"] or ()),
        layouts=[tuple(each) for each in row["layouts"] or ()],
        listed=row["listed"],
        versions=row["versions"],
    )


def write_account(connection: Connection, batch_id: int, account: Account) -> None:
    values = {
        **{name: getattr(account.intake, name) for name in Intake.__slots__},
        "fields": sorted(account.fields),
        "warnings": account.warnings,
        "awaited": account.awaited or None,
        "layouts": account.layouts or None,
        "unknown": dict(account.unknown) or None,
        "listed": account.listed,
        "versions": account.versions,
    }
    connection.execute(update(schema.batch).where(schema.batch.c.id == batch_id).values(values))


def close_batch(connection: Connection, batch_id: int) -> None:
    """Seal a batch: it is whole, and never changes again."""
    connection.execute(update(schema.batch).where(schema.batch.c.id == batch_id).values(state="done"))
    seal_batch(connection, batch_id)


@dataclass(frozen=True, slots=True)
class Known:
    """The batch that took bytes which came again; `is_waiting` for dossiers its events spoke of too early."""

    id: int
    origin: str
    taken_at: datetime
    is_undone: bool
    is_waiting: bool


def known_batch(connection: Connection, source: str, origin: str, sha256: str, profile: str) -> Known | None:
    """Return the batch that says all of these bytes of the file `origin`, read with this profile.

    They are what this file held when it was last taken; or, where the file is new or was taken back, what
    another one held: a copy of an old export must not undo a newer one. There is something new in a file
    whose dossiers were not known when it was taken, once one of them is.
    """
    table = schema.batch.c
    columns = (
        table.id,
        table.origin,
        table.taken_at,
        table.state,
        table.sha256,
        table.profile,
        table.awaited,
    )
    taken = (table.source == source) & table.state.in_(("done", "undone"))  # what was undone was not wanted
    done = select(*columns).where(taken).order_by(table.id.desc())
    last = connection.execute(done.where(table.origin == origin).limit(1)).first()
    if last is None or last.state == "undone":
        same = done.where(table.sha256 == sha256, table.profile == profile)
        last = connection.execute(same.limit(1)).first() or last
    if last is None or (last.sha256, last.profile) != (sha256, profile):
        return None
    if _has_any(connection, last.awaited or ()):
        return None
    return Known(last.id, last.origin, last.taken_at, last.state == "undone", bool(last.awaited))


def newest_batch(connection: Connection, source: str) -> int:
    """Return the id of the batch of `source` that was opened last."""
    table = schema.batch.c
    newest: int = connection.execute(select(func.max(table.id)).where(table.source == source)).scalar_one()
    return newest


def note_seen(connection: Connection, batch_id: int, at: datetime) -> None:
    """Keep that the file of a batch was brought anew, word for word: its data is as young as that."""
    connection.execute(update(schema.batch).where(schema.batch.c.id == batch_id).values(seen_at=at))


def note_correction(connection: Connection, batch_id: int, corrects: int) -> None:
    """Keep that a batch brings rows back that the batch `corrects`, of the same source, had set aside."""
    table = schema.batch
    source = select(table.c.source).where(table.c.id == batch_id).scalar_subquery()
    is_known = select(table.c.id).where(table.c.id == corrects, table.c.source == source)
    if connection.execute(is_known).first():
        connection.execute(update(table).where(table.c.id == batch_id).values(corrects=corrects))


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


def cure_failures(
    connection: Connection, source: str, met: Collection[int], lying: Collection[str] = ()
) -> None:
    """Mark the failures of `source` as cured, but for the ids `met` in this run and files `lying` there."""
    table = schema.batch
    gone = (table.c.source == source) & (table.c.state == "failed") & table.c.id.not_in(met)
    gone &= table.c.origin.not_in(lying)
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
