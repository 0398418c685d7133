"""A watched folder. A file is taken when it has stopped growing; nothing in the folder is changed."""

import time
from pathlib import Path

from latewatch.errors import SourceError
from latewatch.sources.delivery import Delivery

ENDINGS = (".xlsx", ".xlsm", ".xls", ".csv", ".tsv", ".txt")
Signature = tuple[int, int]  # size in bytes, time of the last change in nanoseconds


def export_files(folder: Path) -> list[Path]:
    """Return the folder's export files, oldest first; lock and hidden files are none. Raises SourceError."""
    try:
        files = [path for path in folder.iterdir() if path.suffix.lower() in ENDINGS]
        files = [path for path in files if not path.name.startswith((".", "~$")) and path.is_file()]
        return sorted(files, key=lambda path: (path.stat().st_mtime_ns, path.name))
    except FileNotFoundError as e:
        raise SourceError(str(folder), "không có thư mục này; hãy tạo, hoặc sửa khóa folder của nguồn") from e
    except NotADirectoryError as e:
        raise SourceError(str(folder), "là tệp, không phải thư mục; hãy sửa khóa folder của nguồn") from e
    except OSError as e:
        raise SourceError(str(folder), f"không đọc được thư mục ({e.strerror}); hãy cấp quyền đọc") from e


def signature(path: Path) -> Signature:
    """Return what changes when a file is written to."""
    status = path.stat()
    return status.st_size, status.st_mtime_ns


def settled(files: list[Path], seconds: float) -> tuple[list[Path], list[Path]]:
    """Look twice, `seconds` apart, and return the files that stood still and those still being written."""
    before = {path: signature(path) for path in files}
    if files and seconds:
        time.sleep(seconds)
    still = [path for path in files if path.exists() and signature(path) == before[path]]
    return still, [path for path in files if path not in still]


def read_file(path: Path, max_megabytes: int) -> Delivery:
    """Return the bytes of `path`. Raises SourceError."""
    try:
        if path.stat().st_size > max_megabytes * 1024 * 1024:
            raise SourceError(path.name, f"tệp lớn hơn {max_megabytes} MB; chia nhỏ, hoặc tăng max_megabytes")
        return Delivery(path.name, path.read_bytes())
    except OSError as e:
        raise SourceError(path.name, f"không đọc được tệp ({e.strerror})", passing=True) from e
