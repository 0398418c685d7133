"""From a letter to its Word document: the words of its PDF, the measures of Nghị định 30/2020/NĐ-CP.

The same letter gives the same bytes. Reads the template folders and nothing else.
"""

import io
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import segno
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import TemplateNotFound, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError

from latewatch.config import Letters
from latewatch.domain.letters.fingerprint import check_code, in_groups
from latewatch.domain.letters.letter import Letter
from latewatch.errors import LetterError
from latewatch.letters import wording
from latewatch.letters.content import to_content
from latewatch.letters.qr import lookup_text
from latewatch.letters.word.layout import describe_picture, draw_rules, make_a5
from latewatch.letters.word.package import checked_template, rewritten
from latewatch.letters.word.sandbox import Picture, WordSandbox, legal
from latewatch.paper.folders import is_inside
from latewatch.shipped import shipped

BLANK = "\u2003" * 3  # where a draft has no number yet
QR_SIDE = {"A4": 18, "A5": 16}  # mm


class WordPrinter:
    """Writes letters as Word documents. A file of the office's own folder wins over the shipped one."""

    def __init__(self, settings: Letters) -> None:
        self._settings = settings
        folders = (settings.templates, shipped("templates", "letters"))
        self._folders = [folder.resolve() for folder in folders if folder is not None]

    def docx(self, letter: Letter) -> bytes:
        """Return the letter as Word document; without a number it has a blank to fill in.

        Raises LetterError naming the template and what is wrong with it.
        """
        file = self._file(f"{letter.form.value}.docx")
        template = DocxTemplate(io.BytesIO(checked_template(file)))
        facts = self._facts(template, letter)
        try:
            template.render(facts, WordSandbox(self._settings.paper))
        except Exception as e:  # whatever a template does wrong is the template's error
            raise LetterError(f"{file}: {_problem(e)}") from e
        return self._finished(template, letter, facts)

    def _finished(self, template: Any, letter: Letter, facts: dict[str, Any]) -> bytes:
        document = template.docx
        describe_picture(document, legal(f"Mã QR để tra cứu hồ sơ: {facts['lookup']}"))
        if self._settings.paper == "A5":
            make_a5(document)
        draw_rules(document)
        about = document.core_properties
        about.title, about.author = _property(facts["title"]), _property(facts["sender"])
        about.subject = _property(f"Hồ sơ mã số {facts['letter'].code}")
        about.created = about.modified = _midnight(letter.dated)
        out = io.BytesIO()
        template.save(out)
        return rewritten(out.getvalue())

    def _facts(self, template: Any, letter: Letter) -> dict[str, Any]:
        """Return what a template can name: what the printed form can, and the words it sets itself."""
        code = check_code(to_content(letter)) if letter.number is not None else ""
        letter = wording.cleaned(letter)
        head, paper = letter.head, self._settings.paper
        said = lookup_text(self._settings.lookup_url, letter.code, code)
        return {
            "letter": letter,
            "head": head,
            "title": letter.title or wording.default_title(letter.form),
            "sender": _one_line(head.unit_name or head.issuing_body) or "Cơ quan giải quyết hồ sơ",
            "desk": _one_line(head.desk_name) or "Bộ phận Một cửa",
            "person": "Ông/Bà/Tổ chức",
            "blank": BLANK,
            "check_code": in_groups(code),
            "lookup": said,
            "qr": Picture(InlineImage(template, _qr(said), width=Mm(QR_SIDE[paper])).__html__),
        }

    def _file(self, name: str) -> Path:
        """Return the template, of the office's folder first. A link that leads out is refused."""
        own = self._settings.templates
        if own is not None and not own.is_dir():
            raise LetterError(f"{own}: không có thư mục mẫu thư này; xem [letters] templates.")
        found = next((folder / name for folder in self._folders if (folder / name).exists()), None)
        if found is None:
            raise LetterError(f"{self._folders[0] / name}: không có mẫu Word này trong thư mục mẫu thư.")
        if not is_inside(found, self._folders):
            raise LetterError(f"{found}: là liên kết dẫn ra ngoài thư mục mẫu thư nên không được đọc.")
        return found


def _property(text: str) -> str:
    """Return a text as properties of a document hold it, which take no more than 255 characters."""
    return legal(_one_line(text))[:255]


def _one_line(text: str) -> str:
    return text.replace("\n", " ")


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _qr(text: str) -> io.BytesIO:
    picture = io.BytesIO()
    segno.make_qr(text, error="m", boost_error=False).save(picture, kind="png", scale=8, border=0)
    picture.seek(0)
    return picture


def _problem(error: Exception) -> str:
    """Say in Vietnamese what is wrong; a foreign error's own text may hold personal data."""
    match error:
        case LetterError():
            return str(error)
        case TemplateSyntaxError():
            return f"mẫu Word sai cú pháp: {error.message}."
        case TemplateNotFound():
            return "mẫu Word không được gọi tệp khác."
        case SecurityError():
            return f"mẫu Word dùng điều không được phép: {error.message}"
        case UndefinedError():
            return f"mẫu Word dùng biến không có: {error.message}."
        case _:
            return f"mẫu Word gây lỗi {type(error).__name__}."
