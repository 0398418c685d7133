"""How the account of a due date is shown: its days, what interrupted it, its stages; as text and as JSON."""

from collections.abc import Sequence
from datetime import datetime
from itertools import accumulate
from typing import Any

from latewatch.cli import terminal
from latewatch.domain.account import Account, Distance, Interruption, interruptions, stages_on
from latewatch.domain.hours import show_clock
from latewatch.domain.stages import STAGE_LABELS, StageVerdict, at_fault
from latewatch.domain.telling import (
    due_words,
    fault_words,
    interruption_words,
    minutes_words,
    moment_words,
    rules_words,
    waiting_words,
)
from latewatch.domain.trace import Step
from latewatch.domain.worktime import WEEKDAYS, WorkCalendar


def show_steps(account: Account, steps: Sequence[Step]) -> None:
    """Print the days of a count; the counted ones carry their number, or the minutes that count of them."""
    if not steps:
        return
    headings = ["Ngày", "Giờ", "Cộng dồn"] if account.is_by_clock else ["Ngày", "Tính"]
    headings += ["Chặng"] if account.stages else []
    totals = accumulate(step.minutes for step in steps)
    rows = [_cells(step, total, account) for step, total in zip(steps, totals, strict=True)]
    figures = (1, 2) if account.is_by_clock else (1,)
    wraps = range(len(figures) + 1, len(headings) + 1)
    terminal.show_table("", [*headings, "Vì sao"], rows, figures=figures, wraps=tuple(wraps))


def _cells(step: Step, total: int, account: Account) -> list[object]:
    cells: list[object] = [f"{step.day:%d/%m/%Y}"]
    if account.is_by_clock:
        cells += [minutes_words(step.minutes), minutes_words(total)] if step.counted else ["–", ""]
    else:
        cells.append(step.number if step.counted else "–")
    if account.stages:
        cells.append(" → ".join(stages_on(step.day, account.stages)))
    return [*cells, step.why]


def show_rules(account: Account, now: datetime) -> None:
    """Print the rules that held, what interrupted the limit, and what is awaited."""
    terminal.say(f"Quy tắc: {rules_words(account)}.")
    found = interruptions(account)
    if found:
        terminal.say("Gián đoạn:")
    for each in found:
        terminal.say(f"  {interruption_words(each)}.")
    for line in waiting_words(account, now):
        terminal.say(line)


def show_stages(account: Account, holder: StageVerdict | None) -> None:
    """Print each unit's part, who holds the dossier, and who used up the time."""
    if not account.stages:
        return
    headings = ("Đơn vị", "Bắt đầu", "Thời hạn", "Hạn", "Xong", "Tình trạng", "Đã dùng", "Quá")
    rows = [_stage_cells(each) for each in account.stages]
    terminal.show_table("Các chặng (ngày làm việc)", headings, rows, figures=(6, 7), wraps=(0,))
    if holder:
        terminal.say(f"Đang giữ hồ sơ: {holder.stage.unit}, từ {moment_words(holder.stage.started_at)}.")
    faults = fault_words(account.stages)
    terminal.say(f"Dùng quá thời hạn của mình: {faults or 'không đơn vị nào'}.")


def _stage_cells(each: StageVerdict) -> tuple[str, ...]:
    stage, limit = each.stage, each.stage.limit
    return (
        stage.unit,
        moment_words(stage.started_at),
        limit.label if limit else "",
        due_words(each.due_at) if each.due_at else "",
        moment_words(stage.finished_at) if stage.finished_at else "",
        STAGE_LABELS[each.standing],
        str(each.used),
        str(each.over or "<1") if at_fault([each]) else "",
    )


def account_document(account: Account, steps: Sequence[Step]) -> dict[str, Any]:
    """Return what `due` and `explain` say alike in their JSON."""
    rules, deadline, limit = account.facts.rules, account.deadline, account.facts.limit
    return {
        "received_at": account.facts.received_at,
        "limit": str(limit) if limit else None,
        "limit_label": limit.label if limit else None,
        "due_on": deadline.due_on,
        "due_at": deadline.due_at,
        "due_weekday": WEEKDAYS[deadline.due_on.weekday()] if deadline.due_on else None,
        "promised_on": deadline.promised_on,
        "computed_on": deadline.computed_on,
        "difference_working_days": account.difference,
        "revised_on": account.revised_on,
        "waiting_since": deadline.waiting_since,
        "lapses_on": deadline.lapses_on,
        "calendar": account.calendar.version if account.ran else None,
        "problem": deadline.problem or None,
        "rules": {
            "ends": rules.ends,
            "cutoff": show_clock(rules.cutoff),
            "effects": {cause: rules.effect(cause) for cause in account.causes},
            "close_after_days": rules.close_after_days,
        },
        "suspensions": [_interruption_document(each) for each in interruptions(account)],
        "stages": [_stage_document(each) for each in account.stages],
        "trace": trace_document(steps, account),
    }


def trace_document(steps: Sequence[Step], account: Account) -> list[dict[str, Any]]:
    totals = accumulate(step.minutes for step in steps)
    return [_step_document(step, total, account) for step, total in zip(steps, totals, strict=True)]


def _step_document(step: Step, total: int, account: Account) -> dict[str, Any]:
    return {
        "date": step.day,
        "weekday": WEEKDAYS[step.day.weekday()],
        "counted": step.counted,
        "mark": step.mark,
        "number": step.number or None,
        "minutes": step.minutes if account.is_by_clock else None,
        "minutes_total": total if account.is_by_clock else None,
        "hours": str(account.calendar.hours_on(step.day)) or None,
        "why": step.why,
        "calendar_entry": _entry_document(step, account.calendar),
        "stages": stages_on(step.day, account.stages),
    }


def _entry_document(step: Step, calendar: WorkCalendar) -> dict[str, Any] | None:
    entry = calendar.entries.get(step.day)
    if entry is None:
        return None
    return {"kind": entry.kind, "title": entry.title, "source": entry.source, "status": entry.status}


def _interruption_document(each: Interruption) -> dict[str, Any]:
    return {
        "cause": None if each.of.called else each.of.cause,
        "started_at": each.of.started_at,
        "ended_at": each.of.ended_at,
        "effect": each.effect,
        "moved": each.moved,
        "remark": each.remark or None,
        "working_days": each.working_days,
        "working_minutes": each.working_minutes,
        "is_observed": each.of.is_observed,
    }


def _stage_document(each: StageVerdict) -> dict[str, Any]:
    stage = each.stage
    return {
        "unit": stage.unit,
        "started_at": stage.started_at,
        "limit": str(stage.limit) if stage.limit else None,
        "due_at": each.due_at,
        "finished_at": stage.finished_at,
        "standing": each.standing,
        "working_days_used": each.used,
        "working_days_over": each.over,
        "is_at_fault": bool(at_fault([each])),
    }


def distance_document(found: Distance | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"due_at": found.due_at, "is_late": found.is_late, "working_days": found.working_days}
