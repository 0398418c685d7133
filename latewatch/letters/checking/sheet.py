"""One sample drawn with a template: what is wrong with the sheet."""

from collections.abc import Iterator, Sequence

from latewatch.errors import LetterError
from latewatch.letters.checking.facts import missing_facts
from latewatch.letters.checking.laid_out import Line, lines_on
from latewatch.letters.checking.order import Flaw
from latewatch.letters.checking.samples import Sample
from latewatch.letters.drawn import Drawn
from latewatch.letters.render import LetterPrinter


def tried_sheet(printer: LetterPrinter, sample: Sample, *, is_roomy: bool = True) -> tuple[list[Flaw], bytes]:
    """Return what is wrong, and the sheet; an ordinary letter on roomy paper must fit on one page.

    Raises MemoryError: after that nothing this process says is worth much.
    """
    try:
        pages = printer.laid_out(sample.letter)
        drawn = printer.written(sample.letter, pages)
    except LetterError as e:
        if isinstance(e.__cause__, MemoryError):
            raise e.__cause__ from None
        return [_flaw(sample, str(e).rstrip("."), "sửa tệp mẫu ở chỗ vừa nêu")], b""
    found = [*_size(sample, drawn, is_roomy), *_content(sample, list(lines_on(pages))), *_room(drawn)]
    return [_flaw(sample, problem, cure) for problem, cure in found], drawn.pdf


def _flaw(sample: Sample, problem: str, cure: str) -> Flaw:
    return Flaw(sample.letter.form.value, sample.about, problem, cure)


def _size(sample: Sample, drawn: Drawn, is_roomy: bool) -> Iterator[tuple[str, str]]:
    if sample.is_ordinary and is_roomy and drawn.pages > 1:
        cure = "rút lời văn, giảm khoảng cách hoặc lề trong letter.css"
        yield f"dài {drawn.pages} trang, cần một trang", cure


def _content(sample: Sample, lines: Sequence[Line]) -> Iterator[tuple[str, str]]:
    for fact in missing_facts(sample.letter, " ".join(line.text for line in lines)):
        yield f"không thấy {fact} trong văn bản", "thêm vào mẫu"
    if outside := [line for line in lines if line.is_outside]:
        cure = "bỏ chiều rộng, vị trí cố định hoặc nowrap trong kiểu chữ"
        yield f"chữ tràn ra ngoài lề: “{_start(outside[0])}”", cure
    if cut := [line for line in lines if line.is_cut]:
        yield f"chữ bị cắt mất: “{_start(cut[0])}”", "bỏ overflow: hidden, hoặc chiều cao, chiều rộng cố định"


def _room(drawn: Drawn) -> Iterator[tuple[str, str]]:
    if drawn.signature is None:
        yield "không có chỗ cho chữ ký", 'đặt <div id="signing-room"></div> giữa chức vụ và họ tên'


def _start(line: Line) -> str:
    text = line.text.strip()
    return text if len(text) <= 30 else f"{text[:29]}…"
