"""How a change of the calendar is printed: what it says, what it moves, what it does to letters."""

from datetime import date

from latewatch.cli import terminal
from latewatch.domain.layers import layer_label
from latewatch.jobs.calendar.change import Proposal
from latewatch.jobs.calendar.effects import Effects, Move, Number
from latewatch.jobs.calendar.letters import DraftChange

LISTED = 10  # lines of one matter that a person reads at once


def show(done: Proposal) -> None:
    """Print a change for a person, who decides on it."""
    state = "đã ghi" if done.is_committed else "xem trước, chưa ghi"
    terminal.say(f"Lịch bản {done.before} → bản {done.number} ({state}): {done.version}")
    _list("  ", done.differences)
    _days(done.effects)
    _moves(done.effects)
    _letters(done.effects)
    reports = done.effects.frozen
    terminal.say(f"Báo cáo đã chốt theo lịch cũ, nay đọc khác: {len(reports)}.")
    _list("  ", reports)
    _close(done)


def _days(effects: Effects) -> None:
    if not effects.days:
        terminal.say("Không ngày nào đổi giờ làm việc.")
    for layer, days in effects.days.items():
        span = f"{days[0]:%d/%m/%Y}" if len(days) == 1 else f"{days[0]:%d/%m/%Y} đến {days[-1]:%d/%m/%Y}"
        terminal.say(f"Ngày đổi giờ làm việc, lịch {layer_label(layer)}: {len(days)} ({span}).")


def _moves(effects: Effects) -> None:
    sides = f" (sớm hơn {effects.earlier}, muộn hơn {effects.later})" if effects.moved else ""
    terminal.say(f"Hồ sơ đổi hạn: {effects.moved}{sides}.")
    _list("  ", [_move(each) for each in effects.examples])
    terminal.say(f"Thành quá hạn: {_number(effects.became_late)}.")
    terminal.say(f"Hết quá hạn: {_number(effects.became_on_time)}.")
    if effects.undecided:
        terminal.say(
            f"Chưa kể {effects.undecided} hồ sơ đang chờ tính hạn; lần poll kế tiếp tính theo lịch mới."
        )


def _move(move: Move) -> str:
    return f"{move.code}: {_day(move.before)} → {_day(move.after)}"


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else "không tính được"


def _number(number: Number) -> str:
    total = number.running + number.finished
    return f"{total} (đang giải quyết {number.running}, đã giải quyết {number.finished})" if total else "0"


def _letters(effects: Effects) -> None:
    terminal.say(f"Dự thảo văn bản xin lỗi phải đổi ngày hoặc bỏ: {len(effects.drafts)}.")
    _list("  ", [_draft(each) for each in effects.drafts])
    terminal.say(f"Văn bản đã phát hành có ngày hẹn lại thành ngày nghỉ: {len(effects.issued)}.")
    _list("  ", [f"{each.code}: {each.new_date:%d/%m/%Y}, {each.why}" for each in effects.issued])


def _draft(change: DraftChange) -> str:
    before, after = change.before, change.after
    if after is None:
        return f"{change.code}: không còn cần, bỏ (hạn cũ {before.due_on:%d/%m/%Y})"
    return (
        f"{change.code}: hạn {before.due_on:%d/%m/%Y} → {after.due_on:%d/%m/%Y}, "
        f"hẹn lại {before.new_date:%d/%m/%Y} → {after.new_date:%d/%m/%Y}"
    )


def _close(done: Proposal) -> None:
    if not done.is_committed:
        terminal.say("Chưa ghi gì. Muốn ghi: chạy lại lệnh này, thêm --reason và --commit.")
    elif any(each.after for each in done.effects.drafts):
        terminal.say("Dự thảo đổi ngày được in lại ở lần latewatch letters draft kế tiếp.")


def _list(indent: str, lines: list[str]) -> None:
    for line in lines[:LISTED]:
        terminal.say(indent + line)
    if len(lines) > LISTED:
        terminal.say(f"{indent}… và {len(lines) - LISTED} mục nữa (xem hết: --json)")


def document(done: Proposal) -> dict[str, object]:
    """Return a change as JSON shows it."""
    effects = done.effects
    return {
        "before": done.before,
        "version": done.number,
        "calendar": done.version,
        "committed": done.is_committed,
        "differences": done.differences,
        "days": effects.days,
        "moved": effects.moved,
        "earlier": effects.earlier,
        "later": effects.later,
        "became_late": effects.became_late,
        "became_on_time": effects.became_on_time,
        "examples": effects.examples,
        "undecided": effects.undecided,
        "drafts": [
            {
                "code": each.code,
                "due_on": [each.before.due_on, each.after and each.after.due_on],
                "new_date": [each.before.new_date, each.after and each.after.new_date],
            }
            for each in effects.drafts
        ],
        "issued": effects.issued,
        "frozen_reports": effects.frozen,
    }
