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
from latewatch.domain.record import Reading
from latewatch.errors import ConfigError, SourceError
from latewatch.jobs.office import Office
from latewatch.progress import Progress, silent
from latewatch.sources.delivery import Delivery
from latewatch.sources.folder import delivered, export_files, settled
from latewatch.sources.interfaces import PULLS, Pull
from latewatch.sources.profile import Profile, Reads
from latewatch.sources.reading import read_delivery
from latewatch.sources.web import fetch
from latewatch.store.batches import (
    Arrival,
    Intake,
    close_batch,
    cure_failures,
    has_awaited,
    is_known,
    lost_fields,
    note_failure,
    open_batch,
    read_cursor,
    running_batch,
    write_cursor,
)
from latewatch.store.ingest import Batch, ingest, take


@dataclass(slots=True)
class PollResult:
    """What one poll of one source did. `problems` are files or requests that failed whole."""

    source: str
    intake: Intake = field(default_factory=Intake)
    taken: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    growing: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def poll(office: Office, source: Source, now: datetime, progress: Progress = silent) -> PollResult:
    """Take in every new file of `source`. One that cannot be read is recorded; the others go on.

    Each file is one transaction. A file already taken with the same profile is not read again, so an old
    file in the folder never undoes a newer one. Raises StoreError.
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
            cure_failures(connection, self.source.name, self._failures)
        return self.result

    @contextmanager
    def _failing(self, origin: str) -> Iterator[None]:
        """Keep the failure of `origin`, a file or the source itself, and go on."""
        try:
            yield
        except (SourceError, ConfigError) as e:  # of the configuration: a secret that is not there
            with self.store.writing() as connection:
                self._failures.append(note_failure(connection, self.source.name, origin, str(e), self.now))
            self.result.problems.append(str(e))

    def _read_folder(self, folder: Path) -> None:
        still, growing = settled(export_files(folder), self.source.settle_seconds)
        self.result.growing = [path.name for path in growing]
        for path in still:
            with self._failing(path.name):
                self._take(delivered(path, self.source.max_megabytes))

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
                self._take(delivery)

    def _read_interface(self, pull: Pull) -> None:
        """Keep every part with its cursor as it comes: a run that is stopped goes on where it was."""
        with self.store.writing() as connection:
            cursor = read_cursor(connection, self.source.name)
            if not self._validity.items() <= cursor.items():
                cursor = {}
            batch = Batch(self._open(connection), self.source.name, self.now)
        for part in pull(self.source, self.profile, cursor, self.now, self.progress):
            with self.store.writing() as connection:
                self.result.intake.add(take(connection, batch, part))
                if part.cursor is not None:
                    write_cursor(connection, self.source.name, {**part.cursor, **self._validity})
            self.result.warnings += part.warnings
        with self.store.writing() as connection:
            close_batch(connection, batch.id)
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

    def _take(self, delivery: Delivery) -> None:
        with self.store.reading() as connection:
            if self._is_known(connection, delivery):
                return
        parts = read_delivery(delivery, self.source, self.profile, self.progress)
        arrival = self._arrival(delivery.name, delivery.sha256)
        with self.store.writing() as connection:
            if self._is_known(connection, delivery):  # another process took it meanwhile
                return
            warned = self._warned(connection, delivery.name, parts)
            intake = ingest(connection, arrival, warned, progress=self.progress)
            if delivery.cursor:
                write_cursor(connection, self.source.name, {**delivery.cursor, **self._validity})
        self.result.intake.add(intake)
        self.result.taken.append(delivery.name)

    def _warned(self, connection: Connection, file: str, parts: Iterable[Reading]) -> Iterator[Reading]:
        """Hand the parts on, with a warning where a column is missing that the last file had."""
        for part in parts:
            lost = lost_fields(connection, self.source.name, part.fields) if part.fields else None
            if lost:
                part.warnings.append(_lost(file, lost, self.profile))
            self.result.warnings += part.warnings
            yield part

    def _is_known(self, connection: Connection, delivery: Delivery) -> bool:
        known = is_known(
            connection, self.source.name, delivery.name, delivery.sha256, self.profile.fingerprint
        )
        if known:
            self.result.known.append(delivery.name)
        return known

    def _arrival(self, origin: str, sha256: str) -> Arrival:
        return Arrival(
            source=self.source.name,
            origin=origin,
            sha256=sha256,
            profile=self.profile.fingerprint,
            taken_at=self.now,
        )


def _lost(file: str, lost: frozenset[str], profile: Profile) -> str:
    columns = ", ".join(f"“{profile.names[field]}”" for field in sorted(lost))
    kept = "giá trị đã lưu của cột được giữ nguyên"
    if profile.reads is Reads.EVENTS:  # a list says all of an event: nothing of an earlier one is added to it
        kept = "các sự kiện trong tệp này không có giá trị đó"
    return f"{file}: thiếu cột {columns} mà lần trước có; {kept}"


def in_order(sources: Iterable[Source], profiles: Mapping[str, Profile]) -> list[Source]:
    """Return the sources, lists of events last: they speak of dossiers that the others bring."""
    return sorted(sources, key=lambda each: profiles[each.name].reads is Reads.EVENTS)
