"""Phone numbers of Vietnam that take a text message. Pure."""

import re

_MARKS = re.compile(r"[\s.\-()\u00a0]+")
_MOBILE = re.compile(r"(?:\+84|0084|84)0?([35789]\d{8})|0([35789]\d{8})")


def normalised_phone(text: str) -> str:
    """Return a mobile number as `84…`, eleven digits; empty for a landline, several numbers, or junk.

    A number without its leading zero is not guessed at, and one that repeats a single digit is a filler.
    """
    found = _MOBILE.fullmatch(_MARKS.sub("", text))
    number = (found[1] or found[2]) if found else ""
    return f"84{number}" if len(set(number[1:])) > 1 else ""


def masked_phone(text: str) -> str:
    """Return the number with all but its last three digits hidden."""
    digits = re.sub(r"\D", "", text)
    return f"…{digits[-3:]}" if len(digits) > 6 else "…"
