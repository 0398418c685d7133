"""`latewatch letters sign`, `hand-out`, `attach-signed` and `verify-signed`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from latewatch.app import open_office
from latewatch.cli import terminal
from latewatch.cli.letters.group import letters
from latewatch.cli.letters.selecting import Code, States, Unit, selected, show_moved
from latewatch.cli.options import DEFAULT_CONFIG, At, By, Config, DryRun, Json, instant
from latewatch.jobs.assess import assess
from latewatch.jobs.letters.handing import HandedOut, hand_out

if TYPE_CHECKING:
    from latewatch.jobs.letters.returning import Returned
    from latewatch.letters.signing.report import SignatureReport

# What signs and verifies takes longer to load than most commands run: only these commands pay for it.


@letters.command()
def sign(
    by: By,
    code: Code = "",
    unit: Unit = "",
    state: States = None,
    on_paper: Annotated[
        bool, typer.Option("--on-paper", help="Chỉ ghi nhận đã ký tay trên giấy; không có bản ký số.")
    ] = False,
    dry_run: DryRun = False,
    at: At = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Ký số văn bản đã cấp số bằng chứng thư khai ở bảng signers: người ký trước, con dấu của cơ quan sau."""
    from latewatch.jobs.letters.signing import sign_letters  # noqa: PLC0415

    selection, now = selected(code, unit, state), instant(at)
    with open_office(config) as office:
        assess(office, now)
        moved = sign_letters(
            office, selection, now, by=by, on_paper=on_paper, dry_run=dry_run, progress=terminal.progress
        )
    show_moved(moved, as_json=as_json, dry_run=dry_run)


@letters.command("hand-out")
def hand_out_letters(
    out: Annotated[Path, typer.Option("--out", metavar="THƯ-MỤC", help="Nơi ghi các tệp PDF chờ ký.")],
    code: Code = "",
    unit: Unit = "",
    dry_run: DryRun = False,
    at: At = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Xuất PDF của văn bản đã cấp số để ký bằng chương trình khác; ký xong nhận lại bằng attach-signed."""
    now = instant(at)
    with open_office(config) as office:
        handed = hand_out(
            office,
            selected(code, unit, None),
            out,
            now,
            dry_run=dry_run,
            progress=terminal.progress,
        )
    _show_handed(handed, as_json=as_json, dry_run=dry_run)


def _show_handed(handed: list[HandedOut], *, as_json: bool, dry_run: bool) -> None:
    done = [each for each in handed if not each.problem]
    if as_json:
        terminal.show_json(handed)
    else:
        title = f"Chạy thử, chưa ghi gì: {len(done)} văn bản" if dry_run else f"Đã xuất: {len(done)} văn bản"
        rows = [(each.code, each.unit, each.number, each.path) for each in done]
        terminal.show_table(title, ("Mã hồ sơ", "Đơn vị", "Số", "Tệp"), rows, wraps=(1, 3))
        for each in handed:
            if each.problem:
                terminal.fail(f"{each.code}: {each.problem}")
    if len(done) < len(handed):
        raise typer.Exit(1)


@letters.command("attach-signed")
def attach_signed_letters(
    paths: Annotated[list[Path], typer.Argument(metavar="TỆP…|THƯ-MỤC", help="Các PDF đã ký.")],
    by: By,
    dry_run: DryRun = False,
    at: At = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Nhận lại PDF đã ký nơi khác. Chỉ nhận đúng tệp đã xuất, chỉ thêm chữ ký, do nơi được tin cấp."""
    from latewatch.jobs.letters.returning import attach_signed  # noqa: PLC0415

    now = instant(at)
    with open_office(config) as office:
        assess(office, now)
        taken = attach_signed(office, paths, now, by=by, dry_run=dry_run, progress=terminal.progress)
    _show_returned(taken, as_json=as_json, done="Sẽ nhận" if dry_run else "Đã nhận")


@letters.command("verify-signed")
def verify_signed_letter(
    path: Annotated[Path, typer.Argument(metavar="TỆP", help="PDF đã ký.")],
    at: At = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Kiểm tra một PDF đã ký mà không nhận: đúng văn bản nào, ai ký, lúc nào, có gì sai."""
    from latewatch.jobs.letters.returning import verify_signed  # noqa: PLC0415

    with open_office(config) as office:
        looked = verify_signed(office, path, instant(at))
    _show_returned([looked], as_json=as_json, done="Hợp lệ")


def _show_returned(returned: list[Returned], *, as_json: bool, done: str) -> None:
    """Print what is known of each file. Exits with 1 where one is refused."""
    if as_json:
        terminal.show_json(returned)
    else:
        for each in returned:
            _show_file(each, done)
        if not returned:
            terminal.say("Không có tệp PDF nào.")
    if any(each.problems for each in returned):
        raise typer.Exit(1)


def _show_file(each: Returned, done: str) -> None:
    called = f"{each.file} (hồ sơ {each.code}, số {each.number})" if each.code else each.file
    findings = [("✗", f"{called}: {problem}") for problem in each.problems]
    if not findings:
        findings = [("✓", f"{done}: {called}")]
    terminal.show_findings(findings)
    for signature in each.report.signatures:
        terminal.say(f"    {_told(signature)}")
    for note in each.report.notes:
        terminal.say(f"    lưu ý: {note}")


def _told(signature: SignatureReport) -> str:
    """Tell a signature in one line: who, by whom certified, when, how."""
    claimed = f"{signature.signed_at:%H:%M %d/%m/%Y}" if signature.signed_at else "không ghi"
    stamped = (
        f"{signature.stamped_at:%H:%M %d/%m/%Y} ({signature.stamped_by})" if signature.stamped_at else ""
    )
    when = f"dấu thời gian {stamped}" if stamped else f"lúc ký {claimed}"
    return (
        f"{signature.subject}; nơi cấp {signature.issuer}, số {signature.serial}, hạn "
        f"{signature.valid_until:%d/%m/%Y}; {when}; {signature.digest.upper()}, mức {signature.level}"
    )
