"""The new date to propose: from how long such dossiers took, and how long this one has taken already. Pure.

Nobody knows the remaining work. What is known: of the dossiers of this procedure that took longer than this
one has by now, how many working days later most of them were done.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from latewatch.domain.dossier import Suspension
from latewatch.domain.worktime import WorkCalendar

HANDFUL = 5  # fewer say nothing of the next one


@dataclass(frozen=True, slots=True)
class Rules:
    """The office's choices: `usual` working days where the history does not tell, never more than `most`.

    A history tells with `cases` finished dossiers; `percent` of those that took longer shall be done by then.
    """

    usual: int
    most: int
    cases: int
    percent: int


@dataclass(frozen=True, slots=True)
class History:
    """How many working days the finished dossiers of a procedure took, of all units and of this one."""

    every: Sequence[int] = ()
    unit: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Pending:
    """The dossier that will be late. `taken`: its working days so far, None where nobody can tell."""

    today: date
    last_promise: date  # the later of its due day and the promised one
    taken: int | None
    history: History = field(default_factory=History)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A new date, and in words why it is that one."""

    new_date: date
    why: str


def propose(pending: Pending, rules: Rules, calendar: WorkCalendar) -> Proposal:
    """Return a working day of the unit after today and after all that was promised. Raises CalendarGap.

    The history decides where it is long enough, else the setting: so many days after today, or after the
    last promise where that is later.
    """
    from_history = _by_history(pending, rules, calendar)
    if from_history:
        return from_history
    base = max(pending.today, pending.last_promise)
    after = "hôm nay" if base == pending.today else f"ngày {base:%d/%m/%Y}"
    why = f"{rules.usual} ngày làm việc sau {after} (letters.new_date_working_days)"
    return Proposal(calendar.add(base, rules.usual), f"{why}: {_too_few(pending, rules)}")


def _by_history(pending: Pending, rules: Rules, calendar: WorkCalendar) -> Proposal | None:
    days, whose = _compared(pending.history, rules)
    if pending.taken is None or not days:
        return None
    remaining = sorted(each - pending.taken for each in days if each > pending.taken)
    if len(remaining) < HANDFUL:
        return None
    needed = at_percent(remaining, rules.percent)
    why = (
        f"hồ sơ đã qua {pending.taken} ngày làm việc; trong {len(days)} hồ sơ cùng thủ tục{whose} đã xong có "
        f"{len(remaining)} hồ sơ lâu hơn thế, {rules.percent} % số này xong trong {needed} ngày làm việc "
        "tiếp theo"
    )
    return _bounded(pending, rules, calendar, needed, why)


def _bounded(pending: Pending, rules: Rules, calendar: WorkCalendar, needed: int, why: str) -> Proposal:
    """Hold what the history says between the day after the last promise and the most an office allows."""
    base = max(pending.today, pending.last_promise)
    promised = calendar.count(pending.today, base)  # working days that lie before a new date anyway
    if needed > promised + rules.most:
        most = f"nhiều nhất {rules.most} ngày làm việc (letters.new_date_most_working_days)"
        return Proposal(calendar.add(base, rules.most), f"{why}; {most}")
    if needed <= promised:
        return Proposal(calendar.add(base, 1), f"{why}; ngày hẹn lại phải sau ngày {base:%d/%m/%Y}")
    return Proposal(calendar.add(pending.today, needed), why)


def _compared(history: History, rules: Rules) -> tuple[Sequence[int], str]:
    """Return the days to compare with: the unit's own where they are enough, else all units'."""
    if len(history.unit) >= rules.cases:
        return history.unit, ", cùng đơn vị,"
    return (history.every, "") if len(history.every) >= rules.cases else ((), "")


def _too_few(pending: Pending, rules: Rules) -> str:
    if pending.taken is None:
        return "không rõ ngày tiếp nhận"
    days, _ = _compared(pending.history, rules)
    if not days:
        known = len(pending.history.every)
        return f"mới có {known} hồ sơ cùng thủ tục đã xong, chưa đủ {rules.cases} để so"
    longer = sum(each > pending.taken for each in days)
    return f"chỉ {longer} trong {len(days)} hồ sơ cùng thủ tục lâu hơn {pending.taken} ngày làm việc"


def at_percent(days: Sequence[int], percent: int) -> int:
    """Return the least of the sorted `days` by which `percent` of them are over (nearest rank)."""
    return days[max(0, -(-len(days) * percent // 100) - 1)]


def days_taken(
    received_at: datetime, until: datetime, stops: Iterable[Suspension], calendar: WorkCalendar
) -> int:
    """Return the working days from the day of receipt to that of `until`, those of interruptions left out.

    Days before the calendar's first year are not counted. Raises CalendarGap beyond its last.
    """

    whole = _between(received_at.date(), until.date(), calendar)
    stood = sum(
        _between(
            max(each.started_at, received_at).date(), min(each.ended_at or until, until).date(), calendar
        )
        for each in stops
    )
    return max(0, whole - stood)


def _between(start: date, end: date, calendar: WorkCalendar) -> int:
    first = max(start, calendar.first)
    return max(0, calendar.count(first, max(first, end)))


CHOSEN = "do người soạn chọn"  # why a date that a person named is the one
