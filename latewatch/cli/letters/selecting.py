"""What the steps of letters share: which letters are meant, and how it is told what became of them."""

from typing import Annotated

import typer

from latewatch.cli import terminal
from latewatch.domain.letters.life import STATE_LABELS, LetterState
from latewatch.jobs.letters.moving import Moved, Selection

LISTED = 50  # letters a person reads at once

Code = Annotated[str, typer.Argument(metavar="MÃ-HỒ-SƠ", help="Chỉ văn bản của hồ sơ này.")]
Unit = Annotated[str, typer.Option("--unit", metavar="ĐƠN-VỊ", help="Mã hoặc tên đơn vị giải quyết.")]
States = Annotated[
    list[LetterState] | None, typer.Option("--state", help="Bước của văn bản; ghi được nhiều lần.")
]


def selected(code: str, unit: str, states: list[LetterState] | None) -> Selection:
    """Return which letters a step is meant for: one dossier's, or a filter's, and never all by mistake."""
    if code and (unit or states):
        raise typer.BadParameter("đã có mã hồ sơ thì bỏ --unit, --state", param_hint="MÃ-HỒ-SƠ")
    if not (code or unit or states):
        raise typer.BadParameter(
            "hãy ghi mã hồ sơ, hoặc chọn theo --unit, --state", param_hint="MÃ-HỒ-SƠ, --unit, --state"
        )
    return Selection(code, unit, tuple(states or ()))


def show_moved(moved: list[Moved], *, as_json: bool, dry_run: bool) -> None:
    """Print what became of each letter. Exits with 1 where one was refused."""
    refused = [each for each in moved if each.problem]
    if as_json:
        terminal.show_json(moved)
    else:
        _show_done([each for each in moved if not each.problem], dry_run=dry_run)
        for each in refused:
            terminal.fail(f"{each.code}: {each.problem}")
    if refused:
        raise typer.Exit(1)


def _show_done(moved: list[Moved], *, dry_run: bool) -> None:
    title = f"Chạy thử, chưa ghi gì: {len(moved)} văn bản" if dry_run else f"Đã ghi: {len(moved)} văn bản"
    if not moved:
        terminal.say(f"{title}.")
        return
    rows = [(each.code, each.unit, _step(each), each.number) for each in moved[:LISTED]]
    terminal.show_table(title, ("Mã hồ sơ", "Đơn vị", "Bước", "Số"), rows, wraps=(1,))
    if len(moved) > LISTED:
        terminal.say(
            f"… và {len(moved) - LISTED} văn bản nữa; xem hết: --json, hoặc latewatch letters list --all"
        )


def _step(moved: Moved) -> str:
    return f"{STATE_LABELS[moved.before]} → {STATE_LABELS[moved.after]}"
