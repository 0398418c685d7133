"""`latewatch calendar` as it is typed: what it prints, as text and as JSON, and its exit codes."""

import json
from pathlib import Path
from typing import Any

import pytest
from offices import Desk, desk_in, done, row
from typer.testing import CliRunner, Result

from latewatch.cli.main import app, run

AT = "2026-11-12T08:00"
STORM = (
    "set",
    "2026-11-19",
    "--kind",
    "day off",
    "--title",
    "Nghỉ bão",
    "--source",
    "CV 1/VD",
    "--layer",
    "province",
)
WRITE = ("--commit", "--reason", "bão số 9", "--author", "Lê Thị Mẫu")
YEAR = """
year = 2028
status = "đã xác nhận"
sources = ["TB 0000/TB-VD"]
days = [{ day = 2028-01-03, kind = "in lieu", title = "Nghỉ bù", source = "TB 0000/TB-VD" }]
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = desk_in(tmp_path / "office")
    rows = [
        row("A", limit="15 ngày"),
        row("B", "10/11/2026", limit="5 ngày"),
        done("C", "05/11/2026", limit="5 ngày"),
    ]
    desk.export("a.csv", rows)
    desk.poll()
    return desk


def calendar(desk: Desk, *words: str, at: str = AT) -> Result:
    at_words = ("--at", at) if at and words[0] not in ("history", "suggest") else ()
    return CliRunner().invoke(
        app, ["calendar", *words, *at_words, "--config", str(desk.folder / "config.toml")]
    )


def said(desk: Desk, *words: str, at: str = AT) -> str:
    result = calendar(desk, *words, at=at)
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


def told(desk: Desk, *words: str) -> Any:
    return json.loads(said(desk, *words, "--json"))


def refused(desk: Desk, *words: str) -> str:
    result = calendar(desk, *words)
    assert result.exit_code == 1
    return str(result.exception)


class TestSet:
    def test_without_commit_it_shows_and_writes_nothing(self, desk: Desk) -> None:
        text = said(desk, *STORM)
        for line in (
            "Lịch bản 0 → bản 1 (xem trước, chưa ghi)",
            "ngày 19/11/2026 (tầng tỉnh): ngày nghỉ khác, Nghỉ bão, CV 1/VD",
            "Hồ sơ đổi hạn: 1 (sớm hơn 0, muộn hơn 1).",
            "  A: 23/11/2026 → 25/11/2026",
            "Thành quá hạn: 0.",
            "Báo cáo đã chốt theo lịch cũ, nay đọc khác: 0.",
            "Chưa ghi gì.",
        ):
            assert line in text
        assert "cơ quan chưa sửa gì" in said(desk, "history")

    def test_with_commit_it_is_a_version(self, desk: Desk) -> None:
        assert "(đã ghi)" in said(desk, *STORM, *WRITE)
        assert said(desk, "history").splitlines()[0] == "Bản 1: Lê Thị Mẫu, 08:00 12/11/2026, bão số 9"
        (version,) = told(desk, "history")
        assert version["made_at"] == "2026-11-12T08:00:00+07:00"
        explained = CliRunner().invoke(
            app, ["explain", "A", "--config", str(desk.folder / "config.toml"), "--at", AT]
        )
        assert "Nghỉ bão (CV 1/VD)" in explained.output

    def test_as_json(self, desk: Desk) -> None:
        found = told(desk, *STORM, *WRITE)
        assert (found["version"], found["committed"], found["moved"], found["later"]) == (1, True, 1, 1)
        assert found["days"] == {"province": ["2026-11-19"]}
        assert found["examples"] == [{"code": "A", "before": "2026-11-23", "after": "2026-11-25"}]
        assert found["frozen_reports"] == []

    def test_hours_of_a_weekday_and_back(self, desk: Desk) -> None:
        said(desk, "set", "--weekday", "sat", "--hours", "07:30-11:30", "--layer", "unit:PKT", *WRITE)
        shown = told(desk, "show", "2026", "--layer", "unit:PKT")
        assert shown["week"]["sat"] == "07:30-11:30"
        assert told(desk, "show", "2026")["week"]["sat"] == ""
        said(desk, "set", "--weekday", "T7", "--clear", "--layer", "unit:PKT", *WRITE)
        assert told(desk, "show", "2026", "--layer", "unit:PKT")["week"]["sat"] == ""

    def test_hours_of_a_weekday_from_a_date_on(self, desk: Desk) -> None:
        words = ("--weekday", "sat", "--hours", "07:30-11:30", "--layer", "unit:PKT")
        since = ("--since", "2026-12-01", "--source", "QĐ 02")
        written = said(desk, "set", *words, *since, *WRITE)
        assert "thứ Bảy (tầng đơn vị PKT): 07:30-11:30, từ ngày 01/12/2026, QĐ 02" in written
        shown = said(desk, "show", "2026", "--layer", "unit:PKT")
        assert (
            "từ ngày 01/12/2026: thứ Hai đến thứ Sáu 07:30-11:30, 13:00-17:00; thứ Bảy 07:30-11:30" in shown
        )
        days = {each["date"]: each for each in told(desk, "show", "2026", "--layer", "unit:PKT")["days"]}
        assert [days[day]["worked"] for day in ("2026-11-28", "2026-12-05")] == [False, True]

    def test_hours_without_a_document_are_for_a_person_to_see(self, desk: Desk) -> None:
        said(desk, "set", "--weekday", "sat", "--hours", "07:30-11:30", "--layer", "unit:PKT", *WRITE)
        assert "giờ làm việc thứ Bảy không có văn bản nguồn" in said(desk, "check")

    def test_a_weekday_can_be_made_one_of_rest(self, desk: Desk) -> None:
        said(desk, "set", "--weekday", "wed", "--hours", "nghỉ", "--layer", "unit:PVH", *WRITE)
        assert told(desk, "show", "2026", "--layer", "unit:PVH")["week"]["wed"] == ""

    def test_a_half_day_and_a_day_like_another(self, desk: Desk) -> None:
        half = ("set", "2026-12-31", "--kind", "shortened", "--hours", "07:30-11:30")
        said(desk, *half, "--title", "Tất niên", "--source", "CV 2/VD", *WRITE)
        like = ("set", "2026-12-26", "--kind", "day worked", "--like", "fri", "--status", "dự kiến")
        said(desk, *like, "--title", "Trực", "--source", "CV 2/VD", *WRITE)
        days = {each["date"]: each for each in told(desk, "show", "2026")["days"]}
        assert days["2026-12-31"]["hours"] == "07:30-11:30"
        assert (days["2026-12-26"]["hours"], days["2026-12-26"]["status"]) == (
            "07:30-11:30,13:00-17:00",
            "dự kiến",
        )

    def test_a_day_is_cleared(self, desk: Desk) -> None:
        said(desk, *STORM, *WRITE)
        assert "bỏ “ngày nghỉ khác" in said(
            desk, "set", "2026-11-19", "--clear", "--layer", "province", *WRITE
        )
        assert told(desk, "history")[0]["number"] == 2

    def test_committing_without_a_reason_is_refused(self, desk: Desk) -> None:
        assert "cần lý do (--reason)" in refused(desk, *STORM, "--commit")

    def test_the_account_of_the_machine_signs_by_default(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("LOGNAME", "vi-du")
        said(desk, *STORM, "--commit", "--reason", "bão số 9")
        assert told(desk, "history")[0]["author"] == "vi-du"

    @pytest.mark.parametrize(
        ("words", "problem"),
        [
            pytest.param(["2027-05-01", "--kind", "swapped worked", "--title", "x", "--source", "y"], "ngày 01/05/2027: là ngày lễ", id="a swap on a holiday"),
            pytest.param(["2026-12-24", "--kind", "day off", "--title", "x"], "ngày 24/12/2026: cần văn bản nguồn (--source)", id="no source"),
            pytest.param(["2026-12-26", "--kind", "day worked", "--title", "x", "--source", "y", "--hours", "25:00-26:00"], "ngày 26/12/2026: “25:00”", id="25:00"),
            pytest.param(["2026-12-26", "--kind", "day worked", "--title", "x", "--source", "y", "--hours", ""], "ngày 26/12/2026: là “day worked”", id="no hours"),
            pytest.param(["2031-12-26", "--kind", "day off", "--title", "x", "--source", "y"], "ngày 26/12/2031: ngoài các năm", id="an unknown year"),
            pytest.param(["--weekday", "sat", "--hours", "11:00-07:30", "--layer", "unit:PKT"], "thứ Bảy (tầng đơn vị PKT): ", id="reversed hours of a weekday"),
            pytest.param(["--weekday", "sat", "--hours", "07:30-11:30", "--layer", "unit:ZZ"], "tầng unit:ZZ: không có đơn vị này", id="an unknown unit"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_meant_is_named_and_nothing_is_committed(
        self, desk: Desk, words: list[str], problem: str
    ) -> None:
        assert problem in refused(desk, "set", *words, *WRITE)
        assert told(desk, "history") == []

    @pytest.mark.parametrize(
        "words",
        [
            pytest.param([], id="neither date nor weekday"),
            pytest.param(["2026-12-24", "--weekday", "sat"], id="both"),
            pytest.param(["2026-12-24"], id="no kind"),
            pytest.param(["--weekday", "sao", "--hours", "07:30-11:30"], id="an unknown weekday"),
            pytest.param(["--weekday", "sat"], id="a weekday without hours"),
            pytest.param(
                ["2026-12-24", "--kind", "day off", "--since", "2026-12-01"], id="a date of effect of a date"
            ),
            pytest.param(["2026-12-24", "--kind", "nghỉ"], id="an unknown kind"),
            pytest.param(["24-12", "--kind", "day off"], id="no date"),
        ],
    )
    def test_a_wrong_call(self, desk: Desk, words: list[str]) -> None:
        assert calendar(desk, "set", *words).exit_code == 2

    def test_a_layer_between_colons_is_printed_as_it_is(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        words = [
            "calendar",
            "show",
            "2026",
            "--layer",
            "unit:zzz",
            "--config",
            str(desk.folder / "config.toml"),
        ]
        monkeypatch.setattr("sys.argv", ["latewatch", *words])
        with pytest.raises(SystemExit, match="1"):
            run()
        assert "tầng unit:zzz: không có đơn vị này" in capsys.readouterr().err


class TestShow:
    def test_the_months_carry_their_marks(self, desk: Desk) -> None:
        half = ("set", "--weekday", "sat", "--hours", "07:30-11:30", "--layer", "unit:PKT")
        said(desk, *half, *WRITE)
        text = said(desk, "show", "2026", "--layer", "unit:PKT")
        january = next(line for line in text.splitlines() if line.lstrip().startswith("1L"))
        assert january.startswith("          1L 2H 3½ 4.")
        assert "31H" in text
        assert "Bản 1: Lê Thị Mẫu, 08:00 12/11/2026, bão số 9" in text
        assert "thứ Bảy 07:30-11:30" in text
        assert all(len(line.rstrip()) <= 80 for line in text.splitlines() if line.startswith((" 5 ", "T2")))

    def test_every_entry_stands_below_with_its_source_and_layer(self, desk: Desk) -> None:
        said(desk, *STORM, *WRITE)
        lines = said(desk, "show", "2026").splitlines()
        storm = next(line for line in lines if "Nghỉ bão" in line)
        assert [word in storm for word in ("19/11/2026", "thứ Năm", "CV 1/VD", "đã xác nhận", "tỉnh")] == [
            True
        ] * 5
        assert any("22/08/2026" in line and "làm bù" in line and "cả nước" in line for line in lines)

    def test_the_year_of_the_instant_by_default(self, desk: Desk) -> None:
        assert "năm 2026" in said(desk, "show")

    def test_an_unknown_year_and_an_unknown_unit(self, desk: Desk) -> None:
        assert "năm 2031: chưa có lịch (có từ 2021 đến 2027)" in refused(desk, "show", "2031")
        assert "tầng unit:ZZ: không có đơn vị này" in refused(desk, "show", "2026", "--layer", "unit:ZZ")
        assert calendar(desk, "show", "hai").exit_code == 2


class TestCheck:
    def test_what_is_not_certain_warns_and_does_not_fail(self, desk: Desk) -> None:
        text = said(desk, "check")
        assert "! lịch làm việc: Lịch nghỉ năm 2027 mới là dự kiến" in text
        assert (
            "✓ giờ làm việc: thứ Hai đến thứ Sáu 07:30-11:30, 13:00-17:00; thứ Bảy đến Chủ nhật nghỉ" in text
        )

    def test_a_year_that_lacks_within_twelve_months_warns(self, desk: Desk) -> None:
        assert "! lịch làm việc: lịch chỉ đến 31/12/2027" in said(desk, "check", at="2027-03-01")

    def test_a_calendar_that_ended_is_bad(self, desk: Desk) -> None:
        result = calendar(desk, "check", at="2028-03-01")
        assert result.exit_code == 1
        assert "✗ lịch làm việc: lịch chỉ đến 31/12/2027" in result.output

    def test_a_layer_of_a_unit_that_is_gone_is_bad(self, desk: Desk) -> None:
        said(desk, "set", "--weekday", "sat", "--hours", "07:30-11:30", "--layer", "unit:PVH", *WRITE)
        config = desk.folder / "config.toml"
        config.write_text(config.read_text(encoding="utf-8").replace("PVH", "PVX"), encoding="utf-8")
        result = calendar(desk, "check")
        assert result.exit_code == 1
        assert "✗ tầng đơn vị PVH: không còn đơn vị này trong [[units]]" in result.output
        assert "bỏ" in said(desk, "set", "--weekday", "sat", "--clear", "--layer", "unit:PVH", *WRITE)

    def test_as_json(self, desk: Desk) -> None:
        assert {each["level"] for each in told(desk, "check")} == {"warning", "ok"}


class TestSuggest:
    def test_the_swap_the_library_misses(self, desk: Desk) -> None:
        found = told(desk, "suggest", "2026")
        assert [(each["day"], each["difference"]) for each in found["found"]] == [
            ("2026-01-02", "calendar: off"),
            ("2026-01-10", "calendar: worked"),
        ]
        text = said(desk, "suggest", "2026")
        assert "được biết là thiếu ngày hoán đổi" in text
        assert "lịch có, thư viện không ghi nghỉ" in text

    def test_a_year_nobody_entered_is_all_to_be_confirmed(self, desk: Desk) -> None:
        found = told(desk, "suggest", "2028")
        assert not found["is_known"]
        assert "2028-09-01" in [each["day"] for each in found["found"]]
        assert refused(desk, "show", "2028")

    def test_a_year_that_agrees(self, desk: Desk) -> None:
        assert "không khác ngày nào" in said(desk, "suggest", "2027")


class TestImportAndConfirm:
    def test_a_year_is_imported_after_a_preview(self, desk: Desk) -> None:
        file = desk.folder / "2028.toml"
        file.write_text(YEAR, encoding="utf-8")
        assert "Lịch bản 0 → bản 1 (xem trước, chưa ghi)" in said(desk, "import", str(file))
        said(desk, "import", str(file), *WRITE)
        assert told(desk, "show", "2028")["days"][2]["title"] == "Nghỉ bù"

    def test_a_year_missing_in_the_middle_is_named(self, desk: Desk) -> None:
        file = desk.folder / "2029.toml"
        file.write_text(YEAR.replace("2028-01-03", "2029-01-02").replace("2028", "2029"), encoding="utf-8")
        assert "năm 2028: thiếu" in refused(desk, "import", str(file), *WRITE)

    def test_a_table_is_imported(self, desk: Desk) -> None:
        file = desk.folder / "lich.csv"
        file.write_text(
            "Ngày,Loại,Tên,Nguồn,Tầng\n19/11/2026,day off,Nghỉ bão,CV 1/VD,tỉnh\n", encoding="utf-8"
        )
        assert told(desk, "import", str(file), *WRITE)["moved"] == 1

    def test_a_year_is_confirmed(self, desk: Desk) -> None:
        text = said(desk, "confirm", "2027", "--source", "TB 1/TB-BNV", *WRITE)
        assert "năm 2027: xác nhận theo TB 1/TB-BNV" in text
        assert "Không ngày nào đổi giờ làm việc." in text
        assert "dự kiến" not in said(desk, "check")
        assert "không có ngày nào còn “dự kiến”" in refused(
            desk, "confirm", "2027", "--source", "TB 1", *WRITE
        )


def test_people_are_not_in_what_it_prints(desk: Desk) -> None:
    desk.export("b.csv", [row("P", limit="15 ngày", applicant="Phạm Thị Bí Mật", phone="0912345678")])
    desk.poll()
    for words in (STORM, (*STORM, "--json"), (*STORM, *WRITE)):
        assert "Bí Mật" not in said(desk, *words)


def test_what_if_questions_know_the_change(desk: Desk) -> None:
    said(desk, *STORM, *WRITE)
    words = ["due", "--received", "2026-11-18", "--limit", "1d", "--json"]
    found = CliRunner().invoke(app, [*words, "--config", str(desk.folder / "config.toml")])
    assert json.loads(found.output)["due_on"] == "2026-11-20"
