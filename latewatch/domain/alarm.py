"""An alarm about what a source delivers, and whose dossiers it makes doubtful. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AlarmKind(StrEnum):
    """What is wrong with a feed."""

    STALE = "stale"
    SHRUNK = "shrunk"
    COLUMNS_LOST = "columns lost"
    COLUMNS_NEW = "columns new"
    UNKNOWN_WORDS = "unknown words"
    REJECTED = "rejected rows"


NOTES = (AlarmKind.COLUMNS_NEW,)  # worth knowing, and nothing is wrong


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing that is wrong with what `source` delivers, with its figures and its cure.

    While one that `holds_back` lasts, what is said of a dossier of this source may be false: it rests on what
    the source brought at `data_from`. `text` travels by mail and into the log: no cell of a source is in it;
    `detail` is for the screen.
    """

    source: str
    kind: AlarmKind
    text: str
    cure: str
    origin: str = ""  # the file, where it is about one
    holds_back: bool = False
    data_from: datetime | None = None
    detail: str = ""

    @property
    def told(self) -> str:
        """What is wrong and what to do, in one line."""
        return f"{self.text}; {self.cure}"

    @property
    def shown(self) -> str:
        """The same with what the source wrote, for the screen."""
        return f"{self.text} ({self.detail}); {self.cure}" if self.detail else self.told


def held_back(found: Iterable[Alarm]) -> dict[str, Alarm]:
    """Return the sources whose dossiers nobody should be alarmed about, each with the first reason."""
    first: dict[str, Alarm] = {}
    for alarm in found:
        if alarm.holds_back:
            first.setdefault(alarm.source, alarm)
    return first
