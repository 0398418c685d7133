"""`latewatch tally`: the on-time figures of a period in the official forms."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from latewatch.app import open_office
from latewatch.cli import terminal
from latewatch.cli.options import DEFAULT_CONFIG, At, Config, Json, instant
from latewatch.domain.period import Span, period_of
from latewatch.domain.tally.counts import Counts
from latewatch.domain.tally.rates import show_rate
from latewatch.domain.tally.table import Tally
from latewatch.jobs.assess import assess
from latewatch.jobs.tally import Form, tally_period, write_sheet


@dataclass(frozen=True, slots=True)
class _Month:
    year: int
    month: int


def _month(text: str) -> _Month:
    match = re.fullmatch(r"(20\d{2})-(0?[1-9]|1[0-2])", text)
    if not match:
        raise typer.BadParameter(f"“{text}” không phải tháng; ví dụ: 2026-10")
    return _Month(int(match[1]), int(match[2]))


def tally(
    month: Annotated[
        _Month, typer.Option(parser=_month, metavar="THÁNG", help="Tháng báo cáo, ví dụ 2026-10.")
    ],
    quarter: Annotated[bool, typer.Option("--quarter", help="Quý có tháng này.")] = False,
    half: Annotated[bool, typer.Option("--half", help="Sáu tháng có tháng này.")] = False,
    year: Annotated[bool, typer.Option("--year", help="Năm có tháng này.")] = False,
    form: Annotated[Form, typer.Option(help="07a: theo lĩnh vực; units: theo đơn vị.")] = Form.BY_FIELD,
    xlsx: Annotated[Path | None, typer.Option(metavar="TỆP", help="Ghi thêm bảng tính XLSX.")] = None,
    at: At = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Tổng hợp tình hình giải quyết của một kỳ báo cáo, kèm các tỷ lệ và công thức."""
    span = _span(quarter, half, year)
    now = instant(at)
    with open_office(config) as office:
        assess(office, now)
        period = period_of(month.year, month.month, span, office.settings.counting.period)
        result = tally_period(office, period, form, now)
        if xlsx:
            write_sheet(office, result, form, xlsx)
    if as_json:
        terminal.show_json(document(result, form))
        return
    show(result, form)
    if xlsx:
        terminal.say(f"Đã ghi {xlsx}")


def _span(quarter: bool, half: bool, year: bool) -> Span:
    chosen = [span for span, on in ((Span.QUARTER, quarter), (Span.HALF, half), (Span.YEAR, year)) if on]
    if len(chosen) > 1:
        raise typer.BadParameter("chỉ chọn một trong --quarter, --half, --year")
    return chosen[0] if chosen else Span.MONTH


def document(result: Tally, form: Form) -> dict[str, object]:
    return {
        "period": {"from": result.period.first, "to": result.period.last, "title": result.period.title},
        "as_of": result.as_of,
        "rows": [{"label": label, **_figures(row, form)} for label, row in result.rows.items()],
        "total": _figures(result.total, form),
        "rates": [
            {
                "name": rate.name,
                "formula": rate.formula,
                "value": float(rate.value) if rate.value is not None else None,
                "shown": show_rate(rate),
            }
            for rate in result.rates
        ],
        "notes": result.notes,
    }


def _figures(row: Counts, form: Form) -> dict[str, int]:
    figures = row.columns()
    if form is Form.BY_UNIT:
        figures |= {name: getattr(row, name) for name in APART}
    return figures


APART = {
    "late_with_letter": "Quá hạn\ncó thư",
    "late_without_letter": "Quá hạn\nchưa thư",
    "overdue_with_letter": "Đang quá hạn\ncó thư",
    "overdue_without_letter": "Đang quá hạn\nchưa thư",
    "withdrawn": "Rút",
    "stopped": "Dừng",
    "refused": "Từ chối",
    "not_accepted": "Không\ntiếp nhận",
}


LEGEND = (
    "(3) tiếp nhận = (4) trực tuyến toàn trình + (5) trực tuyến một phần + (6) bưu chính + (7) trực tiếp "
    "+ (8) kỳ trước\n"
    "(9) đã giải quyết = (10) trước hạn + (11) đúng hạn + (12) quá hạn; "
    "(13) đang giải quyết = (14) trong hạn + (15) quá hạn"
)


def show(result: Tally, form: Form) -> None:
    period = result.period
    title = f"{period.title} (từ {period.first:%d/%m/%Y} đến {period.last:%d/%m/%Y})"
    label = "Lĩnh vực" if form is Form.BY_FIELD else "Đơn vị"
    first = next(iter(result.rows.values()), result.total)
    headings = [label, *(_heading(name) for name in _figures(first, form))]
    rows = [(name, *_figures(row, form).values()) for name, row in result.rows.items()]
    rows.append(("TỔNG CỘNG", *_figures(result.total, form).values()))
    terminal.show_table(title, headings, rows, figures=range(1, len(headings)), wraps=(0,))
    terminal.say(LEGEND)
    for rate in result.rates:
        terminal.say(f"{rate.name}: {show_rate(rate)}   [{rate.formula}]")
    for note in result.notes:
        terminal.warn(note)


def _heading(name: str) -> str:
    return APART.get(name) or f"({name.removeprefix('c')})"
