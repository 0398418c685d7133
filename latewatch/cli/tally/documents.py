"""A table, a cell and a comparison as JSON documents. Columns are `c3`, `c4` …, and have names besides."""

from decimal import Decimal

from latewatch.domain.period import Period
from latewatch.domain.tally.columns import Column, Share, formula_of, values_of
from latewatch.domain.tally.counts import Counts
from latewatch.domain.tally.forms import LAYOUTS, OFFICIAL
from latewatch.domain.tally.layout import Form, Layout
from latewatch.domain.tally.rates import show_rate
from latewatch.domain.tally.rule import CountingRule, described
from latewatch.domain.tally.table import Tally
from latewatch.jobs.cells import Behind, Comparison


def document(result: Tally, form: Form) -> dict[str, object]:
    layout = LAYOUTS[form]
    return {
        "form": form,
        "period": period_document(result.period),
        "as_of": result.as_of,
        "rule": rule_document(result.rule),
        "columns": [_column(each) for each in layout.columns],
        "rows": [
            {**({"section": section.numeral} if section else {}), "label": label, **_figures(layout, row)}
            for section, rows in layout.parts(result.rows)
            for label, row in rows.items()
        ],
        **({"sections": _sections(layout, result)} if layout.sections else {}),
        "total": _figures(layout, result.total),
        "rates": [
            {
                "name": rate.name,
                "formula": rate.formula,
                "value": float(rate.value) if rate.value is not None else None,
                "shown": show_rate(rate),
            }
            for rate in result.rates
        ],
        "notes": [*layout.notes, *result.notes],
    }


def period_document(period: Period) -> dict[str, object]:
    return {"from": period.first, "to": period.last, "title": period.title}


def rule_document(rule: CountingRule) -> dict[str, object]:
    return {"name": rule.name, "title": rule.title, "source": rule.source, "described": described(rule)}


def _column(column: Column | Share) -> dict[str, object]:
    named = {"name": column.name} if isinstance(column, Column) and column.name else {}
    return {"key": column.key, **named, "headings": column.headings, "formula": formula_of(column)}


def _sections(layout: Layout, result: Tally) -> list[dict[str, object]]:
    sections = []
    for section, rows in layout.parts(result.rows):
        total = type(result.total)()
        for row in rows.values():
            total.add(row)
        if section:
            sections.append({"section": section.numeral, "title": section.title, **_figures(layout, total)})
    return sections


def _figures(layout: Layout, row: Counts) -> dict[str, object]:
    """Return a row by column, of the office's own tables by name too; a share of nothing is None."""
    values = values_of(layout.columns, row)
    figures: dict[str, object] = {}
    for each in layout.columns:
        value = values[each.number]
        figures[each.key] = float(value) if isinstance(value, Decimal) else value
        if isinstance(each, Column) and each.name and layout.form not in OFFICIAL:
            figures[each.name] = value
    return figures


def behind_document(behind: Behind, period: Period, form: Form) -> dict[str, object]:
    return {
        "form": form,
        "period": period_document(period),
        "as_of": behind.as_of,
        "row": behind.row,
        "column": behind.column.key,
        "rule": rule_document(behind.rule),
        "count": behind.count,
        "dossiers": behind.dossiers,
    }


def comparison_document(compared: Comparison, period: Period, form: Form) -> dict[str, object]:
    return {
        "form": form,
        "period": period_document(period),
        "one": rule_document(compared.one),
        "other": rule_document(compared.other),
        "moved": compared.moved,
    }
