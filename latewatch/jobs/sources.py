"""Sources: what is configured, what each can deliver, what its last run brought, what is wrong now."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from latewatch.config import Source
from latewatch.domain.alarm import Alarm
from latewatch.jobs.feed import SourceFeed, look_at_feeds
from latewatch.jobs.office import Office
from latewatch.sources.http import shown
from latewatch.sources.profiles.layers import presets
from latewatch.sources.profiles.profile import Delivers, Reads, System, load_profile
from latewatch.store.feeds import Run, failures, last_run


@dataclass(frozen=True, slots=True)
class ListedProfile:
    """A profile: what system it describes, what it is for, what it tells beside the dates."""

    name: str
    system: System
    reads: Reads
    delivers: tuple[Delivers, ...]
    about: str


@dataclass(frozen=True, slots=True)
class ListedSource:
    """A configured source; `place` is its folder, or its address without anything secret."""

    name: str
    place: str
    profile: ListedProfile
    run: tuple[Run, ...]  # empty where nothing was ever taken
    data_from: datetime | None
    failures: tuple[str, ...]
    alarms: tuple[Alarm, ...]

    @property
    def is_running(self) -> bool:
        return any(batch.state == "running" for batch in self.run)


def listed_sources(office: Office, now: datetime) -> list[ListedSource]:
    """Return the sources in the order of the configuration."""
    with office.store.reading() as connection:
        return [_listed(office, connection, feed) for feed in look_at_feeds(office, connection, now)]


def _listed(office: Office, connection: Connection, feed: SourceFeed) -> ListedSource:
    source = feed.source
    failed = [failure.problem for failure in failures(connection, source.name)]
    return ListedSource(
        name=source.name,
        place=str(source.folder) if source.folder else shown(source.url or ""),
        profile=_profile_of(source.profile, source),
        run=tuple(last_run(connection, source.name)),
        data_from=feed.data_from,
        failures=tuple(dict.fromkeys(failed)),
        alarms=feed.alarms,
    )


def listed_profiles() -> list[ListedProfile]:
    """Return the shipped profiles by name."""
    return [_profile_of(name, Source(name=name, profile=name)) for name in presets()]


def _profile_of(name: str, source: Source) -> ListedProfile:
    profile = load_profile(source)
    return ListedProfile(name, profile.system, profile.reads, profile.delivers, profile.about)
