"""Whether a dossier should be in a file that does not list it: the file must list its neighbours. Pure.

Exports are of a period, of a unit, of open dossiers only. What such a file leaves out has not vanished.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median

from latewatch.domain.dossier import Status
from latewatch.domain.integrity.change import FINISHED, RUNNING

COMPARED = 5  # files before that say how many dossiers are usual
SHED_PERCENT = 10  # of the finished: a list that leaves out more lets go of what is finished
Unit = tuple[str, str, str]  # that receives, that resolves, and the field of law


@dataclass(frozen=True, slots=True)
class Listable:
    """A dossier of the source, and whether the file lists it."""

    id: int
    code: str
    status: Status
    unit: Unit
    received_at: datetime | None
    finished_at: datetime | None
    is_listed: bool


@dataclass(slots=True)
class Span:
    """From the first to the last moment of what is listed."""

    first: datetime | None = None
    last: datetime | None = None

    def add(self, at: datetime | None) -> None:
        if at is not None:
            self.first = at if self.first is None else min(self.first, at)
            self.last = at if self.last is None else max(self.last, at)

    def encloses(self, at: datetime | None) -> bool:
        """Tell whether something before `at` is listed, and something after it."""
        return bool(at and self.first and self.last and self.first < at < self.last)

    def reaches(self, at: datetime) -> bool:
        return self.last is not None and self.last.date() >= at.date()


@dataclass(slots=True)
class _Neighbours:
    received: Span = field(default_factory=Span)
    finished: Span = field(default_factory=Span)


class Listing:
    """What a file lists, unit by unit and field by field, of the dossiers its source has told of."""

    def __init__(self, dossiers: Iterable[Listable], shown_at: datetime) -> None:
        """Look at them once; `shown_at` is when the list of before was taken in."""
        self._near: dict[Unit, _Neighbours] = defaultdict(_Neighbours)
        self._finished = Span()
        self._finished_listed = 0
        self._has_running = False
        self._gone: list[Listable] = []
        self._shown_at = shown_at
        for each in dossiers:
            if each.is_listed:
                self._note(each)
            elif each.status in (*RUNNING, *FINISHED):
                self._gone.append(each)

    def _note(self, each: Listable) -> None:
        near = self._near[each.unit]
        near.received.add(each.received_at)
        near.finished.add(each.finished_at)
        self._finished.add(each.finished_at)
        self._finished_listed += each.finished_at is not None
        self._has_running |= each.finished_at is None and each.status in RUNNING

    def vanished(self) -> Iterator[Listable]:
        """Yield what should be listed: in its unit, what was received or finished before and after it is.

        A list that lets go of what is finished, or holds nothing else, cannot tell.
        """
        if self._lets_go():
            return
        is_of_all = self._has_running and self._finished.reaches(self._shown_at)
        for each in self._gone:
            near = self._near.get(each.unit)
            if near is None:
                continue
            if each.finished_at:
                is_expected = near.finished.encloses(each.finished_at)
            else:
                is_expected = is_of_all and near.received.encloses(each.received_at)
            if is_expected:
                yield each

    def _lets_go(self) -> bool:
        gone = sum(self._finished.encloses(each.finished_at) for each in self._gone)
        return gone > max(1, (gone + self._finished_listed) * SHED_PERCENT // 100)


def is_shrunk(listed: int, before: Sequence[int], percent: int) -> bool:
    """Tell whether a file lists so much less than those before it, oldest first, that it cannot be whole."""
    if not before:
        return False
    usual = median(before[-COMPARED:])
    return (usual - listed) * 100 > percent * usual
