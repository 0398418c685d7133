"""How wide a line of bold Times is: where a heading is broken, and how long the rule below it is. Pure."""

import unicodedata

_WIDTHS = {  # thousandths of the size, from the metrics that Times New Roman and Liberation Serif share
    220: "|",
    250: " ,.",
    278: "'/\\il",
    333: "!()-:;[]`fjt‘’",
    389: "Is",
    394: "{}",
    444: "cerz",
    500: "#$*0123456789?J_agovxy–“”",
    520: "~",
    555: '"',
    556: "Sbdhknpquđ",
    570: "+<=>",
    581: "^",
    611: "FP",
    667: "BELTZ",
    722: "ACDNRUVXYwĐ",
    778: "GHKOQ",
    833: "&m",
    930: "@",
    944: "M",
    1000: "%W…",
}
_WIDTH_OF = {character: width for width, characters in _WIDTHS.items() for character in characters}
_OTHER = 556


def text_width(line: str) -> float:
    """Return the width of a bold line as a multiple of its size; marks take no room of their own."""
    return sum(_WIDTH_OF.get(_base(character), _OTHER) for character in line) / 1000


def fitted(text: str, ems: float) -> list[str]:
    """Break a heading into as few lines of at most `ems` times its size as can be, of equal length.

    A line break in the text is kept: an office may break its name by sense. A wider word stands alone.
    """
    return [line for given in text.splitlines() for line in _fitted_line(given.split(), ems)]


def _fitted_line(words: list[str], ems: float) -> list[str]:
    """Narrow the lines for as long as there are no more of them."""
    lines = _filled(words, ems)
    tries = (_filled(words, ems * part / 20) for part in range(10, 20))
    return next((narrow for narrow in tries if len(narrow) <= len(lines)), lines)


def _filled(words: list[str], ems: float) -> list[str]:
    lines: list[str] = []
    for word in words:
        if lines and text_width(f"{lines[-1]} {word}") <= ems:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def rule_width(lines: list[str]) -> str:
    """Return the length of the rule below a heading: 42 % of its longest line (NĐ 30/2020: ⅓ to ½)."""
    return f"{0.42 * max(map(text_width, lines), default=0):.2f}em"


def _base(character: str) -> str:
    return character if character in _WIDTH_OF else unicodedata.normalize("NFD", character)[0]
