"""What of the interruptions needs a person: supplements that did not come, interruptions that cannot be."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from latewatch.domain.standing import Standing, standing_at
from latewatch.domain.suspension import lasts, problem_of, until_finish
from latewatch.jobs.assess import Deadlines
from latewatch.jobs.office import Office
from latewatch.store.cases import assessed, doubtfully_suspended, may_have_lapsed


@dataclass(frozen=True, slots=True)
class Lapsed:
    """A dossier the desk has to close: asked for a supplement, which had `after_days` days to come."""

    code: str
    since: date
    until: date
    after_days: int


def lapsed_dossiers(office: Office, connection: Connection, now: datetime) -> list[Lapsed]:
    """Return the dossiers to be closed, the longest overdue first (NĐ 118/2025/NĐ-CP, Điều 19.5)."""
    deadlines = Deadlines(office)
    days = office.settings.counting.due_soon_working_days
    found = []
    for each in assessed(connection, may_have_lapsed(now, deadlines.rules)):
        case = deadlines.case(each)
        asked, until = lasts(case.dossier.suspensions), case.deadline.lapses_on
        if asked and until and standing_at(case, now, days) is Standing.LAPSED:
            rules = deadlines.facts(each).rules
            found.append(Lapsed(case.dossier.code, asked.started_at.date(), until, rules.close_after_days))
    return sorted(found, key=lambda each: (each.until, each.code))


def impossible_interruptions(connection: Connection) -> list[tuple[str, str]]:
    """Return code and problem of the dossiers whose interruptions contradict each other or the receipt."""
    found = []
    for each in assessed(connection, doubtfully_suspended()):
        dossier = each.dossier
        suspensions = until_finish(dossier.suspensions, dossier.finished_at)
        problem = problem_of(suspensions, dossier.received_at) if dossier.received_at else ""
        if problem:
            found.append((dossier.code, problem))
    return found
