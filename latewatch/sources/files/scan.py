"""A first look through a sheet: its codes, the fingerprint of every row, how its date columns are written."""

import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import partial
from itertools import islice

import msgspec

from latewatch.sources.files.beside import CAN_SHARE, beside
from latewatch.sources.files.cells import texts_of
from latewatch.sources.files.date_order import PLAIN, Seen, Verdict, decide
from latewatch.sources.files.grid import Cell, Cells, Sheet
from latewatch.sources.files.header import Header
from latewatch.sources.profiles.profile import DATE_FIELDS, EVENT_DATE_FIELDS, Profile, Reads

DIGEST = 32  # hexadecimal digits of a row's fingerprint
PAGE = 1_000  # rows looked at together
MANY = 20_000  # rows that are looked through by two
KEPT_CELLS = 3_000_000  # of a file, 75 bytes each: beyond these, rows are made anew when they are read


class Fingerprints:
    """Gives rows their fingerprints: over all their cells, and over what the reading of a row depends on."""

    def __init__(self, header: Header, profile: Profile) -> None:
        layout = [profile.fingerprint, sorted(header.columns.items()), list(header.headings.items())]
        self._base = hashlib.sha256(msgspec.json.encode(layout))
        self._encode = msgspec.msgpack.Encoder().encode

    def of(self, rows: Iterable[Cells]) -> list[str]:
        return list(map(self._of, rows))

    def _of(self, cells: Cells) -> str:
        digest = self._base.copy()
        digest.update(self._encode(cells))
        return digest.hexdigest()[:DIGEST]


@dataclass(slots=True)
class Looked:
    """What a look through rows found: `seen` of the date columns, `digests` only where they were needed.

    `kept` are the rows that nobody knows, with their numbers, so that they need not be made a second time;
    None where there was no `room` for their cells.
    """

    room: int
    seen: dict[str, Seen]
    codes: list[str] = field(default_factory=list)
    digests: list[str] = field(default_factory=list)
    kept: deque[tuple[int, Cells]] | None = field(default_factory=deque)

    def keep(self, rows: Sequence[tuple[int, Cells]]) -> None:
        """Keep `rows`, told with their numbers, while there is room."""
        if self.kept is None:
            return
        self.kept += rows
        self.room -= sum(len(cells) for _, cells in rows)
        if self.room < 0:
            self.kept = None

    def add(self, other: "Looked") -> None:
        """Add what a look through the rows after these found."""
        first = len(self.codes)
        self.codes += other.codes
        self.digests += other.digests
        for name, seen in other.seen.items():
            self.seen[name].add(seen)
        if other.kept is None:
            self.kept = None
        else:
            self.keep([(first + at, cells) for at, cells in other.kept])


@dataclass(frozen=True, slots=True)
class Scan:
    """What the first look found, row by row from the header's end, and how the date columns are read."""

    fingerprints: Fingerprints
    looked: Looked
    verdicts: Mapping[str, Verdict]

    @property
    def codes(self) -> list[str]:
        return self.looked.codes

    @property
    def is_plain(self) -> bool:
        """Tell whether every row can be read without the others: then its fingerprint says all of it."""
        return all(verdict is PLAIN for verdict in self.verdicts.values())

    def digests_of(self, numbers: Sequence[int], rows: Sequence[Cells]) -> list[str]:
        """Return the fingerprints of `rows`, whose `numbers` are given; empty where they say too little."""
        if not self.is_plain:
            return [""] * len(rows)
        digests = self.looked.digests
        return [digests[at] for at in numbers] if digests else self.fingerprints.of(rows)


def scan(
    sheet: Sheet,
    header: Header,
    profile: Profile,
    known: AbstractSet[str] = frozenset(),
    room: int = KEPT_CELLS,
) -> Scan:
    """Look through the data rows of `sheet` once. Cells are only looked at, none is read.

    `known` are fingerprints of rows that need no reading: where there are none, nobody needs those of this
    sheet before its rows are read.
    """
    fingerprints = Fingerprints(header, profile)
    date_fields = EVENT_DATE_FIELDS if profile.reads is Reads.EVENTS else DATE_FIELDS
    watched = [name for name in date_fields if name in header.columns]

    def look(first: int, after: int | None = None) -> Looked:
        found = Looked(room, {name: Seen() for name in watched})
        stop = None if after is None else header.data_row + after
        rows = islice(sheet.rows(), header.data_row + first, stop)
        while page := list(islice(rows, PAGE)):
            _look(found, page, header, fingerprints, known)
        return found

    is_shared = CAN_SHARE and known and sheet.length > MANY
    found = _shared(look, sheet.length * 2 // 3) if is_shared else look(0)
    verdicts = {name: decide(seen, profile.date_order) for name, seen in found.seen.items()}
    return Scan(fingerprints, found, verdicts)


def _shared(look: Callable[..., Looked], last: int) -> Looked:
    """Look through the rows from the `last` third on in a fork, which has to make those before them too."""
    with beside(partial(look, last)) as others:
        found = look(0, last)
        found.add(others())
    return found


def _look(
    found: Looked, page: Sequence[Cells], header: Header, fingerprints: Fingerprints, known: AbstractSet[str]
) -> None:
    digests = fingerprints.of(page) if known else [""] * len(page)
    first = len(found.codes)
    found.keep([(first + at, page[at]) for at, digest in enumerate(digests) if digest not in known])
    found.digests += digests if known else ()
    found.codes += texts_of(_column(page, header.columns["code"]))
    for name, seen in found.seen.items():
        seen.look(_column(page, header.columns[name]))


def _column(page: Sequence[Cells], column: int) -> Sequence[Cell]:
    try:
        return [cells[column] for cells in page]
    except IndexError:  # some row ends before it
        return [cells[column] if column < len(cells) else "" for cells in page]
