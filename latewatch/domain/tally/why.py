"""Why two rules count a dossier differently: which of their choices made it, in words. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from latewatch.domain.expiry import end_of_day
from latewatch.domain.standing import Case
from latewatch.domain.tally.placing import due_at
from latewatch.domain.tally.rule import CountingRule, differences, said

_OF_THE_DATE = ("due", "against", "precision")


def deciding_choices(
    one: CountingRule, other: CountingRule, outcome: Callable[[CountingRule], object]
) -> list[str]:
    """Return the fewest choices that turn the outcome by `one` into that by `other`, by name.

    Of choices that would each do it alone, the last of them stays.
    """
    needed, wanted = differences(one, other), outcome(other)
    for choice in list(needed):
        fewer = [each for each in needed if each != choice]
        if outcome(_with(one, other, fewer)) == wanted:
            needed = fewer
    return needed


def _with(one: CountingRule, other: CountingRule, choices: Sequence[str]) -> CountingRule:
    return replace(one, **{each: getattr(other, each) for each in choices})


def explained(
    case: Case, choices: Sequence[str], one: CountingRule, other: CountingRule, as_of: datetime
) -> str:
    """Say in Vietnamese how the two rules choose, and with which due date where that is the difference."""
    return "; ".join(
        f"{rule.name}: {', '.join(said(rule, each) for each in choices)}{_date(case, choices, rule, as_of)}"
        for rule in (one, other)
    )


def _date(case: Case, choices: Sequence[str], rule: CountingRule, as_of: datetime) -> str:
    if not set(choices).intersection(_OF_THE_DATE):
        return ""
    due = due_at(case, rule, as_of)
    if due is None:
        return " (không có hạn)"
    is_whole = due == end_of_day(due.date(), due.tzinfo)
    return f" (hạn {due:%d/%m/%Y})" if is_whole else f" (hạn {due:%H:%M %d/%m/%Y})"
