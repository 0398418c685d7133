"""The letter register: its numbers, its book, where it begins, and that a gap or a double is found."""

from collections.abc import Iterator
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from offices import NOW, desk_in
from sqlalchemy import delete, text, update
from sqlalchemy.engine import URL
from test_letter_steps import SYMBOLS, Letters, opened
from worlds import moment

from latewatch.domain.letters.life import Move
from latewatch.domain.letters.register import (
    Keeper,
    RegisterNumber,
    register_for,
    register_problems,
    spans,
)
from latewatch.errors import ConfigError, LetterError
from latewatch.jobs.check import Level, check_office
from latewatch.jobs.letters.keeping import begin_register, check_registers
from latewatch.jobs.letters.moving import Selection
from latewatch.jobs.letters.register import Entry, books, register_workbook
from latewatch.letters.render import LetterPrinter
from latewatch.reports.letter_book import HEADINGS, TOP, BookSheet, letter_book
from latewatch.store import schema
from latewatch.store.letters.register import RegisterYear, register_years

YEAR = (date(2026, 1, 1), date(2026, 12, 31))
TODAY = NOW.date()


@pytest.fixture
def world(url: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Letters]:
    monkeypatch.setattr(LetterPrinter, "pdf", lambda _printer, letter: f"%PDF {letter.code}".encode())
    yield from opened(desk_in(tmp_path / "office").folder, url, SYMBOLS)


def numbered(world: Letters, *codes: str, **facts: object) -> None:
    world.ready(*codes, **facts)
    world.reach(Move.NUMBER)


def entries(world: Letters, register: str = "PKT", *, full: bool = False) -> list[Entry]:
    (book,) = books(world.office, *YEAR, register, full=full)
    return book.entries


class TestNumbers:
    @pytest.mark.parametrize(
        ("number", "shown"),
        [(1, "01/PXL-PKT"), (9, "09/PXL-PKT"), (10, "10/PXL-PKT"), (1234, "1234/PXL-PKT")],
    )
    def test_below_ten_with_a_leading_zero(self, number: int, shown: str) -> None:
        assert str(RegisterNumber("PKT", 2026, number, "PXL-PKT")) == shown

    @pytest.mark.parametrize(
        ("keeper", "unit", "register"),
        [
            (Keeper.UNIT, "PKT", "PKT"),
            (Keeper.UNIT, "", "co-quan"),
            (Keeper.OFFICE, "PKT", "co-quan"),
            (Keeper.OFFICE, "", "co-quan"),
        ],
    )
    def test_whose_register(self, keeper: Keeper, unit: str, register: str) -> None:
        assert register_for(keeper, unit) == register

    @pytest.mark.parametrize(
        ("given_numbers", "problems"),
        [
            pytest.param([3, 4, 5], [], id="whole"),
            pytest.param([5, 3, 4], [], id="in any order"),
            pytest.param([3, 5], ["thiếu số 4"], id="a gap"),
            pytest.param([], ["thiếu số 3-5"], id="nothing"),
            pytest.param([3, 4, 4, 5], ["trùng số 4"], id="a double"),
            pytest.param([2, 3, 4, 5, 6], ["số ngoài khoảng 3-5 2, 6"], id="beyond"),
        ],
    )
    def test_gaps_and_doubles_are_named(self, given_numbers: list[int], problems: list[str]) -> None:
        assert register_problems(3, 5, [(number, TODAY) for number in given_numbers]) == problems

    def test_a_date_that_runs_back(self) -> None:
        later = TODAY + timedelta(days=1)
        assert register_problems(1, 3, [(1, TODAY), (2, later), (3, TODAY)]) == ["ngày lùi lại ở số 3"]

    @given(st.sets(st.integers(1, 60)))
    def test_spans_name_each_number_once(self, numbers: set[int]) -> None:
        named: list[int] = []
        for part in filter(None, spans(numbers).split(", ")):
            first, _, last = part.partition("-")
            named += range(int(first), int(last or first) + 1)
        assert named == sorted(numbers)


class TestBook:
    def test_an_entry_has_the_columns_of_the_book(self, world: Letters) -> None:
        numbered(world, "H1")
        (entry,) = entries(world, full=True)
        assert (entry.shown_number, entry.dated, entry.copies) == ("01/PXL-PKT", TODAY, 3)
        assert entry.title == "Văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết, hồ sơ H1"
        assert (entry.signer, entry.kept_by) == ("Nguyễn Văn Ví Dụ", "VT, Phòng Kinh tế")
        assert entry.receivers == "Nguyễn Văn Ví Dụ; Trung tâm Phục vụ hành chính công"
        assert entry.note == "đã cấp số, chưa gửi"

    def test_whose_letters_they_are_is_hidden_unless_asked(self, world: Letters) -> None:
        numbered(world, "H1", applicant="Lê Văn Mẫu")
        assert entries(world)[0].receivers == "(che); Trung tâm Phục vụ hành chính công"

    def test_a_cancelled_number_stays_with_its_reason(self, world: Letters) -> None:
        numbered(world, "H1", "H2")
        world.step(Move.CANCEL, "H1", why="sai tên đơn vị")
        first, second = entries(world)
        assert first.note == "HỦY 12/11/2026: sai tên đơn vị (Trần Thị Thí Dụ)"
        assert (first.number, second.number) == (1, 2)

    def test_what_was_sent_late_says_so(self, world: Letters) -> None:
        numbered(world, "H1", promised_at=moment("2026-11-12"))
        numbered(world, "H2", promised_at=moment("2026-11-13"))
        world.reach(Move.SIGN, Move.SEND)
        assert [each.note for each in entries(world)] == ["gửi muộn: gửi 12/11/2026, hết hạn 12/11/2026", ""]

    def test_of_a_span_of_days_and_of_one_register(self, world: Letters) -> None:
        numbered(world, "H1")
        numbered(world, "H2", resolving_unit="Phòng Văn hóa - Xã hội")
        assert [each.register for each in books(world.office, *YEAR)] == ["PKT", "PVH"]
        assert [each.register for each in books(world.office, *YEAR, "Phòng Văn hóa - Xã hội")] == ["PVH"]
        assert books(world.office, TODAY + timedelta(days=1), TODAY + timedelta(days=9)) == []
        with pytest.raises(ConfigError, match="không có sổ “PXX”; các sổ: co-quan, PKT, PVH"):
            books(world.office, *YEAR, "PXX")

    def test_a_register_whose_unit_is_gone_is_still_known(self, world: Letters) -> None:
        numbered(world, "H1")
        with world.office.store.writing() as connection:
            for table in (schema.letter, schema.letter_register):
                connection.execute(update(table).values(register="CU"))
        (book,) = books(world.office, *YEAR, "CU")
        assert (book.name, len(book.entries)) == ("CU", 1)


class TestWorkbook:
    def test_it_reads_back_as_it_was_written(self, world: Letters) -> None:
        start(world, "PKT", 118)
        numbered(world, "H1", "H2", applicant="=HYPERLINK(1)")
        world.step(Move.CANCEL, "H2", why="+sai")
        book = openpyxl.load_workbook(BytesIO(register_workbook(world.office, *YEAR, created=NOW)))
        (sheet,) = book.worksheets
        rows = list(sheet.iter_rows(values_only=True))
        assert rows[TOP] == HEADINGS
        assert [row[0] for row in rows[TOP + 2 : TOP + 4]] == ["118/PXL-PKT", "119/PXL-PKT"]
        assert rows[TOP + 2][4] == "=HYPERLINK(1); Trung tâm Phục vụ hành chính công"
        assert {cell.data_type for row in sheet.iter_rows(min_row=TOP + 3) for cell in row} <= {"s", "n"}
        assert any("bắt đầu từ số 118: tiếp sổ giấy (thử)" in str(row[0]) for row in rows)

    def test_the_same_register_gives_the_same_bytes(self, world: Letters) -> None:
        numbered(world, "H1")
        assert register_workbook(world.office, *YEAR, created=NOW) == register_workbook(
            world.office, *YEAR, created=NOW
        )

    @pytest.mark.parametrize("register", ["a/b[c]:d*e?f\\g'", "x" * 100, "Sổ", "sổ", "'"])
    def test_a_sheet_has_a_name_the_format_takes(self, register: str) -> None:
        sheets = [BookSheet(register, 2026, "Sổ", [], [["x"] * len(HEADINGS)])] * 2
        content = letter_book(sheets, office_name="UBND xã Ví Dụ", period="năm 2026", created=NOW)
        assert len(openpyxl.load_workbook(BytesIO(content)).worksheets) == 2

    def test_without_an_entry_it_says_so(self) -> None:
        content = letter_book([], office_name="UBND xã Ví Dụ", period="năm 2026", created=NOW)
        (sheet,) = openpyxl.load_workbook(BytesIO(content)).worksheets
        assert "Không có văn bản nào" in sheet["A1"].value


def start(
    world: Letters, register: str, first: int, *, year: int = 2026, dry_run: bool = False
) -> RegisterYear:
    return begin_register(world.office, register, year, first, NOW, "thử", "tiếp sổ giấy", dry_run=dry_run)


def kept(world: Letters) -> list[RegisterYear]:
    with world.office.store.reading() as connection:
        return register_years(connection)


class TestStart:
    def test_numbers_go_on_from_there(self, world: Letters) -> None:
        start(world, "phòng kinh tế", 118)
        numbered(world, "H1", "H2")
        assert [each.shown_number for each in entries(world)] == ["118/PXL-PKT", "119/PXL-PKT"]
        assert kept(world) == [RegisterYear("PKT", 2026, 118, 119, "thử", "tiếp sổ giấy")]
        assert check_registers(world.office) == []

    def test_it_can_be_set_right_until_a_number_was_given(self, world: Letters) -> None:
        start(world, "PKT", 181)
        start(world, "PKT", 118)
        numbered(world, "H1")
        with pytest.raises(LetterError, match="Phòng Kinh tế năm 2026 đã cấp đến số 118"):
            start(world, "PKT", 200)
        assert start(world, "PKT", 5, year=2027).year == 2027

    def test_a_trial_keeps_nothing(self, world: Letters) -> None:
        start(world, "PKT", 118, dry_run=True)
        assert kept(world) == []

    @pytest.mark.parametrize(
        ("first", "year", "problem"),
        [(0, 2026, "phải từ 1"), (1_000_000, 2026, "phải từ 1"), (1, 2024, "không phải năm nay")],
    )
    def test_what_cannot_be_meant(self, world: Letters, first: int, year: int, problem: str) -> None:
        with pytest.raises(LetterError, match=problem):
            start(world, "PKT", first, year=year)
        with pytest.raises(LetterError, match="nêu lý do"):
            begin_register(world.office, "PKT", 2026, 5, NOW, "thử", " ", dry_run=False)
        with pytest.raises(ConfigError, match="không có sổ “PXX”"):
            start(world, "PXX", 5)
        assert kept(world) == []

    def test_a_units_register_where_the_office_keeps_one(self, url: URL, tmp_path: Path) -> None:
        own = '[letters]\nregister = "office"\n'
        for world in opened(desk_in(tmp_path / "office").folder, url, SYMBOLS, own):
            with pytest.raises(LetterError, match="sổ của nó là co-quan"):
                start(world, "PKT", 5)
            assert start(world, "co-quan", 5).register == "co-quan"


class TestCheck:
    """What nobody can do through latewatch, done with the database's own tools."""

    def found(self, world: Letters) -> list[str]:
        texts = [each.text for each in check_office(world.office, NOW, None) if each.about == "sổ văn bản đi"]
        assert texts == check_registers(world.office)
        assert all(
            each.level is Level.BAD
            for each in check_office(world.office, NOW, None)
            if each.about == "sổ văn bản đi"
        )
        return texts

    def test_a_whole_register_is_silent(self, world: Letters) -> None:
        numbered(world, "H1", "H2")
        assert self.found(world) == []

    def test_a_gap(self, world: Letters) -> None:
        numbered(world, "H1", "H2", "H3")
        with world.office.store.writing() as connection:
            mine = schema.letter.c.number == 2
            connection.execute(
                update(schema.letter).where(mine).values(number=None, register=None, year=None)
            )
        assert self.found(world) == ["sổ Phòng Kinh tế năm 2026: thiếu số 2"]

    def test_a_double(self, world: Letters) -> None:
        numbered(world, "H1", "H2")
        with world.office.store.writing() as connection:
            connection.execute(text("DROP INDEX uq_letter_register_year_number"))
            connection.execute(update(schema.letter).values(number=1))
        assert self.found(world) == [
            "sổ Phòng Kinh tế năm 2026: thiếu số 2",
            "sổ Phòng Kinh tế năm 2026: trùng số 1",
        ]

    def test_a_date_that_runs_back(self, world: Letters) -> None:
        numbered(world, "H1", "H2")
        with world.office.store.writing() as connection:
            mine = schema.letter.c.number == 2
            connection.execute(update(schema.letter).where(mine).values(dated=TODAY - timedelta(days=1)))
        assert self.found(world) == ["sổ Phòng Kinh tế năm 2026: ngày lùi lại ở số 2"]

    def test_the_row_of_the_last_number_is_gone(self, world: Letters) -> None:
        numbered(world, "H1")
        with world.office.store.writing() as connection:
            connection.execute(delete(schema.letter_register))
        assert self.found(world) == ["sổ Phòng Kinh tế năm 2026: không còn dòng ghi số đã cấp đến đâu"]

    def test_the_database_itself_refuses_a_double(self, world: Letters) -> None:
        numbered(world, "H1", "H2")
        with pytest.raises(Exception, match="lỗi cơ sở dữ liệu"), world.office.store.writing() as connection:
            connection.execute(update(schema.letter).values(number=1))
        assert world.step(Move.CANCEL, why="thử", selection=Selection(unit="PKT"))
