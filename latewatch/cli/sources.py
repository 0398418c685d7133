"""`latewatch sources`: the configured sources with their last run and their alarms; the shipped profiles."""

from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from latewatch.app import open_office
from latewatch.cli import terminal
from latewatch.cli.options import DEFAULT_CONFIG, At, Config, Json, instant
from latewatch.domain.alarm import NOTES
from latewatch.domain.telling import thousands
from latewatch.jobs.sources import ListedProfile, ListedSource, listed_profiles, listed_sources
from latewatch.sources.profiles.profile import Delivers, Reads, System

SYSTEMS = {
    System.FILES: "tệp bảng tính",
    System.IGATE: "iGate 2",
    System.DVCQG: "Cổng Dịch vụ công quốc gia",
    System.OPENCPS: "OpenCPS",
    System.TD: "hệ thống cấp tỉnh (TD)",
}
DELIVERS = {
    Delivers.SUSPENSIONS: "tạm dừng",
    Delivers.STAGES: "chặng liên thông",
    Delivers.LIMITS: "thời hạn",
}


def sources(
    profiles: Annotated[
        bool, typer.Option("--profiles", help="Các mẫu đọc có sẵn, thay cho các nguồn.")
    ] = False,
    at: At = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Các nguồn đã khai: lấy từ đâu, lần lấy gần nhất ra sao, cho biết những gì, đang có cảnh báo gì."""
    if profiles:
        shipped = listed_profiles()
        terminal.show_json(shipped) if as_json else _show_profiles(shipped)
        return
    now = instant(at)
    with open_office(config) as office:
        listed = listed_sources(office, now)
    terminal.show_json(listed) if as_json else _show(listed)


def _show_profiles(shipped: Sequence[ListedProfile]) -> None:
    rows = [(each.name, SYSTEMS[each.system], _delivered(each), each.about) for each in shipped]
    terminal.show_table("", ("Mẫu", "Hệ thống", "Cho biết thêm", "Dùng cho"), rows, wraps=(2, 3))


def _show(listed: Sequence[ListedSource]) -> None:
    if not listed:
        terminal.say("Chưa khai nguồn nào; thêm một mục [[sources]] vào tệp cấu hình.")
    for number, each in enumerate(listed):
        if number:
            terminal.say()
        terminal.say(each.name)
        for label, text in _facts(each):
            terminal.say(f"  {label:<15}{text}")
        terminal.show_findings(_findings(each))


def _facts(each: ListedSource) -> Iterator[tuple[str, str]]:
    profile = each.profile
    yield "hệ thống", f"{SYSTEMS[profile.system]}, mẫu {profile.name}"
    yield "lấy từ", each.place
    yield "cho biết", _told(profile)
    yield "lần lấy cuối", _run(each)


def _told(profile: ListedProfile) -> str:
    """Say what the source can tell, and what it cannot."""
    what = "hồ sơ" if profile.reads is Reads.DOSSIERS else "sự kiện của hồ sơ"
    known = "".join(f", {DELIVERS[each]}" for each in profile.delivers)
    missing = ", ".join(word for each, word in DELIVERS.items() if each not in profile.delivers)
    return f"{what}{known}" + (f" (không có: {missing})" if missing else "")


def _delivered(profile: ListedProfile) -> str:
    return ", ".join(DELIVERS[each] for each in profile.delivers) or "–"


def _run(each: ListedSource) -> str:
    """Say what the last run brought: of several files together, and how far an unfinished one is."""
    if not each.run:
        return "chưa lấy được gì; chạy latewatch poll"
    first, last = each.run[0], each.run[-1]
    numbers = f"lô {first.id}" if first.id == last.id else f"lô {first.id}–{last.id}, {len(each.run)} tệp"
    names = ("read", "new", "changed", "unchanged", "rejected")
    read, new, changed, unchanged, rejected = (
        thousands(sum(getattr(batch, name) for batch in each.run)) for name in names
    )
    counts = f"{read} đã đọc, {new} mới, {changed} thay đổi, {unchanged} như cũ, {rejected} gác lại"
    if each.is_running:
        return f"{numbers}, bắt đầu {last.taken_at:%H:%M %d/%m/%Y}, CHƯA XONG: đến giờ {counts}"
    undone = " (đã hoàn tác)" if all(batch.state == "undone" for batch in each.run) else ""
    return f"{numbers}, {last.taken_at:%H:%M %d/%m/%Y}{undone}: {counts}"


def _findings(each: ListedSource) -> Iterator[tuple[str, str]]:
    yield from (("✗", problem) for problem in each.failures)
    for alarm in each.alarms:
        sign = "✓" if alarm.kind in NOTES else "✗" if alarm.holds_back else "!"
        yield sign, alarm.shown
