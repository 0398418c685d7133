"""The late list: the dossiers of a standing, the latest first."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import Connection

from latewatch.domain.names import fold
from latewatch.domain.standing import Case, Standing, standing_at, working_days_late
from latewatch.errors import ConfigError
from latewatch.jobs.assess import Deadlines
from latewatch.jobs.office import Office
from latewatch.store.cases import assessed, unfinished_at
from latewatch.store.feeds import reported_units

RUNNING = (Standing.WITHIN, Standing.DUE_SOON, Standing.OVERDUE)


@dataclass(frozen=True, slots=True)
class LetterStage:
    """How far a dossier's apology is: a draft, or issued; and its date."""

    state: Literal["draft", "issued"]
    dated: date


def letter_of(case: Case) -> LetterStage | None:
    if case.letter_on:
        return LetterStage("issued", case.letter_on)
    return LetterStage("draft", case.draft_on) if case.draft_on else None


@dataclass(frozen=True, slots=True)
class LateDossier:
    """One row of the list."""

    code: str
    unit: str
    procedure: str
    promised_on: date | None
    due_on: date | None
    working_days_late: int
    standing: Standing
    letter: LetterStage | None


def late_list(office: Office, now: datetime, standing: Standing, unit: str = "") -> list[LateDossier]:
    """Return the dossiers that stand so at `now`, of one unit or of all, the most working days late first.

    Raises ConfigError where no unit and no dossier has the name `unit`.
    """
    days = office.settings.counting.due_soon_working_days
    conditions = [unfinished_at(now)] if standing in RUNNING else []
    with office.store.reading() as connection:
        cases = list(Deadlines(office).cases(assessed(connection, *conditions)))
        name = _unit_name(office, connection, unit) if unit else ""
    if name:
        cases = [case for case in cases if case.unit == name]
    rows = [_row(case, standing, now) for case in cases if standing_at(case, now, days) is standing]
    return sorted(rows, key=lambda row: (-row.working_days_late, row.due_on or date.max, row.code))


def _unit_name(office: Office, connection: Connection, unit: str) -> str:
    known = office.roster.find(unit)
    if known:
        return known.name
    for resolving_unit, department, _ in reported_units(connection):
        name = resolving_unit or department
        if fold(name) == fold(unit):
            return name
    names = ", ".join(f"{each.code} ({each.name})" for each in office.roster.units)
    raise ConfigError("--unit", "", f"không có đơn vị “{unit}”; các đơn vị đã khai: {names or 'chưa có'}")


def _row(case: Case, standing: Standing, now: datetime) -> LateDossier:
    is_late = standing in (Standing.LATE, Standing.OVERDUE)
    return LateDossier(
        code=case.dossier.code,
        unit=case.unit,
        procedure=case.dossier.procedure,
        promised_on=case.deadline.promised_on,
        due_on=case.due_on,
        working_days_late=working_days_late(case, now) if is_late else 0,
        standing=standing,
        letter=letter_of(case),
    )
