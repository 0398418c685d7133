"""How long finished dossiers took: what a proposed new date is compared with, all procedures in one query."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from latewatch.domain.dossier import Dossier, Status
from latewatch.store import schema
from latewatch.store.facts import read_suspensions

_DOSSIER = schema.dossier.c
_TEXTS = ("procedure_code", "procedure", "resolving_unit", "department")


@dataclass(frozen=True, slots=True)
class Finished:
    """A dossier with a result, as far as it tells how long it took: nothing of whose it was."""

    dossier: Dossier
    received_at: datetime
    finished_at: datetime


def finished_between(connection: Connection, first: datetime, last: datetime) -> Iterator[Finished]:
    """Yield what was received and got its result from `first` to `last`."""
    names = ("received_at", "processed_at", "suspensions", *_TEXTS)
    found = select(*(_DOSSIER[name] for name in names)).where(
        _DOSSIER.status.in_([Status.DONE.value, Status.RETURNED.value]),
        _DOSSIER.processed_at.between(first, last),
        _DOSSIER.received_at <= _DOSSIER.processed_at,
    )
    for row in connection.execute(found).mappings():
        dossier = Dossier(
            code="",
            status=Status.DONE,
            received_at=row["received_at"],
            processed_at=row["processed_at"],
            suspensions=read_suspensions(row["suspensions"]),
            **{name: row[name] for name in _TEXTS},
        )
        yield Finished(dossier, row["received_at"], row["processed_at"])
