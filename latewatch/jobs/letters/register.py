"""The letter register as a book: what was numbered in a period, in the columns such books have."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from latewatch.domain.letters.letter import Letter
from latewatch.domain.letters.life import PENDING, STATE_LABELS, LetterState
from latewatch.domain.letters.next_step import is_late
from latewatch.domain.letters.register import OFFICE_REGISTER
from latewatch.domain.names import tidy
from latewatch.errors import ConfigError
from latewatch.jobs.letters.documents import from_content
from latewatch.jobs.letters.showing import masked
from latewatch.jobs.office import Office
from latewatch.letters.wording import default_title
from latewatch.reports.letter_book import BookSheet, letter_book
from latewatch.store.letters.life import LetterChange, StoredLetter
from latewatch.store.letters.register import RegisterYear, numbered, register_years, why_void

OFFICE_NAME = "cơ quan"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the book, in the columns of a sổ đăng ký văn bản đi (NĐ 30/2020/NĐ-CP, Phụ lục IV)."""

    number: int
    shown_number: str
    dated: date
    title: str
    signer: str
    receivers: str
    kept_by: str
    copies: int
    note: str
    code: str
    state: LetterState

    @property
    def cells(self) -> tuple[str, ...]:
        """What stands in the eight columns of the book."""
        return (
            self.shown_number,
            f"{self.dated:%d/%m/%Y}",
            self.title,
            self.signer,
            self.receivers,
            self.kept_by,
            f"{self.copies:02}",
            self.note,
        )


@dataclass(frozen=True, slots=True)
class Book:
    """The entries of one register's year. `start` says who let it begin at which number, where not at 1."""

    register: str
    name: str
    year: int
    start: RegisterYear | None
    entries: list[Entry]

    @property
    def title(self) -> str:
        return f"Sổ của {self.name}, năm {self.year}"

    @property
    def note(self) -> str:
        """Say where its numbers begin, where that is not 1."""
        start = self.start
        return f"Sổ bắt đầu từ số {start.first}: {start.why} ({start.by})." if start else ""


def books(office: Office, first: date, last: date, register: str = "", *, full: bool = False) -> list[Book]:
    """Return what was numbered with a date from `first` to `last`; whose letters they are only with `full`.

    Raises ConfigError where nobody knows the register.
    """
    with office.store.reading() as connection:
        years = {(each.register, each.year): each for each in register_years(connection)}
        wanted = known_register(office, register, {key for key, _ in years}) if register else ""
        letters = [each for each in numbered(connection, first, last) if wanted in ("", each.register)]
        void = why_void(connection)
    return [
        Book(
            register=key[0],
            name=register_name(office, key[0]),
            year=key[1],
            start=start if (start := years.get(key)) and start.first > 1 else None,
            entries=[_entry(each, void.get(each.id), full=full) for each in group],
        )
        for key, group in groupby(letters, key=lambda each: (each.register or "", each.year or 0))
    ]


def register_workbook(
    office: Office, first: date, last: date, register: str = "", *, created: datetime
) -> bytes:
    """Return the same as a workbook, with names: it is the book itself."""
    sheets = [
        BookSheet(
            register=book.register,
            year=book.year,
            title=book.title,
            notes=[book.note] if book.note else [],
            lines=[entry.cells for entry in book.entries],
        )
        for book in books(office, first, last, register, full=True)
    ]
    name, period = office.settings.office.name, period_words(first, last)
    return letter_book(sheets, office_name=name, period=period, created=created)


def period_words(first: date, last: date) -> str:
    return f"từ ngày {first:%d/%m/%Y} đến ngày {last:%d/%m/%Y}"


def _entry(letter: StoredLetter, cancelled: LetterChange | None, *, full: bool) -> Entry:
    if letter.content is None:  # it comes with the number
        raise AssertionError(letter.id)
    words = from_content(letter.content)
    head = words.head
    shown = words if full else masked(words)
    return Entry(
        number=letter.number or 0,
        shown_number=letter.shown_number,
        dated=letter.dated,
        title=f"{_title(words)}, hồ sơ {words.code}",
        signer=head.signer_name or head.deputy_title or head.signer_title,
        receivers="; ".join(filter(None, (shown.applicant, head.desk_name))),
        kept_by=f"VT, {head.unit_name or head.issuing_body}",
        copies=3 if head.desk_name else 2,  # as many as the letter names receivers
        note=_note(letter, cancelled),
        code=letter.code,
        state=letter.state,
    )


def _title(words: Letter) -> str:
    title = words.title or default_title(words.form)
    return title.capitalize() if title.isupper() else title


def _note(letter: StoredLetter, cancelled: LetterChange | None) -> str:
    notes = []
    if cancelled:
        notes.append(f"HỦY {cancelled.at:%d/%m/%Y}: {cancelled.why} ({cancelled.by})")
    if letter.sent_on and is_late(letter.due_on, letter.sent_on, letter.sent_on):
        notes.append(f"gửi muộn: gửi {letter.sent_on:%d/%m/%Y}, hết hạn {letter.due_on:%d/%m/%Y}")
    if letter.state in PENDING:
        notes.append(f"{STATE_LABELS[letter.state]}, chưa gửi")
    return "; ".join(notes)


def register_name(office: Office, register: str) -> str:
    """Return what a register is called: after its unit, or the office's."""
    if register == OFFICE_REGISTER:
        return OFFICE_NAME
    unit = office.roster.find(register)
    return unit.name if unit else register


def known_register(office: Office, register: str, kept: Iterable[str] = ()) -> str:
    """Return the key of the register a person means by its unit's code or name. Raises ConfigError.

    Those that are `kept` are known though their unit may be gone.
    """
    register = tidy(register)
    if register == OFFICE_REGISTER or register in kept:
        return register
    unit = office.roster.find(register)
    if unit:
        return unit.code
    names = ", ".join([OFFICE_REGISTER, *(each.code for each in office.roster.units)])
    raise ConfigError("--register", "", f"không có sổ “{register}”; các sổ: {names}")
