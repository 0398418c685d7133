"""Files written whole or not at all, under names that are safe."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from latewatch.disk import LONGEST_NAME, file_stem, write_whole
from latewatch.errors import StoreError


def write(path: Path, content: bytes = b"new") -> None:
    write_whole(path, content, setting="paths.letters")


def test_it_makes_the_folders_and_leaves_nothing_beside_the_file(tmp_path: Path) -> None:
    write(tmp_path / "a" / "b" / "c.pdf")
    assert [path.name for path in (tmp_path / "a" / "b").iterdir()] == ["c.pdf"]


def test_what_stood_there_stays_whole_when_it_fails(tmp_path: Path) -> None:
    target = tmp_path / "c.pdf"
    target.mkdir()
    (target / "kept").touch()
    with pytest.raises(StoreError, match=r"c\.pdf.*đã có thư mục mang tên này.*paths\.letters"):
        write(target)
    assert [path.name for path in tmp_path.iterdir()] == ["c.pdf"]
    assert (target / "kept").exists()


def dead_process() -> int:
    """The number of a process that has ended."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid


def test_what_a_killed_process_left_goes_with_the_next_attempt(tmp_path: Path) -> None:
    orphan = tmp_path / f".c[1].pdf.{dead_process()}.part"
    running = tmp_path / f".c[1].pdf.{os.getppid()}.part"
    other = tmp_path / f".d.pdf.{dead_process()}.part"
    for path in (orphan, running, other):
        path.write_bytes(b"half")
    write(tmp_path / "c[1].pdf")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["c[1].pdf", running.name, other.name])


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("H99-261102-0007", "H99-261102-0007"),
        ("../../etc/passwd", "etc-passwd"),
        ("A/B\\C:D", "A-B-C-D"),
        (".ẩn", "ẩn"),
        ("  ", "khong-ten"),
        ("", "khong-ten"),
    ],
)
def test_a_name_is_never_a_path(name: str, stem: str) -> None:
    assert file_stem(name) == stem


def test_a_long_name_is_cut_between_letters() -> None:
    stem = file_stem("ệ" * 300)
    assert len(stem.encode()) <= LONGEST_NAME
    assert set(stem) == {"ệ"}
