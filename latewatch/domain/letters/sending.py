"""How a letter reaches people: the channels, and what can become of each. Pure."""

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


class DeliveryState(StrEnum):
    """What became of a letter on one channel."""

    WAITING = "waiting"  # to be sent when its time comes
    SENDING = "sending"  # claimed; whether it left is known only to who claimed it
    SENT = "sent"
    FAILED = "failed"  # for good: refused, bounced, tried too often
    DOUBTFUL = "doubtful"  # who claimed it died: nobody knows whether it left, so it is not sent again
    NEEDLESS = "needless"  # the letter was cancelled before it left
