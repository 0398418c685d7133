"""The errors latewatch raises on purpose. Each says what happened, where, and what to do, in Vietnamese.

LatewatchError
├── ConfigError        a setting: file and key
├── CalendarGap        a date no confirmed calendar reaches
├── CalendarError      an entry of the office's calendar that cannot be meant, or a calendar just replaced
├── SourceError        a source or file that cannot be read; `passing` when a later try may succeed
│   └── RecordError    one row of a file; the run goes on
├── UndoError          a batch that cannot be taken back, or not yet
├── FindingError       a step of a finding's life that cannot be made
├── LetterError        a rule of the letter's life that was broken
├── SheetError         a sheet of paper whose template cannot be printed
├── DeliveryError      a message that could not be handed over; `passing` likewise
├── TallyError         a table whose identities do not hold
└── StoreError         the database or the disk
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path


class LatewatchError(Exception):
    """Root of the tree: its text is one line a person can act on."""


class ConfigError(LatewatchError):
    """A setting that is missing, unknown or of the wrong kind."""

    def __init__(self, file: Path | str, key: str, problem: str) -> None:
        super().__init__(f"{file}: {key}: {problem}" if key else f"{file}: {problem}")
        self.file = file
        self.key = key
        self.problem = problem


class CalendarGap(LatewatchError):  # noqa: N818  a gap is what it is called at the desk
    """A date outside the years the calendar knows."""

    def __init__(self, day: date, first: date, last: date) -> None:
        super().__init__(
            f"Chưa có lịch làm việc năm {day.year} (cần cho ngày {day:%d/%m/%Y}; lịch hiện có từ "
            f"{first:%d/%m/%Y} đến {last:%d/%m/%Y}). Hãy thêm tệp {day.year}.toml theo thông báo nghỉ lễ, "
            f"tết của năm đó vào thư mục [calendar] folder trong tệp cấu hình."
        )
        self.day = day


class CalendarError(LatewatchError):
    """An entry of the office's calendar that cannot be meant, or a calendar that was just replaced."""

    def __init__(self, entry: str, problem: str) -> None:
        super().__init__(f"{entry}: {problem}")
        self.entry = entry
        self.problem = problem


class SourceError(LatewatchError):
    """A source, or one file of it, that cannot be read."""

    def __init__(self, where: str, problem: str, *, passing: bool = False) -> None:
        super().__init__(f"{where}: {problem}")
        self.where = where
        self.problem = problem
        self.passing = passing


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a source a record stands; `row` counts from 1 as a spreadsheet program shows it."""

    file: str
    sheet: str = ""
    row: int = 0

    def __str__(self) -> str:
        return self.names_of([self.row])[0]

    def names_of(self, rows: Iterable[int]) -> list[str]:
        """Return how a person is told of `rows` of the same sheet."""
        sheet = f"{self.file}, trang tính “{self.sheet}”" if self.sheet else self.file
        return [f"{sheet}, dòng {row}" if row else sheet for row in rows]


class RecordError(SourceError):
    """One row that cannot be read as a dossier. It is kept with its reason, and the run goes on."""

    def __init__(self, place: Place, column: str, problem: str) -> None:
        super().__init__(f"{place}, cột “{column}”" if column else str(place), problem)
        self.place = place
        self.column = column


class UndoError(LatewatchError):
    """A batch that cannot be taken back, or not yet: what stands in the way."""


class FindingError(LatewatchError):
    """A step of a finding's life that cannot be made."""


class LetterError(LatewatchError):
    """A rule of the letter's life that would be broken."""


class SheetError(LatewatchError):
    """A sheet of paper whose template cannot be printed."""


class DeliveryError(LatewatchError):
    """A message that could not be handed to its server.

    `doubtful`: it may have been taken all the same. `retry_after`: the seconds the server asked to wait.
    `personal`: it concerns this message or its recipient alone; others may be taken.
    """

    def __init__(
        self,
        where: str,
        problem: str,
        *,
        passing: bool,
        doubtful: bool = False,
        retry_after: float | None = None,
        personal: bool = False,
    ) -> None:
        super().__init__(f"{where}: {problem}")
        self.passing = passing
        self.doubtful = doubtful
        self.retry_after = retry_after
        self.personal = personal


class TallyError(LatewatchError):
    """A table that contradicts itself, and is therefore not printed."""


class StoreError(LatewatchError):
    """The database or the disk does not take or give what it should."""
