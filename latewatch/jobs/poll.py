"""Poll: fetch what is new from each source and take it in, a file at a time."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection

from latewatch.config import Source
from latewatch.domain.reading import Reading
from latewatch.errors import ConfigError, SourceError
from latewatch.jobs.filing import Filed, Filing
from latewatch.jobs.intake import FileIntake, Taken
from latewatch.jobs.office import Office
from latewatch.progress import Progress, silent
from latewatch.sources.delivery import Delivery
from latewatch.sources.filing import FAILED, lying_in
from latewatch.sources.folder import delivered, endings_of, export_files, settled
from latewatch.sources.interfaces import PULLS, Pull
from latewatch.sources.profiles.office_names import with_office_names
from latewatch.sources.profiles.profile import Profile, Reads
from latewatch.sources.web import fetch
from latewatch.store.batches import (
    Arrival,
    Intake,
    close_batch,
    cure_failures,
    has_awaited,
    note_failure,
    note_seen,
    open_batch,
    read_cursor,
    running_batch,
    write_cursor,
)
from latewatch.store.ingest import Batch, take


@dataclass(slots=True)
class PollResult:
    """What one poll of one source did. `problems` are files or requests that failed whole."""

    source: str
    intake: Intake = field(default_factory=Intake)
    taken: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    growing: list[str] = field(default_factory=list)
    filed: list[Filed] = field(default_factory=list)
    aside: dict[int, str] = field(default_factory=dict)  # batches that set rows aside → whose rows they are
    warnings: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def poll(office: Office, source: Source, now: datetime, progress: Progress = silent) -> PollResult:
    """Take in every new file of `source`. One that cannot be read is recorded; the others go on.

    Each file is one transaction. A file already taken with the same profile is not read again, so an old
    file in the folder never undoes a newer one. What was read is put away, where files are not to be kept.
    Raises StoreError.
    """
    return _Poll(office, source, now, progress).run()


class _Poll:
    """One poll of one source."""

    def __init__(self, office: Office, source: Source, now: datetime, progress: Progress) -> None:
        self.store = office.store
        self.profile = office.profiles[source.name]
        self.source = source
        self.now = now
        self.progress = progress
        self.result = PollResult(source.name)
        self._files = FileIntake(office, source, now, progress)
        self._filing = Filing(office, source, now)
        self._failures: list[int] = []

    def run(self) -> PollResult:
        with self._failing(self.source.name):
            if self.profile.system in PULLS and self.source.url:
                self._read_interface(PULLS[self.profile.system])
            elif self.source.folder:
                self._read_folder(self.source.folder)
            else:
                self._read_url()
        with self.store.writing() as connection:
            cure_failures(connection, self.source.name, self._failures, self._lying())
        return self.result

    def _lying(self) -> set[str]:
        return lying_in(self.source.folder, FAILED) if self.source.folder else set()

    @contextmanager
    def _failing(self, origin: str, path: Path | None = None) -> Iterator[None]:
        """Keep the failure of `origin`, a file or the source itself, put the file away, and go on."""
        try:
            yield
        except (SourceError, ConfigError) as e:  # of the configuration: a secret that is not there
            with self.store.writing() as connection:
                self._failures.append(note_failure(connection, self.source.name, origin, str(e), self.now))
            self.result.problems.append(str(e))
            if path and isinstance(e, SourceError):
                with self._refusals():
                    self._note(self._filing.failed(path, e))

    def _read_folder(self, folder: Path) -> None:
        still, growing = settled(
            export_files(folder, endings_of(self.profile.system)), self.source.settle_seconds
        )
        self.result.growing = [path.name for path in growing]
        for path in still:
            with self._failing(path.name, path):
                self._read_file(path)

    def _read_file(self, path: Path) -> None:
        """Take a file of the folder in and put it away."""
        taken = self._take(delivered(path, self.source.max_megabytes))
        with self._refusals():
            filed = self._filing.done(path, taken)
            self._note(filed)
            if filed:
                self._note_seen(taken)

    @contextmanager
    def _refusals(self) -> Iterator[None]:
        """Say that a file could not be put away; it is known, so that its staying does no harm."""
        try:
            yield
        except SourceError as e:
            self.result.warnings.append(str(e))

    def _note(self, filed: Filed | None) -> None:
        if filed:
            self.result.filed.append(filed)

    def _read_url(self) -> None:
        with self.store.reading() as connection:
            cursor = read_cursor(connection, self.source.name)
            is_awaited = has_awaited(connection, self.source.name)
        is_current = self._validity.items() <= cursor.items() and not is_awaited
        with TemporaryDirectory(prefix="latewatch-") as folder:
            delivery = fetch(self.source, cursor if is_current else {}, Path(folder))
            if delivery is None:
                self.result.known.append(self.source.name)
            else:
                self._note_seen(self._take(delivery))

    def _note_seen(self, taken: Taken) -> None:
        """Keep that what is known came anew: the source is alive, and says that nothing changed."""
        if taken.before:
            with self.store.writing() as connection:
                note_seen(connection, taken.before.id, self.now)

    def _read_interface(self, pull: Pull) -> None:
        """Keep every part with its cursor as it comes: a run that is stopped goes on where it was."""
        with self.store.writing() as connection:
            cursor = read_cursor(connection, self.source.name)
            if not self._validity.items() <= cursor.items():
                cursor = {}
            batch = Batch(self._open(connection), self.source.name, self.now)
        parts = pull(self.source, self.profile, cursor, self.now, self.progress)
        for part, is_last in _with_end(parts):
            with self.store.writing() as connection:
                self.result.intake.add(take(connection, batch, with_office_names(part, self.profile)))
                if part.cursor is not None:
                    write_cursor(connection, self.source.name, {**part.cursor, **self._validity})
                if is_last:
                    close_batch(connection, batch.id)
            self.result.warnings += part.warnings
        self.result.taken.append(self.source.name)

    def _open(self, connection: Connection) -> int:
        """Return the batch of the run that was interrupted, else a new one."""
        running = running_batch(connection, self.source.name, self.profile.fingerprint)
        return running or open_batch(connection, self._arrival(self.source.name, ""))

    @property
    def _validity(self) -> dict[str, str]:
        """What a cursor holds for: with other words in the profile, or another address, it means nothing."""
        address = hashlib.sha256((self.source.url or "").encode()).hexdigest()  # it may hold a secret
        return {"profile": self.profile.fingerprint, "address": address}

    def _take(self, delivery: Delivery) -> Taken:
        taken = self._files.take(delivery, {**delivery.cursor, **self._validity} if delivery.cursor else None)
        self.result.intake.add(taken.intake)
        self.result.warnings += taken.warnings
        (self.result.known if taken.before else self.result.taken).append(delivery.name)
        if taken.intake.rejected:
            self.result.aside[taken.batch] = delivery.name
        return taken

    def _arrival(self, origin: str, sha256: str) -> Arrival:
        return Arrival(
            source=self.source.name,
            origin=origin,
            sha256=sha256,
            profile=self.profile.fingerprint,
            taken_at=self.now,
        )


def _with_end(parts: Iterable[Reading]) -> Iterator[tuple[Reading, bool]]:
    """Yield the parts, each with whether it is the last: with that one its batch is over, in one transaction.

    A part is handed on once the next one is there; where that one fails, before the failure.
    """
    held: Reading | None = None
    try:
        for part in parts:
            if held is not None:
                yield held, False
            held = part
    except (SourceError, ConfigError):
        if held is not None:
            yield held, False
        raise
    yield held or Reading(), True


def in_order(sources: Iterable[Source], profiles: Mapping[str, Profile]) -> list[Source]:
    """Return the sources, lists of events last: they speak of dossiers that the others bring."""
    return sorted(sources, key=lambda each: profiles[each.name].reads is Reads.EVENTS)
