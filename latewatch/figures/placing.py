"""Where many dossiers are counted at once: what `domain.tally.placing.place` says of each alone. Pure.

A test holds the two together, rule by rule and choice by choice; there the reasons stand.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from latewatch.domain.dossier import Channel, Status
from latewatch.domain.tally.placing import Left
from latewatch.domain.tally.rule import Resolved, Treatment
from latewatch.figures.asked import APART, MAY_END, RUNNING, SUSPENDED, WAITING, Asked, is_one_of
from latewatch.figures.due import due_of
from latewatch.figures.moments import DAY, NO_DAY, NO_SECOND, Codes, Mask, Seconds
from latewatch.figures.rows import CHANNELS, STATUSES, Rows

AnswerDue = Callable[[Rows], Seconds]
"""By when the desk must accept what came online, for each of the rows; NO_SECOND where nobody can say."""

ONLINE = (Channel.ONLINE_FULL, Channel.ONLINE_PARTIAL)
_PROCESSING, _SUSPENDED_CODE = STATUSES.index(Status.PROCESSING), STATUSES.index(Status.SUSPENDED)


@dataclass(frozen=True, slots=True)
class _Dateless:
    on_time: Mask
    within: Mask
    left: Mask
    endless: Mask


class Placed:
    """The rows of one table: where each stands; with `complete`, every figure it adds 1 to."""

    def __init__(self, rows: Rows, asked: Asked) -> None:
        self.rows = rows
        self.asked = asked
        self.figures: dict[str, Mask] = {}
        self.left: dict[Left, Mask] = {}
        self._status = _corrected(rows)
        self._may_end = self._treated(*MAY_END)
        self._is_running = is_one_of(self._status, STATUSES, RUNNING)
        self._end = rows.finished if asked.rule.resolved is Resolved.PROCESSED else rows.returned
        self._has_end = self._end != NO_SECOND
        self._due = due_of(rows, asked)
        self._waits = self._waiting()
        self._is_there = self._there()
        self._is_standing = self._stands(self._is_there)

    def _treated(self, *treatments: Treatment | None) -> Mask:
        """Tell which rows the rule treats in one of these ways."""
        wanted = [each for each in STATUSES if self.asked.rule.treatment(each) in treatments]
        return is_one_of(self._status, STATUSES, wanted)

    def _waiting(self) -> Mask:
        rows, day = self.rows, self.asked.as_of_day
        answered = np.where(rows.received != NO_DAY, rows.received, self._finished_day)
        waits: Mask = (rows.handed_in != NO_SECOND) & (rows.handed_in < (day + 1) * DAY)
        waits &= (rows.status == WAITING) | (answered > day)
        return waits

    def _there(self) -> Mask:
        """Tell what had come and did not end before it came; what waits is not there yet."""
        rows, asked = self.rows, self.asked
        come: Mask = ~self._waits & (rows.received != NO_DAY) & (rows.received <= asked.as_of_day)
        backwards: Mask = come & self._has_end & (self._end // DAY < rows.received)
        self.left[Left.BACKWARDS] = backwards & (rows.received >= asked.first)
        return come & ~backwards

    @property
    def pending(self) -> Mask:
        return self.figures["within"] | self.figures["overdue"]

    def complete(self, answer_due: AnswerDue) -> "Placed":
        """Add the figures beside where each stands."""
        never_received = ~self._waits & (self.rows.received == NO_DAY)
        over = never_received & self._treated(Treatment.LEFT_OUT) & (self.rows.finished != NO_SECOND)
        self.left[Left.NO_RECEIPT] = never_received & ~over
        self._apart(self._is_there | over)
        self._fallen_due(self._is_there)
        self._came(self._is_standing)
        self._letters()
        self._late_answers(answer_due)
        return self

    def _late_answers(self, answer_due: AnswerDue) -> None:
        late = np.zeros(len(self.rows), dtype=np.bool_)
        online = np.flatnonzero(self._waits & is_one_of(self.rows.channel, CHANNELS, ONLINE))
        if len(online):
            due = answer_due(self.rows.at(online))
            late[online] = (due != NO_SECOND) & (due < self.asked.after)
        self.figures |= {"waiting": self._waits, "waiting_late": late}

    @cached_property
    def _finished_day(self) -> NDArray[np.int32]:
        finished = self.rows.finished
        return np.where(finished != NO_SECOND, finished // DAY, np.int32(NO_DAY))

    def _apart(self, those: Mask) -> None:
        """Add what stands apart in the period of its finish, or of its receipt where no finish is known."""
        finished, asked = self._finished_day, self.asked
        day = np.where(finished != NO_DAY, finished, self.rows.received)
        within = those & (day >= asked.first) & (day <= asked.last)
        for status in APART:
            name = status.name.lower()
            self.figures[name] = within & (self._status == STATUSES.index(status))

    def _fallen_due(self, those: Mask) -> None:
        due, asked = self._due, self.asked
        fell = those & self._may_end & (due != NO_SECOND) & (due <= asked.as_of)
        fell &= (due >= asked.first * DAY) & (due < (asked.last + 1) * DAY)
        self.figures["due_in_period"] = fell
        self.figures["due_and_on_time"] = fell & self._has_end & (self._end <= due)

    def _stands(self, those: Mask) -> Mask:
        """Add where the rows stand, and tell which do."""
        has_end = self._may_end & self._has_end
        ended = has_end & (self._end <= self.asked.as_of)
        was_over = ended & (self._end < self.asked.first * DAY)
        those = those & ~was_over & ~self._treated(Treatment.LEFT_OUT)
        with_due, without = those & (self._due != NO_SECOND), those & (self._due == NO_SECOND)
        lacks_end = self._may_end & ~self._has_end & ~self._is_running
        early, on_time, late = self._ended(with_due & ended)
        within, overdue, endless = self._open(with_due & ~ended, lacks_end)
        dateless = self._dateless(without, has_end, ended, lacks_end)
        self.figures |= {"early": early, "on_time": on_time | dateless.on_time, "late": late}
        self.figures |= {"within": within | dateless.within, "overdue": overdue}
        self.left[Left.NO_DUE_DATE] = dateless.left
        self.left[Left.NO_FINISH_DATE] = endless | dateless.endless
        return those & ~endless & ~dateless.endless & ~dateless.left

    def _open(self, those: Mask, lacks_end: Mask) -> tuple[Mask, Mask, Mask]:
        """Split what has not ended: within time, overdue, or done on no day that anybody told."""
        as_within = those & self._treated(Treatment.AS_WITHIN)
        endless = those & ~as_within & lacks_end
        running = those & ~as_within & ~endless
        overdue = running & (self._due < self.asked.after)
        return as_within | (running & ~overdue), overdue, endless

    def _dateless(self, those: Mask, has_end: Mask, ended: Mask, lacks_end: Mask) -> "_Dateless":
        """Split what has no due date, in the order of `place`."""
        never_late = those & self._treated(Treatment.AS_ON_TIME) & has_end
        waits = those & ~never_late & self.rows.waits
        others = those & ~never_late & ~waits
        is_left = self.asked.rule.unlimited is Treatment.LEFT_OUT
        left = others if is_left else np.zeros(len(those), dtype=bool)
        endless = others & ~left & lacks_end
        stands = never_late | (others & ~left & ~endless)
        return _Dateless(stands & ended, waits | (stands & ~ended), left, endless)

    def _ended(self, those: Mask) -> tuple[Mask, Mask, Mask]:
        before = those & (self._end // DAY < self._due // DAY)
        never_late = self._treated(Treatment.AS_ON_TIME)
        early = before & ~never_late
        late = those & ~before & ~never_late & (self._end > self._due)
        return early, those & ~early & ~late, late

    def _letters(self) -> None:
        letter = self.rows.letter
        sent = (letter != NO_DAY) & (letter <= self.asked.as_of_day)
        for name in ("late", "overdue"):
            self.figures[f"{name}_with_letter"] = self.figures[name] & sent

    def _came(self, those: Mask) -> None:
        carried = self.rows.received < self.asked.first
        self.figures["carried"] = those & carried
        unknown = CHANNELS.index(self.asked.rule.unknown_channel)
        channel = np.where(self.rows.channel == 0, np.uint8(unknown), self.rows.channel)
        for place, each in enumerate(CHANNELS):
            if each:
                self.figures[each.name.lower()] = those & ~carried & (channel == place)
        self.assumed = those & ~carried & (self.rows.channel == 0)


def _corrected(rows: Rows) -> Codes:
    """Return the statuses as `status_of` corrects them."""
    status = rows.status
    runs = is_one_of(status, STATUSES, SUSPENDED) & rows.runs_on
    waits = is_one_of(status, STATUSES, RUNNING) & rows.waits
    return np.where(runs, _PROCESSING, np.where(waits, _SUSPENDED_CODE, status)).astype(np.uint8)
