"""The table of supplement requests: how often dossiers were sent back. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from latewatch.domain.dossier import Cause, Status, Suspension
from latewatch.domain.period import Period
from latewatch.domain.standing import Case
from latewatch.domain.tally.counts import Counts
from latewatch.domain.tally.placing import NOWHERE, Left, Placing, finished_at
from latewatch.domain.tally.rule import CountingRule

_ASKED = ("asked_once", "asked_twice", "asked_more")


@dataclass(slots=True)
class SupplementCounts(Counts):
    """A row of the table; `requests` counts each time, the others dossiers."""

    present: int = 0
    asked_once: int = 0
    asked_twice: int = 0
    asked_more: int = 0
    requests: int = 0
    awaiting_supplement: int = 0


def place_supplements(case: Case, period: Period, as_of: datetime, rule: CountingRule) -> Placing:
    """Place `case` by what it was asked for in `period`; what is not there in the period is nowhere."""
    received_on, ended_at = case.dossier.received_on, finished_at(case, rule)
    if received_on is None:
        return Placing(left=Left.NO_RECEIPT)
    if received_on > as_of.date() or (ended_at and ended_at.date() < period.first):
        return NOWHERE
    is_over = ended_at is not None and ended_at <= as_of
    until = ended_at if ended_at and is_over else as_of
    requests = list(_requests(case, period, until))
    asked = (_ASKED[min(len(requests), len(_ASKED)) - 1],) if requests else ()
    waits = ("awaiting_supplement",) if not is_over and _awaits(case, as_of) else ()
    return Placing(("present", *asked, *("requests" for _ in requests), *waits))


def _requests(case: Case, period: Period, until: datetime) -> Iterator[Suspension]:
    for each in case.dossier.suspensions:
        is_request = each.cause is Cause.SUPPLEMENT and each.started_at.date() in period
        if is_request and each.started_at <= until:
            yield each


def _awaits(case: Case, at: datetime) -> bool:
    """Tell whether a supplement is awaited: by what is known of requests, else by the source's word."""
    known = [each for each in case.dossier.suspensions if each.cause is Cause.SUPPLEMENT]
    if not known:
        return case.dossier.status is Status.SUPPLEMENT
    return any(each.started_at <= at and (each.ended_at is None or each.ended_at > at) for each in known)
