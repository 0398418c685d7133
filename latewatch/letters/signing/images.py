"""Pictures of signatures and seals: transparent PNG, in their real size (NĐ 30/2020/NĐ-CP, Phụ lục I)."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Literal

from PIL import Image, UnidentifiedImageError

from latewatch.errors import LetterError

MOST_PIXELS = 5000  # a side; a seal of 36 mm scanned with 1200 dots an inch has 1700
SEAL_MM = 36.0  # of a seal whose picture does not say its size: the usual diameter, not verified
SIGNATURE_MM = 16.0  # height of a signature whose picture does not say its size
_MM = 25.4
_END = b"IEND\xaeB`\x82"  # the last chunk of every PNG

Kind = Literal["person", "seal"]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture without its transparent border, and how large it is printed."""

    image: Image.Image
    width_mm: float
    height_mm: float


def read_picture(file: Path | None, kind: Kind, where: str) -> Picture:
    """Read the picture of a signature or a seal; its size is that of its dots. Raises LetterError."""
    if file is None:
        raise LetterError(
            f"{where}: chưa đặt image; cần ảnh PNG nền trong suốt (NĐ 30/2020/NĐ-CP, Phụ lục I)."
        )
    image = _transparent(file, where)
    box = image.getchannel("A").getbbox()
    if box is None:
        raise LetterError(f"{where}: {file.name}: ảnh trống, mọi điểm đều trong suốt; chọn ảnh khác.")
    shown = image.crop(box)
    per_mm = _dots_per_mm(image, shown, kind)
    return Picture(shown, shown.width / per_mm[0], shown.height / per_mm[1])


def _transparent(file: Path, where: str) -> Image.Image:
    try:
        content = file.read_bytes()
        with Image.open(BytesIO(content), formats=["PNG"]) as opened:
            _refuse_cut(content)
            _refuse_huge(opened, file, where)
            image = opened.convert("RGBA")
            image.info.update(opened.info)
    except FileNotFoundError as e:
        raise LetterError(f"{where}: không có tệp ảnh {file}; sửa image.") from e
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as e:
        raise LetterError(f"{where}: {file.name}: không đọc được như ảnh PNG; lưu lại thành PNG.") from e
    if image.getchannel("A").getextrema()[0] == 255:  # not one point lets the text below through
        raise LetterError(
            f"{where}: {file.name}: ảnh không có nền trong suốt, sẽ che chữ; xóa nền rồi lưu lại."
        )
    return image


def _refuse_cut(content: bytes) -> None:
    """Refuse a picture whose end is missing: WeasyPrint makes Pillow read such for the whole process."""
    if _END not in content:
        raise ValueError


def _refuse_huge(opened: Image.Image, file: Path, where: str) -> None:
    if max(opened.size) > MOST_PIXELS:
        raise LetterError(f"{where}: {file.name}: ảnh quá {MOST_PIXELS} điểm mỗi cạnh; thu nhỏ rồi lưu lại.")


def _dots_per_mm(image: Image.Image, shown: Image.Image, kind: Kind) -> tuple[float, float]:
    dpi = image.info.get("dpi")
    if dpi and min(dpi) > 1:
        return dpi[0] / _MM, dpi[1] / _MM
    usual = shown.width / SEAL_MM if kind == "seal" else shown.height / SIGNATURE_MM
    return usual, usual
