"""The file a Word document is: looked at before a template is opened, and written always the same way."""

import io
import re
import zipfile
from pathlib import Path

from latewatch.errors import LetterError
from latewatch.paper.limits import TooLargeError, read_limited

MOST_PARTS = 200
MOST_INFLATED = 50_000_000  # bytes: a template without pictures has some ten thousand
_WHEN = (1980, 1, 1, 0, 0, 0)  # the oldest a ZIP can say
_KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_OUTSIDE = re.compile(rb"<[^<>]*TargetMode\s*=\s*[\"']External[\"'][^<>]*>")


def checked_template(file: Path) -> bytes:
    """Return the template's bytes. Raises LetterError where it is no Word document that can be trusted.

    It takes nothing from outside: no picture, template or data of an address. Links to click stay.
    """
    try:
        content = read_limited(file, _KIND)
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            _check_size(package)
            for name in package.namelist():
                if name.endswith((".xml", ".rels")):
                    _check_part(package.read(name))
    except (OSError, TooLargeError) as e:
        raise LetterError(f"{file}: không đọc được mẫu Word: {e}.") from e
    except zipfile.BadZipFile as e:
        raise LetterError(f"{file}: không phải tài liệu Word (.docx); mở và lưu lại dạng .docx.") from e
    except ValueError as e:
        raise LetterError(f"{file}: mẫu Word {e}.") from e
    return content


def _check_size(package: zipfile.ZipFile) -> None:
    parts = package.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_INFLATED:
        raise ValueError(f"giải nén lớn hơn {MOST_INFLATED // 1_000_000} MB hoặc quá {MOST_PARTS} phần")


def _check_part(part: bytes) -> None:
    if b"<!DOCTYPE" in part or b"<!ENTITY" in part:
        raise ValueError("có khai báo DOCTYPE, không được phép")
    for found in _OUTSIDE.findall(part):
        if b"/hyperlink" not in found:
            raise ValueError("lấy ảnh, mẫu hoặc dữ liệu từ bên ngoài, không được phép")


def rewritten(document: bytes) -> bytes:
    """Return the document with its parts in one order and without the time at which it was written."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(document)) as parts,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as whole,
    ):
        for name in parts.namelist():
            whole.writestr(zipfile.ZipInfo(name, _WHEN), parts.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()
