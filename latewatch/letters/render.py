"""From a letter to its PDF, in the layout of Nghị định 30/2020/NĐ-CP: the same letter, the same bytes."""

from pathlib import Path

from latewatch.domain.letters.letter import Letter
from latewatch.errors import LetterError
from latewatch.letters import wording
from latewatch.paper.folders import Templates
from latewatch.paper.printer import TemplatePrinter
from latewatch.shipped import shipped

STYLE = "letter.css"


class LetterPrinter:
    """Prints letters. Templates, fonts and the style sheet are read once and shared by all of them.

    A file of the office's own folder wins over the shipped one of the same name, be it a form, the common
    `base.html` or `letter.css`. A changed template is seen by the next printer. Not for several threads.
    """

    def __init__(self, office_templates: Path | None = None) -> None:
        self._office = office_templates
        templates = Templates.of("mẫu thư", LetterError, office_templates, shipped("templates", "letters"))
        self._printer = TemplatePrinter(templates, STYLE)

    def pdf(self, letter: Letter) -> bytes:
        """Return the letter as PDF. Without a number it has a blank to fill in: a draft.

        Raises LetterError naming the template where it is missing, uses an unknown variable, or would
        read anything outside the template folders.
        """
        if self._office is not None and not self._office.is_dir():
            raise LetterError(f"{self._office}: không có thư mục mẫu thư này; xem [letters] templates.")
        name = f"{letter.form.value}.html"
        letter = wording.cleaned(letter)
        title = letter.title or wording.default_title(letter.form)
        html = self._printer.html(name, letter=letter, head=letter.head, title=title)
        return self._printer.pdf(name, html)

    def font_families(self) -> set[str]:
        """Return the fonts the Vietnamese letters are drawn with. Several are a patchwork: one lacks some."""
        return self._printer.font_families()
