"""How long work tells whoever watches how far it is. Nobody watches by default."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol, TypeVar

T = TypeVar("T")


class Progress(Protocol):
    """Hands `items` on one by one, and may show on the way how far the work is."""

    def __call__(self, items: Sequence[T], title: str, /) -> Iterable[T]: ...


def shown(parts: Iterator[T], ahead: int, title: str, progress: Progress) -> Iterator[T]:
    """Hand `parts` on while `progress` shows how many of the `ahead` that are expected have come."""
    steps = iter(progress(range(ahead), title))
    for part in parts:
        next(steps, None)
        yield part
    for _ in steps:  # fewer came: the bar ends all the same
        pass


def silent(items: Sequence[T], _title: str, /) -> Iterable[T]:
    """Show no progress."""
    return items
