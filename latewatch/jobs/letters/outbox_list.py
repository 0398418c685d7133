"""What lies in the outbox, as a person reads it: no address, and what needs somebody."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from latewatch.domain.letters.phone import masked_phone
from latewatch.domain.letters.sending import (
    CHANNEL_LABELS,
    DELIVERY_LABELS,
    UNSETTLED,
    DeliveryState,
    LetterChannel,
)
from latewatch.domain.names import DeskName
from latewatch.domain.standing import Case
from latewatch.jobs.assess import Deadlines
from latewatch.jobs.office import Office
from latewatch.notify.smtp_answers import masked
from latewatch.store.cases import assessed, with_code
from latewatch.store.letters.outbox import StoredDelivery, Trouble, deliveries, in_delivery_states, troubles


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A row of the outbox as a person reads it; `to` is masked."""

    code: str
    unit: str
    channel: LetterChannel
    state: DeliveryState
    next_at: datetime | None
    attempts: int
    to: str
    problem: str


def outbox(office: Office, states: Iterable[DeliveryState] = UNSETTLED) -> list[OutboxRow]:
    """Return what waits, failed or is doubtful, unless other `states` are asked for; oldest first."""
    with office.store.reading() as connection:
        found = deliveries(connection, in_delivery_states(states))
        cases = _cases(connection, office, {each.code for each in found})
    return [_row(office, each, cases[each.code]) for each in found]


def _cases(connection: Connection, office: Office, codes: Iterable[str]) -> dict[str, Case]:
    deadlines = Deadlines(office)
    return {code: deadlines.case(next(assessed(connection, with_code(code)))) for code in codes}


def _row(office: Office, each: StoredDelivery, case: Case) -> OutboxRow:
    shown = (each.code, case.unit, each.channel, each.state, each.next_at, each.attempts)
    return OutboxRow(*shown, to=_to(office, each.channel, case), problem=each.problem)


def _to(office: Office, channel: LetterChannel, case: Case) -> str:
    if channel is LetterChannel.EMAIL:
        return masked(case.dossier.email.strip())
    if channel is LetterChannel.MESSAGE:
        return masked_phone(case.dossier.phone)
    if channel is LetterChannel.DESK:
        return next((desk.name for desk in office.roster.desks if desk.code == case.desk), "")
    return ""


def trouble_words(found: Iterable[Trouble]) -> Iterator[str]:
    """Say how many letters did not go out on each channel, or may not have, and where to look."""
    counts = Counter((each.channel, each.state) for each in found)
    for (channel, state), number in sorted(counts.items()):
        yield (
            f"{CHANNEL_LABELS[channel]}: {number} văn bản {DELIVERY_LABELS[state]}; "
            f"xem: latewatch letters outbox --state {state}"
        )


def outbox_troubles(connection: Connection) -> list[str]:
    """Return what `latewatch check` says of the outbox."""
    return list(trouble_words(troubles(connection)))


def desk_troubles(office: Office, connection: Connection, desk: DeskName) -> Iterator[str]:
    """Yield what the digest of `desk` says of letters of its dossiers that did not go out."""
    own = [each for each in troubles(connection) if office.roster.desk_of(each.units).code == desk.code]
    yield from (f"Văn bản xin lỗi, {words}" for words in trouble_words(own))
