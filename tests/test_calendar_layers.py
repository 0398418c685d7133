"""Calendars stacked: what the nation says, what the province lays over it, what a unit lays over both."""

from datetime import date

import pytest
from worlds import CALENDAR

from latewatch.domain.expiry import due_date
from latewatch.domain.hours import REST, WorkHours
from latewatch.domain.layers import (
    NATIONAL,
    PROVINCE,
    Calendars,
    Layer,
    WeekdayHours,
    differing_days,
    layers_below,
    stack,
    version_of,
)
from latewatch.domain.limit import TimeLimit
from latewatch.domain.worktime import CalendarNote, DayEntry, DayKind, Week

YEARS = range(2026, 2028)
MORNING, LATE_MORNING = WorkHours.parse("07:30-11:30"), WorkHours.parse("08:00-12:00")
MONDAY, SATURDAY = 0, 5


def entry(
    day: str,
    kind: DayKind = DayKind.DAY_OFF,
    title: str = "Nghỉ",
    *,
    hours: WorkHours | None = None,
    like: int | None = None,
) -> DayEntry:
    return DayEntry(date.fromisoformat(day), kind, title, "văn bản ví dụ", hours=hours, like=like)


NATION = Layer(NATIONAL, entries=(entry("2026-04-27", DayKind.IN_LIEU, "Nghỉ bù"),))
TINH = Layer(PROVINCE, (WeekdayHours(MONDAY, LATE_MORNING),), (entry("2026-10-10", title="Ngày của tỉnh"),))
BRANCH = Layer(
    "unit:CN",
    (WeekdayHours(SATURDAY, MORNING),),
    (entry("2026-04-27", DayKind.DAY_WORKED, "Trực", hours=MORNING),),
)
HALL = Layer("unit:TT", (WeekdayHours(SATURDAY, LATE_MORNING),))


@pytest.fixture
def office() -> Calendars:
    return Calendars(YEARS, [BRANCH, TINH, NATION, HALL], (CalendarNote(2026, "đang chờ", "chưa có"),))


# What is asked of which


@pytest.mark.parametrize(
    ("name", "layers"),
    [
        (NATIONAL, ("national",)),
        (PROVINCE, ("national", "province")),
        ("unit:CN", ("national", "province", "unit:CN")),
    ],
)
def test_a_calendar_stands_on_the_layers_below_it(name: str, layers: tuple[str, ...]) -> None:
    assert layers_below(name) == layers


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        pytest.param("2026-03-02", ["07:30-11:30,13:00-17:00", "08:00-12:00", "08:00-12:00", "08:00-12:00"], id="Monday: the province's hours"),
        pytest.param("2026-03-03", ["07:30-11:30,13:00-17:00"] * 4, id="Tuesday: nobody says otherwise"),
        pytest.param("2026-03-07", ["", "", "07:30-11:30", "08:00-12:00"], id="Saturday: each unit's own"),
        pytest.param("2026-04-27", ["", "", "07:30-11:30", ""], id="a unit works on a day the nation rests"),
        pytest.param("2026-10-10", ["", "", "", ""], id="the province's day off beats a unit's Saturday"),
        pytest.param("2026-03-08", ["", "", "", ""], id="Sunday"),
    ],
)  # fmt: skip
def test_a_date_beats_a_weekday_and_the_upper_layer_the_lower(
    office: Calendars, day: str, hours: list[str]
) -> None:
    """Hours of the nation, the province, a branch and a hall."""
    found = (office.named(NATIONAL), office.office, office.of_unit("CN"), office.of_unit("TT"))
    assert [str(calendar.hours_on(date.fromisoformat(day))) for calendar in found] == hours


def test_of_two_entries_for_one_date_the_upper_layers_is_quoted(office: Calendars) -> None:
    day = date(2026, 4, 27)
    assert office.office.why(day) == "Nghỉ bù (văn bản ví dụ)"
    assert office.of_unit("CN").why(day) == "Trực (văn bản ví dụ)"


def test_a_unit_can_rest_where_the_office_works() -> None:
    closed = Layer("unit:X", (WeekdayHours(MONDAY, REST),), (entry("2026-03-03"),))
    calendar = Calendars(YEARS, [NATION, closed]).of_unit("X")
    assert not calendar.is_working_day(date(2026, 3, 2))
    assert not calendar.is_working_day(date(2026, 3, 3))
    assert calendar.is_working_day(date(2026, 3, 4))


def test_a_swapped_day_follows_the_hours_of_its_unit() -> None:
    """The nation swaps a Saturday; how long it is worked is each office's own week."""
    swap = Layer(NATIONAL, entries=(entry("2026-08-22", DayKind.SWAPPED_WORKED, "Làm bù", like=MONDAY),))
    calendars = Calendars(YEARS, [swap, TINH])
    assert str(calendars.named(NATIONAL).hours_on(date(2026, 8, 22))) == "07:30-11:30,13:00-17:00"
    assert str(calendars.office.hours_on(date(2026, 8, 22))) == "08:00-12:00"


# Sharing, and what a blank layer is


def test_units_without_a_layer_share_the_offices_calendar(office: Calendars) -> None:
    assert office.of_unit("KHAC") is office.office
    assert office.of_unit("CN") is office.of_unit("CN")
    assert office.topmost("unit:KHAC") == PROVINCE
    assert office.topmost("unit:CN") == "unit:CN"


def test_without_a_province_the_nations_calendar_is_the_offices() -> None:
    bare = Calendars(YEARS, [NATION, Layer(PROVINCE), Layer("unit:CN")])
    assert bare.of_unit("CN") is bare.office is bare.named(NATIONAL)
    assert set(bare.layers) == {NATIONAL}


def test_notes_go_with_every_calendar(office: Calendars) -> None:
    assert office.office.notes == office.of_unit("CN").notes == office.notes


# Versions


def test_the_same_content_has_the_same_version_whatever_its_order() -> None:
    one, other = entry("2026-03-03"), entry("2026-03-04")
    first, second = (
        version_of(YEARS, [one, other], [Week()]),
        version_of(YEARS, [other, one], [Week()]),
    )
    assert first == second
    assert first.startswith("VN-2026-2027-")


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(
            Layer(NATIONAL, entries=(entry("2026-04-28", DayKind.IN_LIEU, "Nghỉ bù"),)), id="another day"
        ),
        pytest.param(
            Layer(NATIONAL, entries=(entry("2026-04-27", DayKind.HOLIDAY, "Nghỉ bù"),)), id="another kind"
        ),
        pytest.param(
            Layer(NATIONAL, entries=(entry("2026-04-27", DayKind.IN_LIEU, "Giỗ Tổ"),)), id="another title"
        ),
        pytest.param(Layer(NATIONAL, (WeekdayHours(SATURDAY, MORNING),), NATION.entries), id="another week"),
        pytest.param(
            Layer(NATIONAL, entries=(entry("2026-04-27", DayKind.SHORTENED, "Nghỉ bù", hours=MORNING),)),
            id="hours",
        ),
    ],
)
def test_what_changes_a_calendar_changes_its_version(changed: Layer) -> None:
    assert stack(YEARS, [NATION]).version != stack(YEARS, [changed]).version
    assert stack(YEARS, [NATION]).version == stack(YEARS, [NATION]).version


def test_a_unit_with_other_days_has_another_version(office: Calendars) -> None:
    versions = {office.named(name).version for name in (NATIONAL, PROVINCE, "unit:CN", "unit:TT")}
    assert len(versions) == 4


def test_days_that_differ_are_those_whose_hours_do(office: Calendars) -> None:
    nation, branch = stack(YEARS, [NATION]), stack(YEARS, [NATION, BRANCH])
    saturdays = [day for day in differing_days(nation, branch) if day.weekday() == SATURDAY]
    assert differing_days(nation, nation) == []
    assert [day for day in differing_days(nation, branch) if day not in saturdays] == [date(2026, 4, 27)]
    assert len(saturdays) == 104  # of two years


# Impossible ones


@pytest.mark.parametrize(
    ("layer", "problem"),
    [
        pytest.param(
            Layer("unit:X", tuple(WeekdayHours(weekday, REST) for weekday in range(7))),
            "năm 2026 không có ngày làm việc nào",
            id="no hours at all",
        ),
        pytest.param(
            Layer(
                "unit:X",
                (WeekdayHours(4, REST), WeekdayHours(SATURDAY, REST)),
                (entry("2026-03-07", DayKind.DAY_WORKED),),
            ),
            "ngày 07/03/2026 là “day worked” mà không có giờ làm việc nào",
            id="a worked day without hours",
        ),
        pytest.param(
            Layer(
                "unit:X",
                (WeekdayHours(MONDAY, REST),),
                (entry("2026-03-07", DayKind.DAY_WORKED, like=MONDAY),),
            ),
            "ngày 07/03/2026 là “day worked”, như thứ Hai, mà không có giờ làm việc nào",
            id="worked like a day on which the unit rests",
        ),
    ],
)
def test_an_impossible_stack_is_refused_when_it_is_made(layer: Layer, problem: str) -> None:
    """Never met as a count without an end."""
    with pytest.raises(ValueError, match=problem):
        Calendars(YEARS, [layer]).of_unit("X")


# And due dates by them


@pytest.mark.parametrize(
    ("unit", "limit", "due"),
    [
        pytest.param("KHAC", "5d", "2026-10-14", id="the office, whose Saturdays are no days of work"),
        pytest.param("CN", "5d", "2026-10-14", id="a branch with Saturday mornings, but for that day off"),
        pytest.param("CN", "10d", "2026-10-20", id="and the next Saturday counts"),
        pytest.param("CN", "10cd", "2026-10-17", id="a worked Saturday is no day of rest"),
        pytest.param("KHAC", "10cd", "2026-10-19", id="and for the others it is"),
    ],
)
def test_due_dates_follow_the_unit(office: Calendars, unit: str, limit: str, due: str) -> None:
    received = date(2026, 10, 7)
    assert due_date(received, TimeLimit.parse(limit), office.of_unit(unit)) == date.fromisoformat(due)


def test_the_shipped_calendar_is_a_stack_of_one_layer() -> None:
    nation = Layer(NATIONAL, entries=tuple(CALENDAR.entries.values()))
    assert stack(range(2021, 2028), [nation]).version == CALENDAR.version


# Hours that change with time


FROM_MARCH = Layer(
    "unit:X",
    (
        WeekdayHours(SATURDAY, MORNING, date(2026, 3, 14), "QĐ 02"),
        WeekdayHours(SATURDAY, REST, date(2026, 5, 1), "QĐ 05"),
        WeekdayHours(MONDAY, LATE_MORNING, date(2026, 3, 14), "QĐ 02"),
    ),
)


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        pytest.param("2026-03-07", "", id="the Saturday before"),
        pytest.param("2026-03-14", "07:30-11:30", id="the first Saturday"),
        pytest.param("2026-04-25", "07:30-11:30", id="the last Saturday"),
        pytest.param("2026-05-02", "", id="the Saturday after"),
        pytest.param("2026-03-09", "07:30-11:30,13:00-17:00", id="the Monday before"),
        pytest.param("2026-03-16", "08:00-12:00", id="the Monday after"),
        pytest.param("2027-12-27", "08:00-12:00", id="until the end"),
        pytest.param("2026-03-17", "07:30-11:30,13:00-17:00", id="a weekday nobody changed"),
    ],
)
def test_hours_hold_from_their_date_on(day: str, hours: str) -> None:
    calendar = Calendars(YEARS, [NATION, FROM_MARCH]).of_unit("X")
    assert str(calendar.hours_on(date.fromisoformat(day))) == hours


def test_what_was_due_before_the_hours_changed_does_not_move() -> None:
    old, new = Calendars(YEARS, [NATION]).office, Calendars(YEARS, [NATION, FROM_MARCH]).of_unit("X")
    assert min(differing_days(old, new)) == date(2026, 3, 14)
    assert old.add(date(2026, 3, 6), 5) == new.add(date(2026, 3, 6), 5) == date(2026, 3, 13)
    assert (old.add(date(2026, 3, 9), 5), new.add(date(2026, 3, 9), 5)) == (
        date(2026, 3, 16),
        date(2026, 3, 14),
    )


def test_the_upper_layer_decides_from_its_date_on_whatever_the_lower_says_later() -> None:
    province = Layer(PROVINCE, (WeekdayHours(SATURDAY, LATE_MORNING, date(2026, 4, 1)),))
    calendar = Calendars(YEARS, [NATION, province, FROM_MARCH]).of_unit("X")
    assert str(calendar.hours_on(date(2026, 4, 4))) == "07:30-11:30"
    assert not calendar.is_working_day(date(2026, 5, 2))


def test_a_day_names_the_document_that_set_its_hours() -> None:
    calendar = Calendars(YEARS, [NATION, FROM_MARCH]).of_unit("X")
    assert calendar.why(date(2026, 3, 14)) == "thứ Bảy (QĐ 02)"
    assert calendar.why(date(2026, 5, 2)) == "thứ Bảy, nghỉ hằng tuần (QĐ 05)"
    assert calendar.why(date(2026, 3, 7)) == "thứ Bảy, nghỉ hằng tuần"
