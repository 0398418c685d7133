"""Reconcile: what a source counts itself beside what we count, with the dossiers behind each difference."""

from datetime import datetime
from pathlib import Path

from latewatch.config import Source
from latewatch.domain.period import Period
from latewatch.domain.tally.columns import Column
from latewatch.domain.tally.counts import RESOLVED
from latewatch.domain.tally.forms import LAYOUTS
from latewatch.domain.tally.reconciling import Reconciliation, reconcile
from latewatch.domain.tally.table import TOTAL
from latewatch.errors import TallyError
from latewatch.jobs.office import Office
from latewatch.jobs.reports.counting import Scope, count
from latewatch.sources.figures import read_figures
from latewatch.sources.profiles.profile import System
from latewatch.sources.systems.opencps_statistics import statistics

LARGEST = 100  # megabytes
_STATISTICS = {
    "received_count": ("Tiếp nhận trong kỳ", ("online_full", "online_partial", "postal", "direct")),
    "remaining_count": ("Từ kỳ trước", ("carried",)),
    "online_count": ("Trực tuyến", ("online_full", "online_partial")),
    "onegate_count": ("Tại một cửa, bưu chính", ("postal", "direct")),
    "release_count": ("Đã giải quyết", RESOLVED),
    "betimes_count": ("Trước hạn", ("early",)),
    "ontime_count": ("Đúng hạn", ("on_time",)),
    "overtime_count": ("Quá hạn", ("late",)),
    "processing_count": ("Đang giải quyết", ("within", "overdue")),
    "undue_count": ("Đang giải quyết, trong hạn", ("within",)),
    "overdue_count": ("Đang giải quyết, quá hạn", ("overdue",)),
    "cancelled_count": ("Rút", ("withdrawn",)),
    "denied_count": ("Từ chối", ("refused",)),
}


def reconcile_file(office: Office, scope: Scope, path: Path, now: datetime) -> Reconciliation:
    """Hold the form exported into `path` against ours. Raises SourceError and TallyError."""
    layout = LAYOUTS[scope.form]
    columns = [each for each in layout.columns if isinstance(each, Column)]
    headings = {each.number: each.headings for each in columns}
    is_parted = bool(layout.sections)
    theirs = read_figures(path, headings, has_sections=is_parted, max_megabytes=LARGEST)
    result, placed = count(office, scope, now)
    return reconcile(theirs, result.rows, result.total, columns, placed)


def reconcile_opencps(office: Office, scope: Scope, now: datetime, source: str = "") -> Reconciliation:
    """Hold OpenCPS's statistics of the month against our totals. Raises SourceError and TallyError."""
    period = _whole_month(scope.period)
    theirs = statistics(_source(office, source), period.first.year, period.first.month)
    result, placed = count(office, scope, now)
    columns = [
        Column(number=name, headings=(words,), of=figures) for name, (words, figures) in _STATISTICS.items()
    ]
    return reconcile({TOTAL: theirs}, result.rows, result.total, columns, placed)


def _whole_month(period: Period) -> Period:
    is_whole = period.first.day == 1 and (period.first.year, period.first.month) == (
        period.last.year,
        period.last.month,
    )
    if not is_whole:
        raise TallyError("OpenCPS đếm theo tháng dương lịch; chọn --month và --cutoff calendar.")
    return period


def _source(office: Office, name: str) -> Source:
    """Return the one source that is an OpenCPS, or the one called `name`. Raises TallyError."""
    found = [
        each
        for each in office.settings.sources
        if office.profiles[each.name].system is System.OPENCPS and name in ("", each.name)
    ]
    if len(found) != 1:
        named = ", ".join(each.name for each in found) or "không có nguồn nào"
        raise TallyError(f"Cần đúng một nguồn OpenCPS trong [[sources]] ({named}); chọn bằng --source TÊN.")
    return found[0]
