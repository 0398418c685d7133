"""A promise that was moved: after it had passed, or without the letter that alone may move it. Pure.

The person is told a new date once, in writing (NĐ 118/2025/NĐ-CP, Điều 19.6); a limit that was interrupted
ends later by itself (Điều 19.5). What either explains is no finding.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from latewatch.domain.deadline import Basis
from latewatch.domain.dossier import Dossier, Suspension
from latewatch.domain.integrity.change import ENDED, Apology, Change, has_clock, promise_ends
from latewatch.domain.integrity.finding import Betrayal, Kind, Severity, said


@dataclass(frozen=True, slots=True)
class Move:
    """A promise that was first told at `told_at`, and at `seen_at` was another one."""

    old: datetime
    new: datetime
    told_at: datetime | None
    seen_at: datetime


def moved_promises(change: Change) -> Iterator[Betrayal]:
    """Yield the move of a promise to a later date that nothing explains.

    After it had passed while the dossier was not finished, or was finished too late: high. Before: medium,
    as nobody was told. Less, where the limit itself allows the new date: the first one was a slip.
    """
    before, after = change.before, change.after
    if before is None or before.promised_at is None or after.promised_at is None or before.status in ENDED:
        return
    move = Move(before.promised_at, after.promised_at, _told_at(change), change.seen.at)
    if not _is_later(before, move) or explanation(move, _stopping(change), change.apology):
        return
    ends = promise_ends(before, move.old)
    if before.finished_at and before.finished_at <= ends:
        return  # done in time: nothing is gained by it
    is_passed = _is_passed(change, before, ends)
    kind = Kind.PROMISE_AFTER_PASSING if is_passed else Kind.PROMISE_WITHOUT_LETTER
    yield Betrayal(kind, _severity(change, move, is_passed=is_passed), _key(move), _evidence(change, move))


def explanation(move: Move, interruptions: Iterable[Suspension], apology: Apology | None) -> str:
    """Say what explains a move: an apology issued by then that names such a date, or an interruption.

    Only an interruption explains it that ended after the old promise was made, or lasts, and that stops the
    limit: the caller leaves the others out. Empty where nothing does.
    """
    if apology and apology.issued_on <= move.seen_at.date() and move.new.date() <= apology.new_date:
        return f"văn bản xin lỗi phát hành {apology.issued_on:%d/%m/%Y}, hẹn lại {apology.new_date:%d/%m/%Y}"
    for each in interruptions:
        is_since = each.ended_at is None or move.told_at is None or each.ended_at >= move.told_at
        if is_since and each.started_at <= move.seen_at:
            return f"hồ sơ tạm dừng từ {each.started_at:%d/%m/%Y}, thời hạn được tính lại"
    return ""


def _stopping(change: Change) -> list[Suspension]:
    return [each for each in change.interruptions if change.stops(each)]


def _told_at(change: Change) -> datetime | None:
    return change.promised.at if change.promised else None


def _is_later(before: Dossier, move: Move) -> bool:
    """Compare days; clock times only where the limit is one of hours, as elsewhere they come and go."""
    if has_clock(move.old) and has_clock(move.new) and promise_ends(before, move.old) == move.old:
        return move.new > move.old
    return move.new.date() > move.old.date()


def _is_passed(change: Change, before: Dossier, ends: datetime) -> bool:
    if before.finished_at:
        return True  # later than promised
    return change.shown is not None and change.shown.at > ends


def _severity(change: Change, move: Move, *, is_passed: bool) -> Severity:
    is_within_limit = _is_within_limit(change, move)
    if is_passed:
        return Severity.MEDIUM if is_within_limit else Severity.HIGH
    return Severity.LOW if is_within_limit else Severity.MEDIUM


def _is_within_limit(change: Change, move: Move) -> bool:
    """Tell whether the limit itself allows the new promise, to the minute where it is one of hours."""
    deadline = change.deadline(change.after)
    if deadline.computed_on is None:
        return False
    is_by_clock = promise_ends(change.after, move.new) == move.new
    if is_by_clock and deadline.due_at and deadline.basis is Basis.COMPUTED:
        return move.new <= deadline.due_at
    return move.new.date() <= deadline.computed_on


def _key(move: Move) -> str:
    return f"{move.old:%Y%m%dT%H%M}>{move.new:%Y%m%dT%H%M}"


def _evidence(change: Change, move: Move) -> dict[str, object]:
    finished_at = change.before.finished_at if change.before else None
    return {
        "from": said(move.old),
        "to": said(move.new),
        "finished": said(finished_at),
        "promised": change.promised.told if change.promised else None,
        "shown": change.shown.told if change.shown else None,
        "seen": change.seen.told,
    }
