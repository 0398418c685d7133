"""From a letter to its PDF (Jinja2 and WeasyPrint), in the layout of Nghị định 30/2020/NĐ-CP.

Reads the template folders and nothing else; the same letter and templates give the same bytes.
"""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path

from jinja2 import StrictUndefined, TemplateNotFound, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError

from latewatch.domain.letter import Letter
from latewatch.errors import LetterError
from latewatch.letters import wording
from latewatch.letters.folders import FolderFetcher, FolderLoader
from latewatch.shipped import shipped

STYLE = "letter.css"


class LetterPrinter:
    """Prints letters. Templates, fonts and the style sheet are read once and shared by all of them.

    A file of the office's own folder wins over the shipped one of the same name, be it a form, the common
    `base.html` or `letter.css`. A changed template is seen by the next printer. Not for several threads.
    """

    def __init__(self, office_templates: Path | None = None) -> None:
        self._office = office_templates
        candidates = (office_templates, shipped("templates", "letters"))
        self._folders = tuple(folder.resolve() for folder in candidates if folder is not None)
        self._fonts = FontConfiguration()
        self._environment = ImmutableSandboxedEnvironment(
            loader=FolderLoader(self._folders),
            autoescape=True,
            undefined=StrictUndefined,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters.update(
            long_date=wording.long_date,
            short_date=wording.short_date,
            appointment=wording.appointment,
            register_number=wording.register_number,
            sentence=wording.sentence,
            balanced=wording.balanced,
        )

    def pdf(self, letter: Letter) -> bytes:
        """Return the letter as PDF. Without a number it has a blank to fill in: a draft.

        Raises LetterError naming the template where it is missing, uses an unknown variable, or would
        read anything outside the template folders.
        """
        if self._office is not None and not self._office.is_dir():
            raise LetterError(f"{self._office}: không có thư mục mẫu thư này; xem [letters] templates.")
        name = f"{letter.form.value}.html"
        html = self._html(name, letter)
        with self._reading_for(name) as fetcher:
            sheet = HTML(string=html, base_url=self._base_url, url_fetcher=fetcher)
            pdf = sheet.write_pdf(font_config=self._fonts, stylesheets=[self._style], pdf_identifier=True)
        return bytes(pdf)

    def font_families(self) -> set[str]:
        """Return the fonts the Vietnamese letters are drawn with. Several are a patchwork: one lacks some."""
        html = f"<p>{wording.ALPHABET}</p><p><b>{wording.ALPHABET}</b></p>"
        with self._reading_for(STYLE) as fetcher:
            page = HTML(string=html, base_url=self._base_url, url_fetcher=fetcher)
            drawn = page.render(font_config=self._fonts, stylesheets=[self._style])
            drawn.write_pdf()
        return {font.family for font in drawn.fonts.values()}

    def _html(self, name: str, letter: Letter) -> str:
        letter = wording.cleaned(letter)
        title = letter.title or wording.default_title(letter.form)
        try:
            return self._environment.get_template(name).render(letter=letter, head=letter.head, title=title)
        except LetterError:
            raise
        except Exception as e:  # whatever a template does wrong is the template's error
            raise LetterError(f"{self._place(e, name)}: {_problem(e)}") from e

    @property
    def _base_url(self) -> str:
        return f"{self._folders[0].as_uri()}/"

    @cached_property
    def _style(self) -> CSS:
        source, file, _ = FolderLoader(self._folders).get_source(self._environment, STYLE)
        with self._reading_for(STYLE) as fetcher:
            base = Path(file).as_uri()
            return CSS(string=source, base_url=base, url_fetcher=fetcher, font_config=self._fonts)

    @contextmanager
    def _reading_for(self, name: str) -> Iterator[FolderFetcher]:
        """Give a fetcher to draw with, and fail the letter if it had to refuse anything."""
        fetcher = FolderFetcher(self._folders)
        with suppress(FatalURLFetchingError):  # it is among the refused
            yield fetcher
        if fetcher.refused:
            raise LetterError(
                f"{self._file(name)}: {fetcher.refused[0]}; mẫu thư chỉ được dùng tệp trong thư mục mẫu thư."
            )

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


def _problem(error: Exception) -> str:
    """Say in Vietnamese what is wrong with a template; a foreign error's own text may hold personal data."""
    match error:
        case TemplateNotFound():
            return f"không có mẫu thư “{error.name}” trong thư mục mẫu thư."
        case TemplateSyntaxError():
            return f"mẫu thư sai cú pháp: {error.message}."
        case SecurityError():
            return f"mẫu thư dùng điều không được phép: {error.message}"
        case UndefinedError():
            return f"mẫu thư dùng biến không có: {error.message}."
        case _:
            return f"mẫu thư gây lỗi {type(error).__name__}."
