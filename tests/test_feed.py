"""Alarms about the feed itself: when they ring, when they must not, and what they say."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from worlds import CALENDAR, moment

from latewatch.domain.alarm import Alarm, AlarmKind, held_back
from latewatch.domain.arrivals import Arrived, data_time, each_once, kind_of, newest_of_each_kind
from latewatch.domain.feed import DECISIVE, Expected, alarms
from latewatch.domain.hours import WorkHours
from latewatch.domain.worktime import DayEntry, DayKind, WorkCalendar

COLUMNS = {"status": "Trạng thái", "promised_at": "Ngày hẹn trả", "processed_at": "Ngày kết thúc xử lý"}
ALL = frozenset(COLUMNS)
EXPECTED = Expected(source="xuat-tep", columns=COLUMNS, stale_minutes=8 * 60)
NOW = moment("2026-11-12T08:00")  # a Thursday


def file(
    origin: str = "so.csv", rows: int = 100, *, taken: str = "2026-11-12T07:00", **facts: object
) -> Arrived:
    at = moment(taken)
    assert at
    usual = {"fields": ALL, "read": rows}
    return Arrived(origin=origin, taken_at=at, **{**usual, **facts})  # type: ignore[arg-type]


def days(*rows: int, name: str = "so-theo-doi-{:02}.csv", **facts: object) -> list[Arrived]:
    """One export a day, the last on 12/11 at 07:00; the first file of all brings only new dossiers."""
    first = 12 - len(rows) + 1
    made = [
        file(name.format(first + n), number, taken=f"2026-11-{first + n:02}T07:00", **facts)
        for n, number in enumerate(rows)
    ]
    return [replace(made[0], new=made[0].read), *made[1:]]


def found(*history: Arrived, at: str = "2026-11-12T08:00", **changes: object) -> list[Alarm]:
    instant = moment(at)
    assert instant
    return alarms(replace(EXPECTED, **changes), history, instant, CALENDAR)  # type: ignore[arg-type]


def kinds(*history: Arrived, at: str = "2026-11-12T08:00", **changes: object) -> str:
    """The kinds of the alarms, in words."""
    return ", ".join(alarm.kind for alarm in found(*history, at=at, **changes))


def test_a_source_that_never_delivered_has_no_alarm() -> None:
    assert found() == []


class TestStale:
    @pytest.mark.parametrize(
        ("taken", "at", "is_stale"),
        [
            # the office works 07:30-11:30 and 13:00-17:00
            pytest.param("2026-11-11T09:00", "2026-11-12T08:59", False, id="a minute below"),
            pytest.param("2026-11-11T09:00", "2026-11-12T09:00", False, id="8 hours"),
            pytest.param("2026-11-11T09:00", "2026-11-12T09:01", True, id="a minute above"),
            pytest.param("2026-11-11T06:00", "2026-11-12T07:30", False, id="before opening, and the next morning"),
            pytest.param("2026-11-11T06:00", "2026-11-12T07:31", True, id="and a minute later"),
            pytest.param("2026-11-11T17:30", "2026-11-12T17:00", False, id="after closing: a whole day"),
            pytest.param("2026-11-11T17:30", "2026-11-13T07:31", True, id="after closing: the second morning"),
            # days that are not worked
            pytest.param("2026-11-13T16:00", "2026-11-16T07:30", False, id="over the weekend"),
            pytest.param("2026-11-13T16:00", "2026-11-16T16:00", False, id="8 hours with the weekend between"),
            pytest.param("2026-11-13T16:00", "2026-11-16T16:01", True, id="a minute more"),
            pytest.param("2026-11-12T16:00", "2026-11-15T23:00", True, id="on a Sunday, of Thursday"),
            pytest.param("2026-02-13T16:00", "2026-02-23T16:00", False, id="over Tết"),
            pytest.param("2026-02-13T16:00", "2026-02-23T16:01", True, id="over Tết, a minute more"),
            pytest.param("2026-08-21T16:00", "2026-08-22T16:01", True, id="a Saturday that is worked"),
            # odd moments
            pytest.param("2026-11-12T09:00", "2026-11-12T08:00", False, id="of a moment still to come"),
        ],
    )  # fmt: skip
    def test_only_working_hours_age_data(self, taken: str, at: str, is_stale: bool) -> None:
        assert (kinds(file(taken=taken), at=at) == "stale") is is_stale

    def test_half_a_day_is_half_as_many_hours(self) -> None:
        calendar = half_day("2026-11-12")
        taken, at = file(taken="2026-11-11T16:00"), moment("2026-11-13T10:30")
        assert at
        assert alarms(EXPECTED, [taken], at, calendar) == []  # 1 + 4 + 3 hours
        assert alarms(EXPECTED, [taken], at + timedelta(minutes=1), calendar) != []

    def test_it_says_since_when_how_long_and_what_to_do(self) -> None:
        (alarm,) = found(file(taken="2026-11-10T16:00"))
        assert alarm.text == (
            "chưa có dữ liệu mới từ 16:00 thứ Ba 10/11/2026: đã 9,5 giờ làm việc, quá 8 giờ"
        )
        assert alarm.cure == "kiểm tra việc xuất tệp vào thư mục nhận, rồi chạy latewatch poll"
        assert (alarm.holds_back, alarm.data_from) == (True, moment("2026-11-10T16:00"))

    def test_of_an_address_the_system_is_to_be_looked_at(self) -> None:
        (alarm,) = found(file(taken="2026-11-10T16:00"), is_folder=False)
        assert "hệ thống nguồn và đường kết nối" in alarm.cure

    def test_a_source_may_have_its_own_hours_or_none(self) -> None:
        old = file(taken="2026-11-10T16:00")
        assert kinds(old, stale_minutes=10 * 60) == ""
        assert kinds(old, stale_minutes=9 * 60) == "stale"
        assert kinds(old, stale_minutes=None) == ""

    def test_the_newest_file_counts_whatever_its_kind(self) -> None:
        assert kinds(file("so.csv", taken="2026-11-09T07:00"), file("bao-cao.csv")) == ""

    def test_what_is_only_read_again_is_as_old_as_it_was(self) -> None:
        """A profile with new words reads every file again: the data is no younger for it."""
        old = file(taken="2026-11-10T07:00", sha256="a")
        assert kinds(old, replace(old, taken_at=NOW)) == "stale"  # type: ignore[arg-type]

    def test_a_newest_file_that_came_anew_says_that_nothing_changed(self) -> None:
        old = file(taken="2026-11-10T07:00", sha256="a", seen_at=moment("2026-11-12T07:00"))
        assert kinds(old) == ""

    def test_a_copy_of_an_older_file_says_nothing(self) -> None:
        older = file("so-1.csv", taken="2026-11-09T07:00", seen_at=moment("2026-11-12T07:00"))
        assert kinds(older, file("so-2.csv", taken="2026-11-10T07:00")) == "stale"


def half_day(day: str) -> WorkCalendar:
    """A year with one day that is worked in the morning only."""
    hours = WorkHours.parse("07:30-11:30")
    entry = DayEntry(date.fromisoformat(day), DayKind.SHORTENED, "Nửa ngày", "CV 1/VD", hours=hours)
    return WorkCalendar([2026], [entry], "nửa ngày")


class TestShrunk:
    @pytest.mark.parametrize(
        ("rows", "is_shrunk"),
        [
            pytest.param((100, 71), False, id="29 % fewer"),
            pytest.param((100, 70), False, id="30 % fewer"),
            pytest.param((100, 69), True, id="31 % fewer"),
            pytest.param((1000, 699), True, id="30,1 % fewer"),
            pytest.param((100, 0), True, id="a file of headings alone"),
            pytest.param((4, 2), False, id="two of a handful"),
            pytest.param((4, 1), True, id="three of a handful"),
            pytest.param((100, 300), False, id="more"),
            # against the median of the five before
            pytest.param((100, 100, 100, 100, 10, 60), True, id="one odd file before does not hide it"),
            pytest.param((60, 60, 60, 60, 500, 60), False, id="one odd file before does not make it"),
            pytest.param((100, 100, 100, 60, 60), True, id="a second one is told too"),
            pytest.param((100, 100, 100, 60, 60, 60), True, id="a third one"),
            pytest.param((100, 100, 100, 60, 60, 60, 60), False, id="three before it: that is its size now"),
            pytest.param((900, 100, 100, 100, 100, 100, 100), False, id="what was longer ago"),
        ],
    )
    def test_thirty_per_cent_fewer_rows_than_usual(self, rows: tuple[int, ...], is_shrunk: bool) -> None:
        assert (kinds(*days(*rows)) == "shrunk") is is_shrunk

    def test_the_office_may_say_how_many(self) -> None:
        assert kinds(*days(100, 50), shrunk_percent=50) == ""
        assert kinds(*days(100, 49), shrunk_percent=50) == "shrunk"
        assert kinds(*days(100, 0), shrunk_percent=100) == ""

    @pytest.mark.parametrize(
        "history",
        [
            pytest.param([file(rows=3)], id="the first file"),
            pytest.param(
                [file("so-10.csv", 900, new=900), file("so-11.csv", 20, new=20)],
                id="the first file of another month",
            ),
            pytest.param(
                [*days(900, 900, 900, name="so-2026-10-{}.csv"), file("so-11.csv", 20, new=15), file("so-11.csv", 25, new=5)],
                id="the second one of that month",
            ),
            pytest.param(
                [*days(900, 900), file("bao-cao.csv", 30)], id="the first file of another kind beside it"
            ),
            pytest.param(
                [file("pkt-1.csv", 500), file("pvh-1.csv", 30), file("pkt-2.csv", 510), file("pvh-2.csv", 29)],
                id="a large and a small unit by turns",
            ),
            pytest.param([file(rows=100, sha256="a"), file(rows=100, sha256="a")], id="the same file read again"),
            pytest.param(
                [file(f"{name}.csv", rows, new=rows) for name, rows in (("hai", 40), ("ba", 90), ("tu", 20), ("nam", 12))],
                id="what came new each day",
            ),
        ],
    )  # fmt: skip
    def test_what_is_no_loss(self, history: list[Arrived]) -> None:
        assert kinds(*history) == ""

    def test_where_names_never_come_back_files_laid_out_alike_are_one_kind(self) -> None:
        names = ("Hai", "Ba", "Tư", "Năm")
        others = [file(f"{name}.csv", 100) for name in names[:3]]
        assert kinds(*others, file("Năm.csv", 60)) == "shrunk"
        assert "shrunk" not in kinds(*others, file("Năm.csv", 60, fields=ALL | {"step"}))

    def test_only_the_newest_file_of_a_kind_is_looked_at(self) -> None:
        assert kinds(*days(100, 100, 50, 100)) == ""

    def test_a_file_of_more_than_a_week_ago_is_history(self) -> None:
        small = [*days(100, 50, name="so-{}.csv")]
        old = [replace(each, taken_at=each.taken_at - timedelta(days=8)) for each in small]
        assert kinds(*old, file("bao-cao.csv", 10)) == ""

    def test_lists_of_events_and_interfaces_tell_only_news(self) -> None:
        assert kinds(*days(100, 10), is_whole=False) == ""

    def test_it_says_how_many_and_holds_back(self) -> None:
        (alarm,) = found(*days(1000, 1200, 1100, 600))
        assert alarm.text == (
            "so-theo-doi-12.csv: chỉ có 600 dòng, các tệp trước thường có 1.100 dòng: giảm 45,5 %, quá 30 %"
        )
        assert alarm.holds_back
        assert alarm.data_from == moment("2026-11-11T07:00"), "the last file that was whole"

    def test_data_is_as_old_as_the_last_whole_file(self) -> None:
        (alarm,) = found(*days(100, 100, 100, 50, 50))
        assert alarm.data_from == moment("2026-11-10T07:00")


class TestColumns:
    def lost(self, *history: Arrived) -> list[Alarm]:
        return [alarm for alarm in found(*history) if alarm.kind is AlarmKind.COLUMNS_LOST]

    def test_a_column_the_files_before_had(self) -> None:
        (alarm,) = self.lost(*days(100), file("so-theo-doi-13.csv", fields=ALL - {"promised_at"}))
        assert alarm.text == (
            "so-theo-doi-13.csv: thiếu cột “Ngày hẹn trả” mà các tệp trước có; giá trị đã lưu của cột được giữ nguyên"
        )
        assert not alarm.holds_back, "whether a dossier is finished is known all the same"

    @pytest.mark.parametrize("field", sorted(DECISIVE))
    def test_without_a_deciding_column_the_source_is_held_back(self, field: str) -> None:
        (alarm,) = self.lost(
            file("so-1.csv", taken="2026-11-11T07:00"), file("so-2.csv", fields=ALL - {field})
        )
        assert (alarm.holds_back, alarm.data_from) == (True, moment("2026-11-11T07:00"))

    @pytest.mark.parametrize(
        ("have", "is_lost"),
        [
            pytest.param("+", False, id="the first file"),
            pytest.param("-", False, id="the first file without it"),
            pytest.param("+-", True, id="the second lacks it"),
            pytest.param("+--", True, id="one of two had it"),
            pytest.param("+---", False, id="most lack it by now"),
            pytest.param("+++++---", True, id="after five that had it, the third without"),
            pytest.param("+++++----", False, id="the fourth"),
            pytest.param("+-+", False, id="it came back"),
            pytest.param("-----+-", False, id="one file had it once"),
        ],
    )
    def test_until_most_of_the_files_before_lack_it(self, have: str, is_lost: bool) -> None:
        history = [
            file(f"so-{n}.csv", fields=ALL if sign == "+" else ALL - {"promised_at"})
            for n, sign in enumerate(have)
        ]
        assert bool(self.lost(*history)) is is_lost

    def test_two_kinds_of_file_by_turns_are_no_loss(self) -> None:
        fewer = ALL - {"processed_at"}
        one, two = (file(f"so-{n}.csv") for n in (1, 2))
        other, again = (file(f"bao-cao-{n}.csv", fields=fewer) for n in (1, 2))
        assert self.lost(one, other, two, again) == []

    def test_a_run_over_an_interface_without_news_has_no_columns_to_lose(self) -> None:
        assert self.lost(file("igate"), file("igate", 0, fields=frozenset())) == []
        assert kinds(file("igate"), file("igate", fields=frozenset({"status"})), is_table=False) == ""

    def test_a_new_column_is_worth_a_note(self) -> None:
        history = [file("so-1.csv", fields=ALL - {"promised_at"}), file("so-2.csv")]
        (alarm,) = found(*history)
        assert (alarm.kind, alarm.holds_back) == (AlarmKind.COLUMNS_NEW, False)
        assert alarm.text == "so-2.csv: cột mới “Ngày hẹn trả” được đọc từ tệp này"

    def test_a_new_heading_nobody_maps_is_counted_and_shown_on_the_screen_only(self) -> None:
        before = file("so-1.csv", strange=frozenset({"STT"}))
        (alarm,) = found(before, file("so-2.csv", strange=frozenset({"STT", "Số CCCD", "Ghi chú"})))
        assert (alarm.text, alarm.detail) == ("so-2.csv: 2 cột mới không dùng đến", "“Ghi chú”, “Số CCCD”")
        assert "headings" in alarm.cure

    @pytest.mark.parametrize("strange", [None, frozenset({"STT"})])
    def test_headings_that_are_not_known_are_not_new(self, strange: frozenset[str] | None) -> None:
        history = [file("so-1.csv", strange=None), file("so-2.csv", strange=strange)]
        assert found(*history) == []


class TestUnknownWords:
    def test_rows_and_words_are_counted_and_the_words_shown_on_the_screen_only(self) -> None:
        (alarm,) = found(file(unknown={"Chờ chữ ký": 9, "Chờ ký số": 1200}, rows=5000, rejected=200))
        assert alarm.kind is AlarmKind.UNKNOWN_WORDS
        assert alarm.text == "so.csv: 1.209 dòng bị gác lại vì 2 chữ trạng thái chưa biết"
        assert alarm.detail == "“Chờ ký số” 1.200 dòng, “Chờ chữ ký” 9 dòng"
        assert "status_words" in alarm.cure
        assert "Chờ" not in alarm.told, "a cell of the source may be anything"

    def test_five_words_are_shown_and_long_ones_cut(self) -> None:
        words = {f"Chữ {n}": 9 - n for n in range(6)} | {"Rất dài " * 20: 10}
        (alarm,) = found(file(unknown=words))
        assert alarm.detail.endswith("… và 2 chữ nữa")
        assert max(map(len, alarm.detail.split(", "))) < 60

    def test_many_words_are_the_cells_of_another_column(self) -> None:
        """They may be names: they are not shown at all."""
        (alarm,) = found(file(unknown={f"Nguyễn Văn Ví Dụ {n}": 1 for n in range(21)}))
        assert alarm.detail == ""
        assert "cột trạng thái có lẽ bị lệch" in alarm.cure

    def test_the_next_file_without_them_ends_it(self) -> None:
        assert kinds(file("so-1.csv", unknown={"Lạ": 1}), file("so-2.csv")) == ""


class TestRejected:
    @pytest.mark.parametrize(
        ("rejected", "read", "rings"),
        [
            pytest.param(0, 0, False, id="nothing read"),
            pytest.param(4, 100, False, id="4 %"),
            pytest.param(5, 100, False, id="5 %"),
            pytest.param(6, 100, True, id="6 %"),
            pytest.param(51, 1000, True, id="5,1 %"),
            pytest.param(1, 10, True, id="one of ten"),
        ],
    )
    def test_more_than_five_per_cent(self, rejected: int, read: int, rings: bool) -> None:
        assert (kinds(file(rows=read, rejected=rejected)) == "rejected rows") is rings

    def test_the_office_may_say_how_many(self) -> None:
        assert kinds(file(rejected=1), rejected_percent=0) == "rejected rows"
        assert kinds(file(rejected=0), rejected_percent=0) == ""
        assert kinds(file(rejected=100), rejected_percent=100) == ""

    def test_events_that_wait_for_their_dossier_are_no_fault(self) -> None:
        assert kinds(file(rejected=50, awaits=True)) == ""

    def test_it_says_how_many_of_how_many(self) -> None:
        (alarm,) = found(file(rows=3000, rejected=200))
        assert alarm.text == "so.csv: 200 trên 3.000 dòng bị gác lại (6,7 %), quá 5 %"
        assert not alarm.holds_back


def test_a_source_is_held_back_for_its_first_reason() -> None:
    history = [file("so-1.csv", taken="2026-11-09T07:00"), file("so-2.csv", 10, taken="2026-11-10T07:00")]
    rung = found(*history)
    assert [alarm.kind for alarm in rung] == [AlarmKind.STALE, AlarmKind.SHRUNK]
    assert held_back(rung) == {"xuat-tep": rung[0]}


class TestArrivals:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("so-theo-doi-20261112.xlsx", "so-theo-doi-20261113.xlsx"),
            ("Sổ theo dõi 12-11.xlsx", "SO THEO DOI (2).csv"),
            ("ho_so.2026.11.csv", "ho_so.2026.12.csv"),
        ],
    )
    def test_a_name_without_its_numbers_is_a_kind(self, one: str, other: str) -> None:
        assert kind_of(one) == kind_of(other)

    def test_other_letters_are_another_kind(self) -> None:
        assert len({kind_of(name) for name in ("so-1.csv", "bao-cao-1.csv", "so-pkt-1.csv")}) == 3

    def test_a_file_that_changed_is_another_file(self) -> None:
        history = [file(sha256=sha) for sha in "aab"]
        assert [each.sha256 for each in each_once(history)] == ["a", "b"]

    def test_a_file_that_returns_to_what_it_held_is_new_data(self) -> None:
        history = [file(sha256=sha, taken=f"2026-11-1{n}T07:00") for n, sha in enumerate("aba")]
        assert data_time(history) == moment("2026-11-12T07:00")

    def test_read_again_it_still_began_its_period(self) -> None:
        first = file(rows=10, new=10, sha256="a")
        (kept,) = each_once([first, replace(first, new=0)])
        assert kept.starts_anew

    def test_at_most_five_before_are_compared_with(self) -> None:
        (newest,) = newest_of_each_kind(days(*range(10, 20)))
        assert [each.read for each in newest.before] == [14, 15, 16, 17, 18]
