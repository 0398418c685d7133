"""The demo's config.toml: every table a real office fills in, with comments in Vietnamese."""

import json
from collections.abc import Iterable

from latewatch.demo.cast import CENTRE, GOVERNING_BODY, PROVINCE, Cast, Desk, Procedure, Unit
from latewatch.domain.limit import LimitUnit

FOLDERS = ("in/a", "in/b", "in/c")
SECRETS, TRUSTED = "bi-mat", "chung-thu-tin-cay"
SIGNING_UNIT, SIGNING_BODY = "XVD", "UBND xã Ví Dụ"  # the unit whose letters are signed here
REASON = (
    "hồ sơ cần lấy ý kiến của cơ quan phối hợp, đến nay chưa nhận được văn bản trả lời "
    "nên chưa đủ căn cứ để giải quyết"
)


def config_text(cast: Cast) -> str:
    """Return the whole file. Paths in it start at its own folder."""
    parts = [
        "# Cấu hình của bản trình diễn. Mọi tên người, cơ quan và địa chỉ trong tệp này đều là hư cấu.\n",
        _OFFICE,
        "# Các đơn vị giải quyết: tên gọi trong tệp xuất (aliases) và thể thức văn bản xin lỗi.\n",
        *(_unit(unit) for unit in cast.units),
        "# Các quầy và người nhận bản tin buổi sáng.\n",
        *(_desk(desk) for desk in cast.desks),
        _SOURCES,
        "# Thời hạn của các thủ tục mà tệp xuất không ghi: 5d là ngày làm việc, 15cd là ngày\n"
        "# theo lịch, 8h là giờ làm việc, day là trong ngày.\n",
        *(_procedure(procedure) for procedure in listed_procedures(cast)),
        _REST,
    ]
    return "\n".join(parts)


def listed_procedures(cast: Cast) -> list[Procedure]:
    """Return the procedures whose limit the exports do not give and the office knows."""
    register, report = cast.exports
    by_calendar = [p for p in register.procedures if p.time_limit.unit is LimitUnit.CALENDAR_DAYS]
    return by_calendar + [p for p in report.procedures if not p.promise_only]


def _table(header: str, values: Iterable[tuple[str, str | tuple[str, ...] | None]]) -> str:
    lines = [f"{key} = {_quoted(value)}" for key, value in values if value]
    return "\n".join([header, *lines, ""])


def _quoted(value: str | tuple[str, ...] | None) -> str:
    """Write a string or a list as TOML, whose basic strings are JSON's."""
    return json.dumps(value, ensure_ascii=False)


def _unit(unit: Unit) -> str:
    names = ("code", "name", "aliases", "governing_body", "issuing_body", "place")
    signer = ("signer_title", "deputy_title", "signer_name")
    symbol = ("letter_symbol", f"PXL-{unit.code}")
    level = ("level", "province" if unit.name.startswith("Sở ") else "commune")
    return _table("[[units]]", [*((name, getattr(unit, name)) for name in names + signer), symbol, level])


def _desk(desk: Desk) -> str:
    names = ("code", "name", "aliases", "units", "mail_to")
    return _table("[[desks]]", [(name, getattr(desk, name)) for name in names])


def _procedure(procedure: Procedure) -> str:
    return _table("[[procedures]]", [(name, getattr(procedure, name)) for name in ("code", "name", "limit")])


_OFFICE = f"""\
[office]
name = "{CENTRE} {PROVINCE}"
governing_body = "{GOVERNING_BODY}"
issuing_body = "{CENTRE} {PROVINCE}"
place = "Mẫu"
signer_title = "Giám đốc"
signer_name = "Nguyễn Văn Ví Dụ"
desk_name = "{CENTRE} {PROVINCE}"
"""

_SOURCES = f"""\
# Hai hệ thống, mỗi hệ thống kết xuất hồ sơ vào một thư mục; thư mục thứ ba có danh sách các lần tạm dừng và
# các chặng của hồ sơ liên thông. Tệp đọc xong được chuyển vào done/ bên trong thư mục của nó.
[[sources]]
name = "so-theo-doi"
folder = "{FOLDERS[0]}"
settle_seconds = 0.0  # tệp trình diễn đã ghi xong, không cần chờ

[[sources]]
name = "bao-cao"
folder = "{FOLDERS[1]}"
settle_seconds = 0.0

[[sources]]
name = "su-kien"
profile = "events"
folder = "{FOLDERS[2]}"
settle_seconds = 0.0
"""

_REST = f"""\
[counting]
due = "computed"  # hạn tính theo quy định; không rõ thời hạn thì lấy ngày hẹn trả
due_soon_working_days = 2
period = "15-14"  # tháng báo cáo từ ngày 15 tháng trước đến ngày 14

[letters]
reason = {_quoted(REASON)}
new_date_working_days = 5

# Chứng thư số tự tạo của {SIGNING_BODY}: người ký, rồi con dấu. Đơn vị khác xuất PDF để ký nơi khác.
[[signers]]
unit = "{SIGNING_UNIT}"
kind = "person"
pkcs12_file = "{SECRETS}/nguoi-ky.p12"
password_file = "{SECRETS}/mat-khau.txt"
image = "{SECRETS}/nguoi-ky.png"

[[signers]]
unit = "{SIGNING_UNIT}"
kind = "seal"
pkcs12_file = "{SECRETS}/con-dau.p12"
password_file = "{SECRETS}/mat-khau.txt"
image = "{SECRETS}/con-dau.png"

[signing]
trusted = "{TRUSTED}"

[schedule]
poll_minutes = 30
letters_at = 07:00:00
digest_at = 07:30:00

# Không ghi máy chủ thư (host): bản tin được ghi thành tệp .eml trong thư mục outbox.
[mail]
sender = "mot-cua@example.com"

[paths]
database = "latewatch.db"
letters = "letters"
reports = "reports"
outbox = "outbox"
"""
