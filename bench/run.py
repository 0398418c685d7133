"""How fast latewatch is, as ratios against a baseline of the same run. Prints a table, asserts no time.

Absolute rates move with the machine; the ratio of two ways measured side by side moves little.
"""

from collections.abc import Callable

from calendar_change import commit_day, commit_saturdays, preview_day, preview_saturdays
from engine import due_days_in_bulk, due_days_one_at_a_time, due_hours_in_bulk, due_hours_one_at_a_time
from measure import Result
from pipeline import print_letters, read_rows, take_in, take_in_again

BENCHES: list[Callable[[], Result]] = [
    due_days_in_bulk,
    due_hours_in_bulk,
    due_days_one_at_a_time,
    due_hours_one_at_a_time,
    read_rows,
    take_in,
    take_in_again,
    print_letters,
    preview_day,
    commit_day,
    preview_saturdays,
    commit_saturdays,
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
