"""Figures over millions of dossiers, against one plain GROUP BY over the same rows, by turns.

`python bench/tally.py 10000000` measures over another number of dossiers.
"""

import csv
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from itertools import chain
from pathlib import Path
from time import perf_counter

from intake import HEADINGS, row_of
from measure import MEGABYTES, Result, highest
from years import NOW, filled

from latewatch.app import open_office
from latewatch.domain.period import Cutoff, Span, period_of
from latewatch.domain.tally.rule import TT09
from latewatch.jobs.assess import assess
from latewatch.jobs.figures.counts import count_periods, counts_by
from latewatch.jobs.figures.keeping import keep_pages
from latewatch.jobs.figures.naming import ByUnitAndField
from latewatch.jobs.figures.today import today
from latewatch.jobs.poll import poll

MANY, FEWER, TAKEN_IN = 3_000_000, 300_000, 20_000
ROUNDS, INTAKES = 5, 3
EXPORTS = {"new": True, "changed": False}  # the files of an intake: whether their dossiers still run
MONTHS = [period_of(2026, number, Span.MONTH, Cutoff.CALENDAR) for number in range(1, 13)]
OCTOBER = MONTHS[9]
PLAIN = "SELECT resolving_unit, field, count(*) FROM dossier GROUP BY resolving_unit, field"


def month() -> Result:
    """A month by unit and field."""
    return _line("tally: month", MANY, "month", "one month; 0.15 of its time allowed")


def year() -> Result:
    """Twelve months by unit and field in one go."""
    return _line("tally: year", MANY, "year", "a year by month; 0.5 of its time allowed")


def today_counts() -> Result:
    """What runs and what was finished yesterday, by unit."""
    ms = times(MANY)["today"] * 1000
    return _line("tally: today", MANY, "today", f"where all stand now: {ms:.0f} ms, 50 allowed")


def growth() -> Result:
    """The month over a tenth of the dossiers, and how each time grows from there."""
    few, many = times(FEWER), times(MANY)
    grown = ", ".join(f"{each} {few[each] * 1000:,.0f} → {many[each] * 1000:,.0f} ms" for each in few)
    return _line("tally: fewer", FEWER, "month", f"one month; to {MANY:,} dossiers: {grown}")


def memory_of_month() -> Result:
    """Peak memory of a month, in a process of its own."""
    alone, ours = (_memory(filled(MANY), what) for what in ("nothing", "month"))
    return Result("tally: memory", MANY, alone, ours, "peak memory; the office opened alone", MEGABYTES)


def take_in() -> Result:
    """New dossiers: imported, decided, packed."""
    return _taken_in("pages: new", "new")


def take_in_changed() -> Result:
    """The next export, in which every one of them changed: imported, decided, packed."""
    return _taken_in("pages: changed", "changed")


def _line(name: str, dossiers: int, what: str, note: str) -> Result:
    found = times(dossiers)
    share = found[what] / found["plain"]
    return Result(
        name, dossiers, found["plain"], found[what], f"one GROUP BY over the rows, {share:.3f}; {note}"
    )


@cache
def times(dossiers: int) -> dict[str, float]:
    """Return the best seconds of each, measured by turns."""
    folder = filled(dossiers)
    with open_office(folder / "config.toml") as office:
        works: dict[str, Callable[[], object]] = {
            "plain": lambda: _plain(folder),
            "month": lambda: counts_by(office, OCTOBER, TT09, NOW),
            "year": lambda: count_periods(office, MONTHS, TT09, NOW, ByUnitAndField()),
            "today": lambda: today(office, NOW),
        }
        best = dict.fromkeys(works, float("inf"))
        for _ in range(ROUNDS):
            for name, work in works.items():
                start = perf_counter()
                work()
                best[name] = min(best[name], perf_counter() - start)
    return best


def _plain(folder: Path) -> None:
    connection = sqlite3.connect(folder / "latewatch.db")
    connection.execute(PLAIN).fetchall()
    connection.close()


def _memory(folder: Path, what: str) -> float:
    command = [sys.executable, __file__, str(folder), what]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _taken_in(name: str, export: str) -> Result:
    without, ours = (intakes()[keeps][export] for keeps in (False, True))
    slower = f"{ours / without - 1:+.1%} of its time, 15 % allowed"
    return Result(
        name, TAKEN_IN, without, ours, f"import, assess without pages, triggers; processor time; {slower}"
    )


@cache
def intakes() -> dict[bool, dict[str, float]]:
    """Return the least processor time of each of EXPORTS: of an office that keeps pages, and of another."""
    best = {keeps: dict.fromkeys(EXPORTS, float("inf")) for keeps in (False, True)}
    for _ in range(INTAKES):
        for keeps, seconds in best.items():
            with _copy(keeps=keeps) as folder:
                for export in EXPORTS:
                    seconds[export] = min(seconds[export], _take_in(folder, export, keeps=keeps))
    return best


@contextmanager
def _copy(*, keeps: bool) -> Iterator[Path]:
    """Give a copy of the smaller office; one that does not keep its pages has no triggers either."""
    with tempfile.TemporaryDirectory(prefix="lw-bench-") as name:
        folder = Path(name) / "office"
        shutil.copytree(filled(FEWER), folder)
        if not keeps:
            connection = sqlite3.connect(folder / "latewatch.db")
            found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for (trigger,) in found:
                connection.execute(f"DROP TRIGGER {trigger}")
            connection.close()
        yield folder


def _take_in(folder: Path, export: str, *, keeps: bool) -> float:
    with (folder / "in" / f"{export}.csv").open("w", encoding="utf-8", newline="") as file:
        rows = (row_of(number, is_running=EXPORTS[export]) for number in range(TAKEN_IN))
        csv.writer(file).writerows(chain([HEADINGS], rows))
    with open_office(folder / "config.toml") as office:
        start = _processor_seconds()
        taken = poll(office, office.settings.sources[0], NOW)
        assess(office, NOW)
        if keeps:
            keep_pages(office, NOW)
        seconds = _processor_seconds() - start
    if taken.problems:
        raise RuntimeError(taken.problems)
    return seconds


def _processor_seconds() -> float:
    """Return the processor time of this process and its children: what else runs here disturbs it less."""
    return sum(os.times()[:4])


def main(whose: str, what: str = "") -> None:
    """Tell the times over so many dossiers; or do something in an office, and tell the memory that took."""
    if not what:
        for name, seconds in times(int(whose)).items():
            print(f"{name:<8}{seconds * 1000:>12,.0f} ms")
        return
    with open_office(Path(whose) / "config.toml") as office:
        if what == "month":
            counts_by(office, OCTOBER, TT09, NOW)
    print(highest())


if __name__ == "__main__":
    main(*sys.argv[1:])
