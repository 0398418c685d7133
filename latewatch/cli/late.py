"""`latewatch late`: the list of dossiers that are late, or stand in any other way."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated

import typer

from latewatch.app import open_office
from latewatch.cli import terminal
from latewatch.cli.options import DEFAULT_CONFIG, At, Config, Json, instant
from latewatch.domain.hours import END_OF_DAY
from latewatch.domain.letters.life import STATE_LABELS, LetterState
from latewatch.domain.stages import StageStanding
from latewatch.domain.standing import LABELS, Standing
from latewatch.jobs.late import AWAITING, LateDossier, LetterStage, late_list


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
    columns = _columns(standing, has_stages=any(row.held_by for row in rows))
    figures = [at for at, (heading, _) in enumerate(columns) if heading == "Trễ"]
    cells = ([show(row) for _, show in columns] for row in rows)
    terminal.show_table(title, [heading for heading, _ in columns], cells, figures=figures, wraps=(1, 2))


Column = tuple[str, Callable[[LateDossier], str]]


def _columns(standing: Standing, *, has_stages: bool) -> list[Column]:
    """Return the headings and what stands below them; what no row of the list has gets no column."""
    return [
        ("Mã hồ sơ", lambda row: row.code),
        ("Đơn vị", lambda row: row.unit),
        ("Thủ tục", lambda row: row.procedure),
        *([("Đang giữ", _holding)] if has_stages else []),
        ("Hẹn trả", lambda row: _day(row.promised_on)),
        *([("Chờ từ", _since), ("Chờ đến", _until)] if standing in AWAITING else []),
        ("Hạn", lambda row: due_cell(row.due_at)),
        ("Trễ", _days_late),
        ("Thư xin lỗi", lambda row: letter_stage(row.letter)),
    ]


def _days_late(row: LateDossier) -> str:
    return str(row.working_days_late or "<1") if row.standing in (Standing.LATE, Standing.OVERDUE) else ""


def _holding(row: LateDossier) -> str:
    """Name the unit that holds it now, and by when it has to pass it on."""
    held = row.held_by
    if held is None:
        return ""
    word = _HELD.get(held.standing, "")
    return f"{held.unit} ({word} {due_cell(held.due_at)})" if word and held.due_at else held.unit


_HELD = {StageStanding.RUNNING: "hạn", StageStanding.OVERDUE: "quá hạn"}


def _since(row: LateDossier) -> str:
    """Return since when it waits; what was observed had begun before."""
    if row.waiting is None:
        return ""
    return f"{'trước ' if row.waiting.is_observed else ''}{row.waiting.since:%d/%m/%Y}"


def _until(row: LateDossier) -> str:
    return _day(row.waiting.until) if row.waiting else ""


def due_cell(due_at: datetime | None) -> str:
    """Return the day a limit ends, and its clock time where it ends within the day."""
    if due_at is None:
        return ""
    return f"{due_at:%d/%m/%Y}" if due_at.time() == END_OF_DAY else f"{due_at:%H:%M %d/%m/%Y}"


def letter_stage(letter: LetterStage | None) -> str:
    """Say how far the apology is."""
    if letter is None:
        return "chưa có"
    label = _STAGES.get(letter.state, STATE_LABELS[letter.state])
    return f"{label} {letter.dated:%d/%m/%Y}"


_STAGES = {
    LetterState.DRAFT: "dự thảo",
    LetterState.SENT: "đã gửi",
    LetterState.CANCELLED: "đã gửi rồi hủy",
}


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""
