"""The official forms. Pure.

07a, 07b, 07c: Thông tư 09/2026/TT-BTP, Phụ lục. II.06a is the older form of the Government Office, which some
still ask for.
"""

from latewatch.domain.names import Level
from latewatch.domain.tally.columns import Column
from latewatch.domain.tally.counts import PENDING, RECEIVED, RESOLVED
from latewatch.domain.tally.layout import By, Form, Layout, Section

_IN = "Số lượng hồ sơ tiếp nhận"
DONE = "Số lượng hồ sơ đã giải quyết"
OPEN = "Số lượng hồ sơ đang giải quyết"
_NOW = "Trong kỳ"


def total_column(number: str, group: str, of: tuple[str, ...], *sums: str) -> Column:
    return Column(number=number, headings=(group, "Tổng số"), of=of, sums=sums)


def leaf(number: str, headings: tuple[str, ...], figure: str) -> Column:
    return Column(number=number, headings=headings, of=(figure,), name=figure)


RECEIVED_COLUMNS = (
    total_column("3", _IN, RECEIVED, "4", "5", "6", "7", "8"),
    leaf("4", (_IN, _NOW, "Trực tuyến toàn trình"), "online_full"),
    leaf("5", (_IN, _NOW, "Trực tuyến một phần"), "online_partial"),
    leaf("6", (_IN, _NOW, "Qua dịch vụ bưu chính"), "postal"),
    leaf("7", (_IN, _NOW, "Trực tiếp"), "direct"),
    leaf("8", (_IN, "Từ kỳ trước"), "carried"),
)
RESOLVED_COLUMNS = (
    total_column("9", DONE, RESOLVED, "10", "11", "12"),
    leaf("10", (DONE, "Trước hạn"), "early"),
    leaf("11", (DONE, "Đúng hạn"), "on_time"),
)
STANDARD = (
    *RECEIVED_COLUMNS,
    *RESOLVED_COLUMNS,
    leaf("12", (DONE, "Quá hạn"), "late"),
    total_column("13", OPEN, PENDING, "14", "15"),
    leaf("14", (OPEN, "Trong hạn"), "within"),
    leaf("15", (OPEN, "Quá hạn"), "overdue"),
)
MEETS = (("3", ("9", "13")),)  # inferred: what came in is done or pending
FORM_07A = Layout(
    form=Form.BY_FIELD,
    number="Biểu số 07a/BTP/KSTT",
    sheet="Biểu 07a",
    title=(
        "TÌNH HÌNH, KẾT QUẢ GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH TẠI CƠ QUAN, ĐƠN VỊ\n"
        "TRỰC TIẾP GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH"
    ),
    by=By.FIELD,
    columns=STANDARD,
    receiver="UBND cấp tỉnh; bộ, cơ quan ngang bộ",
    also=MEETS,
)
FORM_07B = Layout(
    form=Form.PROVINCE,
    number="Biểu số 07b/BTP/KSTT",
    sheet="Biểu 07b",
    title="TÌNH HÌNH, KẾT QUẢ GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH CỦA UBND CẤP TỈNH",
    by=By.FIELD,
    columns=STANDARD,
    receiver="Bộ Tư pháp",
    sections=(
        Section("I", "Tình hình, kết quả giải quyết TTHC thuộc phạm vi thẩm quyền của UBND cấp tỉnh"),
        Section(
            "II",
            "Tổng hợp tình hình, kết quả giải quyết TTHC thuộc phạm vi thẩm quyền của UBND cấp xã",
            Level.COMMUNE,
        ),
    ),
    also=MEETS,
    notes=("Mục II: Số liệu được tổng hợp từ báo cáo của UBND các xã, phường, đặc khu.",),
)
_WHOLE = "Tổng hợp tình hình, kết quả giải quyết TTHC"
_VERTICAL = f"{_WHOLE} thuộc phạm vi thẩm quyền của cơ quan trung ương tổ chức theo ngành dọc"
FORM_07C = Layout(
    form=Form.MINISTRY,
    number="Biểu số 07c/BTP/KSTT",
    sheet="Biểu 07c",
    title="TỔNG HỢP TÌNH HÌNH, KẾT QUẢ GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH CỦA BỘ, CƠ QUAN",
    by=By.FIELD,
    columns=STANDARD,
    receiver="Bộ Tư pháp",
    sections=(
        Section("I", f"{_WHOLE} tại các cơ quan, đơn vị trực thuộc"),
        Section("II", f"{_VERTICAL} cấp trung ương", Level.CENTRAL),
        Section("III", f"{_VERTICAL} cấp khu vực/tỉnh", Level.PROVINCE),
        Section("IV", f"{_VERTICAL} cấp xã", Level.COMMUNE),
    ),
    also=MEETS,
    notes=(
        "Cột số (8) của kỳ báo cáo (N) bất kỳ = cột số (13) của kỳ báo cáo (N-1).",
        "Các mục I, II, III, IV: Số liệu được tổng hợp từ báo cáo của các cơ quan, đơn vị trực thuộc.",
    ),
)
FORM_II06A = Layout(
    form=Form.OLD,
    number="Biểu số II.06a/VPCP/KSTT",
    sheet="Biểu II.06a",
    title=FORM_07A.title,
    by=By.FIELD,
    columns=(
        total_column("3", _IN, RECEIVED, "4", "5", "6"),
        Column(
            number="4",
            headings=(_IN, _NOW, "Trực tuyến"),
            of=("online_full", "online_partial"),
            name="online",
        ),
        Column(
            number="5",
            headings=(_IN, _NOW, "Trực tiếp, dịch vụ bưu chính"),
            of=("postal", "direct"),
            name="offline",
        ),
        leaf("6", (_IN, "Từ kỳ trước"), "carried"),
        total_column("7", DONE, RESOLVED, "8", "9", "10"),
        leaf("8", (DONE, "Trước hạn"), "early"),
        leaf("9", (DONE, "Đúng hạn"), "on_time"),
        leaf("10", (DONE, "Quá hạn"), "late"),
        total_column("11", OPEN, PENDING, "12", "13"),
        leaf("12", (OPEN, "Trong hạn"), "within"),
        leaf("13", (OPEN, "Quá hạn"), "overdue"),
    ),
    also=(("3", ("7", "11")),),
)
