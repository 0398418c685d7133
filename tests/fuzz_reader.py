"""Reads one file after another for `test_fuzz`, under the cap of the process that reads for `latewatch poll`.

Run as `python fuzz_reader.py MEGABYTES`: the path of a file comes in, what became of it goes out, as pickles.
"""

import os
import pickle
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # the builders of files lie beside this one

from exports import profile

from latewatch.caps import cap
from latewatch.errors import SourceError
from latewatch.sources.files.spreadsheet import read_spreadsheet
from latewatch.sources.mapping.proposal import propose
from latewatch.sources.mapping.text import toml_of

MAX_MEGABYTES = 4
CAUSES = ("hãy", "lưu lại", "chia nhỏ")  # a refusal says what to do


def main() -> None:
    cap(int(sys.argv[1]), seconds=3_600)
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    profiles = [profile(), profile(profile="events")]
    readers: list[Callable[[Path], object]] = [
        lambda path: read_spreadsheet(path.name, path, profiles[0], MAX_MEGABYTES),
        lambda path: read_spreadsheet(path.name, path, profiles[1], MAX_MEGABYTES),
        lambda path: toml_of(propose(path.name, path, MAX_MEGABYTES)),
    ]
    while True:
        try:
            path = pickle.load(sys.stdin.buffer)  # noqa: S301  from the test that started this
        except EOFError:
            return
        outcomes = [_outcome(reader, path) for reader in readers]
        pickle.dump(outcomes, out)
        out.flush()


def _outcome(reader: Callable[[Path], object], path: Path) -> str:
    """Return `read`, `refused`, `memory`, or what should not have come out of a reader."""
    try:
        reader(path)
    except SourceError as e:
        return "refused" if any(cause in str(e) for cause in CAUSES) else f"no cure: {e}"
    except MemoryError:
        return "memory"
    except BaseException:
        return traceback.format_exc()
    return "read"


if __name__ == "__main__":
    main()
