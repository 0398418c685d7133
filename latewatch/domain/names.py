"""Whose a dossier is: which unit resolves it, which desk watches it; and how names compare. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from latewatch.domain.dossier import Dossier

_UNPRINTABLE = dict.fromkeys(code for code in range(32) if not chr(code).isspace()) | {127: None}


def tidy(text: str) -> str:
    """Return `text` composed (NFC), without control characters, each run of white space as one space."""
    return " ".join(unicodedata.normalize("NFC", text).translate(_UNPRINTABLE).split())


def fold(text: str) -> str:
    """Return a key under which names compare: without case, accents, width and spacing differences.

    >>> fold("Ngày  TIẾP nhận") == fold("ngay tiep nhan")
    True
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("đ", "d"))
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())


class Level(StrEnum):
    """Of which level a unit is: which section of the forms 07b and 07c its dossiers stand in."""

    PROVINCE = "province"
    COMMUNE = "commune"
    CENTRAL = "central"  # of a ministry that is organised down to the provinces
    SUBORDINATE = "subordinate"  # a ministry's own units


_OF_COMMUNE = re.compile(
    r"(?:^|(?:ubnd|nhân dân|hành chính công)\s)(?:xã|phường|đặc khu)\s(?!hội)|^phòng (?:kinh tế|văn hóa)"
)


def level_of(name: str) -> Level | None:
    """Return the level a unit's name tells of: a commune's own, or a department's of one; else None."""
    return Level.COMMUNE if _OF_COMMUNE.search(f"{tidy(name).casefold()} ") else None


@dataclass(frozen=True, slots=True)
class UnitName:
    """A unit of the office: its code, its name, the other names sources give it, and its level if told."""

    code: str
    name: str
    aliases: tuple[str, ...] = ()
    level: Level | None = None


@dataclass(frozen=True, slots=True)
class DeskName(UnitName):
    """A desk, its names as a receiving unit, and the codes of the resolving units it watches."""

    units: tuple[str, ...] = ()


Named = TypeVar("Named", bound=UnitName)


class Roster:
    """The units and desks of the office. There is always at least one desk."""

    def __init__(self, units: Iterable[UnitName], desks: Iterable[DeskName]) -> None:
        self.units = tuple(units)
        self.desks = tuple(desks)
        self._units = _by_name(self.units)
        self._desks = _by_name(self.desks)
        self._watchers = {code: desk for desk in reversed(self.desks) for code in desk.units}
        self._folded: dict[str, str] = {}

    def _key(self, text: str) -> str:
        """Fold once per distinct name: a month has many rows and few units."""
        if text not in self._folded:
            self._folded[text] = fold(text)
        return self._folded[text]

    def find(self, text: str) -> UnitName | None:
        """Return the unit with this code, name or alias."""
        return self._units.get(self._key(text))

    def unit_of(self, dossier: Dossier) -> UnitName | None:
        """Return the resolving unit, or None where the office does not know the name the source gives."""
        return self.find(dossier.resolving_unit) or self.find(dossier.department)

    def unit_label(self, dossier: Dossier) -> str:
        """Return the resolving unit's name, as the source writes it where the office does not know it."""
        unit = self.unit_of(dossier)
        return unit.name if unit else dossier.resolving_unit or dossier.department

    def level_of(self, dossier: Dossier) -> Level:
        """Return the level of the resolving unit: as the office says, else as its name does."""
        unit = self.unit_of(dossier)
        told = unit.level if unit else None
        return told or level_of(self.unit_label(dossier)) or Level.SUBORDINATE

    def desk_of(self, dossier: Dossier) -> DeskName:
        """Return the desk that received it, else the one watching its resolving unit, else the first."""
        desk = self._desks.get(self._key(dossier.receiving_unit))
        if desk:
            return desk
        unit = self.unit_of(dossier)
        return self._watchers.get(unit.code if unit else "", self.desks[0])


def _by_name(items: Iterable[Named]) -> Mapping[str, Named]:
    table: dict[str, Named] = {}
    for item in items:
        for name in (*item.aliases, item.name, item.code):
            if name:
                table[fold(name)] = item
    return table
