"""Secrets: from a file or the environment, never from the configuration itself."""

import os
from pathlib import Path

from latewatch.errors import ConfigError


def secret(key: str, file: Path | None, variable: str) -> str:
    """Return a secret from the file or the environment variable a setting names; empty when neither is named.

    Raises ConfigError where one is named and not there: a secret is never in the configuration itself.
    """
    if file is not None:
        try:
            return file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as e:
            raise ConfigError(file, f"{key}_file", f"không đọc được tệp bí mật: {e}") from e
    if variable:
        value = os.environ.get(variable)
        if not value:
            raise ConfigError("môi trường", f"{key}_env", f"biến môi trường {variable} chưa đặt hoặc rỗng")
        return value
    return ""
