"""One cell → one value. Every doubt is a ValueError with its reason and cure; nothing is guessed."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import TypeVar

from latewatch.clock import VIETNAM, at_midnight
from latewatch.domain.limit import LimitUnit, TimeLimit
from latewatch.domain.names import fold, tidy
from latewatch.domain.record import DateOrder
from latewatch.sources.files.grid import Cell

EXCEL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001  a day count, not an instant
EXCEL_DAYS = (30_000, 80_000)  # 1982 to 2119: other numbers in a date column are not dates
YEARS = range(1990, 2100)
REMEMBERED = 1 << 16  # distinct texts whose reading is kept: exports repeat most of their cells
LONGEST_REMEMBERED = 200  # characters of a text that is kept

LONGEST_CODE = 100
EXACT_DIGITS = 15  # of a number in a spreadsheet; those after it became zeros

D = TypeVar("D", bound=date)

# Zero-width and soft-hyphen characters travel with what is copied from web pages, and nobody sees them.
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_DATE_FORM = "cần dạng 31/12/2026 hoặc 31/12/2026 14:30"

_TIME = r"(?:[ T]+(?P<hour>\d{1,2})[:h](?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?)?"
_ZONE = r"\s?(?P<zone>Z|[+-]\d{2}:?\d{2})?"
_PATTERNS = (
    re.compile(rf"(?P<day>\d{{1,2}}) ?[/.-] ?(?P<month>\d{{1,2}}) ?[/.-] ?(?P<year>\d{{4}}|\d{{2}}){_TIME}"),
    re.compile(rf"(?P<year>\d{{4}})[-/](?P<month>\d{{1,2}})[-/](?P<day>\d{{1,2}}){_TIME}{_ZONE}"),
    re.compile(
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"
        r"(?:(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?)?"
    ),
)


class MonthFirst(ValueError):  # noqa: N818  what the cell shows, not an error of the program
    """A date that can only be read with the month before the day: a hint at its whole column."""


def text_of(cell: Cell) -> str:
    """Return the cell as a person sees it. A whole float loses its `.0`: codes arrive as numbers."""
    if isinstance(cell, str):
        return cleaned(cell)
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, date):
        return _shown(cell)
    return str(cell)


def texts_of(cells: Sequence[Cell]) -> Sequence[str]:
    """Return cells of a row or column as a person sees them; most are clean, and looked at all at once."""
    try:
        texts: Sequence[str] = cells  # type: ignore[assignment]  # mostly texts, and the next line tells
        joined = _BAR.join(texts)
    except TypeError:
        texts = [text_of(cell) for cell in cells]
        joined = _BAR.join(texts)
    is_clean = (
        joined.isprintable()
        and joined[:1] != " " != joined[-1:]
        and not any(sign in joined for sign in _UNTIDY)
        and (joined.isascii() or unicodedata.is_normalized("NFC", joined))
    )
    return texts if is_clean else [cleaned(text) for text in texts]


_BAR = "│"  # rare; a cell that holds it is only looked at more closely
_UNTIDY = ("  ", f" {_BAR}", f"{_BAR} ")


def cleaned(text: str) -> str:
    """Return `text` tidied, without the characters nobody sees."""
    # Codes, dates and numbers are ASCII and rarely come twice; names and words repeat, long notes do not.
    if text.isascii():
        return " ".join(text.split())
    return _remembered(text) if len(text) <= LONGEST_REMEMBERED else _composed(text)


def _composed(text: str) -> str:
    return tidy(text.translate(_INVISIBLE))


_remembered = lru_cache(REMEMBERED)(_composed)


def _shown(moment: date) -> str:
    """Return `31/12/2026`, with the clock time where there is one."""
    iso = str(moment)
    clock = iso[10:19]
    return f"{iso[8:10]}/{iso[5:7]}/{iso[:4]}{clock if clock != ' 00:00:00' else ''}"


@lru_cache(REMEMBERED)
def key_of(text: str) -> str:
    """Return the key under which headings and words compare: folded, free of end marks and of odd slashes.

    >>> key_of("Đơn vị / cá nhân giải quyết (*):") == key_of("Đơn vị/ cá nhân giải quyết")
    True
    """
    return re.sub(r" ?/ ?", "/", fold(cleaned(text))).removesuffix(":").removesuffix("(*)").strip(" *:.")


def moment_of(cell: Cell, order: DateOrder = DateOrder.DAY_FIRST) -> datetime | None:
    """Return the moment in a date cell, Vietnam's time; 00:00 where the cell has no clock time.

    Reads real Excel dates and their day counts, `dd/MM/yyyy` (or `MM/dd/yyyy` in the other `order`),
    `yyyy-MM-dd` and `yyyyMMddHHmmss` with and without a time. Fractions of a second are dropped. Raises
    ValueError with the reason, also for a year of two digits.
    """
    if isinstance(cell, str):
        return _moment_of_text(cell, order) if cell else None
    if isinstance(cell, datetime):
        return _in_vietnam(cell)
    if isinstance(cell, date):
        return at_midnight(_checked(cell))
    is_number = isinstance(cell, int | float) and not isinstance(cell, bool)
    if is_number and EXCEL_DAYS[0] <= cell < EXCEL_DAYS[1]:  # type: ignore[operator]  # numbers only
        return _in_vietnam(EXCEL_EPOCH + timedelta(days=cell))  # type: ignore[arg-type]  # likewise
    return _moment_of_text(text_of(cell), order)


def _in_vietnam(moment: datetime) -> datetime:
    """Return the wall time of a spreadsheet as Vietnam's; what lacks under a millisecond is rounding."""
    if _checked(moment).microsecond:
        moment = (moment + timedelta(microseconds=500)).replace(microsecond=0)
    return moment.replace(tzinfo=VIETNAM)


@lru_cache(REMEMBERED)
def _moment_of_text(cell: str, order: DateOrder) -> datetime | None:
    text = cleaned(cell)
    if not text:
        return None
    plain = unicodedata.normalize("NFKC", text)
    match = next((m for pattern in _PATTERNS if (m := pattern.fullmatch(plain))), None)
    if match is None:
        raise ValueError(f"“{text}” không phải ngày; {_DATE_FORM}")
    parts = match.groupdict()
    if len(parts["year"]) == 2:
        raise ValueError(f"“{text}”: năm chỉ có hai chữ số, không rõ thế kỷ; hãy ghi đủ bốn chữ số")
    year, month, day, hour, minute, second = (int(parts.get(name) or 0) for name in _ORDER)
    if order is DateOrder.MONTH_FIRST and match.re is _PATTERNS[0]:
        month, day = day, month
    if month > 12 >= day > 0:
        raise MonthFirst(
            f"“{text}”: không có tháng {month}; có thể cột này ghi tháng trước ngày, {_DATE_FORM}"
        )
    try:
        zone = _zone_of(parts.get("zone"))
        moment = _checked(datetime(year, month, day, hour, minute, second, tzinfo=zone))
    except ValueError as e:
        if year not in YEARS:
            raise ValueError(_out_of_years(year)) from None
        raise ValueError(f"“{text}” là ngày giờ không có thật; hãy sửa ở nơi xuất tệp") from e
    return moment.astimezone(VIETNAM)


_ORDER = ("year", "month", "day", "hour", "minute", "second")


def _zone_of(text: str | None) -> tzinfo | None:
    return datetime.fromisoformat(f"2000-01-01T00:00{text}").tzinfo if text else VIETNAM


def _checked(moment: D) -> D:
    if moment.year not in YEARS:
        raise ValueError(_out_of_years(moment.year))
    return moment


def _out_of_years(year: int) -> str:
    return f"năm {year} ngoài khoảng {YEARS[0]}-{YEARS[-1]}; hãy sửa ở nơi xuất tệp"


_LIMIT_UNITS = {
    "ngay lam viec": LimitUnit.WORKING_DAYS,
    "ngay lv": LimitUnit.WORKING_DAYS,
    "d": LimitUnit.WORKING_DAYS,
    "ngay theo lich": LimitUnit.CALENDAR_DAYS,
    "cd": LimitUnit.CALENDAR_DAYS,
    "tuan": LimitUnit.WEEKS,
    "w": LimitUnit.WEEKS,
    "thang": LimitUnit.MONTHS,
    "mo": LimitUnit.MONTHS,
    "gio lam viec": LimitUnit.HOURS,
    "gio": LimitUnit.HOURS,
    "h": LimitUnit.HOURS,
    "phut": LimitUnit.MINUTES,
    "m": LimitUnit.MINUTES,
}
_LIMIT = re.compile(rf"(-?\d{{1,5}})(?:[.,]0{{1,2}})?\s*\(?({'|'.join(_LIMIT_UNITS)}|ngay)?\)?")
_WITHIN_DAY = re.compile(r"(?:tra ket qua |giai quyet )?(?:ngay )?trong ngay(?: lam viec)?|day")
_AT_ONCE = re.compile(r"(?:giai quyet )?ngay(?: khi nhan (?:du )?ho so)?")


AT_ONCE = TimeLimit(0, LimitUnit.AT_ONCE)


def limit_of(cell: Cell, unit: LimitUnit) -> TimeLimit | None:
    """Return the time limit in a cell: `5`, `5 ngày làm việc`, `8 giờ`, `trong ngày`; None where it is empty.

    What a bare number counts, and “ngày” without more, is the source's setting; 0 is “at once”. Raises
    ValueError.
    """
    text = text_of(cell)
    return _limit_of_text(text, unit) if text else None


@lru_cache(REMEMBERED)
def _limit_of_text(text: str, unit: LimitUnit) -> TimeLimit:
    folded = fold(text)
    match = _LIMIT.fullmatch(folded)
    if match:
        amount = int(match[1])
        return TimeLimit(amount, _LIMIT_UNITS.get(match[2] or "", unit)) if amount else AT_ONCE
    if _WITHIN_DAY.fullmatch(folded):
        return TimeLimit(0, LimitUnit.WITHIN_DAY)
    if _AT_ONCE.fullmatch(folded):
        return AT_ONCE
    raise ValueError(
        f"“{text}” không phải thời hạn giải quyết; cần dạng 5, 5 ngày làm việc, 15 ngày, 8 giờ, trong ngày"
    )


def phone_of(cell: Cell) -> str:
    """Return a telephone number, with the leading 0 a spreadsheet took from it when it read a number.

    Without it mobile numbers have 9 digits, and those of landlines, which begin with 2, have 10.
    """
    if isinstance(cell, str):
        return cleaned(cell)
    text = text_of(cell)
    is_number = isinstance(cell, int | float) and not isinstance(cell, bool)
    has_lost_zero = len(text) == 9 or (len(text) == 10 and text.startswith("2"))
    return f"0{text}" if is_number and has_lost_zero and text.isdigit() else text


def procedure_code_of(cell: Cell) -> str:
    """Return a procedure's code. Raises ValueError for a number: 1.010010 came as 1.01001 from the sheet."""
    text = text_of(cell)
    is_exact = isinstance(cell, int) or (isinstance(cell, float) and cell.is_integer())
    if not isinstance(cell, str) and not (is_exact and len(text) <= EXACT_DIGITS):
        raise ValueError(
            f"“{text}” là số hoặc ngày, bảng tính có thể đã bỏ mất chữ số; hãy định dạng cột mã là chữ "
            "(Text) rồi ghi lại mã"
        )
    if len(text) > LONGEST_CODE:
        raise ValueError(f"mã dài quá {LONGEST_CODE} ký tự; hãy kiểm tra cột này")
    if text.startswith("#"):
        raise ValueError(f"ô báo lỗi {text}; hãy sửa công thức trong bảng tính")
    return text
