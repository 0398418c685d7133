"""Facts of a dossier ↔ what the database and JSON hold. One list of fields serves both."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any

from msgspec import json
from sqlalchemy import RowMapping

from latewatch.clock import VIETNAM
from latewatch.domain.dossier import Cause, Channel, Dossier, Stage, Status, Suspension
from latewatch.domain.limit import TimeLimit
from latewatch.domain.record import Cells
from latewatch.store.rows import to_text

FIELDS = tuple(field.name for field in fields(Dossier))
_values = attrgetter(*FIELDS)
_STATUS, _CHANNEL, _LIMIT = map(FIELDS.index, ("status", "channel", "time_limit"))
_MOMENTS = tuple(name for name in FIELDS if name.endswith("_at"))
_AT_ONCE = {"0d": "0", "0cd": "0"}  # how the first release wrote a limit of no days
LISTS = ("suspensions", "stages")  # kept as JSON, null where empty
_SUSPENSIONS, _STAGES = map(FIELDS.index, LISTS)


def to_values(dossier: Dossier) -> list[Any]:
    """Return the columns of `dossier` in the order of FIELDS: enums and limits as text, lists as JSON."""
    values = list(_values(dossier))
    for at in (_STATUS, _CHANNEL, _LIMIT):
        values[at] = shown(values[at])
    values[_SUSPENSIONS] = [_suspension_json(each) for each in dossier.suspensions] or None
    values[_STAGES] = [_stage_json(each) for each in dossier.stages] or None
    return values


@cache
def shown(value: Status | Channel | TimeLimit | None) -> str | None:
    """Return the text that stands for a status, channel or limit. There are few, and many dossiers."""
    return None if value is None else str(value)


def from_row(row: RowMapping) -> Dossier:
    """Return the dossier a row of the table `dossier` holds."""
    facts = {name: row[name] for name in FIELDS}
    facts["status"] = Status(facts["status"])
    facts["channel"] = Channel(facts["channel"]) if facts["channel"] else None
    facts["time_limit"] = TimeLimit.parse(facts["time_limit"]) if facts["time_limit"] else None
    facts["suspensions"] = read_suspensions(facts["suspensions"])
    facts["stages"] = tuple(map(_stage, facts["stages"] or ()))
    return Dossier(**facts)


def to_document(values: Sequence[Any]) -> str:
    """Return what `to_values` gave as a JSON text: moments in Vietnam's time, what is unknown left out."""
    return to_text({name: value for name, value in zip(FIELDS, values, strict=True) if value})


def document_of(row: RowMapping) -> str:
    """Return the facts a row of the table `dossier` holds, as `to_document` writes them."""
    return to_document([row[name] for name in FIELDS])


def cells_text(cells: Cells) -> str:
    """Return a row's cells as they are kept: a JSON list, in the order of the headings."""
    return cells.written or to_text(cells.texts)


def from_document(text: str) -> Dossier:
    """Return the dossier whose facts this or an earlier release wrote down as `text`."""
    facts = {name: value for name, value in json.decode(text).items() if name in FIELDS}
    facts["status"] = Status(facts["status"])
    facts |= {name: _moment(facts[name]) for name in _MOMENTS if name in facts}
    if "channel" in facts:
        facts["channel"] = Channel(facts["channel"])
    if "time_limit" in facts:
        limit = facts["time_limit"]
        facts["time_limit"] = TimeLimit.parse(_AT_ONCE.get(limit, limit))
    facts["suspensions"] = read_suspensions(facts.get("suspensions"))
    facts["stages"] = tuple(map(_stage, facts.get("stages", ())))
    return Dossier(**facts)


def updated(known: Dossier | None, code: str, reported: Mapping[str, Any]) -> Dossier:
    """Return what is known of `code` with `reported` laid over it; absent fields stay as they are."""
    if known is None:
        return Dossier(code=code, **reported)
    return Dossier(**{**{name: getattr(known, name) for name in FIELDS}, **reported})


def read_suspensions(stored: Sequence[Mapping[str, Any]] | None) -> tuple[Suspension, ...]:
    return tuple(map(_suspension, stored or ()))


def _suspension_json(each: Suspension) -> dict[str, Any]:
    values = {
        "cause": each.cause.value,
        "started_at": _moment_text(each.started_at),
        "ended_at": _moment_text(each.ended_at),
        "note": each.note,
        "is_observed": each.is_observed,
        "is_partial": each.is_partial,
    }
    return {name: value for name, value in values.items() if value}


def _suspension(stored: Mapping[str, Any]) -> Suspension:
    return Suspension(
        cause=Cause(stored["cause"]),
        started_at=datetime.fromisoformat(stored["started_at"]).astimezone(VIETNAM),
        ended_at=_moment(stored.get("ended_at")),
        note=stored.get("note", ""),
        is_observed=stored.get("is_observed", False),
        is_partial=stored.get("is_partial", False),
    )


def _stage_json(each: Stage) -> dict[str, Any]:
    values = {
        "unit": each.unit,
        "started_at": _moment_text(each.started_at),
        "limit": _limit_text(each.limit),
        "due_at": _moment_text(each.due_at),
        "finished_at": _moment_text(each.finished_at),
    }
    return {name: value for name, value in values.items() if value}


def _stage(stored: Mapping[str, Any]) -> Stage:
    limit = stored.get("limit")
    return Stage(
        unit=stored.get("unit", ""),
        started_at=datetime.fromisoformat(stored["started_at"]).astimezone(VIETNAM),
        limit=TimeLimit.parse(limit) if limit else None,
        due_at=_moment(stored.get("due_at")),
        finished_at=_moment(stored.get("finished_at")),
    )


def _limit_text(limit: TimeLimit | None) -> str | None:
    return str(limit) if limit else None


def _moment_text(at: datetime | None) -> str | None:
    return at.astimezone(VIETNAM).isoformat() if at else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(VIETNAM) if text else None
