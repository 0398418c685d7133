"""`latewatch due`: a what-if on the command line, good and bad, as text and as JSON."""

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from offices import SOURCE, desk_in
from typer.testing import CliRunner

from latewatch.calendars.load import load_calendars
from latewatch.cli.main import app
from latewatch.cli.place import Place
from latewatch.domain.hours import WorkHours
from latewatch.domain.layers import Layer, WeekdayHours
from latewatch.domain.worktime import SATURDAY
from latewatch.errors import CalendarGap, LatewatchError, LetterError

AT = ("--at", "2026-03-20T08:00")


@pytest.fixture(autouse=True)
def _without_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def asked(received: str, limit: str, *more: str) -> str:
    """What the command prints, its warnings with it."""
    result = CliRunner().invoke(app, ["due", "--received", received, "--limit", limit, *more])
    if isinstance(result.exception, LatewatchError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def answer(received: str, limit: str, *more: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(asked(received, limit, "--json", *more))
    return document


def due(received: str, limit: str, *more: str) -> str | None:
    """The due moment without its zone; the end of a day as its date alone."""
    at = answer(received, limit, *more)["due_at"]
    return at and at.removesuffix("+07:00").removesuffix("T23:59:59")


class TestWhatCanBeAsked:
    @pytest.mark.parametrize(
        ("received", "limit", "more", "due_at"),
        [
            # receipts
            pytest.param("2026-03-02", "5d", (), "2026-03-09", id="a date"),
            pytest.param("02/03/2026", "5d", (), "2026-03-09", id="a date as people write it"),
            pytest.param("2026-03-02T16:40", "5d", (), "2026-03-09", id="a moment"),
            pytest.param("02/03/2026 16:40", "5d", (), "2026-03-09", id="a moment as people write it"),
            # limits
            pytest.param("2026-03-02", "7cd", (), "2026-03-09", id="calendar days"),
            pytest.param("2026-03-02", "2w", (), "2026-03-16", id="weeks"),
            pytest.param("2026-01-31", "1mo", (), "2026-03-02", id="a month, to its last day, a Saturday"),
            pytest.param("2026-03-02T09:40", "8h", (), "2026-03-03T09:40:00", id="hours"),
            pytest.param("2026-03-02T11:20", "30m", (), "2026-03-02T13:20:00", id="minutes across lunch"),
            pytest.param("2026-03-02", "3h", (), "2026-03-02T10:30:00", id="hours from a date: the opening"),
            pytest.param("2026-03-02T14:00", "day", (), "2026-03-02", id="within the day"),
            pytest.param("2026-03-02T15:01", "day", (), "2026-03-03", id="within the day, after 15:00"),
            pytest.param("2026-03-02T15:01", "0", (), "2026-03-02", id="at once has no cut-off"),
            # the cut-off
            pytest.param("2026-03-02T15:01", "day", ("--cutoff", "16:00"), "2026-03-02", id="a later cut-off"),
            pytest.param("2026-03-02T15:01", "day", ("--cutoff", "00:00"), "2026-03-03", id="a cut-off of 0"),
            # the end
            pytest.param("2026-03-02T09:40", "5d", ("--ends", "day"), "2026-03-09", id="with the day"),
            pytest.param("2026-03-02T09:40", "5d", ("--ends", "working time"), "2026-03-09T17:00:00", id="with working time"),
            pytest.param("2026-03-02T09:40", "5d", ("--ends", "working-time"), "2026-03-09T17:00:00", id="written with a dash"),
            pytest.param("2026-03-02T09:40", "5d", ("--ends", "clock"), "2026-03-09T09:40:00", id="at the clock time of receipt"),
            # interruptions
            pytest.param("2026-02-27", "5d", ("--suspend", "2026-03-02..2026-03-09=restart"), "2026-03-16", id="restart"),
            pytest.param("2026-02-27", "5d", ("--suspend", "2026-03-02..2026-03-09=pause"), "2026-03-13", id="pause"),
            pytest.param("2026-02-27", "5d", ("--suspend", "2026-03-02..2026-03-09=runs on"), "2026-03-06", id="runs on"),
            pytest.param("2026-02-27", "5d", ("--suspend", "2026-03-02..2026-03-09=runs-on"), "2026-03-06", id="runs-on"),
            pytest.param("2026-02-27", "5d", ("--suspend", "2026-03-02..2026-03-09"), "2026-03-16", id="a supplement"),
            pytest.param("2026-02-27", "5d", ("--suspend", "02/03/2026..09/03/2026=pause"), "2026-03-13", id="dates as people write them"),
            pytest.param("2026-03-02T08:00", "8h", ("--suspend", "2026-03-02T10:00..2026-03-09T09:00=pause"), "2026-03-09T16:30:00", id="moments"),
            pytest.param("2026-02-27", "5d", ("--suspend", "2026-03-02..=restart"), None, id="it lasts: no due date"),
            pytest.param(
                "2026-02-27", "5d",
                ("--suspend", "2026-03-02..2026-03-09=restart", "--suspend", "2026-03-11..2026-03-13=pause"),
                "2026-03-18", id="two with two effects",
            ),
        ],
    )  # fmt: skip
    def test_and_the_due_moment(
        self, received: str, limit: str, more: tuple[str, ...], due_at: str | None
    ) -> None:
        assert due(received, limit, *more, *AT) == due_at

    def test_the_order_in_which_interruptions_are_written_does_not_matter(self) -> None:
        one, other = "2026-03-02..2026-03-09=restart", "2026-03-11..2026-03-13=pause"
        asked_so = [("--suspend", one, "--suspend", other), ("--suspend", other, "--suspend", one)]
        assert len({due("2026-02-27", "5d", *more) for more in asked_so}) == 1


class TestWhatCannotBe:
    @pytest.mark.parametrize(
        ("more", "message"),
        [
            pytest.param(("--suspend", "2026-03-09..2026-03-02=restart"), "gián đoạn 09/03/2026–02/03/2026: kết thúc trước khi bắt đầu", id="reversed"),
            pytest.param(("--suspend", "2026-02-20..2026-03-09=pause"), "gián đoạn 20/02/2026–09/03/2026: bắt đầu trước khi tiếp nhận", id="begins before the receipt"),
            pytest.param(("--suspend", "2026-03-02..2026-03-09=pause", "--suspend", "2026-03-05..2026-03-12"), "gián đoạn 02/03/2026–09/03/2026 và yêu cầu bổ sung 05/03/2026–12/03/2026 chồng nhau", id="overlapping"),
            pytest.param(("--suspend", "2026-03-02..", "--suspend", "2026-03-05..2026-03-12"), "chồng nhau", id="an open one and a later one"),
            pytest.param(("--suspend", "2026-03-02..2026-03-09=stop"), "“2026-03-02..2026-03-09=stop”: không có tác động “stop”", id="an effect nobody knows"),
            pytest.param(("--suspend", "2026-03-02"), "“2026-03-02” không phải khoảng gián đoạn", id="no interval"),
            pytest.param(("--suspend", "2026-02-30..2026-03-09"), "“2026-02-30..2026-03-09”: “2026-02-30” không phải ngày", id="a day that is none"),
            pytest.param(("--cutoff", "25:00"), "“25:00” không phải giờ", id="25:00"),
            pytest.param(("--cutoff", "ba giờ"), "“ba giờ” không phải giờ", id="no hour"),
            pytest.param(("--ends", "tối"), "chọn trong: day, working time, clock", id="an end nobody knows"),
            pytest.param(("--calendar", "unit:PKX"), "không có lịch “unit:PKX”; chọn trong: national, province", id="a unit nobody knows"),
            pytest.param(("--calendar", "huyện"), "không có lịch “huyện”", id="a calendar nobody knows"),
            pytest.param(("--promised", "mai"), "“mai” không phải ngày", id="a promise that is no date"),
            pytest.param(("--stage", "Phòng A"), "“Phòng A” không phải chặng", id="a stage without dates"),
            pytest.param(("--stage", "Phòng A=2026-03-05..2026-03-02=3d"), "xong trước khi bắt đầu", id="a stage reversed"),
            pytest.param(("--stage", "Phòng A=2026-02-02..2026-03-05"), "chặng “Phòng A” bắt đầu 02/02/2026, trước khi tiếp nhận", id="a stage before the receipt"),
            pytest.param(("--stage", "Phòng A=2026-03-02..=0d"), "“Phòng A=2026-03-02..=0d”: thời hạn 0 ngày làm việc không thể có", id="a stage without time"),
        ],
    )  # fmt: skip
    def test_names_the_entry(self, more: tuple[str, ...], message: str) -> None:
        result = CliRunner().invoke(
            app, ["due", "--received", "2026-02-27", "--limit", "5d", *more], env={"COLUMNS": "400"}
        )
        assert result.exit_code == 2
        assert message in _unframed(result.output)
        assert "Traceback" not in result.output

    @pytest.mark.parametrize("limit", ["0d", "-1d", "5 ngày?", "10000d", "", "5"])
    def test_a_limit_that_cannot_be(self, limit: str) -> None:
        result = CliRunner().invoke(
            app, ["due", "--received", "2026-02-27", f"--limit={limit}"], env={"COLUMNS": "400"}
        )
        assert result.exit_code == 2
        assert (limit.removesuffix("d") or "“”") in _unframed(result.output)

    @pytest.mark.parametrize(
        ("new_date", "more", "message"),
        [
            pytest.param("2026-03-06", (), "phải sau hạn ban đầu 06/03/2026", id="the due day itself"),
            pytest.param("2026-03-14", (), "không phải ngày làm việc: thứ Bảy", id="a Saturday"),
            pytest.param("2026-03-10", ("--promised", "2026-03-10"), "phải sau", id="not after the promise"),
            pytest.param("2026-03-20", AT, "phải sau ngày ký 20/03/2026", id="not after the day of signing"),
            pytest.param("2026-03-30", ("--suspend", "2026-03-02.."), "chưa có hạn để hẹn lại", id="no due date yet"),
        ],
    )  # fmt: skip
    def test_a_new_date_that_cannot_be_kept(self, new_date: str, more: tuple[str, ...], message: str) -> None:
        with pytest.raises(LetterError, match=message):
            asked("2026-02-27", "5d", "--extend", new_date, *more)

    def test_a_year_nobody_announced(self) -> None:
        with pytest.raises(CalendarGap, match=r"2028\.toml"):
            asked("2027-12-30", "5d")


def _unframed(text: str) -> str:
    """The words of an error that is drawn into a frame."""
    return " ".join(text.replace("│", " ").split())


class TestWhatItSays:
    def test_the_minutes_of_each_day_and_their_total(self) -> None:
        steps = answer("2026-03-06T15:00", "8h")["trace"]
        assert [(each["date"][-2:], each["minutes"], each["minutes_total"]) for each in steps] == [
            ("06", 120, 120),
            ("07", 0, 120),
            ("08", 0, 120),
            ("09", 360, 480),
        ]
        text = asked("2026-03-06T15:00", "8h")
        assert "09/03/2026  6:00      8:00  thứ Hai, giờ làm việc 07:30-11:30, 13:00-17:00" in text
        assert "hạn là 15:00 thứ Hai 09/03/2026." in text

    def test_a_day_of_rest_names_its_document(self) -> None:
        found = answer("2026-02-13", "5d")["trace"][3]
        assert found["calendar_entry"] == {
            "kind": "holiday",
            "title": "Nghỉ Tết Nguyên đán Bính Ngọ",
            "source": "TB 9441/TB-BNV",
            "status": "đã xác nhận",
        }
        assert "16/02/2026     –  Nghỉ Tết Nguyên đán Bính Ngọ (TB 9441/TB-BNV)" in asked("2026-02-13", "5d")

    def test_no_cause_and_no_article_is_claimed_for_what_was_not_told(self) -> None:
        more = ("--suspend", "2026-03-02..2026-03-09=restart", "--suspend", "2026-03-11..2026-03-13=pause")
        text, document = asked("2026-02-27", "5d", *more), answer("2026-02-27", "5d", *more)
        assert [each["cause"] for each in document["suspensions"]] == [None, None]
        for claim in ("nghĩa vụ tài chính", "bổ sung", "lấy ý kiến", "Đ19.5"):
            assert claim not in text
            assert claim not in json.dumps(document, ensure_ascii=False)
        assert document["rules"]["effects"] == {}

    def test_a_supplement_is_told_as_one_and_lapses(self) -> None:
        document = answer("2026-02-27", "5d", "--suspend", "2026-03-02..")
        assert document["suspensions"][0]["cause"] == "supplement"
        assert document["waiting_since"] == "2026-03-02T00:00:00+07:00"
        assert document["lapses_on"] == "2026-03-17"
        assert document["due_on"] is None
        text = asked("2026-02-27", "5d", "--suspend", "2026-03-02..", *AT)
        assert "Bổ sung chậm nhất hết ngày thứ Ba 17/03/2026 (15 ngày, NĐ 118/2025 Đ19.5)." in text

    @pytest.mark.parametrize(
        ("limit", "ends", "words"),
        [
            ("5d", "clock", "ngày cuối hết hạn vào đúng giờ đã tiếp nhận"),
            ("7cd", "clock", "hạn hết cùng ngày cuối (24:00)"),
            ("day", "clock", "hạn hết cùng giờ làm việc của ngày cuối; tiếp nhận sau 15:00"),
            ("8h", "day", "hạn hết khi đủ số phút làm việc"),
        ],
    )
    def test_the_rule_it_tells_is_the_one_that_held(self, limit: str, ends: str, words: str) -> None:
        assert f"Quy tắc: {words}" in asked("2026-03-02T09:40", limit, "--ends", ends)

    def test_every_day_is_marked(self) -> None:
        marks = [
            (each["date"][-2:], each["mark"])
            for each in answer("2026-02-27", "2d", "--suspend", "2026-03-02..2026-03-04=restart")["trace"]
        ]
        assert marks == [
            ("27", "zero"), ("28", "rest"), ("01", "rest"), ("02", "void"), ("03", "suspended"),
            ("04", "restarted"), ("05", "counted"), ("06", "counted"),
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("promised", "difference", "words"),
        [
            ("2026-03-10", 2, "hẹn muộn hơn quy định 2 ngày làm việc"),
            ("2026-03-06", 0, "hẹn đúng hạn theo quy định"),
            ("05/03/2026", -1, "hẹn sớm hơn quy định 1 ngày làm việc"),
        ],
    )
    def test_a_promise_beside_it(self, promised: str, difference: int, words: str) -> None:
        more = ("--promised", promised)
        assert answer("2026-02-27", "5d", *more)["difference_working_days"] == difference
        assert words in asked("2026-02-27", "5d", *more)

    def test_the_new_date_stands_beside_the_due_date(self) -> None:
        more = ("--extend", "2026-03-13")
        document = answer("2026-02-27", "5d", *more)
        assert (document["due_on"], document["revised_on"]) == ("2026-03-06", "2026-03-13")
        assert document["letter_until"] == "2026-03-05"
        text = asked("2026-02-27", "5d", *more)
        assert "Hạn ban đầu: hết ngày thứ Sáu 06/03/2026 · Hẹn lại: hết ngày thứ Sáu 13/03/2026" in text
        assert "hẹn lại không xóa lỗi trễ" in text

    def test_stages_have_their_own_limits(self) -> None:
        more = ("--stage", "Phòng A=2026-02-27..2026-03-05=3d", "--stage", "Phòng B=2026-03-05..=2d")
        document = answer("2026-02-27", "9d", *more, "--at", "2026-03-10T08:00")
        assert [(each["unit"], each["standing"]) for each in document["stages"]] == [
            ("Phòng A", "stage late"),
            ("Phòng B", "stage overdue"),
        ]
        assert document["holder"] == "Phòng B"
        text = asked("2026-02-27", "9d", *more, "--at", "2026-03-10T08:00")
        assert "Dùng quá thời hạn của mình: Phòng A (1 ngày làm việc), Phòng B (1 ngày làm việc)." in text

    @pytest.mark.parametrize("effect", ["restart", "pause"])
    def test_what_begins_after_the_end_moves_nothing_and_says_why(self, effect: str) -> None:
        more = ("--suspend", f"2026-03-09..2026-03-11={effect}")
        assert due("2026-02-27", "5d", *more) == "2026-03-06"
        assert "bắt đầu khi đã hết hạn, hạn không đổi" in asked("2026-02-27", "5d", *more)

    def test_calendar_version_weekday_and_doubts(self) -> None:
        document = answer("2027-02-01", "5d")
        assert document["calendar"].startswith("VN-2021-2027-")
        assert document["due_weekday"] == "thứ Hai"
        assert any("dự kiến" in doubt for doubt in document["warnings"])


class TestWhere:
    """Whose calendar, and whose rules."""

    def test_with_a_configuration_the_office_s_rules_hold(self, tmp_path: Path) -> None:
        desk = desk_in(tmp_path / "office", '[clock]\nends = "working time"\nsupplement = "pause"\n')
        (desk.folder / "latewatch.db").unlink()
        config = ("--config", str(desk.folder / "config.toml"))
        assert due("2026-02-27", "5d", *config) == "2026-03-06T17:00:00"
        assert due("2026-02-27", "5d", *config, "--ends", "day") == "2026-03-06"
        assert (
            due("2026-02-27", "5d", *config, "--suspend", "2026-03-02..2026-03-09") == "2026-03-13T17:00:00"
        )
        assert not (desk.folder / "latewatch.db").exists(), "a what-if makes no database"

    @pytest.mark.parametrize("name", ["unit:PKT", "unit:Phòng Kinh tế", "unit: phong kinh te"])
    def test_a_unit_of_the_office_by_code_or_name(self, tmp_path: Path, name: str) -> None:
        desk = desk_in(tmp_path / "office")
        config = ("--config", str(desk.folder / "config.toml"))
        assert due("2026-02-27", "5d", *config, "--calendar", name) == "2026-03-06"

    def test_an_unknown_unit_names_the_known_ones(self, tmp_path: Path) -> None:
        desk = desk_in(tmp_path / "office", SOURCE.replace("xuat-tep", "khac"))
        config = ("--config", str(desk.folder / "config.toml"))
        result = CliRunner().invoke(
            app,
            ["due", "--received", "2026-02-27", "--limit", "5d", "--calendar", "unit:PKX", *config],
            env={"COLUMNS": "400"},
        )
        assert result.exit_code == 2
        assert "unit:PKT (Phòng Kinh tế), unit:PVH (Phòng Văn hóa - Xã hội)" in _unframed(result.output)

    def test_a_unit_with_hours_of_its_own(self) -> None:
        saturdays = Layer("unit:PKT", week=(WeekdayHours(SATURDAY, WorkHours.parse("07:30-11:30")),))
        place = Place(load_calendars(layers=[saturdays]))
        own, national = place.calendar("unit:PKT"), place.calendar("national")
        assert own.version != national.version
        assert place.calendar_name("unit:PKT") == "unit:PKT"
        assert place.calendar_name("province") == "national", "a layer that says nothing decides nothing"
        assert place.calendar_of("PKT", national) is own
        assert place.calendar_of("PVH", national) is national
        with pytest.raises(typer.BadParameter, match="national, province, unit:PKT"):
            place.calendar("unit:PVH")
