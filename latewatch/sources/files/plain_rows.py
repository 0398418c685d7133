"""A page of rows read column by column: of a hundred thousand nearly all have one form.

Only what is a record beyond any doubt is taken here, and as `DossierReader` reads it; the others are left to
that, row by row. A test holds the two together.
"""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import compress, repeat
from statistics import mode
from typing import Any, TypeAlias

from latewatch.domain.reading import NO_ROWS, PlainRows
from latewatch.sources.files.cells import texts_of
from latewatch.sources.files.dossier_rows import SUPPLEMENT, DossierReader, Read
from latewatch.sources.files.grid import Cell, Cells
from latewatch.sources.files.rows import code_problem
from latewatch.written import to_lines

Positions: TypeAlias = Iterable[int]


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of a sheet: the index of each in it, its cells, and its fingerprint."""

    indices: Sequence[int]
    rows: Sequence[Cells]
    digests: Sequence[str]

    def those(self, wanted: Sequence[bool]) -> "Page":
        """Return the rows that are `wanted`."""
        if all(wanted):
            return self
        return Page(
            list(compress(self.indices, wanted)),
            list(compress(self.rows, wanted)),
            list(compress(self.digests, wanted)),
        )


class PlainReader:
    """Reads pages of rows for a `DossierReader`; a code of `several` rows is for that one."""

    def __init__(self, reader: DossierReader, several: Container[str]) -> None:
        self._reader = reader
        self._several = several
        self._columns = reader.header.columns
        self._needed = max(self._columns.values()) + 1

    def read(self, page: Page) -> tuple[PlainRows, Page]:
        """Return the plain rows of `page`, and the others."""
        width = mode(map(len, page.rows))
        if width < self._needed or "received_at" not in self._columns:
            return NO_ROWS, page
        is_even = [len(cells) == width for cells in page.rows]
        rows, is_plain = self._read_even(page.those(is_even))
        verdicts = iter(is_plain)
        return rows, page.those([not (even and next(verdicts)) for even in is_even])

    def _read_even(self, page: Page) -> tuple[PlainRows, list[bool]]:
        """Read rows of one width; return the plain ones, and which they are."""
        columns = list(zip(*page.rows, strict=True))
        texts = list(map(texts_of, columns))
        code = self._columns["code"]
        odd: set[int] = set()
        rows = PlainRows(
            codes=texts[code],
            facts=self._facts(columns, texts, odd),
            headings=self._reader.names(len(columns)),
            written=to_lines(zip(*texts, strict=True)),
            sheet=self._reader.whole,
            numbers=[index + 1 for index in page.indices],
            digests=page.digests,
        )
        odd.update(self._odd_codes(columns[code], texts[code]))
        odd.update(_out_of_order(rows))
        beyond = texts[self._reader.header.width :]
        odd.update(at for column in beyond for at, text in enumerate(column) if text)
        odd.update(at for at, index in enumerate(page.indices) if index == self._reader.cut_at)
        is_plain = [at not in odd for at in range(len(rows))]
        return rows.those(is_plain), is_plain

    def _facts(
        self, columns: Sequence[Sequence[Cell]], texts: Sequence[Sequence[str]], odd: set[int]
    ) -> dict[str, Sequence[Any]]:
        """Return the facts of every row, and add to `odd` where a cell cannot be read or tells of a pause."""
        facts: dict[str, Sequence[Any]] = {field: texts[column] for field, column in self._reader.plain}
        for field, column, read in self._reader.read:
            facts[field] = _read_each(read, columns[column], odd)
        facts["status_text"] = texts[self._columns["status"]]
        supplements = [facts.pop(field) for field in SUPPLEMENT if field in facts]
        odd.update(at for moments in supplements for at, moment in enumerate(moments) if moment)
        if len(supplements) == len(SUPPLEMENT):
            facts["suspensions"] = [()] * len(texts[0])
        return facts

    def _odd_codes(self, cells: Sequence[Cell], codes: Sequence[str]) -> Positions:
        """Yield where the code may be none, or stands on several rows."""
        for at, (cell, code) in enumerate(zip(cells, codes, strict=True)):
            is_one = not (code in self._several or self._reader.may_be_heading(code))
            if not is_one or code_problem(cell, code):
                yield at


def _out_of_order(rows: PlainRows) -> Positions:
    """Yield where there is no receipt, or a promise before it."""
    promises = rows.facts.get("promised_at") or repeat(None)
    for at, (received_at, promised_at) in enumerate(zip(rows.facts["received_at"], promises, strict=False)):
        if received_at is None or (promised_at is not None and promised_at < received_at):
            yield at


def _read_each(read: Read, cells: Sequence[Cell], odd: set[int]) -> list[Any]:
    try:
        return list(map(read, cells))
    except ValueError:
        return list(_read_some(read, cells, odd))


def _read_some(read: Read, cells: Sequence[Cell], odd: set[int]) -> Iterator[Any]:
    for at, cell in enumerate(cells):
        try:
            yield read(cell)
        except ValueError:
            odd.add(at)
            yield None
