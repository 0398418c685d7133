"""The memory, read on from where a scan came to last: new versions, and what was told before them."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from latewatch.domain.arrivals import kind_of
from latewatch.domain.dossier import Dossier
from latewatch.domain.integrity.change import Apology
from latewatch.domain.integrity.finding import Sighting
from latewatch.domain.letters.life import OUT
from latewatch.store import schema
from latewatch.store.batches import CHUNK
from latewatch.store.database import insert_or_else
from latewatch.store.facts import from_row
from latewatch.written import from_document, in_document

JOB = "integrity"
LOOKED_BACK = 50  # batches among which the one before of the same kind is looked for


def reached(connection: Connection) -> int:
    """Return the newest version that was looked at; 0 before the first scan."""
    table = schema.mark.c
    return connection.execute(select(table.reached).where(table.job == JOB)).scalar() or 0


def reach(connection: Connection, version_id: int) -> None:
    """Keep how far the scan has come, in the transaction of what it found."""
    statement = insert_or_else(connection, schema.mark).values(job=JOB, reached=version_id)
    connection.execute(statement.on_conflict_do_update(index_elements=["job"], set_={"reached": version_id}))


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch as far as it tells who said something, and when."""

    id: int
    source: str
    origin: str
    taken_at: datetime
    fields: frozenset[str]
    listed: int
    is_void: bool  # it was taken back, or takes another one back: no source says what is in it
    is_whole: bool  # it does not only bring rows back that had been set aside

    @property
    def sighting(self) -> Sighting:
        return Sighting(self.id, self.origin, self.taken_at)


@dataclass(frozen=True)
class Told:
    """One version of a record: all that was known of the dossier once this batch had told of it.

    `source` is the one whose dossier it is; the batch of another one only adds to it.
    """

    id: int
    code: str
    version: int
    source: str
    batch: Batch
    text: str

    @cached_property
    def facts(self) -> Dossier:
        return from_document(self.text)

    @property
    def is_plain(self) -> bool:
        """Whether nothing in it is odd by itself: no finish at the promise or before the receipt, no halt.

        Most are so, and need not be read. Moments are written alike, so that their texts compare.
        """
        written = in_document(self.text)
        finish, received = written.get("processed_at"), written.get("received_at") or ""
        is_odd = finish and (finish == written.get("promised_at") or finish < received)
        return not is_odd and not written.get("suspensions")


class Memory:
    """What is kept, read in pages; what was taken back is passed over."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._batches: dict[int, Batch] = {}

    def has_more(self, after: int) -> bool:
        """Tell whether there are versions beyond the id `after`."""
        table = schema.record_version.c
        newer = select(table.id).where(table.id > after).limit(1)
        return self._connection.execute(newer).first() is not None

    def page(self, after: int, most: int) -> tuple[list[Told], int]:
        """Return the next versions after the id `after`, and the id of the last one looked at."""
        table = schema.record_version.c
        rows = self._rows(_versions().where(table.id > after).order_by(table.id).limit(most))
        return list(self._told(rows)), rows[-1].id if rows else after

    def chains(self, codes: Collection[str]) -> dict[str, list[Told]]:
        """Return every version of these dossiers, oldest first."""
        table = schema.record_version.c
        found: dict[str, list[Told]] = defaultdict(list)
        for part in _parts(codes):
            rows = self._rows(_versions().where(table.code.in_(part)).order_by(table.code, table.version))
            for each in self._told(rows):
                found[each.code].append(each)
        return found

    def first_sightings(self, codes: Collection[str]) -> dict[str, tuple[str, Sighting]]:
        """Return the source and the batch that first told of each."""
        return {
            code: (chain[0].batch.source, chain[0].batch.sighting)
            for code, chain in self.chains(codes).items()
        }

    def list_of(self, source: str, taken_at: datetime) -> Batch | None:
        """Return the last batch that was taken in of `source` then."""
        table = schema.batch.c
        then = (table.source == source) & (table.taken_at == taken_at)
        found = self._connection.execute(_batches().where(then).order_by(table.id.desc()).limit(1)).first()
        return _batch(found) if found else None

    def listing_before(self, batch: Batch) -> Batch | None:
        """Return the batch before it of the same kind of file."""
        return next(iter(self.listings_before(batch)), None)

    def listings_before(self, batch: Batch) -> list[Batch]:
        """Return the batches before it of the same kind of file, the newest first."""
        return alike(self.lists_before(batch), batch.origin)

    def lists_before(self, batch: Batch) -> list[Batch]:
        """Return the batches before it of its source, of whatever kind, the newest first."""
        table = schema.batch.c
        whole = (table.state == "done") & table.undoes.is_(None) & table.corrects.is_(None)
        same = (table.source == batch.source) & (table.id < batch.id)
        newest = _batches().where(whole, same).order_by(table.id.desc()).limit(LOOKED_BACK)
        return [_batch(row) for row in self._connection.execute(newest)]

    def _rows(self, statement: Select[Any]) -> Sequence[Row[Any]]:
        rows = self._connection.execute(statement).all()
        unknown = {row.batch_id for row in rows} - self._batches.keys()
        for part in _parts(unknown):
            for row in self._connection.execute(_batches().where(schema.batch.c.id.in_(part))):
                self._batches[row.id] = _batch(row)
        return rows

    def _told(self, rows: Sequence[Row[Any]]) -> Iterator[Told]:
        for row in rows:
            batch = self._batches[row.batch_id]
            if row.facts is not None and not batch.is_void:
                yield Told(row.id, row.code, row.version, row.source, batch, row.facts)


def alike(earlier: Sequence[Batch], origin: str) -> list[Batch]:
    """Return those of `earlier` that are named like `origin`; where names never come back, all of them."""
    kinds = [kind_of(each.origin) for each in earlier]
    same = [each for each, kind in zip(earlier, kinds, strict=True) if kind == kind_of(origin)]
    return list(earlier) if not same and len(set(kinds)) == len(kinds) else same


def _versions() -> Select[Any]:
    table = schema.record_version.c
    return select(table.id, table.code, table.version, table.source, table.batch_id, table.facts)


def _batches() -> Select[Any]:
    table = schema.batch.c
    names = ("id", "source", "origin", "taken_at", "state", "undoes", "corrects", "fields", "listed")
    return select(*(table[name] for name in names))


def _batch(row: Row[Any]) -> Batch:
    return Batch(
        id=row.id,
        source=row.source,
        origin=row.origin,
        taken_at=row.taken_at,
        fields=frozenset(row.fields),
        listed=row.listed,
        is_void=row.state == "undone" or row.undoes is not None,
        is_whole=row.corrects is None,
    )


def batch_of(connection: Connection, batch_id: int) -> Batch:
    """Return the batch with this id."""
    return _batch(connection.execute(_batches().where(schema.batch.c.id == batch_id)).one())


def _parts(values: Collection[Any]) -> Iterator[list[Any]]:
    ordered = sorted(values)
    yield from (ordered[start : start + CHUNK] for start in range(0, len(ordered), CHUNK))


def apologies(connection: Connection, codes: Collection[str]) -> dict[str, Apology]:
    """Return the apologies that were sent for these dossiers."""
    letter, dossier = schema.letter.c, schema.dossier.c
    issued = (
        select(dossier.code, letter.sent_on, letter.new_date)
        .join(schema.dossier, dossier.id == letter.dossier_id)
        .where(letter.state.in_(OUT))
    )
    return {
        row.code: Apology(row.sent_on, row.new_date)
        for part in _parts(codes)
        for row in connection.execute(issued.where(dossier.code.in_(part)))
    }


def current(connection: Connection, codes: Collection[str]) -> dict[str, Dossier]:
    """Return these dossiers as they are known now."""
    table = schema.dossier
    return {
        row["code"]: from_row(row)
        for part in _parts(codes)
        for row in connection.execute(select(table).where(table.c.code.in_(part))).mappings()
    }
