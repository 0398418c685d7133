"""A table that was closed: where each dossier stood in it, and which have moved since. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from latewatch.domain.period import Period
from latewatch.domain.standing import Case
from latewatch.domain.tally.counts import PENDING, Counts
from latewatch.domain.tally.found import OUTSIDE
from latewatch.domain.tally.layout import Layout
from latewatch.domain.tally.rule import CountingRule
from latewatch.domain.tally.table import Plan
from latewatch.errors import TallyError

Places = tuple[tuple[str, tuple[str, ...]], ...]
"""The rows of one dossier, each with the figures it adds 1 to."""
Placed = Mapping[str, Places]
"""Dossier code → its rows and figures; what adds to nothing is not in it."""
PlacesOf = Callable[[Case], Places]

_BESIDE = {
    "due_in_period": "đến hạn trong kỳ",
    "due_and_on_time": "đến hạn và đúng hạn trong kỳ",
    "late_with_letter": "quá hạn đã có thư xin lỗi",
    "overdue_with_letter": "đang quá hạn đã có thư xin lỗi",
}


def places_by(plan: Plan, period: Period, as_of: datetime, rule: CountingRule) -> PlacesOf:
    """Return what tells where a dossier stands in the table of `plan`."""

    def places_of(case: Case) -> Places:
        spread = plan.spread(case, period, as_of, rule)
        return tuple(sorted((row, placing.figures) for row, placing in spread if placing.figures))

    return places_of


def placed(cases: Iterable[Case], places_of: PlacesOf) -> dict[str, Places]:
    """Return where every dossier stands, by code."""
    found = {case.dossier.code: places_of(case) for case in cases}
    return {code: found[code] for code in sorted(found) if found[code]}


def check_placed(known: Placed, rows: Mapping[str, Counts]) -> None:
    """Assert that the dossiers make up the figures of the table, row by row. Raises TallyError."""
    sums: dict[str, Counter[str]] = {}
    for places in known.values():
        for row, figures in places:
            sums.setdefault(row, Counter()).update(figures)
    for row in {*sums, *rows}:
        shown = {name: value for name, value in rows[row].figures().items() if value} if row in rows else {}
        if shown != _shown(sums.get(row, Counter()), is_shown=row in rows):
            raise TallyError(
                f"Dòng “{row}”: số liệu không bằng các hồ sơ đứng sau nó. Không chốt; hãy báo lỗi kèm "
                "`latewatch check`."
            )


def _shown(sums: Mapping[str, int], *, is_shown: bool) -> dict[str, int]:
    """Leave out a row that no table shows: all of its dossiers only fell due in the period."""
    hidden = ("due_in_period", "due_and_on_time")
    return dict(sums) if is_shown or any(name not in hidden for name in sums) else {}


@dataclass(frozen=True, slots=True)
class Moved:
    """A dossier that stands elsewhere now than in the table that was closed."""

    code: str
    before: Places
    after: Places


def moves(before: Placed, after: Placed) -> Iterator[Moved]:
    """Yield the dossiers that moved, by code."""
    for code in sorted(before.keys() | after.keys()):
        was, is_now = before.get(code, ()), after.get(code, ())
        if was != is_now:
            yield Moved(code, was, is_now)


def pending_in(known: Placed) -> set[str]:
    """Return the dossiers behind (13): still pending at the end of the period."""
    return _with(known, PENDING)


def carried_in(known: Placed) -> set[str]:
    """Return the dossiers behind (8): carried over from the period before."""
    return _with(known, ("carried",))


def _with(known: Placed, names: Iterable[str]) -> set[str]:
    wanted = set(names)
    return {
        code for code, places in known.items() if any(wanted.intersection(figures) for _, figures in places)
    }


@dataclass(frozen=True, slots=True)
class CarryOver:
    """(8) of a period beside the frozen (13) of the one before: the dossiers in one of them only."""

    pending: int
    carried: int
    only_pending: tuple[str, ...]
    only_carried: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return not self.only_pending and not self.only_carried


def carry_over(pending: AbstractSet[str], carried: AbstractSet[str]) -> CarryOver:
    return CarryOver(
        len(pending), len(carried), tuple(sorted(pending - carried)), tuple(sorted(carried - pending))
    )


def place_words(places: Places, layout: Layout) -> str:
    """Say where a dossier stands: `Đất đai: (7) trực tiếp, (12) quá hạn`."""
    said = (f"{row}: {', '.join(_columns(layout, figures))}" for row, figures in places)
    return "; ".join(said) or OUTSIDE


def _columns(layout: Layout, figures: tuple[str, ...]) -> list[str]:
    columns = [
        f"({each.number}) {each.headings[-1].lower()}" for each in layout.leaves if each.times(figures) > 0
    ]
    shown = {name for each in layout.leaves for name in each.of}
    return columns + [_BESIDE[name] for name in figures if name in _BESIDE and name not in shown]
