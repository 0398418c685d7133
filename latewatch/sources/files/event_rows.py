"""One row of a list of events → an interruption or a stage, or the doubt that keeps it out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from latewatch.domain.dossier import Cause, Stage, Suspension
from latewatch.domain.limit import TimeLimit
from latewatch.domain.record import Event, EventKind
from latewatch.domain.suspension import is_before, problem_of
from latewatch.errors import Place, SourceError
from latewatch.sources.files.cells import AT_ONCE, key_of, limit_of, text_of
from latewatch.sources.files.grid import Cell, Sheet
from latewatch.sources.files.header import Header
from latewatch.sources.files.rows import Doubt, Row, RowReader, meaning
from latewatch.sources.files.scan import Scan
from latewatch.sources.profiles.profile import Profile


@dataclass(frozen=True, slots=True)
class Told:
    """A row of a list of events, read: its dossier, and the event it tells of."""

    code: str
    event: Event


@dataclass(frozen=True, slots=True)
class Spoilt:
    """A row of a dossier that was set aside; without its kind it may have been any."""

    code: str
    kind: EventKind | None
    place: Place

    @property
    def is_of(self) -> Sequence[type[Suspension] | type[Stage]]:
        """The facts of the dossier that are not whole without this row."""
        if self.kind is None:
            return (Suspension, Stage)
        return (Stage,) if self.kind is EventKind.STAGE else (Suspension,)


class EventReader(RowReader):
    """Reads the rows of one sheet, and remembers whose rows it could not take."""

    SIGNS = ("kind", "started_at", "ended_at")

    def __init__(self, file: str, sheet: Sheet, header: Header, profile: Profile, scan: Scan) -> None:
        super().__init__(file, sheet, header, profile, scan)
        self.spoilt: list[Spoilt] = []
        self._implied = profile.implied.get(key_of(self.heading("started_at")))
        if "kind" not in header.columns and self._implied is None:
            where = f"{file}, trang tính “{sheet.name}”" if sheet.name else file
            raise SourceError(
                where,
                f"thiếu cột “{profile.names['kind']}”: không rõ các dòng là yêu cầu bổ sung, tạm dừng hay "
                "chặng xử lý. Nếu cột mang tên khác, hãy ghi tên đó vào khóa headings của nguồn",
            )

    def read(self, row: Row) -> Told | None:
        """Return what `row` tells of; None where that is no interruption and no stage. Raises Doubt."""
        self._check_width(row)
        code = self._code(row)
        kind: EventKind | None = None
        try:
            kind = self._kind(row)
            if kind is EventKind.NONE:
                return None
            fact = self._stage(row) if kind is EventKind.STAGE else self._suspension(row, Cause(kind.value))
        except Doubt:
            self.spoilt.append(Spoilt(code, kind, self.place(row.at)))
            raise
        return Told(code, Event(fact, self.raw(row), self.place(row.at), self.heading("started_at")))

    def _kind(self, row: Row) -> EventKind:
        if "kind" not in self.header.columns:
            assert self._implied is not None  # noqa: S101  a file without either was refused
            return self._implied
        try:
            found: EventKind = meaning(self.text(row, "kind"), self.profile.event_of, "event")
        except ValueError as e:
            raise Doubt(self.heading("kind"), str(e)) from e
        return found

    def _suspension(self, row: Row, cause: Cause) -> Suspension:
        started_at = self._start(row)
        fact = Suspension(cause, started_at, self._moment(row, "ended_at"), self._cell_text(row, "note"))
        problem = problem_of([fact], started_at)
        if problem:
            raise Doubt(self.heading("ended_at"), f"{problem}; hãy sửa ngày sai ở nơi xuất tệp")
        return fact

    def _stage(self, row: Row) -> Stage:
        started_at, finished_at = self._start(row), self._moment(row, "ended_at")
        unit, due_at = self._cell_text(row, "unit"), self._moment(row, "due_at")
        if not unit:
            column = self.heading("unit") if "unit" in self.header.columns else self.profile.names["unit"]
            raise Doubt(column, "thiếu đơn vị của chặng; hãy ghi đơn vị rồi xuất lại")
        self._refuse_before("ended_at", finished_at, started_at, "chặng kết thúc")
        self._refuse_before("due_at", due_at, started_at, "hạn của chặng")
        return Stage(unit, started_at, self._limit(row), due_at, finished_at)

    def _refuse_before(self, field: str, at: datetime | None, started_at: datetime, what: str) -> None:
        if at and is_before(at, started_at):
            problem = f"{what} {at:%d/%m/%Y} trước khi bắt đầu {started_at:%d/%m/%Y}"
            raise Doubt(self.heading(field), f"{problem}; hãy sửa ngày sai ở nơi xuất tệp")

    def _start(self, row: Row) -> datetime:
        started_at = self._moment(row, "started_at")
        if started_at is None:
            raise Doubt(self.heading("started_at"), "thiếu ngày bắt đầu; hãy ghi ngày rồi xuất lại")
        return started_at

    def _cell(self, row: Row, field: str) -> Cell:
        """Return the cell of a field; what the sheet or the row does not have is empty."""
        column = self.header.columns.get(field, len(row.cells))
        return row.cells[column] if column < len(row.cells) else ""

    def _cell_text(self, row: Row, field: str) -> str:
        return text_of(self._cell(row, field))

    def _moment(self, row: Row, field: str) -> datetime | None:
        try:
            return self.moment(field)(self._cell(row, field))
        except ValueError as e:
            raise Doubt(self.heading(field), str(e)) from e

    def _limit(self, row: Row) -> TimeLimit | None:
        try:
            limit = limit_of(self._cell(row, "limit"), self.profile.limit_unit)
        except ValueError as e:
            raise Doubt(self.heading("limit"), str(e)) from e
        text = self._cell_text(row, "limit")
        if limit == AT_ONCE and "0" in text:
            problem = f"“{text}”: thời hạn của chặng phải từ 1 trở lên; không có thời hạn thì để trống ô"
            raise Doubt(self.heading("limit"), problem)
        return limit
