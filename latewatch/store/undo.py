"""Taking a batch back: every dossier it changed says again what it said before, in a version of its own.

What counts of a dossier's versions are those of batches that were not taken back. A batch can be undone while
it has the last word on every dossier it touched.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Subquery, delete, func, insert, select, update

from latewatch.domain.letters.life import UNNUMBERED
from latewatch.store import schema
from latewatch.store.batches import CHUNK, Arrival, close_batch, open_batch
from latewatch.store.memory import Version, append
from latewatch.store.rows import update_rows
from latewatch.written import FIELDS, from_document, to_document, to_values

_BATCH, _VERSION, _DOSSIER = schema.batch.c, schema.record_version.c, schema.dossier.c
_COUNTS = (_BATCH.state != "undone") & _BATCH.undoes.is_(None)
_VERSIONS = schema.record_version.join(schema.batch, _BATCH.id == _VERSION.batch_id)
CLOSED = "lô đã hoàn tác"


@dataclass(frozen=True, slots=True)
class Later:
    """A batch that changed dossiers after the one in question did."""

    batch: int
    origin: str
    dossiers: int


@dataclass(slots=True)
class TakenBack:
    """What an undo did: `batch` is its own number."""

    batch: int
    restored: int = 0
    removed: list[str] = field(default_factory=list)
    findings: int = 0


def later_changes(connection: Connection, number: int) -> list[Later]:
    """Return the batches that have a later word on a dossier this one touched, the newest first."""
    last = _last_words(number)
    after = (_VERSION.code == last.c.code) & (_VERSION.version > last.c.version)
    dossiers = func.count(_VERSION.code.distinct())
    found = (
        select(_BATCH.id, _BATCH.origin, dossiers)
        .select_from(_VERSIONS.join(last, after))
        .where(_COUNTS)
        .group_by(_BATCH.id, _BATCH.origin)
        .order_by(_BATCH.id.desc())
    )
    return [Later(*row) for row in connection.execute(found)]


def _last_words(number: int) -> Subquery:
    """Select the codes a batch touched, each with the newest of its versions."""
    newest = func.max(_VERSION.version).label("version")
    mine = select(_VERSION.code, newest).where(_VERSION.batch_id == number)
    return mine.group_by(_VERSION.code).subquery()


def brought(connection: Connection, number: int) -> list[str]:
    """Return the dossiers that nobody else told of, by code: they came with this batch."""
    last = _last_words(number)
    others = select(_VERSION.code).select_from(_VERSIONS).where(_COUNTS, _VERSION.batch_id != number)
    told = others.where(_VERSION.code == last.c.code).exists()
    found = select(last.c.code).join(schema.dossier, _DOSSIER.code == last.c.code).where(~told)
    return list(connection.execute(found.order_by(last.c.code)).scalars())


def lettered(connection: Connection, codes: Sequence[str], *, for_good: bool) -> list[str]:
    """Return those of `codes` with a letter that was numbered or sent, which stays; or with a mere draft."""
    letter = schema.letter.c
    stays = letter.number.is_not(None) | letter.sent_on.is_not(None)
    wanted = stays if for_good else letter.state.in_(UNNUMBERED)
    letters = schema.dossier.join(schema.letter, letter.dossier_id == _DOSSIER.id)
    found = select(_DOSSIER.code).select_from(letters).where(wanted).distinct().order_by(_DOSSIER.code)
    return [
        code
        for part in _parts(codes)
        for code in connection.execute(found.where(_DOSSIER.code.in_(part))).scalars()
    ]


def _parts(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))


def is_running(connection: Connection, source: str) -> bool:
    """Tell whether the newest run over the interface of `source` is not at its end yet."""
    met = select(_BATCH.state).where(_BATCH.source == source, _BATCH.state.in_(("running", "done", "undone")))
    return connection.execute(met.order_by(_BATCH.id.desc()).limit(1)).scalar() == "running"


def unchanged_since(connection: Connection, number: int, source: str) -> list[Later]:
    """Return the later files of `source` with rows that said what was known: perhaps what is taken back."""
    later = (_BATCH.source == source) & (_BATCH.id > number) & (_BATCH.state == "done")
    found = select(_BATCH.id, _BATCH.origin, _BATCH.unchanged).where(later, _BATCH.unchanged > 0)
    found = found.order_by(_BATCH.id.desc())
    return [Later(*row) for row in connection.execute(found)]


def take_back(connection: Connection, number: int, by: str, reason: str, now: datetime) -> TakenBack:
    """Undo the batch in the open transaction. The caller has seen that nothing speaks against it."""
    undone = connection.execute(
        update(schema.batch)
        .where(_BATCH.id == number, _BATCH.state == "done")
        .values(state="undone")
        .returning(_BATCH.source, _BATCH.sha256, _BATCH.taken_at)
    ).one()
    origin = f"hoàn tác lô {number}"
    arrival = Arrival(
        source="",  # no source said so, and it makes no data younger
        origin=origin,
        sha256="",
        profile="",
        taken_at=now,
        undoes=number,
        author=by,
        reason=reason,
    )
    done = TakenBack(open_batch(connection, arrival))
    codes = connection.execute(select(_last_words(number).c.code).order_by("code")).scalars().all()
    for part in _parts(codes):
        _take_back(connection, part, done, origin)
    done.findings = _close_findings(connection, number, by, now)
    _forget_missing(connection, undone)
    if not undone.sha256:  # a run over an interface: the next one asks again
        connection.execute(delete(schema.cursor).where(schema.cursor.c.source == undone.source))
    _account(connection, done)
    close_batch(connection, done.batch)
    return done


def _take_back(connection: Connection, codes: Sequence[str], done: TakenBack, origin: str) -> None:
    """Give the dossiers `codes` the version they had before, or none."""
    known = _known(connection, codes)
    before = _before(connection, codes)
    rows, versions, gone = [], [], []
    for code in sorted(known):
        dossier, earlier = known[code], before.get(code)
        number, facts, source = dossier.version + 1, None, dossier.source
        if earlier:
            values, source = to_values(from_document(earlier.facts)), earlier.source
            facts = to_document(values)
            rows.append([*values, number, source, None, dossier.id])
        else:
            gone.append(dossier.id)
            done.removed.append(code)
        versions.append(Version(code, number, done.batch, source, origin, facts, None, "{}"))
    update_rows(connection, schema.dossier, (*FIELDS, "version", "source", "digest"), rows)
    append(connection, versions)
    _remove(connection, gone)
    done.restored += len(rows)


def _known(connection: Connection, codes: Sequence[str]) -> dict[str, Any]:
    columns = (_DOSSIER.code, _DOSSIER.id, _DOSSIER.version, _DOSSIER.source)
    return {row.code: row for row in connection.execute(select(*columns).where(_DOSSIER.code.in_(codes)))}


def _before(connection: Connection, codes: Sequence[str]) -> dict[str, Any]:
    """Return the newest version that still counts of each: those of the undone batch do not any more."""
    columns = (_VERSION.code, _VERSION.facts, _VERSION.source)
    found = select(*columns).select_from(_VERSIONS).where(_COUNTS, _VERSION.code.in_(codes))
    return {row.code: row for row in connection.execute(found.order_by(_VERSION.version))}


def _remove(connection: Connection, ids: Sequence[int]) -> None:
    """Take dossiers and all that was decided about them out of the tables of what is alive."""
    if not ids:
        return
    letters = select(schema.letter.c.id).where(schema.letter.c.dossier_id.in_(ids))
    connection.execute(delete(schema.letter_change).where(schema.letter_change.c.letter_id.in_(letters)))
    for table in (schema.letter, schema.assessment, schema.standing_change):
        connection.execute(delete(table).where(table.c.dossier_id.in_(ids)))
    connection.execute(delete(schema.dossier).where(_DOSSIER.id.in_(ids)))


def _close_findings(connection: Connection, number: int, by: str, now: datetime) -> int:
    """Close what the batch betrayed: it said so no more."""
    table = schema.finding
    open_ones: ColumnElement[bool] = (table.c.batch_id == number) & (table.c.state != "closed")
    met = connection.execute(select(table.c.id, table.c.state).where(open_ones).order_by(table.c.id)).all()
    if met:
        told = {"at": now, "after": "closed", "by": by, "why": CLOSED}
        changes = [{"finding_id": row.id, "before": row.state, **told} for row in met]
        connection.execute(insert(schema.finding_change), changes)
        connection.execute(update(table).where(open_ones).values(state="closed"))
    return len(met)


def _forget_missing(connection: Connection, undone: Row[Any]) -> None:
    """Dossiers are not missing because a list that does not count any more left them out."""
    missed = (_DOSSIER.source == undone.source) & (_DOSSIER.missing_since == undone.taken_at)
    connection.execute(update(schema.dossier).where(missed).values(missing_since=None))


def _account(connection: Connection, done: TakenBack) -> None:
    changed = done.restored + len(done.removed)
    counts = {"read": changed, "changed": changed, "versions": changed}
    connection.execute(update(schema.batch).where(_BATCH.id == done.batch).values(**counts))
