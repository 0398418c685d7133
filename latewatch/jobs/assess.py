"""Assess: decide the due date of every new or changed dossier, and where the unfinished ones stand now."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

import msgspec

from latewatch.config import Procedure
from latewatch.domain.deadline import Deadline, TimeLimit, decide
from latewatch.domain.dossier import Dossier
from latewatch.domain.names import fold
from latewatch.domain.standing import Case, standing_at
from latewatch.errors import CalendarGap
from latewatch.jobs.office import Office
from latewatch.store.cases import Assessed, Decision, unassessed, write_decisions

RULES_VERSION = "1"  # a change in how due dates are computed makes every dossier worth deciding again

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
    deadlines = Deadlines(office)
    days = office.settings.counting.due_soon_working_days
    with office.store.writing() as connection:
        decisions = []
        for each in unassessed(connection, deadlines.rules):
            case = deadlines.case(each)
            standing = standing_at(case, now, office.calendar, days)
            decisions.append(Decision(each, case.deadline, standing))
        return write_decisions(connection, decisions, deadlines.rules, now)


class Deadlines:
    """The deadlines by this office's rules: as they were assessed where that still holds, else decided anew.

    So no list or table is short of a dossier because a run was killed before it came to assess it.
    """

    def __init__(self, office: Office) -> None:
        self.rules = rules_fingerprint(office)
        self._office = office
        self._limits = Limits(office.settings.procedures)

    def cases(self, found: Iterable[Assessed]) -> Iterator[Case]:
        return map(self.case, found)

    def case(self, each: Assessed) -> Case:
        """Join a stored dossier with its deadline and the names this office gives its unit and desk."""
        kept = each.deadline if each.rules == self.rules else None
        return self._office.case(each, kept or self._decide_anew(each.dossier))

    def _decide_anew(self, dossier: Dossier) -> Deadline:
        """Decide the deadline of `dossier`. Where the calendar does not reach, the promise decides."""
        limit, limit_from = self._limits.limit_of(dossier)
        try:
            return self._decide(dossier, limit, limit_from)
        except CalendarGap as gap:
            year = gap.day.year
            problem = f"chưa có lịch làm việc năm {year}; thêm tệp {year}.toml vào [calendar] folder"
            return replace(self._decide(dossier, None, ""), limit=limit, problem=problem)

    def _decide(self, dossier: Dossier, limit: TimeLimit | None, limit_from: str) -> Deadline:
        return decide(
            received_at=dossier.received_at,
            promised_at=dossier.promised_at,
            limit=limit,
            limit_from=limit_from,
            decider=self._office.settings.counting.due,
            calendar=self._office.calendar,
        )


def rules_fingerprint(office: Office) -> str:
    """Name everything a due date depends on besides the dossier's own facts."""
    due = office.settings.counting.due.value
    parts = [RULES_VERSION, office.calendar.version, due, office.settings.procedures]
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()
