"""`latewatch tally frozen`: the reports that were closed, their files again, and what reads otherwise now."""

from pathlib import Path
from typing import Annotated

import typer

from latewatch.app import open_office
from latewatch.cli import terminal
from latewatch.cli.options import DEFAULT_CONFIG, At, Config, Json, instant
from latewatch.cli.tally.group import tally
from latewatch.cli.tally.table import legend
from latewatch.domain.tally.forms import LAYOUTS
from latewatch.domain.tally.layout import Form
from latewatch.domain.tally.rule import described
from latewatch.jobs.assess import assess
from latewatch.jobs.reports.counting import rule_from
from latewatch.jobs.reports.differences import Cell, Differences, Explained, differences
from latewatch.jobs.reports.reprint import export, read, table_of
from latewatch.jobs.reports.stored import called, content_of
from latewatch.store.reports.frozen import Frozen, frozen

group = typer.Typer(
    help="Báo cáo đã chốt: xem, in lại đúng từng byte, nêu chỗ nay đã khác.", no_args_is_help=True
)
tally.add_typer(group, name="frozen")

Number = Annotated[int, typer.Argument(metavar="SỐ", help="Số của báo cáo đã chốt; xem tally frozen list.")]
LISTED = 50  # dossiers a person reads at once


@group.command("list")
def listing(config: Config = DEFAULT_CONFIG, as_json: Json = False) -> None:
    """Liệt kê các báo cáo đã chốt theo thứ tự chốt; bản sau thay bản trước, bản trước vẫn còn."""
    with open_office(config) as office, office.store.reading() as connection:
        reports = frozen(connection)
    if as_json:
        terminal.show_json([report_document(each) for each in reports])
        return
    if not reports:
        terminal.say("Chưa chốt báo cáo nào; chốt: latewatch tally freeze --month 2026-10 --by TÊN")
        return
    headings = ("Số", "Biểu", "Đơn vị", "Kỳ", "Cách đếm", "Bản", "Chốt lúc", "Người chốt", "Niêm phong")
    terminal.show_table("", headings, [_row(each) for each in reports], figures=(0, 5), wraps=(3, 7))


def _row(report: Frozen) -> tuple[object, ...]:
    return (
        report.number,
        report.form,
        report.unit or "(cả cơ quan)",
        f"{report.title} ({report.first:%d/%m/%Y}–{report.last:%d/%m/%Y})",
        report.rule,
        report.version,
        f"{report.made_at:%H:%M %d/%m/%Y}",
        report.author,
        report.hash[:16],
    )


@group.command("show")
def show(number: Number, config: Config = DEFAULT_CONFIG, as_json: Json = False) -> None:
    """In lại một báo cáo đã chốt: số liệu, cách đếm, lịch và dữ liệu đã dùng."""
    with open_office(config) as office:
        report = read(office, number)
        rows = table_of(office, report)
    content = content_of(report)
    if as_json:
        figures = {
            "rows": content.rows,
            "total": content.total,
            "rates": content.rates,
            "notes": content.notes,
        }
        terminal.show_json({**report_document(report), "rule_data": content.rule, **figures})
        return
    layout = LAYOUTS[Form(report.form)]
    headings = [layout.by.value, *(f"({each.number})" for each in layout.columns)]
    cells = [(name, *row) for name, row in rows.items()]
    terminal.show_table(
        f"Đã chốt {called(report)}", headings, cells, figures=range(1, len(headings)), wraps=(0,)
    )
    for line in (*legend(layout), *_provenance(report)):
        terminal.say(line)


def _provenance(report: Frozen) -> list[str]:
    content = content_of(report)
    rule = rule_from(content.rule)
    lines = [
        f"Chốt lúc {report.made_at:%H:%M %d/%m/%Y}, người chốt: {report.author}",
        f"Cách đếm “{rule.name}”: {rule.title}",
        *(f"  - {line}" for line in described(rule)),
        *(f"{name}: {value}   [{formula}]" for name, formula, value in content.rates),
        f"Lịch làm việc: bản {report.calendar_number} ({report.calendar_version})",
        f"Dữ liệu: đến phiên bản ghi thứ {report.position} ({report.position_hash[:16] or 'chưa có'})",
        f"Niêm phong: {report.hash}",
        *(f"Ghi chú: {note}" for note in content.notes),
        *(f"Chốt dù có báo động: {alarm}" for alarm in content.despite),
    ]
    return [*lines, f"Lý do: {report.reason}"] if report.reason else lines


@group.command("export")
def exporting(
    number: Number,
    xlsx: Annotated[Path | None, typer.Option(metavar="TỆP", help="Ghi tệp XLSX đã chốt.")] = None,
    pdf: Annotated[Path | None, typer.Option(metavar="TỆP", help="Ghi tệp PDF đã chốt.")] = None,
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Lấy lại tệp XLSX, PDF của một báo cáo đã chốt, đúng từng byte."""
    if not xlsx and not pdf:
        raise typer.BadParameter("cần --xlsx TỆP, --pdf TỆP, hoặc cả hai")
    with open_office(config) as office:
        for name, path in (("xlsx", xlsx), ("pdf", pdf)):
            if path:
                export(office, number, name, path)
                terminal.say(f"Đã ghi {path}")


@group.command("differences")
def differing(number: Number, at: At = None, config: Config = DEFAULT_CONFIG, as_json: Json = False) -> None:
    """Khác kỳ trước vì…: ô nào của báo cáo đã chốt nay đọc khác, hồ sơ nào chuyển, từ đâu đến đâu, vì sao."""
    now = instant(at)
    with open_office(config) as office:
        assess(office, now)
        found = differences(office, read(office, number), now)
    if as_json:
        document = {"cells": found.cells, "moved": found.moved}
        terminal.show_json({**report_document(found.report), **document})
        return
    _show_differences(found)


def _show_differences(found: Differences) -> None:
    if not found.moved:
        terminal.say(f"{called(found.report)}: số liệu hiện nay không khác số đã chốt.")
        return
    terminal.say(f"Khác kỳ trước ({called(found.report)}): {len(found.cells)} ô, {len(found.moved)} hồ sơ")
    rows = [
        (each.row, each.column, each.frozen, each.now, f"{each.now - each.frozen:+d}") for each in found.cells
    ]
    terminal.show_table("", ("Dòng", "Cột", "Đã chốt", "Nay", "Chênh"), rows, figures=(2, 3, 4), wraps=(0,))
    say_moved(found.moved)


def _cell(each: Cell) -> tuple[object, ...]:
    return each.row, each.column, each.frozen, each.now, f"{each.now - each.frozen:+d}"


def say_moved(moved: list[Explained]) -> None:
    """List the dossiers that moved, each with its reason."""
    rows = [(each.code, each.before, each.after, "; ".join(each.whys)) for each in moved[:LISTED]]
    terminal.show_table("", ("Mã hồ sơ", "Đã chốt", "Nay", "Vì"), rows, wraps=(1, 2, 3))
    if len(moved) > LISTED:
        terminal.say(f"… và {len(moved) - LISTED} hồ sơ nữa (xem hết: --json)")


def report_document(report: Frozen) -> dict[str, object]:
    """Return what a report is, without its figures."""
    names = ("number", "form", "unit", "title", "rule", "version", "made_at", "author", "reason")
    known = ("calendar_number", "calendar_version", "position", "position_hash", "hash")
    period = {"from": report.first, "to": report.last}
    return {name: getattr(report, name) for name in (*names, *known)} | {"period": period}
