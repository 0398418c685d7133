"""What a procedure's entry changes in the clock of a dossier, and which one of several holds on its receipt."""

from datetime import date, datetime

import pytest
from worlds import CALENDAR, moment

from latewatch.domain.catalogue import Catalogue, Procedure, clock_rules
from latewatch.domain.dossier import Cause, Suspension
from latewatch.domain.expiry import USUAL, ClockRules, Ends
from latewatch.domain.limit import TimeLimit
from latewatch.domain.running import run
from latewatch.domain.suspension import Effect


def at(text: str) -> datetime:
    instant = moment(text)
    assert instant is not None
    return instant


OFFICE = ClockRules(ends=Ends.WORKING_TIME, cutoff=16 * 60, supplement=Effect.PAUSE, close_after_days=30)


# The order: procedure, source (for the end only), office


@pytest.mark.parametrize(
    ("procedure", "source_ends", "rules"),
    [
        pytest.param(None, None, OFFICE, id="no entry: the office's"),
        pytest.param(None, Ends.CLOCK, {"ends": Ends.CLOCK}, id="the source's end before the office's"),
        pytest.param(Procedure(code="1"), Ends.CLOCK, {"ends": Ends.CLOCK}, id="an entry that says nothing"),
        pytest.param(
            Procedure(code="1", ends=Ends.DAY), Ends.CLOCK, {"ends": Ends.DAY}, id="the procedure's end first"
        ),
        pytest.param(Procedure(code="1", cutoff=0), None, {"cutoff": 0}, id="a cut-off at 00:00 is one"),
        pytest.param(
            Procedure(code="1", supplement=Effect.RUNS_ON, financial=Effect.RESTART),
            None,
            {"supplement": Effect.RUNS_ON, "financial": Effect.RESTART},
            id="effects one by one",
        ),
        pytest.param(
            Procedure(code="1", close_after_days=10), None, {"close_after_days": 10}, id="days to lapse"
        ),
    ],
)
def test_whose_rules_hold(
    procedure: Procedure | None, source_ends: Ends | None, rules: ClockRules | dict[str, object]
) -> None:
    expected = rules if isinstance(rules, ClockRules) else _office_with(rules)
    assert clock_rules(procedure, OFFICE, source_ends) == expected


def _office_with(changed: dict[str, object]) -> ClockRules:
    names = ("ends", "cutoff", "supplement", "financial", "consultation", "other", "close_after_days")
    return ClockRules(**{name: changed.get(name, getattr(OFFICE, name)) for name in names})  # type: ignore[arg-type]


def test_the_defaults_are_those_of_the_law() -> None:
    """NĐ 118/2025/NĐ-CP, Điều 19.5: anew from the full receipt, closed after 15 days."""
    assert (USUAL.ends, USUAL.supplement, USUAL.close_after_days) == (Ends.DAY, Effect.RESTART, 15)
    assert USUAL.cutoff == 15 * 60


# What they do to a due date


@pytest.mark.parametrize(
    ("procedure", "received", "limit", "due"),
    [
        pytest.param(Procedure(code="1", cutoff=10 * 60), "2026-03-02T10:00", "day", "2026-03-02T23:59:59", id="at its cut-off"),
        pytest.param(Procedure(code="1", cutoff=10 * 60), "2026-03-02T10:01", "day", "2026-03-03T23:59:59", id="a minute after it"),
        pytest.param(Procedure(code="1", cutoff=18 * 60), "2026-03-02T17:00", "day", "2026-03-02T23:59:59", id="a cut-off after closing: closing"),
        pytest.param(Procedure(code="1", cutoff=18 * 60), "2026-03-02T17:01", "day", "2026-03-03T23:59:59", id="and a minute after that"),
        pytest.param(Procedure(code="1", ends=Ends.WORKING_TIME), "2026-03-02T10:00", "day", "2026-03-02T17:00", id="within the day, to closing"),
        pytest.param(Procedure(code="1", ends=Ends.CLOCK), "2026-03-02T10:00", "5d", "2026-03-09T10:00", id="the clock time kept"),
        pytest.param(Procedure(code="1", cutoff=10 * 60), "2026-03-02T16:00", "5d", "2026-03-09T23:59:59", id="a cut-off moves no limit of days"),
    ],
)  # fmt: skip
def test_rules_of_a_procedure_move_its_due_date(
    procedure: Procedure, received: str, limit: str, due: str
) -> None:
    ran = run(at(received), TimeLimit.parse(limit), CALENDAR, clock_rules(procedure, USUAL))
    assert ran.due_at == at(due)


@pytest.mark.parametrize(
    ("effect", "due"),
    [(None, "2026-03-17"), (Effect.PAUSE, "2026-03-13"), (Effect.RUNS_ON, "2026-03-09")],
)
def test_sector_law_may_rule_otherwise_on_supplements(effect: Effect | None, due: str) -> None:
    stops = [Suspension(Cause.SUPPLEMENT, at("2026-03-04T10:00"), at("2026-03-10T14:00"))]
    rules = clock_rules(Procedure(code="1", supplement=effect), USUAL)
    assert run(at("2026-03-02"), TimeLimit.parse("5d"), CALENDAR, rules, stops).due_at == at(
        f"{due}T23:59:59"
    )


# Which entry holds on the day of receipt


LAST_YEAR = Procedure(code="1.1", limit=TimeLimit(10), valid_until=date(2025, 12, 31))
THIS_YEAR = Procedure(
    code="1.1", limit=TimeLimit(7), valid_from=date(2026, 1, 1), valid_until=date(2026, 6, 30)
)
FROM_JULY = Procedure(code="1.1", limit=TimeLimit(5), valid_from=date(2026, 7, 1))


@pytest.mark.parametrize(
    ("received", "days"),
    [("2025-12-31", 10), ("2026-01-01", 7), ("2026-06-30", 7), ("2026-07-01", 5), ("2027-12-31", 5)],
)
def test_the_limit_is_the_one_in_force_on_the_day_of_receipt(received: str, days: int) -> None:
    found = Catalogue([FROM_JULY, LAST_YEAR, THIS_YEAR]).find("1.1", "", date.fromisoformat(received))
    assert found is not None
    assert found.limit == TimeLimit(days)


def test_between_two_entries_nothing_holds() -> None:
    catalogue = Catalogue([LAST_YEAR, FROM_JULY])
    assert catalogue.find("1.1", "", date(2026, 3, 2)) is None
