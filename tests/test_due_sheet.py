"""“Phiếu giải trình thời hạn giải quyết” as it lies on the table: one page, everything told by words, no names."""

import io
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import pikepdf
import pytest
from amounts import usually
from offices import desk_in, row
from pdf_pages import Page, pages_of, text_of
from typer.testing import CliRunner
from worlds import CALENDAR

from latewatch.calendars.load import load_calendars
from latewatch.cli.entries import parse_moment, parse_stage, parse_suspension
from latewatch.cli.main import app
from latewatch.cli.place import Place
from latewatch.cli.whatif import WhatIf, extended
from latewatch.domain.account import exceptional_days, steps_of
from latewatch.domain.hours import WorkHours
from latewatch.domain.layers import Layer, WeekdayHours
from latewatch.domain.letters.letter import Letterhead
from latewatch.domain.limit import TimeLimit
from latewatch.domain.stages import holder
from latewatch.domain.trace import Mark
from latewatch.errors import SheetError
from latewatch.reports.due_printer import DueSheetPrinter
from latewatch.reports.due_sheet import DueSheet
from latewatch.reports.weeks import LEGEND, weeks_of

NOW = parse_moment("2026-03-20T08:00")
HEAD = Letterhead(
    governing_body="UBND tỉnh Mẫu",
    issuing_body="UBND xã Ví Dụ",
    place="Ví Dụ",
    signer_title="Chủ tịch",
    signer_name="Nguyễn Văn Ví Dụ",
)
PLACE = Place(load_calendars())

TWO = ("2026-03-09..2026-03-20=restart", "2026-04-13..2026-04-24=pause")
FOUR_UNITS = [
    "Bộ phận Một cửa=2026-02-13..2026-02-13T17:00=4h",
    "Chi cục Quản lý đất đai và Đo đạc bản đồ tỉnh Mẫu=2026-02-23T07:30..2026-03-03T15:00=5d",
    "Sở Nông nghiệp và Môi trường=2026-03-03T15:00..2026-03-10=3d",
    "UBND xã Ví Dụ=2026-03-10..=5d",
]


def sheet(
    received: str,
    limit: str,
    *suspensions: str,
    stages: Sequence[str] = (),
    new_date: str = "",
    place: Place = PLACE,
    calendar: str = "province",
) -> DueSheet:
    asked = WhatIf(
        received_at=parse_moment(received),
        limit=TimeLimit.parse(limit),
        entries=[parse_suspension(each) for each in suspensions],
        stages=[parse_stage(each) for each in stages],
        calendar=calendar,
    )
    account = asked.answer(place, NOW)
    if new_date:
        account = extended(account, parse_moment(new_date).date(), None)
    held = holder(account.stages)
    return DueSheet(account=account, head=HEAD, made_at=NOW, calendar_name="cả nước", holder=held)


CASES = {
    "five days across Tết": sheet("2026-02-13", "5d"),
    "60 days, two interruptions": sheet("2026-02-27T09:00", "60d", *TWO),
    "eight hours across lunch": sheet("2026-03-02T09:40", "8h"),
    "60 hours, begun anew": sheet("2026-02-27T15:00", "60h", "2026-03-09T10:00..2026-03-11T14:00=restart"),
    "minutes": sheet("2026-03-02T11:20", "30m"),
    "a month that ends on a Saturday": sheet("2026-01-31", "1mo"),
    "many months": sheet("2024-01-02", f"{usually(18, 36)}mo"),
    "750 working days": sheet("2024-02-13", "750d"),
    "thousands of hours": sheet("2024-02-13", f"{usually(3000, 6000)}h", "2024-03-04..2024-03-06=pause"),
    "an open supplement": sheet("2026-02-13", "15d", "2026-03-04T09:30.."),
    "within the day": sheet("2026-03-02T09:40", "day"),
    "within the day, too late": sheet("2026-03-06T16:40", "day"),
    "four units": sheet("2026-02-13T09:00", "20d", stages=FOUR_UNITS, new_date="2026-03-30"),
    "twelve interruptions": sheet(
        "2026-01-05", "60d", *(f"2026-{m:02}-{d:02}..2026-{m:02}-{d + 4:02}=pause" for m in range(2, 8) for d in (3, 17))
    ),
}  # fmt: skip
EACH = pytest.mark.parametrize("name", CASES)


@pytest.fixture(scope="module")
def printer() -> DueSheetPrinter:
    return DueSheetPrinter()


@cache
def printed(printer: DueSheetPrinter, name: str) -> bytes:
    """Draw each case once: many tests look at it."""
    return printer.pdf(CASES[name])


def page_of(printer: DueSheetPrinter, name: str) -> Page:
    (page,) = pages_of(printed(printer, name))
    return page


def words_of(printer: DueSheetPrinter, made: DueSheet | str) -> str:
    return page_of(printer, made).text if isinstance(made, str) else text_of(pages_of(printer.pdf(made)))


class TestPaper:
    @EACH
    def test_it_is_one_page_of_a4_with_room_to_sign(self, printer: DueSheetPrinter, name: str) -> None:
        page = page_of(printer, name)
        assert page.size == (595, 842)
        assert all(box.right <= page.width - 40 for box in page.boxes)
        title, signer = page.only("CHỦ TỊCH").box, page.only("Nguyễn Văn Ví Dụ").box
        assert signer.top - title.bottom > 40

    @pytest.mark.parametrize("name", ["60 days, two interruptions", "four units"])
    def test_a_long_procedure_and_unit_do_not_push_it_over(self, printer: DueSheetPrinter, name: str) -> None:
        long = replace(
            CASES[name],
            code="000.00.12.H99-261021-0009",
            procedure="Cấp giấy phép xây dựng mới, sửa chữa, cải tạo, di dời công trình cấp đặc biệt, cấp I, II " * 4,
            unit="Trung tâm Phục vụ hành chính công, chi nhánh số 12, phường Thí Điểm " * 3,
            doubts=("Ngày 24/11/2026 chờ xác nhận: hoán đổi mới được đề xuất (chưa thấy văn bản quyết định).",) * 3,
        )  # fmt: skip
        (page,) = pages_of(printer.pdf(long))
        assert "CHỦ TỊCH" in page.text

    def test_the_same_sheet_gives_the_same_bytes(self, printer: DueSheetPrinter) -> None:
        name = "60 days, two interruptions"
        assert DueSheetPrinter().pdf(CASES[name]) == printed(printer, name)

    def test_the_file_knows_what_it_is(self, printer: DueSheetPrinter) -> None:
        with pikepdf.open(io.BytesIO(printed(printer, "five days across Tết"))) as pdf:
            assert str(pdf.docinfo["/Title"]) == "Phiếu giải trình thời hạn giải quyết"
            assert str(pdf.docinfo["/Author"]) == "UBND xã Ví Dụ"
            assert str(pdf.Root.Lang) == "vi"

    @EACH
    def test_fonts_are_embedded_and_one_family(self, printer: DueSheetPrinter, name: str) -> None:
        fonts = page_of(printer, name).fonts
        assert fonts
        assert all(font.startswith(("Liberation-Serif", "Times-New-Roman")) for font, _ in fonts), fonts
        assert all(is_embedded for _, is_embedded in fonts), fonts

    @EACH
    def test_nothing_is_told_by_colour(self, printer: DueSheetPrinter, name: str) -> None:
        assert page_of(printer, name).has_only_grey()

    def test_text_is_composed_and_never_markup(self, printer: DueSheetPrinter) -> None:
        made = replace(
            CASES["five days across Tết"],
            code="H1",
            procedure=unicodedata.normalize("NFD", "Thủ tục <b>Ví Dụ</b> & {{ 7*7 }}"),
        )
        text = words_of(printer, made)
        assert "Thủ tục <b>Ví Dụ</b> & {{ 7*7 }}" in text
        assert unicodedata.is_normalized("NFC", text)


class TestWhatItSays:
    def test_the_head_and_the_facts(self, printer: DueSheetPrinter) -> None:
        made = replace(CASES["five days across Tết"], code="H99-1", procedure="Thủ tục Ví Dụ", unit="Phòng A")
        text = words_of(printer, made)
        for words in (
            "UBND TỈNH MẪU",
            "UBND XÃ VÍ DỤ",
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "Ví Dụ, ngày 20 tháng 3 năm 2026",
            "PHIẾU GIẢI TRÌNH THỜI HẠN GIẢI QUYẾT",
            "Hồ sơ mã số H99-1",
            "Thủ tục Ví Dụ",
            "Phòng A",
            "thứ Sáu 13/02/2026",
            "05 ngày làm việc",
            "hết ngày thứ Sáu 27/02/2026",
            "16/02–20/02/2026: Nghỉ Tết Nguyên đán Bính Ngọ (TB 9441/TB-BNV)",
            CALENDAR.version,
            "NGƯỜI LẬP PHIẾU",
        ):
            assert words in text, words

    @pytest.mark.parametrize(
        ("name", "says"),
        [
            ("60 days, two interruptions", "gián đoạn 09/03/2026–20/03/2026: tính lại từ đầu, thời hạn dừng 9 ngày"),
            ("60 days, two interruptions", "gián đoạn 13/04/2026–24/04/2026: tạm dừng rồi tính tiếp"),
            ("60 days, two interruptions", "× đã tính, không còn giá trị"),
            ("eight hours across lunch", "Giờ làm việc: 07:30-11:30, 13:00-17:00"),
            ("eight hours across lunch", "2:10 = 8:00"),
            ("60 hours, begun anew", "11 lại"),
            ("an open supplement", "chưa tính được, thời hạn đang dừng"),
            ("an open supplement", "Bổ sung chậm nhất hết ngày thứ Năm 19/03/2026"),
            ("within the day, too late", "tiếp nhận sau 15:00 thì trả trong ngày làm việc tiếp theo"),
            ("four units", "Hẹn lại: hết ngày thứ Hai 30/03/2026"),
            ("four units", "Dùng quá thời hạn của mình: "),
            ("four units", "Đang giữ hồ sơ: UBND xã Ví Dụ"),
            ("750 working days", "tuần, tính từ"),
        ],
    )  # fmt: skip
    def test_of_each_case(self, printer: DueSheetPrinter, name: str, says: str) -> None:
        assert says in words_of(printer, name)

    def test_a_what_if_says_that_it_is_none_of_a_dossier(self, printer: DueSheetPrinter) -> None:
        assert "Tính thử, không gắn với hồ sơ nào" in words_of(printer, "five days across Tết")

    @EACH
    def test_every_counted_day_has_its_number_in_the_calendar(self, name: str) -> None:
        account = CASES[name].account
        cells = [cell for week in weeks_of(account, steps_of(account), joins=False) for cell in week.cells]
        counted = [cell for cell in cells if cell.kind == Mark.COUNTED]
        assert len([cell for cell in cells if cell.kind != "outside"]) == len(steps_of(account))
        if not account.is_by_clock:
            assert [cell.word for cell in counted] == [str(n + 1) for n in range(len(counted))]
        assert sum(cell.is_due for cell in cells) == (account.deadline.due_on is not None)

    def test_every_mark_has_a_word_and_a_meaning(self) -> None:
        assert set(LEGEND) == set(Mark)
        assert len({sample for sample, _ in LEGEND.values()}) == len(LEGEND)

    def test_joined_weeks_lose_no_day(self) -> None:
        account = CASES["750 working days"].account
        joined = weeks_of(account, steps_of(account), joins=True)
        told = sum(int(week.joined.split(": ")[1].split(" tuần")[0]) if week.joined else 1 for week in joined)
        assert told == len(weeks_of(account, steps_of(account), joins=False))

    def test_hours_that_differ_from_day_to_day_are_told(self, printer: DueSheetPrinter) -> None:
        own = Layer("unit:PKT", week=(WeekdayHours(5, WorkHours.parse("07:30-11:30")),))
        place = Place(load_calendars(layers=[own]))
        made = sheet("2026-03-06T09:40", "16h", place=place, calendar="unit:PKT")
        assert "07:30-11:30, 13:00-17:00; riêng 07/03/2026: 07:30-11:30" in words_of(printer, made)

    def test_runs_of_one_entry_are_one_line(self) -> None:
        account = CASES["five days across Tết"].account
        (tet,) = exceptional_days(steps_of(account), account.calendar)
        assert (tet.first.day, tet.last.day) == (16, 20)


class TestOfADossier:
    def test_it_holds_no_name_phone_or_address(self, tmp_path: Path) -> None:
        desk = desk_in(tmp_path / "office")
        facts = {"applicant": "Trần Thị Ví Dụ", "phone": "0900000123"}
        desk.export("a.csv", [row("H1", "05/10/2026", limit="10", promised="21/10/2026", **facts)])
        desk.poll()
        path = tmp_path / "h1.pdf"
        config = ("--config", str(desk.folder / "config.toml"))
        command = ["explain", "H1", "--pdf", str(path), "--at", "2026-11-12T08:00", *config]
        result = CliRunner().invoke(app, command, catch_exceptions=False)
        assert f"Đã ghi {path}" in result.output
        content = path.read_bytes()
        (page,) = pages_of(content)
        text = page.text
        for fact in ("Trần", "0900000123"):
            assert fact not in text
            assert fact.encode() not in content
        for words in (
            "Hồ sơ mã số H1",
            "(theo hồ sơ)",
            "hẹn muộn hơn quy định 2 ngày làm việc",
            "quá hạn, trễ",
        ):
            assert words in text
        CliRunner().invoke(app, command, catch_exceptions=False)
        assert path.read_bytes() == content

    def test_without_a_limit_it_says_so(self, printer: DueSheetPrinter, tmp_path: Path) -> None:
        desk = desk_in(tmp_path / "office")
        desk.export("a.csv", [row("H1", promised="21/11/2026")])
        desk.poll()
        path = tmp_path / "h1.pdf"
        config = ("--config", str(desk.folder / "config.toml"))
        CliRunner().invoke(app, ["explain", "H1", "--pdf", str(path), *config], catch_exceptions=False)
        told = text_of(pages_of(path))
        assert "Không tính được hạn theo quy định: không rõ thời hạn giải quyết." in told

    def test_the_command_line_writes_one_too(self, tmp_path: Path) -> None:
        path = tmp_path / "new" / "thu.pdf"
        asked = ["due", "--received", "2026-02-13", "--limit", "5d", "--pdf", str(path), "--at", "2026-03-20"]
        result = CliRunner().invoke(app, [*asked, "--config", "config.toml"])
        assert result.exit_code == 0, result.output
        assert path.read_bytes().startswith(b"%PDF")


class TestOfficeTemplates:
    def test_the_office_s_own_wins(self, tmp_path: Path) -> None:
        (tmp_path / "giai-trinh.html").write_text(
            "<p>Phiếu của {{ head.issuing_body }}</p>", encoding="utf-8"
        )
        content = DueSheetPrinter(tmp_path).pdf(CASES["five days across Tết"])
        assert text_of(pages_of(content)) == "Phiếu của UBND xã Ví Dụ"

    @pytest.mark.parametrize(
        "wrong", ["{{ khong_co }}", "{% if %}", "{{ ''.__class__ }}", '<img src="http://127.0.0.1:9/a.png">']
    )
    def test_what_it_does_wrong_names_the_file(self, tmp_path: Path, wrong: str) -> None:
        (tmp_path / "giai-trinh.html").write_text(wrong, encoding="utf-8")
        with pytest.raises(SheetError, match=r"giai-trinh\.html.*mẫu phiếu"):
            DueSheetPrinter(tmp_path).pdf(CASES["five days across Tết"])

    def test_a_folder_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(SheetError, match="không có thư mục mẫu này"):
            DueSheetPrinter(tmp_path / "khong-co")
