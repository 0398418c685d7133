"""What is done to a part in the process that read it, so that who takes it in has less to do."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from latewatch.domain.reading import Reading
from latewatch.moments import Moments
from latewatch.sources.profiles.office_names import with_office_names
from latewatch.sources.profiles.profile import Profile
from latewatch.written import MOMENTS, to_columns, to_documents


def finished(part: Reading, profile: Profile) -> Reading:
    """Return `part` with its units named as the office names them, its plain rows ready to be kept."""
    named = with_office_names(part, profile)
    rows = named.plain
    if rows:
        documents = to_documents(to_columns(rows.codes, rows.facts))
        named.plain = replace(rows, facts=dict(map(_packed, rows.facts.items())), documents=documents)
    return named


def _packed(fact: tuple[str, Sequence[Any]]) -> tuple[str, Sequence[Any]]:
    name, values = fact
    return name, Moments.of(values) if name in MOMENTS else values
