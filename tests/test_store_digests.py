"""One digest a desk and day: claimed before it leaves, and claimed by one."""

import threading
from datetime import date, timedelta

from offices import NOW
from sqlalchemy.engine import URL

from latewatch.domain.digest import Counts
from latewatch.store.database import Store, open_url
from latewatch.store.digests import claim, digest_before, digest_of, mark, unfinished_digests

TODAY = NOW.date()
COUNTS = Counts(newly_late=7, overdue=31, due_today=18, waiting_letters=4)
NONE = Counts(0, 0, 0, 0)


def claimed(store: Store, desk: str = "quay-1", day: date = TODAY, counts: Counts = COUNTS) -> bool:
    with store.writing() as connection:
        return claim(connection, desk, day, counts, NOW)


def ended(store: Store, *, is_sent: bool = True, desk: str = "quay-1", day: date = TODAY) -> None:
    with store.writing() as connection:
        problem = "" if is_sent else "máy chủ thư từ chối kết nối"
        mark(connection, desk, day, is_sent=is_sent, delivered_to="x@example.com", problem=problem)


def unfinished(store: Store) -> list[tuple[str, date, str]]:
    with store.reading() as connection:
        return [(each.desk, each.day, each.state) for each in unfinished_digests(connection)]


def test_a_digest_is_claimed_once(store: Store) -> None:
    assert claimed(store)
    assert not claimed(store)
    ended(store)
    assert not claimed(store)
    with store.reading() as connection:
        record = digest_of(connection, "quay-1", TODAY)
    assert record is not None
    assert (record.state, record.counts, record.claimed_at) == ("sent", COUNTS, NOW)
    assert (record.delivered_to, record.problem) == ("x@example.com", "")


def test_other_desks_and_days_are_claimed_by_themselves(store: Store) -> None:
    assert claimed(store)
    assert claimed(store, "quay-2")
    assert claimed(store, day=TODAY + timedelta(days=1))


def test_a_failed_one_waits_and_is_claimed_again_with_newer_counts(store: Store) -> None:
    assert claimed(store)
    ended(store, is_sent=False)
    assert unfinished(store) == [("quay-1", TODAY, "waiting")]
    assert claimed(store, counts=NONE)
    with store.reading() as connection:
        record = digest_of(connection, "quay-1", TODAY)
    assert record is not None
    assert (record.state, record.counts, record.problem) == ("sending", NONE, "")


def test_only_who_claimed_it_ends_it(store: Store) -> None:
    ended(store)
    with store.reading() as connection:
        assert digest_of(connection, "quay-1", TODAY) is None
    claimed(store)
    ended(store)
    ended(store, is_sent=False)  # too late: it was sent
    assert unfinished(store) == []


def test_the_digest_before_is_the_last_that_was_sent(store: Store) -> None:
    days = [TODAY - timedelta(days=n) for n in (5, 3, 1)]
    for day, is_sent in zip(days, (True, True, False), strict=True):
        claimed(store, day=day, counts=Counts(day.day, 0, 0, 0))
        ended(store, day=day, is_sent=is_sent)
    claimed(store, "quay-2", TODAY - timedelta(days=1))
    ended(store, desk="quay-2", day=TODAY - timedelta(days=1))
    claimed(store)
    ended(store)
    with store.reading() as connection:
        before = digest_before(connection, "quay-1", TODAY)
        assert before is not None
        assert (before.day, before.counts.newly_late) == (days[1], days[1].day)
        assert digest_before(connection, "quay-1", days[0]) is None


def test_a_missed_digest_is_named_until_a_later_one_was_sent(store: Store) -> None:
    yesterday = TODAY - timedelta(days=1)
    claimed(store, day=yesterday)
    claimed(store, "quay-2", yesterday)
    ended(store, desk="quay-2", day=yesterday, is_sent=False)
    claimed(store)
    assert unfinished(store) == [
        ("quay-1", yesterday, "sending"),
        ("quay-2", yesterday, "waiting"),
        ("quay-1", TODAY, "sending"),
    ]
    ended(store)
    assert unfinished(store) == [("quay-2", yesterday, "waiting")]


def test_of_several_that_claim_at_once_one_gets_it(url: URL) -> None:
    stores = [open_url(url, f"{n}") for n in range(4)]
    gate = threading.Barrier(len(stores))
    won: list[bool] = []

    def run(store: Store) -> None:
        for n in range(10):
            gate.wait()
            won.append(claimed(store, day=TODAY + timedelta(days=n)))

    threads = [threading.Thread(target=run, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for store in stores:
        store.close()
    assert (len(won), sum(won)) == (40, 10)
