"""How far frozen reports were held against what was told since. Derived: it can be thrown away."""

import json
import zlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from latewatch.store import schema

_TABLE = schema.frozen_comparison


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The dossiers that stand elsewhere than in report `number`, since `moved_at` so many and these.

    It knew versions of records up to `position`, steps of letters up to `letters`, and these `settings`.
    """

    number: int
    position: int
    letters: int
    settings: str
    moved: frozenset[str] = frozenset()
    moved_at: datetime | None = None


def comparisons(connection: Connection) -> dict[int, Comparison]:
    """Return the last comparison of each report by its number."""
    rows = connection.execute(select(_TABLE)).mappings()
    return {
        row["report_id"]: Comparison(
            number=row["report_id"],
            position=row["position"],
            letters=row["letters"],
            settings=row["settings"],
            moved=frozenset(json.loads(zlib.decompress(row["moved"]))),
            moved_at=row["moved_at"],
        )
        for row in rows
    }


def keep(connection: Connection, found: Collection[Comparison]) -> None:
    """Keep each comparison in place of the one before it."""
    if not found:
        return
    connection.execute(delete(_TABLE).where(_TABLE.c.report_id.in_([each.number for each in found])))
    connection.execute(insert(_TABLE), [_row(each) for each in found])


def _row(each: Comparison) -> dict[str, object]:
    return {
        "report_id": each.number,
        "position": each.position,
        "letters": each.letters,
        "settings": each.settings,
        "moved": _packed(each.moved),
        "moved_at": each.moved_at,
    }


def _packed(codes: Iterable[str]) -> bytes:
    return zlib.compress(json.dumps(sorted(codes)).encode())
