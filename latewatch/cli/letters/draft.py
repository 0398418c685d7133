"""`latewatch letters draft`."""

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from latewatch.app import open_office
from latewatch.cli import terminal
from latewatch.cli.letters.group import letters
from latewatch.cli.options import DEFAULT_CONFIG, At, Config, Json, instant, parse_day
from latewatch.jobs.assess import assess
from latewatch.jobs.letters.draft import DraftedLetter, draft_letters
from latewatch.jobs.letters.settling import needless_letters

EXPLAINED = 20  # sentences a person reads


@letters.command()
def draft(
    out: Annotated[
        Path | None, typer.Option(metavar="THƯ-MỤC", help="Nơi ghi PDF; không ghi thì theo paths.letters.")
    ] = None,
    code: Annotated[str, typer.Option(metavar="MÃ-HỒ-SƠ", help="Chỉ hồ sơ này, dù chưa đến lúc.")] = "",
    reason: Annotated[
        str, typer.Option(metavar="LÝ-DO", help="Lý do ghi trong thư mới: mã (letters reasons) hoặc câu.")
    ] = "",
    new_date: Annotated[
        date | None, typer.Option(parser=parse_day, metavar="NGÀY", help="Ngày hẹn lại; cần --code.")
    ] = None,
    at: At = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Soạn dự thảo cho hồ sơ dự kiến quá hạn và hồ sơ quá hạn chưa có thư. Mỗi hồ sơ một thư."""
    if new_date and not code:
        raise typer.BadParameter("mỗi hồ sơ một ngày hẹn lại; hãy ghi thêm --code", param_hint="--new-date")
    now = instant(at)
    with open_office(config) as office:
        assess(office, now)
        made = draft_letters(
            office, now, out=out, code=code, reason=reason, new_date=new_date, progress=terminal.progress
        )
        with office.store.reading() as connection:
            needless = [] if code else needless_letters(connection, office, now)
    if as_json:
        terminal.show_json([asdict(each) for each in made])
    else:
        show(made)
    for each in needless:
        terminal.warn(f"{each.told}; {each.cure}")


def show(made: list[DraftedLetter]) -> None:
    """Show the drafts, and below them why these new dates are proposed."""
    rows = [(m.code, m.unit, f"{m.new_date:%d/%m/%Y}", "mới" if m.is_new else "đã có", m.path) for m in made]
    new = sum(m.is_new for m in made)
    terminal.show_table(
        f"Dự thảo văn bản xin lỗi: {new} mới, {len(made) - new} đã có",
        ("Mã hồ sơ", "Đơn vị", "Hẹn lại", "", "Tệp"),
        rows,
        wraps=(1, 4),
    )
    _explain([each for each in made if each.is_new] or made)


def _explain(made: list[DraftedLetter]) -> None:
    """Say why these new dates are proposed, and which units overran their part."""
    why: dict[str, list[DraftedLetter]] = {}
    for each in made:
        why.setdefault(each.proposal, []).append(each)
    for proposal, alike in list(why.items())[:EXPLAINED]:
        codes = ", ".join(f"{each.code}" for each in alike[:3])
        more = f" và {len(alike) - 3} hồ sơ nữa" if len(alike) > 3 else ""
        terminal.say(f"Hẹn lại {codes}{more}: {proposal}.")
    if len(why) > EXPLAINED:
        terminal.say("… lý do của các ngày hẹn lại khác: latewatch letters draft --json")
    for each in made:
        if each.at_fault:
            units = ", ".join(each.at_fault)
            terminal.say(f"{each.code}: chặng quá hạn ở {units} (có trong dữ liệu, không ghi trong thư).")
