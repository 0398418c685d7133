"""Decisions beside the dossiers: what has to be looked at, what is kept, what a period's window selects."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from offices import NOW
from sqlalchemy import ColumnElement, insert, select
from test_store_ingest import reported, take
from worlds import deadline, moment

from latewatch.clock import at_midnight
from latewatch.domain.deadline import Basis, Deadline
from latewatch.domain.dossier import Status
from latewatch.domain.letters.life import LetterState
from latewatch.domain.limit import TimeLimit
from latewatch.domain.standing import Standing
from latewatch.errors import StoreError
from latewatch.store import schema
from latewatch.store.cases import (
    Assessed,
    Decision,
    assessed,
    countable,
    lettered,
    standing_changes,
    unassessed,
    unfinished_at,
    with_code,
    write_decisions,
)
from latewatch.store.database import Store
from latewatch.store.feeds import Undecided, without_due_date
from latewatch.store.letters.drafts import Draft, drop_draft, insert_drafts, stored_drafts
from latewatch.store.letters.life import changes_of, move_letter

RULES = "r1"
DUE = deadline("2026-11-12")
PERIOD = (at_midnight(date(2026, 10, 15)), at_midnight(date(2026, 11, 15)))
WHOLE = Deadline(
    due_at=DUE.due_at,
    basis=Basis.COMPUTED,
    computed_on=DUE.due_on,
    promised_on=DUE.due_on,
    limit=TimeLimit.parse("7cd"),
    limit_from="bảng thủ tục",
    problem="một điều chưa rõ",
    calendar_version="VN-1",
)


def to_look_at(store: Store, rules: str = RULES) -> list[str]:
    with store.reading() as connection:
        return sorted(each.dossier.code for each in unassessed(connection, rules))


def selected(store: Store, *conditions: ColumnElement[bool]) -> list[Assessed]:
    with store.reading() as connection:
        return list(assessed(connection, *conditions))


def decide(
    store: Store,
    standing: Standing = Standing.WITHIN,
    due: Deadline = WHOLE,
    *,
    rules: str = RULES,
    codes: Iterable[str] = ("H1",),
    at: datetime = NOW,
) -> int:
    """Write the same decision about each of `codes`."""
    with store.writing() as connection:
        found = [next(assessed(connection, with_code(code))) for code in codes]
        return write_decisions(connection, [Decision(each, due, standing) for each in found], rules, at)


class TestDecisions:
    def test_a_new_dossier_waits_and_is_listed_all_the_same(self, store: Store) -> None:
        take(store, reported())
        assert to_look_at(store) == ["H1"]
        (each,) = selected(store)
        assert (each.deadline, each.standing, each.rules, each.draft_on) == (None, None, "", None)

    @pytest.mark.parametrize("due", [WHOLE, deadline(None)], ids=["with all", "with nothing"])
    def test_a_decision_comes_back_as_it_was_made(self, store: Store, due: Deadline) -> None:
        take(store, reported())
        decide(store, Standing.NO_DUE_DATE, due)
        (each,) = selected(store)
        assert (each.deadline, each.standing, each.rules) == (due, Standing.NO_DUE_DATE, RULES)

    @pytest.mark.parametrize(
        ("standing", "moves"),
        [(standing, standing in ("within", "due-soon", "overdue", "suspended")) for standing in Standing],
    )
    def test_only_what_moves_with_the_clock_is_looked_at_again(
        self, store: Store, standing: Standing, moves: bool
    ) -> None:
        take(store, reported())
        decide(store, standing)
        assert to_look_at(store) == (["H1"] if moves else [])

    def test_other_rules_or_a_changed_fact_ask_for_another_look(self, store: Store) -> None:
        take(store, reported("H1"), reported("H2"))
        decide(store, Standing.EARLY, codes=("H1", "H2"))
        assert to_look_at(store) == []
        assert to_look_at(store, "r2") == ["H1", "H2"]
        take(store, reported("H2", step="Ký"), sha="b")
        assert to_look_at(store) == ["H2"]
        kept, changed = selected(store)
        assert (kept.deadline, changed.deadline) == (WHOLE, None)
        assert changed.standing is Standing.EARLY  # what it was, until it is looked at

    def test_each_change_of_standing_is_a_row_and_nothing_else_is(self, store: Store) -> None:
        take(store, reported())
        hours = [NOW + timedelta(hours=n) for n in range(5)]
        assert decide(store, Standing.WITHIN, at=hours[0]) == 1
        assert decide(store, Standing.WITHIN, at=hours[1]) == 0
        assert decide(store, Standing.WITHIN, deadline("2026-11-20"), at=hours[2]) == 0
        assert decide(store, Standing.WITHIN, deadline("2026-11-20"), rules="r2", at=hours[3]) == 0
        assert decide(store, Standing.OVERDUE, at=hours[4]) == 1
        with store.reading() as connection:
            (each,) = assessed(connection)
            assert standing_changes(connection, each.id) == [
                {"at": hours[0], "before": None, "after": "within"},
                {"at": hours[4], "before": "within", "after": "overdue"},
            ]

    def test_what_has_no_due_date_is_counted_by_procedure_and_reason(self, store: Store) -> None:
        take(store, *(reported(f"H{n}", procedure="Ví dụ A" if n else "Ví dụ B") for n in range(3)))
        decide(store, due=deadline(None), codes=("H0", "H1", "H2"))
        with store.reading() as connection:
            assert without_due_date(connection) == [
                Undecided("", "Ví dụ A", "không rõ thời hạn giải quyết", 2),
                Undecided("", "Ví dụ B", "không rõ thời hạn giải quyết", 1),
            ]


class TestWindows:
    @pytest.mark.parametrize(
        ("processed", "is_listed"),
        [(None, True), ("2026-11-12T08:00", False), ("2026-11-12T08:01", True), ("2026-11-11", False)],
    )
    def test_unfinished_at_an_instant(self, store: Store, processed: str | None, is_listed: bool) -> None:
        take(store, reported(processed_at=moment(processed)))
        assert bool(selected(store, unfinished_at(NOW))) is is_listed

    @pytest.mark.parametrize(
        ("facts", "is_listed"),
        [
            pytest.param({}, True, id="running"),
            pytest.param({"received_at": "2026-11-15"}, False, id="received after the period"),
            pytest.param({"received_at": "2026-11-14T23:59:59"}, True, id="received in its last second"),
            pytest.param({"processed_at": "2026-10-14T23:59:59"}, False, id="finished before it"),
            pytest.param({"processed_at": "2026-10-15"}, True, id="finished in its first second"),
            pytest.param(
                {"processed_at": "2026-09-01", "status": Status.WITHDRAWN}, True, id="withdrawn: by the rule"
            ),
            pytest.param({"processed_at": "2026-09-01", "received_at": "2026-11-01"}, True, id="upside down"),
            pytest.param({"received_at": None, "processed_at": "2026-09-01"}, True, id="without a receipt"),
        ],
    )
    def test_countable_in_a_period(self, store: Store, facts: dict[str, Any], is_listed: bool) -> None:
        facts = {"received_at": "2026-09-01", **facts}
        facts = {name: moment(value) if name.endswith("_at") else value for name, value in facts.items()}
        take(store, reported(**facts))
        decide(store, due=deadline("2026-09-20"))
        assert bool(selected(store, countable(*PERIOD, RULES))) is is_listed

    @pytest.mark.parametrize(
        ("due", "rules", "is_listed"),
        [
            pytest.param("2026-10-14", RULES, False, id="due the day before"),
            pytest.param("2026-10-15", RULES, True, id="due on the first day"),
            pytest.param("2026-11-14", RULES, True, id="due on the last"),
            pytest.param("2026-11-15", RULES, False, id="due the day after"),
            pytest.param("2026-09-20", "others", True, id="decided by other rules: it may be"),
        ],
    )
    def test_what_was_finished_early_counts_where_it_fell_due(
        self, store: Store, due: str, rules: str, is_listed: bool
    ) -> None:
        take(store, reported(received_at=moment("2026-09-01"), processed_at=moment("2026-09-02")))
        decide(store, Standing.EARLY, deadline(due), rules=rules)
        assert bool(selected(store, countable(*PERIOD, RULES))) is is_listed


class TestLetters:
    def draft(self, store: Store, code: str = "H1") -> None:
        (each,) = selected(store, with_code(code))
        draft = Draft(
            dossier_id=each.id,
            form="tt03-2025",
            dated=NOW.date(),
            due_on=NOW.date(),
            new_date=NOW.date() + timedelta(days=7),
            reason="chờ ý kiến",
        )
        with store.writing() as connection:
            insert_drafts(connection, [draft], NOW)

    def test_a_draft_comes_back_as_it_was_made_and_dates_its_case(self, store: Store) -> None:
        take(store, reported("H1"), reported("H2"))
        self.draft(store)
        with store.reading() as connection:
            (stored,) = stored_drafts(connection)
        assert (stored.draft.reason, stored.draft.new_date) == ("chờ ý kiến", NOW.date() + timedelta(days=7))
        assert [each.draft_on for each in selected(store)] == [NOW.date(), None]
        assert [each.dossier.code for each in selected(store, lettered(LetterState.DRAFT))] == ["H1"]

    def test_the_database_itself_refuses_a_second_letter(self, store: Store) -> None:
        take(store, reported())
        self.draft(store)
        with pytest.raises(StoreError):
            self.draft(store)
        assert len(selected(store)) == 1

    def test_an_issued_draft_is_a_letter_and_stays_one(self, store: Store) -> None:
        take(store, reported())
        self.draft(store)
        later = NOW.date() + timedelta(days=1)
        with store.writing() as connection:
            (stored,) = stored_drafts(connection)
            sent = (stored.id, LetterState.DRAFT, LetterState.SENT, NOW)
            assert move_letter(connection, *sent, by="ai đó", sent_on=later)
            assert not move_letter(connection, *sent, by="ai đó", sent_on=later)
            assert not drop_draft(connection, stored.id, LetterState.DRAFT, NOW, "thử")
            assert [each.by for each in changes_of(connection, stored.id)] == ["latewatch", "ai đó"]
        assert [(each.draft_on, each.letter_on) for each in selected(store)] == [(None, later)]
        with pytest.raises(StoreError):
            self.draft(store)

    def test_after_a_cancelled_draft_there_may_be_another(self, store: Store) -> None:
        take(store, reported())
        self.draft(store)
        with store.writing() as connection:
            (stored,) = stored_drafts(connection)
            assert drop_draft(connection, stored.id, LetterState.DRAFT, NOW, "thử")
            assert not drop_draft(connection, stored.id, LetterState.DRAFT, NOW, "thử")
            assert stored_drafts(connection) == []
        assert [each.draft_on for each in selected(store)] == [None]
        self.draft(store)
        assert [each.draft_on for each in selected(store)] == [NOW.date()]
        with store.reading() as connection:
            states = connection.execute(select(schema.letter.c.state).order_by(schema.letter.c.id)).scalars()
            assert list(states) == ["cancelled", "draft"]

    def test_nothing_to_draft_is_nothing(self, store: Store) -> None:
        with store.writing() as connection:
            insert_drafts(connection, [], NOW)
            assert stored_drafts(connection) == []

    def test_a_letter_of_no_dossier_is_refused(self, store: Store) -> None:
        row = {"dossier_id": 99, "state": "draft", "form": "x", "reason": "", "drafted_at": NOW}
        dates = dict.fromkeys(("dated", "due_on", "new_date"), NOW.date())
        with pytest.raises(StoreError), store.writing() as connection:
            connection.execute(insert(schema.letter), {**row, **dates})
