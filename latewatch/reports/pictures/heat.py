"""The heat map of fields and units: the on-time rate in each cell, and nothing where nothing was resolved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from latewatch.domain.names import fold
from latewatch.domain.tally.comparison import Proportion, kept
from latewatch.domain.tally.counts import Counts
from latewatch.domain.tally.rates import FEW
from latewatch.domain.tally.sentences import decimal, number
from latewatch.reports.pictures.bars import name_rows, wrapped
from latewatch.reports.pictures.picture import Picture
from latewatch.reports.pictures.theme import Theme

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_FIELDS, MOST_UNITS = 30, 12
TITLE = "Tỷ lệ đúng hạn theo lĩnh vực và đơn vị (%)"
_LOWEST = 50  # percent: below it a cell is as strong as it gets
_DARK_FROM = 0.62


def heat_picture(cells: Mapping[tuple[str, str], Counts]) -> Picture:
    """Return the map of the units and fields with the most resolved dossiers."""
    rates = {key: kept(row) for key, row in cells.items() if row.resolved}
    fields = _most(rates, 0, MOST_FIELDS)
    units = _most({key: rate for key, rate in rates.items() if key[0] in fields}, 1, MOST_UNITS)
    return Picture(
        name="linh-vuc-don-vi",
        title=_title(rates, fields, units),
        alt=_alt(rates),
        headings=("Lĩnh vực", "Đơn vị", "Đã giải quyết", "Đúng hạn", "Tỷ lệ đúng hạn (%)"),
        rows=[
            (field, unit, str(row.resolved), str(kept(row).part), decimal(kept(row).percent))
            for (field, unit), row in sorted(cells.items(), key=lambda each: tuple(map(fold, each[0])))
        ],
        size=(7.2, max(2.2, 1.7 + 0.24 * len(fields))),
        draw=(lambda axes, theme: _draw(axes, theme, rates, fields, units)) if rates else None,
    )


def _most(rates: Mapping[tuple[str, str], Proportion], part: int, most: int) -> list[str]:
    """Return the names with the most resolved dossiers, in the order of their names."""
    sums: Counter[str] = Counter()
    for key, rate in rates.items():
        sums[key[part]] += rate.whole
    chosen = sorted(sums, key=lambda name: (-sums[name], name))[:most]
    return sorted(chosen, key=fold)


def _title(rates: Mapping[tuple[str, str], Proportion], fields: Sequence[str], units: Sequence[str]) -> str:
    """Say what is not drawn."""
    more = [
        f"{number(len({key[part] for key in rates}) - len(drawn))} {what}"
        for part, drawn, what in ((0, fields, "lĩnh vực"), (1, units, "đơn vị"))
        if len({key[part] for key in rates}) > len(drawn)
    ]
    return f"{TITLE}\n{', '.join(more)} ít hồ sơ hơn không vẽ: xem bảng" if more else TITLE


def _alt(rates: Mapping[tuple[str, str], Proportion]) -> str:
    if not rates:
        return f"{TITLE}: không có dữ liệu."
    (field, unit), worst = min(rates.items(), key=lambda each: (each[1].part / each[1].whole, each[0]))
    return (
        f"{TITLE}, {number(len(rates))} ô có dữ liệu. Thấp nhất: {field}, {unit}: {decimal(worst.percent)} %."
    )


def _draw(
    axes: Axes,
    theme: Theme,
    rates: Mapping[tuple[str, str], Proportion],
    fields: Sequence[str],
    units: Sequence[str],
) -> None:
    for row, field in enumerate(fields):
        for column, unit in enumerate(units):
            if (field, unit) in rates:
                _cell(axes, theme, (column, row), rates[field, unit])
    axes.set_xlim(-0.5, len(units) - 0.5)
    name_rows(axes, fields)
    names = [wrapped(unit, 26) for unit in units]
    axes.set_xticks(range(len(units)), names, rotation=40, ha="right", rotation_mode="anchor", fontsize=6.5)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    note = f"Ô trống: không có hồ sơ đã giải quyết. Chữ nghiêng: dưới {FEW} hồ sơ, chỉ để tham khảo."
    axes.set_xlabel(note, fontsize=7.5, loc="left")


def _cell(axes: Axes, theme: Theme, at: tuple[int, int], rate: Proportion) -> None:
    from matplotlib.colors import LinearSegmentedColormap  # noqa: PLC0415  only who draws pays for it
    from matplotlib.patches import Rectangle  # noqa: PLC0415

    share = max(0.0, (float(rate.percent or 0) - _LOWEST) / (100 - _LOWEST))
    colour = LinearSegmentedColormap.from_list("rates", theme.scale)(share)
    corner = (at[0] - 0.48, at[1] - 0.46)
    axes.add_patch(Rectangle(corner, 0.96, 0.92, facecolor=colour, edgecolor=theme.faint, linewidth=0.5))
    luminance = 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]
    axes.text(
        *at,
        decimal(rate.percent).removesuffix(",00"),
        ha="center",
        va="center",
        fontsize=7,
        style="italic" if rate.is_small else "normal",
        color="#ffffff" if luminance < _DARK_FROM - 0.1 else "#16191d",
    )
