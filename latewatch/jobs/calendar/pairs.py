"""The calendar of each unit, as it is and as a change makes it; and on which days the two differ."""

from datetime import date
from functools import cached_property

from latewatch.domain.layers import PROVINCE, UNIT, Calendars, differing_days
from latewatch.domain.worktime import WorkCalendar
from latewatch.jobs.calendar.plain import Pair, Table
from latewatch.jobs.office import Office

UNCHANGED = -1


class Pairs:
    """The calendars that change, numbered, by the names a source gives the resolving unit."""

    def __init__(self, office: Office, after: Calendars) -> None:
        self._roster = office.roster
        self._before = office.calendars
        self._after = after
        self._pairs: list[Pair] = []
        self._by_layer: dict[str, int] = {}
        self._by_names: dict[tuple[str, str], int] = {}

    def number(self, resolving_unit: str, department: str) -> int:
        """Return the number of the pair of calendars, or UNCHANGED."""
        names = (resolving_unit, department)
        number = self._by_names.get(names)
        if number is None:
            unit = self._roster.find(resolving_unit) or self._roster.find(department)
            layer = self._own(UNIT + unit.code) if unit else PROVINCE
            number = self._by_names[names] = self._number_of(layer)
        return number

    def at(self, number: int) -> Pair:
        return self._pairs[number]

    def of(self, resolving_unit: str, department: str) -> Pair | None:
        number = self.number(resolving_unit, department)
        return None if number == UNCHANGED else self._pairs[number]

    def _own(self, layer: str) -> str:
        """Return the layer whose calendar holds for a unit: its own, or the office's."""
        return layer if layer in self._before.layers or layer in self._after.layers else PROVINCE

    def _number_of(self, layer: str) -> int:
        if layer not in self._by_layer:
            self._by_layer[layer] = UNCHANGED
            if layer in self.days:
                self._by_layer[layer] = len(self._pairs)
                self._pairs.append(Pair(Table(self._before.named(layer)), Table(self._after.named(layer))))
        return self._by_layer[layer]

    @cached_property
    def days(self) -> dict[str, list[date]]:
        """The days that differ, by the layer of the calendar; those without any are left out."""
        layers = dict.fromkeys([PROVINCE, *(self._own(UNIT + unit.code) for unit in self._roster.units)])
        found = {name: differing_days(self._before.named(name), self._after.named(name)) for name in layers}
        return {name: days for name, days in found.items() if days}

    def calendars(self) -> list[WorkCalendar]:
        """Return the calendars that differ, old and new."""
        return [each.named(name) for name in self.days for each in (self._before, self._after)]
