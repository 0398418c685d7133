"""The office's own tables: by unit, procedure and officer, letters, supplements, stages. Pure."""

from latewatch.domain.tally.columns import Column, Share
from latewatch.domain.tally.counts import PENDING
from latewatch.domain.tally.layout import By, Form, Layout
from latewatch.domain.tally.official_forms import (
    DONE,
    MEETS,
    OPEN,
    RECEIVED_COLUMNS,
    RESOLVED_COLUMNS,
    STANDARD,
    leaf,
    total_column,
)

_ON_TIME = "Tỷ lệ đúng hạn trên đã giải quyết (%)"


def _rated(columns: tuple[Column, ...], number: str) -> tuple[Column | Share, ...]:
    return (*columns, Share(number=number, headings=(_ON_TIME,), parts=("10", "11"), whole="9"))


_APART = "Không giải quyết đến cùng"
_WAITING = "Chờ tiếp nhận cuối kỳ"


def _with_letters(number: str, group: str, figure: str) -> tuple[Column, ...]:
    """Return the late ones: all, those whose letter of apology was sent, those without."""
    with_letter = f"{figure}_with_letter"
    return (
        Column(
            number=number,
            headings=(group, "Quá hạn", "Tổng số"),
            of=(figure,),
            sums=(f"{number}a", f"{number}b"),
            name=figure,
        ),
        leaf(f"{number}a", (group, "Quá hạn", "đã có thư xin lỗi"), with_letter),
        Column(
            number=f"{number}b",
            headings=(group, "Quá hạn", "chưa có thư xin lỗi"),
            of=(figure,),
            less=(with_letter,),
            name=f"{figure}_without_letter",
        ),
    )


UNITS = Layout(
    form=Form.BY_UNIT,
    number="Bảng nội bộ",
    sheet="Theo đơn vị",
    title="TÌNH HÌNH, KẾT QUẢ GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH THEO ĐƠN VỊ",
    by=By.UNIT,
    columns=_rated(
        (
            *RECEIVED_COLUMNS,
            *RESOLVED_COLUMNS,
            *_with_letters("12", DONE, "late"),
            total_column("13", OPEN, PENDING, "14", "15"),
            leaf("14", (OPEN, "Chưa đến hạn"), "within"),
            *_with_letters("15", OPEN, "overdue"),
            leaf("16", (_APART, "Rút hồ sơ"), "withdrawn"),
            leaf("17", (_APART, "Dừng xử lý"), "stopped"),
            leaf("18", (_APART, "Từ chối"), "refused"),
            leaf("19", (_APART, "Không tiếp nhận"), "not_accepted"),
            Column(
                number="20",
                headings=(_WAITING, "Đúng hạn"),
                of=("waiting",),
                less=("waiting_late",),
                name="waiting_on_time",
            ),
            leaf("21", (_WAITING, "Quá hạn"), "waiting_late"),
        ),
        "22",
    ),
    also=MEETS,
    notes=(
        "Số cột theo biểu 07a/BTP/KSTT. Văn bản xin lỗi không làm hồ sơ hết quá hạn.",
        "Cột (16) đến (21) ghi để biết, không cộng thêm vào (3), (9), (13); loại nào đã nằm trong các cột "
        "đó là do cách đếm đã chọn.",
        "Cột (21): hồ sơ trực tuyến quá 08 giờ làm việc chưa được tiếp nhận hay yêu cầu bổ sung "
        "(NĐ 118/2025/NĐ-CP, Điều 17.2c).",
    ),
)
PROCEDURES = Layout(
    form=Form.BY_PROCEDURE,
    number="Bảng nội bộ",
    sheet="Theo thủ tục",
    title="TÌNH HÌNH, KẾT QUẢ GIẢI QUYẾT THEO THỦ TỤC HÀNH CHÍNH",
    by=By.PROCEDURE,
    columns=_rated(STANDARD, "16"),
    also=MEETS,
    notes=("Số cột theo biểu 07a/BTP/KSTT.",),
)
OFFICERS = Layout(
    form=Form.BY_OFFICER,
    number="Bảng nội bộ",
    sheet="Theo cán bộ",
    title="TÌNH HÌNH, KẾT QUẢ GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH THEO CÁN BỘ XỬ LÝ",
    by=By.OFFICER,
    columns=_rated(STANDARD, "16"),
    also=MEETS,
    notes=(
        "Số cột theo biểu 07a/BTP/KSTT. Cán bộ là người nguồn ghi sau cùng, chưa chắc là người làm trễ.",
        "Bảng có họ tên cán bộ: chỉ dùng trong cơ quan, không đăng. Tắt bằng by_officer trong [reports].",
    ),
)
_OWED = "Hồ sơ quá hạn phải xin lỗi"
LETTERS = Layout(
    form=Form.LETTERS,
    number="Bảng nội bộ",
    sheet="Văn bản xin lỗi",
    title="TÌNH HÌNH XIN LỖI VÀ HẸN LẠI NGÀY TRẢ KẾT QUẢ",
    by=By.UNIT,
    columns=(
        Column(
            number="3",
            headings=(_OWED, "Tổng số"),
            of=("letter_in_time", "letter_late", "letter_missing"),
            sums=("4", "5", "6"),
            name="letter_required",
        ),
        leaf("4", (_OWED, "Đã gửi đúng hạn"), "letter_in_time"),
        leaf("5", (_OWED, "Đã gửi muộn"), "letter_late"),
        leaf("6", (_OWED, "Chưa gửi"), "letter_missing"),
        leaf("7", ("Trong (3)", "Đã giải quyết"), "late"),
        leaf("8", ("Trong (3)", "Đang giải quyết"), "overdue"),
        leaf("9", ("Đề nghị hẹn lại lần hai",), "second_request"),
        leaf("10", ("Thư gửi trong kỳ, mọi hồ sơ",), "letter_sent"),
        Share(number="11", headings=("Tỷ lệ xin lỗi đúng hạn (%)",), parts=("4",), whole="3"),
    ),
    also=(("3", ("7", "8")),),
    notes=(
        "Đúng hạn: gửi chậm nhất 01 ngày trước ngày hết hạn giải quyết (NĐ 118/2025/NĐ-CP, Điều 19.6).",
        "Cột (9): ngày hẹn trong dữ liệu đã vượt ngày hẹn lại của văn bản xin lỗi; chỉ được hẹn lại một lần.",
        "Thư tính từ ngày gửi; dự thảo, thư đã hủy không tính. (7), (8) là cột (12), (15) của biểu 07a.",
    ),
)
_ASKED = "Hồ sơ bị yêu cầu bổ sung trong kỳ"
SUPPLEMENTS = Layout(
    form=Form.SUPPLEMENTS,
    number="Bảng nội bộ",
    sheet="Yêu cầu bổ sung",
    title="YÊU CẦU BỔ SUNG HỒ SƠ THEO THỦ TỤC HÀNH CHÍNH",
    by=By.PROCEDURE,
    columns=(
        leaf("3", ("Hồ sơ có trong kỳ",), "present"),
        Column(
            number="4",
            headings=(_ASKED, "Tổng số"),
            of=("asked_once", "asked_twice", "asked_more"),
            sums=("5", "6", "7"),
            name="asked",
        ),
        leaf("5", (_ASKED, "Một lần"), "asked_once"),
        leaf("6", (_ASKED, "Hai lần"), "asked_twice"),
        leaf("7", (_ASKED, "Ba lần trở lên"), "asked_more"),
        leaf("8", ("Số lượt yêu cầu",), "requests"),
        leaf("9", ("Đang chờ bổ sung cuối kỳ",), "awaiting_supplement"),
        Share(number="10", headings=("Tỷ lệ bị yêu cầu bổ sung (%)",), parts=("4",), whole="3"),
    ),
    notes=(
        "Cột (3): hồ sơ đã tiếp nhận và chưa xong trước kỳ. Cột (8) đếm lượt, một hồ sơ có thể nhiều lượt.",
        "Chỉ đếm được yêu cầu mà nguồn có báo; tệp xuất chỉ có cột lần bổ sung gần nhất thì đếm lần đó.",
    ),
)
_FINISHED = "Chặng đã xong trong kỳ"
_HELD = "Chặng đang giữ cuối kỳ"
_DAYS = "Ngày làm việc"
STAGES = Layout(
    form=Form.BY_STAGE,
    number="Bảng nội bộ",
    sheet="Theo chặng",
    title="HỒ SƠ LIÊN THÔNG: TỪNG ĐƠN VỊ DÙNG HẾT BAO NHIÊU THỜI GIAN",
    by=By.STAGE_UNIT,
    counted="Số chặng",
    columns=(
        Column(
            number="3",
            headings=("Chặng có trong kỳ",),
            of=(
                *("stage_in_time", "stage_late", "stage_done_without_limit"),
                *("stage_running", "stage_overdue", "stage_waiting", "stage_open_without_limit"),
            ),
            sums=("4", "8"),
        ),
        Column(
            number="4",
            headings=(_FINISHED, "Tổng số"),
            of=("stage_in_time", "stage_late", "stage_done_without_limit"),
            sums=("5", "6", "7"),
        ),
        leaf("5", (_FINISHED, "Đúng hạn"), "stage_in_time"),
        leaf("6", (_FINISHED, "Quá hạn"), "stage_late"),
        leaf("7", (_FINISHED, "Không rõ hạn"), "stage_done_without_limit"),
        Column(
            number="8",
            headings=(_HELD, "Tổng số"),
            of=("stage_running", "stage_overdue", "stage_waiting", "stage_open_without_limit"),
            sums=("9", "10", "11", "12"),
        ),
        leaf("9", (_HELD, "Trong hạn"), "stage_running"),
        leaf("10", (_HELD, "Quá hạn"), "stage_overdue"),
        leaf("11", (_HELD, "Tạm dừng"), "stage_waiting"),
        leaf("12", (_HELD, "Không rõ hạn"), "stage_open_without_limit"),
        leaf("13", ("Chặng quá hạn của hồ sơ quá hạn",), "stage_at_fault"),
        leaf("14", (_DAYS, "Đã dùng"), "stage_days"),
        leaf("15", (_DAYS, "Quá hạn của chặng"), "stage_days_over"),
        Share(number="16", headings=("Tỷ lệ chặng đúng hạn (%)",), parts=("5",), whole="4"),
    ),
    notes=(
        "Một hồ sơ có nhiều chặng nên được đếm ở nhiều dòng; thời hạn từng chặng theo phiếu chuyển "
        "(NĐ 118/2025/NĐ-CP, Điều 20.2).",
        "Cột (13): chặng vượt hạn riêng của nó trong hồ sơ mà cả hồ sơ cũng quá hạn.",
        "Cột (14), (15) đếm ngày làm việc theo lịch của đơn vị giữ chặng, không kể ngày tạm dừng.",
    ),
)
