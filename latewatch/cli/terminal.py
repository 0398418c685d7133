"""How commands show things: tables and lines for people, one JSON document for programs."""

import sys
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import msgspec
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.measure import Measurement
from rich.progress import track
from rich.table import Table

T = TypeVar("T")

FEW = 5  # items that are done before a bar could be read
NARROWEST = 14  # columns for a name or a title that is broken into lines
WIDE = 240  # columns of a table that goes to a file or a pipe: nothing in it is cut

out = Console(highlight=False, soft_wrap=True, emoji=False)  # what stands between two colons is data
err = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)


def show_json(document: Any) -> None:
    """Print one JSON document. Dates are ISO 8601, moments with their offset."""
    text = msgspec.json.format(msgspec.json.encode(document, enc_hook=str), indent=2)
    sys.stdout.write(text.decode() + "\n")


def say(text: str = "") -> None:
    """Print a line as it is: what comes from data is never markup."""
    out.print(text, markup=False)


def warn(text: str) -> None:
    err.print(f"[yellow]![/] {escape(text)}")


def fail(text: str) -> None:
    err.print(f"[red]✗[/] {escape(text)}")


def show_findings(findings: Iterable[tuple[str, str]]) -> None:
    """Print (sign, text) pairs in order, the sign in its colour: ✓ well, ! to look at, ✗ broken."""
    colours = {"✓": "green", "!": "yellow", "✗": "red"}
    for sign, text in findings:
        out.print(f"[{colours[sign]}]{sign}[/] {escape(text)}")


def show_table(
    title: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    figures: Sequence[int] = (),
    wraps: Sequence[int] = (),
) -> None:
    """Print a table: columns in `figures` are set to the right, only those in `wraps` broken into lines.

    On a terminal that is too narrow the lines run over its edge: a figure is never cut.
    """
    table = Table(title=title or None, title_justify="left", title_style="bold", box=SIMPLE_HEAD)
    table.padding = (0, 1, 0, 0)
    for index, heading in enumerate(headings):
        is_fixed = index not in wraps
        table.add_column(
            heading,
            justify="right" if index in figures else "left",
            no_wrap=is_fixed,
            overflow="fold",
            min_width=None if is_fixed else NARROWEST,
        )
    for row in rows:
        table.add_row(*(escape(str(cell)) for cell in row))
    console = Console(highlight=False, emoji=False, width=None if out.is_terminal else WIDE)
    needed = Measurement.get(console, console.options.update(width=WIDE), table).minimum
    console.width = max(console.width, needed)
    console.print(table)


def progress(items: Sequence[T], title: str, /) -> Iterable[T]:
    """Show a bar while a person watches work of some length; otherwise nothing."""
    if len(items) < FEW or not err.is_terminal:
        return items
    return track(items, description=title, console=err, transient=True)
