"""Packets of the national portal, as files and as a test's own words for their records."""

import json
from pathlib import Path
from typing import Any

from offices import UNITS, Desk, desk_in

from latewatch.config import Source
from latewatch.domain.reading import Reading
from latewatch.sources.profiles.profile import Profile, load_profile
from latewatch.sources.systems.packet_records import PacketReader
from latewatch.sources.systems.packets import open_packet

RECORDS, PROGRESS, STATES = "DongBoHoSoMC", "CapNhatTienDoHoSoMC", "DongBoTrangThaiHoSo"
SOURCE = """
[[sources]]
name = "dvcqg"
profile = "dvcqg"
folder = "in"
settle_seconds = 0.0
"""
EMPTY_LISTS = ("DinhDanhCHS", "TaiLieuNop", "DanhSachLePhi", "DanhSachTepDinhKemKhac", "DanhSachGiayToKetQua")

Record = dict[str, Any]


def hoso(code: str = "H1", status: Any = "4", **fields: Any) -> Record:
    """A record as systems send it: strings throughout, empty ones too."""
    usual: Record = {
        "MaHoSo": code,
        "MaTTHC": "1.004194",
        "TenTTHC": "Thủ tục Ví Dụ",
        "TenLinhVuc": "Hộ tịch",
        "KenhThucHien": "1",
        "ChuHoSo": "Nguyễn Văn Ví Dụ",
        "SoDienThoai": "",
        "Email": "",
        "NgayTiepNhan": "20261102083000",
        "NgayHenTra": "20261109170000",
        "TrangThaiHoSo": status,
        "NgayTra": "",
        "NgayKetThucXuLy": "",
        "DonViXuLy": "Phòng Kinh tế",
        "NoiNopHoSo": "1",
        "DanhSachHoSoBoSung": [],
        **{key: [] for key in EMPTY_LISTS},
    }
    return {**usual, **fields}


def bo_sung(
    asked: str = "20261103100000", got: str = "", content: str = "Thiếu bản vẽ", **more: str
) -> Record:
    usual = {"HoSoBoSungId": "1", "NgayBoSung": asked, "NgayTiepNhanBoSung": got, "NoiDungBoSung": content}
    return {**usual, "NgayHenTraTruoc": "", "NgayHenTraMoi": "", **more}


def step(
    code: str = "H1", unit: str = "Phòng Kinh tế", start: str = "20261102083000", **fields: Any
) -> Record:
    usual = {"MaHoSo": code, "NguoiXuLy": "", "PhongBanXuLy": unit, "NgayBatDau": start, "ThoiDiemXuLy": ""}
    return {**usual, "NgayKetThucTheoQuyDinh": "", "TrangThai": "4", **fields}


def envelope(service: str, *records: Any) -> Record:
    return {"session": "x", "madonvi": "H00", "isUpdating": "True", "service": service, "data": [*records]}


def encoded(content: Any) -> bytes:
    return content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode()


def profile(**settings: Any) -> Profile:
    return load_profile(Source(name="dvcqg", folder=Path("in"), profile="dvcqg", **settings))


def read(content: Any, name: str = "goi.json", **settings: Any) -> Reading:
    """Read a packet as the reader does."""
    return PacketReader(name, profile(**settings)).read(open_packet(name, encoded(content)))


def packet_desk(folder: Path, source: str = SOURCE) -> Desk:
    desk = desk_in(folder)
    desk.configure(source, UNITS)
    return desk


def drop(desk: Desk, name: str, content: Any) -> Path:
    """Put a packet into the folder of `desk`, a minute newer than the last."""
    path = desk.folder / "in" / name
    path.write_bytes(encoded(content))
    desk.stamp(path)
    return path
