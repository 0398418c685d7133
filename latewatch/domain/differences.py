"""What one version of a record says otherwise than another, field by field, in words. Pure."""

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from typing import Any

from latewatch.domain.dossier import Channel, Dossier, Stage, Status, Suspension
from latewatch.domain.limit import TimeLimit
from latewatch.domain.suspension import shown

FIELD_LABELS = {
    "status": "trạng thái",
    "status_text": "chữ của nguồn",
    "received_at": "ngày tiếp nhận",
    "promised_at": "ngày hẹn trả",
    "processed_at": "ngày kết thúc xử lý",
    "returned_at": "ngày trả kết quả",
    "submitted_at": "ngày nộp",
    "time_limit": "thời hạn giải quyết",
    "procedure_code": "mã TTHC",
    "procedure": "thủ tục",
    "field": "lĩnh vực",
    "channel": "kênh nộp",
    "receiving_unit": "đơn vị tiếp nhận",
    "resolving_unit": "đơn vị giải quyết",
    "department": "phòng ban",
    "officer": "cán bộ xử lý",
    "step": "bước xử lý",
    "applicant": "chủ hồ sơ",
    "address": "địa chỉ",
    "phone": "số điện thoại",
    "email": "thư điện tử",
    "suspensions": "lần tạm dừng",
    "stages": "chặng liên thông",
}
PERSONAL = frozenset({"applicant", "address", "phone", "email"})
HIDDEN = "(che)"

STATUS_LABELS: dict[StrEnum, str] = {
    Status.WAITING: "chờ tiếp nhận",
    Status.RECEIVED: "mới tiếp nhận",
    Status.PROCESSING: "đang giải quyết",
    Status.SUPPLEMENT: "yêu cầu bổ sung",
    Status.SUSPENDED: "tạm dừng",
    Status.DONE: "đã xử lý xong",
    Status.RETURNED: "đã trả kết quả",
    Status.REFUSED: "từ chối giải quyết",
    Status.NOT_ACCEPTED: "không được tiếp nhận",
    Status.WITHDRAWN: "rút hồ sơ",
    Status.STOPPED: "dừng xử lý",
}
CHANNEL_LABELS: dict[StrEnum, str] = {
    Channel.ONLINE_FULL: "trực tuyến toàn trình",
    Channel.ONLINE_PARTIAL: "trực tuyến một phần",
    Channel.POSTAL: "bưu chính",
    Channel.DIRECT: "trực tiếp",
}
NOTHING = "(không ghi)"


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that two versions tell differently; of the first version, what it says against nothing."""

    field: str
    before: Any
    after: Any

    @property
    def label(self) -> str:
        return FIELD_LABELS[self.field]

    @property
    def is_personal(self) -> bool:
        return self.field in PERSONAL


def differences(before: Dossier | None, after: Dossier | None) -> list[Difference]:
    """Return the fields that differ, in the order people read them; None says nothing of any field."""
    pairs = ((name, _value(before, name), _value(after, name)) for name in FIELD_LABELS)
    return [Difference(*each) for each in pairs if each[1] != each[2]]


def _value(dossier: Dossier | None, name: str) -> Any:
    """Return a field; what is empty in whatever way says nothing."""
    return getattr(dossier, name, None) or None


def words(difference: Difference, *, full: bool = False) -> tuple[str, str]:
    """Return a difference as from and to; personal data only with `full`, else that there is some."""
    before, after = difference.before, difference.after
    if difference.is_personal and not full:
        return _hidden(before), _hidden(after)
    return value_words(before, full=full), value_words(after, full=full)


def _hidden(value: Any) -> str:
    return NOTHING if value is None else HIDDEN


def value_words(value: Any, *, full: bool = False) -> str:
    """Return a fact of a dossier as a person reads it; what was noted of an interruption only with `full`."""
    match value:
        case None:
            return NOTHING
        case Status() | Channel():
            return (STATUS_LABELS | CHANNEL_LABELS)[value]
        case datetime():
            return _moment(value)
        case TimeLimit():
            return value.label
        case tuple():
            return "; ".join(_part(each, full=full) for each in value)
    return str(value)


def _moment(at: datetime) -> str:
    """Return a moment to the second: a finish that was set by hand shows in them; at 00:00 only its date."""
    if at.time() == time.min:
        return f"{at:%d/%m/%Y}"
    return f"{at:%H:%M:%S %d/%m/%Y}" if at.second else f"{at:%H:%M %d/%m/%Y}"


def _part(each: Suspension | Stage, *, full: bool) -> str:
    return _stage(each) if isinstance(each, Stage) else _suspension(each, full=full)


def _suspension(each: Suspension, *, full: bool) -> str:
    seen = " (theo lần lấy dữ liệu)" if each.is_observed else ""
    note = f" “{each.note if full else HIDDEN}”" if each.note else ""
    return f"{shown(each)}{note}{seen}"


def _stage(each: Stage) -> str:
    until = _moment(each.finished_at) if each.finished_at else "chưa xong"
    limit = f", thời hạn {each.limit.label}" if each.limit else ""
    due = f", hạn {_moment(each.due_at)}" if each.due_at else ""
    return f"{each.unit or NOTHING} {_moment(each.started_at)}–{until}{limit}{due}"
