"""Letters on paper: which wait to be printed, which were printed, and the note of each print."""

from datetime import datetime

from sqlalchemy import Connection, select

from latewatch.domain.letters.sending import DeliveryState, LetterChannel, Outcome
from latewatch.store import schema
from latewatch.store.letters.documents import DocumentKind
from latewatch.store.letters.outbox import Ending, change, delivery_on, note_attempt, queue_print

_DELIVERY = schema.delivery.c
_ATTEMPT = schema.delivery_attempt.c
_DOCUMENT = schema.letter_document.c


def waiting_for_print(connection: Connection) -> set[int]:
    """Return the letters on the print list."""
    mine = (_DELIVERY.channel == LetterChannel.PRINT) & (_DELIVERY.state == DeliveryState.WAITING)
    return set(connection.execute(select(_DELIVERY.letter_id).where(mine)).scalars())


def printed_before(connection: Connection) -> set[int]:
    """Return the letters that were printed at least once, be it to be signed."""
    found = select(_DELIVERY.letter_id).join(schema.delivery_attempt, _ATTEMPT.delivery_id == _DELIVERY.id)
    return set(connection.execute(found.where(_ATTEMPT.outcome == Outcome.PRINTED)).scalars())


def with_document(connection: Connection, *kinds: DocumentKind) -> set[int]:
    """Return the letters of which a document of one of these kinds is kept."""
    return set(connection.execute(select(_DOCUMENT.letter_id).where(_DOCUMENT.kind.in_(kinds))).scalars())


def note_print(
    connection: Connection, letter_id: int, at: datetime, answer: str, *, by: str, goes_out: bool
) -> None:
    """Note that a letter was printed. What `goes_out` is off the print list; what is to be signed waits."""
    queue_print(connection, letter_id, at, by=by)
    row = delivery_on(connection, letter_id, LetterChannel.PRINT)
    if row is None:  # it was just queued, or there before
        raise AssertionError
    ending = Ending(state=DeliveryState.SENT, outcome=Outcome.PRINTED, answer=answer)
    if not (goes_out and change(connection, row.id, [DeliveryState.WAITING], ending, at)):
        note_attempt(connection, row.id, at, Outcome.PRINTED, answer)
