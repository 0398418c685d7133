"""What leaves on each channel, composed before the attempt is claimed: what cannot be has not left."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from functools import cached_property, partial
from pathlib import Path

import httpx

from latewatch.domain.letters.checks import check_running
from latewatch.domain.letters.life import LetterState
from latewatch.domain.letters.phone import normalised_phone
from latewatch.domain.letters.sending import LetterChannel, carries_letter
from latewatch.domain.letters.text_message import data_of, facts_of, text_of
from latewatch.domain.standing import Case, standing_at
from latewatch.errors import ConfigError, DeliveryError, LetterError
from latewatch.jobs.assess import Deadlines
from latewatch.jobs.letters.documents import from_content, newest_document
from latewatch.jobs.office import Office
from latewatch.notify.delivery import Delivery
from latewatch.notify.gateway import Gateway, TextMessage
from latewatch.notify.letter_mail import desk_notice, letter_message
from latewatch.store.cases import assessed, with_code
from latewatch.store.letters.documents import DocumentKind
from latewatch.store.letters.life import StoredLetter, letter_with
from latewatch.store.letters.outbox import StoredDelivery


@dataclass(frozen=True, slots=True)
class Ways:
    """How messages leave. Each is asked for when it is needed: one that cannot be used stops no other."""

    mail: Callable[[], Delivery]
    gateway: Callable[[], Gateway]
    clock: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is ready to leave. `hand_over` returns what the other side said; `is_letter`: then it is sent."""

    hand_over: Callable[[], str]
    is_letter: bool = False


class NoLongerNeeded(LetterError):  # noqa: N818  what became of it, not an error
    """A letter whose dossier was finished while it lay in the outbox."""


class Packer:
    """Composes parcels; what one run needs of servers and settings is made once. Close it at the end."""

    def __init__(self, office: Office, ways: Ways) -> None:
        self._office = office
        self._ways = ways
        self._deadlines = Deadlines(office)
        self._client: httpx.Client | None = None

    def close(self) -> None:
        if self._client is not None:
            self._client.close()

    @cached_property
    def _mail(self) -> Delivery:
        return self._ways.mail()

    @cached_property
    def _gateway(self) -> Gateway:
        gateway = self._ways.gateway()
        self._client = gateway.client()
        return gateway

    def pack(self, each: StoredDelivery, now: datetime) -> Parcel:
        """Compose what leaves.

        Raises DeliveryError where it cannot be composed, NoLongerNeeded, and ConfigError where the way itself
        cannot be used as it is set.
        """
        letter, case = self._known(each)
        if letter.state is LetterState.SIGNED:
            self._refuse_needless(case, now)
        pack = {
            LetterChannel.EMAIL: self._email,
            LetterChannel.MESSAGE: self._message,
            LetterChannel.DESK: self._notice,
        }[each.channel]
        try:
            return pack(each, letter, case, now)
        except LetterError as e:
            raise DeliveryError("văn bản", str(e), passing=False, personal=True) from e

    def _known(self, each: StoredDelivery) -> tuple[StoredLetter, Case]:
        with self._office.store.reading() as connection:
            letter = letter_with(connection, each.letter_id)
            found = next(assessed(connection, with_code(each.code)), None)
        if letter is None or found is None:  # foreign keys stop this before
            raise AssertionError
        return letter, self._deadlines.case(found)

    def _refuse_needless(self, case: Case, now: datetime) -> None:
        try:
            check_running(standing_at(case, now, 0))
        except LetterError as e:
            raise NoLongerNeeded(str(e)) from e

    def _email(self, each: StoredDelivery, letter: StoredLetter, case: Case, now: datetime) -> Parcel:
        mail = self._mail
        if not mail.reaches_people:
            problem = "chưa có máy chủ thư; đặt mail.host, hoặc in văn bản"
            raise ConfigError("[mail]", "host", problem)
        document = newest_document(self._office, letter, now)
        is_signed = document.kind is DocumentKind.SIGNED
        message = letter_message(
            from_content(letter.content or {}),
            letter.shown_number,
            document.content,
            now,
            is_signed=is_signed,
            sender=self._office.settings.mail.sender,
            to=case.dossier.email,
            message_id=each.reference,
        )
        leave = partial(_hand_over, mail, message, f"van-ban-{letter.id}")
        return Parcel(leave, carries_letter(each.channel, is_signed_here=is_signed))

    def _notice(self, each: StoredDelivery, letter: StoredLetter, case: Case, now: datetime) -> Parcel:
        mail = self._mail
        desk = next(desk for desk in self._office.roster.desks if desk.code == case.desk)
        to = next((each.mail_to for each in self._office.settings.desks if each.code == case.desk), ())
        if not to and mail.reaches_people:
            problem = f"quầy {desk.name} chưa có địa chỉ thư; khai mail_to ở [[desks]]"
            raise DeliveryError("báo quầy", problem, passing=False, personal=True)
        message = desk_notice(
            from_content(letter.content or {}),
            letter.shown_number,
            now,
            desk_name=desk.name,
            sender=self._office.settings.mail.sender,
            to=to,
            message_id=each.reference,
        )
        return Parcel(partial(_hand_over, mail, message, f"bao-quay-{letter.id}"))

    def _message(self, each: StoredDelivery, letter: StoredLetter, case: Case, now: datetime) -> Parcel:
        phone = normalised_phone(case.dossier.phone)
        if not phone:
            problem = "không phải một số di động Việt Nam; hãy sửa ở hệ thống một cửa"
            raise DeliveryError("điện thoại của người nộp", problem, passing=False, personal=True)
        gateway, settings = self._gateway, self._office.settings.gateway
        facts = facts_of(from_content(letter.content or {}), letter.shown_number)
        if gateway.kind == "zns":
            message = TextMessage(phone, each.reference, data=data_of(settings.parameters, facts))
        else:
            message = TextMessage(phone, each.reference, text=text_of(settings.text, facts))
        assert self._client is not None  # noqa: S101  made with the gateway
        request = gateway.request(self._client, message)
        return Parcel(partial(gateway.hand_over, self._client, request))


def _hand_over(mail: Delivery, message: EmailMessage, name: str) -> str:
    where = mail.deliver(message, name)
    if mail.reaches_people:
        return f"máy chủ thư {where}"
    return f"chưa có máy chủ thư: ghi ra tệp {Path(where).name} ở paths.outbox, người phụ trách chuyển"
