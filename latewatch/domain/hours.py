"""The hours of one working day: any number of segments, in whole minutes of the day. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime, time
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import Self

DAY = 24 * 60  # minutes
END_OF_DAY = time(23, 59, 59)  # stands for 24:00, which no clock of Python shows
_SEGMENT = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})")


def parse_clock(text: str) -> int:
    """Read `07:30` as minutes of the day, 0 to 1440. Raises ValueError."""
    match = re.fullmatch(r"(\d{1,2}):(\d{2})", text.strip())
    if not match:
        raise ValueError(f"“{text}” không phải giờ; viết dạng 07:30")
    return _minute(match[1], match[2])


def show_clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def minute_of_day(at: datetime) -> int:
    """Return the minute of the day of `at`, its seconds dropped; the last second stands for 24:00."""
    minute = at.hour * 60 + at.minute
    return DAY if minute == DAY - 1 and at.second == 59 else minute


def _minute(hour: str, minute: str) -> int:
    value = int(hour) * 60 + int(minute)
    if int(minute) > 59 or value > DAY:
        raise ValueError(f"“{hour}:{minute}” không phải giờ trong ngày (00:00 đến 24:00)")
    return value


@dataclass(frozen=True)
class WorkHours:
    """Worked segments of a day, each from its first minute to before its last; none for a day of rest."""

    segments: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        for start, end in self.segments:
            if not 0 <= start < end <= DAY:
                shown = f"{show_clock(start)}-{show_clock(end)}"
                raise ValueError(f"khoảng giờ {shown} ngược: giờ kết thúc phải sau giờ bắt đầu")
        for (start, end), (following, until) in zip(self.segments, self.segments[1:], strict=False):
            if following < end:
                raise ValueError(
                    f"khoảng giờ {show_clock(start)}-{show_clock(end)} và "
                    f"{show_clock(following)}-{show_clock(until)} chồng nhau"
                )

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `07:30-11:30,13:30-17:00`, in any order; empty text is a day of rest. Raises ValueError."""
        segments = []
        for part in filter(None, (part.strip() for part in text.split(","))):
            match = _SEGMENT.fullmatch(part)
            if not match:
                raise ValueError(f"“{part}” không phải khoảng giờ; viết dạng 07:30-11:30,13:30-17:00")
            segments.append((_minute(match[1], match[2]), _minute(match[3], match[4])))
        return cls(tuple(sorted(segments)))

    def __str__(self) -> str:
        return ",".join(f"{show_clock(start)}-{show_clock(end)}" for start, end in self.segments)

    @cached_property
    def minutes(self) -> int:
        return sum(end - start for start, end in self.segments)

    @property
    def opening(self) -> int:
        return self.segments[0][0]

    @property
    def closing(self) -> int:
        return self.segments[-1][1]

    def keep(self, minute: int) -> int:
        """Return `minute` where the day is worked then, else the next worked minute, else the closing."""
        for start, end in self.segments:
            if minute <= end:
                return max(minute, start)
        return self.closing


REST = WorkHours()


@lru_cache(1024)
def worked_before(hours: WorkHours) -> list[int]:
    """Return how many minutes are worked before each minute 0 to 1440 of a day with these hours."""
    worked = [0] * DAY
    for start, end in hours.segments:
        worked[start:end] = [1] * (end - start)
    return [0, *accumulate(worked)]


@lru_cache(1024)
def clock_after(hours: WorkHours) -> list[int]:
    """Return the clock minute at which the n-th worked minute has passed; at 0 the opening."""
    if not hours.segments:
        return [0]
    return [hours.opening, *(m for start, end in hours.segments for m in range(start + 1, end + 1))]
