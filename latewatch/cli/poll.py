"""`latewatch poll`: take in what the sources have, and decide the due dates."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from latewatch.app import open_office
from latewatch.cli import terminal
from latewatch.cli.intakes import LISTED, show_capped
from latewatch.cli.options import DEFAULT_CONFIG, At, Config, Json, instant
from latewatch.domain.alarm import Alarm
from latewatch.errors import ConfigError
from latewatch.jobs.assess import assess
from latewatch.jobs.feed import alarms_now
from latewatch.jobs.figures.keeping import keep_pages
from latewatch.jobs.integrity.find import find
from latewatch.jobs.office import Office
from latewatch.jobs.poll import PollResult, in_order
from latewatch.jobs.poll import poll as poll_source


def poll(
    source: Annotated[str, typer.Option(metavar="TÊN", help="Chỉ nguồn này.")] = "",
    at: At = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Lấy hồ sơ mới từ các nguồn và tính hạn. Chạy lại bao nhiêu lần cũng không đổi kết quả."""
    now = instant(at)
    with open_office(config) as office:
        wanted = in_order(_sources(office, source), office.profiles)
        results = [poll_source(office, each, now, terminal.progress) for each in wanted]
        assess(office, now)
        found = find(office, now)
        keep_pages(office, now)
        alarms = alarms_now(office, now)
    if as_json:
        terminal.show_json({result.source: _document(result, alarms) for result in results})
    else:
        show(results, alarms)
        if found.new:
            terminal.warn(f"{found.new} dấu hiệu cần làm rõ mới; xem: latewatch findings")
    if any(result.problems for result in results):
        raise typer.Exit(1)


def _sources(office: Office, name: str) -> list[Any]:
    sources = list(office.settings.sources)
    if not sources:
        raise ConfigError("config.toml", "sources", "chưa khai nguồn nào; thêm một mục [[sources]]")
    if not name:
        return sources
    chosen = office.source(name)
    if chosen is None:
        names = ", ".join(each.name for each in sources)
        raise typer.BadParameter(f"không có nguồn “{name}”; các nguồn: {names}", param_hint="--source")
    return [chosen]


def _document(result: PollResult, alarms: Sequence[Alarm]) -> dict[str, object]:
    intake = result.intake
    return {
        "read": intake.read,
        "new": intake.new,
        "changed": intake.changed,
        "unchanged": intake.unchanged,
        "rejected": intake.rejected,
        "files": {"taken": result.taken, "known": result.known, "growing": result.growing},
        "moved": [
            {
                "file": filed.file,
                "to": str(filed.place),
                "rejected_xlsx": str(filed.correction) if filed.correction else None,
            }
            for filed in result.filed
        ],
        "rejecting_batches": list(result.aside),
        "warnings": result.warnings,
        "problems": result.problems,
        "alarms": [alarm for alarm in alarms if alarm.source == result.source],
    }


def show(results: list[PollResult], alarms: Sequence[Alarm] = ()) -> None:
    """Print what each source gave, then what a person should look at."""
    rows = [
        (r.source, r.intake.read, r.intake.new, r.intake.changed, r.intake.unchanged, r.intake.rejected)
        for r in results
    ]
    headings = ("Nguồn", "Đã đọc", "Mới", "Thay đổi", "Như cũ", "Gác lại")
    terminal.show_table("", headings, rows, figures=range(1, 6))
    for result in results:
        if result.known and not result.taken:
            terminal.say(f"Nguồn {result.source}: không có tệp mới.")
        show_capped(_moved(result), LISTED, terminal.say, "latewatch poll --json")
        if result.intake.rejected:
            terminal.warn(f"{result.source}: {result.intake.rejected} dòng bị gác lại; xem: latewatch check")
        show_capped(_aside(result), LISTED, terminal.warn, "latewatch check --all")
        for name in result.growing:
            terminal.warn(f"{name}: tệp đang được ghi; để lại cho lần chạy sau")
        for warning in result.warnings:
            terminal.warn(warning)
        for alarm in alarms:
            if alarm.source == result.source and alarm.told not in result.warnings:
                terminal.warn(f"{result.source}: {alarm.shown}")
        for problem in result.problems:
            terminal.fail(problem)


def _moved(result: PollResult) -> list[str]:
    return [f"{result.source}: {filed.file} → {filed.place}" for filed in result.filed]


def _aside(result: PollResult) -> list[str]:
    """Say where the rows to be corrected lie, or how to have them written."""
    books = {filed.file: filed.correction for filed in result.filed}
    return [
        f"{result.source}: dòng bị gác lại của {file}, để sửa: "
        f"{books.get(file) or f'latewatch import rejected {batch}'}"
        for batch, file in result.aside.items()
    ]
