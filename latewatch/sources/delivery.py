"""Files as they arrive: from a watched folder or from an address. Each file is one delivery."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Delivery:
    """One file's bytes. `cursor` is what the next request needs to ask only for something newer."""

    name: str
    content: bytes
    cursor: Mapping[str, str] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()
