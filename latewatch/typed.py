"""TOML → typed values. What does not fit is refused with file, key and what was expected, in Vietnamese."""

import difflib
import re
import tomllib
import types
import typing
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import msgspec

from latewatch.errors import ConfigError

T = TypeVar("T")


def read_toml(file: Path, *, composed: bool = False) -> dict[str, Any]:
    """Return the tables of `file`, its text in NFC where `composed`. Raises ConfigError."""
    try:
        text = file.read_text(encoding="utf-8-sig")
        return tomllib.loads(unicodedata.normalize("NFC", text) if composed else text)
    except FileNotFoundError as e:
        raise ConfigError(
            file, "", "không có tệp cấu hình; hãy chạy `latewatch init` hoặc chỉ rõ --config"
        ) from e
    except UnicodeDecodeError as e:
        raise ConfigError(file, "", "không đọc được: tệp phải được lưu bằng bảng mã UTF-8") from e
    except OSError as e:
        cause = "là thư mục, không phải tệp" if file.is_dir() else "hãy kiểm tra quyền đọc của tệp"
        raise ConfigError(file, "", f"không đọc được: {cause}") from e
    except tomllib.TOMLDecodeError as e:
        raise ConfigError(file, "", f"không phải TOML hợp lệ{_line_of(e)}; {_TOML_HINT}") from e


_TOML_HINT = "chữ phải nằm trong dấu nháy, mỗi khóa và mỗi bảng chỉ ghi một lần"


def _line_of(error: tomllib.TOMLDecodeError) -> str:
    at = re.search(r"at line (\d+), column (\d+)", str(error))
    return f" ở dòng {at[1]}, cột {at[2]}" if at else " ở cuối tệp"


def checked(
    file: Path | str,
    value: object,
    kind: type[T],
    *,
    dec_hook: Callable[[type, Any], Any] | None = None,
    moved: Mapping[str, str] | None = None,
) -> T:
    """Return `value` as `kind`. Raises ConfigError with the key and what was expected there.

    `dec_hook` is msgspec's: it makes what TOML does not know, and may raise ValueError. `moved` says of keys
    of earlier releases where they went.
    """
    try:
        return msgspec.convert(value, kind, dec_hook=dec_hook)
    except msgspec.ValidationError as e:
        problem, _, at = str(e).partition(" - at ")
        path = at.strip("`").removeprefix("$").removesuffix("[...]").lstrip(".")
        field = re.fullmatch(r"Object (contains unknown|missing required) field `(.+)`", problem)
        where = ".".join(filter(None, (path, field[2] if field else "")))
        section, found = _at(path, kind, value)
        if where in (moved or {}):
            text = (moved or {})[where]
        elif field:
            text = _unknown(field[2], section) if "unknown" in field[1] else "thiếu khóa bắt buộc"
        else:
            text = _unfit(section, found)
        raise ConfigError(file, where, text) from e


def _at(path: str, kind: Any, value: Any) -> tuple[Any, Any]:
    """Return the type that belongs at `path` below `kind`, and what stands there instead."""
    for name, index in re.findall(r"(\w+)|\[(\d+)\]", path):
        kind = _bare(kind)
        if index:
            kind, value = typing.get_args(kind)[0], value[int(index)]
        else:
            kind, value = typing.get_type_hints(kind, include_extras=True)[name], value[name]
    return kind, value


def _bare(kind: Any) -> Any:
    """Return `kind` without its limits and without “or none”."""
    while typing.get_origin(kind) in (Annotated, typing.Union, types.UnionType):
        kind = typing.get_args(kind)[0]
    return kind


def _given(kind: Any) -> Any:
    """Return `kind` without “or none”, its limits kept."""
    is_union = typing.get_origin(kind) in (typing.Union, types.UnionType)
    return typing.get_args(kind)[0] if is_union else kind


def _unknown(key: str, section: Any) -> str:
    known = _bare(section).__struct_fields__
    near = difflib.get_close_matches(key, known, n=1)
    return f"khóa lạ; có phải “{near[0]}”?" if near else f"khóa lạ; các khóa có ở đây: {', '.join(known)}"


def _unfit(kind: Any, value: object) -> str:
    """Say what `value` should have been."""
    if value in ("", []):
        return "không được để trống"
    choices = _choices(_bare(kind))
    if choices and isinstance(value, str):
        return f"giá trị '{value}' không có; chọn trong: {', '.join(f'“{each}”' for each in choices)}"
    name = described(kind)
    shown = _SHOWN.get(type(value).__name__, f"“{value}”")
    return f"cần {name}{_WRITTEN.get(name.partition(' chuỗi')[0], '')}, không phải {shown}"


_NAMES = {
    bool: "true hoặc false",
    str: "chuỗi",
    int: "số nguyên",
    float: "số",
    Path: "đường dẫn",
    time: "giờ",
    date: "ngày",
}
_WRITTEN = {
    "chuỗi": " trong dấu nháy",
    "đường dẫn": " trong dấu nháy",
    "giờ": ", ví dụ 07:30:00",
    "ngày": ", ví dụ 2028-01-03",
    "danh sách": " [ … ]",
    "danh sách bảng": " [ … ]",
    "bảng": " { … }",
}
_SHOWN = {"list": "danh sách", "dict": "bảng", "bool": "true hoặc false", "NoneType": "giá trị rỗng"}
_BOUNDS = (("≥", "ge"), (">", "gt"), ("≤", "le"), ("<", "lt"))


def described(kind: Any) -> str:
    """Return the name of a setting's type as messages and config.example.toml write it."""
    bare = _bare(kind)
    choices = _choices(bare)
    if choices:
        return "một trong " + ", ".join(f'"{each}"' for each in choices)
    origin = typing.get_origin(bare)
    if origin in (tuple, list):
        return f"danh sách {described(typing.get_args(bare)[0])}"
    if origin is dict:
        return f"bảng {described(typing.get_args(bare)[1])}"
    bounds = [
        f"{sign} {bound:g}"
        for limits in getattr(_given(kind), "__metadata__", ())
        for sign, name in _BOUNDS
        if (bound := getattr(limits, name)) is not None
    ]
    return " ".join([_NAMES.get(bare, "bảng"), ", ".join(bounds)]).rstrip()


def _choices(kind: Any) -> tuple[str, ...]:
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return tuple(member.value for member in kind)
    return typing.get_args(kind) if typing.get_origin(kind) is Literal else ()
