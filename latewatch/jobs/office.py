"""What every job works with: the office's settings, made into parts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from latewatch.config import Settings, Source
from latewatch.domain.deadline import Deadline
from latewatch.domain.names import Roster
from latewatch.domain.standing import Case
from latewatch.domain.worktime import WorkCalendar
from latewatch.sources.profile import Profile
from latewatch.store.cases import Assessed
from latewatch.store.database import Store

if TYPE_CHECKING:
    from latewatch.letters.render import LetterPrinter


@dataclass(frozen=True, slots=True)
class Office:
    """The wired parts. `app.py` makes one; jobs only read it."""

    settings: Settings
    store: Store
    calendar: WorkCalendar
    roster: Roster
    profiles: dict[str, Profile]
    printer: Callable[[], LetterPrinter]  # made when the first letter is drawn

    def source(self, name: str) -> Source | None:
        return next((source for source in self.settings.sources if source.name == name), None)

    def case(self, each: Assessed, deadline: Deadline) -> Case:
        """Join a stored dossier with its deadline and the names this office gives its unit and desk."""
        return Case(
            dossier=each.dossier,
            deadline=deadline,
            unit=self.roster.unit_label(each.dossier),
            desk=self.roster.desk_of(each.dossier).code,
            draft_on=each.draft_on,
            letter_on=each.letter_on,
        )
