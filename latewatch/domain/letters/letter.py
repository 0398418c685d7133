"""The apology letter: what it says. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class LetterForm(StrEnum):
    """The official forms. The value names the template."""

    EXTENSION = "tt03-2025"  # Thông tư 03/2025/TT-VPCP, Mẫu 04
    APOLOGY_SLIP = "tt01-2018"  # Thông tư 01/2018/TT-VPCP, Mẫu 04


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """Who signs and from where: the *resolving* unit (Nghị định 118/2025/NĐ-CP, Điều 19.6), not the desk."""

    governing_body: str
    issuing_body: str
    place: str
    signer_title: str
    unit_name: str = ""  # as running text names it; the head prints `issuing_body` in capitals
    deputy_title: str = ""  # set where a deputy signs: KT. stands before the head's title
    signer_name: str = ""
    symbol: str = "PXL"
    desk_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """Everything one apology letter says. `number` is None while it is a draft."""

    head: Letterhead
    form: LetterForm
    title: str
    dated: date
    code: str
    applicant: str
    address: str
    phone: str
    received_at: datetime | None
    procedure: str
    field: str
    promised_on: date
    new_date: date
    reason: str
    number: int | None = None

    @property
    def is_overdue(self) -> bool:
        """The promised day has passed; otherwise the letter speaks of a delay that is expected."""
        return self.dated > self.promised_on
