"""Many letters drawn on several processes, each with a printer of its own; their PDFs come in order.

Few are on their way at any time, however many are wanted. Whoever wants no more closes the iterator, and the
processes are gone.
"""

import logging
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from queue import SimpleQueue
from typing import IO, cast

from latewatch.config import Letters
from latewatch.domain.letters.letter import Letter
from latewatch.errors import LetterError
from latewatch.letters.drawing_process import Outcome

AHEAD = 2  # letters a process: the one it draws, and the next
log = logging.getLogger("latewatch")


class DrawingProcess:
    """A process that draws one letter at a time."""

    def __init__(self, settings: Letters) -> None:
        command = [sys.executable, "-m", "latewatch.letters.drawing_process"]
        wanted = subprocess.PIPE
        self._process = subprocess.Popen(  # noqa: S603
            command, stdin=wanted, stdout=wanted, stderr=subprocess.DEVNULL
        )
        self._in = cast("IO[bytes]", self._process.stdin)
        self._out = cast("IO[bytes]", self._process.stdout)
        with suppress(BrokenPipeError):  # it died at once; the first letter tells
            self._send(settings)

    def pdf(self, letter: Letter) -> bytes:
        """Return the letter as PDF. Raises LetterError naming the letter where the process broke or died."""
        try:
            self._send(letter)
            outcome, content = pickle.load(self._out)  # noqa: S301  from the process this one started
        except (EOFError, OSError, ValueError, pickle.UnpicklingError):
            raise _died(letter, self._process.wait()) from None
        if outcome == Outcome.DRAWN:
            return cast("bytes", content)
        if outcome == Outcome.REFUSED:
            raise LetterError(content)
        log.error("letter of %s: not drawn: %s", letter.code, content)
        raise LetterError(
            f"Văn bản xin lỗi của hồ sơ {letter.code}: vẽ PDF gặp lỗi không lường trước; chi tiết ở nhật ký."
        )

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def end(self) -> None:
        """End the process, whatever it is doing."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._in, self._out):
            with suppress(OSError):
                pipe.close()

    def _send(self, content: object) -> None:
        pickle.dump(content, self._in, pickle.HIGHEST_PROTOCOL)
        self._in.flush()


def drawn_apart(
    settings: Letters, letters: Iterable[Letter], processes: int
) -> Generator[bytes | LetterError, None, None]:
    """Yield the PDF of each letter, in order; in its place why it was not drawn, and the others go on."""
    pool = _Pool(settings)
    with ExitStack() as stack:
        stack.callback(pool.end)
        threads = stack.enter_context(ThreadPoolExecutor(processes))
        stack.callback(pool.end)  # before the threads are waited for: they wait for it
        stack.callback(threads.shutdown, wait=False, cancel_futures=True)
        pool.start(processes)
        coming: deque[Future[bytes | LetterError]] = deque()
        for letter in letters:
            coming.append(threads.submit(pool.draw, letter))
            if len(coming) == processes * AHEAD:
                yield coming.popleft().result()
        while coming:
            yield coming.popleft().result()


class _Pool:
    """As many processes as threads ask; one that died is replaced."""

    def __init__(self, settings: Letters) -> None:
        self._settings = settings
        self._started: list[DrawingProcess] = []
        self._idle: SimpleQueue[DrawingProcess] = SimpleQueue()
        self._is_over = False

    def start(self, count: int) -> None:
        for _ in range(count):
            process = DrawingProcess(self._settings)
            self._started.append(process)
            self._idle.put(process)

    def draw(self, letter: Letter) -> bytes | LetterError:
        process = self._idle.get()
        try:
            return process.pdf(letter)
        except LetterError as e:
            return e
        finally:
            if process.is_alive or self._is_over:
                self._idle.put(process)
            else:
                self.start(1)

    def end(self) -> None:
        self._is_over = True
        for process in self._started:
            process.end()


def _died(letter: Letter, code: int) -> LetterError:
    return LetterError(
        f"Văn bản xin lỗi của hồ sơ {letter.code}: tiến trình vẽ PDF dừng giữa chừng (mã {code}), thường "
        "vì máy thiếu bộ nhớ. Chưa ghi gì dở dang; hãy đóng bớt chương trình rồi chạy lại."
    )
