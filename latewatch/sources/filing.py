"""Where a file of a watched folder goes once it was read; nothing is ever overwritten."""

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from itertools import count
from pathlib import Path

from latewatch.disk import write_whole
from latewatch.errors import SourceError, StoreError

DONE = "done"
FAILED = "failed"
REPORT = ".bao-cao.txt"  # what is told of a file stands beside it, under its name and this ending
CORRECTION = ".gac-lai.xlsx"
_NUMBER = re.compile(r"-\d+$")


def file_away(path: Path, into: str, beside: Mapping[str, bytes]) -> Path | None:
    """Move `path` into the folder `into` below its own; `beside` it, by ending, stands what is told of it.

    A name that is taken gets a number. The move is one rename: a run killed before it leaves the file where
    it was, and what it wrote for beside it is met again by the next. None where somebody took the file away
    meanwhile. Raises SourceError where the move is refused; then everything is as before.
    """
    written: list[Path] = []
    try:
        if not path.exists():
            return None
        (path.parent / into).mkdir(exist_ok=True)
        target = _vacant(path.parent / into / path.name, beside)
        for ending, content in beside.items():
            told = target.with_name(target.name + ending)
            if not told.exists():
                write_whole(told, content, setting="khóa folder của nguồn")
                written.append(told)
        path.rename(target)
    except (OSError, StoreError) as e:
        _take_back(written)
        raise SourceError(path.name, _refusal(into, e), passing=True) from e
    return target


def _vacant(wanted: Path, beside: Mapping[str, bytes]) -> Path:
    for number in count(1):
        name = wanted.name if number == 1 else f"{wanted.stem}-{number}{wanted.suffix}"
        target = wanted.with_name(name)
        if not os.path.lexists(target) and all(_is_ours(target, *each) for each in beside.items()):
            return target
    raise AssertionError  # numbers do not end


def _is_ours(target: Path, ending: str, content: bytes) -> bool:
    """Tell whether what is told of a file may stand here: nothing does, or a killed run wrote just this."""
    told = target.with_name(target.name + ending)
    return not os.path.lexists(told) or (told.is_file() and told.read_bytes() == content)


def _take_back(written: list[Path]) -> None:
    for each in written:
        with suppress(OSError):
            each.unlink()


def _refusal(into: str, error: OSError | StoreError) -> str:
    cause = error.strerror or str(error) if isinstance(error, OSError) else str(error)
    return (
        f"không chuyển được vào {into}/ ({cause}); tệp ở lại trong thư mục. Hãy cấp quyền ghi vào thư mục, "
        "hoặc đặt keep_files = true cho nguồn"
    )


def lying_in(folder: Path, into: str) -> set[str]:
    """Return the names of the files in `into`, and the names they may have had before they got a number."""
    try:
        names = {each.name for each in (folder / into).iterdir() if each.is_file()}
    except OSError:
        return set()
    return names | {_NUMBER.sub("", Path(name).stem) + Path(name).suffix for name in names}
