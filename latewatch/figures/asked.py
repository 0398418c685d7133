"""What a table asks of many dossiers: days, an instant, a rule; and which of them it cannot count. Pure."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from latewatch.domain.deadline import Decider
from latewatch.domain.dossier import Status
from latewatch.domain.period import Period
from latewatch.domain.tally.rule import Against, CountingRule, Resolved, Treatment
from latewatch.figures.moments import DAY, NO_DAY, NO_SECOND, Codes, Mask, day_number, second_number
from latewatch.figures.rows import STATUSES, Rows

APART = (Status.WITHDRAWN, Status.STOPPED, Status.REFUSED, Status.NOT_ACCEPTED)
RUNNING, SUSPENDED = (Status.RECEIVED, Status.PROCESSING), (Status.SUPPLEMENT, Status.SUSPENDED)
MAY_END = (None, Treatment.AS_RESOLVED, Treatment.AS_ON_TIME)
WAITING = STATUSES.index(Status.WAITING)


@dataclass(frozen=True, slots=True)
class Asked:
    """A table that is asked for, in whole numbers; `after` is the first second `as_of` did not reach."""

    first: int
    last: int
    as_of: int
    after: int
    rule: CountingRule

    @classmethod
    def of(cls, period: Period, as_of: datetime, rule: CountingRule) -> "Asked":
        second = second_number(as_of)
        after = second + (1 if as_of.microsecond else 0)
        return cls(day_number(period.first), day_number(period.last), second, after, rule)

    @property
    def as_of_day(self) -> int:
        return self.as_of // DAY

    @property
    def since(self) -> int:
        """The day before which nothing had ended that is counted; of a period to come that of its instant."""
        return min(self.first, self.as_of_day)

    @classmethod
    def all_of(cls, asked: Sequence["Asked"]) -> "Asked":
        """Return the table that is worth every row one of `asked`, which are of one rule, is worth."""
        return cls(
            first=min(each.since for each in asked),
            last=max(each.last for each in asked),
            as_of=max(each.as_of for each in asked),
            after=max(each.after for each in asked),
            rule=asked[0].rule,
        )


def counts_for_good(rule: CountingRule) -> bool:
    """Tell whether `rule` may count in any period what ended long before it."""
    closed = [rule.treatment(status) for status in APART]
    return rule.resolved is Resolved.RETURNED or not all(map(_ends, closed))


def worth_placing(rows: Rows, asked: Asked) -> Mask:
    """Tell which rows the table may count: no other is in any of its figures, nor remarked on below it."""
    day = asked.as_of_day
    first = min(asked.first * DAY, asked.as_of)
    handed_in = rows.handed_in
    found: Mask = ~_was_over(rows, asked, first) | _fell_due(rows, asked)
    found &= rows.received <= day  # what has no receipt, too
    is_handed_in = (handed_in != NO_SECOND) & (handed_in < (day + 1) * DAY)
    found |= is_handed_in & ((rows.received > day) | (rows.status == WAITING))
    return found


def _was_over(rows: Rows, asked: Asked, first: int) -> Mask:
    """Tell what had ended before the period, and so can be pending in none."""
    over: Mask = (rows.finished != NO_SECOND) & (rows.finished < first)
    over &= (rows.received != NO_DAY) & (rows.received < first // DAY)  # or it ended before it came
    if asked.rule.resolved is Resolved.RETURNED:
        over &= (rows.returned != NO_SECOND) & (rows.returned < first)
    stays = [s for s in STATUSES if s in SUSPENDED or not _ends(asked.rule.treatment(s))]
    over &= ~is_one_of(rows.status, STATUSES, stays) & ~rows.waits
    return over


def _ends(treatment: Treatment | None) -> bool:
    return treatment in MAY_END or treatment is Treatment.LEFT_OUT


def _fell_due(rows: Rows, asked: Asked) -> Mask:
    """Tell what some date of it says to have been due in the period."""
    first, last = asked.first * DAY, asked.last * DAY + DAY - 1
    rule = asked.rule
    found: Mask = (rows.due >= first) & (rows.due <= last)
    days = [rows.promised] if rule.due is Decider.PROMISED else [rows.computed] if rule.due else []
    for each in [*days, *([rows.revised] if rule.against is Against.REVISED else [])]:
        found |= (each >= asked.first) & (each <= asked.last)
    return found


def is_one_of(codes: Codes, words: tuple[object, ...], wanted: Container[object]) -> Mask:
    """Tell which of `codes`, places in `words`, are of a word that is `wanted`."""
    places = [place for place, word in enumerate(words) if word in wanted]
    found = np.zeros(len(codes), dtype=np.bool_)
    for place in places:  # to compare them all a few times is faster than to look each up
        found |= codes == place
    return found
