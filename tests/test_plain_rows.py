"""Rows read column by column say what each says when it is read alone."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from exports import CORE, core, profile, sheet_of
from hypothesis import given
from hypothesis import strategies as st

from latewatch.clock import VIETNAM
from latewatch.domain.dossier import Dossier
from latewatch.domain.reading import NO_ROWS, Reading
from latewatch.domain.record import Cells
from latewatch.packed import Moments
from latewatch.sources.files import spreadsheet
from latewatch.sources.files.cells import YEARS, key_of
from latewatch.sources.files.finishing import finished
from latewatch.sources.files.plain_rows import Page, PlainReader
from latewatch.sources.files.spreadsheet import PART, read_parts
from latewatch.sources.profiles.office_names import with_office_names
from latewatch.written import to_document, to_lines, to_values

TEXTS = [
    "",
    "UBND xã Ví Dụ",
    "  hai  dấu cách ",
    "Thu\u0309",
    "a\u200bb",
    "có\u00a0cách",
    "x│y",
    'ghi "nháy" \\',
    12,
    3.0,
    True,
]
MOMENTS = [
    *("", "02/11/2026", "02/11/2026 09:30", "2026-11-03T08:00:00", "13/11/2026 17:00:01", " 09/11/2026"),
    *(datetime(2026, 11, 4, 8, 15), date(2026, 11, 5), 46_330.5),  # noqa: DTZ001  as a spreadsheet has them
    *("31/02/2026", "11/25/2026", "hôm kia", "02/11/26", time(8), timedelta(days=1)),
]
PLAIN_MOMENTS = MOMENTS[:9]
CODES = [
    *(f"H99.{n}" for n in range(40)),
    "",
    "Tổng cộng: 5",
    "3",
    "(1)",
    5.0,
    1e17,
    "Mã hồ sơ",
    "H" * 101,
    " H1 ",
    "A",
]
COLUMNS: dict[str, Sequence[Any]] = {
    "Mã hồ sơ": CODES,
    "Trạng thái": [
        "Đang xử lý",
        "Đã xử lý xong",
        "đã trả kết quả",
        "Yêu cầu bổ sung",
        "Mới đăng ký",
        "",
        "lạ",
    ],
    "Ngày tiếp nhận": MOMENTS,
    "Ngày hẹn trả": MOMENTS,
    "Ngày kết thúc xử lý": MOMENTS,
    "Ngày nộp hồ sơ": MOMENTS,
    "Ngày yêu cầu bổ sung": ["", "", "", "04/11/2026"],
    "Ngày tiếp nhận bổ sung": ["", "", "", "06/11/2026"],
    "Số ngày giải quyết": ["", "5 ngày làm việc", 5, "8 giờ", "không rõ"],
    "Hình thức nộp": ["", "Trực tiếp", "Bưu chính", "bồ câu"],
    "Mã TTHC": ["1.000123", 1.0001, "", "#N/A"],
    "Số điện thoại": ["0900000000", 900_000_000, ""],
    "Cơ quan/đơn vị": TEXTS,
    "Chủ hồ sơ": TEXTS,
    "Ghi chú": TEXTS,
}


@st.composite
def tables(draw: st.DrawFn) -> list[list[Any]]:
    """Draw a sheet of some of the columns, its rows mostly good, cut short or overlong at times."""
    others = [name for name in COLUMNS if name not in CORE]
    left_out = draw(st.sets(st.sampled_from(others), max_size=4))
    headings = [*CORE, *(name for name in others if name not in left_out)]
    good = [COLUMNS[name][0] for name in headings]
    rows = []
    for number in range(draw(st.integers(1, 12))):
        row = list(good)
        row[0], row[2] = f"H88.{number}", "02/11/2026"
        for column in draw(st.sets(st.integers(0, len(headings) - 1), max_size=3)):
            row[column] = draw(st.sampled_from(COLUMNS[headings[column]]))
        numbers = [f"({column})" for column in range(1, len(row) + 1)]
        shapes = [row[:-1], [*row, ""], [*row, "thừa"], numbers]
        rows.append(draw(st.sampled_from([*[row] * 6, *shapes])))
    return [headings, *rows]


def reading_of(table: list[list[Any]], *, is_cut: bool = False) -> Reading:
    reading = Reading()
    for part in read_parts("a", [replace(sheet_of("S", table), is_cut=is_cut)], profile()):
        reading.add(part)
    return reading


def content(reading: Reading) -> dict[str, Any]:
    """Return all of a reading, its rows in the order of the sheet."""
    rows = sorted(reading.reported, key=lambda each: each.place.row)
    return {
        "reported": [(each, dict(each.raw), each.digest) for each in rows],
        "texts": [each.raw.texts for each in rows if isinstance(each.raw, Cells)],
        "rejected": sorted(reading.rejected, key=lambda each: each.place.row),
        "rest": (reading.read, reading.repeated, reading.warnings, reading.unknown, reading.fields),
    }


@given(tables(), st.booleans())
def test_together_and_alone_are_the_same(table: list[list[Any]], is_cut: bool) -> None:
    together = content(reading_of(table, is_cut=is_cut))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PlainReader, "read", lambda _, page: (NO_ROWS, page))
        alone = content(reading_of(table, is_cut=is_cut))
    assert together == alone


@pytest.mark.parametrize("room", [0, 40, 10_000], ids=["no room", "room for some", "room for all"])
def test_rows_that_are_not_kept_are_made_anew(room: int, monkeypatch: pytest.MonkeyPatch) -> None:
    table = [list(CORE), *(core(f"H99.{n}") for n in range(30)), core("H99.7", status="Đã xử lý xong")]
    before = content(reading_of(table))
    known = frozenset(digest for *_, digest in before["reported"][:20])
    monkeypatch.setattr(spreadsheet, "KEPT_CELLS", room)
    assert content(reading_of(table)) == before
    assert [len(part.same) for part in parts_of(table[:-1], known)][:1] == [20]
    assert sum(part.read for part in parts_of(table[:-1], known)) == 30


def parts_of(table: list[list[Any]], known: frozenset[str]) -> list[Reading]:
    return list(read_parts("a", [sheet_of("S", table)], profile(), lambda: known))


def plain_of(rows: list[list[Any]], headings: Sequence[str] = CORE) -> list[str]:
    """Return the codes of the rows that are read together."""
    parts = read_parts("a", [sheet_of("S", [headings, *rows])], profile())
    return [code for part in parts for code in part.plain.codes]


def test_good_rows_are_read_together() -> None:
    rows = [core(f"H99.{n}", promised=promised) for n, promised in enumerate(PLAIN_MOMENTS)]
    assert plain_of(rows) == [row[0] for row in rows]


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param(core("H99.1", received=""), id="no receipt"),
        pytest.param(core("H99.1", promised="01/11/2026"), id="a promise before the receipt"),
        pytest.param(core("H99.1", status="lạ"), id="an unknown status"),
        pytest.param(core(""), id="no code"),
        pytest.param(core(1e17), id="a rounded code"),
        pytest.param(core("H99.0"), id="a code that stands on two rows"),
        pytest.param(core("H99.1", "Đang xử lý", "02/11/2026", "", "thừa"), id="a cell too many"),
        pytest.param(core("H99.1")[:3], id="a cell too few"),
    ],
)
def test_one_odd_row_leaves_the_others_together(odd: list[Any]) -> None:
    rows = [core(f"H99.{n}") for n in (0, 2, 3)]
    twice = {rows[0][0]} & {odd[0]}
    assert plain_of([*rows, odd]) == [row[0] for row in rows if row[0] not in twice]


def test_a_cell_beyond_the_headings_is_read_alone() -> None:
    rows = [[*core(f"H99.{n}"), beyond] for n, beyond in enumerate(["", "", "thừa"])]
    assert plain_of(rows) == ["H99.0", "H99.1"]


def test_what_tells_of_a_supplement_is_read_alone() -> None:
    headings = [*CORE, "Ngày yêu cầu bổ sung", "Ngày tiếp nhận bổ sung"]
    asked = [["", ""], ["04/11/2026", ""], ["04/11/2026", "06/11/2026"], ["", "06/11/2026"]]
    rows = [[*core(f"H99.{n}"), *moments] for n, moments in enumerate(asked)]
    assert plain_of(rows, headings) == ["H99.0"]


def test_the_last_row_of_a_file_that_was_cut_is_read_alone() -> None:
    table = [[*CORE, "Ghi chú"], core("H99.1"), core("H99.2")]
    assert content(reading_of(table, is_cut=True))["rejected"]
    assert not content(reading_of(table))["rejected"]


def test_numbers_of_columns_are_no_record() -> None:
    headings = [*CORE, "Ghi chú"]
    table = [headings, [*core("H99.1"), ""], ["(1)", "(2)", "(3)", "(4)", "(5)"]]
    assert [each.code for each in reading_of(table).reported] == ["H99.1"]


def test_pages_of_a_sheet_that_has_none() -> None:
    assert len(NO_ROWS.those([])) == 0
    assert Page([], [], []).those([]) == Page([], [], [])


def test_a_sheet_of_several_pages() -> None:
    rows = [core(f"H99.{n}") for n in range(PART + 3)]
    assert len(plain_of(rows)) == PART + 3


@given(st.lists(st.none() | st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)), max_size=9))  # noqa: DTZ001
def test_packed_moments_are_the_same(moments: list[datetime | None]) -> None:
    whole = [each and each.replace(microsecond=0, tzinfo=VIETNAM) for each in moments]
    after = [each for each in whole if each is None or each.year >= YEARS[0]]
    packed = Moments.of(after)
    assert (list(packed), len(packed), list(packed[1:])) == (after, len(after), after[1:])
    assert Moments.of(packed) is packed
    assert [packed[at] for at in range(len(after))] == after


def test_rows_that_are_ready_to_be_kept_say_the_same() -> None:
    headings = [*CORE, "Số ngày giải quyết", "Hình thức nộp", "Đơn vị giải quyết"]
    rows = [[*core(f"H99.{n}"), "5 ngày làm việc", "Trực tiếp", unit] for n, unit in enumerate(["", "xã A"])]
    names = replace(profile(), units={key_of("xã A"): "UBND xã Ví Dụ"})
    (part,) = (p for p in read_parts("a", [sheet_of("S", [headings, *rows])], names) if p.plain)
    before = list(with_office_names(part, names).plain)
    after = finished(part, names).plain
    assert list(after) == before
    assert [each.facts["resolving_unit"] for each in before] == ["", "UBND xã Ví Dụ"]
    made = [Dossier(code=each.code, **each.facts) for each in before]
    assert list(after.documents) == [to_document(to_values(each)) for each in made]


def test_what_was_written_down_is_let_go() -> None:
    """A million rows would stay in memory otherwise."""
    values = ["một", "hai"]
    before = sys.getrefcount(values)
    assert list(to_lines(map(str.upper, values))) == ['"MỘT"', '"HAI"']
    assert sys.getrefcount(values) == before
