"""The reasons a letter may give: a catalogue of sentences by code, the office's own, or free text. Pure.

The letter must state the reason of the delay (Nghị định 118/2025/NĐ-CP, Điều 19.6). A sentence here goes on
after “Lý do:” and accuses nobody.
"""

import re
from collections.abc import Mapping
from difflib import get_close_matches

from latewatch.domain.names import fold, tidy
from latewatch.errors import LetterError

REASONS = {
    "qua-tai": "số lượng hồ sơ tiếp nhận tăng cao, vượt khả năng giải quyết trong thời hạn",
    "cho-y-kien": "cơ quan giải quyết đang chờ ý kiến bằng văn bản của cơ quan phối hợp",
    "thuc-dia": "cần thêm thời gian kiểm tra, xác minh thực địa",
    "loi-he-thong": "hệ thống thông tin giải quyết thủ tục hành chính gặp sự cố, xử lý hồ sơ bị gián đoạn",
    "can-bo-nghi": "người được giao giải quyết hồ sơ nghỉ theo chế độ, hồ sơ phải bàn giao cho người khác",
    "khac": "hồ sơ có nội dung cần thêm thời gian xem xét để giải quyết đúng quy định",
}
"""Seen in letters in use: overload, an opinion awaited, a visit to the place, a system that failed, leave."""

CODE = re.compile(r"\w+([-_]\w+)+", re.ASCII)  # what only a code looks like
ALIKE = 0.7  # of difflib: from here on a word is taken for a code that was mistyped


def catalogue(own: Mapping[str, str]) -> dict[str, str]:
    """Return the reasons by code: those shipped, with the office's `own` over and after them."""
    return {**REASONS, **own}


def reason_of(text: str, own: Mapping[str, str]) -> str:
    """Return what a letter says for `text`: the sentence of that code, else the text itself.

    Raises LetterError for what is nearly a code, or can only be one: “qua-tia” is nobody's reason.
    """
    words = tidy(text)
    if not _may_be_code(words):
        return words
    codes = {_key(code): code for code in catalogue(own)}
    key = _key(words)
    if key in codes:
        return catalogue(own)[codes[key]]
    near = [codes[each] for each in get_close_matches(key, codes, 1, ALIKE)]
    if near or CODE.fullmatch(words):
        meant = f"có phải “{near[0]}” không? Các mã" if near else "các mã"
        raise LetterError(
            f"Không có mã lý do “{words}”; {meant}: {', '.join(codes.values())} (latewatch letters reasons). "
            "Lý do khác thì viết thành câu."
        )
    return words


def check_own(own: Mapping[str, str]) -> None:
    """Refuse a code nobody could type, and one without a sentence. Raises LetterError."""
    for code, sentence in own.items():
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code):
            raise LetterError(f"mã lý do “{code}”: chỉ dùng chữ thường không dấu, số và dấu gạch nối")
        if not tidy(sentence):
            raise LetterError(f"mã lý do “{code}” cần câu ghi trong thư")


def _key(text: str) -> str:
    return fold(text).replace(" ", "-").replace("_", "-")


def _may_be_code(text: str) -> bool:
    """Tell whether `text` may be meant as a code: plain letters, or one word. A sentence has accents."""
    return bool(text) and (text.isascii() or " " not in text)
