"""The process that reads files for another: `python -m latewatch.sources.files.reader_process`.

It forks for each file, and stays for the next. A byte on standard input calls, then come the order and the
profile, and later the fingerprints of the rows that are known: the file is opened meanwhile, and of the first
one what reads its rows is only loaded then. Parts go out on standard output, each a pickle. Whatever a file
does to its reader, it does to a process of its own: the memory is capped, the processor's time is, and nobody
else is harmed.
"""

import gc
import os
import pickle
import sys
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from enum import StrEnum
from functools import cache
from importlib import import_module
from itertools import chain, islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from latewatch.caps import cap, on_the_clock
from latewatch.errors import SourceError
from latewatch.sources.files.beside import CAN_FORK
from latewatch.sources.files.grid import sheets

if TYPE_CHECKING:
    from latewatch.domain.reading import Reading

CALL = b"!"
NO_THREAD = "can't start new thread"


class Order(NamedTuple):
    """What is to be read, and how much it may take."""

    name: str
    path: Path
    is_packet: bool
    max_megabytes: int
    max_memory_megabytes: int
    max_seconds: int


class Outcome(StrEnum):
    """What a message of the reader is."""

    PART = "part"
    END = "end"
    REFUSED = "refused"  # a file that cannot be read, and why
    MEMORY = "memory"
    BROKEN = "broken"  # an error of the program


def main() -> None:
    """Read a file whenever one is asked for, until nobody can ask; end as one that did not get to its end."""
    while os.read(0, len(CALL)):
        if not CAN_FORK:  # then a reader reads one file
            _read()
            return
        reader = os.fork()
        if not reader:
            _read_and_end()
        code = os.waitstatus_to_exitcode(os.waitpid(reader, 0)[1])
        if code:
            os._exit(abs(code))  # the number of the signal that ended it
        _load()  # now: while a file is being read, both processors have enough to do


def _read_and_end() -> None:
    try:
        _read()
        os._exit(0)
    finally:
        os._exit(1)


@cache
def _load() -> None:
    """Load what reads files, for those to come."""
    import_module("latewatch.sources.systems.packet_file")
    _load_rows()
    gc.collect()
    gc.freeze()


def _load_rows() -> Any:
    """Load what reads spreadsheets."""
    import_module("latewatch.sources.files.finishing")
    return import_module("latewatch.sources.files.spreadsheet").read_parts


def _read() -> None:
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing else may write between the parts
    order: Order = _told()
    cap(order.max_memory_megabytes, order.max_seconds)
    gc.disable()  # rows refer to nothing that refers back to them
    parts = _parts(order)
    try:
        while (part := _next(parts, order.max_seconds)) is not None:
            _stored()  # is taken in any case: who hands it over waits for that
            _send(out, Outcome.PART, part)
        _end(out, Outcome.END)
    except SourceError as e:
        _refuse(out, e)
    except (FileNotFoundError, PermissionError) as e:  # since it was looked at
        from latewatch.sources.folder import unreachable  # noqa: PLC0415  as all that reads rows

        _refuse(out, unreachable(order.name, e))
    except Exception as e:
        _end(out, *_failure(e))
    out.close()


def _next(parts: "Iterator[Reading]", seconds: int) -> "Reading | None":
    with on_the_clock(seconds):
        return next(parts, None)


def _failure(error: Exception) -> tuple[Outcome, str | None]:
    if isinstance(error, MemoryError) or NO_THREAD in str(error):  # its stack has no room left
        return Outcome.MEMORY, None
    import traceback  # noqa: PLC0415  nobody waits for it now

    where = "".join(traceback.format_tb(error.__traceback__)[-3:])  # lines of the program, no data
    return Outcome.BROKEN, f"{type(error).__name__}\n{where}"


def _refuse(out: IO[bytes], error: SourceError) -> None:
    _end(out, Outcome.REFUSED, (error.where, error.problem, error.passing))


def _end(out: IO[bytes], kind: Outcome, content: Any = None) -> None:
    """Send the last message. All that was told must be taken in before: the next order follows it."""
    with suppress(EOFError):
        _profile()
        _stored()
    _send(out, kind, content)


def _send(out: IO[bytes], kind: Outcome, content: Any = None) -> None:
    pickle.dump((kind, content), out, pickle.HIGHEST_PROTOCOL)
    out.flush()


def _parts(order: Order) -> "Iterator[Reading]":
    read = _packet if order.is_packet else _spreadsheet
    for part in read(order):
        from latewatch.sources.files.finishing import finished  # noqa: PLC0415  loaded by now

        yield finished(part, _profile())


def _packet(order: Order) -> "Iterator[Reading]":
    from latewatch.sources.systems.packet_file import read_packet  # noqa: PLC0415  few files are packets

    return read_packet(order.name, order.path, _profile())


def _spreadsheet(order: Order) -> "Iterator[Reading]":
    with ThreadPoolExecutor(1) as beside:
        rows = beside.submit(_load_rows)  # opening a workbook leaves Python to others
        found = sheets(order.name, order.path, order.max_megabytes)
        first = list(islice(found, 1))
        read_parts = rows.result()
    parts: Iterator[Reading] = read_parts(order.name, chain(first, found), _profile(), _stored)
    return parts


@cache
def _profile() -> Any:
    """Take in how the file is to be read."""
    return _told()


@cache
def _stored() -> AbstractSet[str]:
    """Take in the fingerprints of the rows that are known."""
    known: AbstractSet[str] = _told()
    return known


def _told() -> Any:
    """Take in the next thing that is told: the order, the profile, what is stored."""
    return pickle.load(sys.stdin.buffer)  # noqa: S301  from the process that started this one


if __name__ == "__main__":
    # Classes must have the name under which the other process knows them.
    from latewatch.sources.files.reader_process import main as named_main

    named_main()
