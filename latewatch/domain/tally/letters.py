"""The table of apologies: what was owed for what is late, and what became of it. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from latewatch.domain.dossier import Suspension
from latewatch.domain.letters.duty import is_asked_again, is_late_letter
from latewatch.domain.period import Period
from latewatch.domain.standing import Case
from latewatch.domain.tally.counts import Counts
from latewatch.domain.tally.placing import Placing, original_due, place
from latewatch.domain.tally.rule import CountingRule

LATE = ("late", "overdue")
Stopping = Callable[[Case], Iterable[Suspension]]
"""Which interruptions of a dossier stop its limit."""


def every_interruption(case: Case) -> Iterable[Suspension]:
    return case.dossier.suspensions


@dataclass(slots=True)
class LetterCounts(Counts):
    """A row of the table; `late` and `overdue` are what an apology was owed for."""

    letter_in_time: int = 0
    letter_late: int = 0
    letter_missing: int = 0
    second_request: int = 0
    letter_sent: int = 0


def place_letters(
    case: Case, period: Period, as_of: datetime, rule: CountingRule, stopping: Stopping = every_interruption
) -> Placing:
    """Place `case` by its apology: owed for what the table of `rule` counts as late, sent by `as_of`."""
    placing = place(case, period, as_of, rule)
    late = tuple(name for name in LATE if name in placing.figures)
    owed = (*late, _duty(case, as_of, rule)) if late else ()
    sent = ("letter_sent",) if _was_sent(case, period, as_of) else ()
    second = ("second_request",) if placing.figures and _asks_again(case, as_of, stopping) else ()
    return Placing((*owed, *sent, *second), placing.left)


def _asks_again(case: Case, as_of: datetime, stopping: Stopping) -> bool:
    return is_second_request(case, as_of, stopping(case))


def _was_sent(case: Case, period: Period, as_of: datetime) -> bool:
    """Tell whether the letter of a dossier that was there went out in `period`, whatever it was owed for."""
    received_on, sent_on = case.dossier.received_on, case.letter_on
    if received_on is None or received_on > as_of.date() or sent_on is None:
        return False
    return sent_on in period and sent_on <= as_of.date()


def _duty(case: Case, as_of: datetime, rule: CountingRule) -> str:
    due, sent_on = original_due(case, rule, as_of), case.letter_on
    if sent_on is None or sent_on > as_of.date():
        return "letter_missing"
    return "letter_late" if due and is_late_letter(sent_on, due.date()) else "letter_in_time"


def is_second_request(case: Case, at: datetime, interruptions: Iterable[Suspension]) -> bool:
    """Tell whether the promise was moved again, as the findings do; a letter sent by `at` stays used up.

    `interruptions` are those that stop the limit. A promise beyond the calendar is a slip of the pen.
    """
    sent_on, new_date = case.letter_on or case.recalled_on, case.revised_on or case.recalled_to
    promised_on = case.deadline.promised_on
    if sent_on is None or sent_on > at.date() or new_date is None or promised_on is None:
        return False
    is_again = is_asked_again(promised_on, sent_on, new_date, interruptions, recalled_from=case.recalled_from)
    return is_again and promised_on <= case.calendar.last
