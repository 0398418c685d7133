"""Counting rules are data, a cell is its dossiers, and two rules differ dossier by dossier."""

from collections import Counter
from dataclasses import fields, replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_tally_oracle import rules, worlds
from worlds import case, day, deadline, ending, moment

from latewatch.domain.deadline import Basis, Decider
from latewatch.domain.dossier import Status
from latewatch.domain.period import Cutoff, Period, Span, period_of
from latewatch.domain.standing import Case
from latewatch.domain.tally.counts import COLUMNS, Counts
from latewatch.domain.tally.rates import named_rates, wilson
from latewatch.domain.tally.rule import (
    SHIPPED,
    TT09,
    Against,
    CountingRule,
    Precision,
    Resolved,
    Treatment,
    described,
    differences,
)
from latewatch.domain.tally.table import TOTAL, Cell, behind, compared, tally

NOVEMBER = period_of(2026, 11, Span.MONTH, Cutoff.FIFTEENTH)  # 15/10 to 14/11
LONG_AFTER = moment("2027-12-31T12:00")
assert LONG_AFTER is not None


def field_of(each: Case) -> str:
    return each.dossier.field


def columns(each: Case, rule: CountingRule) -> str:
    """The columns of form 07a one dossier is counted in, without the sums."""
    assert LONG_AFTER is not None
    total = tally([each], NOVEMBER, label=field_of, rule=rule, now=LONG_AFTER).total
    return " ".join(
        name for name, value in total.columns().items() if value and name not in ("c3", "c9", "c13")
    )


def promised(each: Case, on: str) -> Case:
    return replace(each, deadline=replace(each.deadline, promised_on=day(on)))


def apologised(each: Case, sent: str, new_date: str) -> Case:
    return replace(each, letter_on=day(sent), revised_on=day(new_date))


LATE = case(finished="2026-11-13", due="2026-11-12")


@pytest.mark.parametrize(
    ("each", "choice", "expected"),
    [
        pytest.param(LATE, {}, "c7 c12", id="late by the computed date"),
        pytest.param(promised(LATE, "2026-11-13"), {"due": Decider.PROMISED}, "c7 c11", id="on time by the promise"),
        pytest.param(LATE, {"due": Decider.PROMISED}, "c7 c12", id="no promise: the computed date"),
        pytest.param(promised(LATE, "2026-11-13"), {"due": Decider.COMPUTED}, "c7 c12", id="the computed date, though promised later"),
        pytest.param(apologised(LATE, "2026-11-11", "2026-11-20"), {}, "c7 c12", id="a letter does not erase lateness"),
        pytest.param(apologised(LATE, "2026-11-11", "2026-11-20"), {"against": Against.REVISED}, "c7 c10", id="against its new date"),
        pytest.param(apologised(LATE, "2026-11-15", "2026-11-20"), {"against": Against.REVISED}, "c7 c12", id="a letter sent after the period is not there yet"),
        pytest.param(ending(case(finished="2026-11-12T15:00"), "2026-11-12T14:00"), {}, "c7 c12", id="late by an hour"),
        pytest.param(ending(case(finished="2026-11-12T15:00"), "2026-11-12T14:00"), {"precision": Precision.DAY}, "c7 c11", id="on the due day"),
        pytest.param(case(finished="2026-11-11", returned="2026-11-13"), {"resolved": Resolved.RETURNED}, "c7 c12", id="when the person has it"),
        pytest.param(case(finished="2026-11-11", returned="2026-11-20"), {"resolved": Resolved.RETURNED}, "c7 c15", id="not fetched yet"),
        pytest.param(case(status=Status.WITHDRAWN, finished="2026-11-13"), {"withdrawn": Treatment.AS_ON_TIME}, "c7 c11", id="withdrawn counts as on time"),
        pytest.param(case(status=Status.WITHDRAWN), {"withdrawn": Treatment.AS_ON_TIME}, "", id="withdrawn, nobody says when"),
        pytest.param(case(due=None), {"unlimited": Treatment.AS_WITHIN}, "c7 c14", id="no limit known: within"),
        pytest.param(case(due=None, finished="2026-11-02"), {"unlimited": Treatment.AS_WITHIN}, "c7 c11", id="no limit known, done: on time"),
        pytest.param(case(due=None, status=Status.DONE), {"unlimited": Treatment.AS_WITHIN}, "", id="no limit, done, nobody says when"),
    ],
)  # fmt: skip
def test_a_choice_decides_the_column(each: Case, choice: dict[str, object], expected: str) -> None:
    """Received on 02/11/2026 at the desk, due on 12/11/2026, unless said otherwise; the period is 15/10-14/11."""
    assert columns(each, replace(TT09, **choice)) == expected  # type: ignore[arg-type]


def test_the_promise_that_decided_keeps_its_minute() -> None:
    late = case(finished="2026-11-12T15:00")
    by_promise = replace(ending(late, "2026-11-12T14:00").deadline, basis=Basis.PROMISED)
    assert columns(replace(late, deadline=by_promise), replace(TT09, due=Decider.PROMISED)) == "c7 c12"


def test_what_is_awaited_has_no_computed_date_whatever_day_stood_there() -> None:
    waiting = replace(
        deadline(None), basis=Basis.PROMISED, due_at=moment("2026-11-10"), waiting_since=moment("2026-11-03")
    )
    each = replace(case(status=Status.PROCESSING), deadline=waiting)
    assert columns(each, replace(TT09, due=Decider.COMPUTED)) == "c7 c14"


class TestRulesAreData:
    @pytest.mark.parametrize("rule", SHIPPED.values(), ids=SHIPPED)
    def test_each_says_every_choice_in_words(self, rule: CountingRule) -> None:
        lines = described(rule)
        text = " ".join(lines).lower()
        for what in (
            "hồ sơ rút",
            "dừng xử lý",
            "không được tiếp nhận",
            "từ chối",
            "tạm dừng",
            "không rõ hạn",
        ):
            assert text.count(what) == 1
        assert rule.title
        assert rule.source
        assert all(line.endswith(".") for line in lines)

    def test_no_two_are_the_same(self) -> None:
        rows = list(SHIPPED.values())
        assert all(
            differences(one, other)
            for index, one in enumerate(rows)
            for other in rows[index + 1 :]
            if {one.name, other.name} != {"II.06a", "HN-2026"}  # they differ in their columns
        )

    def test_a_difference_is_told_in_words_too(self) -> None:
        for each in fields(CountingRule):
            if each.name in ("name", "title", "source", "unknown_channel"):
                continue
            other = next(value for value in type_of(each.name) if value != getattr(TT09, each.name))
            assert described(replace(TT09, **{each.name: other})) != described(TT09)  # type: ignore[arg-type]


def type_of(name: str) -> list[object]:
    kinds = {"due": Decider, "against": Against, "precision": Precision, "resolved": Resolved}
    return list(kinds.get(name, Treatment))


def coded(world: list[Case]) -> list[Case]:
    """The same dossiers, each with a code of its own."""
    return [replace(each, dossier=replace(each.dossier, code=f"H-{n}")) for n, each in enumerate(world)]


@st.composite
def told(draw: st.DrawFn) -> list[Case]:
    """Dossiers that were promised for another day, and apologised for, now and then."""
    days = st.sampled_from(["2026-09-10", "2026-10-20", "2026-11-14", "2026-11-30"])
    world = coded(draw(worlds))
    for index, each in enumerate(world):
        on = draw(st.none() | days)
        world[index] = promised(each, on) if on else each
        if each.letter_on:
            world[index] = replace(world[index], revised_on=day(draw(days)))
    return world


periods = st.builds(
    period_of, st.just(2026), st.integers(4, 12), st.sampled_from(Span), st.sampled_from(Cutoff)
)


@settings(deadline=None)
@given(told(), periods, rules)
def test_a_cell_is_exactly_its_dossiers(world: list[Case], period: Period, rule: CountingRule) -> None:
    assert LONG_AFTER is not None
    result = tally(world, period, label=field_of, rule=rule, now=LONG_AFTER)
    names = (*COLUMNS, *(each.name for each in fields(Counts)))
    for label, row in [*result.rows.items(), (TOTAL, result.total)]:
        figures = {**{each.name: getattr(row, each.name) for each in fields(row)}, **row.columns()}
        for column in names:
            found = list(
                behind(world, Cell(label, column), period, label=field_of, rule=rule, now=LONG_AFTER)
            )
            assert len(found) == figures[column]
            assert len({each.dossier.code for each in found}) == len(found)


@settings(deadline=None)
@given(told(), periods, rules, rules)
def test_what_differs_between_two_rules_is_named_whole(
    world: list[Case], period: Period, one: CountingRule, other: CountingRule
) -> None:
    assert LONG_AFTER is not None
    moved: Counter[str] = Counter()
    for each in compared(world, period, one, other, label=field_of, now=LONG_AFTER):
        moved.update(each.only_other)
        moved.subtract(each.only_one)
    totals = [tally(world, period, label=field_of, rule=rule, now=LONG_AFTER).total for rule in (one, other)]
    for each in fields(Counts):
        assert getattr(totals[1], each.name) - getattr(totals[0], each.name) == moved[each.name]


class TestRates:
    def test_the_score_of_a_province(self) -> None:
        score = named_rates(Counts(on_time=314_557, late=358_643 - 314_557))[3]
        assert (score.value, score.unit) == (Decimal("17.54"), "điểm")

    @pytest.mark.parametrize(
        ("part", "whole", "low", "high"),
        [
            pytest.param(0, 3, "0.00", "56.15", id="none of three"),
            pytest.param(2, 3, "20.77", "93.85", id="two of three"),
            pytest.param(3, 3, "43.85", "100.00", id="all of three"),
            pytest.param(950, 1000, "93.47", "96.19", id="many: the interval is narrow"),
        ],
    )
    def test_a_small_unit_is_not_shamed_by_noise(self, part: int, whole: int, low: str, high: str) -> None:
        assert wilson(part, whole) == (Decimal(low), Decimal(high))

    def test_nothing_has_no_interval(self) -> None:
        assert wilson(0, 0) is None
