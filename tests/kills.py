"""Where in its work a process is killed."""

from collections.abc import Sequence
from itertools import pairwise


def points(kills: int, ends: Sequence[int]) -> list[int]:
    """Spread `kills` evenly from the first step to the last, and add one in each stage that has none.

    `ends` are the last steps of the stages, in order.
    """
    spread = {1 + number * (ends[-1] - 1) // (kills - 1) for number in range(kills)}
    for before, end in pairwise([0, *ends]):
        if end > before and spread.isdisjoint(range(before + 1, end + 1)):
            spread.add((before + end + 1) // 2)
    return sorted(spread)
