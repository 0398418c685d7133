"""Whether what a list of events says fits the dossier it is said of; half a list is none. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias

from latewatch.domain.dossier import Dossier, Stage, Suspension
from latewatch.domain.record import Event, Rejected, Reported
from latewatch.domain.suspension import problem_of

Kind: TypeAlias = type[Suspension] | type[Stage]
FACT_OF: Mapping[Kind, str] = {Suspension: "suspensions", Stage: "stages"}
_NAMES: Mapping[Kind, str] = {Suspension: "các lần tạm dừng", Stage: "các chặng"}
_STRANGER = "chưa có hồ sơ {code} trong dữ liệu; trạng thái của nó được nhận khi chính hồ sơ được gửi đến"
_AWAITED = "chưa có hồ sơ {code} trong dữ liệu; tệp được đọc lại khi hồ sơ này đến"


def fitted(row: Reported, known: Dossier | None) -> tuple[Reported | None, list[Rejected]]:
    """Return what of `row` can be taken, and its rows that cannot: no such dossier, or before its receipt."""
    if not row.events:
        return (None, [_stranger(row)]) if row.adds and known is None else (row, [])
    if known is None:
        reason = _AWAITED.format(code=row.code)
        return None, [Rejected(event.place, "", reason, event.raw) for event in row.events]
    rejected = _before_receipt(row, known.received_at)
    if not rejected:
        return row, []
    stages = tuple(of_kind(row.events, Stage))
    if not stages:
        return None, rejected
    facts = {name: value for name, value in row.facts.items() if name != FACT_OF[Suspension]}
    return replace(row, facts=facts, events=stages), rejected


def _stranger(row: Reported) -> Rejected:
    return Rejected(row.place, "", _STRANGER.format(code=row.code), row.raw, row.code)


def joined_stages(known: Sequence[Stage], said: Sequence[Stage]) -> tuple[Stage, ...]:
    """Return the stages `known` and `said`, in whichever order they came; of one stage what ended later.

    A stage is a unit's from the moment it had the dossier: what says so twice is of the same one.
    """
    joined: dict[tuple[str, datetime], Stage] = {}
    for stage in (*known, *said):
        key = (stage.unit, stage.started_at)
        before = joined.get(key)
        if before is None or _reaches(stage, before):
            joined[key] = stage
    return tuple(sorted(joined.values(), key=lambda each: each.started_at))


def _reaches(stage: Stage, before: Stage) -> bool:
    if before.finished_at is None or stage.finished_at is None:
        return before.finished_at is None
    return stage.finished_at >= before.finished_at


def _before_receipt(row: Reported, received_at: datetime | None) -> list[Rejected]:
    """Return the rows of all interruptions where one begins before the receipt, each with its reason."""
    same = of_kind(row.events, Suspension)
    faults = {event.place: problem for event in same if (problem := _problem(event, received_at))}
    if not faults:
        return []
    first = next(iter(faults))
    return [
        Rejected(event.place, event.column, faults[event.place], event.raw)
        if event.place in faults
        else Rejected(event.place, "", not_whole(row.code, event, first.row), event.raw)
        for event in same
    ]


def _problem(event: Event, received_at: datetime | None) -> str:
    if received_at is None or not isinstance(event.fact, Suspension):
        return ""
    return problem_of([event.fact], received_at)


def not_whole(code: str, event: Event, row: int) -> str:
    """Say why a good row is not taken: row number `row` of the same list was not."""
    names = _NAMES[type(event.fact)]
    return f"dòng {row} của hồ sơ {code} bị gác lại; {names} của hồ sơ chỉ được nhận khi đủ cả"


def of_kind(events: Sequence[Event], kind: Kind) -> list[Event]:
    return [event for event in events if isinstance(event.fact, kind)]
