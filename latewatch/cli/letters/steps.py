"""`latewatch letters review`, `revise`, `number`, `confirm`, `cancel` and `issue`."""

from datetime import date
from typing import Annotated

import typer

from latewatch.app import open_office
from latewatch.cli import terminal
from latewatch.cli.letters.group import letters
from latewatch.cli.letters.selecting import Code, States, Unit, selected, show_moved
from latewatch.cli.options import DEFAULT_CONFIG, At, By, Config, DryRun, Json, Why, instant, parse_day
from latewatch.domain.letters.life import OUT
from latewatch.jobs.assess import assess
from latewatch.jobs.letters.closing import cancel_letters, confirm_letters
from latewatch.jobs.letters.issue import IssuedLetter, issue_letter, issue_letters
from latewatch.jobs.letters.numbering import number_letters
from latewatch.jobs.letters.review import review_letters, revise_letters

Dated = Annotated[
    date | None,
    typer.Option("--dated", parser=parse_day, metavar="NGÀY", help="Ngày văn bản; thay cho hôm nay."),
]


@letters.command()
def review(
    by: By,
    code: Code = "",
    unit: Unit = "",
    state: States = None,
    why: Why = "",
    dry_run: DryRun = False,
    at: At = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Ghi nhận đã rà dự thảo. Từ chối khi thiếu lý do, thiếu người nhận, ngày hẹn lại không hợp lệ."""
    selection, now = selected(code, unit, state), instant(at)
    with open_office(config) as office:
        assess(office, now)
        moved = review_letters(
            office, selection, now, by=by, why=why, dry_run=dry_run, progress=terminal.progress
        )
    show_moved(moved, as_json=as_json, dry_run=dry_run)


@letters.command()
def revise(
    by: By,
    code: Code = "",
    unit: Unit = "",
    state: States = None,
    reason: Annotated[str, typer.Option(metavar="LÝ-DO", help="Lý do mới ghi trong thư.")] = "",
    new_date: Annotated[
        date | None, typer.Option(parser=parse_day, metavar="NGÀY", help="Ngày hẹn lại mới; cần mã hồ sơ.")
    ] = None,
    why: Why = "",
    dry_run: DryRun = False,
    at: At = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Sửa lý do, ngày hẹn lại của văn bản chưa cấp số, theo hạn hiện nay; đã rà thì trở lại nháp."""
    selection, now = selected(code, unit, state), instant(at)
    if new_date and not code:
        raise typer.BadParameter("mỗi hồ sơ một ngày hẹn lại; hãy ghi mã hồ sơ", param_hint="--new-date")
    with open_office(config) as office:
        assess(office, now)
        moved = revise_letters(
            office,
            selection,
            now,
            by=by,
            reason=reason,
            new_date=new_date,
            why=why,
            dry_run=dry_run,
            progress=terminal.progress,
        )
    show_moved(moved, as_json=as_json, dry_run=dry_run)


@letters.command()
def number(
    by: By,
    code: Code = "",
    unit: Unit = "",
    state: States = None,
    dated: Dated = None,
    why: Why = "",
    dry_run: DryRun = False,
    at: At = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Cấp số trong sổ văn bản đi cho văn bản đã rà; từ đó lời văn không đổi nữa."""
    selection, now = selected(code, unit, state), instant(at)
    with open_office(config) as office:
        assess(office, now)
        moved = number_letters(
            office, selection, now, by=by, dated=dated, why=why, dry_run=dry_run, progress=terminal.progress
        )
    show_moved(moved, as_json=as_json, dry_run=dry_run)


@letters.command()
def confirm(
    by: By,
    why: Annotated[str, typer.Option("--why", metavar="CÁCH", help="Xác nhận bằng cách nào.")],
    code: Code = "",
    unit: Unit = "",
    state: States = None,
    dry_run: DryRun = False,
    at: At = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Ghi nhận người nộp đã nhận được văn bản, bằng cách nào: ký nhận, gọi điện, trả lời thư."""
    selection, now = selected(code, unit, state), instant(at)
    with open_office(config) as office:
        moved = confirm_letters(
            office, selection, now, by=by, why=why, dry_run=dry_run, progress=terminal.progress
        )
    show_moved(moved, as_json=as_json, dry_run=dry_run)


@letters.command()
def cancel(
    by: By,
    why: Why,
    code: Code = "",
    unit: Unit = "",
    state: States = None,
    dry_run: DryRun = False,
    at: At = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Hủy văn bản, kèm lý do. Số đã cấp ở lại sổ; đã gửi thì lần hẹn lại của hồ sơ vẫn tính là đã dùng."""
    selection, now = selected(code, unit, state), instant(at)
    with open_office(config) as office:
        moved = cancel_letters(
            office, selection, now, by=by, why=why, dry_run=dry_run, progress=terminal.progress
        )
    used = [each.code for each in moved if each.before in OUT and not each.problem]
    if used and not as_json:
        terminal.warn(
            f"Đã gửi rồi mới hủy: {', '.join(used)}. Lần hẹn lại của hồ sơ coi như đã dùng (NĐ "
            "118/2025/NĐ-CP, Điều 19.6); hãy báo người nộp bằng cách khác."
        )
    show_moved(moved, as_json=as_json, dry_run=dry_run)


@letters.command()
def issue(
    by: By,
    code: Code = "",
    unit: Unit = "",
    state: States = None,
    dated: Dated = None,
    number: Annotated[
        str, typer.Option(metavar="SỐ", help="Số, ký hiệu do hệ thống văn bản của cơ quan cấp; cần mã hồ sơ.")
    ] = "",
    why: Why = "",
    dry_run: DryRun = False,
    at: At = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Ghi nhận văn bản đã cấp số, ký và gửi ngoài latewatch. Từ đó các bảng mới tính là “đã có thư”."""
    selection, now = selected(code, unit, state), instant(at)
    if number and not code:
        raise typer.BadParameter("mỗi văn bản một số; hãy ghi mã hồ sơ", param_hint="--number")
    issued_on = dated or now.date()
    with open_office(config) as office:
        if code:
            letter = issue_letter(
                office, code, issued_on, now, by=by, number=number, why=why, dry_run=dry_run
            )
            _show_issued(letter, as_json=as_json, dry_run=dry_run)
            return
        moved = issue_letters(
            office, selection, issued_on, now, by=by, why=why, dry_run=dry_run, progress=terminal.progress
        )
    if not as_json:
        _warn_late([each.code for each in moved if each.is_late])
    show_moved(moved, as_json=as_json, dry_run=dry_run)


def _show_issued(letter: IssuedLetter, *, as_json: bool, dry_run: bool) -> None:
    if as_json:
        terminal.show_json(letter)
        return
    trial = "Chạy thử, chưa ghi gì. " if dry_run else ""
    terminal.say(f"{trial}Hồ sơ {letter.code}: văn bản xin lỗi phát hành ngày {letter.issued_on:%d/%m/%Y}.")
    _warn_late([letter.code] if letter.is_late else [])


def _warn_late(codes: list[str]) -> None:
    if codes:
        terminal.warn(
            f"Gửi muộn: {', '.join(codes)}; chậm nhất là 01 ngày trước ngày hết hạn (NĐ 118/2025/NĐ-CP, Điều "
            "19.6)."
        )
