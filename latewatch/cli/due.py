"""`latewatch due`: a due date from the command line, with every day of its count."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from latewatch.calendars.load import load_calendar
from latewatch.calendars.load import warnings as calendar_warnings
from latewatch.cli import terminal
from latewatch.cli.options import DEFAULT_CONFIG, Config, Json, parse_day
from latewatch.clock import at_midnight
from latewatch.config import load
from latewatch.domain.deadline import run
from latewatch.domain.limit import TimeLimit
from latewatch.domain.trace import Step, trace
from latewatch.domain.worktime import WEEKDAYS, WorkCalendar


def _limit(text: str) -> TimeLimit:
    try:
        return TimeLimit.parse(text)
    except ValueError as e:
        raise typer.BadParameter(str(e)) from e


def due(
    received: Annotated[
        date, typer.Option(parser=parse_day, metavar="NGÀY", help="Ngày tiếp nhận: 2026-02-13.")
    ],
    limit: Annotated[
        TimeLimit,
        typer.Option(parser=_limit, metavar="THỜI-HẠN", help="5d: ngày làm việc; 7cd: ngày theo lịch."),
    ],
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Tính hạn giải quyết và giải thích từng ngày. Không cần cơ sở dữ liệu."""
    calendar = _calendar(config)
    ran = run(at_midnight(received), limit, calendar)
    assert ran.due_at  # noqa: S101  nothing interrupts it
    due_on = ran.due_at.date()
    steps = list(trace(ran, calendar))
    doubts = calendar_warnings(calendar, range(received.year, due_on.year + 1))
    if as_json:
        terminal.show_json(
            {
                "due_on": due_on,
                "due_at": ran.due_at,
                "calendar": calendar.version,
                "trace": trace_document(steps),
                "warnings": doubts,
            }
        )
        return
    show_trace(steps)
    terminal.say(f"{limit.label} từ {show_day(received)}: hạn là hết ngày {show_day(due_on)}.")
    terminal.say(f"Lịch: {calendar.version}")
    for doubt in doubts:
        terminal.warn(doubt)


def _calendar(config: Path) -> WorkCalendar:
    """Return the office's calendar where there is a configuration, else the shipped one."""
    if config == DEFAULT_CONFIG and not config.exists():
        return load_calendar()
    return load_calendar(load(config).calendar.folder)


def trace_document(steps: list[Step]) -> list[dict[str, object]]:
    return [{"date": step.day, "counted": step.counted, "why": step.why} for step in steps]


def show_trace(steps: list[Step]) -> None:
    """Print the days of a count; the counted ones carry their number."""
    number = 0
    rows = []
    for step in steps:
        number += step.counted
        rows.append((f"{step.day:%d/%m/%Y}", number if step.counted else "–", step.why))
    terminal.show_table("", ("Ngày", "Tính", "Vì sao"), rows, figures=(1,), wraps=(2,))


def show_day(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()]} {day:%d/%m/%Y}"
