"""The sheet in which rows that were set aside come back corrected: what its own columns are called. Pure."""

import re
from collections.abc import Iterable

REASON = "Lý do gác lại"
BLAMED = "Cột cần sửa"
ROW = "Dòng trong tệp"
DOUBT = " ?"  # ends a cell that must not be believed before a person looked at it
_ROW_OF = "Dòng của lô {batch}"
_BATCH = re.compile(r"Dòng của lô (\d{1,9})")


def own_headings(batch: int | None) -> tuple[str, str, str]:
    """Return the headings before those of the rows; the last names the batch that set the rows aside."""
    return REASON, BLAMED, ROW if batch is None else _ROW_OF.format(batch=batch)


def is_own(heading: str) -> bool:
    """Tell whether a heading is one of these, of whatever batch."""
    return heading in {REASON, BLAMED, ROW} or _BATCH.fullmatch(heading) is not None


def corrected_batch(headings: Iterable[str]) -> int | None:
    """Return the batch whose rows a sheet with these headings brings back; None for any other sheet."""
    return next((int(match[1]) for each in headings if (match := _BATCH.fullmatch(each))), None)
