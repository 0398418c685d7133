"""The check: each finding says what is not well and the cure, and what is well is said too."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from offices import DESKS, EVENTS, NOW, SOURCE, UNITS, Desk, Inbox, desk_in, mail_at, row
from worlds import moment

from latewatch.app import smtp_server
from latewatch.jobs.check import Level, check_office

TABLE = '[[procedures]]\nname = "Thủ tục Ví Dụ"\nlimit = "5d"\n'


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return desk_in(tmp_path / "office", DESKS, TABLE)


def found(desk: Desk, about: str, at: datetime | str = NOW) -> list[tuple[str, str]]:
    """Return level and text of the findings about one thing."""
    instant = moment(at) if isinstance(at, str) else at
    assert instant
    with desk.open() as office:
        smtp = smtp_server(office.settings) if office.settings.mail.host else None
        findings = check_office(office, instant, smtp)
    return [(each.level.value, each.text) for each in findings if each.about.startswith(about)]


def levels(findings: list[tuple[str, str]]) -> list[str]:
    return [level for level, _ in findings]


def test_a_healthy_office_has_nothing_bad(desk: Desk) -> None:
    desk.export("a.csv", [row("H1", "11/11/2026", promised="30/11/2026")])
    desk.poll()
    with desk.open() as office:
        findings = check_office(office, NOW, None)
    assert {each.level for each in findings if not each.about.startswith("lịch")} == {Level.OK}
    assert [each.about for each in findings if each.level is Level.OK] == [
        "lịch làm việc",
        "nguồn xuat-tep",
        "dữ liệu",
        "thư xin lỗi",
        "thư điện tử",
    ]


class TestCalendar:
    def test_years_not_yet_confirmed(self, desk: Desk) -> None:
        findings = found(desk, "lịch")
        assert levels(findings) == ["warning"] * (len(findings) - 1) + ["ok"]
        assert any("2027 mới là dự kiến" in text for _, text in findings)
        assert "01/01/2021–31/12/2027" in findings[-1][1]

    def test_a_year_before_its_end_the_next_is_asked_for(self, desk: Desk) -> None:
        assert "hãy thêm tệp 2028.toml" not in str(found(desk, "lịch", "2026-12-31"))
        level, text = found(desk, "lịch", "2027-01-01T08:00")[0]
        assert level == "warning"
        assert "lịch chỉ đến 31/12/2027" in text
        assert "2028.toml" in text

    def test_after_its_end_the_rest_is_still_checked(self, desk: Desk) -> None:
        desk.export("a.csv", [row("H1")])
        desk.poll()
        assert levels(found(desk, "lịch", "2028-01-03"))[0] == "bad"
        assert levels(found(desk, "dữ liệu", "2028-01-03")) == ["ok"]
        assert levels(found(desk, "nguồn", "2028-01-03")) == ["ok"]


class TestSources:
    def test_nothing_was_taken_yet(self, desk: Desk) -> None:
        assert found(desk, "nguồn") == [("warning", "chưa lấy được tệp nào; chạy latewatch poll")]
        assert found(desk, "dữ liệu") == [("warning", "chưa nguồn nào có dữ liệu; chạy latewatch poll")]

    def test_a_file_that_was_taken(self, desk: Desk) -> None:
        desk.export("a.csv", [row("H1")])
        desk.poll()
        assert found(desk, "nguồn") == [("ok", "a.csv, lấy lúc 08:00 12/11/2026")]
        assert found(desk, "dữ liệu") == [("ok", "cập nhật đến 08:00 12/11/2026")]

    def test_a_folder_that_went_away_is_seen_at_once_and_said_once(self, desk: Desk) -> None:
        (desk.folder / "in").rmdir()
        before = found(desk, "nguồn")
        assert before[0][0] == "bad"
        assert "hãy tạo, hoặc sửa khóa folder" in before[0][1]
        desk.poll()
        assert found(desk, "nguồn") == before

    def test_a_file_that_cannot_be_read(self, desk: Desk) -> None:
        (desk.folder / "in" / "x.csv").write_text("không có gì\n", encoding="utf-8")
        desk.poll()
        level, text = found(desk, "nguồn")[0]
        assert level == "bad"
        assert text.startswith("x.csv: ")

    def test_every_row_set_aside_is_named(self, desk: Desk) -> None:
        desk.export("a.csv", [row(f"H{n}", "31/02/2026") for n in range(23)])
        desk.poll()
        findings = found(desk, "nguồn")
        assert levels(findings) == ["ok"] + ["warning"] * 25
        assert findings[1][1].endswith("lấy ra tệp để sửa rồi nhập lại: latewatch import rejected 1")
        assert findings[2][1].startswith("a.csv: 23 trên 23 dòng bị gác lại (100 %), quá 5 %")
        assert findings[3][1].startswith("a.csv, dòng 2, cột “Ngày tiếp nhận”: hồ sơ H0: “31/02/2026”")

    def test_a_column_that_was_lost(self, desk: Desk) -> None:
        desk.export("ngay-1.csv", [row("H1")])
        desk.export("ngay-2.csv", [row("H2")], columns=[name for name in desk.columns if name != "promised"])
        desk.poll()
        assert (
            "warning",
            "ngay-2.csv: thiếu cột “Ngày hẹn trả” mà các tệp trước có; giá trị đã lưu của cột được giữ nguyên; "
            "xuất lại cho đủ cột; cột chỉ đổi tên thì khai tên mới vào headings của nguồn",
        ) in found(desk, "nguồn")

    def test_data_that_grew_old(self, desk: Desk) -> None:
        desk.export("a.csv", [row("H1")])
        desk.poll()
        findings = found(desk, "nguồn", NOW + timedelta(days=1, minutes=1))
        assert findings[-1] == (
            "bad",
            "chưa có dữ liệu mới từ 08:00 thứ Năm 12/11/2026: đã 8,1 giờ làm việc, quá 8 giờ; kiểm tra việc xuất "
            "tệp vào thư mục nhận, rồi chạy latewatch poll",
        )


class TestData:
    def test_units_the_office_did_not_declare(self, desk: Desk) -> None:
        names = ["Phòng Kinh tế", "P. Kinh tế", "PVH", "Phòng Nào Đó", "Phòng Nào Đó", ""]
        desk.export("a.csv", [row(f"H{n}", unit=unit) for n, unit in enumerate(names)])
        desk.poll()
        assert found(desk, "đơn vị") == [
            (
                "warning",
                "“Phòng Nào Đó” (2 hồ sơ) chưa khai trong [[units]]; thêm đơn vị, hoặc thêm tên vào aliases",
            ),
            (
                "warning",
                "“(trống)” (1 hồ sơ) chưa khai trong [[units]]; thêm đơn vị, hoặc thêm tên vào aliases",
            ),
        ]

    def test_an_office_without_units_is_not_told_of_all_of_them(self, desk: Desk) -> None:
        desk.configure(SOURCE)
        desk.export("a.csv", [row("H1", unit="Phòng Nào Đó")])
        desk.poll()
        assert found(desk, "đơn vị") == []

    def test_every_procedure_without_a_limit_is_named(self, desk: Desk) -> None:
        desk.export("a.csv", [row(f"H{n}", procedure=f"Ví dụ {n:02}") for n in range(22)])
        desk.poll()
        findings = found(desk, "thời hạn")
        assert findings[0] == (
            "warning",
            "Ví dụ 00: 1 hồ sơ không tính được hạn: không rõ thời hạn giải quyết; nhập danh mục bằng latewatch "
            "procedures import, hoặc khai trong [[procedures]]",
        )
        assert len(findings) == 22


class TestInterruptions:
    def test_dossiers_to_be_closed_are_counted_and_named(self, desk: Desk) -> None:
        desk.configure(SOURCE, EVENTS, UNITS, TABLE)
        asked = {"H1": "29/10/2026", "H2": "26/10/2026", "H3": "03/11/2026"}
        desk.export("a.csv", [row(code, "26/10/2026", status="Yêu cầu bổ sung") for code in asked])
        desk.tell("b.csv", *((code, "Yêu cầu bổ sung", day) for code, day in asked.items()))
        desk.poll()
        assert found(desk, "chờ bổ sung", "2026-11-17T08:00") == [
            ("warning", "2 hồ sơ quá 15 ngày không bổ sung: đóng hồ sơ (NĐ 118/2025 Đ19.5)"),
            ("warning", "H2: yêu cầu bổ sung 26/10/2026, hết hạn bổ sung 10/11/2026"),
            ("warning", "H1: yêu cầu bổ sung 29/10/2026, hết hạn bổ sung 13/11/2026"),
        ]
        assert found(desk, "chờ bổ sung", "2026-11-10T23:59") == []

    def test_a_procedure_may_give_more_time(self, desk: Desk) -> None:
        longer = '[[procedures]]\nname = "Thủ tục Dài"\nlimit = "5d"\nclose_after_days = 7\n'
        desk.configure(SOURCE, EVENTS, UNITS, TABLE, longer)
        desk.export("a.csv", [row("H1", "26/10/2026"), row("H2", "26/10/2026", procedure="Thủ tục Dài")])
        desk.tell("b.csv", *((code, "Yêu cầu bổ sung", "26/10/2026") for code in ("H1", "H2")))
        desk.poll()
        first, second, _ = found(desk, "chờ bổ sung")
        assert "2 hồ sơ quá thời hạn bổ sung không bổ sung" in first[1]
        assert second[1] == "H2: yêu cầu bổ sung 26/10/2026, hết hạn bổ sung 02/11/2026"

    def test_an_interruption_that_cannot_be_is_named_by_its_dossier(self, desk: Desk) -> None:
        """Here the receipt was corrected after the list of events was taken."""
        desk.configure(SOURCE, EVENTS, UNITS, TABLE)
        desk.export("a.csv", [row("H1", "02/11/2026"), row("H2", "02/11/2026")])
        desk.tell("b.csv", ("H1", "Tạm dừng", "04/11/2026", "05/11/2026"))
        desk.poll()
        assert found(desk, "tạm dừng") == []
        desk.export("c.csv", [row("H1", "09/11/2026 09:30")])
        desk.poll()
        assert found(desk, "tạm dừng") == [
            (
                "warning",
                "H1: tạm dừng 04/11/2026–05/11/2026: bắt đầu trước khi tiếp nhận hồ sơ (09:30 09/11/2026); "
                "chưa tính được hạn, hãy sửa ở hệ thống một cửa rồi xuất lại",
            )
        ]
        assert found(desk, "thời hạn") == []

    def test_a_list_of_events_without_news_does_not_make_the_data_old(self, desk: Desk) -> None:
        desk.configure(SOURCE, EVENTS, UNITS, TABLE)
        desk.export("a.csv", [row("H1")])
        desk.tell("b.csv", ("H1", "Tạm dừng", "04/11/2026", "05/11/2026"))
        desk.poll()
        desk.export("c.csv", [row("H1"), row("H2")])
        desk.poll(NOW + timedelta(days=1))
        assert levels(found(desk, "dữ liệu", NOW + timedelta(days=1))) == ["ok"]


class TestMail:
    def test_without_a_server_the_outbox_is_named(self, desk: Desk) -> None:
        assert found(desk, "thư điện tử") == [
            ("ok", "không đặt mail.host: bản tin ghi vào thư mục paths.outbox")
        ]

    def test_a_server_that_answers(self, desk: Desk) -> None:
        with Inbox() as inbox:
            desk.configure(SOURCE, UNITS, mail_at(inbox.port))
            assert found(desk, "thư điện tử") == [("ok", f"kết nối được 127.0.0.1:{inbox.port}")]
            assert inbox.messages == []

    def test_a_server_that_does_not(self, desk: Desk) -> None:
        desk.configure(SOURCE, UNITS, mail_at(1))
        level, text = found(desk, "thư điện tử")[0]
        assert level == "bad"
        assert "kiểm tra mail.host, mail.port" in text

    def test_a_digest_that_failed(self, desk: Desk) -> None:
        desk.configure(SOURCE, UNITS, DESKS, mail_at(1))
        desk.export("a.csv", [row("H1")])
        desk.poll()
        desk.send()
        assert levels(found(desk, "bản tin quay-1 12/11/2026")) == ["bad"]
        desk.configure(SOURCE, UNITS, DESKS)
        desk.send(NOW + timedelta(days=1))
        assert found(desk, "bản tin") == []
