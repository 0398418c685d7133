"""Feed: what is wrong with what the sources deliver, as of now."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from latewatch.config import Source
from latewatch.domain.alarm import NOTES, Alarm, AlarmKind
from latewatch.domain.arrivals import Arrived, data_time
from latewatch.domain.feed import Expected, alarms
from latewatch.jobs.office import Office
from latewatch.sources.files.cells import key_of
from latewatch.sources.profiles.profile import Profile, Reads, System
from latewatch.store.feeds import arrivals

log = logging.getLogger("latewatch")


@dataclass(frozen=True, slots=True)
class SourceFeed:
    """A source, when it last brought something, and what is wrong with that."""

    source: Source
    has_dossiers: bool
    data_from: datetime | None
    alarms: tuple[Alarm, ...]


def look_at_feeds(office: Office, connection: Connection, now: datetime) -> list[SourceFeed]:
    """Look at what every source brought."""
    return [_look(office, connection, source, now) for source in office.settings.sources]


def file_alarms(
    office: Office, connection: Connection, source: Source, file: str, now: datetime
) -> list[str]:
    """Say what is odd of a file just taken in, beside the rows of it that were set aside."""
    said = (AlarmKind.UNKNOWN_WORDS, AlarmKind.REJECTED)  # whoever takes it in counts and lists them
    found = _look(office, connection, source, now).alarms
    return [alarm.told for alarm in found if alarm.origin == file and alarm.kind not in said]


def _look(office: Office, connection: Connection, source: Source, now: datetime) -> SourceFeed:
    """Look at one source; beyond the calendar nobody can tell how old its data is."""
    profile = office.profiles[source.name]
    history = [_mapped(each, profile) for each in arrivals(connection, source.name)]
    wanted = expected(office, source, profile)
    if now.date() > office.calendar.last:
        wanted = replace(wanted, stale_minutes=None)
    found = alarms(wanted, history, now, office.calendar)
    return SourceFeed(source, profile.reads is Reads.DOSSIERS, data_time(history), tuple(found))


def oldest_data(feeds: Iterable[SourceFeed]) -> datetime | None:
    """Return when, of the sources of dossiers that ever delivered, the one silent longest did.

    A list of events may have nothing new for days.
    """
    times = [feed.data_from for feed in feeds if feed.has_dossiers and feed.data_from]
    return min(times, default=None)


def alarms_now(office: Office, now: datetime) -> list[Alarm]:
    """Return every alarm, as whoever only asks for these does."""
    with office.store.reading() as connection:
        return alarms_of(look_at_feeds(office, connection, now))


def alarms_of(feeds: Iterable[SourceFeed]) -> list[Alarm]:
    return [alarm for feed in feeds for alarm in feed.alarms]


def expected(office: Office, source: Source, profile: Profile) -> Expected:
    """Return what is expected of `source`.

    A list of events may have none for days, and names those dossiers only that had any; an interface and
    packets of a system tell only what is new. Only an export of dossiers holds all there is.
    """
    feed = office.settings.feed
    has_dossiers = profile.reads is Reads.DOSSIERS
    hours = source.stale_after_working_hours or (feed.stale_after_working_hours if has_dossiers else None)
    is_table = profile.system is System.FILES
    wanted = Expected(
        source=source.name,
        columns=profile.names,
        stale_minutes=hours * 60 if hours else None,
        is_whole=is_table and has_dossiers,
        is_table=is_table,
        is_folder=source.folder is not None,
        shrunk_percent=feed.shrunk_percent,
        rejected_percent=feed.rejected_percent,
    )
    # a list says all of an event: nothing of an earlier one is added to it
    kept = "các sự kiện trong tệp này không có giá trị đó"
    return wanted if has_dossiers else replace(wanted, kept=kept)


def _mapped(each: Arrived, profile: Profile) -> Arrived:
    """Leave of the headings those that mean nothing to `profile`."""
    if each.strange is None:
        return each
    return replace(each, strange=frozenset(h for h in each.strange if key_of(h) not in profile.field_of))


def log_alarms(found: Iterable[Alarm]) -> None:
    """Put the alarms into the log: figures, and no cell of a source."""
    for alarm in found:
        level = logging.INFO if alarm.kind in NOTES else logging.WARNING
        log.log(level, "feed %s: %s", alarm.source, alarm.told)
