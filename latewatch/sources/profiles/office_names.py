"""The names a source gives units → those the office uses, where a profile says so."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from latewatch.domain.dossier import Stage
from latewatch.domain.reading import PlainRows, Reading
from latewatch.domain.record import Event, Reported
from latewatch.sources.files.cells import key_of
from latewatch.sources.profiles.profile import Profile

UNIT_FIELDS = ("receiving_unit", "resolving_unit", "department")


def with_office_names(part: Reading, profile: Profile) -> Reading:
    """Return `part` with its units named as the office names them; what the source wrote stays in `raw`."""
    if profile.units:
        part.reported = [_renamed(each, profile.units) for each in part.reported]
        part.plain = _renamed_column(part.plain, profile.units)
    return part


def _renamed_column(rows: PlainRows, units: Mapping[str, str]) -> PlainRows:
    facts = {
        name: [units.get(key_of(unit), unit) for unit in values] if name in UNIT_FIELDS else values
        for name, values in rows.facts.items()
    }
    return replace(rows, facts=facts)


def _renamed(reported: Reported, units: Mapping[str, str]) -> Reported:
    facts: dict[str, Any] = dict(reported.facts)
    for name in UNIT_FIELDS:
        if facts.get(name):
            facts[name] = units.get(key_of(facts[name]), facts[name])
    if facts.get("stages"):
        facts["stages"] = tuple(_stage(stage, units) for stage in facts["stages"])
    return replace(reported, facts=facts, events=tuple(_event(each, units) for each in reported.events))


def _stage(stage: Stage, units: Mapping[str, str]) -> Stage:
    return replace(stage, unit=units.get(key_of(stage.unit), stage.unit))


def _event(event: Event, units: Mapping[str, str]) -> Event:
    return replace(event, fact=_stage(event.fact, units)) if isinstance(event.fact, Stage) else event
