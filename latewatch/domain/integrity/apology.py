"""What breaks the rules of the apology: none sent, sent late, its date passed, a second one asked for. Pure.

Nghị định 118/2025/NĐ-CP, Điều 19.6: in writing, at latest one day before the day of expiry, and the new
appointment is made at most once. Only what was sent counts; what was drafted in time says that much.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from latewatch.domain.dossier import Suspension
from latewatch.domain.integrity.finding import Betrayal, Kind, Severity, said
from latewatch.domain.letters.duty import is_asked_again, is_late_letter
from latewatch.domain.letters.life import LetterState


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A letter that was sent: what it names, and what it had to be held against. `is_recalled`: cancelled.

    `promised_on` is the old promise as the letter repeats it, where that is known.
    """

    sent_on: date
    due_on: date
    new_date: date
    promised_on: date | None = None
    is_recalled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Owing:
    """A dossier that is, or was, late, as far as its apology goes.

    `interruptions` are those that stop its limit. A letter nobody has yet is in `state` since `drafted_on`.
    """

    due_on: date
    is_running: bool
    finished_on: date | None = None
    promised_on: date | None = None
    interruptions: tuple[Suspension, ...] = ()
    sent: Sent | None = None
    state: LetterState | None = None
    drafted_on: date | None = None


def breaches(case: Owing, today: date) -> Iterator[Betrayal]:
    """Yield what is wrong with the apology of a dossier that is overdue, or was finished late."""
    if case.sent is None or case.sent.is_recalled:
        yield _missing(case)
    elif is_late_letter(case.sent.sent_on, case.due_on) and is_late_letter(
        case.sent.sent_on, case.sent.due_on
    ):
        yield _late(case, case.sent)
    if case.sent:
        yield from second_request(case, case.sent)
        if not case.sent.is_recalled and case.is_running and case.sent.new_date < today:
            yield _passed(case.sent)


def _missing(case: Owing) -> Betrayal:
    """An overdue dossier without a sent letter; less grave where one was drafted in time."""
    is_on_its_way = case.drafted_on is not None and case.drafted_on < case.due_on
    evidence = {
        "due": said(case.due_on),
        "letter": case.state.value if case.state else None,
        "drafted": said(case.drafted_on),
        "recalled": said(case.sent.sent_on) if case.sent else None,
    }
    severity = Severity.MEDIUM if is_on_its_way else Severity.HIGH
    return Betrayal(Kind.LETTER_MISSING, severity, _day(case.due_on), evidence)


def _late(case: Owing, sent: Sent) -> Betrayal:
    evidence = {"sent": said(sent.sent_on), "due": said(case.due_on)}
    return Betrayal(Kind.LETTER_LATE, Severity.MEDIUM, _day(sent.sent_on), evidence)


def _passed(sent: Sent) -> Betrayal:
    evidence = {"new_date": said(sent.new_date), "sent": said(sent.sent_on), "due": said(sent.due_on)}
    return Betrayal(Kind.NEW_DATE_PASSED, Severity.HIGH, _day(sent.new_date), evidence)


def second_request(case: Owing, sent: Sent) -> Iterator[Betrayal]:
    """Yield a promise that was moved again, beyond the one new date, or anew after a recalled letter."""
    promised_on = case.promised_on
    if promised_on is None:
        return
    before = sent.promised_on if sent.is_recalled else None
    if is_asked_again(promised_on, sent.sent_on, sent.new_date, case.interruptions, recalled_from=before):
        evidence = {
            "new_date": said(sent.new_date),
            "promised": said(promised_on),
            "sent": said(sent.sent_on),
            "is_recalled": sent.is_recalled,
        }
        yield Betrayal(Kind.SECOND_REQUEST, Severity.HIGH, _day(promised_on), evidence)


def _day(day: date) -> str:
    return f"{day:%Y%m%d}"
