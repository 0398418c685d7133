"""The words of a column of states: how often each stands there, what it is known to mean, or may mean."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib import resources
from typing import Any

from latewatch.sources.files.cells import key_of
from latewatch.sources.mapping.layout import Column

ALIKE = 0.8
LONGEST = 80  # characters of a word that may be another one's variant
_PERSONAL = re.compile(r"\d{6}|@")


@cache
def tables() -> Mapping[str, Mapping[str, Any]]:
    """Return what is known beyond the shipped presets."""
    return tomllib.loads(resources.files(__package__).joinpath("hints.toml").read_text(encoding="utf-8"))


@cache
def _short() -> Mapping[str, str]:
    return {key_of(short): key_of(long) for short, long in tables()["short"].items()}


def spelled_out(key: str) -> str:
    """Return the key of a heading or word without its short forms: `ngay tra kq` is `ngay tra ket qua`."""
    return " ".join(_short().get(word, word) for word in key.split())


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a column: `meaning` is known, `near` only what a word written much alike means."""

    text: str
    number: int
    meaning: str = ""
    near: str = ""


def words_in(column: Column, known: Mapping[str, str]) -> Sequence[Word]:
    """Return the words of `column`, the most frequent first; what may be personal is not among them.

    `known` goes from the key of a word to its meaning.
    """
    counts: dict[str, tuple[str, int]] = {}
    for text, number in column.texts.most_common():
        first, before = counts.get(key_of(text), (text, 0))
        counts[key_of(text)] = (first, before + number)
    shown = ((key, text, number) for key, (text, number) in counts.items() if not _PERSONAL.search(text))
    return [Word(text, number, known.get(key, ""), _near(key, known)) for key, text, number in shown]


def _near(key: str, known: Mapping[str, str]) -> str:
    if len(key) > LONGEST:
        return ""
    close = get_close_matches(spelled_out(key), known, n=1, cutoff=ALIKE) if key not in known else []
    return known[close[0]] if close else ""
