"""One digest a desk and day. The row is claimed before the message leaves, so that it leaves once."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, exists, select, update

from latewatch.domain.digest import Counts
from latewatch.store import schema
from latewatch.store.database import insert_or_else

LOOK_BACK = 31  # digests: what was held back for longer is in the list of the late all the same


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
    held: tuple[str, ...] = ()  # sources of whose dossiers it did not say what is new


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


def told_on(connection: Connection, desk: str, day: date, sources: Iterable[str]) -> dict[str, date]:
    """Return, for each source, the day of the last digest before `day` that said what was new of it.

    What the digests since held back is still to be told. Where all held it back it is the day of the first
    of them; a source is absent where no digest was sent.
    """
    table = schema.digest.c
    sent = select(table.day, table.held).where(table.desk == desk, table.day < day, table.state == "sent")
    digests = connection.execute(sent.order_by(table.day.desc()).limit(LOOK_BACK)).all()
    if not digests:
        return {}
    return {
        source: next((each.day for each in digests if source not in (each.held or ())), digests[-1].day)
        for source in sources
    }


def unfinished_digests(connection: Connection) -> list[DigestRecord]:
    """Return digests whose message failed, or of which it is not known whether it left.

    One that a later digest of its desk has followed is no longer missed.
    """
    table, later = schema.digest.c, schema.digest.alias("later").c
    followed = exists().where(later.desk == table.desk, later.day > table.day, later.state == "sent")
    found = select(schema.digest).where(table.state != "sent", ~followed).order_by(table.day, table.desk)
    return [_record(row) for row in connection.execute(found).mappings()]


def claim(
    connection: Connection, desk: str, day: date, counts: Counts, at: datetime, *, held: Iterable[str] = ()
) -> bool:
    """Claim the sending of this digest for this process; False where another has it or it was sent.

    `held` are the sources of whose dossiers it does not say what is new.
    """
    table = schema.digest
    values: dict[str, Any] = {
        "state": "sending",
        "counts": asdict(counts),
        "claimed_at": at,
        "problem": "",
        "held": list(held) or None,
    }
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
    return DigestRecord(**{**values, "counts": Counts(**row["counts"]), "held": tuple(row["held"] or ())})
