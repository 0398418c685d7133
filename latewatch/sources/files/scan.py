"""A first look through a sheet: its codes, the fingerprint of every row, how its date columns are written."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import islice

import msgspec

from latewatch.sources.files.cells import texts_of
from latewatch.sources.files.date_order import PLAIN, Seen, Verdict, decide
from latewatch.sources.files.grid import Cell, Cells, Sheet
from latewatch.sources.files.header import Header
from latewatch.sources.profiles.profile import DATE_FIELDS, EVENT_DATE_FIELDS, Profile, Reads

DIGEST = 32  # hexadecimal digits of a row's fingerprint
PAGE = 1_000  # rows looked at together
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
class Scan:
    """What the first look found, row by row from the header's end; `digests` only where they were needed.

    `kept` are the rows that nobody knows, by their numbers, so that they need not be made a second time; None
    where there was no `room` for their cells.
    """

    fingerprints: Fingerprints
    room: int
    codes: list[str] = field(default_factory=list)
    digests: list[str] = field(default_factory=list)
    kept: dict[int, Cells] | None = field(default_factory=dict)
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)

    @property
    def is_plain(self) -> bool:
        """Tell whether every row can be read without the others: then its fingerprint says all of it."""
        return all(verdict is PLAIN for verdict in self.verdicts.values())

    def keep(self, rows: Mapping[int, Cells]) -> None:
        """Keep `rows`, told by their numbers, while there is room."""
        if self.kept is None:
            return
        self.kept.update(rows)
        self.room -= sum(map(len, rows.values()))
        if self.room < 0:
            self.kept = None

    def digests_of(self, numbers: Sequence[int], rows: Sequence[Cells]) -> list[str]:
        """Return the fingerprints of `rows`, whose `numbers` are given; empty where they say too little."""
        if not self.is_plain:
            return [""] * len(rows)
        return [self.digests[at] for at in numbers] if self.digests else self.fingerprints.of(rows)


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
    found = Scan(Fingerprints(header, profile), room)
    code = header.columns["code"]
    date_fields = EVENT_DATE_FIELDS if profile.reads is Reads.EVENTS else DATE_FIELDS
    watched = {name: (header.columns[name], Seen()) for name in date_fields if name in header.columns}
    rows = islice(sheet.rows(), header.data_row, None)
    while page := list(islice(rows, PAGE)):
        digests = found.fingerprints.of(page) if known else [""] * len(page)
        first = len(found.codes)
        found.keep({first + at: page[at] for at, digest in enumerate(digests) if digest not in known})
        found.digests += digests if known else ()
        found.codes += texts_of(_column(page, code))
        for column, seen in watched.values():
            seen.look(_column(page, column))
    found.verdicts = {name: decide(seen, profile.date_order) for name, (_, seen) in watched.items()}
    return found


def _column(page: Sequence[Cells], column: int) -> Sequence[Cell]:
    try:
        return [cells[column] for cells in page]
    except IndexError:  # some row ends before it
        return [cells[column] if column < len(cells) else "" for cells in page]
