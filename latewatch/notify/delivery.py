"""The two ways a message leaves: an SMTP server, or an outbox folder where there is none."""

import contextlib
import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Literal, Protocol

from latewatch.disk import file_stem, write_whole
from latewatch.errors import DeliveryError
from latewatch.notify.smtp_answers import Step, all_refused, explained, partly_refused, unknown


class Delivery(Protocol):
    """A way to hand a message over. `reaches_people`: what it takes goes on to them by itself."""

    @property
    def reaches_people(self) -> bool: ...

    def deliver(self, message: EmailMessage, name: str) -> str:
        """Hand `message` over and return where it went. The same `name` is the same message."""


class Outbox:
    """A folder that takes messages as `.eml` files, which any mail program opens."""

    reaches_people = False

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def deliver(self, message: EmailMessage, name: str) -> str:
        """Write `name`.eml whole or not at all, and return its path. The same name is written over.

        Raises StoreError where the folder or the disk does not take it.
        """
        path = self.folder / f"{file_stem(name)}.eml"
        content = message.as_bytes(policy=message.policy.clone(linesep="\r\n"))
        write_whole(path, content, setting="paths.outbox")
        return str(path)


class _Underway:
    """A session that knows whether the message itself is on its way: from the server's 354 to its answer."""

    is_underway = False

    def getreply(self) -> tuple[int, bytes]:
        code, text = super().getreply()  # type: ignore[misc]  # of the session this is mixed into
        self.is_underway = code == 354
        return code, text


class _Session(_Underway, smtplib.SMTP):
    """Without TLS, or until STARTTLS."""


class _TlsSession(_Underway, smtplib.SMTP_SSL):
    """With TLS from the start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpServer:
    """The office's mail server. `ca_file` is the certificate authority of an intranet."""

    host: str
    port: int = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str = ""
    password: str = field(default="", repr=False)
    timeout_seconds: float = 30.0
    ca_file: Path | None = None

    @property
    def reaches_people(self) -> bool:
        return True

    @property
    def where(self) -> str:
        return f"{self.host}:{self.port}"

    def deliver(self, message: EmailMessage, name: str) -> str:
        """Hand `message` to the server and return host:port.

        Raises DeliveryError, doubtful where the connection broke after the message itself was on its way;
        PartialDeliveryError where only some of the recipients were taken.
        """
        with self._session() as session, self._step(Step.MESSAGE, message, session):
            refused = session.send_message(message)
        if refused:
            raise partly_refused(self.where, _recipients(message), refused)
        return self.where

    def check(self) -> None:
        """Connect, greet, secure and log in, without a message. Raises DeliveryError."""
        with self._session():
            pass

    @contextlib.contextmanager
    def _session(self) -> Iterator[_Session | _TlsSession]:
        with self._step(Step.CONNECT):
            session = self._connect()
        try:
            self._secure(session)
            self._log_in(session)
            yield session
            with contextlib.suppress(smtplib.SMTPException, OSError):
                session.quit()  # the message is taken: how the server says goodbye decides nothing
        finally:
            session.close()

    def _connect(self) -> _Session | _TlsSession:
        if self.security == "tls":
            return _TlsSession(
                self.host, self.port, timeout=self.timeout_seconds, context=self._tls_context()
            )
        return _Session(self.host, self.port, timeout=self.timeout_seconds)

    def _secure(self, session: smtplib.SMTP) -> None:
        with self._step(Step.GREET):
            session.ehlo_or_helo_if_needed()
        if self.security != "starttls":
            return
        if not session.has_extn("starttls"):
            raise DeliveryError(
                self.where,
                'máy chủ thư không có STARTTLS; hãy đặt mail.security = "tls" (thường là cổng 465), '
                'hoặc "none" nếu máy chủ chỉ ở trong mạng nội bộ',
                passing=False,
            )
        context = self._tls_context()
        with self._step(Step.SECURE):
            session.starttls(context=context)
            session.ehlo()

    def _log_in(self, session: smtplib.SMTP) -> None:
        if self.username:
            with self._step(Step.LOG_IN):
                session.login(self.username, self.password)

    def _tls_context(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self.ca_file)
        except OSError as e:  # ssl.SSLError is one
            raise DeliveryError(
                self.where,
                f"không đọc được chứng chỉ gốc {self.ca_file} (mail.ca_file): cần một tệp PEM đọc được",
                passing=False,
            ) from e

    @contextlib.contextmanager
    def _step(
        self, step: Step, message: EmailMessage | None = None, session: _Underway | None = None
    ) -> Iterator[None]:
        """Turn what goes wrong in `step` into a DeliveryError.

        The chain is cut: smtplib's errors carry addresses, and a password that cannot be encoded.
        """
        try:
            yield
        except smtplib.SMTPRecipientsRefused as e:
            raise all_refused(self.where, _recipients(message), e.recipients) from None
        except (smtplib.SMTPException, OSError, UnicodeError) as e:
            if session is not None and session.is_underway:
                raise unknown(self.where, e, self.timeout_seconds) from None
            raise explained(self.where, step, e, self.timeout_seconds) from None


def _recipients(message: EmailMessage | None) -> list[str]:
    return [address.addr_spec for address in message["To"].addresses] if message is not None else []
