"""Each tampering as a desk would do it, through real exports and polls; and honest months without a sign."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pytest
from offices import EVENTS, NOW, SOURCE, Desk, Row, desk_in, row
from sqlalchemy import insert, select
from worlds import CALENDAR, moment

from latewatch.domain.integrity.finding import ITSELF, LIVE, OF_LETTERS, Kind, State
from latewatch.errors import FindingError
from latewatch.jobs.assess import assess
from latewatch.jobs.digest import compose_digests
from latewatch.jobs.findings import Sign, list_findings, settle
from latewatch.jobs.imports import import_file, source_of
from latewatch.jobs.integrity import find as finding
from latewatch.jobs.integrity.find import Found, find
from latewatch.jobs.poll import in_order, poll
from latewatch.jobs.undo import undo_batch
from latewatch.store import schema

EVERY = (*LIVE, State.CLOSED)
BY = "Nguyễn Văn Ví Dụ"


@dataclass
class Watch:
    """A desk whose exports are polled and looked at."""

    desk: Desk
    files: int = 0
    name: str = "so-theo-doi-{}.csv"
    found: Found = field(default_factory=Found)

    def export(self, *rows: Row, name: str = "") -> None:
        """Write the next file; no two are the same bytes, as each says when it was made."""
        self.files += 1
        made = {"Xuất lần thứ": str(self.files)}
        self.desk.export(name or self.name.format(self.files), list(rows), extra=made)

    def look(self, at: str) -> list[Sign]:
        """Poll and assess as of `at`, look for signs, and return those that are live."""
        now = moment(at)
        assert now
        with self.desk.open() as office:
            for source in in_order(office.settings.sources, office.profiles):
                assert not poll(office, source, now).problems
            assess(office, now)
            self.found = find(office, now)
        return self.signs()

    def tell(self, at: str, *rows: Row, name: str = "") -> list[Sign]:
        self.export(*rows, name=name)
        return self.look(at)

    def signs(self, states: Sequence[State] = LIVE) -> list[Sign]:
        """Return the signs of tampering; what is wrong with letters has tests of its own."""
        with self.desk.open() as office:
            return [each for each in list_findings(office, states) if each.kind not in OF_LETTERS]


@pytest.fixture
def watch(tmp_path: Path) -> Watch:
    return Watch(desk_in(tmp_path / "office"))


def kinds(signs: Sequence[Sign]) -> list[tuple[str, Kind, str]]:
    return sorted((each.code, each.kind, each.severity.value) for each in signs)


def a_row(code: str = "H1", **facts: str) -> Row:
    """Received on Monday 02/11 at 9, for 5 working days: until Monday 09/11, as it was promised."""
    return {
        **row(code, "02/11/2026 09:00", limit="5", promised="09/11/2026", applicant=f"Người nộp {code}"),
        **facts,
    }


def a_done(code: str = "H1", finished: str = "06/11/2026 10:00", **facts: str) -> Row:
    return a_row(code, status="Đã xử lý xong", finished=finished, **facts)


class TestTampering:
    def test_a_promise_moved_after_it_had_passed(self, watch: Watch) -> None:
        assert watch.tell("2026-11-05T08:00", a_row()) == []
        assert (
            watch.tell(
                "2026-11-11T08:00", a_row(), a_row("H2", received="10/11/2026 08:00", promised="17/11/2026")
            )
            == []
        )
        moved, differs = watch.tell("2026-11-12T08:00", a_row(promised="20/11/2026"))
        assert (moved.kind, moved.severity, moved.unit) == (
            Kind.PROMISE_AFTER_PASSING,
            "high",
            "Phòng Kinh tế",
        )
        assert moved.told == (
            "hẹn trả 09/11/2026 dời thành 20/11/2026, thấy lúc 08:00 12/11/2026 (so-theo-doi-3.csv, lô 3); "
            "lần trước chưa thế: 08:00 11/11/2026 (so-theo-doi-2.csv, lô 2)"
        )
        assert differs.kind is Kind.DATES_DIFFER

    def test_a_promise_moved_without_a_letter(self, watch: Watch) -> None:
        watch.tell("2026-11-05T08:00", a_row())
        assert (
            "H1",
            Kind.PROMISE_WITHOUT_LETTER,
            "medium",
        ) in kinds(watch.tell("2026-11-06T08:00", a_row(promised="20/11/2026")))

    def test_a_bulk_finish_at_the_promise(self, watch: Watch) -> None:
        rows = [a_row(f"H{n}", promised="09/11/2026 16:30") for n in range(5)]
        watch.tell("2026-11-11T08:00", *rows)
        faked = [{**each, "status": "Đã xử lý xong", "finished": each["promised"]} for each in rows]
        signs = watch.tell("2026-11-12T08:00", *faked)
        assert [each.kind for each in signs].count(Kind.FINISH_IS_PROMISE) == 5
        assert [each.kind for each in signs].count(Kind.FINISH_SET_BACK) == 5

    def test_a_finish_told_for_before_it_was_late(self, watch: Watch) -> None:
        watch.tell("2026-11-06T08:00", a_row())
        watch.tell(
            "2026-11-11T08:00", a_row(), a_row("H2", received="10/11/2026 08:00", promised="17/11/2026")
        )
        assert kinds(watch.tell("2026-11-12T08:00", a_done(finished="09/11/2026 15:00"))) == [
            ("H1", Kind.FINISH_SET_BACK, "high")
        ]

    def test_a_finish_that_was_late_and_is_not_any_more(self, watch: Watch) -> None:
        watch.tell("2026-11-12T08:00", a_done(finished="11/11/2026 15:00"))
        assert kinds(watch.tell("2026-11-13T08:00", a_done(finished="09/11/2026 15:00"))) == [
            ("H1", Kind.FINISH_SET_BACK, "high")
        ]

    def test_a_supplement_seen_only_after_the_limit(self, watch: Watch) -> None:
        watch.tell("2026-11-06T08:00", a_row())
        watch.tell(
            "2026-11-11T08:00", a_row(), a_row("H2", received="10/11/2026 08:00", promised="17/11/2026")
        )
        signs = watch.tell("2026-11-12T08:00", a_row(status="Yêu cầu bổ sung"))
        assert kinds(signs) == [("H1", Kind.LATE_SUSPENSION, "high")]
        assert signs[0].told.startswith(
            "yêu cầu bổ sung trước 08:00 12/11/2026, sau khi đã hết hạn (hạn 09/11/2026)"
        )

    def test_a_supplement_that_is_back_dated(self, tmp_path: Path) -> None:
        watch = Watch(desk_in(tmp_path / "office", EVENTS))
        watch.export(a_row())
        watch.desk.tell("su-kien-1.csv", ["H9", "Yêu cầu bổ sung", "03/11/2026 10:00", ""])
        assert watch.look("2026-11-05T08:00") == []
        watch.desk.tell("su-kien-2.csv", ["H9", "Yêu cầu bổ sung", "03/11/2026 11:00", ""])
        assert watch.look("2026-11-10T08:00") == []
        watch.desk.tell("su-kien-3.csv", ["H1", "Yêu cầu bổ sung", "06/11/2026 10:00", ""])
        assert kinds(watch.look("2026-11-11T08:00")) == [("H1", Kind.LATE_SUSPENSION, "high")]
        assert watch.signs()[0].evidence["how"] == "back-dated"

    def test_a_dossier_deleted(self, watch: Watch) -> None:
        others = [
            a_row("H1", received="28/10/2026 09:00", promised="04/11/2026"),
            a_row("H3", received="05/11/2026 09:00", promised="12/11/2026"),
        ]
        watch.tell("2026-11-11T08:00", *others, a_row("H2"), a_row("H4"))
        assert watch.signs() == []
        signs = watch.tell("2026-11-12T08:00", *others, a_done("H4", "11/11/2026 10:00"))
        assert kinds(signs) == [("H2", Kind.VANISHED, "high")]
        assert "(so-theo-doi-2.csv, lô 2); lần trước" in signs[0].told

    def test_a_dossier_entered_anew(self, watch: Watch) -> None:
        who = {"applicant": "Nguyễn Văn Ví Dụ", "phone": "0900000001"}
        old = a_row("H1", **who)
        watch.tell("2026-11-11T08:00", old)
        new = a_row(
            "H2",
            received="11/11/2026 10:00",
            promised="18/11/2026",
            applicant="NGUYỄN VĂN VÍ DỤ",
            phone="0900000001",
        )
        signs = watch.tell("2026-11-12T08:00", {**old, "status": "Rút hồ sơ"}, new)
        assert kinds(signs) == [("H2", Kind.ENTERED_ANEW, "high")]
        assert "cùng người nộp và thủ tục với H1, hạn 09/11/2026, được rút sau đó" in signs[0].told
        assert "Ví Dụ" not in str(signs[0]).replace("Thủ tục Ví Dụ", "")

    def test_what_was_stopped_counts_as_done(self, watch: Watch) -> None:
        watch.tell("2026-11-06T08:00", a_row(status="Dừng xử lý"))
        assert kinds(watch.tell("2026-11-09T08:00", a_done())) == [("H1", Kind.STATUS_BACKWARDS, "high")]

    def test_what_was_done_runs_again(self, watch: Watch) -> None:
        watch.tell("2026-11-06T12:00", a_done())
        assert kinds(watch.tell("2026-11-09T08:00", a_row())) == [("H1", Kind.STATUS_BACKWARDS, "medium")]

    def test_a_result_before_the_receipt(self, watch: Watch) -> None:
        signs = watch.tell("2026-11-06T08:00", a_done(finished="30/10/2026 10:00"))
        assert kinds(signs) == [("H1", Kind.RESULT_BEFORE_RECEIPT, "medium")]
        assert watch.tell("2026-11-09T08:00", a_done()) == []
        (closed,) = watch.signs(EVERY)
        assert (closed.state, closed.steps[0].by, closed.steps[0].why) == (
            State.CLOSED,
            ITSELF,
            "nguồn đã sửa ngày",
        )


class TestHonest:
    def test_what_is_resent_reordered_renamed_and_corrected(self, watch: Watch) -> None:
        rows = [
            a_row("H1"),
            a_row("H2", promised="20/11/2026"),
            a_done("H3"),
            a_row("H4", status="Yêu cầu bổ sung"),
        ]
        first = kinds(watch.tell("2026-11-10T08:00", *rows))
        assert first == [("H2", Kind.DATES_DIFFER, "medium")]
        for day, told in enumerate(
            (rows, rows[::-1], [{**each, "applicant": "Tên Đã Sửa"} for each in rows]), 11
        ):
            assert (
                kinds(watch.tell(f"2026-11-{day}T08:00", *told, name=f"ten-khac-{'abc'[day - 11]}.csv"))
                == first
            )
        assert kinds(watch.tell("2026-11-14T08:00", *rows, name="so-theo-doi-1.xlsx")) == first

    def test_the_same_scan_again_finds_nothing_new(self, watch: Watch) -> None:
        watch.tell("2026-11-11T08:00", a_row())
        signs = watch.tell("2026-11-12T08:00", a_row(promised="20/11/2026"))
        assert watch.found == Found(new=2)
        assert watch.look("2026-11-12T09:00") == signs
        assert watch.found == Found()

    def test_what_was_taken_back_and_imported_again(self, watch: Watch) -> None:
        """The wrong file moved a promise and reopened what was done; the right one says what was before."""
        right = [a_row("H1"), a_done("H2")]
        watch.tell("2026-11-11T08:00", *right)
        wrong = watch.tell("2026-11-12T08:00", a_row("H1", promised="20/11/2026"), a_row("H2"))
        assert {each.kind for each in wrong} == {
            Kind.PROMISE_AFTER_PASSING,
            Kind.DATES_DIFFER,
            Kind.STATUS_BACKWARDS,
        }
        now = NOW + timedelta(hours=2)
        with watch.desk.open() as office:
            undo_batch(office, 2, BY, "nhập nhầm tệp", now)
            find(office, now)
        assert watch.signs() == []
        path = watch.desk.export(
            "dung.csv", [*right, a_row("H3", received="10/11/2026 08:00", promised="17/11/2026")]
        )
        with watch.desk.open() as office:
            import_file(office, source_of(office, path), path, now + timedelta(hours=1))
        assert watch.look("2026-11-12T12:00") == []

    def test_what_was_taken_back_and_does_betray_something(self, watch: Watch) -> None:
        """Who takes the file back and brings it again is found again."""
        watch.tell("2026-11-11T08:00", a_row())
        watch.tell("2026-11-12T08:00", a_row(promised="20/11/2026"))
        with watch.desk.open() as office:
            undo_batch(office, 2, BY, "thử", NOW + timedelta(hours=1))
        path = watch.desk.export(
            "lai.csv",
            [a_row(promised="20/11/2026"), a_row("H9", received="11/11/2026 08:00", promised="18/11/2026")],
        )
        with watch.desk.open() as office:
            import_file(office, source_of(office, path), path, NOW + timedelta(hours=2))
        assert Kind.PROMISE_AFTER_PASSING in {each.kind for each in watch.signs()}

    def test_two_sources_that_disagree(self, tmp_path: Path) -> None:
        other = SOURCE.replace("xuat-tep", "bao-cao").replace('"in"', '"in-b"')
        desk = desk_in(tmp_path / "office", other)
        (desk.folder / "in-b").mkdir()
        for day in range(10, 14):
            watch = Watch(desk)
            desk.export(f"a-{day}.csv", [a_row(officer=""), a_row("H2")])
            desk.export(
                f"b-{day}.csv",
                [a_done("H1", "09/11/2026 15:00", promised="12/11/2026"), a_row(f"B{day}")],
                into="in-b",
            )
            assert {each.kind for each in watch.look(f"2026-11-{day}T08:00")} <= {Kind.DATES_DIFFER}

    def test_a_supplement_moves_the_promise(self, watch: Watch) -> None:
        watch.tell("2026-11-04T08:00", a_row())
        watch.tell("2026-11-05T08:00", a_row(status="Yêu cầu bổ sung"))
        watch.tell("2026-11-11T08:00", a_row())
        assert watch.tell("2026-11-12T08:00", a_row(promised="18/11/2026")) == []

    def test_a_letter_moves_the_promise(self, watch: Watch) -> None:
        watch.tell("2026-11-06T08:00", a_row())
        issue(watch.desk, "2026-11-06", "2026-11-16")
        assert {each.kind for each in watch.tell("2026-11-10T08:00", a_row(promised="16/11/2026"))} == {
            Kind.DATES_DIFFER
        }

    def test_a_letter_noted_later_explains_it(self, watch: Watch) -> None:
        watch.tell("2026-11-06T08:00", a_row())
        watch.tell("2026-11-09T08:00", a_row(promised="16/11/2026"))
        assert Kind.PROMISE_WITHOUT_LETTER in {each.kind for each in watch.signs()}
        issue(watch.desk, "2026-11-06", "2026-11-16")
        assert {each.kind for each in watch.look("2026-11-09T09:00")} == {Kind.DATES_DIFFER}
        closed = next(each for each in watch.signs(EVERY) if each.state is State.CLOSED)
        assert closed.steps[-1].why == "văn bản xin lỗi phát hành 06/11/2026, hẹn lại 16/11/2026"

    def test_dates_that_agree_again(self, watch: Watch) -> None:
        assert kinds(watch.tell("2026-11-04T08:00", a_row(promised="12/11/2026"))) == [
            ("H1", Kind.DATES_DIFFER, "medium")
        ]
        assert watch.tell("2026-11-05T08:00", a_row()) == []
        watch.tell("2026-11-06T08:00", a_row(promised="12/11/2026"))
        assert [each.state for each in watch.signs(EVERY) if each.kind is Kind.DATES_DIFFER] == [
            State.OPEN,
            State.CLOSED,
        ]

    @pytest.mark.parametrize("seed", range(2))
    def test_an_honest_month(self, tmp_path: Path, seed: int) -> None:
        month = _Month(random.Random(seed), Watch(desk_in(tmp_path / "office")))  # noqa: S311  a story, not a secret
        assert [each.told for day in month.days() for each in day] == []


class TestMissing:
    NEAR = (
        a_row("H1", received="28/10/2026 09:00", promised="04/11/2026"),
        a_row("H3", received="05/11/2026 09:00", promised="12/11/2026"),
        a_done("H4", "11/11/2026 10:00"),
    )

    @pytest.fixture
    def listed(self, watch: Watch) -> Watch:
        watch.tell("2026-11-11T08:00", self.NEAR[0], a_row("H2"), self.NEAR[1], a_row("H4"))
        return watch

    def gone(self, watch: Watch) -> list[str]:
        return [each.code for each in watch.signs() if each.kind is Kind.VANISHED]

    def test_it_comes_back(self, listed: Watch) -> None:
        listed.tell("2026-11-12T08:00", *self.NEAR)
        assert self.gone(listed) == ["H2"]
        listed.tell("2026-11-13T08:00", *self.NEAR, a_row("H2"))
        assert self.gone(listed) == []
        assert [each.steps[-1].why for each in listed.signs([State.CLOSED])] == ["hồ sơ lại có trong nguồn"]
        listed.tell(
            "2026-11-16T08:00",
            *self.NEAR,
            a_row("H5", received="13/11/2026 09:00", promised="20/11/2026"),
            a_done("H6", "13/11/2026 10:00"),
        )
        assert self.gone(listed) == ["H2"]

    def test_a_row_that_cannot_be_read_is_listed(self, listed: Watch) -> None:
        listed.tell("2026-11-12T08:00", *self.NEAR, a_row("H2", promised="31/02/2026"))
        assert self.gone(listed) == []

    def test_a_file_that_has_shrunk(self, watch: Watch) -> None:
        many = [a_row(f"M{n}") for n in range(10)]
        watch.tell("2026-11-11T08:00", *self.NEAR[:2], a_row("H2"), *many)
        watch.tell("2026-11-12T08:00", *self.NEAR)
        assert self.gone(watch) == []

    def test_a_list_of_open_dossiers(self, listed: Watch) -> None:
        listed.tell(
            "2026-11-12T08:00",
            *self.NEAR[:2],
            a_row("H5", received="04/11/2026 09:00", promised="11/11/2026"),
        )
        assert self.gone(listed) == []

    def test_files_that_come_together_are_one_list(self, watch: Watch) -> None:
        for number in range(1, 4):
            for name, rows in self._parts(number).items():
                watch.export(*rows, name=name)
            watch.look(f"2026-11-{10 + number}T08:00")
            assert self.gone(watch) == []

    def test_files_of_several_kinds_list_their_own(self, watch: Watch) -> None:
        """One comes in the morning, the other at noon: neither says anything of what the other lists."""
        for number in range(1, 5):
            for hour, (name, rows) in enumerate(self._parts(number).items(), 8):
                watch.tell(f"2026-11-{10 + number}T{hour:02}:00", *rows, name=name)
        assert self.gone(watch) == []

    def _parts(self, number: int) -> dict[str, list[Row]]:
        """Two files that share a unit: each has what it had, and one more that is done and one that runs."""
        parts: dict[str, list[Row]] = {}
        for way in ("truc-tiep", "truc-tuyen"):
            finished = [a_done(f"{way}-D{n}", f"{10 + n}/11/2026 07:00") for n in range(1, number + 1)]
            running = [a_row(f"{way}-N{n}", received=f"0{n + 2}/11/2026 09:00") for n in range(1, number + 1)]
            parts[f"{way}-{number}.csv"] = [*finished, *running]
        return parts

    def test_what_an_undone_file_left_out(self, listed: Watch) -> None:
        listed.tell("2026-11-12T08:00", *self.NEAR)
        with listed.desk.open() as office:
            undo_batch(office, 2, BY, "tệp thiếu", NOW + timedelta(hours=1))
            find(office, NOW + timedelta(hours=1))
        assert self.gone(listed) == []


class TestLife:
    def test_explained_then_closed_and_no_way_back(self, watch: Watch) -> None:
        watch.tell("2026-11-11T08:00", a_row())
        number = watch.tell("2026-11-12T08:00", a_row(promised="20/11/2026"))[0].number
        with watch.desk.open() as office:
            sign = settle(office, number, State.EXPLAINED, by=BY, why="bổ sung ngày 06/11", now=NOW)
            assert (sign.state, sign.steps[-1].by) == (State.EXPLAINED, BY)
            with pytest.raises(FindingError, match="đã giải trình lúc 08:00 12/11/2026"):
                settle(office, number, State.EXPLAINED, by=BY, why="lần nữa", now=NOW)
            sign = settle(office, number, State.CLOSED, by="Trần Thị Thí Dụ", why="đã kiểm tra", now=NOW)
            assert [step.after for step in sign.steps] == [State.EXPLAINED, State.CLOSED]
            with pytest.raises(FindingError, match="không đổi được nữa"):
                settle(office, number, State.EXPLAINED, by=BY, why="mở lại", now=NOW)

    @pytest.mark.parametrize(
        ("number", "by", "why", "says"),
        [
            pytest.param(99, BY, "vì sao", "không có dấu hiệu số 99", id="no such finding"),
            pytest.param(1, " ", "vì sao", "--by", id="nobody"),
            pytest.param(1, BY, "", "--why", id="no reason"),
        ],
    )
    def test_what_is_refused(self, watch: Watch, number: int, by: str, why: str, says: str) -> None:
        watch.tell("2026-11-04T08:00", a_row(promised="12/11/2026"))
        with watch.desk.open() as office, pytest.raises(FindingError, match=says):
            settle(office, number, State.CLOSED, by=by, why=why, now=NOW)
        assert [each.state for each in watch.signs(EVERY)] == [State.OPEN]

    def test_what_happens_again_is_another_finding(self, watch: Watch) -> None:
        watch.tell("2026-11-11T08:00", a_row())
        number = watch.tell("2026-11-12T08:00", a_row(promised="20/11/2026"))[0].number
        with watch.desk.open() as office:
            settle(office, number, State.CLOSED, by=BY, why="đã kiểm tra", now=NOW)
        watch.tell("2026-11-13T08:00", a_row())
        again = watch.tell("2026-11-16T08:00", a_row(promised="20/11/2026"))
        assert [each.number > number for each in again if each.kind is Kind.PROMISE_AFTER_PASSING] == [True]

    def test_what_lasts_stays_closed(self, watch: Watch) -> None:
        number = watch.tell("2026-11-04T08:00", a_row(promised="12/11/2026"))[0].number
        with watch.desk.open() as office:
            settle(office, number, State.CLOSED, by=BY, why="hẹn rộng theo thỏa thuận", now=NOW)
        assert watch.tell("2026-11-05T08:00", a_row(promised="12/11/2026", applicant="Tên Đã Sửa")) == []

    def test_a_run_that_is_killed_goes_on(self, watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
        rows = [a_row(f"H{n:02}") for n in range(20)]
        watch.tell("2026-11-11T08:00", *rows)
        monkeypatch.setattr(finding, "PAGE", 3)
        watch.desk.export("so-theo-doi-9.csv", [{**each, "promised": "20/11/2026"} for each in rows])
        now = moment("2026-11-12T08:00")
        assert now
        with watch.desk.open() as office:
            poll(office, office.settings.sources[0], now)
            assess(office, now)
            kept = finding.keep
            for stop in range(1, 6):
                monkeypatch.setattr(finding, "keep", _Fails(kept, stop % 3))
                with pytest.raises(KeyboardInterrupt):
                    find(office, now)
            monkeypatch.setattr(finding, "keep", kept)
            find(office, now)
            signs = [each for each in list_findings(office, LIVE) if each.kind is Kind.PROMISE_AFTER_PASSING]
        assert sorted(each.code for each in signs) == [each["code"] for each in rows]

    def test_the_digest_says_how_many_are_new(self, watch: Watch) -> None:
        watch.tell("2026-11-11T08:00", a_row())
        watch.tell("2026-11-12T07:00", a_row(promised="20/11/2026"))
        with watch.desk.open() as office:
            ((_, digest),) = compose_digests(office, NOW)
        assert "Dấu hiệu cần làm rõ: 2 mới (mức cao: 1); xem bằng lệnh latewatch findings" in digest.warnings


class _Fails:
    """Keeps findings so many times, then the power is cut."""

    def __init__(self, keep: object, times: int) -> None:
        self._keep = keep
        self._left = times

    def __call__(self, *about: object) -> object:
        made = self._keep(*about)  # type: ignore[operator]  # a function
        if self._left == 0:
            raise KeyboardInterrupt
        self._left -= 1
        return made


def issue(desk: Desk, on: str, new_date: str) -> None:
    """Note that an apology for H1 was issued on a day, as the register of letters tells."""
    with desk.open() as office, office.store.writing() as connection:
        table = schema.dossier.c
        dossier_id = connection.execute(select(table.id).where(table.code == "H1")).scalar_one()
        letter = {
            "dossier_id": dossier_id,
            "state": "sent",
            "sent_on": date.fromisoformat(on),
            "form": "tt03-2025",
            "dated": date.fromisoformat(on),
            "due_on": date(2026, 11, 9),
            "new_date": date.fromisoformat(new_date),
            "reason": "",
            "drafted_at": NOW,
        }
        connection.execute(insert(schema.letter), letter)


@dataclass
class _Month:
    """An office that does everything right, and is sometimes late: 20 working days of whole exports."""

    rng: random.Random
    watch: Watch
    rows: dict[str, Row] = field(default_factory=dict)
    due: dict[str, date] = field(default_factory=dict)

    def days(self) -> list[list[Sign]]:
        day, told = date(2026, 11, 2), []
        for number in range(20):
            self._work(day, number)
            rows = list(self.rows.values())
            self.rng.shuffle(rows)
            told.append(self.watch.tell(f"{day}T17:30", *rows))
            day = CALENDAR.add(day, 1)
        return told

    def _work(self, day: date, number: int) -> None:
        for code, each in self.rows.items():
            self._go_on(code, each, day)
        for n in range(self.rng.randint(2, 5)):
            code = f"H{number:02}-{n}"
            limit = self.rng.choice([3, 5, 7])
            self.due[code] = CALENDAR.add(day, limit)
            self.rows[code] = row(
                code,
                f"{day:%d/%m/%Y} {self.rng.randint(7, 10):02}:{self.rng.randint(0, 59):02}",
                limit=str(limit),
                promised=f"{self.due[code]:%d/%m/%Y}",
                applicant=f"Người nộp {code}",
                unit=self.rng.choice(["Phòng Kinh tế", "Phòng Văn hóa - Xã hội"]),
            )

    def _go_on(self, code: str, each: Row, day: date) -> None:
        status, left = each["status"], CALENDAR.count(day, self.due[code]) if day < self.due[code] else 0
        if status == "Yêu cầu bổ sung" and self.rng.random() < 0.5:
            self.due[code] = CALENDAR.add(day, int(each["limit"]))
            each |= {"status": "Đang xử lý", "promised": f"{self.due[code]:%d/%m/%Y}"}
        elif status == "Đang xử lý" and self.rng.random() < (0.15 if left > 1 else 0.7):
            at = f"{day:%d/%m/%Y} {self.rng.randint(8, 16):02}:{self.rng.randint(0, 59):02}"
            each |= {"status": "Đã xử lý xong", "finished": at}
        elif status == "Đang xử lý" and left > 1 and self.rng.random() < 0.1:
            each["status"] = "Yêu cầu bổ sung"
        elif status == "Đã xử lý xong" and self.rng.random() < 0.4:
            each |= {"status": "Đã trả kết quả", "returned": f"{day:%d/%m/%Y}"}
