"""Breaches of the apology's rules as a desk would commit them; each closes by itself once it is none any more."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from offices import DESKS, EVENTS, NOW, SOURCE, Desk, Row, desk_in, done, row
from sqlalchemy import insert, select, update
from worlds import moment

from latewatch.domain.dossier import Cause, Suspension
from latewatch.domain.integrity.apology import Owing, Sent, breaches, second_request
from latewatch.domain.integrity.finding import LIVE, OF_LETTERS, Kind, Severity, State
from latewatch.domain.letters.life import LetterState
from latewatch.domain.period import Period
from latewatch.domain.tally.layout import Form
from latewatch.domain.tally.letters import LetterCounts
from latewatch.jobs.assess import assess
from latewatch.jobs.check import check_office
from latewatch.jobs.digest import compose_digests
from latewatch.jobs.findings import Sign, list_findings, settle
from latewatch.jobs.integrity.find import Found, find
from latewatch.jobs.letters.draft import draft_letters
from latewatch.jobs.letters.issue import issue_letter
from latewatch.jobs.tally import tally_period
from latewatch.letters.render import LetterPrinter
from latewatch.store import schema
from latewatch.store.database import Store
from latewatch.store.letters.owing import apologised, late_or_sent

BY = "Trần Thị Thí Dụ"
MISSING, LATE, PASSED, SECOND = OF_LETTERS
DUE = date(2026, 11, 12)
H1 = row("H1", "05/11/2026 09:00", limit="5 ngày", promised="12/11/2026")


class Watch:
    """A desk whose exports are polled and looked at."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.rows: tuple[Row, ...] = ()
        self.found = Found()

    def tell(self, at: str, *rows: Row) -> list[tuple[str, Kind, str]]:
        """Poll a file of these rows, or of those told last; no two files are the same bytes."""
        self.rows = rows or self.rows
        name = f"so-{self.desk.files}.csv"
        self.desk.export(name, list(self.rows), extra={"Xuất lần thứ": str(self.desk.files)})
        self.desk.poll(at)
        return self.glance(at)

    def look(self, at: str) -> list[tuple[str, Kind, str]]:
        """Look again as of `at`, the source still saying what it said."""
        return self.tell(at)

    def glance(self, at: str) -> list[tuple[str, Kind, str]]:
        """Look as of `at` at what was told last."""
        now = at_(at)
        with self.desk.open() as office:
            assess(office, now)
            self.found = find(office, now)
        return sorted((each.code, each.kind, each.severity.value) for each in self.signs())

    def signs(self, states: Sequence[State] = LIVE) -> list[Sign]:
        with self.desk.open() as office:
            return [each for each in list_findings(office, states) if each.kind in OF_LETTERS]

    def draft(self, at: str, code: str = "", new_date: date | None = None) -> None:
        with self.desk.open() as office:
            assess(office, at_(at))
            draft_letters(office, at_(at), code=code, reason="qua-tai", new_date=new_date)

    def send(self, at: str, code: str = "H1") -> None:
        with self.desk.open() as office:
            issue_letter(office, code, at_(at).date(), at_(at), by=BY, number="07/PXL")

    def closed(self) -> list[tuple[Kind, str, str]]:
        return [(each.kind, each.steps[-1].by, each.steps[-1].why) for each in self.signs([State.CLOSED])]


def at_(text: str) -> datetime:
    found = moment(text)
    assert found
    return found


@pytest.fixture(autouse=True)
def unprinted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LetterPrinter, "pdf", lambda _printer, letter: letter.code.encode())


@pytest.fixture
def watch(tmp_path: Path) -> Watch:
    return Watch(desk_in(tmp_path / "office", EVENTS))


class TestMissing:
    def test_an_overdue_dossier_without_a_letter(self, watch: Watch) -> None:
        assert watch.tell("2026-11-12T17:00", H1) == []
        assert watch.look("2026-11-13T08:00") == [("H1", MISSING, "high")]
        (sign,) = watch.signs()
        assert (sign.told, sign.unit) == (
            "hạn 12/11/2026, chưa có văn bản xin lỗi nào được gửi",
            "Phòng Kinh tế",
        )
        assert [watch.look(at) for at in ("2026-11-13T09:00", "2026-11-20T08:00")] == [
            [("H1", MISSING, "high")]
        ] * 2
        assert (watch.found.new, len(watch.signs())) == (0, 1)

    def test_what_is_drafted_in_time_and_sent_in_time_is_none(self, watch: Watch) -> None:
        watch.tell("2026-11-10T08:00", H1)
        watch.draft("2026-11-11T07:00")
        assert watch.look("2026-11-11T08:00") == []
        watch.send("2026-11-11T15:00")
        assert [watch.look(at) for at in ("2026-11-12T08:00", "2026-11-13T08:00")] == [[], []]

    def test_what_is_drafted_in_time_and_not_sent_is_less_grave(self, watch: Watch) -> None:
        watch.tell("2026-11-10T08:00", H1)
        watch.draft("2026-11-11T07:00")
        assert watch.look("2026-11-12T20:00") == []
        assert watch.look("2026-11-13T08:00") == [("H1", MISSING, "medium")]
        assert watch.signs()[0].told.endswith("văn bản soạn 11/11/2026 mới ở bước “nháp”")

    def test_a_letter_that_goes_out_at_last_closes_it(self, watch: Watch) -> None:
        watch.tell("2026-11-13T08:00", H1)
        watch.draft("2026-11-13T09:00")
        watch.send("2026-11-13T10:00")
        assert watch.look("2026-11-13T11:00") == [("H1", LATE, "medium")]
        assert watch.closed() == [(MISSING, "latewatch", "đã gửi văn bản xin lỗi ngày 13/11/2026")]

    @pytest.mark.parametrize(
        ("facts", "left"),
        [
            pytest.param({"status": "Đã xử lý xong", "finished": "12/11/2026 16:00"}, [], id="done in time after all"),
            pytest.param({"status": "Đã xử lý xong", "finished": "16/11/2026 07:00"}, [("H1", MISSING, "high")], id="done late: nobody apologised"),
            pytest.param({"status": "Rút hồ sơ"}, [], id="withdrawn"),
            pytest.param({"limit": "9 ngày"}, [], id="the limit was corrected"),
            pytest.param({"limit": "6 ngày"}, [("H1", MISSING, "high")], id="to another day that has passed"),
        ],
    )  # fmt: skip
    def test_what_is_overdue_no_more(
        self, watch: Watch, facts: Row, left: list[tuple[str, Kind, str]]
    ) -> None:
        watch.tell("2026-11-13T08:00", H1)
        assert watch.tell("2026-11-16T08:00", {**H1, **facts}) == left

    def test_suspended_by_the_law_it_owes_nothing(self, watch: Watch) -> None:
        """The request is of 10/11, within the limit: nothing runs out while it is awaited."""
        watch.tell("2026-11-10T08:00", H1)
        watch.desk.tell("su-kien.csv", ["H1", "Yêu cầu bổ sung", "10/11/2026 09:00", ""])
        watch.desk.poll("2026-11-10T10:00")
        assert watch.look("2026-11-16T08:00") == []

    def test_an_event_that_comes_late_closes_it(self, watch: Watch) -> None:
        assert watch.tell("2026-11-13T08:00", H1) == [("H1", MISSING, "high")]
        watch.desk.tell("su-kien.csv", ["H1", "Yêu cầu bổ sung", "10/11/2026 09:00", ""])
        watch.desk.poll("2026-11-13T10:00")
        assert watch.look("2026-11-13T10:00") == []
        assert watch.closed()[0][2] == "hạn hay tình trạng của hồ sơ đã đổi, không còn vi phạm"

    def test_finished_late_long_ago_is_no_news(self, watch: Watch) -> None:
        assert watch.tell("2026-11-16T08:00", done("H1", "13/11/2026", promised="12/11/2026")) == []

    def test_of_a_source_in_doubt_nothing_new_is_said_and_nothing_is_closed(self, watch: Watch) -> None:
        """Eight working hours without data: what looks overdue may be done."""
        old = row("H2", "02/11/2026 09:00", limit="3 ngày", promised="05/11/2026")
        known = [("H2", MISSING, "high")]
        assert watch.tell("2026-11-11T08:00", H1, old) == known
        assert watch.glance("2026-11-13T10:00") == known
        assert watch.tell("2026-11-13T11:00", H1, old) == [("H1", MISSING, "high"), *known]

    def test_what_somebody_explained_stays_so_and_what_he_closed_is_not_said_again(
        self, watch: Watch
    ) -> None:
        watch.tell("2026-11-13T08:00", H1)
        number = watch.signs()[0].number
        with watch.desk.open() as office:
            settle(office, number, State.EXPLAINED, by=BY, why="đã gọi điện", now=NOW)
        watch.look("2026-11-16T08:00")
        assert [(each.number, each.state) for each in watch.signs()] == [(number, State.EXPLAINED)]
        with watch.desk.open() as office:
            settle(office, number, State.CLOSED, by=BY, why="đã gửi thư giấy", now=NOW)
        assert watch.look("2026-11-17T08:00") == []


class TestSent:
    def sent(self, watch: Watch, on: str, new_date: date = date(2026, 11, 19)) -> None:
        watch.tell("2026-11-10T08:00", H1)
        watch.draft("2026-11-10T09:00", "H1", new_date)
        watch.send(on)

    @pytest.mark.parametrize(
        ("on", "found"),
        [
            pytest.param("2026-11-11T16:00", [], id="the day before expiry"),
            pytest.param("2026-11-12T08:00", [("H1", LATE, "medium")], id="the day of expiry"),
            pytest.param("2026-11-13T08:00", [("H1", LATE, "medium")], id="after it"),
        ],
    )
    def test_too_late(self, watch: Watch, on: str, found: list[tuple[str, Kind, str]]) -> None:
        self.sent(watch, on)
        assert watch.look("2026-11-13T09:00") == found
        if found:
            assert "hạn 12/11/2026: phải gửi chậm nhất 01 ngày trước ngày hết hạn" in watch.signs()[0].told

    def test_late_and_done_in_time_all_the_same(self, watch: Watch) -> None:
        self.sent(watch, "2026-11-12T08:00")
        assert (
            watch.tell("2026-11-13T09:00", {**H1, "status": "Đã xử lý xong", "finished": "12/11/2026"}) == []
        )

    def test_late_by_a_limit_that_was_wrong_is_not_late(self, watch: Watch) -> None:
        self.sent(watch, "2026-11-12T08:00")
        assert watch.look("2026-11-13T09:00") == [("H1", LATE, "medium")]
        assert watch.tell("2026-11-16T08:00", {**H1, "limit": "6 ngày"}) == []

    def test_the_new_date_passed(self, watch: Watch) -> None:
        self.sent(watch, "2026-11-11T16:00")
        assert watch.look("2026-11-19T23:00") == []
        assert watch.look("2026-11-20T08:00") == [("H1", PASSED, "high")]
        assert watch.signs()[0].told == (
            "hẹn lại 19/11/2026 (văn bản gửi 11/11/2026, hạn ban đầu 12/11/2026) mà chưa có kết quả"
        )
        result = {**H1, "status": "Đã xử lý xong", "finished": "20/11/2026 10:00"}
        assert watch.tell("2026-11-23T08:00", result) == []
        assert watch.closed() == [(PASSED, "latewatch", "đã có kết quả ngày 20/11/2026")]

    def test_done_by_the_new_date(self, watch: Watch) -> None:
        self.sent(watch, "2026-11-11T16:00")
        assert (
            watch.tell("2026-11-20T08:00", {**H1, "status": "Đã xử lý xong", "finished": "19/11/2026"}) == []
        )

    @pytest.mark.parametrize(
        ("promised", "found"),
        [
            pytest.param("19/11/2026", [], id="the promise is the new date"),
            pytest.param("18/11/2026", [], id="before it"),
            pytest.param("20/11/2026", [("H1", SECOND, "high")], id="moved beyond it"),
            pytest.param("31/12/2099", [], id="a slip of the pen"),
        ],
    )
    def test_a_second_request(self, watch: Watch, promised: str, found: list[tuple[str, Kind, str]]) -> None:
        self.sent(watch, "2026-11-11T16:00")
        assert watch.tell("2026-11-12T08:00", {**H1, "promised": promised}) == found
        if found:
            assert watch.signs()[0].told == (
                "đã hẹn lại 19/11/2026 bằng văn bản gửi 11/11/2026; nay nguồn ghi hẹn trả 20/11/2026, mà chỉ được "
                "hẹn lại một lần"
            )  # fmt: skip
            assert watch.tell("2026-11-12T09:00", {**H1, "promised": "19/11/2026"}) == []

    def test_a_limit_that_was_interrupted_since_ends_later_by_itself(self, watch: Watch) -> None:
        self.sent(watch, "2026-11-11T16:00")
        watch.desk.tell("su-kien.csv", ["H1", "Yêu cầu bổ sung", "11/11/2026 17:00", "16/11/2026 09:00"])
        assert watch.tell("2026-11-16T10:00", {**H1, "promised": "23/11/2026"}) == []

    def test_a_recalled_letter_leaves_the_dossier_without_one(self, watch: Watch) -> None:
        self.sent(watch, "2026-11-11T16:00")
        self.recall(watch)
        assert watch.look("2026-11-13T08:00") == [("H1", MISSING, "high")]
        assert watch.signs()[0].told.endswith("văn bản gửi 11/11/2026 đã hủy")

    def recall(self, watch: Watch) -> None:
        content = {"promised_on": "2026-11-12"}
        with watch.desk.open() as office, office.store.writing() as connection:
            connection.execute(update(schema.letter).values(state="cancelled", content=content))

    @pytest.mark.parametrize(
        ("promised", "is_second"),
        [
            pytest.param("12/11/2026", False, id="the promise of before"),
            pytest.param("19/11/2026", False, id="the recalled date"),
            pytest.param("18/11/2026", True, id="another one, although earlier"),
            pytest.param("25/11/2026", True, id="a later one"),
        ],
    )
    def test_a_new_postponement_after_a_recalled_letter(
        self, watch: Watch, promised: str, is_second: bool
    ) -> None:
        self.sent(watch, "2026-11-11T16:00")
        self.recall(watch)
        found = watch.tell("2026-11-12T08:00", {**H1, "promised": promised})
        assert found == ([("H1", SECOND, "high")] if is_second else [])
        assert self.counted(watch) == is_second

    def counted(self, watch: Watch) -> int:
        """Return the second requests in the table of letters, which must say what the findings say."""
        day, form = date(2026, 11, 12), Form.LETTERS
        with watch.desk.open() as office:
            total = tally_period(office, Period(day, day, ""), form, at_("2026-11-12T18:00")).total
        assert isinstance(total, LetterCounts)
        return total.second_request

    @pytest.mark.parametrize(("does", "is_second"), [("restart", False), ("runs on", True)])
    def test_only_what_stops_the_limit_explains_a_later_promise(
        self, watch: Watch, does: str, is_second: bool
    ) -> None:
        watch.desk.configure(SOURCE, EVENTS, f'[clock]\nsupplement = "{does}"\n')
        self.sent(watch, "2026-11-11T16:00")
        watch.desk.tell("su-kien.csv", ["H1", "Yêu cầu bổ sung", "11/11/2026 17:00", "12/11/2026 07:00"])
        found = watch.tell("2026-11-12T08:00", {**H1, "promised": "23/11/2026"})
        assert found == ([("H1", SECOND, "high")] if is_second else [])
        assert self.counted(watch) == is_second


def test_the_letter_never_moves_the_due_date(watch: Watch) -> None:
    """Overdue on the original date, counted as late, whatever the letter says: only that there was one shows."""
    watch.tell("2026-11-10T08:00", H1)
    watch.draft("2026-11-10T09:00", "H1", date(2026, 11, 19))
    watch.send("2026-11-11T16:00")
    watch.look("2026-11-13T08:00")
    with watch.desk.open() as office, office.store.reading() as connection:
        made = schema.assessment.c
        due_at, standing = connection.execute(select(made.due_at, made.standing)).one()
    assert (due_at.date(), standing) == (DUE, "overdue")
    watch.tell("2026-11-19T17:00", {**H1, "status": "Đã xử lý xong", "finished": "19/11/2026 10:00"})
    with watch.desk.open() as office, office.store.reading() as connection:
        due_at, standing = connection.execute(select(made.due_at, made.standing)).one()
    assert (due_at.date(), standing) == (DUE, "late")


class TestCounts:
    def test_the_digest_and_the_check_say_how_many(self, tmp_path: Path) -> None:
        watch = Watch(desk_in(tmp_path / "desks", DESKS))
        watch.tell("2026-11-13T07:00", H1, {**H1, "code": "H2", "unit": "Phòng Văn hóa - Xã hội"})
        now = at_("2026-11-13T07:30")
        with watch.desk.open() as office:
            told = [digest.warnings for _, digest in compose_digests(office, now)]
            checked = [each.text for each in check_office(office, now, None)]
        line = (
            "Văn bản xin lỗi, mới thấy: quá hạn chưa gửi văn bản xin lỗi: 1; xem bằng lệnh latewatch findings"
        )
        assert [line in each for each in told] == [True, True]
        assert not any("Dấu hiệu cần làm rõ" in words for each in told for words in each)
        assert (
            "quá hạn chưa gửi văn bản xin lỗi: 2 (cao 2); xem: latewatch findings --kind letter-missing" in checked
        )  # fmt: skip


class TestRules:
    SENT = Sent(sent_on=date(2026, 11, 11), due_on=DUE, new_date=date(2026, 11, 19))
    CASE = Owing(due_on=DUE, is_running=True, sent=SENT)

    def kinds(self, case: Owing, today: str = "2026-11-13") -> list[Kind]:
        return [each.kind for each in breaches(case, date.fromisoformat(today))]

    def test_the_same_facts_give_the_same_keys(self) -> None:
        late = replace(self.CASE, sent=replace(self.SENT, sent_on=DUE), promised_on=date(2026, 12, 1))
        keys = [[each.key for each in breaches(late, date(2026, 11, day))] for day in (20, 25)]
        assert keys == [["20261112", "20261201", "20261119"]] * 2

    def test_only_a_letter_that_was_late_for_both_dates_is(self) -> None:
        sent = replace(self.SENT, sent_on=DUE)
        assert self.kinds(replace(self.CASE, sent=sent)) == [LATE]
        assert self.kinds(replace(self.CASE, sent=sent, due_on=date(2026, 11, 13)), "2026-11-16") == []
        assert self.kinds(replace(self.CASE, due_on=date(2026, 11, 10))) == []

    @pytest.mark.parametrize(
        ("ended", "is_second"),
        [("2026-11-10T09:00", True), ("2026-11-11T09:00", False), (None, False)],
    )
    def test_an_interruption_that_lasted_beyond_the_letter_explains(
        self, ended: str | None, is_second: bool
    ) -> None:
        stop = Suspension(Cause.SUPPLEMENT, at_("2026-11-09"), at_(ended) if ended else None)
        case = replace(self.CASE, promised_on=date(2026, 12, 1), interruptions=(stop,))
        assert bool(list(second_request(case, self.SENT))) is is_second

    def test_a_draft_of_the_due_day_is_no_excuse(self) -> None:
        case = Owing(due_on=DUE, is_running=True, state=LetterState.SIGNED, drafted_on=DUE)
        (found,) = breaches(case, date(2026, 11, 13))
        assert (found.kind, found.severity) == (MISSING, Severity.HIGH)


def test_what_is_looked_at_on_either_database(store: Store) -> None:
    """What is overdue, and what has a letter that was sent; finished, withdrawn and drafted in time left out."""
    standings = {
        "H1": ("overdue", None, None),
        "H2": ("overdue", "draft", None),
        "H3": ("late", "sent", DUE),
        "H4": ("within", "cancelled", DUE),
        "H5": ("within", "draft", None),
        "H6": ("late", None, None),
        "H7": ("overdue", "cancelled", None),
        "H8": ("early", "sent", DUE),
    }
    with store.writing() as connection:
        for number, (code, (standing, state, sent_on)) in enumerate(standings.items(), start=1):
            connection.execute(insert(schema.dossier).values(id=number, code=code, **TEXTS))
            connection.execute(insert(schema.assessment).values(dossier_id=number, standing=standing, **MADE))
            if state:
                letter = {"dossier_id": number, "state": state, "sent_on": sent_on, **LETTER}
                connection.execute(insert(schema.letter).values(letter))
        found = {each.dossier.code: each for each in late_or_sent(connection)}
        others = {each.dossier.code: each for each in apologised(connection, ["H5", "H6", "H9"])}
    assert sorted(found) == ["H1", "H2", "H3", "H4", "H7"]
    assert [found[code].letter_state for code in ("H2", "H3", "H4", "H7")] == [
        LetterState.DRAFT,
        LetterState.SENT,
        LetterState.CANCELLED,
        None,
    ]
    assert (found["H3"].sent_on, found["H3"].promised_on, found["H3"].due_on) == (DUE, date(2026, 11, 9), DUE)
    assert all(each.is_fresh for each in found.values())
    assert sorted(others) == ["H5", "H6"]


TEXTS: dict[str, object] = {
    **dict.fromkeys(("status_text", "procedure_code", "procedure", "field", "receiving_unit"), ""),
    **dict.fromkeys(("resolving_unit", "department", "officer", "step", "applicant"), ""),
    **dict.fromkeys(("address", "phone", "email"), ""),
    "version": 3,
    "status": "processing",
}
MADE = {
    "dossier_version": 3,
    "rules": "r",
    "due_at": at_("2026-11-12T23:59"),
    "basis": "computed",
    "limit_from": "",
    "problem": "",
    "calendar_version": "",
}
LETTER = {
    "form": "tt03-2025",
    "dated": DUE,
    "due_on": DUE,
    "new_date": date(2026, 11, 19),
    "reason": "",
    "drafted_at": NOW,
    "content": {"promised_on": "2026-11-09"},
}
