"""Dossiers with what was decided about them: written by `assess`, read by alerts, letters and tallies."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, case, insert, or_, select

from latewatch.domain.deadline import Basis, Deadline
from latewatch.domain.dossier import Dossier, Status
from latewatch.domain.letters.life import LetterState
from latewatch.domain.limit import TimeLimit
from latewatch.domain.standing import Standing
from latewatch.store import schema
from latewatch.store.database import insert_or_else
from latewatch.store.facts import from_row
from latewatch.written import FIELDS

# Where a dossier can stand next is not settled: its standing moves with the clock.
MOVING = (Standing.WITHIN, Standing.DUE_SOON, Standing.OVERDUE, Standing.SUSPENDED)

# A dossier of another status may count in a period whatever its finish date: counting rules decide.
_PLAIN = [Status.RECEIVED, Status.PROCESSING, Status.DONE, Status.RETURNED]

# One letter a dossier at most: the one alive, or one that was sent and cancelled afterwards.
_APPOINTED = (schema.letter.c.state != LetterState.CANCELLED) | schema.letter.c.sent_on.is_not(None)


@dataclass(frozen=True, slots=True)
class Assessed:
    """A stored dossier with its letter's date and what was decided of it under `rules`.

    The deadline is None before it is assessed, and after a change that was not.
    """

    id: int
    version: int
    dossier: Dossier
    deadline: Deadline | None
    rules: str
    standing: Standing | None
    draft_on: date | None
    letter_on: date | None
    revised_on: date | None
    recalled_on: date | None
    source: str
    letter_state: LetterState | None = None
    recalled_to: date | None = None
    recalled_from: date | None = None


def unassessed(connection: Connection, rules: str) -> Iterator[Assessed]:
    """Yield the dossiers to look at: changed since, decided by other `rules`, or moving with the clock."""
    moves = schema.assessment.c.standing.in_([standing.value for standing in MOVING])
    yield from _assessed(connection, _all().where(or_(_is_stale(rules), moves)))


def _is_stale(rules: str) -> ColumnElement[bool]:
    """Select what nobody decided since it changed, or since the rules did."""
    made = schema.assessment.c
    changed = made.dossier_version != schema.dossier.c.version
    return or_(made.dossier_id.is_(None), changed, made.rules != rules)


def assessed(connection: Connection, *conditions: ColumnElement[bool]) -> Iterator[Assessed]:
    """Yield the dossiers that meet `conditions`, by code, also those that still wait to be assessed."""
    yield from _assessed(connection, _all().where(*conditions).order_by(schema.dossier.c.code))


def unfinished_at(at: datetime) -> ColumnElement[bool]:
    """Select what had not been finished at `at`."""
    return or_(schema.dossier.c.processed_at.is_(None), schema.dossier.c.processed_at > at)


def not_finished_before(moment: datetime) -> ColumnElement[bool]:
    """Select what had not been finished before `moment`."""
    return or_(schema.dossier.c.processed_at.is_(None), schema.dossier.c.processed_at >= moment)


def countable(
    first: datetime, after: datetime, rules: str, *, ends_with_return: bool = False
) -> ColumnElement[bool]:
    """Select all that a period from `first` to before `after` can count.

    That is what was alive in it, what fell due in it (or may have, where not decided by these `rules`), whose
    letter was sent in it, what was handed in and waited, and what has no receipt: the table says how many it
    could not count. A dossier ends with its processing, or for a rule that says so with its return.
    """
    columns, made = schema.dossier.c, schema.assessment.c
    ended_at = columns.returned_at if ends_with_return else columns.processed_at
    finished_before = (ended_at < first) & columns.status.in_(_PLAIN)
    alive = or_(columns.received_at >= first, ended_at.is_(None), ~finished_before)
    letter = schema.letter.c
    days = (made.computed_on, made.promised_on, letter.new_date, letter.sent_on)  # whichever is counted by
    by_day = [(each >= first.date()) & (each < after.date()) for each in days]
    due = or_((made.due_at >= first) & (made.due_at < after), *by_day, _is_stale(rules))
    waited = (columns.submitted_at < after) & (columns.received_at >= after)
    return or_(columns.received_at.is_(None), (columns.received_at < after) & or_(alive, due), waited)


def may_have_lapsed(at: datetime, rules: str) -> ColumnElement[bool]:
    """Select what awaits a supplement that should have come before the day of `at`, and what is undecided."""
    return or_(schema.assessment.c.lapses_on < at.date(), _is_stale(rules))


def doubtfully_suspended() -> ColumnElement[bool]:
    """Select what was interrupted and has no due date by its limit."""
    return schema.dossier.c.suspensions.is_not(None) & (schema.assessment.c.problem != "")


def with_code(code: str) -> ColumnElement[bool]:
    return schema.dossier.c.code == code


def lettered(*states: LetterState) -> ColumnElement[bool]:
    """Select what has a letter in one of `states`."""
    return schema.letter.c.state.in_(states)


@cache  # a statement is built in more time than it takes to run
def _all() -> Select[Any]:
    made, dossier, letter = schema.assessment, schema.dossier, schema.letter
    is_alive = letter.c.state != LetterState.CANCELLED
    return (
        select(
            dossier.c.id,
            dossier.c.version,
            *(dossier.c[name] for name in FIELDS),
            *(made.c[name].label(f"a_{name}") for name in made.c.keys()),  # noqa: SIM118  columns, not a dict
            letter.c.dated.label("letter_dated"),
            letter.c.sent_on.label("letter_sent_on"),
            letter.c.state.label("letter_state"),
            letter.c.new_date,
            case((~is_alive, letter.c.content["promised_on"].as_string())).label("recalled_from"),
            dossier.c.source,
        )
        .select_from(dossier)
        .outerjoin(made, made.c.dossier_id == dossier.c.id)
        .outerjoin(letter, (letter.c.dossier_id == dossier.c.id) & _APPOINTED)
    )


def _assessed(connection: Connection, statement: Select[Any]) -> Iterator[Assessed]:
    for row in connection.execute(statement).mappings():
        is_made = row["a_dossier_id"] is not None
        is_alive = row["letter_state"] != LetterState.CANCELLED
        yield Assessed(
            id=row["id"],
            version=row["version"],
            dossier=from_row(row),
            deadline=_deadline(row) if is_made and row["a_dossier_version"] == row["version"] else None,
            rules=row["a_rules"] or "",
            standing=Standing(row["a_standing"]) if is_made else None,
            draft_on=row["letter_dated"] if row["letter_sent_on"] is None else None,
            letter_on=row["letter_sent_on"] if is_alive else None,
            revised_on=row["new_date"] if row["letter_sent_on"] and is_alive else None,
            recalled_on=None if is_alive else row["letter_sent_on"],
            source=row["source"],
            letter_state=LetterState(row["letter_state"]) if row["letter_state"] and is_alive else None,
            recalled_to=None if is_alive else row["new_date"],
            recalled_from=date.fromisoformat(row["recalled_from"]) if row["recalled_from"] else None,
        )


def _deadline(row: RowMapping) -> Deadline:
    limit = row["a_time_limit"]
    return Deadline(
        due_at=row["a_due_at"],
        basis=Basis(row["a_basis"]),
        computed_on=row["a_computed_on"],
        promised_on=row["a_promised_on"],
        limit=TimeLimit.parse(limit) if limit else None,
        limit_from=row["a_limit_from"],
        problem=row["a_problem"],
        calendar_version=row["a_calendar_version"],
        waiting_since=row["a_waiting_since"],
        lapses_on=row["a_lapses_on"],
        runs_on=row["a_runs_on"],
    )


@dataclass(frozen=True, slots=True)
class Decision:
    """What `assess` decided about one dossier."""

    of: Assessed
    deadline: Deadline
    standing: Standing


def write_decisions(connection: Connection, decisions: Iterable[Decision], rules: str, at: datetime) -> int:
    """Keep the `decisions` that differ, and a row for each change of standing; return the number of these."""
    new = [each for each in decisions if not _is_kept(each, rules)]
    if new:
        _upsert(connection, [_assessment(each, rules) for each in new])
    changes = [
        {
            "dossier_id": each.of.id,
            "at": at,
            "before": each.of.standing.value if each.of.standing else None,
            "after": each.standing.value,
        }
        for each in new
        if each.standing is not each.of.standing
    ]
    if changes:
        connection.execute(insert(schema.standing_change), changes)
    return len(changes)


def _is_kept(decision: Decision, rules: str) -> bool:
    before = decision.of
    return (before.rules, before.deadline, before.standing) == (rules, decision.deadline, decision.standing)


def _assessment(decision: Decision, rules: str) -> dict[str, Any]:
    deadline = decision.deadline
    return {
        "dossier_id": decision.of.id,
        "dossier_version": decision.of.version,
        "rules": rules,
        "due_at": deadline.due_at,
        "basis": deadline.basis.value,
        "computed_on": deadline.computed_on,
        "promised_on": deadline.promised_on,
        "time_limit": str(deadline.limit) if deadline.limit else None,
        "limit_from": deadline.limit_from,
        "problem": deadline.problem,
        "calendar_version": deadline.calendar_version,
        "waiting_since": deadline.waiting_since,
        "lapses_on": deadline.lapses_on,
        "runs_on": deadline.runs_on,
        "standing": decision.standing.value,
    }


def _upsert(connection: Connection, rows: list[dict[str, Any]]) -> None:
    statement = insert_or_else(connection, schema.assessment)
    changed = {name: statement.excluded[name] for name in rows[0] if name != "dossier_id"}
    connection.execute(statement.on_conflict_do_update(index_elements=["dossier_id"], set_=changed), rows)


def standing_changes(connection: Connection, dossier_id: int) -> list[Mapping[str, Any]]:
    """Return the changes of standing latewatch saw of one dossier, oldest first."""
    table = schema.standing_change.c
    found = (
        select(table.at, table.before, table.after).where(table.dossier_id == dossier_id).order_by(table.id)
    )
    return [dict(row) for row in connection.execute(found).mappings()]
