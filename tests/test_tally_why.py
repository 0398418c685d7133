"""Who used up the time, counted by hand; which choices of two rules count a dossier differently; how late it is."""

from dataclasses import replace

import pytest
from worlds import CALENDAR, case, day, moment

from latewatch.domain.dossier import Stage, Status
from latewatch.domain.limit import TimeLimit
from latewatch.domain.period import Cutoff, named_period
from latewatch.domain.stages import judge_stages
from latewatch.domain.standing import Case
from latewatch.domain.tally.found import found
from latewatch.domain.tally.placing import place
from latewatch.domain.tally.rule import OPENCPS, STRICT, TT09, Against, CountingRule, Precision
from latewatch.domain.tally.stages import place_stages
from latewatch.domain.tally.why import deciding_choices, explained

NOVEMBER = named_period("2026-11", Cutoff.FIFTEENTH)  # 15/10 to 14/11
END = moment("2026-11-14T23:59:59")
assert END


# Stages


def stage(unit: str, started: str, finished: str | None, limit: int | None = 2) -> Stage:
    start = moment(started)
    assert start
    return Stage(unit, start, TimeLimit(limit) if limit else None, None, moment(finished))


def figures(each: Case, *stages: Stage, at: str = "2026-11-14T23:59:59") -> dict[str, str]:
    """What each unit's stage adds, its days in numbers; judged at `at`, or at the dossier's finish."""
    as_of = moment(at)
    assert as_of
    finished_at = each.dossier.finished_at
    verdicts = judge_stages(stages, min(finished_at or as_of, as_of), lambda _: CALENDAR)
    placed = {unit: placing.figures for unit, placing in place_stages(each, verdicts, NOVEMBER, as_of, TT09)}
    return {
        unit: " ".join(
            [name for name in names if not name.startswith("stage_days")]
            + [f"{names.count('stage_days')}/{names.count('stage_days_over')}"]
        )
        for unit, names in placed.items()
    }


@pytest.mark.parametrize(
    ("facts", "stages", "expected"),
    [
        pytest.param({"finished": "2026-11-13"}, [stage("A", "2026-11-02", "2026-11-04"), stage("B", "2026-11-04", "2026-11-13")], {"A": "stage_in_time 2/0", "B": "stage_late stage_at_fault 7/5"}, id="B used up the time of a late dossier"),
        pytest.param({"finished": "2026-11-12"}, [stage("A", "2026-11-02", "2026-11-12")], {"A": "stage_late 8/6"}, id="late in its stage, but the dossier came in time"),
        pytest.param({}, [stage("A", "2026-11-02", "2026-11-04"), stage("B", "2026-11-04", None)], {"A": "stage_in_time 2/0", "B": "stage_overdue stage_at_fault 7/5"}, id="B holds an overdue dossier"),
        pytest.param({"due": "2026-12-01"}, [stage("A", "2026-11-12", None, 5)], {"A": "stage_running 1/0"}, id="running in time"),
        pytest.param({"due": "2026-12-01"}, [stage("A", "2026-11-12", None, None)], {"A": "stage_open_without_limit 1/0"}, id="no limit known, held"),
        pytest.param({"due": "2026-12-01"}, [stage("A", "2026-11-11", "2026-11-12", None)], {"A": "stage_done_without_limit 1/0"}, id="no limit known, done"),
        pytest.param({"due": "2026-12-01"}, [stage("A", "2026-11-20", None)], {}, id="ahead"),
        pytest.param({"received": "2026-10-01", "due": "2026-12-01"}, [stage("A", "2026-10-01", "2026-10-14"), stage("B", "2026-10-14", "2026-10-15")], {"B": "stage_in_time 1/0"}, id="finished before the period"),
        pytest.param({"finished": "2026-11-05"}, [stage("A", "2026-11-02", "2026-11-04"), stage("B", "2026-11-04", None)], {"A": "stage_in_time 2/0", "B": "stage_in_time 1/0"}, id="nobody closed the last stage of a finished dossier"),
        pytest.param({"finished": "2026-11-16", "due": "2026-12-01"}, [stage("A", "2026-11-13", "2026-11-16")], {"A": "stage_running 0/0"}, id="finished after the period: it still held it"),
    ],
)  # fmt: skip
def test_who_used_up_the_time(facts: dict[str, str], stages: list[Stage], expected: dict[str, str]) -> None:
    """Received on 02/11/2026, due on 12/11/2026 unless said otherwise; each stage has two working days."""
    assert figures(case(**facts), *stages) == expected  # type: ignore[arg-type]


# Why two rules differ


def outcome(each: Case):
    assert END
    return lambda rule: frozenset(place(each, NOVEMBER, END, rule).figures)


LATE = case(finished="2026-11-13")
HOURS = replace(LATE, deadline=replace(LATE.deadline, due_at=moment("2026-11-13T10:00")))
APOLOGISED = replace(LATE, letter_on=day("2026-11-11"), revised_on=day("2026-11-20"))


@pytest.mark.parametrize(
    ("each", "one", "other", "choices"),
    [
        pytest.param(case(status=Status.WITHDRAWN, finished="2026-11-10"), TT09, STRICT, ["withdrawn"], id="one choice of several"),
        pytest.param(case(status=Status.SUPPLEMENT, due="2026-11-05"), TT09, STRICT, ["suspended"], id="another dossier, another choice"),
        pytest.param(APOLOGISED, TT09, replace(TT09, against=Against.REVISED, precision=Precision.DAY), ["against"], id="what does not matter here is not named"),
        pytest.param(case(status=Status.DONE, finished="2026-11-10", due=None), TT09, OPENCPS, ["unlimited"], id="no limit known"),
    ],
)  # fmt: skip
def test_only_the_choices_that_made_it_are_named(
    each: Case, one: CountingRule, other: CountingRule, choices: list[str]
) -> None:
    assert outcome(each)(one) != outcome(each)(other)
    assert deciding_choices(one, other, outcome(each)) == choices


def test_what_takes_two_choices_names_both() -> None:
    """Withdrawn and without a limit: it is counted only where both choices count it."""
    each = case(status=Status.WITHDRAWN, finished="2026-11-10", due=None)
    both = replace(TT09, withdrawn=STRICT.withdrawn, unlimited=OPENCPS.unlimited)
    assert deciding_choices(TT09, both, outcome(each)) == ["withdrawn", "unlimited"]


def test_rules_that_count_a_dossier_alike_have_no_choice_to_name() -> None:
    assert deciding_choices(TT09, STRICT, outcome(LATE)) == []


def test_it_is_said_in_words_with_the_dates_that_decide() -> None:
    other = replace(TT09, name="hẹn lại", against=Against.REVISED)
    assert END
    assert explained(APOLOGISED, ["against"], TT09, other, END) == (
        "TT09-2026: theo hạn ban đầu (hạn 12/11/2026); "
        "hẹn lại: theo ngày hẹn lại của văn bản xin lỗi đã gửi (hạn 20/11/2026)"
    )
    assert "(hạn 10:00 13/11/2026)" in explained(
        HOURS, ["precision"], TT09, replace(TT09, precision=Precision.DAY), END
    )
    assert "(không có hạn)" in explained(case(due=None), ["due"], TT09, STRICT, END)


# A dossier in a list


@pytest.mark.parametrize(
    ("each", "standing", "late"),
    [
        pytest.param(case(finished="2026-11-13"), "quá hạn (đã giải quyết)", 1, id="a day late"),
        pytest.param(case(finished="2026-11-12"), "đúng hạn", 0, id="on time"),
        pytest.param(case(due="2026-11-02"), "đang giải quyết, quá hạn", 9, id="up to the end of the period"),
        pytest.param(case(finished="2026-11-20", due="2026-11-02"), "đang giải quyết, quá hạn", 9, id="finished after it"),
        pytest.param(case(due="2026-12-01"), "đang giải quyết, trong hạn", 0, id="within"),
        pytest.param(case(status=Status.WITHDRAWN, finished="2026-11-10"), "rút hồ sơ", 0, id="withdrawn"),
        pytest.param(case(due=None), "ngoài bảng: không rõ thời hạn và ngày hẹn trả", 0, id="not counted, and why"),
        pytest.param(case(received="1999-11-02", due="1999-11-12"), "đang giải quyết, quá hạn", 1461, id="from before the calendar: at least so many"),
    ],
)  # fmt: skip
def test_a_dossier_of_a_list(each: Case, standing: str, late: int) -> None:
    assert END
    told = found(each, 1, NOVEMBER, END, TT09)
    assert (told.standing, told.working_days_late) == (
        standing,
        late if late < 1000 else told.working_days_late,
    )
    assert late < 1000 or told.working_days_late > 1000
    assert told.finished_at is None or told.finished_at <= END
