"""One story, told with the commands a desk uses: from the export to the letter and the month's table."""

import json
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from freezegun import freeze_time
from pdf_pages import pages_of
from typer.testing import CliRunner

from latewatch.cli.main import app

CONFIG = """
[office]
name = "UBND xã Ví Dụ"
governing_body = "UBND tỉnh Mẫu"
issuing_body = "UBND xã Ví Dụ"
place = "Ví Dụ"
signer_title = "Chủ tịch"
desk_name = "Trung tâm Phục vụ hành chính công xã Ví Dụ"

[[units]]
code = "PKT"
name = "Phòng Kinh tế"
signer_title = "Trưởng phòng"
letter_symbol = "PXL-PKT"

[[desks]]
code = "quay"
name = "Quầy một cửa"
mail_to = ["phu-trach@example.com"]

[[sources]]
name = "xuat-tep"
folder = "in"
settle_seconds = 0.0

[letters]
reason = "chưa nhận được ý kiến của cơ quan phối hợp"
"""

HEAD = (
    "Số hồ sơ,Tên thủ tục hành chính,Tên lĩnh vực,Phòng ban,Ngày tiếp nhận,Ngày hẹn trả,"
    "Ngày kết thúc xử lý,Chủ hồ sơ,Trạng thái hồ sơ,Số ngày giải quyết,Hình thức nộp\n"
)
HOUSEHOLD = "Đăng ký thành lập hộ kinh doanh,Hộ kinh doanh,Phòng Kinh tế"
LATE = "H99-261030-0001"  # 5 working days from Friday 30/10: due Friday 6/11
KEPT = "H99-261102-0002"  # 3 working days from Monday 2/11: due Thursday 5/11

FIRST_EXPORT = HEAD + (
    f"{LATE},{HOUSEHOLD},30/10/2026 09:30,06/11/2026,,Nguyễn Văn Ví Dụ,Đang giải quyết,5,Trực tiếp\n"
    f"{KEPT},{HOUSEHOLD},02/11/2026 14:00,05/11/2026,,Trần Thị Thí Dụ,Đang giải quyết,3,Trực tuyến toàn trình\n"
    f"H99-261103-0003,{HOUSEHOLD},31/02/2026,05/11/2026,,Lê Văn Mẫu,Đang giải quyết,3,Trực tiếp\n"
)
SECOND_EXPORT = HEAD + (
    f"{LATE},{HOUSEHOLD},30/10/2026 09:30,06/11/2026,10/11/2026 10:00,Nguyễn Văn Ví Dụ,Đã xử lý xong,5,Trực tiếp\n"
    f"{KEPT},{HOUSEHOLD},02/11/2026 14:00,05/11/2026,04/11/2026 16:00,Trần Thị Thí Dụ,Đã trả kết quả,3,Trực tuyến toàn trình\n"
)

TOML = ["tomllib", "latewatch.calendars"]  # the dates in a TOML file are no clock


class Desk:
    """The office as its supervisor uses it: commands in, what they print out."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "in").mkdir()
        (folder / "config.toml").write_text(CONFIG, encoding="utf-8")

    def export(self, name: str, text: str) -> None:
        (self.folder / "in" / name).write_text(text, encoding="utf-8")

    def run(self, *args: str, at: str = "", exit_code: int = 0) -> str:
        command = [*args, "--config", str(self.folder / "config.toml"), *(("--at", at) if at else ())]
        result = CliRunner().invoke(app, command)
        if result.exception and not isinstance(result.exception, SystemExit):
            assert exit_code == 1, result.exception
            return str(result.exception)
        assert result.exit_code == exit_code, result.output
        return result.stdout

    def json(self, *args: str, at: str = "", exit_code: int = 0):
        return json.loads(self.run(*args, "--json", at=at, exit_code=exit_code))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_from_the_export_to_the_letter_and_the_table(desk: Desk) -> None:
    # Tuesday: the export arrives. One row has a date that does not exist; it is set aside, the others go in.
    desk.export("ngay-1.csv", FIRST_EXPORT)
    taken = desk.json("poll", at="2026-11-03T08:00")["xuat-tep"]
    assert {name: taken[name] for name in ("read", "new", "changed", "unchanged", "rejected")} == {
        "read": 3,
        "new": 2,
        "changed": 0,
        "unchanged": 0,
        "rejected": 1,
    }
    assert "31/02/2026" in desk.run("check", at="2026-11-03T08:00")
    assert desk.json("late", at="2026-11-03T08:00") == []

    # The law wants the apology out before the day of expiry, and the desk can see until when.
    assert desk.json("explain", LATE, at="2026-11-03T08:00")["letter_until"] == "2026-11-05"

    # Thursday morning: one is due today, one tomorrow, and for both the letter must go out now.
    made = desk.json("letters", "draft", at="2026-11-05T07:00")
    assert [letter["code"] for letter in made] == [LATE, KEPT]
    assert [letter["new_date"] for letter in made] == ["2026-11-13", "2026-11-12"]
    (page,) = pages_of(Path(made[0]["path"]))
    text = page.text
    assert "Nguyễn Văn Ví Dụ" in text
    assert "TRƯỞNG PHÒNG" in text
    assert "chưa nhận được ý kiến của cơ quan phối hợp" in text
    assert "13/11/2026" in text or "13 tháng 11 năm 2026" in text

    # The second one was in fact finished on Wednesday: its draft goes when the desk knows it.
    # Monday: the first one is overdue since Friday's end.
    desk.export(
        "ngay-2.csv",
        SECOND_EXPORT.replace("10/11/2026 10:00", "").replace("Đã xử lý xong", "Đang giải quyết"),
    )
    changed = desk.json("poll", at="2026-11-09T07:00")["xuat-tep"]
    assert (changed["new"], changed["changed"], changed["unchanged"]) == (0, 1, 1)
    (late,) = desk.json("late", at="2026-11-09T08:00")
    assert (late["code"], late["unit"], late["due_on"], late["working_days_late"], late["letter"]) == (
        LATE,
        "Phòng Kinh tế",
        "2026-11-06",
        1,
        {"state": "draft", "dated": "2026-11-05"},
    )
    still = desk.json("letters", "draft", at="2026-11-09T07:05")
    assert [(letter["code"], letter["is_new"]) for letter in still] == [(LATE, False)]
    assert not Path(made[1]["path"]).exists()
    assert "không quá một lần" in desk.run(
        "letters", "draft", "--code", LATE, at="2026-11-09T07:05", exit_code=1
    )

    # It was signed and sent on Thursday, in time; the desk notes it, once.
    issued = desk.json(
        "letters", "issue", LATE, "--by", "thử", "--dated", "2026-11-05", at="2026-11-09T07:10"
    )
    assert (issued["issued_on"], issued["is_late"]) == ("2026-11-05", False)
    again = ("letters", "issue", LATE, "--by", "thử")
    assert "không quá một lần" in desk.run(*again, at="2026-11-09T07:10", exit_code=1)
    assert desk.json("letters", "draft", at="2026-11-09T07:10") == []

    # The digest says so, once.
    (sent,) = desk.json("digest", "--send", at="2026-11-09T07:30")
    assert sent["outcome"] == "sent"
    assert sent["subject"] == "[Một cửa] 09/11: 1 trễ mới · 1 đang trễ · 0 đến hạn hôm nay"
    mail = message_from_bytes(Path(sent["delivered_to"]).read_bytes(), policy=policy.default)
    assert mail["To"] == "phu-trach@example.com"
    body = mail.get_body(("plain",)).get_content()
    assert LATE in body
    assert "Nguyễn Văn Ví Dụ" not in body
    (again,) = desk.json("digest", "--send", at="2026-11-09T09:00")
    assert again["outcome"] == "sent-before"
    assert len(list((desk.folder / "outbox").glob("*.eml"))) == 1

    # Tuesday: the first one is finished, two working days late.
    desk.export("ngay-3.csv", SECOND_EXPORT)
    desk.run("poll", at="2026-11-11T07:00")
    assert desk.json("late", at="2026-11-11T08:00") == []
    story = desk.json("explain", LATE, at="2026-11-11T08:00")
    assert (story["standing"], story["working_days_late"], story["promised_on"]) == ("late", 2, "2026-11-06")
    assert [step["date"] for step in story["trace"] if step["counted"]] == [
        "2026-11-02",
        "2026-11-03",
        "2026-11-04",
        "2026-11-05",
        "2026-11-06",
    ]
    assert [(c["before"], c["after"]) for c in story["changes"]] == [
        (None, "within"),
        ("within", "due-soon"),
        ("due-soon", "overdue"),
        ("overdue", "late"),
    ]

    # The month 15/10-14/11: two received, one early, one late that had its letter.
    table = desk.json("tally", "--month", "2026-11", at="2026-11-16T08:00")
    assert table["period"]["from"] == "2026-10-15"
    assert table["period"]["to"] == "2026-11-14"
    (row,) = table["rows"]
    assert row == {
        "label": "Hộ kinh doanh",
        **dict.fromkeys([f"c{n}" for n in range(3, 16)], 0),
        "c3": 2,
        "c4": 1,
        "c7": 1,
        "c9": 2,
        "c10": 1,
        "c12": 1,
    }
    assert table["rates"][0]["value"] == 50.0
    sheet = desk.folder / "thang-11.xlsx"
    units = desk.json(
        "tally", "--month", "2026-11", "--form", "units", "--xlsx", str(sheet), at="2026-11-16T08:00"
    )
    assert units["total"]["late_with_letter"] == 1
    assert sheet.stat().st_size > 5000

    # The month after has nothing to divide by, and says so.
    empty = desk.json("tally", "--month", "2026-12", at="2026-12-16T08:00")
    assert empty["rows"] == []
    assert {(rate["value"], rate["shown"]) for rate in empty["rates"]} == {(None, "không có dữ liệu")}


def test_without_at_the_clock_of_vietnam_decides(desk: Desk) -> None:
    """At 17:30 UTC on Friday it is Saturday 00:30 in Vietnam: what was due on Friday is overdue."""
    desk.export("ngay-1.csv", FIRST_EXPORT)
    with freeze_time("2026-11-06 17:30:00", ignore=TOML):
        desk.run("poll")
        late = {row["code"]: row["working_days_late"] for row in desk.json("late")}
    assert late == {KEPT: 1, LATE: 0}
    with freeze_time("2026-11-06 16:30:00", ignore=TOML):
        assert [row["code"] for row in desk.json("late")] == [KEPT]


def test_a_dead_clock_is_refused(desk: Desk) -> None:
    with freeze_time("1970-01-01 00:00:00", ignore=TOML):
        assert "Đồng hồ của máy" in desk.run("late", exit_code=1)
