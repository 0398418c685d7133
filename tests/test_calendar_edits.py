"""The office's edits of its calendar: what each operation makes, what is refused, how they are kept."""

import json
from collections.abc import Callable
from datetime import date

import pytest

from latewatch.calendars.edits import from_document, to_document
from latewatch.calendars.load import load_calendars
from latewatch.domain.calendar_rules import check_edits, hours_from, weekday_of
from latewatch.domain.edit_differences import differences
from latewatch.domain.edits import Edits, edited
from latewatch.domain.hours import WorkHours
from latewatch.domain.layers import NATIONAL, PROVINCE, Calendars, WeekdayHours, differing_days
from latewatch.domain.worktime import CalendarNote, Confirmation, DayEntry, DayKind
from latewatch.errors import CalendarError, ConfigError

FILES = load_calendars()
UNITS = ("PKT", "PVH")
PKT = "unit:PKT"
MORNING = WorkHours.parse("07:30-11:30")
THURSDAY, SATURDAY, SUNDAY = date(2026, 12, 24), date(2026, 12, 26), date(2026, 12, 27)


def entry(day: date = THURSDAY, kind: DayKind = DayKind.DAY_OFF, **fields: object) -> DayEntry:
    return DayEntry(**{"day": day, "kind": kind, "title": "Ngày thử", "source": "CV 1/VD", **fields})


def checked(after: Edits, before: Edits | None = None) -> Calendars:
    return check_edits(before or Edits(), after, FILES, UNITS)


# Operations


def test_an_entry_of_the_nation_lies_over_the_files() -> None:
    calendars = checked(Edits().set_day(NATIONAL, entry()))
    assert not calendars.office.is_working_day(THURSDAY)
    assert calendars.office.why(THURSDAY) == "Ngày thử (CV 1/VD)"
    assert calendars.base_version == FILES.base_version


def test_a_units_entry_moves_that_unit_alone() -> None:
    calendars = checked(Edits().set_day(PKT, entry()))
    assert not calendars.of_unit("PKT").is_working_day(THURSDAY)
    assert calendars.of_unit("PVH").is_working_day(THURSDAY)
    assert calendars.office.is_working_day(THURSDAY)


def test_a_second_entry_for_a_date_takes_the_place_of_the_first_and_leaves_it_untouched() -> None:
    first = Edits().set_day(PROVINCE, entry(title="Một"))
    second = first.set_day(PROVINCE, entry(title="Hai"))
    assert [each.title for each in second.layer(PROVINCE).entries] == ["Hai"]
    assert [each.title for each in first.layer(PROVINCE).entries] == ["Một"]


def test_clearing_gives_back_what_the_files_say() -> None:
    holiday = date(2026, 9, 2)
    worked = Edits().set_day(NATIONAL, entry(holiday, DayKind.DAY_WORKED))
    assert checked(worked).office.is_working_day(holiday)
    cleared = worked.clear_day(NATIONAL, holiday)
    assert cleared == Edits()
    assert not checked(cleared, worked).office.is_working_day(holiday)


def test_hours_of_a_weekday_and_back() -> None:
    worked = Edits().set_week(PKT, WeekdayHours(5, MORNING))
    assert checked(worked).of_unit("PKT").hours_on(SATURDAY) == MORNING
    assert worked.clear_week(PKT, 5) == Edits()


def test_a_unit_stacks_on_the_provinces_hours() -> None:
    both = Edits().set_week(PROVINCE, WeekdayHours(4, MORNING)).set_week(PKT, WeekdayHours(5, MORNING))
    calendar = checked(both).of_unit("PKT")
    assert [calendar.hours_on(date(2026, 12, day)) for day in (25, 26)] == [MORNING, MORNING]


def test_differing_days_are_exactly_those_whose_segments_differ() -> None:
    after = checked(Edits().set_day(PROVINCE, entry()).set_day(PROVINCE, entry(SATURDAY)))
    assert differing_days(FILES.office, after.office) == [THURSDAY]
    assert differing_days(FILES.office, FILES.office) == []


class TestConfirm:
    def test_what_was_expected_is_confirmed_and_says_by_what(self) -> None:
        after = edited(FILES, Edits().confirm(2027, "TB 1/TB-BNV", FILES))
        assert after.office.unconfirmed_years == ()
        assert after.office.entries[date(2027, 2, 4)].source.startswith("TB 1/TB-BNV; báo chí")
        assert differing_days(FILES.office, after.office) == []

    def test_the_offices_own_expected_day_is_confirmed_too(self) -> None:
        own = Edits().set_day(NATIONAL, entry(date(2027, 12, 24), status=Confirmation.EXPECTED))
        confirmed = own.confirm(2027, "TB 1/TB-BNV", edited(FILES, own))
        assert confirmed.layer(NATIONAL).entries[0].status is Confirmation.CONFIRMED
        later = confirmed.set_day(NATIONAL, entry(date(2027, 12, 23), status=Confirmation.EXPECTED))
        assert edited(FILES, later).office.unconfirmed_years == (2027,)

    def test_what_waits_for_its_document_waits_on(self) -> None:
        own = Edits().set_day(NATIONAL, entry(date(2027, 12, 24), status=Confirmation.PENDING))
        after = edited(FILES, own.confirm(2027, "TB 1/TB-BNV", edited(FILES, own)))
        assert [each.day for each in after.office.pending(2027)] == [date(2027, 12, 24)]

    @pytest.mark.parametrize(
        ("year", "document", "problem"),
        [
            pytest.param(2026, "TB 1", "năm 2026: không có ngày nào còn “dự kiến”", id="nothing is expected"),
            pytest.param(2028, "TB 1", "năm 2028: chưa có lịch để xác nhận", id="an unknown year"),
            pytest.param(2027, " ", "năm 2027: cần văn bản nguồn", id="no document"),
        ],
    )
    def test_what_cannot_be_confirmed(self, year: int, document: str, problem: str) -> None:
        with pytest.raises(CalendarError, match=problem):
            Edits().confirm(year, document, FILES)


class TestWholeYears:
    def test_a_year_is_added(self) -> None:
        after = checked(Edits().replace_year(2028, [entry(date(2028, 1, 3), DayKind.IN_LIEU)]))
        assert after.office.last == date(2028, 12, 31)
        assert after.office.add(date(2027, 12, 31), 1) == date(2028, 1, 4)

    def test_a_year_of_the_files_is_replaced_whole_with_its_remarks(self) -> None:
        after = checked(Edits().replace_year(2026, [entry(date(2026, 1, 1), DayKind.HOLIDAY)]))
        assert [day for day in after.office.entries if day.year == 2026] == [date(2026, 1, 1)]
        assert [note for note in after.office.notes if note.year == 2026] == []
        assert after.office.is_working_day(date(2026, 9, 2))

    def test_a_year_missing_in_the_middle_is_named(self) -> None:
        with pytest.raises(CalendarError, match="năm 2028: thiếu; lịch phải liền từ 2021 đến 2029"):
            checked(Edits().replace_year(2029, [entry(date(2029, 1, 1), DayKind.HOLIDAY)]))


# What is refused


REFUSED = [
    pytest.param(lambda e: e.set_day(NATIONAL, entry(date(2027, 5, 1), DayKind.SWAPPED_WORKED)), "ngày 01/05/2027: là ngày lễ .* không thể là ngày làm bù", id="a swap whose Saturday is a holiday"),
    pytest.param(lambda e: e.set_day(PROVINCE, entry(date(2027, 5, 1), DayKind.SWAPPED_WORKED)), r"ngày 01/05/2027 \(tầng tỉnh\): là ngày lễ", id="the same in a layer above"),
    pytest.param(lambda e: e.set_day(NATIONAL, entry(THURSDAY, DayKind.SWAPPED_WORKED)), "ngày 24/12/2026: .*vốn là ngày làm việc", id="a swap on a working day"),
    pytest.param(lambda e: e.set_day(NATIONAL, entry(SATURDAY, DayKind.SWAPPED_OFF)), "ngày 26/12/2026: .*vốn là ngày nghỉ hằng tuần", id="swapped off on a Saturday"),
    pytest.param(lambda e: e.set_day(NATIONAL, entry(SUNDAY, DayKind.IN_LIEU)), "ngày 27/12/2026: .*vốn là ngày nghỉ hằng tuần", id="in lieu on a Sunday"),
    pytest.param(lambda e: e.set_day(NATIONAL, entry(SATURDAY, DayKind.SHORTENED, hours=MORNING)), "ngày 26/12/2026: .*vốn là ngày nghỉ", id="shortened on a day of rest"),
    pytest.param(lambda e: e.set_day(NATIONAL, entry(THURSDAY, DayKind.SHORTENED)), "ngày 24/12/2026: .*cần giờ làm việc", id="shortened without hours"),
    pytest.param(lambda e: e.set_day(NATIONAL, entry(SATURDAY, DayKind.DAY_WORKED, hours=WorkHours())), "ngày 26/12/2026: .*không có giờ làm việc nào", id="worked without hours"),
    pytest.param(lambda e: e.set_day(NATIONAL, entry(SATURDAY, DayKind.DAY_WORKED, like=6)), "ngày 26/12/2026: theo giờ Chủ nhật", id="worked like a day of rest"),
    pytest.param(lambda e: e.set_day(NATIONAL, entry(hours=MORNING)), "ngày 24/12/2026: .*nên không có giờ làm việc", id="a day off with hours"),
    pytest.param(lambda e: e.set_day(NATIONAL, entry(source=" ")), "ngày 24/12/2026: cần văn bản nguồn", id="no source"),
    pytest.param(lambda e: e.set_day(NATIONAL, entry(title="")), "ngày 24/12/2026: cần tên", id="no title"),
    pytest.param(lambda e: e.set_day(NATIONAL, entry(date(2029, 1, 1))), "ngày 01/01/2029: ngoài các năm đã có lịch", id="a date outside the known years"),
    pytest.param(lambda e: e.set_day("unit:XYZ", entry()), r"tầng unit:XYZ: không có đơn vị này trong \[\[units\]\]; các mã: PKT, PVH", id="an unknown unit"),
    pytest.param(lambda e: e.set_day("tinh", entry()), "tầng tinh: không có; viết national, province", id="an unknown layer"),
    pytest.param(lambda e: e.clear_day(NATIONAL, THURSDAY), "ngày 24/12/2026: cơ quan chưa đặt gì", id="nothing to clear"),
    pytest.param(lambda e: e.clear_week(PKT, 5), r"thứ Bảy \(tầng đơn vị PKT\): cơ quan chưa đặt giờ riêng", id="no hours to clear"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "problem"), REFUSED)
def test_what_cannot_be_meant_is_refused_and_named(change: Callable[[Edits], Edits], problem: str) -> None:
    with pytest.raises(CalendarError, match=problem):
        checked(change(Edits()))


@pytest.mark.parametrize("layer", [NATIONAL, PROVINCE, PKT])
def test_a_calendar_without_hours_is_refused(layer: str) -> None:
    empty = Edits()
    for weekday in range(7):
        empty = empty.set_week(layer, WeekdayHours(weekday, WorkHours()))
    with pytest.raises(CalendarError, match=r"tầng .*: không thứ nào trong tuần có giờ làm việc"):
        checked(empty)


def test_a_week_without_hours_is_refused_though_single_days_are_worked() -> None:
    edits = Edits()
    for weekday in range(7):
        edits = edits.set_week(PKT, WeekdayHours(weekday, WorkHours()))
    for year in range(2021, 2028):
        edits = edits.set_day(PKT, entry(date(year, 3, 1), DayKind.DAY_WORKED, hours=MORNING))
    with pytest.raises(CalendarError, match="tầng đơn vị PKT: không thứ nào trong tuần có giờ làm việc"):
        checked(edits)


def test_a_bad_entry_from_before_does_not_bar_the_way_to_another() -> None:
    old = Edits().set_day("unit:GONE", entry())
    assert not checked(old.set_day(PROVINCE, entry()), old).office.is_working_day(THURSDAY)
    assert checked(old.clear_day("unit:GONE", THURSDAY), old).office.is_working_day(THURSDAY)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("25:00-26:00", "“25:00” không phải giờ trong ngày", id="25:00"),
        pytest.param("11:00-07:30", "ngược", id="reversed"),
        pytest.param("07:30-11:30,11:00-17:00", "chồng nhau", id="overlapping"),
        pytest.param("sáng", "không phải khoảng giờ", id="words"),
    ],
)
def test_hours_that_cannot_be_name_their_entry(text: str, problem: str) -> None:
    with pytest.raises(CalendarError, match=f"ngày 26/12/2026: .*{problem}"):
        hours_from(text, "ngày 26/12/2026")


@pytest.mark.parametrize(
    ("word", "place"),
    [("mon", 0), ("thu", 3), ("SUN", 6), ("thứ Bảy", 5), ("T7", 5), ("CN", 6), ("chủ nhật", 6)],
)
def test_a_weekday_by_its_words(word: str, place: int) -> None:
    assert weekday_of(word) == place


def test_an_unknown_weekday_is_named() -> None:
    with pytest.raises(ValueError, match="“sao” không phải thứ trong tuần; viết mon, tue"):
        weekday_of("sao")


# Kept as JSON


FULL = (
    Edits()
    .replace_year(2028, [entry(date(2028, 1, 3), DayKind.IN_LIEU)], (CalendarNote(2028, "đề xuất", "báo"),))
    .set_day(PROVINCE, entry(THURSDAY, DayKind.SHORTENED, hours=MORNING, status=Confirmation.PENDING))
    .set_day(PKT, entry(SATURDAY, DayKind.DAY_WORKED, like=0))
    .set_week(PKT, WeekdayHours(5, MORNING))
    .set_week(PROVINCE, WeekdayHours(4, WorkHours()))
    .confirm(2027, "TB 1/TB-BNV", FILES)
)


def test_what_is_kept_comes_back() -> None:
    kept = json.loads(json.dumps(to_document(FULL)))
    assert from_document(kept, "bản 1") == FULL
    assert from_document(to_document(Edits()), "bản 1") == Edits()


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        pytest.param({"layer": {}}, "bản 3: .*layer", id="an unknown key"),
        pytest.param(
            {"layers": {"x": {"days": [{"day": "2026-12-24"}]}}}, "bản 3: .*kind", id="a day cut short"
        ),
        pytest.param(
            {"layers": {"x": {"week": [{"weekday": "sao", "hours": "07:30-11:30"}]}}},
            "bản 3: ",
            id="an unknown weekday",
        ),
        pytest.param(
            {"layers": {"x": {"week": [{"weekday": "sat", "hours": "25:00-26:00"}]}}},
            "bản 3: .*25:00",
            id="hours beyond the day",
        ),
        pytest.param({"confirmed": {"hai": "x"}}, "bản 3: ", id="no year"),
    ],
)
def test_what_is_not_ours_is_refused_with_its_version(document: object, problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        from_document(document, "bản 3")


def test_differences_say_what_a_version_changed() -> None:
    assert differences(Edits(), FULL) == [
        "năm 2028: nhập trọn năm, thay cho tệp lịch",
        "năm 2027: xác nhận theo TB 1/TB-BNV",
        "ngày 03/01/2028: nghỉ bù, Ngày thử, CV 1/VD",
        "thứ Sáu (tầng tỉnh): nghỉ",
        "ngày 24/12/2026 (tầng tỉnh): ngày làm việc rút ngắn, 07:30-11:30, Ngày thử, CV 1/VD, chờ xác nhận",
        "thứ Bảy (tầng đơn vị PKT): 07:30-11:30",
        "ngày 26/12/2026 (tầng đơn vị PKT): ngày làm thêm, như mon, Ngày thử, CV 1/VD",
    ]
    assert differences(FULL, FULL) == []
    assert differences(FULL, FULL.clear_week(PKT, 5)) == ["thứ Bảy (tầng đơn vị PKT): bỏ “07:30-11:30”"]


def test_hours_of_a_weekday_with_a_date_of_effect_stand_beside_each_other() -> None:
    first, then = date(2026, 3, 1), date(2026, 9, 1)
    worked = Edits().set_week(PKT, WeekdayHours(5, MORNING, first, "QĐ 02"))
    both = worked.set_week(PKT, WeekdayHours(5, WorkHours(), then, "QĐ 09"))
    assert [(each.since, str(each.hours)) for each in both.layer(PKT).week] == [
        (first, "07:30-11:30"),
        (then, ""),
    ]
    assert both.clear_week(PKT, 5, then) == worked
    assert both.clear_week(PKT, 5) == Edits()
    assert from_document(to_document(both), "bản 1") == both
    assert differences(worked, both) == ["thứ Bảy (tầng đơn vị PKT): nghỉ, từ ngày 01/09/2026, QĐ 09"]
    with pytest.raises(CalendarError, match="chưa đặt giờ riêng từ ngày 01/10/2026"):
        both.clear_week(PKT, 5, date(2026, 10, 1))


def test_a_week_that_some_day_is_empty_is_refused() -> None:
    edits = Edits()
    for weekday in range(7):
        edits = edits.set_week(PKT, WeekdayHours(weekday, WorkHours(), date(2026, 9, 1)))
    with pytest.raises(CalendarError, match="không thứ nào trong tuần có giờ làm việc"):
        check_edits(Edits(), edits, FILES, ["PKT"])
