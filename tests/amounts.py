"""How much of the same is tried: `make test` tries some of it, `make fuzz` sets LATEWATCH_FUZZ and tries all.

Where inputs are drawn at random, LATEWATCH_FUZZ is also how many times as many are drawn.
"""

import os

TIMES = int(os.environ.get("LATEWATCH_FUZZ", "1"))
IS_THOROUGH = "LATEWATCH_FUZZ" in os.environ


def usually(some: int, every: int) -> int:
    """Return `some`, or `every` where all is tried."""
    return every if IS_THOROUGH else some
