"""Facts of a dossier ↔ what the database and JSON hold. One list of fields serves both."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping

from latewatch.clock import VIETNAM
from latewatch.domain.deadline import TimeLimit
from latewatch.domain.dossier import Channel, Dossier, Status

FIELDS = tuple(field.name for field in fields(Dossier))


def to_row(dossier: Dossier) -> dict[str, Any]:
    """Return the columns of `dossier`: enums and limits as text, moments as they are."""
    row = {name: getattr(dossier, name) for name in FIELDS}
    row["status"] = dossier.status.value
    row["channel"] = dossier.channel.value if dossier.channel else None
    row["time_limit"] = str(dossier.time_limit) if dossier.time_limit else None
    return row


def from_row(row: RowMapping) -> Dossier:
    """Return the dossier a row of the table `dossier` holds."""
    facts = {name: row[name] for name in FIELDS}
    facts["status"] = Status(facts["status"])
    facts["channel"] = Channel(facts["channel"]) if facts["channel"] else None
    facts["time_limit"] = TimeLimit.parse(facts["time_limit"]) if facts["time_limit"] else None
    return Dossier(**facts)


def to_json(dossier: Dossier) -> dict[str, Any]:
    """Return the facts as JSON holds them: moments in Vietnam's time, what is unknown left out."""
    facts = {}
    for name, value in to_row(dossier).items():
        if isinstance(value, datetime):
            facts[name] = value.astimezone(VIETNAM).isoformat()
        elif value not in (None, ""):
            facts[name] = value
    return facts


def updated(known: Dossier | None, code: str, reported: Mapping[str, Any]) -> Dossier:
    """Return what is known of `code` with `reported` laid over it; absent fields stay as they are."""
    if known is None:
        return Dossier(code=code, **reported)
    return Dossier(**{**{name: getattr(known, name) for name in FIELDS}, **reported})
