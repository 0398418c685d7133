"""`latewatch findings` as a supervisor types it, and where else signs are told."""

import json
from pathlib import Path

import pytest
from offices import Desk, desk_in, row
from typer.testing import CliRunner

from latewatch.cli.main import app
from latewatch.errors import ConfigError, FindingError

ROWS = [
    row("H1", "02/11/2026 09:00", limit="5", promised="09/11/2026", applicant="Nguyễn Văn Ví Dụ"),
    row("H2", "02/11/2026 09:00", limit="5", promised="06/11/2026", unit="Phòng Văn hóa - Xã hội"),
]
BY = ["--by", "Trần Thị Thí Dụ", "--why", "công dân đề nghị lùi ngày"]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An office in which H1's promise was moved after it had passed, and H2's never fitted its limit."""
    desk = desk_in(tmp_path / "office")
    desk.export("a.csv", ROWS)
    run(desk, "poll", "--at", "2026-11-11T08:00")
    desk.export("b.csv", [{**ROWS[0], "promised": "20/11/2026"}, ROWS[1]])
    run(desk, "poll", "--at", "2026-11-12T08:00")
    return desk


def run(desk: Desk, *words: str) -> str:
    result = CliRunner().invoke(app, [*words, "--config", str(desk.folder / "config.toml")])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.stdout + result.stderr


def told(desk: Desk, *words: str) -> list[tuple[int, str, str]]:
    document = json.loads(run(desk, "findings", *words, "--json"))
    return [(each["number"], each["code"], each["kind"]) for each in document]


def test_the_gravest_come_first_with_their_evidence(desk: Desk) -> None:
    assert told(desk) == [
        (4, "H1", "promise-after-passing"),
        (3, "H2", "letter-missing"),
        (2, "H1", "letter-missing"),
        (5, "H1", "dates-differ"),
        (1, "H2", "dates-differ"),
    ]
    text = run(desk, "findings")
    assert "Dấu hiệu cần làm rõ: 5" in text
    assert "hẹn trả 09/11/2026 dời thành 20/11/2026, thấy lúc 08:00 12/11/2026 (b.csv, lô 2)" in text
    assert "Nguyễn Văn" not in text


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        pytest.param(["--unit", "PVH"], [3, 1], id="a unit by its code"),
        pytest.param(["--unit", "phong kinh te"], [4, 2, 5], id="a unit by its name"),
        pytest.param(["--kind", "promise-after-passing"], [4], id="a kind"),
        pytest.param(["--kind", "letter-missing"], [3, 2], id="a kind of letters"),
        pytest.param(["--state", "closed"], [], id="a state"),
        pytest.param(["--state", "open", "--state", "closed"], [4, 3, 2, 5, 1], id="two states"),
    ],
)
def test_narrowed_down(desk: Desk, words: list[str], numbers: list[int]) -> None:
    assert [number for number, _, _ in told(desk, *words)] == numbers


def test_a_unit_nobody_has(desk: Desk) -> None:
    with pytest.raises(ConfigError, match="không có đơn vị “XYZ”"):
        run(desk, "findings", "--unit", "XYZ")


def test_explained_and_closed(desk: Desk) -> None:
    said = run(desk, "findings", "explain", "4", *BY, "--at", "2026-11-12T09:00")
    assert said == "4: H1, dời ngày hẹn đã qua: đã giải trình\n"
    listed = run(desk, "findings")
    assert all(words in listed for words in ("→ đã giải trình", "Trần Thị Thí Dụ:", "lùi ngày"))
    closed = json.loads(run(desk, "findings", "close", "4", *BY, "--at", "2026-11-12T10:00", "--json"))
    assert (closed["state"], [step["after"] for step in closed["steps"]]) == (
        "closed",
        ["explained", "closed"],
    )
    assert [number for number, _, _ in told(desk)] == [3, 2, 5, 1]
    with pytest.raises(FindingError, match="không đổi được nữa"):
        run(desk, "findings", "close", "4", *BY)


def test_who_and_why_are_asked_for(desk: Desk) -> None:
    assert "--by" in run(desk, "findings", "close", "4", "--why", "vì sao")
    with pytest.raises(FindingError, match="--why"):
        run(desk, "findings", "close", "4", "--by", "Trần Thị Thí Dụ", "--why", " ")


def test_a_long_list_is_cut_for_a_reader_who_may_ask_for_all(desk: Desk) -> None:
    desk.export("c.csv", [{**ROWS[1], "code": f"M{n}"} for n in range(60)])
    assert "120 dấu hiệu cần làm rõ mới; xem: latewatch findings" in run(
        desk, "poll", "--at", "2026-11-12T09:00"
    )
    assert "… và 75 dấu hiệu nữa; xem hết: latewatch findings --all" in run(desk, "findings")
    assert "M59" in run(desk, "findings", "--all")


def test_check_counts_them_by_kind(desk: Desk) -> None:
    text = run(desk, "check", "--at", "2026-11-12T08:00")
    assert "! dấu hiệu cần làm rõ: dời ngày hẹn đã qua: 1 (cao 1)" in text
    assert (
        "ngày hẹn khác hạn theo quy định: 2 (vừa 1, thấp 1); xem: latewatch findings --kind dates-differ"
        in text
    )
