"""Pages held against stored pictures: a test fails where something moved by about a millimetre, and shows it.

Pictures are grey, 72 dots an inch: a millimetre is 2.8 of them. Ink may stray by two; fonts drawn a little
heavier or lighter change nothing.
"""

import os
from pathlib import Path

import numpy as np
import pypdfium2
from numpy.typing import NDArray
from PIL import Image

FOLDER = Path(__file__).parent / "pictures"
ACCEPTS = "LATEWATCH_ACCEPT_PICTURES"  # set to 1: what is drawn becomes the reference
STRAYS = 2
FORGIVEN = 6  # dots of a page
DARK, FAINT = 130, 215

Grey = NDArray[np.uint8]
Ink = NDArray[np.bool_]


def drawn_pages(pdf: bytes) -> list[Grey]:
    """The pages of a PDF; check code and QR code are left out: they change with every fact of a letter."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [_without_codes(page) for page in document]


def _without_codes(page: pypdfium2.PdfPage) -> Grey:
    grey = page.render(scale=1, grayscale=True).to_numpy().copy()
    text = page.get_textpage()
    found = text.search("Mã kiểm tra").get_next()
    if found:
        left, bottom, _, top = text.get_charbox(found[0])
        down, across = grey.shape[0] - round(bottom) + 4, round(left) - 1
        side = 60 if grey.shape[0] > 800 else 55  # of the QR code, with what is white around it
        grey[down - round(top - bottom) - side : down, across : across + 150] = 255
    return grey


def strays(reference: Grey, drawn: Grey) -> Ink:
    """Where one picture has ink and the other has none near."""
    return (drawn < DARK) & ~_widened(reference < FAINT) | (reference < DARK) & ~_widened(drawn < FAINT)


def _widened(ink: Ink) -> Ink:
    padded = np.pad(ink, STRAYS)
    height, width = ink.shape
    steps = range(2 * STRAYS + 1)
    return np.any([padded[y : y + height, x : x + width] for y in steps for x in steps], axis=0)


def differences(name: str, pdf: bytes, shown: Path) -> list[str]:
    """Say what differs from the stored pictures `name-1.png`…; the pages go to `shown`, strayed ink in red."""
    pages = drawn_pages(pdf)
    if os.environ.get(ACCEPTS):
        _store(name, pages)
    known = sorted(FOLDER.glob(f"{name}-[0-9].png"))
    if len(known) != len(pages):
        return [f"{name}: {len(pages)} pages, {len(known)} stored; set {ACCEPTS}=1 to store them"]
    problems = []
    for file, page in zip(known, pages, strict=True):
        reference = np.asarray(Image.open(file).convert("L"))
        if reference.shape != page.shape:
            problems.append(f"{file.name}: {page.shape} dots, stored {reference.shape}")
        elif (found := strays(reference, page)).sum() > FORGIVEN:
            problems.append(f"{file.name}: {found.sum()} dots strayed, see {_show(shown, file, page, found)}")
    return problems


def _store(name: str, pages: list[Grey]) -> None:
    FOLDER.mkdir(exist_ok=True)
    for file in FOLDER.glob(f"{name}-[0-9].png"):
        file.unlink()
    for number, page in enumerate(pages, 1):
        picture = Image.fromarray(page // 64 * 85).quantize(4)
        picture.save(FOLDER / f"{name}-{number}.png", optimize=True)


def _show(folder: Path, file: Path, page: Grey, found: Ink) -> Path:
    coloured = np.stack([page, page, page], axis=-1)
    coloured[_widened(found)] = (255, 0, 0)
    place = folder / file.name
    Image.fromarray(coloured).save(place)
    return place
