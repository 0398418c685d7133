"""Assess: decide the due date of every new or changed dossier, and where the unfinished ones stand now."""

import hashlib
from dataclasses import replace
from datetime import datetime

import msgspec

from latewatch.config import Procedure
from latewatch.domain.deadline import Deadline, TimeLimit, decide
from latewatch.domain.dossier import Dossier
from latewatch.domain.names import fold
from latewatch.domain.standing import Standing, standing_at
from latewatch.errors import CalendarGap
from latewatch.jobs.office import Office
from latewatch.store.cases import Assessed, Decision, unassessed, write_decisions

FROM_DOSSIER = "hồ sơ"
FROM_TABLE = "bảng thủ tục"


class Limits:
    """The office's procedure table: a limit by code, else by name."""

    def __init__(self, procedures: tuple[Procedure, ...]) -> None:
        self._by_code = {each.code: TimeLimit.parse(each.limit) for each in procedures if each.code}
        self._by_name = {fold(each.name): TimeLimit.parse(each.limit) for each in procedures if each.name}

    def limit_of(self, dossier: Dossier) -> tuple[TimeLimit | None, str]:
        """Return the limit of `dossier` and where it is from: the record, else the table, else nowhere."""
        if dossier.time_limit:
            return dossier.time_limit, FROM_DOSSIER
        limit = self._by_code.get(dossier.procedure_code) or self._by_name.get(fold(dossier.procedure))
        return limit, FROM_TABLE if limit else ""


def assess(office: Office, now: datetime) -> int:
    """Assess what is new, changed, or moves with the clock. Return how many standings changed.

    One transaction. Nothing is decided twice alike: a dossier whose facts, calendar and rules are those of
    its assessment keeps it. Raises StoreError.
    """
    rules = rules_fingerprint(office)
    limits = Limits(office.settings.procedures)
    with office.store.writing() as connection:
        decisions = [_decision(office, each, limits, rules, now) for each in unassessed(connection, rules)]
        return write_decisions(connection, decisions, rules, now)


def rules_fingerprint(office: Office) -> str:
    """Name everything a due date depends on besides the dossier's own facts."""
    parts = [office.calendar.version, office.settings.counting.due.value, office.settings.procedures]
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()


def deadline_of(office: Office, dossier: Dossier, limits: Limits) -> Deadline:
    """Decide the deadline of `dossier`. Where the calendar does not reach, the promise decides."""
    limit, limit_from = limits.limit_of(dossier)
    try:
        return _decide(office, dossier, limit, limit_from)
    except CalendarGap as gap:
        return replace(_decide(office, dossier, None, ""), limit=limit, problem=str(gap))


def _decide(office: Office, dossier: Dossier, limit: TimeLimit | None, limit_from: str) -> Deadline:
    return decide(
        received_at=dossier.received_at,
        promised_at=dossier.promised_at,
        limit=limit,
        limit_from=limit_from,
        decider=office.settings.counting.due,
        calendar=office.calendar,
    )


def _decision(office: Office, each: Assessed, limits: Limits, rules: str, now: datetime) -> Decision:
    deadline = each.deadline if each.rules == rules else None
    if deadline is None:
        deadline = deadline_of(office, each.dossier, limits)
    return Decision(each, deadline, _standing(office, each, deadline, now))


def _standing(office: Office, each: Assessed, deadline: Deadline, now: datetime) -> Standing:
    case = office.case(each, deadline)
    return standing_at(case, now, office.calendar, office.settings.counting.due_soon_working_days)
