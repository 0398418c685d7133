"""Rows of the database → columns. What has no exact place in them is named, and counted one by one. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from latewatch.domain.dossier import Status
from latewatch.figures.moments import DAY, NO_DAY, NO_SECOND, Codes, Days, Mask, Seconds, Texts
from latewatch.figures.names import NOBODY, Names
from latewatch.figures.rows import BASES, CHANNELS, RUNS_ON, STATUSES, WAITS, Rows

COLUMNS = (
    *("id", "resolving_unit", "department", "field"),
    *("received_at", "submitted_at", "processed_at", "returned_at", "status", "channel"),
    *("is_fresh", "due_at", "basis", "computed_on", "promised_on", "waits", "runs_on"),
    *("letter_on", "revised_on"),
)
"""What is read of a dossier, in this order. Moments and days are texts, see `moments.Texts`.

`is_fresh` tells that what was decided of it still holds.
"""
_MOMENTS = ("received_at", "submitted_at", "processed_at", "returned_at", "due_at")
_DAYS = ("computed_on", "promised_on", "letter_on", "revised_on")


@dataclass(frozen=True, slots=True)
class Packed:
    """The rows that could be packed, by id, and the ids of the others."""

    rows: Rows
    others: list[int]


def packed(found: Sequence[Sequence[Any]], names: Names) -> Packed:
    """Pack what was read, ordered by id. Not packed is what nobody decided, and what lies at odd moments."""
    told = dict(zip(COLUMNS, zip(*found, strict=True), strict=True))
    at = {name: Texts(told[name]) for name in _MOMENTS}
    on = {name: Texts(told[name], are_days=True) for name in _DAYS}
    status = _codes(told["status"], _STATUS)
    waits = status == _WAITING
    rows = Rows(
        ids=np.array(told["id"], dtype=np.int64),
        unit=np.array([*map(names.unit, told["resolving_unit"], told["department"])], dtype=np.uint16),
        field=np.array([*map(names.field, told["field"])], dtype=np.uint16),
        received=_days(at["received_at"]),
        handed_in=_either(at["submitted_at"], at["received_at"].seconds(), waits),
        finished=_to_the_minute(at["processed_at"]),
        returned=at["returned_at"].seconds(),
        due=at["due_at"].seconds(),
        computed=on["computed_on"].days(),
        promised=on["promised_on"].days(),
        letter=on["letter_on"].days(),
        revised=on["revised_on"].days(),
        status=status,
        channel=_codes(told["channel"], _CHANNEL),
        basis=_codes(told["basis"], _BASIS),
        flags=_bits(told["waits"], WAITS) | _bits(told["runs_on"], RUNS_ON),
    )
    is_plain = np.array(told["is_fresh"], dtype=bool) & _has_place(rows, at, on)
    return Packed(rows.at(is_plain), rows.ids[~is_plain].tolist())


def _has_place(rows: Rows, at: Mapping[str, Texts], on: Mapping[str, Texts]) -> Mask:
    """Tell whose moments are exact to the second, and within the years the columns hold.

    What was handed in at 00:00 has no clock time; what was a moment later has one.
    """
    found: Mask = (rows.unit != NOBODY) & (rows.field != NOBODY)
    found &= ~(at["due_at"].has_fraction | at["returned_at"].has_fraction)
    blurred = at["submitted_at"].has_fraction | at["received_at"].has_fraction
    found &= ~(blurred & (rows.handed_in % DAY == 0))
    for each in (*at.values(), *on.values()):
        found &= ~each.is_odd
    return found


_STATUS: Mapping[str | None, int] = {status.value: place for place, status in enumerate(STATUSES)}
_CHANNEL = {channel and channel.value: place for place, channel in enumerate(CHANNELS)}
_BASIS: Mapping[str | None, int] = {basis.value: place for place, basis in enumerate(BASES)} | {None: 0}
_WAITING = STATUSES.index(Status.WAITING)


def _codes(words: Sequence[str | None], numbers: Mapping[str | None, int]) -> Codes:
    return np.array([numbers[word] for word in words], dtype=np.uint8)


def _bits(told: Sequence[int], bit: int) -> Codes:
    return np.array(told, dtype=np.uint8) * np.uint8(bit)


def _either(told: Texts, otherwise: Seconds, where: Mask) -> Seconds:
    """Return the moments told; of what has none, those of `otherwise` `where` they count."""
    return np.where(where & ~told.is_told, otherwise, told.seconds())


def _to_the_minute(moments: Texts) -> Seconds:
    seconds = moments.seconds()
    return np.where(seconds == NO_SECOND, seconds, seconds - seconds % 60)


def _days(moments: Texts) -> Days:
    seconds = moments.seconds()
    return np.where(seconds == NO_SECOND, NO_DAY, seconds // DAY).astype(np.int16)
