"""A change of the calendar decides anew exactly what it moves: on random worlds, on both databases."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from amounts import TIMES, usually
from offices import NOW, Desk, desk_in
from sqlalchemy import Connection, Engine, event, insert, select

from latewatch.app import stored_edits
from latewatch.clock import at_midnight, parse_instant
from latewatch.domain.dossier import Cause, Dossier, Status, Suspension
from latewatch.domain.edits import Edits, edited
from latewatch.domain.hours import WorkHours
from latewatch.domain.layers import NATIONAL, PROVINCE, WeekdayHours
from latewatch.domain.limit import TimeLimit
from latewatch.domain.worktime import DayEntry, DayKind
from latewatch.errors import CalendarError
from latewatch.jobs.assess import assess
from latewatch.jobs.calendar import effects
from latewatch.jobs.calendar.change import Change, Signature, commit_change, preview_change
from latewatch.jobs.office import Office
from latewatch.letters.render import LetterPrinter
from latewatch.store import schema
from latewatch.store.database import Store
from latewatch.store.movable import movable
from latewatch.written import FIELDS, to_values

SEEDS = usually(1, 3 * TIMES)
BY = Signature("Nguyễn Văn Ví Dụ", "thử")
LIMITS = (
    "1d",
    "3d",
    "5d",
    "10d",
    "20d",
    "30d",
    "5cd",
    "15cd",
    "2w",
    "1mo",
    "8h",
    "30m",
    "40h",
    "day",
    "0",
    None,
)
MORNING = WorkHours.parse("07:30-11:30")


# Worlds


def some_dossier(rng: random.Random, number: int) -> Dossier:
    received = at_midnight(date(2026, 7, 1) + timedelta(days=rng.randrange(140)))
    if rng.random() < 0.8:
        received += timedelta(
            hours=rng.randint(6, 18), minutes=rng.randrange(60), seconds=rng.choice([0, 20])
        )
    if rng.random() < 0.05:
        received += timedelta(days=400)  # its limit may end beyond the known years
    finished = received + timedelta(days=rng.randrange(40), hours=rng.randrange(9))
    is_finished = rng.random() < 0.4 and finished < NOW
    limit = rng.choice(LIMITS)
    status = rng.choice(
        [Status.DONE, Status.RETURNED] if is_finished else [Status.PROCESSING, Status.RECEIVED]
    )
    suspensions = some_suspensions(rng, received) if rng.random() < 0.3 else ()
    if suspensions and suspensions[-1].ended_at is None and not is_finished:
        status = Status.SUPPLEMENT
    if rng.random() < 0.08:
        status = rng.choice(
            [Status.WITHDRAWN, Status.STOPPED, Status.REFUSED, Status.WAITING, Status.SUSPENDED]
        )
    return Dossier(
        code=f"H00.01-26-{number:04d}",
        status=status,
        received_at=received if rng.random() < 0.97 else None,
        promised_at=received + timedelta(days=rng.randrange(30)) if rng.random() < 0.4 else None,
        processed_at=finished if is_finished else None,
        time_limit=TimeLimit.parse(limit) if limit else None,
        procedure="Thủ tục giữ giờ" if rng.random() < 0.1 else "Thủ tục Ví Dụ",
        resolving_unit=rng.choice(["Phòng Kinh tế", "PVH", "Phòng Văn hóa - Xã hội", "Phòng khác"]),
        suspensions=suspensions,
    )


def some_suspensions(rng: random.Random, received: datetime) -> tuple[Suspension, ...]:
    made, start = [], received
    for _ in range(rng.randint(1, 2)):
        start += timedelta(days=rng.randint(1, 9), hours=rng.randrange(5))
        end = start + timedelta(days=rng.randrange(12), hours=rng.randrange(5))
        made.append(Suspension(rng.choice(list(Cause)), start, end))
        start = end
    if rng.random() < 0.4:
        made.append(Suspension(rng.choice(list(Cause)), start + timedelta(days=1)))
    return tuple(made)


def some_change(rng: random.Random, office: Office) -> Change:
    """One to three random edits of random layers, somewhere in the months around now."""
    layers = (NATIONAL, PROVINCE, "unit:PKT", "unit:PVH")
    steps: list[Change] = []
    for _ in range(rng.randint(1, 3)):
        layer, day = rng.choice(layers), date(2026, 7, 20) + timedelta(days=rng.randrange(170))
        kind = rng.choice([DayKind.DAY_OFF, DayKind.DAY_OFF, DayKind.DAY_WORKED, DayKind.HOLIDAY])
        hours = MORNING if kind is DayKind.DAY_WORKED and rng.random() < 0.5 else None
        entry = DayEntry(day, kind, "ngày thử", "CV 1/VD", hours=hours)
        if rng.random() < 0.25:
            weekday, week = rng.choice([(5, MORNING), (5, WorkHours()), (4, MORNING), (2, WorkHours())])
            since = rng.choice([None, day])
            own = WeekdayHours(weekday, week, since)
            steps.append(lambda edits, a=layer, b=own: edits.set_week(a, b))
        elif rng.random() < 0.15:
            far = replace(entry, day=date(2027, rng.randint(1, 12), rng.randint(1, 28)))
            steps.append(lambda edits, a=layer, b=far: edits.set_day(a, b))
        elif rng.random() < 0.15:
            off = [replace(entry, day=date(2028, 1, 3), kind=DayKind.IN_LIEU)]
            steps.append(lambda edits, a=off: edits.replace_year(2028, a))
        else:
            steps.append(lambda edits, a=layer, b=entry: edits.set_day(a, b))

    def change(edits: Edits) -> Edits:
        for step in steps:
            edits = step(edits)
        return edits

    return change


def fill(connection: Connection, dossiers: list[Dossier]) -> None:
    stored = (dict(zip(FIELDS, to_values(each), strict=True)) for each in dossiers)
    rows = [{**each, "version": 1, "source": "xuat-tep"} for each in stored]
    connection.execute(insert(schema.dossier), rows)


@pytest.fixture
def opened(tmp_path: Path, store: Store) -> Callable[..., Any]:
    """An office whose data lie in the database under test; opened again, it reads the newest calendar."""
    rule = '[[procedures]]\nname = "Thủ tục giữ giờ"\nends = "clock"\n'

    @contextmanager
    def _opened(*tables: str) -> Iterator[Office]:
        folder = tmp_path / "office"
        desk = Desk(folder) if folder.exists() else desk_in(folder, rule, *tables)
        with desk.open() as office:
            number, edits = stored_edits(store)
            calendars = edited(office.calendar_files, edits)
            yield replace(office, store=store, calendar_number=number, calendars=calendars)

    return _opened


@pytest.fixture(autouse=True)
def unprinted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LetterPrinter, "pdf", lambda _printer, letter: f"%PDF {letter.new_date}".encode())


def assessments(store: Store) -> dict[int, dict[str, Any]]:
    with store.reading() as connection:
        rows = connection.execute(select(schema.assessment)).mappings()
        return {row["dossier_id"]: dict(row) for row in rows}


def but_version(rows: dict[int, dict[str, Any]]) -> dict[int, dict[str, Any]]:
    return {number: {**row, "calendar_version": ""} for number, row in rows.items()}


@contextmanager
def writes_to_assessments() -> Iterator[list[int]]:
    """Count the rows of each statement that writes assessments."""
    writes: list[int] = []

    def count(_c: object, _cursor: object, statement: str, parameters: Any, _x: object, many: bool) -> None:
        if statement.startswith(("INSERT INTO assessment", "UPDATE assessment")):
            writes.append(len(parameters) if many else 1)

    event.listen(Engine, "before_cursor_execute", count)
    try:
        yield writes
    finally:
        event.remove(Engine, "before_cursor_execute", count)


SETTINGS = {
    "usual": "",
    "working time": '[clock]\nends = "working time"\n',
    "clock kept": '[clock]\nends = "clock"\n',
    "the promise decides": '[counting]\ndue = "promised"\n',
}


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
@pytest.mark.parametrize("seed", range(SEEDS))
def test_after_a_commit_all_stands_as_if_decided_anew(
    opened: Callable[..., Any], store: Store, monkeypatch: pytest.MonkeyPatch, seed: int, settings: str
) -> None:
    rng = random.Random(seed)  # noqa: S311  worlds, not secrets
    monkeypatch.setattr(effects, "movable", partial(movable, page=60))
    with opened(settings) as office:
        with store.writing() as connection:
            fill(connection, [some_dossier(rng, number) for number in range(300)])
        assess(office, NOW)
    for _ in range(4):
        with opened() as office:
            change = some_change(rng, office)
            before = assessments(store)
            try:
                seen = preview_change(office, change, NOW)
            except CalendarError:
                continue
            assert assessments(store) == before
            with writes_to_assessments() as writes:
                done = commit_change(office, change, BY, NOW)
            assert done.effects == seen.effects
        after = assessments(store)
        written = {number for number in after if after[number] != before[number]}
        moved = {n for n in after if but_version({n: after[n]}) != but_version({n: before[n]})}
        assert written == moved
        assert sum(writes) == len(moved)
        with opened() as office:
            assert done.effects.moved <= len(moved)
            with store.writing() as connection:
                connection.execute(schema.assessment.delete())
            assess(office, NOW)
        anew = assessments(store)
        assert but_version(anew) == but_version(after)
        assert {n: anew[n] for n in moved} == {n: after[n] for n in moved}


# What a due date does not tell of itself


def off(*days: date) -> Change:
    entries = [(PROVINCE, DayEntry(day, DayKind.DAY_OFF, "Nghỉ", "CV 1/VD")) for day in days]
    return lambda edits: edits.set_days(entries)


def at(text: str) -> datetime:
    return parse_instant(f"2026-11-{text}")


def only(opened: Callable[..., Any], store: Store, dossier: Dossier, change: Change) -> list[dict[str, Any]]:
    """Return the assessment of one dossier before the change, after it, and decided anew."""
    with opened() as office:
        with store.writing() as connection:
            fill(connection, [dossier])
        assess(office, NOW)
    found = [assessments(store)[1]]
    with opened() as office:
        commit_change(office, change, BY, NOW)
    found.append(assessments(store)[1])
    with opened() as office:
        with store.writing() as connection:
            connection.execute(schema.assessment.delete())
        assess(office, NOW)
    return [*found, assessments(store)[1]]


def test_the_lapse_of_a_supplement_moves_with_its_last_day(opened: Callable[..., Any], store: Store) -> None:
    """NĐ 118/2025, Điều 19.5: 15 days from 04/11 end on 19/11; were that a day of rest, on the next working day."""
    waiting = (Suspension(Cause.SUPPLEMENT, at("04T09:00")),)
    dossier = Dossier(
        code="H1",
        status=Status.SUPPLEMENT,
        received_at=at("02T09:00"),
        time_limit=TimeLimit(20),
        suspensions=waiting,
    )
    before, after, anew = only(opened, store, dossier, off(date(2026, 11, 19)))
    assert [each["lapses_on"].day for each in (before, after, anew)] == [19, 20, 20]


def test_a_promise_comes_near_when_days_before_it_become_worked(
    opened: Callable[..., Any], store: Store
) -> None:
    """No limit is known and no due date moves: but two days off bring the promise of 18/11 near."""
    dossier = Dossier(
        code="H1", status=Status.PROCESSING, received_at=at("02T09:00"), promised_at=at("18T00:00")
    )
    before, after, anew = only(opened, store, dossier, off(date(2026, 11, 13), date(2026, 11, 16)))
    assert [each["standing"] for each in (before, after, anew)] == ["within", "due-soon", "due-soon"]
    assert before["due_at"] == after["due_at"]


def test_seconds_of_a_finish_make_nothing_late(opened: Callable[..., Any], store: Store) -> None:
    """8 hours from 08:00 on Thursday end on Friday at 08:00; were that day off, on Monday at 08:00."""
    dossier = Dossier(
        code="H1",
        status=Status.DONE,
        received_at=at("05T08:00"),
        processed_at=at("09T08:00") + timedelta(seconds=20),
        time_limit=TimeLimit.parse("8h"),
    )
    before, after, anew = only(opened, store, dossier, off(date(2026, 11, 6)))
    assert [each["standing"] for each in (before, after, anew)] == ["late", "on-time", "on-time"]
