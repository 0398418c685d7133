"""How official Vietnamese writes titles, dates and numbers on paper. Pure."""

import textwrap
import unicodedata
from datetime import date

from latewatch.domain.worktime import WEEKDAYS

ALPHABET = (
    "".join(  # every letter of Vietnamese with its marks, composed
        unicodedata.normalize("NFC", base + tone)
        for base in "AĂÂEÊIOÔƠUƯYaăâeêioôơuưy"
        for tone in ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
    )
    + "Đđ"
)
_NEVER_PRINTED = ("Cc", "Cf")  # control and format characters could hide or reverse what is read


def long_date(day: date) -> str:
    """Write the date of a letter; days below 10 and months 1 and 2 carry a zero (NĐ 30/2020, Phụ lục I)."""
    month = f"{day.month:02}" if day.month <= 2 else str(day.month)
    return f"ngày {day.day:02} tháng {month} năm {day.year}"


def short_date(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def appointment(day: date) -> str:
    """Write a day on which somebody comes: with its weekday, so that a slip of the pen is seen."""
    return f"ngày {short_date(day)} ({WEEKDAYS[day.weekday()]})"


def sentence(text: str) -> str:
    """End a text with a full stop, where it does not end with a mark of its own."""
    return text if text.endswith((".", "!", "?", "…", ";")) else f"{text}."


def register_number(number: int) -> str:
    """Write a number of the letter register; below 10 it carries a zero (NĐ 30/2020, Phụ lục I)."""
    return f"{number:02}"


def balanced(text: str, width: int) -> list[str]:
    """Break a heading into lines of at most `width` characters that are as equal as its words allow.

    A line break in the text is kept: an office may break its name by sense.
    """
    return [line for given in text.splitlines() for line in _balanced_line(given, width)]


def _balanced_line(line: str, width: int) -> list[str]:
    count = len(_wrapped(line, width))
    tries = (_wrapped(line, narrow) for narrow in range(max(1, len(line) // max(1, count)), width))
    return next((lines for lines in tries if len(lines) <= count), _wrapped(line, width))


def _wrapped(line: str, width: int) -> list[str]:
    return textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False)


def clean_text(text: str) -> str:
    """Return a text in NFC, with single spaces and no control characters; its line breaks are kept.

    Done before the text meets markup: composing afterwards could merge a mark with a `<` or `>`.
    """
    lines = (" ".join(line.split()) for line in text.splitlines())
    kept = ("".join(c for c in line if unicodedata.category(c) not in _NEVER_PRINTED) for line in lines)
    return unicodedata.normalize("NFC", "\n".join(kept).strip())
