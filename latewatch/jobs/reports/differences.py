"""Khác kỳ trước vì…: what of a frozen report reads otherwise by what is known now, and what made it so."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from latewatch.calendars.edits import from_document
from latewatch.domain.edits import Edits, edited
from latewatch.domain.layers import Calendars
from latewatch.domain.letters.life import STATE_LABELS, LetterState
from latewatch.domain.tally.columns import Column
from latewatch.domain.tally.forms import LAYOUTS
from latewatch.domain.tally.freezing import Moved, Places, PlacesOf, moves, place_words
from latewatch.domain.tally.layout import Layout
from latewatch.domain.tally.table import TOTAL
from latewatch.jobs.assess import Deadlines, rules_fingerprint
from latewatch.jobs.office import Office
from latewatch.jobs.reports.counting import Scope, count, places_in
from latewatch.jobs.reports.stored import placed_in, scope_of
from latewatch.store import schema
from latewatch.store.batches import CHUNK
from latewatch.store.calendars import versions
from latewatch.store.cases import Assessed, assessed
from latewatch.store.reports.frozen import Frozen
from latewatch.store.reports.since import Step, Told, letters_since, told_since

OTHER = "cài đặt của cơ quan đổi từ khi chốt (tên đơn vị, cấp, lĩnh vực, bảng đang dùng)"
LIMITS = "cài đặt tính hạn, danh mục thời hạn hoặc tệp lịch đổi từ khi chốt"


@dataclass(frozen=True, slots=True)
class Explained:
    """A dossier that moved: where it stood, where it stands, and why."""

    code: str
    before: str
    after: str
    whys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure that reads otherwise: its row and column, as frozen and now."""

    row: str
    column: str
    frozen: int
    now: int


@dataclass(frozen=True, slots=True)
class Differences:
    """What reads otherwise than `report`."""

    report: Frozen
    cells: list[Cell]
    moved: list[Explained]


def differences(office: Office, report: Frozen, now: datetime) -> Differences:
    """Count `report` again by its own rule with all that is known now. Raises TallyError."""
    scope = scope_of(office, report)
    _, known = count(office, scope, now)
    with office.store.reading() as connection:
        before = placed_in(connection, report)
        found = list(moves(before, known))
        explained = list(explain(office, connection, report, found, now))
    return Differences(report, _cells(LAYOUTS[scope.form], before, known), explained)


def _cells(layout: Layout, before: Mapping[str, Places], after: Mapping[str, Places]) -> list[Cell]:
    was, is_now = (_sums(layout, each) for each in (before, after))
    keys = [key for key in dict.fromkeys([*was, *is_now]) if was[key] != is_now[key]]
    places = {each.key: place for place, each in enumerate(layout.columns)}
    ordered = sorted(keys, key=lambda key: (key[0] != TOTAL, key[0], places[key[1]]))
    return [Cell(row, column, was[row, column], is_now[row, column]) for row, column in ordered]


def _sums(layout: Layout, known: Mapping[str, Places]) -> Counter[tuple[str, str]]:
    sums: Counter[tuple[str, str]] = Counter()
    for row, figures in (place for places in known.values() for place in places):
        for each in layout.columns:
            if isinstance(each, Column) and (times := each.times(figures)):
                sums[row, each.key] += times
                sums[TOTAL, each.key] += times
    return sums


def explain(
    office: Office, connection: Connection, report: Frozen, found: Sequence[Moved], now: datetime
) -> Iterator[Explained]:
    """Say of each dossier that moved what made it move."""
    codes = [each.code for each in found]
    causes = _Causes(office, connection, report, codes, now)
    layout = LAYOUTS[scope_of(office, report).form]
    for each in found:
        before, after = (place_words(places, layout) for places in (each.before, each.after))
        yield Explained(each.code, before, after, tuple(causes.of(each)))


class _Causes:
    """What happened since a report was frozen, dossier by dossier."""

    def __init__(
        self, office: Office, connection: Connection, report: Frozen, codes: Sequence[str], now: datetime
    ) -> None:
        self._told = told_since(connection, codes, report.position)
        self._letters = letters_since(connection, codes, report.letters)
        self._calendar = _calendar_moved(office, connection, report, codes, now)
        self._calendar_number = office.calendar_number
        self._limits_changed = report.rules != rules_fingerprint(office)

    def of(self, moved: Moved) -> Iterator[str]:
        """Yield every cause; that the settings changed only where nothing else did it."""
        known = [*map(_told_words, self._told.get(moved.code, ()))]
        known += map(_letter_words, self._letters.get(moved.code, ()))
        if moved.code in self._calendar:
            known.append(f"lịch làm việc đổi, bản {self._calendar_number}")
        yield from dict.fromkeys(known or [LIMITS if self._limits_changed else OTHER])


def _told_words(told: Told) -> str:
    if told.undoes is not None:
        return f"hoàn tác lô {told.undoes} (lô {told.batch}, {told.taken_at:%d/%m/%Y})"
    return f"phiên bản mới trong lô {told.batch} ({told.source}, {told.taken_at:%d/%m/%Y})"


def _letter_words(step: Step) -> str:
    state = STATE_LABELS[LetterState(step.after)].lower()
    return f"văn bản xin lỗi ghi nhận sau: {state} ({step.at:%d/%m/%Y})"


def _calendar_moved(
    office: Office, connection: Connection, report: Frozen, codes: Sequence[str], now: datetime
) -> set[str]:
    """Return the dossiers that stand elsewhere by the calendar of the freezing than by the one in force."""
    if report.calendar_number == office.calendar_number:
        return set()
    old = replace(office, calendars=_calendars(office, connection, report.calendar_number))
    scope, moved = scope_of(office, report), set()
    for each in _of_codes(connection, codes):
        if places_under(office, scope, each, now) != places_under(old, scope, each, now):
            moved.add(each.dossier.code)
    return moved


def places_under(office: Office, scope: Scope, each: Assessed, now: datetime) -> Places:
    """Return where a stored dossier stands by the calendar of `office`, whatever it was assessed by."""
    places_of: PlacesOf = places_in(office, scope, now)
    return places_of(office.case(each, Deadlines(office).decide_anew(each)))


def _calendars(office: Office, connection: Connection, number: int) -> Calendars:
    stored = next((each for each in versions(connection) if each.number == number), None)
    edits = from_document(stored.edits, f"lịch, bản {number}") if stored else Edits()
    return edited(office.calendar_files, edits)


def _of_codes(connection: Connection, codes: Collection[str]) -> Iterator[Assessed]:
    listed = list(codes)
    for start in range(0, len(listed), CHUNK):
        yield from assessed(connection, schema.dossier.c.code.in_(listed[start : start + CHUNK]))
