"""Counting rules: data with a name, and the Vietnamese sentences that say what each choice means. Pure.

None of them is *the* rule: circulars, provinces and systems count differently, and say so beside the figure.
"""

from dataclasses import dataclass, fields, replace
from enum import StrEnum

from latewatch.domain.deadline import Decider
from latewatch.domain.dossier import Channel, Status


class Treatment(StrEnum):
    """What a counting rule does with dossiers that stand apart."""

    LEFT_OUT = "left-out"
    AS_RESOLVED = "as-resolved"  # by their own finish date
    AS_ON_TIME = "as-on-time"  # resolved, and never late
    AS_WITHIN = "as-within"  # in progress, within time
    BY_DUE_DATE = "by-due-date"  # in progress, as if nothing had happened


class Against(StrEnum):
    """Which due date counts once an apology has named a new one."""

    ORIGINAL = "original"
    REVISED = "revised"


class Precision(StrEnum):
    """Whether a dossier is late with the minute its limit ends, or with the day after."""

    MINUTE = "minute"
    DAY = "day"


class Resolved(StrEnum):
    """When a dossier is resolved: its processing ended, or the person has the result."""

    PROCESSED = "processed"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True, kw_only=True)
class CountingRule:
    """How a table counts. `due` is None where the office's own setting decides which date counts."""

    name: str = "TT09-2026"
    title: str = "Thông tư 09/2026/TT-BTP, phần biểu không nói đến do cơ quan chọn"
    source: str = "TT 09/2026/TT-BTP, Biểu 07a; cách xếp hồ sơ rút, dừng, tạm dừng: chưa có quy định"
    due: Decider | None = None
    against: Against = Against.ORIGINAL
    precision: Precision = Precision.MINUTE
    resolved: Resolved = Resolved.PROCESSED
    withdrawn: Treatment = Treatment.LEFT_OUT
    stopped: Treatment = Treatment.LEFT_OUT
    not_accepted: Treatment = Treatment.LEFT_OUT
    refused: Treatment = Treatment.AS_RESOLVED
    suspended: Treatment = Treatment.AS_WITHIN
    unlimited: Treatment = Treatment.LEFT_OUT  # neither limit nor promise is known
    unknown_channel: Channel = Channel.DIRECT

    def treatment(self, status: Status) -> Treatment | None:
        """Return what this rule does with `status`; None for a dossier that simply runs or is done."""
        return {
            Status.WITHDRAWN: self.withdrawn,
            Status.STOPPED: self.stopped,
            Status.NOT_ACCEPTED: self.not_accepted,
            Status.REFUSED: self.refused,
            Status.SUPPLEMENT: self.suspended,
            Status.SUSPENDED: self.suspended,
            Status.WAITING: Treatment.LEFT_OUT,
        }.get(status)


TT09 = CountingRule()
II06A = replace(
    TT09,
    name="II.06a",
    title="Biểu II.06a/VPCP/KSTT",
    source="biểu cũ của Văn phòng Chính phủ; ngày hẹn trả quyết định, tính theo ngày: chưa kiểm chứng",
    due=Decider.PROMISED,
    precision=Precision.DAY,
)
HANOI = replace(
    TT09,
    name="HN-2026",
    title="Báo cáo theo đơn vị của Hà Nội năm 2026",
    source="do nguồn khác thuật lại: dừng, rút, không tiếp nhận đứng riêng, quá hạn tách theo thư xin lỗi",
    due=Decider.PROMISED,
    precision=Precision.DAY,
    refused=Treatment.AS_RESOLVED,
)
STRICT = replace(
    TT09,
    name="nghiêm",
    title="Đếm nghiêm: hạn tính được, hạn ban đầu, trễ một phút cũng là trễ",
    source="cách đếm của chương trình, để tự soát trước khi báo cáo",
    due=Decider.COMPUTED,
    withdrawn=Treatment.AS_RESOLVED,
    stopped=Treatment.AS_RESOLVED,
    suspended=Treatment.BY_DUE_DATE,
)
OPENCPS = replace(
    TT09,
    name="opencps",
    title="Như màn hình thống kê của OpenCPS, để đối chiếu",
    source="thấy trong một hệ thống cấp tỉnh: rút hồ sơ là đúng hạn, tạm dừng là trong hạn",
    due=Decider.PROMISED,
    withdrawn=Treatment.AS_ON_TIME,
    stopped=Treatment.AS_WITHIN,
    suspended=Treatment.AS_WITHIN,
    unlimited=Treatment.AS_WITHIN,
)
SHIPPED = {rule.name: rule for rule in (TT09, II06A, HANOI, STRICT, OPENCPS)}

_WHAT = {
    "withdrawn": "hồ sơ rút",
    "stopped": "hồ sơ dừng xử lý",
    "not_accepted": "hồ sơ không được tiếp nhận",
    "refused": "hồ sơ bị từ chối",
    "suspended": "hồ sơ tạm dừng, chờ bổ sung",
    "unlimited": "hồ sơ không rõ hạn",
}
_HOW = {
    Treatment.LEFT_OUT: "không tính vào bảng",
    Treatment.AS_RESOLVED: "là đã giải quyết, theo ngày kết thúc của nó",
    Treatment.AS_ON_TIME: "là đã giải quyết đúng hạn",
    Treatment.AS_WITHIN: "là đang giải quyết, trong hạn",
    Treatment.BY_DUE_DATE: "là đang giải quyết, quá hạn hay chưa theo hạn của nó",
}
_DUE: dict[object, str] = {
    None: "hạn cơ quan dùng hằng ngày ([counting] due)",
    Decider.COMPUTED: "hạn tính theo thời hạn quy định, không rõ thời hạn thì ngày hẹn trả",
    Decider.PROMISED: "ngày hẹn trả, không có thì hạn tính được",
}


_AGAINST: dict[object, str] = {
    Against.ORIGINAL: "theo hạn ban đầu",
    Against.REVISED: "theo ngày hẹn lại của văn bản xin lỗi đã gửi",
}
_LATE: dict[object, str] = {
    Precision.MINUTE: "quá một phút là trễ",
    Precision.DAY: "trong ngày đến hạn vẫn là đúng hạn",
}
_ENDED: dict[object, str] = {
    Resolved.PROCESSED: "Đã giải quyết là đã kết thúc xử lý",
    Resolved.RETURNED: "Đã giải quyết là đã trả kết quả cho người nộp",
}


def described(rule: CountingRule) -> list[str]:
    """Return what `rule` does as Vietnamese sentences, one for each choice: they stand beside its figures."""
    against, late = _AGAINST[rule.against], _LATE[rule.precision]
    lines = [
        f"Ngày quyết định trễ hay không: {_DUE[rule.due]}; {against}; {late}.",
        f"{_ENDED[rule.resolved]}.",
    ]
    grouped: dict[Treatment, list[str]] = {}
    for name, what in _WHAT.items():
        grouped.setdefault(getattr(rule, name), []).append(what)
    return lines + [f"{_first_upper(', '.join(what))}: {_HOW[how]}." for how, what in grouped.items()]


def said(rule: CountingRule, choice: str) -> str:
    """Say what `rule` chose, by the choice's name: how two rules differ is told choice by choice."""
    value = getattr(rule, choice)
    if choice in _WHAT:
        return f"{_WHAT[choice]} {_HOW[value]}"
    if choice == "unknown_channel":
        return f"hồ sơ không ghi kênh nộp vào kênh “{value}”"
    words = _DUE | _AGAINST | _LATE | _ENDED
    return words[value][:1].lower() + words[value][1:]


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def differences(one: CountingRule, other: CountingRule) -> list[str]:
    """Return the names of the choices in which two rules differ."""
    said = ("name", "title", "source")
    return [
        each.name
        for each in fields(one)
        if each.name not in said and getattr(one, each.name) != getattr(other, each.name)
    ]
