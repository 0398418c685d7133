"""Dossiers as they are held against each other: promise against limit, one applicant's old against new."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, or_, select

from latewatch.domain.dossier import Status
from latewatch.domain.integrity.differing import TwoDates
from latewatch.domain.standing import Standing
from latewatch.store import schema

_DOSSIER, _MADE = schema.dossier.c, schema.assessment.c
_JOINED = schema.dossier.join(schema.assessment, _MADE.dossier_id == _DOSSIER.id)
_NAMES = (_DOSSIER.resolving_unit, _DOSSIER.department)
_WITHOUT_RESULT = (Standing.OVERDUE.value, Standing.WITHDRAWN.value, Standing.STOPPED.value)


@dataclass(frozen=True, slots=True)
class Compared:
    """A dossier whose promise is not the day its limit ends; `names` are those of its unit."""

    code: str
    source: str
    names: tuple[str, str]
    dates: TwoDates


def differing_dates(connection: Connection) -> Iterator[Compared]:
    """Yield the dossiers whose computed and promised due date differ, as they were assessed last."""
    columns = (_DOSSIER.status, _MADE.computed_on, _MADE.promised_on, _DOSSIER.processed_at)
    found = (
        select(_DOSSIER.code, _DOSSIER.source, *_NAMES, *columns)
        .select_from(_JOINED)
        .where(_MADE.computed_on != _MADE.promised_on, _MADE.dossier_version == _DOSSIER.version)
        .order_by(_DOSSIER.code)
    )
    for row in connection.execute(found):
        dates = TwoDates(Status(row.status), row.computed_on, row.promised_on, row.processed_at)
        yield Compared(row.code, row.source, (row.resolving_unit, row.department), dates)


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who asked for what, and when: personal data, for comparing only."""

    code: str
    applicant: str
    phone: str
    procedure_code: str
    procedure: str
    received_at: datetime
    names: tuple[str, str]


_APPLIED = (
    _DOSSIER.code,
    _DOSSIER.applicant,
    _DOSSIER.phone,
    _DOSSIER.procedure_code,
    _DOSSIER.procedure,
    _DOSSIER.received_at,
    *_NAMES,
)


def _applicant(row: Any) -> Applicant:
    return Applicant(
        code=row.code,
        applicant=row.applicant,
        phone=row.phone,
        procedure_code=row.procedure_code,
        procedure=row.procedure,
        received_at=row.received_at,
        names=(row.resolving_unit, row.department),
    )


def applicants(connection: Connection, since: datetime) -> Iterator[Applicant]:
    """Yield the dossiers received since."""
    found = select(*_APPLIED).where(_DOSSIER.received_at >= since, _DOSSIER.applicant != "")
    yield from map(_applicant, connection.execute(found))


@dataclass(frozen=True, slots=True)
class WithoutResult:
    """A dossier that was due, and has no result: overdue, withdrawn or stopped after that, or missing."""

    applicant: Applicant
    due_at: datetime
    standing: Standing
    is_missing: bool


def unresolved(connection: Connection, since: datetime, at: datetime) -> Iterator[WithoutResult]:
    """Yield what fell due from `since` to `at` and has no result.

    What was withdrawn or stopped must have been after its due date, as far as its source says when.
    """
    columns = (_MADE.due_at, _MADE.standing, _DOSSIER.missing_since)
    ended_late = or_(_DOSSIER.processed_at.is_(None), _DOSSIER.processed_at > _MADE.due_at)
    is_gone = _DOSSIER.missing_since.is_not(None) & _DOSSIER.processed_at.is_(None)
    found = (
        select(*_APPLIED, *columns)
        .select_from(_JOINED)
        .where(_MADE.due_at >= since, _MADE.due_at < at, _DOSSIER.applicant != "")
        .where(_DOSSIER.received_at.is_not(None), ended_late)
        .where(or_(_MADE.standing.in_(_WITHOUT_RESULT), is_gone))
        .order_by(_DOSSIER.code)
    )
    for row in connection.execute(found):
        is_missing = row.missing_since is not None
        yield WithoutResult(_applicant(row), row.due_at, Standing(row.standing), is_missing)
