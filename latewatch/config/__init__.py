"""config.toml → typed, frozen settings. An unknown or ill-typed key is refused with file, key and cure.

`config.example.toml` says what each key is for; a test holds it to the types and defaults of `settings.py`.
"""

from latewatch.config.load import load
from latewatch.config.rules import catalogued, own_catalogue, usual_rules
from latewatch.config.secrets import secret
from latewatch.config.settings import (
    TEXT_MESSAGE,
    Counting,
    Letters,
    LimitOrigin,
    Mail,
    Office,
    Paths,
    Reports,
    Settings,
    Signer,
    Source,
    Unit,
)

__all__ = [
    "TEXT_MESSAGE",
    "Counting",
    "Letters",
    "LimitOrigin",
    "Mail",
    "Office",
    "Paths",
    "Reports",
    "Settings",
    "Signer",
    "Source",
    "Unit",
    "catalogued",
    "load",
    "own_catalogue",
    "secret",
    "usual_rules",
]
