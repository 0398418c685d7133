"""What was read of a file or an answer, or of one part of it: reports, and the rows set aside. Pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from latewatch.domain.record import Rejected, Reported


@dataclass(slots=True)
class Reading:
    """A file or an answer, read, or one part of it.

    `same` are codes of rows that are word for word what is stored of them; `unknown` counts the status words
    nobody mapped; `cursor` says where to go on once this part is kept, None where only the whole counts;
    `ahead` is the number of parts that follow, where somebody knows.
    """

    reported: list[Reported] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
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
        rows = sum(each.rows for each in self.reported)
        return rows + len(self.rejected) + len(self.same) + self.repeated

    def add(self, part: "Reading") -> None:
        """Join the next part to this one."""
        self.reported += part.reported
        self.rejected += part.rejected
        self.same += part.same
        self.repeated += part.repeated
        self.fields |= part.fields
        self.warnings += part.warnings
        self.unknown += part.unknown
        self.cursor = part.cursor or self.cursor
