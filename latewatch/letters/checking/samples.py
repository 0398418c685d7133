"""Made-up letters of every kind that a template must hold: short and long names, a deputy, no address …"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from latewatch.domain.letters.letter import Letter, LetterForm, Letterhead


@dataclass(frozen=True, slots=True)
class Sample:
    """A letter and what it tries. An ordinary one must fit on one page."""

    name: str
    about: str
    letter: Letter
    is_ordinary: bool = True


_HEAD = Letterhead(
    governing_body="Ủy ban nhân dân tỉnh Mẫu",
    issuing_body="Sở Xây dựng",
    place="Mẫu",
    signer_title="Giám đốc",
    unit_name="Sở Xây dựng",
    signer_name="Trần Văn Thí Điểm",
    symbol="PXL-SXD",
    desk_name="Trung tâm Phục vụ hành chính công tỉnh Mẫu",
)
_LETTER = Letter(
    head=_HEAD,
    form=LetterForm.EXTENSION,
    title="",
    dated=date(2026, 11, 12),
    code="H99.01-261009-0004",
    applicant="Nguyễn Văn Ví Dụ",
    address="Tổ 5, phường Thí Điểm, tỉnh Mẫu",
    phone="0900000123",
    received_at=datetime(2026, 10, 9, 2, 30, tzinfo=UTC),
    procedure="Cấp giấy phép xây dựng mới đối với nhà ở riêng lẻ",
    field="Hoạt động xây dựng",
    promised_on=date(2026, 11, 13),
    new_date=date(2026, 11, 20),
    reason="hồ sơ cần lấy ý kiến của cơ quan phối hợp",
    number=7,
)
_COMPANY = (
    "Công ty Trách nhiệm hữu hạn Một thành viên Đầu tư, Xây dựng, Thương mại, Xuất nhập khẩu và Dịch vụ "
    "Tổng hợp Ví Dụ Số Mười Hai"
)
_PROCEDURE = (
    "Cấp giấy phép xây dựng mới, giấy phép sửa chữa, cải tạo, giấy phép di dời công trình đối với công trình "
    "cấp đặc biệt, cấp I, cấp II (công trình không theo tuyến, theo tuyến trong đô thị, tín ngưỡng, tôn giáo)"
)
_REASON = "hồ sơ phải lấy ý kiến của nhiều cơ quan phối hợp và xác minh thực địa, bị gián đoạn vì mưa bão; "
_COMMUNE = replace(
    _HEAD,
    governing_body="Hội đồng nhân dân, Ủy ban nhân dân xã Ví Dụ Thứ Hai Mươi Mốt",
    issuing_body="Văn phòng Hội đồng nhân dân và Ủy ban nhân dân xã Ví Dụ Thứ Hai Mươi Mốt",
    unit_name="Văn phòng Hội đồng nhân dân và Ủy ban nhân dân xã Ví Dụ Thứ Hai Mươi Mốt",
    signer_title="Chánh Văn phòng",
    symbol="PXL-VPHĐND&UBND",
)
_DEPUTY = replace(_HEAD, deputy_title="Phó Giám đốc", signer_name="Lê Thị Minh Họa Ngọc Ánh")


def samples(form: LetterForm) -> list[Sample]:
    """Return the sample letters in one form."""
    letter = replace(_LETTER, form=form)
    bare = replace(letter, address="", phone="", field="", received_at=None)
    overdue = replace(letter, dated=date(2026, 11, 16), new_date=date(2026, 11, 24))
    foreign = "Maximilian-Alexander Jürgen van Beispielhuizen-Žižková O’Þórsson"
    return [
        Sample("thuong", "thư thường gặp", letter),
        Sample("du-thao", "dự thảo chưa có số, chưa có lý do", replace(letter, number=None, reason="")),
        Sample("ten-ngan", "tên một chữ", replace(letter, applicant="Ý", number=112)),
        Sample("ten-dai", "tổ chức có tên rất dài", replace(letter, applicant=_COMPANY)),
        Sample("nuoc-ngoai", "tên nước ngoài", replace(letter, applicant=foreign)),
        Sample("thu-tuc-dai", "tên thủ tục ba dòng", replace(letter, procedure=_PROCEDURE)),
        Sample("ky-thay", "cấp phó ký thay", replace(letter, head=_DEPUTY)),
        Sample("thieu-lien-he", "không có địa chỉ, điện thoại", bare),
        Sample("qua-han", "hồ sơ đã quá hạn", overdue),
        Sample("co-quan-dai", "cơ quan có tên dài", replace(letter, head=_COMMUNE), is_ordinary=False),
        Sample("ly-do-dai", "lý do rất dài", replace(letter, reason=_REASON * 25), is_ordinary=False),
    ]
