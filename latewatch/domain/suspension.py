"""What interrupts a limit, and what it does to it; interruptions nobody reports are observed. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time
from enum import StrEnum
from itertools import pairwise

from latewatch.domain.dossier import CAUSE_LABELS, Cause, Dossier, Status, Suspension

MIDNIGHT = time.min  # a date whose clock time the source did not give


class Effect(StrEnum):
    """What an interruption does to the limit; by procedure, since sector law differs."""

    RESTART = "restart"  # tính lại từ đầu
    PAUSE = "pause"  # dừng, rồi tính tiếp
    RUNS_ON = "runs on"  # vẫn tính


EFFECT_LABELS = {
    Effect.RESTART: "tính lại từ đầu",
    Effect.PAUSE: "tạm dừng rồi tính tiếp",
    Effect.RUNS_ON: "thời hạn vẫn chạy",
}


def problem_of(suspensions: Sequence[Suspension], received_at: datetime) -> str:
    """Say which interruption cannot be: ends before it begins, begins before the receipt, overlaps another.

    A moment at 00:00 has no clock time: only its day counts. One that was observed before the receipt is no
    fault: it ended with it. Empty where all is well.
    """
    ordered = sorted(suspensions, key=lambda each: each.started_at)
    for each in ordered:
        if each.ended_at and is_before(each.ended_at, each.started_at):
            return f"{shown(each)}: kết thúc trước khi bắt đầu"
        if is_before(each.started_at, received_at) and not each.is_observed:
            return f"{shown(each)}: bắt đầu trước khi tiếp nhận hồ sơ ({_moment(received_at)})"
    for one, other in pairwise(each for each in ordered if not precedes(each, received_at)):
        if one.ended_at is None or is_before(other.started_at, one.ended_at):
            return f"{shown(one)} và {shown(other)} chồng nhau"
    return ""


def precedes(each: Suspension, received_at: datetime) -> bool:
    """Tell whether what was observed began before the receipt, when no limit ran that it could interrupt."""
    return each.is_observed and is_before(each.started_at, received_at)


def is_before(one: datetime, other: datetime) -> bool:
    """Tell whether `one` lies before `other`; of what has no clock time (00:00) only the day counts."""
    if MIDNIGHT in (one.time(), other.time()):
        return one.date() < other.date()
    return one < other


def shown(each: Suspension) -> str:
    """Name an interruption as messages and explanations do."""
    until = _moment(each.ended_at) if each.ended_at else "chưa xong"
    return f"{named(each)} {_moment(each.started_at)}–{until}"


def named(each: Suspension) -> str:
    """Return the words for its cause."""
    return each.called or CAUSE_LABELS[each.cause]


def _moment(at: datetime) -> str:
    return f"{at:%d/%m/%Y}" if at.time() == MIDNIGHT else f"{at:%H:%M %d/%m/%Y}"


def until_finish(suspensions: Sequence[Suspension], finished_at: datetime | None) -> tuple[Suspension, ...]:
    """Return the interruptions, those that still last ended by the finish: what is done awaits nothing."""
    if finished_at is None:
        return tuple(suspensions)
    return tuple(
        replace(each, ended_at=max(finished_at, each.started_at)) if each.ended_at is None else each
        for each in suspensions
    )


def lasts(suspensions: Sequence[Suspension]) -> Suspension | None:
    """Return the interruption that has not ended: the last one, as they do not overlap."""
    return next((each for each in suspensions if each.ended_at is None), None)


def told(known: Sequence[Suspension], said: Sequence[Suspension]) -> tuple[Suspension, ...]:
    """Return the interruptions of a dossier after a source `said` all it knows of them.

    A list of events replaces what is known. Two columns of an export know the last supplement at most: they
    do not contradict a list, and where they are empty what was observed stays.
    """
    if said and not any(each.is_partial for each in said):
        return tuple(said)
    if any(not each.is_observed and not each.is_partial for each in known):
        return tuple(known)
    return tuple(said) or tuple(each for each in known if each.is_observed)


_SEEN_AS = {Status.SUPPLEMENT: Cause.SUPPLEMENT, Status.SUSPENDED: Cause.OTHER}


def interrupts(status: Status) -> bool:
    """Tell whether a dossier of this status is interrupted."""
    return status in _SEEN_AS


def observe(dossier: Dossier, at: datetime) -> Dossier:
    """Return `dossier` with what its status, as the poll of `at` finds it, tells of an interruption.

    Only where no source reports interruptions: an export that knows a status alone would otherwise make
    every dossier late that was rightly sent back. The true moments lie before the polls that saw them; what
    begins and ends within one poll, as when old files are read again, was not seen at all.
    """
    if not dossier.suspensions and not interrupts(dossier.status):
        return dossier
    if any(not each.is_observed for each in dossier.suspensions):
        return dossier
    received_at = dossier.received_at
    seen = [each for each in dossier.suspensions if received_at and not precedes(each, received_at)]
    cause = _SEEN_AS.get(dossier.status) if received_at and received_at <= at else None
    open_one = seen.pop() if seen and seen[-1].ended_at is None else None
    if open_one and open_one.cause is not cause:
        seen += _ended(open_one, min(at, dossier.finished_at or at))
        open_one = None
    if cause and open_one is None:
        open_one = _reopened(seen, cause, at) or Suspension(cause, at, is_observed=True)
    seen += [open_one] if open_one else []
    return dossier if tuple(seen) == dossier.suspensions else replace(dossier, suspensions=tuple(seen))


def _ended(each: Suspension, at: datetime) -> list[Suspension]:
    """Return an interruption as it ended; one that was not seen to last is none."""
    return [replace(each, ended_at=at)] if at > each.started_at else []


def _reopened(seen: list[Suspension], cause: Cause, at: datetime) -> Suspension | None:
    """Take the last interruption out of `seen` where this same poll ended it: then it never ended."""
    is_last = bool(seen) and seen[-1].cause is cause and seen[-1].ended_at == at
    return replace(seen.pop(), ended_at=None) if is_last else None
