"""The national portal's packets, asked for over HTTP, window by window.

How a server answers is agreed upon with whoever runs it; what is assumed here stands in docs/van-hanh.md.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from typing import NamedTuple

from msgspec import Raw

from latewatch.config import Source, secret
from latewatch.domain.reading import Reading
from latewatch.errors import ConfigError, SourceError
from latewatch.progress import Progress
from latewatch.sources.profiles.profile import Profile
from latewatch.sources.systems.api import Api
from latewatch.sources.systems.packet_records import PacketReader
from latewatch.sources.systems.packets import Packet, Tells, open_packet, service_of

SERVICES = "TraCuuHoSo, CapNhatTienDoHoSoMC"  # dossiers first: their progress speaks of them
UNIT, ASKED = "madonvi", "services"
OWN_PARAMETERS = ("tungay", "denngay", "trang", "sobanghi", "service", "session", "data")
FIRST_RUN_DAYS = 365  # how far back a run reads where the source does not say since when
MOST_PAGES = 2_000  # of one window: a server that never ends is broken


def pull(
    source: Source, profile: Profile, cursor: Mapping[str, str], now: datetime, progress: Progress
) -> Iterator[Reading]:
    """Yield the dossiers received since `source.since` and their progress, window by window.

    Once a day all windows are read, else those of the last `window_days`: a dossier that is done later is
    seen within a day. A run that was stopped goes on with the window it was in. Raises SourceError and
    ConfigError.
    """
    asked = _services(source)
    sweep = Sweep.of(source, cursor, now.date())
    with Api(source) as api:
        for window in progress(sweep.windows(source.window_days), f"Đọc {source.name}"):
            for service in asked:
                yield from _Listing(api, source, profile, service, window).pages()
            yield Reading(cursor=sweep.after(window))


@dataclass(frozen=True, slots=True)
class Window:
    """Days of receipt, the last one included."""

    first: date
    last: date

    def __str__(self) -> str:
        return f"{self.first:%d/%m/%Y}-{self.last:%d/%m/%Y}"


@dataclass(frozen=True, slots=True)
class Sweep:
    """One run: the days from `first` to `today`. `swept` is the day of the last run over all of them."""

    first: date
    today: date
    is_whole: bool
    swept: str

    @classmethod
    def of(cls, source: Source, cursor: Mapping[str, str], today: date) -> "Sweep":
        """Return the run that was interrupted, or the one that is due."""
        swept = cursor.get("swept", "")
        if "next" in cursor:
            following = min(date.fromisoformat(cursor["next"]), today)
            return cls(following, today, "whole" in cursor, swept)
        begin = source.since or today - timedelta(FIRST_RUN_DAYS)
        if swept != f"{today}":
            return cls(min(begin, today), today, is_whole=True, swept=swept)
        return cls(
            min(max(begin, today - timedelta(source.window_days)), today), today, is_whole=False, swept=swept
        )

    def windows(self, days: int) -> Sequence[Window]:
        starts = range(0, (self.today - self.first).days + 1, days)
        firsts = [self.first + timedelta(start) for start in starts]
        return [Window(first, min(first + timedelta(days - 1), self.today)) for first in firsts]

    def after(self, window: Window) -> dict[str, str]:
        """Say where to go on after a stop; after the last window, what the next run must know."""
        swept = {"swept": self.swept} if self.swept else {}
        if window.last >= self.today:
            return {"swept": f"{self.today}"} if self.is_whole else swept
        whole = {"whole": "1"} if self.is_whole else {}
        return {**swept, **whole, "next": f"{window.last + timedelta(1)}"}


class Service(NamedTuple):
    """A service to ask, and what its records tell of."""

    name: str
    tells: Tells


class _Listing:
    """What one service says of one window, page by page."""

    def __init__(
        self, api: Api, source: Source, profile: Profile, service: "Service", window: Window
    ) -> None:
        self._api = api
        self._source = source
        self._profile = profile
        self._service = service
        self._window = window
        self._seen: set[bytes] = set()

    def pages(self) -> Iterator[Reading]:
        """Yield pages until one says nothing new: who knows no pages gives all at once, again and again."""
        for number in count(1):
            where = f"{self._source.name}, {self._service.name} {self._window}, trang {number}"
            if number > MOST_PAGES:
                raise SourceError(where, f"quá {MOST_PAGES} trang trong một khoảng; hãy giảm window_days")
            packet = self._ask(where, number)
            fresh = [raw for raw in packet.records if self._is_new(raw)]
            if not fresh:
                return
            reading = PacketReader(where, self._profile).read(Packet(packet.tells, fresh))
            reading.repeated += len(packet.records) - len(fresh)
            yield reading

    def _ask(self, where: str, page: int) -> Packet:
        parameters = self._source.parameters
        body = {
            "session": secret("token", self._source.token_file, self._source.token_env),
            "madonvi": parameters.get(UNIT, ""),
            "service": self._service.name,
            "data": {
                **{name: value for name, value in parameters.items() if name not in (UNIT, ASKED)},
                "tungay": f"{self._window.first:%Y%m%d}000000",
                "denngay": f"{self._window.last:%Y%m%d}235959",
                "trang": f"{page}",
                "sobanghi": f"{self._source.page_size}",
            },
        }
        return open_packet(where, bytes(self._api.post("", body, Raw)), self._service.tells)

    def _is_new(self, raw: Raw) -> bool:
        content = bytes(raw)
        is_new = content not in self._seen
        self._seen.add(content)
        return is_new


def _services(source: Source) -> list[Service]:
    """Return the services to ask, in their order. Raises ConfigError."""
    own = next((name for name in OWN_PARAMETERS if name in source.parameters), None)
    if own:
        raise ConfigError("[[sources]]", f"{source.name}.parameters.{own}", "latewatch tự đặt tham số này")
    found: list[Service] = []
    for name in (source.parameters.get(ASKED) or SERVICES).split(","):
        tells = service_of(name)
        if tells is None:
            known = ", ".join([*Tells, "TraCuuHoSo"])
            problem = f"không có dịch vụ “{name.strip()}”; chọn trong: {known}"
            raise ConfigError("[[sources]]", f"{source.name}.parameters.{ASKED}", problem)
        found.append(Service(name.strip(), tells))
    return found
