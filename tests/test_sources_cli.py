"""`latewatch sources`: where each comes from, what it can tell, what its last run brought, what is wrong now."""

import json
from pathlib import Path
from typing import Any

import pytest
from offices import EVENTS, NOW, SOURCE, UNITS, Desk, desk_in, row
from typer.testing import CliRunner, Result

from latewatch.cli.main import app
from latewatch.domain.reading import Reading
from latewatch.jobs.undo import undo_batch
from latewatch.sources.profiles.layers import presets
from latewatch.sources.profiles.profile import System
from latewatch.store.batches import Arrival, open_batch
from latewatch.store.ingest import Batch, take

INTERFACE = """
[[sources]]
name = "igate"
profile = "igate"
url = "https://mot-cua:bi-mat@igate.example.com/api?key=bi-mat"
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return desk_in(tmp_path / "office")


def run(desk: Desk, *args: str, at: str = "2026-11-12T08:00") -> Result:
    config = str(desk.folder / "config.toml")
    result = CliRunner().invoke(app, ["sources", "--config", config, "--at", at, *args])
    assert result.exit_code == 0, (result.output, result.exception)
    return result


def shown(desk: Desk, at: str = "2026-11-12T08:00") -> str:
    """What is printed, its columns drawn together."""
    return "\n".join(" ".join(line.split()) for line in run(desk, at=at).stdout.splitlines())


def listed(desk: Desk, at: str = "2026-11-12T08:00") -> list[Any]:
    found: list[Any] = json.loads(run(desk, "--json", at=at).stdout)
    return found


def test_a_source_that_was_never_polled(desk: Desk) -> None:
    assert shown(desk) == (
        "xuat-tep\n"
        "hệ thống tệp bảng tính, mẫu desk-export\n"
        f"lấy từ {desk.folder / 'in'}\n"
        "cho biết hồ sơ, thời hạn (không có: tạm dừng, chặng liên thông)\n"
        "lần lấy cuối chưa lấy được gì; chạy latewatch poll"
    )
    (one,) = listed(desk)
    assert (one["run"], one["data_from"], one["alarms"], one["failures"]) == ([], None, [], [])


def test_the_last_run_and_its_numbers(desk: Desk) -> None:
    desk.export("so.csv", [*(row(f"H{n}") for n in range(20)), row("X", "31/02/2026")])
    desk.poll()
    assert "lần lấy cuối lô 1, 08:00 12/11/2026: 21 đã đọc, 20 mới, 0 thay đổi, 0 như cũ, 1 gác lại" in shown(
        desk
    )
    (one,) = listed(desk)
    (batch,) = one["run"]
    assert {name: batch[name] for name in ("id", "state", "read", "new", "rejected")} == {
        "id": 1,
        "state": "done",
        "read": 21,
        "new": 20,
        "rejected": 1,
    }
    assert one["profile"]["delivers"] == ["limits"]


def test_the_files_of_one_run_are_told_together(desk: Desk) -> None:
    desk.export("pkt.csv", [row("H1")])
    desk.export("pvh.csv", [row("H2"), row("H3")])
    desk.poll()
    assert "lô 1–2, 2 tệp, 08:00 12/11/2026: 3 đã đọc, 3 mới" in shown(desk)
    desk.export("pkt.csv", [row("H1"), row("H4")])
    desk.poll("2026-11-12T09:00")
    assert "lô 3, 09:00 12/11/2026: 2 đã đọc, 1 mới" in shown(desk, "2026-11-12T09:00")


def test_alarms_and_failures_are_signed_by_what_they_do(desk: Desk) -> None:
    desk.export("so.csv", [row("H1"), row("X", status="Chờ chữ ký")])
    desk.poll("2026-11-10T08:00")
    (desk.folder / "in" / "hong.csv").write_text("không có gì\n", encoding="utf-8")
    desk.poll("2026-11-10T09:00")
    lines = shown(desk).splitlines()
    assert any(line.startswith("✗ chưa có dữ liệu mới từ 08:00 thứ Ba 10/11/2026") for line in lines)
    assert any(line.startswith("✗ hong.csv: ") for line in lines)
    assert any(line.startswith("! so.csv: 1 dòng bị gác lại vì 1 chữ trạng thái") for line in lines)
    assert "“Chờ chữ ký” 1 dòng" in "\n".join(lines)
    assert [alarm["kind"] for alarm in listed(desk)[0]["alarms"]] == [
        "stale",
        "unknown words",
        "rejected rows",
    ]


def test_a_list_of_events_says_that_it_has_no_dossiers(desk: Desk) -> None:
    desk.configure(SOURCE, EVENTS, UNITS)
    assert "cho biết sự kiện của hồ sơ, tạm dừng, chặng liên thông (không có: thời hạn)" in shown(desk)


def test_no_secret_of_an_address_is_shown(desk: Desk) -> None:
    desk.configure(INTERFACE, UNITS)
    assert "lấy từ https://igate.example.com/api" in shown(desk)
    assert "bi-mat" not in run(desk).stdout + run(desk, "--json").stdout


def test_an_unfinished_run_says_how_far_it_is(desk: Desk) -> None:
    desk.configure(INTERFACE, UNITS)
    with desk.open() as office, office.store.writing() as connection:
        arrival = Arrival(source="igate", origin="igate", sha256="", profile="p", taken_at=NOW)
        batch = Batch(open_batch(connection, arrival), "igate", NOW)
        take(connection, batch, Reading(repeated=1200))
    assert "lô 1, bắt đầu 08:00 12/11/2026, CHƯA XONG: đến giờ 1.200 đã đọc" in shown(desk)
    (one,) = listed(desk)
    assert ([run["state"] for run in one["run"]], one["data_from"]) == (["running"], None)


def test_what_was_undone_is_no_data_any_more(desk: Desk) -> None:
    desk.export("so-1.csv", [row("H1")])
    desk.poll("2026-11-10T08:00")
    desk.export("so-2.csv", [row("H2")])
    desk.poll()
    assert "✗" not in shown(desk)
    with desk.open() as office:
        undo_batch(office, 2, "Nguyễn Văn Ví Dụ", "nhầm tệp", NOW)
    assert "lô 2, 08:00 12/11/2026 (đã hoàn tác)" in shown(desk)
    assert "✗ chưa có dữ liệu mới từ 08:00 thứ Ba 10/11/2026" in shown(desk)


def test_an_office_without_sources(desk: Desk) -> None:
    desk.configure(UNITS)
    assert shown(desk).startswith("Chưa khai nguồn nào")
    assert listed(desk) == []


class TestProfiles:
    def test_every_shipped_one_says_its_system_and_what_it_is_for(self) -> None:
        result = CliRunner().invoke(app, ["sources", "--profiles", "--json"])
        shipped = json.loads(result.stdout)
        assert [each["name"] for each in shipped] == presets()
        assert {each["system"] for each in shipped} == set(System)
        assert all(len(each["about"]) > 15 for each in shipped)

    def test_they_need_no_configuration(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        result = CliRunner().invoke(app, ["sources", "--profiles"])
        assert result.exit_code == 0
        for word in ("desk-export", "igate", "OpenCPS", "tạm dừng, chặng liên thông"):
            assert word in result.stdout
