"""`latewatch today`: what stands where now, and what was finished the day before."""

import json
from pathlib import Path

import pytest
from offices import UNITS, Desk, desk_in, done, row
from typer.testing import CliRunner

from latewatch.cli.main import app

AT = "2026-11-12T08:00"
ROWS = [
    row("H1", promised="06/11/2026"),
    row("H2", promised="12/11/2026", unit="P. Kinh tế"),
    row("H3", promised="30/11/2026", unit="PVH"),
    done("H4", "11/11/2026 16:00", promised="12/11/2026", unit="PVH"),
    done("H5", "11/11/2026 16:00", promised="10/11/2026", unit="PVH"),
    done("H6", "10/11/2026 16:00", promised="10/11/2026", unit="PVH"),
    row("H7", promised="30/11/2026", unit="Phòng [bold] Lạ"),
]
NOTHING = dict.fromkeys(["overdue", "due-soon", "within", "early", "on-time", "late"], 0)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = desk_in(tmp_path / "office")
    desk.export("a.csv", ROWS)
    assert asked(desk, "poll").exit_code == 0
    return desk


def asked(desk: Desk, *words: str):
    return CliRunner().invoke(app, [*words, "--at", AT, "--config", str(desk.folder / "config.toml")])


def test_by_unit_under_its_one_name(desk: Desk) -> None:
    document = json.loads(asked(desk, "today", "--json").stdout)
    assert document["units"] == {
        "Phòng Kinh tế": {**NOTHING, "overdue": 1, "due-soon": 1},
        "Phòng Văn hóa - Xã hội": {**NOTHING, "within": 1, "early": 1, "late": 1},
        "Phòng [bold] Lạ": {**NOTHING, "within": 1},
    }
    assert document["total"] == {**NOTHING, "overdue": 1, "due-soon": 1, "within": 2, "early": 1, "late": 1}


def test_on_screen(desk: Desk) -> None:
    shown = asked(desk, "today").stdout
    lines = [line.split() for line in shown.splitlines() if line.strip()]
    assert "11/11/2026" in shown
    assert lines[1][:4] == ["Đơn", "vị", "Quá", "hạn"]
    assert [line[-6:] for line in lines if line[0] in ("Phòng", "TỔNG")] == [
        ["1", "1", "0", "0", "0", "0"],
        ["0", "0", "1", "1", "0", "1"],
        ["0", "0", "1", "0", "0", "0"],
        ["1", "1", "2", "1", "0", "1"],
    ]
    assert "[bold]" in shown


def test_where_there_is_nothing(tmp_path: Path) -> None:
    empty = desk_in(
        tmp_path / "office", UNITS.replace("PKT", "P2").replace("PVH", "P3").replace("Phòng", "Tổ")
    )
    assert json.loads(asked(empty, "today", "--json").stdout)["total"] == NOTHING
