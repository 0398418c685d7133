"""Figures from packed columns are those of the tables: whatever changed, whenever pages were made, on any day."""

import random
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial

import pytest
from amounts import usually
from sqlalchemy import Table, select, update
from test_tally_worlds import START, Questions, World, told
from test_tally_worlds import world as world  # noqa: PLC0414  a fixture

from latewatch.clock import VIETNAM
from latewatch.domain.dossier import Status
from latewatch.domain.limit import TimeLimit
from latewatch.domain.period import Cutoff, Period, Span, period_of
from latewatch.domain.standing import Standing, standing_at
from latewatch.domain.tally.rule import SHIPPED, TT09, CountingRule
from latewatch.domain.tally.table import NO_LABEL, tally
from latewatch.jobs.assess import Deadlines, assess
from latewatch.jobs.figures import columns, keeping
from latewatch.jobs.figures.counts import Counted, count_periods, counts_by
from latewatch.jobs.figures.keeping import keep_pages
from latewatch.jobs.figures.naming import ByUnitAndField
from latewatch.jobs.figures.today import FINISHED, RUNNING, today
from latewatch.jobs.office import Office
from latewatch.store import schema
from latewatch.store.cases import assessed
from latewatch.store.database import Store
from latewatch.store.figures.pages import loose
from latewatch.store.letters.drafts import Draft, insert_drafts

SHARDS = 4
NAMING = ByUnitAndField()
SEEDS = usually(20, 60)
YEAR = period_of(2026, 6, Span.YEAR, Cutoff.CALENDAR)
FACTS = {
    "status": Status.PROCESSING,
    "received_at": START - timedelta(days=3),
    "time_limit": TimeLimit.parse("5d"),
    "resolving_unit": "PKT",
    "field": "Hộ tịch",
}


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a page tell of four dossiers."""
    for module in (columns, keeping):
        monkeypatch.setattr(module, "PAGE", 4)


def by_cell(asked: Questions, period: Period, rule: CountingRule) -> tuple[dict, list[str]]:
    """Return the table by unit and field, counted one dossier after the other, and its remarks."""
    result = tally(
        asked.cases,
        period,
        label=lambda case: "\n".join(NAMING.of(case)),
        rule=rule,
        now=asked.now,
    )
    return {tuple(name.split("\n")): row for name, row in result.rows.items()}, result.notes


def shown(counted: Counted) -> dict:
    return {name: row for name, row in counted.rows.items() if not row.is_blank}


def compare(world: World, office: Office) -> None:
    asked = Questions(world, office)
    for rule in (*SHIPPED.values(), asked.any_rule()):
        found = count_periods(office, asked.periods, rule, asked.now, NAMING)
        for period, counted in zip(asked.periods, found, strict=True):
            rows, notes = by_cell(asked, period, rule)
            assert shown(counted) == rows, (period, rule, asked.now)
            told = [*counted.left.values(), counted.assumed]
            assert sum(told) == sum(int(note.split()[0]) for note in notes if note[0].isdigit()), (
                period,
                rule,
            )
    now = min(asked.now, datetime(2027, 6, 1, tzinfo=VIETNAM))
    assert today(office, now) == by_hand(asked, office, now)


def by_hand(asked: Questions, office: Office, now: datetime) -> dict[str, Counter[Standing]]:
    found: dict[str, Counter[Standing]] = {}
    days = office.settings.counting.due_soon_working_days
    for case in asked.cases:
        standing = standing_at(case, now, days)
        finished = case.dossier.finished_at
        was_yesterday = finished is not None and finished.date() == now.date() - timedelta(days=1)
        if standing in RUNNING or (standing in FINISHED and was_yesterday):
            found.setdefault(case.unit or NO_LABEL, Counter())[standing] += 1
    return found


def now_and_then(world: World, dice: random.Random) -> None:
    if dice.random() < 0.5:
        keep_pages(world.office, world.now + timedelta(days=dice.randrange(200)))


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("shard", range(SHARDS))
def test_figures_are_those_of_the_table(world: World, shard: int) -> None:
    """Pages are made at any time between what happens, or never; nothing is stale."""
    for seed in range(shard, SEEDS, SHARDS):
        world.fill(seed, partial(now_and_then, world, random.Random(seed)))  # noqa: S311  dice, not secrets
        try:
            compare(world, world.office)
            keep_pages(world.office, world.now)
            compare(world, world.office if seed % 3 else world.promising())
        except AssertionError as e:
            raise AssertionError(f"seed {seed}: {e}") from e


@pytest.mark.usefixtures("small_pages")
def test_on_both_databases(world: World, store: Store) -> None:
    """What is noted as changed is noted by the database itself, by PostgreSQL as by SQLite."""
    other = World(world.desk, replace(world.office, store=store))
    for seed in range(100, 104):
        other.fill(seed, partial(now_and_then, other, random.Random(seed)))  # noqa: S311  dice, not secrets
        compare(other, other.office)


class TestLoose:
    """Which changes let a page tell the truth no more, and which do not."""

    @pytest.fixture
    def kept(self, store: Store, world: World) -> World:
        other = World(world.desk, replace(world.office, store=store))
        other.reopen()
        other.take([told(f"H{n}", {**FACTS, "field": f"F{n}"}) for n in range(3)])
        assess(other.office, other.now)
        assert keep_pages(other.office, other.now).dossiers == 3
        assert noted(other) == []
        return other

    @pytest.mark.parametrize(
        ("table", "values", "is_noted"),
        [
            (schema.dossier, {"status": "done"}, True),
            (schema.dossier, {"returned_at": START}, True),
            (schema.dossier, {"field": "Khác"}, True),
            (schema.dossier, {"version": 2}, True),
            (schema.dossier, {"officer": "Cán bộ Mẫu", "missing_since": START, "digest": "x"}, False),
            (schema.assessment, {"due_at": START}, True),
            (schema.assessment, {"rules": "khác"}, True),
            (schema.assessment, {"runs_on": True}, True),
            (schema.assessment, {"standing": "overdue", "lapses_on": date(2026, 1, 1)}, False),
        ],
    )
    def test_a_change_is_noted_where_it_counts(
        self, kept: World, table: Table, values: dict[str, object], is_noted: bool
    ) -> None:
        key = table.c.id if table is schema.dossier else table.c.dossier_id
        with kept.office.store.writing() as connection:
            first = connection.execute(select(key).order_by(key)).scalars().first()
            connection.execute(update(table).where(key == first).values(**values))
        assert noted(kept) == ([first] if is_noted else [])

    def test_what_was_decided_alike_is_not_noted(self, kept: World) -> None:
        with kept.office.store.writing() as connection:
            connection.execute(update(schema.assessment).values(basis=schema.assessment.c.basis))
        assert noted(kept) == []

    def test_a_draft_is_not_noted_and_a_letter_that_leaves_is(self, kept: World) -> None:
        day = date(2026, 6, 9)
        with kept.office.store.writing() as connection:
            number = connection.execute(select(schema.dossier.c.id)).scalars().first()
            assert number
            draft = Draft(dossier_id=number, form="tt03-2025", dated=day, due_on=day, new_date=day, reason="")
            insert_drafts(connection, [draft], START)
        assert noted(kept) == []
        with kept.office.store.writing() as connection:
            connection.execute(update(schema.letter).values(state="sent", sent_on=day))
        assert noted(kept) == [number]
        keep_pages(kept.office, kept.now)
        with kept.office.store.writing() as connection:
            connection.execute(update(schema.letter).values(state="cancelled"))
        assert noted(kept) == [number]

    def test_a_dossier_that_came_is_in_no_page_and_needs_no_note(self, kept: World) -> None:
        kept.take([told("N1", FACTS)])
        assess(kept.office, kept.now)
        assert noted(kept) == []
        assert total(kept) == 4
        assert keep_pages(kept.office, kept.now).dossiers == 1
        assert total(kept) == 4

    def test_a_number_given_again_tells_of_the_new_dossier(self, kept: World) -> None:
        """The newest dossier is taken back, with pages made before and after; SQLite gives its number again."""
        for is_kept in (False, True):
            kept.now += timedelta(days=1)
            kept.take([told("N1", FACTS)])
            assess(kept.office, kept.now)
            keep_pages(kept.office, kept.now)
            kept.now += timedelta(hours=1)
            kept.undo()
            assert total(kept) == 3
            if is_kept:
                keep_pages(kept.office, kept.now)
                assert noted(kept) == []
            kept.now += timedelta(hours=1)
            kept.take([told("N2", {**FACTS, "field": "Mới"})])
            assess(kept.office, kept.now)
            assert ("Phòng Kinh tế", "Mới") in cells(kept)
            assert total(kept) == 4
            kept.now += timedelta(hours=1)
            kept.undo()

    def test_pages_of_other_rules_are_not_believed(self, kept: World) -> None:
        promising = kept.promising()
        assert counts_by(promising, YEAR, TT09, kept.now) == cells(kept)
        assess(promising, kept.now)
        assert keep_pages(promising, kept.now).dossiers == 3
        assert keep_pages(promising, kept.now).pages == 0


def noted(world: World) -> list[int]:
    with world.office.store.reading() as connection:
        return loose(connection)


def cells(world: World) -> dict:
    return counts_by(world.office, YEAR, TT09, world.now)


def total(world: World) -> int:
    """Return how many dossiers the table counts; it is that of the dossiers looked at one by one."""
    with world.office.store.reading() as connection:
        everything = list(Deadlines(world.office).cases(assessed(connection)))
    alone = tally(everything, YEAR, label=lambda c: c.dossier.field, rule=TT09, now=world.now).total
    found = sum(row.received for row in cells(world).values())
    assert found == alone.received
    return found
