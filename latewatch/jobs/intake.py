"""Intake: one file taken in as one batch, in the same way for whoever brings it."""

import gc
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, islice

from sqlalchemy import Connection

from latewatch.config import Source
from latewatch.domain.correction import corrected_batch
from latewatch.domain.reading import Reading
from latewatch.jobs.feed import expected, file_alarms
from latewatch.jobs.office import Office
from latewatch.progress import Progress, shown, silent
from latewatch.sources.delivery import Delivery
from latewatch.sources.files.apart import read_apart
from latewatch.store.batches import (
    Arrival,
    Intake,
    Known,
    known_batch,
    newest_batch,
    note_correction,
    write_cursor,
)
from latewatch.store.ingest import ingest
from latewatch.store.missing import Listed, note_missing
from latewatch.store.stored import Stored, still_true, stored


@dataclass(slots=True)
class Taken:
    """What became of a file: `batch` holds what it says; it is `before` where it was taken earlier."""

    batch: int
    before: Known | None = None
    intake: Intake = field(default_factory=Intake)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file whose reading has begun, with what was stored of its source before."""

    delivery: Delivery
    told: Stored
    parts: Iterator[Reading]


class FileIntake:
    """Takes the files of one source in, as of one instant."""

    def __init__(
        self,
        office: Office,
        source: Source,
        now: datetime,
        progress: Progress = silent,
        *,
        anew: bool = False,
    ) -> None:
        """Remember whose files they are; with `anew` a batch that was taken back does not count as known."""
        self.office = office
        self.store = office.store
        self.source = source
        self.profile = office.profiles[source.name]
        self.now = now
        self.progress = progress
        self.anew = anew
        self._listed = Listed()
        self._told = Stored(frozenset(), frozenset(), 0)

    def take(self, delivery: Delivery, cursor: Mapping[str, str] | None = None) -> Taken:
        """Take `delivery` in as one transaction, and keep `cursor` with it; what is known is not read.

        Raises SourceError where it cannot be read.
        """
        with self.store.reading() as connection:
            known = self.known(connection, delivery)
        if known:
            return Taken(known.id, known)
        with self.opened(delivery) as file, _uncollected(), self.store.writing() as connection:
            taken = self.take_into(connection, file)
            if cursor and not taken.before:
                write_cursor(connection, self.source.name, cursor)
        return taken

    @contextmanager
    def opened(self, delivery: Delivery) -> Iterator[OpenedFile]:
        """Read `delivery` up to its first part: nobody has to wait for a large file before it can be kept.

        Raises SourceError where it cannot be read.
        """
        with closing(read_apart(delivery, self.source, self.profile, self._digests)) as parts:
            first = next(parts)
            whole = shown(chain([first], parts), first.ahead, f"Đọc {delivery.name}", self.progress)
            yield OpenedFile(delivery, self._told, whole)

    def _digests(self) -> AbstractSet[str]:
        """Look up what is stored of the source: while the file is opened there is time."""
        with self.store.reading() as connection:
            self._told = stored(connection, self.source.name)
        return self._told.digests

    def take_into(self, connection: Connection, file: OpenedFile) -> Taken:
        """Take `file` in, in the open transaction; another process may have taken it meanwhile."""
        known = self.known(connection, file.delivery)
        if known:
            return Taken(known.id, known)
        taken, told = Taken(0), still_true(connection, file.told, self.source.name)
        warned = self._listed.noting(self._warned(connection, file.parts, taken))
        arrival = self._arrival(file.delivery)
        taken.intake = ingest(connection, arrival, warned, told.codes)
        taken.batch = newest_batch(connection, self.source.name)
        if expected(self.office, self.source, self.profile).is_whole:
            shrunk = self.office.settings.feed.shrunk_percent
            note_missing(connection, taken.batch, self._listed, told.own + taken.intake.new, shrunk)
        taken.warnings += file_alarms(self.office, connection, self.source, file.delivery.name, self.now)
        return taken

    def known(self, connection: Connection, delivery: Delivery) -> Known | None:
        """Return the batch that holds all of `delivery` already."""
        known = known_batch(
            connection, self.source.name, delivery.name, delivery.sha256, self.profile.fingerprint
        )
        return None if known and known.is_undone and self.anew else known

    def _arrival(self, delivery: Delivery) -> Arrival:
        return Arrival(
            source=self.source.name,
            origin=delivery.name,
            sha256=delivery.sha256,
            profile=self.profile.fingerprint,
            taken_at=self.now,
        )

    def _warned(self, connection: Connection, parts: Iterable[Reading], taken: Taken) -> Iterator[Reading]:
        """Hand the parts on, and keep what they warn of."""
        corrects: int | None = None
        for part in parts:
            if corrects is None:
                corrects = _corrected(part)
                if corrects is not None:
                    note_correction(connection, newest_batch(connection, self.source.name), corrects)
            taken.warnings += part.warnings
            yield part
            gc.collect(0)  # a statement refers to itself, and to all it wrote


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the garbage collector off rows: it would look at each again and again. Each part calls it once."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _corrected(part: Reading) -> int | None:
    """Return the batch whose rows this part brings back corrected."""
    reported = [*islice(part.plain, 1), *part.reported[:1]]
    first = [each.raw for each in reported] + [each.raw for each in part.rejected[:1]]
    return next((batch for raw in first if (batch := corrected_batch(raw)) is not None), None)
