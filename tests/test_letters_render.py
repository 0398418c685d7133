"""The letter as the citizen holds it: its text, its layout by Nghị định 30/2020, and what its template may read."""

import io
import unicodedata
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from pdfminer.pdftypes import resolve1

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

MM = 72 / 25.4
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


def opened(printer: LetterPrinter, letter: Letter) -> pdfplumber.PDF:
    return pdfplumber.open(io.BytesIO(printer.pdf(letter)))


def text_of(pdf: pdfplumber.PDF) -> str:
    """The text of all pages as one line."""
    return " ".join(" ".join((page.extract_text() or "") for page in pdf.pages).split())


def line_with(page: Any, words: str) -> list[dict[str, Any]]:
    """The characters of the line in which `words` stand, and only those of the words."""
    for line in page.extract_text_lines(return_chars=True):
        start = line["text"].find(words)
        if start >= 0:
            found = page.search(words.replace("(", r"\("), regex=True)
            return found[0]["chars"]
    raise AssertionError(f"no line holds “{words}” in one piece")


def rules_below(page: Any, chars: list[dict[str, Any]], within: float = 8) -> list[float]:
    """The widths of the solid rules that stand within some points below these characters."""
    bottom = max(char["bottom"] for char in chars)
    left, right = chars[0]["x0"], chars[-1]["x1"]
    drawn = [*page.rects, *page.lines]
    return [
        rule["x1"] - rule["x0"]
        for rule in drawn
        if bottom - 3 <= rule["top"] <= bottom + within and rule["x0"] >= left - 2 and rule["x1"] <= right + 2
    ]


def descriptor_of(font: dict[str, Any]) -> dict[str, Any]:
    """The descriptor of a PDF font, which holds the font's file where it is embedded."""
    descendant = resolve1(resolve1(font["DescendantFonts"])[0])
    return resolve1(descendant["FontDescriptor"])


class TestWhatItSays:
    @BOTH
    def test_every_fact_of_the_dossier(self, printer: LetterPrinter, form: LetterForm) -> None:
        with opened(printer, replace(LETTER, form=form)) as pdf:
            text = text_of(pdf)
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
        with opened(printer, replace(LETTER, form=form)) as pdf:
            assert default_title(form) in text_of(pdf)
        with opened(printer, replace(LETTER, form=form, title="Thư xin lỗi của Sở Mẫu")) as pdf:
            assert "THƯ XIN LỖI CỦA SỞ MẪU" in text_of(pdf)

    @BOTH
    @pytest.mark.parametrize(("dated", "says"), [
        pytest.param("2026-11-12", "dự kiến không hoàn thành đúng hạn", id="the day before: expected"),
        pytest.param("2026-11-13", "dự kiến không hoàn thành đúng hạn", id="the day itself: expected"),
        pytest.param("2026-11-16", "đến nay", id="after it: has passed"),
    ])  # fmt: skip
    def test_a_delay_is_expected_or_has_come(
        self, printer: LetterPrinter, form: LetterForm, dated: str, says: str
    ) -> None:
        with opened(printer, replace(LETTER, form=form, dated=date.fromisoformat(dated))) as pdf:
            assert says in text_of(pdf).replace("Đến nay", "đến nay")

    @BOTH
    def test_without_a_reason_there_is_room_to_write_one(
        self, printer: LetterPrinter, form: LetterForm
    ) -> None:
        with opened(printer, replace(LETTER, form=form, reason="")) as pdf:
            assert "Lý do:" in text_of(pdf)
            assert len(pdf.pages) == 1

    @pytest.mark.parametrize(
        ("number", "printed"), [(None, "Số: /PXL-SXD"), (7, "Số: 07/PXL-SXD"), (112, "Số: 112/PXL-SXD")]
    )
    def test_its_number(self, printer: LetterPrinter, number: int | None, printed: str) -> None:
        with opened(printer, replace(LETTER, number=number)) as pdf:
            assert printed in text_of(pdf)

    def test_a_deputy_signs_for_the_head(self, printer: LetterPrinter) -> None:
        head = replace(HEAD, deputy_title="Phó Giám đốc", signer_name="Trần Văn Ví Dụ")
        with opened(printer, replace(LETTER, head=head)) as pdf:
            text = text_of(pdf)
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
        with opened(printer, letter) as pdf:
            text = text_of(pdf)
        assert LETTER.applicant in text
        assert unicodedata.is_normalized("NFC", text)

    def test_what_comes_from_data_is_never_markup(self, printer: LetterPrinter) -> None:
        letter = replace(LETTER, applicant="<b>Ví Dụ</b> & {{ 7*7 }}", reason="<script>x</script>")
        with opened(printer, letter) as pdf:
            text = text_of(pdf)
        assert "<b>Ví Dụ</b> & {{ 7*7 }}" in text
        assert "<script>x</script>" in text


class TestLayout:
    @BOTH
    @pytest.mark.parametrize("number", [None, 7])
    def test_an_ordinary_letter_is_one_page_of_a4(
        self, printer: LetterPrinter, form: LetterForm, number: int | None
    ) -> None:
        with opened(printer, replace(LETTER, form=form, number=number)) as pdf:
            (page,) = pdf.pages
            assert (round(page.width / MM), round(page.height / MM)) == (210, 297)

    @BOTH
    def test_the_margins(self, printer: LetterPrinter, form: LetterForm) -> None:
        with opened(printer, replace(LETTER, form=form)) as pdf:
            chars = pdf.pages[0].chars
            left = min(c["x0"] for c in chars) / MM
            right = 210 - max(c["x1"] for c in chars if c["text"].strip()) / MM
            top = min(c["top"] for c in chars) / MM
            assert 29.5 <= left <= 35
            assert 15 <= right <= 20.5
            assert 19.5 <= top <= 25

    @BOTH
    def test_fonts_are_embedded_and_of_times_measures(self, printer: LetterPrinter, form: LetterForm) -> None:
        with opened(printer, replace(LETTER, form=form)) as pdf:
            (page,) = pdf.pages
            names = {char["fontname"].partition("+")[2] for char in page.chars}
            fonts = resolve1(resolve1(page.page_obj.resources)["Font"])
            descriptors = [descriptor_of(resolve1(font)) for font in fonts.values()]
        assert all(name.startswith(("Liberation-Serif", "Times-New-Roman")) for name in names), (
            f"{names}: a letter some font lacks is drawn with another one"
        )
        assert all({"FontFile", "FontFile2", "FontFile3"} & descriptor.keys() for descriptor in descriptors)

    def test_every_vietnamese_letter_is_drawn_with_one_font(self, printer: LetterPrinter) -> None:
        assert len(ALPHABET) == 24 * 6 + 2
        assert len(printer.font_families()) == 1

    def test_a_font_that_lacks_letters_is_found_out(self, tmp_path: Path) -> None:
        (tmp_path / "letter.css").write_text(
            "p { font-family: 'Liberation Serif' } b { font-family: 'Liberation Mono' }"
        )
        assert len(LetterPrinter(tmp_path).font_families()) == 2

    def test_the_nation_s_name_stands_on_one_line(self, printer: LetterPrinter) -> None:
        with opened(printer, LETTER) as pdf:
            chars = line_with(pdf.pages[0], "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
            assert max(c["bottom"] for c in chars) - min(c["bottom"] for c in chars) < 1
            assert {round(char["size"]) for char in chars} <= {12, 13}
            assert all("Bold" in char["fontname"] for char in chars)

    def test_the_rule_below_the_motto_is_as_long_as_the_motto(self, printer: LetterPrinter) -> None:
        with opened(printer, LETTER) as pdf:
            page = pdf.pages[0]
            chars = line_with(page, "Độc lập - Tự do - Hạnh phúc")
            width = chars[-1]["x1"] - chars[0]["x0"]
            assert {round(char["size"]) for char in chars} <= {13, 14}
            (rule,) = rules_below(page, chars)
            assert rule == pytest.approx(width, rel=0.02)

    @pytest.mark.parametrize("body", ["Sở Xây dựng", "Sở Nông nghiệp và Môi trường", "Xã Ví Dụ"])
    def test_the_rule_below_the_issuing_body_is_a_third_to_half_of_it(
        self, printer: LetterPrinter, body: str
    ) -> None:
        with opened(printer, replace(LETTER, head=replace(HEAD, issuing_body=body))) as pdf:
            page = pdf.pages[0]
            lines = [line_with(page, line) for line in balanced(body.upper(), 26)]
            width = max(chars[-1]["x1"] - chars[0]["x0"] for chars in lines)
            (rule,) = rules_below(page, max(lines, key=lambda chars: chars[0]["bottom"]))
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
        with opened(printer, LETTER) as pdf:
            chars = line_with(pdf.pages[0], words)
        assert {round(char["size"]) for char in chars} <= sizes
        assert all(style in char["fontname"].replace("-", "") for char in chars if char["text"].strip())

    @BOTH
    def test_long_words_wrap_and_the_second_page_is_numbered(
        self, printer: LetterPrinter, form: LetterForm
    ) -> None:
        with opened(printer, replace(LONG, form=form)) as pdf:
            assert len(pdf.pages) == 2
            edge = (210 - 15) * MM
            assert all(char["x1"] <= edge for page in pdf.pages for char in page.chars)
            first = pdf.pages[0].crop((0, 0, pdf.pages[0].width, 19 * MM)).extract_text()
            assert first == ""
            for page in pdf.pages[1:]:
                header = page.crop((0, 0, page.width, 19 * MM))
                assert header.extract_text() == "2"
                assert {round(char["size"]) for char in header.chars} <= {13, 14}
                assert "Nơi nhận" not in page.extract_text()[:60], "the signature never stands alone"

    @BOTH
    def test_a_word_without_end_is_broken(self, printer: LetterPrinter, form: LetterForm) -> None:
        with opened(printer, replace(LETTER, form=form, applicant="V" * 120, procedure="X" * 300)) as pdf:
            assert all(char["x1"] <= (210 - 15) * MM for page in pdf.pages for char in page.chars)

    def test_the_file_knows_what_it_is(self, printer: LetterPrinter) -> None:
        content = printer.pdf(LETTER)
        with pdfplumber.open(io.BytesIO(content)) as pdf:
            assert pdf.metadata["Title"] == default_title(LetterForm.EXTENSION)
            assert pdf.metadata["Author"] == "Sở Xây dựng"
            assert resolve1(pdf.doc.catalog["Lang"]) == b"vi"

    def test_the_same_letter_gives_the_same_bytes(self) -> None:
        assert LetterPrinter().pdf(LETTER) == LetterPrinter().pdf(LETTER)


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
        with opened(printer, replace(LETTER, head=head)) as pdf:
            chars = line_with(pdf.pages[0], words)
            bold = [char for char in chars if "Bold" in char["fontname"]]
            width = (bold[-1]["x1"] - bold[0]["x0"]) / bold[0]["size"]
        assert text_width(words) == pytest.approx(width, rel=0.04), "marks of ơ and ư are not measured"

    def test_the_printer_follows_the_settings(self) -> None:
        printer = letter_printer(Letters(paper="A5", lookup_url="https://mau.example/{code}"))
        with opened(printer, LETTER) as pdf:
            assert round(pdf.pages[0].width / MM) == 148
        assert printer.html(LETTER)[1] == f"https://mau.example/{LETTER.code}"


class TestPaper:
    @pytest.mark.parametrize(("letter", "paper"), ORDINARY)
    def test_an_ordinary_letter_is_one_page(self, letter: Letter, paper: str) -> None:
        assert printers(paper).drawn(letter).pages == 1

    @BOTH
    def test_a5(self, form: LetterForm) -> None:
        with opened(printers("A5"), replace(LETTER, form=form)) as pdf:
            (page,) = pdf.pages
            assert (round(page.width / MM), round(page.height / MM)) == (148, 210)
            assert min(char["x0"] for char in page.chars) / MM >= 17.5
            assert max(char["x1"] for char in page.chars if char["text"].strip()) / MM <= 148 - 11.5
            assert min(char["size"] for char in page.chars) >= 7
            assert line_with(page, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")

    @pytest.mark.parametrize("sentences", [5, 9, 10, 11, 12, 13, 14, 15, 17, 20, 24, 40])
    @BOTH
    def test_nothing_is_lost_where_the_page_ends(self, form: LetterForm, sentences: int) -> None:
        reason = " ".join(
            f"Lý do thứ {number} là một câu dài vừa phải để thử." for number in range(sentences)
        )
        head = replace(HEAD, signer_name="Trần Văn Thí Điểm")
        with opened(printers("A4"), replace(LETTER, form=form, reason=reason, head=head, number=7)) as pdf:
            last = pdf.pages[-1].extract_text()
            text = text_of(pdf)
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

    def test_text_is_extracted_composed(self, printer: LetterPrinter) -> None:
        for sample in samples(LetterForm.APOLOGY_SLIP):
            with opened(printer, sample.letter) as pdf:
                text = text_of(pdf)
            assert unicodedata.is_normalized("NFC", text)
            assert sample.letter.applicant.replace(" ", "") in text.replace(" ", "")
            assert "\ufffd" not in text


ZONE = (20 * MM, 54 * MM, 96 * MM, 90 * MM)  # what a DL or C6 window shows, wherever the sheet slides to


class TestWindowEnvelope:
    @pytest.mark.parametrize("paper", ["A4", "A5"])
    @BOTH
    def test_the_window_shows_name_and_address_and_nothing_else(self, form: LetterForm, paper: str) -> None:
        for sample in samples(form):
            if sample.name not in ("thuong", "ten-dai", "nuoc-ngoai"):
                continue
            letter = sample.letter
            with opened(printers(paper, True), letter) as pdf:
                shown = pdf.pages[0].crop(ZONE).extract_text().split()
                everything = text_of(pdf)
            assert " ".join(shown) == f"Kính gửi: {letter.applicant} {letter.address}"
            assert letter.phone in everything

    @BOTH
    def test_a_long_head_moves_the_address_within_the_window(self, form: LetterForm) -> None:
        (letter,) = (sample.letter for sample in samples(form) if sample.name == "co-quan-dai")
        with opened(printers("A4", True), letter) as pdf:
            shown = " ".join(pdf.pages[0].crop(ZONE).extract_text().split())
        assert shown == f"Số: 07/PXL-VPHĐND&UBND Kính gửi: {letter.applicant} {letter.address}"

    def test_a_letter_in_one_is_still_one_page_of_a4(self) -> None:
        for form in LetterForm:
            for sample in samples(form):
                if sample.is_ordinary:
                    assert printers("A4", True).drawn(sample.letter).pages == 1, sample.name


class TestOfficeTemplates:
    """An office's own folder: it wins, it may use its own files, and it reaches nothing else."""

    def render(self, folder: Path, body: str) -> bytes:
        (folder / "tt03-2025.html").write_text(body, encoding="utf-8")
        return LetterPrinter(folder).pdf(LETTER)

    def test_it_wins_over_the_shipped_one(self, tmp_path: Path) -> None:
        content = self.render(tmp_path, "<p>Thư riêng của {{ head.issuing_body }}</p>")
        with pdfplumber.open(io.BytesIO(content)) as pdf:
            assert text_of(pdf) == "Thư riêng của Sở Xây dựng"

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
