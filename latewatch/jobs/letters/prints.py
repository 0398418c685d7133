"""The printed drafts: where they lie, and how they go."""

from pathlib import Path

from latewatch.disk import file_stem
from latewatch.domain.standing import Case
from latewatch.jobs.office import Office
from latewatch.store.letters.drafts import StoredDraft


def is_removed(path: Path) -> bool:
    """Remove a draft's PDF; False where it is held open or locked: then the next run tries again."""
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return False
    return True


def draft_path(folder: Path, office: Office, stored: StoredDraft, case: Case) -> Path:
    """Return where a draft lies: in the folder of the unit that signs it, named after its dossier."""
    unit = office.roster.unit_of(case.dossier)
    name = f"{file_stem(case.dossier.code)}-{stored.id}.pdf"
    return folder / file_stem(unit.code if unit else "khac") / name
