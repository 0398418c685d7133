"""How commands show things: tables and lines for people, one JSON document for programs."""

import sys
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.progress import track
from rich.table import Table

T = TypeVar("T")

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def show_json(document: Any) -> None:
    """Print one JSON document. Dates are ISO 8601, moments with their offset."""
    text = msgspec.json.format(msgspec.json.encode(document, enc_hook=str), indent=2)
    sys.stdout.write(text.decode() + "\n")


def say(text: str = "") -> None:
    """Print a line as it is: what comes from data is never markup."""
    out.print(text, markup=False)


def done(text: str) -> None:
    out.print(f"[green]✓[/] {escape(text)}")


def warn(text: str) -> None:
    err.print(f"[yellow]![/] {escape(text)}")


def fail(text: str) -> None:
    err.print(f"[red]✗[/] {escape(text)}")


def show_table(
    title: str, headings: Sequence[str], rows: Iterable[Sequence[object]], right: Sequence[int] = ()
) -> None:
    """Print a table; the columns in `right` hold figures."""
    table = Table(title=title, title_justify="left", title_style="bold", header_style="bold")
    for index, heading in enumerate(headings):
        is_figure = index in right
        table.add_column(
            heading, justify="right" if is_figure else "left", no_wrap=is_figure, overflow="fold"
        )
    for row in rows:
        table.add_row(*(escape(str(cell)) for cell in row))
    Console(highlight=False).print(table)


def progress(items: Sequence[T], title: str, /) -> Iterable[T]:
    """Show a bar while a person watches; otherwise nothing."""
    if len(items) < 2 or not err.is_terminal:
        return items
    return track(items, description=title, console=err, transient=True)
