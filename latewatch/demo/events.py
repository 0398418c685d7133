"""The list of events beside the exports: what interrupted some dossiers, who holds others. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from random import Random

from latewatch.demo.arrivals import DEMO_NOW, TODAY, office_moment
from latewatch.demo.row import Row
from latewatch.demo.story import Story
from latewatch.domain.dossier import Dossier, Status
from latewatch.domain.worktime import WorkCalendar

AWAITED, IN_DEBT = 11, 5  # dossiers that wait: for a supplement, for a payment
MET_AND_DONE, MET_AND_RUNNING, CONSULTED = 8, 3, 2
MET_TWICE, MET_THRICE = 16, 4  # of what was finished: sent back again and again
SEVERAL_UNITS, LATE_AND_SEVERAL_UNITS = 3, 1
DONE_BY_SEVERAL_UNITS = 90
LATELY = range(4, 10)  # working days since the receipt of what waits
IN_VAIN = range(20, 25)  # of what was asked and did not come in 15 days
LONG_ENOUGH = range(9, 100)  # from receipt to finish, or until today: a supplement was asked for, and came
SHARED = ("Đất đai", "Hoạt động xây dựng", "Môi trường")  # fields whose dossiers go through several units
ROUND_TRIP = range(16, 100)  # room for two or three requests
ROUTE = (("Sở Xây dựng", "3 ngày làm việc"), ("Sở Nông nghiệp và Môi trường", "5 ngày làm việc"))
LAST_UNIT = ("Sở Tài chính", "4 ngày làm việc")


def rows(story: Story, calendar: WorkCalendar, seed: int) -> list[Row]:
    """Return the rows of the list, by the dossier's code; the same story and seed give the same ones."""
    rng = Random(seed)  # noqa: S311  a story, not a secret
    told = list(_Chronicle([*story.register, *story.report], calendar, rng).events())
    return sorted(told, key=lambda row: str(row["Mã hồ sơ"]))


@dataclass(frozen=True, slots=True)
class _Chronicle:
    dossiers: Sequence[Dossier]
    calendar: WorkCalendar
    rng: Random

    def events(self) -> Iterator[Row]:
        asked = [*self._some(Status.SUPPLEMENT, 1, IN_VAIN), *self._some(Status.SUPPLEMENT, AWAITED, LATELY)]
        yield from (self._told(each, "Yêu cầu bổ sung") for each in asked)
        for each in self._some(Status.SUSPENDED, IN_DEBT, LATELY):
            yield self._told(each, "Nghĩa vụ tài chính")
        yield from (self._met(each) for each in self._some(Status.RETURNED, MET_AND_DONE, LONG_ENOUGH))
        running = self._some(Status.PROCESSING, len(self.dossiers), LONG_ENOUGH)
        in_time = [each for each in running if not _is_late(each)]
        yield from (self._met(each) for each in in_time[:MET_AND_RUNNING])
        rest = in_time[MET_AND_RUNNING:]
        yield from (self._met(each, "Lấy ý kiến") for each in rest[:CONSULTED])
        shared = [each for each in rest[CONSULTED:] if each.field in SHARED][:SEVERAL_UNITS]
        late = [each for each in running if _is_late(each) and each.field in SHARED][:LATE_AND_SEVERAL_UNITS]
        for number, each in enumerate([*late, *shared]):
            yield from self._stages(each, passed_on=1 + number % 2)
        yield from self._past({each.code for each in (*late, *shared)})

    def _past(self, told: set[str]) -> Iterator[Row]:
        """Tell of what was finished: sent back more than once, or done by several units."""
        often = self._some(Status.RETURNED, MET_TWICE + MET_THRICE, ROUND_TRIP)
        for number, each in enumerate(often):
            yield from self._met_again(each, times=3 if number < MET_THRICE else 2)
        told |= {each.code for each in often}
        done = self._some(Status.RETURNED, len(self.dossiers), LONG_ENOUGH)
        shared = [each for each in done if each.field in SHARED and each.code not in told]
        for number, each in enumerate(shared[:DONE_BY_SEVERAL_UNITS]):
            yield from self._done_stages(each, passed_on=1 + number % 2)

    def _some(self, status: Status, number: int, days: range) -> list[Dossier]:
        """Choose dossiers of a status that are, or were, so many working days in process."""
        fitting = [each for each in self.dossiers if each.status is status and self._age(each) in days]
        return self.rng.sample(fitting, min(number, len(fitting)))

    def _age(self, dossier: Dossier) -> int:
        end = dossier.finished_at.date() if dossier.finished_at else TODAY
        return self.calendar.count(dossier.received_on or end, end)

    def _told(self, dossier: Dossier, kind: str) -> Row:
        """Tell of what was asked for within 3 working days of the receipt, and is still awaited."""
        return _row(dossier, kind, office_moment(self._day(dossier, self.rng.randint(1, 3)), self.rng))

    def _met(self, dossier: Dossier, kind: str = "Yêu cầu bổ sung") -> Row:
        """Tell of what came within a few working days."""
        start, days = self.rng.randint(1, 3), self.rng.randint(2, 5)
        asked_at = office_moment(self._day(dossier, start), self.rng)
        return _row(dossier, kind, asked_at, office_moment(self._day(dossier, start + days), self.rng))

    def _stages(self, dossier: Dossier, passed_on: int) -> Iterator[Row]:
        """Tell of the units it went through; the last one holds it."""
        begun_at = dossier.received_at
        for unit, limit in ROUTE[:passed_on]:
            assert begun_at  # noqa: S101  every dossier of the story was received
            day = self.calendar.add(begun_at.date(), self.rng.randint(2, 4))
            passed_at = office_moment(day, self.rng)
            yield _row(dossier, "Chặng", begun_at, passed_at, by=(unit, limit))
            begun_at = passed_at
        yield _row(dossier, "Chặng", begun_at, by=LAST_UNIT)

    def _met_again(self, dossier: Dossier, times: int) -> Iterator[Row]:
        """Tell of what was asked for again a day or two after it had come."""
        day = self.rng.randint(1, 2)
        for _ in range(times):
            came = day + self.rng.randint(1, 3)
            asked_at, came_at = (office_moment(self._day(dossier, each), self.rng) for each in (day, came))
            yield _row(dossier, "Yêu cầu bổ sung", asked_at, came_at)
            day = came + self.rng.randint(1, 2)

    def _done_stages(self, dossier: Dossier, passed_on: int) -> Iterator[Row]:
        """Tell of the units a finished dossier went through; its own had what was left of the limit."""
        assert dossier.finished_at  # noqa: S101  every dossier told here was finished
        own = dossier.resolving_unit
        route = [each for each in ROUTE if each[0] != own][:passed_on]
        left = self.calendar.count(
            *(each.date() for each in (dossier.received_at, dossier.promised_at) if each)
        )
        begun_at, day = dossier.received_at, 0
        for unit, limit in route:
            days = int(limit.partition(" ")[0])
            day += max(1, days + self.rng.choice((-2, -1, -1, 0, 0, 0, 1)))
            passed_at = min(office_moment(self._day(dossier, day), self.rng), dossier.finished_at)
            yield _row(dossier, "Chặng", begun_at, passed_at, by=(unit, limit))
            begun_at, left = passed_at, left - days
        yield _row(dossier, "Chặng", begun_at, dossier.finished_at, by=(own, f"{max(2, left)} ngày làm việc"))

    def _day(self, dossier: Dossier, days: int) -> date:
        return self.calendar.add(dossier.received_on or TODAY, days)


def _is_late(dossier: Dossier) -> bool:
    return dossier.promised_at is not None and dossier.promised_at < DEMO_NOW


def _row(
    dossier: Dossier,
    kind: str,
    start: datetime | None,
    end: datetime | None = None,
    by: tuple[str, str] = ("", ""),
) -> Row:
    return {
        "Mã hồ sơ": dossier.code,
        "Loại": kind,
        "Từ ngày": _cell(start),
        "Đến ngày": _cell(end),
        "Đơn vị": by[0],
        "Thời hạn": by[1],
    }


def _cell(at: datetime | None) -> str:
    return f"{at:%d/%m/%Y %H:%M}" if at else ""
