"""What a Word template may do while it is filled: what a printed form may. What is filled in stays text."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from jinja2 import DictLoader, Template
from jinja2.exceptions import SecurityError
from markupsafe import Markup, escape

from latewatch.letters.word.layout import size_on
from latewatch.paper.measure import fitted, text_width
from latewatch.paper.sandbox import Sandbox

MOST_TEXT = 5_000_000  # characters of one part, with its marks; a page of Word has some ten thousand
RULE = 0.42  # of the line above (NĐ 30/2020/NĐ-CP: a third to half)
_NOT_XML = re.compile("[^\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Picture:
    """A picture of the document. It shows itself, and a template can reach nothing else of it."""

    __slots__ = ("_drawn",)

    def __init__(self, drawn: Callable[[], str]) -> None:
        self._drawn = drawn

    def __html__(self) -> str:
        return self._drawn()


class BoundedTemplate(Template):
    """Filled piece by piece, and no further than a letter can be long."""

    def render(self, *args: Any, **facts: Any) -> str:
        pieces, size = [], 0
        for piece in self.generate(*args, **facts):
            size += len(piece)
            if size > MOST_TEXT:
                raise SecurityError(f"văn bản dài hơn {MOST_TEXT} ký tự.")
            pieces.append(piece)
        return "".join(pieces)


class WordSandbox(Sandbox):
    """The sandbox of one document. Its loops are counted; it finds no other file."""

    template_class = BoundedTemplate

    def __init__(self, paper: str) -> None:
        super().__init__(DictLoader({}))
        self.finalize = as_text
        self.filters["lines"] = lines
        self.filters["rule"] = partial(rule, paper)


def as_text(value: Any) -> Any:
    """Return what is filled in as text, whatever signs of markup or of a template it holds."""
    if hasattr(value, "__html__"):
        return value
    text = str(escape(legal(str(value)))).replace("{", "&#123;").replace("}", "&#125;")
    return Markup(text)  # noqa: S704  just escaped


def legal(text: str) -> str:
    """Return a text without the characters that no XML may hold."""
    return _NOT_XML.sub("", text)


def lines(text: str, ems: float) -> str:
    """Write a heading in capitals, in equal lines of at most `ems` times its size."""
    return "\n".join(fitted(text.upper(), ems))


def rule(paper: str, text: str, size: float, part: float = RULE) -> str:
    """Return the length in points of the rule below a bold heading that has this size on A4."""
    widest = max(map(text_width, text.splitlines()), default=0.0)
    return f"{part * size_on(paper, size) * widest:.1f}"
