"""How long finished dossiers took: what a proposed new date is compared with, all procedures in one query."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select

from latewatch.domain.dossier import Status, Suspension
from latewatch.store import schema
from latewatch.written import read_suspensions

_DOSSIER = schema.dossier.c


class Names(NamedTuple):
    """Which procedure, and who resolved it."""

    procedure_code: str
    procedure: str
    resolving_unit: str
    department: str


class Finished(NamedTuple):
    """A dossier with a result, as far as it tells how long it took: nothing of whose it was."""

    names: Names
    received_at: datetime
    finished_at: datetime
    suspensions: tuple[Suspension, ...]


def finished_between(connection: Connection, first: datetime, last: datetime) -> Iterator[Finished]:
    """Yield what was received and got its result from `first` to `last`."""
    moments = (_DOSSIER.received_at, _DOSSIER.processed_at, _DOSSIER.suspensions)
    found = select(*(_DOSSIER[name] for name in Names._fields), *moments).where(
        _DOSSIER.status.in_([Status.DONE.value, Status.RETURNED.value]),
        _DOSSIER.processed_at.between(first, last),
        _DOSSIER.received_at <= _DOSSIER.processed_at,
    )
    for *names, received_at, finished_at, stored in connection.execute(found):
        yield Finished(Names(*names), received_at, finished_at, read_suspensions(stored) if stored else ())
