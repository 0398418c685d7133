"""Plain dossiers by the page: receipt and limit, uninterrupted, under the old and the new calendar.

numpy works out the due dates; each is held against the stored one under the old calendar first, and what
differs there (an extension, a rule of its own procedure, a calendar that ends) is left to `Deadlines`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from latewatch.bulk import GAP, BulkCalendar, Moments
from latewatch.clock import VIETNAM
from latewatch.domain.deadline import Basis, Deadline
from latewatch.domain.dossier import Status
from latewatch.domain.expiry import Ends
from latewatch.domain.hours import DAY
from latewatch.domain.limit import BY_CLOCK, LimitUnit, TimeLimit
from latewatch.domain.standing import Standing, running_standing
from latewatch.domain.worktime import WorkCalendar
from latewatch.errors import CalendarGap
from latewatch.store.movable import NOTHING, Movable

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

STANDINGS = tuple(Standing)
_CODE = {standing: code for code, standing in enumerate(STANDINGS)}
_UNKNOWN = -1
_EPOCH = date(1970, 1, 1).toordinal()
_OFFSET = 7 * 3600  # Vietnam keeps UTC+7 all year
_DAY_SECONDS = 24 * 3600

_NO_LIMIT, _WORKING, _CALENDAR, _CLOCK = range(4)
_RUNNING, _DONE, _APART = range(3)
_STATUS = {
    Status.RECEIVED: _RUNNING,
    Status.PROCESSING: _RUNNING,
    Status.DONE: _DONE,
    Status.RETURNED: _DONE,
}


class Table:
    """A WorkCalendar for arrays: its bulk tables and the closing minute of each day."""

    def __init__(self, calendar: WorkCalendar) -> None:
        self.calendar = calendar
        self.bulk = BulkCalendar(calendar)
        self._first = calendar.first.toordinal()
        days = range(self._first, calendar.last.toordinal() + 1)
        self._hours = [calendar.hours_on(date.fromordinal(day)) for day in days]
        self._closing = np.array([each.closing if each.segments else 0 for each in self._hours])

    def knows(self, days: Ints) -> Flags:
        known: Flags = (days >= self._first) & (days < self._first + len(self._hours))
        return known

    def closing(self, days: Ints) -> Ints:
        closing: Ints = self._closing[days - self._first]
        return closing

    def kept(self, days: Ints, begun: Ints, minutes: Ints) -> Ints:
        """Return the minute at which limits end that keep the clock time they began at (`WorkHours.keep`)."""
        is_worked = self._closing[begun - self._first] > 0
        keys, places = np.unique(np.where(is_worked, days * (DAY + 1) + minutes, -days), return_inverse=True)
        ends = [
            self._hours[key // (DAY + 1) - self._first].keep(key % (DAY + 1))
            if key > 0
            else self._hours[-key - self._first].closing
            for key in keys.tolist()
        ]
        return np.array(ends, dtype=np.int64)[places]


@dataclass(frozen=True, slots=True)
class Pair:
    """A calendar before and after the change."""

    old: Table
    new: Table


@dataclass(frozen=True, slots=True)
class Decided:
    """A page, decided: moments and standings before and after; `plain` marks what could be decided so.

    Moments are seconds since 1970, standings the places in STANDINGS.
    """

    ids: Ints
    stored: Ints
    due: Ints
    new_due: Ints
    computed: Ints
    new_computed: Ints
    standing: Ints
    new_standing: Ints
    plain: Flags

    @property
    def moved(self) -> Flags:
        """Tell whose date differs: the one that decides, or the one that stands beside a promise."""
        moved: Flags = self.plain & ((self.due != self.new_due) | (self.computed != self.new_computed))
        return moved

    @property
    def changed(self) -> Flags:
        changed: Flags = self.moved | (self.plain & (self.standing != self.new_standing))
        return changed


@dataclass(frozen=True, slots=True)
class Columns:
    """A page by columns, as far as the due date of a plain dossier depends on them."""

    ids: Ints
    days: Ints  # of receipt, as ordinals
    minutes: Ints
    has_clock: Flags
    processed: Ints
    due: Ints
    computed: Ints
    kind: Ints
    amount: Ints
    ends: NDArray[np.object_]
    status: Ints
    stored: Ints  # its standing, as last assessed
    is_computed: Flags
    is_special: Flags

    def at(self, places: Ints) -> "Columns":
        return Columns(*(getattr(self, name)[places] for name in Columns.__slots__))


EndsOf = Callable[[Movable], Ends]


def columns(rows: Sequence[Movable], ends_of: EndsOf) -> Columns:
    """Turn rows into arrays. `ends_of` tells how the limit of one ends that counts days."""
    by_name = dict(zip(Movable._fields, zip(*rows, strict=True), strict=True))
    received = np.array(by_name["received"], dtype=np.int64) + _OFFSET
    limits = np.array([_limit(each) for each in by_name["limit"]], dtype=np.int64)
    processed = np.array(by_name["processed"], dtype=np.int64)
    has_receipt = received != NOTHING + _OFFSET
    return Columns(
        ids=np.array(by_name["id"], dtype=np.int64),
        days=received // _DAY_SECONDS + _EPOCH,
        minutes=received % _DAY_SECONDS // 60,
        has_clock=received % _DAY_SECONDS != 0,
        processed=np.where(processed == NOTHING, NOTHING, processed - processed % 60),
        due=np.array(by_name["due"], dtype=np.int64),
        computed=np.array(by_name["computed"], dtype=np.int64),
        kind=np.where(has_receipt, limits[:, 0], _NO_LIMIT),
        amount=limits[:, 1],
        ends=np.array(list(map(ends_of, rows)), dtype=object),
        status=np.array([_STATUS.get(status, _APART) for status in by_name["status"]], dtype=np.int64),
        stored=np.array([_CODE[Standing(standing)] for standing in by_name["standing"]], dtype=np.int64),
        is_computed=np.array([basis == Basis.COMPUTED for basis in by_name["basis"]]),
        is_special=np.array(by_name["is_special"]) == 1,
    )


@lru_cache(4096)
def _limit(text: str | None) -> tuple[int, int]:
    if text is None:
        return _NO_LIMIT, 0
    limit = TimeLimit.parse(text)
    if limit.unit is LimitUnit.WORKING_DAYS:
        return _WORKING, limit.amount
    if limit.unit in BY_CLOCK:
        return _CLOCK, limit.minutes
    if limit.unit in (LimitUnit.CALENDAR_DAYS, LimitUnit.WEEKS):
        return _CALENDAR, limit.amount * (7 if limit.unit is LimitUnit.WEEKS else 1)
    return _NO_LIMIT, 0  # months, “trong ngày”, at once: decided one by one


def decide_page(page: Columns, pair: Pair, now: datetime, due_soon_days: int) -> Decided:
    """Decide the dossiers of `page`, all of one calendar, under it as it was and as it becomes."""
    old_end, new_end = _ends(page, pair.old), _ends(page, pair.new)
    is_decided = page.computed != NOTHING
    is_same = np.where(page.is_computed, old_end == page.due, _day(old_end) == page.computed)
    plain = ~page.is_special & np.where(is_decided, is_same & (new_end != GAP), True)
    new_due = np.where(plain & is_decided & page.is_computed, new_end, page.due)
    new_computed = np.where(plain & is_decided, _day(new_end), page.computed)
    return Decided(
        page.ids,
        page.stored,
        page.due,
        new_due,
        page.computed,
        new_computed,
        _standings(page, page.due, pair.old.calendar, now, due_soon_days),
        _standings(page, new_due, pair.new.calendar, now, due_soon_days),
        plain,
    )


def _ends(page: Columns, table: Table) -> Ints:
    """Return when the limits end; GAP for what the calendar does not reach, or is not plain."""
    ends = np.full(len(page.ids), GAP, dtype=np.int64)
    by_day = np.flatnonzero(((page.kind == _WORKING) | (page.kind == _CALENDAR)) & table.knows(page.days))
    if len(by_day):
        ends[by_day] = _ends_by_day(page.at(by_day), table)
    by_clock = np.flatnonzero(page.kind == _CLOCK)
    if len(by_clock):
        some = page.at(by_clock)
        due = table.bulk.add_minutes(Moments(some.days, some.minutes), some.amount)
        ends[by_clock] = np.where(due.days == GAP, GAP, _moment(due.days, due.minutes))
    return ends


def _ends_by_day(page: Columns, table: Table) -> Ints:
    """Return when limits of days end, as `due_moment` has it: with the day, its hours, or the clock."""
    is_working = page.kind == _WORKING
    starts = np.where(is_working, page.days, page.days + page.amount)
    days = table.bulk.add(starts, np.where(is_working, page.amount, 0))
    minutes = np.full(len(days), DAY, dtype=np.int64)
    reached = days != GAP
    by_hours = reached & (page.ends == Ends.WORKING_TIME)
    minutes[by_hours] = table.closing(days[by_hours])
    keeps = reached & (page.ends == Ends.CLOCK) & is_working & page.has_clock
    minutes[keeps] = table.kept(days[keeps], page.days[keeps], page.minutes[keeps])
    return np.where(reached, _moment(days, minutes), GAP)


def _moment(days: Ints, minutes: Ints) -> Ints:
    """Return seconds since 1970; 24:00 is the last second of its day."""
    seconds: Ints = (days - _EPOCH) * _DAY_SECONDS + np.where(minutes == DAY, DAY * 60 - 1, minutes * 60)
    return seconds - _OFFSET


def _day(moments: Ints) -> Ints:
    """Return the beginning in UTC of the day a moment lies on in Vietnam."""
    days: Ints = (moments + _OFFSET) // _DAY_SECONDS * _DAY_SECONDS
    return days


def _standings(page: Columns, due: Ints, calendar: WorkCalendar, now: datetime, due_soon_days: int) -> Ints:
    """Return where each stands at `now`, by the rules of `domain/standing.py`; else as it was assessed."""
    is_finished = (page.processed != NOTHING) & (page.processed <= now.timestamp())
    standings = np.where(is_finished, _finish_standings(page.processed, due), page.stored)
    runs = ~is_finished & ((page.status == _RUNNING) | (page.processed != NOTHING))
    moments, places = np.unique(due[runs], return_inverse=True)
    codes = np.array([_running_code(each, calendar, now, due_soon_days) for each in moments.tolist()])
    running = codes[places] if len(codes) else standings[runs]
    standings[runs] = np.where(running == _UNKNOWN, standings[runs], running)
    return np.where(page.status == _APART, page.stored, standings)


def _finish_standings(processed: Ints, due: Ints) -> Ints:
    is_early = _day(processed) < _day(due)
    in_time = np.where(is_early, _CODE[Standing.EARLY], _CODE[Standing.ON_TIME])
    known = np.where(processed > due, _CODE[Standing.LATE], in_time)
    return np.where(due == NOTHING, _CODE[Standing.NO_DUE_DATE], known)


def _running_code(due: int, calendar: WorkCalendar, now: datetime, due_soon_days: int) -> int:
    due_at = moment_of(due)
    deadline = Deadline(due_at=due_at, basis=Basis.COMPUTED if due_at else Basis.NONE)
    try:
        return _CODE[running_standing(deadline, now, calendar, due_soon_days)]
    except CalendarGap:  # today lies beyond the calendar
        return _UNKNOWN


def moment_of(seconds: int) -> datetime | None:
    return None if seconds == NOTHING else datetime.fromtimestamp(seconds, VIETNAM)


def day_of(seconds: int) -> date | None:
    """Return the day that begins so many seconds after 1970 in UTC."""
    return None if seconds == NOTHING else date.fromordinal(seconds // _DAY_SECONDS + _EPOCH)
