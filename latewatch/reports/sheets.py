"""The workbooks latewatch writes: form 07a, the table per unit, the rows behind a digest."""

from pathlib import Path

from latewatch.disk import write_whole
from latewatch.domain.digest import Digest
from latewatch.domain.tally.table import Tally
from latewatch.reports import columns, digests, official, workbook

SETTING = "--xlsx hoặc paths.reports"  # what chooses where a sheet is written
FORM_07A = official.Page(
    sheet="Biểu 07a",
    number="Biểu số 07a/BTP/KSTT",
    title=(
        "TÌNH HÌNH, KẾT QUẢ GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH TẠI CƠ QUAN, ĐƠN VỊ\n"
        "TRỰC TIẾP GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH"
    ),
    label="Lĩnh vực giải quyết",
    label_width=34,
    columns=columns.FORM_07A,
    receiver="UBND cấp tỉnh",
)
UNITS = official.Page(
    sheet="Theo đơn vị",
    number="Bảng nội bộ",
    title="TÌNH HÌNH, KẾT QUẢ GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH THEO ĐƠN VỊ",
    label="Đơn vị giải quyết",
    label_width=34,
    columns=columns.UNITS,
    notes=(
        "Số cột theo biểu 07a/BTP/KSTT; (12) = (12a) + (12b), (15) = (15a) + (15b). "
        "Văn bản xin lỗi không làm hồ sơ hết quá hạn.",
        "Cột (16) đến (19) ghi để biết, không cộng thêm vào (3), (9), (13); loại nào đã nằm trong các cột "
        "đó là do cách đếm đã chọn ([counting] trong tệp cấu hình).",
    ),
)


def write_form_07a(tally: Tally, *, office_name: str, path: Path) -> None:
    """Write form 07a of Thông tư 09/2026/TT-BTP, one row a field. Raises StoreError."""
    _write(FORM_07A, tally, office_name, path)


def write_units(tally: Tally, *, office_name: str, path: Path) -> None:
    """Write the table per unit, late with and without an apology letter apart. Raises StoreError."""
    _write(UNITS, tally, office_name, path)


def digest_workbook(digest: Digest) -> bytes:
    """Return every row of every block of `digest`, one sheet a block, codes only."""
    title = f"Hồ sơ cần chú ý, {digest.at:%d/%m/%Y}"
    return workbook.build(lambda book: digests.draw(book, digest), title=title, created=digest.at)


def _write(page: official.Page, tally: Tally, office_name: str, path: Path) -> None:
    content = workbook.build(
        lambda book: official.draw(book, page, tally, office_name),
        title=f"{page.sheet}, {tally.period.title}",
        created=tally.as_of,
    )
    write_whole(path, content, setting=SETTING)
