"""Early, on time and late over twelve months, stacked; and how late the late ones were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from latewatch.domain.tally.comparison import early, has_past, kept
from latewatch.domain.tally.counts import Counts
from latewatch.domain.tally.overview import DAYS_LATE
from latewatch.domain.tally.sentences import decimal, number, percent
from latewatch.domain.tally.table import Tally
from latewatch.reports.pictures.bars import count_along, is_narrow, legend, stack
from latewatch.reports.pictures.picture import Picture
from latewatch.reports.pictures.theme import Theme

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TREND = "Hồ sơ đã giải quyết trong 12 tháng"
LATENESS = "Hồ sơ quá hạn của kỳ: quá bao nhiêu ngày làm việc"


def trend_picture(trend: Sequence[Tally]) -> Picture:
    """Return the picture of the months, each with its on-time rate; without past it says so."""
    any_data = any(each.total.resolved for each in trend)
    return Picture(
        name="muoi-hai-thang",
        title=TREND,
        alt=_trend_alt(trend),
        headings=("Kỳ", "Trước hạn", "Đúng hạn", "Quá hạn", "Tỷ lệ đúng hạn (%)", "Trước hạn (%)"),
        rows=[_month_row(each) for each in trend],
        size=(7.2, 2.6),
        draw=(lambda axes, theme: _draw_trend(axes, theme, trend)) if any_data else None,
    )


def _trend_alt(trend: Sequence[Tally]) -> str:
    known = [each for each in trend if each.total.resolved]
    if not known:
        return f"{TREND}: không có dữ liệu."
    told = [
        f"{each.period.title} {number(each.total.resolved)} hồ sơ, đúng hạn {percent(kept(each.total))}"
        for each in (known if len(known) == 1 else (known[0], known[-1]))
    ]
    return f"{TREND}: {'; '.join(told)}."


def _month_row(each: Tally) -> tuple[str, ...]:
    total = each.total
    figures = (str(total.early), str(total.on_time), str(total.late))
    share = decimal(kept(total).percent)
    return (each.period.title, *figures, share, decimal(early(total).percent))


def _draw_trend(axes: Axes, theme: Theme, trend: Sequence[Tally]) -> None:
    totals = [each.total for each in trend]
    stack(
        axes,
        theme,
        [
            ("trước hạn", theme.early, [each.early for each in totals]),
            ("đúng hạn", theme.on_time, [each.on_time for each in totals]),
            ("quá hạn", theme.late, [each.late for each in totals]),
        ],
    )
    highest = max(each.resolved for each in totals)
    axes.set_ylim(0, highest * 1.14)
    for place, each in enumerate(trend):
        share, turned = decimal(kept(each.total).percent) + " %", 0
        if not each.total.resolved:
            share, turned = ("không có dữ liệu", 90) if is_narrow(axes) else ("không có\ndữ liệu", 0)
        at = each.total.resolved + highest * 0.02
        axes.text(place, at, share, ha="center", va="bottom", fontsize=7, rotation=turned)
    axes.set_xticks(
        range(len(trend)), [_month(each) for each in trend], fontsize=7 if is_narrow(axes) else 7.5
    )
    count_along(axes.yaxis)
    legend(axes, 3)


def _month(each: Tally) -> str:
    return f"{each.period.last:%m/%Y}" + ("" if has_past(each) or not each.total.resolved else "*")


def days_late_picture(rows: Mapping[str, Counts]) -> Picture:
    values = [rows.get(label, Counts()) for label in DAYS_LATE]
    any_late = any(each.late or each.overdue for each in values)
    return Picture(
        name="so-ngay-qua-han",
        title=LATENESS,
        alt=_lateness_alt(values),
        headings=("Quá hạn", "Đã giải quyết", "Đang giải quyết"),
        rows=[(label, str(row.late), str(row.overdue)) for label, row in zip(DAYS_LATE, values, strict=True)],
        size=(7.2, 2.2),
        draw=(lambda axes, theme: _draw_lateness(axes, theme, values)) if any_late else None,
    )


def _lateness_alt(values: Sequence[Counts]) -> str:
    late, overdue = sum(each.late for each in values), sum(each.overdue for each in values)
    if not late and not overdue:
        return f"{LATENESS}: không có hồ sơ quá hạn."
    return (
        f"{LATENESS}: {number(late)} hồ sơ giải quyết quá hạn, {number(overdue)} hồ sơ đang quá hạn cuối kỳ."
    )


def _draw_lateness(axes: Axes, theme: Theme, values: Sequence[Counts]) -> None:
    stack(
        axes,
        theme,
        [
            ("đã giải quyết, quá hạn", theme.plain, [each.late for each in values]),
            ("đang giải quyết, quá hạn cuối kỳ", theme.late, [each.overdue for each in values]),
        ],
    )
    axes.set_xticks(range(len(DAYS_LATE)), list(DAYS_LATE), fontsize=7.5)
    count_along(axes.yaxis)
    legend(axes, 2)
