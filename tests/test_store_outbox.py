"""The rows of the outbox on both databases: claimed once, settled by who claimed, never lost."""

import threading
from datetime import date, timedelta

import pytest
from offices import NOW
from sqlalchemy import select, update
from test_store_ingest import reported, take

from latewatch.domain.letters.life import LetterState
from latewatch.domain.letters.sending import DeliveryState, LetterChannel, Outcome
from latewatch.store import schema
from latewatch.store.cases import assessed
from latewatch.store.database import Store
from latewatch.store.letters.drafts import Draft, insert_drafts, stored_drafts
from latewatch.store.letters.life import move_letter
from latewatch.store.letters.outbox import (
    Ending,
    Planned,
    change,
    claim,
    deliveries_of,
    delivery_with,
    drop_needless,
    due_deliveries,
    lost_claims,
    note_once,
    queue,
    queue_print,
    settle,
    troubles,
)

EMAIL, PRINT, DESK = LetterChannel.EMAIL, LetterChannel.PRINT, LetterChannel.DESK
SENT = Ending(state=DeliveryState.SENT, outcome=Outcome.ACCEPTED, answer="mã 250")
FAILED = Ending(state=DeliveryState.FAILED, outcome=Outcome.REFUSED, answer="mã 550", problem="mã 550")
DOUBTFUL = Ending(state=DeliveryState.DOUBTFUL, outcome=Outcome.DOUBTFUL, answer="?", problem="?")


@pytest.fixture
def letter(store: Store) -> int:
    """A signed letter with an e-mail and a notice in the outbox."""
    take(store, reported("H1"))
    with store.writing() as connection:
        (dossier,) = assessed(connection)
        draft = Draft(
            dossier_id=dossier.id,
            form="tt03-2025",
            dated=NOW.date(),
            due_on=date(2026, 11, 13),
            new_date=date(2026, 11, 20),
            reason="Chờ ý kiến",
        )
        insert_drafts(connection, [draft], NOW)
        (stored,) = stored_drafts(connection)
        assert move_letter(connection, stored.id, LetterState.DRAFT, LetterState.SIGNED, NOW, by="ai đó")
        plan = {EMAIL: Planned(NOW, "<a@example.com>"), DESK: Planned(NOW, "<b@example.com>")}
        assert queue(connection, stored.id, plan, NOW, by="Trần Thị Mẫu") == [EMAIL, DESK]
    return stored.id


def test_a_second_filling_adds_nothing(store: Store, letter: int) -> None:
    with store.writing() as connection:
        plan = {EMAIL: Planned(NOW + timedelta(days=1), "<c@example.com>"), PRINT: Planned(NOW)}
        assert queue(connection, letter, plan, NOW, by="ai đó") == [PRINT]
        assert not queue_print(connection, letter, NOW, by="ai đó")
        email, *_ = deliveries_of(connection, letter)
    assert (email.reference, email.next_at, email.queued_by) == ("<a@example.com>", NOW, "Trần Thị Mẫu")


def test_of_many_at_once_one_claims(store: Store, letter: int) -> None:
    with store.reading() as connection:
        row = deliveries_of(connection, letter)[0]
    claimed: list[bool] = []

    def try_it() -> None:
        with store.writing() as connection:
            claimed.append(claim(connection, row.id, NOW))

    threads = [threading.Thread(target=try_it) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(claimed) == [False] * 7 + [True]


def test_only_who_claimed_settles_and_better_late_than_wrong(store: Store, letter: int) -> None:
    with store.writing() as connection:
        row = deliveries_of(connection, letter)[0]
        assert claim(connection, row.id, NOW)
        assert not settle(connection, row.id, NOW - timedelta(hours=1), SENT, NOW), "another attempt's"
        assert [each.id for each in lost_claims(connection, NOW + timedelta(minutes=1))] == [row.id]
        assert change(connection, row.id, [DeliveryState.SENDING], DOUBTFUL, NOW + timedelta(hours=1))
        assert settle(connection, row.id, NOW, SENT, NOW + timedelta(hours=2)), "it was only slow"
        assert not settle(connection, row.id, NOW, FAILED, NOW + timedelta(hours=3))
        assert deliveries_of(connection, letter)[0].state is DeliveryState.SENT
        outcomes = connection.execute(select(schema.delivery_attempt.c.outcome)).scalars().all()
    assert outcomes == ["doubtful", "accepted"]


def test_paper_is_due_to_a_person_and_to_no_program(store: Store, letter: int) -> None:
    with store.writing() as connection:
        queue_print(connection, letter, NOW, by="ai đó")
        assert [each.channel for each in due_deliveries(connection, NOW)] == [EMAIL, DESK]
        assert due_deliveries(connection, NOW - timedelta(seconds=1)) == []
        assert due_deliveries(connection, NOW, [letter + 1]) == []
        assert delivery_with(connection, "") is None, "paper has no reference"


def test_a_cancelled_letter_is_claimed_by_nobody(store: Store, letter: int) -> None:
    with store.writing() as connection:
        connection.execute(update(schema.letter).values(state=LetterState.CANCELLED))
        assert not claim(connection, deliveries_of(connection, letter)[0].id, NOW)
        assert drop_needless(connection) == 2
        assert {each.state for each in deliveries_of(connection, letter)} == {DeliveryState.NEEDLESS}


def test_what_was_made_up_for_is_no_trouble(store: Store, letter: int) -> None:
    with store.writing() as connection:
        email, desk = deliveries_of(connection, letter)
        for each in (email, desk):
            assert change(connection, each.id, [DeliveryState.WAITING], FAILED, NOW)
        assert [each.channel for each in troubles(connection)] == [EMAIL, DESK]
        queue_print(connection, letter, NOW, by="ai đó")
        assert [each.channel for each in troubles(connection)] == [EMAIL, DESK]
        paper = deliveries_of(connection, letter)[-1]
        assert change(connection, paper.id, [DeliveryState.WAITING], SENT, NOW)
        assert [each.channel for each in troubles(connection)] == [DESK]
        connection.execute(update(schema.letter).values(state=LetterState.CONFIRMED))
        assert troubles(connection) == []


def test_the_same_is_noted_once(store: Store, letter: int) -> None:
    with store.writing() as connection:
        row = deliveries_of(connection, letter)[0]
        for answer in ("mã 4.4.1", "mã 4.4.1", "mã 4.2.2"):
            note_once(connection, row.id, NOW, Outcome.DELAYED, answer)
        answers = connection.execute(select(schema.delivery_attempt.c.answer)).scalars().all()
    assert answers == ["mã 4.4.1", "mã 4.2.2"]
