"""The life of a letter: which step may follow which, and why no other. Pure.

A letter is drafted, reviewed, numbered, signed, sent, confirmed; it can be cancelled at any time. A draft is
nobody's word yet: only what was sent is an apology to the person (Nghị định 118/2025/NĐ-CP, Điều 19.6).

What cancelling leaves behind depends on how far the letter came. Before its number: nothing, the dossier
may get another draft. With a number: the number, with the reason, in the register. Once sent: the person was
given a new appointment, and there is at most one (Điều 19.6), so the dossier gets no other letter.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from latewatch.errors import LetterError


class LetterState(StrEnum):
    """How far a letter has come."""

    DRAFT = "draft"
    REVIEWED = "reviewed"
    NUMBERED = "numbered"
    SIGNED = "signed"
    SENT = "sent"  # handed over on one channel at least; paper is one
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


STATE_LABELS = {
    LetterState.DRAFT: "nháp",
    LetterState.REVIEWED: "đã rà",
    LetterState.NUMBERED: "đã cấp số",
    LetterState.SIGNED: "đã ký",
    LetterState.SENT: "đã gửi/đã in",
    LetterState.CONFIRMED: "đã xác nhận",
    LetterState.CANCELLED: "đã hủy",
}

UNNUMBERED = (LetterState.DRAFT, LetterState.REVIEWED)  # nothing but our own row knows of it
NUMBERED = (LetterState.NUMBERED, LetterState.SIGNED)  # it stands in the register, and nobody has it yet
PENDING = UNNUMBERED + NUMBERED
OUT = (LetterState.SENT, LetterState.CONFIRMED)  # the person has it
ALIVE = PENDING + OUT


class Move(StrEnum):
    """A step a person takes with a letter."""

    REVIEW = "review"
    REVISE = "revise"  # other words or dates: what was reviewed is a draft again
    NUMBER = "number"
    SIGN = "sign"
    SEND = "send"
    CONFIRM = "confirm"
    CANCEL = "cancel"
    ISSUE = "issue"  # numbered, signed and sent without latewatch: only noted


@dataclass(frozen=True, slots=True)
class Step:
    """Where a move leads, from where it may start, and the rule that says so."""

    called: str
    of: tuple[LetterState, ...]
    to: LetterState
    rule: str


STEPS = {
    Move.REVIEW: Step("rà", (LetterState.DRAFT,), LetterState.REVIEWED, "chỉ dự thảo mới cần rà"),
    Move.REVISE: Step(
        "sửa",
        UNNUMBERED,
        LetterState.DRAFT,
        "văn bản đã cấp số thì không sửa nữa; hãy hủy, số đã cấp ở lại sổ kèm lý do",
    ),
    Move.NUMBER: Step(
        "cấp số",
        (LetterState.REVIEWED,),
        LetterState.NUMBERED,
        "chỉ cấp số cho văn bản đã rà, vì số đã cấp không lấy lại được",
    ),
    Move.SIGN: Step(
        "ký",
        (LetterState.NUMBERED,),
        LetterState.SIGNED,
        "chỉ ký văn bản đã cấp số, vì sau chữ ký không điền thêm được gì",
    ),
    Move.SEND: Step(
        "gửi",
        (LetterState.SIGNED,),
        LetterState.SENT,
        "chỉ gửi văn bản đã ký (NĐ 118/2025/NĐ-CP, Điều 19.6)",
    ),
    Move.CONFIRM: Step(
        "xác nhận",
        (LetterState.SENT,),
        LetterState.CONFIRMED,
        "chỉ xác nhận văn bản đã gửi hoặc đã in",
    ),
    Move.CANCEL: Step("hủy", ALIVE, LetterState.CANCELLED, "văn bản này đã hủy rồi"),
    Move.ISSUE: Step(
        "ghi nhận",
        UNNUMBERED,
        LetterState.SENT,
        "chỉ ghi nhận văn bản chưa cấp số trong latewatch; đã cấp số thì ký và gửi tiếp",
    ),
}


def after(state: LetterState, move: Move) -> LetterState:
    """Return the state `move` leads to. Raises LetterError naming the rule where it cannot start here."""
    step = STEPS[move]
    if state not in step.of:
        raise LetterError(
            f"Không {step.called} được văn bản xin lỗi đang ở bước “{STATE_LABELS[state]}”: {step.rule}."
        )
    return step.to


# These are taken only with a letter somebody still needs: see `checks.check_wanted`.
WHILE_WANTED = (Move.REVIEW, Move.REVISE, Move.NUMBER, Move.SIGN, Move.SEND)

_WHY_NEEDED = {
    Move.CANCEL: "Hủy văn bản xin lỗi phải nêu lý do (--why): lý do ở lại sổ cùng số đã cấp.",
    Move.CONFIRM: "Xác nhận phải ghi người nộp xác nhận bằng cách nào (--why), ví dụ: ký nhận tại quầy.",
}


def check_reason(move: Move, why: str) -> None:
    """Refuse to cancel without a reason, and to confirm without how it was confirmed. Raises LetterError."""
    if not why.strip() and move in _WHY_NEEDED:
        raise LetterError(_WHY_NEEDED[move])


def check_author(by: str) -> None:
    """Refuse a step that nobody took. Raises LetterError."""
    if not by.strip():
        raise LetterError("Mỗi bước phải ghi ai làm: --by TÊN, hoặc đặt biến môi trường LATEWATCH_BY.")


def refuse_second(code: str, existing_on: date | None) -> None:
    """Refuse a second letter: the new appointment is made at most once (NĐ 118/2025, Điều 19.6).

    Raises LetterError where `existing_on`, the date of the dossier's letter or draft, is known.
    """
    if existing_on is not None:
        raise LetterError(
            f"Hồ sơ {code} đã có văn bản xin lỗi ngày {existing_on:%d/%m/%Y}; "
            "việc hẹn lại ngày trả kết quả không quá một lần (NĐ 118/2025/NĐ-CP, Điều 19.6)."
        )
