"""Units by on-time rate, level by level: their target, and the interval of those that resolved few."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from latewatch.domain.tally.ranking import LEVELS, Ranked
from latewatch.domain.tally.sentences import decimal, number, percent
from latewatch.reports.pictures.bars import is_narrow, name_rows
from latewatch.reports.pictures.picture import Picture
from latewatch.reports.pictures.theme import Theme

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST = 20  # units drawn; of more, as many of the best as of the worst
TITLE = "Tỷ lệ đúng hạn theo đơn vị (%)"
_HEADINGS = (
    *("Đơn vị", "Cấp", "Hạng trong cấp", "Đã giải quyết", "Đúng hạn", "Tỷ lệ đúng hạn (%)"),
    *("Khoảng tin cậy 95 % (%)", "Trước hạn (%)", "Chỉ tiêu (%)", "So với chỉ tiêu"),
)


@dataclass(frozen=True, slots=True)
class Gap:
    """The units that are not drawn: how many, and how many of them are not ranked."""

    count: int
    unranked: int


def by_rate(units: Sequence[Ranked]) -> list[Ranked]:
    """Return the units that resolved anything, the best rate first."""
    rated = [each for each in units if each.counts.resolved]
    return sorted(rated, key=lambda each: (-each.kept.part / each.kept.whole, -each.kept.whole, each.unit))


def shown(units: Sequence[Ranked], most: int = MOST) -> list[Ranked | Gap]:
    """Return what has a bar, the best first.

    Of more than `most`, the best and the worst of those that are ranked: no unit is shown up by three
    dossiers. What is between them, and the small ones, is a gap that says so.
    """
    rated = by_rate(units)
    if len(rated) <= most:
        return list(rated)
    large = [each for each in rated if each.place]
    half = most // 2 if len(large) > most else len(large)
    best, worst = large[:half], large[half:][-half:] if half else []
    count = len(rated) - len(best) - len(worst)
    return [*best, Gap(count, len(rated) - len(large)), *worst]


def units_picture(units: Sequence[Ranked], most: int = MOST) -> Picture:
    entries = shown(units, most)
    return Picture(
        name="don-vi",
        title=TITLE,
        alt=_alt(by_rate(units)),
        headings=_HEADINGS,
        rows=[_row(each) for each in units],
        size=(7.2, max(1.6, 0.8 + 0.23 * len(entries))),
        draw=(lambda axes, theme: _draw(axes, theme, entries)) if entries else None,
    )


def _alt(rated: Sequence[Ranked]) -> str:
    if not rated:
        return f"{TITLE}: không có dữ liệu."
    best, worst = rated[0], rated[-1]
    return (
        f"{TITLE}, {number(len(rated))} đơn vị có hồ sơ đã giải quyết. "
        f"Cao nhất: {best.unit}, {percent(best.kept)}. Thấp nhất: {worst.unit}, {percent(worst.kept)}."
    )


def _row(each: Ranked) -> tuple[str, ...]:
    interval = each.kept.interval
    place = f"{each.place}/{each.among}" if each.place else "không xếp hạng, ít hồ sơ"
    return (
        each.unit,
        LEVELS[each.level],
        place,
        str(each.counts.resolved),
        str(each.kept.part),
        decimal(each.kept.percent),
        f"{decimal(interval[0])} đến {decimal(interval[1])}" if interval else "",
        decimal(each.early.percent),
        decimal(each.target) if each.target is not None else "",
        each.met or "",
    )


def _draw(axes: Axes, theme: Theme, entries: Sequence[Ranked | Gap]) -> None:
    names = []
    for place, each in enumerate(entries):
        if isinstance(each, Gap):
            names.append(f"… {number(each.count)} đơn vị khác")
            text = f"{number(each.unranked)} trong số đó ít hồ sơ, không xếp hạng; tất cả có trong bảng"
            axes.text(1, place, text, va="center", fontsize=7.5, style="italic")
        else:
            names.append(each.unit)
            _bar(axes, theme, place, each)
    name_rows(axes, names)
    axes.set_xlim(0, 100)
    axes.set_xticks(range(0, 101, 20))
    _legend(axes, theme, [each for each in entries if isinstance(each, Ranked)])


def _bar(axes: Axes, theme: Theme, place: int, each: Ranked) -> None:
    """Draw one unit: hatched and pale where few were resolved, with the interval its rate may lie in."""
    small, value = each.kept.is_small, float(each.kept.percent or 0)
    fill = theme.late if small else theme.plain
    axes.barh(
        place,
        value,
        height=0.66,
        color=theme.paper if small else fill.colour,
        hatch="...." if small else "",
        edgecolor=theme.plain.colour if small else theme.ink,
        linewidth=0.4,
    )
    if small and each.kept.interval:
        low, high = map(float, each.kept.interval)
        axes.errorbar(
            [(low + high) / 2], [place], xerr=(high - low) / 2, color=theme.ink, capsize=2.5, linewidth=1
        )
    if each.target is not None:
        at = float(each.target)
        axes.plot([at, at], [place - 0.45, place + 0.45], color=theme.target, linewidth=2)
    axes.text(
        1.01,
        place,
        f"{decimal(each.kept.percent)} ({number(each.kept.whole)})",
        transform=axes.get_yaxis_transform(),
        va="center",
        fontsize=7.5,
    )


def _legend(axes: Axes, theme: Theme, drawn: Sequence[Ranked]) -> None:
    said = ["Bên phải: tỷ lệ (số hồ sơ đã giải quyết)"]
    if any(each.kept.is_small for each in drawn):
        said.append("vạch ngang: khoảng tin cậy 95 %, dưới 30 hồ sơ")
    if any(each.target is not None for each in drawn):
        said.append("vạch đứng: chỉ tiêu")
    lines = said if is_narrow(axes) else ["; ".join(said[:2]), *said[2:]]
    axes.set_xlabel(";\n".join(lines), fontsize=7.5, loc="left", color=theme.ink)
