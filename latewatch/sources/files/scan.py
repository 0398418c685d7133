"""A first look through a sheet: its codes, the fingerprint of every row, how its date columns are written."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice

import msgspec

from latewatch.sources.files.cells import text_of
from latewatch.sources.files.date_order import PLAIN, Seen, Verdict, decide
from latewatch.sources.files.grid import Sheet
from latewatch.sources.files.header import Header
from latewatch.sources.profiles.profile import Profile

DIGEST = 32  # hexadecimal digits of a row's fingerprint
PAGE = 1_000  # rows looked at together


@dataclass(slots=True)
class Scan:
    """What the first look found, row by row from the header's end."""

    codes: list[str] = field(default_factory=list)
    digests: list[str] = field(default_factory=list)
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)

    @property
    def is_plain(self) -> bool:
        """Tell whether every row can be read without the others: then its fingerprint says all of it."""
        return all(verdict is PLAIN for verdict in self.verdicts.values())


def scan(sheet: Sheet, header: Header, profile: Profile, date_fields: tuple[str, ...]) -> Scan:
    """Look through the data rows of `sheet` once. Cells are only looked at, none is read."""
    found = Scan()
    code = header.columns["code"]
    watched = {name: (header.columns[name], Seen()) for name in date_fields if name in header.columns}
    base, encode = hashlib.sha256(_layout(header, profile)), msgspec.msgpack.Encoder().encode
    rows = islice(sheet.rows(), header.data_row, None)
    while page := list(islice(rows, PAGE)):
        for cells in page:
            digest = base.copy()
            digest.update(encode(cells))
            found.digests.append(digest.hexdigest()[:DIGEST])
        found.codes += [text_of(cells[code]) if code < len(cells) else "" for cells in page]
        for column, seen in watched.values():
            seen.look(cells[column] for cells in page if column < len(cells))
    found.verdicts = {name: decide(seen, profile.date_order) for name, (_, seen) in watched.items()}
    return found


def _layout(header: Header, profile: Profile) -> bytes:
    """Return what the reading of a row depends on besides its cells."""
    return msgspec.json.encode(
        [profile.fingerprint, sorted(header.columns.items()), list(header.headings.items())]
    )
