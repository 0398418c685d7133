"""The catalogue at work: taken in whole or not at all, decided by anew, held against what dossiers state."""

from datetime import date
from pathlib import Path

import pytest
from offices import NOW, SOURCE, UNITS, Desk, desk_in, row

from latewatch.domain.limit import TimeLimit
from latewatch.errors import ConfigError
from latewatch.jobs.assess import Deadlines
from latewatch.jobs.check import check_office
from latewatch.jobs.explain import explain_dossier
from latewatch.jobs.procedures import Import, accepted, differences, entries, suggestions, take_in
from latewatch.sources.catalogues.catalogue import Terms, read_catalogue
from latewatch.store.cases import assessed, with_code
from latewatch.store.procedures import imported

CASES = [
    row("H1", procedure_code="1.1", procedure="Khai sinh", limit="5"),
    row("H2", procedure_code="1.1", procedure="Khai sinh"),
    row("H3", procedure_code="1.2", procedure="Kết hôn", limit="3"),
    row("H4", "03/11/2026", procedure_code="1.2", procedure="Kết hôn", limit="3"),
    row("H5", "04/11/2026", procedure_code="1.2", procedure="Kết hôn", limit="4"),
]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = desk_in(tmp_path / "office")
    made.export("a.csv", CASES)
    made.poll()
    return made


def enter(desk: Desk, *lines: str, first: str = "", **options: bool) -> Import:
    """Take in a catalogue of lines `code;name;limit`."""
    content = "\n".join(["Mã TTHC;Tên TTHC;Thời hạn giải quyết", *lines, ""]).encode()
    terms = Terms(valid_from=date.fromisoformat(first) if first else None)
    with desk.open() as office:
        return take_in(office, read_catalogue("dm.csv", content, terms), NOW, "Người Ví Dụ", **options)


def stored(desk: Desk) -> list[str]:
    with desk.open() as office, office.store.reading() as connection:
        return [f"{each.code} {each.limit}" for each in imported(connection)]


def due(desk: Desk, code: str) -> tuple[str, str]:
    with desk.open() as office:
        deadline = explain_dossier(office, code, NOW).case.deadline
    return str(deadline.limit), f"{deadline.computed_on}"


def findings(desk: Desk, about: str) -> list[str]:
    with desk.open() as office:
        return [each.text for each in check_office(office, NOW, None) if each.about == about]


class TestTakingIn:
    def test_what_had_no_limit_is_decided_at_once(self, desk: Desk) -> None:
        done = enter(desk, "1.1;Khai sinh;7")
        assert (done.is_written, done.moved) == (True, 1)
        assert due(desk, "H2") == ("7d", "2026-11-11")
        assert due(desk, "H1") == ("5d", "2026-11-09")

    def test_a_change_decides_the_same_dossiers_anew(self, desk: Desk) -> None:
        enter(desk, "1.1;Khai sinh;7")
        enter(desk, "1.1;Khai sinh;9", first="2026-11-02")
        assert due(desk, "H2") == ("9d", "2026-11-13")

    @pytest.mark.parametrize(
        ("first", "limit"),
        [
            pytest.param("2026-11-01", "9d", id="received the day after"),
            pytest.param("2026-11-02", "9d", id="received on the day of effect"),
            pytest.param("2026-11-03", "7d", id="received the day before"),
        ],
    )
    def test_the_day_of_receipt_decides_which_entry_holds(self, desk: Desk, first: str, limit: str) -> None:
        enter(desk, "1.1;Khai sinh;7")
        enter(desk, "1.1;Khai sinh;9", first=first)
        assert due(desk, "H2")[0] == limit

    def test_by_name_where_the_export_has_no_code(self, desk: Desk) -> None:
        desk.export("b.csv", [row("H9", procedure="THỦ TỤC  ví dụ")])
        desk.poll()
        enter(desk, "1.9;Thủ tục Ví Dụ;6")
        assert due(desk, "H9")[0] == "6d"

    def test_one_bad_row_keeps_everything_out(self, desk: Desk) -> None:
        done = enter(desk, "1.1;Khai sinh;7", "1.2;Kết hôn;5 ngày?", "1.3;Khác;0", "1.1;Khai sinh;8")
        assert [str(each).partition(": ")[0] for each in done.problems] == [
            "dm.csv, dòng 3, cột “Thời hạn giải quyết”",
            "dm.csv, dòng 4, cột “Thời hạn giải quyết”",
            "dm.csv, dòng 5",
        ]
        assert (done.is_written, stored(desk)) == (False, [])

    def test_a_dry_run_says_the_same_and_writes_nothing(self, desk: Desk) -> None:
        shown = enter(desk, "1.1;Khai sinh;7", dry_run=True)
        assert (shown.is_written, stored(desk)) == (False, [])
        assert shown.amendments == enter(desk, "1.1;Khai sinh;7").amendments

    def test_the_configuration_decides_before_it_and_that_is_said(self, desk: Desk) -> None:
        desk.configure(SOURCE, UNITS, '[[procedures]]\ncode = "1.1"\nlimit = "9d"\n')
        done = enter(desk, "1.1;Khai sinh;7")
        assert done.warnings == [
            "1.1 Khai sinh: mục [[procedures]] trong cấu hình vẫn quyết định thay mục này"
        ]
        assert due(desk, "H2")[0] == "9d"
        with desk.open() as office:
            found = entries(office, date(2026, 11, 12))
        assert [(each.procedure.source, each.decides) for each in found] == [
            ("cấu hình", True),
            ("dm.csv", False),
        ]


class TestListing:
    def test_of_one_unit(self, desk: Desk) -> None:
        content = "Mã TTHC;Cơ quan thực hiện;Thời hạn giải quyết\n1.1;P. Kinh tế;5\n1.2;UBND xã khác;3\n"
        with desk.open() as office:
            take_in(office, read_catalogue("dm.csv", content.encode()), NOW, "Người Ví Dụ")
        with desk.open() as office:
            day = date(2026, 11, 12)
            assert [each.procedure.code for each in entries(office, day, "PKT")] == ["1.1"]
            assert [each.procedure.code for each in entries(office, day, "ubnd XÃ khác")] == ["1.2"]
            assert entries(office, day, "PVH") == []
            with pytest.raises(ConfigError, match="không có đơn vị “Sở Mây”; các đơn vị: P"):
                entries(office, day, "Sở Mây")

    def test_on_a_day(self, desk: Desk) -> None:
        enter(desk, "1.1;Khai sinh;7")
        enter(desk, "1.1;Khai sinh;9", first="2026-11-02")
        with desk.open() as office:
            limits = [str(entries(office, date(2026, 11, day))[0].procedure.limit) for day in (1, 2)]
        assert limits == ["7d", "9d"]


class TestDifferences:
    def found(self, desk: Desk) -> list[tuple[str, str, str, int]]:
        with desk.open() as office, office.store.reading() as connection:
            return [
                (each.procedure.code, str(each.procedure.limit), str(each.reported), each.dossiers)
                for each in differences(office, connection)
            ]

    def test_both_limits_and_how_many_dossiers(self, desk: Desk) -> None:
        enter(desk, "1.1;Khai sinh;7", "1.2;Kết hôn;3")
        assert self.found(desk) == [("1.1", "7d", "5d", 1), ("1.2", "3d", "4d", 1)]

    def test_by_the_entry_of_the_day_of_receipt(self, desk: Desk) -> None:
        enter(desk, "1.2;Kết hôn;3")
        enter(desk, "1.2;Kết hôn;4", first="2026-11-03")
        assert self.found(desk) == [("1.2", "4d", "3d", 1)]

    def test_nothing_to_compare_is_none(self, desk: Desk) -> None:
        enter(desk, "1.1;Khai sinh;", "1.3;Khác;9")
        assert self.found(desk) == []

    @pytest.mark.parametrize(
        ("table", "decides", "limit"),
        [("", "hồ sơ", "5d"), ("[clock]\nlimit_from = 'catalogue'\n", "danh mục", "7d")],
    )
    def test_which_decides_is_said_wherever_it_is_shown(
        self, desk: Desk, table: str, decides: str, limit: str
    ) -> None:
        desk.configure(SOURCE, UNITS, table)
        enter(desk, "1.1;Khai sinh;7")
        text = "hồ sơ ghi 05 ngày làm việc, danh mục ghi 07 ngày làm việc (dm.csv)"
        assert findings(desk, "danh mục") == [
            f"1.1 Khai sinh: 1 {text}; đang tính theo {decides}; xem: latewatch procedures differences"
        ]
        with desk.open() as office, office.store.reading() as connection:
            (each,) = assessed(connection, with_code("H1"))
            (other,) = assessed(connection, with_code("H2"))
            assert Deadlines(office).disagreement(each) == f"{text}; đang tính theo {decides}"
            assert Deadlines(office).disagreement(other) == ""
        assert due(desk, "H1")[0] == limit


class TestSuggestions:
    def test_what_the_catalogue_lacks(self, desk: Desk) -> None:
        enter(desk, "1.1;Khai sinh;7")
        with desk.open() as office, office.store.reading() as connection:
            (only,) = suggestions(office, connection)
        assert (only.code, only.name, only.field) == ("1.2", "Kết hôn", "Hộ tịch")
        assert [(str(s.limit), s.dossiers, s.first, s.last) for s in only.limits] == [
            ("3d", 2, date(2026, 11, 2), date(2026, 11, 3)),
            ("4d", 1, date(2026, 11, 4), date(2026, 11, 4)),
        ]

    def test_one_is_taken_over_and_no_longer_suggested(self, desk: Desk) -> None:
        with desk.open() as office:
            listing = accepted(office, "1.1", date(2026, 1, 1))
            take_in(office, listing, NOW, "Người Ví Dụ")
        assert stored(desk) == ["1.1 5d"]
        assert due(desk, "H2")[0] == "5d"
        with desk.open() as office, office.store.reading() as connection:
            assert [each.code for each in suggestions(office, connection)] == ["1.2"]

    def test_of_several_limits_a_person_chooses(self, desk: Desk) -> None:
        with desk.open() as office:
            with pytest.raises(ConfigError, match=r"nhiều thời hạn: 3d \(2 hồ sơ\), 4d \(1 hồ sơ\)"):
                accepted(office, "1.2")
            chosen = accepted(office, "kết hôn", limit=TimeLimit.parse("3d"))
            assert str(chosen.listed[0].procedure.limit) == "3d"
            with pytest.raises(ConfigError, match="không có gợi ý nào cho “9"):
                accepted(office, "9.9")


class TestCheck:
    def test_a_procedure_without_a_limit_is_named_with_its_code_and_the_cure(self, desk: Desk) -> None:
        assert findings(desk, "thời hạn") == [
            "1.1 Khai sinh: 1 hồ sơ không tính được hạn: không rõ thời hạn giải quyết; nhập danh mục bằng "
            "latewatch procedures import, hoặc khai trong [[procedures]]"
        ]
        enter(desk, "1.1;Khai sinh;7")
        assert findings(desk, "thời hạn") == []

    def test_a_name_that_several_codes_share_decides_nothing(self, desk: Desk) -> None:
        desk.export("b.csv", [row("H9", procedure="Thủ tục Chung")])
        desk.poll()
        enter(desk, "1.1;Khai sinh;7", "1.7;Thủ tục Chung;5", "1.8;Thủ tục Chung;9")
        assert findings(desk, "thời hạn") == [
            "Thủ tục Chung: 1 hồ sơ không tính được hạn: không rõ thời hạn giải quyết; danh mục có nhiều mã cùng "
            "tên này (1.7, 1.8): hãy xuất cả cột mã thủ tục"
        ]

    def test_nobody_is_named(self, desk: Desk) -> None:
        desk.export("b.csv", [row("H9", procedure="Khác", applicant="Trần Thị Mẫu", limit="5")])
        desk.poll()
        done = enter(desk, "1.9;Khác;7")
        texts = [*findings(desk, "danh mục"), *findings(desk, "thời hạn"), *map(str, done.amendments)]
        assert "Trần Thị Mẫu" not in str(texts)


def test_the_same_again_moves_nothing(desk: Desk) -> None:
    assert enter(desk, "1.1;Khai sinh;7").moved == 1
    assert desk.assess() == 0
    assert enter(desk, "1.1;Khai sinh;7").moved == 0
