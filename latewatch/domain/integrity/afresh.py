"""A dossier entered anew after it was late: the same applicant, the same procedure, a fresh limit. Pure.

People rightly hand in the same procedure many times. Only an older dossier that is still late, or that ended
without a result after its due date, makes a new one worth a look.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, islice

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
    asked = _Asked(each for each in dossiers if each.who and (each.who, each.what) in wanted)
    for old in sought:
        new = asked.first(old.applied, old.due_at, old.due_at + within)
        if new is None or (old.is_running and asked.has_any(old.applied, old.due_at, within, new)):
            continue
        yield new, _betrayal(old, new)


class _Asked:
    """What each applicant asked for, in the order of receipt: some ask for the same a thousand times a month.

    Two telephone numbers are two persons of one name; who gave none may be either.
    """

    def __init__(self, dossiers: Iterable[Applied]) -> None:
        self._all: dict[tuple[str, ...], list[Applied]] = defaultdict(list)
        for each in sorted(dossiers, key=lambda each: (each.received_at, each.code)):
            self._all[each.who, each.what].append(each)
            self._all[each.who, each.what, each.phone].append(each)

    def _of(self, old: Applied) -> Iterator[list[Applied]]:
        """Yield what may be of the same person."""
        if not old.phone:
            yield self._all[old.who, old.what]
            return
        for phone in (old.phone, ""):
            yield self._all[old.who, old.what, phone]

    def first(self, old: Applied, after: datetime, until: datetime) -> Applied | None:
        """Return the first that was received after `after`, at `until` at the latest."""
        following = after + timedelta.resolution
        found = [next(_between(each, following, until, old), None) for each in self._of(old)]
        return min(filter(None, found), key=lambda each: (each.received_at, each.code), default=None)

    def has_any(self, old: Applied, due_at: datetime, within: timedelta, new: Applied) -> bool:
        """Tell whether that person asked for the same around the receipt of `old`, before it was due."""
        since = old.received_at - within
        around = chain.from_iterable(_between(each, since, due_at, old) for each in self._of(old))
        return any(each is not new for each in around)


def _between(
    dossiers: Sequence[Applied], first: datetime, last: datetime, other_than: Applied
) -> Iterator[Applied]:
    """Yield, of `dossiers` in order of receipt, those from `first` to `last`."""
    start = bisect_left(dossiers, first, key=lambda each: each.received_at)
    for each in islice(dossiers, start, None):
        if each.received_at > last:
            return
        if each.code != other_than.code:
            yield each


def _betrayal(old: Unresolved, new: Applied) -> Betrayal:
    evidence = {
        "older": old.applied.code,
        "older_due": said(old.due_at),
        "older_is": old.how,
        "received": said(new.received_at),
    }
    severity = Severity.MEDIUM if old.is_running else Severity.HIGH
    return Betrayal(Kind.ENTERED_ANEW, severity, old.applied.code, evidence)
