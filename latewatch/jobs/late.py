"""The late list: the dossiers of a standing, the latest first."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import Connection

from latewatch.domain.dossier import Cause
from latewatch.domain.letters.life import LetterState
from latewatch.domain.names import fold
from latewatch.domain.stages import StageStanding, StageVerdict, holder
from latewatch.domain.standing import Case, Standing, standing_at, working_days_late
from latewatch.domain.suspension import lasts
from latewatch.errors import ConfigError
from latewatch.jobs.assess import Deadlines
from latewatch.jobs.office import Office
from latewatch.jobs.stages import judged_stages
from latewatch.store.cases import assessed, unfinished_at
from latewatch.store.feeds import reported_units

AWAITING = (Standing.SUSPENDED, Standing.LAPSED)
UNFINISHED = (Standing.WITHIN, Standing.DUE_SOON, Standing.OVERDUE, *AWAITING)
LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class LetterStage:
    """How far a dossier's apology is, and its date: of what was sent, cancelled since or not, that day."""

    state: LetterState
    dated: date


def letter_of(case: Case) -> LetterStage | None:
    stages = (
        (case.letter_on, case.letter_state or LetterState.SENT),
        (case.draft_on, case.letter_state or LetterState.DRAFT),
        (case.recalled_on, LetterState.CANCELLED),
    )
    return next((LetterStage(state, dated) for dated, state in stages if dated), None)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is awaited, since when, and until when a supplement may come; an observed one began earlier."""

    cause: Cause
    since: datetime
    until: date | None
    is_observed: bool


@dataclass(frozen=True, slots=True)
class Holding:
    """The unit that holds a dossier of several now, and by when it has to pass it on."""

    unit: str
    since: datetime
    due_at: datetime | None
    standing: StageStanding


@dataclass(frozen=True, slots=True)
class LateDossier:
    """One row of the list. `due_at` has a clock time where the limit ends within its last day."""

    code: str
    unit: str
    procedure: str
    promised_on: date | None
    due_on: date | None
    due_at: datetime | None
    working_days_late: int
    standing: Standing
    letter: LetterStage | None
    waiting: Waiting | None
    held_by: Holding | None


def late_list(office: Office, now: datetime, standing: Standing, unit: str = "") -> list[LateDossier]:
    """Return the dossiers that stand so at `now`, of one unit or of all, the most working days late first.

    Raises ConfigError where no unit and no dossier has the name `unit`.
    """
    days = office.settings.counting.due_soon_working_days
    conditions = [unfinished_at(now)] if standing in UNFINISHED else []
    deadlines = Deadlines(office)
    rows = []
    with office.store.reading() as connection:
        name = unit_name(office, connection, unit) if unit else ""
        for each in assessed(connection, *conditions):
            case = deadlines.case(each)
            if name in ("", case.unit) and standing_at(case, now, days) is standing:
                stages = (
                    judged_stages(office, case, deadlines.facts(each), now) if case.dossier.stages else ()
                )
                rows.append(_row(case, standing, now, holder(stages) if standing in UNFINISHED else None))
    return sorted(rows, key=_urgency)


def _urgency(row: LateDossier) -> tuple[int, datetime, str]:
    """Order the most working days late first, then what ends or has waited longest."""
    at = row.waiting.since if row.waiting else row.due_at
    return -row.working_days_late, at or LAST, row.code


def unit_name(office: Office, connection: Connection, unit: str) -> str:
    """Return the name of the unit that is called `unit`, here or by a source. Raises ConfigError."""
    known = office.roster.find(unit)
    if known:
        return known.name
    for resolving_unit, department, _ in reported_units(connection):
        name = resolving_unit or department
        if fold(name) == fold(unit):
            return name
    names = ", ".join(f"{each.code} ({each.name})" for each in office.roster.units)
    raise ConfigError("--unit", "", f"không có đơn vị “{unit}”; các đơn vị đã khai: {names or 'chưa có'}")


def _row(case: Case, standing: Standing, now: datetime, held: StageVerdict | None) -> LateDossier:
    is_late = standing in (Standing.LATE, Standing.OVERDUE)
    return LateDossier(
        code=case.dossier.code,
        unit=case.unit,
        procedure=case.dossier.procedure,
        promised_on=case.deadline.promised_on,
        due_on=case.due_on,
        due_at=case.deadline.due_at,
        working_days_late=working_days_late(case, now) if is_late else 0,
        standing=standing,
        letter=letter_of(case),
        waiting=_waiting(case) if standing in AWAITING else None,
        held_by=Holding(held.stage.unit, held.stage.started_at, held.due_at, held.standing) if held else None,
    )


def _waiting(case: Case) -> Waiting | None:
    """Return what a suspended dossier awaits; nothing where its source says no more than that it does."""
    last = lasts(case.dossier.suspensions)
    if last is None:
        return None
    return Waiting(last.cause, last.started_at, case.deadline.lapses_on, last.is_observed)
