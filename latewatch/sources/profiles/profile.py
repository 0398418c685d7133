"""A source profile: what its files tell of, which headings and words mean what. Data, not code."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from latewatch.domain.dossier import Channel, Status
from latewatch.domain.expiry import Ends
from latewatch.domain.limit import LimitUnit
from latewatch.domain.record import DateOrder, EventKind
from latewatch.sources.files.cells import key_of
from latewatch.sources.profiles.checks import (
    check_fields,
    check_idle,
    check_kept,
    check_required,
    names_of,
    one_of,
    words_of,
)
from latewatch.sources.profiles.layers import Layer, layers_of, preset

if TYPE_CHECKING:  # the process that reads a file starts without the settings
    from latewatch.config import Source

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
EVENT_DATE_FIELDS = ("started_at", "ended_at", "due_at")
EVENT_DECIDING = (*EVENT_REQUIRED, "kind", "unit", "limit", "due_at")

E = TypeVar("E", bound=StrEnum)


class Reads(StrEnum):
    """What the rows of a source are."""

    DOSSIERS = "dossiers"
    EVENTS = "events"


class System(StrEnum):
    """What kind of system a profile describes, and so who reads it."""

    FILES = "files"  # spreadsheets and text files
    IGATE = "igate"  # iGate 2
    DVCQG = "dvcqg"  # packets for the National Public Service Portal
    OPENCPS = "opencps"  # OpenCPS 2 and 3
    TD = "td"  # a provincial system with the fields of the national portal


class Delivers(StrEnum):
    """What a source may tell beyond receipt, promise and finish."""

    SUSPENSIONS = "suspensions"
    STAGES = "stages"
    LIMITS = "limits"


WORDS = {
    Reads.DOSSIERS: ("status_words", "channel_words"),
    Reads.EVENTS: ("event_words", "implied"),
}
STANDARD = {Reads.DOSSIERS: "desk-export", Reads.EVENTS: "events"}  # whose fields a file of its own may name


@dataclass(frozen=True, slots=True)
class Profile:
    """A shipped profile with an office's own words laid over it. Keys of its tables are made by `key_of`.

    `implied` is what a file of events without a column of kinds holds, by the heading of its start. `units`
    goes from the key of a unit's name in the source to the name the office uses.
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
    units: Mapping[str, str] = field(default_factory=dict)
    date_order: DateOrder | None = None  # None: the dates themselves tell
    ends: Ends | None = None
    delivers: tuple[Delivers, ...] = ()
    about: str = ""

    @property
    def required(self) -> tuple[str, ...]:
        return REQUIRED if self.reads is Reads.DOSSIERS else EVENT_REQUIRED

    @property
    def deciding(self) -> tuple[str, ...]:
        return DECIDING if self.reads is Reads.DOSSIERS else EVENT_DECIDING


def load_profile(source: Source) -> Profile:
    """Return the profile of `source`: a preset or the office's own file, its own keys laid over it.

    Raises ConfigError.
    """
    layers = layers_of(source)
    root = layers[0]
    if not root.tables.reads:
        raise root.refuse("reads", "thiếu; hãy ghi dossiers hoặc events, hoặc đặt based_on")
    reads = one_of(root, "reads", root.tables.reads, Reads)
    system = one_of(root, "system", root.tables.system or System.FILES, System)
    for layer in layers:
        check_kept(layer, "reads", reads)
        check_kept(layer, "system", system)
        check_idle(layer, [name for names in WORDS.values() for name in names], WORDS[reads], source.profile)
    profile = Profile(
        **_headings(layers, reads, system),
        status_of=_words(layers, "status_words", Status),
        channel_of=_words(layers, "channel_words", Channel),
        limit_unit=LimitUnit(_topmost(layers, "limit_unit") or LimitUnit.WORKING_DAYS),
        fingerprint="",
        reads=reads,
        system=system,
        event_of=_words(layers, "event_words", EventKind),
        implied=_words(layers, "implied", EventKind),
        units={key: name for layer in layers for key, name in names_of(layer).items()},
        date_order=_topmost(layers, "date_order"),
        ends=_topmost(layers, "ends"),
        delivers=_delivers(layers),
        about=_topmost(layers, "about") or "",
    )
    return replace(profile, fingerprint=_fingerprint(profile, source))


def _headings(layers: Sequence[Layer], reads: Reads, system: System) -> dict[str, Any]:
    """Return `field_of` and `names`. The headings a layer gives a field replace those below it.

    A heading may so be taken from another field.
    """
    root, standard = layers[0], preset(STANDARD[reads]).headings()
    known = root.headings() if root.is_preset else standard
    names = {name: aliases[0] for name, aliases in standard.items()}
    field_of: dict[str, str] = {}
    for layer in layers:
        check_fields(layer, known)
        own = layer.headings()
        field_of = {key: name for key, name in field_of.items() if name not in own}
        field_of |= {key_of(alias): name for name, aliases in own.items() for alias in aliases}
        names |= {name: aliases[0] for name, aliases in own.items()}
    if system is System.FILES:
        required = REQUIRED if reads is Reads.DOSSIERS else EVENT_REQUIRED
        check_required(root, set(field_of.values()), {name: names[name] for name in required})
    return {"field_of": field_of, "names": names}


def _words(layers: Sequence[Layer], table: str, kind: type[E]) -> dict[str, E]:
    return {key: meaning for layer in layers for key, meaning in words_of(layer, table, kind).items()}


def _delivers(layers: Sequence[Layer]) -> tuple[Delivers, ...]:
    said = [layer for layer in layers if layer.tables.delivers is not None]
    words = said[-1].tables.delivers or [] if said else []
    return tuple(one_of(said[-1], "delivers", word, Delivers) for word in words)


def _topmost(layers: Sequence[Layer], key: str) -> Any:
    """Return what the uppermost layer says that says anything."""
    said = (getattr(layer.tables, key) for layer in reversed(layers))
    return next((value for value in said if value not in (None, "")), None)


def _fingerprint(profile: Profile, source: Source) -> str:
    """Name all that decides what is read and how; what is only shown, or decides later, is not of it."""
    reading = [
        *(profile.field_of, profile.status_of, profile.channel_of, profile.event_of, profile.implied),
        *(profile.units, profile.limit_unit, profile.date_order, profile.reads, profile.system),
        *(source.parameters, source.since),
    ]
    content = msgspec.json.encode([READER_VERSION, *reading], order="sorted")
    return hashlib.sha256(content).hexdigest()[:16]
