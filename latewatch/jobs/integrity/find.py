"""Find: look at what is new, keep what it betrays, close what explains itself. Runs after `assess`."""

from dataclasses import dataclass
from datetime import datetime

from latewatch.jobs.integrity.apologies import review_apologies
from latewatch.jobs.integrity.review import review
from latewatch.jobs.integrity.scan import Scan
from latewatch.jobs.office import Office
from latewatch.store.findings import keep
from latewatch.store.scan import Memory, reach, reached

PAGE = 2_000  # versions looked at in one transaction


@dataclass(slots=True)
class Found:
    """What a run did: findings that are new, and those that explained themselves."""

    new: int = 0
    closed: int = 0


def find(office: Office, now: datetime) -> Found:
    """Look at every version nobody looked at yet, then at all that is open. Raises StoreError.

    Each page of the memory is one transaction with what was found in it: a run that is killed goes on where
    it was, and one that is repeated finds nothing twice.
    """
    found = Found()
    has_news = False
    while new := _page(office, now):
        found.new += new.kept
        has_news = True
    with office.store.writing() as connection:
        reviewed = review(office, connection, now, has_news=has_news)
        apologies = review_apologies(office, connection, now)
    found.new += reviewed.new + apologies.new
    found.closed = reviewed.closed + apologies.closed
    return found


@dataclass(frozen=True, slots=True)
class _Page:
    kept: int


def _page(office: Office, now: datetime) -> _Page | None:
    """Look at the next versions; None where there are none. Without news nothing is written."""
    with office.store.reading() as connection:
        if not Memory(connection).has_more(reached(connection)):
            return None
    with office.store.writing() as connection:
        scan, before = Scan(office, connection), reached(connection)
        versions, last = scan.memory.page(before, PAGE)
        kept = keep(connection, list(scan.look_at(versions)), now)
        reach(connection, last)
        return _Page(kept)
