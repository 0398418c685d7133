"""Explain: everything known about one dossier's due date."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from latewatch.domain.account import Account, Distance, distance, steps_of
from latewatch.domain.expiry import end_of_day
from latewatch.domain.names import tidy
from latewatch.domain.stages import StageVerdict, at_fault, holder
from latewatch.domain.standing import Case, Standing, last_letter_day, standing_at, working_days_late
from latewatch.domain.trace import Step
from latewatch.errors import CalendarGap, StoreError
from latewatch.jobs.assess import Deadlines
from latewatch.jobs.office import Office
from latewatch.jobs.stages import judged_stages
from latewatch.store.cases import assessed, standing_changes, with_code

RUNNING = (Standing.WITHIN, Standing.DUE_SOON, Standing.OVERDUE)
MEASURED = (*RUNNING, Standing.EARLY, Standing.ON_TIME, Standing.LATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A case, where it stands, and the days that led there.

    `letter_until` is the last day for an apology that is still in time; None where none can be owed.
    `disagreement` tells where the dossier and the catalogue state different limits, and which decides.
    `against_due` and `against_revised` measure how it stands against the original date and the new one.
    """

    case: Case
    account: Account
    standing: Standing
    working_days_late: int
    letter_until: date | None
    disagreement: str
    against_due: Distance | None
    against_revised: Distance | None
    steps: list[Step]
    changes: list[Mapping[str, Any]]

    @property
    def is_finished(self) -> bool:
        return self.account.finished_at is not None

    @property
    def difference(self) -> int | None:
        return self.account.difference

    @property
    def holder(self) -> StageVerdict | None:
        """The unit that holds a dossier of several now; none once it is finished."""
        return None if self.is_finished else holder(self.account.stages)

    @property
    def at_fault(self) -> list[StageVerdict]:
        return at_fault(self.account.stages)


def explain_dossier(office: Office, code: str, now: datetime) -> Explanation:
    """Explain the stored dossier `code` as of `now`. Raises StoreError where there is none."""
    with office.store.reading() as connection:
        each = next(assessed(connection, with_code(tidy(code))), None)
        if each is None:
            raise StoreError(f"Không có hồ sơ {code}; kiểm tra mã, hoặc chạy `latewatch poll`.")
        changes = standing_changes(connection, each.id)
    deadlines = Deadlines(office)
    case, facts = deadlines.case(each), deadlines.facts(each)
    finished_at = case.dossier.finished_at
    until = finished_at if finished_at and finished_at <= now else now
    account = Account(
        facts=facts,
        deadline=case.deadline,
        calendar=case.calendar,
        ran=deadlines.run(each),
        stages=judged_stages(office, case, facts, until),
        finished_at=finished_at if until == finished_at else None,
        letter_on=case.letter_on,
        revised_on=case.revised_on,
    )
    standing = standing_at(case, now, office.settings.counting.due_soon_working_days)
    is_late, is_measured = standing in (Standing.LATE, Standing.OVERDUE), standing in MEASURED
    revised_at = end_of_day(case.revised_on, now.tzinfo) if case.revised_on else None
    return Explanation(
        case=case,
        account=account,
        standing=standing,
        working_days_late=working_days_late(case, now) if is_late else 0,
        letter_until=_letter_until(case, standing),
        disagreement=deadlines.disagreement(each),
        against_due=distance(case.deadline.due_at, until, case.calendar) if is_measured else None,
        against_revised=distance(revised_at, until, case.calendar) if is_measured else None,
        steps=steps_of(account),
        changes=changes,
    )


def _letter_until(case: Case, standing: Standing) -> date | None:
    if standing not in RUNNING or case.due_on is None:
        return None
    try:
        return last_letter_day(case.due_on, case.calendar)
    except CalendarGap:  # the due day lies outside the known years
        return None
