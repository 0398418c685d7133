"""Scan: what a page of the memory betrays, each version held against the one its source told before."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from sqlalchemy import Connection

from latewatch.domain.dossier import Dossier, Suspension
from latewatch.domain.integrity.betrayals import betrayals
from latewatch.domain.integrity.change import FIELDS, Apology, Change
from latewatch.domain.integrity.finding import Sighting
from latewatch.jobs.integrity.judge import Judge
from latewatch.jobs.office import Office
from latewatch.sources.profiles.profile import System
from latewatch.store.findings import Noted, times_missing
from latewatch.store.scan import Batch, Memory, Told, apologies


@dataclass(frozen=True)
class Past:
    """A version with all that was told of its dossier before, by whomever; what was taken back left out."""

    told: Told
    earlier: Sequence[Told]

    @property
    def is_added(self) -> bool:
        """Whether the batch only adds to what another source tells: events, stages."""
        return self.told.batch.source != self.told.source

    @property
    def fields(self) -> tuple[str, ...]:
        """The facts that this batch itself tells; one that does not say has them all."""
        known = self.told.batch.fields or FIELDS
        return () if self.is_added else tuple(name for name in FIELDS if name in known)

    @cached_property
    def before(self) -> Told | None:
        """What the same source told last of the same facts; of one that only adds, what was known."""
        if self.is_added:
            return self.earlier[-1] if self.earlier else None
        return next((each for each in reversed(self.earlier) if self._tells_alike(each)), None)

    def _tells_alike(self, each: Told) -> bool:
        fields = each.batch.fields
        return each.batch.source == self.told.batch.source and (not fields or fields.issuperset(self.fields))

    @property
    def known(self) -> tuple[Suspension, ...]:
        return self.earlier[-1].facts.suspensions if self.earlier else ()

    @property
    def promised(self) -> Sighting | None:
        """The batch that first told the promise of before."""
        first = self.before
        for each in reversed(self.earlier):
            if first is None or each.batch.source != first.batch.source:
                continue
            if each.facts.promised_at != first.facts.promised_at:
                break
            first = each
        return first.batch.sighting if first else None


class Scan:
    """One look at a page of the memory."""

    def __init__(self, office: Office, connection: Connection) -> None:
        self.memory = Memory(connection)
        self._connection = connection
        self._office = office
        self._judge = Judge(office)
        self._listings: dict[int, Batch | None] = {}
        self._file_age = timedelta(hours=office.settings.integrity.file_age_hours)

    def look_at(self, versions: Sequence[Told]) -> Iterator[Noted]:
        """Yield what the versions of a page betray."""
        changed = {each.code for each in versions if each.version > 1}
        chains = self.memory.chains(changed)
        letters = apologies(self._connection, changed)
        gaps = times_missing(self._connection, changed)
        for told in versions:
            chain = chains.get(told.code, [told])
            past = Past(told, [each for each in chain if each.id < told.id])
            if not past.earlier and told.is_plain:
                continue
            change = self._change(past, chain[-1].facts, letters.get(told.code), gaps.get(told.code, ()))
            for each in betrayals(change, past.fields):
                unit = self._office.roster.unit_label(told.facts)
                yield Noted(each, told.code, unit, told.batch.source, told.batch.id)

    def _change(
        self, past: Past, now: Dossier, apology: Apology | None, gaps: Collection[datetime]
    ) -> Change:
        facts, source = past.told.facts, past.told.source
        has_any = bool(facts.suspensions or now.suspensions)
        return Change(
            before=past.before.facts if past.before else None,
            after=facts,
            seen=past.told.batch.sighting,
            deadline=lambda dossier: self._judge.deadline(dossier, source),
            shown=self._shown(past, gaps),
            promised=past.promised,
            known=past.known,
            interruptions=now.suspensions,
            apology=apology,
            effects=self._judge.effects(facts, source) if has_any else {},
            file_age=self._file_age,
        )

    def _shown(self, past: Past, gaps: Collection[datetime]) -> Sighting | None:
        """Return the last batch that listed the dossier as before: unchanged, it left no version.

        Not one that was taken in while the dossier was missing.
        """
        if past.before is None:
            return None
        first = past.earlier[0].batch if past.is_added else past.before.batch
        listing = self._listing_before(past.told.batch)
        if listing and listing.id > first.id:
            was_gone = any(first.taken_at < at <= listing.taken_at for at in gaps)
            return first.sighting if was_gone else listing.sighting
        return None if past.is_added else first.sighting

    def _listing_before(self, batch: Batch) -> Batch | None:
        if batch.id not in self._listings:
            is_list = self._lists(batch.source)
            self._listings[batch.id] = self.memory.listing_before(batch) if is_list else None
        return self._listings[batch.id]

    def _lists(self, source: str) -> bool:
        """Tell whether a batch says something of all dossiers of its source: a packet does of its own only.

        An interface that is asked for what changed says of the others that they did not.
        """
        setting, profile = self._office.source(source), self._office.profiles.get(source)
        return bool(setting and profile and (profile.system is System.FILES or setting.url))
