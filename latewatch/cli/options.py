"""Options that several commands share."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from latewatch import clock


def _instant(text: str) -> datetime:
    try:
        return clock.parse_instant(text)
    except ValueError as e:
        raise typer.BadParameter(f"“{text}” không phải thời điểm; ví dụ: 2026-11-12T08:00") from e


def parse_day(text: str) -> date:
    """Read a date as `2026-02-13` or `13/02/2026`."""
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007  a date has no zone
        except ValueError:
            continue
    raise typer.BadParameter(f"“{text}” không phải ngày; viết 2026-02-13 hoặc 13/02/2026")


CONFIG_VARIABLE = "LATEWATCH_CONFIG"

Config = Annotated[
    Path, typer.Option("--config", "-c", envvar=CONFIG_VARIABLE, help="Tệp cấu hình.", show_default=True)
]
Json = Annotated[bool, typer.Option("--json", help="In một tài liệu JSON.")]
At = Annotated[
    datetime | None,
    typer.Option(
        "--at",
        parser=_instant,
        metavar="THỜI-ĐIỂM",
        help="Coi như bây giờ là, ví dụ 2026-11-12T08:00.",
    ),
]

By = Annotated[str, typer.Option("--by", envvar="LATEWATCH_BY", metavar="TÊN", help="Ai làm bước này.")]
Why = Annotated[str, typer.Option("--why", metavar="LÝ-DO", help="Vì sao.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Chỉ cho biết sẽ làm gì; không ghi, không gửi gì.")]

DEFAULT_CONFIG = Path("config.toml")


def instant(at: datetime | None) -> datetime:
    """Return the instant asked for, else the clock's. The only place where a command reads the clock."""
    return at or clock.now()
