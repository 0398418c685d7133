"""`latewatch late`: the list of dossiers that are late, or stand in any other way."""

from datetime import date
from typing import Annotated

import typer

from latewatch.app import open_office
from latewatch.cli import terminal
from latewatch.cli.options import DEFAULT_CONFIG, At, Config, Json, instant
from latewatch.domain.standing import LABELS, Standing
from latewatch.jobs.late import LateDossier, LetterStage, late_list


def late(
    unit: Annotated[str, typer.Option(metavar="ĐƠN-VỊ", help="Mã hoặc tên đơn vị giải quyết.")] = "",
    standing: Annotated[Standing, typer.Option(help="Tình trạng cần xem.")] = Standing.OVERDUE,
    at: At = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Liệt kê hồ sơ quá hạn (hoặc theo tình trạng khác), trễ lâu nhất trước. Không in tên người nộp."""
    now = instant(at)
    with open_office(config) as office:
        rows = late_list(office, now, standing, unit)
    if as_json:
        terminal.show_json(rows)
        return
    title = f"Hồ sơ {LABELS[standing]}: {len(rows)} (lúc {now:%H:%M %d/%m/%Y})"
    headings = ("Mã hồ sơ", "Đơn vị", "Thủ tục", "Hẹn trả", "Hạn", "Trễ", "Thư xin lỗi")
    terminal.show_table(title, headings, map(_cells, rows), figures=(5,), wraps=(1, 2))


def _cells(row: LateDossier) -> tuple[str, ...]:
    is_late = row.standing in (Standing.LATE, Standing.OVERDUE)
    days = str(row.working_days_late or "<1") if is_late else ""
    return (
        row.code,
        row.unit,
        row.procedure,
        _day(row.promised_on),
        _day(row.due_on),
        days,
        letter_stage(row.letter),
    )


def letter_stage(letter: LetterStage | None) -> str:
    """Say how far the apology is."""
    if letter is None:
        return "chưa có"
    return f"{'đã phát hành' if letter.state == 'issued' else 'dự thảo'} {letter.dated:%d/%m/%Y}"


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""
