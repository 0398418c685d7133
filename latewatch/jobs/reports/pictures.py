"""The pictures of a report's e-mail: drawn and kept when it is frozen, of the same state of the data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from latewatch.domain.period import Period
from latewatch.domain.tally.comparison import Month, shown_months
from latewatch.domain.tally.counts import Counts
from latewatch.domain.tally.layout import Form
from latewatch.domain.tally.ranking import ranked
from latewatch.domain.tally.rule import CountingRule
from latewatch.domain.tally.table import Tally
from latewatch.jobs.figures.counts import Counting
from latewatch.jobs.figures.naming import ByUnit
from latewatch.jobs.figures.tables import tables
from latewatch.jobs.office import Office
from latewatch.jobs.overview import standard_of
from latewatch.jobs.reports.counting import Scope
from latewatch.jobs.tally import plan_of
from latewatch.notify.report_mail import MailPicture

if TYPE_CHECKING:
    from latewatch.reports.pictures.picture import Picture

WIDTH = 5.6  # inches: as wide as an e-mail shows it, its letters stay readable
UNITS_DRAWN = 14
_COLUMNS = {"don-vi": (0, 3, 4, 5, 6), "muoi-hai-thang": (0, 1, 2, 3, 4)}  # of a table that fits a telephone


def kept_bytes(pictures: Sequence[MailPicture]) -> bytes:
    return msgspec.json.encode(pictures)


def kept_in(content: bytes) -> list[MailPicture]:
    return msgspec.json.decode(content, type=list[MailPicture])


class Pictures:
    """Draws the pictures of reports; what those of one period and rule share is counted once."""

    def __init__(self, office: Office, now: datetime) -> None:
        self._office, self._now = office, now
        self._counted: dict[tuple[Period, CountingRule], list[Tally]] = {}
        self._drawn: dict[tuple[Period, CountingRule, str], list[MailPicture]] = {}

    def of(self, scope: Scope) -> list[MailPicture]:
        """Return the pictures of a report that counts by standing and goes to somebody; else none.

        Units by rate are of the whole office. Raises TallyError.
        """
        if not self._is_sent(scope) or not plan_of(self._office, scope.form).is_main:
            return []
        key = (scope.period, scope.rule, scope.unit_code)
        if key not in self._drawn:
            self._drawn[key] = [_kept(each) for each in self._pictures(scope)]
        return self._drawn[key]

    def _is_sent(self, scope: Scope) -> bool:
        settings = self._office.settings
        if scope.unit is None:
            return bool(settings.reports.report_to)
        return any(each.report_to for each in settings.units if each.code == scope.unit_code)

    def _pictures(self, scope: Scope) -> list[Picture]:
        from latewatch.reports.pictures.months import trend_picture  # noqa: PLC0415  only who draws pays
        from latewatch.reports.pictures.units import units_picture  # noqa: PLC0415

        *months, table = self._tables(scope)
        found = []
        if scope.unit is None and sum(row.resolved > 0 for row in table.rows.values()) > 1:
            found.append(units_picture(ranked(table.rows, standard_of(self._office)), UNITS_DRAWN))
        if months:
            found.append(trend_picture([_of_unit(each, scope) for each in months]))
        return found

    def _tables(self, scope: Scope) -> list[Tally]:
        """Return the tables by unit of the twelve months that end with the period, then its own."""
        key = (scope.period, scope.rule)
        if key not in self._counted:
            ending = Month.ending_on(scope.period.last)
            months = [each.period(ending[1]) for each in shown_months(ending[0])] if ending else []
            with self._office.store.reading() as connection:
                counting = Counting(self._office, connection, scope.rule, self._now)
                by_unit = plan_of(self._office, Form.BY_UNIT)
                self._counted[key] = tables(counting, by_unit, ByUnit(), [*months, scope.period])
        return self._counted[key]


def _of_unit(table: Tally, scope: Scope) -> Tally:
    """Return the table of the report's unit alone, as far as a picture of the months asks."""
    return replace(table, total=table.rows.get(scope.unit.name, Counts())) if scope.unit else table


def _kept(picture: Picture) -> MailPicture:
    from latewatch.reports.pictures.picture import png  # noqa: PLC0415  only who draws pays for it

    columns = _COLUMNS[picture.name]
    return MailPicture(
        name=picture.name,
        title=picture.title,
        alt=picture.alt,
        headings=tuple(picture.headings[each] for each in columns),
        rows=tuple(tuple(row[each] for each in columns) for row in picture.rows),
        png=png(replace(picture, title="", size=(WIDTH, picture.size[1]))),
    )
