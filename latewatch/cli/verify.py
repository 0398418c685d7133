"""`latewatch verify`: whether what the sources said is still as it was kept."""

import re
from typing import Annotated

import typer

from latewatch.app import open_office
from latewatch.cli import terminal
from latewatch.cli.options import DEFAULT_CONFIG, Config, Json
from latewatch.jobs.verify import SHORT, Verdict, harm_words, misfit_words, seal_words
from latewatch.jobs.verify import verify as verify_office

FEWEST = 8  # letters of a seal below which another one might begin alike

CURE = (
    "Việc cần làm: giữ nguyên tệp hiện tại làm chứng cứ, khôi phục cơ sở dữ liệu từ bản sao lưu, chạy lại "
    "`latewatch verify`, so với niêm phong ở cuối bản tin đã gửi (`--seal`)."
)


def verify(
    seal: Annotated[
        str,
        typer.Option(metavar="NIÊM-PHONG", help="Niêm phong ghi lại từ trước (cuối bản tin): còn hay không."),
    ] = "",
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Kiểm tra điều các nguồn từng ghi và báo cáo đã chốt có bị sửa, xóa, chèn không. Mã thoát 1 khi có."""
    asked = _noted(seal)
    with open_office(config) as office:
        verdict = verify_office(office, asked)
    if as_json:
        terminal.show_json(_document(verdict))
    else:
        _show(verdict)
    if not verdict.is_whole:
        raise typer.Exit(1)


def _noted(text: str) -> str:
    """Read a seal as it was noted, with or without the batch before it and the dots behind."""
    if not text:
        return ""
    plain = text.strip().rstrip(".…").rpartition(",")[2].strip().lower()
    if not re.fullmatch(rf"[0-9a-f]{{{FEWEST},64}}", plain):
        raise typer.BadParameter(
            f"“{text}” không phải niêm phong; chép ít nhất {FEWEST} chữ, ví dụ {'1a2b3c4d5e6f7a8b'[:SHORT]}",
            param_hint="--seal",
        )
    return plain


def _document(verdict: Verdict) -> dict[str, object]:
    walk = verdict.walk
    document: dict[str, object] = {
        "whole": verdict.is_whole,
        "versions": walk.versions,
        "batches": walk.batches,
        "dossiers": walk.dossiers,
        "seal": verdict.seal,
        "misfits": [
            {
                "damage": each.damage.value,
                "code": each.code,
                "version": each.version,
                "batch": each.batch,
                "text": misfit_words(each),
            }
            for each in verdict.misfits
        ],
        "more": verdict.more,
        "reports": verdict.reports,
        "harmed": [
            {"harm": each.harm.value, "report": each.number, "text": harm_words(each)}
            for each in verdict.harmed
        ],
    }
    if verdict.asked:
        document["noted"] = {"seal": verdict.asked, "batches": [each.batch for each in verdict.found]}
    return document


def _show(verdict: Verdict) -> None:
    walk = verdict.walk
    terminal.show_findings(("✗", misfit_words(each)) for each in verdict.misfits)
    if verdict.more:
        terminal.show_findings([("✗", f"… và {verdict.more} chỗ nữa")])
    looked = f"{walk.versions} phiên bản, {walk.batches} lô, {walk.dossiers} hồ sơ"
    if not verdict.misfits:
        terminal.show_findings([("✓", f"{looked}: nguyên vẹn")])
    terminal.show_findings(("✗", harm_words(each)) for each in verdict.harmed)
    if verdict.reports and not verdict.harmed:
        terminal.show_findings([("✓", f"{verdict.reports} báo cáo đã chốt: nguyên vẹn")])
    if verdict.asked:
        terminal.show_findings([_noted_words(verdict)])
    if verdict.seal:
        terminal.say(f"Niêm phong: {seal_words(verdict.seal)}")
    if not verdict.is_whole:
        terminal.say(CURE)


def _noted_words(verdict: Verdict) -> tuple[str, str]:
    if not verdict.found:
        return "✗", f"không có niêm phong {verdict.asked}: dữ liệu đã bị ghi lại cả chuỗi, hoặc chép sai"
    batches = ", ".join(f"lô {each.batch}" for each in verdict.found)
    return "✓", f"niêm phong {verdict.asked} còn trong chuỗi: {batches}"
