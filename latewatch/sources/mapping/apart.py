"""A proposal made in a process of its own: a file that is not what it seems harms nobody else."""

from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path

from latewatch.caps import cap, on_the_clock
from latewatch.errors import SourceError
from latewatch.sources.mapping.proposal import Proposal, propose

LONGEST_SECONDS = 300  # of processor time, and on the clock
Refusal = tuple[str, str]  # of a SourceError: where, and what to do


def propose_apart(path: Path, max_megabytes: int, max_memory_megabytes: int) -> Proposal:
    """Return the proposal for the file at `path`. Raises SourceError, also where it takes too much."""
    limits = (max_memory_megabytes, LONGEST_SECONDS)
    try:
        with ProcessPoolExecutor(1, get_context("spawn"), cap, limits) as reader:
            outcome = reader.submit(_proposal, path, max_megabytes).result()
    except (BrokenProcessPool, MemoryError) as e:  # the library that reads ends the process where memory ends
        raise SourceError(
            path.name,
            f"đọc tệp cần hơn {max_memory_megabytes} MB bộ nhớ hoặc hơn {LONGEST_SECONDS // 60} phút; "
            "hãy mở, lưu lại dạng .xlsx với vài trăm dòng đầu rồi thử lại",
        ) from e
    if isinstance(outcome, Proposal):
        return outcome
    raise SourceError(*outcome)


def _proposal(path: Path, max_megabytes: int) -> Proposal | Refusal:
    """Return the proposal, or why there is none: an error of two parts does not travel between processes."""
    try:
        with on_the_clock(LONGEST_SECONDS):
            return propose(path.name, path, max_megabytes)
    except SourceError as e:
        return e.where, e.problem
