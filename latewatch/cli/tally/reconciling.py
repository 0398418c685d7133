"""`latewatch tally reconcile`: a source's own figures beside ours, differences first."""

from pathlib import Path
from typing import Annotated

import typer

from latewatch.app import open_office
from latewatch.cli import terminal
from latewatch.cli.options import DEFAULT_CONFIG, At, Config, Json, instant
from latewatch.cli.tally.asking import CutOff, First, Half, Last, Month, Quarter, Rule, Year
from latewatch.cli.tally.group import tally
from latewatch.cli.tally.periods import Asked, asked_period
from latewatch.domain.period import Cutoff
from latewatch.domain.tally.layout import Form
from latewatch.domain.tally.reconciling import Compared, Reconciliation
from latewatch.jobs.assess import assess
from latewatch.jobs.reports.counting import Scope
from latewatch.jobs.reports.reconcile import reconcile_file, reconcile_opencps
from latewatch.jobs.tally import counting_rule

OPENCPS = "opencps"
NAMED = 5  # dossiers of one cell that a person reads at once


@tally.command("reconcile")
def command(
    against: Annotated[
        str,
        typer.Option(metavar="TỆP|opencps", help="Tệp XLSX, CSV của biểu do hệ thống xuất; hoặc opencps."),
    ],
    month: Month = "",
    quarter: Quarter = "",
    half: Half = "",
    year: Year = "",
    first: First = None,
    last: Last = None,
    cutoff: CutOff = None,
    form: Annotated[Form, typer.Option(help="Biểu của tệp.")] = Form.BY_FIELD,
    rule: Rule = "opencps",
    source: Annotated[
        str, typer.Option(metavar="TÊN", help="Nguồn OpenCPS nào, khi có nhiều; cùng --against opencps.")
    ] = "",
    at: At = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Đối chiếu: số của hệ thống nguồn bên cạnh số của chương trình, từng ô; chỗ khác trước, kèm hồ sơ."""
    asked, now = Asked(month, quarter, half, year, first, last), instant(at)
    is_system = against == OPENCPS
    usual = Cutoff.CALENDAR if is_system else None
    with open_office(config) as office:
        period = asked_period(asked, cutoff or usual or office.settings.counting.period)
        assess(office, now)
        scope = Scope(form, period, counting_rule(office, rule))
        if is_system:
            found = reconcile_opencps(office, scope, now, source)
        else:
            found = reconcile_file(office, scope, Path(against), now)
    if as_json:
        terminal.show_json(_document(found, scope))
    else:
        _show(found, scope)


def _show(found: Reconciliation, scope: Scope) -> None:
    differing = found.differing
    terminal.say(
        f"{scope.title}, cách đếm {scope.rule.name}: {len(differing)} ô khác trên "
        f"{len(found.cells)} ô đối chiếu được"
    )
    if differing:
        headings = ("Dòng", "Cột", "Nguồn", "Ta đếm", "Chênh", "Hồ sơ ta đếm vào ô này")
        terminal.show_table("", headings, map(_cell, differing), figures=(2, 3, 4), wraps=(0, 1, 5))
        terminal.say("Đủ hồ sơ của một ô: latewatch tally … --cell DÒNG:CỘT; mọi ô, cả ô khớp: --json")
    for name in found.only_theirs:
        terminal.warn(f"Dòng chỉ có ở nguồn, không khớp dòng nào: {name}")
    for name in found.only_ours:
        terminal.warn(f"Dòng chỉ có ở số của chương trình: {name}")


def _cell(each: Compared) -> tuple[object, ...]:
    column = f"({each.column.number}) {', '.join(each.column.headings).lower()}"
    more = f" … và {len(each.codes) - NAMED} hồ sơ nữa" if len(each.codes) > NAMED else ""
    codes = ", ".join(each.codes[:NAMED]) + more
    return each.row, column, each.theirs, each.ours, f"{each.difference:+d}" if each.difference else "", codes


def _document(found: Reconciliation, scope: Scope) -> dict[str, object]:
    return {
        "form": scope.form,
        "period": {"from": scope.period.first, "to": scope.period.last, "title": scope.period.title},
        "rule": scope.rule.name,
        "differing": len(found.differing),
        "cells": [
            {
                "row": each.row,
                "column": each.column.number,
                "theirs": each.theirs,
                "ours": each.ours,
                "difference": each.difference,
                "codes": each.codes,
            }
            for each in found.cells
        ],
        "only_theirs": found.only_theirs,
        "only_ours": found.only_ours,
    }
