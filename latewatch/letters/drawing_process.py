"""The process that draws letters for another: `python -m latewatch.letters.drawing_process`.

The settings of the letters come in on standard input, then one letter after the other; for each, one answer
goes out on standard output. It ends when no letter comes any more, be it that the other process is gone.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import traceback
from collections.abc import Callable
from enum import StrEnum
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from latewatch.domain.letters.letter import Letter
from latewatch.errors import LetterError
from latewatch.letters.making import letter_printer

if TYPE_CHECKING:
    from latewatch.letters.render import LetterPrinter


class Outcome(StrEnum):
    """What became of a letter."""

    DRAWN = "drawn"
    REFUSED = "refused"  # a template that cannot be printed, and why
    BROKEN = "broken"  # an error of the program


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that wants the letters decides when to stop
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing else may write between the answers
    printer = cache(partial(letter_printer, pickle.load(sys.stdin.buffer)))  # noqa: S301  from who started this
    while True:
        try:
            letter: Letter = pickle.load(sys.stdin.buffer)  # noqa: S301  likewise
        except EOFError:
            return
        try:
            pickle.dump(_answer(printer, letter), out, pickle.HIGHEST_PROTOCOL)
            out.flush()
        except BrokenPipeError:
            return


def _answer(printer: Callable[[], LetterPrinter], letter: Letter) -> tuple[Outcome, Any]:
    try:
        return Outcome.DRAWN, printer().pdf(letter)
    except LetterError as e:
        return Outcome.REFUSED, str(e)
    except Exception as e:
        where = "".join(traceback.format_tb(e.__traceback__)[-3:])  # lines of the program, no data
        return Outcome.BROKEN, f"{type(e).__name__}\n{where}"


if __name__ == "__main__":
    # Classes must have the name under which the other process knows them.
    from latewatch.letters.drawing_process import main as named_main

    named_main()
