"""A month held against others: which months, what differs by more than chance, ranks, and what is said of it."""

import random
import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from offices import Row, desk_in, done, row
from overviews import OCTOBER, figures, overview, province, standard
from worlds import moment

from latewatch.clock import VIETNAM
from latewatch.domain.names import Level
from latewatch.domain.period import Cutoff
from latewatch.domain.tally.comparison import Month, Proportion, differs, moved, shown_months
from latewatch.domain.tally.counts import Counts
from latewatch.domain.tally.layout import Form
from latewatch.domain.tally.ranking import Met, Ranked, latest, met, ranked
from latewatch.domain.tally.sentences import changed, listed, percent, to_do
from latewatch.jobs.overview import overview as overview_of
from latewatch.jobs.tally import tally_period

# Which months


def test_twelve_months_end_with_the_month() -> None:
    months = shown_months(Month(2026, 2))
    assert months[0] == Month(2025, 3)
    assert months[-1] == Month(2026, 2)
    assert len(set(months)) == 12


@pytest.mark.parametrize(
    ("cutoff", "first", "last"),
    [
        (Cutoff.CALENDAR, date(2026, 1, 1), date(2026, 10, 31)),
        (Cutoff.FIFTEENTH, date(2025, 12, 15), date(2026, 10, 14)),
    ],
)
def test_the_year_so_far_begins_with_its_first_reporting_month(
    cutoff: Cutoff, first: date, last: date
) -> None:
    year = OCTOBER.year_until(cutoff)
    assert (year.first, year.last) == (first, last)


# What differs by more than chance


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [  # the interval of the difference as Newcombe (1998, table II, method 10) prints it
        ((56, 70), (48, 80), True),  # 0,0524 to 0,3339
        ((9, 10), (3, 10), True),  # 0,1705 to 0,8090
        ((6, 7), (2, 7), True),  # 0,0582 to 0,8062
        ((5, 56), (0, 29), False),  # -0,0381 to 0,1926
        ((0, 10), (0, 10), False),
        ((10, 10), (0, 20), True),  # 0,6791 to 1
        ((3, 3), (2, 3), False),
        ((0, 0), (9, 10), False),
        ((9, 10), (0, 0), False),
    ],
)
def test_two_rates_differ(now: tuple[int, int], before: tuple[int, int], expected: bool) -> None:
    assert differs(Proportion(*now), Proportion(*before)) is expected
    assert differs(Proportion(*before), Proportion(*now)) is expected


def test_one_of_many_units_is_judged_more_strictly() -> None:
    now, before = Proportion(56, 70), Proportion(48, 80)
    assert differs(now, before)
    assert not differs(now, before, among=124)
    assert differs(Proportion(560, 700), Proportion(480, 800), among=124)


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        (0, 0, False),
        (3, 0, False),
        (4, 0, True),
        (110, 100, False),  # 10 of ±28
        (130, 100, True),
        (100_400, 100_000, False),  # not even sure
        (101_000, 100_000, False),  # sure, and of no use
        (105_000, 100_000, True),
    ],
)
def test_two_numbers_differ(now: int, before: int, expected: bool) -> None:
    assert moved(now, before) is expected


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        (Proportion(0, 0), "không có dữ liệu"),
        (Proportion(0, 40), "0,00 %"),
        (Proportion(39, 40), "97,50 %"),
        (Proportion(2, 3), "66,67 % (ít hồ sơ, có thể từ 20,77 % đến 93,85 %)"),
    ],
)
def test_a_rate_of_few_stands_with_its_interval(rate: Proportion, expected: str) -> None:
    assert percent(rate) == expected


# Ranks and targets


def places(units: list[Ranked]) -> dict[str, int | None]:
    return {each.unit: each.place for each in units}


def test_equal_rates_share_a_place_and_the_next_is_left_out() -> None:
    rows = {
        "A": figures(50, 0),
        "B": figures(45, 5),
        "C": figures(90, 10),
        "D": figures(80, 20),
        "Ít": figures(3, 0),
        "Không": figures(0, 0, within=4),
    }
    units = ranked(rows, standard())
    assert places(units) == {"A": 1, "B": 2, "C": 2, "D": 4, "Ít": None, "Không": None}
    assert [each.unit for each in units] == ["A", "B", "C", "D", "Ít", "Không"]
    assert {each.among for each in units} == {4}


def test_a_unit_is_ranked_among_its_level_only() -> None:
    rows = {
        "Sở Mẫu": figures(40, 10),
        "Sở Ví Dụ": figures(45, 5),
        "UBND xã Ví Dụ": figures(30, 20),
        "Phòng Mẫu": figures(31, 19),
    }
    levels = {"Sở Mẫu": Level.PROVINCE, "Sở Ví Dụ": Level.PROVINCE, "Phòng Mẫu": Level.COMMUNE}
    units = ranked(rows, standard(**levels))
    assert [(each.unit, each.place) for each in units] == [
        ("Sở Ví Dụ", 1),
        ("Sở Mẫu", 2),
        ("Phòng Mẫu", 1),
        ("UBND xã Ví Dụ", 2),
    ]


@pytest.mark.parametrize(("least", "place"), [(30, 1), (31, None)])
def test_the_least_volume_is_counted_with(least: int, place: int | None) -> None:
    assert places(ranked({"A": figures(29, 1)}, standard(least=least))) == {"A": place}


@pytest.mark.parametrize(
    ("rate", "target", "expected"),
    [
        ((95, 100), "95", Met.YES),
        ((94, 100), "95", Met.NO),
        ((9499, 10000), "94.99", Met.YES),
        ((949_999, 1_000_000), "95", Met.NO),  # 95,00 % as printed, and not reached
        ((19, 20), "98", Met.UNSURE),
        ((2, 20), "98", Met.NO),
        ((20, 20), "80", Met.YES),
        ((0, 0), "95", None),
        ((5, 10), None, None),
    ],
)
def test_a_target_is_met_or_few_dossiers_leave_it_open(
    rate: tuple[int, int], target: str | None, expected: Met | None
) -> None:
    assert met(Proportion(*rate), Decimal(target) if target else None) is expected


def test_an_own_target_comes_before_the_common_one() -> None:
    units = ranked({"A": figures(95, 5), "B": figures(95, 5)}, standard("90", own={"B": "99.5"}))
    assert {each.unit: each.met for each in units} == {"A": Met.YES, "B": Met.NO}


def test_the_latest_procedures_have_volume_and_something_late() -> None:
    rows = {
        "Nhiều": figures(100, 5, overdue=4),
        "Cùng số, ít hơn": figures(40, 9),
        "Ít": figures(1, 20),
        "Đúng hạn": figures(100, 0, within=50),
    }
    found = latest(rows, 30, 5)
    assert [(each.name, each.late.part, each.late.whole) for each in found] == [
        ("Cùng số, ít hơn", 9, 49),
        ("Nhiều", 9, 109),
    ]
    assert latest(rows, 30, 1) == found[:1]


# What is said


def test_without_data_nothing_else_is_said() -> None:
    assert changed(overview({})) == ["Không có dữ liệu của kỳ này."]
    assert to_do(overview({})) == [
        "Không có dữ liệu của kỳ này. Kiểm tra nguồn dữ liệu bằng lệnh latewatch check."
    ]


def test_the_first_month_has_no_past() -> None:
    lines = changed(overview({"A": figures(97, 3)}))
    assert lines[0] == "Chưa có số liệu kỳ trước (tháng 9 năm 2026) để so sánh."
    assert lines[1] == "Chưa có số liệu cùng kỳ năm trước (tháng 10 năm 2025) để so sánh."
    assert lines[2].endswith("đúng hạn 97,00 %; chưa có số liệu cùng kỳ năm trước.")
    assert len(lines) == 3


def test_what_was_only_still_open_then_is_no_past() -> None:
    lines = changed(overview({"A": figures(97, 3)}, {"A": figures(0, 0, within=40)}))
    assert lines[0].startswith("Chưa có số liệu kỳ trước")


def test_an_equal_month_is_said_to_be_equal() -> None:
    same = {"A": figures(97, 3)}
    lines = changed(overview(same, same, same))
    assert lines[0] == "Tỷ lệ đúng hạn bằng kỳ trước (tháng 9 năm 2026): 97,00 %, kỳ trước 97,00 %."
    assert lines[1].startswith("Tỷ lệ đúng hạn bằng cùng kỳ năm trước (tháng 10 năm 2025)")
    assert not any(word in line for line in lines for word in ("tăng", "giảm"))


def test_chance_is_not_told_as_a_change() -> None:
    lines = changed(overview({"A": figures(97, 3)}, {"A": figures(95, 5)}))
    assert lines[0] == (
        "Tỷ lệ đúng hạn không khác quá mức dao động ngẫu nhiên so với kỳ trước (tháng 9 năm 2026): "
        "97,00 %, kỳ trước 95,00 %."
    )


def test_a_fall_is_told_from_what_to_what() -> None:
    lines = changed(overview({"A": figures(800, 200)}, {"A": figures(1900, 100)}))
    assert lines[0] == (
        "Tỷ lệ đúng hạn giảm 15,00 điểm phần trăm, từ 95,00 % xuống 80,00 % "
        "so với kỳ trước (tháng 9 năm 2026)."
    )
    assert lines[1] == (
        "So với kỳ trước (tháng 9 năm 2026): tiếp nhận mới 1.000 hồ sơ, giảm 1.000 (50,0 %); "
        "đã giải quyết 1.000 hồ sơ, giảm 1.000 (50,0 %)."
    )


def test_from_none_there_is_no_percent() -> None:
    lines = changed(overview({"A": figures(90, 10, overdue=12, new=112)}, {"A": figures(90, 10)}))
    assert "So với kỳ trước (tháng 9 năm 2026): đang quá hạn cuối kỳ 12 hồ sơ, tăng 12." in lines


def test_a_number_that_fell_to_none_is_no_number() -> None:
    lines = changed(overview({"A": figures(90, 10)}, {"A": figures(90, 10, overdue=12, new=112)}))
    assert "So với kỳ trước (tháng 9 năm 2026): không có hồ sơ đang quá hạn cuối kỳ, trước đó 12." in lines


def test_a_month_without_a_resolved_dossier_has_no_rate() -> None:
    lines = changed(overview({"A": figures(0, 0, within=9)}, {"A": figures(90, 10)}))
    assert lines[0] == (
        "Tỷ lệ đúng hạn: không có dữ liệu, kỳ này chưa giải quyết hồ sơ nào; "
        "kỳ trước (tháng 9 năm 2026) là 90,00 %."
    )


def test_what_came_in_half_a_month_is_not_held_against_a_whole_one() -> None:
    midmonth = datetime(2026, 10, 10, 8, 0, tzinfo=VIETNAM)
    lines = changed(overview({"A": figures(97, 3)}, {"A": figures(990, 10)}, as_of=midmonth))
    assert lines[0].startswith("Kỳ chưa kết thúc")
    assert not any("tiếp nhận mới" in line or "đã giải quyết 100 hồ sơ, giảm" in line for line in lines)


def test_units_that_changed_are_named_and_small_ones_are_not() -> None:
    now = {"A": figures(400, 100), "B": figures(450, 50), "Nhỏ": figures(0, 25)}
    before = {"A": figures(490, 10), "B": figures(400, 100), "Nhỏ": figures(25, 0)}
    lines = changed(overview(now, before))
    assert "Đơn vị có tỷ lệ đúng hạn giảm so với kỳ trước: A (từ 98,00 % thành 80,00 %)." in lines
    assert "Đơn vị có tỷ lệ đúng hạn tăng so với kỳ trước: B (từ 80,00 % thành 90,00 %)." in lines
    assert not any("Nhỏ" in line for line in lines)


def test_nothing_to_do_is_said() -> None:
    assert to_do(overview({"A": figures(100)})) == ["Số liệu kỳ này không nêu việc gì cần làm thêm."]


def test_what_is_to_be_done_comes_from_the_figures() -> None:
    today = {
        "A": figures(0, 0, overdue=12, overdue_with_letter=2),
        "B": figures(0, 0, overdue=3, waiting_late=4),
    }
    lines = to_do(
        overview(
            {"A": figures(80, 20), "B": figures(100), "Nhỏ": figures(3, 9)},
            held_to=standard("95"),
            today=today,
            procedures={"Thủ tục Ví Dụ": figures(30, 8, overdue=2)},
            due_next={"A": 41, "B": 29},
            doubts=("5 hồ sơ không rõ ngày tiếp nhận: không tính.",),
        )
    )
    assert lines == [
        "Gửi văn bản xin lỗi cho 13 hồ sơ đang quá hạn mà chưa có (NĐ 118/2025/NĐ-CP, Điều 19.6): A (10), B (3).",
        "Giải quyết dứt điểm 15 hồ sơ đang quá hạn: A (12), B (3).",
        "Từ 01/11 đến 30/11/2026 có 70 hồ sơ đang giải quyết đến hạn; từ 30 hồ sơ trở lên: A (41).",
        "Rà soát thủ tục trễ nhiều nhất: Thủ tục Ví Dụ (10 trên 40 hồ sơ trễ).",
        "1 đơn vị không đạt chỉ tiêu đúng hạn: A (80,00 %, chỉ tiêu 95 %).",
        "Tiếp nhận hoặc yêu cầu bổ sung 4 hồ sơ trực tuyến đã chờ quá 08 giờ làm việc "
        "(NĐ 118/2025/NĐ-CP, Điều 17.2c).",
        "Làm rõ điều số liệu còn để ngỏ: 5 hồ sơ không rõ ngày tiếp nhận: không tính.",
    ]


def test_many_are_named_by_the_first_three() -> None:
    told = dict.fromkeys("ABCDE", "1")
    assert listed(told) == "A (1), B (1), C (1) và 2 nơi khác"
    assert listed(told, others="thủ tục") == "A (1), B (1), C (1) và 2 thủ tục khác"
    assert listed({"A": "1"}) == "A (1)"
    assert listed({"A" * 99: "1"}) == f"{'A' * 89}… (1)"


@pytest.mark.parametrize("seed", range(60))
def test_no_sentence_tells_of_nothing(seed: int) -> None:
    random_ = random.Random(seed)  # noqa: S311

    def rows() -> dict[str, Counts]:
        units = random_.sample(["A", "B", "C", "D"], random_.randrange(5))
        return {
            unit: figures(
                random_.choice([0, 1, 5, 200]),
                random_.choice([0, 0, 1, 40]),
                within=random_.choice([0, 7]),
                overdue=random_.choice([0, 1, 30]),
            )
            for unit in units
        }

    drawn = overview(rows(), rows(), rows(), held_to=standard("90"), today=rows(), due_next={"A": seed})
    for line in (*changed(drawn), *to_do(drawn)):
        assert line.endswith(".")
        assert line[0].isupper() or line[0].isdigit()
        assert not re.search(r"(tăng|giảm) 0(\D|$)|(?<![\d.,])0 hồ sơ,|None|nan|  |\(\)|: \.", line), line


def test_a_change_goes_the_way_it_is_told() -> None:
    told = 0
    for seed in range(40):
        drawn = province(seed, units=6)
        for line in changed(drawn):
            found = re.search(
                r"(tăng|giảm) [\d,]+ điểm phần trăm, từ ([\d,]+) %.* (lên|xuống) ([\d,]+) %", line
            )
            if found:
                way, before, _, now = found.groups()
                assert (float(now.replace(",", ".")) > float(before.replace(",", "."))) is (way == "tăng")
                told += 1
    assert told > 10


# Over stored dossiers

NOW = moment("2026-11-20T08:00")
assert NOW


def months(folder: Path) -> list[Row]:
    rows = []
    for month in (9, 10, 11):  # reporting months 10 and 11 of the 15-14 cut-off, and one before
        for number in range(8):
            late = number < 2
            rows.append(
                done(
                    f"H-{month}-{number}",
                    f"{12 if late else 5:02}/{month:02}/2026",
                    received=f"01/{month:02}/2026",
                    promised=f"08/{month:02}/2026",
                    unit="Phòng Kinh tế" if number % 2 else "Phòng Văn hóa - Xã hội",
                )
            )
    rows.append(row("H-OPEN", received="03/11/2026", promised="10/11/2026"))
    rows.append(row("H-NEXT", received="03/11/2026", promised="25/11/2026"))
    return rows


def test_each_table_of_a_month_is_the_one_tally_makes(tmp_path: Path) -> None:
    desk = desk_in(
        tmp_path, '[counting]\ndue = "promised"\n[reports]\ntarget_percent = 70.0\nmin_volume = 3\n'
    )
    desk.export("a.csv", months(tmp_path))
    desk.poll(NOW)
    with desk.open() as office:
        found = overview_of(office, Month(2026, 11), NOW)
        for each in (*found.comparison.trend, found.comparison.year, found.comparison.last_year):
            single = tally_period(office, each.period, Form.BY_UNIT, NOW)
            assert (each.rows, each.total, each.notes) == (single.rows, single.total, single.notes)
        letters = tally_period(office, found.month.period, Form.LETTERS, NOW)
        assert found.letters.rows == letters.rows
    assert found.month.total.resolved == 8
    assert found.month.total.overdue == 1
    assert found.today.total.overdue == 1
    assert found.due_next == {"Phòng Kinh tế": 1}
    assert {each.unit: (each.place, each.met) for each in found.units} == {
        "Phòng Kinh tế": (1, Met.UNSURE),
        "Phòng Văn hóa - Xã hội": (1, Met.UNSURE),
    }
    assert {label: (each.late, each.overdue) for label, each in found.days_late.items()} == {
        "2-3 ngày": (0, 1),
        "4-5 ngày": (2, 0),
    }
    assert [(each.name, each.late.part) for each in found.procedures] == [("Thủ tục Ví Dụ", 3)]


def test_an_office_without_dossiers_has_a_month_too(tmp_path: Path) -> None:
    with desk_in(tmp_path).open() as office:
        found = overview_of(office, Month(2026, 10), NOW)
    assert not found.has_data
    assert changed(found) == ["Không có dữ liệu của kỳ này."]
