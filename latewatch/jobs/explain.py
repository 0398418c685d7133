"""Explain: everything known about one dossier's due date."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from latewatch.domain.deadline import Run
from latewatch.domain.names import tidy
from latewatch.domain.standing import Case, Standing, last_letter_day, standing_at, working_days_late
from latewatch.domain.trace import Step, trace
from latewatch.errors import CalendarGap, StoreError
from latewatch.jobs.assess import Deadlines
from latewatch.jobs.office import Office
from latewatch.store.cases import assessed, standing_changes, with_code

RUNNING = (Standing.WITHIN, Standing.DUE_SOON, Standing.OVERDUE)


@dataclass(frozen=True, slots=True)
class Explanation:
    """A case, where it stands, and the days that led there.

    `difference` counts working days from the computed date to the promised one; None where one is missing.
    `letter_until` is the last day for an apology that is still in time; None where none can be owed.
    """

    case: Case
    standing: Standing
    working_days_late: int
    difference: int | None
    letter_until: date | None
    run: Run | None
    steps: list[Step]
    changes: list[Mapping[str, Any]]


def explain_dossier(office: Office, code: str, now: datetime) -> Explanation:
    """Explain the stored dossier `code` as of `now`. Raises StoreError where there is none."""
    with office.store.reading() as connection:
        each = next(assessed(connection, with_code(tidy(code))), None)
        if each is None:
            raise StoreError(f"Không có hồ sơ {code}; kiểm tra mã, hoặc chạy `latewatch poll`.")
        changes = standing_changes(connection, each.id)
    deadlines = Deadlines(office)
    case, ran = deadlines.case(each), deadlines.run(each)
    days = office.settings.counting.due_soon_working_days
    standing = standing_at(case, now, days)
    is_late = standing in (Standing.LATE, Standing.OVERDUE)
    return Explanation(
        case=case,
        standing=standing,
        working_days_late=working_days_late(case, now) if is_late else 0,
        difference=_difference(case),
        letter_until=_letter_until(case, standing),
        run=ran,
        steps=list(trace(ran, case.calendar)) if ran else [],
        changes=changes,
    )


def _letter_until(case: Case, standing: Standing) -> date | None:
    if standing not in RUNNING or case.due_on is None:
        return None
    try:
        return last_letter_day(case.due_on, case.calendar)
    except CalendarGap:  # the due day lies outside the known years
        return None


def _difference(case: Case) -> int | None:
    computed_on, promised_on = case.deadline.computed_on, case.deadline.promised_on
    if computed_on is None or promised_on is None:
        return None
    try:
        return case.calendar.count(computed_on, promised_on)
    except CalendarGap:  # the promise lies beyond the known years
        return None
