"""Drafts of apology letters: for whom, by whom, with which date, and one a dossier."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from offices import NOW, SOURCE, UNITS, Desk, desk_in, done, row
from pdf_pages import pages_of
from sqlalchemy import select

from latewatch.domain.deadline import Basis
from latewatch.errors import LetterError, StoreError
from latewatch.jobs.explain import explain_dossier
from latewatch.jobs.letters.draft import DraftedLetter, draft_letters
from latewatch.jobs.letters.issue import IssuedLetter, issue_letter
from latewatch.jobs.poll import poll
from latewatch.letters.render import LetterPrinter
from latewatch.store import schema

TODAY = NOW.date()
FRIDAY, SATURDAY, MONDAY = "2026-11-13T08:00", "2026-11-14T08:00", "2026-11-16T08:00"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return desk_in(tmp_path / "office")


@pytest.fixture
def unprinted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare the drawing where only rows and dates are asked after: a PDF takes a fifth of a second."""
    monkeypatch.setattr(LetterPrinter, "pdf", lambda _printer, letter: f"%PDF {letter.code}".encode())


def promised(code: str, day: str, **facts: str) -> dict[str, str]:
    """A dossier whose limit nobody knows: its promise decides."""
    return row(code, promised=day, **facts)


def codes(made: list[DraftedLetter]) -> list[str]:
    return [letter.code for letter in made]


def letters(desk: Desk) -> list[tuple[str, str, date, date]]:
    """Return code, state, date and new date of every letter ever drafted."""
    table = schema.letter.c
    with desk.open() as office, office.store.reading() as connection:
        rows = connection.execute(
            select(schema.dossier.c.code, table.state, table.dated, table.new_date)
            .join(schema.dossier, schema.dossier.c.id == table.dossier_id)
            .order_by(table.id)
        )
        return [(code, state, dated, new_date) for code, state, dated, new_date in rows]


def prints(desk: Desk) -> list[Path]:
    return sorted((desk.folder / "letters").rglob("*.pdf"))


def text_of(path: Path) -> str:
    (page,) = pages_of(path)
    return page.text


@pytest.mark.usefixtures("unprinted")
class TestWhoseLetter:
    @pytest.mark.parametrize(
        ("day", "lead", "is_owed"),
        [
            pytest.param("11/11/2026", 1, True, id="overdue since yesterday"),
            pytest.param("12/11/2026", 1, True, id="due today"),
            pytest.param("13/11/2026", 1, True, id="due tomorrow"),
            pytest.param("16/11/2026", 1, False, id="due in two working days"),
            pytest.param("14/11/2026", 1, True, id="promised for Saturday: Friday is its last working day"),
            pytest.param("16/11/2026", 2, True, id="with a lead of two"),
            pytest.param("13/11/2026", 0, False, id="with no lead, not tomorrow's"),
            pytest.param("12/11/2026", 0, True, id="with no lead, today's"),
            pytest.param("31/12/2099", 1, False, id="beyond all calendars"),
            pytest.param("01/06/2019", 1, True, id="from before all calendars"),
        ],
    )
    def test_of_what_is_due_when(self, desk: Desk, day: str, lead: int, is_owed: bool) -> None:
        desk.configure(SOURCE, UNITS, f"[letters]\nlead_working_days = {lead}\n")
        desk.export("a.csv", [promised("H1", day, received="01/06/2019")])
        desk.poll()
        assert codes(desk.draft()) == (["H1"] if is_owed else [])

    @pytest.mark.parametrize(
        ("at", "is_owed"), [(NOW, False), (FRIDAY, True), (SATURDAY, True), (MONDAY, True)]
    )
    def test_over_a_weekend_friday_is_the_day_before_monday(self, desk: Desk, at: str, is_owed: bool) -> None:
        desk.export("a.csv", [promised("H1", "16/11/2026")])
        desk.poll()
        assert codes(desk.draft(at)) == (["H1"] if is_owed else [])

    @pytest.mark.parametrize(
        "facts",
        [
            pytest.param({"status": "Đã xử lý xong", "finished": "11/11/2026"}, id="finished"),
            pytest.param({"status": "Đã xử lý xong"}, id="finished, nobody knows when"),
            pytest.param({"status": "Yêu cầu bổ sung"}, id="waiting for a supplement"),
            pytest.param({"status": "Rút hồ sơ"}, id="withdrawn"),
            pytest.param({"status": "Từ chối giải quyết"}, id="refused"),
            pytest.param({"promised": ""}, id="without any due date"),
        ],
    )
    def test_of_nothing_that_does_not_run(self, desk: Desk, facts: dict[str, str]) -> None:
        desk.export("a.csv", [{**promised("H1", "12/11/2026"), **facts}, promised("H2", "12/11/2026")])
        desk.poll()
        assert codes(desk.draft()) == ["H2"]


@pytest.mark.usefixtures("unprinted")
class TestNewDate:
    @pytest.mark.parametrize(
        ("facts", "days", "new_date"),
        [
            pytest.param({"promised": "12/11/2026"}, 1, "2026-11-13", id="from the due day"),
            pytest.param({"promised": "12/11/2026"}, 2, "2026-11-16", id="over the weekend"),
            pytest.param({"promised": "13/11/2026"}, 1, "2026-11-16", id="from tomorrow's due day"),
            pytest.param({"promised": "14/11/2026"}, 1, "2026-11-16", id="from a Saturday"),
            pytest.param({"promised": "02/11/2026"}, 1, "2026-11-13", id="overdue: from today"),
            pytest.param(
                {"promised": "20/11/2026", "limit": "3"}, 1, "2026-11-23", id="from a later promise"
            ),
            pytest.param({"promised": "12/11/2026"}, 8, "2026-11-25", id="over Culture Day"),
            pytest.param(
                {"promised": "31/12/2099", "limit": "3"}, 1, "2026-11-13", id="a promise nobody meant"
            ),
        ],
    )
    def test_it_is_a_working_day_after_today_the_due_day_and_the_promise(
        self, desk: Desk, facts: dict[str, str], days: int, new_date: str
    ) -> None:
        desk.configure(SOURCE, UNITS, f"[letters]\nnew_date_working_days = {days}\n")
        desk.export("a.csv", [row("H1", **facts)])
        desk.poll()
        assert [letter.new_date for letter in desk.draft()] == [date.fromisoformat(new_date)]


@pytest.mark.usefixtures("unprinted")
class TestOnce:
    def test_one_letter_a_dossier_however_often_it_runs(self, desk: Desk) -> None:
        desk.export("a.csv", [promised("H1", "12/11/2026")])
        desk.poll()
        first = desk.draft()
        again = desk.draft(MONDAY)
        assert [(letter.path, letter.new_date) for letter in again] == [(first[0].path, first[0].new_date)]
        assert (first[0].is_new, again[0].is_new) == (True, False)
        assert len(letters(desk)) == 1

    def test_by_code_before_it_is_due_and_no_second(self, desk: Desk) -> None:
        desk.export("a.csv", [promised("H1", "30/11/2026"), promised("H2", "12/11/2026")])
        desk.poll()
        assert codes(desk.draft(code=" H1 ", reason="chờ xác minh thực địa")) == ["H1"]
        with pytest.raises(LetterError, match=r"H1 đã có văn bản xin lỗi ngày 12/11/2026.*19\.6"):
            desk.draft(MONDAY, code="H1")
        assert [code for code, *_ in letters(desk)] == ["H1"]
        assert codes(desk.draft(MONDAY)) == ["H1", "H2"]

    def test_by_a_code_nobody_knows(self, desk: Desk) -> None:
        with pytest.raises(LetterError, match="Không có hồ sơ H7"):
            desk.draft(code="H7")

    def test_by_the_code_of_a_finished_one(self, desk: Desk) -> None:
        desk.export("a.csv", [done("H1", "05/11/2026", promised="12/11/2026")])
        desk.poll()
        with pytest.raises(LetterError, match="trước hạn"):
            desk.draft(code="H1")


@pytest.mark.usefixtures("unprinted")
class TestIssuing:
    """A person signed and sent it. From then on it is the dossier's apology, and stays it."""

    def drafted(self, desk: Desk) -> None:
        desk.export("a.csv", [promised("H1", "13/11/2026")])
        desk.poll()
        desk.draft()

    def issue(self, desk: Desk, code: str = "H1", on: date = TODAY, at: datetime = NOW) -> IssuedLetter:
        with desk.open() as office:
            return issue_letter(office, code, on, at, by="thử")

    @pytest.mark.parametrize(
        ("days", "is_late"),
        [
            pytest.param(0, False, id="the day before expiry"),
            pytest.param(1, True, id="the day of expiry"),
            pytest.param(4, True, id="after it"),
        ],
    )
    def test_it_is_in_time_or_late(self, desk: Desk, days: int, is_late: bool) -> None:
        self.drafted(desk)
        later = NOW + timedelta(days=days)
        letter = self.issue(desk, on=later.date(), at=later)
        assert (letter.code, letter.issued_on, letter.is_late) == ("H1", later.date(), is_late)

    def test_it_leaves_the_drafts_and_is_never_cancelled(self, desk: Desk) -> None:
        self.drafted(desk)
        self.issue(desk)
        desk.export("b.csv", [done("H1", "13/11/2026 09:00", promised="13/11/2026")])
        desk.poll(FRIDAY)
        assert desk.draft(FRIDAY) == []
        assert [state for _, state, *_ in letters(desk)] == ["sent"]

    @pytest.mark.parametrize("code", ["H1", "H7"])
    def test_without_a_draft_there_is_nothing_to_issue(self, desk: Desk, code: str) -> None:
        desk.export("a.csv", [promised("H1", "30/11/2026")])
        desk.poll()
        with pytest.raises(LetterError, match=f"{code} không có dự thảo"):
            self.issue(desk, code)

    def test_twice_is_refused_and_so_is_another_draft(self, desk: Desk) -> None:
        self.drafted(desk)
        self.issue(desk)
        with pytest.raises(LetterError, match="không quá một lần"):
            self.issue(desk)
        with pytest.raises(LetterError, match="không quá một lần"):
            desk.draft(code="H1")

    @pytest.mark.parametrize("day", [TODAY - timedelta(days=1), TODAY + timedelta(days=1)], ids=str)
    def test_its_date_is_none_before_the_draft_or_after_today(self, desk: Desk, day: date) -> None:
        self.drafted(desk)
        with pytest.raises(LetterError, match="Ngày phát hành"):
            self.issue(desk, on=day)
        assert [state for _, state, *_ in letters(desk)] == ["draft"]


@pytest.mark.usefixtures("unprinted")
class TestCancelling:
    @pytest.mark.parametrize(
        ("after", "state"),
        [
            pytest.param(done("H1", "12/11/2026 16:00", promised="13/11/2026"), "cancelled", id="early"),
            pytest.param(done("H1", "13/11/2026 16:00", promised="13/11/2026"), "cancelled", id="on time"),
            pytest.param(done("H1", "16/11/2026", promised="13/11/2026"), "draft", id="late"),
            pytest.param(row("H1", status="Rút hồ sơ", promised="13/11/2026"), "cancelled", id="withdrawn"),
            pytest.param(row("H1", status="Tạm dừng", promised="13/11/2026"), "cancelled", id="suspended"),
            pytest.param(
                row("H1", promised="13/11/2026", applicant="Lê Văn Mẫu"), "draft", id="still running"
            ),
        ],
    )
    def test_what_is_no_longer_owed_goes_with_its_file(
        self, desk: Desk, after: dict[str, str], state: str
    ) -> None:
        desk.export("a.csv", [promised("H1", "13/11/2026")])
        desk.poll()
        assert desk.draft()[0].path.exists()
        desk.export("b.csv", [after])
        desk.poll("2026-11-16T17:00")
        desk.draft("2026-11-16T17:00")
        assert [each for _, each, *_ in letters(desk)] == [state]
        assert len(prints(desk)) == (state == "draft")

    def test_a_dossier_that_runs_again_gets_a_new_draft(self, desk: Desk) -> None:
        desk.export("a.csv", [promised("H1", "12/11/2026")])
        desk.poll()
        first = desk.draft()[0]
        desk.export("b.csv", [row("H1", status="Yêu cầu bổ sung", promised="12/11/2026")])
        desk.poll()
        assert desk.draft() == []
        desk.export("c.csv", [promised("H1", "12/11/2026", applicant="Lê Văn Mẫu")])
        desk.poll()
        second = desk.draft()[0]
        assert (first.path.exists(), second.path.exists()) == (False, True)
        assert [state for _, state, *_ in letters(desk)] == ["cancelled", "draft"]

    def test_a_file_that_cannot_be_removed_keeps_its_draft_for_the_next_run(self, desk: Desk) -> None:
        desk.export("a.csv", [promised("H1", "13/11/2026")])
        desk.poll()
        path = desk.draft()[0].path
        path.unlink()
        path.mkdir()  # as much as a program that holds it open
        desk.export("b.csv", [done("H1", "12/11/2026 09:00", promised="13/11/2026")])
        desk.poll(FRIDAY)
        assert desk.draft(FRIDAY) == []
        assert [state for _, state, *_ in letters(desk)] == ["draft"]
        path.rmdir()
        desk.draft(FRIDAY)
        assert [state for _, state, *_ in letters(desk)] == ["cancelled"]

    def test_a_change_nobody_assessed_yet_is_seen_all_the_same(self, desk: Desk) -> None:
        """Another process may take a file in between this one's assessment and its letters."""
        desk.export("a.csv", [promised("H1", "12/11/2026"), promised("H2", "30/11/2026")])
        desk.poll()
        desk.draft()
        desk.export(
            "b.csv", [done("H1", "12/11/2026 09:00", promised="12/11/2026"), promised("H2", "11/11/2026")]
        )
        with desk.open() as office:
            poll(office, office.settings.sources[0], NOW + timedelta(hours=2))
            assert codes(draft_letters(office, NOW + timedelta(hours=2))) == ["H2"]
        assert [(code, state) for code, state, *_ in letters(desk)] == [("H1", "cancelled"), ("H2", "draft")]


class TestFiles:
    def test_names_never_lead_out_of_the_folder(self, desk: Desk) -> None:
        names = ["../../x", "A/B", "A-B", "..", "H:1*?", "đ" * 100]
        desk.export("a.csv", [promised(name, "12/11/2026") for name in names])
        desk.poll()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(LetterPrinter, "pdf", lambda _printer, letter: letter.code.encode())
            made = desk.draft()
        folder = desk.folder / "letters"
        assert sorted(letter.path.read_text(encoding="utf-8") for letter in made) == sorted(names)
        for letter in made:
            assert letter.path.resolve().parent == folder / "PKT"
            assert letter.path.name.isprintable()
            assert not letter.path.name.startswith(".")

    def test_a_missing_file_is_drawn_again_from_its_row(self, desk: Desk) -> None:
        desk.export("a.csv", [promised("H1", "12/11/2026", applicant="Nguyễn Văn Ví Dụ")])
        desk.poll()
        (first,) = desk.draft(reason="chờ ý kiến của cơ quan phối hợp")
        content = first.path.read_bytes()
        first.path.unlink()
        (again,) = desk.draft(MONDAY)
        assert again.path == first.path
        assert again.path.read_bytes() == content
        (elsewhere,) = desk.draft(MONDAY, out=desk.folder / "usb")
        assert elsewhere.path.is_relative_to(desk.folder / "usb")
        assert elsewhere.path.read_bytes() == content

    def test_a_run_killed_between_the_row_and_the_file(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        desk.export("a.csv", [promised("H1", "12/11/2026")])
        desk.poll()

        def killed(*_: object) -> bytes:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(LetterPrinter, "pdf", killed)
            with pytest.raises(KeyboardInterrupt):
                desk.draft()
        assert len(letters(desk)) == 1
        (made,) = desk.draft()
        assert made.path.read_bytes().startswith(b"%PDF")
        assert len(letters(desk)) == 1

    def test_a_folder_that_cannot_be_written_to(self, desk: Desk) -> None:
        desk.export("a.csv", [promised("H1", "12/11/2026")])
        desk.poll()
        (desk.folder / "letters").write_text("một tệp ở chỗ của thư mục", encoding="utf-8")
        with pytest.raises(StoreError, match=r"không ghi được tệp.*paths\.letters"):
            desk.draft()
        (desk.folder / "letters").unlink()
        (made,) = desk.draft()
        assert made.path.exists()
        assert len(letters(desk)) == 1


OWN = """
[[units]]
code = "VPDK"
name = "Văn phòng Đăng ký Ví Dụ"
governing_body = "Sở Mẫu"
issuing_body = "Văn phòng Đăng ký đất đai Ví Dụ"
place = "Mẫu Thành"
signer_title = "Giám đốc"
deputy_title = "Phó Giám đốc"
signer_name = "Trần Thị Thí Dụ"
letter_symbol = "PXL-VPDK"
"""


class TestLetterhead:
    def test_it_is_that_of_the_unit_that_resolves(self, desk: Desk) -> None:
        desk.configure(SOURCE, UNITS, OWN, '[letters]\nreason = "chờ ý kiến của cơ quan phối hợp"\n')
        desk.export(
            "a.csv",
            [
                promised("H1", "12/11/2026", unit="Văn phòng Đăng ký Ví Dụ", applicant="Lê Văn Mẫu"),
                promised("H2", "12/11/2026", unit="p. kinh te"),
                promised("H3", "12/11/2026", unit="Phòng Nào Đó"),
            ],
        )
        desk.poll()
        made = {letter.code: letter for letter in desk.draft()}
        assert [made[code].path.parent.name for code in ("H1", "H2", "H3")] == ["VPDK", "PKT", "khac"]
        own, office, unknown = (text_of(made[code].path) for code in ("H1", "H2", "H3"))
        for words in (
            "SỞ MẪU",
            "VĂN PHÒNG ĐĂNG KÝ ĐẤT ĐAI VÍ DỤ",
            "/PXL-VPDK",
            "Mẫu Thành, ngày 12 tháng 11 năm 2026",
            "KT. GIÁM ĐỐC",
            "PHÓ GIÁM ĐỐC",
            "Trần Thị Thí Dụ",
            "Lê Văn Mẫu",
            "chờ ý kiến của cơ quan phối hợp",
        ):
            assert words in own
        for words in ("UBND TỈNH MẪU", "PHÒNG KINH TẾ", "TRƯỞNG PHÒNG", "Ví Dụ, ngày 12", "Nguyễn Văn Ví Dụ"):
            assert words in office
        assert "KT." not in office
        assert "PHÒNG NÀO ĐÓ" in unknown
        assert "CHỦ TỊCH" in unknown

    def test_a_unit_may_say_that_its_head_signs_where_the_offices_deputy_does(self, desk: Desk) -> None:
        deputy = 'deputy_title = "Phó Chủ tịch"\n'
        own = '\n[[units]]\ncode = "A"\nname = "Phòng A"\ndeputy_title = ""\n'
        config = (desk.folder / "config.toml").read_text(encoding="utf-8")
        config = config.replace('signer_title = "Chủ tịch"\n', f'signer_title = "Chủ tịch"\n{deputy}') + own
        (desk.folder / "config.toml").write_text(config, encoding="utf-8")
        desk.export(
            "a.csv", [promised("H1", "12/11/2026", unit="Phòng A"), promised("H2", "12/11/2026", unit="B")]
        )
        desk.poll()
        first, second = (text_of(letter.path) for letter in desk.draft())
        assert "KT." not in first
        assert "KT. CHỦ TỊCH" in second
        assert "PHÓ CHỦ TỊCH" in second

    def test_a_promise_nobody_meant_is_not_repeated(self, desk: Desk) -> None:
        desk.export("a.csv", [row("H1", promised="31/12/2099", limit="3")])
        desk.poll()
        (made,) = desk.draft()
        assert "2099" not in text_of(made.path)
        with desk.open() as office:
            assert explain_dossier(office, "H1", NOW).case.deadline.basis is Basis.COMPUTED
