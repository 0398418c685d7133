"""The record of a dossier as a source reports it. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from latewatch.domain.deadline import TimeLimit


class Status(StrEnum):
    """What a source's status word means. The words themselves are data of the source profile."""

    WAITING = "waiting"  # chờ tiếp nhận: handed in, not yet accepted
    RECEIVED = "received"
    PROCESSING = "processing"
    SUPPLEMENT = "supplement"  # yêu cầu bổ sung
    SUSPENDED = "suspended"  # tạm dừng
    DONE = "done"  # có kết quả, chưa trả
    RETURNED = "returned"
    REFUSED = "refused"  # từ chối giải quyết: NĐ 118/2025, Điều 19.3
    NOT_ACCEPTED = "not accepted"  # không được tiếp nhận: NĐ 118/2025, Điều 17.1c
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"


class Channel(StrEnum):
    """How a dossier was handed in: columns (4) to (7) of form 07a."""

    ONLINE_FULL = "online full"
    ONLINE_PARTIAL = "online partial"
    POSTAL = "postal"
    DIRECT = "direct"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """One dossier, as last known. A moment at 00:00 is a date whose clock time the source did not give.

    Receiving unit and resolving unit are different facts; names are as the source writes them.
    """

    code: str
    status: Status
    status_text: str = ""
    received_at: datetime | None = None
    promised_at: datetime | None = None
    processed_at: datetime | None = None
    returned_at: datetime | None = None
    submitted_at: datetime | None = None
    time_limit: TimeLimit | None = None
    procedure_code: str = ""
    procedure: str = ""
    field: str = ""
    channel: Channel | None = None
    receiving_unit: str = ""
    resolving_unit: str = ""
    department: str = ""
    officer: str = ""
    step: str = ""
    applicant: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""

    @property
    def received_on(self) -> date | None:
        return self.received_at.date() if self.received_at else None

    @property
    def finished_at(self) -> datetime | None:
        """The end of processing, to the second. The day the result was fetched (`returned_at`) never decides.

        Fractions are dropped: a limit ends with the last second of its day, and 23:59:59.7 lies within it.
        """
        return self.processed_at.replace(microsecond=0) if self.processed_at else None
