"""From a template to its PDF (Jinja2 and WeasyPrint). The same template and facts give the same bytes.

Reads the template folders and nothing else.
"""

import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, TemplateNotFound, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from weasyprint import CSS, HTML
from weasyprint.document import Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError

from latewatch.errors import LatewatchError
from latewatch.paper import wording
from latewatch.paper.folders import FolderFetcher, FolderLoader, Templates

_FILTERS = ("long_date", "short_date", "appointment", "register_number", "sentence", "balanced")


class TemplatePrinter:
    """Prints templates of some folders, the first folder first, with one style sheet.

    Templates, fonts and the style sheet are read once. A changed template is seen by the next printer. Not
    for several threads. Whatever a template does wrong is raised as the error of `templates`.
    """

    def __init__(self, templates: Templates, style: str) -> None:
        self._templates = templates
        self._style_name = style
        self._fonts = FontConfiguration()
        self._environment = ImmutableSandboxedEnvironment(
            loader=FolderLoader(templates),
            autoescape=True,
            undefined=StrictUndefined,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters.update({name: getattr(wording, name) for name in _FILTERS})

    def html(self, name: str, **facts: Any) -> str:
        """Fill the template `name`. Raises the error of the templates, naming the file and what is wrong."""
        try:
            return self._environment.get_template(name).render(**facts)
        except LatewatchError:
            raise
        except Exception as e:  # whatever a template does wrong is the template's error
            raise self._templates.error(f"{self._place(e, name)}: {self._problem(e)}") from e

    def pdf(self, name: str, html: str) -> bytes:
        """Return a filled template as PDF."""
        with self._reading_for(name) as fetcher:
            sheet = HTML(string=html, base_url=self._base_url, url_fetcher=fetcher)
            pdf = sheet.write_pdf(font_config=self._fonts, stylesheets=[self._style], pdf_identifier=True)
        return bytes(pdf)

    def laid_out(self, name: str, html: str) -> Document:
        """Return the pages of a filled template, before they are written."""
        with self._reading_for(name) as fetcher:
            page = HTML(string=html, base_url=self._base_url, url_fetcher=fetcher)
            return page.render(font_config=self._fonts, stylesheets=[self._style])

    def font_families(self) -> set[str]:
        """Return the fonts that Vietnamese is drawn with. Several are a patchwork: one lacks some letters."""
        html = f"<p>{wording.ALPHABET}</p><p><b>{wording.ALPHABET}</b></p>"
        drawn = self.laid_out(self._style_name, html)
        drawn.write_pdf()
        return {font.family for font in drawn.fonts.values()}

    @property
    def _folders(self) -> Sequence[Path]:
        return self._templates.folders

    @property
    def _base_url(self) -> str:
        return f"{self._folders[0].as_uri()}/"

    @cached_property
    def _style(self) -> CSS:
        loader = FolderLoader(self._templates)
        source, file, _ = loader.get_source(self._environment, self._style_name)
        with self._reading_for(self._style_name) as fetcher:
            base = Path(file).as_uri()
            return CSS(string=source, base_url=base, url_fetcher=fetcher, font_config=self._fonts)

    @contextmanager
    def _reading_for(self, name: str) -> Iterator[FolderFetcher]:
        """Give a fetcher to draw with, and fail the sheet if it had to refuse anything."""
        fetcher = FolderFetcher(self._folders)
        with suppress(FatalURLFetchingError):  # it is among the refused
            yield fetcher
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
            case _:
                return f"{called} gây lỗi {type(error).__name__}."
