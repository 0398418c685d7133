"""Assess: decide the due date of every new or changed dossier, and where the unfinished ones stand now."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from latewatch.config import LimitOrigin, usual_rules
from latewatch.domain.catalogue import Procedure, clock_rules, disagreement
from latewatch.domain.deadline import Deadline, Facts, decide, problem_in
from latewatch.domain.dossier import Dossier
from latewatch.domain.limit import TimeLimit
from latewatch.domain.running import Run, run
from latewatch.domain.standing import Case, standing_at
from latewatch.domain.suspension import until_finish
from latewatch.errors import CalendarError, CalendarGap
from latewatch.jobs.office import Office
from latewatch.store.calendars import newest_number
from latewatch.store.cases import Assessed, Decision, unassessed, write_decisions

RULES_VERSION = "2"  # a change in how due dates are computed makes every dossier worth deciding again

NO_CALENDAR = "chưa có lịch làm việc năm"  # how the problem of a due date beyond the known years begins
FROM_DOSSIER = "hồ sơ"
FROM_TABLE = "bảng thủ tục"
DECIDES = {LimitOrigin.DOSSIER: "hồ sơ", LimitOrigin.CATALOGUE: "danh mục"}


def assess(office: Office, now: datetime) -> int:
    """Assess what is new, changed, or moves with the clock. Return how many standings changed.

    One transaction. Nothing is decided twice alike: a dossier whose facts, calendar and rules are those of
    its assessment keeps it. Raises StoreError.
    """
    with office.store.writing() as connection:
        return assess_in(connection, office, now)


def assess_in(connection: Connection, office: Office, now: datetime) -> int:
    """Assess in the open transaction."""
    deadlines = Deadlines(office)
    days = office.settings.counting.due_soon_working_days
    refuse_old_calendar(connection, office)
    decisions = []
    for each in unassessed(connection, deadlines.rules):
        case = deadlines.case(each)
        standing = standing_at(case, now, days)
        decisions.append(Decision(each, case.deadline, standing))
    return write_decisions(connection, decisions, deadlines.rules, now)


def refuse_old_calendar(connection: Connection, office: Office) -> None:
    """Refuse to write by a calendar that was changed since `office` was opened. Raises CalendarError."""
    number = newest_number(connection)
    if number != office.calendar_number:
        raise CalendarError(
            "lịch làm việc", f"vừa được đổi (bản {number}) trong khi lệnh này đang chạy; hãy chạy lại lệnh"
        )


class Deadlines:
    """The deadlines by this office's rules: as they were assessed where that still holds, else decided anew.

    So no list or table is short of a dossier because a run was killed before it came to assess it.
    """

    def __init__(self, office: Office) -> None:
        self.rules = rules_fingerprint(office)
        self._office = office
        self._usual = usual_rules(office.settings.clock)
        self._ends = office.ends

    def cases(self, found: Iterable[Assessed]) -> Iterator[Case]:
        return map(self.case, found)

    def case(self, each: Assessed) -> Case:
        """Join a stored dossier with its deadline and the names this office gives its unit and desk."""
        kept = each.deadline if each.rules == self.rules else None
        return self._office.case(each, kept or self.decide_anew(each))

    def facts(self, each: Assessed) -> Facts:
        """Return what the due date of a stored dossier is decided from."""
        dossier = each.dossier
        procedure = self.procedure_of(dossier)
        limit, limit_from = self._limit(dossier, procedure)
        return Facts(
            received_at=dossier.received_at,
            promised_at=dossier.promised_at,
            limit=limit,
            limit_from=limit_from,
            suspensions=until_finish(dossier.suspensions, dossier.finished_at),
            rules=clock_rules(procedure, self._usual, self._ends.get(each.source)),
        )

    def run(self, each: Assessed) -> Run | None:
        """Return how the limit ran, or None where no due date can be computed."""
        facts = self.facts(each)
        if problem_in(facts):
            return None
        assert facts.received_at  # noqa: S101  a problem otherwise
        assert facts.limit  # noqa: S101  likewise
        try:
            return run(
                facts.received_at,
                facts.limit,
                self._office.calendar_of(each.dossier),
                facts.rules,
                facts.suspensions,
            )
        except CalendarGap:
            return None

    def procedure_of(self, dossier: Dossier) -> Procedure | None:
        """Return what the catalogue says of the dossier's procedure on the day of its receipt."""
        received_on = dossier.received_on
        if received_on is None:
            return None
        return self._office.catalogue.find(dossier.procedure_code, dossier.procedure, received_on)

    def disagreement(self, each: Assessed) -> str:
        """Say how the dossier's own limit differs from the catalogue's, and which decides; else nothing."""
        text = disagreement(each.dossier.time_limit, self.procedure_of(each.dossier))
        return text and f"{text}; đang tính theo {DECIDES[self._office.settings.clock.limit_from]}"

    def _limit(self, dossier: Dossier, procedure: Procedure | None) -> tuple[TimeLimit | None, str]:
        """Return the limit that decides and where it is from; where two disagree, others show it."""
        known = [(dossier.time_limit, FROM_DOSSIER), (procedure.limit if procedure else None, FROM_TABLE)]
        if self._office.settings.clock.limit_from is LimitOrigin.CATALOGUE:
            known.reverse()
        return next(((limit, origin) for limit, origin in known if limit), (None, ""))

    def decide_anew(self, each: Assessed) -> Deadline:
        """Decide the deadline of a dossier. Where the calendar does not reach, the promise decides."""
        facts, calendar = self.facts(each), self._office.calendar_of(each.dossier)
        decider = self._office.settings.counting.due
        try:
            return decide(facts, decider, calendar)
        except CalendarGap as gap:
            year = gap.day.year
            problem = f"{NO_CALENDAR} {year}; thêm tệp {year}.toml vào [calendar] folder"
            deadline = decide(replace(facts, limit=None), decider, calendar)
            return replace(deadline, limit=facts.limit, problem=problem)


def rules_fingerprint(office: Office) -> str:
    """Name everything a due date depends on besides the dossier's own facts and the office's calendar edits.

    An edit of the calendar decides anew what it moves itself (`jobs/calendar/`).
    """
    settings = office.settings
    parts = [RULES_VERSION, office.calendars.base_version, settings.counting.due, settings.clock, office.ends]
    content = repr([*parts, office.catalogue.procedures])
    return hashlib.sha256(content.encode()).hexdigest()
