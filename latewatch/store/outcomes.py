"""What a batch did: its account, the rows it set aside, what it changed of which dossier."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import Connection, RowMapping, select

from latewatch.domain.dossier import Dossier
from latewatch.domain.record import Rejected
from latewatch.errors import Place
from latewatch.store import schema
from latewatch.store.batches import CHUNK
from latewatch.written import from_document


@dataclass(frozen=True, slots=True)
class Outcome:
    """The account of one batch."""

    id: int
    source: str
    origin: str
    state: str
    taken_at: datetime
    read: int
    new: int
    changed: int
    unchanged: int
    rejected: int
    fields: list[str]
    warnings: list[str]
    awaited: list[str] | None


def outcome_of(connection: Connection, batch_id: int) -> Outcome | None:
    """Return the account of a batch, or None where there is none of this number."""
    columns = [schema.batch.c[each.name] for each in fields(Outcome)]
    row = connection.execute(select(*columns).where(schema.batch.c.id == batch_id)).first()
    return Outcome(*row) if row else None


def set_aside(connection: Connection, batch_id: int) -> list[Rejected]:
    """Return the rows a batch could not take, sheet by sheet as they were met, each by its number."""
    table = schema.rejection.c
    found = select(schema.rejection).where(table.batch_id == batch_id).order_by(table.id)
    rows = connection.execute(found).mappings().all()
    sheets = {name: at for at, name in enumerate(dict.fromkeys(row["sheet"] for row in rows))}
    rejected = map(rejected_in, rows)
    return sorted(rejected, key=lambda each: (sheets[each.place.sheet], each.place.row))


def rejected_in(row: RowMapping) -> Rejected:
    """Return what a row of the table `rejection` holds."""
    place = Place(row["file"], row["sheet"], row["row"])
    return Rejected(place, row["column"], row["reason"], row["raw"], row["code"])


def told_anew(connection: Connection, batch_id: int) -> Iterator[tuple[Dossier | None, Dossier]]:
    """Yield the dossiers of which a batch told something new, as they were known before and after it."""
    after, before = schema.record_version.alias(), schema.record_version.alias()
    earlier = (before.c.code == after.c.code) & (before.c.version == after.c.version - 1)
    found = (
        select(before.c.facts.label("before"), after.c.facts.label("after"))
        .select_from(after.outerjoin(before, earlier))
        .where(after.c.batch_id == batch_id, after.c.facts.is_not(None))
        .order_by(after.c.id)
    )
    for row in connection.execute(found):
        yield from_document(row.before) if row.before else None, from_document(row.after)


def due_dates(connection: Connection, codes: Sequence[str]) -> dict[str, datetime | None]:
    """Return the due dates of `codes` as they are assessed now."""
    dossier, made = schema.dossier.c, schema.assessment.c
    known: dict[str, datetime | None] = {}
    for start in range(0, len(codes), CHUNK):
        part = dossier.code.in_(codes[start : start + CHUNK])
        joined = schema.dossier.join(schema.assessment, made.dossier_id == dossier.id)
        found = connection.execute(select(dossier.code, made.due_at).select_from(joined).where(part))
        known |= {row.code: row.due_at for row in found}
    return known
