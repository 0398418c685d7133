"""`latewatch letters send`, `outbox` and `bounce`."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from latewatch.app import open_office, ways
from latewatch.cli import terminal
from latewatch.cli.letters.group import letters
from latewatch.cli.letters.selecting import Code, States, Unit
from latewatch.cli.options import DEFAULT_CONFIG, At, By, Config, DryRun, Json, Why, instant
from latewatch.domain.letters.life import LetterState, Move, after
from latewatch.domain.letters.sending import CHANNEL_LABELS, DELIVERY_LABELS, UNSETTLED, DeliveryState
from latewatch.jobs.assess import assess
from latewatch.jobs.letters.bounces import Returned, note_bounce, read_bounces
from latewatch.jobs.letters.moving import Selection
from latewatch.jobs.letters.outbox import Queued, fill
from latewatch.jobs.letters.outbox_list import OutboxRow, outbox
from latewatch.jobs.letters.sending import Handled, SendReport, send_again, send_letters
from latewatch.notify.bounces import Verdict

BAD = (DeliveryState.FAILED, DeliveryState.DOUBTFUL)


@letters.command()
def send(
    by: By,
    code: Code = "",
    unit: Unit = "",
    state: States = None,
    again: Annotated[
        bool,
        typer.Option("--again", help="Gửi lại lần gửi hỏng hoặc không rõ của hồ sơ này; cần --why."),
    ] = False,
    why: Why = "",
    dry_run: DryRun = False,
    at: At = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Gửi văn bản đã ký: thư điện tử, tin nhắn, báo quầy; ai không gửi được thì vào danh sách in.

    Không ghi mã hồ sơ, đơn vị: gửi mọi văn bản đã ký. Văn bản đang chờ tự được gửi tiếp bởi latewatch run.
    """
    _check_options(code, unit, state, again=again, dry_run=dry_run)
    for each in state or ():
        after(each, Move.SEND)
    selection = Selection(code, unit)
    with open_office(config) as office:
        assess(office, instant(at))
        if dry_run:
            _show_report(
                SendReport(fill(office, selection, instant(at), by=by, dry_run=True), []), as_json, dry_run
            )
            return
        leaving = ways(office.settings, partial(instant, at))
        if again:
            report = send_again(office, leaving, code, by=by, why=why, progress=terminal.progress)
        else:
            report = send_letters(office, leaving, selection, by=by, progress=terminal.progress)
    _show_report(report, as_json, dry_run)


def _check_options(
    code: str, unit: str, state: list[LetterState] | None, *, again: bool, dry_run: bool
) -> None:
    if code and (unit or state):
        raise typer.BadParameter("đã có mã hồ sơ thì bỏ --unit, --state", param_hint="MÃ-HỒ-SƠ")
    if again and not code:
        raise typer.BadParameter("gửi lại từng văn bản một: hãy ghi mã hồ sơ", param_hint="--again")
    if again and dry_run:
        raise typer.BadParameter("không thử được; xem trước: latewatch letters outbox", param_hint="--again")


def _show_report(report: SendReport, as_json: bool, dry_run: bool) -> None:
    """Print what was queued and what left. Exits with 1 where something could not be sent or queued."""
    if as_json:
        terminal.show_json(report)
    else:
        _show_queued([each for each in report.queued if not each.problem], dry_run=dry_run)
        _show_handled(report.handled)
        for refused in report.queued:
            if refused.problem:
                terminal.fail(f"{refused.code}: {refused.problem}")
    is_bad = any(each.problem for each in report.queued) or any(each.problem for each in report.handled)
    if is_bad:
        raise typer.Exit(1)


def _show_queued(queued: list[Queued], *, dry_run: bool) -> None:
    title = "Chạy thử, chưa ghi gì, chưa gửi gì" if dry_run else "Vào hàng gửi"
    if not queued:
        terminal.say(f"{title}: không có văn bản đã ký nào.")
        return
    rows = [(each.code, each.unit, _channels(each)) for each in queued]
    terminal.show_table(f"{title}: {len(queued)} văn bản", ("Mã hồ sơ", "Đơn vị", "Kênh"), rows, wraps=(1,))


def _channels(each: Queued) -> str:
    return ", ".join(CHANNEL_LABELS[channel] for channel in each.channels) or "đã ở hàng gửi từ trước"


def _show_handled(handled: list[Handled]) -> None:
    for each in handled:
        text = f"{each.code}: {CHANNEL_LABELS[each.channel]} {DELIVERY_LABELS[each.state]}"
        again = f", thử lại lúc {each.next_at:%H:%M %d/%m}" if each.next_at and each.problem else ""
        told = f" – {each.problem}{again}" if each.problem else ""
        show = terminal.fail if each.state in BAD else terminal.warn if each.problem else terminal.say
        show(f"{text}{told}")


@letters.command("outbox")
def show_outbox(
    state: Annotated[
        list[DeliveryState] | None, typer.Option("--state", help="Chỉ tình trạng này; ghi được nhiều lần.")
    ] = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Hàng gửi: văn bản đang chờ, không gửi được, không rõ đã đi chưa. Địa chỉ được che."""
    with open_office(config) as office:
        rows = outbox(office, state or UNSETTLED)
    if as_json:
        terminal.show_json(rows)
        return
    if not rows:
        terminal.say("Hàng gửi trống.")
        return
    headings = ("Mã hồ sơ", "Đơn vị", "Kênh", "Tình trạng", "Lần thử", "Gửi tiếp lúc", "Nơi nhận", "Vì sao")
    terminal.show_table(f"Hàng gửi: {len(rows)}", headings, list(_rows(rows)), figures=(4,), wraps=(1, 7))


def _rows(rows: list[OutboxRow]) -> Iterator[tuple[object, ...]]:
    for each in rows:
        next_at = f"{each.next_at:%H:%M %d/%m/%Y}" if each.next_at else ""
        labels = CHANNEL_LABELS[each.channel], DELIVERY_LABELS[each.state]
        yield each.code, each.unit, *labels, each.attempts, next_at, each.to, each.problem


@letters.command()
def bounce(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[TỆP|THƯ-MỤC]…", help="Thư trả lại (.eml), hoặc thư mục chứa chúng."),
    ] = None,
    code: Annotated[str, typer.Option("--code", metavar="MÃ-HỒ-SƠ", help="Ghi tay cho hồ sơ này.")] = "",
    by: By = "",
    why: Why = "",
    at: At = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Ghi nhận thư bị trả lại, văn bản vào danh sách in: từ thư của máy chủ thư, hoặc ghi tay bằng --code."""
    if bool(files) == bool(code):
        raise typer.BadParameter("cần tệp thư trả lại, hoặc --code cùng --why", param_hint="TỆP, --code")
    with open_office(config) as office:
        assess(office, instant(at))
        if code:
            found = [note_bounce(office, code, instant(at), by=by, why=why)]
        else:
            found = read_bounces(office, files or [], instant(at))
    if as_json:
        terminal.show_json(found)
    else:
        _show_returned(found)


def _show_returned(found: list[Returned]) -> None:
    for each in found:
        named = ": ".join(filter(None, (each.file, each.code, each.told)))
        show = terminal.say if each.code and each.verdict is not Verdict.UNCLEAR else terminal.warn
        show(named)
    if not found:
        terminal.say("Không có thư nào trong thư mục.")
