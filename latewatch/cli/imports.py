"""`latewatch import`: one file taken in by hand, or only looked at; what was taken in, listed and undone."""

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from latewatch.app import open_office
from latewatch.cli import terminal
from latewatch.cli.import_undo import list_, undo
from latewatch.cli.intakes import show_import, shown_document
from latewatch.cli.options import DEFAULT_CONFIG, At, Config, Json, instant
from latewatch.disk import write_whole
from latewatch.jobs.imports import corrections_of, corrections_of_batch, import_file, source_of, try_file

FILE = "TỆP"  # the command behind `latewatch import FILE`, as the help lists it


class FileFirst(TyperGroup):
    """A group where whatever is none of its commands is the file that its first command takes."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        return super().parse_args(ctx, self.completed(args))

    def completed(self, args: list[str]) -> list[str]:
        """Return `args` with the command they leave out."""
        is_whole = not args or args[0] in {*self.commands, "-h", "--help"}
        return args if is_whole else [FILE, *args]


imports = typer.Typer(help="Nhập một tệp, hoặc xem trước nó đổi gì.", no_args_is_help=True, cls=FileFirst)

Rejected = Annotated[
    Path | None,
    typer.Option(
        "--rejected", metavar="TỆP.xlsx", help="Ghi các dòng bị gác lại, kèm lý do, để sửa và nhập lại."
    ),
]


@imports.callback()
def _imports() -> None:
    """Nhập một tệp xuất: latewatch import ho-so.xlsx; xem trước, không ghi gì: thêm --dry-run."""


@imports.command(FILE)
def import_(
    file: Annotated[Path, typer.Argument(metavar="TỆP", help="Tệp xuất, hoặc tệp dòng bị gác lại đã sửa.")],
    source: Annotated[
        str, typer.Option(metavar="TÊN", help="Nguồn của tệp; mặc định là nguồn có thư mục chứa tệp.")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Chỉ cho xem tệp đổi gì, không ghi gì.")] = False,
    rejected: Rejected = None,
    every: Annotated[bool, typer.Option("--all", help="In hết, không rút gọn danh sách dài.")] = False,
    at: At = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Nhập tệp vào đúng như latewatch poll; thêm --dry-run: hồ sơ nào mới, đổi gì, dòng nào bị gác lại."""
    if not file.is_file():
        raise typer.BadParameter(f"không có tệp {file}", param_hint="TỆP")
    now = instant(at)
    with open_office(config) as office:
        chosen = source_of(office, file, source)
        take = try_file if dry_run else import_file
        made = take(office, chosen, file, now, terminal.progress)
        book = corrections_of(office, made) if rejected else None
    if rejected and book:
        write_whole(rejected, book, setting="--rejected")
    if as_json:
        terminal.show_json(shown_document(made, rejected if book else None))
    else:
        show_import(made, rejected if book else None, every=every)


@imports.command("rejected")
def rejected_(
    batch: Annotated[int, typer.Argument(metavar="LÔ", help="Số của lô, như latewatch check nêu.")],
    xlsx: Annotated[Path, typer.Option(metavar="TỆP", help="Tệp sẽ ghi; đã có thì thay.")] = Path(
        "gac-lai.xlsx"
    ),
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Ghi các dòng một lô đã gác lại thành tệp XLSX, lý do bên cạnh, để sửa rồi nhập lại."""
    with open_office(config) as office:
        book = corrections_of_batch(office, batch)
    if book:
        write_whole(xlsx, book, setting="--xlsx")
    if as_json:
        terminal.show_json({"batch": batch, "xlsx": str(xlsx) if book else None})
    elif book:
        terminal.say(f"Đã ghi {xlsx}. Sửa ô được tô màu rồi nhập lại: latewatch import {xlsx}")
    else:
        terminal.say(f"Lô {batch} không có dòng nào sửa được bằng tệp; xem: latewatch check --all")


imports.command("list")(list_)
imports.command("undo")(undo)
