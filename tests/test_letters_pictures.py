"""What people will see: every kind of letter, as a picture, against the one that was looked at and kept."""

from pathlib import Path

import numpy as np
import pytest
from pictures import FORGIVEN, differences, drawn_pages, strays

from latewatch.domain.letters.letter import LetterForm
from latewatch.letters.checking.samples import samples
from latewatch.letters.render import LetterPrinter

LOOKUP = "https://dichvucong.mau.example/tra-cuu?ma={code}"
FEW = ("thuong", "ten-dai", "thu-tuc-dai", "ky-thay", "du-thao")
EVERY = tuple(sample.name for sample in samples(LetterForm.EXTENSION))
SHEETS = [
    (LetterForm.EXTENSION, "A4", False, EVERY),
    (LetterForm.APOLOGY_SLIP, "A4", False, ("thuong", "ky-thay", "qua-han", "ly-do-dai")),
    (LetterForm.APOLOGY_SLIP, "A5", False, (*FEW, "thieu-lien-he")),
    (LetterForm.EXTENSION, "A5", False, ("thuong", "ky-thay")),
    (LetterForm.EXTENSION, "A4", True, ("thuong", "ten-dai")),
    (LetterForm.APOLOGY_SLIP, "A5", True, ("thuong",)),
]
CASES = [(form, paper, window, name) for form, paper, window, names in SHEETS for name in names]
MM = 72 / 25.4


def drawn(form: LetterForm, paper: str, window: bool, name: str) -> bytes:
    (letter,) = (sample.letter for sample in samples(form) if sample.name == name)
    return LetterPrinter(paper=paper, window_envelope=window, lookup_url=LOOKUP).pdf(letter)


@pytest.mark.parametrize(("form", "paper", "window", "name"), CASES)
def test_it_looks_as_it_was_approved(
    form: LetterForm, paper: str, window: bool, name: str, tmp_path: Path
) -> None:
    stored = f"{form.value}-{paper.lower()}{'-o-kinh' if window else ''}-{name}"
    assert not differences(stored, drawn(form, paper, window, name), tmp_path)


@pytest.fixture(scope="module")
def page() -> np.ndarray:
    return drawn_pages(drawn(LetterForm.EXTENSION, "A4", False, "thuong"))[0]


class TestTheComparison:
    @pytest.mark.parametrize(("down", "across"), [(0, 1), (1, 0), (2, 2), (-2, -2)])
    def test_less_than_a_millimetre_is_nothing(self, page: np.ndarray, down: int, across: int) -> None:
        assert strays(page, np.roll(page, (down, across), (0, 1))).sum() == 0

    @pytest.mark.parametrize(("down", "across"), [(0, 3), (3, 0), (-3, 0), (0, -3)])
    def test_a_millimetre_is_found(self, page: np.ndarray, down: int, across: int) -> None:
        assert strays(page, np.roll(page, (down, across), (0, 1))).sum() > 20 * FORGIVEN

    def test_one_paragraph_that_moved_is_found(self, page: np.ndarray) -> None:
        moved = page.copy()
        top, bottom = round(140 * MM), round(165 * MM)
        moved[top:bottom] = np.roll(page[top:bottom], 3, axis=0)
        assert strays(page, moved).sum() > FORGIVEN

    def test_a_missing_word_is_found(self, page: np.ndarray) -> None:
        erased = page.copy()
        erased[round(88 * MM) : round(93 * MM), round(84 * MM) : round(100 * MM)] = 255
        assert strays(page, erased).sum() > FORGIVEN

    def test_heavier_ink_is_nothing(self, page: np.ndarray) -> None:
        heavier = np.minimum(page, np.roll(page, 1, axis=1))
        assert strays(page, heavier).sum() == 0

    def test_it_tells_where_to_look(self, tmp_path: Path) -> None:
        problems = differences(
            "tt03-2025-a4-thuong", drawn(LetterForm.EXTENSION, "A4", False, "ky-thay"), tmp_path
        )
        (problem,) = problems
        assert str(tmp_path / "tt03-2025-a4-thuong-1.png") in problem
        assert (tmp_path / "tt03-2025-a4-thuong-1.png").is_file()
