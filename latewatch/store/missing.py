"""Which dossiers a file should list and does not: since when they are missing, and that they are back."""

from array import array
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, or_, select, update

from latewatch.domain.arrivals import RECENT, kind_of
from latewatch.domain.dossier import Status
from latewatch.domain.integrity.listing import Listable, Listing, is_shrunk
from latewatch.domain.reading import Reading
from latewatch.store import schema
from latewatch.store.batches import CHUNK
from latewatch.store.scan import Batch, Memory, alike, batch_of

LOOKED_BACK = timedelta(days=92)  # a quarter: what was finished longer ago no table counts any more
_DOSSIER = schema.dossier.c
_ALL = ("id", "code", "status", "receiving_unit", "resolving_unit", "field", "received_at", "processed_at")


@dataclass(slots=True)
class Listed:
    """The dossiers that the files of one run name, as hashes of their codes: eight bytes each.

    Files that come together are one list: an office may split it by whatever it likes.
    """

    taken: "array[int]" = field(default_factory=lambda: array("q"))
    set_aside: "array[int]" = field(default_factory=lambda: array("q"))  # named by rows that were rejected

    def noting(self, parts: Iterable[Reading]) -> Iterator[Reading]:
        """Hand the parts on, and note whom they name."""
        for part in parts:
            self.taken.extend(map(hash, part.same))
            self.taken.extend(map(hash, part.told))
            self.set_aside.extend(hash(each.code) for each in part.rejected if each.code)
            yield part

    @property
    def hashes(self) -> Set[int]:
        return {*self.taken, *self.set_aside}


def note_missing(connection: Connection, batch_id: int, listed: Listed, own: int, shrunk_percent: int) -> int:
    """Note what the batch just taken in should list and does not, and what is back; say how many are gone.

    `own` dossiers of the source, not missing, are known by now. Where all of them are listed nothing is
    looked at. What a file that has shrunk leaves out was left out of the export.
    """
    batch = batch_of(connection, batch_id)
    back = _welcome_back(connection, batch, listed)
    if len(listed.taken) - back == own or not batch.is_whole:
        return 0
    memory = Memory(connection)
    lists = memory.lists_before(batch)
    before = alike(lists, batch.origin)
    usual = [each.listed for each in reversed(before)]
    if not before or is_shrunk(len(listed.taken), usual, shrunk_percent):
        return 0
    listing = Listing(_listables(connection, batch, listed.hashes), before[0].taken_at)
    gone = list(listing.vanished())
    if _is_split([batch, *lists]):
        gone = _of_this_kind(memory, gone, batch)
    _mark(connection, [each.id for each in gone], batch.taken_at)
    return len(gone)


def _is_split(lists: Sequence[Batch]) -> bool:
    """Tell whether the source comes in files of several kinds these days: each lists but its own part."""
    recent = [kind_of(each.origin) for each in lists if each.taken_at >= lists[0].taken_at - RECENT]
    return 1 < len(set(recent)) < len(recent)


def _of_this_kind(memory: Memory, gone: Sequence[Listable], batch: Batch) -> list[Listable]:
    """Return those of `gone` that a file named like this one told of last."""
    kind, chains = kind_of(batch.origin), memory.chains([each.code for each in gone])
    own = {code: [e for e in chain if e.batch.source == batch.source] for code, chain in chains.items()}
    return [each for each in gone if (told := own.get(each.code)) and kind_of(told[-1].batch.origin) == kind]


def _welcome_back(connection: Connection, batch: Batch, listed: Listed) -> int:
    """Take the mark off what is listed again."""
    missing = select(_DOSSIER.id, _DOSSIER.code).where(
        _DOSSIER.missing_since.is_not(None), _DOSSIER.source == batch.source
    )
    rows = connection.execute(missing).all()
    if not rows:
        return 0
    hashes = listed.hashes
    back = [row.id for row in rows if hash(row.code) in hashes]
    _mark(connection, back, None)
    return len(back)


def _listables(connection: Connection, batch: Batch, hashes: Set[int]) -> Iterator[Listable]:
    finished_lately = _DOSSIER.processed_at >= batch.taken_at - LOOKED_BACK
    own = (_DOSSIER.source == batch.source) & _DOSSIER.missing_since.is_(None)
    wanted = own & or_(_DOSSIER.processed_at.is_(None), finished_lately)
    found = select(*(_DOSSIER[name] for name in _ALL)).where(wanted)
    for row in connection.execute(found.execution_options(yield_per=CHUNK * 10)):
        yield Listable(
            id=row.id,
            code=row.code,
            status=Status(row.status),
            unit=(row.receiving_unit, row.resolving_unit, row.field),
            received_at=row.received_at,
            finished_at=row.processed_at,
            is_listed=hash(row.code) in hashes,
        )


def _mark(connection: Connection, ids: list[int], since: datetime | None) -> None:
    for start in range(0, len(ids), CHUNK):
        part = _DOSSIER.id.in_(ids[start : start + CHUNK])
        connection.execute(update(schema.dossier).where(part).values(missing_since=since))


@dataclass(frozen=True, slots=True)
class Missing:
    """A dossier its source does not list any more, with what was decided of it."""

    code: str
    status: Status
    source: str
    since: datetime
    standing: str
    due_at: datetime | None
    names: tuple[str, str]  # of its unit: resolving unit, department


def missing(connection: Connection) -> list[Missing]:
    """Return what is missing now, by code."""
    made = schema.assessment.c
    columns = (_DOSSIER.code, _DOSSIER.status, _DOSSIER.source, _DOSSIER.missing_since)
    decided = (func.coalesce(made.standing, ""), made.due_at)
    found = (
        select(*columns, *decided, _DOSSIER.resolving_unit, _DOSSIER.department)
        .outerjoin(schema.assessment, made.dossier_id == _DOSSIER.id)
        .where(_DOSSIER.missing_since.is_not(None))
        .order_by(_DOSSIER.code)
    )
    return [
        Missing(code, Status(status), source, since, standing, due_at, (unit, department))
        for code, status, source, since, standing, due_at, unit, department in connection.execute(found)
    ]
