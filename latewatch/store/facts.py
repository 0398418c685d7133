"""Facts of a dossier ↔ a row of the table `dossier`."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import RowMapping

from latewatch.domain.dossier import Channel, Dossier, Status
from latewatch.domain.limit import TimeLimit
from latewatch.domain.record import Cells
from latewatch.written import FIELDS, read_stages, read_suspensions, to_document, to_text


def from_row(row: RowMapping) -> Dossier:
    """Return the dossier a row of the table `dossier` holds."""
    facts = {name: row[name] for name in FIELDS}
    facts["status"] = Status(facts["status"])
    facts["channel"] = Channel(facts["channel"]) if facts["channel"] else None
    facts["time_limit"] = TimeLimit.parse(facts["time_limit"]) if facts["time_limit"] else None
    facts["suspensions"] = read_suspensions(facts["suspensions"])
    facts["stages"] = read_stages(facts["stages"])
    return Dossier(**facts)


def document_of(row: RowMapping) -> str:
    """Return the facts a row of the table `dossier` holds, as `to_document` writes them."""
    return to_document([row[name] for name in FIELDS])


def cells_text(cells: Cells) -> str:
    """Return a row's cells as they are kept: a JSON list, in the order of the headings."""
    return cells.written or to_text(cells.texts)


def updated(known: Dossier | None, code: str, reported: Mapping[str, Any]) -> Dossier:
    """Return what is known of `code` with `reported` laid over it; absent fields stay as they are."""
    if known is None:
        return Dossier(code=code, **reported)
    return Dossier(**{**{name: getattr(known, name) for name in FIELDS}, **reported})
