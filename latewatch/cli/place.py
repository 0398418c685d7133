"""Where a what-if is worked out: an office with its calendars, rules and units, or the shipped calendar."""

from dataclasses import dataclass
from pathlib import Path

import typer

from latewatch.app import open_calendars, roster
from latewatch.calendars.load import load_calendars
from latewatch.cli.options import DEFAULT_CONFIG
from latewatch.config import Settings, load, usual_rules
from latewatch.domain.expiry import USUAL, ClockRules
from latewatch.domain.layers import NATIONAL, PROVINCE, UNIT, Calendars
from latewatch.domain.names import Roster
from latewatch.domain.worktime import WorkCalendar


@dataclass(frozen=True, slots=True)
class Place:
    """An office as far as a what-if needs it; without a configuration there are no units and no settings."""

    calendars: Calendars
    rules: ClockRules = USUAL
    roster: Roster | None = None
    settings: Settings | None = None

    def calendar(self, name: str) -> WorkCalendar:
        """Return the calendar `national`, `province` or `unit:CODE`. Raises BadParameter naming the known."""
        text = name.strip()
        if text in (NATIONAL, PROVINCE):
            return self.calendars.named(text)
        found = self._of_unit(text.removeprefix(UNIT).strip()) if text.startswith(UNIT) else ""
        if not found:
            known = ", ".join((NATIONAL, PROVINCE, *self._units()))
            raise typer.BadParameter(f"không có lịch “{name}”; chọn trong: {known}", param_hint="--calendar")
        return self.calendars.named(found)

    def calendar_name(self, name: str) -> str:
        """Return the name of the layer that decides in the calendar `name`, which is a known one."""
        text = name.strip()
        is_unit = text.startswith(UNIT)
        return self.calendars.topmost(self._of_unit(text.removeprefix(UNIT).strip()) if is_unit else text)

    def calendar_of(self, unit: str, usual: WorkCalendar) -> WorkCalendar:
        """Return the calendar of a unit by its code or name; `usual` for one that is not known."""
        found = self._of_unit(unit)
        return self.calendars.named(found) if found else usual

    def _of_unit(self, text: str) -> str:
        known = self.roster.find(text) if self.roster else None
        name = UNIT + (known.code if known else text)
        return name if known or name in self.calendars.layers else ""

    def _units(self) -> list[str]:
        units = {UNIT + unit.code: f" ({unit.name})" for unit in (self.roster.units if self.roster else ())}
        layers = {name: "" for name in self.calendars.layers if name.startswith(UNIT)}
        return [f"{name}{called}" for name, called in (layers | units).items()]


def place_of(config: Path) -> Place:
    """Return the office of the configuration; without one the shipped calendar and the law's rules."""
    if config == DEFAULT_CONFIG and not config.exists():
        return Place(load_calendars())
    settings = load(config)
    return Place(open_calendars(config), usual_rules(settings.clock), roster(settings), settings)
