"""The new date a letter proposes, from what this office's finished dossiers of the procedure took."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, lru_cache

from sqlalchemy import Connection

from latewatch.config import usual_rules
from latewatch.domain.catalogue import clock_rules
from latewatch.domain.dossier import Dossier, Status, Suspension
from latewatch.domain.letters.proposal import History, Pending, Proposal, Rules, days_taken, propose
from latewatch.domain.names import fold
from latewatch.domain.standing import Case
from latewatch.domain.suspension import Effect
from latewatch.domain.worktime import WorkCalendar
from latewatch.errors import CalendarGap
from latewatch.jobs.letters.contents import last_promise
from latewatch.jobs.office import Office
from latewatch.store.letters.history import Finished, Names, finished_between

Days = dict[tuple[str, str], list[int]]  # by procedure and unit; under no unit, of all units


@dataclass(frozen=True, slots=True)
class _Place:
    """By which calendar dossiers of these names were worked on, and under which keys they are counted."""

    calendar: WorkCalendar
    keys: tuple[tuple[str, str], ...]


class Proposer:
    """Proposes new dates as of `now`. The history is read once, when the first is asked for."""

    def __init__(self, office: Office, connection: Connection, now: datetime) -> None:
        letters = office.settings.letters
        self._office = office
        self._connection = connection
        self._now = now
        self._usual = usual_rules(office.settings.clock)
        self._rules = Rules(
            usual=letters.new_date_working_days,
            most=letters.new_date_most_working_days,
            cases=letters.history_cases,
            percent=letters.history_percent,
        )

    def propose(self, case: Case) -> Proposal:
        """Return a valid new date and why it is that one. Raises CalendarGap."""
        promised = last_promise(self._office, case)
        pending = Pending(
            today=self._now.date(),
            last_promise=promised or self._now.date(),
            taken=self._taken(case.dossier, case.calendar, self._now),
            history=self._history(case),
        )
        return propose(pending, self._rules, case.calendar)

    def _taken(self, dossier: Dossier, calendar: WorkCalendar, until: datetime) -> int | None:
        received_at = dossier.received_at
        if received_at is None or received_at > until:
            return None
        stops = self._stopping(dossier) if dossier.suspensions else ()
        return _days(received_at, until, stops, calendar)

    def _stopping(self, dossier: Dossier) -> list[Suspension]:
        """Return the interruptions in which nobody had to work on it."""
        on = dossier.received_on
        procedure = on and self._office.catalogue.find(dossier.procedure_code, dossier.procedure, on)
        rules = clock_rules(procedure or None, self._usual)
        return [each for each in dossier.suspensions if rules.effect(each.cause) is not Effect.RUNS_ON]

    def _history(self, case: Case) -> History:
        key, unit = _procedure(case.dossier), case.unit
        return History(self._known.get((key, ""), ()), self._known.get((key, unit), ()) if unit else ())

    @cached_property
    def _known(self) -> Days:
        """Look at all that was finished lately, once; what names mean is asked once for each."""
        known: Days = defaultdict(list)
        places: dict[Names, _Place] = {}
        since = self._now - timedelta(days=self._office.settings.letters.history_days)
        for each in finished_between(self._connection, since, self._now):
            place = places.get(each.names) or places.setdefault(each.names, self._place(each.names))
            stops = self._stopping(_bare(each)) if each.suspensions else ()
            taken = _days(each.received_at, each.finished_at, stops, place.calendar)
            for key in place.keys if taken is not None else ():
                known[key].append(taken or 0)
        return dict(known)

    def _place(self, names: Names) -> _Place:
        dossier = Dossier(code="", status=Status.DONE, **names._asdict())
        procedure, unit = _procedure(dossier), self._office.roster.unit_label(dossier)
        keys = {(procedure, ""), (procedure, unit)}
        return _Place(self._office.calendar_of(dossier), tuple(keys))


def _bare(each: Finished) -> Dossier:
    return Dossier(
        code="",
        status=Status.DONE,
        received_at=each.received_at,
        suspensions=each.suspensions,
        **each.names._asdict(),
    )


def _days(
    received_at: datetime, until: datetime, stops: Sequence[Suspension], calendar: WorkCalendar
) -> int | None:
    try:
        return days_taken(received_at, until, stops, calendar)
    except CalendarGap:
        return None


def _procedure(dossier: Dossier) -> str:
    return dossier.procedure_code or _folded(dossier.procedure)


_folded = lru_cache(1024)(fold)  # an office has few
