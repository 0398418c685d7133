"""Export A: the provincial register as an XLSX workbook, with the ornaments such workbooks have."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from latewatch.demo.arrivals import DEMO_NOW, FIRST_DAY
from latewatch.demo.cast import CENTRE, GOVERNING_BODY
from latewatch.demo.row import Cell, Keys, Row
from latewatch.domain.dossier import Dossier
from latewatch.domain.limit import LimitUnit

KEYS = Keys(
    code="Số hồ sơ",
    status="Trạng thái hồ sơ",
    received="Ngày tiếp nhận",
    promised="Ngày hẹn trả",
    finished="Ngày kết thúc xử lý",
)
WIDTHS = {
    "Số hồ sơ": 21,
    "Tên thủ tục hành chính": 48,
    "Tên lĩnh vực": 24,
    "Phòng ban": 26,
    "Ngày tiếp nhận": 16,
    "Ngày hẹn trả": 16,
    "Ngày kết thúc xử lý": 16,
    "Cơ quan/đơn vị": 28,
    "Chủ hồ sơ": 28,
    "Số điện thoại": 13,
    "Cán bộ xử lý hiện tại": 16,
    "Trạng thái hồ sơ": 18,
    "Hạn xử lý": 16,
    "Số ngày giải quyết": 11,
    "Bước xử lý hiện tại": 26,
    "Cập nhật nguồn": 17,
}
DATES = (KEYS.received, KEYS.promised, KEYS.finished)
DATES_TITLE = "Thời gian"  # stands over the three date columns
EXPORTED_AT = DEMO_NOW.replace(hour=7, minute=55)
TEXT_EVERY = 3  # every third row has its dates as text, as rows typed by hand have
LEFT = 1  # the first column is blank
HEADER = 6
FIRST_ROW = HEADER + 3


def rows(dossiers: Iterable[Dossier]) -> list[Row]:
    return [_row(number, dossier) for number, dossier in enumerate(dossiers)]


def _row(number: int, dossier: Dossier) -> Row:
    limit = dossier.time_limit
    return {
        "Số hồ sơ": dossier.code,
        "Tên thủ tục hành chính": dossier.procedure,
        "Tên lĩnh vực": dossier.field,
        "Phòng ban": dossier.department,
        "Ngày tiếp nhận": _date(number, dossier.received_at),
        "Ngày hẹn trả": _date(number, dossier.promised_at),
        "Ngày kết thúc xử lý": _date(number, dossier.processed_at),
        "Cơ quan/đơn vị": dossier.resolving_unit,
        "Chủ hồ sơ": dossier.applicant,
        "Số điện thoại": dossier.phone,
        "Cán bộ xử lý hiện tại": dossier.officer,
        "Trạng thái hồ sơ": dossier.status_text,
        "Hạn xử lý": _date(0, dossier.promised_at),
        # The column counts working days; a limit in calendar days is in the configuration instead.
        "Số ngày giải quyết": limit.amount if limit and limit.unit is LimitUnit.WORKING_DAYS else "",
        "Bước xử lý hiện tại": dossier.step,
        "Cập nhật nguồn": f"{EXPORTED_AT:%d/%m/%Y %H:%M}",
    }


def _date(number: int, moment: datetime | None) -> Cell:
    if moment is None:
        return ""
    if number % TEXT_EVERY:
        return moment.replace(tzinfo=None)
    return f"{moment:%d/%m/%Y}" if number % (2 * TEXT_EVERY) else f"{moment:%d/%m/%Y %H:%M}"


def write(file: Path, table: list[Row]) -> None:
    """Write the workbook; the same rows give the same bytes."""
    with Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"author": CENTRE, "created": EXPORTED_AT.replace(tzinfo=None)})
        sheet = book.add_worksheet("Sổ theo dõi")
        _set_page(sheet)
        _write_banner(book, sheet)
        _write_header(book, sheet)
        moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm", "border": 1})
        plain = book.add_format({"border": 1})
        for index, row in enumerate(table, start=FIRST_ROW):
            _write_row(sheet, index, row, moment, plain)
        _write_total(book, sheet, FIRST_ROW + len(table), len(table))


def _set_page(sheet: Worksheet) -> None:
    sheet.set_landscape()
    sheet.set_paper(8)  # A3
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADER, FIRST_ROW - 1)


def _write_banner(book: Workbook, sheet: Worksheet) -> None:
    last = LEFT + len(WIDTHS) - 1
    centred = book.add_format({"align": "center"})
    bold = book.add_format({"align": "center", "bold": True})
    title = book.add_format({"align": "center", "bold": True, "font_size": 14})
    sheet.merge_range(0, LEFT, 0, LEFT + 1, GOVERNING_BODY, centred)
    sheet.merge_range(1, LEFT, 1, LEFT + 1, CENTRE.upper(), bold)
    sheet.merge_range(3, LEFT, 3, last, "SỔ THEO DÕI HỒ SƠ", title)
    span = f"(Từ ngày {FIRST_DAY:%d/%m/%Y} đến ngày {DEMO_NOW:%d/%m/%Y}, kết xuất lúc {EXPORTED_AT:%H:%M})"
    sheet.merge_range(4, LEFT, 4, last, span, centred)


def _write_header(book: Workbook, sheet: Worksheet) -> None:
    """Write two merged rows of headings, and below them the row (1) (2) (3)."""
    style = {"bold": True, "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True}
    heading = book.add_format({**style, "bg_color": "#DDE6F0"})
    number = book.add_format({"italic": True, "border": 1, "align": "center"})
    sheet.set_column(0, 0, 2)
    for column, (name, width) in enumerate(WIDTHS.items(), start=LEFT):
        sheet.set_column(column, column, width)
        if name in DATES:
            sheet.write_string(HEADER + 1, column, name, heading)
        else:
            sheet.merge_range(HEADER, column, HEADER + 1, column, name, heading)
        sheet.write_string(HEADER + 2, column, f"({column - LEFT + 1})", number)
    first = LEFT + list(WIDTHS).index(DATES[0])
    sheet.merge_range(HEADER, first, HEADER, first + len(DATES) - 1, DATES_TITLE, heading)
    sheet.freeze_panes(FIRST_ROW, LEFT + 1)


def _write_row(sheet: Worksheet, index: int, row: Row, moment: Format, plain: Format) -> None:
    for column, value in enumerate(row.values(), start=LEFT):
        if isinstance(value, datetime):
            sheet.write_datetime(index, column, value, moment)
        elif isinstance(value, int):
            sheet.write_number(index, column, value, plain)
        elif value:
            sheet.write_string(index, column, value, plain)
        else:
            sheet.write_blank(index, column, None, plain)


def _write_total(book: Workbook, sheet: Worksheet, index: int, count: int) -> None:
    bold = book.add_format({"bold": True, "border": 1})
    sheet.write_string(index, LEFT, "Tổng cộng", bold)
    sheet.write_string(index, LEFT + 1, f"{count:,} hồ sơ".replace(",", "."), bold)
