"""The stages of a dossier of several units, judged: who holds it, and by when."""

from datetime import datetime

from latewatch.domain.deadline import Facts
from latewatch.domain.stages import StageVerdict, judge_stages
from latewatch.domain.standing import Case
from latewatch.domain.suspension import problem_of
from latewatch.domain.worktime import WorkCalendar
from latewatch.errors import CalendarGap
from latewatch.jobs.office import Office


def judged_stages(office: Office, case: Case, facts: Facts, until: datetime) -> tuple[StageVerdict, ...]:
    """Judge each unit's part by its own calendar; none where a calendar does not reach."""
    received_at = facts.received_at
    is_sound = received_at is not None and not problem_of(facts.suspensions, received_at)

    def calendar_of(unit: str) -> WorkCalendar:
        known = office.roster.find(unit)
        return office.calendars.of_unit(known.code) if known else office.calendar

    suspensions = facts.suspensions if is_sound else ()
    try:
        return tuple(judge_stages(case.dossier.stages, until, calendar_of, facts.rules, suspensions))
    except CalendarGap:
        return ()
