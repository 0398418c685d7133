"""Work done in a fork of this process: what both need is there already, and two processors share it."""

import os
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

T = TypeVar("T")
CAN_FORK = hasattr(os, "fork")  # there is none on Windows
CAN_SHARE = CAN_FORK and (os.cpu_count() or 1) > 1


@contextmanager
def beside(work: Callable[[], T]) -> Iterator[Callable[[], T]]:
    """Begin `work` in a fork; what is given waits for its result, or works it out where there is none."""
    receives, sends = os.pipe()
    fork = os.fork()
    if not fork:
        _work_and_end(work, sends)
    os.close(sends)
    with os.fdopen(receives, "rb") as result:
        try:
            yield lambda: _received(result.read(), work)
        finally:
            with suppress(ProcessLookupError):
                os.kill(fork, 9)
            os.waitpid(fork, 0)


def _work_and_end(work: Callable[[], T], sends: int) -> None:
    """Never return: nothing of this process is the fork's to end."""
    try:
        with os.fdopen(sends, "wb") as out:
            pickle.dump(work(), out, pickle.HIGHEST_PROTOCOL)
    finally:
        os._exit(0)


def _received(result: bytes, work: Callable[[], T]) -> T:
    """Whatever ended the fork ends this process, too, or says what is wrong here, where somebody hears it."""
    with suppress(EOFError, pickle.UnpicklingError):
        made: T = pickle.loads(result)  # noqa: S301  of a fork of this process
        return made
    return work()
