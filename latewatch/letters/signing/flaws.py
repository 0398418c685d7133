"""What can be wrong with a document that comes back signed."""

from dataclasses import dataclass
from enum import StrEnum


class FlawKind(StrEnum):
    """Each kind is a reason of its own to refuse a document."""

    TOO_LARGE = "too-large"
    DAMAGED = "damaged"
    ENCRYPTED = "encrypted"
    UNSIGNED = "unsigned"
    REBUILT = "rebuilt"  # written anew by a program that does not keep the bytes
    ALTERED = "altered"  # says or shows something else than what was handed out
    ADDED_LATER = "added-later"  # after the last signature
    NOT_COVERED = "not-covered"  # by the signature: parts of the file can be exchanged
    OVER_TEXT = "over-text"  # a signature's picture lies on the words
    BROKEN = "broken"  # the signature does not belong to these bytes
    WEAK = "weak"
    SELF_SIGNED = "self-signed"
    UNKNOWN_ISSUER = "unknown-issuer"
    EXPIRED = "expired"
    NOT_YET_VALID = "not-yet-valid"
    REVOKED = "revoked"
    WRONG_USE = "wrong-use"
    WRONG_TIME = "wrong-time"
    BAD_STAMP = "bad-stamp"


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is wrong, in words a person can act on."""

    kind: FlawKind
    text: str
