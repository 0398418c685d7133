"""TD, a provincial system with the portal's fields: asked status by status, and by windows of days."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

import msgspec
from msgspec import Raw, Struct

from latewatch.config import Source
from latewatch.domain.dossier import Status
from latewatch.domain.reading import Reading
from latewatch.errors import SourceError
from latewatch.progress import Progress
from latewatch.sources.profiles.profile import Profile
from latewatch.sources.systems.api import Api
from latewatch.sources.systems.hoso import HoSo, Text, read_hoso
from latewatch.sources.systems.listings import Aside, Leg, Page, Span, Step, Walk
from latewatch.sources.systems.records import Records, text_in

PATH = "api/v1/HoSos"
ORDER = {"OrderBy": "NgayTiepNhan"}  # what comes in meanwhile comes last
RECEIVED, RETURNED = "TiepNhan", "NgayTra"
_TITLES = {RECEIVED: "tiếp nhận", RETURNED: "trả kết quả"}
_STATUS = "status "


class _Answer(Struct, frozen=True, rename="pascal"):
    """A page. Without TotalPages the total tells whether another follows."""

    total_count: int
    data: list[Raw] | None = None
    current_page: int | None = None
    total_pages: int | None = None


class _Name(Struct, frozen=True, rename="pascal"):
    ma_ho_so: Text = None
    id_ho_so: Text = None


def pull(
    source: Source, profile: Profile, cursor: Mapping[str, str], now: datetime, progress: Progress
) -> Iterator[Reading]:
    """Yield what was not handed over yet, and the dossiers of the days of this run.

    There is no filter by the end of processing: a dossier that is done is found by its status, until it is
    returned, and then by the day of that.
    """
    span = Span.of(source, cursor, now.date())
    aside = Aside.of(cursor)
    records = Records(profile, HoSo, read_hoso, aside)
    with Api(source) as api:
        walk = Walk(_Listings(api, source).page, identify, span, cursor)
        for leg in walk.through(_plan(span, source, profile), progress, f"Lấy {source.name}"):
            if leg.is_first:
                records.begin_listing()
            part = records.part(leg.rows, _where(source, leg.step))
            part.warnings += _warnings(source, leg)
            part.cursor = aside.noted(part, leg.cursor)
            yield part


def _plan(span: Span, source: Source, profile: Profile) -> list[Step]:
    """Return what to read. Pages of what goes by status shift, and those of a first run's windows do not."""
    words = [word for word, status in profile.status_of.items() if status is not Status.RETURNED]
    numbers = sorted(filter(str.isdecimal, words), key=int)
    statuses = [Step(f"{_STATUS}{word}") for word in numbers]
    returned = [] if span.is_first else span.windows(RETURNED, source.window_days)
    return [*statuses, *span.windows(RECEIVED, source.window_days), *returned]


class _Listings:
    """The listings of one installation, page by page."""

    def __init__(self, api: Api, source: Source) -> None:
        self._api = api
        self._source = source

    def page(self, step: Step, position: int) -> Page:
        number = position + 1
        part: dict[str, str | int] = {"PageNumber": number, "PageSize": self._source.page_size}
        params = {**ORDER, **self._source.parameters, **_filter(step), **part}
        answer = self._api.get(PATH, params, _Answer)
        if answer.current_page not in (None, number):
            problem = f"hỏi trang {number} mà nhận trang {answer.current_page}; kiểm tra parameters của nguồn"
            raise SourceError(_where(self._source, step), problem)
        return Page(answer.data or [], answer.total_count, number if self._has_more(answer, number) else None)

    def _has_more(self, answer: _Answer, number: int) -> bool:
        if answer.total_pages is None:
            return bool(answer.data) and number * self._source.page_size < answer.total_count
        return bool(answer.data) and number < answer.total_pages


def _filter(step: Step) -> dict[str, str]:
    if step.first is None or step.last is None:
        return {"MaTrangThai": step.listing.removeprefix(_STATUS)}
    return {
        f"{step.listing}From": f"{step.first}T00:00:00",
        f"{step.listing}To": f"{step.last}T23:59:59",
    }


def _where(source: Source, step: Step) -> str:
    if step.first is None or step.last is None:
        return f"{source.name}, hồ sơ trạng thái {step.listing.removeprefix(_STATUS)}"
    return f"{source.name}, hồ sơ {_TITLES[step.listing]} {_day(step.first)}–{_day(step.last)}"


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _warnings(source: Source, leg: Leg) -> list[str]:
    """Say what of a listing never came."""
    if not leg.missing:
        return []
    return [f"{_where(source, leg.step)}: hệ thống báo có mà không trả {leg.missing} hồ sơ"]


def identify(row: Raw) -> str:
    """Return what tells one row from another: its code, else all of it."""
    try:
        name = msgspec.json.decode(row, type=_Name)
    except msgspec.DecodeError:
        return bytes(row).hex()
    return text_in(name.ma_ho_so) or text_in(name.id_ho_so) or bytes(row).hex()
