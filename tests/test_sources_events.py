"""Lists of events: what each row tells of, which rows are set aside with whom, and when a file is done with."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from exports import below, delimited, profile, read, workbook, xlsx
from offices import EVENT_HEADINGS as HEADINGS
from offices import EVENTS, NOW, SOURCE, UNITS, Desk, desk_in, done, row
from sqlalchemy import select
from worlds import moment

from latewatch.domain.dossier import Cause, Dossier, Stage, Suspension
from latewatch.domain.limit import LimitUnit, TimeLimit
from latewatch.domain.reading import Reading
from latewatch.domain.record import Reported
from latewatch.errors import ConfigError, SourceError
from latewatch.jobs.check import check_office
from latewatch.jobs.poll import PollResult, in_order
from latewatch.store import schema
from latewatch.store.facts import from_row
from latewatch.store.feeds import rejections

LATER = NOW + timedelta(hours=1)


def at(text: str) -> datetime:
    found = moment(text)
    assert found
    return found


def event(  # noqa: PLR0917  the columns of HEADINGS
    code: Any = "H1",
    kind: Any = "Yêu cầu bổ sung",
    start: Any = "03/11/2026",
    end: Any = "",
    unit: str = "",
    limit: Any = "",
    due: Any = "",
    note: str = "",
) -> list[Any]:
    """A row below HEADINGS."""
    return [code, kind, start, end, unit, limit, due, note]


def events(*rows: Sequence[Any], headings: Sequence[str] = HEADINGS, **settings: Any) -> Reading:
    return read(xlsx([headings, *rows]), profile="events", **settings)


def one(reading: Reading) -> Reported:
    assert reading.rejected == []
    (reported,) = reading.reported
    return reported


def rejected(reading: Reading) -> list[tuple[int, str, str]]:
    return [(each.place.row, each.column, each.reason) for each in reading.rejected]


class TestRows:
    @pytest.mark.parametrize(
        ("word", "cause"),
        [
            pytest.param("Yêu cầu bổ sung", Cause.SUPPLEMENT),
            pytest.param("yêu  cầu BỔ SUNG giấy tờ", Cause.SUPPLEMENT, id="case and spaces"),
            pytest.param("Yeu cau bo sung", Cause.SUPPLEMENT, id="without accents"),
            pytest.param("Nghĩa vụ tài chính", Cause.FINANCIAL),
            pytest.param("Lấy ý kiến", Cause.CONSULTATION),
            pytest.param("Tạm dừng", Cause.OTHER),
        ],
    )
    def test_an_interruption_by_its_word(self, word: str, cause: Cause) -> None:
        reading = events(event(kind=word, start="03/11/2026 14:20", end="05/11/2026", note="Thiếu bản vẽ"))
        assert one(reading).facts == {
            "suspensions": (Suspension(cause, at("2026-11-03T14:20"), at("2026-11-05"), "Thiếu bản vẽ"),)
        }

    def test_without_an_end_it_lasts(self) -> None:
        assert one(events(event())).facts["suspensions"][0].ended_at is None

    @pytest.mark.parametrize(
        ("limit", "unit", "read_as"),
        [
            pytest.param("5", "d", TimeLimit(5), id="a bare number counts what the source says"),
            pytest.param(8, "h", TimeLimit(8, LimitUnit.HOURS), id="a number, hours"),
            pytest.param("05 ngày làm việc", "d", TimeLimit(5), id="words"),
            pytest.param("8h", "d", TimeLimit(8, LimitUnit.HOURS), id="short"),
            pytest.param("trong ngày", "d", TimeLimit(0, LimitUnit.WITHIN_DAY), id="within the day"),
            pytest.param("", "d", None, id="none"),
        ],
    )
    def test_a_stage_with_its_limit(self, limit: Any, unit: str, read_as: TimeLimit | None) -> None:
        rows = event(kind="Chặng", end="06/11/2026", unit="Sở Xây dựng", limit=limit, due="10/11/2026")
        stage = Stage("Sở Xây dựng", at("2026-11-03"), read_as, at("2026-11-10"), at("2026-11-06"))
        assert one(events(rows, limit_unit=unit)).facts == {"stages": (stage,)}

    def test_rows_of_a_dossier_are_one_report_in_the_order_of_their_start(self) -> None:
        reading = events(
            event(start="10/11/2026"),
            event("H2", "Chặng", unit="PKT"),
            event(start="03/11/2026", end="05/11/2026"),
            event(kind="Chặng", unit="PKT", start="02/11/2026"),
        )
        first, second = reading.reported
        assert [each.started_at.day for each in first.facts["suspensions"]] == [3, 10]
        assert (first.code, list(first.facts), first.rows) == ("H1", ["suspensions", "stages"], 3)
        assert (second.code, list(second.facts), second.rows) == ("H2", ["stages"], 1)
        assert reading.read == 4

    def test_each_row_is_kept_as_it_was_and_the_first_is_the_place(self) -> None:
        reported = one(events(event(start="10/11/2026"), event(start="03/11/2026", end="05/11/2026")))
        assert reported.raw["dòng 2: Từ"] == "10/11/2026"
        assert reported.raw["dòng 3: Đến"] == "05/11/2026"
        assert reported.place.row == 2
        assert one(events(event())).raw["Loại"] == "Yêu cầu bổ sung"

    def test_a_row_twice_word_for_word_is_one_event(self) -> None:
        reading = events(event(), event())
        assert (len(one(reading).facts["suspensions"]), reading.repeated, reading.read) == (1, 1, 2)

    def test_a_dossier_s_rows_may_stand_on_several_sheets(self) -> None:
        sheets = {"Bổ sung": [HEADINGS, event()], "Chặng": [HEADINGS, event(kind="Chặng", unit="PKT")]}
        assert set(one(read(workbook(sheets), profile="events")).facts) == {"suspensions", "stages"}

    def test_stages_may_run_side_by_side(self) -> None:
        """Nghị định 118/2025/NĐ-CP, Điều 20.2b: a dossier may go to all units at once."""
        rows = [event(kind="Luân chuyển", unit=unit) for unit in ("PKT", "PVH")]
        assert len(one(events(*rows)).facts["stages"]) == 2

    def test_one_may_begin_on_the_day_another_ended(self) -> None:
        rows = [event(start="03/11/2026", end="05/11/2026 14:00"), event(start="05/11/2026")]
        assert len(one(events(*rows)).facts["suspensions"]) == 2


class TestHeadings:
    def test_a_synchronised_progress_list_holds_stages(self) -> None:
        headings = (
            "MaHoSo",
            "NguoiXuLy",
            "ThoiDiemXuLy",
            "PhongBanXuLy",
            "NoiDungXuLy",
            "NgayBatDau",
            "NgayKetThucTheoQuyDinh",
        )
        cells = (
            "H1",
            "Cán bộ Ví Dụ",
            "20261105163000",
            "PKT",
            "Thẩm định",
            "20261103080000",
            "20261106170000",
        )
        reported = one(read(delimited([headings, cells]), profile="events"))
        stage = Stage(
            "PKT",
            at("2026-11-03T08:00"),
            due_at=at("2026-11-06T17:00"),
            finished_at=at("2026-11-05T16:30"),
        )
        assert reported.facts == {"stages": (stage,)}

    def test_a_synchronised_supplement_list_holds_supplements(self) -> None:
        headings = ("MaHoSo", "NoiDungBoSung", "NgayBoSung", "NgayTiepNhanBoSung")
        reported = one(events(["H1", "Bản vẽ", "20261103142000", ""], headings=headings))
        assert reported.facts["suspensions"] == (
            Suspension(Cause.SUPPLEMENT, at("2026-11-03T14:20"), None, "Bản vẽ"),
        )

    def test_a_list_that_does_not_say_what_it_lists_is_refused(self) -> None:
        with pytest.raises(SourceError, match=r"thiếu cột “Loại”.*không rõ các dòng là"):
            events(["H1", "03/11/2026", ""], headings=("Mã hồ sơ", "Từ ngày", "Đến ngày"))

    def test_without_a_column_of_ends_everything_would_seem_to_last(self) -> None:
        with pytest.raises(SourceError, match="thiếu cột “Đến”"):
            events(["H1", "Tạm dừng", "03/11/2026"], headings=("Mã hồ sơ", "Loại", "Từ ngày"))

    def test_headings_and_words_of_the_office(self) -> None:
        reading = read(
            xlsx([("Mã hồ sơ", "Loại việc", "Từ", "Đến"), ("H1", "Chờ thuế", "03/11/2026", "")]),
            profile="events",
            headings={"kind": "Loại việc"},
            event_words={"Chờ thuế": "financial"},
        )
        assert one(reading).facts["suspensions"][0].cause is Cause.FINANCIAL

    def test_a_word_may_be_declared_to_be_no_event(self) -> None:
        reading = events(event(), event(kind="Trình ký"), event_words={"Trình ký": "none"})
        assert (one(reading).rows, reading.read) == (1, 1)

    @pytest.mark.parametrize(
        ("settings", "words"),
        [
            pytest.param({"status_words": {"A": "done"}}, "status_words.*nó đọc: event_words", id="statuses"),
            pytest.param({"headings": {"status": "A"}}, "trường lạ; các trường: code, kind", id="a heading"),
        ],
    )
    def test_what_it_never_reads_is_refused(self, settings: dict[str, Any], words: str) -> None:
        with pytest.raises(ConfigError, match=words):
            profile(profile="events", **settings)

    def test_an_export_of_dossiers_reads_no_words_of_events(self) -> None:
        with pytest.raises(ConfigError, match=r"event_words: mẫu “desk-export” không đọc khóa này"):
            profile(event_words={"A": "other"})


class TestRejected:
    @pytest.mark.parametrize(
        ("bad", "column", "reason"),
        [
            pytest.param(event(""), "Mã hồ sơ", "thiếu mã hồ sơ", id="no code"),
            pytest.param(event(kind=""), "Loại", "ô loại trống", id="no kind"),
            pytest.param(event(kind="Trình ký"), "Loại", "từ lạ “Trình ký”; hãy khai nghĩa của nó trong event_words", id="an unknown word"),
            pytest.param(event(start=""), "Từ", "thiếu ngày bắt đầu", id="no start"),
            pytest.param(event(start="31/02/2026"), "Từ", "không có thật", id="a start that never was"),
            pytest.param(event(end="mai"), "Đến", "“mai” không phải ngày", id="no date"),
            pytest.param(event(end="02/11/2026"), "Đến", "kết thúc trước khi bắt đầu", id="ends before it begins"),
            pytest.param(event(start="03/11/2026 14:00", end="03/11/2026 09:00"), "Đến", "kết thúc trước khi bắt đầu", id="ends before it begins, the same day"),
            pytest.param(event(kind="Chặng"), "Đơn vị", "thiếu đơn vị của chặng", id="a stage of nobody"),
            pytest.param(event(kind="Chặng", unit="PKT", end="02/11/2026"), "Đến", "chặng kết thúc 02/11/2026 trước khi bắt đầu", id="a stage ends before it begins"),
            pytest.param(event(kind="Chặng", unit="PKT", due="02/11/2026"), "Hạn", "hạn của chặng 02/11/2026 trước khi bắt đầu", id="due before it begins"),
            pytest.param(event(kind="Chặng", unit="PKT", limit="5 ngày?"), "Thời hạn", "“5 ngày?” không phải thời hạn", id="a limit with a doubt"),
            pytest.param(event(kind="Chặng", unit="PKT", limit="0d"), "Thời hạn", "“0d”: thời hạn của chặng phải từ 1 trở lên", id="no days"),
            pytest.param(event(kind="Chặng", unit="PKT", limit=0), "Thời hạn", "phải từ 1 trở lên", id="zero"),
            pytest.param(event(kind="Chặng", unit="PKT", limit="-1"), "Thời hạn", "không thể có", id="less than none"),
            pytest.param(event(kind="Chặng", unit="PKT", limit=10_000), "Thời hạn", "dài quá 750", id="ten thousand days"),
            pytest.param(event(kind="Chặng", unit="PKT", limit="10 000"), "Thời hạn", "không phải thời hạn", id="ten thousand, spaced"),
        ],
    )  # fmt: skip
    def test_a_doubtful_row_names_its_column_and_the_others_go_on(
        self, bad: list[Any], column: str, reason: str
    ) -> None:
        reading = events(bad, event("H2"))
        ((place, blamed, why),) = rejected(reading)
        assert (place, blamed) == (2, column)
        assert reason in why
        assert [each.code for each in reading.reported] == ["H2"]

    def test_half_a_list_is_not_taken(self) -> None:
        """Of a dossier with a bad interruption the others are set aside too; its stages are another list."""
        reading = events(
            event(start="03/11/2026", end="05/11/2026"),
            event(start="10/11/2026", end="09/11/2026"),
            event(kind="Chặng", unit="PKT"),
        )
        assert [place for place, _, _ in rejected(reading)] == [3, 2]
        assert rejected(reading)[1][2] == (
            "dòng 3 của hồ sơ H1 bị gác lại; các lần tạm dừng của hồ sơ chỉ được nhận khi đủ cả"
        )
        assert [list(each.facts) for each in reading.reported] == [["stages"]]
        assert reading.read == 3

    def test_a_row_of_an_unknown_kind_may_belong_to_either_list(self) -> None:
        reading = events(event(), event(kind="Chặng", unit="PKT"), event(kind="Trình ký"))
        assert len(rejected(reading)) == 3
        assert reading.reported == []

    def test_interruptions_that_overlap_name_each_other(self) -> None:
        reading = events(
            event(start="01/11/2026", end="02/11/2026"),
            event(start="03/11/2026", end="06/11/2026"),
            event(kind="Tạm dừng", start="05/11/2026", end="09/11/2026"),
        )
        assert {place for place, _, _ in rejected(reading)} == {2, 3, 4}
        why = rejected(reading)[1][2]
        assert "yêu cầu bổ sung 03/11/2026–06/11/2026 và tạm dừng 05/11/2026–09/11/2026 chồng nhau" in why
        assert "(dòng 3 và dòng 4)" in why

    def test_one_that_lasts_overlaps_what_begins_after_it(self) -> None:
        assert len(rejected(events(event(), event(start="10/11/2026")))) == 2


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = desk_in(tmp_path / "office")
    (made.folder / "in" / "c").mkdir()
    made.configure(SOURCE, EVENTS, UNITS)
    return made


def stored(desk: Desk, code: str = "H1") -> Dossier:
    with desk.open() as office, office.store.reading() as connection:
        found = connection.execute(select(schema.dossier).where(schema.dossier.c.code == code))
        return from_row(found.mappings().one())


def source_of(desk: Desk, code: str = "H1") -> str:
    with desk.open() as office, office.store.reading() as connection:
        table = schema.dossier.c
        return str(connection.execute(select(table.source).where(table.code == code)).scalar_one())


def waiting(desk: Desk) -> list[str]:
    with desk.open() as office, office.store.reading() as connection:
        return [f"{each.place.row}: {each.reason}" for each in rejections(connection, "su-kien")]


def batches(desk: Desk) -> int:
    with desk.open() as office, office.store.reading() as connection:
        table = schema.batch.c
        return len(connection.execute(select(table.id).where(table.source == "su-kien")).all())


def numbers(result: PollResult) -> tuple[int, int, int, int, int]:
    intake = result.intake
    return intake.read, intake.new, intake.changed, intake.unchanged, intake.rejected


class TestPolled:
    def test_events_are_laid_over_the_dossier_and_the_rest_stays(self, desk: Desk) -> None:
        desk.export("a.csv", [row("H1", "02/11/2026 09:30", limit="5", applicant="Nguyễn Văn Ví Dụ")])
        desk.tell("b.csv", event(start="03/11/2026", end="05/11/2026"), event(kind="Chặng", unit="PVH"))
        assert numbers(desk.poll()) == (2, 0, 2, 0, 0)
        found = stored(desk)
        assert [each.cause for each in found.suspensions] == [Cause.SUPPLEMENT]
        assert [each.unit for each in found.stages] == ["PVH"]
        assert found.applicant == "Nguyễn Văn Ví Dụ"
        assert source_of(desk) == "xuat-tep"  # whose settings its limit keeps

    def test_what_the_file_has_no_rows_of_stays(self, desk: Desk) -> None:
        desk.export("a.csv", [row("H1"), row("H2")])
        desk.tell("b.csv", event(end="05/11/2026"), event("H2"), event(kind="Chặng", unit="PVH"))
        desk.poll()
        desk.tell("c.csv", event(end="06/11/2026"))
        desk.poll(LATER)
        assert stored(desk).suspensions[0].ended_at == at("2026-11-06")
        assert len(stored(desk).stages) == 1
        assert len(stored(desk, "H2").suspensions) == 1

    def test_a_file_says_all_interruptions_of_a_dossier_it_names(self, desk: Desk) -> None:
        desk.export("a.csv", [row("H1")])
        desk.tell("b.csv", event(end="05/11/2026"), event(start="09/11/2026"))
        desk.poll()
        desk.tell("c.csv", event(end="05/11/2026"))
        assert numbers(desk.poll(LATER)) == (1, 0, 1, 0, 0)
        assert len(stored(desk).suspensions) == 1

    def test_the_same_events_in_another_file_change_nothing(self, desk: Desk) -> None:
        desk.export("a.csv", [row("H1")])
        desk.tell("b.csv", event(end="05/11/2026"), event(kind="Chặng", unit="PVH"))
        desk.poll()
        desk.tell("c.csv", event(kind="Chặng", unit="PVH"), event(end="05/11/2026"))
        assert numbers(desk.poll(LATER)) == (2, 0, 0, 2, 0)

    def test_what_begins_before_the_receipt_is_set_aside_with_its_place(self, desk: Desk) -> None:
        desk.export("a.csv", [row("H1", "04/11/2026 09:30"), row("H2")])
        desk.tell(
            "b.csv",
            event(start="09/11/2026"),
            event(start="03/11/2026", end="05/11/2026"),
            event(kind="Chặng", unit="PVH"),
            event("H2"),
        )
        assert numbers(desk.poll()) == (4, 0, 2, 0, 2)
        assert waiting(desk) == [
            "3: yêu cầu bổ sung 03/11/2026–05/11/2026: bắt đầu trước khi tiếp nhận hồ sơ (09:30 04/11/2026)",
            "2: dòng 3 của hồ sơ H1 bị gác lại; các lần tạm dừng của hồ sơ chỉ được nhận khi đủ cả",
        ]
        assert (stored(desk).suspensions, len(stored(desk).stages)) == ((), 1)

    def test_a_day_without_a_clock_time_is_not_before_the_receipt_on_it(self, desk: Desk) -> None:
        desk.export("a.csv", [row("H1", "03/11/2026 09:30")])
        desk.tell("b.csv", event(start="03/11/2026"))
        assert numbers(desk.poll())[4] == 0


class TestDossiersNotKnownYet:
    def test_they_wait_and_are_read_when_the_dossier_comes(self, desk: Desk) -> None:
        desk.export("a.csv", [row("H1")])
        desk.tell("b.csv", event(), event("H2"), event("H3"))
        assert numbers(desk.poll()) == (3, 0, 1, 0, 2)
        assert waiting(desk) == [
            "3: chưa có hồ sơ H2 trong dữ liệu; tệp được đọc lại khi hồ sơ này đến",
            "4: chưa có hồ sơ H3 trong dữ liệu; tệp được đọc lại khi hồ sơ này đến",
        ]
        desk.export("c.csv", [row("H2")])
        assert numbers(desk.poll(LATER)) == (3, 0, 1, 1, 1)
        assert len(stored(desk, "H2").suspensions) == 1
        assert len(waiting(desk)) == 1
        desk.export("d.csv", [row("H3")])
        desk.poll(LATER + timedelta(hours=1))
        assert waiting(desk) == []
        assert len(stored(desk, "H3").suspensions) == 1

    def test_while_they_do_not_come_nothing_is_written_again(self, desk: Desk) -> None:
        desk.export("a.csv", [row("H1")])
        desk.tell("b.csv", event("H2"))
        desk.poll()
        for hours in range(1, 4):
            assert numbers(desk.poll(NOW + timedelta(hours=hours))) == (0, 0, 0, 0, 0)
        assert (batches(desk), len(waiting(desk))) == (1, 1)

    def test_a_copy_of_the_file_waits_alike(self, desk: Desk) -> None:
        desk.tell("b.csv", event("H2"))
        desk.poll()
        (desk.folder / "in" / "c" / "b.csv").unlink()
        desk.tell("c.csv", event("H2"))
        desk.poll(LATER)
        desk.export("a.csv", [row("H2")])
        desk.poll(LATER + timedelta(hours=1))
        assert len(stored(desk, "H2").suspensions) == 1

    def test_an_event_never_makes_a_dossier(self, desk: Desk) -> None:
        desk.tell("b.csv", event("H2"))
        desk.poll()
        with desk.open() as office, office.store.reading() as connection:
            assert connection.execute(select(schema.dossier.c.id)).all() == []

    def test_a_run_reads_lists_of_events_last(self, desk: Desk) -> None:
        desk.configure(EVENTS, SOURCE, UNITS)
        with desk.open() as office:
            ordered = in_order(office.settings.sources, office.profiles)
        assert [each.name for each in ordered] == ["xuat-tep", "su-kien"]


class TestLostColumn:
    def test_a_list_without_a_column_says_what_it_does_not_tell(self, desk: Desk) -> None:
        desk.export("a.csv", [row("H1")])
        desk.tell("ngay-1.csv", event(kind="Chặng", unit="PVH", limit="5"))
        desk.poll()
        fewer = [heading for heading in HEADINGS if heading != "Thời hạn"]
        desk.tell("ngay-2.csv", ["H1", "Chặng", "03/11/2026", "", "PVH", "", ""], headings=fewer)
        (warning,) = desk.poll(LATER).warnings
        assert warning == (
            "ngay-2.csv: thiếu cột “Thời hạn” mà các tệp trước có; các sự kiện trong tệp này không có giá trị đó; "
            "xuất lại cho đủ cột; cột chỉ đổi tên thì khai tên mới vào headings của nguồn"
        )
        with desk.open() as office:
            assert warning in [each.text for each in check_office(office, LATER, None)]


SUPPLEMENT = {"Ngày yêu cầu bổ sung": "03/11/2026", "Ngày tiếp nhận bổ sung": "05/11/2026"}
ASKED, GOT = SUPPLEMENT


class TestTwoColumnsOfAnExport:
    """The desk's own export may know the last supplement: its request and its receipt."""

    def test_they_become_one_interruption(self) -> None:
        headings = ["Mã hồ sơ", "Trạng thái", "Ngày tiếp nhận", ASKED, GOT]
        (reported,) = read(xlsx([headings, below(headings)[:3] + list(SUPPLEMENT.values())])).reported
        (found,) = reported.facts["suspensions"]
        assert (found.cause, found.started_at, found.ended_at, found.is_partial) == (
            Cause.SUPPLEMENT,
            at("2026-11-03"),
            at("2026-11-05"),
            True,
        )
        assert not {"supplement_asked_at", "supplement_got_at"} & set(reported.facts)

    @pytest.mark.parametrize(
        ("received", "asked", "got", "column", "reason"),
        [
            pytest.param("02/11/2026", "05/11/2026", "03/11/2026", GOT, "kết thúc trước khi bắt đầu", id="met before it was asked"),
            pytest.param("04/11/2026", "03/11/2026", "", ASKED, "bắt đầu trước khi tiếp nhận hồ sơ (04/11/2026)", id="asked before the receipt"),
            pytest.param("02/11/2026", "", "05/11/2026", ASKED, "có ngày tiếp nhận bổ sung 05/11/2026 mà thiếu ngày yêu cầu", id="met and never asked"),
            pytest.param("02/11/2026", "hôm qua", "", ASKED, "không phải ngày", id="no date"),
        ],
    )  # fmt: skip
    def test_a_cell_that_contradicts_sets_the_row_aside(
        self, received: str, asked: str, got: str, column: str, reason: str
    ) -> None:
        rows = [
            ["Mã hồ sơ", "Trạng thái", "Ngày tiếp nhận", ASKED, GOT],
            ["H1", "Đang xử lý", received, asked, got],
        ]
        ((place, blamed, why),) = rejected(read(xlsx(rows)))
        assert (place, blamed) == (2, column)
        assert reason in why

    def test_one_of_the_two_alone_is_not_used_and_says_so(self) -> None:
        rows = [
            ["Mã hồ sơ", "Trạng thái", "Ngày tiếp nhận", ASKED],
            ["H1", "Đang xử lý", "02/11/2026", "03/11/2026"],
        ]
        reading = read(xlsx(rows))
        assert "suspensions" not in reading.reported[0].facts
        assert "không có cột “Ngày tiếp nhận bổ sung”; cột này không được dùng" in reading.warnings[0]

    def test_an_absent_column_erases_nothing_and_empty_cells_do(self, desk: Desk) -> None:
        desk.export("a.csv", [row("H1")], extra=SUPPLEMENT)
        desk.poll()
        desk.export("b.csv", [row("H1")])
        desk.poll(LATER)
        assert len(stored(desk).suspensions) == 1
        desk.export("c.csv", [row("H1", officer="")], extra=dict.fromkeys(SUPPLEMENT, ""))
        desk.poll(LATER + timedelta(hours=1))
        assert stored(desk).suspensions == ()

    @pytest.mark.parametrize("cells", [SUPPLEMENT, dict.fromkeys(SUPPLEMENT, "")], ids=["told", "empty"])
    def test_a_list_of_events_knows_better(self, desk: Desk, cells: dict[str, str]) -> None:
        desk.export("a.csv", [row("H1")])
        desk.tell("b.csv", event(end="05/11/2026"), event(kind="Lấy ý kiến", start="09/11/2026"))
        desk.poll()
        desk.export("c.csv", [row("H1")], extra=cells)
        desk.poll(LATER)
        assert [each.cause for each in stored(desk).suspensions] == [Cause.SUPPLEMENT, Cause.CONSULTATION]

    def test_a_list_of_events_that_comes_later_replaces_them(self, desk: Desk) -> None:
        desk.export("a.csv", [row("H1")], extra=SUPPLEMENT)
        desk.poll()
        desk.tell("b.csv", event(start="04/11/2026", end="06/11/2026"))
        desk.poll(LATER)
        (found,) = stored(desk).suspensions
        assert (found.started_at, found.is_partial) == (at("2026-11-04"), False)

    def test_what_is_done_was_supplemented(self, desk: Desk) -> None:
        desk.export("a.csv", [done("H1", "11/11/2026", limit="5")], extra={ASKED: "03/11/2026", GOT: ""})
        desk.poll()
        assert desk.late() == []
