"""A source's own figures beside ours, cell by cell; rows are matched by name as units are. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from latewatch.domain.names import fold
from latewatch.domain.tally.columns import Column
from latewatch.domain.tally.counts import Counts
from latewatch.domain.tally.freezing import Placed
from latewatch.domain.tally.table import TOTAL

Figures = Mapping[str, Mapping[str, int]]
"""Row → column number → what the source says."""
_TOTALS = {"tong cong", "tong so", "tong", "cong"}


@dataclass(frozen=True, slots=True)
class Compared:
    """One cell: what the source says, what we count, and the dossiers on our side behind it."""

    row: str
    column: Column
    theirs: int
    ours: int
    codes: tuple[str, ...] = ()

    @property
    def difference(self) -> int:
        return self.ours - self.theirs


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Every cell both have, those that differ first; rows only one has, by its own name for them."""

    cells: list[Compared]
    only_theirs: list[str]
    only_ours: list[str]

    @property
    def differing(self) -> list[Compared]:
        return [each for each in self.cells if each.difference]


def reconcile(
    theirs: Figures, rows: Mapping[str, Counts], total: Counts, columns: Sequence[Column], placed: Placed
) -> Reconciliation:
    """Hold the figures of a source against our table of the same form."""
    ours = {row_key(name): (name, row) for name, row in rows.items()} | {row_key(TOTAL): (TOTAL, total)}
    known = {name: ours[key] for name in theirs if (key := row_key(name)) in ours}
    cells = [
        Compared(label, column, theirs[name][column.number], column.value(row))
        for name, (label, row) in known.items()
        for column in columns
        if column.number in theirs[name]
    ]
    told = [_told(each, placed) for each in cells if each.difference]
    met = {label for label, _ in known.values()}
    return Reconciliation(
        cells=[*told, *(each for each in cells if not each.difference)],
        only_theirs=[name for name in theirs if name not in known],
        only_ours=[name for name, _ in ours.values() if name not in met and name != TOTAL],
    )


def _told(cell: Compared, placed: Placed) -> Compared:
    codes = tuple(sorted(_behind(cell, placed)))
    return Compared(cell.row, cell.column, cell.theirs, cell.ours, codes)


def _behind(cell: Compared, placed: Placed) -> Iterator[str]:
    for code, places in placed.items():
        if any(cell.row in (TOTAL, row) and cell.column.times(figures) for row, figures in places):
            yield code


def row_key(name: str) -> str:
    """Return what two names of one row have in common: no accents, case, spaces, nor dots after a numeral."""
    key = re.sub(r"\s*[.:]\s*", " ", fold(name)).strip()
    return "tong cong" if key in _TOTALS else key
