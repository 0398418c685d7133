"""Numbers of a register without gaps: two processes number at once, one of them killed again and again.

Each runs as the command does, in a process of its own, on either database.
"""

import random
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, TypeVar

import pytest
from amounts import usually
from forks import FORKS
from offices import NOW, desk_in
from sqlalchemy import insert, select, update
from sqlalchemy.engine import URL
from worlds import moment

from latewatch.app import open_office
from latewatch.domain.dossier import Status
from latewatch.domain.letters.life import LetterState
from latewatch.domain.reading import Reading
from latewatch.domain.record import Reported
from latewatch.errors import Place
from latewatch.jobs.assess import assess
from latewatch.jobs.letters.keeping import check_registers
from latewatch.jobs.letters.moving import Selection
from latewatch.jobs.letters.numbering import number_letters
from latewatch.jobs.office import Office
from latewatch.store import schema
from latewatch.store.batches import Arrival
from latewatch.store.database import open_url
from latewatch.store.ingest import ingest
from latewatch.store.letters.drafts import Draft, insert_drafts
from latewatch.store.letters.life import change_rows

MANY = usually(500, 2000)
KILLS = usually(6, 12)
PAUSE = 0.002  # seconds after each letter: SQLite lets in who comes then, and has no queue
NEW_DATE = moment("2026-11-19")
STEADY, BROKEN = "liên tục", "bị ngắt"
FIRST, SECOND = "Phòng Kinh tế", "Phòng Văn hóa - Xã hội"

T = TypeVar("T")


def office_on(folder: Path, url: URL) -> Iterator[Office]:
    """Open the office of `folder` on the database at `url`."""
    store = open_url(url, "cơ sở dữ liệu thử")
    with open_office(folder / "config.toml") as office:
        yield replace(office, store=store)
    store.close()


@pytest.fixture
def office(url: URL, tmp_path: Path) -> Iterator[Office]:
    desk_in(tmp_path / "office", '[letters]\nregister = "office"\n')
    yield from office_on(tmp_path / "office", url)


def with_reviewed_letters(office: Office, number: int) -> None:
    """Take in dossiers of two units that are late today, each with a letter somebody reviewed."""
    facts: dict[str, Any] = {
        "status": Status.PROCESSING,
        "received_at": moment("2026-11-02T09:30"),
        "promised_at": moment("2026-11-11"),
        "applicant": "Nguyễn Văn Ví Dụ",
    }
    units = [{"resolving_unit": FIRST if n < number // 2 else SECOND} for n in range(number)]
    rows = [
        Reported(f"H{n:04}", facts | unit, {}, Place("a.csv"), digest=f"{n}") for n, unit in enumerate(units)
    ]
    arrival = Arrival(source="xuat-tep", origin="a.csv", sha256="a", profile="p1", taken_at=NOW)
    with office.store.writing() as connection:
        ingest(connection, arrival, [Reading(rows, fields=frozenset(rows[0].facts))])
    assess(office, NOW)
    with office.store.writing() as connection:
        found = connection.execute(select(schema.dossier.c.id)).scalars().all()
        assert NEW_DATE is not None
        draft = Draft(
            dossier_id=0,
            form="tt03-2025",
            dated=NOW.date(),
            due_on=NOW.date().replace(day=11),
            new_date=NEW_DATE.date(),
            reason="chờ xác minh thực địa",
        )
        insert_drafts(connection, [replace(draft, dossier_id=each) for each in found], NOW)
        connection.execute(update(schema.letter).values(state="reviewed"))
        ids = connection.execute(select(schema.letter.c.id)).scalars().all()
        rows = change_rows(ids, LetterState.DRAFT, LetterState.REVIEWED, by="thử", why="", at=NOW)
        connection.execute(insert(schema.letter_change), rows)


def number_all(folder: Path, url: URL, by: str, unit: str, begun: Any) -> None:
    """Number what is reviewed, as a process of its own; `begun` counts the letters it came to."""

    def counted(items: Sequence[T], _title: str, /) -> Iterable[T]:
        for item in items:
            begun.value += 1
            yield item
            time.sleep(PAUSE)

    for office in office_on(folder, url):
        number_letters(office, Selection(unit=unit), NOW, by=by, progress=counted)


def start(folder: Path, url: URL, by: str, unit: str) -> tuple[BaseProcess, Any]:
    begun = FORKS.Value("i", 0)
    process = FORKS.Process(target=number_all, args=(folder, url, by, unit, begun))
    process.start()
    return process, begun


def kill_again_and_again(folder: Path, url: URL, other: BaseProcess) -> int:
    """Number those of one unit, ended without a word in the midst of them; return how often both numbered then."""
    dice, kills = random.Random(7), 0  # noqa: S311  dice, not secrets
    for _ in range(KILLS):
        process, begun = start(folder, url, BROKEN, SECOND)
        last = dice.randint(3, 60)
        while process.is_alive() and begun.value < last:
            time.sleep(0.001)
        time.sleep(dice.uniform(0, 0.01))
        kills += process.is_alive() and other.is_alive()
        process.kill()
        process.join()
    return kills


def test_two_processes_number_at_once_and_one_is_killed_again_and_again(
    office: Office, url: URL, tmp_path: Path
) -> None:
    """One works through all, the other through the second half of it, in one register of the office."""
    with_reviewed_letters(office, MANY)
    steady, _ = start(tmp_path / "office", url, STEADY, "")
    kills = kill_again_and_again(tmp_path / "office", url, steady)
    steady.join()
    assert steady.exitcode == 0
    assert numbers(office) == [("co-quan", 2026, number) for number in range(1, MANY + 1)]
    takers = Counter(steps(office))
    assert takers.keys() == {STEADY, BROKEN}
    assert takers.total() == MANY
    assert kills > 2
    assert check_registers(office) == []


def numbers(office: Office) -> list[tuple[str, int, int]]:
    table = schema.letter.c
    found = select(table.register, table.year, table.number).where(table.state == "numbered")
    with office.store.reading() as connection:
        return [
            (row.register, row.year, row.number) for row in connection.execute(found.order_by(table.number))
        ]


def steps(office: Office) -> list[str]:
    """Return who gave each number."""
    change = schema.letter_change.c
    with office.store.reading() as connection:
        found = connection.execute(select(change.by).where(change.after == "numbered"))
        return list(found.scalars())
