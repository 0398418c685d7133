"""Whether data is too old to be believed. Pure."""

from datetime import datetime, timedelta

from latewatch.domain.worktime import WorkCalendar


def is_stale(data_from: datetime | None, at: datetime, hours: int, calendar: WorkCalendar) -> bool:
    """Tell whether more than `hours` went by since `data_from`; days of rest between do not age data.

    Data of Friday 16:00 is 15.5 hours old on Monday 07:30. No data at all is stale. Raises CalendarGap.
    """
    if data_from is None:
        return True
    first, last = data_from.date(), at.date()
    days = (last - first).days
    rested = days - calendar.count(first, last) if days > 0 else 0
    return at - data_from - timedelta(days=rested) > timedelta(hours=hours)
