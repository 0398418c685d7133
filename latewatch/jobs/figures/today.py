"""Today's counts: what is overdue, due soon and within time now, and what was finished yesterday, by unit."""

from collections import Counter
from datetime import date, datetime, timedelta

from latewatch.domain.standing import Case, Standing, standing_at
from latewatch.domain.tally.table import NO_LABEL
from latewatch.figures.standing import counted, standings, worth_looking_at
from latewatch.jobs.figures.columns import Columns
from latewatch.jobs.figures.units import Units
from latewatch.jobs.office import Office

RUNNING = (Standing.OVERDUE, Standing.DUE_SOON, Standing.WITHIN)
FINISHED = (Standing.EARLY, Standing.ON_TIME, Standing.LATE)


def today(office: Office, now: datetime) -> dict[str, Counter[Standing]]:
    """Count by unit what runs, by its standing at `now`, and what was finished the day before.

    Raises StoreError.
    """
    days, yesterday = office.settings.counting.due_soon_working_days, now.date() - timedelta(days=1)
    by_unit: dict[str, Counter[Standing]] = {}
    with office.store.reading() as connection:
        columns = Columns(office, connection)
        units = Units(office, columns.names)
        rows = columns.rows(lambda some: worth_looking_at(some, now), yesterday)
        found = counted(rows, standings(rows, now, lambda some: units.due_soon_before(some, now, days)))
        for alone in columns.alone():
            standing = standing_at(alone.case, now, days)
            if standing in RUNNING or (standing in FINISHED and _was_finished_on(alone.case, yesterday)):
                by_unit.setdefault(alone.case.unit or NO_LABEL, Counter())[standing] += 1
    for unit, numbers in found.items():
        by_unit.setdefault(units.label(unit), Counter()).update(numbers)
    return by_unit


def _was_finished_on(case: Case, day: date) -> bool:
    finished_at = case.dossier.finished_at
    return finished_at is not None and finished_at.date() == day
