"""Procedures: the catalogue taken in, listed, held against what the dossiers themselves report."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from latewatch.config import LimitOrigin, Settings, own_catalogue
from latewatch.domain.amendment import Amendment, Kind, Listed, Listing, plan
from latewatch.domain.catalogue import Catalogue, Procedure, disagreement
from latewatch.domain.limit import TimeLimit
from latewatch.domain.names import fold
from latewatch.errors import ConfigError, Place, RecordError
from latewatch.jobs.assess import assess
from latewatch.jobs.office import Office
from latewatch.store.procedures import ReportedLimit, amend, history, imported, reported_limits

REPORTED = "các nguồn báo"  # the source of an entry that was taken over from what the dossiers state


def catalogue_of(settings: Settings, connection: Connection) -> Catalogue:
    """Return the catalogue: the configuration's entries decide before the imported ones."""
    return Catalogue([*own_catalogue(settings), *imported(connection)])


@dataclass(frozen=True, slots=True)
class Import:
    """What an import did, or would do: nothing at all where there is a problem.

    `moved` counts the dossiers whose standing changed with it.
    """

    amendments: list[Amendment] = field(default_factory=list)
    problems: list[RecordError] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    is_written: bool = False
    moved: int = 0

    def of_kind(self, kind: Kind) -> list[Amendment]:
        return [each for each in self.amendments if each.kind is kind]


def take_in(
    office: Office,
    listing: Listing,
    now: datetime,
    author: str,
    *,
    correct: bool = False,
    dry_run: bool = False,
) -> Import:
    """Take the entries of a catalogue in, all or none, and decide anew what they move. Raises StoreError.

    The entries are one transaction; what a run killed after it did not decide, the next `assess` does.
    """
    entering = office.store.reading if dry_run else office.store.writing
    with entering() as connection:
        made = plan(imported(connection), listing.listed, correct=correct)
        problems = [*listing.problems, *made.problems]
        if problems:
            return Import(problems=problems, warnings=listing.warnings)
        if not dry_run:
            amend(connection, made.amendments, author, now)
    warnings = [*listing.warnings, *_overruled(office.settings, made.amendments)]
    moved = 0 if dry_run else _decide_anew(office, now)
    return Import(made.amendments, warnings=warnings, is_written=not dry_run, moved=moved)


def _decide_anew(office: Office, now: datetime) -> int:
    with office.store.reading() as connection:
        catalogue = catalogue_of(office.settings, connection)
    return assess(replace(office, catalogue=catalogue), now)


def _overruled(settings: Settings, amendments: Iterable[Amendment]) -> Iterator[str]:
    """Say which entries the configuration overrules: it may be meant, or have been forgotten."""
    own = Catalogue(own_catalogue(settings))
    for each in (amendment.after for amendment in amendments):
        if own.find(each.code, each.name, each.valid_from or date.max):
            yield f"{each.label}: mục [[procedures]] trong cấu hình vẫn quyết định thay mục này"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the catalogue as a list shows it; `decides` is False where another one does."""

    procedure: Procedure
    decides: bool


def entries(office: Office, on: date, unit: str = "") -> list[Entry]:
    """Return what holds on a day, of one unit or of all, by code. Raises ConfigError for an unknown unit."""
    catalogue = office.catalogue
    holding = [each for each in catalogue.procedures if each.holds_on(on)]
    if unit:
        holding = _of_unit(office, holding, unit)
    found = [Entry(each, catalogue.find(each.code, each.name, on) is each) for each in holding]
    return sorted(found, key=lambda each: (each.procedure.code, each.procedure.name, not each.decides))


def _of_unit(office: Office, procedures: list[Procedure], unit: str) -> list[Procedure]:
    known = office.roster.find(unit)
    names = (
        {fold(unit)} if known is None else {fold(name) for name in (known.code, known.name, *known.aliases)}
    )
    found = [each for each in procedures if fold(each.unit) in names]
    if not found and known is None:
        units = sorted({each.unit for each in procedures if each.unit})
        raise ConfigError(
            "--unit", "", f"danh mục không có đơn vị “{unit}”; các đơn vị: {', '.join(units) or 'không ghi'}"
        )
    return found


@dataclass(frozen=True, slots=True)
class Difference:
    """A limit that dossiers state, where the catalogue has another one on the day of their receipt."""

    procedure: Procedure
    reported: TimeLimit
    dossiers: int


def differences(office: Office, connection: Connection) -> list[Difference]:
    """Return where dossiers and catalogue state different limits, the most dossiers first."""
    found: Counter[tuple[Procedure, TimeLimit]] = Counter()
    if not office.catalogue.procedures:
        return []  # every dossier would be read for nothing
    for each in reported_limits(connection):
        procedure = office.catalogue.find(each.code, each.name, each.received_at.date())
        if procedure and disagreement(each.limit, procedure):
            found[procedure, each.limit] += each.number
    return [
        Difference(procedure, limit, number)
        for (procedure, limit), number in sorted(
            found.items(), key=lambda item: (-item[1], item[0][0].label, str(item[0][1]))
        )
    ]


@dataclass(frozen=True, slots=True)
class Stated:
    """A limit that dossiers state, how many, and when the first and the last of them were received."""

    limit: TimeLimit
    dossiers: int
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A procedure the catalogue has no limit for, with what the dossiers state."""

    code: str
    name: str
    field: str
    limits: list[Stated]

    @property
    def label(self) -> str:
        return " ".join(filter(None, (self.code, self.name)))


def suggestions(office: Office, connection: Connection) -> list[Suggestion]:
    """Return the procedures whose dossiers state a limit on days for which the catalogue has none."""
    lacking: dict[str, list[ReportedLimit]] = {}
    for each in reported_limits(connection):
        procedure = office.catalogue.find(each.code, each.name, each.received_at.date())
        if procedure is None or procedure.limit is None:
            lacking.setdefault(each.code or fold(each.name), []).append(each)
    lacking.pop("", None)  # of no procedure at all
    return sorted(map(_suggestion, lacking.values()), key=lambda each: each.label)


def _suggestion(reports: list[ReportedLimit]) -> Suggestion:
    newest = max(reports, key=lambda each: each.received_at)
    by_limit: dict[TimeLimit, list[ReportedLimit]] = {}
    for each in reports:
        by_limit.setdefault(each.limit, []).append(each)
    stated = [
        Stated(
            limit,
            sum(each.number for each in same),
            min(each.received_at for each in same).date(),
            max(each.received_at for each in same).date(),
        )
        for limit, same in by_limit.items()
    ]
    stated.sort(key=lambda each: (-each.dossiers, str(each.limit)))
    return Suggestion(newest.code, newest.name, newest.field, stated)


def accepted(
    office: Office, key: str, valid_from: date | None = None, limit: TimeLimit | None = None
) -> Listing:
    """Return the suggestion for the code, or the name, `key` as an entry to take in. Raises ConfigError.

    Where the dossiers state several limits, which is right is said by `limit`.
    """
    with office.store.reading() as connection:
        known = suggestions(office, connection)
    wanted = fold(key)
    each = next((each for each in known if wanted in (fold(each.code), fold(each.name))), None)
    if each is None:
        problem = f"không có gợi ý nào cho “{key}”; xem latewatch procedures suggest"
        raise ConfigError("--accept", "", problem)
    if limit is None and len(each.limits) > 1:
        limits = ", ".join(f"{stated.limit} ({stated.dossiers} hồ sơ)" for stated in each.limits)
        raise ConfigError("--accept", "", f"“{key}” có nhiều thời hạn: {limits}; hãy chọn một bằng --limit")
    procedure = Procedure(
        code=each.code,
        name=each.name,
        field=each.field,
        limit=limit or each.limits[0].limit,
        valid_from=valid_from,
        source=REPORTED,
    )
    given = frozenset(name for name in ("code", "name", "field", "limit") if getattr(procedure, name))
    return Listing([Listed(procedure, given, Place(REPORTED))])


def past(office: Office, key: str) -> list[Mapping[str, Any]]:
    """Return every row kept of a procedure, the oldest first: who added it when, replaced when."""
    with office.store.reading() as connection:
        return history(connection, key)


def decides(office: Office) -> LimitOrigin:
    """Return whose limit decides now where two differ."""
    return office.settings.clock.limit_from
