"""Opening the database: SQLite in WAL mode by default, brought to the newest schema, never past it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import stamina
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, Table, create_engine, event, inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from latewatch.errors import StoreError
from latewatch.written import to_text

BUSY_SECONDS = 60
CACHE_KILOBYTES = 32 * 1024  # of pages: the indexes to which a hundred thousand new codes are added
_WRITES = "latewatch_writes"
_WRITE_LOCK = 0x1A7E  # the number of PostgreSQL's advisory lock: any, as long as every process takes this one


class Store:
    """The database. `reading` gives one consistent view; `writing` is one transaction, all or nothing."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self.name = name

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with _translated(self.name), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Take the write lock at once, so that what is read inside stays true until the commit."""
        with _translated(self.name), self._engine.connect() as plain:
            connection = plain.execution_options(**{_WRITES: True})
            with connection.begin():
                yield connection

    @contextmanager
    def trying(self) -> Iterator[Connection]:
        """Write as `writing` does, and take all of it back at the end: to see what would come of it."""
        with _translated(self.name), self._engine.connect() as plain:
            connection = plain.execution_options(**{_WRITES: True})
            transaction = connection.begin()
            try:
                yield connection
            finally:
                transaction.rollback()

    def close(self) -> None:
        self._engine.dispose()


def insert_or_else(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Return an INSERT that knows ON CONFLICT, which both databases have and no standard names."""
    is_postgresql = connection.dialect.name == "postgresql"
    return postgresql.insert(table) if is_postgresql else sqlite.insert(table)


def open_store(file: Path) -> Store:
    """Open the SQLite database `file`, made and migrated as needed. Raises StoreError."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as e:
        raise StoreError(f"{file.parent}: không tạo được thư mục ({e.strerror}); sửa paths.database") from e
    return open_url(URL.create("sqlite", database=str(file)), str(file))


def open_url(url: URL, name: str) -> Store:
    """Open the database at `url`; `name` is what messages call it. Raises StoreError."""
    connect_args = {"timeout": BUSY_SECONDS} if url.get_backend_name() == "sqlite" else {}
    engine = create_engine(
        url,
        connect_args=connect_args,
        hide_parameters=True,  # they are personal data
        json_serializer=to_text,
        json_deserializer=msgspec.json.decode,
    )
    speak = _speak_sqlite if engine.dialect.name == "sqlite" else _speak_postgresql
    speak(engine)
    store = Store(engine, name)
    try:
        with _translated(name):
            _migrate(engine, name)
    except BaseException:
        store.close()
        raise
    return store


def _speak_sqlite(engine: Engine) -> None:
    """Make SQLite keep its promises: WAL, foreign keys, and transactions that begin where we say."""

    @event.listens_for(engine, "connect")
    def _settings(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver must not begin transactions of its own
        connection.execute("PRAGMA page_size = 16384")  # of a new file: rows of a kilobyte and more
        _write_ahead(connection)
        connection.execute("PRAGMA synchronous = FULL")  # a commit survives a power cut
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA cache_size = -{CACHE_KILOBYTES}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _write_ahead(connection: Any) -> None:
    """Switch a new database to WAL. While another process does the same, SQLite does not wait by itself."""
    for attempt in stamina.retry_context(
        on=_is_locked, attempts=None, timeout=BUSY_SECONDS, wait_initial=0.02, wait_max=0.5
    ):
        with attempt:
            (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
            if mode != "wal":
                connection.execute("PRAGMA journal_mode = WAL")


def _is_locked(error: Exception) -> bool:
    return isinstance(error, sqlite3.OperationalError) and "locked" in str(error)


def _speak_postgresql(engine: Engine) -> None:
    """Make PostgreSQL keep the same promises: one view while reading, one writer at a time."""

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get(_WRITES):
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITE_LOCK})")
        else:
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


@cache
def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _migrate(engine: Engine, name: str) -> None:
    """Bring the schema up to date in one transaction. Raises StoreError where it is not ours to change."""
    with engine.connect() as connection:
        if _revision(connection) == _scripts().get_current_head():
            return
    with engine.connect() as plain:
        connection = plain.execution_options(**{_WRITES: True})
        with connection.begin():
            _refuse_foreign(connection, name)
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _refuse_foreign(connection: Connection, name: str) -> None:
    """Refuse a database of a newer latewatch, and one that another program filled."""
    current = _revision(connection)
    if current is None and inspect(connection).get_table_names():
        raise StoreError(
            f"{name}: cơ sở dữ liệu này của chương trình khác; sửa paths.database. Dữ liệu không bị thay đổi."
        )
    try:
        if current is not None:
            _scripts().get_revision(current)
    except CommandError as e:
        raise StoreError(
            f"{name}: cơ sở dữ liệu do một bản latewatch mới hơn tạo ra (lược đồ {current}); hãy nâng cấp "
            "latewatch trên máy này. Dữ liệu không bị thay đổi."
        ) from e


@contextmanager
def _translated(name: str) -> Iterator[None]:
    """Turn what the driver says into what happened and what to do; the data itself stays out of it."""
    try:
        yield
    except DBAPIError as e:
        raise StoreError(f"{name}: {_cure(e)}") from e


_CURES = (
    ("disk is full", "đĩa đầy; không ghi được gì của lần chạy này. Giải phóng dung lượng rồi chạy lại"),
    ("no space left", "đĩa của máy chủ cơ sở dữ liệu đầy; giải phóng dung lượng rồi chạy lại"),
    ("disk i/o error", "đĩa báo lỗi đọc/ghi; kiểm tra đĩa và dung lượng trống rồi chạy lại"),
    ("readonly", "không có quyền ghi vào tệp hoặc thư mục cơ sở dữ liệu"),
    ("unable to open", "không mở được tệp; kiểm tra đường dẫn paths.database và quyền ghi thư mục"),
    ("locked", f"một tiến trình khác đang ghi quá {BUSY_SECONDS} giây; chờ nó xong rồi chạy lại"),
    ("not a database", "tệp này không phải cơ sở dữ liệu latewatch; kiểm tra paths.database"),
    ("malformed", "cơ sở dữ liệu hỏng; hãy khôi phục từ bản sao lưu"),
)


def _cure(error: DBAPIError) -> str:
    said = next(iter(str(error.orig).splitlines()), "")  # PostgreSQL's second line shows the row itself
    return next((cure for sign, cure in _CURES if sign in said.lower()), f"lỗi cơ sở dữ liệu ({said})")
