"""What is known of the signatures in a document: kept with the letter, shown to people."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from latewatch.letters.signing.flaws import Flaw


class Level(StrEnum):
    """The baseline level of PAdES (ETSI EN 319 142-1)."""

    BASIC = "B-B"
    STAMPED = "B-T"  # with a time stamp
    LASTING = "B-LT"  # and with what is needed to verify it when its certificate has expired


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureReport:
    """One signature. `stamped_at` is what a time stamp says, `signed_at` what the signer's machine said."""

    field: str
    page: int | None
    subject: str
    issuer: str
    serial: str
    valid_from: datetime
    valid_until: datetime
    signed_at: datetime | None
    stamped_at: datetime | None
    stamped_by: str
    digest: str
    algorithm: str
    level: Level
    form: str  # the PDF's own name of how it is signed


@dataclass(frozen=True, slots=True)
class DocumentReport:
    """All signatures of a document, what is wrong with it, and what was not checked."""

    signatures: tuple[SignatureReport, ...] = ()
    flaws: tuple[Flaw, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_accepted(self) -> bool:
        return bool(self.signatures) and not self.flaws


NOTHING = DocumentReport()
