"""`latewatch findings`: the signs that need clearing up, and who cleared them up."""

from typing import Annotated

import typer

from latewatch.app import open_office
from latewatch.cli import terminal
from latewatch.cli.options import DEFAULT_CONFIG, At, Config, Json, instant
from latewatch.domain.integrity.finding import KIND_LABELS, LIVE, SEVERITY_LABELS, STATE_LABELS, Kind, State
from latewatch.jobs.findings import Sign, list_findings, settle

LISTED = 50  # findings a person reads at once

findings = typer.Typer(
    help="Dấu hiệu cần làm rõ: dời ngày hẹn, lùi ngày xong, hồ sơ biến mất …", invoke_without_command=True
)

Number = Annotated[int, typer.Argument(metavar="SỐ", help="Số của dấu hiệu, ở cột đầu của danh sách.")]
By = Annotated[str, typer.Option("--by", metavar="TÊN", help="Ai làm rõ.")]
Why = Annotated[str, typer.Option("--why", metavar="LÝ-DO", help="Vì sao.")]


@findings.callback()
def list_command(
    context: typer.Context,
    unit: Annotated[str, typer.Option(metavar="ĐƠN-VỊ", help="Mã hoặc tên đơn vị giải quyết.")] = "",
    kind: Annotated[Kind | None, typer.Option(help="Chỉ loại này.")] = None,
    state: Annotated[list[State] | None, typer.Option(help="Tình trạng; mặc định open và explained.")] = None,
    every: Annotated[bool, typer.Option("--all", help="In hết, không rút gọn danh sách dài.")] = False,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Liệt kê dấu hiệu cần làm rõ kèm bằng chứng, mức cao trước. Dấu hiệu không phải là kết luận."""
    if context.invoked_subcommand:
        return
    with open_office(config) as office:
        signs = list_findings(office, state or LIVE, kind, unit)
    if as_json:
        terminal.show_json(signs)
    else:
        _show(signs, len(signs) if every else LISTED)


def _show(signs: list[Sign], most: int) -> None:
    headings = ("Số", "Mức", "Loại", "Mã hồ sơ", "Đơn vị", "Bằng chứng")
    rows = [
        (
            each.number,
            SEVERITY_LABELS[each.severity],
            KIND_LABELS[each.kind],
            each.code,
            each.unit,
            _told(each),
        )
        for each in signs[:most]
    ]
    terminal.show_table(f"Dấu hiệu cần làm rõ: {len(signs)}", headings, rows, figures=(0,), wraps=(2, 4, 5))
    if len(signs) > most:
        terminal.say(f"… và {len(signs) - most} dấu hiệu nữa; xem hết: latewatch findings --all")


def _told(sign: Sign) -> str:
    """Return the evidence, and what somebody said of it."""
    if not sign.steps:
        return sign.told
    last = sign.steps[-1]
    return f"{sign.told} → {STATE_LABELS[sign.state]} {last.at:%d/%m/%Y}, {last.by}: {last.why}"


@findings.command("explain")
def explain_command(
    number: Number, by: By, why: Why, at: At = None, config: Config = DEFAULT_CONFIG, as_json: Json = False
) -> None:
    """Ghi lời giải trình của một dấu hiệu: ai giải trình, vì sao như vậy."""
    with open_office(config) as office:
        sign = settle(office, number, State.EXPLAINED, by=by, why=why, now=instant(at))
    _settled(sign, as_json=as_json)


@findings.command("close")
def close_command(
    number: Number, by: By, why: Why, at: At = None, config: Config = DEFAULT_CONFIG, as_json: Json = False
) -> None:
    """Đóng một dấu hiệu: ai đóng, vì sao. Đã đóng thì không mở lại; xảy ra lần nữa là dấu hiệu mới."""
    with open_office(config) as office:
        sign = settle(office, number, State.CLOSED, by=by, why=why, now=instant(at))
    _settled(sign, as_json=as_json)


def _settled(sign: Sign, *, as_json: bool) -> None:
    if as_json:
        terminal.show_json(sign)
    else:
        terminal.say(f"{sign.number}: {sign.code}, {KIND_LABELS[sign.kind]}: {STATE_LABELS[sign.state]}")
