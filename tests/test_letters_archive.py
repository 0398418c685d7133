"""The file of a letter: PDF/A-3b and PDF/UA-1 clause by clause, its data inside, its QR code as a phone reads it."""

import hashlib
import io
import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pikepdf
import pydyf
import pypdfium2
import pytest
from test_letters_render import BOTH, LETTER, LONG

from latewatch.domain.letters.fingerprint import canonical, check_code, fingerprint, in_groups
from latewatch.domain.letters.letter import Letter, LetterForm
from latewatch.letters.archive import DATA_FILE, is_clear
from latewatch.letters.content import from_content, to_content
from latewatch.letters.drawn import signature_place
from latewatch.letters.qr import lookup_text
from latewatch.letters.render import LetterPrinter
from latewatch.letters.structure import Objects, keep_ends_apart

NUMBERED = replace(LETTER, number=7)
LOOKUP = "https://dichvucong.mau.example/tra-cuu?ma={code}"
NAMES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "pdfuaid": "http://www.aiim.org/pdfua/ns/id/",
    "pdfaSchema": "http://www.aiim.org/pdfa/ns/schema#",
    "pdfaProperty": "http://www.aiim.org/pdfa/ns/property#",
}
CASES = pytest.mark.parametrize(
    "letter",
    [
        *(pytest.param(replace(NUMBERED, form=form), id=f"{form}") for form in LetterForm),
        pytest.param(replace(LONG, number=112), id="two pages"),
        pytest.param(replace(LETTER, reason=""), id="draft without a reason"),
    ],
)


@pytest.fixture(scope="module")
def printer() -> LetterPrinter:
    return LetterPrinter(lookup_url=LOOKUP)


def opened(printer: LetterPrinter, letter: Letter) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(printer.pdf(letter)))


def elements(node: Any) -> Iterator[Any]:
    """Every structure element below one, depth first."""
    children = node.get("/K", [])
    for child in children if isinstance(children, pikepdf.Array) else [children]:
        if isinstance(child, pikepdf.Dictionary) and "/S" in child:
            yield child
            yield from elements(child)


def fonts_of(pdf: pikepdf.Pdf) -> list[Any]:
    return [font for page in pdf.pages for font in page["/Resources"]["/Font"].values()]


class TestArchive:
    """ISO 19005-3, level B; the numbers are its clauses."""

    @CASES
    def test_the_file_is_sound(self, printer: LetterPrinter, letter: Letter, tmp_path: Path) -> None:
        file = tmp_path / "thu.pdf"
        file.write_bytes(printer.pdf(letter))
        checked = subprocess.run(["qpdf", "--check", file], capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stdout + checked.stderr
        assert "No syntax or stream encoding errors found" in checked.stdout

    @CASES
    def test_header_and_trailer(self, printer: LetterPrinter, letter: Letter) -> None:
        content = printer.pdf(letter)
        assert content.startswith(b"%PDF-1.7\n%")  # 6.1.2
        assert all(byte > 127 for byte in content[10:14])
        with opened(printer, letter) as pdf:
            assert len(pdf.trailer["/ID"]) == 2  # 6.1.3
            assert "/Encrypt" not in pdf.trailer

    @CASES
    def test_colours_have_their_profile(self, printer: LetterPrinter, letter: Letter) -> None:
        with opened(printer, letter) as pdf:
            (intent,) = pdf.Root["/OutputIntents"]  # 6.2.3
            assert intent["/S"] == "/GTS_PDFA1"
            profile = intent["/DestOutputProfile"]
            assert profile["/N"] == 3
            assert profile.read_bytes()[36:40] == b"acsp"
            operators = {
                str(step.operator) for page in pdf.pages for step in pikepdf.parse_content_stream(page)
            }
            assert not operators & {"k", "K", "sh"}, "colours the profile says nothing of"

    @CASES
    def test_nothing_is_transparent(self, printer: LetterPrinter, letter: Letter) -> None:
        with opened(printer, letter) as pdf:
            for page in pdf.pages:
                for state in page["/Resources"].get("/ExtGState", {}).values():
                    assert state.get("/ca", 1) == state.get("/CA", 1) == 1
                    assert state.get("/SMask", "/None") == "/None"

    @CASES
    def test_every_font_is_inside_and_says_its_letters(self, printer: LetterPrinter, letter: Letter) -> None:
        with opened(printer, letter) as pdf:
            fonts = fonts_of(pdf)
            assert fonts
            for font in fonts:
                (inner,) = font["/DescendantFonts"]
                descriptor = inner["/FontDescriptor"]
                assert {"/FontFile2", "/FontFile3"} & set(descriptor.keys())  # 6.2.11.4
                assert "/ToUnicode" in font  # 6.2.11.7; ISO 14289-1, 7.21.7
                assert str(descriptor["/FontName"])[7] == "+", "a subset: six letters before the name"
                if inner["/Subtype"] == "/CIDFontType2":
                    assert inner["/CIDToGIDMap"] == "/Identity"

    @CASES
    def test_nothing_runs_and_nothing_is_far(self, printer: LetterPrinter, letter: Letter) -> None:
        with opened(printer, letter) as pdf:
            assert not {"/OpenAction", "/AA", "/AcroForm", "/OCProperties"} & set(pdf.Root.keys())  # 6.4, 6.5
            assert "/JavaScript" not in pdf.Root["/Names"]
            assert all("/Annots" not in page and "/AA" not in page for page in pdf.pages)

    @CASES
    def test_the_packet_claims_both_standards(self, printer: LetterPrinter, letter: Letter) -> None:
        with opened(printer, letter) as pdf:
            packet = pdf.Root["/Metadata"].read_raw_bytes()
            assert "/Filter" not in pdf.Root["/Metadata"]
            info = pdf.docinfo
            title, author, made = str(info["/Title"]), str(info["/Author"]), str(info["/CreationDate"])
        tree = ElementTree.fromstring(packet)  # noqa: S314  our own
        (rdf,) = tree.findall("rdf:RDF", NAMES)  # one, or readers see only the first
        description = rdf.find("rdf:Description", NAMES)
        assert description is not None
        claims = {key: description.get(f"{{{NAMES[key]}}}part") for key in ("pdfaid", "pdfuaid")}
        assert claims == {"pdfaid": "3", "pdfuaid": "1"}
        assert description.get(f"{{{NAMES['pdfaid']}}}conformance") == "B"
        said = {key: [each.text for each in rdf.findall(f".//dc:{key}//rdf:li", NAMES)]
                for key in ("title", "creator", "description", "language")}  # fmt: skip
        assert said == {
            "title": [title],
            "creator": [author],
            "description": [f"Hồ sơ mã số {letter.code}"],
            "language": ["vi"],
        }
        assert made == f"D:{letter.dated:%Y%m%d}"
        assert description.get(f"{{{NAMES['xmp']}}}CreateDate") == letter.dated.isoformat()
        explained = [each.text for each in rdf.findall(".//pdfaSchema:prefix", NAMES)]  # 6.6.2.3.2
        assert explained == ["pdfuaid"]

    def test_the_same_letter_gives_the_same_bytes(self, printer: LetterPrinter) -> None:
        assert printer.pdf(NUMBERED) == LetterPrinter(lookup_url=LOOKUP).pdf(NUMBERED)


def test_no_stream_ends_as_a_line_does() -> None:
    pdf = pydyf.PDF()
    for length in range(256):
        pdf.add_object(pydyf.Stream([b"q", b"\x01" * length, b"Q"], compress=True))
    assert any(b"\r\nendstream" in stream.data for stream in pdf.objects[3:]), "as WeasyPrint would write it"
    keep_ends_apart(Objects(pdf))
    assert not any(b"\r\nendstream" in stream.data for stream in pdf.objects[3:])
    assert sum(stream.compress for stream in pdf.objects[3:]) == 255


def test_a_file_that_would_be_miscounted_is_written_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([False, False, True])
    monkeypatch.setattr("latewatch.letters.render.is_clear", lambda _pdf: next(answers))
    with opened(LetterPrinter(), NUMBERED) as pdf:
        assert str(pdf.docinfo["/CreationDate"]) == "D:202611120000"
        assert len(fonts_of(pdf)) > 2
    assert is_clear(b"x\nendstream") > is_clear(b"x\r\nendstream")


class TestAccessible:
    """ISO 14289-1 (PDF/UA-1)."""

    @CASES
    def test_it_is_tagged_and_says_its_language(self, printer: LetterPrinter, letter: Letter) -> None:
        with opened(printer, letter) as pdf:
            assert pdf.Root["/MarkInfo"]["/Marked"] is True  # 6.2
            assert str(pdf.Root["/Lang"]) == "vi"  # 7.2
            assert pdf.Root["/ViewerPreferences"]["/DisplayDocTitle"] is True  # 7.1
            assert all(page["/Tabs"] == "/S" for page in pdf.pages)

    @CASES
    def test_everything_drawn_is_content_or_artifact(self, printer: LetterPrinter, letter: Letter) -> None:
        painting = {"Tj", "TJ", "'", '"', "f", "f*", "S", "s", "B", "b", "Do"}
        with opened(printer, letter) as pdf:
            for page in pdf.pages:
                open_marks: list[str] = []
                for step in pikepdf.parse_content_stream(page):
                    operator = str(step.operator)
                    if operator in {"BDC", "BMC"}:
                        open_marks.append(str(step.operands[0]))
                    elif operator == "EMC":
                        open_marks.pop()
                    assert operator not in painting or open_marks, f"{step} is neither"

    @CASES
    def test_every_mark_leads_to_the_tree_and_back(self, printer: LetterPrinter, letter: Letter) -> None:
        with opened(printer, letter) as pdf:
            root = pdf.Root["/StructTreeRoot"]
            read = {element.objgen for element in elements(root)}
            owners = dict(
                zip(root["/ParentTree"]["/Nums"][::2], root["/ParentTree"]["/Nums"][1::2], strict=True)
            )
            for page in pdf.pages:
                marks = [
                    int(step.operands[1]["/MCID"])
                    for step in pikepdf.parse_content_stream(page)
                    if str(step.operator) == "BDC" and "/MCID" in step.operands[1]
                ]
                assert len(marks) == len(set(marks))
                assert all(owners[page["/StructParents"]][mark].objgen in read for mark in marks)

    def test_a_page_number_is_no_part_of_the_letter(self, printer: LetterPrinter) -> None:
        with opened(printer, LONG) as pdf:
            artifacts = [
                step.operands[1]
                for step in pikepdf.parse_content_stream(pdf.pages[1])
                if str(step.operator) == "BDC" and step.operands[0] == "/Artifact"
            ]
            assert [each["/Type"] for each in artifacts] == ["/Pagination"]
        text = pypdfium2.PdfDocument(printer.pdf(LONG))[1].get_textpage()
        assert text.get_text_bounded(bottom=842 - 19 * 72 / 25.4).strip() == "2"

    @CASES
    def test_what_the_tags_are(self, printer: LetterPrinter, letter: Letter) -> None:
        with opened(printer, letter) as pdf:
            tags = [str(element["/S"]) for element in elements(pdf.Root["/StructTreeRoot"])]
        assert tags.count("/H1") == 1
        assert tags.count("/Figure") == 1
        # the only table is that of the two dates: columns are no table
        assert tags.count("/Table") == (letter.form is LetterForm.EXTENSION)
        assert tags.count("/TH") == tags.count("/TD") == 2 * tags.count("/Table")

    def test_a_date_is_read_with_its_heading(self, printer: LetterPrinter) -> None:
        with opened(printer, NUMBERED) as pdf:
            cells = [each for each in elements(pdf.Root["/StructTreeRoot"]) if each["/S"] in ("/TH", "/TD")]
            headings = [str(each["/ID"]) for each in cells if each["/S"] == "/TH"]
            assert {str(each["/A"]["/Scope"]) for each in cells if each["/S"] == "/TH"} == {"/Row"}
            named = [str(each["/A"]["/Headers"][0]) for each in cells if each["/S"] == "/TD"]
        assert named == headings

    def test_the_picture_is_told_and_lies_where_it_says(self, printer: LetterPrinter) -> None:
        with opened(printer, NUMBERED) as pdf:
            (figure,) = (e for e in elements(pdf.Root["/StructTreeRoot"]) if e["/S"] == "/Figure")
            left, bottom, right, top = (float(side) for side in figure["/A"]["/BBox"])
            assert lookup_text(LOOKUP, NUMBERED.code, check_code(to_content(NUMBERED))) in str(figure["/Alt"])
        page = pypdfium2.PdfDocument(printer.pdf(NUMBERED))[0]
        grey = page.render(scale=1, grayscale=True).to_numpy()
        inside = grey[round(842 - top) : round(842 - bottom), round(left) : round(right)]
        assert 0.3 < (inside < 128).mean() < 0.7, "the QR code is about half black"


class TestData:
    @CASES
    def test_it_carries_what_it_says(self, printer: LetterPrinter, letter: Letter) -> None:
        with opened(printer, letter) as pdf:
            (attached,) = pdf.Root["/AF"]  # ISO 19005-3, 6.8
            assert attached["/AFRelationship"] == "/Data"
            assert attached["/EF"]["/F"]["/Subtype"] == "/application/json"
            assert list(pdf.attachments) == [DATA_FILE]
            data = pdf.attachments[DATA_FILE].get_file().read_bytes()
        assert from_content(json.loads(data)) == letter
        assert data == canonical(to_content(letter))

    @BOTH
    def test_the_printed_code_is_that_of_the_attached_data(
        self, printer: LetterPrinter, form: LetterForm
    ) -> None:
        letter = replace(NUMBERED, form=form)
        with opened(printer, letter) as pdf:
            sha256 = hashlib.sha256(pdf.attachments[DATA_FILE].get_file().read_bytes()).hexdigest()
        text = pypdfium2.PdfDocument(printer.pdf(letter))[0].get_textpage().get_text_range()
        assert f"Mã kiểm tra: {in_groups(sha256[:16])}" in text
        assert fingerprint(to_content(letter)) == sha256

    def test_every_fact_changes_the_code(self) -> None:
        content = to_content(NUMBERED)
        changed = [content | {key: "khác"} for key in content]
        assert len({check_code(each) for each in [content, *changed]}) == len(content) + 1

    def test_the_order_of_facts_does_not(self) -> None:
        content = to_content(NUMBERED)
        assert check_code(dict(reversed(content.items()))) == check_code(content)

    def test_a_draft_has_no_code(self, printer: LetterPrinter) -> None:
        text = pypdfium2.PdfDocument(printer.pdf(LETTER))[0].get_textpage().get_text_range()
        assert "Mã kiểm tra" not in text


class TestLookup:
    @pytest.mark.parametrize(
        ("url", "code", "check", "said"),
        [
            ("", "H99-1", "1a2b", "H99-1 1a2b"),
            ("", "H99-1", "", "H99-1"),
            ("https://x.example/?ma={code}", "H99-1", "1a2b", "https://x.example/?ma=H99-1#1a2b"),
            ("https://x.example/?ma={code}", "H99-1", "", "https://x.example/?ma=H99-1"),
            ("https://x.example/{code}/{hash}", "H99-1", "1a2b", "https://x.example/H99-1/1a2b"),
            ("https://x.example/#/ho-so/{code}", "H99-1", "1a2b", "https://x.example/#/ho-so/H99-1"),
            ("https://x.example/?ma={code}", "A/B &#", "", "https://x.example/?ma=A%2FB%20%26%23"),
        ],
    )
    def test_what_the_code_says(self, url: str, code: str, check: str, said: str) -> None:
        assert lookup_text(url, code, check) == said

    @pytest.mark.parametrize("paper", ["A4", "A5"])
    @pytest.mark.parametrize("lookup", ["", LOOKUP, f"https://{'x' * 120}.example/{{code}}"], ids=len)
    def test_a_reader_reads_it_from_the_printed_page(self, paper: str, lookup: str, tmp_path: Path) -> None:
        pdf = LetterPrinter(paper=paper, lookup_url=lookup).pdf(NUMBERED)
        picture = tmp_path / "thu.png"
        pypdfium2.PdfDocument(pdf)[0].render(scale=200 / 72, grayscale=True).to_pil().save(picture)
        read = subprocess.run(
            ["zbarimg", "-q", "--raw", picture], capture_output=True, text=True, check=False
        )
        assert read.stdout.strip() == lookup_text(lookup, NUMBERED.code, check_code(to_content(NUMBERED)))


class TestRoomForTheSignature:
    @CASES
    @pytest.mark.parametrize("paper", ["A4", "A5"])
    def test_it_lies_between_position_and_name(self, letter: Letter, paper: str) -> None:
        signed = replace(letter, head=replace(letter.head, signer_name="Trần Văn Ví Dụ"))
        drawn = LetterPrinter(paper=paper).drawn(signed)
        place = drawn.signature
        assert place is not None
        page = pypdfium2.PdfDocument(drawn.pdf)[place.page]
        text = page.get_textpage()
        (above, below) = (self.box_of(text, words) for words in ("GIÁM ĐỐC", "Trần Văn Ví Dụ"))
        assert below[3] <= place.bottom + 2
        assert place.top <= above[1] + 5
        assert place.left < below[0]
        assert below[2] < place.right
        assert text.get_text_bounded(place.left, place.bottom, place.right, place.top).strip() == ""
        assert place.top - place.bottom == pytest.approx((25 if paper == "A4" else 20) * 72 / 25.4, abs=0.1)
        assert drawn.pages == len(pypdfium2.PdfDocument(drawn.pdf))

    @staticmethod
    def box_of(text: pypdfium2.PdfTextPage, words: str) -> tuple[float, float, float, float]:
        start, count = text.search(words).get_next()
        boxes = [text.get_charbox(index) for index in range(start, start + count)]
        left, bottom, right, top = zip(*boxes, strict=True)
        return min(left), min(bottom), max(right), max(top)

    @CASES
    def test_a_kept_document_tells_it_too(self, printer: LetterPrinter, letter: Letter) -> None:
        drawn = printer.drawn(letter)
        assert signature_place(drawn.pdf) == drawn.signature

    def test_a_template_without_it(self, tmp_path: Path) -> None:
        (tmp_path / "tt03-2025.html").write_text('<html lang="vi"><title>x</title><p>x', encoding="utf-8")
        drawn = LetterPrinter(tmp_path).drawn(LETTER)
        assert drawn.signature is None
        assert signature_place(drawn.pdf) is None

    def test_it_is_no_named_place_to_jump_to(self, printer: LetterPrinter) -> None:
        with opened(printer, NUMBERED) as pdf:
            assert "/Dests" not in pdf.Root["/Names"]
