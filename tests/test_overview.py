"""What a month's report shows is the same whether pages tell of the dossiers, of some of them, or of none."""

import random
from dataclasses import fields
from datetime import datetime, timedelta
from functools import partial

import pytest
from amounts import usually
from test_figures import now_and_then, small_pages  # noqa: F401  a fixture
from test_tally_worlds import World
from test_tally_worlds import world as world  # noqa: PLC0414  a fixture

from latewatch.clock import VIETNAM
from latewatch.domain.integrity.finding import Severity
from latewatch.domain.period import Period
from latewatch.domain.standing import Case
from latewatch.domain.tally.comparison import Comparison, Month, shown_months
from latewatch.domain.tally.overview import (
    Overview,
    by_field_and_unit,
    days_late_plan,
    due_next_plan,
    field_unit_plan,
    numbers_due,
)
from latewatch.domain.tally.ranking import latest, ranked
from latewatch.domain.tally.rule import SHIPPED, CountingRule
from latewatch.domain.tally.table import Plan, Tally, tabulate
from latewatch.jobs.assess import Deadlines
from latewatch.jobs.figures.keeping import keep_pages
from latewatch.jobs.office import Office
from latewatch.jobs.overview import MOST_PROCEDURES, overview, standard_of
from latewatch.jobs.tally import Form, plan_of
from latewatch.store.cases import assessed
from latewatch.store.findings import open_counts

SEEDS = range(200, 200 + usually(12, 24))


class ByHand:
    """The parts of an overview, each a table of its own made of all dossiers one after the other."""

    def __init__(self, office: Office, month: Month, now: datetime, rule: CountingRule) -> None:
        self.office, self.month, self.now, self.rule = office, month, now, rule
        self.cutoff = office.settings.counting.period
        with office.store.reading() as connection:
            self.cases: list[Case] = list(Deadlines(office).cases(assessed(connection)))

    def table(self, plan: Plan, period: Period | None = None) -> Tally:
        period = period or self.month.period(self.cutoff)
        return tabulate(self.cases, plan, period, rule=self.rule, now=self.now)

    def form(self, form: Form, period: Period | None = None) -> Tally:
        return self.table(plan_of(self.office, form), period)

    def comparison(self) -> Comparison:
        last_year = self.month.moved(-12)
        return Comparison(
            trend=[self.form(Form.BY_UNIT, each.period(self.cutoff)) for each in shown_months(self.month)],
            last_year=self.form(Form.BY_UNIT, last_year.period(self.cutoff)),
            year=self.form(Form.BY_UNIT, self.month.year_until(self.cutoff)),
            last_year_until=self.form(Form.BY_UNIT, last_year.year_until(self.cutoff)),
        )

    def overview(self) -> Overview:
        comparison, standard = self.comparison(), standard_of(self.office)
        following, today = self.month.moved(1).period(self.cutoff), self.now.date()
        procedures = self.form(Form.BY_PROCEDURE).rows
        return Overview(
            comparison=comparison,
            today=self.form(Form.BY_UNIT, Period(today, today, "Hôm nay")),
            standard=standard,
            units=ranked(comparison.month.rows, standard),
            procedures=latest(procedures, standard.min_volume, MOST_PROCEDURES),
            cells=by_field_and_unit(self.table(field_unit_plan())),
            days_late=self.table(days_late_plan()).rows,
            stages=self.form(Form.BY_STAGE),
            letters=self.form(Form.LETTERS),
            next_period=following,
            due_next=numbers_due(self.table(due_next_plan(following))),
            busy_from=self.office.settings.reports.busy_from,
            doubts=[*comparison.month.notes, *self.grave()],
        )

    def grave(self) -> list[str]:
        with self.office.store.reading() as connection:
            found = [number for _, severity, number in open_counts(connection) if severity is Severity.HIGH]
        return [f"{sum(found)} dấu hiệu mức cao chưa làm rõ (latewatch findings)."] if found else []


def compare(office: Office, month: Month, now: datetime, rule: CountingRule) -> None:
    """Hold an overview to the tables of its parts, field by field."""
    found, by_hand = overview(office, month, now, rule), ByHand(office, month, now, rule).overview()
    for each in fields(Overview):
        assert getattr(found, each.name) == getattr(by_hand, each.name), (each.name, month, rule, now)


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("seed", SEEDS)
def test_an_overview_is_the_tables_of_its_parts(world: World, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311  dice, not secrets
    world.fill(seed, partial(now_and_then, world, dice))
    office = world.office if seed % 3 else world.promising()
    now = min(world.now, datetime(2027, 6, 1, tzinfo=VIETNAM)) - timedelta(days=dice.randrange(40))
    month = Month(now.year, now.month).moved(dice.choice([0, -1, -1, 1]))
    for rule in dice.sample([*SHIPPED.values()], 2):
        compare(office, month, now, rule)
        keep_pages(office, world.now)
        compare(office, month, now, rule)
