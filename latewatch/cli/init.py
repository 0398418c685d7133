"""`latewatch init`: a first configuration, its folders and its database."""

from pathlib import Path
from typing import Annotated

import typer
from jinja2 import Environment, StrictUndefined

from latewatch.app import open_office
from latewatch.cli import terminal
from latewatch.cli.options import DEFAULT_CONFIG, Config, Json
from latewatch.disk import write_whole
from latewatch.errors import ConfigError
from latewatch.shipped import shipped

EXAMPLE = "config.example.toml"


def init(
    office: Annotated[str, typer.Option(prompt="Tên cơ quan", help="Tên cơ quan, ghi trên báo cáo.")],
    governing_body: Annotated[
        str, typer.Option(prompt="Cơ quan chủ quản (ghi trên thư)", help="Cơ quan chủ quản, ghi trên thư.")
    ],
    place: Annotated[str, typer.Option(prompt="Địa danh ghi trên thư", help="Địa danh ghi trên thư.")],
    folder: Annotated[
        Path, typer.Option(prompt="Thư mục nhận tệp xuất từ hệ thống một cửa", help="Thư mục nhận tệp xuất.")
    ] = Path("in"),
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Tạo tệp cấu hình, thư mục và cơ sở dữ liệu. Không ghi đè gì."""
    if config.exists():
        raise ConfigError(config, "", "đã có tệp cấu hình; latewatch init không ghi đè. Hãy sửa tệp đó.")
    environment = Environment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)  # noqa: S701  TOML
    environment.filters["toml"] = _toml_string
    template = environment.from_string(shipped("templates", "config.toml.jinja").read_text(encoding="utf-8"))
    text = template.render(office=office, governing_body=governing_body, place=place, folder=str(folder))
    write_whole(config, text.encode(), setting="--config")
    example = config.with_name(EXAMPLE)
    if not example.exists():
        write_whole(example, shipped(EXAMPLE).read_bytes(), setting="--config")
    (config.parent / folder).mkdir(parents=True, exist_ok=True)
    with open_office(config) as opened:
        database = opened.settings.paths.database
    if as_json:
        terminal.show_json(
            {"config": str(config), "folder": str(config.parent / folder), "database": str(database)}
        )
        return
    terminal.say(f"Đã tạo {config}; mọi khóa được giải thích trong {example}.")
    terminal.say(f"Đặt tệp xuất (.xlsx, .csv) vào {config.parent / folder}, rồi chạy: latewatch poll")
    terminal.say("Tệp đọc xong được chuyển vào done/, tệp không đọc được vào failed/ bên trong thư mục đó.")


def _toml_string(text: str) -> str:
    """Return `text` as a TOML basic string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in escaped) + '"'
