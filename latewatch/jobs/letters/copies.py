"""Which letters go on paper: chosen by a dossier, a unit, a step, or because they are on the print list."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from latewatch.disk import file_stem
from latewatch.domain.letters.checks import check_running
from latewatch.domain.letters.life import NUMBERED, OUT, STATE_LABELS, LetterState
from latewatch.domain.standing import standing_at
from latewatch.errors import LetterError
from latewatch.jobs.assess import refuse_old_calendar
from latewatch.jobs.letters.moving import Chosen, Selection, chosen
from latewatch.jobs.office import Office
from latewatch.letters.print_parts import ListedLetter, SignedHow
from latewatch.store.letters.documents import DocumentKind
from latewatch.store.letters.life import StoredLetter
from latewatch.store.letters.printed import waiting_for_print, with_document

PRINTABLE = (*NUMBERED, *OUT)
GOES_OUT = (LetterState.SIGNED, *OUT)


@dataclass(frozen=True, slots=True)
class Copy:
    """A letter as it goes on paper; `folder` names its unit in the names of files."""

    letter: StoredLetter
    unit: str
    folder: str
    signature: SignedHow

    @property
    def order(self) -> tuple[str, str, str, int, int]:
        letter = self.letter
        return self.folder, self.unit, letter.register or "", letter.year or 0, letter.number or 0

    @property
    def goes_out(self) -> bool:
        return self.letter.state in GOES_OUT

    @property
    def line(self) -> ListedLetter:
        return ListedLetter(self.letter.shown_number, self.letter.code, self.letter.new_date, self.signature)


@dataclass(frozen=True, slots=True)
class Copies:
    """What can be printed, by unit, register and number; and what cannot, and why."""

    given: list[Copy]
    refused: list[tuple[Chosen, str]]


def copies_of(office: Office, selection: Selection, now: datetime) -> Copies:
    """Return the chosen letters as they go on paper; without code and states it is the print list.

    Raises LetterError where a single dossier's letter cannot be printed, or no letter of these states can.
    """
    with office.store.reading() as connection:
        refuse_old_calendar(connection, office)
        signed = with_document(connection, DocumentKind.SIGNED)
        letters = _selected(connection, office, selection)
    copies = Copies([], [])
    for each in letters:
        try:
            check_printable(each, now)
            copies.given.append(_copy(office, each, each.letter.id in signed))
        except LetterError as e:
            if selection.code:
                raise
            copies.refused.append((each, str(e)))
    copies.given.sort(key=lambda copy: copy.order)
    return copies


def _selected(connection: Connection, office: Office, selection: Selection) -> list[Chosen]:
    if selection.code:
        return chosen(connection, office, selection)
    if selection.states:
        _check_states(selection.states)
        return chosen(connection, office, selection)
    waiting = waiting_for_print(connection)
    found = chosen(connection, office, replace(selection, states=GOES_OUT))
    return [each for each in found if each.letter.id in waiting]


def _check_states(states: Sequence[LetterState]) -> None:
    strange = next((state for state in states if state not in PRINTABLE), None)
    if strange is not None:
        raise _unprintable(strange)


def check_printable(each: Chosen, now: datetime) -> None:
    """Refuse what has no main copy, and what its dossier needs no more. A copy of what is out is free.

    Raises LetterError.
    """
    letter = each.letter
    if letter.state not in PRINTABLE:
        raise _unprintable(letter.state)
    if letter.content is None:
        raise LetterError("Văn bản cấp số, ký và gửi ngoài latewatch nên không có bản ở đây để in.")
    if letter.state in NUMBERED:
        check_running(standing_at(each.case, now, 0))


def _unprintable(state: LetterState) -> LetterError:
    return LetterError(
        f"Không in được văn bản đang ở bước “{STATE_LABELS[state]}”: chỉ in văn bản đã cấp số; dự thảo nằm "
        "ở thư mục paths.letters."
    )


def _copy(office: Office, each: Chosen, is_signed_here: bool) -> Copy:
    known = office.roster.unit_of(each.case.dossier)
    folder = file_stem(known.code if known else each.case.unit)
    signature = SignedHow.HERE if is_signed_here else SignedHow.ON_PAPER
    if each.letter.state is LetterState.NUMBERED:
        signature = SignedHow.NOT_YET
    return Copy(each.letter, each.case.unit, folder, signature)
