"""One code on several rows of a file: one record where they agree, none where they contradict each other."""

from collections.abc import Mapping, Sequence

from latewatch.domain.reading import Reading
from latewatch.domain.record import Rejected, Reported

SHOWN_PLACES = 5
_WORDING = ("status_text",)  # two words of one meaning are no contradiction


def set_contradictions_aside(
    rows: Sequence[Reported], code_headings: Mapping[str, str], reading: Reading
) -> None:
    """Add `rows` to `reading`; `code_headings` names the column of the code, sheet by sheet.

    Rows agree when every fact that both have is the same: a sheet may have columns another lacks.
    """
    by_code: dict[str, list[Reported]] = {}
    for row in rows:
        by_code.setdefault(row.code, []).append(row)
    for same in by_code.values():
        if len(same) == 1 or _agree(same):
            reading.reported.append(same[0] if len(same) == 1 else _joined(same))
            reading.repeated += len(same) - 1
            continue
        reason = _contradiction(same)
        reading.rejected += [
            Rejected(row.place, code_headings[row.place.sheet], reason, row.raw, row.code) for row in same
        ]


def _agree(rows: Sequence[Reported]) -> bool:
    known: dict[str, object] = {}
    return all(
        known.setdefault(field, value) == value
        for row in rows
        for field, value in row.facts.items()
        if field not in _WORDING
    )


def _joined(rows: Sequence[Reported]) -> Reported:
    first = rows[0]
    facts = {field: value for row in reversed(rows) for field, value in row.facts.items()}
    return Reported(first.code, facts, first.raw, first.place)


def _contradiction(rows: Sequence[Reported]) -> str:
    is_one_sheet = len({row.place.sheet for row in rows}) == 1
    places = [
        f"{row.place.row}" if is_one_sheet else f"{row.place.row} trang tính “{row.place.sheet}”"
        for row in rows[:SHOWN_PLACES]
    ]
    more = f" và {len(rows) - SHOWN_PLACES} dòng nữa" if len(rows) > SHOWN_PLACES else ""
    return (
        f"mã hồ sơ {rows[0].code} có ở nhiều dòng (dòng {', '.join(places)}{more}) với nội dung khác nhau, "
        "chưa rõ dòng nào đúng; hãy bỏ dòng sai rồi xuất lại"
    )
