"""Many letters drawn: here while they are few, on several processes where that pays."""

import os
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from itertools import chain, islice

from latewatch.domain.letters.letter import Letter
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
    coming = iter(letters)
    first = list(islice(coming, MANY))
    processes = min(len(os.sched_getaffinity(0)), MOST_PROCESSES)
    if len(first) < MANY or processes < 2:
        yield from map(office.printer().pdf, chain(first, coming))
        return
    with closing(drawn_apart(office.settings.letters, chain(first, coming), processes)) as apart:
        yield from apart


def draw_missing(
    office: Office, letters: Sequence[StoredLetter], now: datetime, progress: Progress = silent
) -> None:
    """Draw and keep the document of each of these numbered letters of which none is kept. Raises LetterError.

    Killed on the way, the next run draws what is missing.
    """
    with office.store.reading() as connection:
        kept = with_document(connection, DocumentKind.UNSIGNED, DocumentKind.SIGNED)
    missing = [each for each in letters if each.content is not None and each.id not in kept]
    words = (replace(from_content(each.content or {}), number=each.number) for each in missing)
    with closing(drawn(office, words)) as pdfs:
        for each, pdf in zip(progress(missing, "Vẽ văn bản"), pdfs, strict=True):
            with office.store.writing() as connection:
                keep_document(connection, each.id, DocumentKind.UNSIGNED, pdf, now)
