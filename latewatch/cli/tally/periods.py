"""Which period is asked for: by its name, by a month it holds, or by two days."""

from dataclasses import dataclass
from datetime import date

import typer

from latewatch.domain.period import Cutoff, Period, Span, between, named_period, period_of, span_of

OF_MONTH = "có-tháng"  # the value of a span that stands alone: the one that holds the month asked for


@dataclass(frozen=True, slots=True)
class Asked:
    """The options that name a period, as they were given."""

    month: str
    quarter: str
    half: str
    year: str
    first: date | None
    last: date | None

    @property
    def spans(self) -> dict[Span, str]:
        named = {Span.QUARTER: self.quarter, Span.HALF: self.half, Span.YEAR: self.year}
        return {span: value for span, value in named.items() if value}


def asked_period(asked: Asked, cutoff: Cutoff) -> Period:
    """Return the one period asked for. Raises BadParameter where it is none, or several."""
    try:
        return _period(asked, cutoff)
    except ValueError as e:
        raise typer.BadParameter(str(e)) from e


def _period(asked: Asked, cutoff: Cutoff) -> Period:
    spans = asked.spans
    if asked.first or asked.last:
        if asked.first is None or asked.last is None or asked.month or spans:
            raise ValueError("--from và --to đi với nhau, và không dùng cùng tháng, quý, năm")
        return between(asked.first, asked.last)
    if len(spans) > 1:
        raise ValueError("chỉ chọn một trong --quarter, --half, --year")
    if not spans:
        return _named(Span.MONTH, asked.month, cutoff)
    ((span, name),) = spans.items()
    if name != OF_MONTH:
        if asked.month:
            raise ValueError(f"--{span} đã ghi kỳ, không dùng cùng --month")
        return _named(span, name, cutoff)
    of_month = _named(Span.MONTH, asked.month, Cutoff.CALENDAR).first
    return period_of(of_month.year, of_month.month, span, cutoff)


def _named(span: Span, name: str, cutoff: Cutoff) -> Period:
    """Return the period of a name that must be of `span`. Raises ValueError."""
    if not name:
        raise ValueError(
            "thiếu kỳ báo cáo; ví dụ: --month 2026-10, --quarter 2026-Q4, --half 2026-H1, --year 2026"
        )
    if span_of(name) is not span:
        raise ValueError(f"“{name}” không dùng được với --{span}")
    return named_period(name, cutoff)
