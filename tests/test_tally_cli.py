"""`latewatch tally` as a person calls it: which period, which rule, what is behind a figure, which files."""

import json
import re
from pathlib import Path

import pytest
from offices import Desk, desk_in, done, row
from openpyxl import load_workbook
from typer.testing import CliRunner

from latewatch.cli.main import app

AT = "2026-11-20T08:00"
ROWS = (
    done("H1", "05/11/2026", promised="06/11/2026", field="Hộ tịch"),
    done("H2", "09/11/2026", promised="06/11/2026", limit="10 ngày", field="Đất đai"),
    row("H3", promised="06/11/2026", field="Đất đai", unit="Phòng Văn hóa - Xã hội", channel="Bưu chính"),
    row("H4", "01/09/2026", promised="20/12/2026", field="Đất đai"),
    row("H5", status="Rút hồ sơ", finished="10/11/2026", promised="06/11/2026", field="Hộ tịch"),
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    made = desk_in(tmp_path_factory.mktemp("tally") / "office")
    made.export("a.csv", ROWS)
    made.poll()
    return made


def called(desk: Desk, *args: str, at: str = AT) -> tuple[int, str, str]:
    words = ["tally", *args, "--config", str(desk.folder / "config.toml"), *(["--at", at] if at else [])]
    result = CliRunner().invoke(app, words, env={"COLUMNS": "240", "TERM": "dumb"})
    return result.exit_code, result.stdout, result.stderr or str(result.exception or "")


def told(desk: Desk, *args: str) -> dict:
    code, out, error = called(desk, *args, "--json")
    assert code == 0, error
    return json.loads(out)


class TestPeriods:
    @pytest.mark.parametrize(
        ("args", "first", "last", "title"),
        [
            (("--month", "2026-11"), "2026-10-15", "2026-11-14", "Tháng 11 năm 2026"),
            (("--month", "2026-11", "--cutoff", "calendar"), "2026-11-01", "2026-11-30", "Tháng 11 năm 2026"),
            (("--quarter", "2026-Q4"), "2026-09-15", "2026-12-14", "Quý IV năm 2026"),
            (("--half", "2026-H1"), "2025-12-15", "2026-06-14", "06 tháng đầu năm 2026"),
            (("--year", "2026"), "2025-12-15", "2026-12-14", "Năm 2026"),
            (("--month", "2026-11", "--quarter"), "2026-09-15", "2026-12-14", "Quý IV năm 2026"),
            (("--half", "--month", "2026-11"), "2026-06-15", "2026-12-14", "06 tháng cuối năm 2026"),
            (("--month", "2026-11", "--year"), "2025-12-15", "2026-12-14", "Năm 2026"),
            (("--from", "2026-11-03", "--to", "05/11/2026"), "2026-11-03", "2026-11-05", "Theo ngày chọn"),
        ],
        ids=str,
    )
    def test_each_way_to_name_one(
        self, desk: Desk, args: tuple[str, ...], first: str, last: str, title: str
    ) -> None:
        assert told(desk, *args)["period"] == {"from": first, "to": last, "title": title}

    @pytest.mark.parametrize(
        ("args", "message"),
        [
            ((), "thiếu kỳ báo cáo"),
            (("--month", "2026-13"), "không phải kỳ báo cáo; ví dụ"),
            (("--month", "2026-Q4"), "không dùng được với --month"),
            (("--quarter", "2026-11"), "không dùng được với --quarter"),
            (("--quarter",), "thiếu kỳ báo cáo"),
            (("--month", "2026-11", "--half", "--year"), "chỉ chọn một trong"),
            (("--month", "2026-11", "--quarter", "2026-Q3"), "không dùng cùng --month"),
            (("--from", "2026-11-03"), "--from và --to đi với nhau"),
            (("--from", "2026-11-03", "--to", "2026-11-02"), "là ngược"),
            (("--month", "2026-11", "--from", "2026-11-03", "--to", "2026-11-04"), "không dùng cùng"),
            (("--month", "2026-11", "--cell", "TỔNG CỘNG:c3", "--xlsx", "x.xlsx"), "không dùng cùng lúc"),
        ],
        ids=str,
    )
    def test_a_wrong_call_is_told_before_anything_is_opened(
        self, tmp_path: Path, args: tuple[str, ...], message: str
    ) -> None:
        result = CliRunner().invoke(app, ["tally", *args, "--config", str(tmp_path / "none.toml")])
        said = re.sub(r"[\s│╭╮╰╯─]+", " ", result.stderr)
        assert (result.exit_code, message in said) == (2, True), said


class TestScreen:
    def test_the_rule_and_its_choices_stand_below_the_figures(self, desk: Desk) -> None:
        _, out, error = called(desk, "--month", "2026-11", "--form", "07b")
        assert "Biểu số 07b/BTP/KSTT: TÌNH HÌNH, KẾT QUẢ GIẢI QUYẾT" in out
        assert "Tháng 11 năm 2026 (từ ngày 15/10/2026 đến ngày 14/11/2026)" in out
        assert "I. Tình hình, kết quả giải quyết TTHC thuộc phạm vi thẩm quyền của UBND cấp tỉnh" in out
        assert "Cách đếm “TT09-2026”" in out
        assert "Hồ sơ rút, hồ sơ dừng xử lý" in out
        assert "(9) = (10)+(11)+(12) tổng số" in out
        assert "Mục II: Số liệu được tổng hợp" in error

    def test_nothing_to_divide_by_is_no_data(self, desk: Desk) -> None:
        _, out, _ = called(desk, "--month", "2020-01", "--form", "units")
        assert out.count("không có dữ liệu") == 5
        document = told(desk, "--month", "2020-01", "--form", "units")
        assert document["total"]["c22"] is None
        assert {rate["value"] for rate in document["rates"]} == {None}

    def test_sections_have_their_sums_in_json(self, desk: Desk) -> None:
        document = told(desk, "--month", "2026-11", "--form", "07b")
        assert [(each["section"], each["c3"]) for each in document["sections"]] == [("I", 0), ("II", 4)]
        assert {(each["section"], each["label"]) for each in document["rows"]} == {
            ("II", "Hộ tịch"),
            ("II", "Đất đai"),
        }
        assert document["rule"]["name"] == "TT09-2026"
        assert document["columns"][0] == {
            "key": "c3",
            "headings": ["Số lượng hồ sơ tiếp nhận", "Tổng số"],
            "formula": "(4)+(5)+(6)+(7)+(8)",
        }


class TestBehind:
    def test_a_cell_lists_codes_dates_standing_and_how_late(self, desk: Desk) -> None:
        document = told(desk, "--month", "2026-11", "--cell", "đất đai:c15")
        assert (document["row"], document["column"], document["count"]) == ("Đất đai", "c15", 1)
        (each,) = document["dossiers"]
        assert (each["code"], each["received_on"], each["working_days_late"]) == ("H3", "2026-11-02", 5)
        assert each["standing"] == "đang giải quyết, quá hạn"
        assert "applicant" not in each

    def test_on_the_screen_it_is_one_line_a_dossier(self, desk: Desk) -> None:
        _, out, _ = called(desk, "--month", "2026-11", "--cell", "TỔNG CỘNG:c9")
        assert "07a, Tháng 11 năm 2026, TỔNG CỘNG, (9) Số lượng hồ sơ đã giải quyết, tổng số: 2" in out
        assert re.findall(r"^ (H\d) ", out, re.MULTILINE) == ["H1", "H2"]

    def test_of_a_section_and_another_rule(self, desk: Desk) -> None:
        document = told(desk, "--month", "2026-11", "--form", "07b", "--rule", "opencps", "--cell", "II:c12")
        assert [each["code"] for each in document["dossiers"]] == ["H2"]
        assert document["rule"]["name"] == "opencps"

    def test_a_cell_that_is_none_ends_with_what_there_is(self, desk: Desk) -> None:
        code, _, error = called(desk, "--month", "2026-11", "--cell", "Tài nguyên:c12")
        assert code == 1
        assert "không có dòng “Tài nguyên”; có: TỔNG CỘNG" in error


class TestRules:
    def test_two_rules_differ_dossier_by_dossier_and_why(self, desk: Desk) -> None:
        document = told(desk, "--month", "2026-11", "--rule", "TT09-2026", "--compare", "opencps")
        assert [each["code"] for each in document["moved"]] == ["H2", "H5"]
        late, withdrawn = document["moved"]
        assert (late["choices"], withdrawn["choices"]) == (["due"], ["withdrawn"])
        assert [late["one"][0], late["other"][0]] == ["(10) trước hạn", "(12) quá hạn"]
        assert (withdrawn["one"], withdrawn["other"][:2]) == ([], ["(7) trực tiếp", "(11) đúng hạn"])
        assert "opencps: ngày hẹn trả, không có thì hạn tính được (hạn 06/11/2026)" in late["why"]
        assert "hạn 16/11/2026" in late["why"]

    def test_the_screen_says_what_moved_in_all(self, desk: Desk) -> None:
        _, out, _ = called(desk, "--month", "2026-11", "--compare", "opencps")
        assert (
            "“opencps” so với “TT09-2026”: (10) trước hạn -1, (11) đúng hạn +1, (12) quá hạn +1, (7) trực"
            in out
        )
        assert "TT09-2026: hồ sơ rút không tính vào bảng; opencps: hồ sơ rút là đã giải quyết đúng hạn" in out

    def test_they_are_listed_the_office_s_own_first(self, desk: Desk) -> None:
        code, out, _ = called(desk, "rules", at="")
        assert (code, out.startswith("TT09-2026 (đang dùng)")) == (0, True)
        for name in ("II.06a", "HN-2026", "nghiêm", "opencps"):
            assert f"\n{name}: " in out
        listed = json.loads(called(desk, "rules", "--json", at="")[1])
        assert all(each["described"] for each in listed)

    def test_one_that_is_not_known_is_refused_with_those_that_are(self, desk: Desk) -> None:
        code, _, error = called(desk, "--month", "2026-11", "--rule", "dễ")
        assert code == 1
        assert "Không có cách đếm “dễ”; chọn trong: TT09-2026, II.06a" in error

    def test_it_stands_in_the_files_too(self, desk: Desk, tmp_path: Path) -> None:
        sheet, paper = tmp_path / "x.xlsx", tmp_path / "x.pdf"
        code, out, _ = called(
            desk, "--month", "2026-11", "--rule", "nghiem", "--xlsx", str(sheet), "--pdf", str(paper)
        )
        assert code == 0
        assert f"Đã ghi {sheet}" in out
        cells = [str(cell.value) for line in load_workbook(sheet).active.iter_rows() for cell in line]
        assert any(each.startswith("Cách đếm “nghiêm”") for each in cells)
        assert paper.read_bytes().startswith(b"%PDF")
