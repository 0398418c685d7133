"""`latewatch letters dossier CODE`: the proof of a dossier's letters as one ZIP."""

from pathlib import Path
from typing import Annotated

import typer

from latewatch.app import open_office
from latewatch.cli import terminal
from latewatch.cli.letters.group import letters
from latewatch.cli.options import DEFAULT_CONFIG, At, Config, Json, instant
from latewatch.disk import file_stem
from latewatch.jobs.assess import assess
from latewatch.jobs.letters.proof import export_proof


@letters.command()
def dossier(
    code: Annotated[str, typer.Argument(metavar="MÃ-HỒ-SƠ", help="Hồ sơ có văn bản xin lỗi.")],
    out: Annotated[
        Path | None, typer.Option(metavar="TỆP.zip", help="Nơi ghi; mặc định chung-cu-MÃ-HỒ-SƠ.zip ở đây.")
    ] = None,
    at: At = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Lập tệp chứng cứ cho đoàn kiểm tra: văn bản, chữ ký, từng bước, nhật ký gửi. Có dữ liệu cá nhân."""
    now = instant(at)
    with open_office(config) as office:
        assess(office, now)
        made = export_proof(office, code, out or Path(f"chung-cu-{file_stem(code)}.zip"), now)
    if as_json:
        terminal.show_json(made)
    else:
        terminal.say(f"Đã ghi {made.path}: {made.letters} văn bản, SHA-256 {made.sha256}")
        terminal.warn("Tệp có dữ liệu cá nhân: chỉ giao cho người có thẩm quyền, xóa khi dùng xong.")
        for name in made.altered:
            terminal.fail(f"{name}: không khớp mã băm đã lưu; tệp đã bị sửa trong cơ sở dữ liệu.")
    if made.altered:
        raise typer.Exit(1)
