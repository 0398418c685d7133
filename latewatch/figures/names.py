"""Numbers for the names that stand in very many dossiers: those of its unit, and its field. Pure."""

from collections.abc import Iterable
from typing import TypeAlias

NOBODY = 65_535  # numbers have 16 bits; this one stands for names that got none
Pair: TypeAlias = tuple[str, str]  # resolving unit and department, as the sources write them
Numbered: TypeAlias = tuple[int, Pair]


class Numbers:
    """Numbers of names: those that are kept, and new ones from there on."""

    def __init__(self, kept: Iterable[Numbered]) -> None:
        self._numbers = {names: number for number, names in kept}
        self.new: list[Numbered] = []
        self._names: list[Pair] = []

    def number(self, names: Pair) -> int:
        """Return the number of `names`; NOBODY where there are too many."""
        found = self._numbers.get(names)
        if found is None:
            found = min(len(self._numbers), NOBODY)
            if found != NOBODY:
                self._numbers[names] = found
                self.new.append((found, names))
        return found

    def at(self, number: int) -> Pair:
        """Return the names with this number; numbers have no gap."""
        if len(self._names) < len(self._numbers):
            self._names = list(self._numbers)
        return self._names[number]


class Names:
    """The names of units and of fields."""

    def __init__(self, units: Iterable[Numbered] = (), fields: Iterable[Numbered] = ()) -> None:
        self.units = Numbers(units)
        self.fields = Numbers(fields)

    def unit(self, resolving_unit: str, department: str) -> int:
        return self.units.number((resolving_unit, department))

    def field(self, field: str) -> int:
        return self.fields.number((field, ""))
