"""What a signed letter shows: the signature between position and name, the seal over its left third, real sizes."""

import subprocess
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from authorities import draw_seal, draw_signature
from PIL import Image, ImageChops
from signed_letters import NOW, PERSON, SEAL, drawn, key_of, letter, pictures, signed_by, trust_in

from latewatch.domain.letters.letter import LetterForm, Letterhead
from latewatch.errors import LetterError
from latewatch.letters.signing.images import SEAL_MM, SIGNATURE_MM, Kind, Picture, read_picture
from latewatch.letters.signing.lines import Box, runs_of
from latewatch.letters.signing.place import MM, place_of, signature_place
from latewatch.letters.signing.sign import Desk, Hand, signed
from latewatch.letters.signing.verify import verified

DOTS = 100  # an inch, of the pages looked at

PAGES = [
    pytest.param("", LetterForm.EXTENSION, "A4", id="A4"),
    pytest.param("Phó Trưởng phòng", LetterForm.EXTENSION, "A4", id="A4, KT."),
    pytest.param("", LetterForm.APOLOGY_SLIP, "A4", id="A4, slip"),
    pytest.param("", LetterForm.APOLOGY_SLIP, "A5", id="A5, slip"),
    pytest.param("Phó Trưởng phòng", LetterForm.EXTENSION, "A5", id="A5, KT."),
]


def boxes(pdf: bytes) -> tuple[Box, Box]:
    """Return where the two signatures are shown: the person's, the seal's."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        found = []
        for number, page in enumerate(opened.pages):
            found += [Box(number, *map(float, each.Rect)) for each in page.obj.get("/Annots", [])]
    person, seal = found
    return person, seal


def signed_page(deputy: str, form: LetterForm, paper: str) -> tuple[bytes, bytes, Letterhead]:
    pdf, head = drawn(deputy, form, paper), letter(deputy, form).head
    hands = [
        Hand(kind, key_of(party), picture)
        for kind, party, picture in zip(("person", "seal"), (PERSON, SEAL), pictures(), strict=True)
    ]
    return pdf, signed(pdf, Desk(hands), signature_place(pdf, head), NOW), head


def words_at(pdf: bytes, words: str) -> list[Box]:
    with pikepdf.open(BytesIO(pdf)) as opened:
        return [run.box for run in runs_of(opened) if run.text == words]


def seen(pdf: bytes, folder: Path) -> Image.Image:
    """Return the last page as a picture."""
    file = folder / "trang.pdf"
    file.write_bytes(pdf)
    subprocess.run(["pdftoppm", "-r", str(DOTS), "-png", file, folder / "trang"], check=True)
    with Image.open(max(folder.glob("trang-*.png"))) as page:
        return page.convert("RGB")


class TestPlaces:
    @pytest.mark.parametrize(("deputy", "form", "paper"), PAGES)
    def test_the_signature_stands_between_position_and_name(
        self, deputy: str, form: LetterForm, paper: str
    ) -> None:
        pdf, made, head = signed_page(deputy, form, paper)
        person, _ = boxes(made)
        (name,) = words_at(pdf, head.signer_name)
        (position,) = words_at(pdf, (deputy or head.signer_title).upper())
        assert name.y2 < person.y1
        assert person.y2 < position.y1
        assert abs((person.x1 + person.x2) - (name.x1 + name.x2)) < 2 * MM, "in the middle"

    @pytest.mark.parametrize(("deputy", "form", "paper"), PAGES)
    def test_the_seal_covers_the_left_third_in_real_size(
        self, deputy: str, form: LetterForm, paper: str
    ) -> None:
        _, made, _ = signed_page(deputy, form, paper)
        person, seal = boxes(made)
        assert abs(seal.x2 - seal.x1 - 36 * MM) < 0.5 * MM
        assert abs(seal.y2 - seal.y1 - 36 * MM) < 0.5 * MM
        covered = (seal.x2 - person.x1) / (person.x2 - person.x1)
        assert 0.30 < covered < 0.37
        assert seal.x1 < person.x1

    @pytest.mark.parametrize(("deputy", "form", "paper"), PAGES)
    def test_neither_lies_on_the_words_above(
        self, deputy: str, form: LetterForm, paper: str, tmp_path: Path
    ) -> None:
        pdf, made, head = signed_page(deputy, form, paper)
        assert verified(made, pdf, head, trust_in(tmp_path), NOW).flaws == ()

    @pytest.mark.parametrize(("deputy", "form", "paper"), PAGES)
    def test_what_is_noted_and_what_is_printed_agree(self, deputy: str, form: LetterForm, paper: str) -> None:
        pdf, head = drawn(deputy, form, paper), letter(deputy, form).head
        noted = signature_place(pdf, head).room
        with pikepdf.open(BytesIO(pdf)) as opened:
            printed = place_of(opened, head)
        assert printed is not None
        middle = (printed.room.x1 + printed.room.x2) / 2
        assert noted.x1 < middle < noted.x2
        assert abs(noted.y1 - printed.room.y1) < 2 * MM
        assert abs(noted.y2 - printed.room.y2) < 2 * MM

    def test_a_template_without_a_room_of_its_own_is_read(self) -> None:
        with pikepdf.open(BytesIO(drawn())) as pdf:
            del pdf.pages[0].obj["/PieceInfo"]
            output = BytesIO()
            pdf.save(output)
        place = signature_place(output.getvalue(), letter().head)
        assert place.room.y2 - place.room.y1 > 15 * MM

    def test_a_template_without_position_and_name_is_refused(self) -> None:
        pdf, output = pikepdf.new(), BytesIO()
        pdf.add_blank_page()
        pdf.save(output)
        with pytest.raises(LetterError, match="chỗ ký"):
            signature_place(output.getvalue(), letter().head)


class TestPages:
    def test_a_signed_page_differs_only_where_it_is_signed(self, tmp_path: Path) -> None:
        before, after = tmp_path / "truoc", tmp_path / "sau"
        before.mkdir(), after.mkdir()
        made = signed_by(PERSON, SEAL)
        page = seen(made, after)
        changed = ImageChops.difference(seen(drawn(), before), page).getbbox()
        assert changed is not None
        scale = DOTS / 72
        person, seal = boxes(made)
        around = (
            seal.x1 * scale - 2,
            page.height - max(seal.y2, person.y2) * scale - 2,
            person.x2 * scale + 2,
            page.height - min(seal.y1, person.y1) * scale + 2,
        )
        assert all(a <= b for a, b in zip(around[:2], changed[:2], strict=True))
        assert all(a >= b for a, b in zip(around[2:], changed[2:], strict=True))

    def test_the_seal_is_round_and_red_and_lets_the_words_through(self, tmp_path: Path) -> None:
        made = signed_by(PERSON, SEAL)
        page = seen(made, tmp_path)
        _, seal = boxes(made)
        scale = DOTS / 72
        part = page.crop(
            (
                int(seal.x1 * scale),
                int(page.height - seal.y2 * scale),
                int(seal.x2 * scale),
                int(page.height - seal.y1 * scale),
            )
        )
        red = Image.eval(part.getchannel("R"), lambda v: v).point(lambda v: 255 if v > 150 else 0)
        pale = part.getchannel("G").point(lambda v: 255 if v < 110 else 0)
        shape = ImageChops.multiply(red, pale).getbbox()
        assert shape is not None
        assert abs((shape[2] - shape[0]) - (shape[3] - shape[1])) <= 2, "not distorted"
        dark = part.convert("L").point(lambda v: 255 if v < 60 else 0).getbbox()
        assert dark is not None, "position or name shine through"


class TestArchive:
    """A signed letter is the PDF/A-3b it was (ISO 19005-3), as far as it can be checked here."""

    @pytest.fixture
    def signed_pdf(self) -> Any:
        with pikepdf.open(BytesIO(signed_by(PERSON, SEAL))) as pdf:
            yield pdf

    def test_the_file_is_sound(self, tmp_path: Path) -> None:
        file = tmp_path / "ky.pdf"
        file.write_bytes(signed_by(PERSON, SEAL))
        checked = subprocess.run(["qpdf", "--check", file], capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stdout + checked.stderr

    def test_another_program_finds_both_signatures_valid(self, tmp_path: Path) -> None:
        file = tmp_path / "ky.pdf"
        file.write_bytes(signed_by(PERSON, SEAL))
        said = subprocess.run(["pdfsig", "-nocert", file], capture_output=True, text=True, check=True).stdout
        assert said.count("Signature Validation: Signature is Valid.") == 2
        assert said.count("Signature Type: ETSI.CAdES.detached") == 2
        assert said.count("Total document signed") == 1

    def test_what_the_letter_says_of_itself_stays(self, signed_pdf: pikepdf.Pdf) -> None:
        with pikepdf.open(BytesIO(drawn())) as before:
            assert dict(signed_pdf.docinfo) == dict(before.docinfo)
            said, was = signed_pdf.Root.Metadata.read_bytes(), before.Root.Metadata.read_bytes()
        assert b'pdfaid:part="3"' in said
        assert said == was.replace(b' pdfuaid:part="1"', b""), "the tags know nothing of the signature"
        assert "/Filter" not in signed_pdf.Root.Metadata

    def test_signatures_are_shown_without_fonts_and_print(self, signed_pdf: pikepdf.Pdf) -> None:
        for annotation in signed_pdf.pages[0].obj.Annots:
            assert int(annotation.F) & 0b100, "printed"
            assert not int(annotation.F) & 0b100010, "neither hidden nor unseen"
            assert list(annotation.AP.keys()) == ["/N"]
            resources = annotation.AP.N.Resources
            assert "/Font" not in resources
            (image,) = resources.XObject.values()
            assert (image.ColorSpace, image.BitsPerComponent) == ("/DeviceRGB", 8)
            assert (image.SMask.ColorSpace, image.SMask.BitsPerComponent) == ("/DeviceGray", 8)
            assert "/Interpolate" not in image

    def test_the_form_holds_two_signatures_and_nothing_that_runs(self, signed_pdf: pikepdf.Pdf) -> None:
        form = signed_pdf.Root.AcroForm
        assert [(str(each["/T"]), str(each["/FT"])) for each in form.Fields] == [
            ("NguoiKy", "/Sig"),
            ("CoQuan", "/Sig"),
        ]
        assert [str(each["/TU"])[:10] for each in form.Fields] == ["Chữ ký số "] * 2
        assert not {"/NeedAppearances", "/XFA"} & set(form.keys())
        assert "/OpenAction" not in signed_pdf.Root

    def test_the_last_signature_covers_the_whole_file(self) -> None:
        made = signed_by(PERSON, SEAL)
        with pikepdf.open(BytesIO(made)) as pdf:
            ranges = [list(map(int, each.V.ByteRange)) for each in pdf.Root.AcroForm.Fields]
        assert ranges[1][0] == 0
        assert ranges[1][2] + ranges[1][3] == len(made)
        assert ranges[0][2] + ranges[0][3] < len(made)

    def test_the_attached_data_is_still_there(self, signed_pdf: pikepdf.Pdf) -> None:
        assert len(signed_pdf.attachments) == 1


def picture(folder: Path, kind: Kind, **options: Any) -> Picture:
    draw = draw_seal if kind == "seal" else draw_signature
    return read_picture(draw(folder / "anh.png", **options), kind, "thử")


class TestPictures:
    @pytest.mark.parametrize("dpi", [150, 300, 600])
    def test_a_picture_is_as_large_as_its_dots_say(self, dpi: int, tmp_path: Path) -> None:
        seal = picture(tmp_path, "seal", dpi=dpi, size_mm=35)
        assert abs(seal.width_mm - 35) < 0.4
        assert abs(seal.height_mm - 35) < 0.4

    def test_without_dots_a_seal_has_the_usual_size(self, tmp_path: Path) -> None:
        seal = picture(tmp_path, "seal", dpi=None)
        assert seal.width_mm == pytest.approx(SEAL_MM)

    def test_without_dots_a_signature_has_a_usual_height(self, tmp_path: Path) -> None:
        signature = picture(tmp_path, "person", dpi=None)
        assert signature.height_mm == pytest.approx(SIGNATURE_MM)
        assert signature.width_mm / signature.height_mm == pytest.approx(42 / 16, rel=0.1)

    def test_an_empty_border_counts_for_nothing(self, tmp_path: Path) -> None:
        file = draw_signature(tmp_path / "anh.png")
        wide = Image.new("RGBA", (2000, 1000), (0, 0, 0, 0))
        with Image.open(file) as drawn_one:
            wide.paste(drawn_one, (700, 300))
        wide.save(file, dpi=(300, 300))
        assert read_picture(file, "person", "thử").width_mm < 44

    def test_a_signature_larger_than_its_room_is_made_smaller_not_distorted(self) -> None:
        large = Picture(pictures()[0].image, 120, 60)
        hands = [Hand("person", key_of(PERSON), large)]
        made = signed(drawn(), Desk(hands), signature_place(drawn(), letter().head), NOW)
        with pikepdf.open(BytesIO(made)) as pdf:
            x1, y1, x2, y2 = map(float, pdf.pages[0].obj.Annots[0].Rect)
        assert (x2 - x1) / (y2 - y1) == pytest.approx(2, rel=0.02)
        assert y2 - y1 < 25 * MM

    @pytest.mark.parametrize(
        ("mode", "colour", "said"),
        [("RGB", (255, 255, 255), "nền trong suốt"), ("RGBA", (0, 0, 0, 0), "ảnh trống")],
    )
    def test_pictures_that_would_cover_or_show_nothing(
        self, mode: str, colour: tuple[int, ...], said: str, tmp_path: Path
    ) -> None:
        file = tmp_path / "anh.png"
        Image.new(mode, (100, 100), colour).save(file)
        with pytest.raises(LetterError, match=said):
            read_picture(file, "seal", "thử")

    def test_a_picture_that_is_huge(self, tmp_path: Path) -> None:
        file = tmp_path / "anh.png"
        Image.new("1", (6000, 10)).save(file)
        with pytest.raises(LetterError, match="5000 điểm"):
            read_picture(file, "seal", "thử")

    def test_a_picture_cut_short(self, tmp_path: Path) -> None:
        file = draw_seal(tmp_path / "anh.png")
        file.write_bytes(file.read_bytes()[:200])
        with pytest.raises(LetterError, match="không đọc được như ảnh PNG"):
            read_picture(file, "seal", "thử")

    def test_no_picture_is_configured(self) -> None:
        with pytest.raises(LetterError, match="chưa đặt image"):
            read_picture(None, "seal", "thử")
