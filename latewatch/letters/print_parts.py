"""What a file for print is made of: letters on a list, their pages."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Self


@dataclass(frozen=True, slots=True)
class Span:
    """The pages of one letter in the file, counted from 1, without the blank behind an odd last one."""

    first: int
    last: int

    def below(self, pages: int) -> Self:
        return type(self)(self.first + pages, self.last + pages)


@dataclass(frozen=True, slots=True)
class Packed:
    """A file for print, and where in it each letter lies."""

    pdf: bytes
    pages: int
    spans: tuple[Span, ...]


class SignedHow(StrEnum):
    """What the copy that is handed over carries."""

    HERE = "ký số"
    ON_PAPER = "ký tay"  # the sheet signed with ink is the letter; this print is its copy
    NOT_YET = "chờ ký"


@dataclass(frozen=True, slots=True)
class ListedLetter:
    """One line of the list. It names no receiver: a name stands on the letter only."""

    number: str
    code: str
    new_date: date
    signature: SignedHow
