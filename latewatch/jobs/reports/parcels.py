"""What leaves in one message: the reports of one unit and period, whom they go to, and when."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from latewatch.clock import at_midnight
from latewatch.domain.reporting import sending_day
from latewatch.jobs.office import Office
from latewatch.jobs.reports.stored import scope_of
from latewatch.store.reports.deliveries import Sending
from latewatch.store.reports.frozen import Frozen, ended_on, ended_since, in_force

LOOK_BACK = timedelta(days=75)  # after the end of a period; a report frozen later is nobody's news


@dataclass(frozen=True, slots=True)
class Parcel:
    """The reports of one unit, or of the office, of one period, and whom they go to."""

    sending: Sending
    to: tuple[str, ...]
    leaves_at: datetime
    reports: tuple[Frozen, ...]

    @property
    def called(self) -> str:
        unit = self.sending.unit or "cả cơ quan"
        return f"{self.reports[0].title}, {unit}"


def parcels(office: Office, connection: Connection, now: datetime) -> list[Parcel]:
    """Return what is to leave, or has left: the reports in force of the last periods that go to somebody."""
    groups: dict[tuple[object, ...], list[Frozen]] = {}
    for each in in_force(connection, ended_since((now - LOOK_BACK).date())):
        groups.setdefault((each.unit, each.first, each.last), []).append(each)
    return [parcel for each in groups.values() if (parcel := _parcel(office, each)).to]


def parcel_of(office: Office, connection: Connection, report: Frozen) -> Parcel:
    """Return the parcel of the reports in force of the unit and period of `report`, whomever it goes to."""
    same = in_force(connection, ended_on(report.last))
    return _parcel(office, [each for each in same if (each.unit, each.first) == (report.unit, report.first)])


def _parcel(office: Office, reports: list[Frozen]) -> Parcel:
    first, settings = reports[0], office.settings
    by_unit = {unit.code: unit.report_to for unit in settings.units}
    to = by_unit.get(first.unit, ()) if first.unit else settings.reports.report_to
    day = sending_day(scope_of(office, first).period, settings.reports.send_day, office.calendar)
    at = settings.reports.send_at
    edition = max(each.number for each in reports)
    sending = Sending(first.unit, first.first, first.last, edition)
    return Parcel(sending, to, at_midnight(day).replace(hour=at.hour, minute=at.minute), tuple(reports))
