"""Filing: a file of a watched folder is put away once it was read, beside it what is to be told of it."""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from latewatch.config import Source
from latewatch.errors import SourceError
from latewatch.jobs.feed import file_alarms
from latewatch.jobs.intake import Taken
from latewatch.jobs.notes import failed_note, taken_note
from latewatch.jobs.office import Office
from latewatch.jobs.rejected import can_be_corrected, correction_book
from latewatch.sources.filing import CORRECTION, DONE, FAILED, REPORT, file_away
from latewatch.store.outcomes import outcome_of, set_aside


@dataclass(frozen=True, slots=True)
class Filed:
    """A file that was put away: its name as it came, where it lies now, and its rows to be corrected."""

    file: str
    place: Path
    correction: Path | None = None


class Filing:
    """Puts the files of one source away, where they are not to be kept."""

    def __init__(self, office: Office, source: Source, now: datetime) -> None:
        self.office = office
        self.store = office.store
        self.source = source
        self.profile = office.profiles[source.name]
        self.now = now

    def done(self, path: Path, taken: Taken) -> Filed | None:
        """Put a file away that was taken; one that waits for dossiers stays. Raises SourceError."""
        if not self._is_ours(path):
            return None
        with self.store.reading() as connection:
            outcome = outcome_of(connection, taken.batch)
            rejected = set_aside(connection, taken.batch)
            alarms = file_alarms(self.office, connection, self.source, path.name, self.now)
        if outcome is None or outcome.awaited:
            return None
        is_correctable = outcome.state == "done" and can_be_corrected(rejected, self.profile)
        told = replace(outcome, warnings=[*outcome.warnings, *alarms])
        note = taken_note(path.name, told, rejected, taken.before, is_correctable=is_correctable)
        beside = {REPORT: note.encode()}
        if is_correctable:
            beside[CORRECTION] = correction_book(rejected, outcome, self.profile)
        return self._away(path, DONE, beside)

    def failed(self, path: Path, error: SourceError) -> Filed | None:
        """Put a file away that cannot be read; one that perhaps can next time stays. Raises SourceError."""
        if error.passing or not self._is_ours(path):
            return None
        note = failed_note(path.name, self.source.name, str(error), self.now)
        return self._away(path, FAILED, {REPORT: note.encode()})

    def _is_ours(self, path: Path) -> bool:
        folder = self.source.folder
        return not self.source.keep_files and folder is not None and path.resolve().parent == folder.resolve()

    def _away(self, path: Path, into: str, beside: dict[str, bytes]) -> Filed | None:
        with self.store.writing():  # one process at a time
            place = file_away(path, into, beside)
        if place is None:
            return None
        return Filed(
            path.name, place, place.with_name(place.name + CORRECTION) if CORRECTION in beside else None
        )
