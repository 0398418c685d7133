"""Bars as all pictures have them: filled, hatched, with their numbers. Vietnamese numbers on the axes."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from latewatch.reports.pictures.theme import Fill, Theme

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

_LEAST_SHARE = 0.05  # of the axis: a number has no room in a shorter piece of a bar
_NARROW = 6.5  # inches


def is_narrow(axes: Axes) -> bool:
    """Tell whether words must take more lines: a picture for an e-mail is narrower than one for a page."""
    figure = axes.get_figure(root=True)
    return figure is not None and figure.get_figwidth() < _NARROW


def count(value: float) -> str:
    return f"{value:,.0f}".replace(",", ".")


def wrapped(name: str, width: int, lines: int = 2) -> str:
    """Break a long name into lines, and cut what does not fit into these."""
    return "\n".join(textwrap.wrap(name, width, max_lines=lines, placeholder="…"))


def name_rows(axes: Axes, names: Sequence[str], width: int = 50) -> None:
    """Write the names of lying bars, those that need two lines smaller; the first is on top."""
    axes.set_yticks(range(len(names)), [wrapped(name, width) for name in names])
    for label in axes.get_yticklabels():
        label.set_fontsize(6.2 if "\n" in label.get_text() else 7.5)
    axes.set_ylim(len(names) - 0.4, -0.6)


def stack(
    axes: Axes,
    theme: Theme,
    parts: Sequence[tuple[str, Fill, Sequence[int]]],
    *,
    lies: bool = False,
) -> None:
    """Draw bars made of parts, each part with its number where there is room."""
    places = list(range(len(parts[0][2])))
    done = [0] * len(places)
    longest = max(map(sum, zip(*(values for _, _, values in parts), strict=True)), default=0) or 1
    for label, fill, values in parts:
        style: dict[str, Any] = {"color": fill.colour, "hatch": fill.hatch, "edgecolor": theme.ink}
        if lies:
            axes.barh(places, values, left=done, label=label, height=0.7, linewidth=0.4, **style)
        else:
            axes.bar(places, values, bottom=done, label=label, width=0.7, linewidth=0.4, **style)
        for place, value, start in zip(places, values, done, strict=True):
            if value >= longest * _LEAST_SHARE:
                middle = start + value / 2
                _write(axes, count(value), (middle, place) if lies else (place, middle), fill)
        done = [start + value for start, value in zip(done, values, strict=True)]


def _write(axes: Axes, text: str, at: tuple[float, float], fill: Fill) -> None:
    box = {"boxstyle": "square,pad=0.1", "facecolor": fill.colour, "edgecolor": "none"}
    axes.text(*at, text, ha="center", va="center", fontsize=7, color=fill.on_it, bbox=box)


def count_along(axis: Axis) -> None:
    """Mark whole numbers only, written as a Vietnamese reader does."""
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415  only who draws pays for it

    axis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    axis.set_major_formatter(lambda value, _: count(value))


def legend(axes: Axes, columns: int) -> None:
    """Say below the picture what each filling means."""
    axes.figure.legend(loc="outside lower left", ncols=columns)
