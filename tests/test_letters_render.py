"""The letter as the citizen holds it: its text, its layout by Nghị định 30/2020, and what its template may read."""

import io
import unicodedata
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pikepdf
import pytest
from pdf_pages import MM, Box, Page, Words, pages_of, text_of

from latewatch.clock import parse_instant
from latewatch.config import Letters
from latewatch.domain.letters.letter import Letter, LetterForm, Letterhead
from latewatch.errors import LetterError
from latewatch.letters.checking.samples import samples
from latewatch.letters.making import letter_printer
from latewatch.letters.render import LetterPrinter
from latewatch.letters.wording import default_title
from latewatch.paper.measure import fitted, text_width
from latewatch.paper.wording import ALPHABET, balanced, long_date

BOTH = pytest.mark.parametrize("form", list(LetterForm), ids=str)

HEAD = Letterhead(
    governing_body="Ủy ban nhân dân tỉnh Mẫu",
    issuing_body="Sở Xây dựng",
    place="Mẫu",
    signer_title="Giám đốc",
    unit_name="Sở Xây dựng",
    symbol="PXL-SXD",
    desk_name="Trung tâm Phục vụ hành chính công tỉnh Mẫu",
)
LETTER = Letter(
    head=HEAD,
    form=LetterForm.EXTENSION,
    title="",
    dated=date(2026, 11, 12),
    code="H99.01-261009-0004",
    applicant="Nguyễn Văn Ví Dụ",
    address="Tổ 5, phường Thí Điểm, tỉnh Mẫu",
    phone="0900000123",
    received_at=parse_instant("2026-10-09T09:30"),
    procedure="Cấp giấy phép xây dựng mới đối với nhà ở riêng lẻ",
    field="Hoạt động xây dựng",
    promised_on=date(2026, 11, 13),
    new_date=date(2026, 11, 20),
    reason="hồ sơ cần lấy ý kiến của cơ quan phối hợp",
)
LONG = replace(
    LETTER,
    applicant="Công ty Trách nhiệm hữu hạn Một thành viên Đầu tư, Xây dựng, Thương mại và Dịch vụ Tổng hợp Ví Dụ Số Mười Hai",
    procedure="Cấp giấy phép xây dựng mới, giấy phép sửa chữa, cải tạo, giấy phép di dời công trình đối với công trình cấp đặc biệt, cấp I, cấp II "
    * 2,
    reason="hồ sơ cần lấy ý kiến của nhiều cơ quan phối hợp, phải xác minh thực địa nhiều lần " * 30,
)


@pytest.fixture(scope="module")
def printer() -> LetterPrinter:
    return LetterPrinter()


@cache
def printers(paper: str, window_envelope: bool = False) -> LetterPrinter:
    return LetterPrinter(paper=paper, window_envelope=window_envelope)


@cache
def printed(printer: LetterPrinter, letter: Letter) -> bytes:
    """Draw each letter once: many tests look at the same."""
    return printer.pdf(letter)


def opened(printer: LetterPrinter, letter: Letter) -> list[Page]:
    return pages_of(printed(printer, letter))


def words_of(printer: LetterPrinter, letter: Letter) -> str:
    return text_of(opened(printer, letter))


def rules_below(page: Page, line: Words, within: float = 8) -> list[float]:
    """The widths of the solid rules that stand within some points below a line."""
    bottom, left, right = line.box.bottom, line.box.left - 2, line.box.right + 2
    return [
        rule.right - rule.left
        for rule in page.rules
        if bottom - 3 <= rule.top <= bottom + within and rule.left >= left and rule.right <= right
    ]


class TestWhatItSays:
    @BOTH
    def test_every_fact_of_the_dossier(self, printer: LetterPrinter, form: LetterForm) -> None:
        text = words_of(printer, replace(LETTER, form=form))
        for fact in (
            "ỦY BAN NHÂN DÂN TỈNH MẪU",
            "SỞ XÂY DỰNG",
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "Độc lập - Tự do - Hạnh phúc",
            "Mẫu, ngày 12 tháng 11 năm 2026",
            "Nguyễn Văn Ví Dụ",
            "Tổ 5, phường Thí Điểm, tỉnh Mẫu",
            "0900000123",
            "09/10/2026",
            "H99.01-261009-0004",
            "Cấp giấy phép xây dựng mới đối với nhà ở riêng lẻ",
            "Hoạt động xây dựng",
            "13/11/2026",
            "Lý do: hồ sơ cần lấy ý kiến của cơ quan phối hợp.",
            "xin lỗi",
            "ngày 20/11/2026 (thứ Sáu)",
            "118/2025/NĐ-CP",
            "Nơi nhận:",
            "Lưu: VT.",
            "GIÁM ĐỐC",
        ):
            assert fact in text, fact

    @BOTH
    def test_its_title_is_the_form_s_or_the_office_s(self, printer: LetterPrinter, form: LetterForm) -> None:
        assert default_title(form) in words_of(printer, replace(LETTER, form=form))
        assert "THƯ XIN LỖI CỦA SỞ MẪU" in words_of(
            printer, replace(LETTER, form=form, title="Thư xin lỗi của Sở Mẫu")
        )

    @BOTH
    @pytest.mark.parametrize(("dated", "says"), [
        pytest.param("2026-11-12", "dự kiến không hoàn thành đúng hạn", id="the day before: expected"),
        pytest.param("2026-11-13", "dự kiến không hoàn thành đúng hạn", id="the day itself: expected"),
        pytest.param("2026-11-16", "đến nay", id="after it: has passed"),
    ])  # fmt: skip
    def test_a_delay_is_expected_or_has_come(
        self, printer: LetterPrinter, form: LetterForm, dated: str, says: str
    ) -> None:
        assert says in words_of(printer, replace(LETTER, form=form, dated=date.fromisoformat(dated))).replace(
            "Đến nay", "đến nay"
        )

    @BOTH
    def test_without_a_reason_there_is_room_to_write_one(
        self, printer: LetterPrinter, form: LetterForm
    ) -> None:
        (page,) = opened(printer, replace(LETTER, form=form, reason=""))
        assert "Lý do:" in page.text

    @pytest.mark.parametrize(
        ("number", "printed"), [(None, "Số: /PXL-SXD"), (7, "Số: 07/PXL-SXD"), (112, "Số: 112/PXL-SXD")]
    )
    def test_its_number(self, printer: LetterPrinter, number: int | None, printed: str) -> None:
        assert printed in words_of(printer, replace(LETTER, number=number))

    def test_a_deputy_signs_for_the_head(self, printer: LetterPrinter) -> None:
        head = replace(HEAD, deputy_title="Phó Giám đốc", signer_name="Trần Văn Ví Dụ")
        text = words_of(printer, replace(LETTER, head=head))
        assert text.index("KT. GIÁM ĐỐC") < text.index("PHÓ GIÁM ĐỐC") < text.index("Trần Văn Ví Dụ")

    @pytest.mark.parametrize(
        ("day", "words"),
        [
            (date(2026, 2, 2), "ngày 02 tháng 02 năm 2026"),
            (date(2026, 3, 9), "ngày 09 tháng 3 năm 2026"),
            (date(2026, 10, 10), "ngày 10 tháng 10 năm 2026"),
        ],
        ids=str,
    )
    def test_zeros_of_a_date(self, day: date, words: str) -> None:
        assert long_date(day) == words

    def test_decomposed_text_is_composed(self, printer: LetterPrinter) -> None:
        letter = replace(LETTER, applicant=unicodedata.normalize("NFD", LETTER.applicant))
        text = words_of(printer, letter)
        assert LETTER.applicant in text
        assert unicodedata.is_normalized("NFC", text)

    def test_what_comes_from_data_is_never_markup(self, printer: LetterPrinter) -> None:
        letter = replace(LETTER, applicant="<b>Ví Dụ</b> & {{ 7*7 }}", reason="<script>x</script>")
        text = words_of(printer, letter)
        assert "<b>Ví Dụ</b> & {{ 7*7 }}" in text
        assert "<script>x</script>" in text


class TestLayout:
    @BOTH
    @pytest.mark.parametrize("number", [None, 7])
    def test_an_ordinary_letter_is_one_page_of_a4(
        self, printer: LetterPrinter, form: LetterForm, number: int | None
    ) -> None:
        (page,) = opened(printer, replace(LETTER, form=form, number=number))
        assert (round(page.width / MM), round(page.height / MM)) == (210, 297)

    @BOTH
    def test_the_margins(self, printer: LetterPrinter, form: LetterForm) -> None:
        boxes = opened(printer, replace(LETTER, form=form))[0].boxes
        assert 29.5 <= min(box.left for box in boxes) / MM <= 35
        assert 15 <= 210 - max(box.right for box in boxes) / MM <= 20.5
        assert 19.5 <= min(box.top for box in boxes) / MM <= 25

    @BOTH
    def test_fonts_are_embedded_and_of_times_measures(self, printer: LetterPrinter, form: LetterForm) -> None:
        (page,) = opened(printer, replace(LETTER, form=form))
        assert page.fonts
        assert all(font.startswith(("Liberation-Serif", "Times-New-Roman")) for font, _ in page.fonts), (
            f"{page.fonts}: a letter some font lacks is drawn with another one"
        )
        assert all(is_embedded for _, is_embedded in page.fonts)

    def test_every_vietnamese_letter_is_drawn_with_one_font(self, printer: LetterPrinter) -> None:
        assert len(ALPHABET) == 24 * 6 + 2
        assert len(printer.font_families()) == 1

    def test_a_font_that_lacks_letters_is_found_out(self, tmp_path: Path) -> None:
        (tmp_path / "letter.css").write_text(
            "p { font-family: 'Liberation Serif' } b { font-family: 'Liberation Mono' }"
        )
        assert len(LetterPrinter(tmp_path).font_families()) == 2

    def test_the_nation_s_name_stands_on_one_line(self, printer: LetterPrinter) -> None:
        line = opened(printer, LETTER)[0].line_with("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
        assert max(box.bottom for box in line.boxes) - min(box.bottom for box in line.boxes) < 1
        assert {round(size) for size in line.sizes} <= {12, 13}
        assert all("Bold" in font for font in line.fonts)

    def test_the_rule_below_the_motto_is_as_long_as_the_motto(self, printer: LetterPrinter) -> None:
        page = opened(printer, LETTER)[0]
        line = page.line_with("Độc lập - Tự do - Hạnh phúc")
        assert {round(size) for size in line.sizes} <= {13, 14}
        (rule,) = rules_below(page, line)
        assert rule == pytest.approx(line.width, rel=0.02)

    @pytest.mark.parametrize("body", ["Sở Xây dựng", "Sở Nông nghiệp và Môi trường", "Xã Ví Dụ"])
    def test_the_rule_below_the_issuing_body_is_a_third_to_half_of_it(
        self, printer: LetterPrinter, body: str
    ) -> None:
        page = opened(printer, replace(LETTER, head=replace(HEAD, issuing_body=body)))[0]
        lines = [page.line_with(line) for line in balanced(body.upper(), 26)]
        width = max(line.width for line in lines)
        (rule,) = rules_below(page, max(lines, key=lambda line: line.box.bottom))
        assert width / 3 <= rule <= width / 2

    @pytest.mark.parametrize(
        ("words", "sizes", "style"),
        [
            ("SỞ XÂY DỰNG", {12, 13}, "Bold"),
            ("Mẫu, ngày 12 tháng 11 năm 2026", {13, 14}, "Italic"),
            ("VĂN BẢN XIN LỖI VÀ ĐỀ NGHỊ", {13, 14}, "Bold"),
            ("GIÁM ĐỐC", {13, 14}, "Bold"),
            ("Nơi nhận:", {12}, "BoldItalic"),
            ("- Như trên;", {11}, ""),
        ],
    )
    def test_sizes_and_styles(self, printer: LetterPrinter, words: str, sizes: set[int], style: str) -> None:
        line = opened(printer, LETTER)[0].line_with(words)
        assert {round(size) for size in line.sizes} <= sizes
        assert all(style in font.replace("-", "") for font in line.fonts)

    @BOTH
    def test_long_words_wrap_and_the_second_page_is_numbered(
        self, printer: LetterPrinter, form: LetterForm
    ) -> None:
        first, second = opened(printer, replace(LONG, form=form))
        above = Box(0, 0, first.width, 19 * MM)
        assert all(box.right <= (210 - 15) * MM for page in (first, second) for box in page.boxes)
        assert first.words_in(above).text == ""
        assert second.words_in(above).text == "2"
        assert {round(size) for size in second.words_in(above).sizes} <= {13, 14}
        assert "Nơi nhận" not in second.text[:60], "the signature never stands alone"

    @BOTH
    def test_a_word_without_end_is_broken(self, printer: LetterPrinter, form: LetterForm) -> None:
        pages = opened(printer, replace(LETTER, form=form, applicant="V" * 120, procedure="X" * 300))
        assert all(box.right <= (210 - 15) * MM for page in pages for box in page.boxes)

    def test_the_file_knows_what_it_is(self, printer: LetterPrinter) -> None:
        with pikepdf.open(io.BytesIO(printed(printer, LETTER))) as pdf:
            assert str(pdf.docinfo["/Title"]) == default_title(LetterForm.EXTENSION)
            assert str(pdf.docinfo["/Author"]) == "Sở Xây dựng"
            assert str(pdf.Root.Lang) == "vi"

    def test_the_same_letter_gives_the_same_bytes(self, printer: LetterPrinter) -> None:
        assert LetterPrinter().pdf(LETTER) == printed(printer, LETTER)


ORDINARY = [
    pytest.param(sample.letter, paper, id=f"{form}-{paper}-{sample.name}")
    for form in LetterForm
    for paper in ("A4", "A5")
    for sample in samples(form)
    if sample.is_ordinary
]


class TestHeadings:
    @pytest.mark.parametrize(
        ("text", "lines"),
        [
            ("SỞ XÂY DỰNG", ["SỞ XÂY DỰNG"]),
            ("ỦY BAN NHÂN DÂN TỈNH MẪU", ["ỦY BAN NHÂN DÂN TỈNH MẪU"]),
            ("SỞ NÔNG NGHIỆP VÀ MÔI TRƯỜNG", ["SỞ NÔNG NGHIỆP", "VÀ MÔI TRƯỜNG"]),
            ("ỦY BAN NHÂN DÂN\nXÃ VÍ DỤ", ["ỦY BAN NHÂN DÂN", "XÃ VÍ DỤ"]),
            ("X" * 40 + " VÀ", ["X" * 40, "VÀ"]),
            ("", []),
        ],
    )
    def test_a_heading_is_broken_by_its_width(self, text: str, lines: list[str]) -> None:
        assert fitted(text, 15) == lines

    @pytest.mark.parametrize("words", ["SỞ XÂY DỰNG", "SỞ NÔNG NGHIỆP", "Hồ sơ mã số H99.01-261009-0004"])
    def test_the_width_is_that_of_the_font(self, printer: LetterPrinter, words: str) -> None:
        head = replace(HEAD, issuing_body=words)
        line = opened(printer, replace(LETTER, head=head))[0].line_with(words)
        assert all("Bold" in font for font in line.fonts)
        width = line.width / max(line.sizes)
        assert text_width(words) == pytest.approx(width, rel=0.04), "marks of ơ and ư are not measured"

    def test_the_printer_follows_the_settings(self) -> None:
        printer = letter_printer(Letters(paper="A5", lookup_url="https://mau.example/{code}"))
        assert round(opened(printer, LETTER)[0].width / MM) == 148
        assert printer.html(LETTER)[1] == f"https://mau.example/{LETTER.code}"


class TestPaper:
    @pytest.mark.parametrize(("letter", "paper"), ORDINARY)
    def test_an_ordinary_letter_is_one_page(self, letter: Letter, paper: str) -> None:
        assert len(opened(printers(paper), letter)) == 1

    @BOTH
    def test_a5(self, form: LetterForm) -> None:
        (page,) = opened(printers("A5"), replace(LETTER, form=form))
        assert (round(page.width / MM), round(page.height / MM)) == (148, 210)
        assert min(box.left for box in page.boxes) / MM >= 17.5
        assert max(box.right for box in page.boxes) / MM <= 148 - 11.5
        assert min(page.words.sizes) >= 7
        assert page.line_with("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")

    @pytest.mark.parametrize("sentences", [5, 9, 10, 11, 12, 13, 14, 15, 17, 20, 24, 40])
    @BOTH
    def test_nothing_is_lost_where_the_page_ends(self, form: LetterForm, sentences: int) -> None:
        reason = " ".join(
            f"Lý do thứ {number} là một câu dài vừa phải để thử." for number in range(sentences)
        )
        head = replace(HEAD, signer_name="Trần Văn Thí Điểm")
        pages = opened(printers("A4"), replace(LETTER, form=form, reason=reason, head=head, number=7))
        last, text = pages[-1].text, text_of(pages)
        assert all(f"thứ {number} là" in text for number in range(sentences))
        for kept in (
            "Ông/Bà/Tổ chức",
            "GIÁM ĐỐC",
            "Trần Văn Thí Điểm",
            "Nơi nhận:",
            "- Lưu: VT.",
            "Mã kiểm tra",
        ):
            assert kept in last, f"{kept} stands apart from the end of the letter"

    def test_text_is_extracted_composed(self) -> None:
        for sample in samples(LetterForm.APOLOGY_SLIP):
            text = words_of(printers("A4"), sample.letter)
            assert unicodedata.is_normalized("NFC", text)
            assert sample.letter.applicant.replace(" ", "") in text.replace(" ", "")
            assert "\ufffd" not in text


ZONE = Box(20 * MM, 54 * MM, 96 * MM, 90 * MM)  # what a DL or C6 window shows, wherever the sheet slides to


class TestWindowEnvelope:
    @pytest.mark.parametrize("paper", ["A4", "A5"])
    @BOTH
    def test_the_window_shows_name_and_address_and_nothing_else(self, form: LetterForm, paper: str) -> None:
        for sample in samples(form):
            if sample.name not in ("thuong", "ten-dai", "nuoc-ngoai"):
                continue
            letter = sample.letter
            pages = opened(printers(paper, True), letter)
            assert pages[0].words_in(ZONE).text == f"Kính gửi: {letter.applicant} {letter.address}"
            assert letter.phone in text_of(pages)

    @BOTH
    def test_a_long_head_moves_the_address_within_the_window(self, form: LetterForm) -> None:
        (letter,) = (sample.letter for sample in samples(form) if sample.name == "co-quan-dai")
        shown = opened(printers("A4", True), letter)[0].words_in(ZONE).text
        assert shown == f"Số: 07/PXL-VPHĐND&UBND Kính gửi: {letter.applicant} {letter.address}"

    def test_a_letter_in_one_is_still_one_page_of_a4(self) -> None:
        for form in LetterForm:
            for sample in samples(form):
                if sample.is_ordinary:
                    assert len(opened(printers("A4", True), sample.letter)) == 1, sample.name


class TestOfficeTemplates:
    """An office's own folder: it wins, it may use its own files, and it reaches nothing else."""

    def render(self, folder: Path, body: str) -> bytes:
        (folder / "tt03-2025.html").write_text(body, encoding="utf-8")
        return LetterPrinter(folder).pdf(LETTER)

    def test_it_wins_over_the_shipped_one(self, tmp_path: Path) -> None:
        content = self.render(tmp_path, "<p>Thư riêng của {{ head.issuing_body }}</p>")
        assert text_of(pages_of(content)) == "Thư riêng của Sở Xây dựng"

    def test_it_may_show_its_own_picture(self, tmp_path: Path) -> None:
        (tmp_path / "dau.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
        assert self.render(tmp_path, '<img src="dau.svg">').startswith(b"%PDF")

    @pytest.mark.parametrize(
        "reaching",
        [
            '<img src="http://127.0.0.1:9/a.png">',
            '<img src="https://example.com/a.png">',
            '<img src="file:///etc/hostname">',
            '<img src="../secret.txt">',
            '<link rel="stylesheet" href="file:///etc/hostname">',
            '<link rel="attachment" href="file:///etc/hostname">',
            '<style>@import url("http://127.0.0.1:9/a.css");</style>',
            '<style>p { background: url("file:///etc/hostname") }</style><p>x</p>',
            '<img src="link.txt">',
        ],
    )
    def test_it_reads_nothing_outside_its_folder(self, tmp_path: Path, reaching: str) -> None:
        folder = tmp_path / "mau"
        folder.mkdir()
        (tmp_path / "secret.txt").write_text("bí mật", encoding="utf-8")
        (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
        with pytest.raises(LetterError, match="mẫu thư"):
            self.render(folder, reaching)

    @pytest.mark.parametrize(
        "wrong",
        [
            "{{ letter.khong_co }}",
            "{{ khong_co }}",
            "{% if %}",
            "{{ ''.__class__.__mro__ }}",
            "{{ letter.__init__.__globals__ }}",
            "{% include '../x.html' %}",
        ],
    )
    def test_what_it_does_wrong_names_the_file(self, tmp_path: Path, wrong: str) -> None:
        with pytest.raises(LetterError, match=r"tt03-2025\.html"):
            self.render(tmp_path, wrong)

    def test_a_folder_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(LetterError, match="không có thư mục mẫu thư"):
            LetterPrinter(tmp_path / "khong-co").pdf(LETTER)
