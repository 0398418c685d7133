"""Files written whole or not at all, under names that are safe."""

import errno
import glob
import os
import re
import unicodedata
from contextlib import suppress
from pathlib import Path

from latewatch.errors import StoreError

LONGEST_NAME = 120  # bytes; file systems take 255, and a suffix follows

_FULL = "đĩa đầy; hãy giải phóng dung lượng rồi chạy lại, chưa có gì bị mất"
_FORBIDDEN = "không có quyền ghi, hoặc tệp đang mở trong chương trình khác"
_NO_FOLDER = "một phần của đường dẫn là tệp, không phải thư mục"
_CAUSES = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: _FULL,
    errno.EACCES: _FORBIDDEN,
    errno.EPERM: _FORBIDDEN,
    errno.EROFS: "ổ đĩa chỉ cho đọc",
    errno.EISDIR: "đã có thư mục mang tên này",
    errno.ENOTDIR: _NO_FOLDER,
    errno.EEXIST: _NO_FOLDER,
}


def write_whole(path: Path, content: bytes, *, setting: str) -> None:
    """Write `content` beside `path`, down to the disk, and rename it there; missing folders are made.

    What stood at `path` before is kept whole when this fails. Raises StoreError naming the path, the cause
    and `setting`, which chooses another place.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _remove_orphans(path)
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as e:
        cause = _CAUSES.get(e.errno or 0, e.strerror or str(e))
        raise StoreError(f"{path}: không ghi được tệp: {cause}. Nơi lưu do {setting} quyết định.") from e
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _remove_orphans(path: Path) -> None:
    """Remove what a killed process left of its attempt to write `path`; another's running attempt stays."""
    for part in path.parent.glob(f".{glob.escape(path.name)}.*.part"):
        owner = part.suffixes[-2].removeprefix(".")
        if owner.isdigit() and not _is_running(int(owner)):
            part.unlink(missing_ok=True)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's, and so running
        return True
    return True


def file_stem(name: str) -> str:
    """Return `name` as a file name without folders: neither hidden nor longer than file systems take."""
    stem = re.sub(r"[^\w.-]+", "-", unicodedata.normalize("NFC", name)).strip(".-")
    return stem.encode()[:LONGEST_NAME].decode(errors="ignore") or "khong-ten"
