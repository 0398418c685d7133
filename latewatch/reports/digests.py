"""The sheets that go with a morning digest: every row of every block. Codes only, no names.

The digest travels by mail, and dossier and personal data are not to be disclosed
(Nghị định 118/2025/NĐ-CP, Điều 5.1d).
"""

import re
from collections.abc import Sequence

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from latewatch.domain.digest import Block, Digest, DigestRow
from latewatch.domain.letters.life import STATE_LABELS, LetterState
from latewatch.reports.workbook import DATE, LINE, WHOLE, data_text, height, style

SHEETS = {
    "letters-today": "VB xin lỗi gửi hôm nay",
    "newly-late": "Trễ mới",
    "due-soon": "Sắp đến hạn",
    "worst": "Đang trễ",
    "finished": "Đã giải quyết xong",
    "unsigned": "VB xin lỗi chờ ký, chờ gửi",
    "needless": "VB xin lỗi nên hủy",
    "lapsed": "Quá hạn bổ sung",
}
COLUMNS = (
    ("STT", 6),
    ("Mã hồ sơ", 26),
    ("Đơn vị giải quyết", 32),
    ("Thủ tục hành chính", 52),
    ("Hạn giải quyết", 16),
    ("Số ngày làm việc trễ", 12),
    ("Văn bản xin lỗi", 12),
)
NEEDLESS_COLUMNS = (*COLUMNS[:5], ("Văn bản", 13), ("Vì sao nên hủy", 44))
LAPSED_COLUMNS = (*COLUMNS[:4], ("Hạn bổ sung", 13), ("Yêu cầu bổ sung từ", 13))
TITLE_ROW, DESK_ROW, DATA_ROW, HEADER_ROW = 0, 1, 2, 4


def draw(book: Workbook, digest: Digest) -> None:
    """Draw one sheet a block."""
    for block in digest.blocks:
        sheet = book.add_worksheet(sheet_name(block))
        _set_up(sheet, _columns(block))
        _head(book, sheet, digest, block)
        _rows(book, sheet, digest, block)


def _columns(block: Block) -> Sequence[tuple[str, int]]:
    return {"lapsed": LAPSED_COLUMNS, "needless": NEEDLESS_COLUMNS}.get(block.key, COLUMNS)


def sheet_name(block: Block) -> str:
    """Return a name Excel accepts: at most 31 characters, none of `[]:*?/\\`, no apostrophe at the ends."""
    return SHEETS.get(block.key) or re.sub(r"[\[\]:*?/\\]", "-", block.title)[:31].strip("' ")


def _set_up(sheet: Worksheet, columns: Sequence[tuple[str, int]]) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADER_ROW)
    sheet.freeze_panes(HEADER_ROW + 1, 2)
    sheet.set_footer('&C&"Times New Roman"&9Trang &P/&N')
    for index, (_, width) in enumerate(columns):
        sheet.set_column(index, index, width)


def _head(book: Workbook, sheet: Worksheet, digest: Digest, block: Block) -> None:
    plain = style(book, text_wrap=False)
    title = f"{block.title}: {_thousands(block.total)} hồ sơ"
    sheet.write_string(TITLE_ROW, 0, title, style(book, bold=True, font_size=14, text_wrap=False))
    sheet.write_string(DESK_ROW, 0, f"{digest.desk}, {digest.at:%H:%M ngày %d/%m/%Y}", plain)
    alarm = style(book, bold=True, font_color="#C00000", text_wrap=False)
    sheet.write_string(DATA_ROW, 0, _age(digest), plain if digest.is_trusted else alarm)
    bold = style(book, bold=True, align="center", border=1, bg_color="#EDEDED")
    sheet.set_row(HEADER_ROW, 2 * LINE + 2)
    for index, (heading, _) in enumerate(_columns(block)):
        sheet.write_string(HEADER_ROW, index, heading, bold)


def _age(digest: Digest) -> str:
    if digest.data_from is None:
        return "CHƯA CÓ DỮ LIỆU: danh sách trống không có nghĩa là không có hồ sơ trễ."
    age = f"Dữ liệu đến {digest.data_from:%H:%M ngày %d/%m/%Y}."
    if digest.is_trusted:
        return age
    held = f" Tạm chưa báo {_thousands(digest.held_total)} hồ sơ." if digest.held_total else ""
    return f"DỮ LIỆU {'CŨ' if digest.stale_since else 'THIẾU'}. {age} Danh sách có thể thiếu.{held}"


def _rows(book: Workbook, sheet: Worksheet, digest: Digest, block: Block) -> None:
    if not block.all_rows:
        text = "Chưa có dữ liệu." if digest.data_from is None else "Không có hồ sơ nào."
        sheet.write_string(HEADER_ROW + 1, 0, text, style(book, italic=True, text_wrap=False))
        return
    shapes = _Shapes(book)
    for number, row in enumerate(block.all_rows, start=1):
        _row(sheet, shapes, number, row)
    sheet.autofilter(HEADER_ROW, 0, HEADER_ROW + block.total, len(_columns(block)) - 1)


class _Shapes:
    """The formats of the rows, made once a sheet."""

    def __init__(self, book: Workbook) -> None:
        self.text = data_text(book, border=1)
        self.centre = style(book, border=1, align="center")
        self.day = style(book, border=1, align="center", num_format=DATE)
        self.moment = style(book, border=1, align="center", num_format=f"hh:mm {DATE}")
        self.figure = style(book, border=1, align="center", num_format=WHOLE)


def _row(sheet: Worksheet, shapes: _Shapes, number: int, row: DigestRow) -> None:
    at = HEADER_ROW + number
    texts = (row.code, row.unit, row.procedure)
    sheet.set_row(at, max(height(text, COLUMNS[index][1]) for index, text in enumerate(texts, start=1)))
    sheet.write_number(at, 0, number, shapes.centre)
    for index, value in enumerate(texts, start=1):
        sheet.write_string(at, index, value, shapes.text)
    if row.due_at:
        sheet.write_datetime(at, 4, row.due_at.replace(tzinfo=None), shapes.moment)
    else:
        sheet.write_datetime(at, 4, row.due_on, shapes.day)
    if row.since:
        sheet.write_datetime(at, 5, row.since, shapes.day)
        return
    if row.needless:
        sheet.write_string(at, 5, _letter(row), shapes.centre)
        sheet.write_string(at, 6, row.needless, shapes.text)
        return
    sheet.write_number(at, 5, row.working_days_late, shapes.figure)
    rests_on = f" (dữ liệu {row.rests_on:%d/%m})" if row.rests_on else ""
    sheet.write_string(at, 6, _letter(row) + rests_on, shapes.centre)


def _letter(row: DigestRow) -> str:
    if row.letter_on:
        return "đã gửi"
    if not row.draft_on:
        return "chưa"
    is_draft = row.letter_state in (None, LetterState.DRAFT)
    return "dự thảo" if is_draft or row.letter_state is None else STATE_LABELS[row.letter_state]


def _thousands(number: int) -> str:
    return f"{number:,}".replace(",", ".")
