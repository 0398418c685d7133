"""`latewatch tally trend`, `latewatch tally pictures`: a month held against others, in figures and drawn."""

from pathlib import Path
from typing import Annotated

import typer

from latewatch.app import open_office
from latewatch.cli import terminal
from latewatch.cli.options import DEFAULT_CONFIG, At, Config, Json, instant
from latewatch.cli.tally.group import tally
from latewatch.cli.tally.overview import overview_document, show_overview
from latewatch.domain.period import Cutoff, Span, named_period, span_of
from latewatch.domain.tally.comparison import Month
from latewatch.jobs.assess import assess
from latewatch.jobs.leader import write_pictures
from latewatch.jobs.overview import overview
from latewatch.jobs.tally import counting_rule

MonthName = Annotated[str, typer.Option("--month", metavar="THÁNG", help="Tháng báo cáo, ví dụ 2026-10.")]
RuleName = Annotated[
    str,
    typer.Option("--rule", metavar="TÊN", help="Cách đếm; xem latewatch tally rules. Mặc định: của cơ quan."),
]


def asked_month(name: str) -> Month:
    """Return the month of a name such as `2026-10`. Raises BadParameter."""
    try:
        span, first = span_of(name), named_period(name, Cutoff.CALENDAR).first
    except ValueError as e:
        raise typer.BadParameter(str(e)) from e
    if span is not Span.MONTH:
        raise typer.BadParameter(f"“{name}” không phải một tháng; viết --month 2026-10")
    return Month(first.year, first.month)


@tally.command("trend")
def trend(
    month: MonthName,
    rule: RuleName = "",
    at: At = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """So một tháng với 12 tháng, năm trước và chỉ tiêu; xếp hạng đơn vị cùng cấp; thủ tục trễ nhất."""
    asked, now = asked_month(month), instant(at)
    with open_office(config) as office:
        assess(office, now)
        found = overview(office, asked, now, counting_rule(office, rule))
    if as_json:
        terminal.show_json(overview_document(found))
    else:
        show_overview(found)


@tally.command("pictures")
def pictures(
    month: MonthName,
    out: Annotated[Path, typer.Option(metavar="THƯ-MỤC", help="Nơi ghi hình và bảng của từng hình.")],
    rule: RuleName = "",
    at: At = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Vẽ các hình của một tháng: SVG nền sáng và nền tối, PNG, bảng CSV, và trang hinh.html xem tất cả."""
    asked, now = asked_month(month), instant(at)
    with open_office(config) as office:
        assess(office, now)
        written = write_pictures(overview(office, asked, now, counting_rule(office, rule)), out)
    if as_json:
        terminal.show_json({"files": [str(path) for path in written]})
        return
    terminal.say(f"Đã ghi {len(written)} tệp vào {out}; xem: {written[-1]}")
