"""Packets of the national portal: what a file of them says, and every way in which it can be wrong."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from offices import NOW, UNITS, Desk
from packets import (
    PROGRESS,
    RECORDS,
    SOURCE,
    STATES,
    bo_sung,
    drop,
    encoded,
    envelope,
    hoso,
    packet_desk,
    read,
    step,
)
from sqlalchemy import select
from worlds import moment

from latewatch.domain.dossier import Cause, Channel, Dossier, Stage, Status, Suspension
from latewatch.domain.fitting import joined_stages
from latewatch.domain.reading import Reading
from latewatch.domain.standing import Standing
from latewatch.errors import SourceError
from latewatch.store import schema
from latewatch.store.facts import from_row
from latewatch.store.feeds import rejections


def at(text: str) -> Any:
    found = moment(text)
    assert found
    return found


def facts(content: Any, **settings: Any) -> dict[str, Any]:
    reading = read(content, **settings)
    assert reading.rejected == []
    (reported,) = reading.reported
    return dict(reported.facts)


def refusal(content: Any) -> str:
    with pytest.raises(SourceError) as error:
        read(content)
    return str(error.value)


def set_aside(reading: Reading) -> list[tuple[str, str]]:
    return [(each.column, each.reason) for each in reading.rejected]


class TestEnvelope:
    @pytest.mark.parametrize(
        "content",
        [
            pytest.param(envelope(RECORDS, hoso()), id="a packet"),
            pytest.param(
                {**envelope(RECORDS, hoso()), "isUpdating": False}, id="isUpdating as a word of JSON"
            ),
            pytest.param([hoso()], id="the bare list"),
            pytest.param({"code": 200, "message": "OK", "data": [hoso()]}, id="the newer envelope"),
            pytest.param({"error_code": "00", "result": [hoso()]}, id="an answer of the portal"),
            pytest.param(b"\xef\xbb\xbf" + encoded([hoso()]), id="a byte order mark"),
            pytest.param(encoded([hoso()]).decode().encode("utf-16"), id="UTF-16 with its mark"),
            pytest.param(envelope("dongbohosomc ", hoso()), id="the service in other letters"),
        ],
    )
    def test_forms_of_a_packet(self, content: Any) -> None:
        reading = read(content)
        assert [each.code for each in reading.reported] == ["H1"]
        assert str(reading.reported[0].place) == "goi.json, bản ghi 1"

    @pytest.mark.parametrize(
        "content",
        [
            pytest.param(envelope(RECORDS), id="an empty list"),
            pytest.param({**envelope(RECORDS), "data": ""}, id="empty as “”"),
            pytest.param({"code": 0, "message": "Không có dữ liệu", "data": None}, id="null, and no refusal"),
            pytest.param([], id="the bare empty list"),
        ],
    )
    def test_a_packet_may_be_empty(self, content: Any) -> None:
        assert read(content).read == 0

    @pytest.mark.parametrize(
        ("content", "problem"),
        [
            pytest.param(b"", "trống hoặc bị cắt giữa chừng", id="no byte"),
            pytest.param(encoded(envelope(RECORDS, hoso()))[:300], "trống hoặc bị cắt giữa chừng", id="cut"),
            pytest.param(b"[" * 100_000, "lồng nhau quá sâu", id="too deep"),
            pytest.param(b'{"data":' * 100_000, "lồng nhau quá sâu", id="objects too deep"),
            pytest.param(b"PK\x03\x04 xlsx", "không phải JSON đọc được (byte 0)", id="a spreadsheet"),
            pytest.param(b"<html></html>", "không phải JSON đọc được", id="a web page"),
            pytest.param(b"\xff\xfe[", "không phải UTF-8", id="half of UTF-16"),
            pytest.param("một chữ", "không phải gói đồng bộ", id="a text"),
            pytest.param(7, "không phải gói đồng bộ", id="a number"),
            pytest.param({"ten": "khác"}, "không phải gói đồng bộ", id="another object"),
            pytest.param({"data": {"MaHoSo": "H1"}}, "data không phải danh sách", id="data is one record"),
            pytest.param({"data": "H1"}, "data không phải danh sách", id="data is a text"),
            pytest.param({**envelope("LayThuTuc", {})}, "không thuộc dịch vụ nào", id="another service"),
            pytest.param({"code": 401, "message": "x"}, "từ chối, trả mã 401", id="refused"),
            pytest.param({"error_code": "-101"}, "từ chối, trả mã -101", id="refused, as the portal says it"),
        ],
    )
    def test_what_is_no_packet_says_why(self, content: Any, problem: str) -> None:
        text = refusal(content)
        assert text.startswith("goi.json: ")
        assert problem in text


class TestRecord:
    def test_its_fields_are_facts(self) -> None:
        record = hoso(
            status="10",
            SoDienThoai="0900000001",
            Email="vi.du@example.com",
            NgayKetThucXuLy="20261106101500",
            NgayTra="20261107080000",
            NgayNopHoSo="20261101200000",
            NoiNopHoSo="Trung tâm Phục vụ hành chính công",
        )
        assert facts(envelope(RECORDS, record)) == {
            "status": Status.RETURNED,
            "status_text": "10",
            "received_at": at("2026-11-02T08:30"),
            "promised_at": at("2026-11-09T17:00"),
            "processed_at": at("2026-11-06T10:15"),
            "returned_at": at("2026-11-07T08:00"),
            "submitted_at": at("2026-11-01T20:00"),
            "procedure_code": "1.004194",
            "procedure": "Thủ tục Ví Dụ",
            "field": "Hộ tịch",
            "channel": Channel.DIRECT,
            "receiving_unit": "Trung tâm Phục vụ hành chính công",
            "resolving_unit": "Phòng Kinh tế",
            "applicant": "Nguyễn Văn Ví Dụ",
            "phone": "0900000001",
            "email": "vi.du@example.com",
            "suspensions": (),
        }

    def test_a_field_that_is_not_sent_is_not_told(self) -> None:
        told = facts([{"MaHoSo": "H1", "TrangThaiHoSo": "2", "NgayTiepNhan": "20261102083000"}])
        assert told.keys() == {"status", "status_text", "received_at"}

    def test_the_portals_number_of_a_place_is_no_unit(self) -> None:
        assert "receiving_unit" not in facts([hoso(NoiNopHoSo="2")])

    def test_the_newer_flow(self) -> None:
        record = {"IdHoSo": "9f3c", "TrangThai": 9, "NgayTiepNhan": "2026-11-02T07:47:28.329"}
        record["NgayKetThucXuLy"] = "2026-11-06 14:07:53"
        reading = read({"code": 200, "message": "", "data": [record]})
        (reported,) = reading.reported
        assert reported.code == "9f3c"
        assert reported.facts["status"] is Status.DONE
        assert reported.facts["received_at"] == at("2026-11-02T07:47:28")
        assert reported.facts["processed_at"] == at("2026-11-06T14:07:53")
        assert reported.raw == record

    @pytest.mark.parametrize(
        ("word", "status"),
        [
            ("1", Status.WAITING),
            ("2", Status.RECEIVED),
            ("3", Status.NOT_ACCEPTED),
            ("4", Status.PROCESSING),
            ("5", Status.SUPPLEMENT),
            ("6", Status.SUSPENDED),
            ("7", Status.WITHDRAWN),
            ("8", Status.STOPPED),
            ("9", Status.DONE),
            ("10", Status.RETURNED),
            pytest.param(4, Status.PROCESSING, id="a number"),
            pytest.param("04", Status.PROCESSING, id="with a zero before it"),
            pytest.param("  Đang  xử lý ", Status.PROCESSING, id="in words"),
        ],
    )
    def test_statuses(self, word: Any, status: Status) -> None:
        assert facts([hoso(status=word)])["status"] is status

    def test_a_system_may_number_otherwise(self) -> None:
        own = {"8": "done", "9": "returned"}
        assert [facts([hoso(status=word)], status_words=own)["status"] for word in "89"] == [
            Status.DONE,
            Status.RETURNED,
        ]

    def test_an_unknown_status_waits_for_a_person_and_is_counted(self) -> None:
        reading = read([hoso("H1", "99"), hoso("H2", "99"), hoso("H3", "Chờ ký"), hoso("H4")])
        assert [each.code for each in reading.reported] == ["H4"]
        assert reading.unknown == {"99": 2, "Chờ ký": 1}
        assert [each.code for each in reading.rejected] == ["H1", "H2", "H3"]
        assert reading.rejected[0].column == "TrangThaiHoSo"
        assert "“99”" in reading.rejected[0].reason

    @pytest.mark.parametrize(
        ("word", "channel"),
        [("1", Channel.DIRECT), ("2", Channel.ONLINE_FULL), ("3", Channel.POSTAL), ("", None)],
    )
    def test_channels(self, word: str, channel: Channel | None) -> None:
        assert facts([hoso(KenhThucHien=word)])["channel"] is channel

    def test_what_online_means_is_the_offices_word(self) -> None:
        own = {"2": "online partial"}
        assert facts([hoso(KenhThucHien="2")], channel_words=own)["channel"] is Channel.ONLINE_PARTIAL

    def test_what_decides_nothing_is_left_out_and_told(self) -> None:
        odd = {"KenhThucHien": "9", "NgayTra": "hôm qua"}
        reading = read([hoso("H1", **odd), hoso("H2", **odd)])
        assert [("channel" in each.facts, "returned_at" in each.facts) for each in reading.reported] == [
            (False, False)
        ] * 2
        assert len(reading.warnings) == 2
        assert all("goi.json, bản ghi 1 và 1 bản ghi khác" in text for text in reading.warnings)

    @pytest.mark.parametrize(
        ("record", "column", "reason"),
        [
            pytest.param(hoso(""), "MaHoSo", "thiếu mã hồ sơ", id="no code"),
            pytest.param(hoso("H" * 101), "MaHoSo", "dài quá 100 ký tự", id="a code too long"),
            pytest.param(hoso(None), "MaHoSo", "thiếu mã hồ sơ", id="null"),
            pytest.param({"NgayTiepNhan": "20261102"}, "MaHoSo", "thiếu mã hồ sơ", id="no key at all"),
            pytest.param(hoso(["H1"]), "MaHoSo", "sai kiểu", id="a list as code"),
            pytest.param(hoso(MaTTHC=1.004194), "MaTTHC", "sai kiểu", id="a number has lost its zeros"),
            pytest.param(
                hoso(SoDienThoai=10**20), "SoDienThoai", "sai kiểu", id="more digits than JSON keeps"
            ),
            pytest.param(hoso(status=""), "TrangThaiHoSo", "trạng thái trống", id="no status"),
            pytest.param(hoso(status=None), "TrangThaiHoSo", "trạng thái trống", id="null as status"),
            pytest.param(hoso(NgayTiepNhan=""), "NgayTiepNhan", "thiếu ngày tiếp nhận", id="no receipt"),
            pytest.param(hoso(NgayTiepNhan="20261302"), "NgayTiepNhan", "không có tháng 13", id="month 13"),
            pytest.param(hoso(NgayTiepNhan=45000), "NgayTiepNhan", "không phải ngày", id="a day count"),
            pytest.param(hoso(NgayKetThucXuLy="x"), "NgayKetThucXuLy", "không phải ngày", id="a bad finish"),
            pytest.param(
                hoso(NgayHenTra="20261030170000"),
                "NgayHenTra",
                "ngày hẹn trả 30/10/2026 trước ngày tiếp nhận 02/11/2026",
                id="a promise before the receipt",
            ),
            pytest.param("H1", "", "không phải một đối tượng", id="a text"),
            pytest.param([hoso()], "", "không phải một đối tượng", id="a list"),
            pytest.param({"ten": "x"}, "", "không rõ bản ghi nói về", id="an object of something else"),
        ],
    )
    def test_a_bad_record_is_set_aside_and_stops_no_other(
        self, record: Any, column: str, reason: str
    ) -> None:
        reading = read([record, hoso("H2")])
        assert [each.code for each in reading.reported] == ["H2"]
        ((blamed, told),) = set_aside(reading)
        assert blamed == column
        assert reason in told
        assert str(reading.rejected[0].place) == "goi.json, bản ghi 1"

    def test_letters_that_are_no_utf8_spoil_one_record(self) -> None:
        content = encoded([hoso("H1", ChuHoSo="@"), hoso("H2")]).replace(b"@", b"\xff")
        reading = read(content)
        assert [each.code for each in reading.reported] == ["H1", "H2"]
        assert reading.reported[0].facts["applicant"] == "�"

    def test_a_record_too_deep_is_set_aside(self) -> None:
        deep: Any = "x"
        for _ in range(100):
            deep = [deep]
        reading = read([hoso("H1", TaiLieuNop=deep), hoso("H2")])
        assert [each.code for each in reading.reported] == ["H2"]
        assert "quá 12 tầng" in reading.rejected[0].reason

    def test_a_code_told_twice_alike_counts_once(self) -> None:
        reading = read([hoso(), hoso()])
        assert (len(reading.reported), reading.repeated) == (1, 1)

    def test_a_code_told_twice_otherwise_is_believed_neither_time(self) -> None:
        reading = read([hoso(), hoso(status="9", NgayKetThucXuLy="20261105080000"), hoso("H2")])
        assert [each.code for each in reading.reported] == ["H2"]
        assert [str(each.place) for each in reading.rejected] == [
            "goi.json, bản ghi 1",
            "goi.json, bản ghi 2",
        ]
        assert all("2 bản ghi nói khác nhau" in each.reason for each in reading.rejected)

    def test_nobodys_name_is_in_a_reason_or_warning(self) -> None:
        records = [hoso("H1", "99"), hoso("H2", NgayHenTra="x"), hoso("H3", Email=["x"], KenhThucHien="9")]
        reading = read([*records, hoso("H4", KenhThucHien="9")])
        texts = [each.reason for each in reading.rejected] + reading.warnings
        assert len(texts) == 4
        assert not any("Nguyễn" in text for text in texts)


class TestSupplements:
    def told(self, *listed: dict[str, Any], **fields: Any) -> tuple[Suspension, ...]:
        found = facts([hoso(DanhSachHoSoBoSung=[*listed], **fields)])["suspensions"]
        assert isinstance(found, tuple)
        return found

    def test_all_of_them_with_what_was_promised_before_and_after(self) -> None:
        second = bo_sung("20261105083000", "", "Thiếu chữ ký")
        first = bo_sung(
            got="20261104093000", NgayHenTraTruoc="20261109170000", NgayHenTraMoi="2026-11-11T17:00:00"
        )
        note = "Thiếu bản vẽ; hẹn trả trước 17:00 09/11/2026; hẹn trả mới 17:00 11/11/2026"
        assert self.told(second, first) == (
            Suspension(Cause.SUPPLEMENT, at("2026-11-03T10:00"), at("2026-11-04T09:30"), note),
            Suspension(Cause.SUPPLEMENT, at("2026-11-05T08:30"), None, "Thiếu chữ ký"),
        )

    def test_one_listed_twice_is_one(self) -> None:
        assert len(self.told(bo_sung(got="20261104093000"), bo_sung(got="20261104093000"))) == 1

    def test_an_empty_one_is_none(self) -> None:
        assert self.told(bo_sung("", "", "")) == ()

    def test_what_was_asked_for_and_brought_before_the_receipt_interrupts_nothing(self) -> None:
        assert self.told(bo_sung("20261030100000", "20261101093000")) == ()

    def test_a_list_that_is_empty_as_a_text_is_not_told(self) -> None:
        assert "suspensions" not in facts([hoso(DanhSachHoSoBoSung="")])

    @pytest.mark.parametrize(
        ("listed", "reason"),
        [
            pytest.param(
                [bo_sung("", "20261104093000")], "thiếu NgayBoSung", id="brought and never asked for"
            ),
            pytest.param([bo_sung(got="20261101093000")], "kết thúc trước khi bắt đầu", id="brought before"),
            pytest.param([bo_sung("20261030100000")], "bắt đầu trước khi tiếp nhận", id="before the receipt"),
            pytest.param([bo_sung(), bo_sung("20261105083000")], "chồng nhau", id="two that last"),
            pytest.param([bo_sung("x")], "lần bổ sung 1: “x” không phải ngày", id="no date"),
            pytest.param("x", "không phải danh sách", id="a text"),
        ],
    )
    def test_an_impossible_list_sets_its_dossier_aside(self, listed: Any, reason: str) -> None:
        ((column, told),) = set_aside(read([hoso(DanhSachHoSoBoSung=listed)]))
        assert column == "DanhSachHoSoBoSung"
        assert reason in told


class TestProgress:
    def test_steps_are_stages(self) -> None:
        done = step(ThoiDiemXuLy="20261103160000", NgayKetThucTheoQuyDinh="20261104170000")
        reading = read(envelope(PROGRESS, step(unit="Sở Ví Dụ", start="20261103160000"), done))
        (reported,) = reading.reported
        start, until = at("2026-11-02T08:30"), at("2026-11-03T16:00")
        assert reported.adds
        assert reported.rows == 2
        assert reported.facts == {
            "stages": (
                Stage("Phòng Kinh tế", start, None, at("2026-11-04T17:00"), until),
                Stage("Sở Ví Dụ", until),
            )
        }

    def test_the_newer_flow(self) -> None:
        record = {"IDHoSo": "9f3c", "MaHoSo": "", "PhongBanXuLy": "P", "TrangThai": 4}
        record["NgayBatDau"] = "2026-11-02T07:47:28.329"
        (reported,) = read({"code": 200, "data": [record]}).reported
        assert reported.code == "9f3c"
        assert reported.facts["stages"] == (Stage("P", at("2026-11-02T07:47:28")),)

    def test_a_step_without_start_and_due_date_is_no_stage(self) -> None:
        reading = read(envelope(PROGRESS, step(start="", unit=""), step("H2", start="")))
        assert (reading.reported, reading.rejected) == ([], [])
        assert reading.warnings == [
            "goi.json: 2 bản ghi tiến độ không ghi ngày bắt đầu và hạn của chặng; được bỏ qua"
        ]

    @pytest.mark.parametrize(
        ("record", "column", "reason"),
        [
            pytest.param(step(""), "MaHoSo", "thiếu mã hồ sơ", id="no code"),
            pytest.param(step(unit=""), "PhongBanXuLy", "thiếu phòng ban", id="no unit"),
            pytest.param(step(start="x"), "NgayBatDau", "không phải ngày", id="no date"),
            pytest.param(
                step(start="", NgayKetThucTheoQuyDinh="20261104170000"), "NgayBatDau", "thiếu", id="no start"
            ),
            pytest.param(
                step(ThoiDiemXuLy="20261101"), "ThoiDiemXuLy", "trước khi bắt đầu", id="ends before"
            ),
            pytest.param(
                step(NgayKetThucTheoQuyDinh="20261101"),
                "NgayKetThucTheoQuyDinh",
                "trước khi bắt đầu",
                id="due before",
            ),
        ],
    )
    def test_a_bad_step_is_set_aside(self, record: Any, column: str, reason: str) -> None:
        ((blamed, told),) = set_aside(read(envelope(PROGRESS, record)))
        assert blamed == column
        assert reason in told

    def test_stages_join_in_whichever_order_they_come(self) -> None:
        start, later = at("2026-11-02T08:30"), at("2026-11-03T16:00")
        open_one, ended = Stage("P", start), Stage("P", start, finished_at=later)
        other = Stage("S", later)
        assert joined_stages([open_one], [ended, other]) == (ended, other)
        assert joined_stages([ended, other], [open_one]) == (ended, other)
        assert joined_stages([ended], [ended]) == (ended,)


def stored(desk: Desk) -> dict[str, Dossier]:
    with desk.open() as office, office.store.reading() as connection:
        rows = connection.execute(select(schema.dossier)).all()
        return {row.code: from_row(row._mapping) for row in rows}


def reasons(desk: Desk) -> list[str]:
    with desk.open() as office, office.store.reading() as connection:
        return [each.reason for each in rejections(connection, "dvcqg")]


class TestFolder:
    """Through `poll`, as an office does it: real files, the reader's own process, a database."""

    def test_records_then_progress_then_states(self, tmp_path: Path) -> None:
        desk = packet_desk(tmp_path)
        drop(desk, "a.json", envelope(RECORDS, hoso(DanhSachHoSoBoSung=[bo_sung(got="20261104093000")])))
        drop(desk, "b.json", envelope(PROGRESS, step(ThoiDiemXuLy="20261103160000")))
        drop(desk, "c.json", envelope(PROGRESS, step(unit="Sở Ví Dụ", start="20261103160000")))
        drop(desk, "d.json", envelope(STATES, {"MaHoSo": "H1", "TrangThai": "8"}))
        (desk.folder / "in" / "e.xlsx").write_bytes(b"not for this source")
        result = desk.poll()
        assert result.problems == []
        assert (result.taken, result.intake.new, result.intake.changed) == (
            ["a.json", "b.json", "c.json", "d.json"],
            1,
            3,
        )
        dossier = stored(desk)["H1"]
        assert dossier.status is Status.STOPPED
        assert dossier.received_at == at("2026-11-02T08:30")
        assert [each.unit for each in dossier.stages] == ["Phòng Kinh tế", "Sở Ví Dụ"]
        assert [each.ended_at for each in dossier.suspensions] == [at("2026-11-04T09:30")]

    def test_the_same_packets_again_change_nothing(self, tmp_path: Path) -> None:
        desk = packet_desk(tmp_path)
        drop(desk, "a.json", envelope(RECORDS, hoso()))
        drop(desk, "b.json", envelope(PROGRESS, step(), step(unit="Sở Ví Dụ", start="20261103160000")))
        desk.poll()
        drop(desk, "b2.json", envelope(PROGRESS, step()))
        drop(desk, "a2.json", envelope(RECORDS, {**hoso(), "GhiChu": "khác"}))
        result = desk.poll(NOW + timedelta(hours=1))
        assert (result.taken, result.intake.changed, result.intake.unchanged) == (
            ["b2.json", "a2.json"],
            0,
            2,
        )
        assert len(stored(desk)["H1"].stages) == 2

    def test_progress_waits_for_its_dossier(self, tmp_path: Path) -> None:
        desk = packet_desk(tmp_path)
        drop(desk, "a.json", envelope(PROGRESS, step()))
        assert desk.poll().intake.rejected == 1
        assert reasons(desk) == ["chưa có hồ sơ H1 trong dữ liệu; tệp được đọc lại khi hồ sơ này đến"]
        drop(desk, "b.json", envelope(RECORDS, hoso()))
        desk.poll(NOW + timedelta(hours=1))
        desk.poll(NOW + timedelta(hours=2))
        assert [each.unit for each in stored(desk)["H1"].stages] == ["Phòng Kinh tế"]
        assert reasons(desk) == []

    def test_a_state_makes_no_dossier(self, tmp_path: Path) -> None:
        desk = packet_desk(tmp_path)
        drop(desk, "a.json", envelope(STATES, {"MaHoSo": "H1", "TrangThai": "9"}))
        desk.poll()
        assert stored(desk) == {}
        assert "trạng thái của nó được nhận khi chính hồ sơ được gửi đến" in reasons(desk)[0]
        drop(desk, "b.json", envelope(RECORDS, hoso()))
        result = desk.poll(NOW + timedelta(hours=1))
        assert result.taken == ["b.json"]  # an old state must not undo what newer packets say
        assert stored(desk)["H1"].status is Status.PROCESSING

    def test_once_a_status_is_mapped_all_packets_that_stayed_are_read_again_in_order(
        self, tmp_path: Path
    ) -> None:
        kept = f"{SOURCE}keep_files = true\n"
        desk = packet_desk(tmp_path, kept)
        drop(desk, "a.json", envelope(RECORDS, hoso(), hoso("H2", "99")))
        drop(desk, "b.json", envelope(STATES, {"MaHoSo": "H1", "TrangThai": "5"}))
        assert desk.poll().intake.rejected == 1
        desk.configure(f'{kept}status_words = {{ "99" = "processing" }}\n', UNITS)
        assert desk.poll(NOW + timedelta(hours=1)).taken == ["a.json", "b.json"]
        found = stored(desk)
        assert (found["H1"].status, found["H2"].status) == (Status.SUPPLEMENT, Status.PROCESSING)
        assert reasons(desk) == []

    def test_a_bad_packet_fails_alone(self, tmp_path: Path) -> None:
        desk = packet_desk(tmp_path)
        drop(desk, "a.json", encoded(envelope(RECORDS, hoso()))[:200])
        drop(desk, "b.json", envelope(RECORDS, hoso("H2")))
        drop(desk, "c.json", b"[" * 1_000_000)
        result = desk.poll()
        assert [text.split(": ")[0] for text in result.problems] == ["a.json", "c.json"]
        assert list(stored(desk)) == ["H2"]

    def test_a_packet_that_needs_too_much_memory_is_refused(self, tmp_path: Path) -> None:
        desk = packet_desk(tmp_path, f"{SOURCE}max_memory_megabytes = 256\n")
        drop(desk, "a.json", b"[" + b"1," * 4_000_000 + b"1]")
        (problem,) = desk.poll().problems
        assert "cần hơn 256 MB bộ nhớ" in problem

    def test_a_packet_above_the_size_is_refused_unread(self, tmp_path: Path) -> None:
        desk = packet_desk(tmp_path, f"{SOURCE}max_megabytes = 1\n")
        drop(desk, "a.json", b" " * 1_100_000)
        (problem,) = desk.poll().problems
        assert "tệp lớn hơn 1 MB" in problem

    def test_many_records(self, tmp_path: Path) -> None:
        desk = packet_desk(tmp_path)
        drop(desk, "a.json", envelope(RECORDS, *(hoso(f"H{n}") for n in range(2500))))
        assert desk.poll().intake.new == 2500

    def test_a_promise_that_passed_is_late(self, tmp_path: Path) -> None:
        desk = packet_desk(tmp_path)
        drop(desk, "a.json", envelope(RECORDS, hoso(), hoso("H2", "9", NgayKetThucXuLy="20261106080000")))
        desk.poll()
        assert desk.late(Standing.OVERDUE) == ["H1"]

    def test_a_character_no_database_takes(self, tmp_path: Path) -> None:
        desk = packet_desk(tmp_path)
        drop(desk, "a.json", envelope(RECORDS, hoso(ChuHoSo="A\0B"), hoso("H2", "\0x")))
        result = desk.poll()
        assert (result.problems, result.intake.new, result.intake.rejected) == ([], 1, 1)
        assert stored(desk)["H1"].applicant == "AB"
