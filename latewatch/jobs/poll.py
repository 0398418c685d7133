"""Poll: fetch what is new from each source and take it in, a file at a time."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from latewatch.config import Source
from latewatch.domain.record import Reading
from latewatch.errors import ConfigError, SourceError
from latewatch.jobs.office import Office
from latewatch.progress import Progress, silent
from latewatch.sources.delivery import Delivery
from latewatch.sources.folder import export_files, read_file, settled
from latewatch.sources.profile import Profile, Reads
from latewatch.sources.spreadsheet import read_spreadsheet
from latewatch.sources.web import fetch
from latewatch.store.ingest import (
    Batch,
    Intake,
    cure_failures,
    has_awaited,
    ingest,
    is_known,
    lost_fields,
    note_failure,
    read_cursor,
    write_cursor,
)


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
            if self.source.folder:
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
                self._take(read_file(path, self.source.max_megabytes))

    def _read_url(self) -> None:
        with self.store.reading() as connection:
            cursor = read_cursor(connection, self.source.name)
            is_awaited = has_awaited(connection, self.source.name)
        is_current = self._validity.items() <= cursor.items() and not is_awaited
        delivery = fetch(self.source, cursor if is_current else {})
        if delivery is None:
            self.result.known.append(self.source.name)
        else:
            self._take(delivery)

    @property
    def _validity(self) -> dict[str, str]:
        """What a cursor holds for: with other words in the profile, or another address, it means nothing."""
        address = hashlib.sha256((self.source.url or "").encode()).hexdigest()  # it may hold a secret
        return {"profile": self.profile.fingerprint, "address": address}

    def _take(self, delivery: Delivery) -> None:
        with self.store.reading() as connection:
            if self._is_known(connection, delivery):
                return
        reading = read_spreadsheet(
            delivery.name, delivery.content, self.profile, self.source.max_megabytes, self.progress
        )
        with self.store.writing() as connection:
            if self._is_known(connection, delivery):  # another process took it while this one was reading
                return
            lost = lost_fields(connection, self.source.name, reading.fields)
            if lost:
                reading.warnings.append(_lost(delivery.name, lost, self.profile))
            intake = ingest(connection, self._batch(delivery, reading), self.progress)
            if delivery.cursor:
                write_cursor(connection, self.source.name, {**delivery.cursor, **self._validity})
        self.result.intake.add(intake)
        self.result.warnings += reading.warnings
        self.result.taken.append(delivery.name)

    def _is_known(self, connection: Connection, delivery: Delivery) -> bool:
        known = is_known(
            connection, self.source.name, delivery.name, delivery.sha256, self.profile.fingerprint
        )
        if known:
            self.result.known.append(delivery.name)
        return known

    def _batch(self, delivery: Delivery, reading: Reading) -> Batch:
        return Batch(
            source=self.source.name,
            origin=delivery.name,
            sha256=delivery.sha256,
            profile=self.profile.fingerprint,
            taken_at=self.now,
            reading=reading,
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
