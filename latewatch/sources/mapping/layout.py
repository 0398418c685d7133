"""Where the header of a sheet is that no profile knows: texts, and below them columns of one kind each."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from latewatch.sources.files.cells import text_of
from latewatch.sources.files.grid import Cell, Sheet
from latewatch.sources.files.header import DEEPEST_HEADER, SEARCHED_ROWS, Heading, are_numbers, texts_of
from latewatch.sources.mapping.cells import Kind, kind_of

SAMPLED = 2_000  # rows of a sheet that are looked at
COMPARED = 50  # rows below a header that decide whether it is one
WIDEST = 300  # columns
LONGEST = 300  # characters of a heading
STABLE = 0.8  # of the cells of a column: then it is of one kind
FEWEST = 3  # headings: a code, a status, a day


@dataclass(frozen=True)
class Column:
    """A column below its heading: where it stands, how it is called, what it holds."""

    index: int
    heading: Heading
    cells: Sequence[Cell]

    @property
    def name(self) -> str:
        return " ".join(self.heading)

    @cached_property
    def texts(self) -> Counter[str]:
        """The texts of its cells, with their number."""
        return Counter(text for cell in self.cells if (text := text_of(cell)))

    @cached_property
    def kind(self) -> Kind:
        return usual_kind([kind_of(cell) for cell in self.cells])


@dataclass(frozen=True)
class Layout:
    """A sheet whose header was found: its rows count from 0, its columns hold what was looked at."""

    sheet: str
    top: int
    bottom: int
    columns: Sequence[Column]
    score: float


def usual_kind(kinds: Sequence[Kind]) -> Kind:
    """Return the kind nearly all filled cells are of, else text."""
    filled = Counter(kind for kind in kinds if kind is not Kind.EMPTY)
    if not filled:
        return Kind.EMPTY
    kind, number = filled.most_common(1)[0]
    return kind if number >= STABLE * filled.total() else Kind.TEXT


def layout_of(sheet: Sheet) -> Layout | None:
    """Return where the header of `sheet` is and its columns; None where nothing in it looks like one.

    A header is a band of one to three rows of nothing but texts; that one wins below which most columns are
    of one kind. A table without a header has dates and codes in every row, so that none of them is taken.
    """
    rows = [row[:WIDEST] for row in islice(sheet.rows(), SAMPLED)]
    near = rows[: SEARCHED_ROWS + DEEPEST_HEADER + COMPARED]
    kinds = [[] if _is_numbering(row) else [kind_of(cell) for cell in row] for row in near]
    bands = {
        (top, bottom): score
        for top in range(min(SEARCHED_ROWS, len(rows)))
        for bottom in range(top, min(top + DEEPEST_HEADER, len(rows)))
        if all(map(_is_text, kinds[top : bottom + 1])) and (score := _score(sheet, kinds, top, bottom))
    }
    best = max(bands, key=lambda band: (bands[band], band[0] - band[1]), default=None)
    return _layout(sheet, rows, best, bands[best]) if best else None


def _is_text(kinds: Sequence[Kind]) -> bool:
    """Tell whether a row has texts and nothing else: it may be of a header."""
    return set(kinds) - {Kind.EMPTY} == {Kind.TEXT}


def _layout(sheet: Sheet, rows: Sequence[Sequence[Cell]], band: tuple[int, int], score: float) -> Layout:
    below = rows[band[1] + 1 :]
    if below and _is_numbering(below[0]):
        below = below[1:]
    headings = texts_of(sheet, *band).items()
    columns = [Column(at, text, [_cell(row, at) for row in below]) for at, text in headings if at < WIDEST]
    return Layout(sheet.name, *band, columns, score)


def _is_title(sheet: Sheet, row: int) -> bool:
    """Tell whether a row says one thing or nothing: it stands above a header and is no part of it."""
    return len(set(texts_of(sheet, row, row).values())) <= 1


def _score(sheet: Sheet, kinds: Sequence[Sequence[Kind]], top: int, bottom: int) -> float:
    """Return how much the columns below a band look like the columns of a table; 0 where it is no header.

    A heading whose first cell below is a text although the column is none belongs to a row further up. Where
    dates or codes have nothing above them, or rows like those below stand above, the row is one of data.
    """
    headings = texts_of(sheet, top, bottom)
    below = kinds[bottom + 1 : bottom + 1 + COMPARED]
    if len(headings) < FEWEST or any(
        len(text) > LONGEST for heading in headings.values() for text in heading
    ):
        return 0
    columns = [[row[at] if at < len(row) else Kind.EMPTY for row in below] for at in range(_width(below))]
    usual = [usual_kind(column) for column in columns]
    known = [at for at, kind in enumerate(usual) if kind not in (Kind.EMPTY, Kind.TEXT)]
    named = [at for at in known if at in headings]
    if not named or any(at not in headings and usual[at] is not Kind.NUMBER for at in known):
        return 0
    if sum(any(row[at : at + 1] == [usual[at]] for at in known) for row in kinds[:top]) > 1:
        return 0
    texts = sum(at in headings and kind is Kind.TEXT for at, kind in enumerate(usual))
    nameless = sum(at not in headings and kind is not Kind.EMPTY for at, kind in enumerate(usual))
    unfinished = sum(_first(columns[at]) is Kind.TEXT for at in named)
    titles = sum(_is_title(sheet, row) for row in range(top, bottom))
    return max(0, len(named) + 0.25 * texts - 0.5 * nameless - unfinished - titles)


def _first(column: Sequence[Kind]) -> Kind:
    return next((kind for kind in column if kind is not Kind.EMPTY), Kind.EMPTY)


def _is_numbering(row: Sequence[Cell]) -> bool:
    """Tell whether a row numbers the columns: (1) (2) (3); it stands below a header and is none."""
    return are_numbers([text_of(cell) for cell in row])


def _width(kinds: Sequence[Sequence[Kind]]) -> int:
    return max(map(len, kinds), default=0)


def _cell(row: Sequence[Cell], at: int) -> Cell:
    return row[at] if at < len(row) else ""
