"""A watched folder that is kept tidy: what was read is put away with a report beside it, and nothing is lost."""

import multiprocessing
import os
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from offices import EVENTS, NOW, SOURCE, UNITS, Desk, desk_in, done, row
from sqlalchemy import select

from latewatch.errors import SourceError
from latewatch.jobs.check import check_office
from latewatch.jobs.poll import PollResult, poll
from latewatch.sources.filing import CORRECTION, DONE, FAILED, REPORT, file_away, lying_in
from latewatch.sources.folder import export_files
from latewatch.store import schema

LATER = NOW + timedelta(hours=1)
MOVED = SOURCE.replace("keep_files = true", "keep_files = false")
GOOD = [row("H1", promised="12/11/2026"), row("H2")]
BAD = row("H3", "31/02/2026", applicant="Nguyễn Văn Ví Dụ")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = desk_in(tmp_path / "office")
    made.configure(MOVED, UNITS)
    return made


def lie(desk: Desk, folder: str = "in") -> list[str]:
    """Return the files below a folder of the office, with their paths in it."""
    top = desk.folder / folder
    return sorted(str(path.relative_to(top)) for path in top.rglob("*") if path.is_file())


def told(desk: Desk, name: str, into: str = DONE) -> str:
    return (desk.folder / "in" / into / f"{name}{REPORT}").read_text(encoding="utf-8")


def problems(desk: Desk) -> list[str]:
    with desk.open() as office:
        found = check_office(office, LATER, None)
    return [each.text for each in found if each.level == "bad" and each.about.startswith("nguồn")]


def states(desk: Desk) -> list[tuple[str, str]]:
    table = schema.batch.c
    with desk.open() as office, office.store.reading() as connection:
        return [
            tuple(row) for row in connection.execute(select(table.origin, table.state).order_by(table.id))
        ]


class TestDone:
    def test_a_file_that_was_taken_lies_in_done_with_its_report(self, desk: Desk) -> None:
        desk.export("ngay-1.csv", GOOD)
        result = desk.poll()
        assert lie(desk) == ["done/ngay-1.csv", "done/ngay-1.csv.bao-cao.txt"]
        assert [(filed.file, filed.place.name, filed.correction) for filed in result.filed] == [
            ("ngay-1.csv", "ngay-1.csv", None)
        ]
        assert told(desk, "ngay-1.csv") == (
            "Tệp:      ngay-1.csv\n"
            "Nguồn:    xuat-tep\n"
            "Lấy lúc:  08:00 thứ Năm 12/11/2026 (lô 1)\n"
            "Kết quả:  2 dòng đã đọc: 2 mới, 0 thay đổi, 0 như cũ, 0 bị gác lại\n"
        )

    def test_its_report_names_the_rejected_rows_and_no_person(self, desk: Desk) -> None:
        desk.export("ngay-1.csv", [*GOOD, *(BAD | {"code": f"X{n}"} for n in range(30))])
        (filed,) = desk.poll().filed
        text = told(desk, "ngay-1.csv")
        assert "30 bị gác lại" in text
        assert "- ngay-1.csv, dòng 4, cột “Ngày tiếp nhận”: hồ sơ X0: “31/02/2026”" in text
        assert "… và 10 nữa" in text
        assert f"đuôi {CORRECTION}" in text
        assert "Nguyễn" not in text
        assert filed.correction == desk.folder / "in" / DONE / "ngay-1.csv.gac-lai.xlsx"
        assert filed.correction.exists()

    def test_warnings_are_in_it(self, desk: Desk) -> None:
        desk.export("ngay-1.csv", [row("H1", channel="bồ câu")])
        result = desk.poll()
        assert result.warnings
        assert f"- {result.warnings[0]}" in told(desk, "ngay-1.csv")

    def test_a_folder_that_is_kept_is_not_touched(self, desk: Desk) -> None:
        desk.configure(SOURCE, UNITS)
        desk.export("ngay-1.csv", [*GOOD, BAD])
        assert desk.poll().filed == []
        assert lie(desk) == ["ngay-1.csv"]

    def test_the_same_name_every_day_gets_a_number(self, desk: Desk) -> None:
        for day in range(3):
            desk.export("xuat.csv", [row("H1", promised=f"{12 + day}/11/2026")])
            desk.poll(NOW + timedelta(days=day))
        assert lie(desk) == [
            f"done/{name}{ending}"
            for name in ("xuat-2.csv", "xuat-3.csv", "xuat.csv")
            for ending in ("", REPORT)
        ]
        assert "(lô 3)" in told(desk, "xuat-3.csv")

    @pytest.mark.parametrize("name", ["ngay-1.csv", "ban-sao.csv"], ids=["again", "under another name"])
    def test_bytes_that_are_known_are_put_away_too(self, desk: Desk, name: str) -> None:
        desk.export("ngay-1.csv", GOOD)
        desk.poll()
        desk.export(name, GOOD)
        result = desk.poll(LATER)
        assert result.known == [name]
        (filed,) = result.filed
        is_copy = "Tệp giống hệt ngay-1.csv đã lấy ở lô 1" in told(desk, filed.place.name)
        assert is_copy == (name == "ban-sao.csv")
        assert lie(desk) == sorted(
            [*lie(desk, f"in/{DONE}")] and [f"{DONE}/{each}" for each in lie(desk, f"in/{DONE}")]
        )

    def test_a_file_still_growing_stays(self, desk: Desk) -> None:
        desk.configure(MOVED.replace("0.0", "0.3"), UNITS)
        path = desk.export("ngay-1.csv", GOOD)
        is_done = threading.Event()

        def grow() -> None:
            while not is_done.wait(0.02):
                path.write_bytes(path.read_bytes() + b"H4,")

        writer = threading.Thread(target=grow)
        writer.start()
        result = desk.poll()
        is_done.set()
        writer.join()
        assert (result.growing, result.filed, lie(desk)) == (["ngay-1.csv"], [], ["ngay-1.csv"])

    def test_a_report_that_is_put_back_is_no_export(self, desk: Desk) -> None:
        desk.export("ngay-1.csv", GOOD)
        desk.poll()
        report = desk.folder / "in" / DONE / f"ngay-1.csv{REPORT}"
        report.rename(desk.folder / "in" / report.name)
        assert export_files(desk.folder / "in") == []

    def test_two_polls_at_once_put_a_file_away_once(self, desk: Desk) -> None:
        desk.export("ngay-1.csv", [row(f"H{n}") for n in range(200)])
        with desk.open():
            pass
        results: list[PollResult] = []
        threads = [threading.Thread(target=lambda: results.append(desk.poll())) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(len(result.filed) for result in results) == 1
        assert [
            problem for result in results for problem in result.problems if "vừa bị xóa" not in problem
        ] == []
        assert lie(desk) == ["done/ngay-1.csv", "done/ngay-1.csv.bao-cao.txt"]


class TestWaiting:
    MOVED_EVENTS = EVENTS.replace("keep_files = true", "keep_files = false")

    def test_a_list_that_waits_for_dossiers_stays_until_they_came(self, desk: Desk) -> None:
        desk.configure(MOVED, self.MOVED_EVENTS, UNITS)
        desk.export("a.csv", [row("H1")])
        desk.tell(
            "b.csv",
            ("H1", "Tạm dừng", "04/11/2026"),
            ("H2", "Tạm dừng", "04/11/2026"),
            ("H3", "Tạm dừng", "04/11/2026"),
        )
        desk.poll()
        assert lie(desk, "in/c") == ["b.csv"]
        desk.export("c.csv", [row("H2")])
        desk.poll(LATER)
        assert lie(desk, "in/c") == ["b.csv"], "H3 has not come"
        desk.export("d.csv", [row("H3")])
        assert desk.poll(LATER).taken == ["b.csv"]
        assert lie(desk, "in/c") == ["done/b.csv", "done/b.csv.bao-cao.txt"]


class TestFailed:
    def test_a_broken_file_lies_in_failed_with_the_reason(self, desk: Desk) -> None:
        (desk.folder / "in" / "hong.csv").write_text("không có gì\n", encoding="utf-8")
        result = desk.poll()
        assert lie(desk) == ["failed/hong.csv", "failed/hong.csv.bao-cao.txt"]
        text = told(desk, "hong.csv", FAILED)
        assert "Kết quả:  không đọc được, chưa nhập dòng nào" in text
        assert f"Lý do:    {result.problems[0]}" in text

    def test_it_is_said_as_long_as_it_lies_there(self, desk: Desk) -> None:
        (desk.folder / "in" / "hong.csv").write_text("không có gì\n", encoding="utf-8")
        problem = desk.poll().problems[0]
        assert desk.poll(LATER).problems == [], "it is not read again"
        assert states(desk) == [("hong.csv", "failed")]
        (said,) = problems(desk)
        assert said.startswith(problem)
        assert f"tệp đã chuyển vào {desk.folder / 'in' / FAILED}" in said
        (desk.folder / "in" / FAILED / "hong.csv").unlink()
        assert problems(desk) == []
        desk.poll(LATER)
        assert states(desk) == [("hong.csv", "cured")]

    def test_a_good_file_of_the_same_name_is_taken_meanwhile(self, desk: Desk) -> None:
        (desk.folder / "in" / "xuat.csv").write_text("không có gì\n", encoding="utf-8")
        desk.poll()
        desk.export("xuat.csv", GOOD)
        assert desk.poll(LATER).intake.new == 2
        assert len(problems(desk)) == 1
        (desk.folder / "in" / FAILED / "xuat.csv").unlink()
        desk.poll(LATER)
        assert problems(desk) == []

    def test_a_second_one_of_the_same_name_keeps_its_own_place(self, desk: Desk) -> None:
        for text in ("không có gì\n", "vẫn không\n"):
            (desk.folder / "in" / "hong.csv").write_text(text, encoding="utf-8")
            desk.poll()
        assert [name for name in lie(desk) if not name.endswith(REPORT)] == [
            "failed/hong-2.csv",
            "failed/hong.csv",
        ]
        (desk.folder / "in" / FAILED / "hong.csv").unlink()
        desk.poll(LATER)
        assert len(problems(desk)) == 1, "the other still lies there"

    def test_a_file_nobody_may_read_stays(self, open_folder: Path, powerless: Callable) -> None:
        desk = desk_in(open_folder / "office")
        desk.configure(MOVED, UNITS)
        path = desk.export("kin.csv", GOOD)
        desk.poll()
        path = desk.export("kin.csv", [*GOOD, row("H9")])
        for each in open_folder.rglob("*"):
            each.chmod(0o777)
        path.chmod(0o000)
        with desk.open() as office, powerless():
            result = poll(office, office.settings.sources[0], NOW)
        assert "hãy cấp quyền đọc" in result.problems[0]
        assert path.exists()


class TestRefused:
    def test_a_folder_that_may_not_be_written_is_a_warning(
        self, open_folder: Path, powerless: Callable
    ) -> None:
        desk = desk_in(open_folder / "office")
        desk.export("ngay-1.csv", GOOD)
        desk.poll()
        desk.configure(MOVED, UNITS)
        for path in open_folder.rglob("*"):
            path.chmod(0o777)
        (desk.folder / "in").chmod(0o555)
        with desk.open() as office, powerless():
            first = poll(office, office.settings.sources[0], NOW)
            second = poll(office, office.settings.sources[0], LATER)
        (desk.folder / "in").chmod(0o777)
        for result in (first, second):
            assert result.known == ["ngay-1.csv"], "it is not read again"
            assert "không chuyển được vào done/" in result.warnings[-1]
            assert "keep_files = true" in result.warnings[-1]
        assert lie(desk) == ["ngay-1.csv"]

    def test_a_move_that_fails_leaves_no_report_behind(self, tmp_path: Path, open_folder: Path) -> None:
        path = tmp_path / "a.csv"
        path.write_text("x")
        (tmp_path / DONE).symlink_to("/proc", target_is_directory=True)
        with pytest.raises(SourceError, match="không chuyển được"):
            file_away(path, DONE, {REPORT: b"x"})
        assert path.exists()

    def test_nothing_is_overwritten(self, tmp_path: Path) -> None:
        folder = tmp_path / DONE
        folder.mkdir()
        (folder / "a.csv").write_text("một")
        (folder / f"a-2.csv{CORRECTION}").write_text("hai")
        (folder / "a-3.csv").symlink_to(folder / "nowhere")
        path = tmp_path / "a.csv"
        path.write_text("mới")
        assert file_away(path, DONE, {REPORT: b"x", CORRECTION: b"y"}) == folder / "a-4.csv"
        assert (folder / "a.csv").read_text() == "một"
        assert (folder / f"a-2.csv{CORRECTION}").read_text() == "hai"

    def test_a_file_that_somebody_took_away_is_none(self, tmp_path: Path) -> None:
        assert file_away(tmp_path / "a.csv", DONE, {REPORT: b"x"}) is None
        assert not (tmp_path / DONE).exists()

    @pytest.mark.parametrize(
        ("name", "origins"),
        [
            ("a.csv", {"a.csv"}),
            ("a-2.csv", {"a.csv", "a-2.csv"}),
            ("a.b-12.xlsx", {"a.b.xlsx", "a.b-12.xlsx"}),
        ],
    )
    def test_names_are_known_without_their_numbers(
        self, tmp_path: Path, name: str, origins: set[str]
    ) -> None:
        (tmp_path / FAILED).mkdir()
        (tmp_path / FAILED / name).touch()
        assert lying_in(tmp_path, FAILED) == origins
        assert lying_in(tmp_path, DONE) == set()


PROCESSES = multiprocessing.get_context("spawn")


def poll_until_rename(folder: Path, written: int) -> None:
    """Poll in a process that ends without a word at its first move, or as its report is half written."""
    from latewatch.sources import filing  # noqa: PLC0415  this process's own

    def die(*_: object, **__: object) -> None:
        os._exit(9)

    if written:
        Path.rename = die  # type: ignore[method-assign]
    else:
        filing.write_whole = die
    Desk(folder).poll()


class TestKilled:
    @pytest.mark.parametrize("written", [0, 1], ids=["before its report", "before the move"])
    def test_between_commit_and_move_the_next_poll_puts_it_away(self, desk: Desk, written: int) -> None:
        desk.export("ngay-1.csv", [*GOOD, BAD])
        process = PROCESSES.Process(target=poll_until_rename, args=(desk.folder, written))
        process.start()
        process.join()
        assert process.exitcode == 9
        assert "ngay-1.csv" in lie(desk)
        result = desk.poll(LATER)
        assert (result.known, result.taken) == (["ngay-1.csv"], [])
        assert lie(desk) == [f"done/ngay-1.csv{ending}" for ending in ("", REPORT, CORRECTION)]
        assert "08:00 thứ Năm 12/11/2026 (lô 1)" in told(desk, "ngay-1.csv")
        assert "1 bị gác lại" in told(desk, "ngay-1.csv")


def test_an_old_file_put_back_with_other_content_is_read(desk: Desk) -> None:
    desk.export("xuat.csv", [row("H1")])
    desk.poll()
    desk.export("xuat.csv", [done("H1", "11/11/2026")])
    assert desk.poll(LATER).intake.changed == 1
