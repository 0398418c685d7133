"""How an import of the procedure catalogue is shown, and the parts of an entry that lists show too."""

from typing import Any

import typer

from latewatch.cli import terminal
from latewatch.domain.amendment import CONTENT, Amendment, Kind, shown_changes
from latewatch.domain.catalogue import Procedure
from latewatch.domain.limit import TimeLimit
from latewatch.jobs.procedures import Import


def report(done: Import, *, as_json: bool) -> None:
    """Show what was taken in, or every problem that kept all of it out. Raises Exit."""
    if as_json:
        terminal.show_json(_document(done))
    else:
        _show(done)
    if done.problems:
        raise typer.Exit(1)


def _document(done: Import) -> dict[str, object]:
    return {
        "written": done.is_written,
        "new": [plain(each.after) for each in done.of_kind(Kind.NEW)],
        "changed": [_change_document(each) for each in done.of_kind(Kind.CHANGED)],
        "unchanged": len(done.of_kind(Kind.UNCHANGED)),
        "standings_changed": done.moved,
        "problems": [str(each) for each in done.problems],
        "warnings": done.warnings,
    }


def _change_document(each: Amendment) -> dict[str, object]:
    changes = {
        name: {"from": value_of(before), "to": value_of(after)}
        for name, (before, after) in each.changes().items()
    }
    return plain(each.after) | {"changes": changes, "closed_on": each.closed_on}


def plain(procedure: Procedure) -> dict[str, object]:
    names = ("code", *CONTENT, "valid_from", "valid_until", "source")
    return {name: value_of(getattr(procedure, name)) for name in names}


def value_of(value: Any) -> Any:
    return str(value) if isinstance(value, TimeLimit) else value


def _show(done: Import) -> None:
    for problem in done.problems:
        terminal.fail(str(problem))
    for warning in done.warnings:
        terminal.warn(warning)
    if done.problems:
        terminal.fail(f"Không nhập gì: {len(done.problems)} chỗ cần sửa trước.")
        return
    new, changed = done.of_kind(Kind.NEW), done.of_kind(Kind.CHANGED)
    for each in new:
        terminal.say(f"+ {each.after.label}: {limit_of(each.after)}{dates_of(each.after)}")
    for each in changed:
        closed = f"; mục trước hết hiệu lực {each.closed_on:%d/%m/%Y}" if each.closed_on else ""
        terminal.say(f"~ {each.after.label}: {shown_changes(each.changes())}{dates_of(each.after)}{closed}")
    counts = f"{len(new)} mới, {len(changed)} đổi, {len(done.of_kind(Kind.UNCHANGED))} giữ nguyên"
    if done.is_written:
        terminal.say(f"Đã nhập: {counts}. Hạn đã tính lại; {done.moved} hồ sơ đổi tình trạng.")
    else:
        terminal.say(f"Chỉ xem, chưa ghi gì: {counts}.")


def limit_of(procedure: Procedure) -> str:
    return procedure.limit.label if procedure.limit else "không ghi thời hạn"


def dates_of(procedure: Procedure) -> str:
    first, last = procedure.valid_from, procedure.valid_until
    return (f", từ {first:%d/%m/%Y}" if first else "") + (f", đến {last:%d/%m/%Y}" if last else "")
