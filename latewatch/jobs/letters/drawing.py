"""Many letters drawn: here while they are few, on several processes where that pays."""

import os
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from itertools import chain, islice

from latewatch.domain.letters.letter import Letter
from latewatch.errors import LetterError
from latewatch.jobs.letters.documents import from_content
from latewatch.jobs.office import Office
from latewatch.letters.many import drawn_apart
from latewatch.progress import Progress, silent
from latewatch.store.letters.documents import DocumentKind, keep_document
from latewatch.store.letters.life import StoredLetter
from latewatch.store.letters.printed import with_document

MANY = 20  # letters: a process takes as long to start as ten letters take to draw
MOST_PROCESSES = 4  # each holds about 100 MB


def drawn(office: Office, letters: Iterable[Letter]) -> Generator[bytes, None, None]:
    """Yield the PDF of each letter, in order; few are held at any time. Close it where no more are wanted.

    Raises LetterError naming the letter, or the template, that could not be drawn.
    """
    with closing(_tried(office, letters)) as found:
        for each in found:
            if isinstance(each, LetterError):
                raise each
            yield each


def _tried(office: Office, letters: Iterable[Letter]) -> Generator[bytes | LetterError, None, None]:
    """Yield the PDF of each letter, or why it was not drawn: the others go on."""
    coming = iter(letters)
    first = list(islice(coming, MANY))
    processes = min(_processors(), MOST_PROCESSES)
    if len(first) < MANY or processes < 2:
        for letter in chain(first, coming):
            yield _drawn_here(office, letter)
        return
    with closing(drawn_apart(office.settings.letters, chain(first, coming), processes)) as apart:
        yield from apart


def _processors() -> int:
    """Return how many processors this process may use, as far as the system tells."""
    if hasattr(os, "sched_getaffinity"):  # Windows has none
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _drawn_here(office: Office, letter: Letter) -> bytes | LetterError:
    try:
        return office.printer().pdf(letter)
    except LetterError as e:
        return e


def draw_missing(
    office: Office, letters: Sequence[StoredLetter], now: datetime, progress: Progress = silent
) -> dict[int, str]:
    """Draw and keep the document of each of these numbered letters of which none is kept.

    Return why a letter was not drawn, by its id. Killed on the way, the next run draws what is missing.
    """
    problems = {}
    with office.store.reading() as connection:
        kept = with_document(connection, DocumentKind.UNSIGNED, DocumentKind.SIGNED)
    missing = [each for each in letters if each.content is not None and each.id not in kept]
    words = (replace(from_content(each.content or {}), number=each.number) for each in missing)
    with closing(_tried(office, words)) as pdfs:
        for each, pdf in zip(progress(missing, "Vẽ văn bản"), pdfs, strict=True):
            if isinstance(pdf, LetterError):
                problems[each.id] = str(pdf)
                continue
            with office.store.writing() as connection:
                keep_document(connection, each.id, DocumentKind.UNSIGNED, pdf, now)
    return problems
