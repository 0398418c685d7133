"""From the file to checked settings; paths in it start at its own folder."""

from pathlib import Path
from typing import Any

import msgspec

from latewatch.config.checks import check
from latewatch.config.settings import Paths, Settings, Source
from latewatch.typed import checked, read_toml

MOVED = {
    "mail.stale_after_hours": "khóa này nay là stale_after_working_hours trong bảng [feed], tính bằng giờ "
    "làm việc của lịch cơ quan (mặc định 8); hãy xóa khóa cũ, cần số khác thì khai ở [feed]",
}


def load(file: Path) -> Settings:
    """Read and check `file`; relative paths in it start at its own folder. Raises ConfigError."""
    base = file.resolve().parent
    settings = checked(
        file,
        read_toml(file),
        Settings,
        dec_hook=lambda kind, value: _path(kind, value, base),
        moved=MOVED,
    )
    paths = settings.paths
    settings = msgspec.structs.replace(
        settings,
        paths=Paths(**{name: base / getattr(paths, name) for name in paths.__struct_fields__}),
        sources=tuple(_with_profile(source, base) for source in settings.sources),
    )
    check(file, settings)
    return settings


def _path(kind: type, value: Any, base: Path) -> Path:
    if kind is not Path or not isinstance(value, str) or not value:
        raise ValueError(value)  # `checked` says what is wanted
    return base / Path(value).expanduser()


def _with_profile(source: Source, base: Path) -> Source:
    """Return `source` with the place of its own profile file, where it has one."""
    if not source.profile.endswith(".toml"):
        return source
    return msgspec.structs.replace(source, profile=str(base / Path(source.profile).expanduser()))
