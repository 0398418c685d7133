"""Fixtures: the store on SQLite, and on PostgreSQL where its server is installed; a user without power."""

import gc
import os
import pwd
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import hypothesis
import pytest
from offices import new_database
from postgresql import Shelf
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from latewatch.store.database import Store, open_url

NOBODY = 65534
# The same examples every time, so that a change is not stopped by what it did not do; `make fuzz` draws new ones.
hypothesis.settings.register_profile("repeatable", derandomize=True)
if "LATEWATCH_FUZZ" not in os.environ:
    hypothesis.settings.load_profile("repeatable")
POSTGRESQL = max(
    Path("/usr/lib/postgresql").glob("*/bin/initdb"), default=None, key=lambda p: float(p.parts[4])
)
ENGINES = ["sqlite"] if POSTGRESQL is None else ["sqlite", "postgresql"]


def pytest_collection_finish() -> None:
    """Leave what was loaded so far to itself: the collector would look through all of it again and again."""
    gc.collect()
    gc.freeze()


def pytest_report_header() -> str:
    if POSTGRESQL is None:
        return "store: tested on SQLite only; for PostgreSQL too, install the Debian package postgresql"
    return f"store: tested on SQLite and on PostgreSQL {POSTGRESQL.parts[4]}"


@pytest.fixture(params=ENGINES)
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> URL:
    """The address of a database nobody has written to yet."""
    if request.param == "sqlite":
        return URL.create("sqlite", database=str(tmp_path / "latewatch.db"))
    make: Callable[[], URL] = request.getfixturevalue("postgresql_databases")
    return make()


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[URL]:
    """The address of a database of the newest schema in which nothing is stored."""
    if request.param == "sqlite":
        yield URL.create("sqlite", database=str(new_database(tmp_path / "latewatch.db")))
        return
    shelf: Shelf = request.getfixturevalue("postgresql_shelf")
    with shelf.lent() as url:
        yield url


@pytest.fixture
def store(url: URL) -> Iterator[Store]:
    opened = open_url(url, "cơ sở dữ liệu thử")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def postgresql_shelf(postgresql_databases: Callable[..., URL]) -> Shelf:
    """Databases of the newest schema: to copy one takes less time than to migrate one, to empty one still less."""
    made = postgresql_databases()
    open_url(made, "cơ sở dữ liệu mẫu").close()
    return Shelf(partial(postgresql_databases, str(made.database)))


@pytest.fixture(scope="session")
def postgresql_databases() -> Iterator[Callable[..., URL]]:
    """A PostgreSQL server of this test run, as a function that makes a database in it: empty, or a copy."""
    assert POSTGRESQL is not None
    folder = Path(tempfile.mkdtemp(prefix="lw-pg-", dir="/tmp"))  # a socket's path must be short
    owner = pwd.getpwnam("postgres") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    os.chown(folder, owner.pw_uid, owner.pw_gid)
    try:
        with _server(POSTGRESQL.parent, folder, owner) as url:
            yield _maker(url)
    finally:
        shutil.rmtree(folder)


@contextmanager
def _server(programs: Path, folder: Path, owner: pwd.struct_passwd) -> Iterator[URL]:
    """Run a server that listens on a socket in `folder` only; it refuses to run as root."""
    data = folder / "data"
    identity = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    subprocess.run(
        [
            programs / "initdb",
            "-D",
            data,
            "-U",
            "latewatch",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-locale",
            "--no-sync",
        ],
        cwd=folder,
        check=True,
        capture_output=True,
        **identity,
    )
    quick = ("fsync=off", "full_page_writes=off", "autovacuum=off", "wal_level=minimal", "max_wal_senders=0")
    settings = [f"--{each}" for each in (*quick, "listen_addresses=", f"unix_socket_directories={folder}")]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [programs / "postgres", "-D", data, *settings], cwd=folder, stdout=log, stderr=log, **identity
        )
        try:
            url = URL.create(
                "postgresql+psycopg", username="latewatch", database="postgres"
            ).update_query_dict({"host": str(folder)})
            _wait_for(url, server, folder / "log")
            yield url
        finally:
            server.send_signal(signal.SIGQUIT)  # stop at once: the data is thrown away
            server.wait(30)


def _wait_for(url: URL, server: subprocess.Popen[bytes], log: Path) -> None:
    engine = create_engine(url, poolclass=NullPool)
    for _ in range(300):
        try:
            engine.connect().close()
        except OperationalError:
            assert server.poll() is None, log.read_text(encoding="utf-8")
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(log.read_text(encoding="utf-8"))


def _maker(url: URL) -> Callable[..., URL]:
    made = 0

    def make(like: str = "template1") -> URL:
        nonlocal made
        made += 1
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE test_{made} TEMPLATE {like}"))
        engine.dispose()
        return url.set(database=f"test_{made}")

    return make


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that other users can reach, as pytest's own cannot be."""
    folder = Path(tempfile.mkdtemp(prefix="lw-open-"))
    folder.chmod(0o755)
    yield folder
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755)
    shutil.rmtree(folder)


@pytest.fixture
def powerless() -> Callable[[], object]:
    """A context in which file permissions hold: root, for whom they do not, becomes nobody."""

    @contextmanager
    def _powerless() -> Iterator[None]:
        if os.geteuid() != 0:
            yield
            return
        os.seteuid(NOBODY)
        try:
            yield
        finally:
            os.seteuid(0)

    return _powerless


@pytest.fixture
def on_connect() -> Iterator[Callable[[str], Callable[[], None]]]:
    """Run a statement on every connection made from here on, until the returned function is called."""
    listeners = []

    def listen(statement: str) -> Callable[[], None]:
        def run(connection: sqlite3.Connection, _record: object) -> None:
            connection.execute(statement).close()

        def forget() -> None:
            listeners.remove(run)
            event.remove(Engine, "connect", run)

        event.listen(Engine, "connect", run)
        listeners.append(run)
        return forget

    yield listen
    for run in listeners:
        event.remove(Engine, "connect", run)
