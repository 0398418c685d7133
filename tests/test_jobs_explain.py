"""What is known about one dossier's due date: its days, its interruptions, its letter, its units."""

import csv
import json
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from offices import NOW, SOURCE, Desk, desk_in, done, row
from typer.testing import CliRunner
from worlds import moment

from latewatch.cli.main import app
from latewatch.domain.account import interruptions
from latewatch.domain.standing import Standing
from latewatch.errors import StoreError
from latewatch.jobs.explain import Explanation, explain_dossier
from latewatch.jobs.letters.issue import issue_letter

EVENTS = """
[[sources]]
name = "su-kien"
folder = "events"
profile = "events"
settle_seconds = 0.0
"""
EVENT_HEADINGS = ("Mã hồ sơ", "Loại", "Từ", "Đến", "Đơn vị", "Thời hạn")


def explained(desk: Desk, code: str = "H1", at: datetime = NOW) -> Explanation:
    with desk.open() as office:
        return explain_dossier(office, code, at)


def told(desk: Desk, *rows: Sequence[str]) -> None:
    """Write a list of events (code, kind, from, to, unit, limit) and poll until it is taken in."""
    path = desk.folder / "events" / "e.csv"
    path.parent.mkdir(exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        table = [EVENT_HEADINGS, *((*each, *[""] * (6 - len(each))) for each in rows)]
        csv.writer(file).writerows(table)
    desk.stamp(path)
    desk.poll()


def shown(desk: Desk, *args: str, at: str = "2026-11-12T08:00") -> str:
    """What the command prints, its warnings with it."""
    result = CliRunner().invoke(
        app,
        ["explain", *args, "--at", at, "--config", str(desk.folder / "config.toml")],
        catch_exceptions=False,
    )
    assert result.exit_code == 0
    return result.output


def document(desk: Desk, code: str = "H1", at: str = "2026-11-12T08:00") -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(shown(desk, code, "--json", at=at))
    return answer


class TestExplanation:
    @pytest.fixture
    def desk(self, tmp_path: Path) -> Desk:
        made = desk_in(tmp_path / "office")
        made.export(
            "a.csv",
            [
                row("H1", "05/11/2026 09:30", limit="5", promised="16/11/2026"),
                row("H2", "02/11/2026", limit="3", promised="04/11/2026"),
                row("H3", "02/11/2026", promised="16/11/2026"),
                done("H4", "11/11/2026", "02/11/2026", limit="3"),
                row("H5", "02/11/2026", limit="3", promised="31/12/2099"),
            ],
        )
        made.poll()
        return made

    def test_each_day_is_counted_or_said_why_not(self, desk: Desk) -> None:
        found = explained(desk, "H1")
        assert found.case.due_on == date(2026, 11, 12)
        assert [(step.day.day, step.counted) for step in found.steps] == [
            (5, False),
            (6, True),
            (7, False),
            (8, False),
            (9, True),
            (10, True),
            (11, True),
            (12, True),
        ]
        assert "ngày tiếp nhận, không tính" in found.steps[0].why
        assert "nghỉ hằng tuần" in found.steps[2].why

    @pytest.mark.parametrize(
        ("code", "difference", "late", "standing"),
        [
            pytest.param("H1", 2, 0, Standing.DUE_SOON, id="promised two working days after the limit"),
            pytest.param("H2", -1, 5, Standing.OVERDUE, id="promised a day before it"),
            pytest.param("H3", None, 0, Standing.DUE_SOON, id="no limit known"),
            pytest.param("H4", None, 4, Standing.LATE, id="no promise, finished late"),
            pytest.param("H5", None, 5, Standing.OVERDUE, id="a promise beyond the calendar"),
        ],
    )
    def test_promised_against_computed(
        self, desk: Desk, code: str, difference: int | None, late: int, standing: Standing
    ) -> None:
        found = explained(desk, code)
        assert (found.difference, found.working_days_late, found.standing) == (difference, late, standing)

    def test_without_a_limit_there_are_no_days_to_show(self, desk: Desk) -> None:
        assert explained(desk, "H3").steps == []

    def test_the_changes_seen_are_told(self, desk: Desk) -> None:
        desk.assess("2026-11-13T00:00")
        assert [(change["before"], change["after"]) for change in explained(desk, "H1").changes] == [
            (None, "due-soon"),
            ("due-soon", "overdue"),
        ]

    def test_a_code_is_found_however_it_was_pasted(self, desk: Desk) -> None:
        assert explained(desk, "  H1\n").case.dossier.code == "H1"

    def test_a_code_nobody_knows(self, desk: Desk) -> None:
        with pytest.raises(StoreError, match="Không có hồ sơ H9"):
            explained(desk, "H9")

    def test_a_source_that_is_no_more_keeps_its_dossiers(self, desk: Desk) -> None:
        desk.configure(SOURCE.replace("xuat-tep", "khac"))
        assert explained(desk, "H1").case.unit == "Phòng Kinh tế"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An office whose events come in a list of their own."""
    made = desk_in(tmp_path / "office", EVENTS)
    (made.folder / "events").mkdir()
    return made


class TestInterruptions:
    def reported(self, desk: Desk, *events: Sequence[str], **facts: str) -> Explanation:
        desk.export("a.csv", [row("H1", "05/10/2026 09:30", **{"limit": "10", **facts})])
        desk.poll()
        told(desk, *(("H1", *event) for event in events))
        return explained(desk)

    @pytest.mark.parametrize(
        ("event", "due", "stood_still", "remark"),
        [
            pytest.param(("Yêu cầu bổ sung", "07/10/2026", "12/10/2026"), "2026-10-26", 3, "", id="a supplement restarts"),
            pytest.param(("Nghĩa vụ tài chính", "07/10/2026", "12/10/2026"), "2026-10-22", 3, "", id="an obligation pauses"),
            pytest.param(("Lấy ý kiến", "07/10/2026", "12/10/2026"), "2026-10-19", 0, "không làm dừng thời hạn", id="a consultation does not stop it"),
            pytest.param(("Yêu cầu bổ sung", "21/10/2026", "23/10/2026"), "2026-10-19", 0, "bắt đầu khi đã hết hạn", id="begun when it had run out"),
        ],
    )  # fmt: skip
    def test_each_with_what_it_did_or_why_nothing(
        self, desk: Desk, event: Sequence[str], due: str, stood_still: int, remark: str
    ) -> None:
        found = self.reported(desk, event)
        (each,) = interruptions(found.account)
        assert str(found.case.due_on) == due
        assert (each.moved, each.working_days) == (stood_still > 0, stood_still)
        assert remark in each.remark

    def test_an_open_supplement_has_no_due_date_and_says_when_it_lapses(self, desk: Desk) -> None:
        found = self.reported(desk, ("Yêu cầu bổ sung", "09/11/2026", ""), limit="30")
        assert found.case.due_on is None
        assert found.against_due is None
        text = shown(desk, "H1")
        assert "Hạn theo quy định: chưa có, thời hạn đang dừng" in text
        assert "Bổ sung chậm nhất hết ngày thứ Ba 24/11/2026" not in text, "24/11 is a holiday"
        assert "Bổ sung chậm nhất hết ngày thứ Tư 25/11/2026 (15 ngày, NĐ 118/2025 Đ19.5)." in text
        assert "Đã quá ngày này" not in text
        assert "Đã quá ngày này: chờ đóng hồ sơ." in shown(desk, "H1", at="2026-11-26T08:00")

    def test_without_a_limit_it_is_told_and_nothing_is_claimed(self, desk: Desk) -> None:
        self.reported(desk, ("Yêu cầu bổ sung", "09/11/2026", ""), limit="")
        text = shown(desk, "H1")
        assert "yêu cầu bổ sung 09/11/2026–chưa xong: chưa tính được hạn nên chưa biết ảnh hưởng." in text
        assert "Đang chờ từ 09/11/2026." in text

    def test_what_still_lasts_ends_with_the_finish(self, desk: Desk) -> None:
        desk.export("a.csv", [done("H1", "16/10/2026 15:00", "05/10/2026", limit="20")])
        desk.poll()
        told(desk, ("H1", "Nghĩa vụ tài chính", "07/10/2026", ""))
        (each,) = interruptions(explained(desk).account)
        assert each.remark == "kết thúc cùng lúc giải quyết xong hồ sơ"

    def test_what_only_the_polls_saw_is_marked_so(self, desk: Desk) -> None:
        desk.export("a.csv", [row("H1", "02/11/2026", limit="20")])
        desk.poll("2026-11-03T08:00")
        desk.export("b.csv", [row("H1", "02/11/2026", "Yêu cầu bổ sung", limit="20")])
        desk.poll("2026-11-05T08:00")
        desk.export("c.csv", [row("H1", "02/11/2026", limit="20"), row("H2")])
        desk.poll("2026-11-09T08:00")
        assert document(desk)["suspensions"][0]["is_observed"] is True
        assert "(theo lần lấy dữ liệu, nguồn không ghi): tính lại từ đầu" in shown(desk, "H1")


class TestRulesAndLimit:
    def test_the_rules_that_held_are_one_line(self, desk: Desk) -> None:
        desk.configure(SOURCE, EVENTS, '[clock]\nends = "working time"\nsupplement = "pause"\n')
        desk.export("a.csv", [row("H1", limit="5")])
        desk.poll()
        (line,) = [line for line in shown(desk, "H1").splitlines() if line.startswith("Quy tắc: ")]
        assert "cùng giờ làm việc của ngày cuối; yêu cầu bổ sung: tạm dừng rồi tính tiếp" in line
        assert document(desk)["rules"]["effects"]["supplement"] == "pause"

    def test_two_limits_are_both_shown_and_which_decides(self, desk: Desk) -> None:
        listed = '[[procedures]]\ncode = "1.000001"\nlimit = "7d"\n'
        desk.configure(SOURCE, EVENTS, listed)
        desk.export("a.csv", [row("H1", limit="10", procedure_code="1.000001")])
        desk.poll()
        answer = document(desk)
        assert (answer["limit"], answer["limit_from"]) == ("10d", "hồ sơ")
        for words in ("10 ngày làm việc", "07 ngày làm việc", "đang tính theo hồ sơ"):
            assert words in answer["disagreement"]
        assert f"Thời hạn ghi khác nhau: {answer['disagreement']}." in shown(desk, "H1")

    def test_where_they_agree_nothing_is_said(self, desk: Desk) -> None:
        desk.export("a.csv", [row("H1", limit="10")])
        desk.poll()
        assert document(desk)["disagreement"] is None
        assert "khác nhau" not in shown(desk, "H1")


class TestTheNewDate:
    """NĐ 118/2025, Điều 19.6: one new date, which stands beside the original one."""

    @pytest.fixture
    def issued(self, desk: Desk) -> Desk:
        desk.export("a.csv", [row("H1", "05/10/2026", limit="10")])
        desk.poll()
        desk.draft(code="H1", new_date=date(2026, 11, 19))
        with desk.open() as office:
            issue_letter(office, "H1", NOW.date(), NOW, by="thử")
        return desk

    def test_both_dates_and_how_it_stands_against_each(self, issued: Desk) -> None:
        answer = document(issued)
        assert (answer["due_on"], answer["revised_on"]) == ("2026-10-19", "2026-11-19")
        assert answer["letter_on"] == "2026-11-12"
        assert (answer["against_due"]["is_late"], answer["against_due"]["working_days"]) == (True, 18)
        assert (answer["against_revised"]["is_late"], answer["against_revised"]["working_days"]) == (False, 5)
        text = shown(issued, "H1")
        assert "Hạn ban đầu: hết ngày thứ Hai 19/10/2026 – đã quá hạn 18 ngày làm việc." in text
        assert "Hẹn lại: hết ngày thứ Năm 19/11/2026 (văn bản xin lỗi ngày 12/11/2026, NĐ 118/2025 Đ19.6) – còn 5 ngày làm việc." in text  # fmt: skip

    def test_once_it_is_done_the_finish_is_measured(self, issued: Desk) -> None:
        issued.export("b.csv", [done("H1", "18/11/2026", "05/10/2026", limit="10")])
        issued.poll("2026-11-20T08:00")
        text = shown(issued, "H1", at="2026-11-30T08:00")
        assert "xong quá hạn 22 ngày làm việc" in text
        assert "xong trước hạn 1 ngày làm việc" in text

    def test_a_draft_names_no_new_date(self, desk: Desk) -> None:
        desk.export("a.csv", [row("H1", "05/10/2026", limit="10")])
        desk.poll()
        desk.draft(code="H1")
        assert document(desk)["revised_on"] is None
        assert "Hẹn lại" not in shown(desk, "H1")


class TestStages:
    """NĐ 118/2025, Điều 20.2: each unit has its own limit."""

    ROWS = (
        ("H1", "Chặng", "02/11/2026", "05/11/2026", "Phòng Kinh tế", "2"),
        ("H1", "Chặng", "05/11/2026", "", "Phòng Văn hóa - Xã hội", "3"),
    )

    def in_two_units(self, desk: Desk, *facts: Any) -> dict[str, Any]:
        desk.export("a.csv", [*facts] or [row("H1", limit="15")])
        desk.poll()
        told(desk, *self.ROWS)
        return document(desk)

    def test_who_holds_it_and_who_used_up_the_time(self, desk: Desk) -> None:
        answer = self.in_two_units(desk)
        assert answer["holder"] == "Phòng Văn hóa - Xã hội"
        assert answer["at_fault"] == ["Phòng Văn hóa - Xã hội", "Phòng Kinh tế"]
        assert [
            (each["standing"], each["working_days_used"], each["working_days_over"])
            for each in answer["stages"]
        ] == [("stage late", 3, 1), ("stage overdue", 5, 2)]

    def test_each_day_names_its_unit_on_a_transfer_both(self, desk: Desk) -> None:
        by_day = {step["date"]: step["stages"] for step in self.in_two_units(desk)["trace"]}
        assert by_day["2026-11-04"] == ["Phòng Kinh tế"]
        assert by_day["2026-11-05"] == ["Phòng Kinh tế", "Phòng Văn hóa - Xã hội"]
        assert by_day["2026-11-06"] == ["Phòng Văn hóa - Xã hội"]

    def test_the_table_for_people(self, desk: Desk) -> None:
        self.in_two_units(desk)
        text = shown(desk, "H1")
        assert "Đang giữ hồ sơ: Phòng Văn hóa - Xã hội, từ 05/11/2026." in text
        assert "Dùng quá thời hạn của mình: Phòng Văn hóa - Xã hội (2 ngày làm việc), Phòng Kinh tế (1 ngày làm việc)." in text  # fmt: skip

    def test_nobody_holds_what_is_done(self, desk: Desk) -> None:
        answer = self.in_two_units(desk, done("H1", "06/11/2026", limit="15"))
        assert answer["holder"] is None
        assert answer["stages"][1]["working_days_used"] == 1


class TestJson:
    def test_the_keys_of_before_are_still_there(self, desk: Desk) -> None:
        desk.export("a.csv", [row("H1", limit="5", promised="11/11/2026")])
        desk.poll()
        assert {
            "code", "unit", "procedure", "received_at", "limit", "limit_from", "due_on", "due_at", "basis",
            "promised_on", "computed_on", "difference_working_days", "standing", "working_days_late", "letter",
            "letter_until", "calendar", "problem", "trace", "changes",
        } <= set(document(desk))  # fmt: skip

    def test_names_of_people_are_not_in_it(self, desk: Desk) -> None:
        desk.export("a.csv", [row("H1", limit="5", applicant="Nguyễn Văn Ví Dụ", phone="0900000123")])
        desk.poll()
        for text in (shown(desk, "H1"), shown(desk, "H1", "--json")):
            assert "Nguyễn" not in text
            assert "0900000123" not in text

    def test_the_instant_is_the_one_asked_for(self, desk: Desk) -> None:
        desk.export("a.csv", [row("H1", limit="5")])
        desk.poll()
        assert document(desk, at="2026-11-09T08:00")["standing"] == "due-soon"
        at = moment("2026-11-10T08:00")
        assert at is not None
        assert explained(desk, at=at).working_days_late == 1
