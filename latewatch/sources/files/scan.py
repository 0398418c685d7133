"""A first look through a sheet: its codes, the fingerprint of every row, how its date columns are written."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

import msgspec

from latewatch.sources.files.cells import texts_of
from latewatch.sources.files.date_order import PLAIN, Seen, Verdict, decide
from latewatch.sources.files.grid import Cell, Cells, Sheet
from latewatch.sources.files.header import Header
from latewatch.sources.profiles.profile import Profile

DIGEST = 32  # hexadecimal digits of a row's fingerprint
PAGE = 1_000  # rows looked at together


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
    """What the first look found, row by row from the header's end; `digests` only where they were needed."""

    fingerprints: Fingerprints
    codes: list[str] = field(default_factory=list)
    digests: list[str] = field(default_factory=list)
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)

    @property
    def is_plain(self) -> bool:
        """Tell whether every row can be read without the others: then its fingerprint says all of it."""
        return all(verdict is PLAIN for verdict in self.verdicts.values())

    def digests_of(self, numbers: Sequence[int], rows: Sequence[Cells]) -> list[str]:
        """Return the fingerprints of `rows`, whose `numbers` are given; empty where they say too little."""
        if not self.is_plain:
            return [""] * len(rows)
        return [self.digests[at] for at in numbers] if self.digests else self.fingerprints.of(rows)


def scan(
    sheet: Sheet, header: Header, profile: Profile, date_fields: Sequence[str], *, needs_digests: bool = True
) -> Scan:
    """Look through the data rows of `sheet` once. Cells are only looked at, none is read.

    Where no row can be known yet nobody `needs_digests` before the rows are read.
    """
    found = Scan(Fingerprints(header, profile))
    code = header.columns["code"]
    watched = {name: (header.columns[name], Seen()) for name in date_fields if name in header.columns}
    rows = islice(sheet.rows(), header.data_row, None)
    while page := list(islice(rows, PAGE)):
        if needs_digests:
            found.digests += found.fingerprints.of(page)
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
