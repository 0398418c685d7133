"""A promise that is not the day the limit ends: later hides lateness, earlier makes it. Pure."""

from dataclasses import dataclass
from datetime import date, datetime

from latewatch.domain.dossier import Status
from latewatch.domain.integrity.change import ENDED
from latewatch.domain.integrity.finding import Betrayal, Kind, Severity, said


@dataclass(frozen=True, slots=True)
class TwoDates:
    """A dossier with the day its limit ends and the day it was promised for."""

    status: Status
    computed_on: date
    promised_on: date
    finished_at: datetime | None


def differing(dates: TwoDates) -> Betrayal | None:
    """Return the sign where the dates differ and somebody may care.

    Of what is finished, they do only where one of them makes it late and the other does not.
    """
    if dates.status in ENDED or dates.computed_on == dates.promised_on or not _matters(dates):
        return None
    is_later = dates.promised_on > dates.computed_on
    evidence = {"computed": said(dates.computed_on), "promised": said(dates.promised_on)}
    severity = Severity.MEDIUM if is_later else Severity.LOW
    key = f"{dates.computed_on:%Y%m%d}/{dates.promised_on:%Y%m%d}"
    return Betrayal(Kind.DATES_DIFFER, severity, key, evidence)


def _matters(dates: TwoDates) -> bool:
    if dates.finished_at is None:
        return True
    finished_on = dates.finished_at.date()
    return (finished_on > dates.computed_on) is not (finished_on > dates.promised_on)
