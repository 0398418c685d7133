"""A frozen report read again: its scope, its figures, where its dossiers stood."""

from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection

from latewatch.domain.names import UnitName
from latewatch.domain.period import Period
from latewatch.domain.tally.freezing import Places
from latewatch.domain.tally.layout import Form
from latewatch.errors import TallyError
from latewatch.jobs.office import Office
from latewatch.jobs.reports.counting import Scope, rule_from, unpacked
from latewatch.store.reports.frozen import Frozen, numbered, part


@dataclass(frozen=True, slots=True)
class Content:
    """What stands in a frozen report: figures by row, the rule as data, rates, remarks."""

    rows: dict[str, dict[str, int]]
    total: dict[str, int]
    rule: dict[str, Any]
    rates: list[tuple[str, str, str]]
    notes: list[str]
    despite: list[str]
    reporter: str


def content_of(report: Frozen) -> Content:
    return msgspec.json.decode(report.content, type=Content)


def scope_of(office: Office, report: Frozen) -> Scope:
    """Return what `report` is of; a unit that is declared no more keeps its code as its name."""
    unit = None
    if report.unit:
        unit = office.roster.find(report.unit) or UnitName(report.unit, content_of(report).reporter)
    period = Period(report.first, report.last, report.title)
    return Scope(Form(report.form), period, rule_from(content_of(report).rule), unit)


def placed_in(connection: Connection, report: Frozen) -> dict[str, Places]:
    return unpacked(part(connection, report.number, "placing"))


def report_numbered(connection: Connection, number: int) -> Frozen:
    """Return the frozen report of this number. Raises TallyError."""
    report = numbered(connection, number)
    if report is None:
        raise TallyError(f"Không có báo cáo đã chốt số {number}; xem: latewatch tally frozen list")
    return report


def called(report: Frozen) -> str:
    """Name a report in a line: `số 3: 07a, Tháng 10 năm 2026, cách đếm TT09-2026, bản 1`."""
    unit = f", đơn vị {report.unit}" if report.unit else ""
    return (
        f"số {report.number}: {report.form}, {report.title} ({report.first:%d/%m/%Y}–{report.last:%d/%m/%Y})"
        f"{unit}, cách đếm {report.rule}, bản {report.version}"
    )
