"""Where the time goes: the working days each unit used of dossiers that go through several (liên thông)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from latewatch.domain.tally.sentences import number
from latewatch.domain.tally.stages import StageCounts
from latewatch.domain.tally.table import Tally
from latewatch.reports.pictures.bars import count_along, legend, name_rows, stack
from latewatch.reports.pictures.picture import Picture
from latewatch.reports.pictures.theme import Theme

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST = 12
TITLE = "Hồ sơ liên thông: ngày làm việc từng đơn vị đã dùng"
_OTHERS = "đơn vị khác"


def stages_picture(stages: Tally, most: int = MOST) -> Picture:
    rows = {name: row for name, row in stages.rows.items() if isinstance(row, StageCounts)}
    chosen = most_days(rows, most)
    return Picture(
        name="theo-chang",
        title=TITLE,
        alt=_alt(rows),
        headings=("Đơn vị", "Ngày đã dùng", "Trong đó quá hạn của chặng", "Chặng quá hạn"),
        rows=[
            (name, str(row.stage_days), str(row.stage_days_over), str(row.stage_late + row.stage_overdue))
            for name, row in rows.items()
        ],
        size=(7.2, max(1.6, 0.9 + 0.3 * len(chosen))),
        draw=(lambda axes, theme: _draw(axes, theme, chosen))
        if any(a + b for a, b in chosen.values())
        else None,
    )


def most_days(rows: Mapping[str, StageCounts], most: int = MOST) -> dict[str, tuple[int, int]]:
    """Return days within the stage's limit and beyond it, by unit, the most first; the others as one."""
    days = {name: (row.stage_days - row.stage_days_over, row.stage_days_over) for name, row in rows.items()}
    names = sorted(days, key=lambda name: (-sum(days[name]), name))
    if len(names) <= most:
        return {name: days[name] for name in names}
    rest = [days[name] for name in names[most - 1 :]]
    label = f"{number(len(rest))} {_OTHERS}"
    return {name: days[name] for name in names[: most - 1]} | {label: _added(rest)}


def _added(days: Sequence[tuple[int, int]]) -> tuple[int, int]:
    return sum(within for within, _ in days), sum(over for _, over in days)


def _alt(rows: Mapping[str, StageCounts]) -> str:
    used = {name: row.stage_days for name, row in rows.items()}
    if not sum(used.values()):
        return f"{TITLE}: không có dữ liệu."
    most = max(used, key=lambda name: (used[name], name))
    return f"{TITLE}. Nhiều nhất: {most}, {number(used[most])} trên {number(sum(used.values()))} ngày."


def _draw(axes: Axes, theme: Theme, days: Mapping[str, tuple[int, int]]) -> None:
    stack(
        axes,
        theme,
        [
            ("trong thời hạn của chặng", theme.plain, [within for within, _ in days.values()]),
            ("quá thời hạn của chặng", theme.late, [over for _, over in days.values()]),
        ],
        lies=True,
    )
    name_rows(axes, list(days))
    count_along(axes.xaxis)
    legend(axes, 2)
