"""What the morning digest of a desk says: which dossiers, in which block, in which order. Pure.

Codes only, no names: the digest travels by mail (Nghị định 118/2025/NĐ-CP, Điều 5.1đ).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from latewatch.domain.standing import Case, Standing, is_expected_late, standing_at, working_days_late
from latewatch.domain.worktime import WorkCalendar

ROWS_PER_BLOCK = 20
_FINISHED = (Standing.EARLY, Standing.ON_TIME, Standing.LATE, Standing.REFUSED)


@dataclass(frozen=True, slots=True)
class DigestRow:
    """One dossier as the digest shows it."""

    code: str
    unit: str
    procedure: str
    due_on: date
    working_days_late: int
    draft_on: date | None
    letter_on: date | None


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
    there was none. Raises CalendarGap.
    """
    today = at.date()
    since = before_on or calendar.back(today, 1)
    yesterday = calendar.back(today, 1)
    with_standing = [(case, standing_at(case, at, calendar, due_soon_days)) for case in cases]
    overdue = [case for case, standing in with_standing if standing is Standing.OVERDUE]
    soon = [case for case, standing in with_standing if standing is Standing.DUE_SOON]
    must_go = [
        case
        for case, _ in with_standing
        if case.letter_on is None and is_expected_late(case, at, calendar, lead_days)
    ]
    new = [case for case in overdue if case.due_on and case.due_on >= since]
    due_today = [case for case in soon if case.due_on == today]
    unsigned = [case for case in overdue + must_go if case.draft_on and not case.letter_on]
    finished = [
        case
        for case, standing in with_standing
        if standing in _FINISHED and _finished_between(case, yesterday, today)
    ]

    def block(key: str, title: str, chosen: list[Case]) -> Block:
        rows = [_row(case, case.due_on, at, calendar) for case in chosen if case.due_on]
        return Block(key, title, tuple(sorted(rows, key=lambda row: (row.due_on, row.code))))

    return Digest(
        desk=desk,
        at=at,
        counts=Counts(len(new), len(overdue), len(due_today), len(unsigned)),
        before=before,
        before_on=before_on,
        blocks=(
            block("letters-today", "Văn bản xin lỗi phải gửi hôm nay", must_go),
            block("newly-late", "Trễ mới", new),
            block("due-soon", f"Đến hạn hôm nay và trong {due_soon_days} ngày làm việc tới", soon),
            block("worst", "Trễ lâu nhất", overdue),
            block("finished", f"Giải quyết xong từ {yesterday:%d/%m}", finished),
            block("unsigned", "Văn bản xin lỗi chờ ký", unsigned),
        ),
        data_from=data_from,
        is_stale=is_stale,
        warnings=warnings,
    )


def _finished_between(case: Case, first: date, before: date) -> bool:
    finished_at = case.dossier.finished_at
    return finished_at is not None and case.due_on is not None and first <= finished_at.date() < before


def _row(case: Case, due_on: date, at: datetime, calendar: WorkCalendar) -> DigestRow:
    return DigestRow(
        code=case.dossier.code,
        unit=case.unit,
        procedure=case.dossier.procedure,
        due_on=due_on,
        working_days_late=working_days_late(case, at, calendar),
        draft_on=case.draft_on,
        letter_on=case.letter_on,
    )
