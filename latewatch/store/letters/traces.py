"""What a letter left behind: its documents by their hashes, and everything that was tried to send it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from latewatch.domain.letters.sending import DeliveryState, LetterChannel
from latewatch.store import schema
from latewatch.store.letters.documents import DocumentKind


@dataclass(frozen=True, slots=True)
class DocumentTrace:
    """A kept document without its bytes."""

    kind: DocumentKind
    sha256: str
    size: int
    made_at: datetime
    report: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of a delivery and what the other side said."""

    at: datetime
    outcome: str
    answer: str


@dataclass(frozen=True, slots=True)
class DeliveryTrace:
    """What became of a letter on one channel."""

    channel: LetterChannel
    state: DeliveryState
    next_at: datetime | None
    reference: str
    problem: str
    attempts: list[Attempt]


def document_traces(connection: Connection, letter_id: int) -> list[DocumentTrace]:
    """Return the documents of one letter, the oldest first."""
    table = schema.letter_document.c
    size = func.length(table.content).label("size")
    found = select(table.kind, table.sha256, size, table.made_at, table.report)
    rows = connection.execute(found.where(table.letter_id == letter_id).order_by(table.id)).mappings()
    return [DocumentTrace(**{**row, "kind": DocumentKind(row["kind"])}) for row in rows]


def delivery_traces(connection: Connection, letter_id: int) -> list[DeliveryTrace]:
    """Return what was sent of one letter, by channel, with every attempt."""
    table, attempts = schema.delivery.c, _attempts(connection, letter_id)
    found = select(schema.delivery).where(table.letter_id == letter_id).order_by(table.id)
    return [
        DeliveryTrace(
            LetterChannel(row.channel),
            DeliveryState(row.state),
            row.next_at,
            row.reference,
            row.problem,
            attempts.get(row.id, []),
        )
        for row in connection.execute(found)
    ]


def is_leaving(connection: Connection, letter_id: int) -> bool:
    """Tell whether some process is sending the letter right now, or died while it did, not long ago."""
    table = schema.delivery.c
    mine = (table.letter_id == letter_id) & (table.state == DeliveryState.SENDING)
    return connection.execute(select(table.id).where(mine).limit(1)).first() is not None


def _attempts(connection: Connection, letter_id: int) -> dict[int, list[Attempt]]:
    table = schema.delivery_attempt.c
    found = (
        select(table.delivery_id, table.at, table.outcome, table.answer)
        .join(schema.delivery, schema.delivery.c.id == table.delivery_id)
        .where(schema.delivery.c.letter_id == letter_id)
        .order_by(table.id)
    )
    tried: dict[int, list[Attempt]] = {}
    for row in connection.execute(found):
        tried.setdefault(row.delivery_id, []).append(Attempt(row.at, row.outcome, row.answer))
    return tried
