"""A source profile: what its files tell of, which headings and words mean what. Data, not code."""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from importlib import resources
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Struct

from latewatch.config import Source
from latewatch.domain.dossier import Channel, Status
from latewatch.domain.limit import LimitUnit
from latewatch.domain.record import EventKind
from latewatch.errors import ConfigError
from latewatch.sources.cells import key_of

READER_VERSION = "2"  # a change in how rows are read makes every file worth reading again

DATE_FIELDS = (
    "received_at",
    "promised_at",
    "processed_at",
    "returned_at",
    "submitted_at",
    "supplement_asked_at",
    "supplement_got_at",
)
REQUIRED = ("code", "status", "received_at")
DECIDING = (
    *REQUIRED,
    "promised_at",
    "processed_at",
    "time_limit",
    "supplement_asked_at",
    "supplement_got_at",
)
EVENT_REQUIRED = ("code", "started_at", "ended_at")  # without ends, everything would seem to last
EVENT_DECIDING = (*EVENT_REQUIRED, "kind", "unit", "limit", "due_at")

T = TypeVar("T")
Aliases = Annotated[list[str], Meta(min_length=1)]


class Reads(StrEnum):
    """What the rows of a source are."""

    DOSSIERS = "dossiers"
    EVENTS = "events"


class System(StrEnum):
    """What kind of system a profile describes, and so who reads it."""

    FILES = "files"  # spreadsheets and text files


WORDS = {Reads.DOSSIERS: ("status_words", "channel_words"), Reads.EVENTS: ("event_words",)}


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    reads: Reads
    system: System = System.FILES
    headings: dict[str, Aliases] = {}
    status_words: dict[str, Status] = {}
    channel_words: dict[str, Channel] = {}
    event_words: dict[str, EventKind] = {}
    implied: dict[str, EventKind] = {}


@dataclass(frozen=True, slots=True)
class Profile:
    """A shipped profile with an office's own words laid over it. Keys of its tables are made by `key_of`.

    `implied` is what a file of events without a column of kinds holds, by the heading of its start.
    """

    field_of: Mapping[str, str]
    status_of: Mapping[str, Status]
    channel_of: Mapping[str, Channel]
    limit_unit: LimitUnit
    names: Mapping[str, str]  # field → the heading to name in a message
    fingerprint: str
    setting: str = "khóa headings của nguồn"
    reads: Reads = Reads.DOSSIERS
    system: System = System.FILES
    event_of: Mapping[str, EventKind] = field(default_factory=dict)
    implied: Mapping[str, EventKind] = field(default_factory=dict)

    @property
    def required(self) -> tuple[str, ...]:
        return REQUIRED if self.reads is Reads.DOSSIERS else EVENT_REQUIRED

    @property
    def deciding(self) -> tuple[str, ...]:
        return DECIDING if self.reads is Reads.DOSSIERS else EVENT_DECIDING


def load_profile(source: Source) -> Profile:
    """Return the shipped profile of `source` with its own headings and words over it. Raises ConfigError."""
    shipped = resources.files(__package__) / "profiles" / f"{source.profile}.toml"
    if not shipped.is_file():
        raise ConfigError("[[sources]]", f"{source.name}.profile", f"không có mẫu “{source.profile}”")
    text = shipped.read_bytes()
    try:
        base = msgspec.convert(tomllib.loads(text.decode()), _File)
    except (msgspec.ValidationError, tomllib.TOMLDecodeError) as e:
        raise ConfigError(f"{source.profile}.toml", "", str(e)) from e
    unknown = next((name for name in source.headings if name not in base.headings), None)
    if unknown is not None:
        known = ", ".join(base.headings)
        raise ConfigError(
            "[[sources]]", f"{source.name}.headings.{unknown}", f"trường lạ; các trường: {known}"
        )
    _refuse_one_heading_for_two(source)
    _refuse_idle_words(source, base.reads)
    status = {word: Status(value) for word, value in source.status_words.items()}
    channel = {word: Channel(value) for word, value in source.channel_words.items()}
    event = {word: EventKind(value) for word, value in source.event_words.items()}
    return Profile(
        field_of=_fields(base.headings, source.headings),
        status_of=_by_key({**base.status_words, **status}),
        channel_of=_by_key({**base.channel_words, **channel}),
        limit_unit=LimitUnit(source.limit_unit),
        names={name: source.headings.get(name, aliases[0]) for name, aliases in base.headings.items()},
        fingerprint=_fingerprint(text, source),
        reads=base.reads,
        system=base.system,
        event_of=_by_key({**base.event_words, **event}),
        implied=_by_key(base.implied),
    )


def _by_key(words: Mapping[str, T]) -> dict[str, T]:
    return {key_of(word): value for word, value in words.items()}


def _fingerprint(text: bytes, source: Source) -> str:
    words = [source.headings, source.status_words, source.channel_words, source.event_words]
    own = msgspec.json.encode([READER_VERSION, *words, source.limit_unit], order="sorted")
    return hashlib.sha256(text + own).hexdigest()[:16]


def _refuse_idle_words(source: Source, reads: Reads) -> None:
    """Refuse words of a table that this profile never looks into: they were meant to have an effect."""
    tables = [name for names in WORDS.values() for name in names if getattr(source, name)]
    idle = next((name for name in tables if name not in WORDS[reads]), None)
    if idle is not None:
        problem = f"mẫu “{source.profile}” không đọc khóa này; nó đọc: {', '.join(WORDS[reads])}"
        raise ConfigError("[[sources]]", f"{source.name}.{idle}", problem)


def _refuse_one_heading_for_two(source: Source) -> None:
    owner: dict[str, str] = {}
    for name, heading in source.headings.items():
        first = owner.setdefault(key_of(heading), name)
        if first != name:
            raise ConfigError(
                "[[sources]]", f"{source.name}.headings.{name}", f"tiêu đề “{heading}” đã dùng cho {first}"
            )


def _fields(headings: Mapping[str, list[str]], own: Mapping[str, str]) -> dict[str, str]:
    """Map keys of headings to fields. A heading the office names replaces the shipped ones of that field."""
    table = {
        key_of(alias): name for name, aliases in headings.items() if name not in own for alias in aliases
    }
    return {**table, **{key_of(heading): name for name, heading in own.items()}}
