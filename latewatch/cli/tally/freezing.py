"""`latewatch tally freeze`: the figures of a period are closed, and kept as they are signed."""

from typing import Annotated

import typer

from latewatch.app import open_office
from latewatch.cli import terminal
from latewatch.cli.options import DEFAULT_CONFIG, At, By, Config, DryRun, Json, Why, instant
from latewatch.cli.tally.asking import CutOff, First, Forms, Half, Last, Month, Quarter, Rule, Year
from latewatch.cli.tally.frozen import report_document, say_moved
from latewatch.cli.tally.group import tally
from latewatch.cli.tally.periods import Asked, asked_period
from latewatch.jobs.assess import assess
from latewatch.jobs.reports.freeze import Made, Order, freeze, wanted
from latewatch.jobs.reports.stored import called
from latewatch.jobs.tally import counting_rule


@tally.command("freeze")
def command(
    month: Month = "",
    quarter: Quarter = "",
    half: Half = "",
    year: Year = "",
    first: First = None,
    last: Last = None,
    cutoff: CutOff = None,
    form: Forms = None,
    unit: Annotated[
        list[str] | None,
        typer.Option(metavar="MÃ", help="Chỉ chốt riêng cho đơn vị này (biểu 07a); ghi nhiều lần được."),
    ] = None,
    rule: Rule = "",
    by: By = "",
    why: Why = "",
    supersede: Annotated[
        bool, typer.Option("--supersede", help="Chốt bản thay thế; bản trước vẫn giữ. Cần --why.")
    ] = False,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Chốt dù nguồn dữ liệu đang có báo động. Cần --why.")
    ] = False,
    dry_run: DryRun = False,
    at: At = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Chốt số liệu của một kỳ đã hết: giữ bảng, cách đếm, lịch, hồ sơ sau từng ô, XLSX, PDF, niêm phong."""
    asked, now = Asked(month, quarter, half, year, first, last), instant(at)
    order = Order(by=by, why=why, supersedes=supersede, anyway=anyway, dry_run=dry_run)
    with open_office(config) as office:
        period = asked_period(asked, cutoff or office.settings.counting.period)
        assess(office, now)
        scopes = wanted(office, period, counting_rule(office, rule), form or (), unit or ())
        made = freeze(office, scopes, now, order)
    if as_json:
        terminal.show_json([_document(each) for each in made])
        return
    for each in made:
        _show(each)
    for alarm in dict.fromkeys(alarm for each in made for alarm in each.despite):
        terminal.warn(f"Chốt dù có báo động: {alarm}")


def _show(made: Made) -> None:
    report = made.report
    if report.number:
        terminal.say(f"Đã chốt {called(report)}; niêm phong {report.hash[:16]}")
    else:
        terminal.say(f"Chốt được, chưa ghi gì: {called(report)}")
    if made.carried and made.carried.note:
        terminal.warn(made.carried.note)
        say_moved(made.carried.why)


def _document(made: Made) -> dict[str, object]:
    carried = made.carried
    return {
        **report_document(made.report),
        "despite": made.despite,
        "carried_over": carried
        and {
            "report": carried.before.number,
            "pending": carried.over.pending,
            "carried": carried.over.carried,
            "only_pending": carried.over.only_pending,
            "only_carried": carried.over.only_carried,
            "moved": carried.why,
        },
    }
