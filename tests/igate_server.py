"""An iGate 2 on loopback: pages that move while they are read, names and dates in all the ways it writes them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from systems_server import Reply, Request, System

from latewatch.clock import VIETNAM

LATEST = datetime(2026, 11, 12, 7, 30, tzinfo=VIETNAM)
STATUSES = ("Mới tiếp nhận", "Đang xử lý", "Yêu cầu bổ sung", "Đã xử lý xong", "Đã trả kết quả")


def iso(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.000+0700"


def plain(moment: datetime) -> str:
    return f"{moment:%d/%m/%Y %H:%M:%S}"


class IGate(System):
    """`number` dossiers, each updated a minute before the next; an update moves one to the front.

    After each page the next of `meanwhile` happens.
    """

    def __init__(self, number: int = 0) -> None:
        super().__init__()
        self.order = list(range(number))  # the newest first
        self.updated = {n: LATEST - timedelta(minutes=n) for n in self.order}
        self.versions = dict.fromkeys(self.order, 1)
        self.extra: dict[int, dict[str, Any]] = {}  # keys of single dossiers
        self.meanwhile: list[Callable[[], None]] = []
        self.largest_page = 1000
        self._ticks = 0

    def touch(self, *numbers: int) -> None:
        """Update dossiers, or add new ones: each comes to the front."""
        for n in numbers:
            self._ticks += 1
            self.updated[n] = LATEST + timedelta(seconds=self._ticks)
            self.versions[n] = self.versions.get(n, 0) + 1
            if n in self.order:
                self.order.remove(n)
            self.order.insert(0, n)

    def remove(self, *numbers: int) -> None:
        for n in numbers:
            self.order.remove(n)

    def answer(self, request: Request) -> Reply | object:
        assert request.path == "/pa/dossier/search"
        assert request.query["sort"] == "updatedDate,desc"
        page, size = int(request.query["page"]), min(int(request.query["size"]), self.largest_page)
        numbers = self.order[page * size : (page + 1) * size]
        answer = self.page([self.item(n) for n in numbers], page, size, request.query["spec"])
        if self.meanwhile:
            self.meanwhile.pop(0)()
        return answer

    def page(self, items: list[Any], page: int, size: int, spec: str) -> dict[str, Any]:
        is_last = (page + 1) * size >= len(self.order)
        whole = {"totalPages": -(-len(self.order) // size), "totalElements": len(self.order)}
        return {
            "content": items,
            "last": is_last,
            "pageable": {"pageNumber": page},
            **(whole if spec == "page" else {}),
        }

    def item(self, n: int) -> dict[str, Any]:
        """One dossier; every third of them writes its names in the same way."""
        accepted = datetime(2026, 11, 2, 7, 47, 28, tzinfo=VIETNAM) - timedelta(minutes=n % 4000)
        status = STATUSES[n % len(STATUSES)]
        made = {
            "id": f"{n:024x}",
            "code": self.code(n),
            "dossierStatus": {"id": n % 5, "name": self.name(n, status), "comment": ""},
            "dossierTaskStatus": {"id": 1, "name": self.name(n, "Thẩm định")},
            "applicant": {"data": {"ownerFullname": "Nguyễn Văn Ví Dụ", "phoneNumber": "0900000000"}},
            "procedure": {
                "id": "p1",
                "code": "1.001193",
                "translate": [{"languageId": 228, "name": "Đăng ký Ví Dụ"}]
                if n % 2
                else {"languageId": 228, "name": "Đăng ký Ví Dụ"},
                "sector": {"id": "s1", "code": "HT", "name": self.name(n, "Hộ tịch")},
            },
            "agency": {"id": "a1", "code": "PKT", "name": self.name(n, "Phòng Kinh tế")},
            "applyMethod": {"id": 1, "name": self.name(n, "Trực tiếp")},
            "acceptedDate": iso(accepted),
            "appointmentDate": plain(accepted + timedelta(days=14)),
            "processingTime": 10,
            "processingTimeUnit": "d",
            "currentTask": [{"assignee": {"fullname": f"Cán bộ {self.versions[n]}"}, "isCurrent": 1}],
            "updatedDate": iso(self.updated[n]) if n % 2 else plain(self.updated[n]),
        }
        if n % len(STATUSES) >= 3:
            made["completedDate"] = plain(accepted + timedelta(days=3))
        return {**made, **self.extra.get(n, {})}

    @staticmethod
    def code(n: int) -> str:
        return f"H36.12-261102-{n:05}"

    @staticmethod
    def name(n: int, text: str) -> object:
        in_english, in_vietnamese = (
            {"languageId": 46, "name": "in English"},
            {"languageId": 228, "name": text},
        )
        return (text, in_vietnamese, [in_english, in_vietnamese])[n % 3]
