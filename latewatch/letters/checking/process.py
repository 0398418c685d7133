"""The process that tries templates for another: `python -m latewatch.letters.checking.process`.

The order comes in on standard input. On standard output go, each a pickle, the name of every sample before it
is tried, and the result. Whatever a template does, it does here: memory and time are capped.
"""

import os
import pickle
import sys

from latewatch.caps import cap
from latewatch.letters.checking.check import tried
from latewatch.letters.checking.order import Order

MOST_MEGABYTES = 1024
MOST_SECONDS = 120
"""Of processor time: a sample takes about a tenth of a second."""


def main() -> None:
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing else may write between the parts
    order: Order = pickle.load(sys.stdin.buffer)  # noqa: S301  from the process that started this one
    cap(MOST_MEGABYTES, MOST_SECONDS)

    def at(place: str) -> None:
        pickle.dump(place, out)
        out.flush()

    pickle.dump(tried(order, at), out)
    out.close()


if __name__ == "__main__":
    # Classes must have the name under which the other process knows them.
    from latewatch.letters.checking.process import main as named_main

    named_main()
