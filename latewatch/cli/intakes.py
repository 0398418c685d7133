"""How a file that was taken in, or only tried, is shown; and where the rows to be corrected lie."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from latewatch.cli import terminal
from latewatch.domain.differences import words
from latewatch.domain.telling import due_words
from latewatch.jobs.imports import Changed, Import

LISTED = 20  # of each kind, where not all is asked for


def shown_document(made: Import, book: Path | None) -> dict[str, object]:
    """Return everything that is told of a file, personal data left out."""
    outcome = made.outcome
    document: dict[str, object] = {
        "file": made.file,
        "source": made.source.name,
        "written": made.is_written and not made.is_known,
        "known": _known_document(made),
        "batch": outcome.id if made.is_written or made.is_known else None,
        "read": outcome.read,
        "new": outcome.new,
        "changed": outcome.changed,
        "unchanged": outcome.unchanged,
        "rejected": outcome.rejected,
        "rejected_rows": [
            {
                "file": e.place.file,
                "sheet": e.place.sheet,
                "row": e.place.row,
                "column": e.column,
                "reason": e.reason,
            }
            for e in made.rejected
        ],
        "warnings": made.taken.warnings,
        "rejected_xlsx": str(book) if book else None,
        "moved_to": str(made.filed.place) if made.filed else None,
    }
    if not made.is_written:
        document |= {"new_codes": made.new, "changes": [_change_document(each) for each in made.changed]}
    return document


def _known_document(made: Import) -> dict[str, object] | None:
    before = made.taken.before
    return {"batch": before.id, "file": before.origin, "taken_at": before.taken_at} if before else None


def _change_document(each: Changed) -> dict[str, object]:
    shown = {found.field: words(found) for found in each.differences}
    fields = {name: {"from": before, "to": after} for name, (before, after) in shown.items()}
    due = {"from": each.due[0], "to": each.due[1]} if each.due else None
    return {"code": each.code, "fields": fields, "due": due}


def show_import(made: Import, book: Path | None, *, every: bool) -> None:
    """Print what a file did or would do, at most `LISTED` of a kind unless `every` is asked for."""
    most = None if every else LISTED
    if made.is_known:
        _say_known(made)
    elif made.is_written:
        terminal.say(f"{made.file} → nguồn {made.source.name}, lô {made.outcome.id}: {_counts(made)}")
    else:
        terminal.say(f"{made.file} → nguồn {made.source.name}. Chỉ xem, chưa ghi gì: {_counts(made)}")
        _show_changes(made, most)
    show_capped(made.taken.warnings, most, terminal.warn)
    show_capped([f"gác lại: {each.told}" for each in made.rejected], most, terminal.warn)
    if made.filed:
        terminal.say(f"Đã chuyển tệp vào {made.filed.place}")
    _say_corrections(made, book)


def _counts(made: Import) -> str:
    o = made.outcome
    return (
        f"{o.read} dòng đã đọc, {o.new} mới, {o.changed} thay đổi, {o.unchanged} như cũ, {o.rejected} gác lại"
    )


def _say_known(made: Import) -> None:
    before = made.taken.before
    assert before is not None  # noqa: S101  asked by the caller
    name = f", tên {before.origin}" if before.origin != made.file else ""
    terminal.say(
        f"{made.file}: nội dung này đã lấy ở lô {before.id} lúc {before.taken_at:%H:%M %d/%m/%Y}{name}; "
        "không có gì mới, không nhập lại"
    )


def _show_changes(made: Import, most: int | None) -> None:
    show_capped([f"+ {code}" for code in made.new], most, terminal.say)
    show_capped(
        [f"~ {each.code}: {'; '.join(_change_words(each))}" for each in made.changed], most, terminal.say
    )
    moved = sum(each.due is not None for each in made.changed)
    if moved:
        terminal.say(f"{moved} hồ sơ đổi hạn")


def _change_words(each: Changed) -> Iterator[str]:
    for found in each.differences:
        before, after = words(found)
        yield f"{found.label}: {before} → {after}"
    if each.due:
        yield f"hạn: {_due(each.due[0])} → {_due(each.due[1])}"


def _due(at: datetime | None) -> str:
    return due_words(at) if at else "không có"


def show_capped(
    texts: Sequence[str], most: int | None, show: Callable[[str], None], rest: str = "thêm --all"
) -> None:
    """Print the texts, at most `most` of them; `rest` says how to have the others."""
    for text in texts[:most]:
        show(text)
    if most is not None and len(texts) > most:
        show(f"… và {len(texts) - most} nữa; xem hết: {rest}")


def _say_corrections(made: Import, book: Path | None) -> None:
    if book:
        terminal.say(
            f"Đã ghi {len(made.rejected)} dòng bị gác lại vào {book}; sửa rồi nhập: latewatch import {book}"
        )
    elif made.filed and made.filed.correction:
        terminal.say(f"Dòng bị gác lại, để sửa: {made.filed.correction}")
    elif made.rejected and made.is_written:
        terminal.say(f"Lấy dòng bị gác lại ra để sửa: latewatch import rejected {made.outcome.id}")
    elif made.rejected:
        terminal.say("Lấy dòng bị gác lại ra để sửa: thêm --rejected gac-lai.xlsx")
