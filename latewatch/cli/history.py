"""`latewatch history CODE`: what the sources ever said of one dossier, and what changed when."""

from typing import Annotated

import typer

from latewatch.app import open_office
from latewatch.cli import terminal
from latewatch.cli.options import DEFAULT_CONFIG, Config, Json
from latewatch.domain.differences import NOTHING, Difference, words
from latewatch.jobs.history import History, Said
from latewatch.jobs.history import history as history_of
from latewatch.store.history import Past


def history(
    code: Annotated[str, typer.Argument(metavar="MÃ-HỒ-SƠ", help="Mã hồ sơ, ví dụ H36.12-261102-0007.")],
    full: Annotated[
        bool, typer.Option("--full", help="In cả dữ liệu cá nhân: họ tên, địa chỉ, số điện thoại, thư.")
    ] = False,
    raw: Annotated[bool, typer.Option("--raw", help="In cả bản ghi gốc, theo tiêu đề của nguồn.")] = False,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Kể lại mọi điều các nguồn từng ghi về một hồ sơ: khi nào, lô nào, đổi gì. Che dữ liệu cá nhân."""
    with open_office(config) as office:
        found = history_of(office, code, full=full)
    if as_json:
        terminal.show_json(_document(found, full=full, raw=raw))
    else:
        _show(found, full=full, raw=raw)


def _document(found: History, *, full: bool, raw: bool) -> dict[str, object]:
    return {
        "code": found.code,
        "alive": found.is_alive,
        "versions": [_version_document(each, full=full, raw=raw) for each in found.versions],
    }


def _version_document(each: Said, *, full: bool, raw: bool) -> dict[str, object]:
    past = each.past
    document: dict[str, object] = {
        "version": past.version,
        "taken_at": past.taken_at,
        "source": past.source,
        "batch": past.batch,
        "origin": past.origin,
        "place": past.place,
        "undoes": past.undoes,
        "undone_by": past.undone_by,
        "author": past.author,
        "reason": past.reason,
        "taken_back": past.facts is None,
        "changes": {change.field: _change_document(change, full=full) for change in each.changes},
    }
    return document | ({"raw": dict(each.raw)} if raw else {})


def _change_document(change: Difference, *, full: bool) -> dict[str, str]:
    before, after = words(change, full=full)
    return {"label": change.label, "from": before, "to": after}


def _show(found: History, *, full: bool, raw: bool) -> None:
    gone = "" if found.is_alive else ", hiện không còn trong bảng hồ sơ"
    terminal.say(f"Hồ sơ {found.code}: {len(found.versions)} phiên bản{gone}")
    for each in found.versions:
        terminal.say()
        terminal.say(f"{each.past.version}. {_head(each.past)}")
        if each.past.undone_by:
            terminal.say(f"   đã hoàn tác: lô {each.past.undone_by}")
        for change in each.changes:
            terminal.say(f"   {_line(change, full=full)}")
        if raw:
            terminal.say("   bản ghi gốc:")
            for heading, text in each.raw:
                terminal.say(f"     {heading}: {text}")


def _head(past: Past) -> str:
    at = f"{past.taken_at:%H:%M %d/%m/%Y}"
    if past.undoes:
        gone = "; hồ sơ do lô đó đưa vào nên rút khỏi bảng" if past.facts is None else ""
        return f"{at}, lô {past.batch}: hoàn tác lô {past.undoes} ({past.author}: {past.reason}){gone}"
    return f"{at}, nguồn {past.source}, lô {past.batch}: {past.place or past.origin}"


def _line(change: Difference, *, full: bool) -> str:
    before, after = words(change, full=full)
    told = after if before == NOTHING else f"{before} → {after}"
    return f"{change.label}: {told}"
