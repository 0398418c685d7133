"""What is done to a part in the process that read it, so that who takes it in has less to do."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from latewatch.domain.reading import Reading
from latewatch.packed import Moments, Texts
from latewatch.sources.profiles.office_names import with_office_names
from latewatch.sources.profiles.profile import Profile
from latewatch.written import LISTS, MOMENTS, SHOWN, to_columns, to_documents


def finished(part: Reading, profile: Profile) -> Reading:
    """Return `part` with its units named as the office names them, its plain rows ready to be kept."""
    named = with_office_names(part, profile)
    rows = named.plain
    if rows:
        named.plain = replace(
            rows,
            codes=Texts(rows.codes),
            facts={name: _packed(name, values) for name, values in rows.facts.items()},
            digests=Texts(rows.digests),
            documents=to_documents(to_columns(rows.codes, rows.facts)),
        )
    return named


def _packed(name: str, values: Sequence[Any]) -> Sequence[Any]:
    if name in MOMENTS:
        return Moments.of(values)
    return values if name in (*SHOWN, *LISTS) else Texts(values)
