"""The commands on the demo office, as a new user meets them; exit codes, JSON keys, and what is refused."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from forks import program
from typer.testing import CliRunner

from latewatch import __version__
from latewatch.cli.main import app

AT = "2026-11-12T08:00"
PROGRAM = [sys.executable, "-c", "from latewatch.cli.main import run; run()"]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's folder, after `latewatch demo`."""
    folder = tmp_path_factory.mktemp("demo") / "d"
    result = CliRunner().invoke(app, ["demo", "--dir", str(folder), "--json"])
    assert result.exit_code == 0, result.output
    summary = json.loads(result.stdout)
    (folder / "summary.json").write_text(result.stdout, encoding="utf-8")
    assert summary["new"] == 5000
    return folder


def run_json(demo: Path, *args: str, exit_code: int = 0):
    result = CliRunner().invoke(app, [*args, "--config", str(demo / "config.toml"), "--json"])
    assert result.exit_code == exit_code, (result.output, result.exception)
    return json.loads(result.stdout)


def started(*args: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the program as a user starts it: where its start is what matters."""
    return subprocess.run(
        [*PROGRAM, *args],
        cwd=cwd,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


class TestDemo:
    def test_its_summary_names_files_that_are_there(self, demo: Path) -> None:
        summary = json.loads((demo / "summary.json").read_text(encoding="utf-8"))
        assert summary["rejected"] > 0
        assert len(summary["digests"]) == 2
        for path in (*summary["digests"], *summary["reports"]):
            assert Path(path).stat().st_size > 5000
        letters = list(Path(summary["letters_folder"]).rglob("*.pdf"))
        assert len(letters) == summary["letters"] - summary["letters_sent"] > 40
        assert Path(summary["letters_printed"]).read_bytes().startswith(b"%PDF")
        assert all(letter.read_bytes().startswith(b"%PDF") for letter in letters)

    def test_it_never_empties_a_folder_that_is_not_its_own(self, tmp_path: Path) -> None:
        (tmp_path / "mine.txt").write_text("mine")
        result = program("demo", "--dir", str(tmp_path))
        assert result.returncode == 1
        assert "thư mục đã có dữ liệu khác" in result.stderr
        assert (tmp_path / "mine.txt").read_text() == "mine"


class TestFindings:
    def test_the_signs_of_the_demo(self, demo: Path) -> None:
        kinds = [each["kind"] for each in run_json(demo, "findings")]
        assert {kind: kinds.count(kind) for kind in set(kinds)} == {
            "entered-anew": 1,
            "letter-missing": 35,
            "finish-is-promise": 3,
            "dates-differ": 20,
        }


class TestPoll:
    def test_again_changes_nothing(self, demo: Path) -> None:
        again = run_json(demo, "poll", "--at", AT)
        for source in again.values():
            assert (source["read"], source["new"], source["changed"]) == (0, 0, 0)
            assert source["files"] == {"taken": [], "known": [], "growing": []}, "all were put away"

    def test_its_files_lie_in_done_with_their_reports(self, demo: Path) -> None:
        for folder in ("a", "b"):
            names = sorted(path.name for path in (demo / "in" / folder / "done").iterdir())
            (export,) = [name for name in names if not name.endswith((".txt", ".gac-lai.xlsx"))]
            assert names == [export, f"{export}.bao-cao.txt", f"{export}.gac-lai.xlsx"]
            assert [path.name for path in (demo / "in" / folder).iterdir()] == ["done"]

    def test_one_source(self, demo: Path) -> None:
        assert list(run_json(demo, "poll", "--source", "bao-cao", "--at", AT)) == ["bao-cao"]

    def test_an_unknown_source_is_a_wrong_call(self, demo: Path) -> None:
        result = program("poll", "--source", "khac", "--config", str(demo / "config.toml"))
        assert result.returncode == 2
        assert "khac" in result.stderr


class TestLate:
    def test_keys_and_order(self, demo: Path) -> None:
        rows = run_json(demo, "late", "--at", AT)
        keys = {
            "code",
            "unit",
            "procedure",
            "promised_on",
            "due_on",
            "due_at",
            "working_days_late",
            "standing",
            "letter",
            "waiting",
            "held_by",
        }
        assert all(set(row) == keys for row in rows)
        days = [row["working_days_late"] for row in rows]
        assert days == sorted(days, reverse=True)
        assert {row["standing"] for row in rows} == {"overdue"}
        states = {row["unit"]: row["letter"]["state"] for row in rows}
        assert states.pop("UBND xã Ví Dụ") == "sent"
        assert set(states.values()) == {"draft"}
        assert {row["letter"]["dated"] for row in rows} == {"2026-11-12"}

    def test_of_one_unit_by_code_or_name(self, demo: Path) -> None:
        rows = [row for row in run_json(demo, "late", "--at", AT) if row["unit"] == "Sở Xây dựng"]
        assert rows
        assert rows == run_json(demo, "late", "--at", AT, "--unit", "SXD")
        assert rows == run_json(demo, "late", "--at", AT, "--unit", "sở xây dựng")

    def test_an_unknown_unit_names_the_known_ones(self, demo: Path) -> None:
        result = program("late", "--unit", "Sở Mây", "--config", str(demo / "config.toml"), "--at", AT)
        assert result.returncode == 1
        assert "Sở Xây dựng" in result.stderr

    @pytest.mark.parametrize("standing", ["due-soon", "within", "early", "late", "suspended", "withdrawn"])
    def test_any_standing(self, demo: Path, standing: str) -> None:
        rows = run_json(demo, "late", "--at", AT, "--standing", standing)
        assert rows
        assert {row["standing"] for row in rows} == {standing}

    def test_names_of_people_are_not_in_it(self, demo: Path) -> None:
        result = CliRunner().invoke(app, ["late", "--at", AT, "--config", str(demo / "config.toml")])
        assert "Nguyễn" not in result.stdout


class TestDueAndExplain:
    def test_due_needs_no_configuration(self, tmp_path: Path) -> None:
        result = program("due", "--received", "2026-02-13", "--limit", "5d", "--json", cwd=tmp_path)
        answer = json.loads(result.stdout)
        assert answer["due_on"] == "2026-02-27"
        assert answer["due_at"] == "2026-02-27T23:59:59+07:00"
        assert answer["calendar"].startswith("VN-2021-2027-")
        assert sum(step["counted"] for step in answer["trace"]) == 5
        assert {"date", "counted", "why"} <= set(answer["trace"][0])

    @pytest.mark.parametrize(
        ("start", "zone"), [(program, ""), (program, "Nowhere/Land"), (started, "America/Los_Angeles")]
    )
    def test_the_machine_s_zone_does_not_matter(self, tmp_path: Path, start: Any, zone: str) -> None:
        result = start("due", "--received", "13/02/2026", "--limit", "7cd", "--json", cwd=tmp_path, TZ=zone)
        assert json.loads(result.stdout)["due_on"] == "2026-02-23"

    def test_2027_is_usable_with_a_warning(self, tmp_path: Path) -> None:
        result = program("due", "--received", "2027-02-01", "--limit", "5d", cwd=tmp_path)
        assert result.returncode == 0
        assert "dự kiến" in result.stderr

    def test_a_year_without_a_calendar_names_the_year_and_what_to_add(self, tmp_path: Path) -> None:
        result = program("due", "--received", "2028-02-01", "--limit", "5d", cwd=tmp_path)
        assert result.returncode == 1
        assert "2028.toml" in result.stderr
        assert len(result.stderr.strip().splitlines()) == 1

    @pytest.mark.parametrize(
        ("received", "limit"),
        [("2026-02-30", "5d"), ("hôm qua", "5d"), ("2026-02-13", "5x"), ("2026-02-13", "-1d")],
    )
    def test_wrong_words_are_a_wrong_call(self, tmp_path: Path, received: str, limit: str) -> None:
        assert program("due", "--received", received, "--limit", limit, cwd=tmp_path).returncode == 2

    def test_explain_shows_promised_beside_computed(self, demo: Path) -> None:
        code = run_json(demo, "late", "--at", AT)[0]["code"]
        answer = run_json(demo, "explain", code, "--at", AT)
        assert {"due_on", "due_at", "calendar", "trace", "promised_on", "computed_on"} <= set(answer)
        assert answer["standing"] == "overdue"

    def test_explain_of_an_unknown_code(self, demo: Path) -> None:
        result = program("explain", "H00-0", "--config", str(demo / "config.toml"))
        assert result.returncode == 1
        assert "H00-0" in result.stderr


class TestDigestAndLetters:
    def test_the_preview_sends_nothing(self, demo: Path) -> None:
        before = sorted((demo / "outbox").iterdir())
        digests = run_json(demo, "digest", "--at", "2026-11-13T07:30")
        assert {each["desk"] for each in digests} == {"Quầy tổng hợp", "Chi nhánh Ví Dụ"}
        assert sorted((demo / "outbox").iterdir()) == before

    def test_letters_again_lists_the_same_ones(self, demo: Path) -> None:
        again = run_json(demo, "letters", "draft", "--at", AT)
        assert {"code", "state", "new_date", "proposal", "reason", "is_new"} <= set(again[0])
        assert not any(letter["is_new"] for letter in again)

    def test_letters_of_one_dossier_into_another_folder(self, demo: Path, tmp_path: Path) -> None:
        rows = run_json(demo, "late", "--at", AT, "--standing", "within")
        code = rows[-1]["code"]
        (made,) = run_json(
            demo, "letters", "draft", "--code", code, "--out", str(tmp_path), "--reason", "thử", "--at", AT
        )
        assert made["is_new"]
        assert tmp_path in Path(made["path"]).parents

    @pytest.mark.parametrize(
        ("day", "why"),
        [
            pytest.param("2026-11-11", "phải sau ngày ký", id="in the past"),
            pytest.param("2026-11-28", "không phải ngày làm việc", id="a Saturday"),
            pytest.param("2026-11-24", "Ngày Văn hóa Việt Nam", id="a holiday"),
        ],
    )
    def test_a_new_date_that_cannot_be_kept_is_refused(self, demo: Path, day: str, why: str) -> None:
        code = run_json(demo, "late", "--at", AT, "--standing", "within")[0]["code"]
        asked = ("letters", "draft", "--code", code, "--new-date", day, "--at", AT)
        result = program(*asked, "--config", str(demo / "config.toml"))
        assert result.returncode == 1
        assert why in result.stderr

    def test_a_new_date_is_for_one_dossier(self, demo: Path) -> None:
        assert program("letters", "draft", "--new-date", "2026-12-01").returncode == 2


class TestTally:
    @pytest.mark.parametrize("span", [(), ("--quarter",), ("--half",), ("--year",)], ids=str)
    @pytest.mark.parametrize("form", ["07a", "units"])
    def test_every_period_and_form(self, demo: Path, span: tuple[str, ...], form: str) -> None:
        table = run_json(demo, "tally", "--month", "2026-10", *span, "--form", form, "--at", AT)
        columns = [f"c{number}" for number in range(3, 16)]
        total = table["total"]
        assert all(sum(row[column] for row in table["rows"]) == total[column] for column in columns)
        assert total["c3"] == total["c9"] + total["c13"] > 1000
        assert {"name", "formula", "value"} <= set(table["rates"][0])

    def test_both_forms_count_the_same_dossiers(self, demo: Path) -> None:
        by_field = run_json(demo, "tally", "--month", "2026-10", "--at", AT)["total"]
        by_unit = run_json(demo, "tally", "--month", "2026-10", "--form", "units", "--at", AT)["total"]
        assert by_field.items() <= by_unit.items()

    def test_carried_over_is_what_was_pending(self, demo: Path) -> None:
        september = run_json(demo, "tally", "--month", "2026-09", "--at", AT)["total"]
        october = run_json(demo, "tally", "--month", "2026-10", "--at", AT)["total"]
        assert october["c8"] == september["c13"] > 0

    def test_two_spans_are_a_wrong_call(self, demo: Path) -> None:
        assert (
            program(
                "tally", "--month", "2026-10", "--half", "--year", "--config", str(demo / "config.toml")
            ).returncode
            == 2
        )


class TestCheck:
    def test_every_rejected_row_with_its_place_and_reason(self, demo: Path) -> None:
        findings = run_json(demo, "check", "--at", AT)
        rows = [each for each in findings if ", dòng" in each["text"] and each["level"] == "warning"]
        summary = json.loads((demo / "summary.json").read_text(encoding="utf-8"))
        assert len(rows) == summary["rejected"]

    def test_a_long_list_is_cut_for_a_reader_who_may_ask_for_all(self, tmp_path: Path) -> None:
        (tmp_path / "in").mkdir()
        rows = "".join(f"H{n},Đang xử lý,31/02/2026\n" for n in range(30))
        (tmp_path / "in" / "a.csv").write_text(f"Mã hồ sơ,Trạng thái,Ngày nhận\n{rows}", encoding="utf-8")
        (tmp_path / "config.toml").write_text(
            '[office]\nname = "Ví Dụ"\n[[sources]]\nname = "a"\nfolder = "in"\nsettle_seconds = 0.0\n',
            encoding="utf-8",
        )
        assert program("poll", "--at", AT, cwd=tmp_path).returncode == 0
        short = program("check", "--at", AT, cwd=tmp_path).stdout
        assert "… và 12 điều nữa; xem hết: latewatch check --all" in short
        assert program("check", "--all", "--at", AT, cwd=tmp_path).stdout.count("31/02/2026") == 30


class TestConfigOption:
    @pytest.mark.parametrize("place", ["before", "after", "environment"])
    def test_it_may_stand_before_or_after_the_command(self, demo: Path, tmp_path: Path, place: str) -> None:
        option = ("--config", str(demo / "config.toml"))
        before = option if place == "before" else ()
        after = option if place == "after" else ()
        env = {"LATEWATCH_CONFIG": option[1]} if place == "environment" else {}
        result = program(*before, "late", "--json", "--at", AT, *after, cwd=tmp_path, **env)
        assert len(json.loads(result.stdout)) > 20

    def test_the_command_line_wins_over_the_environment(self, demo: Path, tmp_path: Path) -> None:
        option = ("--config", str(demo / "config.toml"))
        result = program(*option, "late", "--at", AT, cwd=tmp_path, LATEWATCH_CONFIG="khong-co.toml")
        assert result.returncode == 0


class TestStarted:
    """As a user starts it: each of its ends, and what it says where."""

    def test_its_version_and_its_help(self, tmp_path: Path) -> None:
        assert started("--version", cwd=tmp_path).stdout == f"latewatch {__version__}\n"
        assert "cảnh báo, văn bản xin lỗi" in started("-h", cwd=tmp_path).stdout

    def test_a_wrong_call(self, tmp_path: Path) -> None:
        result = started("bay", cwd=tmp_path)
        assert result.returncode == 2
        assert "bay" in result.stderr

    def test_no_configuration(self, tmp_path: Path) -> None:
        result = started("late", cwd=tmp_path)
        assert (result.returncode, result.stdout) == (1, "")
        assert "latewatch init" in result.stderr
        assert "Traceback" not in result.stderr


class TestWrongCalls:
    def test_a_traceback_only_with_debug(self, tmp_path: Path) -> None:
        assert "Traceback" not in program("late", cwd=tmp_path).stderr
        assert "Traceback" in program("--debug", "late", cwd=tmp_path).stderr

    @pytest.mark.parametrize(
        "args", [("late", "--standing", "muộn"), ("late", "--at", "mai"), ("tally",)], ids=str
    )
    def test_exit_2(self, tmp_path: Path, args: tuple[str, ...]) -> None:
        assert program(*args, cwd=tmp_path).returncode == 2


class TestInit:
    ANSWERS = (
        "--office",
        'UBND xã "Ví Dụ"',
        "--governing-body",
        "UBND tỉnh Mẫu",
        "--place",
        "Ví Dụ",
        "--folder",
        "vào",
    )

    def test_what_it_writes_works_at_once(self, tmp_path: Path) -> None:
        assert started("init", *self.ANSWERS, cwd=tmp_path).returncode == 0
        assert (tmp_path / "vào").is_dir()
        assert (tmp_path / "latewatch.db").exists()
        assert program("poll", cwd=tmp_path).returncode == 0

    def test_it_overwrites_nothing(self, tmp_path: Path) -> None:
        (tmp_path / "config.toml").write_text("của tôi", encoding="utf-8")
        result = program("init", *self.ANSWERS, cwd=tmp_path)
        assert result.returncode == 1
        assert (tmp_path / "config.toml").read_text(encoding="utf-8") == "của tôi"


class TestRun:
    def test_it_polls_at_once_and_ends_cleanly_on_sigterm(self, tmp_path: Path) -> None:
        assert program("init", *TestInit.ANSWERS, cwd=tmp_path).returncode == 0
        export = "Mã hồ sơ,Trạng thái,Ngày nhận,Ngày hẹn trả\nH99-1,Đang xử lý,02/11/2026,20/11/2026\n"
        (tmp_path / "vào" / "a.csv").write_text(export, encoding="utf-8")
        running = subprocess.Popen(
            [*PROGRAM, "run"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        try:
            deadline = time.monotonic() + 60
            while time.monotonic() < deadline and program("explain", "H99-1", cwd=tmp_path).returncode:
                time.sleep(0.5)
            running.send_signal(signal.SIGTERM)
            output, _ = running.communicate(timeout=30)
        finally:
            running.kill()
        assert running.returncode == 0, output
        assert "Intake(read=1, new=1" in output
        assert "Traceback" not in output

    def test_a_job_that_runs_when_it_is_told_to_stop_is_let_finish(self, tmp_path: Path) -> None:
        assert program("init", *TestInit.ANSWERS, cwd=tmp_path).returncode == 0
        rows = "".join(f"H99-{n},Đang xử lý,02/11/2026,20/11/2026\n" for n in range(1200))
        text = f"Mã hồ sơ,Trạng thái,Ngày nhận,Ngày hẹn trả\n{rows}"
        (tmp_path / "vào" / "a.csv").write_text(text, encoding="utf-8")
        with subprocess.Popen(
            [*PROGRAM, "run"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as running:
            assert running.stdout is not None
            assert "đang chạy" in running.stdout.readline()
            running.send_signal(signal.SIGTERM)
            output, _ = running.communicate(timeout=60)
        assert running.returncode == 0
        assert "Đang dừng" in output
        taken = json.loads(program("poll", "--json", cwd=tmp_path).stdout)["xuat-tep"]["files"]
        assert taken == {"taken": [], "known": [], "growing": []}
        assert (tmp_path / "vào" / "done" / "a.csv.bao-cao.txt").exists(), (
            "it was done before the program ended"
        )
