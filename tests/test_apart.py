"""A file is read in a process of its own: what it does to its reader, the program survives and says."""

import io
import os
import pickle
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from exports import CORE, core, delimited, profile, read, xlsx

from latewatch.config import Source
from latewatch.domain.reading import Reading
from latewatch.errors import SourceError
from latewatch.sources.files import apart
from latewatch.sources.files.apart import read_apart
from latewatch.sources.files.grid import sheets
from latewatch.sources.files.reader_process import Order, Outcome
from latewatch.sources.files.spreadsheet import PART, read_parts
from latewatch.sources.folder import delivered


def parts_of(
    folder: Path, name: str, content: bytes, stored: frozenset[str] = frozenset(), **own: Any
) -> Any:
    path = folder / name
    path.write_bytes(content)
    source = Source(name="thử", folder=folder, **own)
    return read_apart(delivered(path, source.max_megabytes), source, profile(), lambda: stored)


def whole(parts: Any) -> Reading:
    reading = Reading()
    for part in parts:
        reading.add(part)
    return reading


def many(number: int, status: str = "Đang xử lý") -> bytes:
    return xlsx([CORE, *(core(f"H{n}", status=status) for n in range(number))])


class TestTheSame:
    @pytest.mark.parametrize(
        ("name", "content"),
        [
            pytest.param("a.xlsx", many(PART * 2 + 5), id="several parts"),
            pytest.param(
                "a.csv", delimited([CORE, core(), core("H2", received="31/02/2026")]), id="a rejection"
            ),
            pytest.param(
                "a.csv", delimited([CORE, core(), core(), core("H3", status="?")]), id="a repetition"
            ),
            pytest.param("a.csv", delimited([CORE, core(), core(status="Hủy")]), id="a contradiction"),
        ],
    )
    def test_as_if_it_had_been_read_here(self, tmp_path: Path, name: str, content: bytes) -> None:
        here, there = read(content, name), whole(parts_of(tmp_path, name, content))
        assert (there.reported, there.rejected) == (here.reported, here.rejected)
        assert (there.read, there.fields, there.warnings, there.unknown) == (
            *(here.read, here.fields, here.warnings, here.unknown),
        )

    def test_the_first_part_says_how_many_follow(self, tmp_path: Path) -> None:
        parts = list(parts_of(tmp_path, "a.xlsx", many(PART * 2 + 5)))
        assert parts[0].ahead == len(parts) - 1


class TestKnownRows:
    def test_rows_whose_words_are_known_are_not_read(self, tmp_path: Path) -> None:
        first = whole(parts_of(tmp_path, "a.xlsx", many(30)))
        known = frozenset(each.digest for each in first.reported)
        again = whole(parts_of(tmp_path, "b.xlsx", many(30), known))
        assert (again.reported, len(again.same), again.read) == ([], 30, 30)

    def test_a_changed_row_is_read(self, tmp_path: Path) -> None:
        first = whole(parts_of(tmp_path, "a.xlsx", many(30)))
        known = frozenset(each.digest for each in first.reported)
        rows = [core(f"H{n}", status="Hủy" if n == 7 else "Đang xử lý") for n in range(30)]
        again = whole(parts_of(tmp_path, "b.xlsx", xlsx([CORE, *rows]), known))
        assert ([each.code for each in again.reported], len(again.same)) == (["H7"], 29)

    def test_a_known_row_beside_another_of_its_code_is_read(self, tmp_path: Path) -> None:
        first = whole(parts_of(tmp_path, "a.xlsx", many(3)))
        known = frozenset(each.digest for each in first.reported)
        rows = [*(core(f"H{n}") for n in range(3)), core("H1", status="Hủy")]
        again = whole(parts_of(tmp_path, "b.xlsx", xlsx([CORE, *rows]), known))
        assert ([each.code for each in again.rejected], again.same) == (["H1", "H1"], ["H0", "H2"])

    def test_another_order_of_columns_is_another_row(self, tmp_path: Path) -> None:
        first = whole(parts_of(tmp_path, "a.xlsx", many(3)))
        known = frozenset(each.digest for each in first.reported)
        turned = xlsx([CORE[::-1], *(core(f"H{n}")[::-1] for n in range(3))])
        assert len(whole(parts_of(tmp_path, "b.xlsx", turned, known)).reported) == 3

    def test_a_row_with_a_cell_that_was_left_out_is_read_again(self, tmp_path: Path) -> None:
        """Else its warning would be said once and never again."""
        content = delimited([(*CORE, "Ngày nộp"), [*core(), "khi nào đó"]])
        first = whole(parts_of(tmp_path, "a.csv", content))
        assert [each.digest for each in first.reported] == [""]
        assert "khi nào đó" in first.warnings[0]


def far_cell() -> bytes:
    """A workbook whose only sheet says it has a cell a million rows down and 16 384 columns wide."""
    buffer = io.BytesIO(xlsx([CORE, core()]))
    changed = io.BytesIO()
    with zipfile.ZipFile(buffer) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            xml = old.read(member)
            if member.filename.endswith("sheet1.xml"):
                xml = xml.replace(
                    b"</sheetData>", b'<row r="700000"><c r="AZ700000"><v>1</v></c></row></sheetData>'
                )
            new.writestr(member, xml)
    return changed.getvalue()


def ordered(folder: Path, seconds: int) -> Order:
    (folder / "a.xlsx").write_bytes(many(3))
    return Order(
        "a.xlsx",
        folder / "a.xlsx",
        is_packet=False,
        max_megabytes=9,
        max_memory_megabytes=512,
        max_seconds=seconds,
    )


def read_where(change: str, order: Order) -> "subprocess.CompletedProcess[bytes]":
    """Read as `order` says in a process of its own, in which `change` holds."""
    reading = "from latewatch.sources.files import reader_process"
    code = "\n".join(["import os, time", reading, change, "reader_process._read()"])
    told = b"".join(map(pickle.dumps, (order, profile(), frozenset())))
    return subprocess.run([sys.executable, "-c", code], input=told, capture_output=True, check=False)


class TestHarm:
    def test_a_cell_far_out(self, tmp_path: Path) -> None:
        content = far_cell()
        with pytest.raises(SourceError, match=r"a.xlsx: có ô ở quá xa"):
            whole(parts_of(tmp_path, "a.xlsx", content, max_memory_megabytes=256))

    def test_a_large_sheet_and_little_memory(self, tmp_path: Path) -> None:
        wide = [f"Cột {n}" for n in range(200)]
        note = "ghi chú " * 500  # written once, and held by the reader as often as it stands in a cell
        rows = [[*core(f"H{n}"), *[note] * 200] for n in range(400)]
        content = xlsx([(*CORE, *wide), *rows])
        with pytest.raises(SourceError, match="đọc tệp cần hơn 256 MB bộ nhớ; hãy chia nhỏ tệp"):
            whole(parts_of(tmp_path, "a.xlsx", content, max_memory_megabytes=256))

    def test_no_room_for_a_thread_is_no_room(self, tmp_path: Path) -> None:
        crowded = """
def none(*_):
    raise RuntimeError("can't start new thread")
reader_process.ThreadPoolExecutor = none
"""
        out = read_where(crowded, ordered(tmp_path, seconds=9))
        assert out.returncode == 0
        assert pickle.loads(out.stdout) == (Outcome.MEMORY, None)  # noqa: S301  of a process of ours

    def test_a_reader_that_waits_for_ever_is_ended(self, tmp_path: Path) -> None:
        """It uses no processor, and who waits for it would wait as long."""
        order = ordered(tmp_path, seconds=1)
        out = read_where("reader_process.sheets = lambda *_: time.sleep(60)", order)
        assert out.returncode == -signal.SIGALRM
        assert "phút chưa xong; hãy chia nhỏ tệp" in str(apart._died(order, signal.SIGALRM))

    def test_who_takes_a_part_in_may_take_its_time(self, tmp_path: Path) -> None:
        slow = """
send = reader_process._send
def later(*what):
    time.sleep(1.5)
    send(*what)
reader_process._send = later
"""
        out = read_where(slow, ordered(tmp_path, seconds=1))
        assert out.returncode == 0
        said, outcome = io.BytesIO(out.stdout), None
        while said.tell() < len(out.stdout):
            outcome, _ = pickle.load(said)  # noqa: S301  of a process of ours
        assert outcome is Outcome.END

    def test_an_end_without_memory_is_told_in_few_words(self, tmp_path: Path) -> None:
        """A backtrace takes memory: the library has waited for itself where none was left."""
        shown = "reader_process._parts = lambda _: print(os.environ['RUST_BACKTRACE']) or iter(())"
        out = read_where(shown, ordered(tmp_path, seconds=9))
        assert out.stderr.split() == [b"0"]

    def test_a_broken_file_says_what_to_do(self, tmp_path: Path) -> None:
        with pytest.raises(SourceError, match="tệp Excel bị cắt cụt hoặc hỏng"):
            whole(parts_of(tmp_path, "a.xlsx", many(30)[:-300]))

    def test_a_reader_that_is_killed_is_told_of(self, tmp_path: Path) -> None:
        parts = parts_of(tmp_path, "a.xlsx", many(PART * 12))
        next(parts)
        for child in _children():
            os.killpg(child, signal.SIGKILL)
        with pytest.raises(SourceError, match=r"a.xlsx: "):
            whole(parts)

    def test_a_reader_nobody_listens_to_is_ended(self, tmp_path: Path) -> None:
        parts = parts_of(tmp_path, "a.xlsx", many(PART * 12))
        next(parts)
        assert _children()
        parts.close()
        assert not _children()

    def test_one_that_takes_too_long_is_ended(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The processor's time is limited by the system: here the order says how much."""
        path = tmp_path / "a.csv"
        lines = (f"H{n},Đang xử lý,02/11/2026,09/11/2026" for n in range(500_000))
        path.write_text("\n".join([",".join(CORE), *lines]), encoding="utf-8")
        source = Source(name="thử", folder=tmp_path)
        monkeypatch.setattr(apart, "LONGEST_SECONDS", 1)
        started = time.monotonic()
        with pytest.raises(SourceError, match=r"a.csv: đọc quá .* chưa xong; hãy chia nhỏ tệp"):
            whole(read_apart(delivered(path, 100), source, profile()))
        assert time.monotonic() - started < 60

    def test_a_reader_stays_for_the_next_file(self, tmp_path: Path) -> None:
        """Whatever became of the file before; of what it was told for that one nothing is left over."""
        whole(parts_of(tmp_path, "a.csv", delimited([CORE, core()])))
        readers, known = _children(), frozenset(f"{number:032}" for number in range(20_000))
        for number in range(3):
            with pytest.raises(SourceError, match="cắt cụt hoặc hỏng"):
                whole(parts_of(tmp_path, "b.xlsx", many(30)[:-300], known))
            reading = whole(
                parts_of(tmp_path, f"c{number}.csv", delimited([CORE, core(f"K{number}")]), known)
            )
            assert [each.code for each in reading.reported] == [f"K{number}"]
        assert readers == _children()
        assert len(readers) == 1

    def test_one_that_died_while_it_waited_is_replaced(self, tmp_path: Path) -> None:
        whole(parts_of(tmp_path, "a.csv", delimited([CORE, core()])))
        for child in _children():
            os.killpg(child, signal.SIGKILL)
        while _children():
            time.sleep(0.01)
        assert len(whole(parts_of(tmp_path, "b.csv", delimited([CORE, core()]))).reported) == 1

    def test_two_files_at_once_have_two_readers(self, tmp_path: Path) -> None:
        one, other = (parts_of(tmp_path, name, many(PART * 3)) for name in ("a.xlsx", "b.xlsx"))
        next(one), next(other)
        assert len(_children()) == 2
        assert len(whole(one).reported) == len(whole(other).reported) == PART * 3

    def test_the_reader_starts_without_what_it_does_not_need(self) -> None:
        loaded = "import sys, latewatch.sources.files.reader_process; print(sorted(sys.modules))"
        out = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
        assert not {"sqlalchemy", "weasyprint", "numpy", "httpx"} & set(
            out.stdout.replace("'", "").split(", ")
        )


def _children() -> list[int]:
    mine = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text(encoding="ascii")
    return [int(child) for child in mine.split() if b"reader_process" in _command(child)]


def _command(process: str) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except FileNotFoundError:
        return b""


def test_parts_are_made_while_they_are_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(many(PART + 1))
    parts = read_parts("a.xlsx", sheets("a.xlsx", path, 100), profile())
    assert [part.read for part in parts] == [0, PART, 1, 0, 0]
