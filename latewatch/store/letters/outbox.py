"""The outbox: one row a letter and channel, and a row for each attempt and what was learned of it later.

A row is claimed and committed before anything leaves, and settled after: whoever dies in between leaves a
claim, and what was claimed is never sent again by itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, exists, func, insert, select, update

from latewatch.domain.dossier import Dossier, Status
from latewatch.domain.letters.life import LetterState
from latewatch.domain.letters.sending import ELECTRONIC, DeliveryState, LetterChannel, Outcome
from latewatch.store import schema
from latewatch.store.database import insert_or_else

_DELIVERY = schema.delivery.c
_ATTEMPT = schema.delivery_attempt.c
_LETTER = schema.letter.c
GOES_OUT = (LetterState.SIGNED, LetterState.SENT, LetterState.CONFIRMED)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDelivery:
    """A letter on one channel. `problem` is the newest reason why it did not go, empty where it did."""

    id: int
    letter_id: int
    code: str
    letter_state: LetterState
    channel: LetterChannel
    state: DeliveryState
    next_at: datetime | None
    claimed_at: datetime | None
    attempts: int
    reference: str
    problem: str
    queued_at: datetime
    queued_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How an attempt ended, and where that leaves the row."""

    state: DeliveryState
    outcome: Outcome
    answer: str
    problem: str = ""
    next_at: datetime | None = None
    begins_anew: bool = False  # what was tried before no longer counts


@dataclass(frozen=True, slots=True)
class Planned:
    """A row to be: when it may leave at the earliest, and what the receiving system is to call it."""

    next_at: datetime
    reference: str = ""


def queue(
    connection: Connection,
    letter_id: int,
    plan: Mapping[LetterChannel, Planned],
    at: datetime,
    *,
    by: str,
    problem: str = "",
) -> list[LetterChannel]:
    """Put a letter into the outbox on the channels of `plan`; return those it was not on before."""
    made = []
    for channel, each in plan.items():
        row = insert_or_else(connection, schema.delivery).values(
            letter_id=letter_id,
            channel=channel,
            state=DeliveryState.WAITING,
            next_at=each.next_at,
            attempts=0,
            reference=each.reference,
            problem=problem,
            queued_at=at,
            queued_by=by,
        )
        if connection.execute(row.on_conflict_do_nothing().returning(_DELIVERY.id)).first():
            made.append(channel)
    return made


def queue_print(connection: Connection, letter_id: int, at: datetime, *, by: str, problem: str = "") -> bool:
    """Put a letter on the print list, `problem` saying why; False where it is or was on it."""
    return bool(queue(connection, letter_id, {LetterChannel.PRINT: Planned(at)}, at, by=by, problem=problem))


def deliveries(connection: Connection, *conditions: ColumnElement[bool]) -> list[StoredDelivery]:
    """Return the rows that meet `conditions`, in the order in which they were put into the outbox."""
    found = (
        select(schema.delivery, schema.dossier.c.code, _LETTER.state.label("letter_state"))
        .join(schema.letter, _LETTER.id == _DELIVERY.letter_id)
        .join(schema.dossier, schema.dossier.c.id == _LETTER.dossier_id)
        .where(*conditions)
        .order_by(_DELIVERY.id)
    )
    return [_stored(row) for row in connection.execute(found).mappings()]


def _stored(row: RowMapping) -> StoredDelivery:
    values: dict[str, Any] = {name: row[name] for name in StoredDelivery.__slots__}
    kinds = {"letter_state": LetterState, "channel": LetterChannel, "state": DeliveryState}
    return StoredDelivery(**{**values, **{name: kind(row[name]) for name, kind in kinds.items()}})


def deliveries_of(connection: Connection, letter_id: int) -> list[StoredDelivery]:
    return deliveries(connection, _DELIVERY.letter_id == letter_id)


def delivery_on(connection: Connection, letter_id: int, channel: LetterChannel) -> StoredDelivery | None:
    return next(
        iter(deliveries(connection, _DELIVERY.letter_id == letter_id, _DELIVERY.channel == channel)), None
    )


def delivery_with(connection: Connection, reference: str) -> StoredDelivery | None:
    """Return the row whose message the receiving system calls `reference`."""
    return next(iter(deliveries(connection, _DELIVERY.reference == reference)), None) if reference else None


def in_delivery_states(states: Iterable[DeliveryState]) -> ColumnElement[bool]:
    return _DELIVERY.state.in_(list(states))


def due_deliveries(
    connection: Connection, at: datetime, letter_ids: Sequence[int] | None = None
) -> list[StoredDelivery]:
    """Return what may leave by itself at `at`, of these letters or of all; paper is taken by a person."""
    is_due = [_WAITS, _DELIVERY.channel.in_(ELECTRONIC), _DELIVERY.next_at <= at]
    if letter_ids is not None:
        is_due.append(_DELIVERY.letter_id.in_(letter_ids))
    return deliveries(connection, *is_due)


_WAITS = _DELIVERY.state == DeliveryState.WAITING


def claim(connection: Connection, delivery_id: int, at: datetime) -> bool:
    """Claim one attempt for this process; False where another has it, or the letter was cancelled.

    Commit before the message leaves.
    """
    goes_out = exists().where(_LETTER.id == _DELIVERY.letter_id, _LETTER.state.in_(GOES_OUT))
    mine = (_DELIVERY.id == delivery_id) & _WAITS & goes_out
    values = {"state": DeliveryState.SENDING, "claimed_at": at, "attempts": _DELIVERY.attempts + 1}
    return connection.execute(update(schema.delivery).where(mine).values(values)).rowcount == 1


def settle(
    connection: Connection, delivery_id: int, claimed_at: datetime, ending: Ending, at: datetime
) -> bool:
    """Say how the attempt that was claimed at `claimed_at` ended; False where it is no longer this one's.

    Who was only slow knows better than who called it doubtful meanwhile.
    """
    open_states = (DeliveryState.SENDING, DeliveryState.DOUBTFUL)
    mine = (_DELIVERY.claimed_at == claimed_at) & in_delivery_states(open_states)
    return _change(connection, delivery_id, mine, ending, at)


def change(
    connection: Connection, delivery_id: int, states: Iterable[DeliveryState], ending: Ending, at: datetime
) -> bool:
    """Note what was learned of a row in one of `states` and where that leaves it; else False."""
    return _change(connection, delivery_id, in_delivery_states(states), ending, at)


def _change(
    connection: Connection, delivery_id: int, condition: ColumnElement[bool], ending: Ending, at: datetime
) -> bool:
    values: dict[str, Any] = {"state": ending.state, "problem": ending.problem, "next_at": ending.next_at}
    values |= {"attempts": 0} if ending.begins_anew else {}
    mine = (_DELIVERY.id == delivery_id) & condition
    if connection.execute(update(schema.delivery).where(mine).values(values)).rowcount != 1:
        return False
    note_attempt(connection, delivery_id, at, ending.outcome, ending.answer)
    return True


def note_attempt(
    connection: Connection, delivery_id: int, at: datetime, outcome: Outcome, answer: str
) -> None:
    row = {"delivery_id": delivery_id, "at": at, "outcome": outcome, "answer": answer}
    connection.execute(insert(schema.delivery_attempt).values(row))


def note_once(connection: Connection, delivery_id: int, at: datetime, outcome: Outcome, answer: str) -> None:
    """Note what was learned of a row, unless the same was noted before."""
    same = (_ATTEMPT.delivery_id == delivery_id) & (_ATTEMPT.outcome == outcome) & (_ATTEMPT.answer == answer)
    if connection.execute(select(_ATTEMPT.id).where(same)).first() is None:
        note_attempt(connection, delivery_id, at, outcome, answer)


def lost_claims(connection: Connection, before: datetime) -> list[StoredDelivery]:
    """Return the attempts claimed before `before` of which nobody said how they ended."""
    return deliveries(connection, _DELIVERY.state == DeliveryState.SENDING, _DELIVERY.claimed_at < before)


def drop_needless(connection: Connection) -> int:
    """Let what waits of cancelled letters wait no longer, paper included; return how many rows that were."""
    cancelled = select(_LETTER.id).where(_LETTER.state == LetterState.CANCELLED)
    mine = _WAITS & _DELIVERY.letter_id.in_(cancelled)
    values = {"state": DeliveryState.NEEDLESS, "next_at": None, "problem": "văn bản đã hủy trước khi gửi"}
    return connection.execute(update(schema.delivery).where(mine).values(values)).rowcount


@dataclass(frozen=True, slots=True)
class Trouble:
    """What did not go out, or may not have; `units` are those of its dossier, nothing else of it."""

    code: str
    channel: LetterChannel
    state: DeliveryState
    units: Dossier


def troubles(connection: Connection) -> list[Trouble]:
    """Return what failed or is doubtful of letters nobody has confirmed, and that nothing made up for.

    A person who was reached by e-mail or on paper needs nothing more; a desk that was not told does.
    """
    other = schema.delivery.alias("other").c
    letter_ways = (LetterChannel.EMAIL, LetterChannel.PRINT)
    is_reached = exists().where(
        other.letter_id == _DELIVERY.letter_id,
        other.channel.in_(letter_ways),
        other.state == DeliveryState.SENT,
    )
    names = ("receiving_unit", "resolving_unit", "department")
    dossier = schema.dossier.c
    units = (func.coalesce(dossier[name], "").label(name) for name in names)
    found = (
        select(dossier.code, _DELIVERY.channel, _DELIVERY.state, *units)
        .join(schema.letter, _LETTER.id == _DELIVERY.letter_id)
        .join(schema.dossier, dossier.id == _LETTER.dossier_id)
        .where(in_delivery_states([DeliveryState.FAILED, DeliveryState.DOUBTFUL]))
        .where(_LETTER.state.in_([LetterState.SIGNED, LetterState.SENT]))
        .where((_DELIVERY.channel == LetterChannel.DESK) | ~is_reached)
        .order_by(_DELIVERY.id)
    )
    return [
        Trouble(
            row["code"],
            LetterChannel(row["channel"]),
            DeliveryState(row["state"]),
            Dossier(code="", status=Status.RECEIVED, **{name: row[name] for name in names}),
        )
        for row in connection.execute(found).mappings()
    ]


def is_signed_here(connection: Connection, letter_id: int) -> bool:
    """Tell whether a signed PDF is kept; else the letter was signed on paper."""
    document = schema.letter_document.c
    found = select(document.id).where(document.letter_id == letter_id, document.kind == "signed")
    return connection.execute(found).first() is not None
