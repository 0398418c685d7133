"""How many dossiers stand where at the end of a period: columns, identities, named rates. Pure.

Columns are those of form 07a of Thông tư 09/2026/TT-BTP; the per-unit table adds what stands apart.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from latewatch.domain.dossier import Channel, Status
from latewatch.domain.expiry import end_of_day
from latewatch.domain.names import fold
from latewatch.domain.period import Period
from latewatch.domain.standing import Case, Standing, finish_standing
from latewatch.errors import TallyError


class Treatment(StrEnum):
    """What a counting rule does with dossiers that stand apart."""

    LEFT_OUT = "left-out"
    AS_RESOLVED = "as-resolved"  # by their own finish date
    AS_WITHIN = "as-within"  # in progress, within time
    BY_DUE_DATE = "by-due-date"  # in progress, as if nothing had happened


@dataclass(frozen=True, slots=True, kw_only=True)
class CountingRule:
    """How a table treats what the forms do not name. Each choice is a setting with its reason beside it."""

    withdrawn: Treatment = Treatment.LEFT_OUT
    stopped: Treatment = Treatment.LEFT_OUT
    not_accepted: Treatment = Treatment.LEFT_OUT
    refused: Treatment = Treatment.AS_RESOLVED
    suspended: Treatment = Treatment.AS_WITHIN
    unknown_channel: Channel = Channel.DIRECT

    def treatment(self, status: Status) -> Treatment | None:
        """Return what this rule does with `status`; None for a dossier that simply runs or is done."""
        return {
            Status.WITHDRAWN: self.withdrawn,
            Status.STOPPED: self.stopped,
            Status.NOT_ACCEPTED: self.not_accepted,
            Status.REFUSED: self.refused,
            Status.SUPPLEMENT: self.suspended,
            Status.SUSPENDED: self.suspended,
            Status.WAITING: Treatment.LEFT_OUT,
        }.get(status)


@dataclass(slots=True)
class Counts:
    """One row of figures, in numbers of dossiers. The comments give the columns of form 07a."""

    online_full: int = 0  # (4)
    online_partial: int = 0  # (5)
    postal: int = 0  # (6)
    direct: int = 0  # (7)
    carried: int = 0  # (8)
    early: int = 0  # (10)
    on_time: int = 0  # (11)
    late: int = 0  # (12)
    within: int = 0  # (14)
    overdue: int = 0  # (15)
    late_with_letter: int = 0
    overdue_with_letter: int = 0
    due_in_period: int = 0
    due_and_on_time: int = 0
    withdrawn: int = 0
    stopped: int = 0
    refused: int = 0
    not_accepted: int = 0

    @property
    def received(self) -> int:  # (3)
        return self.online_full + self.online_partial + self.postal + self.direct + self.carried

    @property
    def resolved(self) -> int:  # (9)
        return self.early + self.on_time + self.late

    @property
    def pending(self) -> int:  # (13)
        return self.within + self.overdue

    @property
    def late_without_letter(self) -> int:
        return self.late - self.late_with_letter

    @property
    def overdue_without_letter(self) -> int:
        return self.overdue - self.overdue_with_letter

    @property
    def is_blank(self) -> bool:
        """Every figure a table shows is 0; what fell due and was finished before the period is in none."""
        hidden = ("due_in_period", "due_and_on_time")
        return not any(getattr(self, each.name) for each in fields(self) if each.name not in hidden)

    def columns(self) -> dict[str, int]:
        """Return the figures of form 07a by column, `c3` to `c15`."""
        values = (
            *(self.received, self.online_full, self.online_partial, self.postal, self.direct, self.carried),
            *(self.resolved, self.early, self.on_time, self.late),
            *(self.pending, self.within, self.overdue),
        )
        return {f"c{number}": value for number, value in enumerate(values, start=3)}

    def add(self, other: "Counts") -> None:
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))


@dataclass(frozen=True, slots=True)
class Rate:
    """A named on-time rate; `value` is None where there is nothing to divide by."""

    name: str
    formula: str
    value: Decimal | None
    unit: str = "%"


@dataclass(slots=True)
class Tally:
    """A table for one period: rows by label, their total, the rates, and remarks a reader needs."""

    period: Period
    as_of: datetime
    rows: dict[str, Counts]
    total: Counts
    rates: list[Rate]
    notes: list[str] = field(default_factory=list)


NO_LABEL = "(không ghi)"


def tally(
    cases: Iterable[Case],
    period: Period,
    *,
    label: Callable[[Case], str],
    rule: CountingRule,
    now: datetime,
    first: Sequence[str] = (),
) -> Tally:
    """Count `cases` for `period` by `label`, as of the end of its last day, or `now` while it runs.

    Rows whose labels are in `first` come in that order, the others after them by name. Raises TallyError
    where an identity of the form does not hold.
    """
    as_of = min(now, end_of_day(period.last, now.tzinfo))
    rows: dict[str, Counts] = {}
    counter, before, left = _Counter(period, as_of, rule), _day_before(period, now, rule), Counts()
    for case in cases:
        counter.count(case, rows.setdefault(label(case) or NO_LABEL, Counts()))
        before.count(case, left)
    total = Counts()
    for row in rows.values():
        total.add(row)
    places = {name: place for place, name in enumerate(first)}
    shown = sorted(rows, key=lambda name: (places.get(name, len(places)), fold(name)))
    rows = {name: rows[name] for name in shown if not rows[name].is_blank}
    result = Tally(period, as_of, rows, total, named_rates(total), counter.notes())
    if as_of < end_of_day(period.last, now.tzinfo):
        result.notes.insert(0, f"Kỳ chưa kết thúc: số liệu tính đến {as_of:%H:%M ngày %d/%m/%Y}.")
    check_identities(result)
    check_carry_over(result, left.pending)
    return result


CHANNEL_LABELS = {
    Channel.ONLINE_FULL: "Trực tuyến toàn trình",
    Channel.ONLINE_PARTIAL: "Trực tuyến một phần",
    Channel.POSTAL: "Qua dịch vụ bưu chính",
    Channel.DIRECT: "Trực tiếp",
}


@dataclass(slots=True)
class _Counter:
    """Puts each dossier into its columns, and remembers those no column could take."""

    period: Period
    as_of: datetime
    rule: CountingRule
    no_receipt: int = 0
    no_due_date: int = 0
    no_finish_date: int = 0
    finished_before_receipt: int = 0
    unknown_channel: int = 0

    def count(self, case: Case, row: Counts) -> None:
        received_on = case.dossier.received_on
        if received_on is None:
            self.no_receipt += 1
            return
        if received_on > self.as_of.date():
            return
        finished_at = case.dossier.finished_at
        if finished_at and finished_at.date() < received_on:
            self.finished_before_receipt += received_on >= self.period.first
            return
        self._count_apart(case, row)
        self._count_due(case, row)
        standing = self._standing(case)
        if standing is Standing.NO_FINISH_DATE:
            self.no_finish_date += 1
        elif standing is Standing.NO_DUE_DATE:
            self.no_due_date += 1
        elif standing is not None:
            self._count_received(case, row, received_on)
            self._count_standing(case, row, standing)

    def _count_apart(self, case: Case, row: Counts) -> None:
        """Count what stands apart in the period of its finish, or of its receipt where no finish is known."""
        name = _APART.get(_status(case))
        moment = case.dossier.finished_at or case.dossier.received_at
        if name and moment and moment.date() in self.period:
            setattr(row, name, getattr(row, name) + 1)

    def _standing(self, case: Case) -> Standing | None:
        """Return where `case` stands for this table, or None where the rule leaves it out."""
        treatment = self.rule.treatment(_status(case))
        can_finish = treatment in (None, Treatment.AS_RESOLVED)
        finished_at = case.dossier.finished_at if can_finish else None
        ended_at = finished_at if finished_at and finished_at <= self.as_of else None
        if treatment is Treatment.LEFT_OUT or (ended_at and ended_at.date() < self.period.first):
            return None
        if case.deadline.due_at is None:
            return Standing.WITHIN if case.deadline.waiting_since else Standing.NO_DUE_DATE
        if treatment is Treatment.AS_WITHIN:
            return Standing.WITHIN
        if ended_at:
            return finish_standing(case.deadline, ended_at)
        if can_finish and not finished_at and _status(case) not in _RUNNING:
            return Standing.NO_FINISH_DATE
        return Standing.OVERDUE if self.as_of > case.deadline.due_at else Standing.WITHIN

    def _count_received(self, case: Case, row: Counts, received_on: date) -> None:
        if received_on < self.period.first:
            row.carried += 1
            return
        channel = case.dossier.channel
        if channel is None:
            self.unknown_channel += 1
            channel = self.rule.unknown_channel
        name = channel.name.lower()
        setattr(row, name, getattr(row, name) + 1)

    def _count_standing(self, case: Case, row: Counts, standing: Standing) -> None:
        name = standing.name.lower()
        setattr(row, name, getattr(row, name) + 1)
        has_letter = case.letter_on is not None and case.letter_on <= self.as_of.date()
        if standing is Standing.LATE:
            row.late_with_letter += has_letter
        elif standing is Standing.OVERDUE:
            row.overdue_with_letter += has_letter

    def _count_due(self, case: Case, row: Counts) -> None:
        """Count what fell due in the period and how much of it was finished by then, in whatever period."""
        due_at, finished_at = case.deadline.due_at, case.dossier.finished_at
        can_finish = self.rule.treatment(_status(case)) in (None, Treatment.AS_RESOLVED)
        if can_finish and due_at and case.due_on in self.period and due_at <= self.as_of:
            row.due_in_period += 1
            row.due_and_on_time += finished_at is not None and finished_at <= due_at

    def notes(self) -> list[str]:
        lines = {
            "hồ sơ không rõ ngày tiếp nhận: không tính.": self.no_receipt,
            "hồ sơ không rõ thời hạn và ngày hẹn trả: không tính.": self.no_due_date,
            "hồ sơ đã xong nhưng không có ngày kết thúc xử lý: không tính.": self.no_finish_date,
            "hồ sơ có ngày kết thúc xử lý trước ngày tiếp nhận: không tính.": self.finished_before_receipt,
            f"hồ sơ không ghi kênh nộp: tính vào cột “{CHANNEL_LABELS[self.rule.unknown_channel]}” "
            "(counting.unknown_channel).": self.unknown_channel,
        }
        return [f"{count} {line}" for line, count in lines.items() if count]


_APART = {
    Status.WITHDRAWN: "withdrawn",
    Status.STOPPED: "stopped",
    Status.REFUSED: "refused",
    Status.NOT_ACCEPTED: "not_accepted",
}


_RUNNING = (Status.RECEIVED, Status.PROCESSING)
_SUSPENDED = (Status.SUPPLEMENT, Status.SUSPENDED)


def _status(case: Case) -> Status:
    """Return the status, corrected by what is known of interruptions.

    Suspended is what awaits something, whatever the source's word; in process what only its word suspends
    while the limit runs on.
    """
    status = case.dossier.status
    if status in _SUSPENDED and case.deadline.runs_on:
        return Status.PROCESSING
    return Status.SUSPENDED if case.deadline.waiting_since and status in _RUNNING else status


def _day_before(period: Period, now: datetime, rule: CountingRule) -> _Counter:
    """Return a counter of the last day before `period`: what it finds pending is carried over."""
    day = period.first - timedelta(days=1)
    return _Counter(Period(day, day, ""), min(now, end_of_day(day, now.tzinfo)), rule)


def check_identities(result: Tally) -> None:
    """Assert (3) = (9) + (13) on every row and the total, and that the rows add up to the total.

    The form defines (3), (9) and (13) as sums; that they meet is inferred: what came in is done or pending.
    Raises TallyError naming the row.
    """
    for name, row in [*result.rows.items(), ("TỔNG CỘNG", result.total)]:
        if row.received != row.resolved + row.pending:
            raise TallyError(
                f"Dòng “{name}”: tiếp nhận (3) = {row.received} khác (9) + (13) "
                f"= {row.resolved} + {row.pending}. Bảng không được in; hãy báo lỗi kèm `latewatch check`."
            )
    for column, value in result.total.columns().items():
        if sum(row.columns()[column] for row in result.rows.values()) != value:
            raise TallyError(f"Cột {column}: tổng các dòng khác dòng TỔNG CỘNG. Bảng không được in.")


def check_carry_over(result: Tally, pending_before: int) -> None:
    """Assert that (8) is (13) of the period before, both from what is known now. Raises TallyError."""
    if result.total.carried != pending_before:
        raise TallyError(
            f"Từ kỳ trước (8) = {result.total.carried} khác (13) của kỳ trước = {pending_before}. "
            "Bảng không được in; hãy báo lỗi kèm `latewatch check`."
        )


def named_rates(total: Counts) -> list[Rate]:
    """Return the on-time rates in use, each with its formula; a reader chooses.

    Each is reported of a province or a decision (see docs/quy-tac/ty-le-dung-han.md), none is *the* rate.
    """
    kept = total.early + total.on_time
    broken = total.late + total.overdue
    due, met = total.due_in_period, total.due_and_on_time
    return [
        Rate("Đúng hạn trên đã giải quyết", "((10) + (11)) ÷ (9) × 100", _percent(kept, total.resolved)),
        Rate(
            "Không quá hạn trên tiếp nhận",
            "(1 − ((12) + (15)) ÷ (3)) × 100",
            _percent(total.received - broken, total.received),
        ),
        Rate(
            "Đúng hạn trên đến hạn trong kỳ",
            f"đúng hạn ({met}) ÷ đến hạn trong kỳ ({due}) × 100",
            _percent(met, due),
        ),
        Rate(
            "Điểm tiến độ (QĐ 766/QĐ-TTg)",
            "20 × ((10) + (11)) ÷ ((10) + (11) + (12) + (15))",
            _ratio(kept, kept + broken, 20),
            "điểm",
        ),
    ]


def _percent(part: int, whole: int) -> Decimal | None:
    return _ratio(part, whole, 100)


def _ratio(part: int, whole: int, scale: int) -> Decimal | None:
    if whole == 0:
        return None
    return (Decimal(scale) * part / whole).quantize(Decimal("0.01"), ROUND_HALF_UP)


def show_rate(rate: Rate) -> str:
    """Return the rate as a Vietnamese reader writes it, or “không có dữ liệu”."""
    if rate.value is None:
        return "không có dữ liệu"
    return f"{rate.value} {rate.unit}".replace(".", ",").replace(" %", " %")
