"""What the morning digest of a desk says: which dossiers, in which block, in which order. Pure.

Codes only, no names: the digest travels by mail (Nghị định 118/2025/NĐ-CP, Điều 5.1đ).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from latewatch.domain.alarm import Alarm, AlarmKind, held_back
from latewatch.domain.hours import END_OF_DAY
from latewatch.domain.letters.duty import RUNNING
from latewatch.domain.letters.life import LetterState
from latewatch.domain.standing import Case, Standing, is_last_call, standing_at, working_days_late
from latewatch.domain.suspension import lasts
from latewatch.domain.worktime import WorkCalendar

ROWS_PER_BLOCK = 20
_FINISHED = (Standing.EARLY, Standing.ON_TIME, Standing.LATE, Standing.REFUSED)


@dataclass(frozen=True, slots=True)
class DigestRow:
    """One dossier as the digest shows it.

    `due_at` is the moment its limit ends, where that is not the end of the day `due_on`. One that awaits a
    supplement does so `since` a day, and until `due_on`. Where its source is in doubt, what is said of it
    rests on data as old as `rests_on`. Its letter has come to `letter_state`; `needless` says why that one
    should be cancelled.
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
    rests_on: date | None = None
    letter_state: LetterState | None = None
    needless: str = ""


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


@dataclass(frozen=True, slots=True)
class Held:
    """How many dossiers nobody is alarmed about while `reason` lasts: newly late, and due soon."""

    reason: Alarm
    newly_late: int
    due_soon: int

    @property
    def total(self) -> int:
        return self.newly_late + self.due_soon


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
    held: tuple[Held, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    warnings: tuple[str, ...] = ()
    seal: str = ""  # over all that the sources said: a copy of it outside the database

    @property
    def is_trusted(self) -> bool:
        """Whether a figure of zero means zero: every source's data is there, whole and fresh."""
        return self.data_from is not None and not self.held

    @property
    def stale_since(self) -> datetime | None:
        """When the source that is silent too long, and longest, last brought something."""
        times = [each.data_from for each in self.alarms if each.kind is AlarmKind.STALE and each.data_from]
        return min(times, default=None)

    @property
    def held_total(self) -> int:
        return sum(each.total for each in self.held)

    @property
    def subject(self) -> str:
        """The subject line; with data that is not to be believed it warns instead of showing a false zero."""
        start = f"[Một cửa] {self.at:%d/%m}: "
        if self.data_from is None:
            return f"{start}CHƯA CÓ DỮ LIỆU"
        return start + " · ".join([*self._doubt(), *self._figures()])

    def _doubt(self) -> Iterator[str]:
        if self.stale_since:
            yield f"DỮ LIỆU CŨ (từ {self.stale_since:%d/%m})"
        elif self.held:
            yield "DỮ LIỆU THIẾU"

    def _figures(self) -> Iterator[str]:
        counts = self.counts
        if counts.newly_late or self.is_trusted:
            yield f"{counts.newly_late} trễ mới"
        yield f"{counts.overdue} đang trễ"
        if counts.due_today or self.is_trusted:
            yield f"{counts.due_today} đến hạn hôm nay"
        if self.held_total:
            yield f"tạm chưa báo {self.held_total} hồ sơ"


def compose(
    cases: Iterable[Case],
    *,
    desk: str,
    at: datetime,
    calendar: WorkCalendar,
    due_soon_days: int,
    before: Counts | None,
    before_on: date | None,
    data_from: datetime | None,
    told_on: Mapping[str, date] | None = None,
    alarms: Sequence[Alarm] = (),
    warnings: tuple[str, ...] = (),
    seal: str = "",
    needless: Sequence[tuple[Case, str]] = (),
) -> Digest:
    """Sort the desk's dossiers into the digest's blocks.

    Newly late is what became overdue since the digest before, or since the working day before today where
    there was none; of a source that was held back, since the day `told_on` which its news was last told.
    While an alarm holds a source back, nothing is said to be newly late or due of its dossiers; a letter's
    last day does not wait (Nghị định 118/2025/NĐ-CP, Điều 19.6). `needless` are the letters with a number
    that should be cancelled, each with why. These, and what the desk has to close, are blocks only where
    there are any. Raises CalendarGap.
    """
    morning = _Morning(cases, at, calendar, due_soon_days, doubts=held_back(alarms))
    late = morning.late_since(before_on or morning.yesterday, told_on or {})
    new = [case for case in late if not morning.doubt(case)]
    soon = [case for case in morning.soon if not morning.doubt(case)]
    due_today = [case for case in soon if case.due_on == at.date()]
    blocks = (
        morning.block("letters-today", "Văn bản xin lỗi phải gửi hôm nay", morning.must_go),
        morning.block("newly-late", "Trễ mới", new),
        morning.block("due-soon", f"Đến hạn hôm nay và trong {due_soon_days} ngày làm việc tới", soon),
        morning.block("worst", "Trễ lâu nhất", morning.overdue),
        morning.block("finished", f"Giải quyết xong từ {morning.yesterday:%d/%m}", morning.finished),
        morning.block("unsigned", "Văn bản xin lỗi chờ ký, chờ gửi", morning.unsigned),
        *morning.needless(needless),
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
        held=tuple(morning.held(late)),
        alarms=tuple(alarms),
        warnings=warnings,
        seal=seal,
    )


class _Morning:
    """The dossiers of one desk, sorted by what has to be done about them at `at`."""

    def __init__(
        self,
        cases: Iterable[Case],
        at: datetime,
        calendar: WorkCalendar,
        due_soon_days: int,
        *,
        doubts: Mapping[str, Alarm],
    ) -> None:
        self.at = at
        self._doubts = doubts
        self.yesterday = calendar.back(at.date(), 1)  # the working day before today
        placed = [(case, standing_at(case, at, due_soon_days)) for case in cases]
        self.overdue = [case for case, standing in placed if standing is Standing.OVERDUE]
        self.soon = [case for case, standing in placed if standing is Standing.DUE_SOON]
        self._lapsed = [case for case, standing in placed if standing is Standing.LAPSED]
        self.must_go = [case for case, _ in placed if not _is_appointed(case) and is_last_call(case, at)]
        self.unsigned = [case for case, standing in placed if case.draft_on and standing in RUNNING]
        self.finished = [
            case for case, standing in placed if standing in _FINISHED and self._ended_lately(case)
        ]

    def doubt(self, case: Case) -> Alarm | None:
        """Return why nobody is alarmed about `case`; of a dossier of unknown source any reason may hold."""
        found = self._doubts.get(case.source)
        return found or (next(iter(self._doubts.values()), None) if not case.source else None)

    def held(self, late: Iterable[Case]) -> Iterator[Held]:
        """Yield what is held back of each source in doubt, also where that is nothing."""
        newly, soon = (Counter(map(self.doubt, cases)) for cases in (late, self.soon))
        yield from (Held(alarm, newly[alarm], soon[alarm]) for alarm in self._doubts.values())

    def late_since(self, day: date, told_on: Mapping[str, date]) -> list[Case]:
        """Return what fell due on `day`, or on its source's own, or after it, and is overdue now."""
        return [case for case in self.overdue if case.due_on and case.due_on >= told_on.get(case.source, day)]

    def _ended_lately(self, case: Case) -> bool:
        finished_at = case.dossier.finished_at
        return finished_at is not None and self.yesterday <= finished_at.date() < self.at.date()

    def block(self, key: str, title: str, chosen: list[Case]) -> Block:
        rows = [self._row(case, case.due_on) for case in chosen if case.due_on]
        return Block(key, title, tuple(sorted(rows, key=lambda row: (row.due_on, row.code))))

    def _row(self, case: Case, due_on: date) -> DigestRow:
        doubt = self.doubt(case)
        rests_on = doubt.data_from.date() if doubt and doubt.data_from else None
        return replace(_row(case, due_on, self.at), rests_on=rests_on)

    def needless(self, letters: Iterable[tuple[Case, str]]) -> Iterator[Block]:
        """Yield the block of numbered letters that nobody should send any more, if there is any."""
        rows = [
            replace(self._row(case, case.due_on or self.at.date()), due_at=None, needless=why)
            for case, why in letters
        ]
        if rows:
            yield Block("needless", "Văn bản xin lỗi nên hủy", tuple(sorted(rows, key=lambda row: row.code)))

    def lapsed(self) -> Iterator[Block]:
        """Yield the block of what waits to be closed (NĐ 118/2025/NĐ-CP, Điều 19.5), if there is any."""
        rows = [
            replace(self._row(case, case.deadline.lapses_on), due_at=None, since=asked.started_at.date())
            for case in self._lapsed
            if case.deadline.lapses_on and (asked := lasts(case.dossier.suspensions))
        ]
        if rows:
            ordered = sorted(rows, key=lambda row: (row.due_on, row.code))
            yield Block("lapsed", "Quá hạn bổ sung, chờ đóng hồ sơ", tuple(ordered))


def _is_appointed(case: Case) -> bool:
    """Tell whether the one new appointment is used up: the letter is out, or was before it was cancelled."""
    return case.letter_on is not None or case.recalled_on is not None


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
        letter_state=case.letter_state,
    )
