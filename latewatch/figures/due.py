"""When rules count many dossiers as late: what `domain.tally.placing.due_at` says of each. Pure."""

import numpy as np

from latewatch.domain.deadline import Basis, Decider
from latewatch.domain.tally.rule import Against, Precision
from latewatch.figures.asked import Asked
from latewatch.figures.moments import DAY, NO_DAY, NO_SECOND, Seconds, end_of
from latewatch.figures.rows import BASES, Rows


def due_of(rows: Rows, asked: Asked) -> Seconds:
    """Return when each counts as late, as `due_at` does; NO_SECOND where nothing decides."""
    rule, due = asked.rule, _chosen(rows, asked.rule.due)
    has_due = due != NO_SECOND
    if rule.against is Against.REVISED:
        sent = (rows.letter != NO_DAY) & (rows.letter <= asked.as_of_day) & (rows.revised != NO_DAY)
        due = np.where(has_due & sent, np.maximum(due, end_of(rows.revised)), due)
    if rule.precision is Precision.DAY:
        due = np.where(has_due, end_of(due // DAY), due)
    return due


def _chosen(rows: Rows, wanted: Decider | None) -> Seconds:
    if wanted is None:
        return rows.due
    is_own = rows.basis == BASES.index(Basis(wanted.value))
    days = rows.promised if wanted is Decider.PROMISED else rows.computed
    other = np.where(days != NO_DAY, end_of(days), rows.due)
    if wanted is Decider.COMPUTED:
        other = np.where(rows.waits, np.int32(NO_SECOND), other)
    return np.where(is_own, rows.due, other)
