"""The outbox of letters: what is put into it, and what becomes of claims that nobody settled."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from latewatch.domain.letters.checks import check_running
from latewatch.domain.letters.life import OUT, LetterState, Move, after, check_author
from latewatch.domain.letters.sending import (
    DELIVERY_LABELS,
    DOUBTFUL_AFTER,
    ELECTRONIC,
    TO_PERSON,
    DeliveryState,
    LetterChannel,
    Outcome,
    Reach,
    next_allowed,
    planned,
)
from latewatch.domain.names import tidy
from latewatch.domain.standing import standing_at
from latewatch.errors import LetterError
from latewatch.jobs.assess import refuse_old_calendar
from latewatch.jobs.letters.moving import Chosen, Selection, chosen
from latewatch.jobs.office import Office
from latewatch.store.letters.life import StoredLetter
from latewatch.store.letters.outbox import (
    Ending,
    Planned,
    StoredDelivery,
    change,
    deliveries_of,
    drop_needless,
    is_signed_here,
    lost_claims,
    queue,
    queue_print,
)

PUT_BACK = (DeliveryState.FAILED, DeliveryState.DOUBTFUL, DeliveryState.NEEDLESS)
LOST = "chương trình bị ngắt khi đang gửi: không rõ đã đi chưa, không tự gửi lại; hãy hỏi bên nhận"
LOST_AGAIN = "chương trình bị ngắt khi đang gửi; cổng bỏ qua tin trùng mã theo dõi nên được gửi lại"


@dataclass(frozen=True, slots=True)
class Queued:
    """A letter in the outbox: the channels it was put on now. `problem` says why it was put on none."""

    letter_id: int
    code: str
    unit: str
    channels: tuple[LetterChannel, ...] = ()
    problem: str = ""


def fill(
    office: Office, selection: Selection, now: datetime, *, by: str, dry_run: bool = False
) -> list[Queued]:
    """Put the chosen letters that are signed into the outbox; one that lies in it already gets no second row.

    Of a single dossier a refusal is raised as LetterError, else it is named and the others go on.
    """
    check_author(by)
    if not selection.code:
        selection = Selection(unit=selection.unit, states=(LetterState.SIGNED,))
    opened = office.store.trying if dry_run else office.store.writing
    with opened() as connection:
        refuse_old_calendar(connection, office)
        drop_needless(connection)
        queued = []
        for each in chosen(connection, office, selection):
            try:
                channels = tuple(_queued(connection, office, each, now, tidy(by)))
                queued.append(Queued(each.letter.id, each.letter.code, each.case.unit, channels))
            except LetterError as e:
                if selection.code:
                    raise
                queued.append(Queued(each.letter.id, each.letter.code, each.case.unit, problem=str(e)))
    return queued


def _queued(
    connection: Connection, office: Office, each: Chosen, now: datetime, by: str
) -> list[LetterChannel]:
    letter = each.letter
    if letter.state in OUT and deliveries_of(connection, letter.id):
        return []  # on its way already: what still waits of it is worked off
    after(letter.state, Move.SEND)
    check_running(standing_at(each.case, now, 0))
    channels = _plan(connection, office, each)
    rows = {channel: _planned(office, letter, channel, now) for channel in channels}
    return queue(connection, letter.id, rows, now, by=by)


def _plan(connection: Connection, office: Office, each: Chosen) -> tuple[LetterChannel, ...]:
    dossier, sending = each.case.dossier, office.settings.sending
    reach = Reach(
        has_email=bool(dossier.email.strip()) and bool(office.settings.mail.host),
        has_phone=bool(dossier.phone.strip()),
        is_signed_here=is_signed_here(connection, each.letter.id),
    )
    wanted = [LetterChannel(name) for name in sending.channels]
    return planned(reach, wanted, always_print=sending.always_print, notify_desk=sending.notify_desk)


def _planned(office: Office, letter: StoredLetter, channel: LetterChannel, now: datetime) -> Planned:
    return Planned(allowed(office, channel, now), _reference(office, letter, channel))


def allowed(office: Office, channel: LetterChannel, at: datetime) -> datetime:
    """Return when something may leave that is ready at `at`: what goes to a person keeps the quiet hours.

    The desk's notice goes at once: a mailbox of an office wakes nobody, and its term is short.
    """
    sending = office.settings.sending
    return next_allowed(at, sending.quiet_from, sending.quiet_until) if channel in TO_PERSON else at


def _reference(office: Office, letter: StoredLetter, channel: LetterChannel) -> str:
    """Return what the other side is to call it: fixed with the row, and not to be guessed from outside."""
    if channel is LetterChannel.PRINT:
        return ""
    facts = f"{letter.id}|{letter.code}|{letter.drafted_at.isoformat()}|{channel}"
    token = hashlib.sha256(facts.encode()).hexdigest()[:24]
    if channel is LetterChannel.MESSAGE:
        return token
    domain = office.settings.mail.sender.rpartition("@")[2].strip(" >") or "localhost"
    return f"<{token}.latewatch@{domain}>"


def put_back(office: Office, code: str, now: datetime, *, by: str, why: str) -> Queued:
    """Let what failed, is doubtful or was needless of a dossier's letter wait again, on its channels.

    Nothing else sends a doubtful message twice: `why` says how it is known that it did not arrive. Raises
    LetterError where there is nothing to put back.
    """
    check_author(by)
    if not why.strip():
        raise LetterError("Gửi lại phải nêu lý do (--why), ví dụ: đã gọi, người nộp chưa nhận được thư.")
    with office.store.writing() as connection:
        (each,) = chosen(connection, office, Selection(code=code))
        after_signing = each.letter.state in (LetterState.SIGNED, LetterState.SENT)
        rows = deliveries_of(connection, each.letter.id) if after_signing else []
        rows = [row for row in rows if row.state in PUT_BACK and row.channel in ELECTRONIC]
        if not rows:
            raise LetterError(f"Hồ sơ {each.letter.code} không có lần gửi nào hỏng để gửi lại.")
        for row in rows:
            told = f"{tidy(by)}: {tidy(why)}"
            ready_at = allowed(office, row.channel, now)
            ending = Ending(
                state=DeliveryState.WAITING,
                outcome=Outcome.AGAIN,
                answer=told,
                next_at=ready_at,
                begins_anew=True,
            )
            change(connection, row.id, PUT_BACK, ending, now)
    channels = tuple(row.channel for row in rows)
    return Queued(each.letter.id, each.letter.code, each.case.unit, channels)


def look_after(office: Office, now: datetime) -> None:
    """Let what waits of cancelled letters rest, and call doubtful what was claimed and never settled."""
    with office.store.reading() as connection:
        lost = lost_claims(connection, now - DOUBTFUL_AFTER)
    with office.store.writing() as connection:
        drop_needless(connection)
        for each in lost:
            _doubt(connection, office, each, now)


def _doubt(connection: Connection, office: Office, each: StoredDelivery, now: datetime) -> None:
    gateway, tries = office.settings.gateway, office.settings.sending.tries
    if each.channel is LetterChannel.MESSAGE and gateway.repeats_safely and each.attempts < tries:
        ending = Ending(
            state=DeliveryState.WAITING,
            outcome=Outcome.DOUBTFUL,
            answer=LOST_AGAIN,
            problem=LOST_AGAIN,
            next_at=allowed(office, each.channel, now),
        )
    else:
        ending = Ending(state=DeliveryState.DOUBTFUL, outcome=Outcome.DOUBTFUL, answer=LOST, problem=LOST)
    if change(connection, each.id, [DeliveryState.SENDING], ending, now):
        give_up(connection, each, ending, now)


def give_up(connection: Connection, each: StoredDelivery, ending: Ending, now: datetime) -> bool:
    """Put a letter whose e-mail did not go, or may not have, on the print list; tell whether it is new there.

    A text message carries no letter: where one fails, the e-mail or the paper that goes with it is enough.
    """
    is_over = ending.state in (DeliveryState.FAILED, DeliveryState.DOUBTFUL)
    if not is_over or each.channel is not LetterChannel.EMAIL:
        return False
    problem = f"thư điện tử {DELIVERY_LABELS[ending.state]}"
    return queue_print(connection, each.letter_id, now, by=each.queued_by, problem=problem)
