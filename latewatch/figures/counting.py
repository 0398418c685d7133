"""Tables of many dossiers: placed part by part, counted by unit and field. Pure."""

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, fields
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from latewatch.domain.tally.counts import Counts
from latewatch.domain.tally.placing import Left
from latewatch.figures.asked import Asked, worth_placing
from latewatch.figures.placing import AnswerDue, Placed
from latewatch.figures.rows import Rows

FIGURES = tuple(each.name for each in fields(Counts))
AT_ONCE = 250_000  # rows placed at once: what they need beside themselves stays small
NAMED = 5  # dossiers named where (8) is not the (13) of the period before
MOST = 1 << 24  # pairs of unit and field that are looked up in a table of all there could be

Ints = NDArray[np.int64]
Name = TypeVar("Name", bound=Hashable)


class Cells:
    """The pairs of unit and field that rows are of: `numbers` of each, and which of them each row is of."""

    def __init__(self, rows: Rows) -> None:
        fields = int(rows.field.max(initial=0)) + 1
        self._fields = fields
        cell = rows.unit.astype(np.int64) * fields + rows.field
        size = (int(rows.unit.max(initial=0)) + 1) * fields
        if size > MOST:
            self.numbers, self.of = np.unique(cell, return_inverse=True)
            return
        is_met = np.zeros(size, dtype=np.bool_)
        is_met[cell] = True
        self.numbers = np.flatnonzero(is_met)
        self.of = (np.cumsum(is_met) - 1)[cell]

    def __len__(self) -> int:
        return len(self.numbers)

    def named(self, name_of: Callable[[int, int], Name]) -> list[Name]:
        """Return what `name_of` calls each, by the numbers of its unit and its field."""
        return [name_of(*divmod(number, self._fields)) for number in self.numbers.tolist()]


@dataclass(slots=True)
class Table:
    """What a table counts, cell by cell; what could not be counted; whose carry-over does not fit."""

    figures: Ints
    left: Counter[Left] = field(default_factory=Counter)
    assumed: int = 0
    unlike: list[int] = field(default_factory=list)


def count(rows: Rows, cells: Cells, asked: Asked, before: Asked, answer_due: AnswerDue) -> Table:
    """Count `rows` for the table asked for; `before` is the day before it, with what was pending then."""
    table = Table(np.zeros((len(cells), len(FIGURES)), dtype=np.int64))
    for start in range(0, len(rows), AT_ONCE):
        part = rows.at(slice(start, start + AT_ONCE))
        worth = np.flatnonzero(worth_placing(part, asked))
        if len(worth):
            _count(table, part.at(worth), cells.of[start + worth], asked, before, answer_due)
    return table


def _count(  # noqa: PLR0917  a part of what `count` counts
    table: Table, rows: Rows, cells: NDArray[np.intp], asked: Asked, before: Asked, answer_due: AnswerDue
) -> None:
    placed, was = Placed(rows, asked).complete(answer_due), Placed(rows, before)
    for place, name in enumerate(FIGURES):
        table.figures[:, place] += np.bincount(cells[placed.figures[name]], minlength=len(table.figures))
    for reason, mask in placed.left.items():
        table.left[reason] += int(np.count_nonzero(mask))
    table.assumed += int(np.count_nonzero(placed.assumed))
    unlike = np.flatnonzero(placed.figures["carried"] != was.pending)
    table.unlike += rows.ids[unlike][:NAMED].tolist()


def rows_of(tables: Sequence[Table], names: Sequence[Name]) -> list[dict[Name, Counts]]:
    """Return the figures of each table by the `names` of its cells; several may be of one name."""
    order: dict[Name, int] = {}
    places = np.array([order.setdefault(name, len(order)) for name in names], dtype=np.intp)
    by_place = np.argsort(places, kind="stable")
    starts = np.searchsorted(places[by_place], np.arange(len(order)))
    return [_named(list(order), table.figures[by_place], starts) for table in tables]


def _named(names: Sequence[Name], figures: Ints, starts: NDArray[np.intp]) -> dict[Name, Counts]:
    """Return the figures of each name: those from its start to the next."""
    if not names:
        return {}
    summed = np.add.reduceat(figures, starts, axis=0)
    found = np.flatnonzero(np.any(summed, axis=1))
    rows = summed[found].tolist()
    return {names[place]: Counts(*row) for place, row in zip(found.tolist(), rows, strict=True)}
