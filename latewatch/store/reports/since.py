"""What was told of dossiers after a report was frozen: versions of records, steps of letters."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from latewatch.store import schema
from latewatch.store.batches import CHUNK


@dataclass(frozen=True, slots=True)
class Told:
    """A version of a record that came later: by which batch, or by the undoing of which one."""

    batch: int
    source: str
    taken_at: datetime
    undoes: int | None


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a letter that was noted later."""

    at: datetime
    after: str


def changed_since(connection: Connection, position: int, letters: int) -> set[str]:
    """Return the dossiers of which a source said something, or a letter took a step, after these."""
    version, change = schema.record_version.c, schema.letter_change.c
    told = select(version.code).where(version.id > position)
    stepped = (
        select(schema.dossier.c.code)
        .join(schema.letter, schema.letter.c.dossier_id == schema.dossier.c.id)
        .join(schema.letter_change, change.letter_id == schema.letter.c.id)
        .where(change.id > letters)
    )
    return {code for (code,) in connection.execute(told.union(stepped))}


def told_since(connection: Connection, codes: Sequence[str], position: int) -> dict[str, list[Told]]:
    """Return what the sources said of each of `codes` after version `position`, oldest first."""
    version, batch = schema.record_version.c, schema.batch.c
    statement = (
        select(version.code, batch.id, batch.source, batch.taken_at, batch.undoes)
        .join(schema.batch, batch.id == version.batch_id)
        .where(version.id > position)
        .order_by(version.id)
    )
    found: dict[str, list[Told]] = defaultdict(list)
    for start in range(0, len(codes), CHUNK):
        for code, *said in connection.execute(
            statement.where(version.code.in_(codes[start : start + CHUNK]))
        ):
            found[code].append(Told(*said))
    return found


def letters_since(connection: Connection, codes: Sequence[str], position: int) -> dict[str, list[Step]]:
    """Return the steps of the letters of each of `codes` after step `position`, oldest first."""
    change, dossier = schema.letter_change.c, schema.dossier.c
    statement = (
        select(dossier.code, change.at, change.after)
        .join(schema.letter, schema.letter.c.id == change.letter_id)
        .join(schema.dossier, dossier.id == schema.letter.c.dossier_id)
        .where(change.id > position)
        .order_by(change.id)
    )
    found: dict[str, list[Step]] = defaultdict(list)
    for start in range(0, len(codes), CHUNK):
        for code, *said in connection.execute(
            statement.where(dossier.code.in_(codes[start : start + CHUNK]))
        ):
            found[code].append(Step(*said))
    return found
