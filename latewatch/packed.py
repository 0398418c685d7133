"""Columns that go from one process to another in no time: pickled value by value they take long."""

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from itertools import repeat
from typing import Any, overload

from latewatch.clock import VIETNAM

NEVER = -(2**63)


class Texts(list[str]):
    """Texts that travel as one, and those that repeat once each; what arrives is a list."""

    def __reduce__(self) -> tuple[Callable[..., list[str]], tuple[Any, ...]]:
        different = list(dict.fromkeys(self))
        if len(different) > min(_FEW, len(self) // 2):
            return _joined(self)
        place_of = dict(zip(different, range(_FEW), strict=False))
        return _repeated, (different, bytes(map(place_of.__getitem__, self)))


_FEW = 256  # so that the place of each is a byte


def _joined(texts: list[str]) -> tuple[Callable[..., list[str]], tuple[Any, ...]]:
    joined = "\n".join(texts)
    is_apart = joined.count("\n") == len(texts) - 1  # else one of them breaks the line itself
    return (_split, (joined,)) if is_apart else (list, (list(texts),))


def _split(joined: str) -> list[str]:
    return joined.split("\n")


def _repeated(different: list[str], places: bytes) -> list[str]:
    return list(map(different.__getitem__, places))


class Lines(Sequence[str]):
    """Texts in UTF-8, a line each, none of which breaks a line; hashed as they are."""

    def __init__(self, encoded: bytes) -> None:
        self._bytes = encoded

    @cached_property
    def encoded(self) -> list[bytes]:
        return self._bytes.split(b"\n")[:-1]

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: int | slice) -> str | list[str]:
        return list(self)[at]

    def __iter__(self) -> Iterator[str]:
        return iter(self._bytes.decode().split("\n")[:-1])

    def __len__(self) -> int:
        return len(self.encoded)

    def __reduce__(self) -> tuple[Callable[..., "Lines"], tuple[bytes]]:
        return Lines, (self._bytes,)


class Same(Sequence[Any]):
    """One value, as often as there are rows."""

    def __init__(self, value: Any, length: int) -> None:
        self.value = value
        self._length = length

    def __getitem__(self, at: int | slice) -> Any:
        return [self.value] * self._length if isinstance(at, slice) else self.value

    def __iter__(self) -> Iterator[Any]:
        return repeat(self.value, self._length)

    def __len__(self) -> int:
        return self._length


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
