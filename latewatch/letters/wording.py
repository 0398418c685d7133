"""The words of a letter: its official titles, and its facts cleaned for print. Pure."""

from dataclasses import fields, replace
from typing import Any, TypeVar

from latewatch.domain.letters.letter import Letter, LetterForm, Letterhead
from latewatch.paper.wording import clean_text

_TITLES = {
    LetterForm.EXTENSION: "VĂN BẢN XIN LỖI VÀ ĐỀ NGHỊ GIA HẠN THỜI GIAN GIẢI QUYẾT",
    LetterForm.APOLOGY_SLIP: "PHIẾU XIN LỖI VÀ HẸN LẠI NGÀY TRẢ KẾT QUẢ",
}

Words = TypeVar("Words", Letter, Letterhead)


def default_title(form: LetterForm) -> str:
    """Return the official title of a form (Mẫu 04 of Thông tư 03/2025 and of 01/2018/TT-VPCP)."""
    return _TITLES[form]


def cleaned(words: Words) -> Words:
    """Return the letter (and its letterhead) with every text of its facts cleaned for print."""
    changes: dict[str, Any] = {}
    for field in fields(words):
        value = getattr(words, field.name)
        if isinstance(value, Letterhead):
            changes[field.name] = cleaned(value)
        elif type(value) is str:  # a LetterForm is not free text
            changes[field.name] = clean_text(value)
    return replace(words, **changes)
