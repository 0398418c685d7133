"""A dossier entered anew after it was late: the same applicant, the same procedure, a fresh limit. Pure.

People rightly hand in the same procedure many times. Only an older dossier that is still late, or that ended
without a result after its due date, makes a new one worth a look.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from latewatch.domain.integrity.finding import Betrayal, Kind, Severity, said


@dataclass(frozen=True, slots=True)
class Applied:
    """A dossier as far as it tells who asked for what: `who` and `what` are keys, never shown."""

    code: str
    who: str
    phone: str
    what: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A dossier that was late and has no result; `how` it stands: overdue, withdrawn, stopped, vanished."""

    applied: Applied
    due_at: datetime
    how: str

    @property
    def is_running(self) -> bool:
        return self.how == OVERDUE


OVERDUE, VANISHED = "overdue", "vanished"  # else withdrawn, or stopped


def entered_anew(
    late: Iterable[Unresolved], dossiers: Iterable[Applied], within: timedelta
) -> Iterator[tuple[Applied, Betrayal]]:
    """Yield the first dossier that was received after an unresolved one's due date, at most `within` later.

    While the older one still runs, it says something only of an applicant who does not often ask for this.
    """
    sought = list(late)
    wanted = {(each.applied.who, each.applied.what) for each in sought}
    by_applicant: dict[tuple[str, str], list[Applied]] = defaultdict(list)
    for each in dossiers:
        if each.who and (each.who, each.what) in wanted:
            by_applicant[each.who, each.what].append(each)
    for old in sought:
        others = [
            each
            for each in by_applicant[old.applied.who, old.applied.what]
            if each.code != old.applied.code and _is_same_person(each, old.applied)
        ]
        new = _next(old, others, within)
        if new and not (old.is_running and _asks_often(old, others, new, within)):
            yield new, _betrayal(old, new)


def _is_same_person(one: Applied, other: Applied) -> bool:
    """Tell whether two of one name may be one person: two telephone numbers are two persons."""
    return not one.phone or not other.phone or one.phone == other.phone


def _next(old: Unresolved, others: Sequence[Applied], within: timedelta) -> Applied | None:
    after = [each for each in others if old.due_at < each.received_at <= old.due_at + within]
    return min(after, key=lambda each: (each.received_at, each.code), default=None)


def _asks_often(old: Unresolved, others: Sequence[Applied], new: Applied, within: timedelta) -> bool:
    since = old.applied.received_at - within
    return any(since <= each.received_at <= old.due_at for each in others if each is not new)


def _betrayal(old: Unresolved, new: Applied) -> Betrayal:
    evidence = {
        "older": old.applied.code,
        "older_due": said(old.due_at),
        "older_is": old.how,
        "received": said(new.received_at),
    }
    severity = Severity.MEDIUM if old.is_running else Severity.HIGH
    return Betrayal(Kind.ENTERED_ANEW, severity, old.applied.code, evidence)
