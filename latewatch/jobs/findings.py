"""Findings: the list of signs that need clearing up, and the steps of their lives that a person makes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from latewatch.domain.integrity.finding import GRAVEST_FIRST, STATE_LABELS, Kind, Severity, State
from latewatch.domain.integrity.telling import told
from latewatch.errors import FindingError
from latewatch.jobs.late import unit_name
from latewatch.jobs.office import Office
from latewatch.store.findings import Finding, Moved, finding, findings, lives, move, open_counts


@dataclass(frozen=True, slots=True)
class Sign:
    """A finding as it is listed: `told` is its evidence in one sentence, `steps` what became of it."""

    number: int
    severity: Severity
    kind: Kind
    code: str
    unit: str
    told: str
    state: State
    found_at: datetime
    source: str
    evidence: dict[str, Any]
    steps: tuple[Moved, ...]


def list_findings(
    office: Office, states: Collection[State], kind: Kind | None = None, unit: str = ""
) -> list[Sign]:
    """Return the findings of these states, the gravest first, of one kind and unit or of all.

    Raises ConfigError where no unit has the name `unit`.
    """
    with office.store.reading() as connection:
        name = unit_name(office, connection, unit) if unit else ""
        found = findings(connection, states, kind, name)
        steps = lives(connection, [each.id for each in found if each.state is not State.OPEN])
    signs = [_sign(each, tuple(steps.get(each.id, ()))) for each in found]
    return sorted(signs, key=lambda sign: (GRAVEST_FIRST.index(sign.severity), -sign.number))


def _sign(each: Finding, steps: tuple[Moved, ...]) -> Sign:
    return Sign(
        number=each.id,
        severity=each.severity,
        kind=each.kind,
        code=each.code,
        unit=each.unit,
        told=told(each.kind, each.evidence),
        state=each.state,
        found_at=each.found_at,
        source=each.source,
        evidence=each.evidence,
        steps=steps,
    )


def settle(office: Office, number: int, to: State, *, by: str, why: str, now: datetime) -> Sign:
    """Note that somebody explained a finding, or closed it, and why. Raises FindingError."""
    name, reason = " ".join(by.split()), " ".join(why.split())
    if not name or not reason:
        raise FindingError("cần cả tên người làm rõ (--by) và lý do (--why)")
    with office.store.writing() as connection:
        before = finding(connection, number)
        if before is None:
            raise FindingError(f"không có dấu hiệu số {number}; xem số bằng lệnh latewatch findings")
        if not move(connection, number, to, by=name, why=reason, at=now):
            raise FindingError(_refusal(connection, before, to))
        after = finding(connection, number)
        assert after  # noqa: S101  it was moved just now
        return _sign(after, tuple(lives(connection, [number])[number]))


def _refusal(connection: Connection, finding: Finding, to: State) -> str:
    last = lives(connection, [finding.id])[finding.id][-1]
    done = f"{STATE_LABELS[finding.state]} lúc {last.at:%H:%M %d/%m/%Y} ({last.by}: {last.why})"
    cure = "đóng lại bằng latewatch findings close" if to is State.EXPLAINED else "không mở lại được"
    is_closed = finding.state is State.CLOSED
    return f"dấu hiệu số {finding.id} {done}; {'không đổi được nữa' if is_closed else cure}"


def open_signs(connection: Connection) -> list[tuple[Kind, dict[Severity, int]]]:
    """Return how many findings of each kind are open, by severity, the gravest first."""
    counts: dict[Kind, dict[Severity, int]] = {}
    for kind, severity, number in sorted(open_counts(connection), key=lambda e: GRAVEST_FIRST.index(e[1])):
        counts.setdefault(kind, {})[severity] = number
    return list(counts.items())
