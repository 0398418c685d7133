"""One cell → one value. Every doubt is a ValueError with its reason; nothing is guessed."""

import re
from datetime import date, datetime, time, timedelta, tzinfo

from latewatch.clock import VIETNAM
from latewatch.domain.deadline import LimitUnit, TimeLimit
from latewatch.domain.names import fold, tidy
from latewatch.sources.grid import Cell

EXCEL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001  a day count, not an instant
EXCEL_DAYS = range(30_000, 80_000)  # 1982 to 2119: other numbers in a date column are not dates
YEARS = range(1990, 2100)

_TIME = r"(?:[ T]+(?P<hour>\d{1,2})[:h](?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?)?"
_ZONE = r"(?P<zone>Z|[+-]\d{2}:?\d{2})?"
_PATTERNS = (
    re.compile(rf"(?P<day>\d{{1,2}})[/.-](?P<month>\d{{1,2}})[/.-](?P<year>\d{{4}}|\d{{2}}){_TIME}"),
    re.compile(rf"(?P<year>\d{{4}})[-/](?P<month>\d{{1,2}})[-/](?P<day>\d{{1,2}}){_TIME}{_ZONE}"),
    re.compile(
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"
        r"(?:(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?)?"
    ),
)


def text_of(cell: Cell) -> str:
    """Return the cell as a person sees it. A whole float loses its `.0`: codes arrive as numbers."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return f"{cell:%d/%m/%Y}" if cell.time() == time.min else f"{cell:%d/%m/%Y %H:%M:%S}"
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    return tidy(str(cell))


def moment_of(cell: Cell) -> datetime | None:
    """Return the moment in a date cell, Vietnam's time; 00:00 where the cell has no clock time.

    Reads real Excel dates and their day counts, `dd/MM/yyyy`, `yyyy-MM-dd` and `yyyyMMddHHmmss` with and
    without a time. Raises ValueError with the reason, also for a year of two digits.
    """
    if isinstance(cell, datetime):
        return _checked(cell.replace(tzinfo=cell.tzinfo or VIETNAM).astimezone(VIETNAM))
    if isinstance(cell, date):
        return _checked(datetime.combine(cell, time.min, VIETNAM))
    if isinstance(cell, int | float) and not isinstance(cell, bool) and int(cell) in EXCEL_DAYS:
        return (EXCEL_EPOCH + timedelta(days=cell)).replace(microsecond=0, tzinfo=VIETNAM)
    text = text_of(cell)
    return _moment_of_text(text) if text else None


def _moment_of_text(text: str) -> datetime:
    match = next((m for pattern in _PATTERNS if (m := pattern.fullmatch(text))), None)
    if match is None:
        raise ValueError(f"“{text}” không phải ngày; cần dạng 31/12/2026 hoặc 31/12/2026 14:30")
    parts = match.groupdict()
    if len(parts["year"]) == 2:
        raise ValueError(f"“{text}”: năm chỉ có hai chữ số, không rõ thế kỷ; hãy ghi đủ bốn chữ số")
    year, month, day, hour, minute, second = (int(parts.get(name) or 0) for name in _ORDER)
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=_zone_of(parts.get("zone")))
    except ValueError as e:
        raise ValueError(_why_impossible(text, parts)) from e
    return _checked(moment.astimezone(VIETNAM))


_ORDER = ("year", "month", "day", "hour", "minute", "second")


def _zone_of(text: str | None) -> tzinfo | None:
    return datetime.fromisoformat(f"2000-01-01T00:00{text}").tzinfo if text else VIETNAM


def _why_impossible(text: str, parts: dict[str, str | None]) -> str:
    day, month = int(parts["day"] or 0), int(parts["month"] or 0)
    if month > 12 >= day > 0:
        return f"“{text}”: không có tháng {month}; có thể cột này ghi tháng trước ngày"
    return f"“{text}” là ngày giờ không có thật"


def _checked(moment: datetime) -> datetime:
    if moment.year not in YEARS:
        raise ValueError(f"năm {moment.year} ngoài khoảng {YEARS[0]}-{YEARS[-1]}")
    return moment


_LIMIT = re.compile(r"(\d{1,3})(?:[.,]0+)?\s*(ngay lam viec|ngay|d|cd)?")


def limit_of(cell: Cell, unit: LimitUnit) -> TimeLimit | None:
    """Return the time limit in a cell: `5`, `5 ngày làm việc`, `15 ngày`; None where it is empty.

    What a bare number counts, and “ngày” without more, is the source's setting. Raises ValueError.
    """
    text = text_of(cell)
    if not text:
        return None
    match = _LIMIT.fullmatch(fold(text))
    if match is None:
        raise ValueError(f"“{text}” không phải số ngày giải quyết")
    units = {
        "ngay lam viec": LimitUnit.WORKING_DAYS,
        "d": LimitUnit.WORKING_DAYS,
        "cd": LimitUnit.CALENDAR_DAYS,
    }
    return TimeLimit(int(match[1]), units.get(match[2] or "", unit))


def phone_of(cell: Cell) -> str:
    """Return a telephone number, with the leading 0 a spreadsheet took from it when it read a number."""
    text = text_of(cell)
    is_number = isinstance(cell, int | float) and not isinstance(cell, bool)
    return f"0{text}" if is_number and len(text) == 9 else text
