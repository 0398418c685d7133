"""What a template may read: files of its template folders, and nothing else."""

import mimetypes
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit
from urllib.request import url2pathname

from jinja2 import Environment, FileSystemLoader
from weasyprint.urls import URLFetcher, URLFetcherResponse

from latewatch.errors import LatewatchError
from latewatch.paper.limits import TooLargeError, read_limited


def is_inside(file: Path, folders: Sequence[Path]) -> bool:
    """Say whether `file` lies in one of the resolved `folders`, after every link and `..` is followed."""
    resolved = file.resolve()
    return any(resolved.is_relative_to(folder) for folder in folders)


@dataclass(frozen=True, slots=True)
class Templates:
    """Folders of templates, what messages call one of them, and the error a wrong one is raised as."""

    called: str
    error: type[LatewatchError]
    folders: tuple[Path, ...]

    @classmethod
    def of(cls, called: str, error: type[LatewatchError], *folders: Path | None) -> Self:
        """Return the templates of `folders`, resolved; an office without a folder of its own gives None."""
        return cls(called, error, tuple(folder.resolve() for folder in folders if folder is not None))


class FolderLoader(FileSystemLoader):
    """Finds templates and style sheets, the first folder first, in NFC. A link that leads out is refused."""

    def __init__(self, templates: Templates) -> None:
        super().__init__(templates.folders, encoding="utf-8-sig")  # Notepad writes a BOM
        self._templates = templates

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        try:
            source, filename, is_fresh = super().get_source(environment, template)
        except UnicodeDecodeError as e:
            called = self._templates.called
            raise self._templates.error(f"{template}: {called} phải được lưu bằng bảng mã UTF-8.") from e
        if not is_inside(Path(filename), self._templates.folders):
            raise self._templates.error(
                f"{filename}: là liên kết dẫn ra ngoài thư mục {self._templates.called} nên không được đọc."
            )
        return unicodedata.normalize("NFC", source), filename, is_fresh


class FolderFetcher(URLFetcher):  # type: ignore[misc]  # WeasyPrint ships no types
    """Reads images, fonts and styles that a template names, from its folders only.

    WeasyPrint drops a resource it cannot have, and in some places even a fatal error; so each refusal is
    also kept in `refused`, and the caller fails the sheet.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        super().__init__(allowed_protocols=("file",), allow_redirects=False, fail_on_errors=True)
        self._folders = folders
        self.refused: list[str] = []

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        try:
            file = self._permitted(url)
            kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            return URLFetcherResponse(url, read_limited(file, kind), {"Content-Type": kind})
        except Exception as e:  # whatever it is, the sheet fails
            self.refused.append(f"{_reason(e)} “{_without_data(url)}”")
            raise

    def _permitted(self, url: str) -> Path:
        parts = urlsplit(url)
        if parts.scheme != "file" or parts.netloc not in ("", "localhost"):
            raise ValueError("not a file of this machine")
        file = Path(url2pathname(parts.path))
        if not is_inside(file, self._folders):
            raise ValueError("outside the template folders")
        if not file.is_file():
            raise FileNotFoundError(file)
        return file


def _reason(error: Exception) -> str:
    match error:
        case OSError():
            return "không đọc được tệp"
        case TooLargeError():
            return f"{error}:"
        case ValueError():
            return "không được phép đọc"
        case _:
            return f"đọc gặp lỗi {type(error).__name__}"


def _without_data(url: str) -> str:
    """Name an address without what a template may have put into it: errors carry no personal data."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "địa chỉ hỏng"
    return (
        f"file:{parts.netloc}{parts.path}" if parts.scheme == "file" else f"{parts.scheme}://{parts.netloc}"
    )
