"""Dossiers as far as their apology goes: late ones, and those whose letter was sent, as assessed."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, or_, select

from latewatch.domain.dossier import Dossier, Status
from latewatch.domain.letters.life import LetterState
from latewatch.domain.standing import Standing
from latewatch.store import schema
from latewatch.store.batches import CHUNK
from latewatch.written import read_suspensions

_DOSSIER, _MADE, _LETTER = schema.dossier.c, schema.assessment.c, schema.letter.c
_FACTS = (
    *("code", "received_at", "promised_at", "processed_at"),
    *("procedure_code", "procedure", "resolving_unit", "department"),
)
_APPOINTED = (_LETTER.state != LetterState.CANCELLED) | _LETTER.sent_on.is_not(None)
_RUNNING = (Standing.WITHIN.value, Standing.DUE_SOON.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Apologised:
    """A dossier with its one letter, if it has any. `dossier` holds what tells of limits, and no person.

    `is_fresh`: it was assessed as it is now. `promised_on` is the old promise as the numbered letter says it.
    """

    dossier: Dossier
    source: str
    standing: Standing
    due_on: date | None
    is_fresh: bool
    letter_state: LetterState | None
    dated: date | None
    letter_due_on: date | None
    new_date: date | None
    sent_on: date | None
    promised_on: date | None


def late_or_sent(connection: Connection) -> Iterator[Apologised]:
    """Yield what is overdue, and what has, or had, a letter that was sent and is late or still runs."""
    followed = _MADE.standing.in_([*_RUNNING, Standing.LATE.value]) & _LETTER.sent_on.is_not(None)
    yield from _apologised(connection, or_(_MADE.standing == Standing.OVERDUE.value, followed))


def apologised(connection: Connection, codes: Collection[str]) -> Iterator[Apologised]:
    """Yield these dossiers, however they stand."""
    ordered = sorted(codes)
    for start in range(0, len(ordered), CHUNK):
        yield from _apologised(connection, _DOSSIER.code.in_(ordered[start : start + CHUNK]))


def _apologised(connection: Connection, condition: ColumnElement[bool]) -> Iterator[Apologised]:
    found = (
        select(
            *(_DOSSIER[name] for name in (*_FACTS, "status", "suspensions", "source")),
            *(_MADE.standing, _MADE.due_at),
            (_MADE.dossier_version == _DOSSIER.version).label("is_fresh"),
            *(_LETTER.state, _LETTER.dated, _LETTER.due_on, _LETTER.new_date, _LETTER.sent_on),
            _LETTER.content,
        )
        .select_from(schema.dossier)
        .join(schema.assessment, _MADE.dossier_id == _DOSSIER.id)
        .outerjoin(schema.letter, (_LETTER.dossier_id == _DOSSIER.id) & _APPOINTED)
        .where(condition)
        .order_by(_DOSSIER.code)
    )
    for row in connection.execute(found).mappings():
        yield _of_row(row)


def _of_row(row: RowMapping) -> Apologised:
    facts = {name: row[name] for name in _FACTS}
    content: dict[str, Any] = row["content"] or {}
    promised = content.get("promised_on")
    return Apologised(
        dossier=Dossier(
            status=Status(row["status"]), suspensions=read_suspensions(row["suspensions"]), **facts
        ),
        source=row["source"],
        standing=Standing(row["standing"]),
        due_on=row["due_at"].date() if row["due_at"] else None,
        is_fresh=bool(row["is_fresh"]),
        letter_state=LetterState(row["state"]) if row["state"] else None,
        dated=row["dated"],
        letter_due_on=row["due_on"],
        new_date=row["new_date"],
        sent_on=row["sent_on"],
        promised_on=date.fromisoformat(promised) if promised else None,
    )
