"""How long work tells whoever watches how far it is. Nobody watches by default."""

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

T = TypeVar("T")


class Progress(Protocol):
    """Hands `items` on one by one, and may show on the way how far the work is."""

    def __call__(self, items: Sequence[T], title: str, /) -> Iterable[T]: ...


def silent(items: Sequence[T], _title: str, /) -> Iterable[T]:
    """Show no progress."""
    return items
