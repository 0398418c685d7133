"""A row of an export: cells by heading, before they are written to a file."""

from dataclasses import dataclass
from datetime import datetime

Cell = str | int | datetime
Row = dict[str, Cell]


@dataclass(frozen=True, slots=True)
class Keys:
    """The headings under which an export writes the facts that dirt spoils."""

    code: str
    status: str
    received: str
    promised: str
    finished: str
