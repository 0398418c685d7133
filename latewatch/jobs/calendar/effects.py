"""What a change of the calendar does to dossiers and letters; written as well, where it is committed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

import numpy as np
from sqlalchemy import Connection

from latewatch.domain.deadline import Deadline
from latewatch.domain.layers import Calendars
from latewatch.domain.standing import Case, Standing, standing_at
from latewatch.domain.worktime import WorkCalendar
from latewatch.errors import CalendarGap
from latewatch.jobs.assess import NO_CALENDAR, Deadlines
from latewatch.jobs.calendar.ends import LimitEnds
from latewatch.jobs.calendar.letters import DraftChange, OnRest, apply_drafts, changed_drafts, on_rest
from latewatch.jobs.calendar.pairs import UNCHANGED, Pairs
from latewatch.jobs.calendar.plain import STANDINGS, Decided, Ints, columns, day_of, decide_page, moment_of
from latewatch.jobs.office import Office
from latewatch.jobs.reports.under_calendar import reports_otherwise
from latewatch.store import schema
from latewatch.store.cases import Assessed, Decision, assessed, write_decisions
from latewatch.store.letters.drafts import letters_in_force
from latewatch.store.movable import (
    NOTHING,
    Movable,
    Window,
    codes_of,
    count_undecided,
    movable,
    write_changes,
    write_moved,
)

EXAMPLES = 5
CHUNK = 500  # dossiers decided one by one that are read in one statement
_LATE = (Standing.LATE, Standing.OVERDUE)


@dataclass(frozen=True, slots=True)
class Move:
    """One dossier whose due date moves; None stands for a date that cannot be computed."""

    code: str
    before: date | None
    after: date | None


@dataclass(slots=True)
class Number:
    """Dossiers, the unfinished and the finished."""

    running: int = 0
    finished: int = 0


@dataclass(slots=True)
class Effects:
    """What a change does, in numbers and examples. `undecided` dossiers wait to be decided anew anyway."""

    days: dict[str, list[date]]
    moved: int = 0
    earlier: int = 0
    later: int = 0
    became_late: Number = field(default_factory=Number)
    became_on_time: Number = field(default_factory=Number)
    examples: list[Move] = field(default_factory=list)
    drafts: list[DraftChange] = field(default_factory=list)
    issued: list[OnRest] = field(default_factory=list)
    undecided: int = 0
    frozen: list[str] = field(default_factory=list)  # reports closed before that would read otherwise


def effects_of(
    connection: Connection, office: Office, after: Calendars, now: datetime, *, writes: bool = False
) -> Effects:
    """Return what it does that the calendars become `after`; with `writes`, do it in the open transaction.

    Only what moves is written. Raises StoreError and LetterError.
    """
    return _Recount(connection, office, after, now, writes=writes).run()


class _Recount:
    """One reckoning of a change: page by page, plain dossiers at once and the others one by one."""

    def __init__(
        self, connection: Connection, office: Office, after: Calendars, now: datetime, *, writes: bool
    ) -> None:
        self._connection = connection
        self._before = office
        self._after = replace(office, calendars=after)
        self._deadlines = Deadlines(self._after)
        self._now = now
        self._soon_days = office.settings.counting.due_soon_working_days
        self._writes = writes
        self._pairs = Pairs(office, after)
        self._ends = LimitEnds(office)
        self._moved: list[Ints] = []
        self._examples: list[tuple[int, date | None, date | None]] = []
        self._effects = Effects(self._pairs.days)

    def run(self) -> Effects:
        self._effects.undecided = count_undecided(self._connection, self._deadlines.rules)
        if not self._pairs.days:
            return self._effects
        for rows in movable(self._connection, self._window()):
            self._page(rows)
        self._letters()
        self._name_examples()
        return self._effects

    def _window(self) -> Window:
        days = [day for each in self._pairs.days.values() for day in each]
        today = self._now.date()
        return Window(
            first=min(days),
            last=max(days),
            now=today,
            soon=max(_soon(each, today, self._soon_days) for each in self._pairs.calendars()),
            rules=self._deadlines.rules,
            no_calendar=NO_CALENDAR,
            with_procedures=self._ends.by_procedure,
        )

    def _page(self, rows: Sequence[Movable]) -> None:
        page = columns(rows, self._ends.of)
        numbers = np.array([self._pairs.number(row.resolving_unit, row.department) for row in rows])
        left: list[int] = []
        for number in set(numbers.tolist()) - {UNCHANGED}:
            pair = self._pairs.at(number)
            decided = decide_page(
                page.at(np.flatnonzero(numbers == number)), pair, self._now, self._soon_days
            )
            self._take(decided, pair.new.calendar.version)
            left += decided.ids[~decided.plain].tolist()
        self._one_by_one(left)

    def _take(self, decided: Decided, version: str) -> None:
        """Count what moved of a page, and write it."""
        moved = decided.moved
        number = self._effects
        number.moved += int(moved.sum())
        has_both = moved & (decided.new_due != NOTHING) & (decided.due != NOTHING)
        number.earlier += int((has_both & (decided.new_due < decided.due)).sum())
        number.later += int((has_both & (decided.new_due > decided.due)).sum())
        for place in np.flatnonzero(decided.standing != decided.new_standing).tolist():
            if decided.plain[place]:
                self._note(STANDINGS[decided.standing[place]], STANDINGS[decided.new_standing[place]])
        for place in np.flatnonzero(moved)[: EXAMPLES - len(self._examples)].tolist():
            before, after = moment_of(decided.due[place]), moment_of(decided.new_due[place])
            self._exemplify(int(decided.ids[place]), before, after)
        self._moved.append(decided.ids[moved])
        if self._writes:
            self._write(decided, version)

    def _exemplify(self, number: int, before: datetime | None, after: datetime | None) -> None:
        if len(self._examples) < EXAMPLES:
            self._examples.append((number, before and before.date(), after and after.date()))

    def _note(self, before: Standing, after: Standing) -> None:
        """Count a dossier that becomes late, or is late no more."""
        if after in _LATE and before not in _LATE:
            _count(self._effects.became_late, after)
        elif before in _LATE and after not in _LATE:
            _count(self._effects.became_on_time, before)

    def _write(self, decided: Decided, version: str) -> None:
        changed = np.flatnonzero(decided.changed)
        if not len(changed):
            return
        write_moved(self._connection, list(_moved_rows(decided, changed, version)))
        differ = changed[decided.stored[changed] != decided.new_standing[changed]]
        rows = [
            (
                int(decided.ids[place]),
                STANDINGS[decided.stored[place]],
                STANDINGS[decided.new_standing[place]],
            )
            for place in differ.tolist()
        ]
        write_changes(self._connection, rows, self._now)

    def _one_by_one(self, ids: Sequence[int]) -> None:
        for start in range(0, len(ids), CHUNK):
            some = schema.dossier.c.id.in_(ids[start : start + CHUNK])
            decisions = list(self._decisions(assessed(self._connection, some)))
            self._moved.append(np.array([each.of.id for each in decisions], dtype=np.int64))
            if self._writes:
                write_decisions(self._connection, decisions, self._deadlines.rules, self._now)

    def _decisions(self, found: Iterable[Assessed]) -> Iterator[Decision]:
        """Yield what is decided otherwise than before, and count it."""
        for each in found:
            assert each.deadline is not None  # noqa: S101  only what is decided is asked for
            deadline = self._deadlines.decide_anew(each)
            before = self._standing(each, self._before.case(each, each.deadline))
            after = self._standing(each, self._after.case(each, deadline))
            is_moved = replace(deadline, calendar_version=each.deadline.calendar_version) != each.deadline
            if is_moved:
                self._count_one(each, deadline)
            self._note(before, after)
            if is_moved or before is not after:
                yield Decision(each, deadline, after)

    def _standing(self, each: Assessed, case: Case) -> Standing:
        assert each.standing is not None  # noqa: S101  it was assessed
        try:
            return standing_at(case, self._now, self._soon_days)
        except CalendarGap:  # today lies beyond the calendar
            return each.standing

    def _count_one(self, each: Assessed, deadline: Deadline) -> None:
        before, after = each.deadline.due_at if each.deadline else None, deadline.due_at
        self._effects.moved += 1
        if before and after:
            self._effects.earlier += after < before
            self._effects.later += after > before
        self._exemplify(each.id, before, after)

    def _letters(self) -> None:
        letters = letters_in_force(self._connection, self._now.date())
        moved = np.concatenate(self._moved) if self._moved else np.array([], dtype=np.int64)
        self._effects.frozen = reports_otherwise(
            self._connection, self._before, self._after, moved.tolist(), self._now
        )
        self._effects.issued = on_rest(letters, self._pairs)
        self._effects.drafts = changed_drafts(
            self._connection, self._after, self._deadlines, letters, self._pairs, moved, self._now
        )
        if self._writes:
            apply_drafts(self._connection, self._effects.drafts, self._now)

    def _name_examples(self) -> None:
        codes = codes_of(self._connection, [number for number, _, _ in self._examples])
        self._effects.examples = [Move(codes[number], *dates) for number, *dates in self._examples]


def _count(number: Number, standing: Standing) -> None:
    """Count one that is late: overdue while it runs, late when it is finished."""
    if standing is Standing.OVERDUE:
        number.running += 1
    else:
        number.finished += 1


def _soon(calendar: WorkCalendar, today: date, days: int) -> date:
    """Return a day no earlier than any that counts as due soon today."""
    try:
        return calendar.add(today, days + 1)
    except CalendarGap:
        return calendar.last


def _moved_rows(decided: Decided, changed: Ints, version: str) -> Iterator[dict[str, Any]]:
    """Yield what is written of a page. Few distinct moments: each is made once."""
    moments: dict[int, datetime | None] = {}
    days: dict[int, date | None] = {}
    columns_ = (decided.ids, decided.new_due, decided.new_computed, decided.new_standing)
    for number, due, computed, standing in zip(*(each[changed].tolist() for each in columns_), strict=True):
        if due not in moments:
            moments[due] = moment_of(due)
        if computed not in days:
            days[computed] = day_of(computed)
        yield {
            "of_dossier": number,
            "due_at": moments[due],
            "computed_on": days[computed],
            "calendar_version": "" if computed == NOTHING else version,
            "standing": STANDINGS[standing].value,
        }
