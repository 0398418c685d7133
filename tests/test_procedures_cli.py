"""`latewatch procedures` from end to end: real files, what a person reads, what a program reads, exit codes."""

import json
import time
from pathlib import Path

import openpyxl
import pytest
from offices import Desk, desk_in, row
from typer.testing import CliRunner, Result

from latewatch.cli.main import app, run

AT = "2026-11-12T08:00"
HEADINGS = ["STT", "Mã TTHC", "Tên TTHC", "Thời hạn giải quyết", "Bổ sung"]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = desk_in(tmp_path / "office")
    made.export(
        "a.csv",
        [
            row("H1", procedure_code="1.1", procedure="Khai sinh", limit="5"),
            row("H2", procedure_code="1.1", procedure="Khai sinh"),
            row("H3", procedure_code="1.2", procedure="Kết hôn", limit="3"),
        ],
    )
    made.poll()
    return made


def catalogue(desk: Desk, *rows: list[object], name: str = "danh-muc.xlsx") -> Path:
    book = openpyxl.Workbook()
    book.active.append(["DANH MỤC THỦ TỤC HÀNH CHÍNH"])
    for cells in ([], HEADINGS, *rows):
        book.active.append(cells)
    book.save(desk.folder / name)
    return desk.folder / name


def call(desk: Desk, *args: object) -> Result:
    words = ["procedures", *map(str, args), "--config", str(desk.folder / "config.toml")]
    return CliRunner().invoke(app, words)


def said(desk: Desk, *args: object, exit_code: int = 0) -> str:
    result = call(desk, *args)
    assert result.exit_code == exit_code, (result.output, result.exception)
    return result.output


def document(desk: Desk, *args: object, exit_code: int = 0):
    result = call(desk, *args, "--json")
    assert result.exit_code == exit_code, (result.output, result.exception)
    return json.loads(result.stdout)


class TestImport:
    def test_new_then_unchanged_then_changed(self, desk: Desk) -> None:
        file = catalogue(desk, [1, "1.1", "Khai sinh", "07 ngày làm việc", "Tạm dừng"])
        preview = said(desk, "import", file, "--dry-run", "--at", AT)
        assert "+ 1.1 Khai sinh: 07 ngày làm việc" in preview
        assert "Chỉ xem, chưa ghi gì: 1 mới, 0 đổi, 0 giữ nguyên." in preview
        assert document(desk, "list", "--at", AT) == []
        assert "Đã nhập: 1 mới, 0 đổi, 0 giữ nguyên." in said(desk, "import", file, "--at", AT)
        assert "Đã nhập: 0 mới, 0 đổi, 1 giữ nguyên." in said(desk, "import", file, "--at", AT)
        catalogue(desk, [1, "1.1", "Khai sinh", "05 ngày làm việc", "Tạm dừng"])
        changed = said(desk, "import", file, "--from", "01/12/2026", "--at", AT)
        assert (
            "~ 1.1 Khai sinh: thời hạn: 07 ngày làm việc → 05 ngày làm việc, từ 01/12/2026; mục trước hết hiệu "
            "lực 30/11/2026"
        ) in changed

    def test_its_document(self, desk: Desk) -> None:
        file = catalogue(desk, [1, "1.1", "Khai sinh", 7, ""], [2, "1.9", "Khác", "", ""])
        done = document(desk, "import", file, "--at", AT)
        assert {"written", "new", "changed", "unchanged", "standings_changed", "problems", "warnings"} == set(
            done
        )
        assert (done["written"], done["unchanged"], done["standings_changed"]) == (True, 0, 1)
        assert [(each["code"], each["limit"]) for each in done["new"]] == [("1.1", "7d"), ("1.9", None)]
        assert done["warnings"] == ["danh-muc.xlsx, trang tính “Sheet”: thủ tục không ghi thời hạn: dòng 5"]
        catalogue(desk, [1, "1.1", "Khai sinh", 4, ""])
        (change,) = document(desk, "import", file, "--from", "2026-12-01", "--at", AT)["changed"]
        assert change["changes"] == {"limit": {"from": "7d", "to": "4d"}}
        assert change["closed_on"] == "2026-11-30"

    def test_every_bad_row_is_named_and_nothing_is_kept(self, desk: Desk) -> None:
        file = catalogue(
            desk,
            [1, "1.1", "Khai sinh", 7, ""],
            [2, "1.2", "Kết hôn", "5 ngày?", ""],
            [3, "1.3", "Khác", 0, ""],
            [4, "1.4", "Khác", -1, ""],
            [5, "1.5", "Khác", "10000 ngày", ""],
            [6, "1.6", "Khác", 5, "để sau"],
            [7, "1.1", "Khai sinh", 8, ""],
        )
        text = said(desk, "import", file, "--at", AT, exit_code=1)
        for line, code in ((5, "1.2"), (6, "1.3"), (7, "1.4"), (8, "1.5"), (9, "1.6"), (10, "1.1")):
            named = [each for each in text.splitlines() if f"dòng {line}" in each and f"mã {code}" in each]
            assert len(named) == 1, (line, text)
            assert "danh-muc.xlsx, trang tính “Sheet”" in named[0]
        assert "Không nhập gì: 6 chỗ cần sửa trước." in text
        assert document(desk, "list", "--at", AT) == []
        assert document(desk, "import", file, "--at", AT, exit_code=1)["written"] is False

    def test_a_changed_content_without_a_date_asks_for_one(self, desk: Desk) -> None:
        said(desk, "import", catalogue(desk, [1, "1.1", "Khai sinh", 7, ""]), "--at", AT)
        file = catalogue(desk, [1, "1.1", "Khai sinh", 5, ""])
        assert "--from hoặc cột Hiệu lực từ" in said(desk, "import", file, "--at", AT, exit_code=1)
        corrected = said(desk, "import", file, "--correct", "--at", AT)
        assert "~ 1.1 Khai sinh: thời hạn: 07 ngày làm việc → 05 ngày làm việc" in corrected
        assert [each["limit"] for each in document(desk, "list", "--on", "2020-01-01")] == ["5d"]

    def test_what_the_systems_report(self, desk: Desk) -> None:
        records = [{"serviceCode": "1.1", "serviceName": "Khai sinh", "durationCount": 6, "durationUnit": 0}]
        file = desk.folder / "dich-vu.json"
        file.write_text(json.dumps({"total": 1, "data": records}), encoding="utf-8")
        assert "+ 1.1 Khai sinh: 06 ngày làm việc" in said(desk, "import", file, "--at", AT)

    def test_who_and_when_are_kept(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LOGNAME", "nguoi-vi-du")
        said(desk, "import", catalogue(desk, [1, "1.1", "Khai sinh", 7, ""]), "--at", AT)
        file = catalogue(desk, [1, "1.1", "Khai sinh", 5, ""])
        said(desk, "import", file, "--from", "2026-12-01", "--author", "Người Khác", "--at", AT)
        rows = document(desk, "history", "1.1")
        assert [(each["author"], each["limit"]) for each in rows] == [
            ("nguoi-vi-du", "7d"),
            ("Người Khác", "7d"),
            ("Người Khác", "5d"),
        ]
        shown = said(desk, "history", "1.1")
        assert "08:00 12/11/2026" in shown
        assert "đến 30/11/2026" in shown

    def test_a_file_that_is_not_there_is_a_wrong_call(self, desk: Desk) -> None:
        assert "không có tệp" in said(desk, "import", desk.folder / "khac.xlsx", exit_code=2)

    def test_a_file_that_is_no_catalogue_ends_in_one_line(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        words = ["import", str(desk.folder / "in" / "a.csv"), "--config", str(desk.folder / "config.toml")]
        monkeypatch.setattr("sys.argv", ["latewatch", "procedures", *words])
        (desk.folder / "in" / "a.csv").write_text("không có gì\n", encoding="utf-8")
        with pytest.raises(SystemExit) as ended:
            run()
        assert ended.value.code == 1
        assert "không thấy dòng tiêu đề nào có các cột “Mã TTHC”" in capsys.readouterr().err

    def test_two_thousand_rows_take_seconds(self, desk: Desk) -> None:
        rows = [
            [n, f"1.{n:06}", f"Thủ tục Ví Dụ số {n}", f"{1 + n % 30} ngày làm việc", ""] for n in range(2000)
        ]
        file = catalogue(desk, *rows)
        started = time.perf_counter()
        assert "Đã nhập: 2000 mới" in said(desk, "import", file, "--at", AT)
        assert "0 mới, 0 đổi, 2000 giữ nguyên" in said(desk, "import", file, "--at", AT)
        assert time.perf_counter() - started < 20
        assert len(document(desk, "list", "--at", AT)) == 2000


class TestShowing:
    def test_the_list_says_rules_dates_and_origin(self, desk: Desk) -> None:
        file = catalogue(desk, [1, "1.1", "Khai sinh", "trong ngày", "Tạm dừng"])
        said(desk, "import", file, "--from", "2026-07-01", "--at", AT)
        shown = said(desk, "list", "--on", "2026-07-01")
        for text in ("Danh mục ngày 01/07/2026: 1 mục", "trong ngày", "bổ sung: tạm dừng rồi tính tiếp"):
            assert text in shown
        assert "từ 01/07/2026" in shown
        assert "0 mục" in said(desk, "list", "--on", "30/06/2026")

    def test_differences_say_which_decides(self, desk: Desk) -> None:
        said(desk, "import", catalogue(desk, [1, "1.1", "Khai sinh", 7, ""]), "--at", AT)
        assert "Thời hạn khác nhau: 1; đang tính theo hồ sơ (clock.limit_from)" in said(desk, "differences")
        (only,) = document(desk, "differences")
        assert (only["code"], only["catalogue_limit"], only["reported_limit"], only["dossiers"]) == (
            "1.1",
            "7d",
            "5d",
            1,
        )
        assert only["decides"] == "dossier"

    def test_a_suggestion_is_shown_and_taken_over(self, desk: Desk) -> None:
        assert [each["code"] for each in document(desk, "suggest")] == ["1.1", "1.2"]
        assert "Danh mục chưa có: 2 thủ tục" in said(desk, "suggest")
        taken = said(desk, "suggest", "--accept", "1.2", "--from", "2026-01-01", "--at", AT)
        assert "+ 1.2 Kết hôn: 03 ngày làm việc, từ 01/01/2026" in taken
        assert [each["source"] for each in document(desk, "list", "--at", AT)] == ["các nguồn báo"]
        assert [each["code"] for each in document(desk, "suggest")] == ["1.1"]

    @pytest.mark.parametrize(
        "words", [["--from", "2026-01-01"], ["--limit", "5d"], ["--accept", "1.1", "--limit", "5 ngày?"]]
    )
    def test_a_suggestion_asked_for_wrongly(self, desk: Desk, words: list[str]) -> None:
        assert call(desk, "suggest", *words).exit_code == 2
