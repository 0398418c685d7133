"""What is kept as JSON text: any value, and the facts of a dossier. One list of fields serves all."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from functools import cache
from operator import attrgetter
from typing import Any

import msgspec

from latewatch.clock import VIETNAM
from latewatch.domain.dossier import Cause, Channel, Dossier, Stage, Status, Suspension
from latewatch.domain.limit import TimeLimit
from latewatch.packed import Lines, Same

FIELDS = tuple(field.name for field in fields(Dossier))
# The fields whose values a document lists, by the number it begins with. What is written stays as it is for
# good: a release with other fields adds a form, and writes that.
FORMS = {
    1: (
        *("code", "status", "status_text", "received_at", "promised_at", "processed_at", "returned_at"),
        *("submitted_at", "time_limit", "procedure_code", "procedure", "field", "channel", "receiving_unit"),
        *("resolving_unit", "department", "officer", "step", "applicant", "address", "phone", "email"),
        *("suspensions", "stages"),
    )
}
FORM = max(FORMS)
SHOWN = ("status", "channel", "time_limit")  # kept as the text that stands for them
LISTS = ("suspensions", "stages")  # kept as JSON, null where empty
_values = attrgetter(*FIELDS)
_STATUS, _CHANNEL, _LIMIT = map(FIELDS.index, SHOWN)
MOMENTS = tuple(name for name in FIELDS if name.endswith("_at"))
_AT_ONCE = {"0d": "0", "0cd": "0"}  # how the first release wrote a limit of no days
_SUSPENSIONS, _STAGES = map(FIELDS.index, LISTS)
_BLANK = {each.name: None if each.name in LISTS else each.default for each in fields(Dossier)}


def _kin(value: Any) -> str:
    """Encode what is derived from a date or moment, which the encoder knows by their own types only."""
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"no JSON for {type(value).__name__}")


_json = msgspec.json.Encoder(enc_hook=_kin)
_decode = msgspec.json.Decoder(dict[str, Any] | list[Any]).decode


def to_text(value: Any) -> str:
    """Return `value` as JSON: letters as they are, moments in ISO 8601 with their offset."""
    return _json.encode(value).decode()


def to_lines(values: Iterable[Any]) -> Lines:
    """Return each of `values` as `to_text` does: no text in JSON breaks a line."""
    return Lines(_json.encode_lines(list(values)))  # of an iterator the encoder never lets go


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


def to_document(values: Sequence[Any]) -> str:
    """Return what `to_values` gave as a JSON list, its form ahead: moments in Vietnam's time."""
    return to_text([FORM, *values])


def to_columns(codes: Sequence[str], facts: Mapping[str, Sequence[Any]]) -> list[Sequence[Any]]:
    """Return the columns of dossiers that nothing interrupts, in the order of FIELDS, as `to_values` of each.

    `facts` goes from some of the fields to their values.
    """
    return [codes, *(_column(name, facts.get(name), len(codes)) for name in FIELDS[1:])]


def _column(name: str, values: Sequence[Any] | None, length: int) -> Sequence[Any]:
    if values is None or name in LISTS:
        return Same(_BLANK[name], length)
    return list(map(shown, values)) if name in SHOWN else values


def to_documents(columns: Sequence[Sequence[Any]]) -> Lines:
    """Return what `to_document` makes of each row of `columns`: of many the fastest way."""
    return to_lines(zip(Same(FORM, len(columns[0])), *columns, strict=True))


def from_document(text: str) -> Dossier:
    """Return the dossier whose facts this or an earlier release wrote down as `text`."""
    facts = {name: value for name, value in in_document(text).items() if value and name in FIELDS}
    facts["status"] = Status(facts["status"])
    facts |= {name: _moment(facts[name]) for name in MOMENTS if name in facts}
    if "channel" in facts:
        facts["channel"] = Channel(facts["channel"])
    if "time_limit" in facts:
        limit = facts["time_limit"]
        facts["time_limit"] = TimeLimit.parse(_AT_ONCE.get(limit, limit))
    facts["suspensions"] = read_suspensions(facts.get("suspensions"))
    facts["stages"] = read_stages(facts.get("stages"))
    return Dossier(**facts)


def in_document(text: str) -> dict[str, Any]:
    """Return the values of a document by their fields; the first releases wrote the names beside them."""
    told = _decode(text)
    return told if isinstance(told, dict) else dict(zip(FORMS[told[0]], told[1:], strict=True))


def read_suspensions(stored: Sequence[Mapping[str, Any]] | None) -> tuple[Suspension, ...]:
    return tuple(map(_suspension, stored or ()))


def read_stages(stored: Sequence[Mapping[str, Any]] | None) -> tuple[Stage, ...]:
    return tuple(map(_stage, stored or ()))


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
