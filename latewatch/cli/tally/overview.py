"""A month held against others, on the screen and as a JSON document."""

from collections.abc import Iterator
from decimal import Decimal

from latewatch.cli import terminal
from latewatch.cli.tally.documents import period_document, rule_document
from latewatch.domain.tally.comparison import Proportion, early, has_past, kept, newly_received
from latewatch.domain.tally.overview import Overview
from latewatch.domain.tally.ranking import LEVELS, Ranked
from latewatch.domain.tally.sentences import HOW_JUDGED, changed, decimal, number, percent, to_do
from latewatch.domain.tally.table import Tally
from latewatch.reports.form_words import dates_line, rule_lines

_MONTHS = ("Kỳ", "Tiếp nhận mới", "Đã giải quyết", "Đúng hạn", "Trước hạn", "Quá hạn cuối kỳ")
_UNITS = (
    "Hạng",
    "Đơn vị",
    "Cấp",
    "Đã giải quyết",
    "Đúng hạn",
    "Khoảng tin cậy 95 %",
    "Trước hạn",
    "Chỉ tiêu",
)
_PROCEDURES = ("Thủ tục", "Trễ", "Trên", "Tỷ lệ trễ")


def show_overview(overview: Overview) -> None:
    month = overview.month
    title = f"{month.period.title} {dates_line(month.period).lower()}"
    rows = [_month_row(each) for each in _periods(overview)]
    terminal.show_table(title, _MONTHS, rows, figures=range(1, len(_MONTHS)))
    units = [_unit_row(each) for each in overview.units]
    terminal.show_table("Đơn vị, xếp hạng trong cấp", _UNITS, units, figures=(0, 3), wraps=(1,))
    least = number(overview.standard.min_volume)
    terminal.say(f"Không xếp hạng đơn vị giải quyết dưới {least} hồ sơ ([reports] min_volume).")
    if overview.procedures:
        procedures = [
            (each.name, number(each.late.part), number(each.late.whole), percent(each.late))
            for each in overview.procedures
        ]
        terminal.show_table("Thủ tục trễ nhiều nhất", _PROCEDURES, procedures, figures=(1, 2), wraps=(0,))
    for heading, lines in (("Thay đổi:", changed(overview)), ("Việc kỳ tới:", to_do(overview))):
        terminal.say(heading)
        for line in lines:
            terminal.say(f"  - {line}")
    for line in (HOW_JUDGED, *rule_lines(month.rule)):
        terminal.say(line)


def _periods(overview: Overview) -> Iterator[Tally]:
    compared = overview.comparison
    yield from (compared.last_year, *compared.trend, compared.year, compared.last_year_until)


def _month_row(each: Tally) -> tuple[str, ...]:
    total = each.total
    overdue = number(total.overdue) if not total.is_blank else "không có dữ liệu"
    figures = (number(newly_received(total)), number(total.resolved))
    return (each.period.title, *figures, percent(kept(total)), percent(early(total)), overdue)


def _unit_row(each: Ranked) -> tuple[str, ...]:
    interval = each.kept.interval
    target = f"{decimal(each.target)} %: {each.met or 'không có dữ liệu'}" if each.target is not None else ""
    return (
        f"{each.place}/{each.among}" if each.place else "không xếp",
        each.unit,
        LEVELS[each.level],
        number(each.counts.resolved),
        decimal(each.kept.percent),
        f"{decimal(interval[0])} đến {decimal(interval[1])}" if interval else "",
        decimal(each.early.percent),
        target,
    )


def overview_document(overview: Overview) -> dict[str, object]:
    compared = overview.comparison
    return {
        "period": period_document(overview.month.period),
        "as_of": overview.month.as_of,
        "rule": rule_document(overview.month.rule),
        "trend": [_tally(each) for each in compared.trend],
        "before": _tally(compared.before),
        "last_year": _tally(compared.last_year),
        "year": _tally(compared.year),
        "last_year_until": _tally(compared.last_year_until),
        "min_volume": overview.standard.min_volume,
        "units": [_unit(each) for each in overview.units],
        "procedures": [{"name": each.name, "late": _rate(each.late)} for each in overview.procedures],
        "due_next": {"period": period_document(overview.next_period), "units": overview.due_next},
        "overdue_now": {"at": overview.today.as_of, "count": overview.today.total.overdue},
        "changed": changed(overview),
        "to_do": to_do(overview),
        "how_judged": HOW_JUDGED,
        "doubts": overview.doubts,
    }


def _tally(each: Tally) -> dict[str, object]:
    return {
        "period": period_document(each.period),
        "has_past": has_past(each),
        "received": each.total.received,
        "new": newly_received(each.total),
        "resolved": each.total.resolved,
        "overdue": each.total.overdue,
        "on_time": _rate(kept(each.total)),
        "early": _rate(early(each.total)),
    }


def _rate(rate: Proportion) -> dict[str, object]:
    interval = rate.interval
    return {
        "part": rate.part,
        "whole": rate.whole,
        "percent": _number(rate.percent),
        "interval": [_number(each) for each in interval] if interval else None,
        "shown": percent(rate),
    }


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _unit(each: Ranked) -> dict[str, object]:
    return {
        "unit": each.unit,
        "level": each.level,
        "place": each.place,
        "among": each.among,
        "on_time": _rate(each.kept),
        "early": _rate(each.early),
        "target": _number(each.target),
        "met": each.met,
    }
