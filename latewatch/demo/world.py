"""Writes the demo office into a folder: its configuration, its two exports and its list of events."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from types import MappingProxyType

from latewatch.demo import events, register, report
from latewatch.demo.cast import cast
from latewatch.demo.configuration import FOLDERS, config_text
from latewatch.demo.dirt import ROWS, Dirt, plant
from latewatch.demo.story import tell
from latewatch.domain.worktime import WorkCalendar

SEED = 20261112
DOSSIERS = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldSummary:
    """What was written. `dossiers` counts the story alone; `dirt` the rows planted beside it, by kind."""

    config: Path
    register: Path
    report: Path
    events: Path
    dossiers: int
    dirt: Mapping[Dirt, int]


def write_world(
    folder: Path, calendar: WorkCalendar, *, dossiers: int = DOSSIERS, seed: int = SEED
) -> WorldSummary:
    """Write config.toml and the exports of a made-up office as of DEMO_NOW; the same seed, the same bytes.

    Below a few hundred dossiers the story has too little to choose from, and its numbers shrink.
    Raises CalendarGap where `calendar` does not hold 2026 and the first weeks of 2027.
    """
    summary = WorldSummary(
        config=folder / "config.toml",
        register=folder / FOLDERS[0] / "so-theo-doi-A.xlsx",
        report=folder / FOLDERS[1] / "bao-cao-B.csv",
        events=folder / FOLDERS[2] / "su-kien-C.csv",
        dossiers=dossiers,
        dirt=MappingProxyType({kind: 2 * number for kind, number in ROWS.items()}),
    )
    players = cast()
    story = tell(players, calendar, dossiers=dossiers, seed=seed)
    for name in FOLDERS:
        (folder / name).mkdir(parents=True, exist_ok=True)
    rng = Random(seed)  # noqa: S311  a story, not a secret
    register.write(summary.register, plant(register.rows(story.register), register.KEYS, rng))
    report.write(summary.report, plant(report.rows(story.report), report.KEYS, rng))
    report.write(summary.events, events.rows(story, calendar, seed))
    summary.config.write_text(config_text(players), encoding="utf-8")
    return summary
