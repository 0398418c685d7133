"""What was read of a file or an answer, or of one part of it: reports, and the rows set aside. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import compress
from typing import Any

from latewatch.domain.record import Cells, Rejected, Reported
from latewatch.errors import Place

NOWHERE = Place("")


@dataclass(frozen=True, slots=True)
class PlainRows:
    """Rows of one sheet that each report one dossier, column by column: most rows of most exports.

    `facts` goes from a field to its value in every row: all of them tell the same fields. `written` is the
    list of each row's cells as JSON, under the same `headings`; `sheet` is where they stand, `numbers` which
    rows they are there, from 1. `documents` are the facts of each as they are kept of a dossier nobody knew,
    where they were written down already.
    """

    codes: Sequence[str] = ()
    facts: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    headings: tuple[str, ...] = ()
    written: Sequence[str] = ()
    sheet: Place = NOWHERE
    numbers: Sequence[int] = ()
    digests: Sequence[str] = ()
    documents: Sequence[str] = ()

    def __len__(self) -> int:
        return len(self.codes)

    def __iter__(self) -> Iterator[Reported]:
        """Yield what each row reports, as one that was read by itself does."""
        values = zip(*self.facts.values(), strict=True)
        rows = zip(self.codes, values, self.written, self.numbers, self.digests, strict=True)
        for code, facts, written, number, digest in rows:
            named = dict(zip(self.facts, facts, strict=True))
            place = replace(self.sheet, row=number)
            yield Reported(code, named, Cells(self.headings, written=written), place, (), digest)

    def those(self, wanted: Sequence[bool]) -> "PlainRows":
        """Return the rows that are `wanted`."""
        if all(wanted) or not any(wanted):
            return self if all(wanted) else NO_ROWS
        return replace(
            self,
            codes=list(compress(self.codes, wanted)),
            facts={name: list(compress(values, wanted)) for name, values in self.facts.items()},
            written=list(compress(self.written, wanted)),
            numbers=list(compress(self.numbers, wanted)),
            digests=list(compress(self.digests, wanted)),
            documents=list(compress(self.documents, wanted)),
        )


NO_ROWS = PlainRows()


@dataclass(slots=True)
class Reading:
    """A file or an answer, read, or one part of it.

    `plain` rows are reports like the others. `same` are codes of rows that are word for word what is stored
    of them; `unknown` counts the status words nobody mapped; `cursor` says where to go on once this part is
    kept, None where only the whole counts; `ahead` is the number of parts that follow, where somebody knows.
    """

    reported: list[Reported] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    plain: PlainRows = NO_ROWS
    same: list[str] = field(default_factory=list)
    repeated: int = 0
    fields: frozenset[str] = frozenset()
    warnings: list[str] = field(default_factory=list)
    unknown: Counter[str] = field(default_factory=Counter)
    cursor: Mapping[str, str] | None = None
    ahead: int = 0

    @property
    def read(self) -> int:
        """The number of rows with data."""
        rows = sum(each.rows for each in self.reported) + len(self.plain)
        return rows + len(self.rejected) + len(self.same) + self.repeated

    @property
    def told(self) -> list[str]:
        """The codes of what is reported."""
        return [*self.plain.codes, *(each.code for each in self.reported)]

    def add(self, part: "Reading") -> None:
        """Join the next part to this one."""
        self.reported += [*part.plain, *part.reported]
        self.rejected += part.rejected
        self.same += part.same
        self.repeated += part.repeated
        self.fields |= part.fields
        self.warnings += part.warnings
        self.unknown += part.unknown
        self.cursor = part.cursor or self.cursor
