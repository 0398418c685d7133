"""A TD system on loopback: numbered pages, filters by status and by days, the portal's fields and dates."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from systems_server import Reply, Request, System

WINDOWS = {"TiepNhan": "NgayTiepNhan", "NgayTra": "NgayTra"}
Item = dict[str, Any]


def written(at: datetime | None) -> str:
    return f"{at:%Y%m%d%H%M%S}" if at else ""


def ho_so(number: int, received: datetime | None, status: str = "4", **facts: Any) -> Item:
    due = received + timedelta(days=7) if received else None
    return {
        "MaHoSo": f"G09.20-{number:06}",
        "MaTTHC": "1.004444",
        "TenTTHC": "Thủ tục Ví Dụ",
        "TenLinhVuc": "Hộ tịch",
        "KenhThucHien": "1",
        "ChuHoSo": f"Nguyễn Văn Ví Dụ {number}",
        "NgayTiepNhan": written(received),
        "NgayHenTra": written(due),
        "TrangThaiHoSo": status,
        "NgayTra": "",
        "NgayKetThucXuLy": "",
        "DonViXuLy": "Phòng Kinh tế",
        **facts,
    }


class Td(System):
    """The dossiers of a province. `before` is called with the number of each question before its answer."""

    path = "/api/v1/HoSos"

    def __init__(self, items: Iterable[Item] = ()) -> None:
        super().__init__()
        self.items = list(items)
        self.before: Callable[[int], None] = lambda number: None
        self.largest_page = 1000
        self.tells_pages = True

    def answer(self, request: Request) -> Reply | object:
        if request.path != self.path:
            return Reply(404)
        self.before(len(self.asked))
        query = request.query
        number, size = int(query["PageNumber"]), min(int(query["PageSize"]), self.largest_page)
        found = self._listed(query)
        page = {
            "Data": found[(number - 1) * size : number * size],
            "CurrentPage": number,
            "TotalPages": -(-len(found) // size),
            "TotalCount": len(found),
            "PageSize": size,
        }
        if not self.tells_pages:
            del page["TotalPages"], page["CurrentPage"]
        return page

    def _listed(self, query: dict[str, str]) -> list[Item]:
        status = query.get("MaTrangThai")
        found = [each for each in self.items if status in (None, each["TrangThaiHoSo"])]
        for name, field in WINDOWS.items():
            if f"{name}From" in query:
                first, last = _digits(query[f"{name}From"]), _digits(query[f"{name}To"])
                found = [each for each in found if each[field] and first <= each[field] <= last]
        return sorted(found, key=lambda each: (each["NgayTiepNhan"], each["MaHoSo"]))


def _digits(text: str) -> str:
    return "".join(filter(str.isdecimal, text))
