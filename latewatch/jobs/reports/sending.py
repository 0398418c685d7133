"""Frozen reports leave for their addressees on the set day, once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage

from latewatch.errors import DeliveryError, StoreError
from latewatch.jobs.office import Office
from latewatch.jobs.reports.mail import composed, message_name
from latewatch.jobs.reports.parcels import Parcel, parcels
from latewatch.notify.delivery import Delivery
from latewatch.notify.smtp_answers import PartialDeliveryError
from latewatch.store.reports.deliveries import (
    DOUBTFUL,
    SENT,
    WAITING,
    Sending,
    StoredSending,
    claim,
    mark,
    sendings,
)


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a parcel: sent, waiting for another try, doubtful, or it had left before."""

    parcel: Parcel
    state: str
    is_new: bool
    delivered_to: str = ""
    problem: str = ""


def send_reports(office: Office, now: datetime, delivery: Delivery) -> list[Sent]:
    """Send what is due. A failed message is tried again later; one that may have left is not sent again.

    A run that is killed while sending leaves its message claimed: `latewatch check` tells of it.
    """
    with office.store.reading() as connection:
        due = [each for each in parcels(office, connection, now) if each.leaves_at <= now]
    return send_parcels(office, due, now, delivery)


def send_parcels(office: Office, due: Sequence[Parcel], now: datetime, delivery: Delivery) -> list[Sent]:
    """Send those of `due` that have not left, and cannot have."""
    with office.store.reading() as connection:
        known = {each.sending: each for each in sendings(connection)}
        free = [each for each in due if _may_leave(each, known)]
        messages = {each: composed(office, connection, each, known) for each in free}
    return [
        _send(office, each, messages[each], now, delivery) if each in messages else _before(each, known)
        for each in due
    ]


def _may_leave(parcel: Parcel, known: dict[Sending, StoredSending]) -> bool:
    stored = known.get(parcel.sending)
    return stored is None or stored.state == WAITING


def _before(parcel: Parcel, known: dict[Sending, StoredSending]) -> Sent:
    stored = known[parcel.sending]
    return Sent(parcel, stored.state, is_new=False, delivered_to=stored.delivered_to, problem=stored.problem)


def _send(
    office: Office, parcel: Parcel, message: EmailMessage | DeliveryError, now: datetime, delivery: Delivery
) -> Sent:
    with office.store.writing() as connection:
        if not claim(connection, parcel.sending, now):
            return Sent(parcel, WAITING, is_new=False)
    state, where, problem = _delivered(message, message_name(parcel), delivery)
    again = now + timedelta(minutes=office.settings.sending.retry_minutes) if state == WAITING else None
    with office.store.writing() as connection:
        mark(connection, parcel.sending, state, where, problem, again)
    return Sent(parcel, state, is_new=True, delivered_to=where, problem=problem)


def _delivered(message: EmailMessage | DeliveryError, name: str, delivery: Delivery) -> tuple[str, str, str]:
    """Hand the message over. Where only some recipients were taken it is sent: the others are a remark."""
    if isinstance(message, DeliveryError):
        return WAITING, "", str(message)
    try:
        return SENT, delivery.deliver(message, name), ""
    except PartialDeliveryError as e:
        return SENT, "", str(e)
    except DeliveryError as e:
        return (DOUBTFUL if e.doubtful else WAITING), "", str(e)
    except StoreError as e:
        return WAITING, "", str(e)
