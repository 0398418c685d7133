"""Findings: kept once, listed, and moved along their life; each move with who made it and why."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from latewatch.domain.dossier import Dossier, Status
from latewatch.domain.integrity.finding import (
    ITSELF,
    LEADS_TO,
    LIVE,
    OF_LETTERS,
    Betrayal,
    Kind,
    Severity,
    State,
)
from latewatch.store import schema
from latewatch.store.batches import CHUNK

AGAIN = "#"  # between the key of a sign and its number, where it came back after it was closed
LASTING = (Kind.VANISHED, Kind.ENTERED_ANEW, Kind.DATES_DIFFER, *OF_LETTERS)  # looked at while they hold


@dataclass(frozen=True, slots=True)
class Noted:
    """A sign with whose it is: the dossier, its unit, the source and the batch that betrayed it."""

    betrayal: Betrayal
    code: str
    unit: str
    source: str
    batch: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A sign as it is kept."""

    id: int
    kind: Kind
    code: str
    key: str
    severity: Severity
    unit: str
    evidence: dict[str, Any]
    source: str
    batch_id: int | None
    found_at: datetime
    state: State

    @property
    def content(self) -> str:
        return self.key.partition(AGAIN)[0]


def keep(connection: Connection, noted: Sequence[Noted], at: datetime) -> int:
    """Keep what is new of `noted`, and say how many that are.

    What is live is known. What was closed and happens again is another finding; what only lasts was closed
    by somebody who knew of it.
    """
    known = _known(connection, noted)
    rows = []
    for each in noted:
        before = known[each.betrayal.kind, each.code, each.betrayal.key]
        if not any(_is_same(each, kept) for kept in before):
            number = f"{AGAIN}{len(before) + 1}" if before else ""
            rows.append(_row(each, each.betrayal.key + number, at))
            before.append(_Kept(State.OPEN, each.batch, ""))
    for start in range(0, len(rows), CHUNK):
        connection.execute(insert(schema.finding), rows[start : start + CHUNK])
    return len(rows)


def _row(each: Noted, key: str, at: datetime) -> dict[str, Any]:
    betrayal = each.betrayal
    return {
        "kind": betrayal.kind.value,
        "code": each.code,
        "key": key,
        "severity": betrayal.severity.value,
        "unit": each.unit,
        "evidence": {name: value for name, value in betrayal.evidence.items() if value is not None},
        "source": each.source,
        "batch_id": each.batch,
        "found_at": at,
        "state": State.OPEN.value,
    }


Sign = tuple[Kind, str, str]


@dataclass(frozen=True, slots=True)
class _Kept:
    state: State
    batch: int | None
    closed_by: str


def _is_same(noted: Noted, kept: _Kept) -> bool:
    if kept.state in LIVE:
        return True
    is_lasting = noted.betrayal.kind in LASTING and noted.batch == kept.batch
    return is_lasting and kept.closed_by != ITSELF


def _known(connection: Connection, noted: Sequence[Noted]) -> dict[Sign, list[_Kept]]:
    """Return what is kept of these dossiers, under whatever number."""
    found: dict[Sign, list[_Kept]] = defaultdict(list)
    table, change = schema.finding.c, schema.finding_change.c
    codes = sorted({each.code for each in noted})
    closed = (change.finding_id == table.id) & (change.after == State.CLOSED.value)
    statement = select(table.kind, table.code, table.key, table.state, table.batch_id, change.by)
    statement = statement.outerjoin(schema.finding_change, closed)
    for start in range(0, len(codes), CHUNK):
        for row in connection.execute(statement.where(table.code.in_(codes[start : start + CHUNK]))):
            sign = (Kind(row.kind), row.code, row.key.partition(AGAIN)[0])
            found[sign].append(_Kept(State(row.state), row.batch_id, row.by or ""))
    return found


def live(connection: Connection, kinds: Iterable[Kind]) -> Iterator[Finding]:
    """Yield the findings of these kinds that are not closed."""
    table = schema.finding.c
    wanted = table.kind.in_([kind.value for kind in kinds])
    yield from _findings(connection, wanted, _in(LIVE))


def findings(
    connection: Connection, states: Iterable[State], kind: Kind | None = None, unit: str = ""
) -> list[Finding]:
    """Return the findings of these states, of one kind and unit or of all."""
    table = schema.finding.c
    conditions = [_in(states)]
    if kind:
        conditions.append(table.kind == kind.value)
    if unit:
        conditions.append(table.unit == unit)
    return list(_findings(connection, *conditions))


def times_missing(connection: Connection, codes: Collection[str]) -> dict[str, list[datetime]]:
    """Return when each of `codes` was found to be missing, as often as that was."""
    table = schema.finding.c
    found: dict[str, list[datetime]] = defaultdict(list)
    wanted = select(table.code, table.evidence).where(table.kind == Kind.VANISHED.value)
    ordered = sorted(codes)
    for start in range(0, len(ordered), CHUNK):
        for row in connection.execute(wanted.where(table.code.in_(ordered[start : start + CHUNK]))):
            found[row.code].append(datetime.fromisoformat(row.evidence["seen"]["at"]))
    return found


def finding(connection: Connection, number: int) -> Finding | None:
    """Return the finding with this number."""
    return next(_findings(connection, schema.finding.c.id == number), None)


def _in(states: Iterable[State]) -> ColumnElement[bool]:
    return schema.finding.c.state.in_([state.value for state in states])


def _findings(connection: Connection, *conditions: ColumnElement[bool]) -> Iterator[Finding]:
    rows = connection.execute(select(schema.finding).where(*conditions).order_by(schema.finding.c.id))
    for row in rows.mappings():
        enums = {
            "kind": Kind(row["kind"]),
            "severity": Severity(row["severity"]),
            "state": State(row["state"]),
        }
        yield Finding(**{**row, **enums})


def move(connection: Connection, number: int, to: State, *, by: str, why: str, at: datetime) -> bool:
    """Move one finding along its life and keep who did it and why; tell whether it still could be."""
    table = schema.finding
    before = connection.execute(select(table.c.state).where(table.c.id == number)).scalar()
    mine = (table.c.id == number) & _in(LEADS_TO[to]) & (table.c.state == before)
    if connection.execute(update(table).where(mine).values(state=to.value)).rowcount != 1:
        return False
    row = {"finding_id": number, "at": at, "before": before, "after": to.value, "by": by, "why": why}
    connection.execute(insert(schema.finding_change), row)
    return True


@dataclass(frozen=True, slots=True)
class Moved:
    """One step of a finding's life."""

    at: datetime
    before: State
    after: State
    by: str
    why: str


def lives(connection: Connection, numbers: Collection[int]) -> dict[int, list[Moved]]:
    """Return the steps of each of these findings, oldest first."""
    table = schema.finding_change
    found: dict[int, list[Moved]] = defaultdict(list)
    ordered = sorted(numbers)
    for start in range(0, len(ordered), CHUNK):
        wanted = select(table).where(table.c.finding_id.in_(ordered[start : start + CHUNK]))
        for row in connection.execute(wanted.order_by(table.c.id)).mappings():
            step = Moved(row["at"], State(row["before"]), State(row["after"]), row["by"], row["why"])
            found[row["finding_id"]].append(step)
    return found


def open_counts(connection: Connection) -> list[tuple[Kind, Severity, int]]:
    """Return how many findings of each kind and severity nobody has explained yet."""
    table = schema.finding.c
    names = (table.kind, table.severity)
    counted = select(*names, func.count()).where(_in([State.OPEN])).group_by(*names)
    return [(Kind(kind), Severity(grave), number) for kind, grave, number in connection.execute(counted)]


@dataclass(frozen=True, slots=True)
class Opened:
    """A finding that is open, with the units of its dossier, which tell whose desk it is."""

    kind: Kind
    severity: Severity
    units: Dossier


def opened_since(connection: Connection, since: datetime) -> list[Opened]:
    """Return what was found after `since` and nobody has explained yet."""
    table, dossier = schema.finding.c, schema.dossier.c
    names = ("receiving_unit", "resolving_unit", "department")
    found = (
        select(table.kind, table.severity, *(func.coalesce(dossier[name], "").label(name) for name in names))
        .outerjoin(schema.dossier, dossier.code == table.code)
        .where(_in([State.OPEN]), table.found_at > since)
    )
    return [
        Opened(
            Kind(row["kind"]),
            Severity(row["severity"]),
            Dossier(code="", status=Status.RECEIVED, **{name: row[name] for name in names}),
        )
        for row in connection.execute(found).mappings()
    ]
