"""The identities every table is held to; a broken one names the dossiers or the row behind it. Pure.

A form says of which columns each sum is made; that (3) = (9) + (13) is inferred: what came in is done or
pending. (8) of a period is (13) of the one before, dossier by dossier.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet

from latewatch.domain.tally.counts import COLUMNS, Counts
from latewatch.domain.tally.layout import Equation
from latewatch.errors import TallyError

NAMED = 5  # dossiers a message names
_NOT_PRINTED = "Bảng không được in; hãy báo lỗi kèm `latewatch check`."


def check_dossiers(equations: Sequence[Equation], placed: Mapping[tuple[str, ...], Sequence[str]]) -> None:
    """Assert every sum on what each dossier adds to a table; `placed` holds codes by these figures.

    Raises TallyError naming dossiers.
    """
    for figures, codes in placed.items():
        for each in equations:
            right = sum(column.times(figures) for column in each.right)
            if each.left.times(figures) != right:
                named = ", ".join(sorted(codes)[:NAMED])
                raise TallyError(f"{each} không đúng với hồ sơ {named}. {_NOT_PRINTED}")


def check_rows(equations: Sequence[Equation], rows: Mapping[str, Counts], total: Counts) -> None:
    """Assert every sum on each row and the total, and that the rows add up to the total.

    Raises TallyError naming the row or the figure.
    """
    for name, row in [*rows.items(), ("TỔNG CỘNG", total)]:
        for each in equations:
            left, right = each.left.value(row), [column.value(row) for column in each.right]
            if left != sum(right):
                said = f"{each} không đúng: {left} khác {' + '.join(map(str, right))}"
                raise TallyError(f"Dòng “{name}”: {said}. {_NOT_PRINTED}")
    for name, wanted in total.figures().items():
        if sum(row.sum((name,)) for row in rows.values()) != wanted:
            raise TallyError(f"{_called(name)}: tổng các dòng khác dòng TỔNG CỘNG. {_NOT_PRINTED}")


def _called(figure: str) -> str:
    """Name a figure by its column of form 07a, where it is one there."""
    column = next((key for key, figures in COLUMNS.items() if figures == (figure,)), "")
    return f"Cột {column}" if column else f"Số liệu “{figure}”"


def check_sections(rows: AbstractSet[str], in_sections: Sequence[str]) -> None:
    """Assert that each row stands in exactly one section. Raises TallyError naming a row."""
    for name in rows:
        if in_sections.count(name) != 1:
            raise TallyError(f"Dòng “{name}” không thuộc đúng một mục của biểu. {_NOT_PRINTED}")


def refuse_carry_over(codes: Iterable[str]) -> None:
    """Raise TallyError: of (8) and the (13) of the period before, the dossiers `codes` are in one only."""
    named = ", ".join(sorted(codes)[:NAMED])
    raise TallyError(
        f"Từ kỳ trước (8) khác (13) của kỳ trước: hồ sơ {named} chỉ có ở một bên. {_NOT_PRINTED}"
    )


def check_carry_over(carried: AbstractSet[str], pending_before: AbstractSet[str]) -> None:
    """Assert that (8) holds exactly the dossiers of (13) of the period before, both from what is known now.

    Raises TallyError naming dossiers that are in one of them only.
    """
    if carried == pending_before:
        return
    named = ", ".join(sorted(carried ^ pending_before)[:NAMED])
    raise TallyError(
        f"Từ kỳ trước (8) = {len(carried)} khác (13) của kỳ trước = {len(pending_before)}: "
        f"hồ sơ {named} chỉ có ở một bên. {_NOT_PRINTED}"
    )
