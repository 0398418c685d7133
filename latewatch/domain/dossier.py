"""The record of a dossier as a source reports it. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from latewatch.domain.limit import TimeLimit


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


class Cause(StrEnum):
    """Why the limit of a dossier was interrupted."""

    SUPPLEMENT = "supplement"  # yêu cầu bổ sung, hoàn thiện hồ sơ: NĐ 118/2025, Điều 19.5
    FINANCIAL = "financial"  # thực hiện nghĩa vụ tài chính
    CONSULTATION = "consultation"  # lấy ý kiến cơ quan khác: NĐ 118/2025, Điều 19.4
    OTHER = "other"  # tạm dừng, không rõ vì sao


CAUSE_LABELS = {
    Cause.SUPPLEMENT: "yêu cầu bổ sung",
    Cause.FINANCIAL: "chờ nghĩa vụ tài chính",
    Cause.CONSULTATION: "lấy ý kiến",
    Cause.OTHER: "tạm dừng",
}


@dataclass(frozen=True, slots=True)
class Suspension:
    """One interruption, from the request to what was awaited; `ended_at` is None while it lasts.

    An observed one was not reported: it is what the polls saw of the status, at the times they saw it.
    `called` names one whose cause nobody told, as in a what-if: then no cause is claimed. A partial one is
    the last request that two columns of an export tell of: a list of events knows better.
    """

    cause: Cause
    started_at: datetime
    ended_at: datetime | None = None
    note: str = ""
    is_observed: bool = False
    called: str = ""
    is_partial: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """One unit's part of a dossier that goes through several (liên thông), as the transfer slip states it.

    NĐ 118/2025, Điều 20.2: the slip names each unit's own limit. `due_at` is a date the source states itself.
    """

    unit: str
    started_at: datetime
    limit: TimeLimit | None = None
    due_at: datetime | None = None
    finished_at: datetime | None = None


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
    suspensions: tuple[Suspension, ...] = ()
    stages: tuple[Stage, ...] = ()

    @property
    def received_on(self) -> date | None:
        return self.received_at.date() if self.received_at else None

    @property
    def finished_at(self) -> datetime | None:
        """The end of processing, to the minute. The day the result was fetched (`returned_at`) never decides.

        Receipts and appointments are printed to the minute: 11:30:20 lies within a limit that ends at 11:30.
        """
        return self.processed_at.replace(second=0, microsecond=0) if self.processed_at else None
