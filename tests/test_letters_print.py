"""Letters on paper: one file a unit, each letter on a front side, a list on top; what printing does to a letter."""

import io
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from amounts import usually
from forks import FORKS
from offices import NOW, SOURCE, UNITS, Desk, desk_in, done, row
from pdf_pages import pages_of
from sqlalchemy import select
from test_kill import KILLED, Steps
from test_letters_render import LETTER, LONG
from typer.testing import CliRunner, Result

from latewatch.app import open_office
from latewatch.cli.main import app
from latewatch.config import Letters
from latewatch.domain.letters.life import LetterState, Move
from latewatch.domain.letters.sending import DeliveryState, Outcome
from latewatch.errors import LetterError, StoreError
from latewatch.jobs.letters.closing import cancel_letters
from latewatch.jobs.letters.documents import newest_document
from latewatch.jobs.letters.issue import issue_letter
from latewatch.jobs.letters.moving import Selection, chosen, move_letters
from latewatch.jobs.letters.numbering import number_letters
from latewatch.jobs.letters.printing import PrintReport, note_handed_over, print_letters
from latewatch.jobs.letters.review import review_letters
from latewatch.jobs.office import Office
from latewatch.letters.pack import packed
from latewatch.letters.print_list import ListPrinter, print_file
from latewatch.letters.print_parts import ListedLetter, SignedHow, Span
from latewatch.letters.render import LetterPrinter
from latewatch.paper.limits import SHEET
from latewatch.store import schema
from latewatch.store.letters.documents import DocumentKind, keep_document
from latewatch.store.letters.life import StoredLetter
from latewatch.store.letters.outbox import queue_print

BY = "Trần Thị Mẫu"
KTE, PVH = "Phòng Kinh tế", "Phòng Văn hóa - Xã hội"
SIGNED, NUMBERED, SENT = LetterState.SIGNED, LetterState.NUMBERED, LetterState.SENT
EVERY = Selection(states=(SIGNED,))


@pytest.fixture(scope="module")
def short() -> bytes:
    return LetterPrinter().pdf(replace(LETTER, number=7))


@pytest.fixture(scope="module")
def long() -> bytes:
    return LetterPrinter().pdf(replace(LONG, number=8))


def blank_list(pages: int) -> Callable[[Sequence[Span]], bytes]:
    """A list of so many pages, whatever it lists."""

    def drawn(_spans: Sequence[Span]) -> bytes:
        with pikepdf.new() as pdf:
            for _ in range(pages):
                pdf.add_blank_page(page_size=(400, 600))
            out = io.BytesIO()
            pdf.save(out)
        return out.getvalue()

    return drawn


def texts(pdf: bytes) -> list[str]:
    """The text of each page as one line; a blank page has none."""
    return [page.text for page in pages_of(pdf)]


class TestPacking:
    @pytest.mark.parametrize("pages", [1, 2, 3])
    def test_each_letter_begins_on_a_front(self, short: bytes, long: bytes, pages: int) -> None:
        file = packed(lambda: [short, long, short, short], blank_list(pages), title="Thử")
        above = pages + pages % 2
        assert file.spans == (
            Span(above + 1, above + 1),
            Span(above + 3, above + 4),
            Span(above + 5, above + 5),
            Span(above + 7, above + 7),
        )
        found = texts(file.pdf)
        assert len(found) == file.pages == above + 7
        for span in file.spans:
            assert "CỘNG HÒA XÃ HỘI" in found[span.first - 1]
        assert [index + 1 - above for index, text in enumerate(found) if not text][pages + pages % 2 :] == [
            2,
            6,
        ]

    def test_a_blank_is_as_large_as_the_page_before_it(self, short: bytes) -> None:
        file = packed(lambda: [short, short], blank_list(1), title="Thử")
        with pikepdf.open(io.BytesIO(file.pdf)) as pdf:
            sizes = [tuple(round(float(side)) for side in page.mediabox)[2:] for page in pdf.pages]
        assert sizes == [(400, 600), (400, 600), (595, 842), (595, 842), (595, 842)]

    def test_a_list_that_grows_is_drawn_again_and_says_where_the_letters_lie(self, short: bytes) -> None:
        """It has three pages once it knows that the letters lie behind page 2."""
        asked: list[int] = []

        def growing(spans: Sequence[Span]) -> bytes:
            asked.append(spans[0].first)
            return blank_list(3)(spans)

        assert packed(lambda: [short], growing, title="Thử").spans == (Span(5, 5),)
        assert asked == [3, 5]

    def test_a_list_shorter_than_it_was_guessed_leaves_no_sheet_empty(self, short: bytes) -> None:
        asked: list[int] = []

        def shorter(spans: Sequence[Span]) -> bytes:
            asked.append(spans[0].first)
            return blank_list(2)(spans)

        file = packed(lambda: [short], shorter, title="Thử", guess=5)
        assert (file.spans, file.pages, asked) == ((Span(3, 3),), 3, [7, 3])

    def test_the_same_letters_give_the_same_bytes(self, short: bytes, long: bytes) -> None:
        files = [packed(lambda: [short, long], blank_list(1), title="Thử").pdf for _ in range(2)]
        assert files[0] == files[1]

    def test_it_is_little_more_than_its_letters(self, short: bytes) -> None:
        assert len(packed(lambda: [short] * 20, blank_list(1), title="Thử").pdf) < 20 * len(short)

    def test_a_signature_is_part_of_its_page(self, short: bytes) -> None:
        file = packed(lambda: [with_widget(short)], blank_list(1), title="Thử").pdf
        with pikepdf.open(io.BytesIO(file)) as pdf:
            assert "/AcroForm" not in pdf.Root
            assert all("/Annots" not in page.obj for page in pdf.pages)
        picture = pypdfium2.PdfDocument(file)[2].render(scale=1).to_numpy()
        blue, green, red = (int(part) for part in picture[842 - 110, 310][:3])
        assert red > 200
        assert max(blue, green) < 80

    def test_what_is_no_pdf_is_named_by_its_place(self, short: bytes) -> None:
        with pytest.raises(LetterError, match="Văn bản thứ 2 trong danh sách in: không mở được"):
            packed(lambda: [short, b"%PDF-1.7 h\xe1\xbb\x8fng"], blank_list(1), title="Thử")


def with_widget(letter: bytes) -> bytes:
    """The letter with a red field on it, as a signature leaves one."""
    with pikepdf.open(io.BytesIO(letter)) as pdf:
        red = pdf.make_stream(b"1 0 0 rg 0 0 40 40 re f")
        red.update({"/Type": pikepdf.Name.XObject, "/Subtype": pikepdf.Name.Form, "/BBox": [0, 0, 40, 40]})
        widget = pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot,
                Subtype=pikepdf.Name.Widget,
                FT=pikepdf.Name.Sig,
                T=pikepdf.String("Ký"),
                F=132,
                Rect=[290, 90, 330, 130],
                AP=pikepdf.Dictionary(N=red),
            )
        )
        pdf.pages[0].obj.Annots = pikepdf.Array([widget])
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[widget], SigFlags=3)
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


class TestList:
    def listed(self, count: int, short: bytes, **settings: object) -> tuple[list[str], list[Span]]:
        letters = [
            ListedLetter(f"{n:02}/PXL-SXD", f"000.00.11.H99-261101-{n:04}", NOW.date(), SignedHow.HERE)
            for n in range(1, count + 1)
        ]
        file = print_file(Letters(**settings), KTE, letters, lambda: [short] * count, NOW.date(), BY)
        return texts(file.pdf), list(file.spans)

    def test_says_what_is_handed_over_and_where_it_lies(self, short: bytes) -> None:
        pages, spans = self.listed(3, short)
        for words in (
            "DANH SÁCH VĂN BẢN XIN LỖI ĐỂ GIAO",
            KTE,
            "ngày 12 tháng 11 năm 2026: 3 văn bản, 4 tờ in hai mặt",
            f"Người in: {BY}",
            "1 01/PXL-SXD 000.00.11.H99-261101-0001 12/11/2026 ký số 3",
            "3 03/PXL-SXD 000.00.11.H99-261101-0003 12/11/2026 ký số 7",
            "NGƯỜI GIAO",
            "NGƯỜI NHẬN",
        ):
            assert words in pages[0], words
        assert spans == [Span(3, 3), Span(5, 5), Span(7, 7)]

    def test_names_no_receiver(self, short: bytes) -> None:
        pages, _ = self.listed(3, short)
        assert LETTER.applicant in pages[2]
        assert LETTER.applicant not in pages[0] + pages[1]

    def test_a_long_one_repeats_its_heading_and_moves_the_letters(self) -> None:
        pages, spans = self.listed(90, blank_list(1)(()))
        assert spans[0].first == 5
        assert all("Mã hồ sơ" in page for page in pages[:3])
        assert pages[3] == ""
        assert f"90 90/PXL-SXD 000.00.11.H99-261101-0090 12/11/2026 ký số {spans[-1].first}" in pages[2]

    def test_of_hundreds_of_letters(self) -> None:
        """What keeps a letter's template from having no end does not keep a list from being long."""
        count = SHEET.tags // 20 + 10  # a line has twenty tags, those that end others among them
        letters = [ListedLetter(f"{n}", f"H{n}", NOW.date(), SignedHow.HERE) for n in range(count)]
        spans = [Span(2 * n + 1, 2 * n + 1) for n in range(count)]
        pdf = ListPrinter(Letters()).pdf(KTE, letters, spans, day=NOW.date(), by=BY)
        assert texts(pdf)[-1].count(f"ký số {2 * count - 1}")

    def test_is_as_large_as_the_letters(self, short: bytes) -> None:
        printer = ListPrinter(Letters(paper="A5"))
        letter = ListedLetter("01/PXL", "H1", NOW.date(), SignedHow.NOT_YET)
        (page,) = pages_of(printer.pdf(KTE, [letter], [Span(3, 3)], day=NOW.date(), by=BY))
        assert page.size == (420, 595)
        assert max(box.right for box in page.boxes) < page.width - 20

    def test_what_comes_from_data_is_text(self, short: bytes) -> None:
        letter = ListedLetter("01/<b>", "{{ 7*7 }}<script>", NOW.date(), SignedHow.HERE)
        printer = ListPrinter(Letters())
        pdf = printer.pdf("<i>Đơn vị</i>", [letter], [Span(3, 3)], day=NOW.date(), by="<u>")
        assert "<i>Đơn vị</i>" in texts(pdf)[0]
        assert "01/<b> {{ 7*7 }}<script>" in texts(pdf)[0]

    def test_the_office_s_own_wins(self, tmp_path: Path, short: bytes) -> None:
        (tmp_path / "danh-sach-in.html").write_text("<p>Riêng: {{ unit }}</p>", encoding="utf-8")
        pages, _ = self.listed(1, short, templates=tmp_path)
        assert pages[0].startswith(f"Riêng: {KTE}")


@pytest.fixture(scope="module")
def numbered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office whose letters are numbered: H1 and H3 of one unit, H2 of another."""
    desk = desk_in(tmp_path_factory.mktemp("so") / "office", '[letters]\nreason = "chờ xác minh thực địa"\n')
    rows = [row("H3", promised="12/11/2026"), row("H1", promised="12/11/2026")]
    rows.append(row("H2", promised="12/11/2026", unit=PVH))
    desk.export("a.csv", [{**each, "applicant": "Nguyễn Văn Ví Dụ"} for each in rows])
    desk.poll()
    desk.draft()
    with desk.open() as office:
        review_letters(office, Selection(), NOW, by=BY)
        number_letters(office, Selection(), NOW, by=BY)
    return desk.folder


@pytest.fixture
def desk(numbered: Path, tmp_path: Path) -> Desk:
    return Desk(Path(shutil.copytree(numbered, tmp_path / "office")), files=1)


def sign(desk: Desk, *codes: str, here: bool = True) -> None:
    """Take the step; `here` keeps a document as a signature does."""
    with desk.open() as office:
        for code in codes:
            move_letters(office, Selection(code), Move.SIGN, NOW, by=BY)
            letter = letter_of(office, code)
            if here:
                pdf = with_widget(newest_document(office, letter, NOW).content)
                with office.store.writing() as connection:
                    keep_document(connection, letter.id, DocumentKind.SIGNED, pdf, NOW)


def letter_of(office: Office, code: str) -> StoredLetter:
    with office.store.reading() as connection:
        return chosen(connection, office, Selection(code, states=tuple(LetterState)))[0].letter


def put_on_the_list(desk: Desk, *codes: str) -> None:
    with desk.open() as office:
        ids = [letter_of(office, code).id for code in codes]
        with office.store.writing() as connection:
            for each in ids:
                queue_print(connection, each, NOW, by=BY, problem="không có thư điện tử")


def run(desk: Desk, selection: Selection = Selection(), **options: object) -> PrintReport:  # noqa: B008  frozen
    with desk.open() as office:
        return print_letters(office, selection, NOW, **{"by": BY, "out": desk.folder / "in-giay", **options})


def states(desk: Desk) -> dict[str, LetterState]:
    with desk.open() as office:
        return {code: letter_of(office, code).state for code in ("H1", "H2", "H3")}


def prints(desk: Desk) -> dict[str, tuple[str, list[str]]]:
    """State and notes of each row of the print channel, by dossier."""
    delivery, attempt = schema.delivery.c, schema.delivery_attempt.c
    with desk.open() as office, office.store.reading() as connection:
        rows = connection.execute(
            select(schema.dossier.c.code, delivery.id, delivery.state)
            .join(schema.letter, schema.letter.c.id == delivery.letter_id)
            .join(schema.dossier, schema.dossier.c.id == schema.letter.c.dossier_id)
            .where(delivery.channel == "print")
        ).all()
        return {
            code: (
                state,
                list(
                    connection.execute(
                        select(attempt.answer)
                        .where(attempt.delivery_id == row_id, attempt.outcome == Outcome.PRINTED)
                        .order_by(attempt.id)
                    ).scalars()
                ),
            )
            for code, row_id, state in rows
        }


class TestWhatIsPrinted:
    def test_one_file_a_unit_by_register_and_number(self, desk: Desk) -> None:
        sign(desk, "H1", "H2", "H3")
        report = run(desk, EVERY)
        assert [(file.unit, [each.code for each in file.letters]) for file in report.files] == [
            (KTE, ["H1", "H3"]),
            (PVH, ["H2"]),
        ]
        first = report.files[0]
        assert first.path is not None
        assert first.path.name.startswith("PKT-20261112-2-thu-")
        pages = texts(first.path.read_bytes())
        assert len(pages) == first.pages == 5
        for each in first.letters:
            assert each.pages is not None
            assert each.number in pages[0]
            assert each.code in pages[each.pages.first - 1]

    def test_without_more_said_it_is_the_print_list(self, desk: Desk) -> None:
        sign(desk, "H1", "H2", "H3")
        put_on_the_list(desk, "H3", "H2")
        report = run(desk)
        assert [[each.code for each in file.letters] for file in report.files] == [["H3"], ["H2"]]
        assert run(desk) == PrintReport([], [])

    def test_of_one_unit(self, desk: Desk) -> None:
        sign(desk, "H1", "H2")
        put_on_the_list(desk, "H1", "H2")
        assert [file.unit for file in run(desk, Selection(unit="PVH")).files] == [PVH]

    def test_into_one_file_where_it_is_one_unit_s(self, desk: Desk) -> None:
        sign(desk, "H1", "H2")
        with pytest.raises(LetterError, match="2 đơn vị, mỗi đơn vị một tệp"):
            run(desk, EVERY, out=desk.folder / "tat-ca.pdf")
        assert states(desk)["H1"] is SIGNED
        (file,) = run(desk, Selection("H1"), out=desk.folder / "mot.pdf").files
        assert file.path == desk.folder / "mot.pdf"
        assert file.path.exists()

    def test_the_signed_document_where_there_is_one(self, desk: Desk) -> None:
        sign(desk, "H1")
        (file,) = run(desk, Selection("H1")).files
        assert file.path is not None
        picture = pypdfium2.PdfDocument(file.path)[2].render(scale=1).to_numpy()
        assert int(picture[842 - 110, 310][2]) > 200 > int(picture[842 - 110, 310][0])
        assert "ký số" in texts(file.path.read_bytes())[0]

    @pytest.mark.parametrize("state", [LetterState.DRAFT, LetterState.REVIEWED, LetterState.CANCELLED])
    def test_nothing_that_has_no_main_copy(self, desk: Desk, state: LetterState) -> None:
        with pytest.raises(LetterError, match="chỉ in văn bản đã cấp số"):
            run(desk, Selection(states=(state,)))

    def test_nothing_that_was_issued_elsewhere(self, desk: Desk) -> None:
        desk.export("b.csv", [row("H4", promised="12/11/2026", applicant="Nguyễn Văn Ví Dụ")])
        desk.poll()
        desk.draft()
        with desk.open() as office:
            issue_letter(office, "H4", NOW.date(), NOW, by=BY, number="12/XL")
        with pytest.raises(LetterError, match="ngoài latewatch"):
            run(desk, Selection("H4"))

    def test_one_that_cannot_be_drawn_stops_no_other(self, desk: Desk) -> None:
        mine = desk.folder / "mau"
        mine.mkdir()
        (mine / "tt03-2025.html").write_text(
            "<p>{{ letter.code }}</p>{% if letter.code == 'H3' %}{{ letter.so }}{% endif %}", encoding="utf-8"
        )
        desk.configure(SOURCE, UNITS, '[letters]\nreason = "chờ xác minh thực địa"\ntemplates = "mau"\n')
        report = run(desk, Selection(states=(NUMBERED,)))
        assert [each.code for file in report.files for each in file.letters] == ["H1", "H2"]
        (refused,) = report.refused
        assert (refused.code, "dùng biến không có" in refused.problem) == ("H3", True)
        assert set(prints(desk)) == {"H1", "H2"}
        with pytest.raises(LetterError, match="dùng biến không có"):
            run(desk, Selection("H3"))

    def test_nothing_whose_dossier_needs_it_no_more(self, desk: Desk) -> None:
        sign(desk, "H1", "H3")
        desk.export("b.csv", [done("H1", "12/11/2026 07:30", promised="12/11/2026")])
        desk.poll()
        report = run(desk, EVERY)
        assert [each.code for file in report.files for each in file.letters] == ["H3"]
        (refused,) = report.refused
        assert (refused.code, refused.after) == ("H1", SIGNED)
        assert "letters cancel" in refused.problem
        with pytest.raises(LetterError, match="letters cancel"):
            run(desk, Selection("H1"))


class TestWhatItDoes:
    def test_what_was_signed_is_sent_that_day(self, desk: Desk) -> None:
        sign(desk, "H1")
        sign(desk, "H3", here=False)
        (file,) = run(desk, EVERY).files
        assert [(each.before, each.after) for each in file.letters] == [(SIGNED, SENT)] * 2
        assert states(desk) == {"H1": SENT, "H2": NUMBERED, "H3": SENT}
        assert prints(desk) == {code: ("sent", [f"in; người in: {BY}"]) for code in ("H1", "H3")}
        with desk.open() as office:
            letter = letter_of(office, "H1")
            assert letter.sent_on == NOW.date()
            with office.store.reading() as connection:
                steps = connection.execute(
                    select(schema.letter_change.c.after, schema.letter_change.c.by)
                    .where(schema.letter_change.c.letter_id == letter.id)
                    .order_by(schema.letter_change.c.id)
                ).all()
        assert steps[-1] == ("sent", BY)
        assert file.path is not None
        assert "ký tay" in texts(file.path.read_bytes())[0]

    def test_what_is_not_signed_is_handed_out_for_that(self, desk: Desk) -> None:
        report = run(desk, Selection(states=(NUMBERED,)))
        assert [len(file.letters) for file in report.files] == [2, 1]
        assert set(states(desk).values()) == {NUMBERED}
        assert prints(desk)["H1"] == ("waiting", [f"in để ký; người in: {BY}"])
        assert run(desk) == PrintReport([], []), "it is no letter on the print list before it is signed"

    def test_printing_again_is_noted_and_moves_nothing(self, desk: Desk) -> None:
        sign(desk, "H1")
        run(desk, Selection("H1"))
        with desk.open() as office:
            before = letter_of(office, "H1")
        (file,) = run(desk, Selection("H1")).files
        assert [(each.before, each.after) for each in file.letters] == [(SENT, SENT)]
        assert prints(desk)["H1"] == ("sent", [f"in; người in: {BY}"] * 2)
        with desk.open() as office:
            assert letter_of(office, "H1") == before

    def test_a_letter_that_went_out_otherwise_leaves_the_list(self, desk: Desk) -> None:
        sign(desk, "H1")
        with desk.open() as office:
            move_letters(
                office, Selection("H1"), Move.SEND, NOW, by=BY, prepare=lambda *_: {"sent_on": NOW.date()}
            )
        put_on_the_list(desk, "H1")
        run(desk)
        assert prints(desk)["H1"][0] == DeliveryState.SENT

    def test_a_trial_writes_nothing(self, desk: Desk) -> None:
        sign(desk, "H1")
        (file,) = run(desk, EVERY, dry_run=True).files
        assert [(each.code, each.after) for each in file.letters] == [("H1", SENT)]
        assert file.path is None
        assert not (desk.folder / "in-giay").exists()
        assert states(desk)["H1"] is SIGNED
        assert prints(desk) == {}

    def test_nobody_prints_without_a_name(self, desk: Desk) -> None:
        with pytest.raises(LetterError, match="--by"):
            run(desk, EVERY, by=" ")

    def test_a_letter_cancelled_meanwhile_is_not_to_be_handed_over(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It is cancelled by somebody else while its file is being written."""
        sign(desk, "H1", "H3")
        replaced = Path.replace

        def cancelling(path: Path, target: Path) -> Path:
            with desk.open() as other:
                cancel_letters(other, Selection("H3"), NOW, by="người khác", why="nhầm")
            return replaced(path, target)

        monkeypatch.setattr(Path, "replace", cancelling)
        (file,) = run(desk, EVERY).files
        assert [(each.code, each.after, bool(each.problem)) for each in file.letters] == [
            ("H1", SENT, False),
            ("H3", LetterState.CANCELLED, True),
        ]
        assert "đừng giao tờ này" in file.letters[1].problem
        assert "H3" not in prints(desk)

    def test_a_full_or_forbidden_disk_leaves_the_letters_as_they_were(self, desk: Desk) -> None:
        sign(desk, "H1")
        (desk.folder / "in-giay").write_text("là tệp")
        with pytest.raises(StoreError, match="--out"):
            run(desk, EVERY)
        assert states(desk)["H1"] is SIGNED


class TestHandedOver:
    def note(self, desk: Desk, selection: Selection, **options: object) -> PrintReport:
        with desk.open() as office:
            return note_handed_over(office, selection, NOW, **{"by": BY, **options})

    def test_what_was_signed_with_ink_goes_out_without_another_print(self, desk: Desk) -> None:
        run(desk, Selection(states=(NUMBERED,)))
        sign(desk, "H1", "H3", here=False)
        (file,) = self.note(desk, Selection(unit="PKT")).files
        assert [(each.code, each.after) for each in file.letters] == [("H1", SENT), ("H3", SENT)]
        assert prints(desk)["H1"] == (
            "sent",
            [f"in để ký; người in: {BY}", f"giao bản đã in; người giao: {BY}"],
        )
        assert prints(desk)["H2"][0] == DeliveryState.WAITING

    def test_not_what_was_never_printed_nor_what_is_not_signed(self, desk: Desk) -> None:
        sign(desk, "H1")
        with pytest.raises(LetterError, match="chưa in lần nào"):
            self.note(desk, Selection("H1"))
        with pytest.raises(LetterError, match="chưa ký"):
            self.note(desk, Selection("H2"))
        assert prints(desk) == {}

    def test_a_trial_writes_nothing(self, desk: Desk) -> None:
        sign(desk, "H1", here=False)
        (file,) = self.note(desk, Selection("H1"), dry_run=True).files
        assert file.letters[0].after is SENT
        assert states(desk)["H1"] is SIGNED


def work(folder: Path, last_step: int | None) -> None:
    """Print what is signed; end at `last_step`, or at the end and tell the steps."""
    with open_office(folder / "config.toml") as office:
        steps = Steps(last_step)
        print_letters(office, EVERY, NOW, by=BY, out=folder / "in-giay")
    (folder / "steps").write_text(str(steps.taken))


def printed_by(folder: Path, last_step: int | None = None) -> int | None:
    process = FORKS.Process(target=work, args=(folder, last_step))
    process.start()
    process.join()
    return process.exitcode


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "in-giay").glob("*.pdf")}


KILLS = usually(4, 6)
Undisturbed = tuple[int, dict[str, bytes], dict[str, tuple[str, list[str]]]]


@pytest.fixture(scope="module")
def signed(numbered: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    desk = Desk(Path(shutil.copytree(numbered, tmp_path_factory.mktemp("ky") / "office")))
    sign(desk, "H1", "H2", "H3")
    return desk.folder


@pytest.fixture(scope="module")
def undisturbed(signed: Path) -> Undisturbed:
    folder = Path(shutil.copytree(signed, signed.with_name("yen")))
    assert printed_by(folder) == 0
    return int((folder / "steps").read_text()), files(folder), prints(Desk(folder))


@pytest.mark.parametrize("number", range(KILLS))
def test_killed_anywhere_the_next_run_prints_the_same(
    signed: Path, undisturbed: Undisturbed, number: int
) -> None:
    steps, wanted, noted = undisturbed
    last = 1 + number * (steps - 1) // (KILLS - 1)
    folder = Path(shutil.copytree(signed, signed.with_name(f"ngat-{number}")))
    assert printed_by(folder, last) == KILLED
    assert files(folder).items() <= wanted.items(), "no file is half"
    for code, (state, _) in prints(Desk(folder)).items():
        assert state == "sent"
        assert any(code in page for pdf in files(folder).values() for page in texts(pdf))
    assert printed_by(folder) == 0
    assert files(folder) == wanted
    assert prints(Desk(folder)) == noted
    assert {path.suffix for path in (folder / "in-giay").iterdir()} == {".pdf"}


def test_the_kills_hit_every_part_of_it(undisturbed: Undisturbed) -> None:
    steps, wanted, noted = undisturbed
    assert len(wanted) == 2
    assert set(noted) == {"H1", "H2", "H3"}
    assert steps > 3 * KILLS


class TestCommand:
    def call(self, desk: Desk, *words: str) -> Result:
        return CliRunner().invoke(
            app,
            [
                "letters",
                "print",
                *words,
                "--config",
                str(desk.folder / "config.toml"),
                "--at",
                "2026-11-12T08:00",
            ],
        )

    def test_prints_and_says_where(self, desk: Desk) -> None:
        sign(desk, "H1", "H2", "H3")
        out = desk.folder / "giay"
        said = self.call(desk, "--state", "signed", "--out", str(out), "--by", BY)
        assert said.exit_code == 0, said.output
        paths = sorted(out.iterdir())
        assert len(paths) == 2
        assert all(str(path) in said.output for path in paths)
        assert "đã ký → đã gửi/đã in" in said.output
        assert "Nguyễn Văn Ví Dụ" not in said.output

    def test_as_json(self, desk: Desk) -> None:
        sign(desk, "H1")
        said = json.loads(self.call(desk, "H1", "--by", BY, "--dry-run", "--json").output)
        (letter,) = said["files"][0]["letters"]
        assert (letter["code"], letter["after"], letter["pages"]) == ("H1", "sent", None)

    def test_what_was_refused_is_an_error(self, desk: Desk) -> None:
        said = self.call(desk, "--state", "numbered", "--handed-over", "--by", BY)
        assert said.exit_code == 1
        assert "chưa ký nên chưa giao được" in said.stderr

    def test_nothing_waits(self, desk: Desk) -> None:
        said = self.call(desk, "--by", BY)
        assert (said.exit_code, said.output.strip()) == (0, "Không có văn bản nào chờ in.")

    @pytest.mark.parametrize(
        "words",
        [
            ("H1", "--unit", "PKT"),
            ("--state", "signed", "--waiting"),
            ("--handed-over", "--out", "x"),
            ("H1", "H2"),
        ],
        ids=" ".join,
    )
    def test_a_slip_is_refused(self, desk: Desk, words: tuple[str, ...]) -> None:
        assert self.call(desk, *words, "--by", BY).exit_code == 2
