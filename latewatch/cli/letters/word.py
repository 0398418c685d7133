"""`latewatch letters docx`."""

from pathlib import Path
from typing import Annotated

import typer

from latewatch.app import open_office
from latewatch.cli import terminal
from latewatch.cli.letters.group import letters
from latewatch.cli.letters.selecting import Code, States, Unit, selected
from latewatch.cli.options import DEFAULT_CONFIG, At, Config, DryRun, Json, instant
from latewatch.domain.letters.life import STATE_LABELS
from latewatch.jobs.assess import assess
from latewatch.jobs.letters.wordfile import WordFile, word_files


@letters.command()
def docx(
    out: Annotated[Path, typer.Option(metavar="THƯ-MỤC", help="Nơi ghi, mỗi đơn vị một thư mục con.")],
    code: Code = "",
    unit: Unit = "",
    state: States = None,
    dry_run: DryRun = False,
    at: At = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Ghi văn bản thành tệp Word cho hệ thống quản lý văn bản của cơ quan. Bước của văn bản không đổi."""
    selection = selected(code, unit, state)
    with open_office(config) as office:
        assess(office, instant(at))
        made = word_files(office, selection, out, dry_run=dry_run, progress=terminal.progress)
    _show(made, as_json=as_json, dry_run=dry_run)


def _show(made: list[WordFile], *, as_json: bool, dry_run: bool) -> None:
    """Print where each document lies. Exits with 1 where a letter has none."""
    refused = [each for each in made if each.problem]
    if as_json:
        terminal.show_json(made)
    else:
        _show_files([each for each in made if not each.problem], dry_run=dry_run)
        for each in refused:
            terminal.fail(f"{each.code}: {each.problem}")
    if refused:
        raise typer.Exit(1)


def _show_files(made: list[WordFile], *, dry_run: bool) -> None:
    title = f"{'Chạy thử, chưa ghi gì' if dry_run else 'Tệp Word'}: {len(made)} văn bản"
    if not made:
        terminal.say(f"{title}.")
        return
    rows = [(each.code, each.unit, STATE_LABELS[each.state], each.path or "") for each in made]
    terminal.show_table(title, ("Mã hồ sơ", "Đơn vị", "Bước", "Tệp"), rows, wraps=(1, 3))
