"""`latewatch mapping`: a profile for a file whose layout nobody described yet."""

import os
from pathlib import Path
from typing import Annotated

import typer

from latewatch.cli import terminal
from latewatch.cli.options import DEFAULT_CONFIG, Config, Json
from latewatch.disk import write_whole
from latewatch.sources.mapping.apart import propose_apart
from latewatch.sources.mapping.fields import Certainty, Guess
from latewatch.sources.mapping.proposal import Proposal
from latewatch.sources.mapping.text import document_of, toml_of

MAX_MEGABYTES = 100
MAX_MEMORY_MEGABYTES = 2048

mapping = typer.Typer(help="Mẫu đọc của một kiểu tệp xuất.", no_args_is_help=True)


@mapping.callback()
def _mapping() -> None:
    """Mẫu đọc: cột nào của tệp xuất là trường nào, chữ nào nghĩa là gì."""


@mapping.command("suggest")
def suggest(
    file: Annotated[Path, typer.Argument(metavar="TỆP", help="Tệp xuất .xlsx, .xls, .csv có dữ liệu.")],
    out: Annotated[
        Path | None, typer.Option(metavar="TỆP.toml", help="Ghi đề xuất ra tệp này; không ghi đè tệp đã có.")
    ] = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Đề xuất mẫu đọc cho một kiểu tệp lạ. Không in dữ liệu cá nhân; người dùng xem lại rồi mới dùng."""
    if not file.is_file():
        raise typer.BadParameter(f"không có tệp {file}", param_hint="TỆP")
    if out is not None and (out.exists() or out.suffix != ".toml"):
        problem = "đã có; chọn tên khác hoặc xóa tệp cũ" if out.exists() else "phải có đuôi .toml"
        raise typer.BadParameter(f"{out} {problem}", param_hint="--out")
    proposal = propose_apart(file, MAX_MEGABYTES, MAX_MEMORY_MEGABYTES)
    if out is not None:
        write_whole(out, toml_of(proposal).encode(), setting="--out")
    if as_json:
        terminal.show_json(document_of(proposal))
    elif out is None:
        terminal.say(toml_of(proposal).rstrip("\n"))
    else:
        _show(proposal, out, config)
    if not as_json:
        _warn(proposal)


def _show(proposal: Proposal, out: Path, config: Path) -> None:
    title = f"{proposal.file}: {proposal.based_on}, tiêu đề ở dòng {proposal.lines[0]}"
    rows = [_row(guess) for guess in proposal.guesses]
    terminal.show_table(title, ("Cột", "Trường", "Mức chắc", "Vì sao"), rows, wraps=(0, 3))
    place = Path(os.path.relpath(out, config.parent)).as_posix()
    terminal.say(f'Đã ghi {out}. Xem lại rồi dùng trong [[sources]] của {config}: profile = "{place}"')


def _row(guess: Guess) -> tuple[str, str, str, str]:
    field = guess.field if guess.certainty is not Certainty.UNKNOWN else ""
    return (guess.column.name, field, guess.certainty, guess.why)


def _warn(proposal: Proposal) -> None:
    """Say what is still to be decided before the file can be read."""
    if proposal.missing:
        names = ", ".join(f"{field} (“{proposal.names[field]}”)" for field in proposal.missing)
        terminal.warn(f"chưa chắc trường bắt buộc: {names}; hãy xem các dòng có # ở bảng headings")
    if proposal.unknown_words:
        terminal.warn(f"{len(proposal.unknown_words)} chữ chưa biết nghĩa; hãy điền ở các bảng chữ")
    for doubt in proposal.date_doubts:
        terminal.warn(doubt)
    if proposal.other_sheets:
        terminal.warn(f"trang tính khác cũng có bảng, chưa xét: {', '.join(proposal.other_sheets)}")
