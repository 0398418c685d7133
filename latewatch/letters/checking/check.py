"""One office's templates, tried on every sample."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from latewatch.domain.letters.letter import LetterForm
from latewatch.letters.checking.names import unknown_names
from latewatch.letters.checking.order import Flaw, Order, Tried
from latewatch.letters.checking.samples import samples
from latewatch.letters.checking.sheet import tried_sheet
from latewatch.letters.render import LetterPrinter


def tried(order: Order, at: Callable[[str], None]) -> Tried:
    """Try the samples; `at` is told of each before it begins. What a template does wrong is a flaw."""
    printer = LetterPrinter(
        order.templates, paper=order.paper, window_envelope=order.window_envelope, lookup_url=order.lookup_url
    )
    is_roomy = not (order.paper == "A5" and order.window_envelope)
    flaws: list[Flaw] = []
    pdfs: dict[str, bytes] = {}
    for form in order.forms:
        at(form.value)
        flaws += _names(order.templates, form)
        for sample in samples(form):
            at(f"{form.value}, {sample.about}")
            found, pdfs[f"{form.value}-{sample.name}.pdf"] = tried_sheet(printer, sample, is_roomy=is_roomy)
            flaws += found
    at("phông chữ")
    flaws += font_flaws(printer)
    kept = {name: pdf for name, pdf in pdfs.items() if pdf and order.with_pdfs}
    return Tried(len(pdfs), list(_merged(flaws)), kept)


def _names(templates: Path | None, form: LetterForm) -> Iterator[Flaw]:
    for unknown in unknown_names(templates, form):
        problem = f"{unknown.file}, dòng {unknown.line}: không có biến “{unknown.name}”"
        yield Flaw(form.value, "", problem, "xem các biến dùng được ở đầu tệp base.html có sẵn")


def font_flaws(printer: LetterPrinter) -> Iterator[Flaw]:
    """Yield a flaw where the first font of the style sheet lacks Vietnamese letters, or is not there."""
    families = sorted(printer.font_families())
    if len(families) > 1:
        problem = f"chữ Việt phải vẽ bằng nhiều phông ({', '.join(families)}): phông đầu thiếu chữ"
        cure = "cài Times New Roman hoặc Liberation Serif bản 2, hoặc đổi font trong letter.css"
        yield Flaw("", "", problem, cure)


def _merged(flaws: Sequence[Flaw]) -> Iterator[Flaw]:
    """Tell of a problem once, on the first sample that shows it."""
    seen: set[tuple[str, str]] = set()
    for flaw in flaws:
        key = (flaw.form, flaw.problem.partition(":")[0] if flaw.problem.startswith("chữ ") else flaw.problem)
        if key not in seen:
            seen.add(key)
            yield flaw
