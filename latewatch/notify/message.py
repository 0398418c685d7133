"""The morning digest as an e-mail: text and HTML from `templates/email/`, and a sheet beside them."""

import hashlib
import textwrap
from collections.abc import Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache
from pathlib import PurePath
from urllib.parse import quote

from jinja2 import FileSystemLoader, StrictUndefined, select_autoescape
from jinja2.sandbox import ImmutableSandboxedEnvironment

from latewatch.domain.digest import Digest
from latewatch.errors import DeliveryError
from latewatch.notify.digest_view import DigestView, plain
from latewatch.shipped import shipped

TEXT_WIDTH = 76
_SHEET = "vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def digest_message(
    digest: Digest,
    *,
    sender: str,
    to: Sequence[str],
    message_id: str,
    attachment: tuple[str, bytes] | None = None,
) -> EmailMessage:
    """Compose the digest for `to`. The same arguments give the same bytes.

    `attachment` is the file name and content of an XLSX workbook. Raises DeliveryError, not passing, where
    an address is none.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = _address(sender, "mail.sender")
    message["To"] = [
        _address(text, f"mail_to, địa chỉ thứ {n}") for n, text in enumerate(dict.fromkeys(to), start=1)
    ]
    message["Subject"] = plain(digest.subject)
    message["Date"] = digest.at
    message["Message-ID"] = _message_id(message_id)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: vacation replies stay away
    message["X-Auto-Response-Suppress"] = "All"  # the same for Exchange, which does not read the line above
    message["Content-Language"] = "vi"
    name = _file_name(attachment[0]) if attachment else ""
    _add_bodies(message, DigestView(digest, name))
    if attachment:
        message.make_mixed(boundary=_boundary(message, "mixed"))
        message.add_attachment(attachment[1], maintype="application", subtype=_SHEET, filename=name)
    return message


def _add_bodies(message: EmailMessage, view: DigestView) -> None:
    """Set both bodies; quoted-printable keeps lines short on servers that take no 8-bit mail."""
    message.set_content(_render("digest.txt", view), cte="quoted-printable")
    message.make_alternative(boundary=_boundary(message, "alternative"))
    message.add_alternative(_render("digest.html", view), subtype="html", cte="quoted-printable")


def _render(template: str, view: DigestView) -> str:
    return _templates().get_template(template).render(view=view, subject=view.digest.subject)


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


def _address(text: str, key: str) -> Address:
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
        )
    address: Address = found[0]
    return address


def _message_id(text: str) -> str:
    """Return `text` as `<left@right>` in the characters a Message-ID may have."""
    left, _, right = text.strip().strip("<>").rpartition("@")
    return f"<{quote(left or 'digest', safe='!#$&*+-/=?^_{|}~.')}@{quote(right, safe='.-')}>"


def _boundary(message: EmailMessage, part: str) -> str:
    """A boundary that depends on the message alone, so that composing twice gives the same bytes."""
    return f"=_{part}_{hashlib.sha256(message['Message-ID'].encode()).hexdigest()[:32]}"


def _file_name(name: str) -> str:
    return plain(PurePath(name).name) or "latewatch.xlsx"
