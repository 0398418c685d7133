"""A table of figures on the screen: columns by number; below it what they mean and how they are counted."""

from collections.abc import Iterator

from latewatch.cli import terminal
from latewatch.domain.tally.columns import NOTHING, Column, formula_of, values_of
from latewatch.domain.tally.counts import Counts
from latewatch.domain.tally.forms import LAYOUTS
from latewatch.domain.tally.layout import Form, Layout
from latewatch.domain.tally.rates import show_rate
from latewatch.domain.tally.table import TOTAL, Tally
from latewatch.reports.form_words import NO_ROWS, dates_line, rule_lines


def show(result: Tally, form: Form) -> None:
    layout = LAYOUTS[form]
    named = f"{layout.number}: {' '.join(layout.title.split())}"
    title = f"{named}\n{result.period.title} {dates_line(result.period).lower()}"
    headings = [layout.by.value, *(f"({each.number})" for each in layout.columns)]
    rows = [*_rows(result, layout), (TOTAL, *_cells(layout, result.total))]
    terminal.show_table(title, headings, rows, figures=range(1, len(headings)), wraps=(0,))
    terminal.say(f"Đơn vị tính: {layout.counted}")
    for line in legend(layout):
        terminal.say(line)
    for line in rule_lines(result.rule):
        terminal.say(line)
    for rate in result.rates:
        terminal.say(f"{rate.name}: {show_rate(rate)}   [{rate.formula}]")
    for note in (*layout.notes, *result.notes):
        terminal.warn(note)


def _rows(result: Tally, layout: Layout) -> Iterator[tuple[str, ...]]:
    blank = ("",) * len(layout.columns)
    for section, rows in layout.parts(result.rows):
        if section:
            yield (f"{section.numeral}. {section.title}", *blank)
        for label, row in rows.items():
            yield (label, *_cells(layout, row))
        if not rows:
            yield (NO_ROWS, *blank)


def _cells(layout: Layout, row: Counts) -> list[str]:
    return [
        NOTHING if value is None else str(value).replace(".", ",")
        for value in values_of(layout.columns, row).values()
    ]


def legend(layout: Layout) -> Iterator[str]:
    """Say what the numbered columns are, a line for each group of them."""
    groups: dict[str, list[str]] = {}
    for each in layout.columns:
        group = each.headings[0] if len(each.headings) > 1 else ""
        formula = formula_of(each)
        made = f" = {formula}" if formula else ""
        words = ", ".join(each.headings[1:] or each.headings).lower()
        groups.setdefault(group, []).append(f"({each.number}){made} {words}")
    for group, columns in groups.items():
        yield f"{group}: {'; '.join(columns)}" if group else "; ".join(columns)


def column_words(column: Column) -> str:
    """Name a column in one line: `(12) Số lượng hồ sơ đã giải quyết, quá hạn`."""
    first, *rest = column.headings
    return f"({column.number}) {', '.join((first, *(each.lower() for each in rest)))}"
