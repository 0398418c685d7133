"""A finish that was made to fit: equal to the promise, set back after the fact, before the receipt. Pure."""

from collections.abc import Iterator
from datetime import datetime

from latewatch.domain.deadline import Deadline
from latewatch.domain.dossier import Dossier
from latewatch.domain.integrity.change import Change, has_clock, latest
from latewatch.domain.integrity.finding import Betrayal, Kind, Severity, Sighting, said
from latewatch.domain.limit import LimitUnit
from latewatch.domain.standing import Standing, finish_standing
from latewatch.domain.suspension import is_before

IN_TIME = (Standing.EARLY, Standing.ON_TIME)


def spoilt_finishes(change: Change) -> Iterator[Betrayal]:
    """Yield what the finish a source tells now betrays."""
    yield from _copied(change)
    yield from _set_back(change)
    yield from _impossible(change)


def _copied(change: Change) -> Iterator[Betrayal]:
    """Yield a finish at the very moment of the promise, as a bulk change makes it.

    To the second it is no chance; to the minute it is seldom one.
    """
    after, before = change.after, change.before
    if not is_copied(after) or (before and is_copied(before)):
        return
    assert after.processed_at  # noqa: S101  a copy is one of something
    severity = Severity.HIGH if after.processed_at.second else Severity.MEDIUM
    evidence = {
        "finish": said(after.processed_at),
        "shown": change.shown.told if change.shown else None,
        "seen": change.seen.told,
    }
    yield Betrayal(Kind.FINISH_IS_PROMISE, severity, f"{after.processed_at:%Y%m%dT%H%M%S}", evidence)


def is_copied(dossier: Dossier) -> bool:
    """Tell whether finish and promise are one moment with a clock time, and not that of the receipt."""
    finish, limit = dossier.processed_at, dossier.time_limit
    if finish is None or finish != dossier.promised_at or not has_clock(finish):
        return False
    return finish != dossier.received_at and (limit is None or limit.unit is not LimitUnit.AT_ONCE)


def _set_back(change: Change) -> Iterator[Betrayal]:
    """Yield a finish that makes timely what was late, and was not so when it should have been.

    Either it was told and lies earlier now; or an earlier batch, taken in after the limit had ended, still
    listed the dossier as unfinished although it should have been finished by then.
    """
    before, after = change.before, change.after
    if before is None or after.finished_at is None:
        return
    deadline = change.deadline(before)
    if deadline.due_at is None or finish_standing(deadline, after.finished_at) not in IN_TIME:
        return
    contradicting = _told_later(before, after, deadline) or _shown_unfinished(change, deadline)
    if contradicting:
        evidence = {
            "from": said(before.processed_at),
            "to": said(after.processed_at),
            "due": said(deadline.due_at),
            "shown": change.shown.told if change.shown else None,
            "seen": change.seen.told,
        }
        key = f"{_minute(before.processed_at)}>{_minute(after.processed_at)}"
        yield Betrayal(Kind.FINISH_SET_BACK, Severity.HIGH, key, evidence)


def _told_later(before: Dossier, after: Dossier, deadline: Deadline) -> bool:
    if before.finished_at is None or after.finished_at is None:
        return False
    is_moved = is_before(after.finished_at, before.finished_at)
    return is_moved and finish_standing(deadline, before.finished_at) is Standing.LATE


def _shown_unfinished(change: Change, deadline: Deadline) -> Sighting | None:
    """Return the batch that listed it as running after its due date and after its alleged finish."""
    shown, finish = change.shown, change.after.finished_at
    if not change.was_running or shown is None or finish is None or deadline.due_at is None:
        return None
    written_at = shown.at - change.file_age
    return shown if written_at > latest(finish) and shown.at > deadline.due_at else None


def _impossible(change: Change) -> Iterator[Betrayal]:
    """Yield a result before the receipt."""
    after, before = change.after, change.before
    if not precedes_receipt(after) or (before and precedes_receipt(before)):
        return
    assert after.processed_at  # noqa: S101  it precedes something
    assert after.received_at  # noqa: S101  likewise
    evidence = {
        "received": said(after.received_at),
        "finish": said(after.processed_at),
        "seen": change.seen.told,
    }
    key = f"{_minute(after.received_at)}>{_minute(after.processed_at)}"
    yield Betrayal(Kind.RESULT_BEFORE_RECEIPT, Severity.MEDIUM, key, evidence)


def precedes_receipt(dossier: Dossier) -> bool:
    """Tell whether the result lies before the receipt, to the minute, or to the day without clock times."""
    finish, received_at = dossier.finished_at, dossier.received_at
    if finish is None or received_at is None:
        return False
    return is_before(finish, received_at.replace(second=0, microsecond=0))


def _minute(at: datetime | None) -> str:
    return f"{at:%Y%m%dT%H%M}" if at else ""
