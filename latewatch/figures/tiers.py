"""What of a page is old: ended so long ago that no later table counts it, by most rules. Pure."""

from datetime import date

from latewatch.domain.dossier import Status
from latewatch.figures.asked import SUSPENDED, is_one_of
from latewatch.figures.moments import DAY, NO_DAY, NO_SECOND, Mask, day_number
from latewatch.figures.rows import STATUSES, Rows


def is_old(rows: Rows, since: date) -> Mask:
    """Tell what had come, ended and been due before the day `since`.

    No table from that day on counts it, unless its rule counts something for good (`counts_for_good`).
    """
    day = day_number(since)
    had_ended = (rows.finished != NO_SECOND) & (rows.finished < day * DAY)
    had_come = (rows.received != NO_DAY) & (rows.received < day) & (rows.handed_in < day * DAY)
    is_settled = ~is_one_of(rows.status, STATUSES, (*SUSPENDED, Status.WAITING)) & ~rows.waits
    was_due = rows.due < day * DAY
    for each in (rows.computed, rows.promised, rows.revised):
        was_due &= each < day
    found: Mask = had_ended & had_come & is_settled & was_due
    return found
