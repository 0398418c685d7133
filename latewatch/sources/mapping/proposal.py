"""A file nobody has a profile for → a proposed profile, with what speaks for each line of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from latewatch.config import Source
from latewatch.domain.record import DateOrder
from latewatch.errors import SourceError
from latewatch.sources.files.date_order import Seen, decide
from latewatch.sources.files.delimited import Content
from latewatch.sources.files.grid import sheets
from latewatch.sources.mapping.cells import Kind, is_dossier_code
from latewatch.sources.mapping.fields import Certainty, Guess, Vocabulary, guesses, hints
from latewatch.sources.mapping.layout import Column, Layout, layout_of
from latewatch.sources.mapping.words import Word, words_in
from latewatch.sources.profiles.layers import preset
from latewatch.sources.profiles.profile import (
    DATE_FIELDS,
    EVENT_DATE_FIELDS,
    STANDARD,
    Profile,
    Reads,
    load_profile,
)

EXAMPLES = 2  # of the cells of a column
WORD_FIELDS = {"status": "status_words", "channel": "channel_words", "kind": "event_words"}


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed for one sheet of a file. `lines` are its header's rows, from 1, first and last."""

    file: str
    sheet: str
    lines: tuple[int, int]
    based_on: str
    names: Mapping[str, str]  # field → what it is called in messages
    guesses: Sequence[Guess]
    words: Mapping[str, Sequence[Word]]  # table of words → the words found
    required: Sequence[str]
    date_order: DateOrder | None = None
    date_doubts: Sequence[str] = ()
    other_sheets: Sequence[str] = ()

    @property
    def missing(self) -> list[str]:
        """The required fields no column was surely found for."""
        sure = {guess.field for guess in self.guesses if guess.certainty is Certainty.SURE}
        return [field for field in self.required if field not in sure]

    @property
    def unknown_words(self) -> list[str]:
        return [word.text for words in self.words.values() for word in words if not word.meaning]


def propose(name: str, content: Content, max_megabytes: int) -> Proposal:
    """Return the proposal for the sheet that looks most like a table. Raises SourceError where none does."""
    found = [layout for sheet in sheets(name, content, max_megabytes) if (layout := layout_of(sheet))]
    if not found:
        raise SourceError(
            name,
            "không thấy bảng nào: cần một dòng tiêu đề toàn chữ, bên dưới có ít nhất một cột ngày, mã hay "
            "số; hãy xuất một tệp có dữ liệu, giữ nguyên dòng tiêu đề",
        )
    best = max(found, key=lambda layout: layout.score)
    others = [layout.sheet for layout in found if layout is not best]
    proposals = [_of(name, best, reads, others) for reads in Reads]
    return max(proposals, key=_explained)


def _explained(proposal: Proposal) -> tuple[int, int]:
    """Return how much a kind of file explains: its required fields first, then all of them."""
    fields = {guess.field for guess in proposal.guesses if guess.certainty is not Certainty.UNKNOWN}
    return len(fields & set(proposal.required)) - len(proposal.required), len(fields)


def _of(name: str, layout: Layout, reads: Reads, others: Sequence[str]) -> Proposal:
    based_on = STANDARD[reads]
    profile = load_profile(Source(name=name, folder=Path(), profile=based_on))
    found = guesses(layout.columns, _vocabulary(profile))
    dates = [guess.column for guess in found if guess.field in (*DATE_FIELDS, *EVENT_DATE_FIELDS)]
    order, doubts = _date_order([column for column in dates if column.kind is Kind.DATE])
    return Proposal(
        file=name,
        sheet=layout.sheet,
        lines=(layout.top + 1, layout.bottom + 1),
        based_on=based_on,
        names=profile.names,
        guesses=found,
        words=_words(found, profile),
        required=profile.required,
        date_order=order,
        date_doubts=doubts,
        other_sheets=others,
    )


def _vocabulary(profile: Profile) -> Vocabulary:
    more = hints(profile.reads)
    shipped = preset(STANDARD[profile.reads]).headings()
    headings = {field: [*aliases, *more.get(field, [])] for field, aliases in shipped.items()}
    words = {field: _meanings(field, profile) for field in _fields(profile)}
    return Vocabulary(profile.reads, headings, words)


def _fields(profile: Profile) -> Sequence[str]:
    """Return the fields whose cells are words of a table."""
    return ("status", "channel") if profile.reads is Reads.DOSSIERS else ("kind",)


def _meanings(field: str, profile: Profile) -> Mapping[str, str]:
    tables = {"status": profile.status_of, "channel": profile.channel_of, "kind": profile.event_of}
    return {key: meaning.value for key, meaning in tables[field].items()}


def _words(found: Sequence[Guess], profile: Profile) -> dict[str, Sequence[Word]]:
    """Return the words of the columns that hold such; of one that may be something else only known ones."""
    words: dict[str, Sequence[Word]] = {}
    for guess in found:
        if guess.field in WORD_FIELDS and guess.certainty is not Certainty.UNKNOWN:
            told = words_in(guess.column, _meanings(guess.field, profile))
            is_sure = guess.certainty is Certainty.SURE
            words[WORD_FIELDS[guess.field]] = [word for word in told if is_sure or word.meaning]
    return words


def _date_order(columns: Sequence[Column]) -> tuple[DateOrder | None, list[str]]:
    """Return how the file writes its dates where its columns agree, else what speaks against it."""
    verdicts = {}
    for column in columns:
        seen = Seen()
        seen.look(column.cells)
        verdicts[column.name] = decide(seen, None)
    doubts = [f"cột “{name}”: {verdict.doubt}" for name, verdict in verdicts.items() if verdict.doubt]
    if any(verdict.order is DateOrder.MONTH_FIRST for verdict in verdicts.values()):
        if not doubts and not any(_shows_day_first(column) for column in columns):
            return DateOrder.MONTH_FIRST, []
        doubts.append("có cột ghi tháng trước ngày, có cột ghi ngày trước tháng")
    return None, doubts


def _shows_day_first(column: Column) -> bool:
    """Tell whether a text date of the column can only be read with its day first."""
    starts = (text.replace("-", "/").split("/") for text in column.texts if not text[:4].isdigit())
    texts = [isinstance(cell, str) for cell in column.cells]
    return any(texts) and any(parts[0].isdigit() and int(parts[0]) > 12 for parts in starts)


def examples(guess: Guess) -> list[str]:
    """Return cells that may be shown: dates, and codes of dossiers. Nothing else: it may be personal."""
    texts = list(guess.column.texts)
    if guess.field in (*DATE_FIELDS, *EVENT_DATE_FIELDS) and guess.column.kind is Kind.DATE:
        return texts[:EXAMPLES]
    if guess.field == "code":
        return [text for text in texts if is_dossier_code(text)][:1]
    return []
