"""From a letter to its PDF, in the layout of Nghị định 30/2020/NĐ-CP: the same letter, the same bytes."""

from pathlib import Path

from weasyprint.document import Document

from latewatch.domain.letters.fingerprint import canonical, check_code, in_groups
from latewatch.domain.letters.letter import Letter
from latewatch.errors import LetterError
from latewatch.letters import wording
from latewatch.letters.archive import SPELLINGS, is_clear, layout_options, place_on, writing_options
from latewatch.letters.content import to_content
from latewatch.letters.drawn import Drawn
from latewatch.letters.qr import URL, QrPicture, lookup_text
from latewatch.paper.folders import Templates
from latewatch.paper.printer import TemplatePrinter
from latewatch.shipped import shipped


class LetterPrinter:
    """Prints letters. Templates, fonts and the style sheets are read once and shared by all of them.

    A file of the office's own folder wins over the shipped one of the same name, be it a form, the common
    `base.html` or a style sheet. A changed template is seen by the next printer. Not for several threads.
    """

    def __init__(
        self,
        office_templates: Path | None = None,
        *,
        paper: str = "A4",
        window_envelope: bool = False,
        lookup_url: str = "",
    ) -> None:
        self._office = office_templates
        self._paper = paper
        self._window_envelope = window_envelope
        self._lookup_url = lookup_url
        templates = Templates.of("mẫu thư", LetterError, office_templates, shipped("templates", "letters"))
        self._printer = TemplatePrinter(templates, *_styles(paper, window_envelope))

    def pdf(self, letter: Letter) -> bytes:
        """Return the letter as PDF. Without a number it has a blank to fill in: a draft.

        Raises LetterError naming the template where it is missing, uses an unknown variable, or would
        read anything outside the template folders.
        """
        return self.drawn(letter).pdf

    def drawn(self, letter: Letter) -> Drawn:
        """Return the letter as PDF/A-3b with its data attached, and where its signature belongs."""
        return self.written(letter, self.laid_out(letter))

    def written(self, letter: Letter, pages: Document) -> Drawn:
        """Return the laid out pages of the letter as `drawn` does."""
        place = place_on(pages)
        data, pdf = canonical(to_content(letter)), b""
        for spelling in range(SPELLINGS):
            options = writing_options(data, letter.dated, place, spelling)
            pdf = self._printer.written(_template(letter), pages, **options)
            if is_clear(pdf):  # but for one letter in sixty
                break
        return Drawn(pdf, len(pages.pages), place)

    def laid_out(self, letter: Letter) -> Document:
        """Return the pages of the letter before they are written. Raises LetterError."""
        html, said = self.html(letter)
        pictures = {URL: QrPicture(said)}
        return self._printer.laid_out(_template(letter), html, cache=pictures, **layout_options())

    def html(self, letter: Letter) -> tuple[str, str]:
        """Return the filled template, and what its QR code says. Raises LetterError."""
        if self._office is not None and not self._office.is_dir():
            raise LetterError(f"{self._office}: không có thư mục mẫu thư này; xem [letters] templates.")
        code = check_code(to_content(letter)) if letter.number is not None else ""
        letter = wording.cleaned(letter)
        said = lookup_text(self._lookup_url, letter.code, code)
        html = self._printer.html(
            _template(letter),
            letter=letter,
            head=letter.head,
            title=letter.title or wording.default_title(letter.form),
            check_code=in_groups(code),
            lookup=said,
            paper=self._paper,
            window_envelope=self._window_envelope,
        )
        return html, said

    def font_families(self) -> set[str]:
        """Return the fonts the Vietnamese letters are drawn with. Several are a patchwork: one lacks some."""
        return self._printer.font_families()


def _template(letter: Letter) -> str:
    return f"{letter.form.value}.html"


def _styles(paper: str, window_envelope: bool) -> list[str]:
    """Return the style sheets, each laid over the ones before it."""
    is_a5 = paper == "A5"
    chosen = {
        "letter.css": True,
        "letter-a5.css": is_a5,
        "window.css": window_envelope,
        "window-a5.css": window_envelope and is_a5,
    }
    return [name for name, is_used in chosen.items() if is_used]
