"""What a letter says as JSON: kept with its number, attached to its PDF; its check code is made of it."""

from typing import Any

import msgspec

from latewatch.domain.letters.letter import Letter


def to_content(letter: Letter) -> dict[str, Any]:
    content: dict[str, Any] = msgspec.to_builtins(letter)
    return content


def from_content(content: dict[str, Any]) -> Letter:
    return msgspec.convert(content, Letter)
