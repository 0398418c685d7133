"""The stages of a dossier of several units, judged: who holds it, and by when."""

from datetime import datetime

from latewatch.config import usual_rules
from latewatch.domain.catalogue import clock_rules
from latewatch.domain.deadline import Facts
from latewatch.domain.stages import StageVerdict, at_fault, judge_stages
from latewatch.domain.standing import Case
from latewatch.domain.suspension import problem_of, until_finish
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


def late_units(office: Office, case: Case, until: datetime) -> tuple[str, ...]:
    """Return the units that overran their own part by `until`, who used up the most time first."""
    verdicts = stages_until(office, case, until)
    return tuple(dict.fromkeys(unit_name(office, each.stage.unit) for each in at_fault(verdicts)))


def stages_until(office: Office, case: Case, until: datetime) -> tuple[StageVerdict, ...]:
    """Judge each unit's part as of `until`, or of the dossier's finish where that came before."""
    dossier = case.dossier
    if not dossier.stages:
        return ()
    finished_at = dossier.finished_at
    at = finished_at if finished_at and finished_at <= until else until
    return judged_stages(office, case, _running_facts(office, case), at)


def unit_name(office: Office, name: str) -> str:
    """Return the name the office gives the unit of a stage, else the source's."""
    known = office.roster.find(name)
    return known.name if known else name


def _running_facts(office: Office, case: Case) -> Facts:
    """Return what the stages are judged by: the receipt, the interruptions and what these do."""
    dossier, on = case.dossier, case.dossier.received_on
    procedure = office.catalogue.find(dossier.procedure_code, dossier.procedure, on) if on else None
    return Facts(
        received_at=dossier.received_at,
        promised_at=dossier.promised_at,
        limit=None,
        suspensions=until_finish(dossier.suspensions, dossier.finished_at),
        rules=clock_rules(procedure, usual_rules(office.settings.clock), office.ends.get(case.source)),
    )
