"""Drafts follow their dossiers: early enough, with the right dates, gone when needless; and what stays a person's."""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from offices import EVENTS, NOW, SOURCE, UNITS, Desk, Row, desk_in, done, row
from sqlalchemy import insert, update
from typer.testing import CliRunner
from worlds import CALENDAR, moment

from latewatch.cli.main import app
from latewatch.domain.letters.life import LetterState
from latewatch.errors import ConfigError, LetterError
from latewatch.jobs.check import check_office
from latewatch.jobs.digest import compose_digests
from latewatch.jobs.letters.contents import letter_of
from latewatch.jobs.letters.draft import DraftedLetter
from latewatch.jobs.letters.moving import Selection
from latewatch.jobs.letters.numbering import number_letters
from latewatch.jobs.letters.review import review_letters
from latewatch.jobs.letters.settling import drafts_with_cases, needless_letters
from latewatch.letters.render import LetterPrinter
from latewatch.store import schema
from latewatch.store.database import Store
from latewatch.store.letters.history import finished_between
from latewatch.store.letters.life import changes_of, of_dossier, stored_letters

FRIDAY, MONDAY = "2026-11-13T08:00", "2026-11-16T08:00"
BY = "Trần Thị Thí Dụ"
OWN_LEAD = '\n[[procedures]]\nname = "Thủ tục Ví Dụ"\nletter_lead_working_days = 5\n'


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return desk_in(tmp_path / "office")


@pytest.fixture(autouse=True)
def unprinted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A print that says what matters here: when the person is asked to come back, and for whom it is."""
    monkeypatch.setattr(
        LetterPrinter,
        "pdf",
        lambda _printer, letter: f"{letter.applicant} hẹn {letter.new_date:%d/%m/%Y}".encode(),
    )


def tell(desk: Desk, *rows: Row, at: str | datetime = NOW) -> None:
    desk.export(f"{desk.files}.csv", list(rows))
    desk.poll(at)


def dated(desk: Desk, code: str = "H1") -> tuple[str, date, date]:
    """State, due date and new date of the newest letter of a dossier."""
    with desk.open() as office, office.store.reading() as connection:
        letter = list(stored_letters(connection, of_dossier(code)))[-1]
        return letter.state.value, letter.due_on, letter.new_date


def steps(desk: Desk, code: str = "H1") -> list[tuple[str | None, str, str]]:
    with desk.open() as office, office.store.reading() as connection:
        (letter,) = stored_letters(connection, of_dossier(code))
        return [(each.before, each.after, each.why) for each in changes_of(connection, letter.id)]


def printed(desk: Desk) -> list[str]:
    return sorted(path.read_text() for path in (desk.folder / "letters").rglob("*.pdf"))


def review(desk: Desk, code: str = "H1", at: datetime = NOW) -> None:
    with desk.open() as office:
        (moved,) = review_letters(office, Selection(code), at, by=BY)
        assert moved.problem == ""


def number(desk: Desk, code: str = "H1", at: datetime = NOW) -> None:
    review(desk, code, at)
    with desk.open() as office:
        (moved,) = number_letters(office, Selection(code), at, by=BY)
        assert moved.problem == ""


def drafted(desk: Desk, *rows: Row) -> None:
    tell(desk, *rows)
    desk.draft(reason="qua-tai")


class TestEarlyEnough:
    """Each procedure has its lead; whoever asks, asks of the same one."""

    DUE_TUESDAY = row("H1", promised="17/11/2026", applicant="Lê Văn Mẫu")  # three working days ahead

    def test_by_the_procedures_own_lead(self, desk: Desk) -> None:
        tell(desk, self.DUE_TUESDAY, row("H2", promised="17/11/2026", procedure="Thủ tục khác"))
        assert desk.draft() == []
        desk.configure(SOURCE, UNITS, OWN_LEAD)
        assert [each.code for each in desk.draft()] == ["H1"]

    def test_a_lead_of_its_own_hides_no_limit_of_the_catalogue(self, desk: Desk, tmp_path: Path) -> None:
        listed = tmp_path / "danh-muc.csv"
        listed.write_text(
            "Mã TTHC,Tên thủ tục,Thời hạn giải quyết\n1.000001,Thủ tục Ví Dụ,11 ngày\n", encoding="utf-8"
        )
        desk.configure(SOURCE, UNITS, OWN_LEAD)
        config = str(desk.folder / "config.toml")
        words = [
            "procedures",
            "import",
            str(listed),
            "--from",
            "2026-01-01",
            "--author",
            BY,
            "--config",
            config,
        ]
        result = CliRunner().invoke(app, words)
        assert result.exit_code == 0, result.output
        tell(desk, row("H1"))
        assert [each.due_on for each in desk.draft()] == [date(2026, 11, 17)]

    def test_the_digest_and_the_check_ask_the_same(self, desk: Desk) -> None:
        desk.configure(SOURCE, UNITS, OWN_LEAD)
        tell(desk, self.DUE_TUESDAY)
        assert "1 hồ sơ phải có văn bản xin lỗi mà chưa soạn; chạy: latewatch letters draft" in checked(desk)
        desk.draft()
        assert "chưa soạn" not in checked(desk)
        assert codes_in(desk, "letters-today") == []
        assert codes_in(desk, "unsigned") == ["H1"]
        assert codes_in(desk, "letters-today", MONDAY) == ["H1"]

    def test_a_change_of_the_calendar_asks_the_same(self, desk: Desk) -> None:
        """Three days off move the due date to Friday 20/11: still within a lead of five."""
        desk.configure(SOURCE, UNITS, OWN_LEAD)
        tell(desk, row("H1", limit="11 ngày"))
        desk.draft()
        config = ["--config", str(desk.folder / "config.toml"), "--at", "2026-11-12T09:00"]
        words = [
            "--kind",
            "day off",
            "--title",
            "Nghỉ bão",
            "--source",
            "CV 1/VD",
            "--commit",
            "--author",
            BY,
        ]
        for day in ("2026-11-13", "2026-11-16", "2026-11-17"):
            args = ["calendar", "set", day, *words, "--reason", "bão", *config]
            result = CliRunner().invoke(app, args)
            assert result.exit_code == 0, result.output
        assert dated(desk)[:2] == ("draft", date(2026, 11, 20))


def checked(desk: Desk, at: datetime = NOW) -> str:
    with desk.open() as office:
        return "\n".join(each.text for each in check_office(office, at, None))


def codes_in(desk: Desk, key: str, at: str | datetime = NOW) -> list[str]:
    now = moment(at) if isinstance(at, str) else at
    assert now
    with desk.open() as office:
        ((_, digest),) = compose_digests(office, now)
    return [row.code for block in digest.blocks if block.key == key for row in block.rows]


class TestMovedDates:
    """A due date that moves for whatever reason is that of the draft; what was reviewed is read once more."""

    def test_a_corrected_promise(self, desk: Desk) -> None:
        drafted(desk, row("H1", promised="11/11/2026", applicant="Lê Văn Mẫu"))
        assert dated(desk) == ("draft", date(2026, 11, 11), date(2026, 11, 19))
        tell(desk, row("H1", promised="12/11/2026", applicant="Lê Văn Mẫu"))
        desk.draft()
        assert dated(desk) == ("draft", date(2026, 11, 12), date(2026, 11, 19))
        assert steps(desk)[-1] == ("draft", "draft", "hạn của hồ sơ đổi từ 11/11/2026 sang 12/11/2026")

    def test_a_corrected_limit_of_what_was_reviewed(self, desk: Desk) -> None:
        """Due on 12/11 with eight days; with fourteen on 20/11, after the new date that was proposed."""
        desk.configure(SOURCE, UNITS, OWN_LEAD.replace("= 5", "= 9"))
        drafted(desk, row("H1", limit="8 ngày", applicant="Lê Văn Mẫu"))
        review(desk)
        tell(desk, row("H1", limit="14 ngày", applicant="Lê Văn Mẫu"))
        desk.draft()
        assert dated(desk) == ("draft", date(2026, 11, 20), date(2026, 11, 30))
        before, after, why = steps(desk)[-1]
        assert (before, after) == ("reviewed", "draft")
        assert why == (
            "hạn của hồ sơ đổi từ 12/11/2026 sang 20/11/2026; Ngày hẹn lại 19/11/2026 phải sau hạn ban đầu "
            "20/11/2026; nay đề nghị 30/11/2026"
        )
        assert printed(desk) == ["Lê Văn Mẫu hẹn 30/11/2026"]

    def test_a_new_date_that_is_still_valid_stays_whoever_chose_it(self, desk: Desk) -> None:
        tell(desk, row("H1", promised="11/11/2026"))
        desk.draft(code="H1", new_date=date(2026, 11, 30))
        tell(desk, row("H1", promised="12/11/2026"))
        assert [(each.new_date, each.proposal) for each in desk.draft()] == [
            (date(2026, 11, 30), "do người soạn chọn")
        ]

    def test_a_new_date_that_has_passed_is_proposed_anew(self, desk: Desk) -> None:
        drafted(desk, row("H1", promised="11/11/2026", applicant="Lê Văn Mẫu"))
        review(desk)
        (again,) = desk.draft("2026-11-19T08:00")
        assert (again.state, again.new_date) == (LetterState.DRAFT, date(2026, 11, 27))
        assert printed(desk) == ["Lê Văn Mẫu hẹn 27/11/2026"]

    def test_what_holds_is_left_alone_however_often_it_runs(self, desk: Desk) -> None:
        drafted(desk, row("H1", promised="11/11/2026", applicant="Lê Văn Mẫu"))
        review(desk)
        before = steps(desk)
        for at in (NOW, FRIDAY, MONDAY):
            desk.draft(at)
        assert (steps(desk), dated(desk)[0]) == (before, "reviewed")

    def test_an_interruption_that_ended(self, desk: Desk) -> None:
        """The supplement restarts the limit of eight days: due on 12/11, then within reach again on 13/11."""
        desk.configure(SOURCE, EVENTS, UNITS, "\n[letters]\nlead_working_days = 9\n")
        drafted(desk, row("H1", limit="8 ngày"))
        desk.tell("su-kien.csv", ["H1", "Yêu cầu bổ sung", "03/11/2026 09:00", "03/11/2026 15:00"])
        desk.poll()
        desk.draft()
        assert dated(desk)[1] == date(2026, 11, 13)
        assert steps(desk)[-1][2] == "hạn của hồ sơ đổi từ 12/11/2026 sang 13/11/2026"

    def test_out_of_reach_it_goes(self, desk: Desk) -> None:
        drafted(desk, row("H1", promised="12/11/2026"))
        tell(desk, row("H1", promised="30/11/2026"))
        assert desk.draft() == []
        assert steps(desk)[-1] == (
            "draft",
            "cancelled",
            "không cần xin lỗi nữa: hạn của hồ sơ nay là 30/11/2026, chưa đến lúc xin lỗi",
        )
        assert printed(desk) == []

    def test_another_name_is_printed_anew(self, desk: Desk) -> None:
        drafted(desk, row("H1", promised="12/11/2026", applicant="Lê Văn Mẫu"))
        tell(desk, row("H1", promised="12/11/2026", applicant="Lê Văn Mẫu Mới"))
        desk.draft()
        assert printed(desk) == ["Lê Văn Mẫu Mới hẹn 19/11/2026"]

    def test_another_unit_prints_in_its_own_folder(self, desk: Desk) -> None:
        drafted(desk, row("H1", promised="12/11/2026"))
        tell(desk, row("H1", promised="12/11/2026", unit="Phòng Văn hóa - Xã hội"))
        (made,) = desk.draft()
        assert made.path.parent.name == "PVH"
        assert len(printed(desk)) == 1

    def test_a_print_of_another_dossier_is_never_touched(self, desk: Desk) -> None:
        drafted(desk, row("H1", promised="12/11/2026"))
        mine = [
            desk.folder / "letters" / "PKT" / name for name in ("H1-11.pdf", "bao-cao-1.pdf", "H1-1-x.pdf")
        ]
        for path in mine:
            path.write_text("của tôi")
        tell(desk, row("H1", promised="30/11/2026"))
        desk.draft()
        assert sorted((desk.folder / "letters" / "PKT").iterdir()) == sorted(mine)


class TestNumbered:
    """What has a number stands in the register: nobody cancels it but a person, who is told to."""

    @pytest.fixture
    def numbered(self, desk: Desk) -> Desk:
        drafted(desk, row("H1", promised="13/11/2026", applicant="Lê Văn Mẫu"))
        number(desk)
        return desk

    def why(self, desk: Desk, at: str) -> list[str]:
        now = moment(at)
        assert now
        with desk.open() as office, office.store.reading() as connection:
            return [each.told for each in needless_letters(connection, office, now)]

    @pytest.mark.parametrize(
        ("after", "why"),
        [
            pytest.param(row("H1", promised="13/11/2026"), "", id="still needed"),
            pytest.param(done("H1", "13/11/2026 09:00", promised="13/11/2026"), "hồ sơ nay “đúng hạn”", id="done in time"),
            pytest.param(done("H1", "16/11/2026 07:00", promised="13/11/2026"), "hồ sơ đã xong ngày 16/11/2026, không còn gì để hẹn lại", id="done late"),
            pytest.param(row("H1", status="Rút hồ sơ", promised="13/11/2026"), "hồ sơ nay “rút hồ sơ”", id="withdrawn"),
            pytest.param(row("H1", promised="30/11/2026"), "hạn của hồ sơ nay là 30/11/2026, chưa đến lúc xin lỗi", id="due much later"),
            pytest.param(row("H1", limit="5 ngày", promised="20/11/2026"), "ngày hẹn lại 20/11/2026 không còn sau hạn hay ngày hẹn 20/11/2026", id="its date is the promise by now"),
        ],
    )  # fmt: skip
    def test_it_should_be_cancelled_where_nobody_needs_it(self, numbered: Desk, after: Row, why: str) -> None:
        tell(numbered, after, at=MONDAY)
        numbered.draft(MONDAY)
        expected = [f"H1: văn bản xin lỗi số 01/PXL, đã cấp số, nên hủy vì {why}"] if why else []
        assert self.why(numbered, MONDAY) == expected
        assert dated(numbered) == ("numbered", date(2026, 11, 13), date(2026, 11, 20))

    def test_everybody_is_told_so(self, numbered: Desk) -> None:
        tell(numbered, done("H1", "13/11/2026 09:00", promised="13/11/2026"), at=MONDAY)
        told = "nên hủy vì hồ sơ nay “đúng hạn”; hủy bằng: latewatch letters cancel H1 --by TÊN --why LÝ-DO"
        at = moment(MONDAY)
        assert at
        assert told in checked(numbered, at)
        config = ["--config", str(numbered.folder / "config.toml"), "--at", MONDAY]
        assert told in CliRunner().invoke(app, ["letters", "draft", *config]).output.replace("\n", " ")
        assert codes_in(numbered, "needless", "2026-11-20T08:00") == ["H1"]

    def test_it_is_no_draft_any_more(self, numbered: Desk) -> None:
        assert numbered.draft() == []
        with pytest.raises(
            LetterError, match=r"số 01/PXL ngày 12/11/2026, bước “đã cấp số”.*không quá một lần"
        ):
            numbered.draft(code="H1")

    def test_a_recalled_letter_used_the_appointment_up(self, numbered: Desk) -> None:
        with numbered.open() as office, office.store.writing() as connection:
            connection.execute(update(schema.letter).values(state="cancelled", sent_on=NOW.date()))
        with pytest.raises(LetterError, match=r"số 01/PXL.*đã gửi ngày 12/11/2026 rồi hủy"):
            numbered.draft(code="H1")
        assert numbered.draft(MONDAY) == []

    def test_one_cancelled_before_it_was_sent_did_not(self, numbered: Desk) -> None:
        with numbered.open() as office, office.store.writing() as connection:
            connection.execute(update(schema.letter).values(state="cancelled"))
        assert [each.code for each in numbered.draft(code="H1")] == ["H1"]


class TestHistory:
    """What this office's own finished dossiers of the procedure took decides the new date."""

    def history(self, days: list[int], prefix: str = "X", **facts: str) -> Iterator[Row]:
        """Finished dossiers that took so many working days from 01/09/2026."""
        for n, taken in enumerate(days):
            finish = CALENDAR.add(date(2026, 9, 3), taken)
            yield done(f"{prefix}{n:03}", f"{finish:%d/%m/%Y} 10:00", "03/09/2026", **facts)

    def proposed(self, desk: Desk, *rows: Row) -> DraftedLetter:
        tell(desk, *rows, row("H1", promised="11/11/2026"))
        (made,) = desk.draft()
        return made

    def test_it_is_told_and_kept(self, desk: Desk) -> None:
        """Eight working days are over on 12/11; five of the twenty took longer, four of them up to 12 days."""
        made = self.proposed(desk, *self.history([5] * 15 + [9, 10, 11, 12, 40]))
        assert made.new_date == date(2026, 11, 18)
        assert made.proposal == (
            "hồ sơ đã qua 8 ngày làm việc; trong 20 hồ sơ cùng thủ tục, cùng đơn vị, đã xong có 5 hồ sơ lâu "
            "hơn thế, 80 % số này xong trong 4 ngày làm việc tiếp theo"
        )
        assert [each.proposal for each in desk.draft(FRIDAY)] == [made.proposal]

    def test_another_procedure_says_nothing(self, desk: Desk) -> None:
        made = self.proposed(desk, *self.history([9] * 30, procedure="Thủ tục khác"))
        assert (made.new_date, "mới có 0 hồ sơ" in made.proposal) == (date(2026, 11, 19), True)

    def test_other_units_do_where_its_own_has_too_few(self, desk: Desk) -> None:
        other = self.history([9] * 30, "Y", unit="Phòng Văn hóa - Xã hội")
        made = self.proposed(desk, *self.history([20] * 10), *other)
        assert "trong 40 hồ sơ cùng thủ tục đã xong" in made.proposal

    def test_what_was_finished_long_ago_does_not_count(self, desk: Desk) -> None:
        desk.configure(SOURCE, UNITS, "[letters]\nhistory_days = 30\n")
        made = self.proposed(desk, *self.history([9] * 30))
        assert "mới có 0 hồ sơ cùng thủ tục đã xong, chưa đủ 20" in made.proposal

    def test_nor_do_the_days_of_interruptions(self, desk: Desk) -> None:
        """Each waited for a supplement from 08/09 to 22/09: ten of its nineteen days."""
        desk.configure(SOURCE, EVENTS, UNITS)
        desk.export("x.csv", [*self.history([19] * 20), row("H1", promised="11/11/2026")])
        waits = [[f"X{n:03}", "Yêu cầu bổ sung", "08/09/2026 09:00", "22/09/2026 09:00"] for n in range(20)]
        desk.tell("su-kien.csv", *waits)
        desk.poll()
        (made,) = desk.draft()
        assert "80 % số này xong trong 1 ngày làm việc tiếp theo" in made.proposal

    def test_one_question_for_all(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        asked = []

        def counted(*about: object) -> Iterator[object]:
            asked.append(about)
            return finished_between(*about)  # type: ignore[arg-type]

        monkeypatch.setattr("latewatch.jobs.letters.proposing.finished_between", counted)
        tell(desk, *(row(f"H{n}", promised="11/11/2026", procedure=f"Thủ tục {n}") for n in range(5)))
        assert len(desk.draft()) == 5
        assert len(asked) == 1
        desk.draft()
        assert len(asked) == 1


def test_the_history_is_what_has_a_result(store: Store) -> None:
    texts = dict.fromkeys(
        (
            "status_text",
            "field",
            "receiving_unit",
            "officer",
            "step",
            "applicant",
            "address",
            "phone",
            "email",
        ),
        "",
    )
    usual = {**texts, "version": 1, "procedure_code": "1.000001", "procedure": "Thủ tục Ví Dụ"}
    usual |= {"resolving_unit": "Phòng Kinh tế", "department": "", "status": "returned"}
    usual |= {"received_at": NOW - timedelta(days=9), "processed_at": NOW - timedelta(days=1)}
    others = {
        "H2": {"status": "done"},
        "H3": {"status": "processing"},
        "H4": {"status": "withdrawn"},
        "H5": {"processed_at": NOW + timedelta(days=1)},
        "H6": {"processed_at": NOW - timedelta(days=40)},
        "H7": {"received_at": NOW},
        "H8": {"received_at": None},
    }
    with store.writing() as connection:
        for code, facts in {"H1": {}, **others}.items():
            connection.execute(insert(schema.dossier).values({**usual, "code": code, **facts}))
        found = list(finished_between(connection, NOW - timedelta(days=30), NOW))
    assert [each.names.procedure_code for each in found] == ["1.000001"] * 2
    assert {each.finished_at for each in found} == {NOW - timedelta(days=1)}


class TestSeveralUnits:
    """Liên thông: the unit that returns the result signs (NĐ 118/2025, Điều 20.2); who is at fault is data."""

    @pytest.fixture
    def shared(self, desk: Desk) -> Desk:
        desk.configure(SOURCE, EVENTS, UNITS)
        desk.export("a.csv", [row("H1", promised="12/11/2026"), row("H2", promised="12/11/2026")])
        desk.tell(
            "su-kien.csv",
            ["H1", "Chặng", "02/11/2026", "10/11/2026", "Phòng Văn hóa - Xã hội", "3 ngày"],
            ["H1", "Chặng", "10/11/2026", "", "Phòng Kinh tế", "5 ngày"],
            ["H2", "Chặng", "02/11/2026", "", "Sở Mẫu", "20 ngày"],
        )
        desk.poll()
        return desk

    def test_who_overran_is_named_to_the_office_alone_and_signs_nothing(self, shared: Desk) -> None:
        made = {each.code: each for each in shared.draft()}
        assert made["H1"].at_fault == ("Phòng Văn hóa - Xã hội",)
        assert made["H2"].at_fault == ()
        with shared.open() as office, office.store.reading() as connection:
            letters = [
                letter_of(office, each.draft, case) for each, case in drafts_with_cases(connection, office)
            ]
        first = next(each for each in letters if each.code == "H1")
        assert "Văn hóa" not in repr(first)
        assert (first.head.unit_name, first.head.signer_title) == ("Phòng Kinh tế", "Trưởng phòng")

    def test_the_command_says_so_and_the_letter_does_not(
        self, shared: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.undo()
        words = [
            "letters",
            "draft",
            "--json",
            "--config",
            str(shared.folder / "config.toml"),
            "--at",
            f"{NOW:%Y-%m-%dT%H:%M}",
        ]
        first, second = json.loads(CliRunner().invoke(app, words).stdout)
        assert (first["at_fault"], second["at_fault"]) == (["Phòng Văn hóa - Xã hội"], [])
        assert "letters.new_date_working_days" in first["proposal"]

    def test_its_print_does_not_change_as_days_go_by(self, shared: Desk) -> None:
        before = [each.path for each in shared.draft()]
        assert [each.path for each in shared.draft(MONDAY)] == before


class TestReasons:
    def test_a_code_is_written_as_its_sentence(self, desk: Desk) -> None:
        tell(desk, row("H1", promised="12/11/2026"))
        assert [each.reason for each in desk.draft(reason="thuc-dia")] == [
            "cần thêm thời gian kiểm tra, xác minh thực địa"
        ]

    def test_a_typo_drafts_nothing(self, desk: Desk) -> None:
        tell(desk, row("H1", promised="12/11/2026"))
        with pytest.raises(LetterError, match="có phải “thuc-dia” không"):
            desk.draft(reason="thuc-dai")
        assert [each.reason for each in desk.draft()] == [""]

    def test_the_office_has_its_own_and_a_usual_one(self, desk: Desk) -> None:
        own = '[letters]\nreason = "mua-bao"\nreasons = { mua-bao = "ảnh hưởng của mưa bão" }\n'
        desk.configure(SOURCE, UNITS, own)
        tell(desk, row("H1", promised="12/11/2026"))
        assert [each.reason for each in desk.draft()] == ["ảnh hưởng của mưa bão"]
        words = ["letters", "reasons", "--config", str(desk.folder / "config.toml")]
        listed = json.loads(CliRunner().invoke(app, [*words, "--json"]).stdout)
        assert {"code": "mua-bao", "text": "ảnh hưởng của mưa bão", "is_own": True} in listed
        assert "qua-tai" in CliRunner().invoke(app, words).stdout

    @pytest.mark.parametrize(
        ("letters", "key"),
        [
            ('reason = "mua-bao"', "letters.reason"),
            ('reasons = { "Mưa bão" = "x" }', "letters.reasons"),
            ('reasons = { mua-bao = " " }', "letters.reasons"),
        ],
    )
    def test_a_reason_nobody_could_use_is_refused_with_its_key(
        self, desk: Desk, letters: str, key: str
    ) -> None:
        desk.configure(SOURCE, UNITS, f"[letters]\n{letters}\n")
        with pytest.raises(ConfigError, match=key), desk.open():
            pass
