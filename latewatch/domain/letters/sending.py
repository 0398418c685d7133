"""How a letter reaches people: the channels, what can become of each, when it is tried. Pure.

The letter itself is the e-mail with the signed PDF, or paper: either makes it sent. A text message only tells
of it, and the notice goes to the desk (Nghị định 118/2025/NĐ-CP, Điều 19.6): neither makes it sent.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum


class LetterChannel(StrEnum):
    """A way a letter, or the word of it, leaves. Each goes its own way: none waits for another."""

    EMAIL = "email"  # to the applicant, with the PDF
    MESSAGE = "message"  # to the applicant's phone: SMS brandname or Zalo ZNS
    PRINT = "print"  # on paper
    DESK = "desk"  # the notice to the one-stop desk (Nghị định 118/2025/NĐ-CP, Điều 19.6)


CHANNEL_LABELS = {
    LetterChannel.EMAIL: "thư điện tử",
    LetterChannel.MESSAGE: "tin nhắn",
    LetterChannel.PRINT: "bản in",
    LetterChannel.DESK: "báo Bộ phận Một cửa",
}

ELECTRONIC = (LetterChannel.EMAIL, LetterChannel.MESSAGE, LetterChannel.DESK)  # what leaves by itself
TO_PERSON = (LetterChannel.EMAIL, LetterChannel.MESSAGE)  # what keeps quiet hours


class DeliveryState(StrEnum):
    """What became of a letter on one channel."""

    WAITING = "waiting"  # to be sent when its time comes
    SENDING = "sending"  # claimed; whether it left is known only to who claimed it
    SENT = "sent"
    FAILED = "failed"  # for good: refused, bounced, tried too often
    DOUBTFUL = "doubtful"  # who claimed it died: nobody knows whether it left, so it is not sent again
    NEEDLESS = "needless"  # the letter was cancelled, or its dossier finished, before it left


DELIVERY_LABELS = {
    DeliveryState.WAITING: "chờ gửi",
    DeliveryState.SENDING: "đang gửi",
    DeliveryState.SENT: "đã gửi",
    DeliveryState.FAILED: "không gửi được",
    DeliveryState.DOUBTFUL: "không rõ đã đi chưa",
    DeliveryState.NEEDLESS: "không cần nữa",
}

UNSETTLED = (
    DeliveryState.WAITING,
    DeliveryState.SENDING,
    DeliveryState.FAILED,
    DeliveryState.DOUBTFUL,
)  # what somebody may have to see


class Outcome(StrEnum):
    """What one attempt came to, or what was learned of it later."""

    ACCEPTED = "accepted"  # the other side took it
    LATER = "later"  # not now: it is tried again, or was tried often enough
    REFUSED = "refused"
    DOUBTFUL = "doubtful"
    DELAYED = "delayed"  # a mail server said it is still trying
    DELIVERED = "delivered"  # a mail server said it lies in the mailbox
    BOUNCED = "bounced"
    AGAIN = "again"  # a person decided that it is to be sent once more
    PRINTED = "printed"
    NEEDLESS = "needless"  # the dossier was finished before it left


OUTCOME_LABELS = {
    Outcome.ACCEPTED: "bên nhận đã tiếp nhận",
    Outcome.LATER: "chưa nhận",
    Outcome.REFUSED: "bị từ chối",
    Outcome.DOUBTFUL: "không rõ đã đi chưa",
    Outcome.DELAYED: "máy chủ thư báo chậm",
    Outcome.DELIVERED: "máy chủ thư báo đã vào hộp thư",
    Outcome.BOUNCED: "thư bị trả lại",
    Outcome.AGAIN: "được đưa lại vào hàng gửi",
    Outcome.PRINTED: "đã in",
    Outcome.NEEDLESS: "không cần nữa",
}

DAY_MINUTES = 24 * 60
DOUBTFUL_AFTER = timedelta(minutes=30)  # longer than a session with a slow server; then who claimed it died


@dataclass(frozen=True, slots=True)
class Reach:
    """What is known of how a person can be reached, and whether there is a signed PDF to send."""

    has_email: bool
    has_phone: bool
    is_signed_here: bool


def planned(
    reach: Reach, wanted: Collection[LetterChannel], *, always_print: bool, notify_desk: bool
) -> tuple[LetterChannel, ...]:
    """Return the channels of a letter. Without an e-mail that carries the signed PDF it goes on paper too.

    What was signed on paper is no letter as a file: the e-mail then tells of it, and paper follows.
    """
    has_email = LetterChannel.EMAIL in wanted and reach.has_email
    goes = {
        LetterChannel.EMAIL: has_email,
        LetterChannel.MESSAGE: LetterChannel.MESSAGE in wanted and reach.has_phone,
        LetterChannel.PRINT: always_print or not has_email or not reach.is_signed_here,
        LetterChannel.DESK: notify_desk,
    }
    return tuple(channel for channel, is_planned in goes.items() if is_planned)


def carries_letter(channel: LetterChannel, *, is_signed_here: bool) -> bool:
    """Tell whether what went out on `channel` is the letter itself, so that it counts as sent."""
    return channel is LetterChannel.PRINT or (channel is LetterChannel.EMAIL and is_signed_here)


def next_allowed(at: datetime, quiet_from: time, quiet_until: time) -> datetime:
    """Return `at`, or the end of the quiet hours it lies in. They may span midnight; equal ends mean none.

    `quiet_from` is quiet already, `quiet_until` no longer.
    """
    clock = at.timetz().replace(tzinfo=None)
    if quiet_from == quiet_until or not _is_within(clock, quiet_from, quiet_until):
        return at
    end = datetime.combine(at.date(), quiet_until, at.tzinfo)
    return end if end > at else datetime.combine(at.date() + timedelta(days=1), quiet_until, at.tzinfo)


def _is_within(clock: time, first: time, end: time) -> bool:
    return first <= clock < end if first < end else clock >= first or clock < end


def next_try(
    at: datetime, attempts: int, *, tries: int, retry_minutes: int, retry_after: float | None = None
) -> datetime | None:
    """Return when to try again after `attempts` in vain, the wait doubling; None where it was often enough.

    What the other side asks to wait (`retry_after`, seconds) is kept to where it is longer, up to a day.
    """
    if attempts >= tries:
        return None
    wait = min(retry_minutes << min(attempts - 1, 11), DAY_MINUTES)
    asked = min((retry_after or 0.0) / 60, DAY_MINUTES)
    return at + timedelta(minutes=max(wait, asked))
