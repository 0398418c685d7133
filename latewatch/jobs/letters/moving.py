"""Steps of letters: one letter, or all that a filter chooses, each in a transaction of its own.

What a step needs beyond the rules of `domain/letters/life.py` is its `prepare`: it refuses with LetterError,
or returns what the letter's row is to hold from then on.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from latewatch.domain.letters.life import ALIVE, STEPS, LetterState, Move, after, check_reason
from latewatch.domain.names import tidy
from latewatch.domain.standing import Case
from latewatch.errors import LetterError
from latewatch.jobs.assess import Deadlines, refuse_old_calendar
from latewatch.jobs.office import Office
from latewatch.progress import Progress, silent
from latewatch.store.cases import assessed, lettered, with_code
from latewatch.store.letters.life import StoredLetter, in_states, move_letter, of_dossier, stored_letters


@dataclass(frozen=True, slots=True)
class Selection:
    """Which letters: that of one dossier, or those of a unit (its name or code), in some states."""

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
    """What became of one letter. `problem` says why it was not moved; then `after` is where it stands."""

    letter_id: int
    code: str
    unit: str
    before: LetterState
    after: LetterState
    problem: str = ""


def nothing_more(_connection: Connection, _office: Office, _chosen: Chosen, _now: datetime) -> dict[str, Any]:
    """The step needs nothing beyond the rules of the life, and brings no values."""
    return {}


def chosen(connection: Connection, office: Office, selection: Selection) -> list[Chosen]:
    """Return the letters `selection` names, by dossier code. Raises LetterError where it names none by code.

    Of one dossier it is the letter that is alive, whatever its state.
    """
    code = tidy(selection.code)
    states = ALIVE if code else selection.states or ALIVE
    conditions = [in_states(states), *([of_dossier(code)] if code else [])]
    letters = {each.dossier_id: each for each in stored_letters(connection, *conditions)}
    if code and not letters:
        raise LetterError(f"Hồ sơ {code} không có văn bản xin lỗi; soạn: letters draft --code {code}")
    found = [Chosen(letters[each.id], case) for each, case in _cases(connection, office, code, states)]
    return [each for each in found if not selection.unit or _is_of(each.case, selection.unit, office)]


def _cases(
    connection: Connection, office: Office, code: str, states: tuple[LetterState, ...]
) -> Iterator[tuple[Any, Case]]:
    deadlines = Deadlines(office)
    conditions = [lettered(*states), *([with_code(code)] if code else [])]
    for each in assessed(connection, *conditions):
        yield each, deadlines.case(each)


def _is_of(case: Case, unit: str, office: Office) -> bool:
    known = office.roster.unit_of(case.dossier)
    return unit in (case.unit, known.code if known else "")


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
    raised as LetterError. With `dry_run` everything is tried and nothing kept.
    """
    check_reason(move, why)
    if not selection.code and not selection.states:
        selection = Selection(unit=selection.unit, states=STEPS[move].of)
    with office.store.reading() as connection:
        refuse_old_calendar(connection, office)
        letters = chosen(connection, office, selection)
    opened = office.store.trying if dry_run else office.store.writing
    moved = []
    for each in progress(letters, "Văn bản xin lỗi"):
        try:
            with opened() as connection:
                to = _take(connection, office, each, move, now, by, why, prepare)
        except LetterError as e:
            if selection.code:
                raise
            state = each.letter.state
            moved.append(Moved(each.letter.id, each.letter.code, each.case.unit, state, state, str(e)))
        else:
            moved.append(Moved(each.letter.id, each.letter.code, each.case.unit, each.letter.state, to))
    return moved


def _take(  # noqa: PLR0917  what makes a step
    connection: Connection,
    office: Office,
    each: Chosen,
    move: Move,
    now: datetime,
    by: str,
    why: str,
    prepare: Prepare,
) -> LetterState:
    before = each.letter.state
    to = after(before, move)
    values = prepare(connection, office, each, now)
    if not move_letter(connection, each.letter.id, before, to, now, by=by, why=why, **values):
        raise LetterError(
            f"Văn bản xin lỗi của hồ sơ {each.letter.code} vừa được người khác xử lý; xem: "
            f"latewatch letters show {each.letter.code}"
        )
    return to
