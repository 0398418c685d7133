"""Killed at any moment while letters leave: nothing leaves twice, and nothing is lost.

The work runs in a process of its own and is ended by SIGKILL: by itself at its Nth statement, commit, file or word
to a server, by the server that has just taken its message, or from outside at any time. Then the outbox is worked
off to its end, as the program does that runs all the time. Servers count what they took.
"""

import os
import random
import shutil
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import Envelope
from amounts import usually
from forks import FORKS
from kills import points
from offices import NOW, Desk, mail_at
from outgoing import (
    CLERK,
    Mailbox,
    TextGateway,
    go_on,
    letter_of_dossier,
    person,
    sending,
    sign,
    states_of,
    ways_at,
)
from sqlalchemy import Engine, event

from latewatch.domain.letters.life import LetterState
from latewatch.jobs.letters.moving import Selection
from latewatch.jobs.letters.sending import send_letters

CODES = [f"H{n}" for n in range(5)]
SETTINGS = '[sending]\nchannels = ["email", "message"]\n'
SHARDS = 4
KILLS = usually(7, 18)


def work(folder: Path, last_step: int | None) -> None:
    """Send every signed letter of the office in `folder`; end at `last_step`, or tell how many there were."""
    steps = Steps(last_step)
    send_all(Desk(folder))
    (folder / "steps").write_text(str(steps.taken))


def send_all(desk: Desk) -> None:
    with desk.open() as office:
        send_letters(office, ways_at(office, NOW), Selection(), by=CLERK)


class Steps:
    """Counts what a run leaves behind it: statements, commits, files, connections, words to the mail server."""

    def __init__(self, last: int | None) -> None:
        self.taken = 0
        self.last = last
        for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
            event.listen(Engine, name, self.step)
        sys.addaudithook(self.hear)

    def hear(self, name: str, args: tuple[Any, ...]) -> None:
        is_written = name == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR)
        if is_written or name == "socket.connect" or name.startswith("smtplib."):
            self.step()

    def step(self, *_: object) -> None:
        self.taken += 1
        if self.taken == self.last:
            os.kill(os.getpid(), signal.SIGKILL)


class Deadly(Mailbox):
    """A mail server that kills who has just handed it the Nth message, before or after it says so."""

    def __init__(self) -> None:
        super().__init__()
        self.victim: BaseProcess | None = None
        self.kills_at = 0

    async def handle_DATA(self, server: Any, session: object, envelope: Envelope) -> str:  # noqa: N802
        answer = await super().handle_DATA(server, session, envelope)
        if self.victim and len(self.mails) == self.kills_at:
            self.victim.kill()
        return answer


def start(folder: Path, last_step: int | None = None) -> BaseProcess:
    process = FORKS.Process(target=work, args=(folder, last_step))
    process.start()
    return process


class World:
    """The office before its letters leave, and the servers that take them."""

    def __init__(self, folder: Path, box: Deadly, gateway: TextGateway) -> None:
        self.box = box
        self.gateway = gateway
        people = [person(code) for code in CODES[:-1]] + [person(CODES[-1], email="")]
        desk = sending(folder / "before", mail_at(box.port), gateway.table(), SETTINGS, people=people)
        sign(desk, *CODES)
        self.before = desk.folder
        undisturbed = self.again(folder / "undisturbed")
        process = start(undisturbed.folder)
        process.join()
        assert process.exitcode == 0
        self.steps = int((undisturbed.folder / "steps").read_text())
        self.counts = len(box.mails), len(gateway.taken)

    def again(self, folder: Path) -> Desk:
        self.box.mails.clear()
        self.gateway.taken.clear()
        self.box.victim = None
        shutil.copytree(self.before, folder)
        return Desk(folder)

    def complete(self, desk: Desk, when: str) -> None:
        """Work the outbox off to its end, and hold what is there against what the servers took."""
        send_all(desk)  # nobody may have got as far as to fill it
        for later in (timedelta(0), timedelta(minutes=31), timedelta(hours=2), timedelta(days=2)):
            go_on(desk, NOW + later)
        mails = Counter(str(each["Message-ID"]) for each in self.box.mails)
        texts = Counter(each["tracking_id"] for each in self.gateway.taken)
        assert set(mails.values()) | set(texts.values()) <= {1}, f"{when}: left twice"
        for code in CODES:
            self._hold(desk, code, when)
        shutil.rmtree(desk.folder)

    def _hold(self, desk: Desk, code: str, when: str) -> None:
        """A letter reached its person or lies on the print list, and what counts as sent was taken."""
        states = states_of(desk, code)
        taken = {"email": len(self.box.to(f"{code.lower()}@example.com"))}
        for channel, state in states.items():
            assert state in ("sent", "doubtful") or (channel, state) == ("print", "waiting"), (when, states)
            if state == "sent" and channel in taken:
                assert taken[channel] == 1, when
        if states.get("email") == "sent":
            assert letter_of_dossier(desk, code).state is LetterState.SENT, when
        else:
            assert states["print"] == "waiting", (when, states)
            assert letter_of_dossier(desk, code).state is LetterState.SIGNED, when


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with Deadly() as box, TextGateway() as gateway:
        yield World(tmp_path_factory.mktemp("world"), box, gateway)


def test_the_undisturbed_run_does_what_there_is_to_do(world: World) -> None:
    """Or the kills below would prove nothing."""
    assert world.counts == (4 + 5, 5)
    assert world.steps > 150


@pytest.mark.parametrize("shard", range(SHARDS))
def test_killed_at_its_nth_step(world: World, tmp_path: Path, shard: int) -> None:
    for last in points(KILLS, [world.steps])[shard::SHARDS]:
        desk = world.again(tmp_path / f"{last}")
        process = start(desk.folder, last)
        process.join()
        assert process.exitcode == -signal.SIGKILL
        world.complete(desk, f"killed at step {last} of {world.steps}")


@pytest.mark.parametrize("nth", range(1, 10, usually(4, 1)))
def test_killed_by_who_has_just_taken_its_message(world: World, tmp_path: Path, nth: int) -> None:
    desk = world.again(tmp_path / "office")
    world.box.kills_at = nth
    process = FORKS.Process(target=work, args=(desk.folder, None))
    world.box.victim = process
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    world.box.victim = None
    assert len(world.box.mails) == nth
    world.complete(desk, f"killed by message {nth}")


@pytest.mark.parametrize("seed", range(usually(2, 4)))
def test_killed_at_any_time_while_two_send(world: World, tmp_path: Path, seed: int) -> None:
    """Two processes send the same letters, and either is killed before a third completes the work."""
    dice = random.Random(seed)  # noqa: S311  dice, not secrets
    desk = world.again(tmp_path / "office")
    both = [start(desk.folder), start(desk.folder)]
    for process in both:
        process.join(dice.uniform(0.05, 0.8))
        process.kill()
        process.join()
    world.complete(desk, f"seed {seed}")
