"""A poll over an interface that is killed at any moment: the next one goes on, and the store is that of one run.

The poll runs in a process of its own, against an OpenCPS on loopback that outlives it. It is ended without a
word, by itself at its Nth statement, commit or question, or from outside at any time; then another runs to its end.
`make test` kills it more than fifty times.
"""

import os
import random
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import httpx
import pytest
from amounts import usually
from forks import FORKS
from offices import NOW, desk_in
from opencps_server import GROUP, Item, OpenCps, closed, item
from sqlalchemy import Connection, Engine, event, select

from latewatch.app import open_office
from latewatch.jobs.poll import poll
from latewatch.store import schema
from latewatch.store.database import open_store

MORNING = datetime(2026, 11, 2, 8, 0)  # noqa: DTZ001  as the system writes it
TOMORROW = NOW + timedelta(days=1)
KILLED = 137
SHARDS = 4  # so that the processes of pytest-xdist share the kills
KILLS = usually(14, 42)  # of each day


def work(folder: Path, is_next_day: bool, last_step: int | None) -> None:
    """Poll; end at `last_step`, or at the end and tell the steps."""
    os.environ["NO_PROXY"] = "*"
    steps = Steps(last_step)
    poll_to_the_end(folder, is_next_day)
    (folder / "steps").write_text(str(steps.taken))


def poll_to_the_end(folder: Path, is_next_day: bool) -> None:
    with open_office(folder / "config.toml") as office:
        result = poll(office, office.settings.sources[0], TOMORROW if is_next_day else NOW)
    assert not result.problems, result.problems


class Steps:
    """Counts what a run does that others see: statements, commits, questions to the system."""

    def __init__(self, last: int | None) -> None:
        self.taken = 0
        self.last = last
        event.listen(Engine, "before_cursor_execute", self.step)
        event.listen(Engine, "commit", self.step)
        sent = httpx.Client.send

        def send(client: httpx.Client, *args: Any, **options: Any) -> httpx.Response:
            self.step()
            return sent(client, *args, **options)

        httpx.Client.send = send  # type: ignore[method-assign]  # in a process of its own

    def step(self, *_: object) -> None:
        self.taken += 1
        if self.taken == self.last:
            os._exit(KILLED)


def start(folder: Path, is_next_day: bool, last_step: int | None = None) -> BaseProcess:
    process = FORKS.Process(target=work, args=(folder, is_next_day, last_step))
    process.start()
    return process


def run(folder: Path, is_next_day: bool, last_step: int | None = None) -> int | None:
    process = start(folder, is_next_day, last_step)
    process.join()
    return process.exitcode


def first_day() -> list[Item]:
    """Open and closed dossiers of three months, one nobody accepted yet, two that are set aside."""
    return [
        *[item(n, MORNING + timedelta(minutes=n)) for n in range(40)],
        *[item(100 + n, MORNING - timedelta(days=2 * n), "waiting") for n in range(30)],
        *[closed(200 + n, MORNING - timedelta(days=2 * n), MORNING + timedelta(hours=n)) for n in range(35)],
        item(300, None, "new"),
        item(301, None, "new", dossierNo=""),
        item(302, MORNING, "archiving"),
        item(303, MORNING - timedelta(days=50), "done", dueDate="20200101080000"),
    ]


def next_day() -> list[Item]:
    """What changed by the next day: results, a supplement, pauses, a new dossier, one that is set aside."""
    return [
        *[closed(n, MORNING + timedelta(minutes=n), MORNING + timedelta(days=10)) for n in range(15)],
        *[item(n, MORNING + timedelta(minutes=n), lockState="PAUSE") for n in range(15, 20)],
        *[item(100 + n, MORNING - timedelta(days=2 * n), "processing") for n in range(10, 20)],
        *[item(400 + n, MORNING + timedelta(days=10, minutes=n)) for n in range(12)],
        item(450, MORNING + timedelta(days=10), durationUnit=9),
    ]


@contextmanager
def stored(folder: Path) -> Iterator[Connection]:
    store = open_store(folder / "latewatch.db")
    with store.reading() as connection:
        yield connection
    store.close()


def content(folder: Path) -> dict[str, list[str]]:
    """Return what the store holds, ids, hashes and seals with it; of a batch not its warnings.

    They say what is odd about records nothing is lost of; one that was seen before the kill may go unsaid.
    """
    found = {}
    with stored(folder) as connection:
        for table in schema.metadata.sorted_tables:
            rows = connection.execute(select(table).order_by(*table.primary_key)).mappings()
            kept = [{name: value for name, value in row.items() if name != "warnings"} for row in rows]
            found[table.name] = list(map(str, kept))
    return found


def done_batches(folder: Path) -> int:
    with stored(folder) as connection:
        done = select(schema.batch.c.id).where(schema.batch.c.state == "done")
        return len(connection.execute(done).all())


class Days:
    """The two days, as they are before and after an undisturbed run."""

    def __init__(self, folder: Path, system: OpenCps) -> None:
        self.system = system
        self.before: dict[bool, Path] = {}
        self.after: dict[bool, dict[str, list[str]]] = {}
        self.steps: dict[bool, int] = {}
        self.seconds: dict[bool, float] = {}
        desk = desk_in(folder / "office")
        keys = {"profile": '"opencps"', "parameters": f'{{ groupId = "{GROUP}" }}'}
        desk.configure(system.table(**keys, since="2026-08-01", page_size="20", timeout_seconds="30.0"))
        with desk.open():
            pass  # the database is there
        for is_next_day in (False, True):
            self.turn_to(is_next_day)
            self.before[is_next_day] = folder / f"before-{is_next_day}"
            shutil.copytree(desk.folder, self.before[is_next_day])
            started = time.monotonic()
            assert run(desk.folder, is_next_day) == 0
            self.seconds[is_next_day] = time.monotonic() - started
            self.after[is_next_day] = content(desk.folder)
            self.steps[is_next_day] = int((desk.folder / "steps").read_text())

    def turn_to(self, is_next_day: bool) -> None:
        self.system.items = first_day()
        self.system.change(next_day() if is_next_day else [])

    def again(self, folder: Path, is_next_day: bool) -> Path:
        """Return a fresh copy of the office before that day."""
        self.turn_to(is_next_day)
        shutil.copytree(self.before[is_next_day], folder)
        return folder

    def complete(self, folder: Path, is_next_day: bool, when: str) -> None:
        """Run to the end and hold what is there against an undisturbed run.

        Where the run was over before the kill, this is one more: it has a batch of its own, and the same to say.
        """
        wanted = dict(self.after[is_next_day])
        done = done_batches(folder)
        poll_to_the_end(folder, is_next_day)
        found = content(folder)
        if done >= len(wanted["batch"]):
            wanted.pop("batch")
            assert len(found.pop("batch")) == done + 1, when
            found.pop("rejection"), wanted.pop("rejection")
        assert found == wanted, when
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Days]:
    with OpenCps() as system, pytest.MonkeyPatch.context() as environment:
        environment.setenv("NO_PROXY", "*")
        yield Days(tmp_path_factory.mktemp("days"), system)


def test_the_undisturbed_days_do_what_there_is_to_do(days: Days) -> None:
    """Or the kills below would prove nothing."""
    tables = days.after[True]
    assert len(tables["dossier"]) == 40 + 30 + 35 + 1 + 12
    assert len(tables["record_version"]) == 106 + 30 + 12
    assert len(tables["rejection"]) == 2 + 2
    assert len(tables["batch"]) == 2
    assert min(days.steps.values()) > 100


@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize("is_next_day", [False, True], ids=["first run", "next day"])
def test_killed_at_its_nth_step(days: Days, tmp_path: Path, is_next_day: bool, shard: int) -> None:
    steps = days.steps[is_next_day]
    for number in range(shard, KILLS, SHARDS):
        last = 1 + number * (steps - 1) // (KILLS - 1)
        folder = days.again(tmp_path / f"{last}", is_next_day)
        assert run(folder, is_next_day, last) == KILLED
        days.complete(folder, is_next_day, f"killed at step {last} of {steps}")


@pytest.mark.parametrize("seed", range(usually(5, 15)))
def test_killed_at_any_time(days: Days, tmp_path: Path, seed: int) -> None:
    """The poll is killed three times before it is let finish."""
    dice = random.Random(seed)  # noqa: S311  dice, not secrets
    times = [days.seconds[True] * dice.uniform(0.1, 1) for _ in range(3)]
    folder = days.again(tmp_path / "office", is_next_day=True)
    for seconds in times:
        process = start(folder, is_next_day=True)
        process.join(seconds)
        process.kill()
        process.join()
    days.complete(folder, True, f"killed after {times} seconds")


def test_killed_at_every_thirtieth_step_of_a_first_run(days: Days, tmp_path: Path) -> None:
    """A machine that never stays up for long still gets to the end."""
    folder = days.again(tmp_path / "office", is_next_day=False)
    exits = [run(folder, is_next_day=False, last_step=30)]
    while exits[-1] == KILLED:
        exits.append(run(folder, is_next_day=False, last_step=30))
        assert len(exits) < 50, "it never gets further"
    assert exits[-1] == 0
    assert len(exits) > 7
    days.complete(folder, False, "killed at every thirtieth step")
