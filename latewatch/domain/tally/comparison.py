"""A month held against others: which ones, what differs, and whether by more than chance. Pure.

Chance is judged at 95 %: of two rates by the interval of their difference (R. G. Newcombe, 1998, method 10,
made of two Wilson intervals), of two numbers as of counted events.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import sqrt
from statistics import NormalDist

from latewatch.domain.period import Cutoff, Period, Span, period_of
from latewatch.domain.tally.counts import Counts
from latewatch.domain.tally.rates import FEW, ratio, wilson
from latewatch.domain.tally.table import Tally

MONTHS_SHOWN = 12
LEAST_PERCENT = 5  # a smaller change of a large number is sure, and of no use to anybody
_CERTAINTY = 0.95


@dataclass(frozen=True, slots=True)
class Month:
    """A reporting month by year and number."""

    year: int
    number: int

    def moved(self, months: int) -> "Month":
        index = self.year * 12 + self.number - 1 + months
        return Month(index // 12, index % 12 + 1)

    def period(self, cutoff: Cutoff) -> Period:
        return period_of(self.year, self.number, Span.MONTH, cutoff)

    @classmethod
    def ending_on(cls, day: date) -> "tuple[Month, Cutoff] | None":
        """Return the month that ends on `day`, and by which cut-off; None where none does."""
        month = cls(day.year, day.month)
        return next(((month, each) for each in Cutoff if month.period(each).last == day), None)

    def year_until(self, cutoff: Cutoff) -> Period:
        """Return the reporting year up to the end of this month."""
        first, last = Month(self.year, 1).period(cutoff).first, self.period(cutoff).last
        return Period(first, last, f"Từ đầu năm đến hết tháng {self.number} năm {self.year}")


def shown_months(month: Month) -> list[Month]:
    """Return the twelve months that end with `month`, the oldest first."""
    return [month.moved(-back) for back in reversed(range(MONTHS_SHOWN))]


@dataclass(frozen=True, slots=True)
class Proportion:
    """A part of a whole, in numbers of dossiers."""

    part: int
    whole: int

    @property
    def percent(self) -> Decimal | None:
        return ratio(self.part, self.whole, 100)

    @property
    def interval(self) -> tuple[Decimal, Decimal] | None:
        """The Wilson interval (95 %), in percent."""
        return wilson(self.part, self.whole)

    @property
    def is_small(self) -> bool:
        """Of so few the rate is a guess, and stands with its interval."""
        return 0 < self.whole < FEW

    def bounds(self, z: float) -> tuple[float, float]:
        """Return the Wilson bounds of a whole that is not 0, for `z` standard deviations, as shares."""
        share, z2 = self.part / self.whole, z * z
        centre = (share + z2 / (2 * self.whole)) / (1 + z2 / self.whole)
        spread = sqrt(share * (1 - share) / self.whole + z2 / (4 * self.whole**2))
        half = z / (1 + z2 / self.whole) * spread
        return max(0.0, centre - half), min(1.0, centre + half)


def kept(row: Counts) -> Proportion:
    """Return what was resolved in time, of all that was resolved."""
    return Proportion(row.early + row.on_time, row.resolved)


def early(row: Counts) -> Proportion:
    return Proportion(row.early, row.resolved)


def newly_received(row: Counts) -> int:
    return row.received - row.carried


def differs(now: Proportion, before: Proportion, *, among: int = 1) -> bool:
    """Tell whether two rates differ by more than chance.

    Of many that are looked at some differ by chance: `among` so many, each is judged that much more strictly
    (Bonferroni). Without dossiers on either side nothing is told.
    """
    if not now.whole or not before.whole:
        return False
    z = NormalDist().inv_cdf(1 - (1 - _CERTAINTY) / (2 * among))
    share, past = now.part / now.whole, before.part / before.whole
    (low, high), (past_low, past_high) = now.bounds(z), before.bounds(z)
    difference = share - past
    least = difference - sqrt((share - low) ** 2 + (past_high - past) ** 2)
    most = difference + sqrt((high - share) ** 2 + (past - past_low) ** 2)
    return least > 0 or most < 0


def moved(now: int, before: int) -> bool:
    """Tell whether two numbers of dossiers differ by more than chance, and by enough to be told."""
    difference = abs(now - before)
    beyond_chance = difference > NormalDist().inv_cdf((1 + _CERTAINTY) / 2) * sqrt(now + before)
    return beyond_chance and difference * 100 >= LEAST_PERCENT * before


def has_past(tally: Tally) -> bool:
    """Tell whether a period can be held against: dossiers came in it and were resolved.

    Before the first file only what was still open then is known, and that tells nothing of its month.
    """
    return newly_received(tally.total) > 0 and tally.total.resolved > 0


def is_running(tally: Tally) -> bool:
    """Tell whether the period of `tally` was not over yet."""
    return tally.as_of.date() < tally.period.last


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The tables of a month by unit, and of what it is held against. `trend` ends with the month."""

    trend: Sequence[Tally]
    last_year: Tally
    year: Tally
    last_year_until: Tally

    @property
    def month(self) -> Tally:
        return self.trend[-1]

    @property
    def before(self) -> Tally:
        return self.trend[-2]
