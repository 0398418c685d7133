"""What a form is: heading, what its rows stand for, columns, sections, and the sums it must keep. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from latewatch.domain.names import Level
from latewatch.domain.tally.columns import Column, Share
from latewatch.domain.tally.counts import COLUMNS, Counts
from latewatch.domain.tally.rates import Rate


class Form(StrEnum):
    """The tables there are."""

    BY_FIELD = "07a"
    PROVINCE = "07b"
    MINISTRY = "07c"
    OLD = "II.06a"
    BY_UNIT = "units"
    BY_PROCEDURE = "procedures"
    BY_OFFICER = "officers"
    BY_STAGE = "stages"
    LETTERS = "letters"
    SUPPLEMENTS = "supplements"


class By(StrEnum):
    """What a row of a form stands for; the value is its heading."""

    FIELD = "Lĩnh vực giải quyết"
    UNIT = "Đơn vị giải quyết"
    PROCEDURE = "Thủ tục hành chính"
    OFFICER = "Cán bộ xử lý"
    STAGE_UNIT = "Đơn vị của chặng"


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a form: its numeral, its title, and whose dossiers are in it; no level: all the others'."""

    numeral: str
    title: str
    level: Level | None = None

    def row(self, label: str) -> str:
        """Return the name of the row `label` of this section."""
        return f"{self.numeral}. {label}"


@dataclass(frozen=True, slots=True)
class Equation:
    """A column that is the sum of others, whether the form says so or it is inferred."""

    left: Column
    right: tuple[Column, ...]

    def __str__(self) -> str:
        return f"({self.left.number}) = {' + '.join(f'({each.number})' for each in self.right)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A form. `also` are sums it does not print, by column number; `counted` is what its numbers count."""

    form: Form
    number: str
    sheet: str
    title: str
    by: By
    columns: tuple[Column | Share, ...]
    receiver: str = ""
    counted: str = "Số hồ sơ TTHC"
    sections: tuple[Section, ...] = ()
    also: tuple[tuple[str, tuple[str, ...]], ...] = ()
    notes: tuple[str, ...] = ()

    def column(self, key: str) -> Column | None:
        """Return the column of numbers that is called `key`: `c12`, `12`, `(12)`, or by its name."""
        plain = key.strip().strip("()").lower().removeprefix("c")
        return next(
            (
                each
                for each in self.columns
                if isinstance(each, Column) and plain in (each.number.lower(), each.name.removeprefix("c"))
            ),
            None,
        )

    @property
    def leaves(self) -> list[Column]:
        """The columns of numbers that are no sum of others."""
        return [each for each in self.columns if isinstance(each, Column) and not each.sums]

    @property
    def equations(self) -> list[Equation]:
        """Every sum that must hold, on each row and on each dossier."""
        numbers = {each.number: each for each in self.columns if isinstance(each, Column)}
        printed = ((each.number, each.sums) for each in numbers.values() if each.sums)
        return [
            Equation(numbers[left], tuple(numbers[each] for each in right))
            for left, right in (*printed, *self.also)
        ]

    def numbered(self, rate: Rate) -> Rate:
        """Return a rate whose formula, given in the column numbers of 07a, has those of this form."""
        return replace(rate, formula=re.sub(r"\((\d+)\)", lambda number: self._own(number[1]), rate.formula))

    def _own(self, number: str) -> str:
        figures = COLUMNS.get(f"c{number}", ())
        own = (each for each in self.columns if isinstance(each, Column) and not each.less)
        return next((f"({each.number})" for each in own if set(each.of) == set(figures)), f"({number})")

    def section_of(self, level: Level) -> Section:
        """Return where the dossiers of a unit of this level stand: its section, else that of the others."""
        own = next((each for each in self.sections if each.level is level), None)
        return own or next(each for each in self.sections if each.level is None)

    def parts(self, rows: Mapping[str, Counts]) -> list[tuple[Section | None, dict[str, Counts]]]:
        """Return the rows section by section, named without it; of a form without any, all in one."""
        if not self.sections:
            return [(None, dict(rows))]
        return [
            (
                each,
                {
                    name.removeprefix(each.row("")): row
                    for name, row in rows.items()
                    if name.startswith(each.row(""))
                },
            )
            for each in self.sections
        ]
