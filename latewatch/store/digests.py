"""One digest a desk and day. The row is claimed before the message leaves, so that it leaves once."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, exists, select, update

from latewatch.domain.digest import Counts
from latewatch.store import schema
from latewatch.store.database import insert_or_else


@dataclass(frozen=True, slots=True)
class DigestRecord:
    """What became of one desk's digest of one day: waiting, sending or sent."""

    desk: str
    day: date
    state: str
    counts: Counts
    claimed_at: datetime
    delivered_to: str
    problem: str


def digest_of(connection: Connection, desk: str, day: date) -> DigestRecord | None:
    table = schema.digest.c
    row = (
        connection.execute(select(schema.digest).where(table.desk == desk, table.day == day))
        .mappings()
        .first()
    )
    return _record(row) if row else None


def digest_before(connection: Connection, desk: str, day: date) -> DigestRecord | None:
    """Return the last digest of `desk` that was sent before `day`."""
    table = schema.digest.c
    found = select(schema.digest).where(table.desk == desk, table.day < day, table.state == "sent")
    row = connection.execute(found.order_by(table.day.desc()).limit(1)).mappings().first()
    return _record(row) if row else None


def unfinished_digests(connection: Connection) -> list[DigestRecord]:
    """Return digests whose message failed, or of which it is not known whether it left.

    One that a later digest of its desk has followed is no longer missed.
    """
    table, later = schema.digest.c, schema.digest.alias("later").c
    followed = exists().where(later.desk == table.desk, later.day > table.day, later.state == "sent")
    found = select(schema.digest).where(table.state != "sent", ~followed).order_by(table.day, table.desk)
    return [_record(row) for row in connection.execute(found).mappings()]


def claim(connection: Connection, desk: str, day: date, counts: Counts, at: datetime) -> bool:
    """Claim the sending of this digest for this process; False where another has it or it was sent."""
    table = schema.digest
    values: dict[str, Any] = {"state": "sending", "counts": asdict(counts), "claimed_at": at, "problem": ""}
    mine = (table.c.desk == desk) & (table.c.day == day)
    again = connection.execute(update(table).where(mine, table.c.state == "waiting").values(values))
    if again.rowcount == 1:
        return True
    first = insert_or_else(connection, schema.digest).values(desk=desk, day=day, delivered_to="", **values)
    made = connection.execute(first.on_conflict_do_nothing().returning(schema.digest.c.id))
    return made.first() is not None


def mark(
    connection: Connection, desk: str, day: date, *, is_sent: bool, delivered_to: str, problem: str
) -> None:
    """Say how the claimed sending ended: sent, or waiting for another try because of `problem`."""
    table = schema.digest
    values = {"state": "sent" if is_sent else "waiting", "delivered_to": delivered_to, "problem": problem}
    mine = (table.c.desk == desk) & (table.c.day == day) & (table.c.state == "sending")
    connection.execute(update(table).where(mine).values(values))


def _record(row: RowMapping) -> DigestRecord:
    values = {name: row[name] for name in DigestRecord.__slots__}
    return DigestRecord(**{**values, "counts": Counts(**row["counts"])})
