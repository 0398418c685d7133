"""Are the frozen reports as they were sealed? Every seal is made anew; what does not fit was changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection

from latewatch.store.memory import seal_of
from latewatch.store.reports.frozen import chain, newest_number, sealed_content


class Harm(StrEnum):
    """What was done to a frozen report."""

    EDITED = "edited"
    MISSING = "missing"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Harmed:
    """A report that does not fit, by its number."""

    harm: Harm
    number: int


@dataclass(slots=True)
class Count:
    """How many reports were looked at."""

    reports: int = 0


def harmed(connection: Connection, count: Count) -> Iterator[Harmed]:
    """Yield the reports that were edited, deleted or put in; `count` counts those that were looked at.

    The seal after a missing one rests on what is gone: it is not told as edited for that.
    """
    before, expected = "", 1
    for number, seal, row in chain(connection):
        missing = range(expected, number)
        yield from (Harmed(Harm.MISSING, each) for each in missing)
        if row is None or (not missing and seal_of(before, sealed_content(row)) != seal):
            yield Harmed(Harm.EDITED, number)
        before, expected = seal, number + 1
        count.reports += 1
    newest = newest_number(connection)
    yield from (Harmed(Harm.MISSING, each) for each in range(expected, newest + 1))
    yield from (Harmed(Harm.ADDED, each) for each in range(newest + 1, expected))
