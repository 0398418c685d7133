"""Findings and the memory they come from, on both databases: kept once, moved along, read on from a mark."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from offices import NOW
from sqlalchemy import insert, select, update
from worlds import moment

from latewatch.domain.dossier import Status
from latewatch.domain.integrity.finding import ITSELF, LIVE, Betrayal, Kind, Severity, State
from latewatch.domain.reading import Reading
from latewatch.domain.record import Rejected, Reported
from latewatch.domain.standing import Standing
from latewatch.errors import Place
from latewatch.store import schema
from latewatch.store.batches import Arrival
from latewatch.store.compared import applicants, differing_dates, unresolved
from latewatch.store.database import Store
from latewatch.store.findings import (
    Noted,
    findings,
    keep,
    lives,
    move,
    open_counts,
    opened_since,
    times_missing,
)
from latewatch.store.ingest import ingest
from latewatch.store.missing import Listed, missing, note_missing
from latewatch.store.scan import Memory, batch_of, reach, reached
from latewatch.store.stored import stored

SOURCE = "xuat-tep"
BY = "Nguyễn Văn Ví Dụ"
FACTS: dict[str, Any] = {
    "status": Status.PROCESSING,
    "received_at": moment("2026-11-02T09:30"),
    "resolving_unit": "Phòng Kinh tế",
}


def told(code: str, **facts: Any) -> Reported:
    return Reported(code, {**FACTS, **facts}, {"Mã hồ sơ": code}, Place("tep.csv", "", 2))


def take(
    store: Store, name: str, *rows: Reported, rejected: Sequence[Rejected] = (), hours: int = 0
) -> tuple[int, int]:
    """Take a file in as a poll does; return its batch and how many dossiers it should have listed."""
    at = NOW + timedelta(hours=hours)
    arrival = Arrival(source=SOURCE, origin=name, sha256=name, profile="p", taken_at=at)
    listed = Listed()
    with store.writing() as connection:
        known = stored(connection, SOURCE)
        reading = Reading(list(rows), list(rejected), fields=frozenset(FACTS))
        intake = ingest(connection, arrival, listed.noting([reading]), known.codes)
        batch_id = connection.execute(select(schema.batch.c.id).order_by(schema.batch.c.id.desc())).scalar()
        assert batch_id
        return batch_id, note_missing(connection, batch_id, listed, known.own + intake.new, 30)


def noted(kind: Kind = Kind.VANISHED, code: str = "H1", key: str = "k", batch: int | None = None) -> Noted:
    betrayal = Betrayal(kind, Severity.HIGH, key, {"to": "x", "from": None})
    return Noted(betrayal, code, "Phòng Kinh tế", SOURCE, batch)


def kept(store: Store, *each: Noted) -> int:
    with store.writing() as connection:
        return keep(connection, each, NOW)


def step(store: Store, number: int, to: State, by: str = BY) -> bool:
    with store.writing() as connection:
        return move(connection, number, to, by=by, why="vì sao", at=NOW)


def keys(store: Store, *states: State) -> list[str]:
    with store.reading() as connection:
        return [each.key for each in findings(connection, states or list(State))]


class TestKeeping:
    def test_once_however_often_it_is_found(self, store: Store) -> None:
        assert kept(store, noted(), noted(), noted(key="other"), noted(code="H2")) == 3
        assert kept(store, noted(), noted(key="other")) == 0
        assert keys(store) == ["k", "other", "k"]

    def test_evidence_leaves_out_what_is_not_known(self, store: Store) -> None:
        kept(store, noted())
        with store.reading() as connection:
            (found,) = findings(connection, LIVE, Kind.VANISHED, "Phòng Kinh tế")
            assert (found.evidence, found.severity, found.found_at) == ({"to": "x"}, Severity.HIGH, NOW)
            assert findings(connection, LIVE, Kind.VANISHED, "Phòng Văn hóa") == []
            assert findings(connection, LIVE, Kind.DATES_DIFFER) == []

    @pytest.mark.parametrize(
        ("kind", "by", "batch", "again"),
        [
            pytest.param(Kind.STATUS_BACKWARDS, BY, None, ["k#2"], id="an act, closed: it was done again"),
            pytest.param(Kind.DATES_DIFFER, BY, None, [], id="what lasts, closed by somebody"),
            pytest.param(Kind.DATES_DIFFER, ITSELF, None, ["k#2"], id="what lasts, closed by itself"),
        ],
    )
    def test_what_was_closed_and_is_found_again(
        self, store: Store, kind: Kind, by: str, batch: int | None, again: list[str]
    ) -> None:
        kept(store, noted(kind, batch=batch))
        assert step(store, 1, State.CLOSED, by)
        kept(store, noted(kind, batch=batch))
        kept(store, noted(kind, batch=batch))
        assert keys(store, State.OPEN) == again

    def test_what_lasts_and_came_with_another_batch(self, store: Store) -> None:
        first, _ = take(store, "a.csv", told("H1"))
        then, _ = take(store, "b.csv", told("H2"))
        kept(store, noted(Kind.ENTERED_ANEW, batch=first))
        step(store, 1, State.CLOSED)
        assert kept(store, noted(Kind.ENTERED_ANEW, batch=first)) == 0
        assert kept(store, noted(Kind.ENTERED_ANEW, batch=then)) == 1


class TestMoving:
    def test_each_step_with_who_and_why(self, store: Store) -> None:
        kept(store, noted())
        assert step(store, 1, State.EXPLAINED)
        assert not step(store, 1, State.EXPLAINED)
        assert step(store, 1, State.CLOSED)
        assert not step(store, 1, State.EXPLAINED)
        assert not step(store, 99, State.CLOSED)
        with store.reading() as connection:
            steps = lives(connection, [1])[1]
        assert [(each.before, each.after, each.by, each.at) for each in steps] == [
            (State.OPEN, State.EXPLAINED, BY, NOW),
            (State.EXPLAINED, State.CLOSED, BY, NOW),
        ]

    def test_what_is_open_is_counted(self, store: Store) -> None:
        take(store, "a.csv", told("H1", receiving_unit="Quầy số 1"))
        kept(store, noted(), noted(code="H2"), noted(Kind.DATES_DIFFER))
        step(store, 2, State.EXPLAINED)
        with store.reading() as connection:
            assert sorted(open_counts(connection)) == [
                (Kind.DATES_DIFFER, Severity.HIGH, 1),
                (Kind.VANISHED, Severity.HIGH, 1),
            ]
            units = [each.units.receiving_unit for each in opened_since(connection, NOW - timedelta(hours=1))]
            assert units == ["Quầy số 1", "Quầy số 1"]
            assert opened_since(connection, NOW) == []


class TestMemory:
    def test_it_is_read_on_from_the_mark(self, store: Store) -> None:
        take(store, "a.csv", *(told(f"H{n}") for n in range(5)))
        with store.writing() as connection:
            memory = Memory(connection)
            assert reached(connection) == 0
            page, last = memory.page(0, 3)
            reach(connection, last)
        assert [each.code for each in page] == ["H0", "H1", "H2"]
        with store.reading() as connection:
            memory = Memory(connection)
            rest, last = memory.page(reached(connection), 3)
            assert [each.code for each in rest] == ["H3", "H4"]
            assert not memory.has_more(last)
            assert memory.page(last, 3) == ([], last)

    def test_what_was_taken_back_is_passed_over(self, store: Store) -> None:
        first, _ = take(store, "a.csv", told("H1"))
        then, _ = take(store, "b.csv", told("H1", status=Status.DONE), hours=1)
        with store.writing() as connection:
            connection.execute(update(schema.batch).where(schema.batch.c.id == then).values(state="undone"))
        with store.reading() as connection:
            chain = Memory(connection).chains(["H1"])["H1"]
        assert [(each.batch.id, each.facts.status) for each in chain] == [(first, Status.PROCESSING)]

    @pytest.mark.parametrize(
        ("names", "before"),
        [
            pytest.param(["so-1.csv", "so-2.csv", "so-3.csv"], "so-2.csv", id="a name with a number"),
            pytest.param(["a.csv", "b.csv", "c.csv"], "b.csv", id="names that never come back"),
            pytest.param(["a-1.csv", "b-1.csv", "a-2.csv"], "a-1.csv", id="the other kind came between"),
            pytest.param(["a-1.csv", "a-2.csv", "b-1.csv"], "", id="the first of its kind"),
        ],
    )
    def test_the_list_before(self, store: Store, names: list[str], before: str) -> None:
        batches = [take(store, name, told(f"H{n}"))[0] for n, name in enumerate(names)]
        with store.reading() as connection:
            found = Memory(connection).listing_before(batch_of(connection, batches[-1]))
        assert (found.origin if found else "") == before


class TestCompared:
    """What is held against each other, as it was assessed last."""

    @pytest.fixture
    def office(self, store: Store) -> Store:
        who = {"applicant": "Nguyễn Văn Ví Dụ", "procedure": "Thủ tục Ví Dụ"}
        late = {"due_at": moment("2026-11-09T23:59:59"), "computed_on": date(2026, 11, 9)}
        take(store, "a.csv", *(told(code, **who) for code in ("H1", "H2", "H3")))
        self.assess(store, 1, Standing.OVERDUE, promised_on=date(2026, 11, 12), **late)
        self.assess(store, 2, Standing.WITHDRAWN, promised_on=date(2026, 11, 9), **late)
        self.assess(store, 3, Standing.WITHIN, due_at=moment("2026-11-20"), computed_on=None)
        return store

    def assess(self, store: Store, dossier_id: int, standing: Standing, **decided: Any) -> None:
        plain = {"dossier_version": 1, "rules": "", "basis": "computed", "limit_from": "", "problem": ""}
        row = {
            **plain,
            "dossier_id": dossier_id,
            "calendar_version": "",
            "standing": standing.value,
            **decided,
        }
        with store.writing() as connection:
            connection.execute(insert(schema.assessment), row)

    def test_two_dates_that_differ(self, office: Store) -> None:
        with office.reading() as connection:
            (found,) = differing_dates(connection)
        assert (found.code, found.names) == ("H1", ("Phòng Kinh tế", ""))
        assert found.dates.promised_on == date(2026, 11, 12)

    def test_what_was_due_and_has_no_result(self, office: Store) -> None:
        with office.reading() as connection:
            since = NOW - timedelta(days=60)
            found = list(unresolved(connection, since, NOW))
            assert [(each.applicant.code, each.standing) for each in found] == [
                ("H1", Standing.OVERDUE),
                ("H2", Standing.WITHDRAWN),
            ]
            assert list(unresolved(connection, NOW - timedelta(days=1), NOW)) == []
            assert sorted(each.code for each in applicants(connection, since)) == ["H1", "H2", "H3"]
            assert list(applicants(connection, NOW)) == []

    def test_what_was_withdrawn_in_time_is_no_lateness(self, office: Store) -> None:
        withdrawn = told("H2", status=Status.WITHDRAWN, processed_at=moment("2026-11-06"))
        take(office, "b.csv", withdrawn, hours=1)
        with office.reading() as connection:
            found = unresolved(connection, NOW - timedelta(days=60), NOW)
            assert [each.applicant.code for each in found] == ["H1"]


class TestMissing:
    ROWS = (
        told("H1", received_at=moment("2026-11-01T08:00")),
        told("H3", received_at=moment("2026-11-04T08:00")),
        told("H4", status=Status.DONE, processed_at=moment("2026-11-12T07:00")),
    )

    def gone(self, store: Store) -> list[str]:
        with store.reading() as connection:
            return [each.code for each in missing(connection)]

    def test_marked_while_it_is_gone(self, store: Store) -> None:
        assert take(store, "so-1.csv", *self.ROWS, told("H2"))[1] == 0
        assert take(store, "so-2.csv", *self.ROWS, hours=1)[1] == 1
        assert self.gone(store) == ["H2"]
        assert take(store, "so-3.csv", *self.ROWS, hours=2)[1] == 0
        with store.reading() as connection:
            assert [each.since for each in missing(connection)] == [NOW + timedelta(hours=1)]
        take(store, "so-4.csv", *self.ROWS, told("H2"), hours=3)
        assert self.gone(store) == []

    def test_a_row_set_aside_names_it(self, store: Store) -> None:
        take(store, "so-1.csv", *self.ROWS, told("H2"))
        unread = Rejected(Place("so-2.csv", "", 3), "Ngày hẹn trả", "không có thật", {}, "H2")
        assert take(store, "so-2.csv", *self.ROWS, rejected=[unread], hours=1)[1] == 0

    def test_when_each_was_missing_is_known_from_the_findings(self, store: Store) -> None:
        seen = {"seen": {"at": NOW.isoformat()}}
        kept(store, Noted(Betrayal(Kind.VANISHED, Severity.LOW, "k", seen), "H2", "", SOURCE, None))
        with store.reading() as connection:
            assert times_missing(connection, ["H1", "H2"]) == {"H2": [NOW]}
