"""`latewatch letters check-template`."""

from pathlib import Path
from typing import Annotated

import typer

from latewatch.cli import terminal
from latewatch.cli.letters.group import letters
from latewatch.cli.options import DEFAULT_CONFIG, Config, Json
from latewatch.config import Letters, load
from latewatch.disk import write_whole
from latewatch.domain.letters.letter import LetterForm
from latewatch.letters.checking.apart import tried_apart
from latewatch.letters.checking.order import Flaw, Order


@letters.command("check-template")
def check_template(
    what: Annotated[
        str,
        typer.Argument(
            metavar="MẪU|THƯ-MỤC", help="Chỉ một mẫu (tt03-2025, tt01-2018), hoặc một thư mục mẫu chưa dùng."
        ),
    ] = "",
    out: Annotated[
        Path | None, typer.Option(metavar="THƯ-MỤC", help="Ghi các thư mẫu ra PDF để xem bằng mắt.")
    ] = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Thử mẫu thư trên các hồ sơ mẫu: thiếu dữ kiện, tràn trang, biến lạ, phông. Mã thoát 1 khi có lỗi."""
    folder, forms = _wanted(what)
    settings = load(config).letters if not folder or config.exists() else Letters()
    order = Order(
        templates=folder or settings.templates,
        forms=forms,
        paper=settings.paper,
        window_envelope=settings.window_envelope,
        lookup_url=settings.lookup_url,
        with_pdfs=out is not None,
    )
    tried = tried_apart(order)
    for name, pdf in tried.pdfs.items():
        write_whole((out or Path()) / name, pdf, setting="--out")
    if as_json:
        terminal.show_json({"sheets": tried.sheets, "flaws": tried.flaws, "files": sorted(tried.pdfs)})
    else:
        terminal.show_findings(_lines(tried.flaws))
        terminal.say(f"Đã thử {tried.sheets} thư mẫu, {len(tried.flaws)} điều phải sửa.")
    if tried.flaws:
        raise typer.Exit(1)


def _wanted(what: str) -> tuple[Path | None, tuple[LetterForm, ...]]:
    """Return the folder and the forms a user means."""
    known = [form.value for form in LetterForm]
    if what in known:
        return None, (LetterForm(what),)
    if what and not Path(what).is_dir():
        problem = f"“{what}” không phải thư mục, cũng không phải mẫu ({', '.join(known)})"
        raise typer.BadParameter(problem, param_hint="MẪU|THƯ-MỤC")
    return Path(what) if what else None, tuple(LetterForm)


def _lines(flaws: list[Flaw]) -> list[tuple[str, str]]:
    """Return sign and text of each flaw: where it was seen, what is wrong, what to do."""
    wheres = [", ".join(filter(None, (flaw.form, flaw.sample))) for flaw in flaws]
    return [
        ("✗", f"{where + ': ' if where else ''}{flaw.problem}; {flaw.cure}.")
        for where, flaw in zip(wheres, flaws, strict=True)
    ]
