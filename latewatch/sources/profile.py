"""A source profile: which headings mean which field, which words mean which status. Data, not code."""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from latewatch.config import Source
from latewatch.domain.dossier import Channel, Status
from latewatch.domain.limit import LimitUnit
from latewatch.errors import ConfigError
from latewatch.sources.cells import key_of

READER_VERSION = "1"  # a change in how rows are read makes every file worth reading again

DATE_FIELDS = ("received_at", "promised_at", "processed_at", "returned_at", "submitted_at")
REQUIRED = ("code", "status", "received_at")
DECIDING = (*REQUIRED, "promised_at", "processed_at", "time_limit")

Aliases = Annotated[list[str], Meta(min_length=1)]


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    headings: dict[str, Aliases]
    status_words: dict[str, Status]
    channel_words: dict[str, Channel]


@dataclass(frozen=True, slots=True)
class Profile:
    """A shipped profile with an office's own words laid over it. Keys of its tables are made by `key_of`."""

    field_of: Mapping[str, str]
    status_of: Mapping[str, Status]
    channel_of: Mapping[str, Channel]
    limit_unit: LimitUnit
    names: Mapping[str, str]  # field → the heading to name in a message
    fingerprint: str


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
    status = {**base.status_words, **{word: Status(value) for word, value in source.status_words.items()}}
    channel = {**base.channel_words, **{word: Channel(value) for word, value in source.channel_words.items()}}
    own = msgspec.json.encode(
        [READER_VERSION, source.headings, source.status_words, source.channel_words, source.limit_unit],
        order="sorted",
    )
    return Profile(
        field_of=_fields(base.headings, source.headings),
        status_of={key_of(word): value for word, value in status.items()},
        channel_of={key_of(word): value for word, value in channel.items()},
        limit_unit=LimitUnit(source.limit_unit),
        names={name: source.headings.get(name, aliases[0]) for name, aliases in base.headings.items()},
        fingerprint=hashlib.sha256(text + own).hexdigest()[:16],
    )


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
