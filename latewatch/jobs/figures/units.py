"""Whose the groups of dossiers are: the names the office gives their units, and their calendars."""

from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from latewatch.clock import at_midnight
from latewatch.domain.dossier import Dossier, Status
from latewatch.domain.tally.placing import answer_by
from latewatch.domain.tally.table import NO_LABEL
from latewatch.domain.worktime import WorkCalendar
from latewatch.errors import CalendarGap
from latewatch.figures.moments import DAY, NO_SECOND, Seconds, day_number, day_of, second_number
from latewatch.figures.names import Names, Pair
from latewatch.figures.rows import Rows
from latewatch.jobs.office import Office

NEVER = np.iinfo(np.int32).max  # a day no due date reaches


class Units:
    """The units of an office, asked by the numbers of their names."""

    def __init__(self, office: Office, names: Names) -> None:
        self._office = office
        self._names = names
        self._calendars: dict[int, WorkCalendar] = {}

    def labels(self) -> list[str]:
        """Return what a table calls each unit, in the order of their numbers."""
        label = self._office.roster.unit_label
        return [label(_named(pair)) or NO_LABEL for pair in self._names.units.all()]

    def fields(self) -> list[str]:
        return [field or NO_LABEL for field, _ in self._names.fields.all()]

    def calendar(self, unit: int) -> WorkCalendar:
        if unit not in self._calendars:
            names = self._names.units.all()[unit]
            self._calendars[unit] = self._office.calendar_of(_named(names))
        return self._calendars[unit]

    def answers_due(self, rows: Rows) -> Seconds:
        """Return by when each online dossier must be accepted; NO_SECOND beyond the calendar."""
        found = [
            answer_by(_moment(second), self.calendar(unit))
            for second, unit in zip(rows.handed_in.tolist(), rows.unit.tolist(), strict=True)
        ]
        return np.array([second_number(at) if at else NO_SECOND for at in found], dtype=np.int32)

    def due_soon_before(self, rows: Rows, now: datetime, days: int) -> NDArray[np.int32]:
        """Return the day before which what is due is due within `days` working days. Raises CalendarGap."""
        units, places = np.unique(rows.unit, return_inverse=True)
        calendars = [self.calendar(unit) for unit in units.tolist()]
        known = {id(each): _due_soon_before(each, now, days) for each in calendars}
        return np.array([known[id(each)] for each in calendars], dtype=np.int32)[places]


def _named(names: Pair) -> Dossier:
    """Return a dossier of nobody, of these units: that is all that tells whose it is."""
    return Dossier(code="", status=Status.RECEIVED, resolving_unit=names[0], department=names[1])


def _moment(second: int) -> datetime:
    return at_midnight(day_of(second // DAY)) + timedelta(seconds=second % DAY)


def _due_soon_before(calendar: WorkCalendar, now: datetime, days: int) -> int:
    today = now.date()
    calendar.is_working_day(today)  # a gap where nobody can count from today on
    try:
        return day_number(calendar.add(today, days + 1))
    except CalendarGap:
        return NEVER
