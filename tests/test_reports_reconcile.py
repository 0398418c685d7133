"""A source's own figures beside ours: files by column number and by heading, and OpenCPS's statistics."""

import csv
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from offices import NOW, SOURCE, Desk, desk_in, done, row
from typer.testing import CliRunner

from latewatch.cli.main import app
from latewatch.domain.tally.forms import LAYOUTS
from latewatch.domain.tally.layout import Form
from latewatch.errors import RecordError, SourceError
from latewatch.sources.figures import read_figures

AT = f"{NOW:%Y-%m-%dT%H:%M}"
HEADINGS = {each.number: each.headings for each in LAYOUTS[Form.BY_FIELD].columns}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = desk_in(tmp_path_factory.mktemp("reconcile") / "office")
    desk.export(
        "a.csv",
        [
            done("H1", "25/09/2026", "20/09/2026", promised="30/09/2026"),
            done("H2", "05/10/2026", "20/09/2026", promised="30/09/2026"),
            row("H3", "01/10/2026", promised="12/10/2026"),
            row("H4", "02/10/2026", promised="30/11/2026", field="Đất đai"),
        ],
    )
    desk.poll()
    return desk


def reconciled(desk: Desk, *words: str) -> dict:
    result = CliRunner().invoke(
        app,
        ["tally", "reconcile", *words, "--at", AT, "--json", "--config", str(desk.folder / "config.toml")],
    )
    assert result.exception is None, result.exception
    return json.loads(result.output)


class TestFile:
    def test_our_own_sheet_differs_in_nothing_and_a_changed_one_in_what_was_changed(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        file = tmp_path / "07a.xlsx"
        config = str(desk.folder / "config.toml")
        made = CliRunner().invoke(
            app,
            [
                "tally",
                "--month",
                "2026-10",
                "--rule",
                "opencps",
                "--xlsx",
                str(file),
                "--at",
                AT,
                "-c",
                config,
            ],
        )
        assert made.exception is None
        found = reconciled(desk, "--against", str(file), "--month", "2026-10")
        assert (found["differing"], found["only_theirs"], found["only_ours"]) == (0, [], [])
        assert len(found["cells"]) == 3 * 13  # two fields and the total
        assert {each["ours"] for each in found["cells"]} == {0, 1, 2, 3, 4}
        book = openpyxl.load_workbook(file, data_only=True)
        for cells in book.active.iter_rows():
            if cells[1].value == "Hộ tịch":
                cells[1].value = "HO TICH "
                cells[11].value = 5  # (12)
        book.save(file)
        found = reconciled(desk, "--against", str(file), "--month", "2026-10")
        first = found["cells"][0]
        assert found["differing"] == 1
        assert (first["row"], first["column"], first["theirs"], first["ours"]) == ("Hộ tịch", "12", 5, 1)
        assert first["codes"] == ["H2"]
        words = ["--against", str(file), "--month", "2026-10", "--at", AT, "-c", config]
        shown = CliRunner().invoke(app, ["tally", "reconcile", *words]).output
        assert "1 ô khác trên 39 ô đối chiếu được" in shown
        assert "Đất đai" not in shown, "what agrees is not listed"
        assert "H2" in shown

    def test_columns_are_found_by_headings_over_two_rows(self, desk: Desk, tmp_path: Path) -> None:
        file = tmp_path / "bieu.csv"
        with file.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows(
                [
                    ["Báo cáo tháng 10"],
                    [
                        "STT",
                        "Lĩnh vực",
                        "Số lượng hồ sơ đã giải quyết",
                        "",
                        "Số lượng hồ sơ đang giải quyết",
                        "",
                    ],
                    ["", "", "Trước hạn", "Quá hạn", "Trong hạn", "Quá hạn"],
                    ["1", "Đất đai", "0", "-", "1", "0"],
                    ["2", "Hộ tịch", "1", "1", "", "1.000"],
                    ["3", "Lĩnh vực lạ", "1", "0", "0", "0"],
                    ["", "TỔNG CỘNG", "1", "1", "1", "1"],
                ]
            )
        found = reconciled(desk, "--against", str(file), "--month", "2026-10")
        assert [
            (each["row"], each["column"], each["theirs"], each["ours"]) for each in found["cells"][:1]
        ] == [("Hộ tịch", "15", 1000, 1)]
        assert found["differing"] == 1
        assert found["only_theirs"] == ["Lĩnh vực lạ"]
        assert {each["column"] for each in found["cells"]} == {"10", "12", "14", "15"}

    def test_sections_keep_their_rows_apart(self, tmp_path: Path) -> None:
        file = tmp_path / "07b.csv"
        file.write_text(
            "STT,Lĩnh vực,(3),(4)\nI.,Của tỉnh,,\n1,Đất đai,7,7\nII.,Của xã,,\n1,Đất đai,5,4\n,TỔNG CỘNG,12,11\n",
            encoding="utf-8",
        )
        found = read_figures(file, HEADINGS, has_sections=True, max_megabytes=1)
        assert found == {
            "I. Đất đai": {"3": 7, "4": 7},
            "II. Đất đai": {"3": 5, "4": 4},
            "TỔNG CỘNG": {"3": 12, "4": 11},
        }

    def test_what_is_no_such_table_is_refused(self, tmp_path: Path) -> None:
        file = tmp_path / "x.csv"
        file.write_text("a,b\n1,2\n", encoding="utf-8")
        with pytest.raises(SourceError, match="không thấy dòng số cột"):
            read_figures(file, HEADINGS, has_sections=False, max_megabytes=1)
        file.write_text("(2),(3),(4)\nĐất đai,nhiều,2\n", encoding="utf-8")
        with pytest.raises(RecordError, match=r"dòng 2.*\(3\).*không phải số hồ sơ"):
            read_figures(file, HEADINGS, has_sections=False, max_megabytes=1)
        with pytest.raises(SourceError, match="không có tệp này"):
            read_figures(tmp_path / "thieu.csv", HEADINGS, has_sections=False, max_megabytes=1)


class Statistics:
    """An OpenCPS on loopback that answers its statistics."""

    def __init__(self, lines: list[dict[str, object]]) -> None:
        self.asked: list[tuple[str, dict[str, list[str]], str | None]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                outer.asked.append((parts.path, parse_qs(parts.query), self.headers.get("groupId")))
                body = json.dumps({"total": 1, "agency": "", "dossierStatisticData": lines}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def table(self) -> str:
        return (
            f'\n[[sources]]\nname = "cps"\nprofile = "opencps"\nurl = "http://127.0.0.1:{self.server.server_port}"\n'
            'parameters = { groupId = "55301" }\n'
        )


LINE = {
    "receivedCount": 2,
    "remainingCount": 2,
    "releaseCount": 1,
    "overtimeCount": 0,
    "ontimePercentage": 100,
}


@pytest.fixture
def statistics() -> Iterator[Statistics]:
    server = Statistics([LINE])
    yield server
    server.server.shutdown()
    server.server.server_close()


class TestOpenCps:
    def test_its_month_beside_ours(self, desk: Desk, statistics: Statistics) -> None:
        desk.configure(SOURCE, statistics.table)
        found = reconciled(desk, "--against", "opencps", "--month", "2026-10")
        ((path, query, group),) = statistics.asked
        assert (path, query, group) == (
            "/secure/rest/statistics",
            {"month": ["10"], "year": ["2026"]},
            "55301",
        )
        cells = {each["column"]: (each["theirs"], each["ours"], each["codes"]) for each in found["cells"]}
        assert cells == {
            "overtime_count": (0, 1, ["H2"]),
            "received_count": (2, 2, []),
            "remaining_count": (2, 1, ["H2"]),
            "release_count": (1, 1, []),
        }
        assert found["period"]["from"] == "2026-10-01"

    def test_several_lines_are_told_and_not_guessed(self, desk: Desk, statistics: Statistics) -> None:
        server = Statistics([LINE, LINE])
        desk.configure(SOURCE, server.table)
        config = str(desk.folder / "config.toml")
        result = CliRunner().invoke(
            app,
            ["tally", "reconcile", "--against", "opencps", "--month", "2026-10", "--at", AT, "-c", config],
        )
        assert "cần đúng một dòng tổng" in str(result.exception)
        server.server.shutdown()
        server.server.server_close()

    def test_without_such_a_source_it_says_so(self, desk: Desk) -> None:
        desk.configure(SOURCE)
        config = str(desk.folder / "config.toml")
        result = CliRunner().invoke(
            app,
            ["tally", "reconcile", "--against", "opencps", "--month", "2026-10", "--at", AT, "-c", config],
        )
        assert "Cần đúng một nguồn OpenCPS" in str(result.exception)
