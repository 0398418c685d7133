"""Everything of one letter: its words, its steps, its documents, what was sent of it."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from latewatch.domain.differences import HIDDEN
from latewatch.domain.letters.fingerprint import check_code
from latewatch.domain.letters.letter import Letter
from latewatch.domain.letters.life import LetterState
from latewatch.domain.names import tidy
from latewatch.jobs.letters.contents import letter_of
from latewatch.jobs.letters.documents import from_content
from latewatch.jobs.letters.listing import LetterRow, letter_row
from latewatch.jobs.letters.moving import Chosen, Selection, chosen
from latewatch.jobs.letters.review import draft_in
from latewatch.jobs.office import Office
from latewatch.store.letters.life import LetterChange, changes_of
from latewatch.store.letters.traces import DeliveryTrace, DocumentTrace, delivery_traces, document_traces


@dataclass(frozen=True, slots=True)
class LetterStory:
    """A letter from its draft on. `words` are those fixed with its number, before it those of today.

    `proposal` says why its new date was proposed; `check_code` is printed on it once its words are fixed.
    """

    row: LetterRow
    words: Letter
    is_fixed: bool
    proposal: str
    check_code: str
    changes: list[LetterChange]
    documents: list[DocumentTrace]
    deliveries: list[DeliveryTrace]


def letter_stories(office: Office, code: str, now: datetime, *, full: bool = False) -> list[LetterStory]:
    """Tell every letter of a dossier, the oldest first; whose it is only with `full`. Raises LetterError."""
    selection = Selection(tidy(code), "", tuple(LetterState))
    with office.store.reading() as connection:
        letters = sorted(chosen(connection, office, selection), key=lambda each: each.letter.id)
        return [_story(connection, office, each, now, full=full) for each in letters]


def _story(connection: Connection, office: Office, each: Chosen, now: datetime, *, full: bool) -> LetterStory:
    letter = each.letter
    words = words_of(office, each)
    return LetterStory(
        row=letter_row(office, each, now),
        words=words if full else masked(words),
        is_fixed=letter.content is not None,
        proposal=letter.proposal,
        check_code=check_code(letter.content) if letter.content is not None else "",
        changes=changes_of(connection, letter.id),
        documents=document_traces(connection, letter.id),
        deliveries=delivery_traces(connection, letter.id),
    )


def words_of(office: Office, each: Chosen) -> Letter:
    """Return what a letter says: as fixed with its number, else as it would be today."""
    if each.letter.content is not None:
        return from_content(each.letter.content)
    return letter_of(office, draft_in(each.letter), each.case)


def masked(words: Letter) -> Letter:
    """Return the words without whose letter it is; what is not known stays empty."""
    whose: dict[str, Any] = {
        name: HIDDEN for name in ("applicant", "address", "phone") if getattr(words, name)
    }
    return replace(words, **whose)
