"""Steps of letters: one letter, or all that a filter chooses, each in a transaction of its own.

What a step needs beyond the rules of `domain/letters/life.py` is its `prepare`: it refuses with LetterError,
or returns what the letter's row is to hold from then on. It is called inside the transaction, with the letter
and its dossier as they are then; what takes time (drawing, signing) does not belong there.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection

from latewatch.domain.letters.checks import check_wanted, why_unwanted
from latewatch.domain.letters.duty import why_cancel
from latewatch.domain.letters.life import (
    ALIVE,
    NUMBERED,
    STEPS,
    UNNUMBERED,
    WHILE_WANTED,
    LetterState,
    Move,
    after,
    check_author,
    check_reason,
)
from latewatch.domain.letters.next_step import is_late
from latewatch.domain.names import fold, tidy
from latewatch.domain.standing import Case, standing_at
from latewatch.errors import CalendarGap, LetterError
from latewatch.jobs.assess import Deadlines, refuse_old_calendar
from latewatch.jobs.late import unit_name
from latewatch.jobs.letters.contents import last_promise
from latewatch.jobs.office import Office
from latewatch.progress import Progress, silent
from latewatch.store.cases import assessed, with_code
from latewatch.store.letters.life import (
    StoredLetter,
    in_states,
    letter_with,
    move_letter,
    of_dossier,
    stored_letters,
    with_letter_in,
)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which letters: of one dossier, or of a unit (its name or code), in some states."""

    code: str = ""
    unit: str = ""
    states: tuple[LetterState, ...] = ()


@dataclass(frozen=True, slots=True)
class Chosen:
    """A letter with its dossier."""

    letter: StoredLetter
    case: Case


Prepare = Callable[[Connection, Office, Chosen, datetime], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of one letter. `problem` says why it was not moved; then `after` is where it stands.

    `is_late`: it went out, or still waits, on the day of expiry or after it.
    """

    letter_id: int
    code: str
    unit: str
    before: LetterState
    after: LetterState
    number: str = ""
    is_late: bool = False
    problem: str = ""


def why_not_wanted(office: Office, each: Chosen, now: datetime) -> str:
    """Say why nobody needs the letter any more that nobody has yet; empty where it should go on."""
    letter, case = each.letter, each.case
    if letter.state in NUMBERED:
        return why_cancel(case, letter.due_on, letter.new_date, last_promise(office, case), now)
    return why_unwanted(standing_at(case, now, 0)) if letter.state in UNNUMBERED else ""


def nothing_more(_connection: Connection, _office: Office, _chosen: Chosen, _now: datetime) -> dict[str, Any]:
    """The step needs nothing beyond the rules of the life, and brings no values."""
    return {}


def chosen(connection: Connection, office: Office, selection: Selection) -> list[Chosen]:
    """Return the letters `selection` names, by dossier code: those alive, where it names no states.

    Raises LetterError where it names a dossier that has none, and ConfigError where nobody knows the unit.
    """
    code = tidy(selection.code)
    states = selection.states or ALIVE
    mine = [of_dossier(code)] if code else []
    letters = list(stored_letters(connection, in_states(states), *mine))
    if code and not letters:
        raise LetterError(
            f"Hồ sơ {code} không có văn bản xin lỗi; soạn: latewatch letters draft --code {code}"
        )
    unit = fold(unit_name(office, connection, selection.unit)) if selection.unit else ""
    cases = {each.dossier.code: each for each in _cases(connection, office, code, states)}
    found = [Chosen(letter, cases[letter.code]) for letter in letters]
    found.sort(key=lambda each: (each.letter.code, each.letter.id))
    return [each for each in found if unit in ("", fold(each.case.unit))]


def _cases(
    connection: Connection, office: Office, code: str, states: tuple[LetterState, ...]
) -> Iterator[Case]:
    condition = with_code(code) if code else with_letter_in(states)
    return Deadlines(office).cases(assessed(connection, condition))


def move_letters(
    office: Office,
    selection: Selection,
    move: Move,
    now: datetime,
    *,
    by: str,
    why: str = "",
    prepare: Prepare = nothing_more,
    dry_run: bool = False,
    progress: Progress = silent,
) -> list[Moved]:
    """Take one step with each chosen letter; what cannot is named with the rule, and the others go on.

    A selection without states means the letters that can take this step. Of a single dossier a refusal is
    raised as LetterError. With `dry_run` everything is tried in one transaction, and nothing kept. Raises
    CalendarError where the calendar was changed meanwhile.
    """
    check_author(by)
    check_reason(move, why)
    if not selection.states:  # a single dossier's letter is refused with the rule, whatever its state
        selection = replace(selection, states=ALIVE if selection.code else STEPS[move].of)
    with office.store.reading() as connection:
        refuse_old_calendar(connection, office)
        letters = chosen(connection, office, selection)
    step = _Taking(office, Deadlines(office), move, now, tidy(by), tidy(why), prepare)
    moved = []
    with ExitStack() as stack:
        opened: Callable[[], AbstractContextManager[Connection]] = office.store.writing
        if dry_run:
            opened = partial(_savepoint, stack.enter_context(office.store.trying()))
        for each in progress(letters, "Văn bản xin lỗi"):
            try:
                with opened() as connection:
                    moved.append(step.take(connection, each))
            except (LetterError, CalendarGap) as e:
                if selection.code:
                    raise
                moved.append(_refused(each, str(e)))
    return moved


@contextmanager
def _savepoint(connection: Connection) -> Iterator[Connection]:
    """Let one step of a trial be undone without the others."""
    with connection.begin_nested():
        yield connection


def _refused(each: Chosen, problem: str) -> Moved:
    letter = each.letter
    number = letter.shown_number
    return Moved(letter.id, letter.code, each.case.unit, letter.state, letter.state, number, problem=problem)


@dataclass(frozen=True, slots=True)
class _Taking:
    """One step as it is taken with each letter."""

    office: Office
    deadlines: Deadlines
    move: Move
    now: datetime
    by: str
    why: str
    prepare: Prepare

    def take(self, connection: Connection, each: Chosen) -> Moved:
        """Take the step in the open transaction. Raises LetterError with the rule that forbids it."""
        each = self._as_it_is_now(connection, each)
        before = each.letter.state
        to = after(before, self.move)
        if self.move in WHILE_WANTED:
            check_wanted(why_not_wanted(self.office, each, self.now))
        values = self.prepare(connection, self.office, each, self.now)
        told = {"by": self.by, "why": self.why}
        if not move_letter(connection, each.letter.id, before, to, self.now, **told, **values):
            raise self._overtaken(each)
        letter = replace(each.letter, state=to, **values)
        late = to in ALIVE and is_late(letter.due_on, letter.sent_on, self.now.date())
        return Moved(letter.id, letter.code, each.case.unit, before, to, letter.shown_number, late)

    def _as_it_is_now(self, connection: Connection, each: Chosen) -> Chosen:
        """Read letter and dossier again: others may have written since they were chosen."""
        refuse_old_calendar(connection, self.office)
        letter = letter_with(connection, each.letter.id)
        found = next(assessed(connection, with_code(each.letter.code)), None)
        if letter is None or found is None or letter.state is not each.letter.state:
            raise self._overtaken(each)
        return Chosen(letter, self.deadlines.case(found))

    def _overtaken(self, each: Chosen) -> LetterError:
        return LetterError(
            f"Văn bản xin lỗi của hồ sơ {each.letter.code} vừa được người khác xử lý; xem: "
            f"latewatch letters show {each.letter.code}"
        )
