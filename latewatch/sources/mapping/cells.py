"""What a cell looks like, whatever its heading says: a date, a code, a number, a word."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from enum import StrEnum

from latewatch.domain.limit import LimitUnit
from latewatch.sources.files.cells import limit_of, moment_of, phone_of, text_of
from latewatch.sources.files.grid import Cell


class Kind(StrEnum):
    """What the cells of a column are."""

    DATE = "ngày"
    CODE = "mã"
    PROCEDURE = "mã thủ tục"
    PHONE = "số điện thoại"
    EMAIL = "thư điện tử"
    LIMIT = "thời hạn"
    NUMBER = "số"
    TEXT = "chữ"
    EMPTY = "trống"


_LONGEST = 120  # characters of a cell that may still be more than text
_DATE = re.compile(r"\d{1,2} ?[/.-] ?\d{1,2} ?[/.-] ?(\d{4}|\d{2})([ T].*)?")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"(\+?84|0)\d{8,10}")
_PROCEDURE = re.compile(r"\d\.\d{6}(\.\d{1,3})*(\.[A-Z]\d+)?")
_NUMBER = re.compile(r"-?\d{1,3}([.,]\d{3})*([.,]\d+)?|-?\d+([.,]\d+)?")
_CODE = re.compile(r"(?=(?:[^\d]*\d){4})[^\W_]+(?:[./_-][^\W_]+)+|[^\W\d_]{1,6}\d{4,}")
_DOSSIER_CODE = re.compile(r"[A-Z\d]+(?:\.[A-Z\d]+)*-\d{6,8}-\d{3,8}")


def kind_of(cell: Cell) -> Kind:
    """Return what one cell looks like. Nothing is read: 31/02/2026 looks like a date."""
    text = text_of(cell)
    if not text:
        return Kind.EMPTY
    if isinstance(cell, date):
        return Kind.DATE
    if not isinstance(cell, str):
        return _kind_of_number(cell, text)
    return _kind_of_text(text) if len(text) <= _LONGEST else Kind.TEXT


def _kind_of_number(cell: Cell, text: str) -> Kind:
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return Kind.TEXT
    if _PHONE.fullmatch(phone_of(cell)):
        return Kind.PHONE
    return Kind.DATE if len(text) == len("yyyyMMddHHmmss") and _is_moment(text) else Kind.NUMBER


def _kind_of_text(text: str) -> Kind:
    return next(kind for kind, looks_so in _FORMS if looks_so(text))


def _is_moment(text: str) -> bool:
    if not text[0].isdigit():
        return False
    try:
        return moment_of(text) is not None
    except ValueError:
        return False


def _is_limit(text: str) -> bool:
    if not text[0].isdigit():
        return False
    try:
        return limit_of(text, LimitUnit.WORKING_DAYS) is not None
    except ValueError:
        return False


_FORMS: Sequence[tuple[Kind, Callable[[str], object]]] = (  # the first that fits
    (Kind.DATE, lambda text: _DATE.fullmatch(text) or _is_moment(text)),
    (Kind.EMAIL, _EMAIL.fullmatch),
    (Kind.PHONE, lambda text: _PHONE.fullmatch(re.sub(r"[ .()-]", "", text))),
    (Kind.PROCEDURE, _PROCEDURE.fullmatch),
    (Kind.NUMBER, _NUMBER.fullmatch),
    (Kind.CODE, _CODE.fullmatch),
    (Kind.LIMIT, _is_limit),
    (Kind.TEXT, lambda _: True),
)


def is_dossier_code(text: str) -> bool:
    """Tell whether a text is written as the codes of dossiers are: agency, day, serial number."""
    return _DOSSIER_CODE.fullmatch(text.upper()) is not None
