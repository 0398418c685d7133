"""What a mail server says later of a message it took: status notifications (RFC 3464), or plain words.

Only what cannot hold personal data is taken over: the status code, and the Message-ID, which is ours. What
comes in as junk is read as nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from enum import StrEnum

LONGEST = 30 * 1024 * 1024  # bytes; the returned letter may be enclosed whole
_IDS = re.compile(r"<[^<>@\s]{1,120}@[^<>@\s]{1,200}>")
_STATUS = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])")
_FAILURE = re.compile(r"(?<![\d.])([45])\.\d{1,3}\.\d{1,3}(?![\d.])")
_REPLY = re.compile(r"(?<![\d.])([45])\d\d[ -](?=\D)")
_ROBOTS = ("mailer-daemon", "postmaster")


class Verdict(StrEnum):
    """What became of the message, as the notification says."""

    BOUNCED = "bounced"  # for good
    DELAYED = "delayed"  # the server is still trying
    DELIVERED = "delivered"
    UNCLEAR = "unclear"  # a robot's answer that does not say
    NONE = "none"  # no notification at all


@dataclass(frozen=True, slots=True)
class Notification:
    """One notification: of which messages it may speak, and its status, such as 5.1.1."""

    verdict: Verdict
    message_ids: tuple[str, ...] = ()
    status: str = ""


_ACTIONS = {
    "failed": Verdict.BOUNCED,
    "delayed": Verdict.DELAYED,
    "delivered": Verdict.DELIVERED,
}
_BY_CLASS = {"4": Verdict.DELAYED, "5": Verdict.BOUNCED}


def read_notification(raw: bytes) -> Notification:
    """Read a message that came back. What is no notification, or cannot be read, has the verdict none."""
    try:
        message = BytesParser(policy=compat32).parsebytes(raw[:LONGEST])
        return _report(message) or _plain(message)
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError):
        return Notification(Verdict.NONE)  # the parser's own trips over what nobody means as mail


def _report(message: Message) -> Notification | None:
    """Read a report of RFC 3464; where several recipients are told of, what failed for good counts."""
    blocks = [
        block
        for part in message.walk()
        if _kind(part) == "message/delivery-status"
        for block in _blocks(part)
    ]
    found = [(_ACTIONS[action], block) for block in blocks if (action := _field(block, "Action")) in _ACTIONS]
    if not found:
        return None
    order = (Verdict.BOUNCED, Verdict.DELAYED, Verdict.DELIVERED)
    verdict, block = min(found, key=lambda each: order.index(each[0]))
    status = _STATUS.search(str(block.get("Status", "")))
    return Notification(verdict, _returned_ids(message), status[0] if status else "")


def _plain(message: Message) -> Notification:
    """Read what a robot wrote without the form: our Message-ID in what it quotes, and a code in its words."""
    if not _is_robot(message):
        return Notification(Verdict.NONE)
    text = "\n".join(_texts(message))
    ids = _returned_ids(message) or tuple(dict.fromkeys(_IDS.findall(text)))
    code = _FAILURE.search(text) or _REPLY.search(text)
    if code is None:
        return Notification(Verdict.UNCLEAR, ids)
    return Notification(_BY_CLASS[code[1]], ids, code[0].strip(" -"))


def _is_robot(message: Message) -> bool:
    """Tell a mail server's own word from a person's answer, which quotes our message as well."""
    sender = str(message.get("From", "")).lower()
    is_empty = str(message.get("Return-Path", "-")).strip() == "<>"
    return is_empty or any(robot in sender for robot in _ROBOTS)


def _kind(part: Message) -> str:
    return part.get_content_type()


def _blocks(part: Message) -> Iterator[Message]:
    """Yield the groups of fields of a delivery-status part: of the message, then of each recipient."""
    payload = part.get_payload()
    yield from (each for each in (payload if isinstance(payload, list) else []) if isinstance(each, Message))


def _field(block: Message, name: str) -> str:
    return str(block.get(name, "")).split(";")[0].strip().lower()


def _returned_ids(message: Message) -> tuple[str, ...]:
    """Return the Message-IDs of what is enclosed: the message that came back, or its headers alone."""
    ids: list[str] = []
    for part in message.walk():
        if part is not message and part.get("Message-ID"):
            ids += _IDS.findall(str(part["Message-ID"]))
        elif _kind(part) in ("text/rfc822-headers", "message/rfc822-headers"):
            ids += _IDS.findall("\n".join(re.findall(r"(?im)^message-id:.*(?:\n[ \t].*)?", _text(part))))
    return tuple(dict.fromkeys(ids))


def _texts(message: Message) -> Iterator[str]:
    for part in message.walk():
        if _kind(part) in ("text/plain", "text/html"):
            yield _text(part)


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else str(part.get_payload()).encode("utf-8", "replace")
    return content.decode("utf-8", "replace")
