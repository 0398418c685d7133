"""How fast latewatch is, as ratios against a baseline of the same run. Prints a table, asserts no time.

Absolute rates move with the machine; the ratio of two ways measured side by side moves little.
"""

from collections.abc import Callable

from calendar_change import commit_day, commit_saturdays, preview_day, preview_saturdays
from engine import due_days_in_bulk, due_days_one_at_a_time, due_hours_in_bulk, due_hours_one_at_a_time
from intake import (
    first_import,
    import_again,
    import_and_assess,
    import_changed,
    import_file_again,
    memory_of_csv,
    memory_of_import,
)
from letters import draw_many, draw_on_two, draw_one, memory_of_print
from measure import Result
from tally import growth, memory_of_month, month, take_in, take_in_changed, today_counts, year

BENCHES: list[Callable[[], Result]] = [
    due_days_in_bulk,
    due_hours_in_bulk,
    due_days_one_at_a_time,
    due_hours_one_at_a_time,
    first_import,
    import_file_again,
    import_again,
    import_changed,
    import_and_assess,
    memory_of_import,
    memory_of_csv,
    draw_one,
    draw_many,
    draw_on_two,
    memory_of_print,
    preview_day,
    commit_day,
    preview_saturdays,
    commit_saturdays,
    month,
    year,
    today_counts,
    growth,
    memory_of_month,
    take_in,
    take_in_changed,
]
"""Every bench, in the order of the table. A new one is a function that returns a Result, named here."""


def main() -> None:
    print(
        f"{'bench':<16}{'items':>10}{'baseline':>14}{'latewatch':>14}{'ratio':>9}  note: what the baseline is"
    )
    for bench in BENCHES:
        result = bench()
        baseline, ours, ratio = result.shown
        figures = f"{baseline:>11,.0f} {result.unit:<2}{ours:>11,.0f} {result.unit:<2}"
        print(f"{result.name:<16}{result.items:>10,}{figures}{f'{ratio:.2g}×':>9}  {result.note}")


if __name__ == "__main__":
    main()
