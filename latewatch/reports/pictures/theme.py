"""The colours of a picture, for a light and a dark screen.

Blue and vermilion of the palette of Okabe and Ito: told apart by the colour-blind. In grey they differ by
lightness and hatching, and each bar has its number.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fill:
    """How an area is filled: its colour, its hatching, and the colour of a number on it."""

    colour: str
    hatch: str
    on_it: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """One look. `ink` is for text and lines, `faint` for what helps the eye, `scale` from low to high."""

    name: str
    paper: str
    ink: str
    faint: str
    edge: str
    early: Fill
    on_time: Fill
    late: Fill
    plain: Fill
    target: str
    empty: str
    scale: tuple[str, str]


LIGHT = Theme(
    name="sang",
    paper="#ffffff",
    ink="#1a1a1a",
    faint="#d0d0d0",
    edge="#ffffff",
    early=Fill("#a6cee3", "", "#1a1a1a"),
    on_time=Fill("#0072b2", "", "#ffffff"),
    late=Fill("#f6b48f", "////", "#1a1a1a"),
    plain=Fill("#56a0cf", "", "#1a1a1a"),
    target="#a33c00",
    empty="#ffffff",
    scale=("#f6b48f", "#0b5a8f"),
)
DARK = Theme(
    name="toi",
    paper="#16191d",
    ink="#eceff2",
    faint="#4a5058",
    edge="#16191d",
    early=Fill("#a6cee3", "", "#16191d"),
    on_time=Fill("#2f8fca", "", "#16191d"),
    late=Fill("#e07b3f", "////", "#16191d"),
    plain=Fill("#4f9fd2", "", "#16191d"),
    target="#ffb27d",
    empty="#16191d",
    scale=("#e07b3f", "#bfe0f5"),
)
THEMES = (LIGHT, DARK)
