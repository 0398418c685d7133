"""What is known of a source already: so that a reader can skip it."""

from collections.abc import Set
from dataclasses import dataclass
from itertools import chain

from sqlalchemy import Connection, select

from latewatch.store import schema
from latewatch.store.memory import newest_hash
from latewatch.store.rows import driver_rows


@dataclass(frozen=True, slots=True)
class Stored:
    """What a reader may skip: fingerprints of the rows a source told last; and all codes that are known.

    `own` dossiers were told last by the source, and are not missing.
    """

    codes: Set[str]
    digests: Set[str]
    own: int
    hash: str = ""  # over all that was ever said until then


def stored(connection: Connection, source: str) -> Stored:
    """Return what is known already. A hundred thousand dossiers take a tenth of a second."""
    table = schema.dossier.c
    is_listed = table.missing_since.is_(None)
    own = driver_rows(connection, select(table.code, table.digest, is_listed).where(table.source == source))
    others = driver_rows(connection, select(table.code).where(table.source != source))
    return Stored(
        codes={row[0] for row in chain(own, others)},
        digests={row[1] for row in own} - {None},
        own=sum(row[2] for row in own),
        hash=newest_hash(connection),
    )


def still_true(connection: Connection, told: Stored, source: str) -> Stored:
    """Return `told`, looked up anew where another process took something in meanwhile."""
    return told if newest_hash(connection) == told.hash else stored(connection, source)
