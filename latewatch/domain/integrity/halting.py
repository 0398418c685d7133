"""A limit that was interrupted when it was about to run out, after it had, or afterwards for before. Pure.

The desk looks at a dossier within 3 working days and says then what is missing (NĐ 118/2025/NĐ-CP, Điều
19.5). A request on the last day stops a limit that would be missed; one that is back-dated hides that it was.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

from latewatch.domain.dossier import Dossier, Status, Suspension
from latewatch.domain.integrity.change import Change, has_clock, latest
from latewatch.domain.integrity.finding import Betrayal, Kind, Severity, said
from latewatch.domain.limit import ALONE, BY_CLOCK, LimitUnit, TimeLimit
from latewatch.domain.suspension import precedes

REVIEW_DAYS = 3  # working days in which the desk says what is missing: its request then is no last moment

AFTER, LAST_DAY, BACK_DATED = "after", "last-day", "back-dated"


def late_suspensions(change: Change) -> Iterator[Betrayal]:
    """Yield the interruptions that are new, stop the limit and come too late.

    Of one that was only observed, the polls must show that the limit ran on its last day, or beyond it.
    """
    known = {(each.cause, each.started_at) for each in change.known}
    for each in change.after.suspensions:
        is_new = (each.cause, each.started_at) not in known
        if is_new and change.stops(each) and not _precedes(each, change.after):
            yield from _observed(change, each) if each.is_observed else _told(change, each)


def _precedes(each: Suspension, dossier: Dossier) -> bool:
    return dossier.received_at is None or precedes(each, dossier.received_at)


def _observed(change: Change, each: Suspension) -> Iterator[Betrayal]:
    before, shown = change.before, change.shown
    if before is None or shown is None or not change.was_running:
        return
    limit, due_at = _limit_end(change, before)
    if due_at is None or each.started_at != change.seen.at:
        return
    if shown.at > due_at:
        yield _betrayal(change, each, AFTER, due_at, Severity.HIGH)
    elif shown.at.date() == due_at.date() == each.started_at.date() and not _is_short(limit):
        yield _betrayal(change, each, LAST_DAY, due_at, Severity.MEDIUM)


def _told(change: Change, each: Suspension) -> Iterator[Betrayal]:
    limit, due_at = _limit_end(change, _without(change, each))
    is_dated_back = _is_dated_back(change, each)
    if is_dated_back and due_at and change.seen.at.date() >= due_at.date():
        yield _betrayal(change, each, BACK_DATED, due_at, Severity.HIGH)
    elif due_at and _is_after(each.started_at, due_at):
        yield _betrayal(change, each, AFTER, due_at, Severity.HIGH)
    elif due_at and each.started_at.date() == due_at.date() and not _is_short(limit):
        yield _betrayal(change, each, LAST_DAY, due_at, Severity.MEDIUM)
    elif is_dated_back:
        yield _betrayal(change, each, BACK_DATED, due_at, Severity.LOW)


def _limit_end(change: Change, dossier: Dossier) -> tuple[TimeLimit | None, datetime | None]:
    deadline = change.deadline(dossier)
    return deadline.limit, deadline.due_at


def _without(change: Change, each: Suspension) -> Dossier:
    """Return the dossier as it ran when the interruption began: only what had begun earlier is known."""
    earlier = tuple(other for other in change.after.suspensions if other.started_at < each.started_at)
    promised_at = (change.before or change.after).promised_at
    return replace(
        change.after,
        status=Status.PROCESSING,
        processed_at=None,
        suspensions=earlier,
        promised_at=promised_at,
    )


def _is_dated_back(change: Change, each: Suspension) -> bool:
    """Tell whether a batch taken in after its alleged start still showed the limit running.

    One that was told with a later start, and begins earlier now, was moved. What the polls saw begin, they
    saw after it had begun.
    """
    if any(_is_moved(other, each, change.after) for other in change.known):
        return True
    was_seen = any(other.is_observed and other.started_at >= each.started_at for other in change.known)
    if was_seen or change.shown is None or not change.was_running:
        return False
    return change.shown.at - change.file_age > latest(each.started_at)


def _is_moved(known: Suspension, each: Suspension, after: Dossier) -> bool:
    is_same = known.cause is each.cause and not known.is_observed and known.ended_at is None
    is_gone = all(other.started_at != known.started_at for other in after.suspensions)
    return is_same and is_gone and each.started_at.date() < known.started_at.date()


def _is_after(started_at: datetime, due_at: datetime) -> bool:
    return started_at > due_at if has_clock(started_at) else started_at.date() > due_at.date()


def _is_short(limit: TimeLimit | None) -> bool:
    """Tell whether the whole limit lies within the days of review, so that any request comes on its last."""
    if limit is None:
        return False
    is_of_days = limit.unit in (LimitUnit.WORKING_DAYS, LimitUnit.CALENDAR_DAYS)
    return limit.unit in (*ALONE, *BY_CLOCK) or (is_of_days and limit.amount <= REVIEW_DAYS)


def _betrayal(
    change: Change, each: Suspension, how: str, due_at: datetime | None, severity: Severity
) -> Betrayal:
    evidence = {
        "how": how,
        "cause": each.cause.value,
        "started": said(each.started_at),
        "observed": each.is_observed,
        "due": said(due_at),
        "shown": change.shown.told if change.shown else None,
        "seen": change.seen.told,
    }
    day: date = each.started_at.date()
    return Betrayal(Kind.LATE_SUSPENSION, severity, f"{each.cause.value}@{day:%Y%m%d}", evidence)
