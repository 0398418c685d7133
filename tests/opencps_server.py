"""An OpenCPS on loopback: listings by status and by days, offset paging, dates in two styles."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from systems_server import Reply, Request, System

GROUP = "35166"
WINDOWS = {"ReceiveDate": "receiveDate", "ReleaseDate": "releaseDate", "FinishDate": "finishDate"}
Item = dict[str, Any]


def spoken(at: datetime | None) -> str:
    return f"{at:%d/%m/%Y %H:%M:%S}" if at else ""


def raw(at: datetime | None) -> str:
    return f"{at:%Y%m%d%H%M%S}" if at else ""


def item(number: int, received: datetime | None, status: str = "processing", **facts: Any) -> Item:
    """One dossier as the list has it: some dates spoken, some raw."""
    due = received + timedelta(days=7) if received else None
    return {
        "dossierId": 1000 + number,
        "dossierNo": f"H36.12-{number:06}",
        "serviceCode": "1.004444",
        "serviceName": "Thủ tục Ví Dụ",
        "govAgencyCode": "PKT",
        "govAgencyName": "Phòng Kinh tế",
        "applicantName": f"Nguyễn Văn Ví Dụ {number}",
        "contactTelNo": "0900000000",
        "submitDate": spoken(received),
        "receiveDate": spoken(received),
        "dueDate": spoken(due),
        "extendDate": "",
        "releaseDate": "",
        "finishDate": "",
        "dossierStatus": status,
        "dossierStatusText": status.title(),
        "lockState": "",
        "durationCount": 5,
        "durationUnit": 0,
        "viaPostal": 0,
        "online": False,
        "originality": 3,
        "stepName": "Thẩm định",
        "currentActionUser": "Trần Thị Ví Dụ",
        "timeOverdueText": "",
        **facts,
    }


def closed(number: int, received: datetime, released: datetime, status: str = "done", **facts: Any) -> Item:
    return item(
        number, received, status, **{"releaseDate": raw(released), "finishDate": raw(released), **facts}
    )


@cache
def day_of(text: str) -> date | None:
    """Read either style."""
    if not text:
        return None
    form = "%d/%m/%Y" if "/" in text else "%Y%m%d"
    return datetime.strptime(text[: 10 if "/" in text else 8], form).date()  # noqa: DTZ007  a day


class OpenCps(System):
    """The dossiers of one site. `before` is called with the number of each question before its answer."""

    def __init__(self, items: Iterable[Item] = (), largest_page: int = 10_000) -> None:
        super().__init__()
        self.items = list(items)
        self.largest_page = largest_page
        self.before: Callable[[int], None] = lambda number: None
        self._listings: dict[tuple[str, ...], list[Item]] = {}

    def change(self, items: Sequence[Item]) -> None:
        """Put items in the place of those with the same id, or add them."""
        ids = {each["dossierId"]: at for at, each in enumerate(self.items)}
        for each in items:
            if each["dossierId"] in ids:
                self.items[ids[each["dossierId"]]] = each
            else:
                self.items.append(each)
        self._listings.clear()

    def remove(self, *numbers: int) -> None:
        self.items = [each for each in self.items if each["dossierId"] - 1000 not in numbers]
        self._listings.clear()

    def answer(self, request: Request) -> Reply | object:
        if request.path != "/secure/rest/v2/dossiers" or request.headers.get("groupid") != GROUP:
            return Reply(404)
        self.before(len(self.asked))
        query = dict(request.query)
        start, end = int(query.pop("start", "0")), int(query.pop("end", "10"))
        key = tuple(f"{name}={value}" for name, value in sorted(query.items()))
        if key not in self._listings:
            self._listings[key] = self._listed(query)
        found = self._listings[key]
        return {"total": len(found), "data": found[start : min(end, start + self.largest_page)]}

    def _listed(self, query: dict[str, str]) -> list[Item]:
        statuses = query["status"].split(",") if "status" in query else None
        found = [each for each in self.items if statuses is None or each["dossierStatus"] in statuses]
        for name, field in WINDOWS.items():
            if f"from{name}" in query:
                first, last = day_of(query[f"from{name}"]), day_of(query[f"to{name}"])
                assert first
                assert last
                found = [each for each in found if (day := day_of(each[field])) and first <= day <= last]
        return sorted(found, key=lambda each: (_moment(each["receiveDate"]), each["dossierId"]))


def _moment(text: str) -> str:
    return f"{text[6:10]}{text[3:5]}{text[:2]}{text[11:]}" if "/" in text else text
