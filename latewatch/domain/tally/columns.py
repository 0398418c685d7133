"""A column of a form: which figures it adds up, how the form says so, its headings. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from latewatch.domain.tally.counts import Counts
from latewatch.domain.tally.rates import ratio

NOTHING = "không có dữ liệu"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of numbers. `of` names the figures (of `Counts`) it adds up, `less` those it takes off.

    `sums` are the numbers of the columns it is the sum of, as the form prints it. `headings` go from the top
    down. `name` is what programs call it besides its number.
    """

    number: str
    headings: tuple[str, ...]
    of: tuple[str, ...]
    less: tuple[str, ...] = ()
    sums: tuple[str, ...] = ()
    name: str = ""

    @property
    def key(self) -> str:
        """What a cell calls it: `c12`."""
        return f"c{self.number}"

    def value(self, row: Counts) -> int:
        return row.sum(self.of) - row.sum(self.less)

    def times(self, figures: Sequence[str]) -> int:
        """Return how often one placing adds to it."""
        return sum(figures.count(name) for name in self.of) - sum(figures.count(name) for name in self.less)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A column of percents: the columns `parts` of the column `whole`; without any, there is no data."""

    number: str
    headings: tuple[str, ...]
    parts: tuple[str, ...]
    whole: str

    @property
    def key(self) -> str:
        return f"c{self.number}"

    @property
    def formula(self) -> str:
        """Return it as a form prints it: `((10)+(11))÷(9)×100`."""
        parts = "+".join(f"({number})" for number in self.parts)
        return f"{parts if len(self.parts) == 1 else f'({parts})'}÷({self.whole})×100"

    def value(self, figures: Mapping[str, int]) -> Decimal | None:
        """Return the percent of a row, its columns by number."""
        return ratio(sum(figures[number] for number in self.parts), figures[self.whole], 100)


def formula_of(column: Column | Share) -> str:
    """Return how a column is made of others, as a form prints it: `(4)+(5)`; empty where it is not."""
    if isinstance(column, Share):
        return column.formula
    return "+".join(f"({number})" for number in column.sums)


def numbers_of(columns: Sequence[Column | Share], row: Counts) -> dict[str, int]:
    """Return a row's numbers by column number, without shares."""
    return {each.number: each.value(row) for each in columns if isinstance(each, Column)}


def values_of(columns: Sequence[Column | Share], row: Counts) -> dict[str, int | Decimal | None]:
    """Return what stands in a row, by column number; None where there is nothing to divide by."""
    numbers = numbers_of(columns, row)
    return {
        each.number: each.value(numbers) if isinstance(each, Share) else numbers[each.number]
        for each in columns
    }
