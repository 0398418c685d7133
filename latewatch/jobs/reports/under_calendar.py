"""Which frozen reports would read otherwise under another calendar."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection

from latewatch.domain.standing import Case
from latewatch.jobs.assess import Deadlines
from latewatch.jobs.office import Office
from latewatch.jobs.reports.counting import places_in
from latewatch.jobs.reports.stored import called, scope_of
from latewatch.store import schema
from latewatch.store.batches import CHUNK
from latewatch.store.cases import assessed
from latewatch.store.reports.frozen import Frozen, in_force


def reports_otherwise(
    connection: Connection, before: Office, after: Office, moved: Sequence[int], now: datetime
) -> list[str]:
    """Name the reports in force in which a dossier whose due date moves (by id) stands elsewhere `after`."""
    still = {each.number: each for each in in_force(connection)}
    otherwise: list[Frozen] = []
    for was, is_now in _both(connection, before, after, moved) if still else ():
        for number, report in list(still.items()):
            scope = scope_of(before, report)
            if places_in(before, scope, now)(was) != places_in(after, scope, now)(is_now):
                otherwise.append(still.pop(number))
    return [called(each) for each in sorted(otherwise, key=lambda each: each.number)]


def _both(
    connection: Connection, before: Office, after: Office, moved: Sequence[int]
) -> Iterator[tuple[Case, Case]]:
    """Yield each dossier as decided by the two calendars, whatever is written of it meanwhile."""
    old, new = Deadlines(before), Deadlines(after)
    for start in range(0, len(moved), CHUNK):
        for each in assessed(connection, schema.dossier.c.id.in_(moved[start : start + CHUNK])):
            yield before.case(each, old.decide_anew(each)), after.case(each, new.decide_anew(each))
