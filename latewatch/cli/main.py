"""The program `latewatch`: its commands, and how an error ends it."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from latewatch import __version__
from latewatch.cli import terminal
from latewatch.cli.calendar import calendar
from latewatch.cli.check import check
from latewatch.cli.demo import demo
from latewatch.cli.digest import digest
from latewatch.cli.due import due
from latewatch.cli.explain import explain
from latewatch.cli.findings import findings
from latewatch.cli.history import history
from latewatch.cli.imports import imports
from latewatch.cli.init import init
from latewatch.cli.late import late
from latewatch.cli.letters import letters
from latewatch.cli.mapping import mapping
from latewatch.cli.options import CONFIG_VARIABLE
from latewatch.cli.poll import poll
from latewatch.cli.procedures import procedures
from latewatch.cli.reports import reports
from latewatch.cli.run import run as run_scheduler
from latewatch.cli.sources import sources
from latewatch.cli.tally import tally
from latewatch.cli.today import today
from latewatch.cli.verify import verify
from latewatch.errors import LatewatchError

app = typer.Typer(
    help="Theo dõi hạn giải quyết hồ sơ một cửa: cảnh báo, văn bản xin lỗi, số liệu đúng hạn.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (init, check, demo, poll, sources, due, explain, history, late, today, digest, verify):
    app.command()(command)
app.command("run")(run_scheduler)
app.add_typer(letters, name="letters")
app.add_typer(tally, name="tally")
app.add_typer(reports, name="reports")
app.add_typer(findings, name="findings")
app.add_typer(imports, name="import")
app.add_typer(calendar, name="calendar")
app.add_typer(procedures, name="procedures")
app.add_typer(mapping, name="mapping")


def _version(wanted: bool) -> None:
    if wanted:
        terminal.say(f"latewatch {__version__}")
        raise typer.Exit


@app.callback()
def options(
    config: Annotated[
        Path | None, typer.Option("--config", "-c", help="Tệp cấu hình; ghi trước hay sau tên lệnh đều được.")
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Khi lỗi, in cả vết lỗi của chương trình.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="In số bản.")
    ] = False,
) -> None:
    """Theo dõi hạn giải quyết hồ sơ một cửa: cảnh báo, văn bản xin lỗi, số liệu đúng hạn."""
    if config:
        os.environ[CONFIG_VARIABLE] = str(config)  # where the command that follows looks for it


def run() -> None:
    """Run one command. Exit 0 when done, 1 when it could not be, 2 when it was asked wrongly."""
    try:
        app()
    except LatewatchError as e:
        if "--debug" in sys.argv:
            raise
        terminal.fail(str(e))
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
