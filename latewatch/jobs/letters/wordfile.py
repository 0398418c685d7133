"""Letters as Word documents, for offices that pass them through a document system of their own."""

from dataclasses import dataclass, replace
from pathlib import Path

from latewatch.disk import file_stem, write_whole
from latewatch.domain.letters.letter import Letter
from latewatch.domain.letters.life import UNNUMBERED, LetterState
from latewatch.errors import LetterError
from latewatch.jobs.assess import refuse_old_calendar
from latewatch.jobs.letters.moving import Chosen, Selection, chosen
from latewatch.jobs.letters.showing import words_of
from latewatch.jobs.office import Office
from latewatch.progress import Progress, silent
from latewatch.store.letters.life import StoredLetter


@dataclass(frozen=True, slots=True)
class WordFile:
    """A letter as Word document. `path` is None in a trial; `problem` says why there is none."""

    letter_id: int
    code: str
    unit: str
    state: LetterState
    path: Path | None = None
    problem: str = ""


def word_files(
    office: Office,
    selection: Selection,
    out: Path,
    *,
    dry_run: bool = False,
    progress: Progress = silent,
) -> list[WordFile]:
    """Write each chosen letter below `out`, as its PDF says it; the letter itself stands where it stood.

    Of a single dossier a refusal is raised as LetterError, else it is named and the others go on. Raises
    StoreError where a file cannot be written, and LetterError where a template cannot be filled.
    """
    from latewatch.letters.word.printer import WordPrinter  # noqa: PLC0415  only who writes pays for it

    with office.store.reading() as connection:
        refuse_old_calendar(connection, office)
        letters = chosen(connection, office, selection)
    printer, made = WordPrinter(office.settings.letters), []
    for each in progress(letters, "Văn bản Word"):
        letter = each.letter
        file = WordFile(letter.id, letter.code, each.case.unit, letter.state)
        if letter.content is None and letter.state not in UNNUMBERED:
            made.append(_refused(file, selection))
            continue
        if not dry_run:
            path = out / _name(office, each)
            write_whole(path, printer.docx(_words(office, each)), setting="--out")
            file = replace(file, path=path)
        made.append(file)
    return made


def _refused(file: WordFile, selection: Selection) -> WordFile:
    problem = "văn bản cấp số, ký và gửi ngoài latewatch nên không có bản ở đây"
    if selection.code:
        raise LetterError(f"Hồ sơ {file.code}: {problem}.")
    return replace(file, problem=problem)


def _words(office: Office, each: Chosen) -> Letter:
    return replace(words_of(office, each), number=each.letter.number)


def _name(office: Office, each: Chosen) -> Path:
    """Return a folder for the unit, and a name that tells the dossier, and the number where there is one."""
    unit = office.roster.unit_of(each.case.dossier)
    return Path(file_stem(unit.code if unit else each.case.unit)) / f"{_stem(each.letter)}.docx"


def _stem(letter: StoredLetter) -> str:
    number = f"-so-{letter.number:02}" if letter.number is not None else ""
    return f"{file_stem(letter.code)}-{letter.id}{number}"
