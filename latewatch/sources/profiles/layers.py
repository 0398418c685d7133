"""Which files make a profile: a shipped preset, or an office's own file laid over the one it is based on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

from latewatch.domain.expiry import Ends
from latewatch.domain.record import DateOrder
from latewatch.errors import ConfigError
from latewatch.typed import checked, read_toml

if TYPE_CHECKING:  # the process that reads a file starts without the settings
    from latewatch.config import Source

SECTION = "[[sources]]"
ENDING = ".toml"  # what tells an office's own file from the name of a preset


class Tables(Struct, frozen=True, forbid_unknown_fields=True):
    """The keys of a profile file. What its words mean is checked where its tables are laid over others."""

    about: str = ""  # what it is for, in the words of those who choose it
    based_on: str = ""
    reads: Literal["", "dossiers", "events"] = ""
    system: str = ""
    headings: dict[str, Any] = {}  # a field's heading, or a list of them
    status_words: dict[str, str] = {}
    channel_words: dict[str, str] = {}
    event_words: dict[str, str] = {}
    implied: dict[str, str] = {}
    delivers: list[str] | None = None
    units: dict[str, str] = {}
    limit_unit: Literal["d", "cd", "h"] | None = None
    date_order: DateOrder | None = None
    ends: Ends | None = None


@dataclass(frozen=True, slots=True)
class Layer:
    """One file's tables; `file` and `prefix` are what a message calls the file and puts before a key."""

    file: str
    tables: Tables
    prefix: str = ""
    is_preset: bool = False

    def headings(self) -> dict[str, list[str]]:
        """Return the headings of each field, the first one to be named in messages. Raises ConfigError."""
        return {name: self._aliases(name, given) for name, given in self.tables.headings.items()}

    def _aliases(self, name: str, given: Any) -> list[str]:
        aliases = given if isinstance(given, list) else [given]
        if not aliases or not all(isinstance(alias, str) and alias.strip() for alias in aliases):
            raise self.refuse(
                f"headings.{name}", "cần một tiêu đề trong dấu nháy, hoặc danh sách [ … ] các tiêu đề"
            )
        return aliases

    def refuse(self, key: str, problem: str) -> ConfigError:
        return ConfigError(self.file, f"{self.prefix}{key}", problem)


def presets() -> list[str]:
    """Return the names of the shipped presets."""
    folder = resources.files(__package__)
    return sorted(each.name.removesuffix(ENDING) for each in folder.iterdir() if each.name.endswith(ENDING))


def preset(name: str) -> Layer:
    """Return the shipped preset `name`, which there is."""
    with resources.as_file(resources.files(__package__) / f"{name}{ENDING}") as file:
        return Layer(file.name, checked(file.name, read_toml(file), Tables), is_preset=True)


def layers_of(source: Source) -> Sequence[Layer]:
    """Return the layers of the profile of `source` from the lowest up, its own keys last.

    Raises ConfigError.
    """
    above = Layer(SECTION, Tables(based_on=source.profile), f"{source.name}.")
    layers = [_own_keys(source)]
    seen: list[str] = []
    asked, key = source.profile, "profile"
    while asked:
        if asked in seen:
            way = " → ".join(Path(each).name for each in [*seen[seen.index(asked) :], asked])
            raise above.refuse(key, f"đi vòng: {way}; hãy bỏ một khóa based_on")
        seen.append(asked)
        above = _file(asked, above, key)
        layers.insert(0, above)
        asked, key = _placed(above.tables.based_on, asked), "based_on"
    return layers


def _own_keys(source: Source) -> Layer:
    """Return what [[sources]] itself says, as the uppermost layer."""
    tables = Tables(
        headings={name: [heading] for name, heading in source.headings.items()},
        status_words=source.status_words,
        channel_words=source.channel_words,
        event_words=source.event_words,
        limit_unit=source.limit_unit,
        ends=source.ends,
    )
    return Layer(SECTION, tables, f"{source.name}.")


def _file(asked: str, above: Layer, key: str) -> Layer:
    """Return the preset or the office's own file that `above` asks for under `key`. Raises ConfigError."""
    if not asked.endswith(ENDING):
        if asked not in presets():
            raise above.refuse(key, f"không có mẫu “{asked}”; các mẫu có sẵn: {', '.join(presets())}")
        return preset(asked)
    path = Path(asked)
    if not path.is_file():
        raise above.refuse(
            key, f"không có tệp {path}; hãy sửa đường dẫn, hoặc lập tệp bằng `latewatch mapping suggest`"
        )
    return Layer(asked, checked(path, read_toml(path, composed=True), Tables))


def _placed(based_on: str, asked: str) -> str:
    """Return what a file is based on; another file's path starts at the folder of the file itself."""
    if not based_on.endswith(ENDING):
        return based_on
    return str((Path(asked).parent / Path(based_on).expanduser()).resolve())
