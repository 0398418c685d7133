"""Many moments as one column of whole seconds: one by one they weigh a lot, and are slow to hand on."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import overload

from latewatch.clock import VIETNAM

NEVER = -(2**63)


class Moments(Sequence[datetime | None]):
    """A column of moments in Vietnam's time; `seconds` since 1970, UTC, and NEVER where there is none."""

    __slots__ = ("seconds",)

    def __init__(self, seconds: Iterable[int]) -> None:
        self.seconds = array("q", seconds)

    @classmethod
    def of(cls, moments: "Iterable[datetime | None]") -> "Moments":
        if isinstance(moments, Moments):
            return moments
        return cls(NEVER if each is None else int((each - _EPOCH) // _SECOND) for each in moments)

    @overload
    def __getitem__(self, at: int) -> datetime | None: ...
    @overload
    def __getitem__(self, at: slice) -> "Moments": ...
    def __getitem__(self, at: int | slice) -> "datetime | Moments | None":
        return Moments(self.seconds[at]) if isinstance(at, slice) else _moment(self.seconds[at])

    def __iter__(self) -> Iterator[datetime | None]:
        return map(_moment, self.seconds)

    def __len__(self) -> int:
        return len(self.seconds)


_EPOCH = datetime(1970, 1, 1, 7, tzinfo=VIETNAM)
_SECOND = timedelta(seconds=1)


def _moment(seconds: int) -> datetime | None:
    return None if seconds == NEVER else _EPOCH + timedelta(seconds=seconds)
