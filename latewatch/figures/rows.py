"""Dossiers as columns: the few facts that say where each is counted, ↔ the bytes of a page. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from latewatch.domain.deadline import Basis
from latewatch.domain.dossier import Channel, Status
from latewatch.figures.moments import Codes, Days, Mask, Seconds

LAYOUT = "1"  # another one makes every page worth nothing
PAGE = 65_536  # numbers of dossiers a page covers: they lie in 16 bits
STATUSES, CHANNELS, BASES = tuple(Status), (None, *Channel), tuple(Basis)
WAITS, RUNS_ON = 1, 2  # bits of `flags`: something is awaited; it does not stop the limit

Ids = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Rows:
    """One entry a dossier in each column; `unit` and `field` are numbers of names, see `names.Names`.

    NO_DAY and NO_SECOND stand where nothing is known. `received`, `computed`, `promised`, `letter` and
    `revised` are days; `handed_in` is when it was handed in, see `tally.placing`.
    """

    ids: Ids
    unit: NDArray[np.uint16]
    field: NDArray[np.uint16]
    received: Days
    handed_in: Seconds
    finished: Seconds  # to the minute
    returned: Seconds
    due: Seconds
    computed: Days
    promised: Days
    letter: Days
    revised: Days
    status: Codes  # a place in STATUSES; the two after it likewise
    channel: Codes
    basis: Codes
    flags: Codes

    def __len__(self) -> int:
        return len(self.ids)

    def at(self, places: NDArray[np.signedinteger] | Mask | slice) -> "Rows":
        """Return the rows at `places`."""
        return Rows(*(getattr(self, each.name)[places] for each in fields(self)))

    def parts(self, size: int) -> Iterator["Rows"]:
        for start in range(0, len(self), size):
            yield self.at(slice(start, start + size))

    @property
    def waits(self) -> Mask:
        found: Mask = np.not_equal(self.flags & WAITS, 0)
        return found

    @property
    def runs_on(self) -> Mask:
        found: Mask = np.not_equal(self.flags & RUNS_ON, 0)
        return found


_TYPES = {
    **dict.fromkeys(("unit", "field"), "<u2"),
    **dict.fromkeys(("received", "computed", "promised", "letter", "revised"), "<i2"),
    **dict.fromkeys(("handed_in", "finished", "returned", "due"), "<i4"),
    **dict.fromkeys(("status", "channel", "basis", "flags"), "u1"),
}
_OFFSET = "<u2"
BYTES = sum(np.dtype(kind).itemsize for kind in (*_TYPES.values(), _OFFSET))  # of one dossier


def joined(parts: Sequence[Rows]) -> Rows:
    """Return the rows of all `parts` one after the other."""
    if len(parts) == 1:
        return parts[0]
    return Rows(*(np.concatenate([getattr(part, each.name) for part in parts]) for each in fields(Rows)))


def nothing() -> Rows:
    return from_bytes(b"", 0)


def _names() -> list[str]:
    return [each.name for each in fields(Rows) if each.name != "ids"]


def to_bytes(rows: Rows, first: int) -> bytes:
    """Return rows whose ids lie less than PAGE above `first`, column after column."""
    offsets = (rows.ids - first).astype(_OFFSET)
    return b"".join([offsets.tobytes(), *(getattr(rows, n).astype(_TYPES[n]).tobytes() for n in _names())])


def from_bytes(content: bytes, first: int) -> Rows:
    """Return the rows `to_bytes` wrote. Raises ValueError where that is not what was written."""
    number, rest = divmod(len(content), BYTES)
    if rest:
        raise ValueError(f"{len(content)} bytes are no page of figures")
    offsets, start = np.frombuffer(content, _OFFSET, number), 2 * number
    columns = []
    for name in _names():
        columns.append(np.frombuffer(content, _TYPES[name], number, start))
        start += columns[-1].nbytes
    return Rows(offsets.astype(np.int64) + first, *columns)
