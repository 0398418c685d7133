"""A file read in a process of its own, part by part: what it does to its reader, it does to nobody else."""

import atexit
import logging
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager, suppress
from typing import IO, Any, TypeAlias

from latewatch.config import Source
from latewatch.domain.reading import Reading
from latewatch.errors import SourceError
from latewatch.sources.delivery import Delivery
from latewatch.sources.files.beside import CAN_FORK
from latewatch.sources.files.reader_process import CALL, Order, Outcome
from latewatch.sources.profiles.profile import Profile, System

LONGEST_SECONDS = 900  # of processor time, and of one part on the clock: a million rows take about a minute
PIPE_BYTES = 1 << 20  # lets the reader go on while a part is being written
TIME_IS_UP = (14, 24, 9)  # SIGALRM; SIGXCPU, and what follows it
Known: TypeAlias = Callable[[], AbstractSet[str]]
log = logging.getLogger("latewatch")


def read_apart(
    delivery: Delivery, source: Source, profile: Profile, stored: Known = frozenset
) -> Generator[Reading, None, None]:
    """Yield what the file says, part by part. Raises SourceError where it cannot be read, at any part.

    `stored` gives the fingerprints of rows that need no reading; it is asked while the file is being opened.
    More than `max_memory_megabytes` of the source, or 15 minutes of the processor, and the file is refused.
    """
    order = Order(
        name=delivery.name,
        path=delivery.path,
        is_packet=profile.system is System.DVCQG,
        max_megabytes=source.max_megabytes,
        max_memory_megabytes=source.max_memory_megabytes,
        max_seconds=LONGEST_SECONDS,
    )
    with _reader() as reader:
        with suppress(BrokenPipeError):  # it died before it had its order; that is told below
            reader.tell(order, profile)
            reader.tell(stored())
        yield from _parts(reader, order)


class _Reader:
    """A process that reads one file after the other, each in a fork; `is_free` once it said its last word."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "latewatch.sources.files.reader_process"]
        wanted = subprocess.PIPE
        self._process = subprocess.Popen(  # noqa: S603
            command, stdin=wanted, stdout=wanted, stderr=subprocess.DEVNULL, start_new_session=True
        )
        assert self._process.stdin is not None  # noqa: S101  pipes were asked for
        assert self._process.stdout is not None  # noqa: S101  likewise
        self._in, self.out = self._process.stdin, self._process.stdout
        _widen(self.out)
        self._owner = os.getpid()
        self.is_free = True

    @property
    def can_read(self) -> bool:
        """Tell whether it lives and is this process's own: one that was forked has its parent's readers."""
        return self._owner == os.getpid() and self._process.poll() is None

    def call(self) -> None:
        """Ask for the next file. Raises BrokenPipeError where it died meanwhile."""
        self.is_free = False
        self._in.write(CALL)

    def tell(self, *contents: Any) -> None:
        for content in contents:
            pickle.dump(content, self._in, pickle.HIGHEST_PROTOCOL)
        self._in.flush()

    def code(self) -> int:
        """Return how it ended, once it did."""
        return self._process.wait()

    def end(self) -> None:
        """End it and its fork, whatever they are doing."""
        if self._owner != os.getpid():
            return
        with suppress(ProcessLookupError):
            if CAN_FORK:
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()
        self._process.wait()
        for pipe in (self._in, self.out):
            with suppress(OSError):
                pipe.close()


_idle: list[_Reader] = []


@contextmanager
def _reader() -> Iterator[_Reader]:
    """Give a reader. It stays for the next file, unless it was left in the midst of this one."""
    reader = _waiting() or _Reader()
    try:
        reader.call()
        yield reader
    finally:
        if reader.is_free and CAN_FORK:
            _idle.append(reader)
        else:
            reader.end()


def _waiting() -> _Reader | None:
    """Take one that read a file before."""
    while _idle:
        with suppress(IndexError):  # another thread took the last one
            reader = _idle.pop()
            if reader.can_read:
                return reader
            reader.end()
    return None


@atexit.register
def _end_all() -> None:
    while reader := _waiting():
        reader.end()


def _widen(pipe: IO[bytes] | None) -> None:
    """Ask for a pipe that holds more than one part, where the system can."""
    with suppress(ImportError, AttributeError, OSError):
        import fcntl  # noqa: PLC0415  there is none on Windows

        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)  # type: ignore[arg-type]


def _parts(reader: _Reader, order: Order) -> Iterator[Reading]:
    while True:
        try:
            outcome, content = pickle.load(reader.out)  # noqa: S301  from a process of our own
        except (EOFError, pickle.UnpicklingError):
            raise _died(order, reader.code()) from None
        if outcome == Outcome.PART:
            yield content
            continue
        reader.is_free = True
        if outcome == Outcome.END:
            return
        raise _refusal(order, outcome, content)


def _refusal(order: Order, outcome: str, content: Any) -> SourceError:
    if outcome == Outcome.REFUSED:
        where, problem, passing = content
        return SourceError(where, problem, passing=passing)
    if outcome == Outcome.MEMORY:
        return _too_large(order)
    log.error("%s: the reader failed: %s", order.name, content)
    return SourceError(
        order.name, "đọc tệp gặp lỗi không lường trước; hãy mở và lưu lại dạng .xlsx rồi thử lại"
    )


def _died(order: Order, code: int) -> SourceError:
    """Say why a reader may have ended without a word: the library it reads with ends it where memory ends."""
    if code in TIME_IS_UP:
        problem = f"đọc quá {order.max_seconds / 60:g} phút chưa xong; hãy chia nhỏ tệp"
        return SourceError(order.name, problem)
    return _too_large(order)


def _too_large(order: Order) -> SourceError:
    return SourceError(
        order.name,
        f"đọc tệp cần hơn {order.max_memory_megabytes} MB bộ nhớ; hãy chia nhỏ tệp, xóa các ô thừa ở xa "
        "bảng, hoặc tăng max_memory_megabytes của nguồn",
    )
