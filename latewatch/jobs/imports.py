"""Import: one file taken in by hand, exactly as a poll takes it; or only tried, and told what it would do."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from latewatch.config import Source
from latewatch.domain.differences import Difference, differences
from latewatch.domain.record import Rejected
from latewatch.errors import ConfigError
from latewatch.jobs.assess import assess, assess_in
from latewatch.jobs.filing import Filed, Filing
from latewatch.jobs.intake import FileIntake, Taken
from latewatch.jobs.integrity.find import find
from latewatch.jobs.office import Office
from latewatch.jobs.rejected import can_be_corrected, correction_book
from latewatch.progress import Progress, silent
from latewatch.sources.delivery import Delivery
from latewatch.sources.folder import delivered
from latewatch.sources.interfaces import PULLS
from latewatch.store.outcomes import Outcome, due_dates, outcome_of, set_aside, told_anew


@dataclass(frozen=True, slots=True)
class Changed:
    """A dossier of which a file tells something else than what is stored."""

    code: str
    differences: list[Difference]
    due: tuple[datetime | None, datetime | None] | None = None  # from, to; None where it does not move


@dataclass(slots=True)
class Import:
    """What became of a file, or would: `is_written` is False where it was only tried."""

    source: Source
    file: str
    taken: Taken
    outcome: Outcome
    rejected: list[Rejected]
    is_written: bool
    new: list[str] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)
    filed: Filed | None = None

    @property
    def is_known(self) -> bool:
        return self.taken.before is not None


def source_of(office: Office, file: Path, name: str = "") -> Source:
    """Return the source `file` belongs to: the one named, else whose folder holds it, else the only one.

    Raises ConfigError naming the sources.
    """
    sources = list(office.settings.sources)
    if name:
        chosen = office.source(name)
    else:
        chosen = _holder(sources, file) or (sources[0] if len(sources) == 1 else None)
    if chosen is None:
        raise ConfigError("--source", name, _choice(sources, file, name))
    if office.profiles[chosen.name].system in PULLS and not chosen.folder:
        raise ConfigError("--source", chosen.name, "nguồn này lấy dữ liệu qua giao diện, không đọc tệp")
    return chosen


def _holder(sources: Sequence[Source], file: Path) -> Source | None:
    """Return the source whose folder holds `file`, at whatever depth; of several the innermost."""
    parents = file.resolve().parents
    holding = [each for each in sources if each.folder and each.folder.resolve() in parents]
    return max(holding, key=lambda each: len(each.folder.resolve().parts), default=None)  # type: ignore[union-attr]  # those with a folder


def _choice(sources: Sequence[Source], file: Path, name: str) -> str:
    if not sources:
        return "chưa khai nguồn nào; thêm một mục [[sources]] vào tệp cấu hình"
    names = ", ".join(each.name for each in sources)
    if name:
        return f"không có nguồn này; các nguồn: {names}"
    return f"{file.name} không nằm trong thư mục của nguồn nào; hãy ghi --source, một trong: {names}"


def import_file(
    office: Office, source: Source, file: Path, now: datetime, progress: Progress = silent
) -> Import:
    """Take `file` in and decide the due dates, as a poll does; one in the source's folder is put away.

    What was taken back may be taken in again. Raises SourceError where the file cannot be read.
    """
    taken = FileIntake(office, source, now, progress, anew=True).take(_delivered(source, file))
    assess(office, now)
    find(office, now)
    with office.store.reading() as connection:
        made = _account(connection, source, file, taken, is_written=True)
    made.filed = Filing(office, source, now).done(file, taken)
    return made


def try_file(
    office: Office, source: Source, file: Path, now: datetime, progress: Progress = silent
) -> Import:
    """Tell what taking `file` in would do: it is taken in, and all of it taken back. Raises SourceError."""
    files = FileIntake(office, source, now, progress, anew=True)
    with files.opened(_delivered(source, file)) as opened, office.store.trying() as connection:
        taken = files.take_into(connection, opened)
        made = _account(connection, source, file, taken, is_written=False)
        if not taken.before:
            _tell_changes(connection, office, made, now)
    return made


def _delivered(source: Source, file: Path) -> Delivery:
    return delivered(file, source.max_megabytes)


def _account(connection: Connection, source: Source, file: Path, taken: Taken, *, is_written: bool) -> Import:
    outcome = outcome_of(connection, taken.batch)
    assert outcome is not None  # noqa: S101  it was written or found just now
    rejected = set_aside(connection, taken.batch)
    return Import(source, file.name, taken, outcome, rejected, is_written)


def _tell_changes(connection: Connection, office: Office, made: Import, now: datetime) -> None:
    """Add the new and changed dossiers, and how their due dates would move."""
    changed: dict[str, list[Difference]] = {}
    for before, after in told_anew(connection, made.taken.batch):
        if before is None:
            made.new.append(after.code)
        else:
            changed.setdefault(after.code, []).extend(differences(before, after))
    codes = list(changed)
    earlier = due_dates(connection, codes)
    assess_in(connection, office, now)
    later = due_dates(connection, codes)
    for code, found in changed.items():
        due = (earlier.get(code), later.get(code))
        made.changed.append(Changed(code, found, due if due[0] != due[1] else None))


def corrections_of(office: Office, made: Import) -> bytes | None:
    """Return the workbook of the rows that were set aside; None where there are none to be corrected."""
    return _book(office, made.outcome, made.rejected, is_kept=made.is_written or made.is_known)


def corrections_of_batch(office: Office, batch: int) -> bytes | None:
    """Return the workbook of the rows that `batch` set aside. Raises ConfigError where there is none such."""
    with office.store.reading() as connection:
        outcome = outcome_of(connection, batch)
        rejected = set_aside(connection, batch)
    if outcome is None or outcome.source not in office.profiles:
        raise ConfigError("LÔ", str(batch), "không có lô này, hoặc nguồn của lô không còn trong tệp cấu hình")
    return _book(office, outcome, rejected)


def _book(
    office: Office, outcome: Outcome, rejected: list[Rejected], *, is_kept: bool = True
) -> bytes | None:
    profile = office.profiles[outcome.source]
    if not can_be_corrected(rejected, profile):
        return None
    return correction_book(rejected, outcome, profile, is_kept=is_kept)
