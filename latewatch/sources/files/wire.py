"""How parts of a reading go from one process to another: rows as tuples, which pickle writes fastest.

The cells of a row go as one text, in JSON as they will be kept: who keeps them need not look into them.
"""

import pickle
from dataclasses import replace
from typing import IO, Any

import msgspec

from latewatch.domain.reading import Reading
from latewatch.domain.record import Cells, Reported
from latewatch.errors import Place

_to_json = msgspec.json.Encoder().encode


def send(pipe: IO[bytes], kind: str, content: Any = None) -> None:
    """Write one message: a part of a reading, or how it ended."""
    if isinstance(content, Reading):
        rows = [_flat(each) for each in content.reported]
        content = rows, replace(content, reported=[])
    pickle.dump((kind, content), pipe, pickle.HIGHEST_PROTOCOL)
    pipe.flush()


def receive(pipe: IO[bytes]) -> tuple[str, Any]:
    """Read one message. Raises EOFError and UnpicklingError where there is none, or half of one."""
    kind, content = pickle.load(pipe)  # noqa: S301  between a process and the one it started
    if isinstance(content, tuple) and isinstance(content[-1], Reading):
        rows, part = content
        part.reported = [_whole(each) for each in rows]
        return kind, part
    return kind, content


def _flat(row: Reported) -> Any:
    """Return a row of a sheet as a tuple; the others, which are few, as they are."""
    raw, place = row.raw, row.place
    if row.events or not isinstance(raw, Cells):
        return row
    cells = raw.written or _to_json(raw.texts).decode()
    return row.code, row.facts, raw.headings, cells, place.file, place.sheet, place.row, row.digest


def _whole(row: Any) -> Reported:
    if isinstance(row, Reported):
        return row
    code, facts, headings, cells, file, sheet, number, digest = row
    return Reported(code, facts, Cells(headings, written=cells), Place(file, sheet, number), (), digest)
