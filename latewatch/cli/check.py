"""`latewatch check`: what needs a person, each with its cure."""

import typer

from latewatch.app import open_office, smtp_server
from latewatch.cli import terminal
from latewatch.cli.options import DEFAULT_CONFIG, At, Config, Json, instant
from latewatch.jobs.check import Level, check_office

SIGN = {Level.OK: "✓", Level.WARNING: "!", Level.BAD: "✗"}


def check(at: At = None, config: Config = DEFAULT_CONFIG, as_json: Json = False) -> None:
    """Kiểm tra cấu hình, lịch, nguồn, dòng bị gác lại, thời hạn, thư. Mã thoát 1 khi có việc hỏng."""
    now = instant(at)
    with open_office(config) as office:
        smtp = smtp_server(office.settings) if office.settings.mail.host else None
        findings = check_office(office, now, smtp)
    if as_json:
        terminal.show_json(findings)
    else:
        terminal.show_findings((SIGN[each.level], f"{each.about}: {each.text}") for each in findings)
    if any(finding.level is Level.BAD for finding in findings):
        raise typer.Exit(1)
