"""What a process may take that works on what a stranger made: memory, the processor, time on the clock."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress

MEGABYTE = 1024 * 1024


def cap(megabytes: int, seconds: int) -> None:
    """Cap memory and processor time of this process, where the system can.

    What a library in Rust says of its end is kept short: a backtrace takes memory, and where none is left the
    library waits for itself, for ever.
    """
    os.environ["RUST_BACKTRACE"] = "0"
    with suppress(ImportError):
        import resource  # noqa: PLC0415  there is none on Windows

        memory = megabytes * MEGABYTE
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


@contextmanager
def on_the_clock(seconds: int) -> Iterator[None]:
    """End this process if what is done here takes longer: who waits for ever uses no processor."""
    if not hasattr(signal, "alarm"):  # there is none on Windows
        yield
        return
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
