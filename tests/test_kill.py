"""Killed at any moment, the next run completes: the store, the letters and the messages are those of one run.

A morning's work runs in a process of its own. It is ended without a word, by itself at its Nth statement or
file, or from outside at any time; then the same work is done once more, to its end.
"""

import os
import random
import shutil
import sys
import time
from collections.abc import Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest
from amounts import usually
from forks import FORKS
from kills import points
from offices import DESKS, NOW, SOURCE, UNITS, Desk, Inbox, desk_in, done, mail_at, row
from sqlalchemy import Engine, event, select

from latewatch.app import delivery, open_office
from latewatch.jobs.assess import assess
from latewatch.jobs.check import check_office
from latewatch.jobs.digest import send_digests
from latewatch.jobs.letters.draft import draft_letters
from latewatch.jobs.poll import poll
from latewatch.store import schema
from latewatch.store.digests import digest_of

YESTERDAY = NOW.replace(day=11)
SHARDS = 4  # so that the processes of pytest-xdist share the kills
KILLED = 137
MANY = 300
STAGES = 4  # of a morning


def work(folder: Path, is_next_day: bool, last_step: int | None) -> None:
    """Do a morning's work; end at `last_step`, or at the end and tell after which step each stage was over."""
    steps = Steps(last_step)
    ends = [str(steps.taken) for _ in morning(folder, is_next_day)]
    (folder / "steps").write_text(" ".join(ends))


def morning(folder: Path, is_next_day: bool) -> Iterator[None]:
    """Do a morning's work on the office in `folder`, a stage at a time."""
    now = NOW if is_next_day else YESTERDAY
    with open_office(folder / "config.toml") as office:
        for source in office.settings.sources:
            poll(office, source, now)
        yield
        assess(office, now)
        yield
        draft_letters(office, now)
        yield
        send_digests(office, now, delivery(office.settings))
        yield


class Steps:
    """Counts what a run leaves behind it: statements, commits, files, words to the mail server."""

    def __init__(self, last: int | None) -> None:
        self.taken = 0
        self.last = last
        event.listen(Engine, "before_cursor_execute", self.step)
        event.listen(Engine, "commit", self.step)
        sys.addaudithook(self.hear)

    def hear(self, name: str, args: tuple[Any, ...]) -> None:
        is_written = name == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR)
        if is_written or name in ("os.rename", "os.remove", "os.mkdir") or name.startswith("smtplib."):
            self.step()

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


def new_office(folder: Path, port: int) -> Desk:
    """An office before its first morning: an export of MANY dossiers, one of which is owed a letter."""
    desk = desk_in(folder, DESKS)
    moved = SOURCE.replace("keep_files = true", "keep_files = false")
    desk.configure(moved, UNITS, DESKS, mail_at(port))
    rows = [row(f"H{n}", promised="30/11/2026", unit=("PKT", "PVH")[n % 2]) for n in range(MANY)]
    rows[7] = row("H7", promised="12/11/2026")
    desk.export("ngay-11.csv", [*rows, row("X1", "31/02/2026")])
    return desk


def next_morning(desk: Desk) -> None:
    """Bring the exports of the next day: changes, a letter no longer owed, a new one, and a broken file."""
    changed = [done(f"H{n}", "11/11/2026", promised="30/11/2026") for n in range(20, 60)]
    finished_in_time = done("H7", "11/11/2026 16:00", promised="12/11/2026")
    desk.export(
        "ngay-12.csv", [*changed, finished_in_time, row("N1", promised="12/11/2026"), row("X2", status="?")]
    )
    (desk.folder / "in" / "hong.csv").write_text("không có gì\n", encoding="utf-8")


def content(desk: Desk) -> dict[str, list[str]]:
    """Return what every table but `digest` holds, in words that do not depend on ids."""
    with desk.open() as office, office.store.reading() as connection:
        codes = {
            row.id: row.code for row in connection.execute(select(schema.dossier.c.id, schema.dossier.c.code))
        }
        files = {
            row.id: row.origin for row in connection.execute(select(schema.batch.c.id, schema.batch.c.origin))
        }
        found = {}
        for table in schema.metadata.sorted_tables:
            rows = [dict(row) for row in connection.execute(select(table)).mappings()]
            for each in rows:
                each.pop("id", None)
                each.pop("seen_at", None)  # a file that was taken and not yet put away is seen once more
                each["dossier_id"] = codes.get(each.get("dossier_id", 0))
                each["batch_id"] = files.get(each.get("batch_id", 0))
            found[table.name] = sorted(map(str, rows))
    found.pop("digest")
    return found


def letters(desk: Desk) -> list[str]:
    """Return the names of the PDFs; each is whole. The number in a name is its row's."""
    found = sorted((desk.folder / "letters").rglob("*.pdf"))
    for path in found:
        pdf = path.read_bytes()
        assert pdf.startswith(b"%PDF"), path
        assert pdf.rstrip().endswith(b"%%EOF"), path
    return [path.stem.rpartition("-")[0] for path in found]


def exports(desk: Desk) -> list[str]:
    """Return where the exports lie, and the reports beside them."""
    folder = desk.folder / "in"
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


class Mornings:
    """The two mornings, as they are before and after an undisturbed run."""

    def __init__(self, folder: Path, inbox: Inbox) -> None:
        self.inbox = inbox
        self.before: dict[bool, Path] = {}
        self.after: dict[bool, tuple[dict[str, list[str]], list[str], list[str]]] = {}
        self.ends: dict[bool, list[int]] = {}  # of the stages, in steps
        self.seconds = 0.0
        desk = new_office(folder / "office", inbox.port)
        for is_next_day in (False, True):
            if is_next_day:
                next_morning(desk)
            self.before[is_next_day] = folder / f"before-{is_next_day}"
            shutil.copytree(desk.folder, self.before[is_next_day])
            started = time.monotonic()
            assert run(desk.folder, is_next_day) == 0
            self.seconds = time.monotonic() - started
            self.after[is_next_day] = content(desk), letters(desk), exports(desk)
            self.ends[is_next_day] = [int(each) for each in (desk.folder / "steps").read_text().split()]

    def again(self, folder: Path, is_next_day: bool) -> Desk:
        """Return a fresh copy of the office before that morning."""
        self.inbox.messages.clear()
        shutil.copytree(self.before[is_next_day], folder)
        return Desk(folder)

    def complete(self, desk: Desk, is_next_day: bool, when: str) -> None:
        """Run the work to its end and hold what is there against an undisturbed run."""
        assert len(list(morning(desk.folder, is_next_day))) == STAGES, when
        assert content(desk) == self.after[is_next_day][0], when
        assert letters(desk) == self.after[is_next_day][1], when
        assert exports(desk) == self.after[is_next_day][2], when
        self.hold_messages(desk, is_next_day, when)
        shutil.rmtree(desk.folder)

    def hold_messages(self, desk: Desk, is_next_day: bool, when: str) -> None:
        """A digest left once, or a run was killed while it left: then it did not leave twice, and check says so."""
        now = NOW if is_next_day else YESTERDAY
        sent = [to[0] for to, _ in self.inbox.messages]
        with desk.open() as office:
            texts = [each.about for each in check_office(office, now, None) if "bị ngắt" in each.text]
            for code in ("quay-1", "quay-2"):
                with office.store.reading() as connection:
                    record = digest_of(connection, code, now.date())
                assert record is not None, when
                number = sent.count(f"{code}@example.com")
                if record.state == "sent":
                    assert number == 1, when
                else:
                    assert record.state == "sending", when
                    assert number <= 1, when
                    assert f"bản tin {code} {now:%d/%m/%Y}" in texts, when


@pytest.fixture(scope="module")
def mornings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mornings]:
    with Inbox() as inbox:
        yield Mornings(tmp_path_factory.mktemp("mornings"), inbox)


def test_the_undisturbed_mornings_do_what_there_is_to_do(mornings: Mornings) -> None:
    """Or the kills below would prove nothing."""
    tables, names, files = mornings.after[True]
    assert [name for name in files if name.endswith((".csv", ".xlsx"))] == [
        "done/ngay-11.csv",
        "done/ngay-11.csv.gac-lai.xlsx",
        "done/ngay-12.csv",
        "done/ngay-12.csv.gac-lai.xlsx",
        "failed/hong.csv",
    ]
    assert len(tables["dossier"]) == MANY + 1
    assert len(tables["record_version"]) == MANY + 1 + 41
    assert len(tables["rejection"]) == 2
    assert len(tables["batch"]) == 3
    assert [name in str(tables["letter"]) for name in ("'draft'", "'cancelled'")] == [True, True]
    assert (mornings.after[False][1], names) == (["H7"], ["N1"])
    assert len(mornings.inbox.messages) == 4
    assert min(ends[-1] for ends in mornings.ends.values()) > 60
    assert all(ends == sorted({*ends}) for ends in mornings.ends.values()), "each stage leaves something"


@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize(
    ("is_next_day", "kills"),
    [(False, usually(3, 8)), (True, usually(4, 14))],
    ids=["first morning", "next morning"],
)
def test_killed_at_its_nth_step(
    mornings: Mornings, tmp_path: Path, is_next_day: bool, kills: int, shard: int
) -> None:
    ends = mornings.ends[is_next_day]
    for last in points(kills, ends)[shard::SHARDS]:
        desk = mornings.again(tmp_path / f"{last}", is_next_day)
        assert run(desk.folder, is_next_day, last) == KILLED
        mornings.complete(desk, is_next_day, f"killed at step {last} of {ends}")


@pytest.mark.parametrize("seed", range(usually(2, 5)))
def test_killed_at_any_time(mornings: Mornings, tmp_path: Path, seed: int) -> None:
    """The office is killed up to three times before it is let finish."""
    dice = random.Random(seed)  # noqa: S311  dice, not secrets
    times = [mornings.seconds * dice.uniform(0.1, 1) for _ in range(3)]
    desk = mornings.again(tmp_path / "office", is_next_day=True)
    for seconds in times:
        process = start(desk.folder, is_next_day=True)
        process.join(seconds)
        process.kill()
        process.join()
    mornings.complete(desk, True, f"killed after {times} seconds")
