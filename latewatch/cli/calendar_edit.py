"""`latewatch calendar set`, `import`, `confirm`: a change is looked at first, and written with --commit."""

import getpass
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from latewatch.app import open_office
from latewatch.cli import calendar_proposal, terminal
from latewatch.cli.options import DEFAULT_CONFIG, At, Config, Json, instant, parse_day
from latewatch.domain.calendar_rules import hours_from, weekday_of
from latewatch.domain.edits import entry_name, week_name
from latewatch.domain.hours import WorkHours
from latewatch.domain.layers import NATIONAL, WeekdayHours
from latewatch.domain.worktime import Confirmation, DayEntry, DayKind
from latewatch.jobs.calendar.change import Change, Signature, commit_change, preview_change
from latewatch.jobs.calendar.imports import import_file
from latewatch.jobs.office import Office

YEARS = range(1990, 2101)
REST_WORDS = ("", "nghỉ")


def parse_year(text: str) -> int:
    if not text.isdigit() or int(text) not in YEARS:
        raise typer.BadParameter(f"“{text}” không phải năm; ví dụ: 2027")
    return int(text)


def _weekday(text: str) -> int:
    try:
        return weekday_of(text)
    except ValueError as e:
        raise typer.BadParameter(str(e)) from e


Year = Annotated[int, typer.Argument(parser=parse_year, metavar="NĂM", help="Năm, ví dụ 2027.")]
Layer = Annotated[
    str, typer.Option(metavar="TẦNG", help="national (cả nước), province (tỉnh) hoặc unit:MÃ-ĐƠN-VỊ.")
]
Reason = Annotated[str, typer.Option(metavar="LÝ-DO", help="Vì sao sửa; cần khi ghi.")]
Author = Annotated[str, typer.Option(metavar="TÊN", help="Người sửa; mặc định là tài khoản của máy.")]
Commit = Annotated[bool, typer.Option("--commit", help="Ghi. Không có thì chỉ xem trước.")]


@dataclass(frozen=True, slots=True)
class Order:
    """How a change is asked for: looked at or written, by whom, when, for whom to read."""

    reason: str
    author: str
    commit: bool
    at: datetime | None
    config: Path
    as_json: bool


def set_command(
    day: Annotated[
        date | None, typer.Argument(parser=parse_day, metavar="NGÀY", help="Ngày, ví dụ 2026-12-24.")
    ] = None,
    weekday: Annotated[
        int | None,
        typer.Option(parser=_weekday, metavar="THỨ", help="Thay cho ngày: giờ của một thứ, ví dụ sat."),
    ] = None,
    kind: Annotated[DayKind | None, typer.Option(help="Loại ngày.")] = None,
    hours: Annotated[
        str | None,
        typer.Option(metavar="GIỜ", help="Ví dụ 07:30-11:30,13:00-17:00; với --weekday có thể là nghỉ."),
    ] = None,
    like: Annotated[
        int | None, typer.Option(parser=_weekday, metavar="THỨ", help="Làm việc theo giờ của thứ này.")
    ] = None,
    since: Annotated[
        date | None,
        typer.Option(
            parser=parse_day, metavar="NGÀY", help="Với --weekday: từ ngày này; không ghi là mọi năm."
        ),
    ] = None,
    title: Annotated[str, typer.Option(metavar="TÊN", help="Tên ngày, như lời giải thích ghi.")] = "",
    source: Annotated[str, typer.Option(metavar="VĂN-BẢN", help="Văn bản nguồn.")] = "",
    status: Annotated[Confirmation, typer.Option(help="Mức chắc chắn.")] = Confirmation.CONFIRMED,
    layer: Layer = NATIONAL,
    clear: Annotated[bool, typer.Option("--clear", help="Bỏ điều cơ quan đã đặt.")] = False,
    reason: Reason = "",
    author: Author = "",
    commit: Commit = False,
    at: At = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Đặt hoặc bỏ một ngày, hoặc giờ làm việc của một thứ. Không có --commit thì chỉ xem trước."""
    if since and weekday is None:
        raise typer.BadParameter("chỉ dùng với --weekday", param_hint="--since")
    if day is not None and weekday is None:
        if clear:
            change = _clear_day(layer, day)
        elif kind is None:
            raise typer.BadParameter("cần loại ngày, hoặc --clear", param_hint="--kind")
        else:
            own = hours_from(hours, entry_name(layer, day)) if hours is not None else None
            change = _set_day(layer, DayEntry(day, kind, title, source, status, own, like))
    elif weekday is not None and day is None:
        if clear:
            change = _clear_week(layer, weekday, since)
        else:
            change = _set_week(layer, weekday, hours, since, source)
    else:
        raise typer.BadParameter("cần một ngày, hoặc --weekday", param_hint="NGÀY")
    _work_out(lambda _office: change, Order(reason, author, commit, at, config, as_json))


def _set_day(layer: str, entry: DayEntry) -> Change:
    return lambda edits: edits.set_day(layer, entry)


def _clear_day(layer: str, day: date) -> Change:
    return lambda edits: edits.clear_day(layer, day)


def _clear_week(layer: str, weekday: int, since: date | None) -> Change:
    return lambda edits: edits.clear_week(layer, weekday, since)


def _set_week(layer: str, weekday: int, hours: str | None, since: date | None, source: str) -> Change:
    if hours is None:
        raise typer.BadParameter("cần giờ làm việc, hoặc --clear", param_hint="--hours")
    is_rest = hours.strip() in REST_WORDS
    own = WorkHours() if is_rest else hours_from(hours, week_name(layer, weekday))
    return lambda edits: edits.set_week(layer, WeekdayHours(weekday, own, since, source))


def import_command(
    file: Annotated[
        Path, typer.Argument(metavar="TỆP", help="Một năm .toml, hoặc bảng .csv, .xlsx có cột Ngày, Loại…")
    ],
    reason: Reason = "",
    author: Author = "",
    commit: Commit = False,
    at: At = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Nhập tệp: TOML thay trọn một năm, bảng thì thêm từng ngày. Không có --commit thì chỉ xem trước."""
    change = import_file(file)
    _work_out(lambda _office: change, Order(reason, author, commit, at, config, as_json))


def confirm_command(
    year: Year,
    source: Annotated[str, typer.Option(metavar="VĂN-BẢN", help="Thông báo chính thức, ví dụ TB …")],
    reason: Reason = "",
    author: Author = "",
    commit: Commit = False,
    at: At = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Xác nhận các ngày “dự kiến” của một năm theo văn bản. Không có --commit thì chỉ xem trước."""

    def change_for(office: Office) -> Change:
        return lambda edits: edits.confirm(year, source, office.calendars)

    _work_out(change_for, Order(reason, author, commit, at, config, as_json))


def _work_out(change_for: Callable[[Office], Change], order: Order) -> None:
    """Look at a change, or write it, and show what it does."""
    now = instant(order.at)
    with open_office(order.config) as office:
        change = change_for(office)
        if order.commit:
            by = Signature(order.author or _account(), order.reason)
            done = commit_change(office, change, by, now)
        else:
            done = preview_change(office, change, now)
    if order.as_json:
        terminal.show_json(calendar_proposal.document(done))
    else:
        calendar_proposal.show(done)


def _account() -> str:
    """Return the machine's account; one without a name must be told with --author."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""
