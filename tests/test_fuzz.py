"""Whatever a file or a cell is, it is read or refused with its cure: in time, within the memory, without a trace.

`make test` tries a thousand inputs and a half, `make fuzz` more than 200 000: LATEWATCH_FUZZ multiplies them.
"""

import pickle
import random
import select
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import fuzzing
import pytest
from amounts import TIMES, usually
from exports import CORE, profile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from latewatch.config import Source
from latewatch.domain.limit import LimitUnit
from latewatch.domain.record import DateOrder
from latewatch.errors import SourceError
from latewatch.sources.delivery import Delivery
from latewatch.sources.files.apart import read_apart
from latewatch.sources.files.cells import key_of, limit_of, moment_of, phone_of, procedure_code_of, text_of
from latewatch.sources.files.grid import Sheet
from latewatch.sources.files.header import find_header
from latewatch.sources.mapping.cells import kind_of

SECONDS = 60  # for one file, read three times; a good one of this size takes hundredths of one
MEGABYTES = 512
FILES = 250  # read by one process before a new one is started
GOOD = {"read", "refused"}
ENDED_BY_THE_CAP = (-6, -9)  # the library that reads ends its process where memory ends


def inputs(number: int) -> Callable[[Any], Any]:
    """Try so many inputs times LATEWATCH_FUZZ; half of them where that is not set."""
    return settings(
        max_examples=usually(-(-number // 2), number * TIMES),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


class Reader:
    """A process that reads file after file. The poll has one for each file, so none may suffer for another."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.counts: Counter[str] = Counter()
        self._start()

    def _start(self) -> None:
        command = [sys.executable, str(Path(__file__).with_name("fuzz_reader.py")), str(MEGABYTES)]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL)
        self.number = 0

    def read(self, name: str, content: bytes) -> None:
        """Read `content`: what comes of it is a table, a refusal with its cure, or the end of the memory.

        What a process says that has read others before is asked again of a new one.
        """
        path = self.folder / name
        path.write_bytes(content)
        if self.number >= FILES:
            self._restart()
        is_new = self.number == 0
        outcomes = self._outcomes(path)
        if not is_new and not set(outcomes) <= GOOD:
            self._restart()
            outcomes = self._outcomes(path)
        self.counts.update(outcomes)
        assert [each for each in outcomes if each not in GOOD | {"memory"}] == []

    def _outcomes(self, path: Path) -> list[str]:
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin
        assert stdout
        self.number += 1
        pickle.dump(path, stdin)
        stdin.flush()
        ready, _, _ = select.select([stdout], [], [], SECONDS)
        if not ready:
            self._restart()
            pytest.fail(f"{path.name} was not read within {SECONDS} seconds")
        try:
            found: list[str] = pickle.load(stdout)  # noqa: S301  from the process started here
        except EOFError:
            return [self._ended()]
        return found

    def _restart(self) -> None:
        self.close()
        self._start()

    def _ended(self) -> str:
        code = self.process.wait()
        self._restart()
        return "memory" if code in ENDED_BY_THE_CAP else f"the reader ended with {code}"

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                with suppress(OSError):
                    pipe.close()


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    made = Reader(tmp_path_factory.mktemp("fuzz"))
    yield made
    made.close()


@pytest.fixture(autouse=True)
def _counted(request: pytest.FixtureRequest) -> Iterator[None]:
    """Say what became of the files, where many are read; run pytest with -rA or -s to see it."""
    if "reader" not in request.fixturenames:
        yield
        return
    counts: Counter[str] = request.getfixturevalue("reader").counts
    before = counts.copy()
    yield
    sys.stdout.write(f"{request.node.name}: {dict(counts - before)}\n")


SEEDS = st.integers(0, 2**63)
ZONE = r"(Z|[+-]\d{2}:?\d{2})"
CLOCK = r"([ T]\d{1,2}[:h]\d{2}(:\d{2}(\.\d{1,9})?)?)"
CELLS = st.one_of(
    st.text(max_size=40),
    st.text("0123456789/-.: TZ+hđ", max_size=24),
    st.from_regex(rf"\A\d{{1,2}}[/.-]\d{{1,2}}[/.-]\d{{2,5}}{CLOCK}?{ZONE}?\Z"),
    st.from_regex(rf"\A\d{{4}}-\d{{2}}-\d{{2}}{CLOCK}? ?{ZONE}?\Z"),
    st.from_regex(r"\A-?\d{1,8}([.,]\d{1,3})? ?(ngày|ngày làm việc|giờ|phút|tuần|tháng|h|d|cd)?\Z"),
    st.integers(),
    st.integers(29_000, 81_000),
    st.floats(),
    st.floats(29_000, 81_000),
    st.booleans(),
    st.dates(),
    st.times(),
    st.datetimes(),
    st.timedeltas(),
)


class TestCells:
    """One cell: a value, or a ValueError with its reason."""

    @inputs(700)
    @given(CELLS, st.sampled_from(DateOrder))
    def test_a_moment(self, cell: Any, order: DateOrder) -> None:
        with refused():
            moment = moment_of(cell, order)
            assert moment is None or 1989 < moment.year <= 2100  # 2099 in another zone

    @inputs(500)
    @given(CELLS, st.sampled_from([LimitUnit.WORKING_DAYS, LimitUnit.CALENDAR_DAYS, LimitUnit.HOURS]))
    def test_a_limit(self, cell: Any, unit: LimitUnit) -> None:
        with refused():
            limit_of(cell, unit)

    @inputs(300)
    @given(CELLS)
    def test_a_phone_a_code_and_a_text(self, cell: Any) -> None:
        assert isinstance(phone_of(cell), str)
        assert isinstance(key_of(text_of(cell)), str)
        with refused():
            procedure_code_of(cell)

    @inputs(200)
    @given(CELLS)
    def test_what_it_looks_like(self, cell: Any) -> None:
        kind_of(cell)


@contextmanager
def refused() -> Iterator[None]:
    try:
        yield
    except ValueError as e:
        said = str(e)
        assert "hãy" in said or "cần" in said or "chưa tính được" in said, said


GRID_CELLS = st.one_of(st.sampled_from([*CORE, "", "(1)", "x", "Tổng cộng"]), CELLS)
DOSSIERS = profile()


@inputs(100)
@given(
    st.lists(st.lists(GRID_CELLS, max_size=6), max_size=8),
    st.lists(st.tuples(*[st.integers(0, 9)] * 4), max_size=3),
)
def test_a_header_is_found_or_not(grid: list[list[Any]], merged: list[tuple[int, int, int, int]]) -> None:
    try:
        header = find_header("x", Sheet("y", grid, partial(iter, grid), merged), DOSSIERS)
    except SourceError as e:
        assert "hãy" in str(e)  # noqa: PT017
    else:
        assert header is None or set(header.columns.values()) <= set(header.headings)


class TestFiles:
    """Bytes of a file: read as dossiers, as events, and for a proposal."""

    @inputs(150)
    @given(magic=st.sampled_from(sorted(fuzzing.MAGICS)), tail=st.binary(max_size=600), seed=SEEDS)
    def test_random_bytes_behind_each_beginning(
        self, reader: Reader, magic: str, tail: bytes, seed: int
    ) -> None:
        rng = random.Random(seed)  # noqa: S311  a test, not a secret
        filler = rng.randbytes(rng.choice((0, 0, 512, 5000)))
        reader.read("thu.xlsx", fuzzing.MAGICS[magic] + tail + filler)

    @inputs(250)
    @given(seed=SEEDS)
    def test_a_workbook_with_damaged_bytes(self, reader: Reader, seed: int) -> None:
        rng = random.Random(seed)  # noqa: S311  a test, not a secret
        reader.read("thu.xlsx", fuzzing.damaged(rng.choice(fuzzing.good_workbooks()), rng))

    @inputs(400)
    @given(seed=SEEDS)
    def test_a_workbook_whose_members_say_something_else(self, reader: Reader, seed: int) -> None:
        rng = random.Random(seed)  # noqa: S311  a test, not a secret
        reader.read("thu.xlsx", fuzzing.retold(rng.choice(fuzzing.good_workbooks()), rng))

    @inputs(250)
    @given(seed=SEEDS)
    def test_an_old_workbook_with_damaged_bytes(self, reader: Reader, seed: int) -> None:
        rng = random.Random(seed)  # noqa: S311  a test, not a secret
        reader.read("thu.xls", fuzzing.damaged(rng.choice(fuzzing.good_old_workbooks()), rng))

    @inputs(250)
    @given(seed=SEEDS)
    def test_an_old_workbook_whose_records_say_something_else(self, reader: Reader, seed: int) -> None:
        rng = random.Random(seed)  # noqa: S311  a test, not a secret
        reader.read("thu.xls", fuzzing.retold_old(rng.choice(fuzzing.good_old_workbooks()), rng))

    @inputs(300)
    @given(seed=SEEDS)
    def test_a_text_file_however_it_is_written(self, reader: Reader, seed: int) -> None:
        reader.read("thu.csv", fuzzing.text_file(random.Random(seed)))  # noqa: S311  a test, not a secret

    @inputs(3)
    @given(seed=SEEDS)
    def test_a_workbook_much_larger_than_it_looks(self, reader: Reader, seed: int) -> None:
        reader.read("thu.xlsx", fuzzing.bomb(random.Random(seed)))  # noqa: S311  a test, not a secret


MAKERS: dict[str, Callable[[random.Random], bytes]] = {
    "xlsx": lambda rng: fuzzing.retold(rng.choice(fuzzing.good_workbooks()), rng),
    "xls": lambda rng: fuzzing.retold_old(rng.choice(fuzzing.good_old_workbooks()), rng),
    "csv": fuzzing.text_file,
    "bomb.xlsx": fuzzing.bomb,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("apart")


@inputs(6)
@given(kind=st.sampled_from(sorted(MAKERS)), seed=SEEDS)
def test_a_file_read_as_the_poll_reads_it(folder: Path, kind: str, seed: int) -> None:
    """Nothing but parts or a refusal with its cure comes back, whatever becomes of the process that reads."""
    path = folder / f"thu.{kind}"
    path.write_bytes(MAKERS[kind](random.Random(seed)))  # noqa: S311  a test, not a secret
    source = Source(name="thử", folder=folder, max_megabytes=4, max_memory_megabytes=512)
    try:
        for part in read_apart(Delivery(path.name, path, ""), source, DOSSIERS):
            assert part.read >= len(part.reported)
    except SourceError as e:
        assert any(cure in str(e) for cure in ("hãy", "lưu lại", "chia nhỏ"))  # noqa: PT017
        assert "không lường trước" not in str(e)  # noqa: PT017
