"""The watched folder: which files are taken, in which order, and what stands in the way."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from exports import CORE, core, xlsx

from latewatch.errors import SourceError
from latewatch.sources.folder import delivered, export_files, settled

NOBODY = 65534


def drop(folder: Path, name: str, content: bytes = b"x", age: float = 0) -> Path:
    path = folder / name
    path.write_bytes(content)
    moment = time.time() - age
    os.utime(path, (moment, moment))
    return path


@contextmanager
def as_nobody() -> Iterator[None]:
    """Permissions do not bind root: be somebody else for a while."""
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)


@contextmanager
def mode(path: Path, bits: int) -> Iterator[None]:
    before = path.stat().st_mode
    path.chmod(bits)
    try:
        yield
    finally:
        path.chmod(before)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder anybody may reach: pytest's own are closed to nobody."""
    with TemporaryDirectory() as made:
        Path(made).chmod(0o755)
        yield Path(made)


def test_exports_are_taken_oldest_first(folder: Path) -> None:
    for name, age in (
        ("b.xlsx", 10),
        ("a.csv", 30),
        ("c.XLS", 20),
        ("e.tsv", 20),
        ("d.xlsm", 5),
        ("f.txt", 1),
    ):
        drop(folder, name, age=age)
    same = time.time() - 20
    os.utime(folder / "c.XLS", (same, same))
    os.utime(folder / "e.tsv", (same, same))
    assert [path.name for path in export_files(folder)] == [
        "a.csv",
        "c.XLS",
        "e.tsv",
        "b.xlsx",
        "d.xlsm",
        "f.txt",
    ]


@pytest.mark.parametrize(
    "name", ["~$mo.xlsx", ".an.xlsx", ".~lock.mo.xlsx#", "tai.xlsx.part", "ghi.docx", "xlsx"]
)
def test_lock_files_hidden_files_and_others_are_left_alone(folder: Path, name: str) -> None:
    drop(folder, name)
    assert export_files(folder) == []


def test_folders_and_dangling_links_are_no_files(folder: Path) -> None:
    (folder / "cu.xlsx").mkdir()
    (folder / "mat.xlsx").symlink_to(folder / "khong-co.xlsx")
    drop(folder, "tot.xlsx")
    assert [path.name for path in export_files(folder)] == ["tot.xlsx"]


def test_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"khong-co: không có thư mục này; hãy tạo, hoặc sửa khóa folder"):
        export_files(tmp_path / "khong-co")


def test_a_file_where_a_folder_should_be(folder: Path) -> None:
    with pytest.raises(SourceError, match="là tệp, không phải thư mục; hãy sửa khóa folder"):
        export_files(drop(folder, "a.xlsx"))


@pytest.mark.parametrize("bits", [0o000, 0o444], ids=["not to be listed", "not to be entered"])
def test_a_folder_that_may_not_be_read(folder: Path, bits: int) -> None:
    drop(folder, "a.xlsx")
    with (
        mode(folder, bits),
        as_nobody(),
        pytest.raises(SourceError, match="không có quyền đọc; hãy cấp quyền"),
    ):
        export_files(folder)


def test_a_file_that_may_not_be_read_is_named_and_may_pass(folder: Path) -> None:
    path = drop(folder, "kin.xlsx")
    with (
        mode(path, 0o000),
        as_nobody(),
        pytest.raises(SourceError, match=r"kin.xlsx: không có quyền đọc") as refused,
    ):
        delivered(path, 1)
    assert refused.value.passing


def test_a_file_still_growing_is_left_for_the_next_time(folder: Path) -> None:
    whole, growing = drop(folder, "xong.xlsx"), drop(folder, "dang-ghi.xlsx")
    stop = threading.Event()

    def write() -> None:
        with growing.open("ab", buffering=0) as file:
            while not stop.wait(0.01):
                file.write(b"x")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert settled([whole, growing], 0.2) == ([whole], [growing])
    finally:
        stop.set()
        writer.join()
    assert settled([whole, growing], 0.05) == ([whole, growing], [])


def test_a_file_that_vanishes_between_the_looks_is_neither(folder: Path) -> None:
    stays, goes = drop(folder, "a.xlsx"), drop(folder, "b.xlsx")
    timer = threading.Timer(0.05, goes.unlink)
    timer.start()
    assert settled([stays, goes], 0.3) == ([stays], [])
    timer.join()
    assert settled([stays, goes], 0) == ([stays], [])


def test_a_file_that_appears_between_the_looks_is_not_settled(folder: Path) -> None:
    late = folder / "a.xlsx"
    timer = threading.Timer(0.05, late.write_bytes, [b"x"])
    timer.start()
    assert settled([late], 0.3) == ([], [late])
    timer.join()


def test_no_files_need_no_waiting() -> None:
    start = time.monotonic()
    assert settled([], 5) == ([], [])
    assert time.monotonic() - start < 1


def test_a_file_that_vanished_before_reading_may_come_back(folder: Path) -> None:
    with pytest.raises(SourceError, match=r"a.xlsx: tệp vừa bị xóa hoặc đổi tên") as refused:
        delivered(folder / "a.xlsx", 1)
    assert refused.value.passing


def test_a_file_over_the_limit_is_refused_unread(folder: Path) -> None:
    path = drop(folder, "to.csv", b"x" * (1024 * 1024 + 1))
    with pytest.raises(SourceError, match=r"to.csv: tệp lớn hơn 1 MB; chia nhỏ, hoặc tăng max_megabytes"):
        delivered(path, 1)
    assert len(delivered(path, 2).content) == 1024 * 1024 + 1


def test_a_file_is_delivered_whole_and_stays_where_it_is(folder: Path) -> None:
    content = xlsx([CORE, core()])
    path = drop(folder, "tot.xlsx", content)
    delivery = delivered(path, 1)
    assert (delivery.name, delivery.content, dict(delivery.cursor)) == ("tot.xlsx", content, {})
    assert len(delivery.sha256) == 64
    assert path.read_bytes() == content
