"""A sign that needs clearing up: its kind, how grave it is, its evidence and its life. Pure.

Evidence names moments, states, files and other codes, and never a person.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What was betrayed."""

    PROMISE_AFTER_PASSING = "promise-after-passing"
    PROMISE_WITHOUT_LETTER = "promise-without-letter"
    FINISH_IS_PROMISE = "finish-is-promise"
    FINISH_SET_BACK = "finish-set-back"
    LATE_SUSPENSION = "late-suspension"
    VANISHED = "vanished"
    ENTERED_ANEW = "entered-anew"
    DATES_DIFFER = "dates-differ"
    RESULT_BEFORE_RECEIPT = "result-before-receipt"
    STATUS_BACKWARDS = "status-backwards"
    LETTER_MISSING = "letter-missing"
    LETTER_LATE = "letter-late"
    NEW_DATE_PASSED = "new-date-passed"
    SECOND_REQUEST = "second-request"


OF_LETTERS = (Kind.LETTER_MISSING, Kind.LETTER_LATE, Kind.NEW_DATE_PASSED, Kind.SECOND_REQUEST)
"""Breaches of the rules of the apology (Nghị định 118/2025/NĐ-CP, Điều 19.6); the others betray tampering."""


KIND_LABELS = {
    Kind.PROMISE_AFTER_PASSING: "dời ngày hẹn đã qua",
    Kind.PROMISE_WITHOUT_LETTER: "dời ngày hẹn không có văn bản xin lỗi",
    Kind.FINISH_IS_PROMISE: "giờ xong trùng giờ hẹn",
    Kind.FINISH_SET_BACK: "lùi ngày xong về trước",
    Kind.LATE_SUSPENSION: "yêu cầu bổ sung, tạm dừng sát hạn hoặc sau hạn",
    Kind.VANISHED: "biến mất khỏi nguồn",
    Kind.ENTERED_ANEW: "nhập lại hồ sơ sau khi trễ",
    Kind.DATES_DIFFER: "ngày hẹn khác hạn theo quy định",
    Kind.RESULT_BEFORE_RECEIPT: "có kết quả trước khi tiếp nhận",
    Kind.STATUS_BACKWARDS: "trạng thái đi ngược",
    Kind.LETTER_MISSING: "quá hạn chưa gửi văn bản xin lỗi",
    Kind.LETTER_LATE: "văn bản xin lỗi gửi muộn",
    Kind.NEW_DATE_PASSED: "quá ngày hẹn lại chưa có kết quả",
    Kind.SECOND_REQUEST: "hẹn lại lần thứ hai",
}


class Severity(StrEnum):
    """How much it may hide, the gravest first."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


SEVERITY_LABELS = {Severity.HIGH: "cao", Severity.MEDIUM: "vừa", Severity.LOW: "thấp"}
GRAVEST_FIRST = list(Severity)


class State(StrEnum):
    """How far a finding is: open, explained by somebody, closed."""

    OPEN = "open"
    EXPLAINED = "explained"
    CLOSED = "closed"


STATE_LABELS = {State.OPEN: "chưa làm rõ", State.EXPLAINED: "đã giải trình", State.CLOSED: "đã đóng"}
LIVE = (State.OPEN, State.EXPLAINED)
LEADS_TO = {State.EXPLAINED: (State.OPEN,), State.CLOSED: LIVE}
"""State → those it may follow; a closed one stays so, what happens again is another finding."""

ITSELF = "latewatch"  # who closes what explains itself


@dataclass(frozen=True, slots=True)
class Sighting:
    """A batch that says, or said, so: its number, its file, and when it was taken in."""

    batch: int
    file: str
    at: datetime

    @property
    def told(self) -> dict[str, Any]:
        return {"batch": self.batch, "file": self.file, "at": self.at.isoformat()}


@dataclass(frozen=True, slots=True)
class Betrayal:
    """One sign. Of a kind and dossier, `key` tells one from another; the same facts give the same key."""

    kind: Kind
    severity: Severity
    key: str
    evidence: Mapping[str, Any] = field(default_factory=dict)


def said(at: datetime | date | None) -> str | None:
    """Write a moment or a day for the evidence."""
    return at.isoformat() if at else None
