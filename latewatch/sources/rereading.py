"""How rows that were set aside are written down so that the same profile reads them again, once corrected."""

import re
from collections.abc import Collection, Mapping, Sequence

from latewatch.domain.correction import DOUBT
from latewatch.domain.names import tidy
from latewatch.domain.record import DateOrder
from latewatch.sources.files.cells import EXCEL_DAYS, key_of, moment_of, phone_of
from latewatch.sources.profiles.profile import DATE_FIELDS, EVENT_DATE_FIELDS, Profile

# Signs in reasons and warnings of what a row alone does not show; a test holds them to the readers.
ORDER_SIGNS = ("theo tháng/ngày/năm", "không rõ ô này ghi kiểu nào", "đã đảo ngày với tháng")
ROUNDED = "bảng tính đã làm tròn"
SHIFTED = ("dòng cuối bị cắt", "ô của tiêu đề", "dòng bị ngắt")

_DATE = re.compile(r"(\d{1,2}) ?[/.-] ?(\d{1,2}) ?[/.-] ?(\d{4})(\D.*)?")
_NUMBER = re.compile(r"\d+(\.\d+)?")
_PHONE_WITHOUT_ZERO = re.compile(r"\d{9}")
_DATES = frozenset((*DATE_FIELDS, *EVENT_DATE_FIELDS))


def fields_by_heading(headings: Sequence[str], fields: Collection[str], profile: Profile) -> dict[str, str]:
    """Return which of `headings` held which of the `fields` that were read; the first of two alike did."""
    found: dict[str, str] = {}
    for heading in headings:
        field = profile.field_of.get(key_of(heading), "")
        if field in fields and field not in found.values():
            found[heading] = field
    for heading in headings:
        field = _joined_field(heading, profile)
        if heading not in found and field in fields and field not in found.values():
            found[heading] = field
    return found


def _joined_field(heading: str, profile: Profile) -> str:
    """Return the field that a heading of several levels names with its last, else with its first words."""
    part = _known_part(heading, profile)
    return profile.field_of[key_of(part)] if part else ""


def _known_part(heading: str, profile: Profile) -> str:
    words = heading.split()
    endings = (" ".join(words[at:]) for at in range(len(words)))
    beginnings = (" ".join(words[:at]) for at in range(len(words) - 1, 0, -1))
    return next((part for part in (*endings, *beginnings) if key_of(part) in profile.field_of), "")


def written_headings(headings: Sequence[str], found: Mapping[str, str], profile: Profile) -> tuple[str, ...]:
    """Return the headings in one row: of one over several levels only the part that names its field."""
    return tuple(
        _known_part(heading, profile) if _is_joined(heading, found, profile) else heading
        for heading in headings
    )


def _is_joined(heading: str, found: Mapping[str, str], profile: Profile) -> bool:
    return heading in found and key_of(heading) not in profile.field_of


def written_text(text: str, field: str | None) -> str:
    """Return a cell as text that is read as the cell was: what was a number may need other words."""
    if field in _DATES and _NUMBER.fullmatch(text) and EXCEL_DAYS[0] <= float(text) < EXCEL_DAYS[1]:
        at = moment_of(float(text))
        return tidy(f"{at:%d/%m/%Y}{f'{at: %H:%M:%S}' if at and at.time().isoformat() != '00:00:00' else ''}")
    if field == "phone" and _PHONE_WITHOUT_ZERO.fullmatch(text):
        return phone_of(float(text))
    return text


def must_be_looked_at(reasons: Collection[str], warnings: Collection[str], profile: Profile) -> bool:
    """Tell whether all of a sheet was needed to read its dates: a few of its rows alone could mislead."""
    said = any(sign in text for text in (*reasons, *warnings) for sign in ORDER_SIGNS)
    return said or profile.date_order is DateOrder.MONTH_FIRST


def in_doubt(text: str, field: str | None) -> str:
    """Return a date with a mark that keeps it from being read, where day and month might be exchanged.

    One that can only have its month first is written with its year first: it must not turn others round.
    """
    match = _DATE.fullmatch(text) if field in _DATES else None
    if match is None or int(match[1]) == int(match[2]):
        return text
    first, second, year, clock = int(match[1]), int(match[2]), match[3], match[4] or ""
    if first <= 12 < second:
        return f"{year}-{first:02}-{second:02}{clock}"
    return text if first > 12 else f"{text}{DOUBT}"


def unproven(texts: Sequence[str], fields: Sequence[str | None], reason: str) -> list[str]:
    """Return the cells of a row that would pass uncorrected, as its text alone does not show what was wrong.

    A code that was rounded is left empty; of a row that was cut or shifted its first date is marked.
    """
    cells = list(texts)
    if ROUNDED in reason and "code" in fields:
        cells[fields.index("code")] = ""
    if any(sign in reason for sign in SHIFTED):
        at = next(n for n, field in enumerate(fields) if field in ("received_at", "started_at"))
        cells[at] = f"{cells[at]}{DOUBT}"
    return cells
