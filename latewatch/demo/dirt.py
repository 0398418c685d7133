"""The usual dirt of exports, planted in small known numbers beside the dossiers of the story."""

from enum import StrEnum
from random import Random

from latewatch.demo.row import Keys, Row


class Dirt(StrEnum):
    """What is wrong with a planted row."""

    IMPOSSIBLE_DATE = "impossible date"  # 31/02/2026
    PROMISED_BEFORE_RECEIPT = "promised before receipt"
    UNKNOWN_STATUS = "unknown status"
    MISSING_CODE = "missing code"
    CONFLICTING_ROWS = "conflicting rows"  # two rows, one code, different facts
    IDENTICAL_ROWS = "identical rows"  # a dossier of the story, once more
    TWO_DIGIT_YEAR = "two-digit year"
    SWAPPED_DAY_AND_MONTH = "swapped day and month"  # 11/25/2026


ROWS = {
    Dirt.IMPOSSIBLE_DATE: 2,
    Dirt.PROMISED_BEFORE_RECEIPT: 2,
    Dirt.UNKNOWN_STATUS: 3,
    Dirt.MISSING_CODE: 2,
    Dirt.CONFLICTING_ROWS: 2,
    Dirt.IDENTICAL_ROWS: 1,
    Dirt.TWO_DIGIT_YEAR: 1,
    Dirt.SWAPPED_DAY_AND_MONTH: 1,
}
"""Rows planted in each export."""


def plant(rows: list[Row], keys: Keys, rng: Random) -> list[Row]:
    """Return `rows` with those of `ROWS` among them.

    A planted row spoils a copy of a finished dossier, under a code of its own but for identical rows: an
    importer that sets it aside leaves the figures of the story as they are.
    """
    finished = [row for row in rows if row[keys.finished]]
    planted: list[Row] = []
    for kind, number in ROWS.items():
        for nth in range(number):
            row = dict(rng.choice(finished))
            if kind is Dirt.CONFLICTING_ROWS and nth % 2:
                row = dict(planted[-1])
            elif kind is not Dirt.IDENTICAL_ROWS:
                row[keys.code] = _unused(str(row[keys.code]), 9000 + len(planted))
            planted.append(row | _spoilt(kind, nth, keys))
    mixed = list(rows)
    for row in planted:
        mixed.insert(rng.randrange(len(mixed) // 2, len(mixed)), row)
    return mixed


def _unused(code: str, serial: int) -> str:
    """Return the code with a serial no day of the story reaches."""
    return f"{code.rpartition('-')[0]}-{serial}"


def _spoilt(kind: Dirt, nth: int, keys: Keys) -> Row:
    """Return the cells that make a row dirty; of conflicting rows every second one is told differently."""
    if kind is Dirt.CONFLICTING_ROWS:
        return {keys.status: "Rút hồ sơ", keys.finished: "10/11/2026 09:40"} if nth % 2 else {}
    cells: dict[Dirt, Row] = {
        Dirt.IMPOSSIBLE_DATE: {keys.received: "31/02/2026"},
        Dirt.PROMISED_BEFORE_RECEIPT: {
            keys.received: "10/11/2026 08:30",
            keys.promised: "06/11/2026 17:00",
            keys.finished: "11/11/2026 10:00",
        },
        Dirt.UNKNOWN_STATUS: {keys.status: "Chờ ký số", keys.finished: ""},
        Dirt.MISSING_CODE: {keys.code: ""},
        Dirt.TWO_DIGIT_YEAR: {
            keys.received: "02/11/26",
            keys.promised: "",
            keys.finished: "06/11/2026 09:15",
        },
        Dirt.SWAPPED_DAY_AND_MONTH: {keys.promised: "11/25/2026"},
    }
    return cells.get(kind, {})
