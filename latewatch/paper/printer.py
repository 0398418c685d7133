"""From a template to its PDF (Jinja2 and WeasyPrint). The same template and facts give the same bytes.

Reads the template folders and nothing else.
"""

import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from jinja2 import TemplateNotFound, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError
from weasyprint import CSS, HTML
from weasyprint.document import Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError

from latewatch.errors import LatewatchError
from latewatch.paper import wording
from latewatch.paper.folders import FolderFetcher, FolderLoader, Templates
from latewatch.paper.limits import SHEET, Limits, TooLargeError, limited_pages
from latewatch.paper.sandbox import Sandbox


class TemplatePrinter:
    """Prints templates of some folders, the first folder first, with one or more style sheets.

    Templates, fonts and style sheets are read once. A changed template is seen by the next printer. Not for
    several threads. Whatever a template does wrong is raised as the error of `templates`.
    """

    def __init__(self, templates: Templates, *styles: str, limits: Limits = SHEET) -> None:
        self._templates = templates
        self._style_names = styles
        self._fonts = FontConfiguration()
        self._limits = limits
        self._sandbox = Sandbox(FolderLoader(templates), limits)

    def html(self, name: str, **facts: Any) -> str:
        """Fill the template `name`. Raises the error of the templates, naming the file and what is wrong."""
        try:
            return self._sandbox.filled(self._sandbox.get_template(name), facts)
        except LatewatchError:
            raise
        except Exception as e:  # whatever a template does wrong is the template's error
            raise self._templates.error(f"{self._place(e, name)}: {self._problem(e)}") from e

    def pdf(self, name: str, html: str) -> bytes:
        """Return a filled template as PDF."""
        return self.written(name, self.laid_out(name, html), pdf_identifier=True)

    def laid_out(self, name: str, html: str, **options: Any) -> Document:
        """Return the pages of a filled template, before they are written."""
        with self._reading_for(name) as fetcher, limited_pages(self._limits.pages):
            sheet = HTML(string=html, base_url=self._base_url, url_fetcher=fetcher)
            return sheet.render(font_config=self._fonts, stylesheets=self._styles, **options)

    def written(self, name: str, pages: Document, **options: Any) -> bytes:
        """Return laid out pages as PDF; both with the same options."""
        with self._reading_for(name, pages.url_fetcher):  # attachments are read only now
            return bytes(pages.write_pdf(**options))

    def font_families(self) -> set[str]:
        """Return the fonts that Vietnamese is drawn with. Several are a patchwork: one lacks some letters."""
        html = f"<p>{wording.ALPHABET}</p><p><b>{wording.ALPHABET}</b></p>"
        drawn = self.laid_out(self._style_names[0], html)
        drawn.write_pdf()
        return {font.family for font in drawn.fonts.values()}

    @property
    def _folders(self) -> Sequence[Path]:
        return self._templates.folders

    @property
    def _base_url(self) -> str:
        return f"{self._folders[0].as_uri()}/"

    @cached_property
    def _styles(self) -> list[CSS]:
        return [self._style(name) for name in self._style_names]

    def _style(self, name: str) -> CSS:
        loader = FolderLoader(self._templates)
        source, file, _ = loader.get_source(self._sandbox, name)
        with self._reading_for(name) as fetcher:
            base = Path(file).as_uri()
            return CSS(string=source, base_url=base, url_fetcher=fetcher, font_config=self._fonts)

    @contextmanager
    def _reading_for(self, name: str, fetcher: FolderFetcher | None = None) -> Iterator[FolderFetcher]:
        """Give a fetcher to draw with, and fail the sheet if it had to refuse anything."""
        fetcher = fetcher or FolderFetcher(self._folders)
        try:
            yield fetcher
        except FatalURLFetchingError as e:
            if not fetcher.refused:  # it went wrong outside our fetcher: a style sheet that imports itself
                raise self._templates.error(f"{self._file(name)}: {self._problem(e)}") from e
        except LatewatchError:
            raise
        except Exception as e:  # what a template makes WeasyPrint do is the template's error
            raise self._templates.error(f"{self._file(name)}: {self._problem(e)}") from e
        if fetcher.refused:
            called = self._templates.called
            cure = f"{called} chỉ được dùng tệp trong thư mục {called}."
            raise self._templates.error(f"{self._file(name)}: {fetcher.refused[0]}; {cure}")

    def _place(self, error: Exception, name: str) -> str:
        """Name the template file, and the line, in which `error` arose."""
        if isinstance(error, TemplateSyntaxError) and error.filename:
            return f"{error.filename}, dòng {error.lineno}"
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in frames if Path(frame.filename).parent in self._folders]
        return f"{own[-1].filename}, dòng {own[-1].lineno}" if own else str(self._file(name))

    def _file(self, name: str) -> Path:
        found = (folder / name for folder in self._folders if (folder / name).exists())
        return next(found, self._folders[0] / name)

    def _problem(self, error: Exception) -> str:
        """Say in Vietnamese what is wrong; a foreign error's own text may hold personal data."""
        called = self._templates.called
        match error:
            case TemplateNotFound():
                return f"không có {called} “{error.name}” trong thư mục {called}."
            case TemplateSyntaxError():
                return f"{called} sai cú pháp: {error.message}."
            case SecurityError():
                return f"{called} dùng điều không được phép: {error.message}"
            case UndefinedError():
                return f"{called} dùng biến không có: {error.message}."
            case TooLargeError():
                return f"{called} quá lớn: {error}."
            case _:
                fault = "gọi lẫn nhau không dứt" if isinstance(error, RecursionError) else "gây lỗi"
                return f"{called} {fault} ({type(error).__name__})."
