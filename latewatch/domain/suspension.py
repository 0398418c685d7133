"""What interrupts a limit, and what it does to it; interruptions nobody reports are observed. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from latewatch.domain.dossier import CAUSE_LABELS, Cause, Dossier, Status, Suspension


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

    A receipt or a start at 00:00 has no clock time: only its day counts. Empty where all is well.
    """
    ordered = sorted(suspensions, key=lambda each: each.started_at)
    for each in ordered:
        if each.ended_at and each.ended_at < each.started_at:
            return f"{shown(each)}: kết thúc trước khi bắt đầu"
        if each.started_at.date() < received_at.date() or (
            each.started_at < received_at and each.started_at.time() != datetime.min.time()
        ):
            return f"{shown(each)}: bắt đầu trước khi tiếp nhận hồ sơ ({received_at:%H:%M %d/%m/%Y})"
    for one, other in pairwise(ordered):
        if one.ended_at is None or other.started_at < one.ended_at:
            return f"{shown(one)} và {shown(other)} chồng nhau"
    return ""


def shown(each: Suspension) -> str:
    """Name an interruption as messages and explanations do."""
    until = _moment(each.ended_at) if each.ended_at else "chưa xong"
    return f"{named(each)} {_moment(each.started_at)}–{until}"


def named(each: Suspension) -> str:
    """Return the words for its cause."""
    return each.called or CAUSE_LABELS[each.cause]


def _moment(at: datetime) -> str:
    return f"{at:%d/%m/%Y}" if at.time() == datetime.min.time() else f"{at:%H:%M %d/%m/%Y}"


def until_finish(suspensions: Sequence[Suspension], finished_at: datetime | None) -> tuple[Suspension, ...]:
    """Return the interruptions, those that still last ended by the finish: what is done awaits nothing."""
    if finished_at is None:
        return tuple(suspensions)
    return tuple(
        replace(each, ended_at=max(finished_at, each.started_at)) if each.ended_at is None else each
        for each in suspensions
    )


_SEEN_AS = {Status.SUPPLEMENT: Cause.SUPPLEMENT, Status.SUSPENDED: Cause.OTHER}


def observe(before: Dossier | None, after: Dossier, at: datetime) -> Dossier:
    """Return `after` with what its change of status at the poll of `at` tells of an interruption.

    Only where no source reports interruptions: an export that knows a status alone would otherwise make
    every dossier late that was rightly sent back. The true moments lie before the polls that saw them.
    """
    if any(not each.is_observed for each in after.suspensions):
        return after
    cause = _SEEN_AS.get(after.status)
    if before is not None and _SEEN_AS.get(before.status) is cause:
        return after
    seen = until_finish(after.suspensions, at)
    if cause is not None and (after.received_at is None or after.received_at <= at):
        seen = (*seen, Suspension(cause, at, is_observed=True))
    return after if seen == after.suspensions else replace(after, suspensions=seen)
