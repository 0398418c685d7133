"""The monthly table over random worlds: against a plain loop over dates, and from one period to the next."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import case, moment

from latewatch.domain.deadline import Decider
from latewatch.domain.dossier import Channel, Status
from latewatch.domain.period import MONTHS, Cutoff, Period, Span, period_of
from latewatch.domain.standing import Case
from latewatch.domain.tally.rule import Against, CountingRule, Precision, Resolved, Treatment
from latewatch.domain.tally.table import Tally, tally

dates = st.dates(date(2026, 3, 1), date(2026, 12, 31))
CHANNEL_COLUMNS = {
    Channel.ONLINE_FULL: "c4",
    Channel.ONLINE_PARTIAL: "c5",
    Channel.POSTAL: "c6",
    Channel.DIRECT: "c7",
    None: "c7",
}
LEFT_OUT = (Status.WAITING, Status.WITHDRAWN, Status.STOPPED, Status.NOT_ACCEPTED)
HELD = (Status.SUPPLEMENT, Status.SUSPENDED)
ENDED = (Status.DONE, Status.RETURNED, Status.REFUSED)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A dossier of any status, finished or not, on any day and at any second, never before its receipt."""
    received = draw(dates)
    finished = draw(st.none() | st.integers(0, 200).map(lambda days: received + timedelta(days=days)))
    clock = draw(st.sampled_from(["", "T08:15", "T23:59:59", "T23:59:59.999"]))
    return case(
        status=draw(st.sampled_from(Status)),
        received=received,
        due=draw(st.none() | st.integers(0, 120).map(lambda days: received + timedelta(days=days))),
        finished=f"{finished}{clock}" if finished else None,
        letter=draw(st.none() | dates),
        channel=draw(st.none() | st.sampled_from(Channel)),
        field=draw(st.sampled_from(["Đất đai", "Hộ tịch", ""])),
    )


worlds = st.lists(cases(), max_size=15)
treatments = st.sampled_from(Treatment)
rules = st.builds(
    CountingRule,
    withdrawn=treatments,
    stopped=treatments,
    not_accepted=treatments,
    refused=treatments,
    suspended=treatments,
    unlimited=treatments,
    due=st.none() | st.sampled_from(Decider),
    against=st.sampled_from(Against),
    precision=st.sampled_from(Precision),
    resolved=st.sampled_from(Resolved),
)


def table(world: list[Case], period: Period, rule: CountingRule) -> Tally:
    long_after = moment("2027-12-31T12:00")
    assert long_after is not None
    return tally(world, period, label=lambda c: c.dossier.field, rule=rule, now=long_after)


def columns_of(one: Case, period: Period) -> list[str]:
    """The columns one dossier belongs to by the default rule, in dates alone and one question after the other."""
    dossier, due = one.dossier, one.due_on
    received = dossier.received_on
    finished = dossier.processed_at.date() if dossier.processed_at else None
    if dossier.status in HELD:
        finished = None
    if dossier.status in LEFT_OUT or due is None or received is None or received > period.last:
        return []
    if finished is None and dossier.status in ENDED:
        return []
    if finished is not None and finished < period.first:
        return []
    came_in = ["c3", "c8" if received < period.first else CHANNEL_COLUMNS[dossier.channel]]
    if finished is None or finished > period.last:
        overdue = due < period.last and dossier.status not in HELD
        return [*came_in, "c13", "c15" if overdue else "c14"]
    if finished > due:
        return [*came_in, "c9", "c12"]
    return [*came_in, "c9", "c11" if finished == due else "c10"]


@settings(deadline=None)
@given(worlds, st.integers(1, 12), st.sampled_from(Span), st.sampled_from(Cutoff))
def test_the_table_is_that_of_a_plain_loop(world: list[Case], month: int, span: Span, cutoff: Cutoff) -> None:
    period = period_of(2026, month, span, cutoff)
    expected = {f"c{number}": 0 for number in range(3, 16)}
    for one in world:
        for column in columns_of(one, period):
            expected[column] += 1
    assert table(world, period, CountingRule()).total.columns() == expected


@settings(deadline=None)
@given(worlds, st.integers(2, 12), st.sampled_from(Span), st.sampled_from(Cutoff), rules)
def test_what_was_pending_is_what_is_carried_over(
    world: list[Case], month: int, span: Span, cutoff: Cutoff, rule: CountingRule
) -> None:
    """(8) of a period = (13) of the one before, row by row and under every counting rule."""
    first = (month - 1) // MONTHS[span] * MONTHS[span] + 1
    year, previous = divmod(2026 * 12 + first - 1 - MONTHS[span], 12)
    before = table(world, period_of(year, previous + 1, span, cutoff), rule)
    after = table(world, period_of(2026, month, span, cutoff), rule)
    pending = {name: row.pending for name, row in before.rows.items() if row.pending}
    assert {name: row.carried for name, row in after.rows.items() if row.carried} == pending


@settings(deadline=None)
@given(worlds, st.integers(1, 12), rules)
def test_identities_hold_in_every_world(world: list[Case], month: int, rule: CountingRule) -> None:
    result = table(world, period_of(2026, month, Span.MONTH, Cutoff.FIFTEENTH), rule)
    for row in (*result.rows.values(), result.total):
        c = row.columns()
        assert c["c3"] == sum(c[f"c{n}"] for n in range(4, 9)) == c["c9"] + c["c13"]
        assert c["c9"] == c["c10"] + c["c11"] + c["c12"]
        assert c["c13"] == c["c14"] + c["c15"]
        assert 0 <= row.late_with_letter <= row.late
        assert 0 <= row.overdue_with_letter <= row.overdue
        assert row.due_and_on_time <= row.due_in_period


@settings(deadline=None, max_examples=40)
@given(worlds, rules)
def test_the_months_of_a_year_resolve_what_the_year_resolves(world: list[Case], rule: CountingRule) -> None:
    year = table(world, period_of(2026, 1, Span.YEAR, Cutoff.FIFTEENTH), rule).total
    months = [
        table(world, period_of(2026, n, Span.MONTH, Cutoff.FIFTEENTH), rule).total for n in range(1, 13)
    ]
    for name in ("c4", "c5", "c6", "c7", "c9", "c10", "c11", "c12"):
        assert sum(month.columns()[name] for month in months) == year.columns()[name]
    assert (months[0].carried, months[-1].pending) == (year.carried, year.pending)
