"""The evidence of a finding as a sentence in Vietnamese, for screens and messages. Pure."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any

from latewatch.domain.differences import STATUS_LABELS
from latewatch.domain.dossier import CAUSE_LABELS, Cause, Status
from latewatch.domain.integrity.afresh import OVERDUE, VANISHED
from latewatch.domain.integrity.finding import Kind
from latewatch.domain.integrity.halting import AFTER, BACK_DATED, LAST_DAY
from latewatch.domain.letters.life import STATE_LABELS as LETTER_STATES
from latewatch.domain.letters.life import LetterState

Evidence = Mapping[str, Any]

_OLDER = {
    OVERDUE: "đến nay chưa xong",
    Status.WITHDRAWN.value: "được rút sau đó",
    Status.STOPPED.value: "bị dừng sau đó",
    VANISHED: "không còn trong nguồn",
}
_HOW = {
    AFTER: "sau khi đã hết hạn",
    LAST_DAY: "vào ngày cuối của thời hạn",
    BACK_DATED: "ghi lùi ngày",
}


def told(kind: Kind, evidence: Evidence) -> str:
    """Say in one sentence what was seen, when, and in which file."""
    return "".join((_TELLERS[kind](evidence), _seen(evidence), _shown(evidence)))


def _promise(evidence: Evidence) -> str:
    done = f" (hồ sơ xong {moment(evidence['finished'])})" if evidence.get("finished") else ""
    return f"hẹn trả {moment(evidence['from'])} dời thành {moment(evidence['to'])}{done}"


def _copied(evidence: Evidence) -> str:
    return f"xong và hẹn trả cùng một lúc, {_to_the_second(evidence['finish'])}"


def _set_back(evidence: Evidence) -> str:
    due = f", hạn {moment(evidence['due'])}" if evidence.get("due") else ""
    if evidence.get("from"):
        return f"ngày xong {moment(evidence['from'])} sửa thành {moment(evidence['to'])}{due}"
    return f"ghi xong {moment(evidence['to'])}{due}"


def _halted(evidence: Evidence) -> str:
    word = CAUSE_LABELS[Cause(evidence["cause"])]
    due = f" (hạn {moment(evidence['due'])})" if evidence.get("due") else ""
    before = "trước " if evidence.get("observed") else "từ "
    return f"{word} {before}{moment(evidence['started'])}, {_HOW[evidence['how']]}{due}"


def _vanished(evidence: Evidence) -> str:
    due = f", hạn {moment(evidence['due'])}" if evidence.get("due") else ""
    status = STATUS_LABELS[Status(evidence["status"])]
    return (
        f"hồ sơ {status}{due} không còn được liệt kê, trong khi các hồ sơ cùng đơn vị, cùng lĩnh vực vẫn còn"
    )


def _anew(evidence: Evidence) -> str:
    how = _OLDER[evidence["older_is"]]
    return (
        f"tiếp nhận {moment(evidence['received'])}, cùng người nộp và thủ tục với {evidence['older']}, "
        f"hạn {moment(evidence['older_due'])}, {how}"
    )


def _differing(evidence: Evidence) -> str:
    computed, promised = (date.fromisoformat(evidence[name]) for name in ("computed", "promised"))
    side = "muộn hơn" if promised > computed else "sớm hơn"
    return f"hẹn trả {promised:%d/%m/%Y} {side} hạn theo quy định {computed:%d/%m/%Y}"


def _impossible(evidence: Evidence) -> str:
    return f"xong {moment(evidence['finish'])}, trước khi tiếp nhận {moment(evidence['received'])}"


def _backwards(evidence: Evidence) -> str:
    before, after = (STATUS_LABELS[Status(evidence[name])] for name in ("from", "to"))
    return f"từ “{before}” thành “{after}”"


def _missing(evidence: Evidence) -> str:
    text = f"hạn {moment(evidence['due'])}, chưa có văn bản xin lỗi nào được gửi"
    if evidence.get("recalled"):
        return f"{text}: văn bản gửi {moment(evidence['recalled'])} đã hủy"
    if evidence.get("letter"):
        step = LETTER_STATES[LetterState(evidence["letter"])]
        return f"{text}: văn bản soạn {moment(evidence['drafted'])} mới ở bước “{step}”"
    return text


def _sent_late(evidence: Evidence) -> str:
    sent, due = moment(evidence["sent"]), moment(evidence["due"])
    return f"văn bản xin lỗi gửi {sent}, hạn {due}: phải gửi chậm nhất 01 ngày trước ngày hết hạn"


def _passed(evidence: Evidence) -> str:
    new_date, sent, due = (moment(evidence[name]) for name in ("new_date", "sent", "due"))
    return f"hẹn lại {new_date} (văn bản gửi {sent}, hạn ban đầu {due}) mà chưa có kết quả"


def _second(evidence: Evidence) -> str:
    new_date, sent, promised = (moment(evidence[name]) for name in ("new_date", "sent", "promised"))
    recalled = ", sau đó đã hủy" if evidence.get("is_recalled") else ""
    return (
        f"đã hẹn lại {new_date} bằng văn bản gửi {sent}{recalled}; nay nguồn ghi hẹn trả {promised}, mà chỉ "
        "được hẹn lại một lần"
    )


_TELLERS: dict[Kind, Callable[[Evidence], str]] = {
    Kind.PROMISE_AFTER_PASSING: _promise,
    Kind.PROMISE_WITHOUT_LETTER: _promise,
    Kind.FINISH_IS_PROMISE: _copied,
    Kind.FINISH_SET_BACK: _set_back,
    Kind.LATE_SUSPENSION: _halted,
    Kind.VANISHED: _vanished,
    Kind.ENTERED_ANEW: _anew,
    Kind.DATES_DIFFER: _differing,
    Kind.RESULT_BEFORE_RECEIPT: _impossible,
    Kind.STATUS_BACKWARDS: _backwards,
    Kind.LETTER_MISSING: _missing,
    Kind.LETTER_LATE: _sent_late,
    Kind.NEW_DATE_PASSED: _passed,
    Kind.SECOND_REQUEST: _second,
}


def _shown(evidence: Evidence) -> str:
    """Say which batch still told otherwise."""
    shown = evidence.get("shown")
    return f"; lần trước chưa thế: {_sighting(shown)}" if shown else ""


def _seen(evidence: Evidence) -> str:
    seen = evidence.get("seen")
    return f", thấy lúc {_sighting(seen)}" if seen else ""


def _sighting(sighting: Mapping[str, Any]) -> str:
    at = datetime.fromisoformat(sighting["at"])
    return f"{at:%H:%M %d/%m/%Y} ({sighting['file']}, lô {sighting['batch']})"


def moment(text: str) -> str:
    """Return a moment of the evidence as a person writes it; 00:00 and 24:00 are days."""
    at = datetime.fromisoformat(text)
    is_day = at.time() == time.min or (at.hour, at.minute) == (23, 59)
    return f"{at:%d/%m/%Y}" if is_day else f"{at:%H:%M %d/%m/%Y}"


def _to_the_second(text: str) -> str:
    at = datetime.fromisoformat(text)
    return f"{at:%H:%M:%S %d/%m/%Y}" if at.second else f"{at:%H:%M %d/%m/%Y}"
