"""Whatever is changed by hand in what was kept is found, and named: one case for each way of doing it.

The tampering is real SQL on a connection of its own, past every foreign key.
"""

import sqlite3
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from amounts import usually
from hypothesis import given, settings
from hypothesis import strategies as st
from offices import NOW
from sqlalchemy import Connection, create_engine, select, text
from sqlalchemy.engine import URL
from worlds import moment

from latewatch.domain.dossier import Cause, Stage, Status, Suspension
from latewatch.domain.limit import TimeLimit
from latewatch.domain.reading import Reading
from latewatch.domain.record import Cells, Reported
from latewatch.errors import Place
from latewatch.store import schema, verify
from latewatch.store.batches import Arrival, note_failure, open_batch
from latewatch.store.database import Store, open_url
from latewatch.store.ingest import ingest
from latewatch.store.memory import SEALED, batch_content, seal_of
from latewatch.store.verify import Damage, Misfit, Walk, misfits, newest_seal, sealed_as

HEADINGS = ("Mã hồ sơ", "Trạng thái", "Chủ hồ sơ")
FACTS: dict[str, Any] = {
    "status": Status.PROCESSING,
    "received_at": moment("2026-11-02T09:30"),
    "time_limit": TimeLimit.parse("5d"),
    "applicant": "Nguyễn Văn Ví Dụ",
}
PAUSED = (Suspension(Cause.OTHER, moment("2026-11-03T10:00"), note="chờ “ý kiến”"),)
PASSED_ON = (Stage("Phòng A", moment("2026-11-02"), TimeLimit.parse("2d")),)


def told(code: str, **facts: Any) -> Reported:
    every = {**FACTS, **facts}
    cells = Cells(HEADINGS, (code, str(every["status"]), every["applicant"]))
    return Reported(code, every, cells, Place("tep.csv", "", 2))


def keep(store: Store, file: str, *rows: Reported) -> None:
    """Take a file in. In three of them: H1 has versions 1 to 3, H2 two, the others one."""
    arrival = Arrival(source="xuat-tep", origin=file, sha256=file, profile="p1", taken_at=NOW)
    with store.writing() as connection:
        ingest(connection, arrival, [Reading(list(rows), fields=frozenset(FACTS))])


@pytest.fixture
def kept(store: Store) -> Store:
    keep(store, "a.csv", told("H1"), told("H2", suspensions=PAUSED), told("H3"), told("H4"))
    keep(store, "b.csv", told("H1", officer="Trần Thị Thí Dụ"), told("H2", stages=PASSED_ON))
    keep(store, "c.csv", told("H1", status=Status.DONE, processed_at=moment("2026-11-09T16:00:01")))
    with store.writing() as connection:
        note_failure(connection, "xuat-tep", "hong.csv", "không đọc được", NOW)
    return store


@contextmanager
def behind_its_back(url: URL) -> Iterator[Any]:
    """Give a function that runs SQL as somebody with the database in hand would."""
    if url.get_backend_name() == "sqlite":
        connection = sqlite3.connect(url.database or "", isolation_level=None)
        yield connection.execute
        connection.close()
        return
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        yield lambda statement: connection.execute(text(statement))
    engine.dispose()


def tamper(url: URL, *statements: str) -> None:
    with behind_its_back(url) as run:
        for statement in statements:
            run(statement)


def found(store: Store) -> list[Misfit]:
    with store.reading() as connection:
        return list(misfits(connection, Walk()))


def damages(store: Store) -> set[tuple[Any, ...]]:
    return {(each.damage, each.code, each.version, each.batch) for each in found(store)}


COLUMNS = ["code", "version", "batch_id", "source", "place", "facts", "layout", "raw", "hash"]
GET = "SELECT CAST({} AS BLOB) FROM record_version WHERE id = {}"
PUT = "UPDATE record_version SET {} = CAST(x'{}' AS TEXT) WHERE id = {}"
OF_BATCH = "UPDATE batch SET {} WHERE id = 2"
ONE_MORE = (
    "INSERT INTO record_version (id, code, version, batch_id, source, place, facts, layout, raw, hash) "
    "SELECT {id}, 'H9', 1, {batch}, source, place, facts, layout, raw, hash FROM record_version WHERE id = 1"
)


class TestWhole:
    def test_nothing_is_wrong_with_what_was_kept(self, kept: Store) -> None:
        walk = Walk()
        with kept.reading() as connection:
            assert list(misfits(connection, walk)) == []
        assert (walk.versions, walk.batches, walk.dossiers) == (7, 3, 4)

    def test_an_empty_database_is_whole(self, store: Store) -> None:
        assert found(store) == []
        with store.reading() as connection:
            assert newest_seal(connection) is None

    def test_a_run_that_was_interrupted_is_no_damage(self, kept: Store) -> None:
        arrival = Arrival(source="giao-dien", origin="giao-dien", sha256="", profile="p1", taken_at=NOW)
        with kept.writing() as connection:
            open_batch(connection, arrival)
        assert found(kept) == []

    def test_text_is_read_as_before_afterwards(self, kept: Store) -> None:
        found(kept)
        with kept.reading() as connection:
            assert connection.execute(select(schema.dossier.c.applicant)).scalars().first() == (
                "Nguyễn Văn Ví Dụ"
            )


VERSION, BATCH = Damage.VERSION, Damage.BATCH
BATCH_EDITS = [
    "source = 'khac'",
    "origin = 'khac.csv'",
    "sha256 = '0'",
    "profile = 'p2'",
    "fields = '[]'",
    """layouts = '[["Mã"]]'""",
    "author = 'Ai đó'",
    "reason = 'vì'",
    "read = 9",
    "new = 9",
    "changed = 9",
    "unchanged = 9",
    "rejected = 9",
    "taken_at = '2026-11-12 01:00:01.000000'",
]
TAMPERINGS = [
    # a version is edited: every column
    (
        "UPDATE record_version SET facts = replace(facts, '2026-11-02', '2026-11-03') WHERE id = 2",
        [(VERSION, "H2", 1, 1)],
        "its facts",
    ),
    ("UPDATE record_version SET facts = NULL WHERE id = 2", [(VERSION, "H2", 1, 1)], "its facts taken away"),
    (
        "UPDATE record_version SET raw = replace(raw, 'Nguyễn', 'Trần') WHERE id = 3",
        [(VERSION, "H3", 1, 1)],
        "what the source wrote",
    ),
    (
        "UPDATE record_version SET place = 'tep.csv, dòng 3' WHERE id = 3",
        [(VERSION, "H3", 1, 1)],
        "its place",
    ),
    ("UPDATE record_version SET layout = NULL WHERE id = 3", [(VERSION, "H3", 1, 1)], "its headings"),
    (
        "UPDATE record_version SET code = 'H8' WHERE id = 3",
        [(VERSION, "H8", 1, 1), (Damage.LOST, "H8", 1, 1), (Damage.STRANGER, "H3", 1, None)],
        "its code",
    ),
    (
        "UPDATE record_version SET version = 9 WHERE id = 7",
        [(VERSION, "H1", 9, 3), (Damage.GAP, "H1", 3, None), (Damage.NUMBER, "H1", 3, None)],
        "its number",
    ),
    (
        "UPDATE record_version SET batch_id = 2 WHERE id = 3",
        [(VERSION, "H3", 1, 2), (Damage.COUNT, "", None, 1), (Damage.COUNT, "", None, 2)],
        "its batch",
    ),
    (
        "UPDATE record_version SET hash = replace(hash, substr(hash, 1, 4), 'beef') WHERE id = 3",
        [(VERSION, "H3", 1, 1), (VERSION, "H4", 1, 1)],
        "its hash",
    ),
    # versions are deleted
    (
        "DELETE FROM record_version WHERE id = 1",
        [(VERSION, "H2", 1, 1), (Damage.GAP, "H1", 1, None), (Damage.COUNT, "", None, 1)],
        "the first",
    ),
    (
        "DELETE FROM record_version WHERE id = 5",
        [(VERSION, "H2", 2, 2), (Damage.GAP, "H1", 2, None), (Damage.COUNT, "", None, 2)],
        "one between",
    ),
    (
        "DELETE FROM record_version WHERE id = 7",
        [(Damage.NUMBER, "H1", 3, None), (Damage.COUNT, "", None, 3), (BATCH, "", None, 3)],
        "the newest",
    ),
    (
        "DELETE FROM record_version WHERE id = 4",
        [
            (VERSION, "H1", 2, 2),
            (Damage.STRANGER, "H4", 1, None),
            (Damage.COUNT, "", None, 1),
            (BATCH, "", None, 1),
        ],
        "the only one of a dossier, the last of its batch",
    ),
    (
        "DELETE FROM record_version",
        [(Damage.STRANGER, f"H{n}", {1: 3, 2: 2}.get(n, 1), None) for n in range(1, 5)]
        + [(kind, "", None, n) for n in (1, 2, 3) for kind in (Damage.COUNT, BATCH)],
        "all of them",
    ),
    # versions are inserted
    (
        ONE_MORE.format(id=99, batch=3),
        [(VERSION, "H9", 1, 3), (Damage.COUNT, "", None, 3), (BATCH, "", None, 3), (Damage.LOST, "H9", 1, 3)],
        "one more at the end",
    ),
    (
        ONE_MORE.format(id=-1, batch=1),
        [
            (VERSION, "H9", 1, 1),
            (VERSION, "H1", 1, 1),
            (Damage.COUNT, "", None, 1),
            (Damage.LOST, "H9", 1, 1),
        ],
        "one more before all",
    ),
    (
        ONE_MORE.format(id=99, batch=77),
        [(VERSION, "H9", 1, 77), (Damage.ORPHANS, "", None, 77), (Damage.LOST, "H9", 1, 77)],
        "one of a batch that never was",
    ),
    # and reordered
    (
        "UPDATE record_version SET id = 100 - id",
        [
            (VERSION, code, n, b)
            for code, n, b in (
                ("H1", 3, 3),
                ("H2", 2, 2),
                ("H1", 2, 2),
                ("H4", 1, 1),
                ("H3", 1, 1),
                ("H2", 1, 1),
                ("H1", 1, 1),
            )
        ]
        + [(BATCH, "", None, 1), (BATCH, "", None, 2)],
        "turned round",
    ),
    (
        "UPDATE record_version SET id = CASE id WHEN 2 THEN -3 WHEN 3 THEN -2 ELSE id END WHERE id IN (2, 3); "
        "UPDATE record_version SET id = -id WHERE id < 0",
        [(VERSION, "H3", 1, 1), (VERSION, "H2", 1, 1), (VERSION, "H4", 1, 1)],
        "two in each other's place",
    ),
    # batches
    *((OF_BATCH.format(edit), [(BATCH, "", None, 2)], f"of a batch: {edit}") for edit in BATCH_EDITS),
    (
        "UPDATE batch SET undoes = 1 WHERE id = 2",
        [(BATCH, "", None, 2), (Damage.STATE, "", None, 1)],
        "that a batch took another back",
    ),
    (
        "UPDATE batch SET versions = 9 WHERE id = 2",
        [(Damage.COUNT, "", None, 2), (BATCH, "", None, 2)],
        "how many versions it added",
    ),
    (
        "UPDATE batch SET seal = replace(seal, substr(seal, 1, 4), 'beef') WHERE id = 2",
        [(BATCH, "", None, 2), (BATCH, "", None, 3)],
        "its seal",
    ),
    (
        "UPDATE batch SET seal_number = 9 WHERE id = 2",
        [
            (BATCH, "", None, 2),
            (BATCH, "", None, 3),
            (Damage.LOST_BATCH, "", None, 2),
            (Damage.LOST_BATCH, "", None, 3),
        ],
        "its place among the seals",
    ),
    (
        "UPDATE batch SET seal = NULL, seal_number = NULL WHERE id = 3",
        [(Damage.UNSEALED, "", None, 3)],
        "the newest seal is gone",
    ),
    (
        "UPDATE batch SET state = 'undone' WHERE id = 3",
        [(Damage.STATE, "", None, 3)],
        "a batch said to be taken back",
    ),
    ("UPDATE batch SET state = 'failed' WHERE id = 3", [(BATCH, "", None, 3)], "a batch said to have failed"),
    (
        "DELETE FROM batch WHERE id = 2",
        [(Damage.LOST_BATCH, "", None, 3), (BATCH, "", None, 3), (Damage.ORPHANS, "", None, 2)],
        "a batch is deleted",
    ),
    # what is alive
    ("UPDATE dossier SET officer = 'Ai đó' WHERE code = 'H1'", [(Damage.EDITED, "H1", 3, None)], "a text"),
    (
        "UPDATE dossier SET processed_at = '2026-11-05 09:00:00.000000' WHERE code = 'H1'",
        [(Damage.EDITED, "H1", 3, None)],
        "a date",
    ),
    (
        "UPDATE dossier SET received_at = NULL WHERE code = 'H1'",
        [(Damage.EDITED, "H1", 3, None)],
        "a date taken away",
    ),
    (
        "UPDATE dossier SET status = 'returned' WHERE code = 'H1'",
        [(Damage.EDITED, "H1", 3, None)],
        "a status",
    ),
    (
        "UPDATE dossier SET status = 'xong' WHERE code = 'H1'",
        [(Damage.EDITED, "H1", 3, None)],
        "a status that is none",
    ),
    ("UPDATE dossier SET time_limit = '7d' WHERE code = 'H1'", [(Damage.EDITED, "H1", 3, None)], "a limit"),
    (
        "UPDATE dossier SET suspensions = NULL WHERE code = 'H2'",
        [(Damage.EDITED, "H2", 2, None)],
        "an interruption taken away",
    ),
    (
        "UPDATE dossier SET version = 2 WHERE code = 'H1'",
        [(Damage.EDITED, "H1", 2, None), (Damage.NUMBER, "H1", 2, None)],
        "the version it is of",
    ),
    (
        "UPDATE dossier SET version = 9 WHERE code = 'H1'",
        [(Damage.NUMBER, "H1", 9, None)],
        "a version that never was",
    ),
    ("DELETE FROM dossier WHERE code = 'H3'", [(Damage.LOST, "H3", 1, 1)], "a dossier is deleted"),
    (
        "UPDATE dossier SET code = 'H7' WHERE code = 'H3'",
        [(Damage.LOST, "H3", 1, 1), (Damage.STRANGER, "H7", 1, None)],
        "a dossier's code",
    ),
]


@pytest.mark.parametrize(
    ("statement", "expected"), [pytest.param(sql, damage, id=name) for sql, damage, name in TAMPERINGS]
)
def test_tampering_is_found_and_named(
    kept: Store, url: URL, statement: str, expected: list[tuple[Any, ...]]
) -> None:
    tamper(url, *statement.split("; "))
    assert damages(kept) == set(expected)


class TestGarbled:
    """SQLite takes anything for anything: what cannot be read any more is named too, not stumbled over."""

    @pytest.mark.parametrize(
        ("statement", "expected"),
        [
            pytest.param(
                "UPDATE record_version SET facts = CAST(x'ff7b' AS TEXT) WHERE id = 2",
                (VERSION, "H2", 1, 1),
                id="a version's facts are no text",
            ),
            pytest.param(
                "UPDATE record_version SET raw = x'00ff' WHERE id = 2", (VERSION, "H2", 1, 1), id="bytes"
            ),
            pytest.param(
                "UPDATE batch SET taken_at = 'hôm qua' WHERE id = 2", (BATCH, "", None, 2), id="no time"
            ),
            pytest.param("UPDATE batch SET fields = '[' WHERE id = 2", (BATCH, "", None, 2), id="no JSON"),
            pytest.param(
                "UPDATE batch SET read = 'nhiều' WHERE id = 2", (BATCH, "", None, 2), id="no number"
            ),
            pytest.param(
                "UPDATE dossier SET received_at = 'hôm qua' WHERE code = 'H1'",
                (Damage.EDITED, "H1", 3, None),
                id="a dossier's date is none",
            ),
            pytest.param(
                "UPDATE dossier SET suspensions = '{' WHERE code = 'H2'",
                (Damage.EDITED, "H2", 2, None),
                id="its interruptions are none",
            ),
            pytest.param(
                "UPDATE dossier SET applicant = CAST(x'ff' AS TEXT) WHERE code = 'H1'",
                (Damage.EDITED, "H1", 3, None),
                id="its name is no text",
            ),
        ],
    )
    def test_what_cannot_be_read(self, tmp_path: Any, statement: str, expected: tuple[Any, ...]) -> None:
        url = URL.create("sqlite", database=str(tmp_path / "latewatch.db"))
        store = open_url(url, "latewatch.db")
        keep(store, "a.csv", told("H1"), told("H2", suspensions=PAUSED))
        keep(store, "b.csv", told("H1", step="Ký"), told("H2", step="Ký"))
        keep(store, "c.csv", told("H1", step="Trả"))
        tamper(url, statement)
        assert damages(store) == {expected}
        store.close()


class TestRewritten:
    def rewrite(self, connection: Connection) -> None:
        """Make every seal anew, as somebody does who knows how."""
        last, newest = "", {}
        table = schema.record_version
        for row in connection.execute(select(table).order_by(table.c.id)).all():
            content = [
                row.code,
                row.version,
                row.batch_id,
                row.source,
                row.place,
                row.facts,
                row.layout,
                row.raw,
            ]
            newest[row.batch_id] = last = seal_of(last, content)
            connection.execute(table.update().where(table.c.id == row.id).values(hash=last))
        seal, batch = "", schema.batch
        for row in connection.execute(select(*SEALED).order_by(batch.c.seal_number)).mappings().all():
            if row["id"] in newest:
                seal = seal_of(seal, batch_content(row, newest[row["id"]]))
                connection.execute(batch.update().where(batch.c.id == row["id"]).values(seal=seal))

    def test_a_seal_noted_earlier_finds_a_history_that_was_rewritten_as_a_whole(self, kept: Store) -> None:
        with kept.reading() as connection:
            noted = newest_seal(connection)
            assert noted is not None
            assert [each.batch for each in sealed_as(connection, noted.seal[:16])] == [3]
        with kept.writing() as connection:
            self.rewrite(connection)  # nothing was changed: nothing changes
        with kept.reading() as connection:
            assert newest_seal(connection) == noted
        with kept.writing() as connection:
            table = schema.record_version
            edit = table.update().where(table.c.id == 2).values(raw='["H2"]')
            connection.execute(edit)
            self.rewrite(connection)
        assert found(kept) == []
        with kept.reading() as connection:
            assert sealed_as(connection, noted.seal[:16]) == []

    def test_and_one_whose_end_was_cut_off(self, kept: Store, url: URL) -> None:
        with kept.reading() as connection:
            noted = newest_seal(connection)
        assert noted is not None
        tamper(
            url,
            "DELETE FROM record_version WHERE batch_id = 3",
            "DELETE FROM batch WHERE id >= 3",
            "UPDATE dossier SET version = 2, status = 'processing', processed_at = NULL, "
            "officer = 'Trần Thị Thí Dụ' WHERE code = 'H1'",
        )
        assert found(kept) == []
        with kept.reading() as connection:
            assert sealed_as(connection, noted.seal[:16]) == []

    def test_a_seal_of_long_ago_is_still_there(self, kept: Store) -> None:
        with kept.reading() as connection:
            noted = newest_seal(connection)
        keep(kept, "d.csv", told("H3", step="Ký"))
        assert noted is not None
        with kept.reading() as connection:
            assert sealed_as(connection, noted.seal[:8]) == [noted]
            assert sealed_as(connection, "%") == []


@pytest.fixture(scope="module")
def three_versions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, URL]]:
    url = URL.create("sqlite", database=str(tmp_path_factory.mktemp("verify") / "latewatch.db"))
    store = open_url(url, "latewatch.db")
    keep(store, "a.csv", told("H1"), told("H2", suspensions=PAUSED), told("H3"))
    yield store, url
    store.close()


@settings(max_examples=usually(150, 400), deadline=None)
@given(data=st.data())
def test_any_single_changed_byte_of_a_version_is_found(
    three_versions: tuple[Store, URL], data: st.DataObject
) -> None:
    store, url = three_versions
    number = data.draw(st.integers(1, 3))
    column = data.draw(st.sampled_from(COLUMNS))
    with behind_its_back(url) as run:
        (before,) = run(GET.format(column, number)).fetchone()
        changed = bytearray(before)
        changed[data.draw(st.integers(0, len(changed) - 1))] ^= data.draw(st.integers(1, 255))
        try:
            run(PUT.format(column, changed.hex(), number))
        except sqlite3.IntegrityError:  # a code or number that another version has: the database refuses
            return
        try:
            assert VERSION in {each.damage for each in found(store)}
        finally:
            run(PUT.format(column, before.hex(), number))
        assert found(store) == []


def test_memory_stays_flat(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice as many versions take no more memory: two pages of them at most are there at once."""
    monkeypatch.setattr(verify, "_PAGE", 1_000)
    peaks = []
    for file in ("a.csv", "b.csv"):
        keep(store, file, *(told(f"{file}-{n}") for n in range(2_200)))
        tracemalloc.start()
        assert found(store) == []
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0]
