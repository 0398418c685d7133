"""What every job works with: the office's settings, made into parts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from latewatch.config import Settings, Source
from latewatch.domain.catalogue import Catalogue
from latewatch.domain.deadline import Deadline
from latewatch.domain.dossier import Dossier
from latewatch.domain.expiry import Ends
from latewatch.domain.layers import Calendars
from latewatch.domain.letters.lead import Leads
from latewatch.domain.names import Roster
from latewatch.domain.standing import Case
from latewatch.domain.worktime import WorkCalendar
from latewatch.sources.profiles.profile import Profile, Reads
from latewatch.store.cases import Assessed
from latewatch.store.database import Store

if TYPE_CHECKING:
    from latewatch.letters.render import LetterPrinter


@dataclass(frozen=True, slots=True)
class Office:
    """The wired parts. `app.py` makes one; jobs only read it."""

    settings: Settings
    store: Store
    calendars: Calendars
    calendar_files: Calendars  # what the files alone say, below the office's own edits
    calendar_number: int  # of the version of these edits; 0 where there are none
    catalogue: Catalogue
    leads: Leads
    roster: Roster
    profiles: dict[str, Profile]
    printer: Callable[[], LetterPrinter]  # made when the first letter is drawn

    @property
    def calendar(self) -> WorkCalendar:
        """The calendar of the office itself: when digests go out and drafts are made."""
        return self.calendars.office

    def calendar_of(self, dossier: Dossier) -> WorkCalendar:
        """Return the calendar of the unit that resolves `dossier`."""
        unit = self.roster.unit_of(dossier)
        return self.calendars.of_unit(unit.code) if unit else self.calendar

    @property
    def dossier_sources(self) -> list[str]:
        """The sources whose age is that of the data; a list of events may have nothing new for days."""
        return [name for name, profile in self.profiles.items() if profile.reads is Reads.DOSSIERS]

    @property
    def ends(self) -> dict[str, Ends | None]:
        """When limits of each source's dossiers end, where the source or its profile says."""
        return {name: profile.ends for name, profile in self.profiles.items()}

    def source(self, name: str) -> Source | None:
        return next((source for source in self.settings.sources if source.name == name), None)

    def case(self, each: Assessed, deadline: Deadline) -> Case:
        """Join a stored dossier with its deadline and the names this office gives its unit and desk."""
        return Case(
            dossier=each.dossier,
            deadline=deadline,
            unit=self.roster.unit_label(each.dossier),
            calendar=self.calendar_of(each.dossier),
            desk=self.roster.desk_of(each.dossier).code,
            draft_on=each.draft_on,
            letter_on=each.letter_on,
            revised_on=each.revised_on,
            recalled_on=each.recalled_on,
            recalled_to=each.recalled_to,
            recalled_from=each.recalled_from,
            letter_state=each.letter_state,
            letter_lead=self.leads.of(each.dossier),
            source=each.source,
        )
