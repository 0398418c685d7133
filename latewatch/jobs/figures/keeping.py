"""Pages kept up with the dossiers: what changed is packed into them, one page a transaction.

Figures do not depend on it: what no page tells is read from the tables. It only makes them quick.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from sqlalchemy import Connection

from latewatch.figures.names import Names
from latewatch.figures.packing import packed
from latewatch.figures.rows import PAGE, Rows, from_bytes, joined, nothing, to_bytes
from latewatch.figures.tiers import is_old
from latewatch.jobs.assess import rules_fingerprint
from latewatch.jobs.figures.columns import stamp_of
from latewatch.jobs.office import Office
from latewatch.store.figures.narrow import in_range, with_ids
from latewatch.store.figures.pages import (
    FIELD,
    UNIT,
    Cover,
    Page,
    add_names,
    contents,
    covers,
    drop_pages,
    highest_id,
    kept_names,
    loose,
    replace_loose,
    write_page,
)

RECENT = timedelta(days=92)  # a quarter: most tables ask for less
STALE = timedelta(days=31)  # by how much what is recent may reach back further


@dataclass(slots=True)
class Kept:
    """What a run did: pages written, dossiers read for it."""

    pages: int = 0
    dossiers: int = 0


def keep_pages(office: Office, now: datetime) -> Kept:
    """Pack what no page tells, page by page. Killed anywhere, it goes on where it was. Raises StoreError."""
    rules, kept = rules_fingerprint(office), Kept()
    with office.store.reading() as connection:
        numbers = list(_worth_packing(connection, stamp_of(rules), now.date()))
    for number in numbers:
        with office.store.writing() as connection:
            _Repacking(connection, number, rules, now.date() - RECENT, kept).run()
    return kept


def _worth_packing(connection: Connection, stamp: str, today: date) -> Iterator[int]:
    """Yield the numbers of the pages that do not tell all they could, or reach far back."""
    known, highest = covers(connection), highest_id(connection)
    changed = {each // PAGE for each in loose(connection)}
    for number in sorted({*known, *range(highest // PAGE + 1)}):
        cover = known.get(number)
        is_old = cover is None or cover.rules != stamp or cover.since < today - RECENT - STALE
        if is_old or number in changed or _is_short(cover, highest):
            yield number


def _is_short(cover: Cover | None, highest: int) -> bool:
    """Tell whether dossiers have come that belong in the page."""
    return cover is None or cover.last < min(highest, (cover.number + 1) * PAGE - 1)


class _Repacking:
    """One page made anew of what it holds, what changed of it, and what came after it."""

    def __init__(self, connection: Connection, number: int, rules: str, since: date, kept: Kept) -> None:
        self._connection = connection
        self._first, self._last = number * PAGE, (number + 1) * PAGE - 1
        self._number, self._rules, self._since, self._kept = number, rules, since, kept
        cover = covers(connection).get(number)
        self._cover = cover if cover and cover.rules == stamp_of(rules) else None
        self._loose = loose(connection, self._first, self._last)
        self._names = Names(kept_names(connection, UNIT), kept_names(connection, FIELD))

    def run(self) -> None:
        highest = highest_id(self._connection, self._first, self._last)
        if not highest:
            drop_pages(self._connection, [self._number])
            replace_loose(self._connection, self._first, self._last, [])
            return
        held = self._held()
        rows, others = self._read(highest)
        parts = [held.at(np.isin(held.ids, self._loose, invert=True)), *rows]
        self._write(joined(parts), highest)
        replace_loose(self._connection, self._first, self._last, others)

    def _held(self) -> Rows:
        if self._cover is None:
            return nothing()
        ((_, parts),) = contents(self._connection, [self._number], with_old=True)
        return joined([from_bytes(part, self._first) for part in parts])

    def _read(self, highest: int) -> tuple[list[Rows], list[int]]:
        """Read what the page does not tell: the rows, and the ids of what has no exact place in it."""
        told = self._cover.last if self._cover else self._first - 1
        changed = [each for each in self._loose if each <= told]
        rows, others = [], []
        for found in (
            *with_ids(self._connection, changed, self._rules),
            *in_range(self._connection, told + 1, highest, self._rules),
        ):
            made = packed(found, self._names)
            self._kept.dossiers += len(found)
            rows.append(made.rows)
            others += made.others
        return rows, others

    def _write(self, rows: Rows, highest: int) -> None:
        by_id = np.argsort(rows.ids, kind="stable")  # they are nearly in order
        old = is_old(rows, self._since)[by_id]
        cover = Cover(self._number, stamp_of(self._rules), highest, self._since)
        recent, rest = (to_bytes(rows.at(by_id[mask]), self._first) for mask in (~old, old))
        write_page(self._connection, Page(cover, recent, rest))
        add_names(self._connection, UNIT, self._names.units.new)
        add_names(self._connection, FIELD, self._names.fields.new)
        self._kept.pages += 1
