"""Reading catalogues: headings and words as offices write them, and every bad row with file, sheet, row and code."""

import io
import json
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

import openpyxl
import pytest

from latewatch.domain.amendment import Listing
from latewatch.domain.catalogue import Procedure
from latewatch.domain.limit import LimitUnit
from latewatch.errors import SourceError
from latewatch.sources.catalogues.catalogue import Terms, read_catalogue

HEADINGS = ("Mã TTHC", "Tên TTHC", "Thời hạn giải quyết")


def csv_of(*rows: Sequence[object], headings: Sequence[str] = HEADINGS) -> bytes:
    return "".join(";".join(map(str, row)) + "\n" for row in (headings, *rows)).encode()


def read_one(cells: dict[str, object], terms: Terms = Terms()) -> Procedure:  # noqa: B008  frozen
    """Return the entry of a sheet with one row, its columns by heading."""
    facts = {"Mã TTHC": "1.1", "Thời hạn giải quyết": "5", **cells}
    listing = read_catalogue("a.csv", csv_of(list(facts.values()), headings=list(facts)), terms)
    assert listing.problems == []
    (only,) = listing.listed
    return only.procedure


def problems(listing: Listing) -> list[str]:
    return [str(each) for each in listing.problems]


def workbook(sheets: dict[str, Sequence[Sequence[object]]], merged: Sequence[str] = ()) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        for cells in merged:
            sheet.merge_cells(cells)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


class TestHeadings:
    @pytest.mark.parametrize(
        ("heading", "field", "cell", "value"),
        [
            ("Tên thủ tục hành chính", "name", "Đăng ký khai sinh", "Đăng ký khai sinh"),
            ("THỦ TỤC", "name", "Đăng ký khai sinh", "Đăng ký khai sinh"),
            ("Lĩnh vực", "field", "Hộ tịch", "Hộ tịch"),
            ("Cấp thực hiện", "level", "Cấp xã", "Cấp xã"),
            ("Cơ quan thực hiện", "unit", "UBND xã", "UBND xã"),
            ("don vi giai quyet", "unit", "UBND xã", "UBND xã"),
            ("Giờ chót", "cutoff", "15h30", 930),
            ("Số ngày chờ bổ sung", "close_after_days", "30 ngày", 30),
            ("Hiệu lực từ", "valid_from", "01/07/2026", date(2026, 7, 1)),
            ("Hiệu lực đến", "valid_until", "2027-06-30", date(2027, 6, 30)),
        ],
    )
    def test_a_heading_names_its_field(self, heading: str, field: str, cell: str, value: object) -> None:
        assert getattr(read_one({heading: cell}), field) == value

    @pytest.mark.parametrize("heading", ["Mã TTHC", "Mã thủ tục", "MÃ  THỦ TỤC (*)"])
    @pytest.mark.parametrize("limit", ["Thời hạn giải quyết", "Số ngày giải quyết"])
    def test_code_and_limit(self, heading: str, limit: str) -> None:
        (only,) = read_catalogue("a.csv", csv_of(("1.1", "5"), headings=(heading, limit))).listed
        assert (only.procedure.code, str(only.procedure.limit)) == ("1.1", "5d")

    def test_what_a_file_has_no_column_for_is_not_said(self) -> None:
        (only,) = read_catalogue("a.csv", csv_of(("1.1", "A", "5"))).listed
        assert only.given == {"code", "name", "limit"}

    @pytest.mark.parametrize(
        ("headings", "text"),
        [
            pytest.param(("Họ tên", "Địa chỉ"), "không thấy dòng tiêu đề nào", id="no catalogue at all"),
            pytest.param(("Mã TTHC", "Tên TTHC"), "thiếu cột “Thời hạn giải quyết”", id="without a limit"),
            pytest.param(
                ("Lĩnh vực", "Số ngày giải quyết"), "thiếu cột “Mã TTHC” hoặc “Tên TTHC”", id="no key"
            ),
            pytest.param(
                ("Mã TTHC", "Thời hạn giải quyết", "Số ngày giải quyết"),
                "đều có thể là “Thời hạn giải quyết”; hãy xóa hoặc đổi tên một cột",
                id="two columns of one meaning",
            ),
        ],
    )
    def test_a_file_that_is_none(self, headings: Sequence[str], text: str) -> None:
        with pytest.raises(SourceError, match=r"a\.csv") as caught:
            read_catalogue("a.csv", csv_of(["1"] * len(headings), headings=headings))
        assert text in str(caught.value)
        assert "headings" not in str(caught.value)


class TestLimits:
    @pytest.mark.parametrize(
        ("cell", "limit"),
        [
            ("5", "5d"),
            ("05 ngày làm việc", "5d"),
            ("15 ngày theo lịch", "15cd"),
            ("8 giờ", "8h"),
            ("02 tháng", "2mo"),
            ("Trong ngày", "day"),
            ("Giải quyết ngay", "0"),
            ("Không quá 05 ngày làm việc kể từ ngày nhận đủ hồ sơ hợp lệ.", "5d"),
            ("Trong thời hạn 12 ngày làm việc, kể từ ngày tiếp nhận hồ sơ", "12d"),
            ("", None),
        ],
    )
    def test_as_offices_write_them(self, cell: str, limit: str | None) -> None:
        found = read_one({"Thời hạn giải quyết": cell}).limit
        assert (str(found) if found else None) == limit

    def test_what_a_bare_number_counts_is_the_readers_choice(self) -> None:
        terms = Terms(unit=LimitUnit.CALENDAR_DAYS)
        assert str(read_one({"Thời hạn giải quyết": "15 ngày"}, terms).limit) == "15cd"
        assert str(read_one({"Thời hạn giải quyết": "15 ngày làm việc"}, terms).limit) == "15d"

    @pytest.mark.parametrize(
        ("cell", "reason"),
        [
            ("5 ngày?", "“5 ngày?” không phải thời hạn giải quyết"),
            ("5-7 ngày", "“5-7 ngày” không phải thời hạn giải quyết"),
            ("0", "thời hạn “0” không thể có; hãy ghi “giải quyết ngay”"),
            ("0 ngày", "thời hạn “0 ngày” không thể có"),
            ("-1", "thời hạn “-1” không thể có"),
            ("−1", "thời hạn “−1” không thể có"),
            ("10000 ngày", "thời hạn 10000 ngày làm việc dài quá 750"),
            ("2,5", "“2,5” không phải thời hạn giải quyết"),
        ],
    )
    def test_what_cannot_be_one(self, cell: str, reason: str) -> None:
        (problem,) = problems(read_catalogue("a.csv", csv_of(("1.1", "A", "5"), ("1.2", "B", cell))))
        assert problem.startswith(f"a.csv, dòng 3, cột “Thời hạn giải quyết”: mã 1.2: {reason}")


class TestWords:
    @pytest.mark.parametrize(
        ("cell", "effect"),
        [
            ("tính lại từ đầu", "restart"),
            ("Tạm dừng", "pause"),
            ("VẪN TÍNH", "runs on"),
            ("restart", "restart"),
            ("pause", "pause"),
            ("runs on", "runs on"),
            ("", None),
        ],
    )
    @pytest.mark.parametrize(
        ("heading", "field"),
        [
            ("Bổ sung", "supplement"),
            ("Nghĩa vụ tài chính", "financial"),
            ("Lấy ý kiến", "consultation"),
            ("Tạm dừng khác", "other"),
        ],
    )
    def test_of_effects(self, heading: str, field: str, cell: str, effect: str | None) -> None:
        assert getattr(read_one({heading: cell}), field) == effect

    @pytest.mark.parametrize(
        ("cell", "ends"),
        [
            ("hết ngày", "day"),
            ("Hết giờ làm việc", "working time"),
            ("giữ giờ tiếp nhận", "clock"),
            ("", None),
        ],
    )
    def test_of_ends(self, cell: str, ends: str | None) -> None:
        assert read_one({"Hạn hết lúc": cell}).ends == ends

    def test_an_unknown_one_names_those_there_are(self) -> None:
        headings = (*HEADINGS, "Bổ sung", "Hạn hết lúc", "Giờ chót", "Số ngày chờ bổ sung", "Hiệu lực từ")
        row = ("1.1", "A", "5", "để sau", "lúc nào đó", "25:00", "0", "31/02/2026")
        found = problems(read_catalogue("a.csv", csv_of(row, headings=headings)))
        assert [each.partition(": ")[0] for each in found] == [
            f"a.csv, dòng 2, cột “{h}”" for h in headings[3:]
        ]
        assert "chọn trong: Tính lại từ đầu, Tạm dừng, Vẫn tính" in found[0]
        assert "chọn trong: Hết ngày, Hết giờ làm việc, Giữ giờ tiếp nhận" in found[1]


class TestDates:
    FROM = Terms(valid_from=date(2026, 7, 1))

    def test_the_row_goes_before_the_date_asked_for(self) -> None:
        assert read_one({"Hiệu lực từ": "01/08/2026"}, self.FROM).valid_from == date(2026, 8, 1)
        assert read_one({"Hiệu lực từ": ""}, self.FROM).valid_from == date(2026, 7, 1)
        assert read_one({}).valid_from is None

    @pytest.mark.parametrize("first", ["01/07/2026", ""])
    def test_an_end_before_the_beginning(self, first: str) -> None:
        headings = (*HEADINGS, "Hiệu lực từ", "Hiệu lực đến")
        content = csv_of(("1.1", "A", "5", first, "30/06/2026"), headings=headings)
        assert problems(read_catalogue("a.csv", content, self.FROM)) == [
            "a.csv, dòng 2, cột “Hiệu lực đến”: mã 1.1: hết hiệu lực 30/06/2026 trước khi có hiệu lực 01/07/2026"
        ]


class TestSheets:
    def test_titles_groups_numbers_and_other_sheets_are_tolerated(self) -> None:
        content = workbook(
            {
                "Bìa": [["UBND tỉnh Mẫu"], ["Danh mục thủ tục hành chính"]],
                "Hộ tịch": [
                    ["DANH MỤC"],
                    [],
                    ["STT", *HEADINGS, "Lĩnh vực"],
                    ["(1)", "(2)", "(3)", "(4)", "(5)"],
                    ["I", None, "Lĩnh vực hộ tịch"],
                    [1, "1.001193", "Đăng ký khai sinh", "Trong ngày", "Hộ tịch"],
                    ["STT", *HEADINGS, "Lĩnh vực"],
                    [2, "1.000894", "Đăng ký kết hôn", 3, "Hộ tịch"],
                    ["", "", "Tổng cộng: 2 thủ tục"],
                ],
                "Xây dựng": [list(HEADINGS), ["1.013234", "Cấp phép", "15 ngày làm việc"]],
            }
        )
        listing = read_catalogue("a.xlsx", content)
        assert listing.problems == []
        assert [(each.procedure.code, str(each.procedure.limit)) for each in listing.listed] == [
            ("1.001193", "day"),
            ("1.000894", "3d"),
            ("1.013234", "15d"),
        ]
        assert str(listing.listed[1].place) == "a.xlsx, trang tính “Hộ tịch”, dòng 8"
        assert listing.warnings == [
            "a.xlsx, trang tính “Hộ tịch”: bỏ qua dòng không có mã và thời hạn: dòng 5, 9"
        ]

    def test_a_cell_merged_downwards_holds_for_each_of_its_rows(self) -> None:
        rows = [[*HEADINGS], ["1.1", "A", "5 ngày làm việc"], ["1.2", "B"], ["1.3", "C"], ["1.4", "D", 2]]
        listing = read_catalogue("a.xlsx", workbook({"S": rows}, merged=["C2:C4"]))
        assert [str(each.procedure.limit) for each in listing.listed] == ["5d", "5d", "5d", "2d"]

    def test_a_procedure_without_a_limit_is_taken_and_said(self) -> None:
        listing = read_catalogue("a.csv", csv_of(("1.1", "A", ""), ("1.2", "B", "5")))
        assert len(listing.listed) == 2
        assert listing.warnings == ["a.csv: thủ tục không ghi thời hạn: dòng 2"]

    def test_real_cells_of_dates_and_times(self) -> None:
        headings = [*HEADINGS, "Giờ chót", "Hiệu lực từ"]
        rows = [headings, ["1.1", "A", 5, time(15, 30), datetime(2026, 7, 1)]]  # noqa: DTZ001  a cell has no zone
        (only,) = read_catalogue("a.xlsx", workbook({"S": rows})).listed
        assert (only.procedure.cutoff, only.procedure.valid_from) == (930, date(2026, 7, 1))

    @pytest.mark.parametrize(
        ("code", "reason"),
        [
            pytest.param(1.01001, "“1.01001” là số hoặc ngày", id="1.010010 that became a number"),
            pytest.param(1234567890123456.0, "là số hoặc ngày", id="more digits than a number keeps"),
            pytest.param("1" * 101, "mã dài quá 100 ký tự", id="too long"),
            pytest.param(None, "ô trống; hãy ghi đủ, hoặc xóa dòng này", id="none, beside a limit"),
        ],
    )
    def test_a_code_that_cannot_be_trusted(self, code: object, reason: str) -> None:
        rows = [[*HEADINGS], ["1.1", "A", 5], [code, "B", 5]]
        (problem,) = problems(read_catalogue("a.xlsx", workbook({"S": rows})))
        assert problem.startswith("a.xlsx, trang tính “S”, dòng 3, cột “Mã TTHC”: ")
        assert reason in problem

    def test_without_a_column_of_codes_the_name_is_the_key(self) -> None:
        content = csv_of(("Đăng ký khai sinh", "5"), ("", "7"), headings=("Thủ tục", "Thời hạn giải quyết"))
        listing = read_catalogue("a.csv", content)
        assert [each.procedure.label for each in listing.listed] == ["Đăng ký khai sinh"]
        assert problems(listing) == ["a.csv, dòng 3, cột “Thủ tục”: ô trống; hãy ghi đủ, hoặc xóa dòng này"]


OPENCPS = {"serviceCode": "1.1", "serviceName": "Khai sinh", "durationCount": 5, "durationUnit": 0}
IGATE = {
    "procedure": {
        "code": "1.2",
        "translate": [{"languageId": 46, "name": "Marriage"}, {"languageId": 228, "name": "Kết hôn"}],
        "sector": {"name": [{"languageId": 228, "name": "Hộ tịch"}]},
    },
    "processingTime": 3,
    "processingTimeUnit": "d",
}


def of_json(document: Any, terms: Terms = Terms()) -> Listing:  # noqa: B008  frozen
    return read_catalogue("a.json", json.dumps(document).encode(), terms)


class TestJson:
    @pytest.mark.parametrize(
        "wrap", [lambda x: x, lambda x: {"data": x}, lambda x: {"content": x, "last": True}]
    )
    def test_both_systems_bare_or_in_a_page(self, wrap) -> None:
        listing = of_json(wrap([OPENCPS, IGATE]), Terms(valid_from=date(2026, 7, 1)))
        assert [(each.procedure.label, str(each.procedure.limit)) for each in listing.listed] == [
            ("1.1 Khai sinh", "5d"),
            ("1.2 Kết hôn", "3d"),
        ]
        assert listing.listed[1].procedure.field == "Hộ tịch"
        assert {each.procedure.valid_from for each in listing.listed} == {date(2026, 7, 1)}

    @pytest.mark.parametrize(
        ("record", "limit"),
        [
            pytest.param({**OPENCPS, "durationUnit": 1, "durationCount": 8}, "8h", id="OpenCPS: hours"),
            pytest.param({**OPENCPS, "durationUnit": "0", "durationCount": "5"}, "5d", id="OpenCPS: as text"),
            pytest.param({**OPENCPS, "durationCount": 5.0}, "5d", id="OpenCPS: a whole float"),
            pytest.param({**OPENCPS, "durationCount": None}, None, id="OpenCPS: none"),
            pytest.param({**IGATE, "processingTimeUnit": "h"}, "3h", id="iGate: hours"),
            pytest.param({**IGATE, "processingTimeUnit": None}, "3d", id="iGate: no unit"),
            pytest.param(
                {
                    "procedure": {
                        "code": "1.2",
                        "translate": {"name": "Kết hôn"},
                        "sector": {"name": "Hộ tịch"},
                    },
                    "procedureProcessDefinition": {"processDefinition": {"processingTime": 7}},
                },
                "7d",
                id="iGate: of its process, names as objects",
            ),
        ],
    )
    def test_limits(self, record: dict[str, object], limit: str | None) -> None:
        (only,) = of_json([record]).listed
        assert (str(only.procedure.limit) if only.procedure.limit else None) == limit
        assert ("limit" in only.given) is (limit is not None)

    @pytest.mark.parametrize(
        ("record", "reason"),
        [
            ({**OPENCPS, "durationCount": 0}, "mã 1.1: thời hạn 0 không thể có"),
            ({**OPENCPS, "durationCount": -1}, "mã 1.1: thời hạn -1 không thể có"),
            ({**OPENCPS, "durationCount": 2.5}, "mã 1.1: thời hạn “2.5” không phải số nguyên"),
            ({**OPENCPS, "durationCount": "năm"}, "mã 1.1: thời hạn “năm” không phải số nguyên"),
            ({**OPENCPS, "durationCount": 10000}, "mã 1.1: thời hạn 10000 ngày làm việc dài quá 750"),
            ({**OPENCPS, "durationUnit": 7}, "mã 1.1: đơn vị thời hạn “7” lạ"),
            ({**IGATE, "processingTimeUnit": "w"}, "mã 1.2: đơn vị thời hạn “w” lạ"),
            ({**OPENCPS, "serviceCode": " "}, "thiếu mã thủ tục"),
            ({**OPENCPS, "serviceCode": 5}, "khóa serviceCode sai kiểu"),
            ({"id": 1}, "không có khóa serviceCode (OpenCPS) hay procedure (iGate)"),
            (3, "không phải một đối tượng JSON"),
        ],
    )
    def test_a_bad_record_is_named(self, record: object, reason: str) -> None:
        listing = of_json([IGATE, record])
        (problem,) = problems(listing)
        assert problem.startswith("a.json, bản ghi 2: ")
        assert reason in problem

    def test_what_dossiers_repeat_counts_once(self) -> None:
        assert len(of_json([OPENCPS, IGATE, OPENCPS]).listed) == 2

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b'{"total": 3}', "cần một mảng bản ghi"),
            (b'[{"serviceCode": "1.1"', "không phải JSON đọc được"),
            (b'{"data": 3}', "không phải JSON đọc được"),
        ],
    )
    def test_a_document_that_is_none(self, content: bytes, reason: str) -> None:
        with pytest.raises(SourceError, match=reason):
            read_catalogue("a.json", content)
