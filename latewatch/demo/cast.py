"""Who plays in the demo: units, desks, procedures, read from `cast.toml`. All of it is invented."""

import tomllib
from functools import cache
from importlib.resources import files

import msgspec
from msgspec import Struct

from latewatch.domain.limit import TimeLimit

PROVINCE = "tỉnh Mẫu"
GOVERNING_BODY = "ỦY BAN NHÂN DÂN TỈNH MẪU"
CENTRE = "Trung tâm Phục vụ hành chính công"


class _Part(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of `cast.toml`."""


class Unit(_Part, frozen=True):
    """A resolving unit. `slowness` multiplies how often it is late."""

    code: str
    name: str
    aliases: tuple[str, ...]
    governing_body: str = ""
    issuing_body: str = ""
    place: str = ""
    signer_title: str = ""
    deputy_title: str | None = None
    signer_name: str = ""
    slowness: float = 1.0


class Desk(_Part, frozen=True):
    """A desk, and the units whose dossiers are its own where an export does not name the desk."""

    code: str
    name: str
    aliases: tuple[str, ...]
    mail_to: tuple[str, ...]
    units: tuple[str, ...]


class Procedure(_Part, frozen=True):
    """A procedure with its true limit; `promise_only` hides that limit from the configuration."""

    code: str
    name: str
    field: str
    department: str
    units: tuple[str, ...]
    limit: str
    weight: int
    business: bool = False
    promise_only: bool = False

    @property
    def time_limit(self) -> TimeLimit:
        return TimeLimit.parse(self.limit)


class Export(_Part, frozen=True):
    """One of the two systems, and what is handed in through it."""

    name: str
    procedures: tuple[Procedure, ...]


class Cast(_Part, frozen=True):
    """The whole file; the exports are register (A) and report (B), in this order."""

    units: tuple[Unit, ...]
    desks: tuple[Desk, ...]
    exports: tuple[Export, Export]


@cache
def cast() -> Cast:
    """Return the players."""
    text = files(__package__).joinpath("cast.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), Cast)
