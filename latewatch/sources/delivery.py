"""Files as they arrive: from a watched folder or from an address. Each file is one delivery."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Delivery:
    """One file: what messages call it, where its bytes lie, and their SHA-256.

    `cursor` is what the next request needs to ask only for something newer.
    """

    name: str
    path: Path
    sha256: str
    cursor: Mapping[str, str] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        return self.path.read_bytes()
