"""What every bench shares: a line of the table, and timing the quickest of some rounds."""

from collections.abc import Callable
from time import perf_counter
from typing import NamedTuple

ROUNDS = 3  # the best round counts: the others were disturbed


class Result(NamedTuple):
    """One line of the table: seconds that `items` took by the baseline and by latewatch."""

    name: str
    items: int
    baseline_seconds: float
    our_seconds: float
    note: str


def best_of(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return the seconds of the quickest of some rounds."""
    seconds = []
    for _ in range(rounds):
        start = perf_counter()
        work()
        seconds.append(perf_counter() - start)
    return min(seconds)
