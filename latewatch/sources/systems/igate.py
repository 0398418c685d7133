"""iGate 2, asked for what was updated, the newest first: each run reads down to where the last one began.

While it is read, a dossier that is updated moves to the front and the others move down: what is read twice is
taken once, and what moved away before it was read is found at the front, where a second pass looks for it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from math import ceil

from msgspec import Raw, Struct

from latewatch.clock import VIETNAM, at_midnight
from latewatch.config import Source
from latewatch.domain.reading import Reading
from latewatch.errors import ConfigError, SourceError
from latewatch.progress import Progress
from latewatch.sources.profiles.profile import Profile
from latewatch.sources.systems.api import Api
from latewatch.sources.systems.igate_records import Item, read_item, stamp_of
from latewatch.sources.systems.records import Records

PATH = "pa/dossier/search"
OWN_PARAMETERS = ("page", "size", "sort")
FIRST_RUN_DAYS = 365  # how far back a first run reads where the source does not say since when
IDLE_PAGES = 5  # in a row without anything new: the system gives the same page for ever


class _Pageable(Struct, rename="camel"):
    page_number: int | None = None


class _Answer(Struct, rename="camel"):
    """A page, or a slice, which does not say how many there are."""

    content: list[Raw]
    total_pages: int | None = None
    total_elements: int | None = None
    last: bool | None = None
    pageable: _Pageable | str | None = None

    def ends_at(self, page: int) -> bool:
        if not self.content:
            return True
        if self.last is not None:
            return self.last
        return self.total_pages is not None and page + 1 >= self.total_pages


@dataclass(frozen=True, slots=True)
class Pass:
    """One way from the newest dossier down to those not updated since `until`; `page` is the next one.

    `newest` is what it met first, and `mark` what earlier runs reached.
    """

    until: datetime
    mark: datetime | None = None
    newest: datetime | None = None
    page: int = 0
    total: int | None = None  # dossiers, as the page before said
    is_second: bool = False

    def cursor(self, size: int) -> dict[str, str]:
        """Say where to go on after a stop; the number of a page means nothing with another size."""
        moments = {"until": self.until, "mark": self.mark, "newest": self.newest}
        texts = {name: moment.isoformat() for name, moment in moments.items() if moment}
        numbers = {"page": self.page, "size": size, "second": int(self.is_second), "total": self.total}
        return {**texts, **{name: str(number) for name, number in numbers.items() if number is not None}}

    def done(self) -> dict[str, str]:
        """Say where the next run begins: only what is newer can be new."""
        reached = max(filter(None, (self.mark, self.newest)), default=None)
        return {"updated": reached.isoformat()} if reached else {}


def start(source: Source, cursor: Mapping[str, str], now: datetime) -> Pass:
    """Return the pass a run begins with, or the one that was interrupted, with its last page once more."""
    moments = {
        name: datetime.fromisoformat(text).astimezone(VIETNAM)
        for name, text in cursor.items()
        if name in ("until", "mark", "newest", "updated")
    }
    if "until" in moments:
        return Pass(
            until=moments["until"],
            mark=moments.get("mark"),
            newest=moments.get("newest"),
            page=max(int(cursor["page"]) - 1, 0) if cursor["size"] == str(source.page_size) else 0,
            total=int(cursor["total"]) if "total" in cursor else None,
            is_second=cursor["second"] == "1",
        )
    if "updated" in moments:
        overlap = timedelta(minutes=source.overlap_minutes)
        return Pass(moments["updated"] - overlap, moments["updated"])
    first = source.since or now.date() - timedelta(FIRST_RUN_DAYS)
    return Pass(at_midnight(first))


def pull(
    source: Source, profile: Profile, cursor: Mapping[str, str], now: datetime, progress: Progress
) -> Iterator[Reading]:
    """Yield what is new, page by page. Raises SourceError and ConfigError."""
    own = next((name for name in OWN_PARAMETERS if name in source.parameters), None)
    if own:
        raise ConfigError("[[sources]]", f"{source.name}.parameters.{own}", "latewatch tự đặt tham số này")
    with Api(source) as api:
        yield from _Run(api, source, profile, now, progress).read(start(source, cursor, now))


class _Run:
    """One run over one system."""

    def __init__(self, api: Api, source: Source, profile: Profile, now: datetime, progress: Progress) -> None:
        self._api = api
        self._source = source
        self._now = now
        self._progress = progress
        self._records = Records(profile, Item, read_item)
        self._ticks: Iterator[int] | None = None
        self._before: Sequence[Raw] = ()
        self._idle = 0
        self._is_sorted = True

    def read(self, first: Pass) -> Iterator[Reading]:
        """Yield page after page, each with the cursor that goes on after it."""
        way: Pass | None = first
        while way:
            answer = self._ask(way)
            stamps = [stamp for raw in answer.content if (stamp := stamp_of(raw))]
            part = self._records.part(answer.content, f"{self._source.name}, trang {way.page + 1}")
            self._look(answer, stamps, part)
            if way.newest is None and stamps:
                way = replace(way, newest=min(max(stamps), self._now))  # a date ahead would hide all to come
            following = self._following(way, answer, stamps)
            part.cursor = following.cursor(self._source.page_size) if following else way.done()
            yield part
            way = following

    def _ask(self, way: Pass) -> _Answer:
        asked: dict[str, str | int] = {"spec": "page", **self._source.parameters}
        asked |= {"page": way.page, "size": self._source.page_size, "sort": "updatedDate,desc"}
        answer = self._api.get(PATH, asked, _Answer)
        number = answer.pageable.page_number if isinstance(answer.pageable, _Pageable) else None
        if number is not None and number != way.page:
            raise SourceError(
                self._source.name, f"hỏi trang {way.page + 1} mà nhận trang {number + 1}; {_STUCK}"
            )
        self._tick(way, answer.total_pages)
        return answer

    def _tick(self, way: Pass, pages: int | None) -> None:
        """Show how far a first run is; a later one never reads all pages."""
        if self._ticks is None and pages and way.mark is None and not way.is_second:
            self._ticks = iter(self._progress(range(pages - way.page), f"Đọc {self._source.name}"))
        if self._ticks is not None:
            next(self._ticks, None)

    def _look(self, answer: _Answer, stamps: Sequence[datetime], part: Reading) -> None:
        """Note what is odd of a page: nothing new in it, or not in the order that was asked for."""
        is_new = bool(part.reported or part.rejected) and answer.content != self._before
        self._idle = 0 if is_new or not answer.content else self._idle + 1
        self._before = answer.content
        if self._is_sorted and any(one < other for one, other in pairwise(stamps)):
            self._is_sorted = False
            part.warnings.append(f"{self._source.name}: {_UNSORTED}")

    def _following(self, way: Pass, answer: _Answer, stamps: Sequence[datetime]) -> Pass | None:
        """Return what to read next; None where the run is over. Raises SourceError where nothing leads on."""
        back = self._pages_back(way, answer)
        way = replace(way, total=answer.total_elements)
        if back:
            return replace(way, page=way.page - back)
        is_below = self._is_sorted and bool(stamps) and stamps[-1] < way.until
        if answer.ends_at(way.page) or is_below or (way.is_second and self._idle):
            return _second(way)
        if self._idle >= IDLE_PAGES:
            raise SourceError(self._source.name, f"{IDLE_PAGES} trang liền không có gì mới; {_STUCK}")
        return replace(way, page=way.page + 1)

    def _pages_back(self, way: Pass, answer: _Answer) -> int:
        """Return how far to go back where dossiers were removed: what lay behind them moved up."""
        if way.total is None or answer.total_elements is None:
            return 0
        removed = max(way.total - answer.total_elements, 0)
        return min(way.page, ceil(removed / (len(answer.content) or self._source.page_size)))


def _second(way: Pass) -> Pass | None:
    """Return the pass for what moved to the front while more than one page was read; None after it."""
    if way.is_second or not way.page or way.newest is None:
        return None
    reached = max(way.newest, way.mark) if way.mark else way.newest
    return Pass(way.newest, reached, is_second=True)


_STUCK = "hệ thống không trả lời theo tham số page; kiểm tra khóa url và parameters của nguồn"
_UNSORTED = (
    "hồ sơ không xếp theo updatedDate như đã hỏi, nên phải đọc hết mọi trang; kiểm tra khóa parameters"
)
