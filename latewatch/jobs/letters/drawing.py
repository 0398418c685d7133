"""Many letters drawn: here while they are few, on several processes where that pays."""

import os
from collections.abc import Generator, Iterable
from contextlib import closing
from itertools import chain, islice

from latewatch.domain.letters.letter import Letter
from latewatch.jobs.office import Office
from latewatch.letters.many import drawn_apart

MANY = 20  # letters: a process takes as long to start as ten letters take to draw
MOST_PROCESSES = 4  # each holds about 100 MB


def drawn(office: Office, letters: Iterable[Letter]) -> Generator[bytes, None, None]:
    """Yield the PDF of each letter, in order; few are held at any time. Close it where no more are wanted.

    Raises LetterError naming the letter, or the template, that could not be drawn.
    """
    coming = iter(letters)
    first = list(islice(coming, MANY))
    processes = min(len(os.sched_getaffinity(0)), MOST_PROCESSES)
    if len(first) < MANY or processes < 2:
        yield from map(office.printer().pdf, chain(first, coming))
        return
    with closing(drawn_apart(office.settings.letters, chain(first, coming), processes)) as apart:
        yield from apart
