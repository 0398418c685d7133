"""Moments and days as whole numbers: seconds and days since 2000 by Vietnam's clock. Pure.

Exact for what is packed: no fractions of a second, no day before 1980, when that clock was set otherwise.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latewatch.clock import VIETNAM

Days = NDArray[np.int16]
Seconds = NDArray[np.int32]
Mask = NDArray[np.bool_]
Codes = NDArray[np.uint8]

DAY = 86_400
NO_DAY = np.iinfo(np.int16).min
NO_SECOND = np.iinfo(np.int32).min
FIRST_YEAR, LAST_YEAR = 1980, 2060  # the others have no place in 32 bits, or another clock
_ORIGIN = date(2000, 1, 1).toordinal()
_BLANK_MOMENT, _BLANK_DAY = "0000-00-00 00:00:00.000000", "0000-00-00"
_MONTHS, _IN_MONTH = 12, 31


def day_number(day: date) -> int:
    return day.toordinal() - _ORIGIN


def day_of(number: int) -> date:
    return date.fromordinal(number + _ORIGIN)


def second_number(at: datetime) -> int:
    """Return the second in which `at` lies."""
    local = at.astimezone(VIETNAM)
    return day_number(local.date()) * DAY + local.hour * 3600 + local.minute * 60 + local.second


def end_of(days: NDArray[np.signedinteger]) -> Seconds:
    """Return the last second of each day: limits end with it."""
    return (days.astype(np.int32) + 1) * DAY - 1


def _days_by_text() -> NDArray[np.int32]:
    """Return a table of days by the `_place` of their year, month and day of the month."""
    table = np.zeros((LAST_YEAR + 1 - FIRST_YEAR) * _MONTHS * _IN_MONTH, dtype=np.int32)
    first, last = date(FIRST_YEAR, 1, 1).toordinal(), date(LAST_YEAR, 12, 31).toordinal()
    for ordinal in range(first, last + 1):
        day = date.fromordinal(ordinal)
        table[_place(day.year, day.month, day.day)] = ordinal - _ORIGIN
    return table


def _place(year: Any, month: Any, day: Any) -> Any:
    """Return where a day, or each of an array, stands in that table."""
    return ((year - FIRST_YEAR) * _MONTHS + month - 1) * _IN_MONTH + day - 1


_DAYS = _days_by_text()


class Texts:
    """A column of moments in UTC, or of days, as the database writes them: `2026-11-12 01:30:00.000000`."""

    def __init__(self, texts: Sequence[str | None], *, are_days: bool = False) -> None:
        width, blank = (10, _BLANK_DAY) if are_days else (26, _BLANK_MOMENT)
        written = np.array([text or blank for text in texts], dtype=f"S{width}")
        self._digits: NDArray[np.uint8] = written.view(np.uint8).reshape(len(texts), width) - ord("0")
        years, months, days = self._number(0, 4), self._number(5, 7), self._number(8, 10)
        is_near = (years >= FIRST_YEAR) & (years <= LAST_YEAR)
        self.is_told: Mask = years > 0
        self.is_odd: Mask = self.is_told & ~is_near
        places = _place(np.where(is_near, years, FIRST_YEAR), np.maximum(months, 1), np.maximum(days, 1))
        self._day = _DAYS[places]

    def _number(self, first: int, after: int) -> Seconds:
        value = np.zeros(len(self._digits), dtype=np.int32)
        for place in range(first, after):
            value = value * 10 + self._digits[:, place]
        return value

    def days(self) -> Days:
        return np.where(self.is_told & ~self.is_odd, self._day, NO_DAY).astype(np.int16)

    def seconds(self) -> Seconds:
        """Return the seconds by Vietnam's clock; fractions are dropped, see `has_fraction`."""
        clock = self._number(11, 13) * 3600 + self._number(14, 16) * 60 + self._number(17, 19) + 7 * 3600
        return np.where(self.is_told & ~self.is_odd, self._day * DAY + clock, NO_SECOND).astype(np.int32)

    @property
    def has_fraction(self) -> Mask:
        found: Mask = self.is_told & np.any(self._digits[:, 20:26], axis=1)
        return found
