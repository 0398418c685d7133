"""What is to be tried of an office's templates, and what came of it."""

from dataclasses import dataclass
from pathlib import Path

from latewatch.domain.letters.letter import LetterForm


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be tried."""

    templates: Path | None
    forms: tuple[LetterForm, ...]
    paper: str
    window_envelope: bool
    lookup_url: str
    with_pdfs: bool


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with a form, on which sample it was seen, and the cure."""

    form: str
    sample: str
    problem: str
    cure: str


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of all samples. `pdfs`: name → sheet, to look at."""

    sheets: int
    flaws: list[Flaw]
    pdfs: dict[str, bytes]
