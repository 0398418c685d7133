"""A picture and its files: the same figures give the same bytes. Drawn without a screen, without pyplot.

matplotlib is loaded when the first picture is drawn: it takes about a second.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

from latewatch.domain.tally.columns import NOTHING
from latewatch.reports.pictures.theme import LIGHT, Theme

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FONTS = ["Liberation Sans", "DejaVu Sans"]
_DOTS = 144  # per inch of a PNG: sharp on paper and screen, small enough for a mail
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would compute


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture before it is drawn, and the table it shows. `size` is in inches.

    `alt` says in words what is to be seen. Without `draw` there is no data, and the picture says so.
    """

    name: str
    title: str
    alt: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    size: tuple[float, float] = (7.2, 3.0)
    draw: Callable[[Axes, Theme], None] | None = None


def svg(picture: Picture, theme: Theme = LIGHT) -> bytes:
    """Return the picture as SVG, its text as outlines: no reader needs the font."""
    drawn = _saved(picture, theme, "svg", metadata={"Date": None, "Creator": None, "Title": picture.title})
    label = f'<svg role="img" aria-label={quoteattr(picture.alt)} '
    return drawn.replace(b"<svg ", label.encode(), 1)


def png(picture: Picture, theme: Theme = LIGHT) -> bytes:
    return _saved(picture, theme, "png", dpi=_DOTS, metadata={"Software": None, "Title": picture.title})


def table_csv(picture: Picture) -> bytes:
    """Return the table of a picture for spreadsheets; what would be a formula there stays text."""
    text = StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(picture.headings)
    writer.writerows([_text(cell) for cell in row] for row in picture.rows)
    return text.getvalue().encode("utf-8-sig")


def _text(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _saved(picture: Picture, theme: Theme, kind: str, **options: Any) -> bytes:
    from matplotlib import rc_context  # noqa: PLC0415  only who draws pays for it
    from matplotlib.figure import Figure  # noqa: PLC0415

    settings: Any = _settings(theme)  # its keys are told to type checkers one by one
    with rc_context(settings):
        figure = Figure(figsize=picture.size, layout="constrained")
        _fill(figure, picture, theme)
        buffer = BytesIO()
        figure.savefig(buffer, format=kind, facecolor=theme.paper, **options)
    return buffer.getvalue()


def _fill(figure: Figure, picture: Picture, theme: Theme) -> None:
    axes = figure.add_subplot()
    axes.set_title(picture.title, loc="left", fontweight="bold", fontsize=10)
    if picture.draw is None:
        axes.set_axis_off()
        axes.text(0.5, 0.5, NOTHING.capitalize(), ha="center", va="center", fontsize=12, color=theme.ink)
        return
    picture.draw(axes, theme)


def _settings(theme: Theme) -> dict[str, Any]:
    return {
        "font.family": FONTS,
        "font.size": 8.5,
        "svg.hashsalt": "latewatch",
        "svg.fonttype": "path",
        "hatch.linewidth": 0.7,
        "text.color": theme.ink,
        "text.parse_math": False,  # names come from data
        "axes.labelcolor": theme.ink,
        "axes.edgecolor": theme.ink,
        "axes.facecolor": theme.paper,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "xtick.color": theme.ink,
        "ytick.color": theme.ink,
        "legend.frameon": False,
        "legend.fontsize": 8,
    }
