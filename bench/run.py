"""How fast latewatch is, as ratios against a baseline of the same run. Prints a table, asserts no time.

Absolute rates move with the machine; the ratio of two ways measured side by side moves little.
"""

import random
from collections.abc import Callable
from datetime import date, timedelta

from measure import Result, best_of
from pipeline import print_letters, read_rows, take_in, take_in_again

from latewatch.domain.deadline import due_date
from latewatch.domain.limit import TimeLimit
from latewatch.domain.worktime import DayEntry, DayKind, WorkCalendar

SATURDAY = 5


HOLIDAYS = (date(2026, 8, 31), date(2026, 9, 1), date(2026, 9, 2), date(2026, 11, 24), date(2027, 1, 1))
WORKED_SATURDAYS = (date(2026, 8, 22),)


def bench_due_date() -> Result:
    """Time limits of 1 to 30 working days: the tables of WorkCalendar against a loop over days."""
    entries = [DayEntry(day, DayKind.HOLIDAY, "ngày lễ", "bench") for day in HOLIDAYS]
    entries += [DayEntry(day, DayKind.SWAPPED_WORKED, "ngày làm bù", "bench") for day in WORKED_SATURDAYS]
    calendar = WorkCalendar([2026, 2027], entries, "bench")
    rng = random.Random(1)  # noqa: S311  a measurement, not a secret
    days = [date(2026, 1, 1) + timedelta(days=rng.randrange(365)) for _ in range(20_000)]
    questions = [(day, TimeLimit(rng.randint(1, 30))) for day in days]
    assert [due_date(*each, calendar) for each in questions] == [_due_by_loop(*each) for each in questions]
    return Result(
        "due_date",
        len(questions),
        best_of(lambda: [_due_by_loop(day, limit) for day, limit in questions]),
        best_of(lambda: [due_date(day, limit, calendar) for day, limit in questions]),
        "baseline: a loop over the days",
    )


def _due_by_loop(day: date, limit: TimeLimit) -> date:
    left = limit.amount
    while left:
        day += timedelta(days=1)
        left -= day in WORKED_SATURDAYS or (day.weekday() < SATURDAY and day not in HOLIDAYS)
    return day


BENCHES: list[Callable[[], Result]] = [
    bench_due_date,
    read_rows,
    take_in,
    take_in_again,
    print_letters,
]
"""Every bench, in the order of the table. A new one is a function that returns a Result, named here."""


def main() -> None:
    print(f"{'bench':<16}{'items':>10}{'baseline/s':>14}{'latewatch/s':>14}{'ratio':>9}  note")
    for bench in BENCHES:
        result = bench()
        baseline = result.items / result.baseline_seconds
        ours = result.items / result.our_seconds
        ratio = f"{ours / baseline:.2g}×"
        print(
            f"{result.name:<16}{result.items:>10,}{baseline:>14,.0f}{ours:>14,.0f}{ratio:>9}  {result.note}"
        )


if __name__ == "__main__":
    main()
