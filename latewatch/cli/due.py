"""`latewatch due`: a due date from the command line, with every day of its count."""

from datetime import date, datetime
from typing import Annotated

import typer

from latewatch.app import sheet_head
from latewatch.cli import terminal
from latewatch.cli.accounts import account_document, show_rules, show_stages, show_steps
from latewatch.cli.entries import (
    Interrupted,
    parse_cutoff,
    parse_ends,
    parse_limit,
    parse_moment,
    parse_stage,
    parse_suspension,
)
from latewatch.cli.options import DEFAULT_CONFIG, At, Config, Json, instant, parse_day
from latewatch.cli.place import Place, place_of
from latewatch.cli.sheet import Pdf, calendar_doubts, write_sheet
from latewatch.cli.whatif import WhatIf, extended
from latewatch.domain.account import Account, steps_of
from latewatch.domain.dossier import Stage
from latewatch.domain.expiry import Ends
from latewatch.domain.layers import PROVINCE, layer_label
from latewatch.domain.limit import ALONE, TimeLimit
from latewatch.domain.stages import holder
from latewatch.domain.standing import last_letter_day
from latewatch.domain.telling import day_moment_words, day_words, difference_words, due_words, revised_words
from latewatch.reports.due_sheet import DueSheet


def due(
    received: Annotated[
        datetime,
        typer.Option(
            parser=parse_moment, metavar="LÚC", help="Lúc tiếp nhận: 2026-02-13 hoặc 2026-02-13T16:40."
        ),
    ],
    limit: Annotated[
        TimeLimit,
        typer.Option(
            parser=parse_limit,
            metavar="THỜI-HẠN",
            help="5d ngày làm việc, 7cd ngày theo lịch, 2w tuần, 1mo tháng, 8h giờ, 30m phút làm việc, "
            "day trong ngày, 0 giải quyết ngay.",
        ),
    ],
    suspend: Annotated[
        list[Interrupted] | None,
        typer.Option(
            parser=parse_suspension,
            metavar="TỪ..ĐẾN=TÁC-ĐỘNG",
            help="Gián đoạn: 2026-03-02..2026-03-09=restart (hoặc pause, runs-on); chưa xong thì bỏ trống "
            "ĐẾN; không ghi tác động thì là yêu cầu bổ sung. Ghi được nhiều lần.",
        ),
    ] = None,
    calendar: Annotated[
        str, typer.Option(metavar="LỊCH", help="national, province hoặc unit:MÃ-ĐƠN-VỊ.")
    ] = PROVINCE,
    cutoff: Annotated[
        int | None,
        typer.Option(parser=parse_cutoff, metavar="GIỜ", help="Giờ chốt của thủ tục trả trong ngày: 15:00."),
    ] = None,
    ends: Annotated[
        Ends | None,
        typer.Option(
            parser=parse_ends, metavar="LÚC-HẾT", help="Ngày cuối hết hạn lúc nào: day, working-time, clock."
        ),
    ] = None,
    promised: Annotated[
        date | None, typer.Option(parser=parse_day, metavar="NGÀY", help="Ngày hẹn trả, để so với hạn.")
    ] = None,
    extend: Annotated[
        date | None, typer.Option(parser=parse_day, metavar="NGÀY", help="Ngày hẹn lại, một lần.")
    ] = None,
    stage: Annotated[
        list[Stage] | None,
        typer.Option(
            parser=parse_stage,
            metavar="ĐƠN-VỊ=TỪ..ĐẾN=THỜI-HẠN",
            help="Một chặng của hồ sơ liên thông: Phòng A=2026-03-02..2026-03-05=3d. Ghi được nhiều lần.",
        ),
    ] = None,
    pdf: Pdf = None,
    at: At = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Tính thử hạn giải quyết và giải thích từng ngày. Không cần hồ sơ."""
    now = instant(at)
    asked = WhatIf(
        received_at=received,
        limit=limit,
        entries=suspend or [],
        stages=stage or [],
        calendar=calendar,
        cutoff=cutoff,
        ends=ends,
        promised_on=promised,
    )
    place = place_of(config)
    account = asked.answer(place, now)
    if extend:
        account = extended(account, extend, at.date() if at else None)
    name = place.calendar_name(calendar)
    doubts = calendar_doubts(account)
    if pdf:
        write_sheet(pdf, _sheet(account, place, name, now), place.settings)
    if as_json:
        terminal.show_json(_document(account, name, doubts))
        return
    _show(account, name, now)
    for doubt in doubts:
        terminal.warn(doubt)
    if pdf:
        terminal.say(f"Đã ghi {pdf}")


def _sheet(account: Account, place: Place, name: str, now: datetime) -> DueSheet:
    return DueSheet(
        account=account,
        head=sheet_head(place.settings),
        made_at=now,
        calendar_name=layer_label(name),
        holder=holder(account.stages),
        doubts=tuple(calendar_doubts(account)),
    )


def _letter_until(account: Account) -> date | None:
    due_on = account.deadline.due_on
    return last_letter_day(due_on, account.calendar) if due_on and account.revised_on else None


def _document(account: Account, name: str, doubts: list[str]) -> dict[str, object]:
    held = holder(account.stages)
    return {
        **account_document(account, steps_of(account)),
        "calendar_name": name,
        "letter_until": _letter_until(account),
        "holder": held.stage.unit if held else None,
        "warnings": doubts,
    }


def _show(account: Account, name: str, now: datetime) -> None:
    facts, deadline = account.facts, account.deadline
    assert facts.received_at  # noqa: S101  the command asks for it
    assert facts.limit  # noqa: S101  likewise
    show_steps(account, steps_of(account))
    received = day_moment_words(facts.received_at)
    since = f"{facts.limit.label} từ {received}"
    if facts.limit.unit in ALONE:
        since = f"Thời hạn “{facts.limit.label}”, tiếp nhận {received}"
    terminal.say(f"{since}: hạn là {due_words(deadline.due_at)}." if deadline.due_at else f"{since}.")
    show_rules(account, now)
    if deadline.promised_on:
        difference = difference_words(account.difference)
        terminal.say(
            f"Ngày hẹn trả: {day_words(deadline.promised_on)}{f' · {difference}' if difference else ''}."
        )
    _show_extension(account)
    show_stages(account, holder(account.stages))
    terminal.say(f"Lịch: {layer_label(name)}, {account.calendar.version}")


def _show_extension(account: Account) -> None:
    until = _letter_until(account)
    if until is None or account.deadline.due_at is None:
        return
    terminal.say(f"Hạn ban đầu: {due_words(account.deadline.due_at)} · Hẹn lại: {revised_words(account)}.")
    terminal.say(f"Văn bản xin lỗi phải gửi chậm nhất {day_words(until)}; hẹn lại không xóa lỗi trễ.")
