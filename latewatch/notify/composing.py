"""What all messages have in common: their headers, their two bodies, how their templates are read."""

import hashlib
import textwrap
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from functools import cache
from pathlib import PurePath
from typing import Any, cast
from urllib.parse import quote

from jinja2 import FileSystemLoader, StrictUndefined, select_autoescape
from jinja2.sandbox import ImmutableSandboxedEnvironment

from latewatch.errors import DeliveryError
from latewatch.notify.digest_view import plain
from latewatch.shipped import shipped

TEXT_WIDTH = 76
SENDER = "mail.sender"
TO_DESK = "mail_to, địa chỉ thứ {place}"  # how an address of the configuration is called


class MailPolicy(EmailPolicy):
    """SMTP's, with subjects folded by hand: the library loses a space between two encoded words."""

    def fold(self, name: str, value: str) -> str:
        return self._folded(name, value) or super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        return self._folded(name, value).encode("ascii") or super().fold_binary(name, value)

    def _folded(self, name: str, value: str) -> str:
        if name.lower() != "subject" or value.isascii():
            return ""
        encoded = Header(str(value), "utf-8", header_name=name).encode(linesep=self.linesep)
        return f"{name}: {encoded}{self.linesep}"


MAIL = MailPolicy(linesep="\r\n")


def new_message(
    *, sender: str, to: Sequence[str], called: str, subject: str, at: datetime, message_id: str
) -> EmailMessage:
    """Return a message with its headers, which ask every robot not to answer.

    `called` names the addresses of `to` to who has to correct one. Raises DeliveryError, not passing, where
    an address is none.
    """
    message = EmailMessage(policy=MAIL)
    message["From"] = address(sender, SENDER)
    message["To"] = [
        address(text, called.format(place=place)) for place, text in enumerate(dict.fromkeys(to), start=1)
    ]
    message["Subject"] = plain(subject)
    message["Date"] = at
    message["Message-ID"] = _message_id(message_id)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: vacation replies stay away
    message["X-Auto-Response-Suppress"] = "All"  # the same for Exchange, which does not read the line above
    message["Content-Language"] = "vi"
    return message


def add_bodies(message: EmailMessage, template: str, **values: Any) -> None:
    """Set text and HTML from `template`; quoted-printable keeps lines short where no 8-bit mail is taken."""
    message.set_content(_render(f"{template}.txt", values), cte="quoted-printable")
    message.make_alternative(boundary=_boundary(message, "alternative"))
    message.add_alternative(_render(f"{template}.html", values), subtype="html", cte="quoted-printable")


def show(message: EmailMessage, pictures: Mapping[str, bytes]) -> None:
    """Put PNG pictures beside the HTML that names them by `cid:`; call it before anything is attached."""
    if not pictures:
        return
    html = cast("EmailMessage", message.get_body(("html",)))
    html.make_related(boundary=_boundary(message, "related"))
    for number, content in pictures.items():
        name = f"{number.partition('.')[0]}.png"
        html.add_related(content, "image", "png", cid=f"<{number}>", disposition="inline", filename=name)


def attach(message: EmailMessage, content: bytes, subtype: str, name: str) -> None:
    """Attach a file of type application/`subtype`; call it after the bodies are there."""
    message.make_mixed(boundary=_boundary(message, "mixed"))
    message.add_attachment(content, maintype="application", subtype=subtype, filename=name)


def _render(template: str, values: dict[str, Any]) -> str:
    return _templates().get_template(template).render(values)


@cache
def _templates() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(shipped("templates", "email")),
        autoescape=select_autoescape(["html"], default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["wrap"] = wrap
    return environment


def wrap(text: str, indent: str = "", width: int = TEXT_WIDTH) -> str:
    """Break `text` into lines of at most `width` columns, each behind `indent`. Words stay whole."""
    return textwrap.fill(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=" " * len(indent),
        break_on_hyphens=False,
        break_long_words=False,
    )


def address(text: str, key: str) -> Address:
    """Read one address, with or without a name before it. What could start another header is refused."""
    probe = EmailMessage(policy=SMTP)
    try:
        probe["To"] = text
        found = probe["To"].addresses
        defects = probe["To"].defects
    except (ValueError, IndexError):  # line breaks, plain or in an encoded word; what the parser trips over
        found, defects = (), ()
    if len(found) != 1 or defects or not found[0].domain or not found[0].addr_spec.isascii():
        raise DeliveryError(
            key,
            "không phải một địa chỉ thư; hãy viết ten@coquan.gov.vn hoặc Tên <ten@coquan.gov.vn>",
            passing=False,
            personal=key != SENDER,
        )
    read: Address = found[0]
    return read


def _message_id(text: str) -> str:
    """Return `text` as `<left@right>` in the characters a Message-ID may have."""
    left, _, right = text.strip().strip("<>").rpartition("@")
    return f"<{quote(left or 'digest', safe='!#$&*+-/=?^_{|}~.')}@{quote(right, safe='.-')}>"


def _boundary(message: EmailMessage, part: str) -> str:
    """A boundary that depends on the message alone, so that composing twice gives the same bytes."""
    return f"=_{part}_{hashlib.sha256(message['Message-ID'].encode()).hexdigest()[:32]}"


def file_name(name: str, otherwise: str) -> str:
    """Return `name` without folders and without what a header could not hold."""
    return plain(PurePath(name).name) or otherwise
