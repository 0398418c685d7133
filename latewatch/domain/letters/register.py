"""The letter register (sổ đăng ký văn bản đi): numbers from 1 in each register and year, none twice. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby, pairwise


class Keeper(StrEnum):
    """Who keeps a register of its own."""

    UNIT = "unit"
    OFFICE = "office"


OFFICE_REGISTER = "co-quan"


@dataclass(frozen=True, slots=True)
class RegisterNumber:
    """A number in a register's year, with the symbol written behind it."""

    register: str
    year: int
    number: int
    symbol: str

    def __str__(self) -> str:
        """Write it as on the letter: below 10 with a leading zero (NĐ 30/2020/NĐ-CP, Phụ lục I)."""
        return f"{self.number:02}/{self.symbol}"


def register_for(keeper: Keeper, unit: str) -> str:
    """Return the register a letter of `unit` (its code; empty where nobody declared it) is numbered in."""
    return unit if keeper is Keeper.UNIT and unit else OFFICE_REGISTER


def register_problems(first: int, last: int, given: Sequence[tuple[int, date]]) -> list[str]:
    """Say in Vietnamese what is wrong with a register's year; nothing where each number stands once.

    It runs from `first` to `last`; `given` are the numbers its letters have, each with the letter's date.
    """
    numbers = Counter(number for number, _ in given)
    expected = range(first, last + 1)
    found = (
        ("thiếu số", [number for number in expected if number not in numbers]),
        ("trùng số", [number for number, times in numbers.items() if times > 1]),
        (f"số ngoài khoảng {first}-{last}", [number for number in numbers if number not in expected]),
        ("ngày lùi lại ở số", _backwards(sorted(given))),
    )
    return [f"{what} {spans(which)}" for what, which in found if which]


def _backwards(given: Sequence[tuple[int, date]]) -> list[int]:
    return [number for (_, before), (number, dated) in pairwise(given) if dated < before]


def spans(numbers: Iterable[int]) -> str:
    """Write numbers shortly.

    >>> spans([7, 3, 8, 9])
    '3, 7-9'
    """
    runs = groupby(enumerate(sorted(numbers)), key=lambda pair: pair[1] - pair[0])
    ends = [[number for _, number in run] for _, run in runs]
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in ends)
