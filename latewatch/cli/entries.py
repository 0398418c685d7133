"""How the entries of `latewatch due` are read: moments, interruptions, stages, and what they mean."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

import typer

from latewatch.cli.options import parse_day
from latewatch.clock import VIETNAM, at_midnight, parse_instant
from latewatch.domain.dossier import Cause, Stage, Suspension
from latewatch.domain.expiry import ClockRules, Ends
from latewatch.domain.hours import parse_clock
from latewatch.domain.limit import TimeLimit
from latewatch.domain.suspension import Effect

T = TypeVar("T")

UNTOLD = "gián đoạn"  # what an interruption is called whose cause nobody told
_STAND_INS = {Effect.RESTART: Cause.FINANCIAL, Effect.PAUSE: Cause.OTHER, Effect.RUNS_ON: Cause.CONSULTATION}
_SUSPENSION = re.compile(r"(?P<start>.+?)\.\.(?P<end>[^=]*)(?:=(?P<effect>.*))?")
_STAGE = re.compile(r"(?P<unit>[^=]+)=(?P<start>[^=]+?)\.\.(?P<end>[^=]*)(?:=(?P<limit>[^=]+))?")


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A suspension as it was written; without an effect it is a request for a supplement."""

    started_at: datetime
    ended_at: datetime | None
    effect: Effect | None

    @property
    def suspension(self) -> Suspension:
        if self.effect is None:
            return Suspension(Cause.SUPPLEMENT, self.started_at, self.ended_at)
        return Suspension(_STAND_INS[self.effect], self.started_at, self.ended_at, called=UNTOLD)


def rules_of_entries(rules: ClockRules) -> ClockRules:
    """Return the rules under which every entry has the effect written with it; a supplement keeps its own."""
    own: dict[str, Any] = {cause.value: effect for effect, cause in _STAND_INS.items()}
    return replace(rules, **own)


def parse_moment(text: str) -> datetime:
    """Read `2026-02-13`, `2026-02-13T16:40`, `13/02/2026` or `13/02/2026 16:40`; Vietnam's time."""
    plain = text.strip()
    try:
        return parse_instant(plain)
    except ValueError:
        pass
    try:
        return datetime.strptime(plain, "%d/%m/%Y %H:%M").replace(tzinfo=VIETNAM)
    except ValueError:
        return at_midnight(parse_day(plain))


def parse_limit(text: str) -> TimeLimit:
    return _usage(TimeLimit.parse, text)


def parse_cutoff(text: str) -> int:
    return _usage(parse_clock, text)


def parse_ends(text: str) -> Ends:
    plain = _spaced(text)
    if plain not in list(Ends):
        raise typer.BadParameter(f"“{text}” không có; chọn trong: {', '.join(Ends)}")
    return Ends(plain)


def parse_suspension(text: str) -> Interrupted:
    """Read `2026-03-02..2026-03-09=restart`; no end while it lasts, no effect for a supplement."""
    match = _SUSPENSION.fullmatch(text.strip())
    if not match:
        raise typer.BadParameter(
            f"“{text}” không phải khoảng gián đoạn; viết dạng 2026-03-02..2026-03-09=restart, "
            "chưa xong thì 2026-03-02..=pause"
        )
    start, end = _named(text, parse_moment, match["start"]), match["end"].strip()
    return Interrupted(
        start, _named(text, parse_moment, end) if end else None, _named(text, _effect, match["effect"])
    )


def _effect(text: str | None) -> Effect | None:
    if text is None:
        return None
    plain = _spaced(text)
    if plain not in list(Effect):
        raise typer.BadParameter(f"không có tác động “{text.strip()}”; chọn trong: {', '.join(Effect)}")
    return Effect(plain)


def parse_stage(text: str) -> Stage:
    """Read `Phòng A=2026-03-02..2026-03-05=3d`; no end while the unit holds the dossier."""
    match = _STAGE.fullmatch(text.strip())
    if not match:
        raise typer.BadParameter(f"“{text}” không phải chặng; viết dạng Phòng A=2026-03-02..2026-03-05=3d")
    started_at = _named(text, parse_moment, match["start"])
    ended_at = _named(text, parse_moment, match["end"]) if match["end"].strip() else None
    if ended_at and ended_at < started_at:
        raise typer.BadParameter(f"“{text}”: xong trước khi bắt đầu")
    limit = _named(text, parse_limit, match["limit"]) if match["limit"] else None
    return Stage(match["unit"].strip(), started_at, limit, finished_at=ended_at)


def _named(entry: str, parse: Callable[[str], T], part: str) -> T:
    """Parse a part, and name the whole entry where that fails."""
    try:
        return parse(part)
    except typer.BadParameter as e:
        raise typer.BadParameter(f"“{entry}”: {e.message}") from e


def _usage(parse: Callable[[str], T], text: str) -> T:
    try:
        return parse(text)
    except ValueError as e:
        raise typer.BadParameter(str(e)) from e


def _spaced(text: str) -> str:
    return re.sub(r"[-_\s]+", " ", text.strip().lower())
