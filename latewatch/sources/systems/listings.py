"""Listings of a system that says not what changed: read whole, from where an earlier run was stopped.

Rows move while a listing is read. A page therefore begins with the last rows of the one before it where the
system allows, and a listing that changed on the way is read once more.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice
from typing import Self

from msgspec import Raw

from latewatch.config import Source
from latewatch.domain.reading import Reading
from latewatch.progress import Progress

MANY_ASIDE = 500  # codes a cursor remembers; of more, some may be told of twice
FIRST_RUN_DAYS = 365  # how far back a first run reads where the source does not say since when
_BETWEEN = "\n"  # codes of rows hold none


@dataclass(frozen=True, slots=True)
class Step:
    """One listing that is read whole: what it lists, and of which days where it is a window of them."""

    listing: str
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of a listing, and how many it has in all. `following` is None where nothing follows.

    The next page begins with the last `overlap` of these rows.
    """

    rows: Sequence[Raw]
    total: int
    following: int | None
    overlap: int = 0


@dataclass(frozen=True, slots=True)
class Leg:
    """A page on the way through all listings: where to go on after it, and what is left to be told.

    `repeated` rows stood on the page before. `missing` rows were promised by the total of a listing that was
    read twice, and never came. The first and the last page that are read of a listing say so.
    """

    step: Step
    rows: Sequence[Raw]
    repeated: int
    cursor: Mapping[str, str]
    missing: int
    is_first: bool
    is_last: bool


@dataclass(frozen=True, slots=True)
class Span:
    """The days a run is about: from `first` on, begun on `began`. A first run knows nothing yet."""

    first: date
    began: date
    last: date
    is_first: bool

    @classmethod
    def of(cls, source: Source, cursor: Mapping[str, str], today: date) -> Self:
        """Return the days of the run that was interrupted, or of a new one.

        A later run reads the last `window_days` again: who is late in writing things down is seen too.
        """
        through, began = cursor.get("through"), cursor.get("began")
        if began:
            first = date.fromisoformat(cursor["from"])
        elif through:
            first = min(date.fromisoformat(through), today) - timedelta(source.window_days)
        else:
            first = source.since or today - timedelta(FIRST_RUN_DAYS)
        start = date.fromisoformat(began) if began else today
        return cls(min(first, start), start, max(start, today), is_first=not through)

    def windows(self, listing: str, days: int) -> list[Step]:
        """Return the windows of `days` days each from the first day to the last."""
        starts = range(0, (self.last - self.first).days + 1, days)
        return [self._window(listing, self.first + timedelta(start), days) for start in starts]

    def _window(self, listing: str, first: date, days: int) -> Step:
        return Step(listing, first, min(first + timedelta(days - 1), self.last))


@dataclass(frozen=True, slots=True)
class _Mark:
    """Where the reading of a listing stands: what page is next, and whether all of it must be read again."""

    position: int = 0
    total: int | None = None
    tail: tuple[str, ...] = ()  # the rows with which the next page has to begin
    has_shifted: bool = False
    is_second: bool = False


@dataclass(slots=True)
class Aside:
    """The dossiers this run has set aside: one that stands in several listings is told of once."""

    codes: dict[str, None] = field(default_factory=dict)

    @classmethod
    def of(cls, cursor: Mapping[str, str]) -> Self:
        """Return what the interrupted run set aside."""
        return cls(dict.fromkeys(filter(None, cursor.get("aside", "").split(_BETWEEN))))

    def __contains__(self, code: object) -> bool:
        return code in self.codes

    def noted(self, part: Reading, cursor: Mapping[str, str]) -> Mapping[str, str]:
        """Remember what a part set aside; return `cursor` with it while the run lasts."""
        self.codes |= dict.fromkeys(each.code for each in part.rejected if each.code)
        kept = _BETWEEN.join(islice(self.codes, MANY_ASIDE))
        return {**cursor, "aside": kept} if kept and "began" in cursor else cursor


Ask = Callable[[Step, int], Page]
Identify = Callable[[Raw], str]


class Walk:
    """One run through listings. `ask` returns the page of a listing at a position, the first one at 0."""

    def __init__(self, ask: Ask, identify: Identify, span: Span, before: Mapping[str, str]) -> None:
        self._ask = ask
        self._identify = identify
        self._run = {"from": f"{span.first}", "began": f"{span.began}"}
        self._run |= {"through": before["through"]} if "through" in before else {}
        self._done = {"through": f"{span.began}"}
        self._before = before

    def through(self, steps: Sequence[Step], progress: Progress, title: str) -> Iterator[Leg]:
        """Yield the pages that are left of `steps`; the last one's cursor says that the run is over."""
        at, mark = self._start(steps)
        for number in progress(range(len(steps)), title):
            if number < at:
                continue
            following = steps[number + 1] if number + 1 < len(steps) else None
            yield from self._read(steps[number], mark, following)
            mark = _Mark()

    def _start(self, steps: Sequence[Step]) -> tuple[int, _Mark]:
        """Return the step to go on with, and where in it.

        With other windows than those of the run that was interrupted, the one that holds its place is read
        from its beginning.
        """
        listing, first = self._before.get("listing"), self._before.get("window", "")
        if not listing:
            return 0, _Mark()
        same = [number for number, step in enumerate(steps) if step.listing == listing]
        reached = [number for number in same if not first or f"{steps[number].first}" <= first]
        if not reached:
            return (same[0] if same else 0), _Mark()
        is_same = first == _window_name(steps[reached[-1]])
        return reached[-1], _read_mark(self._before) if is_same else _Mark()

    def _read(self, step: Step, mark: _Mark, following: Step | None) -> Iterator[Leg]:
        """Read a listing to its end, and once more where it changed meanwhile."""
        seen: set[str] | None = None
        is_first = True
        while True:
            if mark.position == 0:
                seen = set()
            page = self._ask(step, mark.position)
            codes = [self._identify(row) for row in page.rows]
            fresh = [row for row, code in zip(page.rows, codes, strict=True) if code not in mark.tail]
            if seen is not None:
                seen.update(codes)
            before, mark = mark, _after(mark, page, codes, seen)
            is_over = mark.position == 0 and (before.is_second or not mark.is_second)
            missing = max(0, page.total - len(seen)) if is_over and seen is not None else 0
            yield Leg(
                step,
                fresh,
                len(page.rows) - len(fresh),
                self._cursor(following, _Mark()) if is_over else self._cursor(step, mark),
                missing,
                is_first,
                is_over,
            )
            if is_over:
                return
            is_first = False

    def _cursor(self, step: Step | None, mark: _Mark) -> Mapping[str, str]:
        if step is None:
            return self._done
        place = {"listing": step.listing, "window": _window_name(step)}
        return {**self._run, **place, **_written_mark(mark)}


def _after(mark: _Mark, page: Page, codes: Sequence[str], seen: set[str] | None) -> _Mark:
    """Return where to go on; at the beginning again where the listing is over.

    It has changed where its total did, where a page holds nothing of the end of the one before, or where
    fewer rows came than there are.
    """
    total = page.total if mark.total is None else mark.total
    is_torn = bool(mark.tail) and set(mark.tail).isdisjoint(codes)
    has_shifted = mark.has_shifted or page.total != total or is_torn
    if page.following is not None:
        tail = tuple(codes[-page.overlap :]) if page.overlap else ()
        return _Mark(page.following, total, tail, has_shifted, mark.is_second)
    is_short = seen is not None and len(seen) < page.total
    return _Mark(is_second=(has_shifted or is_short) and not mark.is_second)


def _window_name(step: Step) -> str:
    return f"{step.first}" if step.first else ""


def _written_mark(mark: _Mark) -> dict[str, str]:
    values = {
        "position": f"{mark.position or ''}",
        "total": "" if mark.total is None else f"{mark.total}",
        "tail": _BETWEEN.join(mark.tail),
        "shifted": "1" if mark.has_shifted else "",
        "second": "1" if mark.is_second else "",
    }
    return {name: value for name, value in values.items() if value}


def _read_mark(cursor: Mapping[str, str]) -> _Mark:
    total = cursor.get("total")
    return _Mark(
        int(cursor.get("position", 0)),
        int(total) if total else None,
        tuple(filter(None, cursor.get("tail", "").split(_BETWEEN))),
        "shifted" in cursor,
        "second" in cursor,
    )
