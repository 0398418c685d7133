"""History: what the sources ever said of one dossier, version by version; and which batches there were."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from latewatch.domain.differences import HIDDEN, PERSONAL, Difference, differences
from latewatch.domain.names import tidy
from latewatch.errors import StoreError
from latewatch.jobs.office import Office
from latewatch.sources.files.cells import key_of
from latewatch.sources.profiles.profile import Profile
from latewatch.store.cases import assessed, with_code
from latewatch.store.history import Past, Taken, newest_taken, past_of

_ROW = re.compile(r"^dòng \d+: ")  # before the headings of a list of events of several rows


@dataclass(frozen=True, slots=True)
class Said:
    """One version, and what it says otherwise than the one before."""

    past: Past
    changes: list[Difference]
    raw: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class History:
    """All versions of a dossier, oldest first; `is_alive`: it stands in the table of dossiers now."""

    code: str
    is_alive: bool
    versions: list[Said]


def history(office: Office, code: str, *, full: bool = False) -> History:
    """Tell what was ever said of `code`; raw personal data only with `full`. Raises StoreError."""
    code = tidy(code)
    with office.store.reading() as connection:
        past = past_of(connection, code)
        is_alive = next(assessed(connection, with_code(code)), None) is not None
    if not past:
        raise StoreError(f"Chưa nguồn nào ghi hồ sơ {code}; kiểm tra mã, hoặc chạy `latewatch poll`.")
    before = [None, *(each.facts for each in past)]
    return History(
        code,
        is_alive,
        [
            Said(each, differences(earlier, each.facts), _raw(office, each, full=full))
            for earlier, each in zip(before, past, strict=False)
        ],
    )


def _raw(office: Office, past: Past, *, full: bool) -> list[tuple[str, str]]:
    """Return the record as it was; without `full` only what its profile reads, and is not personal."""
    profile = office.profiles.get(past.source)
    return [
        (name, text if full or _is_known(name, profile) else HIDDEN) for name, text in _leaves(past.raw, "")
    ]


def _is_known(heading: str, profile: Profile | None) -> bool:
    """Tell whether the profile reads this heading, or its last words where it lies over several rows.

    None of them may be a heading of personal data.
    """
    words = _ROW.sub("", heading).split()
    places = range(len(words))
    parts = (*(words[at:] for at in places), *(words[: at + 1] for at in places))
    fields = profile.field_of if profile else {}
    named = [fields.get(key_of(" ".join(part)), "") for part in parts]
    return any(named[: len(words)]) and PERSONAL.isdisjoint(named)


def _leaves(value: Any, name: str) -> Iterator[tuple[str, str]]:
    """Yield the values of a record, however nested, each with the way to it."""
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from _leaves(part, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list):
        for number, part in enumerate(value, start=1):
            yield from _leaves(part, f"{name}[{number}]")
    elif value not in (None, ""):
        yield name, str(value)


def batches(office: Office, most: int, source: str = "") -> list[Taken]:
    """Return the newest batches; of one source where it is named. Raises StoreError where nobody knows it."""
    with office.store.reading() as connection:
        found = newest_taken(connection, most, source)
    if source and not found and office.source(source) is None:
        names = ", ".join(each.name for each in office.settings.sources)
        raise StoreError(f"Không có nguồn “{source}”; các nguồn: {names}")
    return found
