"""`latewatch check`: what needs a person, each with its cure."""

from collections.abc import Iterator
from itertools import groupby
from typing import Annotated

import typer

from latewatch.app import open_office, smtp_server
from latewatch.cli import terminal
from latewatch.cli.options import DEFAULT_CONFIG, At, Config, Json, instant
from latewatch.jobs.check import Finding, Level, check_office

SIGN = {Level.OK: "✓", Level.WARNING: "!", Level.BAD: "✗"}
LISTED = 20  # findings on one matter that a person reads at once


def check(
    every: Annotated[bool, typer.Option("--all", help="In hết, không rút gọn danh sách dài.")] = False,
    at: At = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Kiểm tra cấu hình, lịch, nguồn, dòng bị gác lại, thời hạn, thư. Mã thoát 1 khi có việc hỏng."""
    now = instant(at)
    with open_office(config) as office:
        smtp = smtp_server(office.settings) if office.settings.mail.host else None
        findings = check_office(office, now, smtp)
    if as_json:
        terminal.show_json(findings)
    else:
        terminal.show_findings(_lines(findings, len(findings) if every else LISTED))
    if any(finding.level is Level.BAD for finding in findings):
        raise typer.Exit(1)


def _lines(findings: list[Finding], most: int) -> Iterator[tuple[str, str]]:
    """Yield sign and text of each finding; of a matter with more than `most` of a kind, the first ones."""
    for (about, level), group in groupby(findings, key=lambda each: (each.about, each.level)):
        same = list(group)
        yield from ((SIGN[level], f"{about}: {each.text}") for each in same[:most])
        if len(same) > most:
            yield SIGN[level], f"{about}: … và {len(same) - most} điều nữa; xem hết: latewatch check --all"
