"""OpenCPS says not what changed: its open dossiers are read again, the others by windows of days."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from msgspec import Raw, Struct

from latewatch.config import Source
from latewatch.domain.dossier import Status
from latewatch.domain.reading import Reading
from latewatch.errors import ConfigError
from latewatch.progress import Progress
from latewatch.sources.profiles.profile import Profile
from latewatch.sources.systems.api import Api
from latewatch.sources.systems.listings import Aside, Leg, Page, Span, Step, Walk
from latewatch.sources.systems.opencps_records import HoSo, identify, is_unnumbered, read
from latewatch.sources.systems.records import Records

PATH = "secure/rest/v2/dossiers"
OVERLAP = 5  # rows of a page that the next one repeats: so many may leave the listing between the two
ORDER = {"sort": "receiveDate", "order": "false"}  # upwards: what comes in meanwhile comes last
OPEN, RECEIVED, RELEASED, FINISHED = "open", "received", "released", "finished"
_WINDOWS = {RECEIVED: "ReceiveDate", RELEASED: "ReleaseDate", FINISHED: "FinishDate"}
_TITLES = {OPEN: "đang mở", RECEIVED: "tiếp nhận", RELEASED: "có kết quả", FINISHED: "kết thúc"}
_IS_OPEN = (Status.WAITING, Status.RECEIVED, Status.PROCESSING, Status.SUPPLEMENT, Status.SUSPENDED)


class _Answer(Struct, frozen=True):
    total: int
    data: list[Raw] | None = None  # where there are none


def pull(
    source: Source, profile: Profile, cursor: Mapping[str, str], now: datetime, progress: Progress
) -> Iterator[Reading]:
    """Yield what is open, and the dossiers of the days of this run: of years the first time, then of a month.

    A dossier that was closed is found by the day of its result or of its end, whenever it was received.
    """
    span = Span.of(source, cursor, now.date())
    aside, passed = Aside.of(cursor), set[str]()
    records = Records(profile, HoSo, read, aside)
    with Api(source) as api:
        walk = Walk(_Listings(api, source, profile).page, identify, span, cursor)
        for leg in walk.through(_plan(span, source), progress, f"Lấy {source.name}"):
            if leg.is_first:
                records.begin_listing()
                passed.clear()
            rows = [row for row in leg.rows if not is_unnumbered(row, profile, passed)]
            part = records.part(rows, _where(source, leg.step))
            part.repeated += leg.repeated
            part.warnings += _warnings(source, leg, passed)
            part.cursor = aside.noted(part, leg.cursor)
            yield part


def _plan(span: Span, source: Source) -> list[Step]:
    listings = (RECEIVED,) if span.is_first else (RECEIVED, RELEASED, FINISHED)
    windows = (span.windows(listing, source.window_days) for listing in listings)
    return [Step(OPEN), *(step for steps in windows for step in steps)]


class _Listings:
    """The listings of one installation, page by page."""

    def __init__(self, api: Api, source: Source, profile: Profile) -> None:
        own = {**ORDER, **source.parameters}
        self._group = own.pop("groupId", "")
        if not self._group:
            problem = 'thiếu; hãy ghi số của trang (site) OpenCPS: parameters = { groupId = "…" }'
            raise ConfigError(f"nguồn {source.name}", "parameters.groupId", problem)
        self._own = own
        self._api = api
        self._size = source.page_size
        words = (word for word, status in profile.status_of.items() if status in _IS_OPEN)
        self._open = ",".join(sorted(words))

    def page(self, step: Step, start: int) -> Page:
        part: dict[str, str | int] = {"start": start, "end": start + self._size}
        params = {**self._own, **self._filter(step), **part}
        answer = self._api.get(PATH, params, _Answer, {"groupId": self._group})
        rows = answer.data or []
        reached, overlap = start + len(rows), min(OVERLAP, len(rows) // 2)
        has_more = bool(rows) and reached < answer.total
        return Page(rows, answer.total, reached - overlap if has_more else None, overlap)

    def _filter(self, step: Step) -> dict[str, str]:
        if step.first is None or step.last is None:
            return {"status": self._open}
        name = _WINDOWS[step.listing]
        return {f"from{name}": _day(step.first), f"to{name}": _day(step.last)}


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _where(source: Source, step: Step) -> str:
    days = f" {_day(step.first)}–{_day(step.last)}" if step.first and step.last else ""
    return f"{source.name}, hồ sơ {_TITLES[step.listing]}{days}"


def _warnings(source: Source, leg: Leg, passed: set[str]) -> list[str]:
    """Say what of a listing never came, and how many dossiers of what is open have no number yet."""
    found = []
    if leg.missing:
        found.append(
            f"{_where(source, leg.step)}: hệ thống báo có mà không trả {leg.missing} hồ sơ; nếu lặp lại, hãy "
            "giảm window_days của nguồn"
        )
    if passed and leg.is_last and leg.step.listing == OPEN:
        found.append(f"{source.name}: {len(passed)} hồ sơ chưa có số (dossierNo); được lấy khi có số")
    return found
