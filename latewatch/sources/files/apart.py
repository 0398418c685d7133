"""A file read in a process of its own, part by part: what it does to its reader, it does to nobody else."""

import logging
import pickle
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager, suppress
from typing import IO, Any, TypeAlias

from latewatch.config import Source
from latewatch.domain.record import Reading
from latewatch.errors import SourceError
from latewatch.sources.delivery import Delivery
from latewatch.sources.files.reader_process import Order, Outcome
from latewatch.sources.files.wire import receive
from latewatch.sources.profiles.profile import Profile, System

LONGEST_SECONDS = 900  # of processor time: a million rows take about a minute
PIPE_BYTES = 1 << 20  # lets the reader go on while a part is being written
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
        assert reader.stdin is not None  # noqa: S101  pipes were asked for
        assert reader.stdout is not None  # noqa: S101  likewise
        with suppress(BrokenPipeError):  # it died before it had its order; that is told below
            for told in (order, profile):
                pickle.dump(told, reader.stdin, pickle.HIGHEST_PROTOCOL)
            reader.stdin.flush()
            pickle.dump(stored(), reader.stdin, pickle.HIGHEST_PROTOCOL)
            reader.stdin.close()
        yield from _parts(reader, reader.stdout, order)


@contextmanager
def _reader() -> Iterator[subprocess.Popen[bytes]]:
    """Start a reader, and end it whatever happens: whoever takes no more parts needs none."""
    command = [sys.executable, "-m", "latewatch.sources.files.reader_process"]
    wanted = subprocess.PIPE
    reader = subprocess.Popen(command, stdin=wanted, stdout=wanted, stderr=subprocess.DEVNULL)  # noqa: S603
    _widen(reader.stdout)
    try:
        yield reader
    finally:
        reader.kill()
        reader.wait()
        for pipe in (reader.stdin, reader.stdout):
            with suppress(OSError):
                pipe.close()  # type: ignore[union-attr]  # pipes were asked for


def _widen(pipe: IO[bytes] | None) -> None:
    """Ask for a pipe that holds more than one part, where the system can."""
    with suppress(ImportError, AttributeError, OSError):
        import fcntl  # noqa: PLC0415  there is none on Windows

        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)  # type: ignore[arg-type]


def _parts(reader: subprocess.Popen[bytes], pipe: IO[bytes], order: Order) -> Iterator[Reading]:
    while True:
        try:
            outcome, content = receive(pipe)
        except (EOFError, pickle.UnpicklingError):
            raise _died(order, reader.wait()) from None
        if outcome == Outcome.PART:
            yield content
        elif outcome == Outcome.END:
            return
        else:
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
    if code in (-24, -9):  # SIGXCPU, and what follows it
        problem = f"đọc quá {order.max_seconds / 60:g} phút chưa xong; hãy chia nhỏ tệp"
        return SourceError(order.name, problem)
    return _too_large(order)


def _too_large(order: Order) -> SourceError:
    return SourceError(
        order.name,
        f"đọc tệp cần hơn {order.max_memory_megabytes} MB bộ nhớ; hãy chia nhỏ tệp, xóa các ô thừa ở xa "
        "bảng, hoặc tăng max_memory_megabytes của nguồn",
    )
