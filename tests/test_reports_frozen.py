"""Frozen reports: kept byte by byte, sealed, refused where they must be, and what reads otherwise later."""

import shutil
import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from offices import NOW, SOURCE, Desk, Row, desk_in, done, row
from typer.testing import CliRunner

from latewatch.cli.main import app
from latewatch.domain.period import Cutoff, Period, Span, period_of
from latewatch.domain.tally.layout import Form
from latewatch.domain.tally.rule import SHIPPED
from latewatch.errors import TallyError
from latewatch.jobs.assess import assess
from latewatch.jobs.reports.differences import Differences, differences
from latewatch.jobs.reports.freeze import Made, Order, freeze, wanted
from latewatch.jobs.reports.reprint import export, table_of
from latewatch.jobs.tally import tally_period
from latewatch.jobs.undo import undo_batch
from latewatch.jobs.verify import harm_words, verify
from latewatch.store.reports.frozen import frozen

OCTOBER = period_of(2026, 10, Span.MONTH, Cutoff.FIFTEENTH)  # 15/09 – 14/10
NOVEMBER = period_of(2026, 11, Span.MONTH, Cutoff.FIFTEENTH)
TT09 = SHIPPED["TT09-2026"]
LATER = datetime(2026, 11, 16, 9, 0, tzinfo=NOW.tzinfo)
UNITS = """
[[units]]
code = "PKT"
name = "Phòng Kinh tế"
report_to = ["pkt@example.com"]

[[units]]
code = "PVH"
name = "Phòng Văn hóa - Xã hội"
"""
BY = Order(by="Trần Thị Thí Dụ")


def rows() -> list[Row]:
    return [
        done("H1", "25/09/2026", "20/09/2026", promised="30/09/2026"),
        done("H2", "05/10/2026", "20/09/2026", promised="30/09/2026"),
        row("H3", "01/10/2026", promised="12/10/2026"),
        row("H4", "02/10/2026", promised="30/11/2026", unit="Phòng Văn hóa - Xã hội", field="Văn hóa"),
        done("H5", "20/10/2026", "10/10/2026", promised="22/10/2026"),
    ]


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an office that froze October: copied by whoever changes something in it."""
    desk = desk_in(tmp_path_factory.mktemp("closed") / "office")
    desk.configure(SOURCE, UNITS)
    desk.export("a.csv", rows())
    desk.poll()
    close(desk)
    return desk.folder


@pytest.fixture
def after(closed: Path, tmp_path: Path) -> Desk:
    """The office after October was frozen."""
    shutil.copytree(closed, tmp_path / "after")
    return Desk(tmp_path / "after", files=1)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = desk_in(tmp_path / "office")
    desk.configure(SOURCE, UNITS)
    desk.export("a.csv", rows())
    desk.poll()
    return desk


def close(
    desk: Desk, period: Period = OCTOBER, at: datetime = NOW, order: Order = BY, *forms: Form
) -> list[Made]:
    with desk.open() as office:
        assess(office, at)
        return freeze(office, wanted(office, period, TT09, forms, ()), at, order)


def since(desk: Desk, number: int = 1, at: datetime = NOW) -> Differences:
    with desk.open() as office:
        assess(office, at)
        with office.store.reading() as connection:
            report = next(each for each in frozen(connection) if each.number == number)
        return differences(office, report, at)


def run(desk: Desk, *words: str) -> str:
    result = CliRunner().invoke(app, [*words, "--config", str(desk.folder / "config.toml")])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.output


class TestFreezing:
    def test_the_figures_are_those_of_the_table(self, desk: Desk) -> None:
        made = close(desk)
        assert [(each.report.number, each.report.unit) for each in made] == [(1, ""), (2, "PKT")]
        with desk.open() as office:
            table = tally_period(office, OCTOBER, Form.BY_FIELD, NOW, TT09)
            whole, unit = (table_of(office, each.report) for each in made)
        received, resolved, pending = (table.total.columns()[each] for each in ("c3", "c9", "c13"))
        total = whole["TỔNG CỘNG"]
        assert (total[0], total[6], total[10]) == (str(received), str(resolved), str(pending))
        assert (received, resolved, pending) == (5, 2, 3)
        assert unit["TỔNG CỘNG"][0] == "4"
        assert list(unit) == ["Hộ tịch", "TỔNG CỘNG"]

    def test_a_second_one_is_refused_and_names_the_first(self, after: Desk) -> None:
        with pytest.raises(TallyError, match=r"số 1: 07a.*bản 1.*--supersede"):
            close(after)

    def test_a_superseding_one_leaves_the_first(self, after: Desk) -> None:
        order = Order(by="Trần Thị Thí Dụ", why="bổ sung hồ sơ nhập muộn", supersedes=True)
        assert [each.report.version for each in close(after, order=order)] == [2, 2]
        with after.open() as office, office.store.reading() as connection:
            kept = [(each.number, each.version, each.reason) for each in frozen(connection)]
        assert kept[:2] == [(1, 1, ""), (2, 1, "")]
        assert kept[2] == (3, 2, "bổ sung hồ sơ nhập muộn")

    @pytest.mark.parametrize(
        "order", [Order(by=" "), Order(by="A", supersedes=True), Order(by="A", anyway=True)]
    )
    def test_who_and_why_are_asked(self, desk: Desk, order: Order) -> None:
        with pytest.raises(TallyError, match=r"--by|--why"):
            close(desk, order=order)

    def test_a_period_that_runs_is_refused(self, desk: Desk) -> None:
        with pytest.raises(TallyError, match="chưa kết thúc; chốt được từ 15/11/2026"):
            close(desk, NOVEMBER, datetime(2026, 11, 14, 23, 59, tzinfo=NOW.tzinfo))

    def test_an_alarm_is_named_and_kept_where_it_is_overridden(self, desk: Desk) -> None:
        stale = NOW + timedelta(days=5)
        with pytest.raises(TallyError, match=r"báo động.*xuat-tep"):
            close(desk, at=stale)
        order = Order(by="Trần Thị Thí Dụ", why="nguồn nghỉ bảo trì", anyway=True)
        (made, _) = close(desk, at=stale, order=order)
        assert made.despite
        assert "xuat-tep" in run(desk, "tally", "frozen", "show", "1")

    def test_a_dry_run_keeps_nothing(self, desk: Desk) -> None:
        made = close(desk, order=Order(by="Trần Thị Thí Dụ", dry_run=True))
        assert [each.report.number for each in made] == [0, 0]
        assert "Chưa chốt báo cáo nào; chốt: latewatch tally freeze" in run(desk, "tally", "frozen", "list")
        with desk.open() as office, office.store.reading() as connection:
            assert frozen(connection) == []

    @pytest.mark.parametrize("form", list(Form))
    def test_every_form_can_be_frozen_and_differs_in_nothing(self, desk: Desk, form: Form) -> None:
        close(desk, OCTOBER, NOW, BY, form)
        found = since(desk)
        assert (found.cells, found.moved) == ([], [])


class TestReprint:
    def test_the_bytes_are_the_same_whatever_came_since(self, after: Desk, tmp_path: Path) -> None:
        kept = {}
        for time in ("before", "after"):
            for name in ("xlsx", "pdf"):
                path = tmp_path / f"{time}.{name}"
                with after.open() as office:
                    export(office, 1, name, path)
                kept[time, name] = path.read_bytes()
            after.export("a.csv", [done("H3", "09/10/2026", "01/10/2026"), *rows()[:2], *rows()[3:]])
            after.poll()
        assert since(after).moved
        assert kept["before", "xlsx"] == kept["after", "xlsx"]
        assert kept["before", "pdf"] == kept["after", "pdf"]
        assert kept["after", "pdf"].startswith(b"%PDF")


class TestLaterKnowledge:
    def test_a_later_record_is_named_with_its_batch(self, after: Desk) -> None:
        late = [done("H3", "09/10/2026", "01/10/2026", promised="12/10/2026"), *rows()[:2], *rows()[3:]]
        after.export("b.csv", late)
        after.poll(NOW + timedelta(hours=1))
        found = since(after, at=NOW + timedelta(hours=1))
        (moved,) = found.moved
        assert moved.code == "H3"
        assert "(15) quá hạn" in moved.before
        assert "(10) trước hạn" in moved.after
        assert moved.whys == ("phiên bản mới trong lô 2 (xuat-tep, 12/11/2026)",)
        total = {each.column: (each.frozen, each.now) for each in found.cells if each.row == "TỔNG CỘNG"}
        assert total == {"c9": (2, 3), "c10": (1, 2), "c13": (3, 2), "c15": (1, 0)}

    def test_an_undone_batch_is_named(self, after: Desk) -> None:
        after.export("b.csv", [*rows(), row("H6", "05/10/2026", promised="30/11/2026")])
        after.poll()
        close(after, order=Order(by="Trần Thị Thí Dụ", why="nhập thêm", supersedes=True))
        with after.open() as office:
            undo_batch(office, 2, "Trần Thị Thí Dụ", "nhập nhầm", NOW)
        assert not since(after).moved
        (moved,) = since(after, 3).moved
        assert (moved.code, moved.after) == ("H6", "ngoài bảng")
        assert moved.whys[0].startswith("hoàn tác lô 2")

    def test_a_letter_that_was_noted_later_is_named(self, after: Desk) -> None:
        after.draft()
        with sqlite3.connect(after.folder / "latewatch.db") as connection:
            (letter,) = connection.execute(
                "SELECT letter.id FROM letter JOIN dossier ON dossier.id = dossier_id WHERE code = 'H3'"
            ).fetchone()
            connection.execute(
                "UPDATE letter SET state = 'sent', sent_on = '2026-10-13' WHERE id = ?", (letter,)
            )
            connection.execute(
                "INSERT INTO letter_change (letter_id, at, before, after, by, why) "
                "VALUES (?, '2026-11-12 01:00:00.000000', 'draft', 'sent', 'Trần Thị Thí Dụ', '')",
                (letter,),
            )
        (moved,) = since(after).moved
        assert moved.code == "H3"
        assert "đang quá hạn đã có thư xin lỗi" in moved.after
        assert "văn bản xin lỗi ghi nhận sau: đã gửi/đã in (12/11/2026)" in moved.whys

    def test_changed_settings_are_named(self, after: Desk) -> None:
        after.configure(SOURCE, UNITS, '[[procedures]]\nname = "Thủ tục Ví Dụ"\nlimit = "2d"\n')
        found = since(after)
        assert {why for each in found.moved for why in each.whys} == {
            "cài đặt tính hạn, danh mục thời hạn hoặc tệp lịch đổi từ khi chốt"
        }

    def test_the_carry_over_is_held_against_what_was_frozen(self, after: Desk) -> None:
        late = [done("H3", "09/10/2026", "01/10/2026", promised="12/10/2026"), *rows()[:2], *rows()[3:]]
        after.export("b.csv", late)
        after.poll(LATER)
        made = close(after, NOVEMBER, LATER)
        carried = made[0].carried
        assert carried is not None
        assert (carried.over.pending, carried.over.carried) == (3, 2)
        assert carried.over.only_pending == ("H3",)
        assert [each.code for each in carried.why] == ["H3"]
        assert "(8) = 2 khác (13) = 3" in made[0].report.content
        assert carried.note in made[0].report.content

    def test_a_carry_over_that_holds_says_nothing(self, after: Desk) -> None:
        after.export("b.csv", [*rows(), row("H6", "10/11/2026", promised="30/11/2026")])
        after.poll(LATER)
        (whole, _) = close(after, NOVEMBER, LATER)
        assert whole.carried is not None
        assert whole.carried.over.holds
        assert whole.carried.note == ""


class TestVerify:
    @pytest.mark.parametrize(
        ("statement", "found"),
        [
            ("UPDATE frozen_report SET author = 'Ai Đó' WHERE id = 1", ["số 1: không khớp niêm phong"]),
            ("UPDATE frozen_report SET xlsx = x'00' WHERE id = 2", ["số 2: không khớp niêm phong"]),
            ("UPDATE frozen_report SET pdf = x'00' WHERE id = 2", ["số 2: không khớp niêm phong"]),
            ("UPDATE frozen_report SET placing = x'00' WHERE id = 1", ["số 1: không khớp niêm phong"]),
            ("UPDATE frozen_report SET content = '{}' WHERE id = 1", ["số 1: không khớp niêm phong"]),
            ("UPDATE frozen_report SET made_at = 'x' WHERE id = 1", ["số 1: không khớp niêm phong"]),
            ("UPDATE frozen_report SET hash = 'x' WHERE id = 1", ["số 1: ", "số 2: "]),
            ("DELETE FROM frozen_report WHERE id = 1", ["số 1: bị xóa"]),
            ("DELETE FROM frozen_report WHERE id = 2", ["số 2: bị xóa"]),
            ("DELETE FROM frozen_report", ["số 1: bị xóa", "số 2: bị xóa"]),
        ],
    )
    def test_what_was_changed_by_hand_is_found(self, after: Desk, statement: str, found: list[str]) -> None:
        with sqlite3.connect(after.folder / "latewatch.db") as connection:
            connection.execute(statement)
        with after.open() as office:
            verdict = verify(office)
        said = [harm_words(each) for each in verdict.harmed]
        assert len(said) == len(found)
        assert all(part in words for part, words in zip(found, said, strict=True))
        assert not verdict.is_whole
        assert "báo cáo đã chốt" in run(after, "verify")

    def test_what_was_left_alone_is_whole(self, after: Desk) -> None:
        assert "2 báo cáo đã chốt: nguyên vẹn" in run(after, "verify")


class TestCommands:
    def test_freeze_list_show_export_differences(self, after: Desk, tmp_path: Path) -> None:
        said = run(
            after,
            "tally",
            "freeze",
            "--month",
            "2026-09",
            "--by",
            "Trần Thị Thí Dụ",
            "--at",
            f"{NOW:%Y-%m-%dT%H:%M}",
        )
        assert "Đã chốt số 3: 07a, Tháng 9 năm 2026" in said
        assert "Phòng Kinh tế" not in run(after, "tally", "frozen", "list")
        shown = run(after, "tally", "frozen", "show", "1")
        assert "Lịch làm việc: bản 0" in shown
        assert "Số lượng hồ sơ đã giải quyết: (9) = (10)+(11)+(12) tổng số" in shown
        assert "Đúng hạn trên đã giải quyết" in shown
        assert "Đã ghi" in run(after, "tally", "frozen", "export", "1", "--pdf", str(tmp_path / "a.pdf"))
        at = f"{NOW:%Y-%m-%dT%H:%M}"
        assert "không khác số đã chốt" in run(after, "tally", "frozen", "differences", "1", "--at", at)
        assert "Không có báo cáo đã chốt số 9" in str(
            CliRunner()
            .invoke(app, ["tally", "frozen", "show", "9", "-c", str(after.folder / "config.toml")])
            .exception
        )


class TestCalendar:
    def test_a_calendar_change_names_the_reports_that_read_otherwise(self, after: Desk) -> None:
        limited = '[[procedures]]\nname = "Thủ tục Ví Dụ"\nlimit = "5d"\n'
        after.configure(SOURCE, UNITS, limited)
        close(after, order=Order(by="Trần Thị Thí Dụ", why="có danh mục thời hạn", supersedes=True))
        day = ("2026-09-24", "--kind", "day off", "--title", "Mất điện", "--source", "CV 1/VD")
        at = ("--at", f"{NOW:%Y-%m-%dT%H:%M}")
        preview = run(after, "calendar", "set", *day, *at)
        assert "nay đọc khác: 2." in preview
        assert "số 3: 07a, Tháng 10 năm 2026" in preview
        assert not since(after, 3).moved
        written = run(after, "calendar", "set", *day, *at, "--commit", "--reason", "mất điện")
        assert "số 4: 07a, Tháng 10 năm 2026" in written
        (moved,) = since(after, 3).moved
        assert (moved.code, moved.whys) == ("H1", ("lịch làm việc đổi, bản 1",))
        assert "(11) đúng hạn" in moved.before
        assert "(10) trước hạn" in moved.after
