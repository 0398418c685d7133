"""What a text message says: facts of a letter in the office's words, or in a template's parameters. Pure.

No name and no address: a telephone lies open. No link: people are told that an office never sends one.
"""

import re
from collections.abc import Mapping
from datetime import date

from latewatch.domain.letters.letter import Letter
from latewatch.domain.names import tidy
from latewatch.errors import LetterError

LONGEST = 400  # characters; what Zalo ZNS takes in a template
FACTS = ("code", "unit", "promised_on", "new_date", "number")
_PLACE = re.compile(r"\{(\w*)\}")
_LINK = re.compile(
    r"https?:|www\.|\b[\w-]+(?:\.[\w-]+)*\.(?:vn|com|net|org|info|gov|me|ly|link|top|xyz|app|io)\b",
    re.IGNORECASE,
)


def facts_of(letter: Letter, number: str) -> dict[str, str]:
    """Return what may be told of a letter on a telephone, by the names the settings call it by."""
    unit = tidy(letter.head.unit_name or letter.head.issuing_body)
    facts = (tidy(letter.code), unit, _day(letter.promised_on), _day(letter.new_date), number)
    return dict(zip(FACTS, facts, strict=True))


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def words_problem(words: str) -> str:
    """Say what is wrong with the office's words for a text message; empty where nothing is."""
    unknown = next((name for name in _PLACE.findall(words) if name not in FACTS), None)
    if unknown is not None:
        return f"không có chỗ điền {{{unknown}}}; chọn trong: {', '.join(FACTS)}"
    if set("{}") & set(_PLACE.sub("", words)):
        return "dấu ngoặc { } chỉ dùng cho chỗ điền, ví dụ {code}"
    return _problem(words)


def _problem(text: str) -> str:
    if _LINK.search(text):
        return "có liên kết; tin của cơ quan không kèm liên kết, để người nhận phân biệt với tin lừa đảo"
    if len(text) > LONGEST:
        return f"dài {len(text)} ký tự, nhiều nhất {LONGEST}"
    return ""


def text_of(words: str, facts: Mapping[str, str]) -> str:
    """Return the office's words, the facts in their places. Raises LetterError where it cannot be sent."""
    text = tidy(_PLACE.sub(lambda place: facts[place[1]], words))
    problem = _problem(text)
    if problem:
        raise LetterError(f"Tin nhắn {problem}; hãy sửa gateway.text.")
    return text


def data_of(parameters: Mapping[str, str], facts: Mapping[str, str]) -> dict[str, str]:
    """Return the template's parameters filled. Raises LetterError where they cannot be sent."""
    filled = {name: facts[fact] for name, fact in parameters.items()}
    problem = next(filter(None, map(_problem, (*filled.values(), " ".join(filled.values())))), "")
    if problem:
        raise LetterError(f"Tham số của mẫu tin {problem}; hãy sửa gateway.parameters.")
    return filled
