"""Units held against each other and against their target, and the procedures that are late most. Pure.

A unit is compared with others of its level only, and not at all where it resolved too few: of three dossiers
one late is chance.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from latewatch.domain.names import Level, fold, level_of
from latewatch.domain.tally.comparison import Proportion, early, kept
from latewatch.domain.tally.counts import Counts


class Met(StrEnum):
    """Whether a unit met its target; the value says so."""

    YES = "đạt"
    NO = "không đạt"
    UNSURE = "ít hồ sơ, chưa kết luận được"


LEVELS = {
    Level.PROVINCE: "cấp tỉnh",
    Level.COMMUNE: "cấp xã",
    Level.CENTRAL: "ngành dọc",
    Level.SUBORDINATE: "đơn vị trực thuộc",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """What units are held against: their levels, their targets in percent, and the least they resolve."""

    levels: Mapping[str, Level]
    targets: Mapping[str, Decimal]
    target: Decimal | None
    min_volume: int

    def level(self, unit: str) -> Level:
        """Return a unit's level: as the office says, else as its name does."""
        return self.levels.get(unit) or level_of(unit) or Level.SUBORDINATE

    def target_of(self, unit: str) -> Decimal | None:
        return self.targets.get(unit, self.target)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A unit in its level: `place` of `among`, or none where it resolved too few."""

    unit: str
    level: Level
    counts: Counts
    place: int | None
    among: int
    target: Decimal | None
    met: Met | None

    @property
    def kept(self) -> Proportion:
        return kept(self.counts)

    @property
    def early(self) -> Proportion:
        return early(self.counts)


def ranked(rows: Mapping[str, Counts], standard: Standard) -> list[Ranked]:
    """Return the units level by level, the best first, those that are not ranked after them by name.

    Equal rates share a place, and the places after them are left out: 1, 2, 2, 4.
    """
    rates = {
        unit: Fraction(kept(row).part, row.resolved)
        for unit, row in rows.items()
        if row.resolved >= standard.min_volume
    }
    units = [_ranked(unit, row, rates, standard) for unit, row in rows.items()]
    levels = list(Level)
    return sorted(
        units, key=lambda each: (levels.index(each.level), each.place or len(units) + 1, fold(each.unit))
    )


def _ranked(unit: str, row: Counts, rates: Mapping[str, Fraction], standard: Standard) -> Ranked:
    level = standard.level(unit)
    peers = [rate for other, rate in rates.items() if standard.level(other) is level]
    target = standard.target_of(unit)
    return Ranked(
        unit=unit,
        level=level,
        counts=row,
        place=1 + sum(rate > rates[unit] for rate in peers) if unit in rates else None,
        among=len(peers),
        target=target,
        met=met(kept(row), target),
    )


def met(rate: Proportion, target: Decimal | None) -> Met | None:
    """Return whether a rate meets its target; None without a target, or without dossiers."""
    interval = rate.interval
    if target is None or interval is None:
        return None
    if rate.is_small and interval[0] < target <= interval[1]:
        return Met.UNSURE
    return Met.YES if Fraction(rate.part * 100, rate.whole) >= Fraction(target) else Met.NO


@dataclass(frozen=True, slots=True)
class LateProcedure:
    """A procedure with the dossiers that were late: resolved late, or overdue at the end."""

    name: str
    late: Proportion


def latest(rows: Mapping[str, Counts], min_volume: int, most: int) -> list[LateProcedure]:
    """Return the procedures with the most late dossiers, of those with at least `min_volume` of them.

    What is still within its time says nothing yet, and is not counted.
    """
    found = [
        LateProcedure(name, Proportion(row.late + row.overdue, row.resolved + row.overdue))
        for name, row in rows.items()
    ]
    kept_ones = [each for each in found if each.late.part and each.late.whole >= min_volume]
    return sorted(kept_ones, key=_worst)[:most]


def _worst(each: LateProcedure) -> tuple[int, Fraction, str]:
    return -each.late.part, -Fraction(each.late.part, each.late.whole), fold(each.name)
