"""Where the files lie that are delivered with the program: packed in the wheel, or on top of a checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_PACKED_AS = {"templates": "_templates"}  # as the wheel's force-include in pyproject.toml names it


def shipped(*parts: str) -> Path:
    """Return the path of a delivered file or folder, such as `shipped("templates", "letters")`.

    The path is not promised to exist: whoever opens it says what is missing.
    """
    top, *rest = parts
    packed = _PACKAGE / _PACKED_AS.get(top, top)
    return (packed if packed.exists() else _PACKAGE.parent / top).joinpath(*rest)
