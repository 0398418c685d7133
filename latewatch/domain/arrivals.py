"""What a source delivered, file by file: which is new data, and which compares with which. Pure."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from latewatch.domain.names import fold

RECENT = timedelta(days=7)  # what came longer before the newest file is history, or has another name now
COMPARED = 5  # files of a kind that say what is usual of it


@dataclass(frozen=True, slots=True)
class Arrived:
    """A batch that was taken in whole: a file, or a run over an interface.

    `strange` are the headings nobody maps, where they are known; `unknown` counts the rows with a status word
    nobody mapped; `awaits`: it speaks of dossiers that are not there yet; `seen_at`: it came anew, unchanged.
    """

    origin: str
    taken_at: datetime
    seen_at: datetime | None = None
    sha256: str = ""
    fields: frozenset[str] = frozenset()
    strange: frozenset[str] | None = None
    read: int = 0
    new: int = 0
    rejected: int = 0
    unknown: Mapping[str, int] = field(default_factory=dict)
    awaits: bool = False

    @property
    def starts_anew(self) -> bool:
        """Tell whether most of it was never heard of: another period, another unit, the first file of all."""
        return self.new * 2 > self.read


def each_once(history: Sequence[Arrived]) -> list[Arrived]:
    """Return `history`, oldest first, without what was read again: old data does not get younger by that.

    A file is read again when its profile changes. What it brought when it was new stays said of it.
    """
    once: list[Arrived] = []
    place: dict[str, int] = {}
    for each in history:
        at = place.get(each.origin)
        if at is not None and each.sha256 and once[at].sha256 == each.sha256:
            first = once[at]
            once[at] = replace(each, taken_at=first.taken_at, new=max(first.new, each.new))
        else:
            place[each.origin] = len(once)
            once.append(each)
    return once


def data_time(history: Sequence[Arrived]) -> datetime | None:
    """Return when the source last brought something; None where it never did.

    A newest file that came anew says that nothing changed; a copy of an older one says nothing.
    """
    taken = [each.taken_at for each in each_once(history)]
    seen = [each.file.seen_at for each in newest_of_each_kind(history) if each.file.seen_at]
    return max([*taken, *seen], default=None)


def kind_of(origin: str) -> str:
    """Return what stays of a file's name from export to export: its letters, `so-theo-doi-20261112 (1).xlsx`.

    >>> kind_of("Sổ theo dõi 12-11.xlsx") == kind_of("so-theo-doi-20261113 (1).csv")
    True
    """
    stem = re.sub(r"\.\w{1,5}$", "", origin)
    return "".join(filter(str.isalpha, fold(stem)))


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest file of its kind, and the few before it that it compares with, oldest first."""

    file: Arrived
    before: tuple[Arrived, ...]
    is_named: bool  # whether their names say that they are of one kind

    @property
    def comparable(self) -> tuple[Arrived, ...]:
        """Those whose numbers of rows mean the same: of the same period, and laid out alike.

        A file most of whose dossiers are new begins another period, and compares with none before it.
        """
        if self.file.starts_anew:
            return ()
        since = max((n for n, each in enumerate(self.before) if each.starts_anew), default=0)
        return tuple(e for e in self.before[since:] if self.is_named or e.fields == self.file.fields)


def newest_of_each_kind(history: Sequence[Arrived]) -> list[Newest]:
    """Return the newest file of each kind that came in the week up to the newest of all.

    Where no name ever comes back the names say nothing, and all files are of one kind.
    """
    files = each_once(history)
    if not files:
        return []
    kinds: dict[str, list[Arrived]] = defaultdict(list)
    for each in files:
        kinds[kind_of(each.origin)].append(each)
    is_named = len(files) <= FEW or any(len(same) > 1 for same in kinds.values())
    groups = list(kinds.values()) if is_named else [files]
    since = max(each.taken_at for each in files) - RECENT
    return [
        Newest(same[-1], tuple(same[-1 - COMPARED : -1]), is_named)
        for same in groups
        if same[-1].taken_at >= since
    ]


FEW = 3  # files that may each be the first of its kind
