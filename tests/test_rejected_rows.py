"""Rejected rows as a workbook: under their own headings, text as text, and read again once corrected."""

import shutil
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from exports import workbook, xlsx
from offices import EVENTS, NOW, SOURCE, UNITS, Desk, desk_in, row
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import select

from latewatch.clock import VIETNAM
from latewatch.jobs.check import check_office
from latewatch.jobs.imports import corrections_of_batch
from latewatch.sources.filing import CORRECTION, DONE
from latewatch.store import schema

LATER = NOW + timedelta(hours=1)
MOVED = SOURCE.replace("keep_files = true", "keep_files = false")
MOVED_EVENTS = EVENTS.replace("keep_files = true", "keep_files = false")
CORE = ("Mã hồ sơ", "Trạng thái", "Ngày tiếp nhận", "Ngày hẹn trả", "Chủ hồ sơ", "Số điện thoại")
NOTES = ("Lý do gác lại", "Cột cần sửa", "Dòng của lô 1")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = desk_in(tmp_path / "office")
    made.configure(MOVED, UNITS)
    return made


def drop(desk: Desk, name: str, content: bytes, into: str = "in") -> None:
    path = desk.folder / into / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    desk.stamp(path)


def book_of(desk: Desk, name: str, into: str = "in") -> Path:
    return desk.folder / into / DONE / f"{name}{CORRECTION}"


def rows_of(path: Path) -> list[tuple[Any, ...]]:
    return list(openpyxl.load_workbook(path).active.iter_rows(values_only=True))


def correct(path: Path, change: Callable[[Worksheet], None], into: Path) -> None:
    """Change the workbook as a person does, and put it back into the watched folder."""
    book = openpyxl.load_workbook(path)
    change(book.active)
    book.save(into / path.name)


def write(heading: str, value: Any, row: int = 2) -> Callable[[Worksheet], None]:
    def change(sheet: Worksheet) -> None:
        headings = [cell.value for cell in sheet[1]]
        sheet.cell(row, headings.index(heading) + 1).value = value

    return change


def facts(desk: Desk, code: str) -> dict[str, Any]:
    with desk.open() as office, office.store.reading() as connection:
        found = connection.execute(select(schema.dossier).where(schema.dossier.c.code == code)).mappings()
        return dict(found.one())


def codes(desk: Desk) -> list[str]:
    with desk.open() as office, office.store.reading() as connection:
        return sorted(connection.execute(select(schema.dossier.c.code)).scalars())


def said(desk: Desk) -> str:
    with desk.open() as office:
        return "\n".join(each.text for each in check_office(office, LATER, None))


class TestTheWorkbook:
    def test_rows_stand_under_their_own_headings_with_reason_column_and_row(self, desk: Desk) -> None:
        desk.export("a.csv", [row("H1"), row("0007", "31/02/2026", applicant="Nguyễn Văn Ví Dụ")])
        desk.poll()
        headings, only = rows_of(book_of(desk, "a.csv"))
        assert headings[:3] == NOTES
        assert headings[3:] == ("Mã hồ sơ", "Trạng thái", "Ngày tiếp nhận", *headings[6:])
        assert len(headings) == 3 + len(desk.columns), "empty columns are there too"
        assert only[:6] == (
            "“31/02/2026” là ngày giờ không có thật; hãy sửa ở nơi xuất tệp",
            "Ngày tiếp nhận",
            "3",
            "0007",
            "Đang xử lý",
            "31/02/2026",
        )

    def test_the_blamed_cell_alone_is_coloured_and_text_stays_text(self, desk: Desk) -> None:
        desk.export("a.csv", [row("0007", "31/02/2026", applicant="=1+1", phone="0900000001")])
        desk.poll()
        sheet = openpyxl.load_workbook(book_of(desk, "a.csv")).active
        cells = {sheet.cell(1, cell.column).value: cell for cell in sheet[2]}
        coloured = [name for name, cell in cells.items() if cell.fill.fill_type == "solid"]
        assert coloured == ["Ngày tiếp nhận"]
        assert (cells["Mã hồ sơ"].value, cells["Số điện thoại"].value) == ("0007", "0900000001")
        assert (cells["Chủ hồ sơ"].value, cells["Chủ hồ sơ"].data_type) == ("=1+1", "s")
        assert {cell.number_format for cell in cells.values()} == {"@"}, (
            "what is written into it stays text too"
        )

    def test_sheets_keep_their_names(self, desk: Desk) -> None:
        good, bad = ["H1", "Đang xử lý", "02/11/2026"], ["H2", "Đang xử lý", "32/11/2026"]
        head = list(CORE[:3])
        drop(
            desk,
            "a.xlsx",
            workbook(
                {"Tháng 10": [head, bad], "Trống": [head, good], "Tháng 11": [head, [*good[:1], "?", ""]]}
            ),
        )
        desk.poll()
        assert openpyxl.load_workbook(book_of(desk, "a.xlsx")).sheetnames == ["Tháng 10", "Tháng 11"]

    def test_the_same_batch_gives_the_same_bytes(self, desk: Desk) -> None:
        desk.export("a.csv", [row("H1", "31/02/2026")])
        desk.poll()
        with desk.open() as office:
            books = [corrections_of_batch(office, 1) for _ in range(2)]
        assert books == [book_of(desk, "a.csv").read_bytes()] * 2

    def test_a_row_with_more_cells_than_the_header_keeps_them(self, desk: Desk) -> None:
        text = "Mã hồ sơ,Trạng thái,Ngày tiếp nhận\nH1,Đang xử lý,02/11/2026,thừa\nH2,?,02/11/2026\n"
        drop(desk, "a.csv", text.encode())
        desk.poll()
        headings, first, second = rows_of(book_of(desk, "a.csv"))
        assert headings[3:] == ("Mã hồ sơ", "Trạng thái", "Ngày tiếp nhận", "cột 4")
        assert first[3:] == ("H1", "Đang xử lý", "02/11/2026 ?", "thừa")
        assert second[3:] == ("H2", "?", "02/11/2026", None)


class TestRoundTrip:
    """Reject → correct one cell → put it back → taken."""

    @pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
    def test_a_corrected_cell(self, desk: Desk, name: str) -> None:
        desk.export(
            name, [row("H1"), row("0007", "31/02/2026", applicant="Nguyễn Văn Ví Dụ", phone="0900000001")]
        )
        desk.poll()
        correct(book_of(desk, name), write("Ngày tiếp nhận", "28/02/2026"), desk.folder / "in")
        result = desk.poll(LATER)
        assert (result.intake.new, result.intake.rejected, result.problems) == (1, 0, [])
        taken = facts(desk, "0007")
        assert taken["received_at"] == datetime(2026, 2, 28, tzinfo=VIETNAM)
        assert (taken["applicant"], taken["phone"]) == ("Nguyễn Văn Ví Dụ", "0900000001")
        assert result.warnings == [], "it lacks no column"

    def test_a_real_date_written_into_the_cell(self, desk: Desk) -> None:
        desk.export("a.csv", [row("H1", "31/02/2026")])
        desk.poll()
        correct(book_of(desk, "a.csv"), write("Ngày tiếp nhận", date(2026, 2, 28)), desk.folder / "in")
        assert desk.poll(LATER).intake.new == 1

    def test_what_is_not_corrected_is_set_aside_again(self, desk: Desk) -> None:
        desk.export("a.csv", [row("H1", "31/02/2026"), row("H2", status="?")])
        desk.poll()
        correct(book_of(desk, "a.csv"), write("Ngày tiếp nhận", "28/02/2026"), desk.folder / "in")
        result = desk.poll(LATER)
        assert (result.intake.new, result.intake.rejected) == (1, 1)
        again = [path.name for path in (desk.folder / "in" / DONE).glob(f"*{CORRECTION}")]
        assert "a.csv.gac-lai-2.xlsx.gac-lai.xlsx" in again
        headings, only = rows_of(desk.folder / "in" / DONE / "a.csv.gac-lai-2.xlsx.gac-lai.xlsx")
        assert headings[:4] == ("Lý do gác lại", "Cột cần sửa", "Dòng của lô 2", "Mã hồ sơ")
        assert only[3] == "H2"

    def test_a_word_that_the_office_declared_needs_no_correction(self, desk: Desk) -> None:
        desk.export("a.csv", [row("H1", status="Chờ ký")])
        desk.poll()
        desk.configure(MOVED.rstrip() + '\nstatus_words = { "Chờ ký" = "processing" }\n', UNITS)
        shutil.copy(book_of(desk, "a.csv"), desk.folder / "in")
        assert desk.poll(LATER).intake.new == 1

    def test_a_header_over_several_rows(self, desk: Desk) -> None:
        rows: Sequence[Sequence[Any]] = [
            ["Mã hồ sơ", "Trạng thái", "Thời gian", None, "Người"],
            [None, None, "Ngày tiếp nhận", "Ngày hẹn trả", "Chủ hồ sơ"],
            ["H1", "Đang xử lý", "32/11/2026", "30/11/2026", "Nguyễn Văn Ví Dụ"],
        ]
        drop(desk, "a.xlsx", xlsx(rows, merge=["A1:A2", "B1:B2", "C1:D1"]))
        assert desk.poll().intake.rejected == 1
        assert rows_of(book_of(desk, "a.xlsx"))[0][3:] == (
            "Mã hồ sơ",
            "Trạng thái",
            "Ngày tiếp nhận",
            "Ngày hẹn trả",
            "Chủ hồ sơ",
        )
        correct(book_of(desk, "a.xlsx"), write("Ngày tiếp nhận", "02/11/2026"), desk.folder / "in")
        assert desk.poll(LATER).intake.new == 1
        assert facts(desk, "H1")["promised_at"] == datetime(2026, 11, 30, tzinfo=VIETNAM)

    def test_of_two_rows_that_contradict_each_other_the_one_that_is_left(self, desk: Desk) -> None:
        desk.export("a.csv", [row("H1"), row("H1", status="Tạm dừng")])
        assert desk.poll().intake.rejected == 2
        correct(book_of(desk, "a.csv"), lambda sheet: sheet.delete_rows(2), desk.folder / "in")
        desk.poll(LATER)
        assert facts(desk, "H1")["status"] == "suspended"

    def test_two_columns_of_one_heading(self, desk: Desk) -> None:
        rows = [
            ["Mã hồ sơ", "Trạng thái", "Ngày tiếp nhận", "Lĩnh vực", "Lĩnh vực"],
            ["H1", "?", "02/11/2026", "A", "B"],
        ]
        drop(desk, "a.xlsx", xlsx(rows))
        desk.poll()
        correct(book_of(desk, "a.xlsx"), write("Trạng thái", "Đang xử lý"), desk.folder / "in")
        desk.poll(LATER)
        assert facts(desk, "H1")["field"] == "A"

    def test_numbers_that_were_dates_and_telephones(self, desk: Desk) -> None:
        received = datetime(2026, 11, 2, 8, 30)  # noqa: DTZ001  a cell
        drop(desk, "a.xlsx", xlsx([CORE, ["H1", "?", received, 46336, "Nguyễn Văn Ví Dụ", 900000001]]))
        desk.poll()
        assert rows_of(book_of(desk, "a.xlsx"))[1][5:] == (
            "02/11/2026 08:30:00",
            "10/11/2026",
            "Nguyễn Văn Ví Dụ",
            "0900000001",
        )
        correct(book_of(desk, "a.xlsx"), write("Trạng thái", "Đang xử lý"), desk.folder / "in")
        desk.poll(LATER)
        taken = facts(desk, "H1")
        assert taken["received_at"] == datetime(2026, 11, 2, 8, 30, tzinfo=VIETNAM)
        assert taken["promised_at"] == datetime(2026, 11, 10, tzinfo=VIETNAM)
        assert taken["phone"] == "0900000001"

    def test_events_of_a_dossier_come_back_together(self, desk: Desk) -> None:
        desk.configure(MOVED, MOVED_EVENTS, UNITS)
        desk.export("a.csv", [row("H1", "02/11/2026")])
        desk.tell(
            "b.csv", ("H1", "Tạm dừng", "04/11/2026", "05/11/2026"), ("H1", "Tạm dừng", "06/11/2026", "?")
        )
        assert desk.poll().intake.rejected == 2
        book = desk.folder / "in" / "c" / DONE / f"b.csv{CORRECTION}"
        correct(book, write("Đến", "09/11/2026", row=3), desk.folder / "in" / "c")
        result = desk.poll(LATER)
        assert (result.intake.rejected, result.problems) == (0, [])
        assert len(facts(desk, "H1")["suspensions"]) == 2


class TestWhatTheRowAloneDoesNotShow:
    """Uncorrected, these rows must not pass only because the rest of their file is not beside them."""

    def again(self, desk: Desk, name: str) -> Any:
        shutil.copy(book_of(desk, name), desk.folder / "in")
        return desk.poll(LATER)

    def test_a_code_that_was_rounded(self, desk: Desk) -> None:
        drop(desk, "a.xlsx", xlsx([CORE, [12345678901234567890.0, "Đang xử lý", "02/11/2026", ""]]))
        assert desk.poll().intake.rejected == 1
        assert self.again(desk, "a.xlsx").intake.rejected == 1
        assert codes(desk) == []

    @pytest.mark.parametrize(
        "line",
        [
            pytest.param("H1,Đang xử lý,02/11/2026,,x,y,z\n", id="too long"),
            pytest.param("H2,Đang xử lý,02/11/2026,,Nguyễn,\nH1,Đang xử lý,02/11", id="cut off at the end"),
        ],
    )
    def test_a_row_that_was_shifted_or_cut(self, desk: Desk, line: str) -> None:
        drop(desk, "a.csv", (",".join(CORE) + "\n" + line).encode())
        assert desk.poll().intake.rejected == 1
        result = self.again(desk, "a.csv")
        assert (result.intake.new, result.intake.rejected) == (0, 1)

    def test_dates_of_a_column_that_was_read_month_first(self, desk: Desk) -> None:
        rows = [[f"H{n}", "Đang xử lý", f"11/{13 + n}/2026", ""] for n in range(9)]
        rows.append(["X1", "?", "11/02/2026", "11/25/2026"])
        drop(desk, "a.xlsx", xlsx([CORE, *rows]))
        assert desk.poll("2026-12-12").intake.new == 9
        assert rows_of(book_of(desk, "a.xlsx"))[1][4:6] == ("?", "11/02/2026 ?")
        correct(book_of(desk, "a.xlsx"), write("Trạng thái", "Đang xử lý"), desk.folder / "in")
        assert desk.poll("2026-12-12T09:00").intake.rejected == 1, "11 February is not to be guessed"
        assert "X1" not in codes(desk)

    def test_dates_of_a_column_that_nobody_can_tell(self, desk: Desk) -> None:
        texts = [
            "13/11/2026",
            "14/11/2026",
            "15/11/2026",
            "11/13/2026",
            "11/14/2026",
            "11/15/2026",
            "03/04/2026",
        ]
        drop(
            desk, "a.xlsx", xlsx([CORE, *([f"H{n}", "Đang xử lý", text, ""] for n, text in enumerate(texts))])
        )
        desk.poll("2026-12-12")
        assert codes(desk) == ["H0", "H1", "H2"]
        shutil.copy(book_of(desk, "a.xlsx"), desk.folder / "in")
        assert desk.poll("2026-12-12T09:00").warnings == []
        assert codes(desk) == [f"H{n}" for n in range(6)], "those with a day above 12 leave no doubt"

    def test_a_date_that_a_person_writes_there_has_its_day_first(self, desk: Desk) -> None:
        rows = [[f"H{n}", "Đang xử lý", f"11/{13 + n}/2026", ""] for n in range(9)]
        rows += [[f"X{n}", "?", f"11/{13 + n}/2026", ""] for n in range(9)]
        drop(desk, "a.xlsx", xlsx([CORE, *rows]))
        desk.poll("2026-12-12")

        def change(sheet: Worksheet) -> None:
            for number in range(9):
                write("Trạng thái", "Đang xử lý", 2 + number)(sheet)
            write("Ngày tiếp nhận", "02/11/2026")(sheet)

        correct(book_of(desk, "a.xlsx"), change, desk.folder / "in")
        desk.poll("2026-12-12T09:00")
        assert facts(desk, "X0")["received_at"] == datetime(2026, 11, 2, tzinfo=VIETNAM)
        assert facts(desk, "X1")["received_at"] == datetime(2026, 11, 14, tzinfo=VIETNAM)


class TestWhatIsStillSaid:
    def test_check_says_how_to_have_them(self, desk: Desk) -> None:
        desk.export("a.csv", [row("H1"), row("H2", "31/02/2026")])
        desk.poll()
        assert (
            "a.csv: 1 dòng bị gác lại; lấy ra tệp để sửa rồi nhập lại: latewatch import rejected 1"
        ) in said(desk)

    def test_rows_that_came_back_are_said_no_more(self, desk: Desk) -> None:
        desk.export("a.csv", [row("H1"), row("H2", "31/02/2026"), row("H3", "31/02/2026")])
        desk.poll()
        correct(book_of(desk, "a.csv"), write("Ngày tiếp nhận", "28/02/2026"), desk.folder / "in")
        desk.poll(LATER)
        text = said(desk)
        assert "import rejected 1" not in text
        assert "a.csv, dòng 4" not in text
        assert "import rejected 2" in text
        assert "a.csv.gac-lai.xlsx, trang tính “Gác lại”, dòng 3" in text

    def test_a_correction_is_no_new_export(self, desk: Desk) -> None:
        """Neither has the source shrunk, nor is it any younger."""
        desk.export("a.csv", [*(row(f"H{n}") for n in range(40)), row("X", "31/02/2026")])
        desk.poll()
        desk.export("b.csv", [*(row(f"H{n}") for n in range(41)), row("X", "31/02/2026")])
        desk.poll()
        correct(book_of(desk, "a.csv"), write("Ngày tiếp nhận", "28/02/2026"), desk.folder / "in")
        assert desk.poll(LATER).warnings == []
        with desk.open() as office, office.store.reading() as connection:
            table = schema.batch.c
            found = connection.execute(select(table.origin, table.corrects).order_by(table.id))
            missing = connection.execute(
                select(schema.dossier.c.code).where(schema.dossier.c.missing_since.is_not(None))
            )
            assert [tuple(each) for each in found] == [
                ("a.csv", None),
                ("b.csv", None),
                ("a.csv.gac-lai.xlsx", 1),
            ]
            assert missing.all() == []

    def test_a_number_of_another_source_is_no_correction_of_it(self, desk: Desk) -> None:
        desk.configure(MOVED, MOVED.replace("xuat-tep", "hai").replace('"in"', '"in-2"'), UNITS)
        (desk.folder / "in-2").mkdir()
        desk.export("a.csv", [row("H1", "31/02/2026")])
        desk.poll()
        correct(book_of(desk, "a.csv"), write("Ngày tiếp nhận", "28/02/2026"), desk.folder / "in-2")
        desk.poll(LATER)
        assert "import rejected 1" in said(desk)
