"""What a source hands on: facts about dossiers, and the rows it could not read, with their places. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from latewatch.domain.dossier import Cause, Stage, Suspension
from latewatch.errors import Place


class EventKind(StrEnum):
    """What a row of a list of events tells of: an interruption by its cause, a stage, or neither."""

    SUPPLEMENT = Cause.SUPPLEMENT.value
    FINANCIAL = Cause.FINANCIAL.value
    CONSULTATION = Cause.CONSULTATION.value
    OTHER = Cause.OTHER.value
    STAGE = "stage"  # chặng của hồ sơ liên thông
    NONE = "none"  # neither: passed over


@dataclass(frozen=True, slots=True)
class Event:
    """One row of a list of events, as it was read; `column` is the one its moments are blamed on."""

    fact: Suspension | Stage
    raw: Mapping[str, str]
    place: Place
    column: str


@dataclass(frozen=True, slots=True)
class Reported:
    """What one row says of one dossier, or all rows of a list of events that name it (`events`).

    `facts` holds only the fields this source has a column for (names of `Dossier`): a column that is absent
    must not erase what is stored, an empty cell of a present column may. `raw` is the row as it was.
    """

    code: str
    facts: Mapping[str, Any]
    raw: Mapping[str, str]
    place: Place
    events: tuple[Event, ...] = ()

    @property
    def rows(self) -> int:
        return len(self.events) or 1


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
        return sum(each.rows for each in self.reported) + len(self.rejected) + self.repeated
