"""What the rows of a table are called: of a dossier, and of the numbers of a unit and a field alike."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Protocol, TypeVar

from latewatch.domain.standing import Case
from latewatch.domain.tally.table import NO_LABEL, Label
from latewatch.jobs.figures.units import Units

Named_co = TypeVar("Named_co", covariant=True)


class Naming(Protocol[Named_co]):
    """Names rows by nothing but the unit and the field of a dossier."""

    def of(self, case: Case) -> Named_co: ...
    def numbered(self, units: Units) -> Callable[[int, int], Named_co]: ...


class ByUnitAndField:
    """A row for each unit and field."""

    def of(self, case: Case) -> tuple[str, str]:
        return case.unit or NO_LABEL, case.dossier.field or NO_LABEL

    def numbered(self, units: Units) -> Callable[[int, int], tuple[str, str]]:
        label, field = cache(units.label), cache(units.field)
        return lambda unit, number: (label(unit), field(number))


class ByUnit:
    """A row for each unit."""

    def of(self, case: Case) -> str:
        return case.unit or NO_LABEL

    def numbered(self, units: Units) -> Callable[[int, int], str]:
        label = cache(units.label)
        return lambda unit, _: label(unit)


@dataclass(frozen=True, slots=True)
class ByLabel:
    """The rows of a form by field or by unit."""

    label: Label

    def of(self, case: Case) -> str:
        return self.label(case) or NO_LABEL

    def numbered(self, units: Units) -> Callable[[int, int], str]:
        return lambda unit, field: self.of(units.case(unit, field))
