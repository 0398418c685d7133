"""Which frozen reports read otherwise by what is known now: kept, so that a day looks only at its own news.

What a source said and what became of letters is looked at dossier by dossier; where limits, the calendar or
the units changed, a whole period is. What moved and why, cell by cell: `differences`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date, datetime
from hashlib import sha256

from sqlalchemy import Connection

from latewatch.domain.standing import Case
from latewatch.domain.tally.freezing import Places, PlacesOf
from latewatch.errors import TallyError
from latewatch.jobs.assess import Deadlines, rules_fingerprint
from latewatch.jobs.office import Office
from latewatch.jobs.reports.counting import Scope, places_in
from latewatch.jobs.reports.stored import placed_in, scope_of
from latewatch.jobs.tally import cases_in
from latewatch.store import schema
from latewatch.store.batches import CHUNK
from latewatch.store.cases import assessed
from latewatch.store.reports.comparisons import Comparison, comparisons, keep
from latewatch.store.reports.frozen import Frozen, Position, in_force, position
from latewatch.store.reports.since import changed_since


def settings_of(office: Office) -> str:
    """Name everything but its facts and its letter that decides where a dossier stands in a table."""
    content = repr([rules_fingerprint(office), office.calendar_number, office.roster.units])
    return sha256(content.encode()).hexdigest()


def as_frozen(office: Office, number: int, known: Position) -> Comparison:
    """Return the comparison of a report that was frozen just now: nothing moved."""
    return Comparison(
        number=number, position=known.position, letters=known.letters, settings=settings_of(office)
    )


def compare_frozen(office: Office, now: datetime) -> None:
    """Hold the reports in force against what came since they were compared last. Raises StoreError."""
    with office.store.reading() as connection:
        found = list(_Comparing(office, connection, now).found())
    if found:
        with office.store.writing() as connection:
            keep(connection, found)


class _Comparing:
    def __init__(self, office: Office, connection: Connection, now: datetime) -> None:
        self._office, self._connection, self._now = office, connection, now
        self._known, self._settings = position(connection), settings_of(office)
        self._last = comparisons(connection)

    def found(self) -> Iterator[Comparison]:
        reports = [each for each in in_force(self._connection) if each.last < self._now.date()]
        whole: dict[object, list[Frozen]] = defaultdict(list)
        since: dict[tuple[int, int], list[Frozen]] = defaultdict(list)
        for each in reports:
            last = self._last.get(each.number)
            if last is None or last.settings != self._settings:
                whole[each.first, each.last, each.rule].append(each)
            elif (last.position, last.letters) != (self._known.position, self._known.letters):
                since[last.position, last.letters].append(each)
        for same in whole.values():
            yield from self._whole(same)
        for (told, letters), those in since.items():
            yield from self._since(those, changed_since(self._connection, told, letters))

    def _whole(self, reports: Collection[Frozen]) -> Iterator[Comparison]:
        """Compare reports of one period and rule with all of its dossiers."""
        scopes = {each.number: scope_of(self._office, each) for each in reports}
        scope = next(iter(scopes.values()))
        cases = list(cases_in(self._connection, self._office, scope.period, self._now, scope.rule))
        for each in reports:
            before = placed_in(self._connection, each)
            places = self._places(scopes[each.number])
            if places:
                missing = before.keys() - {case.dossier.code for case in cases}
                yield self._comparison(each, {*_moved(cases, before, places), *missing})

    def _since(self, reports: Iterable[Frozen], codes: Collection[str]) -> Iterator[Comparison]:
        """Compare reports with the dossiers that changed since."""
        cases = list(self._cases(sorted(codes)))
        gone = set(codes) - {case.dossier.code for case in cases}
        for each in reports:
            before, scope = placed_in(self._connection, each), scope_of(self._office, each)
            places = self._places(scope)
            if places:
                near = [case for case in cases if case.dossier.code in before or _may_count(case, scope)]
                moved = {*_moved(near, before, places), *(gone & before.keys())}
                yield self._comparison(each, (self._last[each.number].moved - set(codes)) | moved)

    def _places(self, scope: Scope) -> PlacesOf | None:
        """Return what places a dossier; None where the office switched the form off."""
        try:
            return places_in(self._office, scope, self._now)
        except TallyError:
            return None

    def _cases(self, codes: list[str]) -> Iterator[Case]:
        deadlines = Deadlines(self._office)
        for start in range(0, len(codes), CHUNK):
            some = schema.dossier.c.code.in_(codes[start : start + CHUNK])
            yield from deadlines.cases(assessed(self._connection, some))

    def _comparison(self, report: Frozen, moved: AbstractSet[str]) -> Comparison:
        last = self._last.get(report.number)
        made = replace(as_frozen(self._office, report.number, self._known), moved=frozenset(moved))
        is_news = made.moved != (last.moved if last else frozenset())
        return replace(made, moved_at=self._now if is_news else last.moved_at if last else None)


def _may_count(case: Case, scope: Scope) -> bool:
    """Tell whether a dossier may be in a table; one that was handed in after its period is not."""
    dossier, last = case.dossier, scope.period.last
    known = [day.date() for day in (dossier.received_at, dossier.submitted_at) if day]
    return not known or min(known) <= last


def _moved(cases: Iterable[Case], before: Mapping[str, Places], places_of: PlacesOf) -> Iterator[str]:
    for case in cases:
        if places_of(case) != before.get(case.dossier.code, ()):
            yield case.dossier.code


def otherwise_lines(connection: Connection, since: datetime | None = None) -> Iterator[str]:
    """Say of each period how many dossiers stand elsewhere than in its frozen reports, as compared last.

    With `since` only of periods of which something new was found after it.
    """
    last, periods = comparisons(connection), defaultdict[tuple[date, date], list[Frozen]](list)
    for each in in_force(connection):
        if each.number in last and last[each.number].moved:
            periods[each.first, each.last].append(each)
    for reports in periods.values():
        found = [last[each.number] for each in reports]
        if since is None or any(each.moved_at and each.moved_at > since for each in found):
            yield _line(reports, set().union(*(each.moved for each in found)))


def _line(reports: list[Frozen], codes: Collection[str]) -> str:
    first, others = reports[0], len(reports) - 1
    more = f" và {others} báo cáo nữa của kỳ" if others else ""
    return (
        f"{first.title} ({first.first:%d/%m/%Y}–{first.last:%d/%m/%Y}): {len(codes)} hồ sơ nay đứng khác "
        f"lúc chốt (báo cáo số {first.number}, {first.form}{more}); vì sao: latewatch tally frozen "
        f"differences {first.number}"
    )
