"""Steps of letters, one or many: what each checks, keeps and refuses, on either database."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from offices import NOW, UNITS, desk_in
from sqlalchemy import insert, select
from sqlalchemy.engine import URL
from worlds import moment

from latewatch.app import open_office
from latewatch.domain.dossier import Status
from latewatch.domain.letters.life import LetterState, Move
from latewatch.domain.letters.sending import DeliveryState, LetterChannel
from latewatch.domain.reading import Reading
from latewatch.domain.record import Reported
from latewatch.errors import CalendarError, ConfigError, LetterError, Place
from latewatch.jobs.assess import assess
from latewatch.jobs.letters.closing import cancel_letters, confirm_letters
from latewatch.jobs.letters.documents import from_content
from latewatch.jobs.letters.draft import draft_letters
from latewatch.jobs.letters.issue import issue_letters
from latewatch.jobs.letters.listing import list_letters
from latewatch.jobs.letters.moving import Moved, Selection, move_letters
from latewatch.jobs.letters.numbering import number_letters
from latewatch.jobs.letters.review import review_letters, revise_letters
from latewatch.jobs.letters.showing import letter_stories
from latewatch.jobs.office import Office
from latewatch.letters.render import LetterPrinter
from latewatch.store import schema
from latewatch.store.batches import Arrival
from latewatch.store.calendars import CalendarVersion, append_version
from latewatch.store.database import open_url
from latewatch.store.ingest import ingest
from latewatch.store.letters.life import changes_of, stored_letters
from latewatch.store.letters.register import register_years

REASON = "chờ ý kiến của cơ quan phối hợp"
FACTS: dict[str, Any] = {
    "status": Status.PROCESSING,
    "received_at": moment("2026-11-02T09:30"),
    "promised_at": moment("2026-11-13"),
    "resolving_unit": "Phòng Kinh tế",
    "applicant": "Nguyễn Văn Ví Dụ",
    "address": "thôn Mẫu",
    "phone": "0900000000",
}
SYMBOLS = UNITS.replace('code = "PKT"', 'code = "PKT"\nletter_symbol = "PXL-PKT"')


class Letters:
    """An office with letters; `now` is moved by hand."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.now: datetime = NOW
        self.files = 0

    def tell(self, *codes: str, **facts: Any) -> None:
        """Take in dossiers that say so, and assess them."""
        self.files += 1
        rows = [Reported(code, FACTS | facts, {}, Place("a.csv"), digest=f"{self.files}") for code in codes]
        arrival = Arrival(
            source="xuat-tep",
            origin=f"{self.files}.csv",
            sha256=f"{self.files}",
            profile="p1",
            taken_at=self.now,
        )
        with self.office.store.writing() as connection:
            ingest(connection, arrival, [Reading(rows, fields=frozenset(FACTS | facts))])
        assess(self.office, self.now)

    def draft(self, reason: str = REASON) -> None:
        draft_letters(self.office, self.now, reason=reason)

    def step(self, move: Move, code: str = "", **options: Any) -> list[Moved]:
        """Take a step with the letter of `code`, or with all that can take it."""
        kept = {
            Move.REVIEW: review_letters,
            Move.REVISE: revise_letters,
            Move.NUMBER: number_letters,
            Move.CONFIRM: confirm_letters,
            Move.CANCEL: cancel_letters,
        }
        selection = options.pop("selection", Selection(code))
        if move in kept:
            return kept[move](self.office, selection, self.now, by="Trần Thị Thí Dụ", **options)
        values = {Move.SEND: {"sent_on": self.now.date()}}.get(move, {})
        options.setdefault("prepare", lambda *_: values)
        return move_letters(self.office, selection, move, self.now, by="Trần Thị Thí Dụ", **options)

    def reach(self, *moves: Move, code: str = "") -> None:
        for move in moves:
            moved = self.step(move, code)
            assert [each.problem for each in moved] == [""] * len(moved), moved

    def ready(self, *codes: str, **facts: Any) -> None:
        """Have a reviewed letter of each."""
        self.tell(*codes, **facts)
        self.draft()
        self.reach(Move.REVIEW)

    def states(self) -> dict[str, LetterState]:
        with self.office.store.reading() as connection:
            return {each.code: each.state for each in stored_letters(connection)}

    def numbers(self) -> list[tuple[str, str | None, int | None, date]]:
        with self.office.store.reading() as connection:
            letters = stored_letters(connection)
            return [(each.code, each.register, each.number, each.dated) for each in letters]

    def steps(self, code: str) -> list[tuple[str | None, str, str, str]]:
        with self.office.store.reading() as connection:
            (letter,) = (each for each in stored_letters(connection) if each.code == code)
            return [
                (each.before, each.after, each.by, each.why) for each in changes_of(connection, letter.id)
            ]

    def everything(self) -> dict[str, list[Any]]:
        """Return all that the store holds of letters."""
        tables = (schema.letter, schema.letter_change, schema.letter_register, schema.letter_document)
        with self.office.store.reading() as connection:
            return {table.name: list(map(str, connection.execute(select(table)))) for table in tables}


@pytest.fixture
def world(url: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Letters]:
    """An office on one of the databases. Drawing is spared: rows and rules are asked after."""
    monkeypatch.setattr(LetterPrinter, "pdf", lambda _printer, letter: f"%PDF {letter.code}".encode())
    desk = desk_in(tmp_path / "office")
    yield from opened(desk.folder, url, SYMBOLS)


def opened(folder: Path, url: URL, *tables: str) -> Iterator[Letters]:
    config = (folder / "config.toml").read_text(encoding="utf-8")
    (folder / "config.toml").write_text(config.replace(UNITS, "".join(tables)), encoding="utf-8")
    store = open_url(url, "cơ sở dữ liệu thử")
    with open_office(folder / "config.toml") as office:
        yield Letters(replace(office, store=store))
    store.close()


def problems(moved: list[Moved]) -> dict[str, str]:
    return {each.code: each.problem for each in moved}


class TestReview:
    def test_who_did_it_when_and_why_is_a_row(self, world: Letters) -> None:
        world.tell("H1")
        world.draft()
        (moved,) = world.step(Move.REVIEW, "H1", why="đã đối chiếu hồ sơ")
        assert (moved.before, moved.after, moved.problem) == ("draft", "reviewed", "")
        assert world.steps("H1") == [
            (None, "draft", "latewatch", ""),
            ("draft", "reviewed", "Trần Thị Thí Dụ", "đã đối chiếu hồ sơ"),
        ]

    def test_a_filter_goes_on_past_what_is_refused_and_names_each_with_its_rule(self, world: Letters) -> None:
        world.tell("H1", "H4")
        world.tell("H2", applicant="")
        world.draft()
        world.tell("H3", resolving_unit="Phòng Văn hóa - Xã hội")
        world.draft(reason="")
        found = problems(world.step(Move.REVIEW))
        assert found.keys() == {"H1", "H2", "H3", "H4"}
        assert (found["H1"], found["H4"]) == ("", "")
        assert "Không có tên người nhận" in found["H2"]
        assert "chưa nêu lý do" in found["H3"]
        assert world.states() == {"H1": "reviewed", "H2": "draft", "H3": "draft", "H4": "reviewed"}

    def test_of_a_single_dossier_a_refusal_is_an_error(self, world: Letters) -> None:
        world.tell("H1")
        world.draft(reason="")
        with pytest.raises(LetterError, match="chưa nêu lý do"):
            world.step(Move.REVIEW, "H1")
        with pytest.raises(LetterError, match="H7 không có văn bản xin lỗi"):
            world.step(Move.REVIEW, "H7")

    def test_by_unit_whatever_name_it_is_called_by(self, world: Letters) -> None:
        world.tell("H1")
        world.tell("H2", resolving_unit="Phòng Văn hóa - Xã hội")
        world.draft()
        for unit, codes in (("PVH", ["H2"]), ("p. kinh tế", ["H1"])):
            assert list(problems(world.step(Move.REVIEW, selection=Selection(unit=unit)))) == codes
        with pytest.raises(ConfigError, match="không có đơn vị “PXX”"):
            world.step(Move.REVIEW, selection=Selection(unit="PXX"))

    def test_states_that_cannot_take_the_step_are_named_with_the_rule(self, world: Letters) -> None:
        world.ready("H1")
        selection = Selection(states=(LetterState.REVIEWED,))
        assert problems(world.step(Move.REVIEW, selection=selection)) == {
            "H1": "Không rà được văn bản xin lỗi đang ở bước “đã rà”: chỉ dự thảo mới cần rà."
        }

    def test_nobody_is_no_author(self, world: Letters) -> None:
        world.tell("H1")
        world.draft()
        with pytest.raises(LetterError, match="LATEWATCH_BY"):
            review_letters(world.office, Selection("H1"), world.now, by=" ")


class TestRevise:
    def test_what_was_reviewed_is_a_draft_again_with_the_new_words(self, world: Letters) -> None:
        world.ready("H1")
        new_date = date(2026, 11, 25)
        world.step(Move.REVISE, "H1", reason="loi-he-thong", new_date=new_date, why="đổi theo phòng")
        with world.office.store.reading() as connection:
            (letter,) = stored_letters(connection)
        assert (letter.state, letter.new_date, letter.due_on) == ("draft", new_date, date(2026, 11, 13))
        assert "hệ thống" in letter.reason
        assert world.steps("H1")[-1] == ("reviewed", "draft", "Trần Thị Thí Dụ", "đổi theo phòng")

    def test_the_print_of_the_old_words_goes_and_the_next_run_draws_the_new(self, world: Letters) -> None:
        world.tell("H1")
        (old,) = draft_letters(world.office, world.now, reason=REASON)
        world.step(Move.REVISE, "H1", reason="hồ sơ đang chờ xác minh thực địa")
        assert not old.path.exists()
        (new,) = draft_letters(world.office, world.now)
        assert new.path.exists()

    @pytest.mark.parametrize(
        ("new_date", "problem"),
        [("2026-11-14", "thứ Bảy"), ("2026-11-13", "sau hạn ban đầu"), ("2028-01-03", "đã có lịch")],
    )
    def test_a_date_that_cannot_be_is_refused_and_nothing_changes(
        self, world: Letters, new_date: str, problem: str
    ) -> None:
        world.ready("H1")
        before = world.everything()
        with pytest.raises(LetterError, match=problem):
            world.step(Move.REVISE, "H1", new_date=date.fromisoformat(new_date))
        assert world.everything() == before

    def test_a_new_date_is_for_one_dossier(self, world: Letters) -> None:
        with pytest.raises(LetterError, match="ghi mã hồ sơ"):
            world.step(Move.REVISE, new_date=date(2026, 11, 25))

    def test_with_a_number_the_words_are_fixed(self, world: Letters) -> None:
        world.ready("H1")
        world.reach(Move.NUMBER)
        with pytest.raises(LetterError, match="đã cấp số thì không sửa nữa"):
            world.step(Move.REVISE, "H1", reason="lý do khác hẳn")


class TestNumber:
    def test_numbers_follow_each_other_in_each_register_by_code(self, world: Letters) -> None:
        world.ready("H3", "H1")
        world.ready("H2", resolving_unit="Phòng Văn hóa - Xã hội")
        world.ready("H4", resolving_unit="Phòng Nào Đó")
        moved = world.step(Move.NUMBER)
        assert [(each.code, each.number) for each in moved] == [
            ("H1", "01/PXL-PKT"),
            ("H2", "01/PXL"),
            ("H3", "02/PXL-PKT"),
            ("H4", "01/PXL"),
        ]
        assert sorted(world.numbers()) == [
            ("H1", "PKT", 1, NOW.date()),
            ("H2", "PVH", 1, NOW.date()),
            ("H3", "PKT", 2, NOW.date()),
            ("H4", "co-quan", 1, NOW.date()),
        ]

    def test_its_words_are_fixed_whatever_the_source_says_later(self, world: Letters) -> None:
        world.ready("H1")
        world.reach(Move.NUMBER)
        world.tell("H1", applicant="Lê Văn Mẫu")
        (story,) = letter_stories(world.office, "H1", world.now, full=True)
        assert story.is_fixed
        words = story.words
        assert (words.applicant, words.number, words.reason) == ("Nguyễn Văn Ví Dụ", 1, REASON)
        assert (words.dated, words.head.symbol) == (NOW.date(), "PXL-PKT")
        with world.office.store.reading() as connection:
            (letter,) = stored_letters(connection)
        assert letter.content is not None
        assert from_content(letter.content) == words

    def test_the_print_of_the_draft_goes_with_the_number(self, world: Letters) -> None:
        world.tell("H1")
        (made,) = draft_letters(world.office, world.now, reason=REASON)
        world.reach(Move.REVIEW, Move.NUMBER)
        assert not made.path.exists()

    def test_what_became_wrong_overnight_is_refused(self, world: Letters) -> None:
        """The review was right on its day."""
        world.ready("H1", "H2", "H3", "H4", "H5")
        world.step(Move.REVISE, "H1", new_date=date(2026, 11, 16))
        world.reach(Move.REVIEW, code="H1")
        world.now = NOW + timedelta(days=4)
        world.tell("H2", applicant=" ")
        world.tell("H3", status=Status.WITHDRAWN)
        world.tell("H4", status=Status.DONE, processed_at=moment("2026-11-16T07:00"))
        world.tell("H5", promised_at=moment("2026-11-12"))
        found = problems(world.step(Move.NUMBER))
        assert "Ngày hẹn lại 16/11/2026 phải sau ngày ký 16/11/2026" in found["H1"]
        assert "Không có tên người nhận" in found["H2"]
        assert "rút hồ sơ" in found["H3"]
        assert "quá hạn (đã giải quyết)" in found["H4"]
        assert "letters cancel" in found["H3"] + found["H4"]
        assert "Hạn của hồ sơ nay là 12/11/2026, dự thảo soạn theo hạn 13/11/2026" in found["H5"]
        assert set(world.states().values()) == {"reviewed"}
        with world.office.store.reading() as connection:
            assert register_years(connection) == []
        world.step(Move.REVISE, "H5")
        world.reach(Move.REVIEW, Move.NUMBER, code="H5")
        assert ("H5", "PKT", 1, world.now.date()) in world.numbers()

    def test_a_date_of_its_own_runs_from_the_draft_to_today_and_never_back(self, world: Letters) -> None:
        world.ready("H1", "H2", "H3")
        world.now = NOW + timedelta(days=2)
        yesterday = date(2026, 11, 13)
        for wrong in (date(2026, 11, 11), date(2026, 11, 15)):
            with pytest.raises(LetterError, match="Ngày văn bản"):
                world.step(Move.NUMBER, "H1", dated=wrong)
        world.step(Move.NUMBER, "H1", dated=yesterday)
        with pytest.raises(LetterError, match=r"trước ngày của số cấp gần nhất trong sổ \(13/11/2026\)"):
            world.step(Move.NUMBER, "H2", dated=date(2026, 11, 12))
        world.step(Move.NUMBER, "H2", dated=yesterday)
        world.step(Move.NUMBER, "H3")
        assert world.numbers() == [
            ("H1", "PKT", 1, yesterday),
            ("H2", "PKT", 2, yesterday),
            ("H3", "PKT", 3, date(2026, 11, 14)),
        ]

    def test_a_new_year_begins_anew_and_the_old_one_can_be_ended(self, world: Letters) -> None:
        world.now = moment("2026-12-30T08:00") or world.now
        world.ready("H1", "H2", "H3", promised_at=moment("2026-12-31"))
        world.reach(Move.NUMBER, code="H1")
        world.now = moment("2027-01-04T08:00") or world.now
        world.step(Move.NUMBER, "H2")
        world.step(Move.NUMBER, "H3", dated=date(2026, 12, 31))
        with world.office.store.reading() as connection:
            letters = [(each.code, each.year, each.number) for each in stored_letters(connection)]
        assert letters == [("H1", 2026, 1), ("H2", 2027, 1), ("H3", 2026, 2)]

    def test_in_one_register_of_the_office(self, url: URL, tmp_path: Path) -> None:
        desk = desk_in(tmp_path / "office")
        for world in opened(desk.folder, url, SYMBOLS, '[letters]\nregister = "office"\n'):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(LetterPrinter, "pdf", lambda *_: b"%PDF")
                world.ready("H1")
                world.ready("H2", resolving_unit="Phòng Văn hóa - Xã hội")
            moved = world.step(Move.NUMBER)
            assert [each.number for each in moved] == ["01/PXL-PKT", "02/PXL"]
            assert {register for _, register, *_ in world.numbers()} == {"co-quan"}


class TestTrial:
    def test_it_tells_what_would_come_of_it_and_keeps_nothing(self, world: Letters) -> None:
        """The second of the three is refused in between, and takes no number."""
        world.ready("H1", "H3")
        world.ready("H2")
        world.tell("H2", applicant="")
        before = world.everything()
        prints = sorted((world.office.settings.paths.letters).rglob("*.pdf"))
        moved = world.step(Move.NUMBER, dry_run=True)
        assert [(each.code, each.number) for each in moved] == [
            ("H1", "01/PXL-PKT"),
            ("H2", ""),
            ("H3", "02/PXL-PKT"),
        ]
        assert "Không có tên người nhận" in moved[1].problem
        world.step(Move.CANCEL, why="thử", selection=Selection(unit="PKT"), dry_run=True)
        world.step(Move.REVISE, "H1", reason="hồ sơ chờ xác minh thực địa", dry_run=True)
        issue_letters(world.office, Selection("H1"), world.now.date(), world.now, by="thử", dry_run=True)
        assert world.everything() == before
        assert sorted((world.office.settings.paths.letters).rglob("*.pdf")) == prints


class TestMeanwhile:
    """What others write between the choice and the step is seen."""

    @pytest.mark.parametrize("move", [Move.SIGN, Move.SEND], ids=str)
    def test_a_dossier_that_was_withdrawn_is_refused_with_the_advice_to_cancel(
        self, world: Letters, move: Move
    ) -> None:
        world.ready("H1", "H2")
        world.reach(Move.NUMBER)
        if move is Move.SEND:
            world.reach(Move.SIGN)
        world.tell("H1", status=Status.WITHDRAWN)
        found = problems(world.step(move))
        assert "rút hồ sơ" in found["H1"]
        assert "letters cancel --why" in found["H1"]
        assert found["H2"] == ""
        world.step(Move.CANCEL, "H1", why="người nộp rút hồ sơ")
        assert world.states()["H1"] == "cancelled"

    def test_a_letter_another_process_took_first(self, world: Letters) -> None:
        world.ready("H1", "H2")

        def overtaking(items: Any, _title: str, /) -> Iterator[Any]:
            for item in items:
                if item.letter.code == "H1":
                    world.step(Move.NUMBER, "H1")
                yield item

        found = problems(world.step(Move.NUMBER, progress=overtaking))
        assert "vừa được người khác xử lý" in found["H1"]
        assert found["H2"] == ""
        assert [number for _, _, number, _ in world.numbers()] == [1, 2]

    def test_a_dossier_that_changed_while_others_were_numbered(self, world: Letters) -> None:
        world.ready("H1", "H2")

        def changing(items: Any, _title: str, /) -> Iterator[Any]:
            for item in items:
                if item.letter.code == "H2":
                    world.tell("H2", status=Status.WITHDRAWN)
                yield item

        found = problems(world.step(Move.NUMBER, progress=changing))
        assert found["H1"] == ""
        assert "rút hồ sơ" in found["H2"]

    def test_a_calendar_that_was_changed_ends_the_run(self, world: Letters) -> None:
        world.ready("H1")
        version = CalendarVersion(1, NOW, "thử", "thử", {"days": []})
        with world.office.store.writing() as connection:
            append_version(connection, version)
        with pytest.raises(CalendarError, match="vừa được đổi"):
            world.step(Move.NUMBER)
        assert world.states() == {"H1": "reviewed"}


class TestEnds:
    def test_confirmed_with_how(self, world: Letters) -> None:
        world.ready("H1")
        world.reach(Move.NUMBER, Move.SIGN, Move.SEND)
        with pytest.raises(LetterError, match="bằng cách nào"):
            world.step(Move.CONFIRM, "H1", why="")
        world.step(Move.CONFIRM, "H1", why="ký nhận tại quầy")
        assert world.steps("H1")[-1] == ("sent", "confirmed", "Trần Thị Thí Dụ", "ký nhận tại quầy")
        with pytest.raises(LetterError, match="chỉ xác nhận văn bản đã gửi"):
            world.step(Move.CONFIRM, "H1", why="lần nữa")

    def test_a_cancelled_draft_makes_room_for_another(self, world: Letters) -> None:
        world.tell("H1")
        (made,) = draft_letters(world.office, world.now, reason=REASON)
        with pytest.raises(LetterError, match="phải nêu lý do"):
            world.step(Move.CANCEL, "H1", why=" ")
        world.step(Move.CANCEL, "H1", why="soạn nhầm")
        assert not made.path.exists()
        world.draft()
        with world.office.store.reading() as connection:
            assert [each.state for each in stored_letters(connection)] == ["cancelled", "draft"]

    def test_a_cancelled_number_stays_and_the_next_letter_gets_the_next(self, world: Letters) -> None:
        world.ready("H1")
        world.reach(Move.NUMBER)
        world.step(Move.CANCEL, "H1", why="sai tên đơn vị")
        world.draft()
        world.reach(Move.REVIEW, Move.NUMBER)
        assert [number for _, _, number, _ in world.numbers()] == [1, 2]

    @pytest.mark.parametrize("last", [Move.SEND, Move.CONFIRM], ids=str)
    def test_once_sent_the_appointment_is_used_up(self, world: Letters, last: Move) -> None:
        world.ready("H1")
        world.reach(Move.NUMBER, Move.SIGN, Move.SEND)
        if last is Move.CONFIRM:
            world.step(Move.CONFIRM, "H1", why="gọi điện")
        world.step(Move.CANCEL, "H1", why="gửi nhầm người")
        with pytest.raises(LetterError, match="không quá một lần"):
            draft_letters(world.office, world.now, code="H1")
        world.draft()
        assert world.states() == {"H1": "cancelled"}

    def queue(self, world: Letters, state: DeliveryState) -> None:
        """Put the one letter into the outbox."""
        with world.office.store.writing() as connection:
            (letter,) = stored_letters(connection)
            row = {
                "letter_id": letter.id,
                "channel": LetterChannel.EMAIL,
                "state": state,
                "next_at": world.now,
                "attempts": 0,
                "reference": "",
                "problem": "",
                "queued_at": world.now,
                "queued_by": "thử",
            }
            connection.execute(insert(schema.delivery).values(**row))

    def deliveries(self, world: Letters) -> list[DeliveryState]:
        (story,) = letter_stories(world.office, "H1", world.now)
        return [each.state for each in story.deliveries]

    def test_what_waits_in_the_outbox_waits_no_longer(self, world: Letters) -> None:
        world.ready("H1")
        world.reach(Move.NUMBER, Move.SIGN)
        self.queue(world, DeliveryState.WAITING)
        world.step(Move.CANCEL, "H1", why="sai tên", dry_run=True)
        assert self.deliveries(world) == [DeliveryState.WAITING]
        world.step(Move.CANCEL, "H1", why="sai tên")
        assert self.deliveries(world) == [DeliveryState.NEEDLESS]

    def test_what_is_leaving_right_now_is_not_cancelled(self, world: Letters) -> None:
        world.ready("H1")
        world.reach(Move.NUMBER, Move.SIGN)
        self.queue(world, DeliveryState.SENDING)
        with pytest.raises(LetterError, match="đang được gửi"):
            world.step(Move.CANCEL, "H1", why="sai tên")
        assert world.states() == {"H1": "signed"}

    def test_letters_sent_elsewhere_are_noted_by_filter(self, world: Letters) -> None:
        world.ready("H1")
        world.tell("H2", promised_at=moment("2026-11-12"))
        world.draft()
        moved = issue_letters(world.office, Selection(unit="PKT"), NOW.date(), NOW, by="thử")
        assert [(each.code, each.is_late, each.problem) for each in moved] == [
            ("H1", False, ""),
            ("H2", True, ""),
        ]
        assert set(world.states().values()) == {"sent"}
        with pytest.raises(LetterError, match="Mỗi văn bản một số"):
            issue_letters(world.office, Selection(unit="PKT"), NOW.date(), NOW, by="thử", number="7/UBND")


class TestLists:
    def test_what_comes_next_until_when_and_what_is_late(self, world: Letters) -> None:
        world.ready("H1", promised_at=moment("2026-11-13"))
        world.tell("H2", promised_at=moment("2026-11-12"))
        world.draft(reason="")
        world.tell("H3", promised_at=moment("2026-11-16"), resolving_unit="Phòng Văn hóa - Xã hội")
        draft_letters(world.office, world.now, code="H3", reason=REASON)
        world.reach(Move.REVIEW, Move.NUMBER, code="H3")
        world.tell("H3", status=Status.WITHDRAWN, resolving_unit="Phòng Văn hóa - Xã hội")
        rows = {each.code: each for each in list_letters(world.office, Selection(), world.now)}
        told = {
            code: (each.state, each.number, each.is_late, each.next.move, each.next.until)
            for code, each in rows.items()
        }
        assert told == {
            "H1": ("reviewed", "", False, Move.NUMBER, date(2026, 11, 12)),
            "H2": ("draft", "", True, Move.REVISE, date(2026, 11, 11)),
            "H3": ("numbered", "01/PXL", False, Move.CANCEL, None),
        }

    def test_finished_ones_only_when_asked_for_and_all_of_one_dossier(self, world: Letters) -> None:
        world.tell("H1")
        world.draft()
        world.step(Move.CANCEL, "H1", why="soạn nhầm")
        world.ready("H1")
        world.reach(Move.NUMBER, Move.SIGN, Move.SEND)
        world.step(Move.CONFIRM, "H1", why="gọi điện")

        def listed(**wanted: Any) -> list[LetterState]:
            return [each.state for each in list_letters(world.office, Selection(**wanted), world.now)]

        assert listed() == []
        assert listed(states=(LetterState.CONFIRMED,)) == ["confirmed"]
        assert listed(code="H1") == ["cancelled", "confirmed"]

    def test_a_story_hides_whose_it_is_unless_asked(self, world: Letters) -> None:
        world.ready("H1")
        (story,) = letter_stories(world.office, "H1", world.now)
        assert (story.words.applicant, story.words.phone, story.is_fixed) == ("(che)", "(che)", False)
        (story,) = letter_stories(world.office, " H1 ", world.now, full=True)
        assert (story.words.applicant, story.words.address) == ("Nguyễn Văn Ví Dụ", "thôn Mẫu")
        assert [each.after for each in story.changes] == ["draft", "reviewed"]
        with pytest.raises(LetterError, match="H7 không có văn bản"):
            letter_stories(world.office, "H7", world.now)
