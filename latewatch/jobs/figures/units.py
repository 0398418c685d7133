"""Whose the groups of dossiers are: the names the office gives their units, and their calendars."""

from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from latewatch.clock import at_midnight
from latewatch.domain.deadline import Basis, Deadline
from latewatch.domain.dossier import Dossier, Status
from latewatch.domain.standing import Case
from latewatch.domain.tally.placing import answer_by
from latewatch.domain.tally.table import NO_LABEL
from latewatch.domain.worktime import WorkCalendar
from latewatch.errors import CalendarGap
from latewatch.figures.moments import DAY, NO_SECOND, Seconds, day_number, day_of, second_number
from latewatch.figures.names import Names
from latewatch.figures.rows import Rows
from latewatch.jobs.office import Office

_NONE = Deadline(due_at=None, basis=Basis.NONE)
NEVER = np.iinfo(np.int32).max  # a day no due date reaches


class Units:
    """The units of an office, asked by the numbers of their names."""

    def __init__(self, office: Office, names: Names) -> None:
        self._office = office
        self._names = names
        self._known: dict[int, Case] = {}

    def case(self, unit: int, field: int) -> Case:
        """Return a dossier of nobody, of that unit and field: enough to say in which row such are."""
        known, (resolving_unit, department) = self._of(unit), self._names.units.at(unit)
        dossier = Dossier(
            code="",
            status=Status.RECEIVED,
            resolving_unit=resolving_unit,
            department=department,
            field=self._names.fields.at(field)[0],
        )
        return Case(dossier=dossier, deadline=_NONE, unit=known.unit, calendar=known.calendar)

    def field(self, number: int) -> str:
        return self._names.fields.at(number)[0] or NO_LABEL

    def label(self, unit: int) -> str:
        return self._of(unit).unit or NO_LABEL

    def calendar(self, unit: int) -> WorkCalendar:
        return self._of(unit).calendar

    def _of(self, unit: int) -> Case:
        if unit not in self._known:
            resolving_unit, department = self._names.units.at(unit)
            dossier = Dossier(
                code="", status=Status.RECEIVED, resolving_unit=resolving_unit, department=department
            )
            label, calendar = self._office.roster.unit_label(dossier), self._office.calendar_of(dossier)
            self._known[unit] = Case(dossier=dossier, deadline=_NONE, unit=label, calendar=calendar)
        return self._known[unit]

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


def _moment(second: int) -> datetime:
    return at_midnight(day_of(second // DAY)) + timedelta(seconds=second % DAY)


def _due_soon_before(calendar: WorkCalendar, now: datetime, days: int) -> int:
    today = now.date()
    calendar.is_working_day(today)  # a gap where nobody can count from today on
    try:
        return day_number(calendar.add(today, days + 1))
    except CalendarGap:
        return NEVER
