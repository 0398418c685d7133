"""`latewatch import`: a file taken in as a poll takes it, or only tried; whose it is, and whether it is known."""

import json
import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from offices import EVENTS, NOW, SOURCE, UNITS, Desk, desk_in, done, row
from typer.testing import CliRunner, Result

from latewatch.cli.main import app
from latewatch.errors import LatewatchError
from latewatch.sources.filing import DONE, REPORT

AT = "2026-11-12T08:00"
LATER = NOW + timedelta(hours=1)
SECOND = SOURCE.replace("xuat-tep", "bao-cao").replace('"in"', '"in-2"')
MOVED = SOURCE.replace("keep_files = true", "keep_files = false")
LIMIT = '[[procedures]]\nname = "Thủ tục Ví Dụ"\nlimit = "5d"\n'
PERSON = {"applicant": "Nguyễn Văn Ví Dụ", "phone": "0900000001"}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return desk_in(tmp_path / "office", LIMIT)


def call(desk: Desk, *args: str) -> Result:
    return CliRunner().invoke(app, ["import", *args, "--config", str(desk.folder / "config.toml")])


def run(desk: Desk, *args: str) -> str:
    result = call(desk, *args, "--at", AT)
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


def document(desk: Desk, *args: str) -> dict[str, Any]:
    result = call(desk, *args, "--at", AT, "--json")
    assert result.exit_code == 0, (result.output, result.exception)
    return json.loads(result.stdout)


def refused(desk: Desk, *args: str) -> str:
    result = call(desk, *args)
    assert isinstance(result.exception, LatewatchError), (result.output, result.exception)
    return str(result.exception)


def dump(desk: Desk) -> list[str]:
    """Return everything the database holds."""
    with sqlite3.connect(desk.folder / "latewatch.db") as connection:
        lines = list(connection.iterdump())
    connection.close()
    return lines


class TestWhoseFileItIs:
    @pytest.fixture
    def two(self, desk: Desk) -> Desk:
        desk.configure(SOURCE, EVENTS, SECOND, UNITS)
        return desk

    @pytest.mark.parametrize(
        ("folder", "source"),
        [("in", "xuat-tep"), ("in/done", "xuat-tep"), ("in-2", "bao-cao"), ("in-2/2026/11", "bao-cao")],
    )
    def test_the_source_whose_folder_holds_it(self, two: Desk, folder: str, source: str) -> None:
        (two.folder / folder).mkdir(parents=True, exist_ok=True)
        path = two.export("a.csv", [row("H1")], into=folder)
        assert document(two, str(path))["source"] == source

    def test_the_innermost_of_two(self, two: Desk) -> None:
        two.export("a.csv", [row("H1")])
        two.poll()
        path = two.tell("b.csv", ("H1", "Tạm dừng", "04/11/2026"))
        assert document(two, str(path))["source"] == "su-kien"

    def test_the_one_that_is_named(self, two: Desk) -> None:
        path = two.export("a.csv", [row("H1")])
        assert document(two, str(path), "--source", "bao-cao")["source"] == "bao-cao"

    def test_the_only_one(self, desk: Desk) -> None:
        path = desk.export("a.csv", [row("H1")], into="elsewhere")
        assert document(desk, str(path))["source"] == "xuat-tep"

    def test_none_of_several_is_guessed(self, two: Desk) -> None:
        path = str(two.export("a.csv", [row("H1")], into="elsewhere"))
        problem = refused(two, path)
        assert "a.csv không nằm trong thư mục của nguồn nào" in problem
        assert "--source, một trong: xuat-tep, su-kien, bao-cao" in problem
        assert "không có nguồn này; các nguồn: xuat-tep, su-kien, bao-cao" in refused(
            two, path, "--source", "nào"
        )

    def test_a_file_that_is_not_there_is_a_slip(self, desk: Desk) -> None:
        result = call(desk, "khong-co.csv")
        assert result.exit_code == 2
        assert "không có tệp khong-co.csv" in " ".join(result.output.split())


class TestTakenIn:
    def test_it_is_taken_and_decided_as_a_poll_does(self, desk: Desk) -> None:
        path = desk.export("a.csv", [row("H1", "02/11/2026"), row("H2", "31/02/2026")], into="elsewhere")
        made = document(desk, str(path))
        assert made["written"]
        assert [made[name] for name in ("read", "new", "changed", "unchanged", "rejected")] == [2, 1, 0, 0, 1]
        assert made["rejected_rows"][0]["row"] == 3
        assert desk.late() == ["H1"], "it was assessed"
        assert path.exists(), "only what lies in the watched folder is put away"

    def test_one_in_the_watched_folder_is_put_away(self, desk: Desk) -> None:
        desk.configure(MOVED, UNITS)
        path = desk.export("a.csv", [row("H1")])
        made = document(desk, str(path))
        assert made["moved_to"] == str(desk.folder / "in" / DONE / "a.csv")
        assert (desk.folder / "in" / DONE / f"a.csv{REPORT}").exists()
        assert desk.poll().taken == []

    def test_the_lines(self, desk: Desk) -> None:
        path = desk.export("a.csv", [row("H1"), row("H2", "31/02/2026", **PERSON)])
        text = run(desk, str(path))
        assert "a.csv → nguồn xuat-tep, lô 1: 2 dòng đã đọc, 1 mới, 0 thay đổi, 0 như cũ, 1 gác lại" in text
        assert "a.csv, dòng 3, cột “Ngày tiếp nhận”" in text
        assert "latewatch import rejected 1" in text

    def test_one_that_cannot_be_read_is_an_error_and_changes_nothing(self, desk: Desk) -> None:
        desk.poll()
        path = desk.folder / "hong.csv"
        path.write_text("không có gì\n", encoding="utf-8")
        before = dump(desk)
        assert "hong.csv" in refused(desk, str(path))
        assert "hong.csv" in refused(desk, str(path), "--dry-run")
        assert dump(desk) == before

    def test_an_option_may_come_first(self, desk: Desk) -> None:
        path = desk.export("a.csv", [row("H1")])
        assert "Chỉ xem" in run(desk, "--dry-run", str(path))


class TestKnown:
    @pytest.mark.parametrize("name", ["a.csv", "b.csv"], ids=["the same file", "a copy"])
    def test_the_same_bytes_say_where_and_when_they_were_taken(self, desk: Desk, name: str) -> None:
        desk.export("a.csv", [row("H1")])
        desk.poll()
        path = desk.export(name, [row("H1")])
        for args in ([], ["--dry-run"]):
            text = run(desk, str(path), *args)
            assert "đã lấy ở lô 1 lúc 08:00 12/11/2026" in text
            assert ("tên a.csv" in text) == (name == "b.csv")
        made = document(desk, str(path))
        assert (made["written"], made["known"]["batch"], made["known"]["file"]) == (False, 1, "a.csv")

    def test_its_rejected_rows_can_still_be_had(self, desk: Desk, tmp_path: Path) -> None:
        path = desk.export("a.csv", [row("H1", "31/02/2026")])
        desk.poll()
        book = tmp_path / "x.xlsx"
        assert f"Đã ghi 1 dòng bị gác lại vào {book}" in run(desk, str(path), "--rejected", str(book))
        assert openpyxl.load_workbook(book).active["C1"].value == "Dòng của lô 1"

    def test_what_was_taken_back_may_be_taken_in_again(self, desk: Desk) -> None:
        path = desk.export("a.csv", [row("H1")])
        desk.poll()
        run_plain(desk, "undo", "1", "--by", "Người Ví Dụ", "--reason", "nhầm tệp")
        assert desk.poll(LATER).known == ["a.csv"], "a poll leaves it alone"
        other = desk.export("b.csv", [row("H1")], into="elsewhere")
        assert document(desk, str(other), "--dry-run")["known"] is None
        assert document(desk, str(other))["new"] == 1
        assert document(desk, str(path))["known"]["file"] == "b.csv"
        assert desk.poll(LATER).known == ["a.csv"]

    def test_what_was_taken_back_and_lies_there_again_says_so(self, desk: Desk) -> None:
        desk.configure(MOVED, UNITS)
        rows = [row("H1"), row("H2", "31/02/2026")]
        desk.export("a.csv", rows)
        desk.poll()
        run_plain(desk, "undo", "1", "--by", "Người Ví Dụ", "--reason", "nhầm tệp")
        desk.export("a.csv", rows)
        (filed,) = desk.poll(LATER).filed
        text = filed.place.with_name(f"{filed.place.name}{REPORT}").read_text(encoding="utf-8")
        assert "lô đó đã bị hoàn tác, nên không tự nhập lại. Muốn nhập lại: latewatch import" in text
        assert "Việc cần làm" not in text
        assert filed.correction is None


class TestTried:
    def test_it_writes_nothing(self, desk: Desk) -> None:
        desk.export("a.csv", [row("H1"), row("H2")])
        desk.poll()
        before = dump(desk)
        path = desk.export("b.csv", [done("H1", "11/11/2026"), row("H3"), row("H4", "31/02/2026")])
        made = document(desk, str(path), "--dry-run")
        assert not made["written"]
        assert made["batch"] is None
        assert dump(desk) == before
        assert path.exists()
        assert desk.poll(LATER).intake.new == 1, "nothing of it is known"

    def test_new_changed_unchanged_and_rejected(self, desk: Desk) -> None:
        desk.export("a.csv", [row("H1"), row("H2")])
        desk.poll()
        path = desk.export("b.csv", [done("H1", "11/11/2026"), row("H2"), row("H3"), row("H4", "31/02/2026")])
        made = document(desk, str(path), "--dry-run")
        assert [made[name] for name in ("new", "changed", "unchanged", "rejected")] == [1, 1, 1, 1]
        assert made["new_codes"] == ["H3"]
        (changed,) = made["changes"]
        assert changed["code"] == "H1"
        assert changed["fields"]["status"] == {"from": "đang giải quyết", "to": "đã xử lý xong"}
        assert changed["fields"]["processed_at"] == {"from": "(không ghi)", "to": "11/11/2026"}

    def test_a_due_date_that_would_move_is_shown(self, desk: Desk) -> None:
        desk.export("a.csv", [row("H1", "02/11/2026"), row("H2", "02/11/2026")])
        desk.poll()
        path = desk.export("b.csv", [row("H1", "03/11/2026"), row("H2", "02/11/2026", **PERSON)])
        text = run(desk, str(path), "--dry-run")
        assert "ngày tiếp nhận: 02/11/2026 → 03/11/2026" in text
        assert "hạn: hết ngày thứ Hai 09/11/2026 → hết ngày thứ Ba 10/11/2026" in text
        assert "1 hồ sơ đổi hạn" in text

    def test_personal_data_is_not_shown(self, desk: Desk) -> None:
        desk.export("a.csv", [row("H1", applicant="Trần Thị Ví Dụ")])
        desk.poll()
        path = str(desk.export("b.csv", [row("H1", **PERSON)]))
        for text in (
            run(desk, path, "--dry-run"),
            json.dumps(document(desk, path, "--dry-run"), ensure_ascii=False),
        ):
            assert "Ví Dụ 0" not in text
            assert "Trần" not in text
            assert "0900" not in text
        assert "chủ hồ sơ: (che) → (che)" in run(desk, path, "--dry-run")

    def test_long_lists_are_cut_unless_all_is_asked_for(self, desk: Desk) -> None:
        path = str(
            desk.export(
                "a.csv", [*(row(f"H{n}") for n in range(30)), *(row(f"X{n}", "?") for n in range(25))]
            )
        )
        text = run(desk, path, "--dry-run")
        assert text.count("\n+ H") == 20
        assert "… và 10 nữa" in text
        assert "… và 5 nữa" in text
        whole = run(desk, path, "--dry-run", "--all")
        assert whole.count("\n+ H") == 30
        assert "nữa" not in whole
        assert len(document(desk, path, "--dry-run")["new_codes"]) == 30

    def test_its_rejected_rows_belong_to_no_batch_yet(self, desk: Desk, tmp_path: Path) -> None:
        path = desk.export("a.csv", [row("H1", "31/02/2026")])
        book = tmp_path / "x.xlsx"
        made = document(desk, str(path), "--dry-run", "--rejected", str(book))
        assert made["rejected_xlsx"] == str(book)
        assert openpyxl.load_workbook(book).active["C1"].value == "Dòng trong tệp"

    def test_where_nothing_is_rejected_no_file_is_written(self, desk: Desk, tmp_path: Path) -> None:
        path = desk.export("a.csv", [row("H1")])
        book = tmp_path / "x.xlsx"
        assert document(desk, str(path), "--rejected", str(book))["rejected_xlsx"] is None
        assert not book.exists()


class TestRejectedOfABatch:
    def test_they_are_written_from_what_is_stored(self, desk: Desk, tmp_path: Path) -> None:
        desk.export("a.csv", [row("H1", "31/02/2026")]).rename(desk.folder / "in" / "b.csv")
        desk.poll()
        (desk.folder / "in" / "b.csv").unlink()
        book = tmp_path / "x.xlsx"
        assert f"latewatch import {book}" in run_plain(desk, "rejected", "1", "--xlsx", str(book))
        assert openpyxl.load_workbook(book).active["D2"].value == "H1"

    def test_a_batch_that_is_not_there(self, desk: Desk) -> None:
        assert "không có lô này" in refused(desk, "rejected", "7")

    def test_a_batch_without_any(self, desk: Desk, tmp_path: Path) -> None:
        desk.export("a.csv", [row("H1")])
        desk.poll()
        book = tmp_path / "x.xlsx"
        assert "không có dòng nào" in run_plain(desk, "rejected", "1", "--xlsx", str(book))
        assert not book.exists()


def run_plain(desk: Desk, *args: str) -> str:
    result = call(desk, *args)
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output
