"""Numbered letters handed out to be signed elsewhere, under names that tell whose they are on return."""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from latewatch.disk import file_stem, write_whole
from latewatch.domain.letters.life import ALIVE, LetterState, Move, after
from latewatch.errors import LetterError
from latewatch.jobs.letters.documents import unsigned_document
from latewatch.jobs.letters.drawing import draw_missing
from latewatch.jobs.letters.moving import Chosen, Selection, chosen
from latewatch.jobs.office import Office
from latewatch.progress import Progress, silent

SHORT = 10  # digits of the hash in a name: enough to tell millions of letters apart
_NAMED = re.compile(rf"-([0-9a-f]{{{SHORT}}})(?![0-9a-f])")


@dataclass(frozen=True, slots=True)
class HandedOut:
    """A letter as it lies in the folder. `path` is None where `problem` says why it does not."""

    code: str
    unit: str
    number: str
    path: Path | None
    problem: str = ""


def hand_out(
    office: Office,
    selection: Selection,
    out: Path,
    now: datetime,
    *,
    dry_run: bool = False,
    progress: Progress = silent,
) -> list[HandedOut]:
    """Write the chosen numbered letters as PDF into `out`, to be signed. Raises LetterError, StoreError."""
    states = ALIVE if selection.code else (LetterState.NUMBERED,)
    with office.store.reading() as connection:
        letters = chosen(connection, office, Selection(selection.code, selection.unit, states))
    if not dry_run:
        draw_missing(office, [each.letter for each in letters], now, progress)
    handed = []
    for each in progress(letters, "Xuất văn bản"):
        try:
            handed.append(_handed(office, each, out, now, dry_run=dry_run))
        except LetterError as e:
            if selection.code:
                raise
            handed.append(HandedOut(each.letter.code, each.case.unit, each.letter.shown_number, None, str(e)))
    return handed


def _handed(office: Office, each: Chosen, out: Path, now: datetime, *, dry_run: bool) -> HandedOut:
    letter = each.letter
    after(letter.state, Move.SIGN)
    if dry_run:
        return HandedOut(letter.code, each.case.unit, letter.shown_number, out)
    document = unsigned_document(office, letter, now)
    path = out / name_of(letter.code, letter.number, document.sha256)
    if not path.exists() or path.read_bytes() != document.content:
        write_whole(path, document.content, setting="--out")
    return HandedOut(letter.code, each.case.unit, letter.shown_number, path)


def name_of(code: str, number: int | None, sha256: str) -> str:
    """Return the name of a letter's file: dossier, number, and the start of its hash."""
    return f"{file_stem(code)}-so{number or 0:02d}-{sha256[:SHORT]}.pdf"


def hash_in(name: str) -> str:
    """Return the start of the hash that a file's name still tells, however a program lengthened the name."""
    found = _NAMED.findall(name)
    return found[-1] if found else ""
