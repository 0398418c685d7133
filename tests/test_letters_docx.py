"""The letter as a Word document: the words of its PDF, the measures of Nghị định 30/2020; data stays text."""

import io
import json
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table
from docx.text.paragraph import Paragraph
from lxml import etree
from offices import NOW, Desk, desk_in, row
from pdf_pages import pages_of, text_of
from test_letters_render import HEAD, LETTER, LONG
from typer.testing import CliRunner

from latewatch.cli.main import app
from latewatch.config import Letters
from latewatch.domain.letters.letter import Letter, LetterForm
from latewatch.domain.letters.life import LetterState
from latewatch.errors import ConfigError, LetterError, StoreError
from latewatch.jobs.letters.issue import issue_letter
from latewatch.jobs.letters.moving import Selection
from latewatch.jobs.letters.numbering import number_letters
from latewatch.jobs.letters.review import review_letters
from latewatch.jobs.letters.wordfile import WordFile, word_files
from latewatch.letters.render import LetterPrinter
from latewatch.letters.word.printer import WordPrinter
from latewatch.letters.wording import default_title
from latewatch.paper.measure import text_width
from latewatch.paper.wording import clean_text
from latewatch.shipped import shipped

BOTH = pytest.mark.parametrize("form", list(LetterForm), ids=str)
DEPUTY = replace(HEAD, deputy_title="Phó Giám đốc", signer_name="Trần Văn Ví Dụ")
CASES = {
    "a draft": LETTER,
    "numbered": replace(LETTER, number=7),
    "signed by a deputy": replace(LETTER, number=112, head=DEPUTY),
    "overdue": replace(LETTER, dated=LETTER.new_date.replace(day=16)),
    "with nothing but what must be": replace(
        LETTER,
        address="",
        phone="",
        field="",
        received_at=None,
        head=replace(HEAD, governing_body="", desk_name=""),
    ),
    "long": replace(LONG, head=replace(HEAD, issuing_body="Sở Nông nghiệp và Môi trường tỉnh Mẫu Thí Điểm")),
    "with a title of its own": replace(LETTER, title="Thư xin lỗi của Sở Mẫu"),
}


@pytest.fixture(scope="module")
def word() -> WordPrinter:
    return WordPrinter(Letters())


def opened(printer: WordPrinter, letter: Letter) -> Any:
    return docx.Document(io.BytesIO(printer.docx(letter)))


def blocks(container: Any) -> Iterator[Paragraph]:
    """The paragraphs of a document or cell in their order, those of its tables among them."""
    for block in container.iter_inner_content():
        if isinstance(block, Table):
            for line in block.rows:
                for cell in line.cells:
                    yield from blocks(cell)
        else:
            yield block


def words(text: str) -> list[str]:
    return [each for each in text.split() if each.strip("….")]


def told_by(document: Any) -> str:
    return " ".join(" ".join(paragraph.text.split()) for paragraph in blocks(document)).strip()


@cache
def pdf_printer() -> LetterPrinter:
    return LetterPrinter()


def printed(letter: Letter) -> str:
    return text_of(pages_of(pdf_printer().pdf(letter)))


def paragraph_with(document: Any, text: str) -> Paragraph:
    return next(each for each in blocks(document) if text in each.text)


class TestWhatItSays:
    @BOTH
    @pytest.mark.parametrize("case", CASES)
    def test_the_words_of_the_pdf(self, word: WordPrinter, form: LetterForm, case: str) -> None:
        letter = replace(CASES[case], form=form)
        numbers = Counter(["2"] if case == "long" else [])  # of later pages: Word counts them itself
        assert Counter(words(told_by(opened(word, letter)))) + numbers == Counter(words(printed(letter)))

    @BOTH
    def test_each_sentence_of_the_pdf(self, word: WordPrinter, form: LetterForm) -> None:
        letter = replace(LETTER, form=form, number=7)
        pdf = " ".join(printed(letter).split())
        body = [each.text for each in opened(word, letter).paragraphs if each.style.name == "Nội dung"]
        assert len(body) >= 5
        for paragraph in body:
            assert " ".join(paragraph.split()) in pdf

    @BOTH
    @pytest.mark.parametrize(
        ("number", "says"), [(None, "Số: \u2003\u2003\u2003/PXL-SXD"), (7, "Số: 07/PXL-SXD")]
    )
    def test_a_draft_has_a_blank_number(
        self, word: WordPrinter, form: LetterForm, number: int | None, says: str
    ) -> None:
        document = opened(word, replace(LETTER, form=form, number=number))
        assert paragraph_with(document, "Số:").text == says

    @BOTH
    def test_without_reason_or_name_there_is_room_to_write(self, word: WordPrinter, form: LetterForm) -> None:
        document = opened(word, replace(LETTER, form=form, reason="", applicant=""))
        dotted = [each for each in blocks(document) if each.text.endswith("\t")]
        assert [each.text for each in dotted] == ["Lý do:\t", "\t", "\t"]
        assert paragraph_with(document, "…………").runs[0].bold

    def test_the_lines_of_a_heading_and_of_a_reason_are_kept(self, word: WordPrinter) -> None:
        head = replace(HEAD, issuing_body="Trung tâm\nMẫu")
        document = opened(word, replace(LETTER, head=head, reason="một;\nhai."))
        assert paragraph_with(document, "TRUNG TÂM").text == "TRUNG TÂM\nMẪU"
        assert paragraph_with(document, "Lý do").text == "Lý do: một;\nhai."

    def test_its_qr_code_is_a_picture_with_words(self, word: WordPrinter) -> None:
        printer = WordPrinter(Letters(lookup_url="https://tra-cuu.example/{code}"))
        document = opened(printer, replace(LETTER, number=7))
        (picture,) = document.inline_shapes
        assert (picture.width, picture.height) == (Mm(18), Mm(18))
        said = picture._inline.docPr.get("descr")
        assert said.startswith(f"Mã QR để tra cứu hồ sơ: https://tra-cuu.example/{LETTER.code}#")

    def test_the_file_knows_what_it_is(self, word: WordPrinter) -> None:
        about = opened(word, LETTER).core_properties
        assert (about.title, about.author) == (default_title(LetterForm.EXTENSION), "Sở Xây dựng")
        assert LETTER.code in about.subject
        assert about.created.date() == about.modified.date() == LETTER.dated

    def test_the_same_letter_gives_the_same_bytes(self, word: WordPrinter) -> None:
        assert word.docx(LETTER) == WordPrinter(Letters()).docx(LETTER)


class TestLayout:
    @BOTH
    def test_paper_and_margins(self, word: WordPrinter, form: LetterForm) -> None:
        (page,) = opened(word, replace(LETTER, form=form)).sections
        sides = (page.page_width, page.page_height, page.left_margin, page.right_margin, page.top_margin)
        assert [round(side / Mm(1)) for side in (*sides, page.bottom_margin)] == [210, 297, 30, 20, 20, 20]

    @BOTH
    def test_everything_is_set_in_times_new_roman(self, word: WordPrinter, form: LetterForm) -> None:
        document = opened(word, replace(LETTER, form=form))
        for root in (document.element, document.styles.element):
            for fonts in root.iter(qn("w:rFonts")):
                assert set(fonts.attrib.values()) == {"Times New Roman"}
        assert document.styles["Normal"].font.size == Pt(13)

    @pytest.mark.parametrize(
        ("text", "size", "bold", "italic"),
        [
            ("ỦY BAN NHÂN DÂN TỈNH MẪU", 12, None, None),
            ("SỞ XÂY DỰNG", 12, True, None),
            ("CỘNG HÒA XÃ HỘI", 12, True, None),
            ("Độc lập", 13, True, None),
            ("Số: 07", 13, None, None),
            ("Mẫu, ngày 12", 13, None, True),
            ("VĂN BẢN XIN LỖI", 14, True, None),
            ("Hồ sơ mã số H99", 13, True, None),
            ("chân thành xin lỗi", 13, None, None),
            ("GIÁM ĐỐC", 13, True, None),
            ("Trần Văn Ví Dụ", 14, True, None),
            ("Nơi nhận:", 12, True, True),
            ("- Như trên;", 11, None, None),
        ],
    )
    def test_sizes_and_styles(
        self, word: WordPrinter, text: str, size: int, bold: bool | None, italic: bool | None
    ) -> None:
        head = replace(HEAD, signer_name="Trần Văn Ví Dụ")
        paragraph = paragraph_with(opened(word, replace(LETTER, number=7, head=head)), text)
        (run,) = [each for each in paragraph.runs if each.text]
        assert (run.font.size or Pt(13), run.bold, run.italic) == (Pt(size), bold, italic)

    def test_the_body_is_justified_and_indented(self, word: WordPrinter) -> None:
        style = opened(word, LETTER).styles["Nội dung"].paragraph_format
        assert round(style.first_line_indent / Mm(1), 1) == 12.7
        assert style.space_before == Pt(6)
        assert style.alignment == docx.enum.text.WD_ALIGN_PARAGRAPH.JUSTIFY

    @pytest.mark.parametrize("paper", ["A4", "A5"])
    @pytest.mark.parametrize("body", ["Xã Ví Dụ", "Sở Xây dựng", "Sở Nông nghiệp và Môi trường"])
    def test_rules_below_the_heads(self, paper: str, body: str) -> None:
        """As long as the motto; a third to half of the issuing body's name."""
        printer = WordPrinter(Letters(paper=paper))
        document = opened(printer, replace(LETTER, head=replace(HEAD, issuing_body=body)))
        left, motto, subject = [each for each in blocks(document) if each.style.name == "Đường kẻ"]
        assert {left.text, motto.text, subject.text} == {""}
        page, head, large = (Mm(160), 12, 13) if paper == "A4" else (Mm(118), 8.5, 10.5)
        name = paragraph_with(document, body.partition(" ")[0].upper()).text
        widest = head * max(map(text_width, name.split("\n")))
        assert widest / 3 <= length(left, page * 0.42) <= widest / 2
        assert length(motto, page * 0.58) == pytest.approx(large * text_width(MOTTO), rel=0.02)
        assert length(subject, page) == pytest.approx(
            0.42 * large * text_width(f"Hồ sơ mã số {LETTER.code}"), rel=0.02
        )

    @BOTH
    def test_page_numbers_are_hidden_on_the_first_page(self, word: WordPrinter, form: LetterForm) -> None:
        (page,) = opened(word, replace(LETTER, form=form)).sections
        assert page.different_first_page_header_footer
        assert "PAGE" in page.header.paragraphs[0]._p.xml
        assert page.first_page_header.paragraphs[0].text == ""

    @BOTH
    def test_on_a5_all_of_it_is_smaller(self, form: LetterForm) -> None:
        document = opened(WordPrinter(Letters(paper="A5")), replace(LETTER, form=form, number=7))
        (page,) = document.sections
        assert [round(side / Mm(1)) for side in (page.page_width, page.page_height)] == [148, 210]
        assert document.styles["Normal"].font.size == Pt(10.5)
        assert {run.font.size for each in blocks(document) for run in each.runs if run.font.size} <= {
            Pt(7), Pt(8.5), Pt(10.5), Pt(11.5)
        }  # fmt: skip


MOTTO = "Độc lập - Tự do - Hạnh phúc"


def length(rule: Paragraph, room: float) -> float:
    """The length of a rule in points."""
    form = rule.paragraph_format
    return (room - form.left_indent - form.right_indent) / Pt(1)


HOSTILE = {
    "an expression": "{{ 7*7 }}",
    "a statement": "{% for x in y %}",
    "a comment": "{# nhìn #} thấy",
    "what docxtpl unescapes": "{_{ x }_} {_% y %_}",
    "a tag": "</w:t></w:r></w:p><w:p>",
    "a table row": "{%tr x %}",
    "an entity": "&lt; &amp; &#x41; &",
    "quotes": "\"“'‘’”",
    "the end of CDATA": "<![CDATA[ x ]]>",
    "control characters": "a\x00b\x08c\x0bd\x0ce\x1bf",
    "what no XML may hold": "a\ufffeb\uffffc",
    "a turned line": "a\u202eb\u200bc",
    "ten thousand characters": "Ví Dụ " * 1_666 + "hết.",
    "a word of ten thousand": "W" * 10_000,
    "tabs and spaces": "a\t\t b   c",
}


class TestHostileValues:
    @BOTH
    @pytest.mark.parametrize("value", HOSTILE.values(), ids=list(HOSTILE))
    def test_stay_text(self, word: WordPrinter, form: LetterForm, value: str) -> None:
        facts = dict.fromkeys(("applicant", "address", "phone", "procedure", "field"), value)
        facts["code"] = value[:100]  # a longer one is no code
        head = replace(HEAD, unit_name=value, desk_name=value, place=value, symbol=value, signer_name=value)
        content = word.docx(replace(LETTER, **facts, form=form, head=head, reason=f"{value}."))
        text = clean_text(value).replace("\ufffe", "").replace("\uffff", "")
        document = docx.Document(io.BytesIO(content))
        table = document.tables[1]
        assert table.cell(0, 1).text == text
        assert table.cell(1, 1).text == text
        assert len(table.rows) == 3
        assert f"“{text}”" in text_of_raw(document)
        assert f"Lý do: {text}." in text_of_raw(document)
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            for name in parts.namelist():
                if name.endswith(".xml"):
                    etree.fromstring(parts.read(name))  # raises where it is not well formed


def text_of_raw(document: Any) -> str:
    return "\n".join(paragraph.text for paragraph in blocks(document))


class TestOfficeTemplates:
    """An office's own document: it wins, it is filled in the same sandbox, and it reaches nothing else."""

    def template(self, folder: Path, *paragraphs: str) -> Path:
        document = docx.Document(str(shipped("templates", "letters", "tt03-2025.docx")))
        for element in list(document.element.body)[:-1]:  # the last says how the page is
            document.element.body.remove(element)
        for text in paragraphs:
            document.add_paragraph(text)
        path = folder / "tt03-2025.docx"
        document.save(str(path))
        return path

    def fill(self, folder: Path, *paragraphs: str) -> str:
        self.template(folder, *paragraphs)
        return told_by(opened(WordPrinter(Letters(templates=folder)), LETTER))

    def test_it_wins_over_the_shipped_one(self, tmp_path: Path) -> None:
        assert self.fill(tmp_path, "Riêng: {{ letter.code }} {{ desk }}").startswith(f"Riêng: {LETTER.code} ")
        other = replace(LETTER, form=LetterForm.APOLOGY_SLIP)
        assert "PHIẾU XIN LỖI" in told_by(opened(WordPrinter(Letters(templates=tmp_path)), other))

    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            ("{{ letter.so }}", "dùng biến không có"),
            ("{{ khong_co }}", "dùng biến không có"),
            ("{% if letter %}", "sai cú pháp"),
            ("{{ ''.__class__ }}", "không được phép"),
            ("{{ letter.head.__init__.__globals__ }}", "không được phép"),
            ("{{ qr._drawn }}", "không được phép"),
            ("{{ qr.tpl }}", "dùng biến không có"),
            ("{% include '/etc/passwd' %}", "gọi tệp khác"),
            (
                "{% for a in range(90000) %}{% for b in range(90000) %}{% endfor %}{% endfor %}",
                "không được phép",
            ),
            ("{% for a in range(15000) %}{{ letter.procedure * 1 }}{% endfor %}", "không được phép"),
            ("{% for a in range(15000) %}" + "x" * 1000 + "{% endfor %}", "không được phép"),
            ("{{ 1 // 0 }}", "ZeroDivisionError"),
        ],
    )
    def test_what_it_does_wrong_is_its_error(self, tmp_path: Path, text: str, problem: str) -> None:
        with pytest.raises(LetterError, match=problem) as told:
            self.fill(tmp_path, text)
        assert str(tmp_path / "tt03-2025.docx") in str(told.value)
        assert LETTER.applicant not in str(told.value)

    @pytest.mark.parametrize(
        ("part", "content", "problem"),
        [
            (
                "word/_rels/x.xml.rels",
                b'<R><Relationship Type="a/image" Target="http://127.0.0.1/a.png" TargetMode="External"/></R>',
                "từ bên ngoài",
            ),
            (
                "word/_rels/settings.xml.rels",
                b"<R><Relationship TargetMode='External' Type='a/attachedTemplate' Target='file:///etc/x'/></R>",
                "từ bên ngoài",
            ),
            ("word/extra.xml", b'<!DOCTYPE a [<!ENTITY b "bb">]><a>&b;</a>', "DOCTYPE"),
            ("word/media/big.bin", bytes(60_000_000), "giải nén lớn hơn"),
        ],
        ids=["a picture of an address", "a template of a file", "entities", "much inflated"],
    )
    def test_what_reaches_out_or_swells_is_refused(
        self, tmp_path: Path, part: str, content: bytes, problem: str
    ) -> None:
        path = self.template(tmp_path, "x")
        with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as package:
            package.writestr(part, content)
        with pytest.raises(LetterError, match=problem):
            WordPrinter(Letters(templates=tmp_path)).docx(LETTER)

    def test_a_link_to_click_is_left(self, tmp_path: Path) -> None:
        path = self.template(tmp_path, "Xem")
        document = docx.Document(str(path))
        document.part.relate_to("https://example.com", docx.opc.constants.RELATIONSHIP_TYPE.HYPERLINK, True)
        document.save(str(path))
        assert told_by(opened(WordPrinter(Letters(templates=tmp_path)), LETTER)) == "Xem"

    @pytest.mark.parametrize(
        "content", [b"", b"<html>", b"PK\x03\x04 h\xe1\xbb\x8fng"], ids=["empty", "HTML", "torn"]
    )
    def test_what_is_no_document_is_refused(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "tt03-2025.docx").write_bytes(content)
        with pytest.raises(LetterError, match=r"không phải tài liệu Word"):
            WordPrinter(Letters(templates=tmp_path)).docx(LETTER)

    def test_one_without_its_parts_is_refused(self, tmp_path: Path) -> None:
        with zipfile.ZipFile(tmp_path / "tt03-2025.docx", "w") as package:
            package.writestr("a.txt", "x")
        with pytest.raises(LetterError, match="mẫu Word gây lỗi"):
            WordPrinter(Letters(templates=tmp_path)).docx(LETTER)

    def test_a_link_that_leads_out_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "mau").mkdir()
        self.template(tmp_path, "x")
        (tmp_path / "mau" / "tt03-2025.docx").symlink_to(tmp_path / "tt03-2025.docx")
        with pytest.raises(LetterError, match="liên kết dẫn ra ngoài"):
            WordPrinter(Letters(templates=tmp_path / "mau")).docx(LETTER)

    def test_a_folder_that_is_not_there_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(LetterError, match=r"xem \[letters\] templates"):
            WordPrinter(Letters(templates=tmp_path / "khong-co")).docx(LETTER)


BY = "Trần Thị Mẫu"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An office with the drafts H1 and H2, of two units."""
    desk = desk_in(tmp_path / "office", '[letters]\nreason = "chờ xác minh thực địa"\n')
    rows = [row("H1", promised="12/11/2026"), row("H2", promised="12/11/2026", unit="Phòng Văn hóa - Xã hội")]
    desk.export("a.csv", [{**each, "applicant": "Nguyễn Văn Ví Dụ"} for each in rows])
    desk.poll()
    desk.draft()
    return desk


def number(desk: Desk, code: str) -> None:
    with desk.open() as office:
        review_letters(office, Selection(code), NOW, by=BY)
        number_letters(office, Selection(code), NOW, by=BY)


def run(desk: Desk, selection: Selection, **options: bool) -> list[WordFile]:
    with desk.open() as office:
        return word_files(office, selection, desk.folder / "word", **options)


class TestJob:
    def test_a_draft_has_its_words_and_a_blank(self, desk: Desk) -> None:
        (made,) = run(desk, Selection("H1"))
        assert made.path is not None
        assert made.path.relative_to(desk.folder) == Path("word/PKT/H1-1.docx")
        text = told_by(docx.Document(str(made.path)))
        for fact in ("Số: /PXL", "H1", "Nguyễn Văn Ví Dụ", "chờ xác minh thực địa", "PHÒNG KINH TẾ"):
            assert fact in text

    def test_a_numbered_one_says_what_was_fixed(self, desk: Desk) -> None:
        number(desk, "H1")
        desk.export("b.csv", [row("H1", promised="12/11/2026", applicant="Người Khác Mẫu")])
        desk.poll()
        (made,) = run(desk, Selection("H1"))
        assert made.path is not None
        assert made.path.name == "H1-1-so-01.docx"
        text = told_by(docx.Document(str(made.path)))
        assert "Số: 01/PXL" in text
        assert "Nguyễn Văn Ví Dụ" in text
        assert "Người Khác Mẫu" not in text

    def test_of_a_unit_or_a_step(self, desk: Desk) -> None:
        number(desk, "H1")
        assert [each.code for each in run(desk, Selection(unit="PVH"))] == ["H2"]
        assert [each.code for each in run(desk, Selection(states=(LetterState.NUMBERED,)))] == ["H1"]

    def test_a_trial_writes_nothing(self, desk: Desk) -> None:
        made = run(desk, Selection(unit="PKT"), dry_run=True)
        assert [(each.code, each.path) for each in made] == [("H1", None)]
        assert not (desk.folder / "word").exists()

    def test_what_was_issued_elsewhere_has_none(self, desk: Desk) -> None:
        with desk.open() as office:
            issue_letter(office, "H1", NOW.date(), NOW, by=BY, number="12/XL")
        (made,) = run(desk, Selection(unit="PKT"))
        assert (made.path, "ngoài latewatch" in made.problem) == (None, True)
        with pytest.raises(LetterError, match="ngoài latewatch"):
            run(desk, Selection("H1"))

    def test_errors_say_what_to_do(self, desk: Desk) -> None:
        with pytest.raises(LetterError, match="letters draft"):
            run(desk, Selection("H9"))
        with pytest.raises(ConfigError, match="PXX"):
            run(desk, Selection(unit="PXX"))
        (desk.folder / "word").write_text("là tệp")
        with pytest.raises(StoreError, match="--out"):
            run(desk, Selection("H1"))


class TestCommand:
    def call(self, desk: Desk, *more: str) -> Any:
        options = ["--config", str(desk.folder / "config.toml"), "--at", "2026-11-12T08:00"]
        return CliRunner().invoke(app, ["letters", "docx", *more, "--out", str(desk.folder / "w"), *options])

    def test_says_where_they_lie(self, desk: Desk) -> None:
        said = self.call(desk, "--unit", "PKT")
        assert said.exit_code == 0, said.output
        assert str(desk.folder / "w" / "PKT" / "H1-1.docx") in said.output
        assert "Nguyễn Văn Ví Dụ" not in said.output

    def test_as_json(self, desk: Desk) -> None:
        (made,) = json.loads(self.call(desk, "H2", "--json").output)
        assert (made["code"], made["state"], made["problem"]) == ("H2", "draft", "")
        assert Path(made["path"]).exists()

    def test_never_all_by_mistake(self, desk: Desk) -> None:
        assert self.call(desk).exit_code == 2
