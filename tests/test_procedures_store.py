"""The stored catalogue: what counts is read back whole, what was replaced stays with author and time."""

import time
from datetime import date, datetime, timedelta

import pytest
from offices import NOW

from latewatch.domain.amendment import CONTENT, Kind, Listed, plan
from latewatch.domain.catalogue import Procedure
from latewatch.domain.expiry import Ends
from latewatch.domain.limit import TimeLimit
from latewatch.domain.suspension import Effect
from latewatch.errors import Place
from latewatch.store.database import Store
from latewatch.store.procedures import amend, history, imported

WHOLE = Procedure(
    code="1.1",
    name="Thủ tục Ví Dụ",
    field="Hộ tịch",
    level="Cấp xã",
    unit="UBND xã Ví Dụ",
    limit=TimeLimit.parse("5d"),
    ends=Ends.WORKING_TIME,
    cutoff=930,
    supplement=Effect.RESTART,
    financial=Effect.PAUSE,
    consultation=Effect.RUNS_ON,
    other=Effect.PAUSE,
    close_after_days=30,
    valid_from=date(2026, 1, 1),
    valid_until=date(2026, 12, 31),
    source="a.xlsx",
)
BARE = Procedure(name="Thủ tục không mã", source="a.xlsx")
GIVEN = frozenset(CONTENT)


def take_in(store: Store, *entries: Procedure, author: str = "Người Ví Dụ", at: datetime = NOW) -> list[Kind]:
    listed = [Listed(each, GIVEN, Place("a.xlsx", "", row)) for row, each in enumerate(entries, 2)]
    with store.writing() as connection:
        made = plan(imported(connection), listed)
        assert made.problems == []
        amend(connection, made.amendments, author, at)
    return [each.kind for each in made.amendments]


def stored(store: Store) -> list[Procedure]:
    with store.reading() as connection:
        return list(imported(connection))


def test_every_field_comes_back(store: Store) -> None:
    take_in(store, WHOLE, BARE)
    assert stored(store) == [BARE, WHOLE]


@pytest.mark.parametrize("limit", ["5d", "7cd", "2w", "1mo", "8h", "30m", "day", "0"])
def test_every_kind_of_limit_comes_back(store: Store, limit: str) -> None:
    take_in(store, Procedure(code="1.1", limit=TimeLimit.parse(limit)))
    assert str(stored(store)[0].limit) == limit


def test_the_same_again_writes_nothing(store: Store) -> None:
    take_in(store, WHOLE, BARE)
    assert take_in(store, WHOLE, BARE, at=NOW + timedelta(days=1)) == [Kind.UNCHANGED, Kind.UNCHANGED]
    with store.reading() as connection:
        assert len(history(connection, "1.1")) == 1


def test_what_is_replaced_stays_with_who_and_when(store: Store) -> None:
    later = NOW + timedelta(days=1)
    take_in(store, Procedure(code="1.1", name="A", limit=TimeLimit.parse("5d"), source="a.xlsx"))
    new = Procedure(
        code="1.1", name="A", limit=TimeLimit.parse("3d"), valid_from=date(2026, 7, 1), source="b.xlsx"
    )
    assert take_in(store, new, author="Người Khác", at=later) == [Kind.CHANGED]
    assert [(str(each.limit), each.valid_from, each.valid_until) for each in stored(store)] == [
        ("5d", None, date(2026, 6, 30)),
        ("3d", date(2026, 7, 1), None),
    ]
    with store.reading() as connection:
        rows = history(connection, "1.1")
    assert [(row["limit"], row["author"], row["added_at"], row["replaced_at"]) for row in rows] == [
        ("5d", "Người Ví Dụ", NOW, later),
        ("5d", "Người Khác", later, None),
        ("3d", "Người Khác", later, None),
    ]


def test_only_the_entry_that_begins_on_its_day_is_replaced(store: Store) -> None:
    old = Procedure(code="1.1", limit=TimeLimit.parse("5d"), valid_until=date(2026, 6, 30))
    new = Procedure(code="1.1", limit=TimeLimit.parse("3d"), valid_from=date(2026, 7, 1))
    other = Procedure(code="1.2", limit=TimeLimit.parse("9d"), valid_from=date(2026, 7, 1))
    take_in(store, old, new, other)
    take_in(store, Procedure(code="1.1", limit=TimeLimit.parse("2d"), valid_from=date(2026, 7, 1)))
    assert [str(each.limit) for each in stored(store)] == ["5d", "2d", "9d"]


def test_two_thousand_procedures_are_no_wait(store: Store) -> None:
    """A province's whole catalogue: taken in, read, and half of it changed."""
    entries = [
        Procedure(code=f"1.{n:06}", name=f"Thủ tục Ví Dụ {n}", limit=TimeLimit(1 + n % 30))
        for n in range(2000)
    ]
    changed = [
        Procedure(code=each.code, name=each.name, limit=TimeLimit(40), valid_from=date(2026, 7, 1))
        for each in entries[:1000]
    ]
    started = time.perf_counter()
    take_in(store, *entries)
    assert take_in(store, *changed).count(Kind.CHANGED) == 1000
    assert len(stored(store)) == 3000
    assert time.perf_counter() - started < 10
