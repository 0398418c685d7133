"""A watched folder. A file is taken when it has stopped growing; looking and reading change nothing."""

import errno
import hashlib
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from latewatch.errors import SourceError
from latewatch.sources.delivery import Delivery
from latewatch.sources.filing import REPORT
from latewatch.sources.profiles.profile import System

ENDINGS = (".xlsx", ".xlsm", ".xls", ".csv", ".tsv", ".txt")
PACKET_ENDINGS = (".json",)
MEGABYTE = 1024 * 1024
Signature = tuple[int, int]  # size in bytes, time of the last change in nanoseconds

_FORBIDDEN = "không có quyền đọc; hãy cấp quyền đọc cho tài khoản chạy latewatch"
_FOLDER_CAUSES = {
    errno.ENOENT: "không có thư mục này; hãy tạo, hoặc sửa khóa folder của nguồn",
    errno.ENOTDIR: "là tệp, không phải thư mục; hãy sửa khóa folder của nguồn",
    errno.EACCES: _FORBIDDEN,
    errno.EPERM: _FORBIDDEN,
}
_FILE_CAUSES = {
    errno.ENOENT: "tệp vừa bị xóa hoặc đổi tên; sẽ xem lại ở lần chạy sau",
    errno.EACCES: _FORBIDDEN,
    errno.EPERM: _FORBIDDEN,
}


def endings_of(system: System) -> Sequence[str]:
    """Return how the files of a system end."""
    return PACKET_ENDINGS if system is System.DVCQG else ENDINGS


def export_files(folder: Path, endings: Sequence[str] = ENDINGS) -> list[Path]:
    """Return the folder's export files, oldest first; lock and hidden files are none. Raises SourceError."""
    try:
        found = [(seen, path) for path in _candidates(folder, endings) if (seen := _signature(path))]
    except OSError as e:
        cause = _FOLDER_CAUSES.get(e.errno or 0, "không đọc được thư mục; hãy kiểm tra ổ đĩa và quyền đọc")
        raise SourceError(str(folder), cause) from e
    return [path for _, path in sorted(found, key=lambda each: (each[0][1], each[1].name))]


def _candidates(folder: Path, endings: Sequence[str]) -> Iterator[Path]:
    for path in folder.iterdir():
        is_hidden = path.name.startswith((".", "~$"))
        is_export = path.suffix.lower() in endings and not path.name.endswith(REPORT)
        if is_export and not is_hidden and path.is_file():
            yield path


def _signature(path: Path) -> Signature | None:
    """Return what changes when a file is written to; None where the file has gone meanwhile."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_size, status.st_mtime_ns


def settled(files: list[Path], seconds: float) -> tuple[list[Path], list[Path]]:
    """Look twice, `seconds` apart, and return the files that stood still and those still being written.

    One that has gone between the two looks is in neither. Raises SourceError.
    """
    try:
        before = {path: _signature(path) for path in files}
        if files and seconds:
            time.sleep(seconds)
        after = {path: seen for path in files if (seen := _signature(path))}
    except OSError as e:
        raise SourceError(str(files[0].parent), _FORBIDDEN) from e
    still = [path for path in after if after[path] == before[path]]
    return still, [path for path in after if after[path] != before[path]]


def delivered(path: Path, max_megabytes: int) -> Delivery:
    """Return the file at `path` as a delivery; of its bytes only the hash is taken. Raises SourceError."""
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            sha256 = (
                hashlib.file_digest(file, "sha256").hexdigest() if size <= max_megabytes * MEGABYTE else ""
            )
    except OSError as e:
        raise unreachable(path.name, e) from e
    if not sha256:
        raise SourceError(path.name, f"tệp lớn hơn {max_megabytes} MB; chia nhỏ, hoặc tăng max_megabytes")
    return Delivery(path.name, path, sha256)


def unreachable(name: str, error: OSError) -> SourceError:
    """Say why a file could not be opened or read: it may be there, or be allowed, next time."""
    cause = _FILE_CAUSES.get(error.errno or 0, "không đọc được tệp; hãy kiểm tra ổ đĩa")
    return SourceError(name, cause, passing=True)
