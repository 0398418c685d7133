"""One digest a desk and day. The row is claimed before the message leaves, so that it leaves once."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import Connection, RowMapping, insert, select, update
from sqlalchemy.exc import IntegrityError

from latewatch.domain.digest import Counts
from latewatch.store import schema


@dataclass(frozen=True, slots=True)
class DigestRecord:
    """What became of one desk's digest of one day: waiting, sending or sent."""

    desk: str
    day: date
    state: str
    counts: Counts
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
    """Return digests whose message failed, or of which it is not known whether it left."""
    found = select(schema.digest).where(schema.digest.c.state != "sent").order_by(schema.digest.c.day)
    return [_record(row) for row in connection.execute(found).mappings()]


def claim(connection: Connection, desk: str, day: date, counts: Counts, at: datetime) -> bool:
    """Claim the sending of this digest for this process; False where another has it or it was sent."""
    table = schema.digest
    values = {"state": "sending", "counts": asdict(counts), "claimed_at": at, "problem": ""}
    mine = (table.c.desk == desk) & (table.c.day == day)
    again = connection.execute(update(table).where(mine, table.c.state == "waiting").values(values))
    if again.rowcount == 1:
        return True
    try:
        with connection.begin_nested():
            connection.execute(insert(table).values(desk=desk, day=day, delivered_to="", **values))
    except IntegrityError:
        return False
    return True


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
