"""Tables of many dossiers: placed part by part, counted by unit and field. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields

import numpy as np
from numpy.typing import NDArray

from latewatch.domain.tally.counts import Counts
from latewatch.domain.tally.placing import Left
from latewatch.figures.asked import Asked, worth_placing
from latewatch.figures.moments import Mask
from latewatch.figures.placing import AnswerDue, Placed
from latewatch.figures.rows import Rows

FIGURES = tuple(each.name for each in fields(Counts))
AT_ONCE = 250_000  # rows placed at once: what they need beside themselves stays small
NAMED = 5  # dossiers named where (8) is not the (13) of the period before
_FIELDS = 1 << 16  # a unit and a field in one number: the field is what is below

Numbers = NDArray[np.int64]
Cell = tuple[str, str]  # unit, field


@dataclass(slots=True)
class Table:
    """What a table counts, by unit and field; what could not be counted; whose carry-over does not fit."""

    cells: list[tuple[Numbers, Numbers]] = field(default_factory=list)  # cells, and figures of each
    left: Counter[Left] = field(default_factory=Counter)
    assumed: int = 0
    unlike: list[int] = field(default_factory=list)

    def named(self, units: Sequence[str], fields_: Sequence[str]) -> dict[Cell, Counts]:
        """Return the figures under the names of the numbered units and fields; several may be of one name."""
        rows: dict[Cell, Counts] = {}
        for numbers, figures in self.cells:
            for number, values in zip(numbers.tolist(), figures.tolist(), strict=True):
                name = units[number // _FIELDS], fields_[number % _FIELDS]
                row = Counts(*values)
                if name in rows:
                    rows[name].add(row)
                else:
                    rows[name] = row
        return rows


def count(rows: Rows, asked: Asked, before: Asked, answer_due: AnswerDue) -> Table:
    """Count `rows` for the table asked for; `before` is the day before it, with what was pending then."""
    table = Table()
    for part in rows.parts(AT_ONCE):
        worth = part.at(np.flatnonzero(worth_placing(part, asked)))
        if len(worth):
            _count(table, worth, Placed(worth, asked, answer_due), Placed(worth, before, answer_due))
    return table


def _count(table: Table, rows: Rows, placed: Placed, before: Placed) -> None:
    table.cells.append(by_cell(rows, placed.figures, FIGURES))
    for reason, mask in placed.left.items():
        table.left[reason] += int(np.count_nonzero(mask))
    table.assumed += int(np.count_nonzero(placed.assumed))
    unlike = np.flatnonzero(placed.figures["carried"] != before.pending)
    table.unlike += rows.ids[unlike][:NAMED].tolist()


def by_cell(rows: Rows, masks: Mapping[str, Mask], names: Sequence[str]) -> tuple[Numbers, Numbers]:
    """Count each of `names` by unit and field; return the cells with any, and a row of counts for each."""
    cell = rows.unit.astype(np.int64) * _FIELDS + rows.field
    numbers, places = np.unique(cell, return_inverse=True)
    counts = [np.bincount(places[masks[name]], minlength=len(numbers)) for name in names]
    figures = np.stack(counts, axis=1)
    is_any = np.any(figures, axis=1)
    return numbers[is_any], figures[is_any]
