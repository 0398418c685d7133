"""The program `latewatch`: its commands, and how an error ends it."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from latewatch import __version__
from latewatch.cli import terminal
from latewatch.cli.lazily import LazyGroup
from latewatch.cli.options import CONFIG_VARIABLE
from latewatch.errors import LatewatchError

app = typer.Typer(
    cls=LazyGroup,
    help="Theo dõi hạn giải quyết hồ sơ một cửa: cảnh báo, văn bản xin lỗi, số liệu đúng hạn.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


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
