"""A time limit (thời hạn giải quyết): its amount and what it counts. Pure."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class LimitUnit(StrEnum):
    """What a time limit counts, by its suffix in `5d`, `7cd`, `8h` …; the last two stand alone."""

    WORKING_DAYS = "d"
    CALENDAR_DAYS = "cd"
    WEEKS = "w"
    MONTHS = "mo"
    HOURS = "h"
    MINUTES = "m"
    WITHIN_DAY = "day"  # trả kết quả trong ngày
    AT_ONCE = "0"  # giải quyết ngay


LABELS = {
    LimitUnit.WORKING_DAYS: "ngày làm việc",
    LimitUnit.CALENDAR_DAYS: "ngày",
    LimitUnit.WEEKS: "tuần",
    LimitUnit.MONTHS: "tháng",
    LimitUnit.HOURS: "giờ làm việc",
    LimitUnit.MINUTES: "phút làm việc",
    LimitUnit.WITHIN_DAY: "trong ngày",
    LimitUnit.AT_ONCE: "giải quyết ngay",
}
LONGEST = {
    LimitUnit.WORKING_DAYS: 750,
    LimitUnit.CALENDAR_DAYS: 1100,
    LimitUnit.WEEKS: 156,
    LimitUnit.MONTHS: 36,
    LimitUnit.HOURS: 6000,
    LimitUnit.MINUTES: 9999,
}
"""About three years: what is longer is a slip of the pen, and no calendar reaches so far."""

BY_CLOCK = (LimitUnit.HOURS, LimitUnit.MINUTES)
ALONE = (LimitUnit.WITHIN_DAY, LimitUnit.AT_ONCE)
_FORMS = (
    "5d (ngày làm việc), 7cd (ngày theo lịch), 2w (tuần), 1mo (tháng), 8h hoặc 30m (giờ, phút làm việc), "
    "day (trong ngày) hoặc 0 (giải quyết ngay)"
)


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """An amount of working or calendar days, weeks, months, hours or minutes; 0 of what stands alone."""

    amount: int
    unit: LimitUnit = LimitUnit.WORKING_DAYS

    def __post_init__(self) -> None:
        if self.unit in ALONE:
            if self.amount:
                raise ValueError(f"“{LABELS[self.unit]}” không có số lượng")
        elif self.amount < 1:
            raise ValueError(
                f"thời hạn {self.amount} {LABELS[self.unit]} không thể có; nếu giải quyết ngay hãy "
                "ghi 0, nếu trong ngày hãy ghi day"
            )
        elif self.amount > LONGEST[self.unit]:
            raise ValueError(
                f"thời hạn {self.amount} {LABELS[self.unit]} dài quá {LONGEST[self.unit]}; hãy kiểm tra lại"
            )

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `5d`, `7cd`, `2w`, `1mo`, `8h`, `30m`, `day` or `0`. Raises ValueError."""
        plain = text.strip().lower()
        if plain in ALONE:
            return cls(0, LimitUnit(plain))
        match = re.fullmatch(r"(-?\d{1,9})\s*(d|cd|w|mo|h|m)", plain)
        if not match:
            raise ValueError(f"“{text}” không phải thời hạn; hãy viết {_FORMS}")
        return cls(int(match[1]), LimitUnit(match[2]))

    def __str__(self) -> str:
        return str(self.unit) if self.unit in ALONE else f"{self.amount}{self.unit}"

    @property
    def label(self) -> str:
        """The limit as a person reads it."""
        words = LABELS[self.unit]
        return words if self.unit in ALONE else f"{self.amount:02d} {words}"

    @property
    def minutes(self) -> int:
        """The working minutes of a limit by the clock."""
        return self.amount * 60 if self.unit is LimitUnit.HOURS else self.amount
