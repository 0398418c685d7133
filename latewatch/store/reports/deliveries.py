"""One message a unit, period and edition of its reports. The row is claimed before the message leaves."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, and_, or_, select, update

from latewatch.store import schema
from latewatch.store.database import insert_or_else

_TABLE = schema.report_delivery
WAITING, SENDING, SENT, DOUBTFUL = "waiting", "sending", "sent", "doubtful"


@dataclass(frozen=True, slots=True)
class Sending:
    """What one message is of: `edition` is the number of the newest report in it."""

    unit: str
    first: date
    last: date
    edition: int


@dataclass(frozen=True, slots=True)
class StoredSending:
    """What became of a message."""

    sending: Sending
    state: str
    claimed_at: datetime
    next_at: datetime | None
    delivered_to: str
    problem: str
    again_by: str = ""


def sendings(connection: Connection) -> list[StoredSending]:
    """Return every message there was, the oldest first."""
    names = ("state", "claimed_at", "next_at", "delivered_to", "problem", "again_by")
    rows = connection.execute(select(_TABLE).order_by(_TABLE.c.id)).mappings()
    return [
        StoredSending(
            Sending(row["unit"], row["first"], row["last"], row["edition"]), *(row[name] for name in names)
        )
        for row in rows
    ]


def unfinished(found: Iterable[StoredSending]) -> list[StoredSending]:
    """Return what failed, may have left, or was refused to some; not what a later edition has followed."""
    newest = {(each.sending.unit, each.sending.first, each.sending.last): each for each in found}
    return [each for each in newest.values() if each.state != SENT or each.problem]


def claim(connection: Connection, sending: Sending, at: datetime) -> bool:
    """Claim a message for this process; False where another has it, it was sent, or its time has not come."""
    mine = _is(sending) & (_TABLE.c.state == WAITING)
    is_due = or_(_TABLE.c.next_at.is_(None), _TABLE.c.next_at <= at)
    values = {"state": SENDING, "claimed_at": at, "problem": ""}
    if connection.execute(update(_TABLE).where(mine, is_due).values(values)).rowcount == 1:
        return True
    first = insert_or_else(connection, _TABLE).values(
        unit=sending.unit,
        first=sending.first,
        last=sending.last,
        edition=sending.edition,
        delivered_to="",
        again_by="",
        **values,
    )
    made = connection.execute(first.on_conflict_do_nothing().returning(_TABLE.c.id))
    return made.first() is not None


def release(connection: Connection, known: StoredSending, by: str) -> bool:
    """Let a message leave once more that may have left; False where it has changed since it was `known`."""
    same = (_TABLE.c.state == known.state) & (_TABLE.c.claimed_at == known.claimed_at)
    values = {"state": WAITING, "next_at": None, "problem": "", "again_by": by}
    return connection.execute(update(_TABLE).where(_is(known.sending), same).values(values)).rowcount == 1


def mark(  # noqa: PLR0917  all that is known of an attempt
    connection: Connection,
    sending: Sending,
    state: str,
    delivered_to: str,
    problem: str,
    next_at: datetime | None,
) -> None:
    """Say how the claimed attempt ended."""
    values = {"state": state, "delivered_to": delivered_to, "problem": problem, "next_at": next_at}
    claimed = _is(sending) & (_TABLE.c.state == SENDING)
    connection.execute(update(_TABLE).where(claimed).values(values))


def _is(sending: Sending) -> ColumnElement[bool]:
    names = ("unit", "first", "last", "edition")
    return and_(*(_TABLE.c[name] == getattr(sending, name) for name in names))
