"""The group `latewatch tally`: without a command of its own it shows the figures of a period."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from latewatch.app import open_office
from latewatch.cli import terminal
from latewatch.cli.options import DEFAULT_CONFIG, At, Config, Json, instant, parse_day
from latewatch.cli.tally.cells import show_cell, show_comparison
from latewatch.cli.tally.documents import behind_document, comparison_document, document
from latewatch.cli.tally.periods import OF_MONTH, Asked, asked_period
from latewatch.cli.tally.table import show
from latewatch.domain.period import Cutoff, Period
from latewatch.domain.tally.layout import Form
from latewatch.jobs.assess import assess
from latewatch.jobs.cells import behind_cell, compare_rules
from latewatch.jobs.office import Office
from latewatch.jobs.report_files import write_pdf, write_sheet
from latewatch.jobs.reports.closed import closed_line
from latewatch.jobs.tally import counting_rule, tally_period

_SPANS = ("--quarter", "--half", "--year")


class Spans(TyperGroup):
    """A group where `--quarter`, `--half`, `--year` stand alone too: then they hold the month asked for."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        return super().parse_args(ctx, self.completed(args))

    def completed(self, args: list[str]) -> list[str]:
        """Return `args` with the value that a span which stands alone leaves out."""
        full: list[str] = []
        for word, following in zip(args, [*args[1:], "-"], strict=False):
            full += [word, OF_MONTH] if word in _SPANS and following.startswith("-") else [word]
        return full


tally = typer.Typer(
    help="Số liệu của một kỳ báo cáo theo các biểu; hồ sơ sau từng ô.", cls=Spans, invoke_without_command=True
)


def _day(text: str) -> date:
    return parse_day(text)


@tally.callback()
def table(
    context: typer.Context,
    month: Annotated[str, typer.Option(metavar="THÁNG", help="Tháng báo cáo, ví dụ 2026-10.")] = "",
    quarter: Annotated[
        str, typer.Option(metavar="[QUÝ]", help="Quý, ví dụ 2026-Q4; không ghi: quý có --month.")
    ] = "",
    half: Annotated[
        str, typer.Option(metavar="[NỬA-NĂM]", help="Sáu tháng, ví dụ 2026-H1; không ghi: có --month.")
    ] = "",
    year: Annotated[str, typer.Option(metavar="[NĂM]", help="Năm; không ghi: năm có --month.")] = "",
    first: Annotated[
        date | None, typer.Option("--from", parser=_day, metavar="NGÀY", help="Từ ngày này, cùng --to.")
    ] = None,
    last: Annotated[
        date | None, typer.Option("--to", parser=_day, metavar="NGÀY", help="Đến hết ngày này, cùng --from.")
    ] = None,
    cutoff: Annotated[
        Cutoff | None, typer.Option(help="Cách chốt kỳ; mặc định theo [counting] period.")
    ] = None,
    form: Annotated[
        Form,
        typer.Option(
            help="07a, 07b, 07c, II.06a: biểu chính thức; units, procedures, officers: theo đơn vị, thủ tục, "
            "cán bộ; stages: theo chặng liên thông; letters: văn bản xin lỗi; supplements: yêu cầu bổ sung."
        ),
    ] = Form.BY_FIELD,
    rule: Annotated[
        str, typer.Option(metavar="TÊN", help="Cách đếm; xem latewatch tally rules. Mặc định: của cơ quan.")
    ] = "",
    compare: Annotated[
        str, typer.Option(metavar="TÊN", help="Nêu từng hồ sơ mà cách đếm này đếm khác --rule, và vì sao.")
    ] = "",
    cell: Annotated[
        str, typer.Option(metavar="DÒNG:CỘT", help="Liệt kê hồ sơ sau một ô, ví dụ “Đất đai:c12”.")
    ] = "",
    xlsx: Annotated[Path | None, typer.Option(metavar="TỆP", help="Ghi thêm bảng tính XLSX.")] = None,
    pdf: Annotated[Path | None, typer.Option(metavar="TỆP", help="Ghi thêm tệp PDF để ký.")] = None,
    at: At = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Tổng hợp tình hình giải quyết của một kỳ theo các biểu, kèm cách đếm, các tỷ lệ và công thức."""
    if context.invoked_subcommand:
        return
    if sum(map(bool, (cell, compare, xlsx or pdf))) > 1:
        raise typer.BadParameter("--cell, --compare và --xlsx, --pdf không dùng cùng lúc")
    asked = Asked(month, quarter, half, year, first, last)
    asked_period(asked, cutoff or Cutoff.FIFTEENTH)  # a wrong call is told before anything is opened
    now = instant(at)
    with open_office(config) as office:
        period = asked_period(asked, cutoff or office.settings.counting.period)
        assess(office, now)
        view = View(office, period, form, now, rule, as_json)
        if cell:
            view.cell(cell)
        elif compare:
            view.comparison(compare)
        else:
            view.table(xlsx, pdf)


@dataclass(frozen=True, slots=True)
class View:
    """What is looked at: a form of a period, as of now, under a rule."""

    office: Office
    period: Period
    form: Form
    now: datetime
    rule_name: str
    as_json: bool

    def cell(self, name: str) -> None:
        rule = counting_rule(self.office, self.rule_name)
        behind = behind_cell(self.office, self.period, self.form, self.now, name, rule)
        if self.as_json:
            terminal.show_json(behind_document(behind, self.period, self.form))
        else:
            show_cell(behind, self.period, self.form)

    def comparison(self, other_name: str) -> None:
        one, other = (counting_rule(self.office, name) for name in (self.rule_name, other_name))
        compared = compare_rules(self.office, self.period, self.form, self.now, one, other)
        if self.as_json:
            terminal.show_json(comparison_document(compared, self.period, self.form))
        else:
            show_comparison(compared, self.period, self.form)

    def table(self, xlsx: Path | None, pdf: Path | None) -> None:
        rule = counting_rule(self.office, self.rule_name)
        result = tally_period(self.office, self.period, self.form, self.now, rule)
        if xlsx:
            write_sheet(self.office, result, self.form, xlsx)
        if pdf:
            write_pdf(self.office, result, self.form, pdf)
        if self.as_json:
            terminal.show_json(document(result, self.form))
            return
        show(result, self.form)
        closed = closed_line(self.office, result, self.form)
        if closed:
            terminal.say(closed)
        for path in filter(None, (xlsx, pdf)):
            terminal.say(f"Đã ghi {path}")
