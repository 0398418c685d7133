"""What the morning digest of a desk says: which dossiers, in which block, in which order. Pure.

Codes only, no names: the digest travels by mail (Nghị định 118/2025/NĐ-CP, Điều 5.1đ).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from latewatch.domain.hours import END_OF_DAY
from latewatch.domain.standing import Case, Standing, is_expected_late, standing_at, working_days_late
from latewatch.domain.suspension import lasts
from latewatch.domain.worktime import WorkCalendar

ROWS_PER_BLOCK = 20
_FINISHED = (Standing.EARLY, Standing.ON_TIME, Standing.LATE, Standing.REFUSED)


@dataclass(frozen=True, slots=True)
class DigestRow:
    """One dossier as the digest shows it.

    `due_at` is the moment its limit ends, where that is not the end of the day `due_on`. One that awaits a
    supplement does so `since` a day, and until `due_on`.
    """

    code: str
    unit: str
    procedure: str
    due_on: date
    working_days_late: int
    draft_on: date | None
    letter_on: date | None
    due_at: datetime | None = None
    since: date | None = None
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A titled list: `rows` is what the message shows, `all_rows` what the sheet beside it holds."""

    key: str
    title: str
    all_rows: tuple[DigestRow, ...]

    @property
    def rows(self) -> tuple[DigestRow, ...]:
        return self.all_rows[:ROWS_PER_BLOCK]

    @property
    def total(self) -> int:
        return len(self.all_rows)


@dataclass(frozen=True, slots=True)
class Counts:
    """The figures of the subject line and of the comparison with the digest before."""

    newly_late: int
    overdue: int
    due_today: int
    waiting_letters: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """One desk, one morning."""

    desk: str
    at: datetime
    counts: Counts
    before: Counts | None
    before_on: date | None
    blocks: tuple[Block, ...]
    data_from: datetime | None
    is_stale: bool
    warnings: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        """The subject line; with stale data it warns instead of showing a false zero."""
        start = f"[Một cửa] {self.at:%d/%m}: "
        if self.data_from is None:
            return f"{start}CHƯA CÓ DỮ LIỆU"
        figures = (
            f"{self.counts.newly_late} trễ mới · {self.counts.overdue} đang trễ · "
            f"{self.counts.due_today} đến hạn hôm nay"
        )
        return (
            f"{start}DỮ LIỆU CŨ (từ {self.data_from:%d/%m}) · {figures}" if self.is_stale else start + figures
        )


def compose(
    cases: Iterable[Case],
    *,
    desk: str,
    at: datetime,
    calendar: WorkCalendar,
    due_soon_days: int,
    lead_days: int,
    before: Counts | None,
    before_on: date | None,
    data_from: datetime | None,
    is_stale: bool,
    warnings: tuple[str, ...] = (),
) -> Digest:
    """Sort the desk's dossiers into the digest's blocks.

    Newly late is what became overdue since the digest before, or since the working day before today where
    there was none. What the desk has to close is a block only where there is any. Raises CalendarGap.
    """
    morning = _Morning(cases, at, calendar, due_soon_days, lead_days)
    new = morning.late_since(before_on or morning.yesterday)
    due_today = [case for case in morning.soon if case.due_on == at.date()]
    blocks = (
        morning.block("letters-today", "Văn bản xin lỗi phải gửi hôm nay", morning.must_go),
        morning.block("newly-late", "Trễ mới", new),
        morning.block(
            "due-soon", f"Đến hạn hôm nay và trong {due_soon_days} ngày làm việc tới", morning.soon
        ),
        morning.block("worst", "Trễ lâu nhất", morning.overdue),
        morning.block("finished", f"Giải quyết xong từ {morning.yesterday:%d/%m}", morning.finished),
        morning.block("unsigned", "Văn bản xin lỗi chờ ký", morning.unsigned),
        *morning.lapsed(),
    )
    return Digest(
        desk=desk,
        at=at,
        counts=Counts(len(new), len(morning.overdue), len(due_today), len(morning.unsigned)),
        before=before,
        before_on=before_on,
        blocks=blocks,
        data_from=data_from,
        is_stale=is_stale,
        warnings=warnings,
    )


class _Morning:
    """The dossiers of one desk, sorted by what has to be done about them at `at`."""

    def __init__(
        self, cases: Iterable[Case], at: datetime, calendar: WorkCalendar, due_soon_days: int, lead_days: int
    ) -> None:
        self.at = at
        self.yesterday = calendar.back(at.date(), 1)  # the working day before today
        placed = [(case, standing_at(case, at, due_soon_days)) for case in cases]
        self.overdue = [case for case, standing in placed if standing is Standing.OVERDUE]
        self.soon = [case for case, standing in placed if standing is Standing.DUE_SOON]
        self._lapsed = [case for case, standing in placed if standing is Standing.LAPSED]
        self.must_go = [
            case for case, _ in placed if case.letter_on is None and is_expected_late(case, at, lead_days)
        ]
        self.unsigned = [case for case in self.overdue + self.must_go if case.draft_on and not case.letter_on]
        self.finished = [
            case for case, standing in placed if standing in _FINISHED and self._ended_lately(case)
        ]

    def late_since(self, day: date) -> list[Case]:
        """Return what fell due on `day` or after it, and is overdue now."""
        return [case for case in self.overdue if case.due_on and case.due_on >= day]

    def _ended_lately(self, case: Case) -> bool:
        finished_at = case.dossier.finished_at
        return finished_at is not None and self.yesterday <= finished_at.date() < self.at.date()

    def block(self, key: str, title: str, chosen: list[Case]) -> Block:
        rows = [_row(case, case.due_on, self.at) for case in chosen if case.due_on]
        return Block(key, title, tuple(sorted(rows, key=lambda row: (row.due_on, row.code))))

    def lapsed(self) -> Iterator[Block]:
        """Yield the block of what waits to be closed (NĐ 118/2025/NĐ-CP, Điều 19.5), if there is any."""
        rows = [
            replace(_row(case, case.deadline.lapses_on, self.at), due_at=None, since=asked.started_at.date())
            for case in self._lapsed
            if case.deadline.lapses_on and (asked := lasts(case.dossier.suspensions))
        ]
        if rows:
            ordered = sorted(rows, key=lambda row: (row.due_on, row.code))
            yield Block("lapsed", "Quá hạn bổ sung, chờ đóng hồ sơ", tuple(ordered))


def _row(case: Case, due_on: date, at: datetime) -> DigestRow:
    due_at = case.deadline.due_at
    finished_at = case.dossier.finished_at
    until = finished_at if finished_at and finished_at <= at else at
    return DigestRow(
        code=case.dossier.code,
        unit=case.unit,
        procedure=case.dossier.procedure,
        due_on=due_on,
        working_days_late=working_days_late(case, at),
        draft_on=case.draft_on,
        letter_on=case.letter_on,
        due_at=due_at if due_at and due_at.time() != END_OF_DAY else None,
        is_late=due_at is not None and until > due_at,
    )
