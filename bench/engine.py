"""Due dates, measured: many at once against numpy, one at a time against pandas and businesstimedelta.

The questions lie in 2021-2023, which have no worked Saturday: neither of the others can express one. Where
both sides answer the same question, their answers are compared before they are timed.
"""

import random
from datetime import UTC, date, datetime, time, timedelta

import businesstimedelta
import numpy as np
import pandas as pd
from measure import Result, best_of
from numpy.typing import NDArray

from latewatch.bulk import BulkCalendar, Moments
from latewatch.calendars.load import load_calendar
from latewatch.clock import VIETNAM
from latewatch.domain.expiry import due_moment
from latewatch.domain.hours import DAY
from latewatch.domain.limit import LimitUnit, TimeLimit

MANY, FEW = 1_000_000, 2_000
FIRST, LAST = date(2021, 1, 4), date(2023, 10, 31)
EPOCH = date(1970, 1, 1).toordinal()
CALENDAR = load_calendar()
OFF = [day for day in CALENDAR.entries if not CALENDAR.is_working_day(day)]
WEEKDAYS = range(5)


def due_days_in_bulk() -> Result:
    """1 to 30 working days for a million receipts."""
    bulk, starts, days = BulkCalendar(CALENDAR), _starts(), _amounts(30)
    busdays = np.busdaycalendar(holidays=np.array(OFF, dtype="datetime64[D]"))
    received = (starts - EPOCH).astype("datetime64[D]")
    theirs = np.busday_offset(received, days, roll="backward", busdaycal=busdays)
    assert (theirs.astype(np.int64) + EPOCH == bulk.add(starts, days)).all()
    return Result(
        "days, bulk",
        MANY,
        best_of(lambda: np.busday_offset(received, days, roll="backward", busdaycal=busdays)),
        best_of(lambda: bulk.add(starts, days)),
        "baseline: numpy.busday_offset; asked for: 0.5×",
    )


def due_hours_in_bulk() -> Result:
    """1 minute to 40 hours of working time for a million receipts, at any minute of the day."""
    bulk, moments, minutes = BulkCalendar(CALENDAR), Moments(_starts(), _amounts(DAY) - 1), _amounts(40 * 60)
    busdays = np.busdaycalendar(holidays=np.array(OFF, dtype="datetime64[D]"))
    received, days = (moments.days - EPOCH).astype("datetime64[D]"), _amounts(30)
    return Result(
        "hours, bulk",
        MANY,
        best_of(lambda: np.busday_offset(received, days, roll="backward", busdaycal=busdays)),
        best_of(lambda: bulk.add_minutes(moments, minutes)),
        "baseline: numpy.busday_offset over whole days; asked for: 0.1×",
    )


def due_days_one_at_a_time() -> Result:
    """1 to 30 working days, one question after the other, as a due moment of Vietnam."""
    moments, amounts = _moments(), [1 + number % 30 for number in range(FEW)]
    limits = [TimeLimit(amount) for amount in amounts]
    day = pd.offsets.CustomBusinessDay(holidays=OFF)
    stamps = [pd.Timestamp(at.replace(tzinfo=None)) for at in moments]
    theirs = [stamp + amount * day for stamp, amount in zip(stamps, amounts, strict=True)]
    ours = [due_moment(at, limit, CALENDAR) for at, limit in zip(moments, limits, strict=True)]
    assert [each.date() for each in theirs] == [each.date() for each in ours]
    return Result(
        "days, single",
        FEW,
        best_of(lambda: [stamp + n * day for stamp, n in zip(stamps, amounts, strict=True)]),
        best_of(lambda: [due_moment(at, limit, CALENDAR) for at, limit in zip(moments, limits, strict=True)]),
        "baseline: pandas CustomBusinessDay; asked for: 20×",
    )


def due_hours_one_at_a_time() -> Result:
    """1 to 30 hours of working time with a lunch break, one question after the other."""
    moments, amounts = _moments(), [1 + number % 30 for number in range(FEW)]
    limits = [TimeLimit(amount, LimitUnit.HOURS) for amount in amounts]
    rules, few = _business_rules(), FEW // 10  # the baseline is slow: a tenth of the questions, scaled
    naive = [at.replace(tzinfo=None) for at in moments[:few]]
    deltas = [businesstimedelta.BusinessTimeDelta(rules, hours=amount) for amount in amounts[:few]]
    theirs = [at + delta for at, delta in zip(naive, deltas, strict=True)]
    ours = [due_moment(at, limit, CALENDAR) for at, limit in zip(moments[:few], limits, strict=False)]
    assert [each.replace(tzinfo=UTC) for each in ours] == theirs  # it calls every clock UTC
    return Result(
        "hours, single",
        FEW,
        best_of(lambda: [at + delta for at, delta in zip(naive, deltas, strict=True)]) * FEW / few,
        best_of(lambda: [due_moment(at, limit, CALENDAR) for at, limit in zip(moments, limits, strict=True)]),
        "baseline: businesstimedelta; asked for: 50×",
    )


def _starts() -> NDArray[np.int64]:
    rng = np.random.default_rng(1)
    return rng.integers(FIRST.toordinal(), LAST.toordinal(), MANY)


def _amounts(most: int) -> NDArray[np.int64]:
    return np.random.default_rng(2).integers(1, most + 1, MANY)


def _moments() -> list[datetime]:
    """Return receipts within office hours of working days."""
    rng = random.Random(1)  # noqa: S311  a measurement, not a secret
    days = [FIRST + timedelta(days=rng.randrange((LAST - FIRST).days)) for _ in range(FEW)]
    return [
        datetime.combine(CALENDAR.add(day, 0), time(8 + rng.randrange(3), rng.randrange(60)), VIETNAM)
        for day in days
    ]


def _business_rules() -> businesstimedelta.Rules:
    """Return CALENDAR's hours in the words of businesstimedelta."""
    week = list(WEEKDAYS)
    return businesstimedelta.Rules(
        [
            businesstimedelta.WorkDayRule(start_time=time(7, 30), end_time=time(17), working_days=week),
            businesstimedelta.LunchTimeRule(start_time=time(11, 30), end_time=time(13), working_days=week),
            businesstimedelta.HolidayRule(dict.fromkeys(OFF, "nghỉ")),
        ]
    )
