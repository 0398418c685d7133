"""The days of a trace as a calendar of weeks: words, not colours, tell what each day is. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from latewatch.domain.account import Account
from latewatch.domain.running import Span
from latewatch.domain.suspension import Effect
from latewatch.domain.telling import minutes_words
from latewatch.domain.trace import Mark, Step
from latewatch.domain.worktime import SATURDAY

WEEK = 7
ONE_DAY = timedelta(days=1)
FEWEST_JOINED = 3  # weeks alike that are worth drawing as one line

_WORDS = {
    Mark.ZERO: "nhận",
    Mark.REST: "–",
    Mark.SUSPENDED: "dừng",
    Mark.RESTARTED: "lại",
    Mark.RESUMED: "tiếp",
    Mark.VOID: "×",
    Mark.ROLLED: "→",
}
LEGEND = {
    Mark.COUNTED: ("1, 2, 3…", "ngày được tính, theo thứ tự"),
    Mark.ZERO: ("nhận", "ngày tiếp nhận, không tính"),
    Mark.REST: ("–", "ngày nghỉ, không tính"),
    Mark.SUSPENDED: ("dừng", "thời hạn dừng"),
    Mark.RESTARTED: ("lại", "tính lại từ đầu, ngày này không tính"),
    Mark.RESUMED: ("tiếp", "tính tiếp phần còn lại, ngày này không tính"),
    Mark.VOID: ("×", "đã tính, không còn giá trị vì tính lại từ đầu"),
    Mark.ROLLED: ("→", "lùi sang ngày làm việc tiếp theo"),
}
_BY_CLOCK = {
    Mark.COUNTED: ("3:20", "giờ, phút làm việc được tính (= cộng dồn)"),
    Mark.ZERO: ("nhận", "ngày tiếp nhận"),
    Mark.RESTARTED: ("lại", "tính lại từ đầu"),
    Mark.RESUMED: ("tiếp", "tính tiếp phần còn lại"),
}
DUE = ("hạn", "ngày hết hạn, khung đậm")


@dataclass(frozen=True, slots=True)
class Cell:
    """One day: its date, the word or number for what it is, and the edges that mark a new month.

    `note` says what else the day is: that the limit ends on it, or that its minutes began on it.
    """

    date: str = ""
    note: str = ""
    word: str = ""
    total: str = ""
    kind: str = "outside"
    is_due: bool = False
    month_top: bool = False
    month_left: bool = False


@dataclass(frozen=True, slots=True)
class Week:
    """A row of seven days; `joined` stands instead of them for several weeks that are all alike."""

    cells: tuple[Cell, ...] = ()
    joined: str = ""


def weeks_of(account: Account, steps: Sequence[Step], *, joins: bool) -> list[Week]:
    """Return the rows of the calendar; with `joins`, runs of weeks in which nothing happens are one row."""
    if not steps:
        return []
    by_day = {step.day: step for step in steps}
    totals = _totals(account, steps)
    due_on = _due_on(account)
    notes = _notes(account)
    mondays = list(_mondays(steps[0].day, steps[-1].day))

    def week(monday: date) -> Week:
        days = [monday + offset * ONE_DAY for offset in range(WEEK)]
        return Week(tuple(_cell(by_day.get(day), totals, notes, steps[0].day) for day in days))

    if not joins:
        return [week(monday) for monday in mondays]
    rows: list[Week] = []
    for is_plain, run in groupby(mondays, lambda monday: _is_plain(monday, by_day, account, due_on)):
        same = list(run)
        if is_plain and len(same) >= FEWEST_JOINED:
            rows.append(_joined(same, by_day))
        else:
            rows.extend(map(week, same))
    return rows


def legend_of(account: Account, steps: Sequence[Step]) -> list[tuple[str, str, str]]:
    """Return kind, sample and meaning of what the calendar shows."""
    words = LEGEND | _BY_CLOCK if account.is_by_clock else LEGEND
    used, noted = {step.mark for step in steps}, _begun(account).values()
    marks = [mark for mark in LEGEND if mark in used or _WORDS.get(mark) in noted]
    legend = [(mark.value, *words[mark]) for mark in marks]
    return [*legend, ("due", *DUE)] if _due_on(account) else legend


def _due_on(account: Account) -> date | None:
    return account.ran.due_at.date() if account.ran and account.ran.due_at else None


def _notes(account: Account) -> dict[date, str]:
    """Return what is to be noted beside the date of a day."""
    due_on, notes = _due_on(account), _begun(account)
    if due_on:
        notes[due_on] = " ".join(filter(None, (notes.get(due_on, ""), DUE[0])))
    return notes


def _begun(account: Account) -> dict[date, str]:
    """Return on which days a limit by the clock began, or ran on: these days count, and say so no more."""
    if account.ran is None or not account.is_by_clock:
        return {}
    words = [_WORDS[Mark.ZERO], *(_taken_up(span) for span in account.ran.spans)]
    return {span.anchor.date(): word for word, span in zip(words, account.ran.spans, strict=False)}


def _taken_up(span: Span) -> str:
    return _WORDS[Mark.RESTARTED if span.effect is Effect.RESTART else Mark.RESUMED]


def _totals(account: Account, steps: Sequence[Step]) -> dict[date, int]:
    totals: dict[date, int] = {}
    if account.is_by_clock:
        total = 0
        for step in steps:
            total += step.minutes
            totals[step.day] = total
    return totals


def _mondays(first: date, last: date) -> Iterator[date]:
    monday = first - first.weekday() * ONE_DAY
    while monday <= last:
        yield monday
        monday += WEEK * ONE_DAY


def _cell(step: Step | None, totals: dict[date, int], notes: dict[date, str], first: date) -> Cell:
    if step is None:
        return Cell()
    day = step.day
    is_named = day.weekday() == 0 or day.day == 1 or day == first
    word = _WORDS.get(step.mark, str(step.number))
    if step.counted and totals:
        word = minutes_words(step.minutes)
    return Cell(
        date=f"{day:%d/%m}" if is_named else f"{day:%d}",
        note=notes.get(day, ""),
        word=word,
        total=f"= {minutes_words(totals[day])}" if step.counted and totals else "",
        kind=step.mark.value,
        is_due=DUE[0] in notes.get(day, "").split(),
        month_top=day.day <= WEEK and day - WEEK * ONE_DAY >= first,
        month_left=day.day == 1 and day > first and day.weekday() > 0,
    )


def _is_plain(monday: date, by_day: dict[date, Step], account: Account, due_on: date | None) -> bool:
    """Tell whether a week is as most are: worked Monday to Friday, all counted, nothing to say of any day."""
    days = [monday + offset * ONE_DAY for offset in range(WEEK)]
    if any(day not in by_day or day in account.calendar.entries or day == due_on for day in days):
        return False
    return all(by_day[day].counted or day.weekday() >= SATURDAY for day in days)


def _joined(mondays: Sequence[date], by_day: dict[date, Step]) -> Week:
    last = mondays[-1] + (WEEK - 1) * ONE_DAY
    numbers = [
        by_day[day].number
        for monday in mondays
        for day in (monday + offset * ONE_DAY for offset in range(WEEK))
        if by_day[day].counted
    ]
    told = f"tính từ {numbers[0]} đến {numbers[-1]}"
    return Week(joined=f"{mondays[0]:%d/%m/%Y}–{last:%d/%m/%Y}: {len(mondays)} tuần, {told}")
