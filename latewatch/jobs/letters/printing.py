"""Letters printed: one file a unit, its letters by register and number below a list to tick and sign.

What was signed is on its way once it is printed; what is not yet signed is handed out for that, and stands
where it stood. A file is written first and whole, then its letters are noted in one transaction: killed in
between, the next run writes the same file again.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path

from sqlalchemy import Connection

from latewatch.disk import write_whole
from latewatch.domain.letters.life import LetterState, Move, after, check_author
from latewatch.domain.names import tidy
from latewatch.errors import LetterError
from latewatch.jobs.letters.copies import Copies, Copy, copies_of
from latewatch.jobs.letters.documents import newest_document
from latewatch.jobs.letters.drawing import draw_missing
from latewatch.jobs.letters.moving import Selection
from latewatch.jobs.office import Office
from latewatch.letters.print_parts import Packed, SignedHow, Span
from latewatch.progress import Progress, silent
from latewatch.store.letters.life import letter_with, move_letter
from latewatch.store.letters.printed import note_print, printed_before

WHY = "giao bản giấy"


@dataclass(frozen=True, slots=True)
class PrintedLetter:
    """What became of one letter. `problem` says why it was not printed, or what to do with its pages."""

    letter_id: int
    code: str
    unit: str
    number: str
    before: LetterState
    after: LetterState
    pages: Span | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class PrintedFile:
    """The file of one unit; with `path` None nothing was written."""

    unit: str
    letters: list[PrintedLetter]
    path: Path | None = None
    pages: int = 0


@dataclass(frozen=True, slots=True)
class PrintReport:
    """What was printed, or would be, and what was not and why."""

    files: list[PrintedFile]
    refused: list[PrintedLetter]


def print_letters(
    office: Office,
    selection: Selection,
    now: datetime,
    *,
    by: str,
    out: Path,
    dry_run: bool = False,
    progress: Progress = silent,
) -> PrintReport:
    """Print the chosen letters into `out`: a folder, or the PDF itself where they are one unit's.

    Of a single dossier a refusal is raised as LetterError, else it is named and the others go on. With
    `dry_run` nothing is drawn, written or noted. Raises LetterError and StoreError.
    """
    check_author(by)
    copies = copies_of(office, selection, now)
    files = _by_unit(copies.given)
    if _is_file(out) and len(files) > 1:
        raise LetterError(f"{out}: văn bản của {len(files)} đơn vị, mỗi đơn vị một tệp; hãy ghi một thư mục.")
    if dry_run:
        trials = [PrintedFile(of_unit[0].unit, [_trial(copy) for copy in of_unit]) for of_unit in files]
        return PrintReport(trials, _refused(copies))
    undrawn = draw_missing(office, [copy.letter for copy in copies.given], now, progress)
    if selection.code and undrawn:
        raise LetterError(*undrawn.values())
    drawn = [copy for copy in copies.given if copy.letter.id not in undrawn]
    printed = [_print_file(office, of_unit, now, tidy(by), out) for of_unit in _by_unit(drawn)]
    left = [
        _told(copy, problem=undrawn[copy.letter.id]) for copy in copies.given if copy.letter.id in undrawn
    ]
    return PrintReport(printed, [*left, *_refused(copies)])


def note_handed_over(
    office: Office, selection: Selection, now: datetime, *, by: str, dry_run: bool = False
) -> PrintReport:
    """Note that the chosen letters went out on paper that was printed before; no file is made.

    Raises LetterError where that of a single dossier did not.
    """
    check_author(by)
    copies = copies_of(office, selection, now)
    opened = office.store.trying if dry_run else office.store.writing
    with opened() as connection:
        printed = printed_before(connection)
        told = [_handed_over(connection, copy, printed, now, tidy(by)) for copy in copies.given]
    if selection.code and told[0].problem:
        raise LetterError(told[0].problem)
    files = [PrintedFile(unit, list(of_unit)) for unit, of_unit in groupby(told, lambda each: each.unit)]
    return PrintReport(files, _refused(copies))


def _handed_over(
    connection: Connection, copy: Copy, printed: set[int], now: datetime, by: str
) -> PrintedLetter:
    if copy.signature is SignedHow.NOT_YET:
        return _told(copy, problem="chưa ký nên chưa giao được; ký xong: latewatch letters sign --on-paper.")
    if copy.signature is SignedHow.HERE and copy.letter.id not in printed:
        return _told(copy, problem="văn bản ký số này chưa in lần nào; bỏ --handed-over để in.")
    return _noted(connection, copy, now, by, f"giao bản đã in; người giao: {by}")


def _by_unit(copies: Sequence[Copy]) -> list[list[Copy]]:
    return [list(of_unit) for _, of_unit in groupby(copies, lambda copy: (copy.folder, copy.unit))]


def _is_file(out: Path) -> bool:
    return out.suffix.lower() == ".pdf"


def _print_file(office: Office, copies: Sequence[Copy], now: datetime, by: str, out: Path) -> PrintedFile:
    content, name = _put_together(office, copies, now, by)
    path = out if _is_file(out) else out / name
    write_whole(path, content.pdf, setting="--out")
    with office.store.writing() as connection:
        letters = [
            _noted(connection, copy, now, by, _answer(copy, by), span)
            for copy, span in zip(copies, content.spans, strict=True)
        ]
    return PrintedFile(copies[0].unit, letters, path, content.pages)


def _answer(copy: Copy, by: str) -> str:
    return f"{'in' if copy.goes_out else 'in để ký'}; người in: {by}"


def _put_together(office: Office, copies: Sequence[Copy], now: datetime, by: str) -> tuple[Packed, str]:
    """Return the file, and a name that the same letters give again."""
    from latewatch.letters.print_list import print_file  # noqa: PLC0415  only who prints pays for it

    hashes: dict[int, str] = {}

    def documents() -> Iterator[bytes]:
        for copy in copies:
            document = newest_document(office, copy.letter, now)
            hashes[copy.letter.id] = document.sha256
            yield document.content

    lines = [copy.line for copy in copies]
    content = print_file(office.settings.letters, copies[0].unit, lines, documents, now.date(), by)
    mark = hashlib.sha256("".join(hashes.values()).encode()).hexdigest()[:8]
    return content, f"{copies[0].folder}-{now:%Y%m%d}-{len(copies)}-thu-{mark}.pdf"


def _noted(  # noqa: PLR0917  what makes a note
    connection: Connection, copy: Copy, now: datetime, by: str, answer: str, span: Span | None = None
) -> PrintedLetter:
    """Note one print, and that the letter is on its way; whoever was faster is told of, and decides."""
    letter = copy.letter
    found = letter_with(connection, letter.id)
    if found is None or found.state is not letter.state:
        problem = "vừa được người khác xử lý trong lúc in; đừng giao tờ này, xem: latewatch letters show"
        return _told(copy, span, found.state if found else letter.state, problem)
    to = _next(letter.state)
    if to is not letter.state:
        move_letter(connection, letter.id, letter.state, to, now, by=by, why=WHY, sent_on=now.date())
    note_print(connection, letter.id, now, answer, by=by, goes_out=copy.goes_out)
    return _told(copy, span, to)


def _trial(copy: Copy) -> PrintedLetter:
    return _told(copy, None, _next(copy.letter.state))


def _next(state: LetterState) -> LetterState:
    return after(state, Move.SEND) if state is LetterState.SIGNED else state


def _told(
    copy: Copy, span: Span | None = None, to: LetterState | None = None, problem: str = ""
) -> PrintedLetter:
    letter = copy.letter
    return PrintedLetter(
        letter.id,
        letter.code,
        copy.unit,
        letter.shown_number,
        letter.state,
        to or letter.state,
        span,
        problem,
    )


def _refused(copies: Copies) -> list[PrintedLetter]:
    return [
        PrintedLetter(
            each.letter.id,
            each.letter.code,
            each.case.unit,
            each.letter.shown_number,
            each.letter.state,
            each.letter.state,
            problem=problem,
        )
        for each, problem in copies.refused
    ]
