"""One cell of a catalogue → one value of a procedure. Every doubt is a ValueError with its cure."""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cache
from importlib import resources
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from latewatch.domain.expiry import Ends
from latewatch.domain.limit import LimitUnit, TimeLimit
from latewatch.domain.names import fold
from latewatch.domain.suspension import Effect
from latewatch.sources.files.cells import key_of, limit_of, moment_of, procedure_code_of, text_of
from latewatch.sources.files.grid import Cell

MINUTES_A_DAY = 24 * 60
EFFECTS = ("supplement", "financial", "consultation", "other")

T = TypeVar("T")


class _Words(Struct, frozen=True, forbid_unknown_fields=True):
    headings: dict[str, list[str]]
    effects: dict[str, Effect]
    ends: dict[str, Ends]


@dataclass(frozen=True, slots=True)
class CatalogueHeadings:
    """The headings of catalogue files, in the form the finder of headers reads them."""

    field_of: Mapping[str, str]
    names: Mapping[str, str]
    required: tuple[str, ...] = ("limit",)
    setting: str = ""

    @property
    def deciding(self) -> tuple[str, ...]:
        """Two columns could hold one of these: which is meant, a person has to say."""
        return tuple(name for name in self.names if name not in ("field", "level", "unit"))


@cache
def _words() -> _Words:
    shipped = (resources.files(__package__) / "catalogue.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(shipped), _Words)


@cache
def catalogue_headings() -> CatalogueHeadings:
    headings = _words().headings
    return CatalogueHeadings(
        field_of={key_of(alias): name for name, aliases in headings.items() for alias in aliases},
        names={name: aliases[0] for name, aliases in headings.items()},
    )


def readers(unit: LimitUnit) -> dict[str, Callable[[Cell], Any]]:
    """Return how the cells of a field are read, for those that are more than plain text."""
    words = _words()
    return {
        "code": procedure_code_of,
        "limit": lambda cell: catalogue_limit(cell, unit),
        "ends": lambda cell: _meaning(cell, words.ends, "cách hết hạn"),
        "cutoff": _minute_of_day,
        **dict.fromkeys(EFFECTS, lambda cell: _meaning(cell, words.effects, "cách tính khi tạm dừng")),
        "close_after_days": _days,
        "valid_from": _day,
        "valid_until": _day,
    }


_PROSE = re.compile(
    r"(?:(?:khong qua|toi da|trong thoi han|trong vong) )*(.+?)"
    r"(?:,? (?:ke )?tu (?:ngay|khi) (?:tiep )?nhan (?:duoc )?(?:du )?(?:ho so)[a-z, ]*)?\.?"
)


def catalogue_limit(cell: Cell, unit: LimitUnit) -> TimeLimit | None:
    """Return a limit: `5`, `05 ngày làm việc`, `không quá 15 ngày kể từ ngày nhận hồ sơ`; None where blank.

    A zero is more often a cell nobody filled in than “at once”, which takes words. Raises ValueError.
    """
    text = text_of(cell)
    amount = re.match(r"[-\u2212]?\d+", text)
    if amount and int(amount[0].replace("\u2212", "-")) < 1:
        raise ValueError(
            f"thời hạn “{text}” không thể có; hãy ghi “giải quyết ngay” hoặc “trong ngày” nếu đúng vậy, "
            "để trống nếu không rõ"
        )
    try:
        return limit_of(cell, unit)
    except ValueError:
        core = _PROSE.fullmatch(fold(text))
        if core is None or core[1] == fold(text):
            raise
        return limit_of(core[1], unit)


def _meaning(cell: Cell, words: Mapping[str, T], what: str) -> T | None:
    text = text_of(cell)
    if not text:
        return None
    known = {key_of(word): value for word, value in words.items()}
    if key_of(text) not in known:
        first = {value: word for word, value in reversed(list(words.items()))}
        raise ValueError(f"“{text}” không phải {what}; chọn trong: {', '.join(reversed(first.values()))}")
    return known[key_of(text)]


def _minute_of_day(cell: Cell) -> int | None:
    """Return the minute of `15:00`, `15h30`, a time cell or the fraction of a day behind one."""
    if isinstance(cell, time):
        return cell.hour * 60 + cell.minute
    if isinstance(cell, timedelta) and timedelta(0) <= cell < timedelta(days=1):
        return int(cell.total_seconds()) // 60
    if isinstance(cell, float) and 0 <= cell < 1:
        return round(cell * MINUTES_A_DAY) % MINUTES_A_DAY
    text = text_of(cell)
    clock = re.fullmatch(r"(\d{1,2})(?:[:h](\d{2})?(?::00)?)", text.lower().replace(" ", ""))
    if clock and int(clock[1]) < 24 and int(clock[2] or 0) < 60:
        return int(clock[1]) * 60 + int(clock[2] or 0)
    if text:
        raise ValueError(f"“{text}” không phải giờ; cần dạng 15:00 hoặc 15h00")
    return None


def _days(cell: Cell) -> int | None:
    text = text_of(cell)
    number = re.fullmatch(r"(\d{1,3})(?: ngay)?", fold(text))
    if number and int(number[1]):
        return int(number[1])
    if text:
        raise ValueError(f"“{text}” không phải số ngày từ 1 đến 999")
    return None


def _day(cell: Cell) -> date | None:
    moment = moment_of(cell)
    return moment.date() if moment else None
