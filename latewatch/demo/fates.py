"""How far each dossier got by the morning of the demo. Pure.

What lies in the past follows a distribution; what the digest and the letters of that morning show is
dealt out by the numbers below, so that the demo tells the same story with every seed.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from latewatch.demo.arrivals import TODAY, Arrival, office_moment
from latewatch.domain.dossier import Status
from latewatch.domain.worktime import WorkCalendar

FULL_SIZE = 5000  # dossiers the numbers below are meant for; fewer dossiers, fewer of each
OVERDUE = {1: 7, 2: 5, 3: 4, 4: 4, 5: 3, 6: 3, 7: 2, 8: 2, 9: 1, 10: 1, 11: 1, 13: 1, 15: 1}
"""Working days overdue this morning → dossiers."""
DUE_TODAY = 15
DUE_NEXT_DAY = 20

LATE_SHARE = 0.018  # of a unit of slowness 1
LAST_DAY_SHARE = 0.36  # finished on the due day itself
LONGEST_DELAY = 12  # working days, of what is finished

NOT_ACCEPTED, WITHDRAWN, STOPPED = 0.012, 0.008, 0.005  # shares of all
SUPPLEMENT, SUSPENDED = 0.025, 0.015  # shares of what was received lately
LATELY = 30  # working days
_NEARLY = timedelta(minutes=9)


@dataclass(frozen=True, slots=True)
class Fate:
    """The status a dossier has reached, and when its processing ended."""

    status: Status
    finished_at: datetime | None = None


def fates(arrivals: list[Arrival], calendar: WorkCalendar, rng: Random) -> list[Fate]:
    """Return the fate of each dossier, in the order given. Raises CalendarGap."""
    return _Fates(arrivals, calendar, rng).decide()


class _Fates:
    def __init__(self, arrivals: list[Arrival], calendar: WorkCalendar, rng: Random) -> None:
        self.arrivals = arrivals
        self.calendar = calendar
        self.rng = rng
        self.yesterday = calendar.back(TODAY, 1)
        self.next_day = calendar.add(TODAY, 1)

    def decide(self) -> list[Fate]:
        fates: dict[int, Fate] = {}
        for index, arrival in enumerate(self.arrivals):
            apart = self._apart(arrival)
            if apart:
                fates[index] = apart
        running = self._dealt({index for index in range(len(self.arrivals)) if index not in fates})
        for index, arrival in enumerate(self.arrivals):
            if index not in fates:
                fates[index] = self._running(arrival) if index in running else self._finished(arrival)
        return [fates[index] for index in range(len(self.arrivals))]

    def _apart(self, arrival: Arrival) -> Fate | None:
        """Return the fate of a dossier that leaves the usual way, or None."""
        draw = self.rng.random()
        for status, share, longest in (
            (Status.NOT_ACCEPTED, NOT_ACCEPTED, 1),
            (Status.WITHDRAWN, WITHDRAWN, 6),
            (Status.STOPPED, STOPPED, 12),
        ):
            if draw < share:
                return self._ended(arrival, status, longest)
            draw -= share
        if self.calendar.count(arrival.received_on, TODAY) not in range(2, LATELY):
            return None
        if draw < SUPPLEMENT:
            return Fate(Status.SUPPLEMENT)
        return Fate(Status.SUSPENDED) if draw < SUPPLEMENT + SUSPENDED else None

    def _ended(self, arrival: Arrival, status: Status, longest: int) -> Fate | None:
        day = self.calendar.add(arrival.received_on, self.rng.randint(0, longest))
        return Fate(status, self._moment(arrival, day)) if day <= self.yesterday else None

    def _dealt(self, free: set[int]) -> set[int]:
        """Choose what is overdue this morning, due today and due on the next working day."""
        by_due = defaultdict(list)
        for index in sorted(free):
            by_due[self.arrivals[index].due_on].append(index)
        hands = {self.calendar.back(TODAY, days): number for days, number in OVERDUE.items()}
        hands |= {TODAY: DUE_TODAY, self.next_day: DUE_NEXT_DAY}
        chosen: set[int] = set()
        for day, number in hands.items():
            scaled = max(1, round(number * len(self.arrivals) / FULL_SIZE))
            chosen.update(sorted(by_due[day], key=self._reluctance)[:scaled])
        return chosen

    def _reluctance(self, index: int) -> tuple[bool, float]:
        """Order candidates: this morning's receipts cannot be finished, slow units often are not."""
        arrival = self.arrivals[index]
        return arrival.received_on != TODAY, self.rng.random() / arrival.unit.slowness

    def _finished(self, arrival: Arrival) -> Fate:
        """Return a finish in the past, or the fate of a running dossier where its day has not come."""
        days = self._days_taken(arrival)
        day = self.calendar.add(arrival.received_on, days)
        if arrival.due_on <= self.next_day and day > self.yesterday:
            day = self._lately(arrival)
        if day >= TODAY or arrival.received_on == TODAY:
            return self._running(arrival)
        fetched = self.rng.random() < (0.95 if self.calendar.count(day, TODAY) > 5 else 0.4)
        return Fate(Status.RETURNED if fetched else Status.DONE, self._moment(arrival, day))

    def _lately(self, arrival: Arrival) -> date:
        """Return one of the last working days: what was not dealt out is done."""
        day = self.calendar.back(TODAY, self.rng.randint(1, 8))
        return max(day, self.calendar.add(arrival.received_on, 0))

    def _days_taken(self, arrival: Arrival) -> int:
        """Draw the working days from receipt to finish: mostly near the end of the limit, seldom past it."""
        window = self.calendar.count(arrival.received_on, arrival.due_on)
        late = LATE_SHARE * arrival.unit.slowness
        draw = self.rng.random()
        if draw < late:
            return window + min(1 + int(self.rng.expovariate(0.5)), LONGEST_DELAY)
        if draw < late + LAST_DAY_SHARE:
            return window
        return int(window * self.rng.triangular(0.35, 1.0, 0.9))

    def _running(self, arrival: Arrival) -> Fate:
        fresh = self.calendar.count(arrival.received_on, TODAY) <= 1
        return Fate(Status.RECEIVED if fresh else Status.PROCESSING)

    def _moment(self, arrival: Arrival, day: date) -> datetime:
        """Return an instant of `day`, after the receipt where both fall on one day.

        What ends on the due day is not late: of a limit in hours it ends some minutes before it.
        """
        moment = max(office_moment(day, self.rng), arrival.received_at + timedelta(minutes=20))
        return min(moment, arrival.due_at - _NEARLY) if day == arrival.due_on else moment
