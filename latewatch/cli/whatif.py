"""What `latewatch due` asks: a receipt, a limit, what interrupts it and what was promised, on no dossier."""

from dataclasses import dataclass, replace
from datetime import date, datetime

import typer

from latewatch.cli.entries import Interrupted, rules_of_entries
from latewatch.cli.place import Place
from latewatch.clock import at_midnight
from latewatch.domain.account import Account
from latewatch.domain.deadline import Decider, Facts, decide
from latewatch.domain.dossier import Cause, Stage
from latewatch.domain.expiry import ClockRules, Ends
from latewatch.domain.letters.dates import check_new_date
from latewatch.domain.limit import TimeLimit
from latewatch.domain.running import run
from latewatch.domain.stages import StageVerdict, judge_stages
from latewatch.domain.suspension import problem_of
from latewatch.domain.telling import moment_words
from latewatch.domain.worktime import WorkCalendar
from latewatch.errors import LetterError


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """A question. `cutoff` and `ends` are None where the rules of the place hold."""

    received_at: datetime
    limit: TimeLimit
    entries: list[Interrupted]
    stages: list[Stage]
    calendar: str
    cutoff: int | None = None
    ends: Ends | None = None
    promised_on: date | None = None

    def answer(self, place: Place, now: datetime) -> Account:
        """Work it out; stages stand as of `now`. Raises BadParameter naming the entry, and CalendarGap."""
        calendar = place.calendar(self.calendar)
        facts = self._facts(place.rules)
        self._check()
        return Account(
            facts=facts,
            deadline=decide(facts, Decider.COMPUTED, calendar),
            calendar=calendar,
            ran=run(self.received_at, self.limit, calendar, facts.rules, facts.suspensions),
            stages=self._judged(place, calendar, facts, now),
            causes=(Cause.SUPPLEMENT,) if any(each.effect is None for each in self.entries) else (),
        )

    def _facts(self, usual: ClockRules) -> Facts:
        cutoff = usual.cutoff if self.cutoff is None else self.cutoff
        return Facts(
            received_at=self.received_at,
            promised_at=at_midnight(self.promised_on) if self.promised_on else None,
            limit=self.limit,
            suspensions=tuple(each.suspension for each in self.entries),
            rules=rules_of_entries(replace(usual, cutoff=cutoff, ends=self.ends or usual.ends)),
        )

    def _check(self) -> None:
        problem = problem_of([each.suspension for each in self.entries], self.received_at)
        if problem:
            raise typer.BadParameter(problem, param_hint="--suspend")
        for stage in self.stages:
            if stage.started_at.date() < self.received_at.date():
                raise typer.BadParameter(
                    f"chặng “{stage.unit}” bắt đầu {moment_words(stage.started_at)}, trước khi tiếp nhận "
                    f"hồ sơ ({moment_words(self.received_at)})",
                    param_hint="--stage",
                )

    def _judged(
        self, place: Place, calendar: WorkCalendar, facts: Facts, now: datetime
    ) -> tuple[StageVerdict, ...]:
        def calendar_of(unit: str) -> WorkCalendar:
            return place.calendar_of(unit, calendar)

        return tuple(judge_stages(self.stages, now, calendar_of, facts.rules, facts.suspensions))


def extended(account: Account, new_date: date, signed_on: date | None) -> Account:
    """Return the account with its one new appointment; the day of signing is checked where it is known.

    Raises LetterError where the new date cannot be.
    """
    due_on = account.deadline.due_on
    if due_on is None:
        raise LetterError("Thời hạn đang dừng nên chưa có hạn để hẹn lại; hãy ghi ngày kết thúc gián đoạn.")
    last_promise = max(due_on, account.deadline.promised_on or due_on)
    check_new_date(new_date, signed_on or date.min, last_promise, account.calendar)
    return replace(account, revised_on=new_date)
