"""The morning digest as an e-mail: text and HTML from `templates/email/`, and a sheet beside them."""

from collections.abc import Sequence
from email.message import EmailMessage

from latewatch.domain.digest import Digest
from latewatch.notify.composing import TO_DESK, add_bodies, attach, file_name, new_message
from latewatch.notify.digest_view import DigestView

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
    message = new_message(
        sender=sender, to=to, called=TO_DESK, subject=digest.subject, at=digest.at, message_id=message_id
    )
    name = file_name(attachment[0], "latewatch.xlsx") if attachment else ""
    add_bodies(message, "digest", view=DigestView(digest, name), subject=digest.subject)
    if attachment:
        attach(message, attachment[1], _SHEET, name)
    return message
