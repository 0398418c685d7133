"""An office's edits of its calendar ↔ the JSON a version of the calendar holds. Decides nothing."""

from datetime import date
from typing import Any

import msgspec
from msgspec import Struct

from latewatch.domain.edits import Edits
from latewatch.domain.hours import WorkHours
from latewatch.domain.layers import WEEKDAY_WORDS, Layer, WeekdayHours
from latewatch.domain.worktime import CalendarNote, Confirmation, DayEntry, DayKind
from latewatch.errors import ConfigError


class _Part(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """A part of the document: every key in it is known."""


class _Day(_Part, frozen=True):
    day: date
    kind: DayKind
    title: str
    source: str
    status: Confirmation = Confirmation.CONFIRMED
    hours: str | None = None
    like: str | None = None


class _Weekday(_Part, frozen=True):
    weekday: str
    hours: str
    since: date | None = None
    source: str = ""


class _Layer(_Part, frozen=True):
    week: list[_Weekday] = []
    days: list[_Day] = []


class _Note(_Part, frozen=True):
    about: str
    source: str
    status: Confirmation = Confirmation.PENDING


class _Edits(_Part, frozen=True):
    layers: dict[str, _Layer] = {}
    years: dict[str, list[_Note]] = {}
    confirmed: dict[str, str] = {}


def to_document(edits: Edits) -> dict[str, Any]:
    """Return the edits as JSON holds them."""
    document = _Edits(
        layers={name: _layer_out(layer) for name, layer in sorted(edits.layers.items())},
        years={
            str(year): [_Note(about=n.about, source=n.source, status=n.status) for n in notes]
            for year, notes in sorted(edits.years.items())
        },
        confirmed={str(year): document for year, document in sorted(edits.confirmed.items())},
    )
    built: dict[str, Any] = msgspec.to_builtins(document)
    return built


def from_document(document: object, where: str) -> Edits:
    """Return the edits a version holds; `where` names it in messages. Raises ConfigError."""
    try:
        read = msgspec.convert(document, _Edits)
        return Edits(
            layers={name: _layer_in(name, layer) for name, layer in read.layers.items()},
            years={
                int(year): tuple(CalendarNote(int(year), n.about, n.source, n.status) for n in notes)
                for year, notes in read.years.items()
            },
            confirmed={int(year): document for year, document in read.confirmed.items()},
        )
    except ValueError as e:  # msgspec's among them
        raise ConfigError(where, "", f"nội dung trong cơ sở dữ liệu đã bị sửa, không đọc được: {e}") from e


def _layer_out(layer: Layer) -> _Layer:
    return _Layer(
        week=[
            _Weekday(
                weekday=WEEKDAY_WORDS[each.weekday],
                hours=str(each.hours),
                since=each.since,
                source=each.source,
            )
            for each in layer.week
        ],
        days=[
            _Day(
                day=each.day,
                kind=each.kind,
                title=each.title,
                source=each.source,
                status=each.status,
                hours=str(each.hours) if each.hours else None,
                like=WEEKDAY_WORDS[each.like] if each.like is not None else None,
            )
            for each in layer.entries
        ],
    )


def _layer_in(name: str, layer: _Layer) -> Layer:
    return Layer(
        name,
        tuple(map(_weekday_in, layer.week)),
        tuple(map(_day_in, layer.days)),
    )


def _weekday_in(each: _Weekday) -> WeekdayHours:
    return WeekdayHours(
        WEEKDAY_WORDS.index(each.weekday), WorkHours.parse(each.hours), each.since, each.source
    )


def _day_in(each: _Day) -> DayEntry:
    hours = WorkHours.parse(each.hours) if each.hours is not None else None
    like = WEEKDAY_WORDS.index(each.like) if each.like is not None else None
    return DayEntry(each.day, each.kind, each.title, each.source, each.status, hours, like)
