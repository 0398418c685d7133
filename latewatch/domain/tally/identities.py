"""The identities every table is held to; a broken one names the row or the dossiers behind it. Pure.

The form defines (3), (9) and (13) as sums; that they meet is inferred: what came in is done or pending.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from latewatch.domain.tally.counts import COLUMNS, Counts
from latewatch.errors import TallyError

NAMED = 5  # dossiers a message names
_NOT_PRINTED = "Bảng không được in; hãy báo lỗi kèm `latewatch check`."


def check_rows(rows: Mapping[str, Counts], total: Counts) -> None:
    """Assert (3) = (9) + (13) on every row and the total, and that the rows add up to the total.

    Raises TallyError naming the row or column.
    """
    for name, row in [*rows.items(), ("TỔNG CỘNG", total)]:
        if row.received != row.resolved + row.pending:
            raise TallyError(
                f"Dòng “{name}”: tiếp nhận (3) = {row.received} khác (9) + (13) "
                f"= {row.resolved} + {row.pending}. {_NOT_PRINTED}"
            )
    sums = dict.fromkeys(COLUMNS, 0)
    for row in rows.values():
        for column, value in row.columns().items():
            sums[column] += value
    for column, value in total.columns().items():
        if sums[column] != value:
            raise TallyError(f"Cột {column}: tổng các dòng khác dòng TỔNG CỘNG. {_NOT_PRINTED}")


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
