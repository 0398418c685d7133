"""`latewatch import list` and `latewatch import undo`: what was taken in, and how it is taken back."""

from typing import Annotated

import typer

from latewatch.app import open_office
from latewatch.cli import terminal
from latewatch.cli.options import DEFAULT_CONFIG, At, Config, Json, instant
from latewatch.jobs.history import batches
from latewatch.jobs.undo import Undone, undo_batch
from latewatch.store.history import Taken

USUAL = 20
_STATES = {
    "running": "đang lấy",
    "done": "đã lấy",
    "undone": "đã hoàn tác",
    "failed": "không đọc được",
    "cured": "không đọc được, nay đã khỏi",
}
_HEADINGS = ("Lô", "Lúc", "Nguồn", "Tệp", "Mới", "Thay đổi", "Như cũ", "Gác lại", "Tình trạng")


def list_(
    source: Annotated[str, typer.Option(metavar="TÊN", help="Chỉ nguồn này.")] = "",
    limit: Annotated[int, typer.Option(min=1, metavar="SỐ", help="Nhiều nhất bấy nhiêu lô.")] = USUAL,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Liệt kê các lô mới nhất: số, lúc lấy, nguồn, tệp, số dòng mới, thay đổi, gác lại, tình trạng."""
    with open_office(config) as office:
        found = batches(office, limit, source)
    if as_json:
        terminal.show_json(list(map(_document, found)))
    else:
        rows = map(_cells, found)
        terminal.show_table(f"{len(found)} lô mới nhất", _HEADINGS, rows, figures=(0, 4, 5, 6, 7), wraps=(3,))


def _cells(each: Taken) -> tuple[object, ...]:
    counts = (each.new, each.changed, each.unchanged, each.rejected)
    at = f"{each.taken_at:%H:%M %d/%m/%Y}"
    return each.id, at, each.source or "–", each.origin, *counts, _state(each)


def _state(each: Taken) -> str:
    if each.undoes:
        return f"hoàn tác: {each.author}, {each.reason}"
    return _STATES[each.state] + (f" (lô {each.undone_by})" if each.undone_by else "")


def _document(each: Taken) -> dict[str, object]:
    return {
        "batch": each.id,
        "taken_at": each.taken_at,
        "source": each.source,
        "origin": each.origin,
        "read": each.read,
        "new": each.new,
        "changed": each.changed,
        "unchanged": each.unchanged,
        "rejected": each.rejected,
        "state": each.state,
        "undoes": each.undoes,
        "undone_by": each.undone_by,
        "author": each.author,
        "reason": each.reason,
        "problem": each.problem,
    }


def undo(
    batch: Annotated[int, typer.Argument(metavar="LÔ", help="Số của lô, như latewatch import list nêu.")],
    by: Annotated[str, typer.Option("--by", metavar="TÊN", help="Ai hoàn tác.")],
    reason: Annotated[str, typer.Option("--reason", metavar="LÝ-DO", help="Vì sao hoàn tác.")],
    at: At = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Trả mọi hồ sơ một lô đã đổi về như trước lô đó; hồ sơ lô đó đưa vào thì rời khỏi bảng."""
    now = instant(at)
    who, why = _told(by, "--by"), _told(reason, "--reason")
    with open_office(config) as office:
        undone = undo_batch(office, batch, who, why, now)
    if as_json:
        terminal.show_json(_undone_document(undone))
    else:
        _show(undone)


def _told(text: str, option: str) -> str:
    plain = " ".join(text.split())
    if not plain:
        raise typer.BadParameter("không được để trống", param_hint=option)
    return plain


def _undone_document(undone: Undone) -> dict[str, object]:
    return {
        "undone": undone.of.id,
        "batch": undone.done.batch,
        "restored": undone.done.restored,
        "removed": undone.done.removed,
        "drafts_removed": undone.drafts,
        "findings_closed": undone.done.findings,
        "standings_changed": undone.moved,
        "unchanged_since": [
            {"batch": each.batch, "origin": each.origin, "unchanged": each.dossiers}
            for each in undone.unchanged_since
        ],
    }


def _show(undone: Undone) -> None:
    of, done = undone.of, undone.done
    parts = [f"{done.restored} hồ sơ như trước", f"{len(done.removed)} hồ sơ rời khỏi bảng"]
    parts += [f"{undone.drafts} dự thảo đã xóa"] if undone.drafts else []
    parts += [f"{done.findings} dấu hiệu đã đóng"] if done.findings else []
    terminal.say(f"Đã hoàn tác lô {of.id} ({of.origin}) bằng lô {done.batch}: {', '.join(parts)}.")
    terminal.say(f"Hạn đã tính lại; {undone.moved} hồ sơ đổi tình trạng.")
    for each in undone.unchanged_since:
        terminal.warn(
            f"lô {each.batch} ({each.origin}) lấy sau, có {each.dossiers} dòng ghi như đã biết: nếu có dòng "
            "ghi giống lô vừa hoàn tác mà đúng, hãy nhập lại tệp mới nhất"
        )
