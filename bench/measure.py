"""What every bench shares: a line of the table, and timing the quickest of some rounds."""

from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

ROUNDS = 3  # the best round counts: the others were disturbed


MEGABYTES = "MB"
RATE = "/s"


class Result(NamedTuple):
    """One line of the table: seconds that `items` took by the baseline and by latewatch, or megabytes."""

    name: str
    items: int
    baseline: float
    ours: float
    note: str
    unit: str = RATE

    @property
    def shown(self) -> tuple[float, float, float]:
        """Return the figures of both, as rates where they are seconds, and their ratio."""
        if self.unit == MEGABYTES:
            return self.baseline, self.ours, self.ours / self.baseline
        baseline, ours = self.items / self.baseline, self.items / self.ours
        return baseline, ours, ours / baseline


def best_of(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return the seconds of the quickest of some rounds."""
    seconds = []
    for _ in range(rounds):
        start = perf_counter()
        work()
        seconds.append(perf_counter() - start)
    return min(seconds)


def highest() -> float:
    """Return the most memory this process held, in MB. (`getrusage` counts what its parent held, too.)"""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))
