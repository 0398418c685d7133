"""What a source hands on: facts about dossiers, and the rows it could not read, with their places. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest
from json import loads
from typing import Any

from latewatch.domain.dossier import Cause, Stage, Suspension
from latewatch.errors import Place, RecordError


class EventKind(StrEnum):
    """What a row of a list of events tells of: an interruption by its cause, a stage, or neither."""

    SUPPLEMENT = Cause.SUPPLEMENT.value
    FINANCIAL = Cause.FINANCIAL.value
    CONSULTATION = Cause.CONSULTATION.value
    OTHER = Cause.OTHER.value
    STAGE = "stage"  # chặng của hồ sơ liên thông
    NONE = "none"  # neither: passed over


class DateOrder(StrEnum):
    """What stands first in a date such as 03/04/2026."""

    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"


class Cells(Mapping[str, str]):
    """A row of a sheet as it was: heading → text, of the cells that hold any.

    The rows of a sheet share `headings`: a hundred thousand of them would weigh more than what they say.
    `written` is the list of the texts as JSON where a reader wrote it down: few rows are ever looked into,
    all of them are kept.
    """

    __slots__ = ("_texts", "headings", "written")

    def __init__(self, headings: tuple[str, ...], texts: tuple[str, ...] = (), written: str = "") -> None:
        self.headings = headings
        self._texts = texts
        self.written = written

    @property
    def texts(self) -> tuple[str, ...]:
        if self.written and not self._texts:
            self._texts = tuple(loads(self.written))
        return self._texts

    def __getitem__(self, heading: str) -> str:
        try:
            return self.texts[self.headings.index(heading)]
        except (ValueError, IndexError):
            raise KeyError(heading) from None

    def __iter__(self) -> Iterator[str]:
        return (name for name, text in zip(self.headings, self.texts, strict=False) if text)

    def __len__(self) -> int:
        return sum(map(bool, self.texts))

    def __repr__(self) -> str:
        return repr(dict(self))

    def whole(self) -> dict[str, str]:
        """Return every heading with its text, the empty ones too, in the order of the sheet."""
        return dict(zip_longest(self.headings, self.texts[: len(self.headings)], fillvalue=""))


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
    must not erase what is stored, an empty cell of a present column may. `raw` is the row as it was. The
    same `digest` later means the same row under the same headings, read alike; empty where nobody can say so.
    What only `adds` speaks of a dossier that others report: its stages join those known, nothing is made new.
    """

    code: str
    facts: Mapping[str, Any]
    raw: Mapping[str, Any]
    place: Place
    events: tuple[Event, ...] = ()
    digest: str = ""
    adds: bool = False

    @property
    def rows(self) -> int:
        return len(self.events) or 1


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row set aside: nothing of it was taken. `code` is empty where the row has none."""

    place: Place
    column: str
    reason: str
    raw: Mapping[str, Any]
    code: str = ""

    @property
    def told(self) -> str:
        """Where it stands, of which dossier it is, and why it was not taken."""
        is_named = not self.code or self.code in self.reason
        problem = self.reason if is_named else f"hồ sơ {self.code}: {self.reason}"
        return str(RecordError(self.place, self.column, problem))
