"""The printed drafts: where they lie, which are those of today's words, and how they go."""

import glob
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import msgspec

from latewatch.disk import file_stem
from latewatch.domain.letters.letter import Letter
from latewatch.domain.standing import Case
from latewatch.jobs.letters.contents import letter_of
from latewatch.jobs.office import Office
from latewatch.store.letters.drafts import StoredDraft

_NAME = re.compile(r"(?P<whose>.+-\d+)(\.[0-9a-f]{8})?")  # without the mark: an earlier release drew it


def is_removed(path: Path) -> bool:
    """Remove the prints of the draft that would lie at `path`, whatever words they have.

    False where one is held open or locked: then the next run tries again.
    """
    pattern = f"*/{glob.escape(_whose(path))}*.pdf"
    return _are_removed(each for each in path.parent.parent.glob(pattern) if _whose(each) == _whose(path))


def _are_removed(paths: Iterable[Path]) -> bool:
    try:
        for path in paths:
            path.unlink(missing_ok=True)
    except OSError:
        return False
    return True


def draft_path(folder: Path, office: Office, stored: StoredDraft, case: Case) -> Path:
    """Return where the print of a draft lies: see `print_path`."""
    return print_path(folder, office, stored, case, letter_of(office, stored.draft, case))


def print_path(folder: Path, office: Office, stored: StoredDraft, case: Case, letter: Letter) -> Path:
    """Return where a draft lies: in the folder of the unit that signs it, named after its dossier.

    The name ends with a mark of its words: a print of other words is another file, and is not taken for it.
    """
    unit = office.roster.unit_of(case.dossier)
    mark = hashlib.sha256(msgspec.json.encode(letter)).hexdigest()[:8]
    name = f"{file_stem(case.dossier.code)}-{stored.id}.{mark}.pdf"
    return folder / file_stem(unit.code if unit else "khac") / name


def _whose(path: Path) -> str:
    found = _NAME.fullmatch(path.stem)
    return found["whose"] if found else path.stem


class Prints:
    """What lies in a folder of prints, listed once."""

    def __init__(self, folder: Path) -> None:
        self._lying: dict[str, list[Path]] = defaultdict(list)
        for path in sorted(folder.glob("*/*.pdf")):
            self._lying[_whose(path)].append(path)

    def has(self, path: Path) -> bool:
        """Tell whether the print lies there; those of the same letter with other words go, where they can."""
        mine = self._lying[_whose(path)]
        _are_removed(each for each in mine if each != path)
        return path in mine
