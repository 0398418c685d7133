"""Every dossier in columns: the pages that hold, and what they do not tell from the tables themselves."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import Connection

from latewatch.domain.standing import Case
from latewatch.figures.moments import Mask
from latewatch.figures.names import Names
from latewatch.figures.packing import packed
from latewatch.figures.rows import LAYOUT, PAGE, Rows, from_bytes, joined, nothing
from latewatch.jobs.assess import Deadlines
from latewatch.jobs.office import Office
from latewatch.store import schema
from latewatch.store.cases import assessed
from latewatch.store.figures.narrow import in_range, with_ids
from latewatch.store.figures.pages import (
    FIELD,
    UNIT,
    Cover,
    contents,
    covers,
    highest_id,
    kept_names,
    loose,
    parts_of,
)


def stamp_of(rules: str) -> str:
    """Name what a page depends on: how it is laid out, and the `rules` its due dates were decided by."""
    return f"{LAYOUT}:{rules}"


@dataclass(frozen=True, slots=True)
class Alone:
    """A dossier that has no exact place in columns, or that nobody decided yet."""

    id: int
    case: Case


class Columns:
    """All dossiers as one transaction sees them. A row is told once: by a page, or by the tables."""

    def __init__(self, office: Office, connection: Connection) -> None:
        self._connection = connection
        self._deadlines = Deadlines(office)
        stamp = stamp_of(self._deadlines.rules)
        self._covers = {n: each for n, each in covers(connection).items() if each.rules == stamp}
        self._loose = loose(connection)
        self._left: list[int] = []
        self.names = Names(kept_names(connection, UNIT), kept_names(connection, FIELD))

    def rows(self, worth: Callable[[Rows], Mask], since: date | None) -> Rows:
        """Return the rows that are `worth` it. With `since` no other is than what ended since, or did not.

        What is told one by one is known only after this.
        """
        found = [*self._paged(worth, since), *self._unpaged(worth)]
        return joined(found) if found else nothing()

    def alone(self) -> Iterator[Alone]:
        """Yield what cannot be counted in columns."""
        for part in parts_of(self._left):
            for each in assessed(self._connection, schema.dossier.c.id.in_(part)):
                yield Alone(each.id, self._deadlines.case(each))

    def _paged(self, worth: Callable[[Rows], Mask], since: date | None) -> Iterator[Rows]:
        loose_ids = np.array(self._loose, dtype=np.int64)
        recent = {n for n, each in self._covers.items() if since and each.since <= since}
        for numbers, with_old in ((sorted(recent), False), (sorted(set(self._covers) - recent), True)):
            for number, parts in contents(self._connection, numbers, with_old=with_old):
                rows = joined([from_bytes(part, number * PAGE) for part in parts])
                mask = worth(rows)
                span = np.searchsorted(loose_ids, [number * PAGE, (number + 1) * PAGE])
                if span[0] < span[1]:
                    mask &= ~np.isin(rows.ids, loose_ids[span[0] : span[1]])
                yield rows.at(np.flatnonzero(mask))

    def _unpaged(self, worth: Callable[[Rows], Mask]) -> Iterator[Rows]:
        for found in self._narrow():
            told = packed(found, self.names)
            self._left += told.others
            yield told.rows.at(np.flatnonzero(worth(told.rows)))

    def _narrow(self) -> Iterator[Sequence[Any]]:
        """Read what no page tells: whole spans of ids, and single ones within the pages."""
        connection, rules = self._connection, self._deadlines.rules
        covered = [each for each in self._loose if self._is_covered(each)]
        yield from with_ids(connection, covered, rules)
        for first, last in uncovered(self._covers, highest_id(connection)):
            yield from in_range(connection, first, last, rules)

    def _is_covered(self, number: int) -> bool:
        cover = self._covers.get(number // PAGE)
        return cover is not None and number <= cover.last


def uncovered(known: dict[int, Cover], highest: int) -> Iterator[tuple[int, int]]:
    """Yield the spans of ids up to `highest` that no page tells of."""
    first = 0
    for number in sorted(known):
        start = number * PAGE
        if first < start:
            yield first, start - 1
        first = known[number].last + 1
    if first <= highest:
        yield first, highest
