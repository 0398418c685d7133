"""The procedure catalogue: which limit and which rules hold for a procedure on a date. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from operator import attrgetter

from latewatch.domain.expiry import ClockRules, Ends
from latewatch.domain.limit import TimeLimit
from latewatch.domain.names import fold
from latewatch.domain.suspension import Effect

CONFIGURED = "cấu hình"  # the source of an entry of the configuration; imported ones name their file


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """A procedure (TTHC) as the catalogue knows it between two dates of effect; None leaves it to the office.

    A rule without a limit is one too: it says what interruptions do where the dossier states its own limit.
    """

    code: str = ""
    name: str = ""
    field: str = ""
    level: str = ""
    unit: str = ""
    limit: TimeLimit | None = None
    ends: Ends | None = None
    cutoff: int | None = None  # minute of the day
    supplement: Effect | None = None
    financial: Effect | None = None
    consultation: Effect | None = None
    other: Effect | None = None
    close_after_days: int | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    source: str = ""  # the file or setting it comes from

    @property
    def label(self) -> str:
        return " ".join(filter(None, (self.code, self.name)))

    @property
    def key(self) -> str:
        """What entries of one procedure have in common: the code, else the folded name."""
        return self.code or fold(self.name)

    @property
    def starts_on(self) -> date:
        return self.valid_from or date.min

    def holds_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )

    def overlaps(self, other: "Procedure") -> bool:
        last, other_last = self.valid_until or date.max, other.valid_until or date.max
        return self.starts_on <= other_last and other.starts_on <= last


RULES = ("ends", "cutoff", "supplement", "financial", "consultation", "other", "close_after_days")
_decided = attrgetter("limit", *RULES)


class Catalogue:
    """Procedures by code, else by name; of several that hold on a date the first given decides.

    Several codes may share a name: where their rules differ and the name is all a dossier has, none decides.
    """

    def __init__(self, procedures: Iterable[Procedure] = ()) -> None:
        self.procedures = tuple(procedures)
        self._by_code: dict[str, list[Procedure]] = {}
        self._by_name: dict[str, list[Procedure]] = {}
        for each in self.procedures:
            if each.code:
                self._by_code.setdefault(each.code, []).append(each)
            if each.name:
                self._by_name.setdefault(fold(each.name), []).append(each)

    def find(self, code: str, name: str, on: date) -> Procedure | None:
        """Return the procedure as it holds on `on`, the day of receipt: by code, else by name."""
        return _holding(self._by_code.get(code, ()), on) or self._named(fold(name), on)

    def _named(self, key: str, on: date) -> Procedure | None:
        same = [each for each in self._by_name.get(key, ()) if each.holds_on(on)]
        if not same:
            return None
        first = same[0]
        is_meant = first.source == CONFIGURED or not first.code
        return first if is_meant or all(_decided(each) == _decided(first) for each in same) else None

    def namesakes(self, name: str) -> list[str]:
        """Return the codes that share `name`, where there are several."""
        codes = {each.code for each in self._by_name.get(fold(name), ()) if each.code}
        return sorted(codes) if len(codes) > 1 else []


def _holding(same: Iterable[Procedure], on: date) -> Procedure | None:
    return next((each for each in same if each.holds_on(on)), None)


def twice(procedures: Iterable[Procedure]) -> tuple[Procedure, Procedure] | None:
    """Return two entries of one code that hold on one date: which of them decides, nobody could say."""
    seen: dict[str, list[Procedure]] = {}
    for each in procedures:
        same = seen.setdefault(each.key, [])
        other = next((one for one in same if one.overlaps(each)), None)
        if other:
            return other, each
        same.append(each)
    return None


def disagreement(limit: TimeLimit | None, procedure: Procedure | None) -> str:
    """Say how the limit a dossier states differs from its procedure's; empty where it does not.

    Amounts are compared as they are written: 24 hours and 3 days may end alike, and are not the same limit.
    """
    if limit is None or procedure is None or procedure.limit in (None, limit):
        return ""
    assert procedure.limit  # noqa: S101  None is among what was left
    return f"hồ sơ ghi {limit.label}, danh mục ghi {procedure.limit.label} ({procedure.source})"


def clock_rules(
    procedure: Procedure | None, usual: ClockRules, source_ends: Ends | None = None
) -> ClockRules:
    """Return the rules of a dossier: its procedure's, else for the end its source's, else the office's."""
    if source_ends:
        usual = replace(usual, ends=source_ends)
    if procedure is None:
        return usual
    own = {name: value for name in RULES if (value := getattr(procedure, name)) is not None}
    return replace(usual, **own) if own else usual
