"""The process that reads one file for another: `python -m latewatch.sources.files.reader_process`.

The order comes in on standard input, and later the fingerprints of the rows that are known: the file is
opened meanwhile. Parts go out on standard output, each a pickle. Whatever a file does to its reader, it does
it here: the memory is capped, the processor's time is, and nobody else is harmed.
"""

import gc
import os
import pickle
import sys
import traceback
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import IO

from latewatch.domain.record import Reading
from latewatch.errors import SourceError
from latewatch.sources.files.spreadsheet import read_parts
from latewatch.sources.files.wire import send
from latewatch.sources.folder import unreachable
from latewatch.sources.profiles.profile import Profile, System
from latewatch.sources.systems.packet_file import read_packet


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be read, and how much it may take."""

    name: str
    path: Path
    profile: Profile
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
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing else may write between the parts
    order: Order = pickle.load(sys.stdin.buffer)  # noqa: S301  from the process that started this one
    _limit(order.max_memory_megabytes, order.max_seconds)
    gc.disable()  # rows refer to nothing that refers back to them
    try:
        for part in _parts(order):
            _stored()  # is taken in any case: who hands it over waits for that
            send(out, Outcome.PART, part)
        send(out, Outcome.END)
    except SourceError as e:
        _refuse(out, e)
    except (FileNotFoundError, PermissionError) as e:  # since it was looked at
        _refuse(out, unreachable(order.name, e))
    except MemoryError:
        send(out, Outcome.MEMORY)
    except Exception as e:
        where = "".join(traceback.format_tb(e.__traceback__)[-3:])  # lines of the program, no data
        send(out, Outcome.BROKEN, f"{type(e).__name__}\n{where}")
    out.close()


def _refuse(out: IO[bytes], error: SourceError) -> None:
    send(out, Outcome.REFUSED, (error.where, error.problem, error.passing))


def _parts(order: Order) -> Iterator[Reading]:
    if order.profile.system is System.DVCQG:
        return read_packet(order.name, order.path, order.profile)
    return read_parts(order.name, order.path, order.profile, order.max_megabytes, _stored)


@cache
def _stored() -> AbstractSet[str]:
    """Take in the fingerprints of the rows that are known."""
    known: AbstractSet[str] = pickle.load(sys.stdin.buffer)  # noqa: S301  as the order
    return known


def _limit(megabytes: int, seconds: int) -> None:
    """Cap memory and processor time of this process, where the system can."""
    try:
        import resource  # noqa: PLC0415  there is none on Windows
    except ImportError:
        return
    memory = megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    # Classes must have the name under which the other process knows them.
    from latewatch.sources.files.reader_process import main as named_main

    named_main()
