"""The letter register (sổ đăng ký văn bản đi): numbers from 1 in each register and year, none twice. Pure."""

from dataclasses import dataclass
from enum import StrEnum


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
