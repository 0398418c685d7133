"""Killed at any step while records come in, are decided and packed, figures are those of the tables, at once."""

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from amounts import usually
from forks import FORKS
from kills import points
from offices import NOW, Desk, desk_in, done, row
from test_kill import KILLED, Steps

from latewatch.app import open_office
from latewatch.domain.period import Cutoff, Span, period_of
from latewatch.domain.tally.rule import SHIPPED
from latewatch.domain.tally.table import tally
from latewatch.jobs.assess import Deadlines, assess
from latewatch.jobs.figures import columns, keeping
from latewatch.jobs.figures.counts import count_periods
from latewatch.jobs.figures.keeping import keep_pages
from latewatch.jobs.figures.naming import ByUnit
from latewatch.jobs.office import Office
from latewatch.jobs.poll import poll
from latewatch.store.cases import assessed
from latewatch.store.figures.pages import loose

SHARDS, KILLS = 4, usually(5, 14)
PERIODS = [period_of(2026, month, Span.MONTH, Cutoff.CALENDAR) for month in (10, 11)]


def work(folder: Path, now: datetime, last_step: int | None) -> None:
    """Do it; end at `last_step`, or at the end and tell after which step each stage was over."""
    columns.PAGE = keeping.PAGE = 32
    steps = Steps(last_step)
    ends = [str(steps.taken) for _ in morning(folder, now)]
    (folder / "steps").write_text(" ".join(ends))


def morning(folder: Path, now: datetime) -> Iterator[None]:
    """Take in what there is, decide, pack: a stage at a time."""
    with open_office(folder / "config.toml") as office:
        for source in office.settings.sources:
            poll(office, source, now)
        yield
        assess(office, now)
        yield
        keep_pages(office, now)
        yield


def run(folder: Path, now: datetime, last_step: int | None = None) -> int | None:
    process = FORKS.Process(target=work, args=(folder, now, last_step))
    process.start()
    process.join()
    return process.exitcode


def hold(office: Office, when: str) -> None:
    """Hold the figures against the dossiers looked at one by one."""
    with office.store.reading() as connection:
        everything = list(Deadlines(office).cases(assessed(connection)))
    for rule in SHIPPED.values():
        found = count_periods(office, PERIODS, rule, NOW, ByUnit())
        for period, counted in zip(PERIODS, found, strict=True):
            alone = tally(everything, period, label=lambda case: case.unit, rule=rule, now=NOW)
            assert {n: each for n, each in counted.rows.items() if not each.is_blank} == alone.rows, when


@pytest.fixture(scope="module")
def yesterday(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office whose dossiers are packed, with a new export before it: changes, newcomers, one that is missing."""
    desk = desk_in(tmp_path_factory.mktemp("figures") / "office")
    dossiers = [
        row(f"H{n}", "01/10/2026", promised=f"{1 + n % 28:02d}/11/2026", unit=("PKT", "PVH")[n % 2])
        for n in range(150)
    ]
    desk.export("a.csv", dossiers)
    assert run(desk.folder, NOW.replace(day=11)) == 0
    changed = [done(f"H{n}", "11/11/2026", "01/10/2026", promised="05/11/2026") for n in range(20, 60)]
    desk.export("b.csv", [*changed, *(row(f"N{n}", promised="12/11/2026") for n in range(30))])
    return desk.folder


@pytest.mark.parametrize("shard", range(SHARDS))
def test_nothing_is_ever_stale(
    yesterday: Path, tmp_path: Path, shard: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columns, "PAGE", 32)
    monkeypatch.setattr(keeping, "PAGE", 32)
    whole = tmp_path / "whole"
    shutil.copytree(yesterday, whole)
    assert run(whole, NOW) == 0
    ends = [int(each) for each in (whole / "steps").read_text().split()]
    assert ends[-1] > 40
    for last in points(KILLS, ends)[shard::SHARDS]:
        folder = tmp_path / f"{last}"
        shutil.copytree(yesterday, folder)
        assert run(folder, NOW, last) == KILLED
        with Desk(folder).open() as office:
            hold(office, f"killed at step {last} of {ends}")
        assert len(list(morning(folder, NOW))) == len(ends)
        with Desk(folder).open() as office:
            hold(office, f"completed after step {last}")
            with office.store.reading() as connection:
                assert loose(connection) == []
        shutil.rmtree(folder)
