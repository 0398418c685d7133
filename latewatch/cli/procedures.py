"""`latewatch procedures`: the procedure catalogue, and what the dossiers say against it."""

import getpass
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from latewatch.app import open_office
from latewatch.cli import terminal
from latewatch.cli.amendments import dates_of, limit_of, plain, report, value_of
from latewatch.cli.options import DEFAULT_CONFIG, At, Config, Json, instant, parse_day
from latewatch.domain.amendment import FIELD_LABELS, shown_value
from latewatch.domain.catalogue import RULES
from latewatch.domain.limit import LimitUnit, TimeLimit
from latewatch.jobs import procedures as jobs
from latewatch.jobs.assess import DECIDES
from latewatch.sources.catalogues.catalogue import Terms, read_catalogue
from latewatch.sources.folder import delivered

MAX_MEGABYTES = 100

procedures = typer.Typer(help="Danh mục thủ tục hành chính.", no_args_is_help=True)

Author = Annotated[str, typer.Option(metavar="TÊN", help="Người nhập; mặc định là tài khoản của máy.")]
From = Annotated[
    date | None,
    typer.Option("--from", parser=parse_day, metavar="NGÀY", help="Ngày hiệu lực của mục không tự ghi ngày."),
]


@procedures.callback()
def _procedures() -> None:
    """Danh mục thủ tục hành chính: thời hạn và cách tính của từng thủ tục, theo ngày hiệu lực."""


@procedures.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="TỆP", help="Danh mục .xlsx, .xls, .csv hoặc .json.")],
    valid_from: From = None,
    limit_unit: Annotated[
        Literal["d", "cd", "h"],
        typer.Option(help="Số không ghi đơn vị là ngày làm việc (d), ngày theo lịch (cd) hay giờ (h)."),
    ] = "d",
    correct: Annotated[
        bool, typer.Option("--correct", help="Sửa mục đã có, cho mọi ngày mục đó có hiệu lực.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Chỉ cho xem, không ghi gì.")] = False,
    author: Author = "",
    at: At = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Nhập danh mục: mục mới, mục đổi, mục giữ nguyên. Có một dòng sai thì không nhập gì."""
    if not file.is_file():
        raise typer.BadParameter(f"không có tệp {file}", param_hint="TỆP")
    now = instant(at)
    terms = Terms(valid_from, LimitUnit(limit_unit), MAX_MEGABYTES)
    listing = read_catalogue(file.name, delivered(file, MAX_MEGABYTES).content, terms)
    with open_office(config) as office:
        done = jobs.take_in(office, listing, now, author or _user(), correct=correct, dry_run=dry_run)
    report(done, as_json=as_json)


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container may run without any
        raise typer.BadParameter("không rõ ai nhập; hãy ghi --author", param_hint="--author") from None


@procedures.command("list")
def list_(
    on: Annotated[
        date | None,
        typer.Option(parser=parse_day, metavar="NGÀY", help="Mục có hiệu lực ngày này; mặc định hôm nay."),
    ] = None,
    unit: Annotated[str, typer.Option(metavar="ĐƠN-VỊ", help="Chỉ của đơn vị giải quyết này.")] = "",
    at: At = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Liệt kê danh mục có hiệu lực trong một ngày: thời hạn, cách tính riêng, nơi ghi."""
    day = on or instant(at).date()
    with open_office(config) as office:
        found = jobs.entries(office, day, unit)
    if as_json:
        terminal.show_json([plain(each.procedure) | {"decides": each.decides} for each in found])
        return
    headings = ("Mã TTHC", "Tên", "Đơn vị", "Thời hạn", "Cách tính riêng", "Hiệu lực", "Nơi ghi")
    rows = [_cells(each) for each in found]
    terminal.show_table(f"Danh mục ngày {day:%d/%m/%Y}: {len(rows)} mục", headings, rows, wraps=(1, 2, 4))


def _cells(entry: jobs.Entry) -> tuple[str, ...]:
    each = entry.procedure
    given = {name: value for name in RULES if (value := getattr(each, name)) is not None}
    rules = "; ".join(f"{FIELD_LABELS[name]}: {shown_value(name, value)}" for name, value in given.items())
    source = each.source if entry.decides else f"{each.source} (mục khác quyết định)"
    return each.code, each.name, each.unit, limit_of(each), rules, dates_of(each).removeprefix(", "), source


@procedures.command()
def differences(config: Config = DEFAULT_CONFIG, as_json: Json = False) -> None:
    """Nêu chỗ hồ sơ và danh mục ghi thời hạn khác nhau, và bên nào đang quyết định."""
    with open_office(config) as office, office.store.reading() as connection:
        found = jobs.differences(office, connection)
        decides = jobs.decides(office)
    if as_json:
        terminal.show_json([_difference_document(each) | {"decides": decides} for each in found])
        return
    headings = ("Mã TTHC", "Tên", "Danh mục ghi", "Hồ sơ ghi", "Số hồ sơ", "Danh mục hiệu lực", "Nơi ghi")
    rows = [
        (
            each.procedure.code,
            each.procedure.name,
            limit_of(each.procedure),
            each.reported.label,
            each.dossiers,
            dates_of(each.procedure).removeprefix(", "),
            each.procedure.source,
        )
        for each in found
    ]
    title = f"Thời hạn khác nhau: {len(rows)}; đang tính theo {DECIDES[decides]} (clock.limit_from)"
    terminal.show_table(title, headings, rows, figures=(4,), wraps=(1,))


def _difference_document(each: jobs.Difference) -> dict[str, object]:
    procedure = each.procedure
    return {
        "code": procedure.code,
        "name": procedure.name,
        "catalogue_limit": value_of(procedure.limit),
        "reported_limit": value_of(each.reported),
        "dossiers": each.dossiers,
        "valid_from": procedure.valid_from,
        "valid_until": procedure.valid_until,
        "source": procedure.source,
    }


@procedures.command()
def suggest(
    accept: Annotated[
        str, typer.Option(metavar="MÃ", help="Nhận gợi ý của thủ tục có mã (hoặc tên) này vào danh mục.")
    ] = "",
    valid_from: From = None,
    limit: Annotated[
        str, typer.Option(metavar="THỜI-HẠN", help="Thời hạn đúng, khi hồ sơ ghi nhiều thời hạn; ví dụ 5d.")
    ] = "",
    author: Author = "",
    at: At = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Nêu thời hạn các nguồn ghi cho thủ tục mà danh mục chưa có; nhận từng gợi ý bằng --accept."""
    if not accept and (valid_from or limit or author):
        raise typer.BadParameter("chỉ dùng cùng --accept", param_hint="--from, --limit, --author")
    now, chosen = instant(at), _chosen(limit)
    with open_office(config) as office:
        if accept:
            listing = jobs.accepted(office, accept, valid_from, chosen)
            report(jobs.take_in(office, listing, now, author or _user()), as_json=as_json)
            return
        with office.store.reading() as connection:
            found = jobs.suggestions(office, connection)
    if as_json:
        terminal.show_json([_suggestion_document(each) for each in found])
        return
    headings = ("Mã TTHC", "Tên", "Hồ sơ ghi", "Số hồ sơ", "Tiếp nhận đầu", "Tiếp nhận cuối")
    rows = [
        (each.code, each.name, s.limit.label, s.dossiers, f"{s.first:%d/%m/%Y}", f"{s.last:%d/%m/%Y}")
        for each in found
        for s in each.limits
    ]
    terminal.show_table(f"Danh mục chưa có: {len(found)} thủ tục", headings, rows, figures=(3,), wraps=(1,))


def _chosen(text: str) -> TimeLimit | None:
    try:
        return TimeLimit.parse(text) if text else None
    except ValueError as e:
        raise typer.BadParameter(str(e), param_hint="--limit") from e


def _suggestion_document(each: jobs.Suggestion) -> dict[str, object]:
    limits = [
        {"limit": str(s.limit), "dossiers": s.dossiers, "first": s.first, "last": s.last} for s in each.limits
    ]
    return {"code": each.code, "name": each.name, "field": each.field, "limits": limits}


@procedures.command()
def history(
    code: Annotated[str, typer.Argument(metavar="MÃ", help="Mã (hoặc tên đúng từng chữ) của thủ tục.")],
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Kể lại các lần nhập của một thủ tục: ai, khi nào, thời hạn nào, từ ngày nào."""
    with open_office(config) as office:
        rows = jobs.past(office, code)
    if as_json:
        terminal.show_json(rows)
        return
    headings = ("Nhập lúc", "Người nhập", "Thời hạn", "Hiệu lực", "Nơi ghi", "Bị thay lúc")
    terminal.show_table(f"{code}: {len(rows)} lần ghi", headings, map(_history_cells, rows))


def _history_cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    limit = TimeLimit.parse(row["limit"]).label if row["limit"] else "không ghi"
    first, last = row["valid_from"], row["valid_until"]
    dates = f"{f'từ {first:%d/%m/%Y}' if first else ''} {f'đến {last:%d/%m/%Y}' if last else ''}"
    replaced = f"{row['replaced_at']:%H:%M %d/%m/%Y}" if row["replaced_at"] else ""
    added = f"{row['added_at']:%H:%M %d/%m/%Y}"
    return added, row["author"], limit, dates.strip(), row["source"], replaced
