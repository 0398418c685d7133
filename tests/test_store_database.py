"""Opening the database: its schema and settings, what is refused, and what a full or locked disk does."""

import sqlite3
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, insert, inspect, select, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import StatementError
from worlds import moment

from latewatch.clock import VIETNAM
from latewatch.errors import StoreError
from latewatch.store import database, schema
from latewatch.store.cases import assessed
from latewatch.store.database import Store, open_store, open_url

TEXT = "x" * 3000
MIGRATIONS = Path(database.__file__).parent / "migrations"
FIRST_DOSSIER = """
    INSERT INTO dossier (id, code, version, status, status_text, time_limit, procedure_code, procedure, field,
                         receiving_unit, resolving_unit, department, officer, step, applicant, address, phone, email)
    VALUES (:id, :code, 1, 'processing', '', :limit, '', 'Thủ tục Ví Dụ', 'Hộ tịch',
            '', '', '', '', '', '', '', '', '')
"""


def fill(store: Store, number: int) -> None:
    with store.writing() as connection:
        rows = [{"source": f"nguồn {n}", "state": {"etag": TEXT}} for n in range(number)]
        connection.execute(insert(schema.cursor), rows)


def fill_twice(store: Store) -> None:
    """Write the same keys again in one transaction, which the database refuses."""
    with store.writing() as connection:
        for _ in range(2):
            connection.execute(insert(schema.cursor), {"source": "nguồn", "state": {}})


def sources(store: Store) -> int:
    with store.reading() as connection:
        return len(connection.execute(select(schema.cursor.c.source)).all())


def content(file: Path) -> list[str]:
    with sqlite3.connect(file) as connection:
        dump = list(connection.iterdump())
    connection.close()
    return dump


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database this version made, closed."""
    path = tmp_path / "latewatch.db"
    open_store(path).close()
    return path


class TestSchema:
    def test_the_migrations_make_what_the_tables_say(self, store: Store) -> None:
        with store.reading() as connection:
            context = MigrationContext.configure(connection, opts={"compare_server_default": True})
            assert compare_metadata(context, schema.metadata) == []

    def test_opening_again_changes_nothing(self, file: Path) -> None:
        before = content(file)
        open_store(file).close()
        assert content(file) == before

    def test_folders_on_the_way_are_made(self, tmp_path: Path) -> None:
        open_store(tmp_path / "a" / "b" / "latewatch.db").close()
        assert (tmp_path / "a" / "b" / "latewatch.db").exists()

    def test_two_who_open_a_new_database_at_once_both_get_it(self, new_url: URL) -> None:
        met: list[int | BaseException] = []
        gate = threading.Barrier(2)

        def run() -> None:
            gate.wait()
            try:
                store = open_url(new_url, "cơ sở dữ liệu")
                met.append(sources(store))
                store.close()
            except BaseException as e:
                met.append(e)

        threads = [threading.Thread(target=run) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert met == [0, 0]


class TestUpgrade:
    def test_a_database_of_the_first_version_keeps_its_dossiers_and_their_limits(self, new_url: URL) -> None:
        """A limit of no days has a name since: at once. What is known of a dossier stays as it was."""
        engine = create_engine(new_url)
        with engine.begin() as connection:
            config = Config()
            config.set_main_option("script_location", str(MIGRATIONS))
            config.attributes["connection"] = connection
            command.upgrade(config, "0001")
            for number, limit in enumerate(("0d", "0cd", "5d", None), start=1):
                connection.execute(text(FIRST_DOSSIER), {"id": number, "code": f"H{number}", "limit": limit})
        engine.dispose()
        store = open_url(new_url, "cơ sở dữ liệu cũ")
        with store.reading() as connection:
            found = {each.dossier.code: each for each in assessed(connection)}
        store.close()
        assert [str(found[f"H{n}"].dossier.time_limit) for n in range(1, 5)] == ["0", "0", "5d", "None"]
        kept = found["H1"].dossier
        assert (kept.procedure, kept.suspensions, kept.stages) == ("Thủ tục Ví Dụ", (), ())
        assert found["H1"].source == ""


class TestPromises:
    def test_sqlite_keeps_a_log_and_its_foreign_keys(self, file: Path) -> None:
        store = open_store(file)
        with store.reading() as connection:
            settings = [
                connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "foreign_keys", "synchronous")
            ]
        store.close()
        assert settings == ["wal", 1, 2]

    def test_a_row_that_refers_to_nothing_is_refused(self, store: Store) -> None:
        change = {"dossier_id": 77, "at": moment("2026-11-12"), "after": "late"}
        with pytest.raises(StoreError), store.writing() as connection:
            connection.execute(insert(schema.standing_change), change)

    def test_a_transaction_is_all_or_nothing(self, store: Store) -> None:
        with pytest.raises(StoreError, match="lỗi cơ sở dữ liệu"):
            fill_twice(store)
        assert sources(store) == 0

    def test_a_reading_keeps_its_view_while_another_writes(self, store: Store) -> None:
        fill(store, 1)
        with store.reading() as connection:
            count = select(schema.cursor.c.source)
            assert len(connection.execute(count).all()) == 1
            with store.writing() as other:
                other.execute(insert(schema.cursor), {"source": "mới", "state": {}})
            assert len(connection.execute(count).all()) == 1
        assert sources(store) == 2

    def test_writers_wait_for_each_other(self, store: Store) -> None:
        """What is read inside `writing` stays true until its commit: no count is lost between two threads."""

        def add() -> None:
            for _ in range(20):
                with store.writing() as connection:
                    known = len(connection.execute(select(schema.cursor.c.source)).all())
                    connection.execute(insert(schema.cursor), {"source": f"{known}", "state": {}})

        threads = [threading.Thread(target=add) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sources(store) == 60

    def test_a_message_shows_no_stored_data(self, store: Store) -> None:
        secret = "Nguyễn Văn Ví Dụ"
        row = dict.fromkeys((column.name for column in schema.dossier.columns), None)
        with pytest.raises(StoreError) as caught, store.writing() as connection:
            connection.execute(insert(schema.dossier), {**row, "id": 1, "code": "H1", "applicant": secret})
        assert secret not in str(caught.value)
        assert secret not in str(caught.value.__cause__).partition("DETAIL")[0]


class TestMoments:
    @pytest.mark.parametrize(
        "instant",
        [
            pytest.param(datetime(2026, 11, 12, tzinfo=VIETNAM), id="midnight in Vietnam"),
            pytest.param(
                datetime(2026, 11, 12, 23, 59, 59, 999999, tzinfo=VIETNAM), id="the last microsecond"
            ),
            pytest.param(datetime(2026, 11, 11, 17, 0, tzinfo=UTC), id="the same midnight, said in UTC"),
            pytest.param(datetime(1990, 1, 1, tzinfo=VIETNAM), id="long ago"),
            pytest.param(
                datetime(2026, 3, 1, 1, 2, 3, tzinfo=timezone(timedelta(hours=-9, minutes=-30))),
                id="far away",
            ),
        ],
    )
    def test_an_instant_comes_back_as_it_went_in_vietnams_time(self, store: Store, instant: datetime) -> None:
        with store.writing() as connection:
            connection.execute(
                insert(schema.digest),
                {"desk": "q", "day": instant.date(), "state": "sent", "counts": {}, "claimed_at": instant}
                | {"delivered_to": "", "problem": ""},
            )
            found = connection.execute(select(schema.digest.c.claimed_at, schema.digest.c.day)).one()
        assert found.claimed_at == instant
        assert found.claimed_at.utcoffset() == timedelta(hours=7)
        assert found.day == instant.date()

    def test_an_instant_without_a_zone_is_refused(self, store: Store) -> None:
        statement = select(schema.batch).where(schema.batch.c.taken_at > datetime(2026, 1, 1))  # noqa: DTZ001
        with pytest.raises(StatementError, match="zone"), store.reading() as connection:
            connection.execute(statement)

    def test_instants_compare_as_instants(self, store: Store) -> None:
        late_evening = datetime(2026, 11, 12, 23, 30, tzinfo=VIETNAM)  # 16:30 of that day in UTC
        with store.writing() as connection:
            row = {"desk": "q", "day": late_evening.date(), "state": "sent", "counts": {}, "delivered_to": ""}
            connection.execute(insert(schema.digest), {**row, "claimed_at": late_evening, "problem": ""})
            column = schema.digest.c.claimed_at
            for shift, expected in ((-1, True), (1, False)):
                found = select(schema.digest).where(column > late_evening + timedelta(microseconds=shift))
                assert bool(connection.execute(found).all()) is expected


class TestRefused:
    def test_a_newer_schema_is_left_untouched(self, store: Store, url: URL) -> None:
        with store.writing() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '0999'"))
            connection.execute(text("CREATE TABLE of_the_future (id INTEGER)"))
        with pytest.raises(StoreError, match=r"mới hơn.*0999.*nâng cấp"):
            open_url(url, "latewatch.db")
        with store.reading() as connection:
            assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "0999"
            assert "of_the_future" in inspect(connection).get_table_names()

    def test_a_newer_file_keeps_its_every_row(self, file: Path) -> None:
        with sqlite3.connect(file) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '0999'")
        connection.close()
        before = content(file)
        with pytest.raises(StoreError):
            open_store(file)
        assert content(file) == before

    def test_another_programs_database_is_left_alone(self, tmp_path: Path) -> None:
        file = tmp_path / "other.db"
        with sqlite3.connect(file) as connection:
            connection.execute("CREATE TABLE song (title TEXT)")
        connection.close()
        before = content(file)
        with pytest.raises(StoreError, match=r"chương trình khác.*paths\.database"):
            open_store(file)
        assert content(file) == before

    def test_a_file_that_is_no_database(self, tmp_path: Path) -> None:
        file = tmp_path / "latewatch.db"
        file.write_text("Mã hồ sơ,Trạng thái\n" * 100, encoding="utf-8")
        before = file.read_bytes()
        with pytest.raises(StoreError, match=r"không phải cơ sở dữ liệu.*paths\.database"):
            open_store(file)
        assert file.read_bytes() == before

    def test_a_folder_in_its_place(self, tmp_path: Path) -> None:
        with pytest.raises(StoreError, match=r"không mở được tệp.*paths\.database"):
            open_store(tmp_path)

    def test_a_file_on_the_way(self, tmp_path: Path) -> None:
        (tmp_path / "a").write_text("")
        with pytest.raises(StoreError, match=r"không tạo được thư mục.*paths\.database"):
            open_store(tmp_path / "a" / "b" / "latewatch.db")

    def test_a_broken_database(self, file: Path) -> None:
        store = open_store(file)
        fill(store, 200)
        store.close()
        whole = file.read_bytes()
        half = len(whole) // 2
        file.write_bytes(whole[:half] + b"\xff" * half)
        with pytest.raises(StoreError, match=r"hỏng.*sao lưu"):
            sources(open_store(file))

    def test_a_folder_nobody_may_write_to(self, open_folder: Path, powerless: Callable) -> None:
        open_folder.chmod(0o555)
        with powerless(), pytest.raises(StoreError, match=r"quyền ghi"):
            open_store(open_folder / "latewatch.db")
        assert list(open_folder.iterdir()) == []

    def test_a_database_nobody_may_write_to_is_still_read(
        self, open_folder: Path, powerless: Callable
    ) -> None:
        file = open_folder / "latewatch.db"
        open_store(file).close()
        file.chmod(0o444)
        open_folder.chmod(0o777)
        with powerless():
            store = open_store(file)
            assert sources(store) == 0
            with pytest.raises(StoreError, match="không có quyền ghi"):
                fill(store, 1)
            store.close()
        again = open_store(file)
        assert sources(again) == 0
        again.close()  # SQLite removes its files then, not while the folder is cleared

    def test_a_database_that_another_process_keeps_locked(self, file: Path, on_connect: Callable) -> None:
        on_connect("PRAGMA busy_timeout = 50")
        other = sqlite3.connect(file)
        other.execute("BEGIN IMMEDIATE")
        store = open_store(file)
        assert sources(store) == 0  # reading goes on
        with pytest.raises(StoreError, match="tiến trình khác"):
            fill(store, 1)
        other.rollback()
        other.close()
        fill(store, 1)
        store.close()


class TestFullDisk:
    def test_nothing_of_a_run_that_did_not_fit_stays(self, file: Path, on_connect: Callable) -> None:
        with sqlite3.connect(file) as connection:
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.close()
        on_connect(f"PRAGMA max_page_count = {pages + 5}")
        store = open_store(file)
        fill(store, 2)
        with pytest.raises(StoreError, match=r"đĩa đầy.*chạy lại"):
            fill_more(store)
        assert sources(store) == 2
        store.close()

    def test_the_first_tables_do_not_fit(self, tmp_path: Path, on_connect: Callable) -> None:
        file = tmp_path / "latewatch.db"
        on_connect("PRAGMA max_page_count = 10")
        with pytest.raises(StoreError, match="đĩa đầy"):
            open_store(file)
        with sqlite3.connect(file) as connection:
            assert connection.execute("SELECT name FROM sqlite_master").fetchall() == []
        connection.close()


def fill_more(store: Store) -> None:
    with store.writing() as connection:
        rows = [{"source": f"thêm {n}", "state": {"etag": TEXT}} for n in range(50)]
        connection.execute(insert(schema.cursor), rows)
