"""Databases of a PostgreSQL server that are used again: emptied, not made anew."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

# What the schema is, in one word.
SCHEMA = """
SELECT md5(string_agg(word, ' ' ORDER BY word)) FROM (
    SELECT concat(attrelid::regclass, '.', attname, ':', atttypid, attnotnull) AS word
      FROM pg_attribute WHERE attrelid >= 16384
    UNION ALL SELECT concat(tgrelid::regclass, tgname, tgenabled) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT concat(conrelid::regclass, conname) FROM pg_constraint WHERE conrelid >= 16384
) AS words
"""
EMPTY = """
SET LOCAL lock_timeout = '2s';
SET LOCAL session_replication_role = replica;  -- no trigger, no foreign key
DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'
    LOOP EXECUTE 'DELETE FROM ' || quote_ident(name); END LOOP;
END $$;
SELECT setval(quote_ident(sequencename)::regclass, start_value, false) FROM pg_sequences;
"""


class Shelf:
    """Databases of one schema in which nothing is stored; `make` makes a further one."""

    def __init__(self, make: Callable[[], URL]) -> None:
        self._make = make
        self._empty: list[URL] = []

    @contextmanager
    def lent(self) -> Iterator[URL]:
        """Lend a database; it comes back unless its schema changed or somebody still holds a lock in it."""
        url = self._empty.pop() if self._empty else self._make()
        yield url
        if self._is_emptied(url):
            self._empty.append(url)

    def _is_emptied(self, url: URL) -> bool:
        engine = create_engine(url, poolclass=NullPool)
        try:
            with engine.begin() as connection:
                connection.exec_driver_sql(EMPTY)
                return _schema(connection) == self._schema
        except OperationalError:
            return False

    @cached_property
    def _schema(self) -> str:
        with create_engine(self._make(), poolclass=NullPool).connect() as connection:
            return _schema(connection)


def _schema(connection: Connection) -> str:
    return str(connection.execute(text(SCHEMA)).scalar_one())
