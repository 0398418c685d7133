"""Due dates of many dossiers at once, from the same tables as `WorkCalendar`: numpy arrays in and out. Pure.

Days are proleptic ordinals (`date.toordinal`), clock times minutes of the day. GAP stands where the calendar
does not reach.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latewatch.domain.hours import DAY, clock_after, worked_before
from latewatch.domain.worktime import WorkCalendar

Days = NDArray[np.int64]
Minutes = NDArray[np.int64]
GAP = -1


@dataclass(frozen=True, slots=True)
class Moments:
    """Days and the minute of each."""

    days: Days
    minutes: Minutes


class BulkCalendar:
    """The tables of a WorkCalendar as arrays. Answers are those of `WorkCalendar.add` and `add_minutes`."""

    def __init__(self, calendar: WorkCalendar) -> None:
        first, last = calendar.first.toordinal(), calendar.last.toordinal()
        hours = [calendar.hours_on(calendar.first.fromordinal(day)) for day in range(first, last + 1)]
        kinds = {each: index for index, each in enumerate(dict.fromkeys(hours))}
        minutes = np.array([each.minutes for each in hours], dtype=np.int64)
        worked = minutes > 0
        self.first = first
        self._size = len(hours)
        self._before = np.concatenate([[0], np.cumsum(worked)])
        self._workdays = np.append(np.flatnonzero(worked) + first, GAP)
        self._minutes = np.concatenate([[0], np.cumsum(minutes)])
        self._kind = np.array([kinds[each] for each in hours], dtype=np.int64)
        self._passed = np.array([worked_before(each) for each in kinds], dtype=np.int64)
        self._clock = np.array([_padded(clock_after(each)) for each in kinds], dtype=np.int64)

    def add(self, starts: Days, amounts: Days) -> Days:
        """Return the `amounts`-th working day after each start; with 0, the start or the next working day."""
        index, reach = self._index(starts)
        nth = self._before[index + (amounts > 0)] + amounts - (amounts > 0)
        due = self._workdays[np.minimum(nth, len(self._workdays) - 1)]
        return np.where(reach, due, GAP) if not reach.all() else due

    def add_minutes(self, starts: Moments, amounts: Minutes) -> Moments:
        """Return the moment at which `amounts` (1 or more) of working minutes have passed, for each start."""
        index, reach = self._index(starts.days)
        wanted = self._minutes[index] + self._passed[self._kind[index], starts.minutes] + amounts
        at = np.searchsorted(self._minutes, wanted, side="left") - 1
        reach &= at < self._size
        at = np.minimum(at, self._size - 1)
        clock = self._clock[self._kind[at], np.minimum(wanted - self._minutes[at], DAY)]
        return Moments(np.where(reach, at + self.first, GAP), np.where(reach, clock, 0))

    def _index(self, days: Days) -> tuple[Days, NDArray[np.bool_]]:
        index = days - self.first
        reach = (index >= 0) & (index < self._size)
        return (index if reach.all() else np.where(reach, index, 0)), reach


def _padded(clock: list[int]) -> list[int]:
    return clock + [clock[-1]] * (DAY + 1 - len(clock))
