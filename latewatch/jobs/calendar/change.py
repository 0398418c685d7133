"""The office's calendar as something it answers for: a change is looked at first, then made a version.

A commit is one transaction: the version, the due dates it moves, the standings, the pending drafts. Killed
at any point, all of it is there or nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from latewatch.calendars.edits import from_document, to_document
from latewatch.domain.calendar_rules import check_edits
from latewatch.domain.edit_differences import differences
from latewatch.domain.edits import Edits
from latewatch.domain.layers import Calendars
from latewatch.errors import CalendarError
from latewatch.jobs.assess import refuse_old_calendar
from latewatch.jobs.calendar.effects import Effects, effects_of
from latewatch.jobs.office import Office
from latewatch.store.calendars import CalendarVersion, append_version, newest_version, versions

Change = Callable[[Edits], Edits]


@dataclass(frozen=True, slots=True)
class Signature:
    """Who changes the calendar, and why."""

    author: str
    reason: str

    def __post_init__(self) -> None:
        for what, text in (("người sửa (--author)", self.author), ("lý do (--reason)", self.reason)):
            if not text.strip():
                raise CalendarError("thay đổi lịch", f"cần {what}; bản lịch nào cũng ghi ai sửa và vì sao")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change, worked out: the version below it, the one it makes, what it says and what it does."""

    before: int
    number: int
    version: str
    differences: list[str]
    effects: Effects
    is_committed: bool


def preview_change(office: Office, change: Change, now: datetime) -> Proposal:
    """Work out what `change` would do, and change nothing. Raises CalendarError naming a wrong entry."""
    with office.store.reading() as connection:
        _, calendars, lines = _changed(connection, office, change)
        effects = effects_of(connection, office, calendars, now)
    return _proposal(office, calendars, lines, effects, is_committed=False)


def commit_change(office: Office, change: Change, by: Signature, now: datetime) -> Proposal:
    """Make `change` the version in force, and decide anew what it moves. Raises CalendarError."""
    with office.store.writing() as connection:
        edits, calendars, lines = _changed(connection, office, change)
        number = office.calendar_number + 1
        append_version(connection, CalendarVersion(number, now, by.author, by.reason, to_document(edits)))
        effects = effects_of(connection, office, calendars, now, writes=True)
    return _proposal(office, calendars, lines, effects, is_committed=True)


def _changed(connection: Connection, office: Office, change: Change) -> tuple[Edits, Calendars, list[str]]:
    refuse_old_calendar(connection, office)
    before = edits_in_force(connection)
    after = change(before)
    calendars = check_edits(before, after, office.calendar_files, [unit.code for unit in office.roster.units])
    lines = differences(before, after)
    if not lines:
        raise CalendarError("lịch làm việc", "đã đúng như vậy; không có gì để đổi")
    return after, calendars, lines


def edits_in_force(connection: Connection) -> Edits:
    version = newest_version(connection)
    return edits_of(version) if version else Edits()


def edits_of(version: CalendarVersion) -> Edits:
    return from_document(version.edits, f"lịch, bản {version.number}")


def _proposal(
    office: Office, calendars: Calendars, lines: list[str], effects: Effects, *, is_committed: bool
) -> Proposal:
    before = office.calendar_number
    return Proposal(before, before + 1, calendars.office.version, lines, effects, is_committed)


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One version, with what it changed of the one before."""

    number: int
    made_at: datetime
    author: str
    reason: str
    differences: list[str]


def calendar_history(office: Office) -> list[HistoryEntry]:
    """Return every version, newest first. Raises StoreError."""
    with office.store.reading() as connection:
        found = versions(connection)
    edits = [*map(edits_of, found), Edits()]
    return [
        HistoryEntry(each.number, each.made_at, each.author, each.reason, differences(before, after))
        for each, after, before in zip(found, edits, edits[1:], strict=False)
    ]
