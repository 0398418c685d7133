"""The check code of a letter: what it says, in one sequence of bytes, and their SHA-256. Pure.

A document cannot carry its own hash. So the code printed on the letter is that of its content, which lies in
the PDF as an attachment: `sha256sum` of the attached file begins with the printed code.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

PRINTED_DIGITS = 16  # 64 bits: nobody finds a second letter for a printed code by trying
_GROUP = 4


def canonical(content: Mapping[str, Any]) -> bytes:
    """Write a numbered letter's content always the same way: keys sorted, no spaces, UTF-8."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8")


def fingerprint(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a letter's content, in 64 hexadecimal digits."""
    return hashlib.sha256(canonical(content)).hexdigest()


def check_code(content: Mapping[str, Any]) -> str:
    """Return the beginning of the fingerprint that is printed on the letter, without spaces."""
    return fingerprint(content)[:PRINTED_DIGITS]


def in_groups(code: str) -> str:
    """Write a check code so that it can be read aloud: `1a2b 3c4d 5e6f 7a8b`."""
    return " ".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))
