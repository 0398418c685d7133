"""What an earlier release kept goes on: the same versions, sealed now, and new ones after them."""

import json
from collections.abc import Iterator
from dataclasses import fields
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from offices import NOW
from sqlalchemy import Connection, create_engine, select, text
from sqlalchemy.engine import URL
from worlds import moment

from latewatch.domain.dossier import Cause, Dossier, Stage, Status, Suspension
from latewatch.domain.letters.life import LetterState
from latewatch.domain.limit import TimeLimit
from latewatch.domain.reading import Reading
from latewatch.domain.record import Reported
from latewatch.errors import Place, StoreError
from latewatch.store import database, schema
from latewatch.store.batches import Arrival
from latewatch.store.cases import assessed
from latewatch.store.database import Store, open_url
from latewatch.store.history import past_of
from latewatch.store.ingest import ingest
from latewatch.store.letters.drafts import Draft, insert_drafts
from latewatch.store.letters.life import appointed_on, changes_of, move_letter, stored_letters
from latewatch.store.letters.register import next_number
from latewatch.store.undo import take_back
from latewatch.store.verify import Walk, misfits, newest_seal

MIGRATIONS = Path(database.__file__).parent / "migrations"
BATCH = """
    INSERT INTO batch (id, source, origin, sha256, profile, state, taken_at, fields, read, new, changed,
                       unchanged, rejected, warnings, problem)
    VALUES (:id, 'xuat-tep', :origin, '', 'p1', :state, :at, :fields,
            3, 2, 1, 0, 0, '[]', '')
"""
DOSSIER = """
    INSERT INTO dossier (id, code, version, status, status_text, received_at, processed_at, time_limit,
                         procedure_code, procedure, field, receiving_unit, resolving_unit, department, officer,
                         step, applicant, address, phone, email, suspensions, stages, source)
    VALUES (:id, :code, :version, :status, '', :received, :processed, :limit, '', 'Thủ tục Ví Dụ', 'Hộ tịch',
            '', 'Phòng Kinh tế', '', '', '', 'Nguyễn Văn Ví Dụ', '', '0900000000', '', :suspensions, :stages,
            'xuat-tep')
"""
VERSION = """
    INSERT INTO dossier_version (id, dossier_id, version, batch_id, place, facts, raw)
    VALUES (:id, :dossier, :version, :batch, :place, :facts, :raw)
"""
PAUSED = [{"cause": "other", "started_at": "2026-11-04T10:00:00+07:00", "note": "chờ", "is_observed": True}]
PASSED_ON = [{"unit": "Phòng A", "started_at": "2026-11-02T00:00:00+07:00", "limit": "2d"}]
FACTS: dict[str, Any] = {
    "status": "processing",
    "received_at": "2026-11-02T09:30:00+07:00",
    "procedure": "Thủ tục Ví Dụ",
    "field": "Hộ tịch",
    "resolving_unit": "Phòng Kinh tế",
    "applicant": "Nguyễn Văn Ví Dụ",
    "phone": "0900000000",
}
FINISHED = {"status": "done", "processed_at": "2026-11-09T16:00:01+07:00"}
KEPT = [  # as they were written then: letters outside ASCII escaped, a limit of no days in its old form
    (1, "H1", 1, 1, {**FACTS, "time_limit": "5d"}),
    (2, "H2", 1, 1, {**FACTS, "time_limit": "0d", "suspensions": PAUSED, "stages": PASSED_ON}),
    (5, "H1", 2, 3, {**FACTS, "time_limit": "5d", **FINISHED}),
]
ALIVE: list[dict[str, Any]] = [
    {
        "id": 1,
        "code": "H1",
        "version": 2,
        "status": "done",
        "limit": "5d",
        "suspensions": None,
        "stages": None,
    },
    {"id": 2, "code": "H2", "version": 1, "status": "processing", "limit": "0", "suspensions": PAUSED}
    | {"stages": PASSED_ON},
]


def fill(connection: Connection) -> None:
    """Write what the release before kept: two files, one that failed between them, and what came of them."""
    for number, origin, state in ((1, "a.csv", "done"), (2, "hong.csv", "failed"), (3, "b.csv", "done")):
        about = {"id": number, "origin": origin, "state": state, "fields": '["code", "status"]'}
        connection.execute(text(BATCH), {**about, "at": utc(connection, "2026-11-10 01:00:00")})
    for each in ALIVE:
        lists = {name: json.dumps(each[name]) if each[name] else None for name in ("suspensions", "stages")}
        processed = "2026-11-09 09:00:01" if each["status"] == "done" else None
        when = {"received": "2026-11-02 02:30:00", "processed": processed}
        moments = {name: utc(connection, at) for name, at in when.items()}
        connection.execute(text(DOSSIER), {**each, **lists, **moments})
    for number, code, version, batch, facts in KEPT:
        row = {"id": number, "dossier": int(code[1:]), "version": version, "batch": batch}
        said = {"facts": json.dumps({"code": code, **facts}), "raw": json.dumps({"Mã hồ sơ": code})}
        connection.execute(text(VERSION), {**row, **said, "place": f"tep.csv, dòng {number}"})


def utc(connection: Connection, at: str | None) -> str | None:
    """Return a moment as the database keeps it."""
    zone = "+00:00" if connection.dialect.name == "postgresql" else ".000000"
    return at and at + zone


def count_on(connection: Connection) -> None:
    """Let PostgreSQL number after the rows that were given a number here, as it had given it itself."""
    if connection.dialect.name == "postgresql":
        for table in ("batch", "dossier"):
            connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), 9)"))


@pytest.fixture
def store(new_url: URL) -> Iterator[Store]:
    """A database of the release before, opened by this one."""
    engine = create_engine(new_url)
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        fill(connection)
        count_on(connection)
    engine.dispose()
    opened = open_url(new_url, "cơ sở dữ liệu cũ")
    yield opened
    opened.close()


LETTER = """
    INSERT INTO letter (id, dossier_id, state, form, dated, due_on, new_date, reason, drafted_at)
    VALUES (:id, :dossier, :state, 'tt03-2025', :dated, '2026-11-09', '2026-11-16', 'lý do', :at)
"""
LETTERS = [(1, 1, "issued", "2026-11-06"), (2, 2, "cancelled", "2026-11-05"), (3, 2, "draft", "2026-11-09")]


@pytest.fixture
def lettered(new_url: URL) -> Iterator[Store]:
    """A database of the release before with letters: one issued, one cancelled, one a draft."""
    engine = create_engine(new_url)
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        fill(connection)
        count_on(connection)
        command.upgrade(config, "0003")
        for number, dossier, state, dated in LETTERS:
            row = {"id": number, "dossier": dossier, "state": state, "dated": dated}
            connection.execute(text(LETTER), {**row, "at": utc(connection, f"{dated} 01:00:00")})
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT setval(pg_get_serial_sequence('letter', 'id'), 9)"))
    engine.dispose()
    opened = open_url(new_url, "cơ sở dữ liệu cũ")
    yield opened
    opened.close()


class TestLetters:
    def test_what_was_issued_was_sent_and_a_draft_is_one(self, lettered: Store) -> None:
        with lettered.reading() as connection:
            letters = list(stored_letters(connection))
            steps = {each.id: changes_of(connection, each.id) for each in letters}
        assert [(each.code, each.state, each.dated, each.sent_on) for each in letters] == [
            ("H1", "sent", date(2026, 11, 6), date(2026, 11, 6)),
            ("H2", "cancelled", date(2026, 11, 5), None),
            ("H2", "draft", date(2026, 11, 9), None),
        ]
        for each in letters:
            assert (each.number, each.register, each.content, each.outside_number) == (None, None, None, "")
            (first,) = steps[each.id]
            assert (first.before, first.after, first.by) == (None, "draft", "latewatch")
            assert first.at == each.drafted_at

    def test_they_count_as_before(self, lettered: Store) -> None:
        with lettered.reading() as connection:
            found = {each.dossier.code: each for each in assessed(connection)}
        sent, draft = found["H1"], found["H2"]
        assert (sent.letter_on, sent.draft_on, sent.revised_on) == (
            date(2026, 11, 6),
            None,
            date(2026, 11, 16),
        )
        assert (draft.letter_on, draft.draft_on) == (None, date(2026, 11, 9))

    def test_they_go_on_from_there(self, lettered: Store) -> None:
        with lettered.writing() as connection:
            assert move_letter(connection, 3, LetterState.DRAFT, LetterState.REVIEWED, NOW, by="thử")
            number = next_number(connection, "PKT", 2026)
            numbered = {"register": "PKT", "year": 2026, "number": number}
            before, to = LetterState.REVIEWED, LetterState.NUMBERED
            assert move_letter(connection, 3, before, to, NOW, by="thử", **numbered)
            assert move_letter(connection, 1, LetterState.SENT, LetterState.CANCELLED, NOW, by="thử")
        with lettered.reading() as connection:
            assert [(each.state, each.number) for each in stored_letters(connection)] == [
                ("cancelled", None),
                ("cancelled", None),
                ("numbered", 1),
            ]
            assert [appointed_on(connection, dossier) for dossier in (1, 2)] == [
                date(2026, 11, 6),
                date(2026, 11, 9),
            ]
        draft = Draft(
            dossier_id=1,
            form="tt03-2025",
            dated=NOW.date(),
            due_on=NOW.date(),
            new_date=NOW.date(),
            reason="",
        )
        with pytest.raises(StoreError), lettered.writing() as connection:
            insert_drafts(connection, [draft], NOW)  # its appointment is used up


def test_every_version_is_there_with_what_it_said(store: Store) -> None:
    with store.reading() as connection:
        first, second = past_of(connection, "H1")
        (other,) = past_of(connection, "H2")
    assert [(each.version, each.batch, each.origin, each.place) for each in (first, second, other)] == [
        (1, 1, "a.csv", "tep.csv, dòng 1"),
        (2, 3, "b.csv", "tep.csv, dòng 5"),
        (1, 1, "a.csv", "tep.csv, dòng 2"),
    ]
    known = {"procedure": "Thủ tục Ví Dụ", "field": "Hộ tịch", "resolving_unit": "Phòng Kinh tế"}
    usual: dict[str, Any] = {
        **known,
        "received_at": moment("2026-11-02T09:30"),
        "applicant": "Nguyễn Văn Ví Dụ",
        "phone": "0900000000",
    }
    finished = {"status": Status.DONE, "processed_at": moment("2026-11-09T16:00:01")}
    assert first.facts == Dossier(
        code="H1", status=Status.PROCESSING, time_limit=TimeLimit.parse("5d"), **usual
    )
    assert second.facts == Dossier(code="H1", time_limit=TimeLimit.parse("5d"), **usual, **finished)
    assert other.facts == Dossier(
        code="H2",
        status=Status.PROCESSING,
        time_limit=TimeLimit.parse("0"),
        suspensions=(Suspension(Cause.OTHER, moment("2026-11-04T10:00"), note="chờ", is_observed=True),),
        stages=(Stage("Phòng A", moment("2026-11-02"), TimeLimit.parse("2d")),),
        **usual,
    )
    assert (other.raw, other.source) == ({"Mã hồ sơ": "H2"}, "xuat-tep")


def test_it_is_sealed_and_whole(store: Store) -> None:
    walk = Walk()
    with store.reading() as connection:
        assert list(misfits(connection, walk)) == []
        table = schema.batch.c
        found = connection.execute(
            select(table.state, table.seal_number, table.listed, table.versions).order_by(table.id)
        )
        assert found.all() == [("done", 1, 3, 2), ("failed", None, 3, 0), ("done", 2, 3, 1)]
    assert (walk.versions, walk.batches, walk.dossiers) == (3, 2, 2)


def test_a_change_by_hand_is_found_from_now_on(store: Store) -> None:
    with store.writing() as connection:
        table = schema.record_version
        connection.execute(table.update().where(table.c.id == 2).values(place="tep.csv, dòng 3"))
    with store.reading() as connection:
        assert [(each.code, each.version) for each in misfits(connection, Walk())] == [("H2", 1)]


def test_new_files_go_on_after_it_and_old_ones_can_be_taken_back(store: Store) -> None:
    arrival = Arrival(source="xuat-tep", origin="c.csv", sha256="c", profile="p1", taken_at=NOW)
    rows = [
        Reported(code, {"status": Status.RETURNED, "received_at": NOW}, {"Mã": code}, Place("c.csv"))
        for code in ("H1", "H3")
    ]
    with store.writing() as connection:
        ingest(connection, arrival, [Reading(rows, fields=frozenset({"status"}))])
    with store.reading() as connection:
        assert [each.version for each in past_of(connection, "H1")] == [1, 2, 3]
        assert list(misfits(connection, Walk())) == []
        number = newest_seal(connection)
    assert number is not None
    for batch in (number.batch, 3, 1):
        with store.writing() as connection:
            take_back(connection, batch, "A", "B", NOW + timedelta(hours=1))
    with store.reading() as connection:
        assert list(misfits(connection, Walk())) == []
        assert connection.execute(select(schema.dossier.c.code)).all() == []
        assert [each.facts is None for each in past_of(connection, "H1")] == [False] * 5 + [True]
        restored = past_of(connection, "H1")[4].facts
    assert restored is not None
    assert {field.name for field in fields(Dossier)} >= FACTS.keys()
    assert (restored.status, restored.processed_at) == (Status.PROCESSING, None)
