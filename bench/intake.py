"""Taking in an export, measured in processes of their own: a first file, a second one, their memory.

The baseline of each is python-calamine (the csv module for CSV) reading the same file alone.
"""

import csv
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import chain
from pathlib import Path

import xlsxwriter
from measure import MEGABYTES, Result

ROWS = 100_000
CSV_ROWS = 1_000_000
CHANGED = ROWS // 100
ROUNDS = 5
HEADINGS = (
    *("Số hồ sơ", "Tên thủ tục hành chính", "Tên lĩnh vực", "Phòng ban", "Ngày tiếp nhận", "Ngày hẹn trả"),
    *("Ngày kết thúc xử lý", "Cơ quan/đơn vị", "Chủ hồ sơ", "Số điện thoại", "Cán bộ xử lý hiện tại"),
    *("Trạng thái hồ sơ", "Hạn xử lý", "Số ngày giải quyết", "Bước xử lý hiện tại", "Cập nhật nguồn"),
    *("Địa chỉ", "Hình thức nộp", "Mã TTHC", "Ngày nộp hồ sơ"),
)
CONFIG = """
[office]
name = "Cơ quan đo"
[[sources]]
name = "a"
folder = "in"
settle_seconds = 0.0
keep_files = true
max_megabytes = 1000
"""

# What runs in a process of its own, so that its time and its memory are nobody else's.
ALONE = """
from python_calamine import CalamineWorkbook
rows = CalamineWorkbook.from_path(sys.argv[1]).get_sheet_by_index(0).to_python()
"""
ALONE_CSV = """
import csv
for _ in csv.reader(open(sys.argv[1], encoding="utf-8", newline="")):
    pass
"""
IMPORT = """
from datetime import UTC, datetime
from pathlib import Path
from latewatch.app import open_office
from latewatch.jobs.poll import poll
with open_office(Path(sys.argv[1])) as office:
    started = perf_counter()
    result = poll(office, office.settings.sources[0], datetime(2026, 11, 12, 1, tzinfo=UTC))
    assert not result.problems, result.problems
"""
ASSESS = """
from datetime import UTC, datetime
from pathlib import Path
from latewatch.app import open_office
from latewatch.jobs.assess import assess
with open_office(Path(sys.argv[1])) as office:
    started = perf_counter()
    assess(office, datetime(2026, 11, 12, 1, tzinfo=UTC))
"""
FRAME = """
import atexit, json, resource, sys
from time import perf_counter
from measure import highest
started = perf_counter()
{work}
seconds = perf_counter() - started
atexit._run_exitfuncs()  # readers that wait for a next file end, and count
readers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
print(json.dumps([seconds, highest() + readers]))
"""


def first_import() -> Result:
    """An export into an empty database, from its bytes to committed records."""
    with _office() as folder:
        _put(folder, "a.xlsx", changed=0)
        alone, ours = _by_turns(folder, lambda _: _forget(folder))
    return Result("import", ROWS, alone, ours, "calamine reading the file alone; empty database")


def import_and_assess() -> Result:
    """The same, and every due date decided."""
    with _office() as folder:
        _put(folder, "a.xlsx", changed=0)
        alone, ours = _by_turns(folder, lambda _: _forget(folder), IMPORT, ASSESS)
    return Result("import, assess", ROWS, alone, ours, "likewise; and every due date decided")


def import_file_again() -> Result:
    """The very file that was taken in before, put there once more."""
    with _office() as folder:
        alone, ours = _by_turns(_known(folder), lambda _: (folder / "in" / "a.xlsx").touch())
    return Result("import, a file", ROWS, alone, ours, "likewise; the same file once more")


def import_again() -> Result:
    """The same rows in a file of other bytes."""
    with _office() as folder:
        alone, ours = _by_turns(_known(folder), lambda number: _put(folder, "b.xlsx", 0, number))
    return Result(
        "import, same", ROWS, alone, ours, "likewise; all rows known, nothing written but the batch"
    )


def import_changed() -> Result:
    """The next export, in which one row in a hundred changed."""
    with _office() as folder:

        def next_export(number: int) -> None:
            _put(folder, "a.xlsx", changed=0, mark=-2 - number)
            _run(IMPORT, folder / "config.toml")  # as it was before
            _put(folder, "b.xlsx", CHANGED, number)

        alone, ours = _by_turns(_known(folder), next_export)
    return Result("import, 1 %", ROWS, alone, ours, "likewise; one row in a hundred changed")


def _known(folder: Path) -> Path:
    _put(folder, "a.xlsx", changed=0)
    _run(IMPORT, folder / "config.toml")
    return folder


def _by_turns(folder: Path, prepare: Callable[[int], None], *work: str) -> tuple[float, float]:
    """Return the seconds of calamine alone and of `work`, an import where none is told, of a usual round.

    Calamine reads the file before and after: a machine that is slower for a minute is so for both. What is
    compared is the middle one of the ratios: the shorter work has the luckier moments.
    """
    rounds = []
    for number in range(ROUNDS):
        prepare(number)
        file, config = next((folder / "in").iterdir()), folder / "config.toml"
        before = _run(ALONE, file)[0]
        ours = sum(_run(each, config)[0] for each in work or (IMPORT,))
        rounds.append(((before + _run(ALONE, file)[0]) / 2, ours))
    return sorted(rounds, key=lambda pair: pair[0] / pair[1])[ROUNDS // 2]


def memory_of_import() -> Result:
    """Peak memory of both processes of a first import."""
    with _office() as folder:
        _put(folder, "a.xlsx", changed=0)
        _, ours = _run(IMPORT, folder / "config.toml")
        _, alone = _run(ALONE, folder / "in" / "a.xlsx")
    note = f"peak memory; calamine alone on {ROWS:,} rows"
    return Result("memory xlsx", ROWS, alone, ours, note, unit=MEGABYTES)


def memory_of_csv() -> Result:
    """Peak memory of both processes of a first import of a long text file."""
    with _office() as folder:
        path = folder / "in" / "a.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            rows = (row_of(number, is_running=False) for number in range(CSV_ROWS))
            csv.writer(file).writerows(chain([HEADINGS], rows))
        _, alone = _run(ALONE_CSV, path)
        _, ours = _run(IMPORT, folder / "config.toml")
    note = f"peak memory; csv alone on {CSV_ROWS:,} rows; 1 200 MB are allowed"
    return Result("memory csv", CSV_ROWS, alone, ours, note, unit=MEGABYTES)


@contextmanager
def _office() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "in").mkdir()
        (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
        yield folder


def _forget(folder: Path) -> None:
    for path in folder.glob("latewatch.db*"):
        path.unlink()


def _put(folder: Path, name: str, changed: int, mark: int = -1) -> None:
    for path in (folder / "in").iterdir():
        path.unlink()
    _export(folder / "in" / name, changed, mark)


def _export(path: Path, changed: int, mark: int = -1) -> None:
    """Write an export of ROWS dossiers; the last `changed` of them are still running."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as book:
        book.set_properties({"title": f"Xuất {mark}"})
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADINGS)
        for number in range(ROWS):
            sheet.write_row(number + 1, 0, row_of(number, is_running=number >= ROWS - changed))


def row_of(number: int, *, is_running: bool) -> tuple[str, ...]:
    received = date(2026, 1, 2) + timedelta(days=number % 300)
    clock = f"{7 + number % 9:02d}:{number % 60:02d}:{number * 7 % 60:02d}"
    finished = received + timedelta(days=5 + number % 7)
    return (
        *(f"H99.12-{received:%y%m%d}-{number:07d}", f"Thủ tục cấp giấy phép số {number % 60} về xây dựng"),
        *(f"Lĩnh vực {number % 12}", f"Phòng {number % 9}", f"{received:%d/%m/%Y} {clock}"),
        f"{received + timedelta(days=10):%d/%m/%Y} 17:00",
        "" if is_running else f"{finished:%d/%m/%Y} 15:{number % 60:02d}",
        *("UBND xã Ví Dụ", f"Nguyễn Văn Ví Dụ {number}", f"09{number:08d}", f"Cán bộ Mẫu {number % 40}"),
        "Đang xử lý" if is_running else "Đã xử lý xong",
        *("", f"{5 + number % 3} ngày làm việc", "Thẩm định", "12/11/2026", f"Thôn {number % 50}, xã Ví Dụ"),
        *("Trực tuyến toàn trình" if number % 3 else "Trực tiếp", f"1.{number % 60:06d}"),
        f"{received:%d/%m/%Y}",
    )


def _run(work: str, path: Path) -> tuple[float, float]:
    """Return seconds and peak megabytes of `work` on `path` in a process of its own and those it starts."""
    command = [sys.executable, "-c", FRAME.format(work=work), str(path)]
    here = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    out = subprocess.run(command, capture_output=True, text=True, check=True, env=here)
    seconds, megabytes = json.loads(out.stdout)
    return seconds, megabytes
