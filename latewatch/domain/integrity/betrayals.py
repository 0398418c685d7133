"""All that one change of a record betrays; a course that goes backwards among it. Pure."""

from collections.abc import Collection, Iterator

from latewatch.domain.dossier import Status
from latewatch.domain.integrity.change import ENDED, FINISHED, RUNNING, Change
from latewatch.domain.integrity.finding import Betrayal, Kind, Severity
from latewatch.domain.integrity.finish import spoilt_finishes
from latewatch.domain.integrity.halting import late_suspensions
from latewatch.domain.integrity.promise import moved_promises


def betrayals(change: Change, fields: Collection[str]) -> Iterator[Betrayal]:
    """Yield the signs in what a source tells, of the `fields` it has a column for."""
    if "promised_at" in fields:
        yield from moved_promises(change)
    if "processed_at" in fields:
        yield from spoilt_finishes(change)
    if "status" in fields:
        yield from _gone_backwards(change)
    yield from late_suspensions(change)


def _gone_backwards(change: Change) -> Iterator[Betrayal]:
    """Yield a course that goes backwards: what is done, withdrawn, stopped or refused runs no more.

    What was stopped was not done: told as done, it counts as kept.
    """
    if change.before is None:
        return
    before, after = change.before.status, change.after.status
    is_counted = before is Status.STOPPED and after in FINISHED
    if is_counted or (before in (*FINISHED, *ENDED) and after in RUNNING):
        evidence = {
            "from": before.value,
            "to": after.value,
            "shown": change.shown.told if change.shown else None,
            "seen": change.seen.told,
        }
        severity = Severity.HIGH if is_counted else Severity.MEDIUM
        yield Betrayal(Kind.STATUS_BACKWARDS, severity, f"{before.value}>{after.value}", evidence)
