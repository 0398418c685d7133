"""What a source hands on: facts about dossiers, and the rows it could not read, with their places. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from latewatch.errors import Place


@dataclass(frozen=True, slots=True)
class Reported:
    """What one row says of one dossier.

    `facts` holds only the fields this source has a column for (names of `Dossier`): a column that is absent
    must not erase what is stored, an empty cell of a present column may. `raw` is the row as it was.
    """

    code: str
    facts: Mapping[str, Any]
    raw: Mapping[str, str]
    place: Place


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row set aside: nothing of it was taken."""

    place: Place
    column: str
    reason: str
    raw: Mapping[str, str]


@dataclass(slots=True)
class Reading:
    """One file, read. `read` counts its rows with data: reported, repeated word for word, and rejected."""

    reported: list[Reported] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    repeated: int = 0
    fields: frozenset[str] = frozenset()
    warnings: list[str] = field(default_factory=list)

    @property
    def read(self) -> int:
        return len(self.reported) + len(self.rejected) + self.repeated
