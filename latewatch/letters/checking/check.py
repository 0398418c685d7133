"""One office's templates, tried on every sample."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from latewatch.domain.letters.letter import LetterForm
from latewatch.errors import LetterError
from latewatch.letters.checking.facts import missing_facts
from latewatch.letters.checking.laid_out import Line, lines_on
from latewatch.letters.checking.names import unknown_names
from latewatch.letters.checking.order import Flaw, Order, Tried
from latewatch.letters.checking.samples import Sample, samples
from latewatch.letters.render import LetterPrinter


def tried(order: Order, at: Callable[[str], None]) -> Tried:
    """Try the samples; `at` is told of each before it begins. What a template does wrong is a flaw."""
    printer = LetterPrinter(
        order.templates, paper=order.paper, window_envelope=order.window_envelope, lookup_url=order.lookup_url
    )
    flaws: list[Flaw] = []
    pdfs: dict[str, bytes] = {}
    count = 0
    for form in order.forms:
        at(form.value)
        flaws += _names(order.templates, form)
        for sample in samples(form):
            at(f"{form.value}, {sample.about}")
            count += 1
            flaws += _of_sample(printer, order, form, sample, pdfs)
    at("phông chữ")
    return Tried(count, [*_merged(flaws), *_fonts(printer)], pdfs)


def _of_sample(
    printer: LetterPrinter, order: Order, form: LetterForm, sample: Sample, pdfs: dict[str, bytes]
) -> Iterator[Flaw]:
    try:
        pages = printer.laid_out(sample.letter)
        drawn = printer.written(sample.letter, pages)
    except LetterError as e:
        yield Flaw(form.value, sample.about, str(e), "sửa tệp mẫu ở chỗ vừa nêu")
        return
    if order.with_pdfs:
        pdfs[f"{form.value}-{sample.name}.pdf"] = drawn.pdf
    lines = list(lines_on(pages))
    is_roomy = not (order.paper == "A5" and order.window_envelope)
    if sample.is_ordinary and is_roomy and drawn.pages > 1:
        cure = "rút lời văn, giảm khoảng cách hoặc lề trong letter.css"
        yield Flaw(form.value, sample.about, f"dài {drawn.pages} trang, cần một trang", cure)
    for problem, cure in (*_facts(sample, lines), *_edges(lines)):
        yield Flaw(form.value, sample.about, problem, cure)
    if drawn.signature is None:
        cure = 'đặt <div id="signing-room"></div> giữa chức vụ và họ tên'
        yield Flaw(form.value, sample.about, "không có chỗ cho chữ ký", cure)


def _names(templates: Path | None, form: LetterForm) -> Iterator[Flaw]:
    for unknown in unknown_names(templates, form):
        problem = f"{unknown.file}, dòng {unknown.line}: không có biến “{unknown.name}”"
        yield Flaw(form.value, "", problem, "xem các biến dùng được ở đầu tệp base.html có sẵn")


def _facts(sample: Sample, lines: Sequence[Line]) -> Iterator[tuple[str, str]]:
    for fact in missing_facts(sample.letter, " ".join(line.text for line in lines)):
        yield f"không thấy {fact} trong văn bản", "thêm vào mẫu"


def _edges(lines: Sequence[Line]) -> Iterator[tuple[str, str]]:
    if outside := [line for line in lines if line.is_outside]:
        cure = "bỏ chiều rộng, vị trí cố định hoặc nowrap trong kiểu chữ"
        yield f"chữ tràn ra ngoài lề: “{_start(outside[0])}”", cure
    if cut := [line for line in lines if line.is_cut]:
        yield f"chữ bị cắt mất: “{_start(cut[0])}”", "bỏ overflow: hidden, hoặc chiều cao, chiều rộng cố định"


def _start(line: Line) -> str:
    text = line.text.strip()
    return text if len(text) <= 30 else f"{text[:29]}…"


def _fonts(printer: LetterPrinter) -> Iterator[Flaw]:
    families = sorted(printer.font_families())
    if len(families) > 1:
        problem = f"chữ Việt phải vẽ bằng nhiều phông ({', '.join(families)}): phông đầu thiếu chữ"
        yield Flaw(
            "", "", problem, "cài Times New Roman hoặc Liberation Serif bản 2, hoặc đổi font trong letter.css"
        )


def _merged(flaws: Sequence[Flaw]) -> Iterator[Flaw]:
    """Tell of a problem once, on the first sample that shows it."""
    seen: set[tuple[str, str]] = set()
    for flaw in flaws:
        key = (flaw.form, flaw.cure if "chữ " in flaw.problem[:4] else flaw.problem)
        if key not in seen:
            seen.add(key)
            yield flaw
