"""A dossier behind a cell, as a list shows it: its dates, where the table has it, how late. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from latewatch.domain.expiry import end_of_day
from latewatch.domain.period import Period
from latewatch.domain.standing import LABELS, Case, Standing
from latewatch.domain.tally.placing import Left, due_at, finished_at, place
from latewatch.domain.tally.rule import CountingRule

OUTSIDE = "ngoài bảng"
_WORDS: Mapping[str, str] = {
    **{each.name.lower(): LABELS[each] for each in (Standing.EARLY, Standing.ON_TIME, Standing.LATE)},
    "within": "đang giải quyết, trong hạn",
    "overdue": "đang giải quyết, quá hạn",
    "waiting_late": "chờ tiếp nhận, quá hạn",
    "waiting": "chờ tiếp nhận",
    "withdrawn": "rút hồ sơ",
    "stopped": "dừng xử lý",
    "refused": "từ chối",
    "not_accepted": "không được tiếp nhận",
}
_LATE = ("late", "overdue")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One dossier of a cell. `times` is how often the cell counts it: twice where it was sent back twice.

    Standing, due date and working days late are those of the rule the table was made by; a due date at the
    end of its day has none but its day.
    """

    code: str
    times: int
    unit: str
    field: str
    procedure: str
    received_on: date | None
    due_at: datetime | None
    finished_at: datetime | None
    letter_on: date | None
    standing: str
    working_days_late: int


def found(case: Case, times: int, period: Period, as_of: datetime, rule: CountingRule) -> Found:
    """Return how `case` is listed behind a cell of the table of `period` by `rule`."""
    placing, dossier = place(case, period, as_of, rule), case.dossier
    due, ended_at = due_at(case, rule, as_of), finished_at(case, rule)
    ended_at = ended_at if ended_at and ended_at <= as_of else None
    is_late = not set(_LATE).isdisjoint(placing.figures)
    return Found(
        code=dossier.code,
        times=times,
        unit=case.unit,
        field=dossier.field,
        procedure=dossier.procedure,
        received_on=dossier.received_on,
        due_at=due,
        finished_at=ended_at,
        letter_on=case.letter_on if case.letter_on and case.letter_on <= as_of.date() else None,
        standing=_standing(placing.figures, placing.left),
        working_days_late=_days_late(case, due, ended_at or as_of) if is_late and due else 0,
    )


def _standing(figures: tuple[str, ...], left: Left | None) -> str:
    word = next((_WORDS[name] for name in _WORDS if name in figures), OUTSIDE)
    return f"{word}: {left}" if left else word


def _days_late(case: Case, due: datetime, until: datetime) -> int:
    """Count the working days after the due day, as far as the calendar reaches: at least so many."""
    first, last = case.calendar.first, case.calendar.last
    start, end = (min(max(each.date(), first), last) for each in (due, until))
    return max(0, case.calendar.count(start, max(start, end)))


def is_whole_day(at: datetime) -> bool:
    """Tell whether a due date is the end of its day, and so is shown as a day."""
    return at == end_of_day(at.date(), at.tzinfo)
