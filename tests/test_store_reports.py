"""The rows of frozen reports and of their sending, on both databases."""

from dataclasses import replace
from datetime import date, timedelta

from offices import NOW

from latewatch.store.database import Store
from latewatch.store.reports.comparisons import Comparison, comparisons, keep
from latewatch.store.reports.deliveries import (
    DOUBTFUL,
    SENT,
    WAITING,
    Sending,
    claim,
    mark,
    release,
    sendings,
    unfinished,
)
from latewatch.store.reports.frozen import Frozen, append, frozen, in_force, part, position
from latewatch.store.reports.since import changed_since
from latewatch.store.reports.verify import Count, harmed

REPORT = Frozen(
    form="07a",
    unit="",
    first=date(2026, 9, 15),
    last=date(2026, 10, 14),
    title="Tháng 10 năm 2026",
    rule="TT09-2026",
    version=1,
    made_at=NOW,
    author="Trần Thị Thí Dụ",
    reason="",
    content='{"a": 1}',
    calendar_number=0,
    calendar_version="VN",
    rules="x",
    position=0,
    position_hash="",
    letters=0,
)
PARTS = {"placing": b"\x00p", "xlsx": b"PK\x03", "pdf": b"%PDF\xff", "pictures": b"[]"}
OURS = Sending("", REPORT.first, REPORT.last, 1)


def test_reports_are_kept_sealed_and_superseded(store: Store) -> None:
    with store.writing() as connection:
        kept = [append(connection, replace(REPORT, version=number), PARTS) for number in (1, 2)]
    with store.reading() as connection:
        assert frozen(connection) == kept
        assert in_force(connection) == kept[1:]
        assert {name: part(connection, 2, name) for name in PARTS} == PARTS
        count = Count()
        assert list(harmed(connection, count)) == []
        assert count.reports == 2
        assert position(connection).position == 0


def test_a_message_is_claimed_once_until_it_failed(store: Store) -> None:
    later = NOW + timedelta(minutes=10)
    with store.writing() as connection:
        assert claim(connection, OURS, NOW)
        assert not claim(connection, OURS, NOW)
        mark(connection, OURS, WAITING, "", "máy chủ bận", later)
        assert not claim(connection, OURS, NOW)
        assert [each.problem for each in unfinished(sendings(connection))] == ["máy chủ bận"]
        assert claim(connection, OURS, later)
        mark(connection, OURS, SENT, "may:25", "", None)
        assert not claim(connection, OURS, later + timedelta(days=1))
        assert unfinished(sendings(connection)) == []


def test_a_comparison_takes_the_place_of_the_one_before(store: Store) -> None:
    with store.writing() as connection:
        append(connection, REPORT, PARTS)
        append(connection, replace(REPORT, version=2), PARTS)
        assert changed_since(connection, 0, 0) == set()
        first = Comparison(
            number=1, position=3, letters=0, settings="x", moved=frozenset({"H1", "H2"}), moved_at=NOW
        )
        other = Comparison(number=2, position=3, letters=0, settings="x")
        keep(connection, [first, other])
        keep(connection, [replace(first, position=4, moved=frozenset())])
        keep(connection, [])
    with store.reading() as connection:
        assert comparisons(connection) == {1: replace(first, position=4, moved=frozenset()), 2: other}


def test_only_a_message_that_is_as_it_was_known_is_let_go_again(store: Store) -> None:
    with store.writing() as connection:
        claim(connection, OURS, NOW)
        (sending,) = sendings(connection)
        mark(connection, OURS, DOUBTFUL, "", "mất kết nối", None)
        assert not release(connection, sending, "Trần Thị Thí Dụ")
        (doubtful,) = sendings(connection)
        assert release(connection, doubtful, "Trần Thị Thí Dụ")
        assert not release(connection, doubtful, "Trần Thị Thí Dụ")
        assert claim(connection, OURS, NOW)
        assert [(each.state, each.again_by) for each in sendings(connection)] == [
            ("sending", "Trần Thị Thí Dụ")
        ]
