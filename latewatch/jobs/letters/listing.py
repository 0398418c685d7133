"""The list of letters: where each stands, what comes next and until when. No names in it."""

from dataclasses import dataclass
from datetime import date, datetime

from latewatch.domain.letters.life import PENDING, LetterState
from latewatch.domain.letters.next_step import NextStep, is_late, last_day_in_time, next_step
from latewatch.jobs.letters.moving import Chosen, Selection, chosen, why_not_wanted
from latewatch.jobs.office import Office

UNFINISHED = (*PENDING, LetterState.SENT)  # something is left to do with them


@dataclass(frozen=True, slots=True)
class LetterRow:
    """One letter. `is_late`: it went out, or still waits, on the day of expiry or after it."""

    letter_id: int
    code: str
    unit: str
    state: LetterState
    number: str
    dated: date
    due_on: date
    new_date: date
    sent_on: date | None
    is_late: bool
    next: NextStep


def list_letters(office: Office, selection: Selection, now: datetime) -> list[LetterRow]:
    """Return the chosen letters by dossier code; those with something left to do, where no state is named.

    Of a single dossier they are all there ever were. Raises ConfigError where nobody knows the unit.
    """
    states = tuple(LetterState) if selection.code else selection.states or UNFINISHED
    with office.store.reading() as connection:
        letters = chosen(connection, office, Selection(selection.code, selection.unit, states))
    return [letter_row(office, each, now) for each in letters]


def letter_row(office: Office, each: Chosen, now: datetime) -> LetterRow:
    letter, is_out = each.letter, each.letter.sent_on is not None
    is_open = letter.state in PENDING or is_out
    return LetterRow(
        letter_id=letter.id,
        code=letter.code,
        unit=each.case.unit,
        state=letter.state,
        number=letter.shown_number,
        dated=letter.dated,
        due_on=letter.due_on,
        new_date=letter.new_date,
        sent_on=letter.sent_on,
        is_late=is_open and is_late(letter.due_on, letter.sent_on, now.date()),
        next=next_of(office, each, now),
    )


def next_of(office: Office, each: Chosen, now: datetime) -> NextStep:
    letter = each.letter
    return next_step(
        letter.state,
        has_reason=bool(letter.reason.strip()),
        is_wanted=not why_not_wanted(office, each, now),
        last_day=last_day_in_time(letter.due_on, each.case.calendar),
        new_date=letter.new_date,
    )
