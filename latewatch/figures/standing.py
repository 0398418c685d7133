"""Where many dossiers stand now, as `domain.standing.standing_at` says of each alone. Pure."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from latewatch.domain.dossier import Status
from latewatch.domain.standing import Standing
from latewatch.figures.asked import RUNNING, SUSPENDED, is_one_of
from latewatch.figures.moments import DAY, NO_SECOND, Mask, second_number
from latewatch.figures.rows import STATUSES, Rows

DueSoonBefore = Callable[[Rows], NDArray[np.int32]]
"""The day before which what is due is due soon, for each of the rows: calendars differ by unit."""

_DONE = (Status.DONE, Status.RETURNED)


def worth_looking_at(rows: Rows, now: datetime) -> Mask:
    """Tell which rows run, or were finished yesterday or since."""
    yesterday = (second_number(now) // DAY - 1) * DAY
    found: Mask = (rows.finished == NO_SECOND) | (rows.finished >= yesterday)
    return found


def standings(rows: Rows, now: datetime, due_soon_before: DueSoonBefore) -> dict[Standing, Mask]:
    """Tell what is overdue, due soon and within time now, and what was finished yesterday and how."""
    second = second_number(now)
    after, today = second + (1 if now.microsecond else 0), second // DAY
    is_held = is_one_of(rows.status, STATUSES, SUSPENDED) & ~rows.runs_on
    is_told = is_one_of(rows.status, STATUSES, (*RUNNING, *_DONE, *SUSPENDED)) & ~is_held
    finished = is_told & (rows.finished != NO_SECOND) & (rows.finished <= second)
    has_due = rows.due != NO_SECOND
    is_done = (rows.finished == NO_SECOND) & is_one_of(rows.status, STATUSES, _DONE)
    running = is_told & ~finished & ~is_done & ~rows.waits & has_due
    overdue = running & (rows.due < after)
    soon = running & ~overdue
    places = np.flatnonzero(soon)
    soon[places] = rows.due[places] // DAY < due_soon_before(rows.at(places)) if len(places) else False
    found = {Standing.OVERDUE: overdue, Standing.DUE_SOON: soon, Standing.WITHIN: running & ~overdue & ~soon}
    return found | _finished(rows, finished & has_due & (rows.finished // DAY == today - 1))


def _finished(rows: Rows, those: Mask) -> dict[Standing, Mask]:
    late = those & (rows.finished > rows.due)
    early = those & ~late & (rows.finished // DAY < rows.due // DAY)
    return {Standing.EARLY: early, Standing.ON_TIME: those & ~late & ~early, Standing.LATE: late}


def counted(rows: Rows, found: Mapping[Standing, Mask]) -> dict[int, Counter[Standing]]:
    """Count the standings by the number of the unit."""
    by_unit: dict[int, Counter[Standing]] = {}
    for standing, mask in found.items():
        counts = np.bincount(rows.unit[mask])
        for unit in np.flatnonzero(counts).tolist():
            by_unit.setdefault(unit, Counter())[standing] += int(counts[unit])
    return by_unit
