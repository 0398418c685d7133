"""One dossier as OpenCPS lists it: which field says what, dates in two styles, what is set aside."""

from datetime import datetime
from typing import Any

import msgspec
import pytest
from opencps_server import item
from worlds import moment

from latewatch.config import Source
from latewatch.domain.dossier import Channel, Status
from latewatch.domain.limit import TimeLimit
from latewatch.domain.reading import Reading
from latewatch.sources.profiles.profile import Delivers, load_profile
from latewatch.sources.systems.opencps_records import HoSo, read
from latewatch.sources.systems.records import Records

RECEIVED = datetime(2026, 11, 2, 8, 30)  # noqa: DTZ001  as the system writes it


def reading(*items: Any, **settings: Any) -> Reading:
    source = Source(name="opencps", url="http://localhost", profile="opencps", **settings)
    raws = [msgspec.Raw(msgspec.json.encode(each)) for each in items]
    return Records(load_profile(source), HoSo, read).part(raws, "opencps")


def facts(settings: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    result = reading(item(7, RECEIVED, **changes), **(settings or {}))
    assert not result.rejected, result.rejected
    return dict(result.reported[0].facts)


def rejected(**changes: Any) -> tuple[str, str]:
    result = reading(item(7, RECEIVED, **changes))
    assert not result.reported
    return result.rejected[0].column, result.rejected[0].reason


def test_each_field_says_what_it_says() -> None:
    found = facts(address="Thôn Ví Dụ", contactEmail="vi.du@example.com")
    assert found == {
        "status": Status.PROCESSING,
        "status_text": "Processing",
        "submitted_at": moment("2026-11-02T08:30"),
        "received_at": moment("2026-11-02T08:30"),
        "promised_at": moment("2026-11-09T08:30"),
        "processed_at": None,
        "returned_at": None,
        "time_limit": TimeLimit.parse("5d"),
        "channel": Channel.DIRECT,
        "procedure_code": "1.004444",
        "procedure": "Thủ tục Ví Dụ",
        "resolving_unit": "Phòng Kinh tế",
        "applicant": "Nguyễn Văn Ví Dụ 7",
        "address": "Thôn Ví Dụ",
        "phone": "0900000000",
        "email": "vi.du@example.com",
        "officer": "Trần Thị Ví Dụ",
        "step": "Thẩm định",
    }


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        pytest.param("03/11/2026 14:05:06", "2026-11-03T14:05:06", id="spoken"),
        pytest.param("20261103140506", "2026-11-03T14:05:06", id="raw"),
        pytest.param(20261103140506, "2026-11-03T14:05:06", id="raw, as a number"),
        pytest.param("03/11/2026", "2026-11-03", id="without clock time"),
        pytest.param("", None, id="empty"),
        pytest.param(None, None, id="null"),
    ],
)
def test_both_styles_of_dates_are_read_in_one_record(sent: Any, meant: str | None) -> None:
    found = facts(releaseDate=sent, finishDate="20261104090000")
    assert found["processed_at"] == moment(meant)
    assert found["returned_at"] == moment("2026-11-04T09:00")
    assert found["received_at"] == moment("2026-11-02T08:30")


def test_the_date_set_where_a_result_is_early_extends_nothing() -> None:
    assert facts(extendDate="20261201080000") == facts(extendDate="")


def test_what_is_not_sent_does_not_erase_what_is_stored() -> None:
    record = item(7, RECEIVED)
    for key in ("dueDate", "durationCount", "govAgencyName", "online", "originality", "viaPostal"):
        del record[key]
    found = reading(record).reported[0].facts
    assert not {"promised_at", "time_limit", "resolving_unit", "channel"} & found.keys()


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("new", Status.WAITING),
        ("receiving", Status.WAITING),
        ("processing", Status.PROCESSING),
        ("interoperating", Status.PROCESSING),
        ("correcting", Status.PROCESSING),
        ("cancelling", Status.PROCESSING),
        ("waiting", Status.SUPPLEMENT),
        ("pausing", Status.SUSPENDED),
        ("paying", Status.SUSPENDED),
        ("releasing", Status.DONE),
        ("posting", Status.DONE),
        ("done", Status.RETURNED),
        ("denied", Status.NOT_ACCEPTED),
        ("unresolved", Status.REFUSED),
        ("cancelled", Status.WITHDRAWN),
    ],
)
def test_the_words_of_its_status(word: str, status: Status) -> None:
    assert facts(dossierStatus=word)["status"] is status


@pytest.mark.parametrize(
    ("word", "lock", "status"),
    [
        pytest.param("processing", "PAUSE", Status.SUSPENDED, id="paused"),
        pytest.param("interoperating", "PAUSE_OVERDUE", Status.SUSPENDED, id="paused when it was late"),
        pytest.param("processing", "", Status.PROCESSING, id="not locked"),
        pytest.param("processing", "LOCKED", Status.PROCESSING, id="locked otherwise"),
        pytest.param("waiting", "PAUSE", Status.SUPPLEMENT, id="a supplement stays one"),
        pytest.param("done", "PAUSE", Status.RETURNED, id="what is over is not paused"),
    ],
)
def test_a_lock_suspends_what_runs(word: str, lock: str, status: Status) -> None:
    assert facts(dossierStatus=word, lockState=lock)["status"] is status


def test_a_status_nobody_mapped_waits_for_a_person_who_maps_it() -> None:
    unknown = reading(item(7, RECEIVED, "archiving"), item(8, RECEIVED, "archiving"), item(9, RECEIVED))
    assert [each.code for each in unknown.reported] == ["H36.12-000009"]
    assert unknown.unknown == {"archiving": 2}
    assert "“archiving”" in unknown.rejected[0].reason
    assert unknown.rejected[0].raw["dossierNo"] == "H36.12-000007"
    mapped = facts({"status_words": {"archiving": "returned"}}, dossierStatus="archiving")
    assert mapped["status"] is Status.RETURNED


@pytest.mark.parametrize(
    ("count", "unit", "limit"),
    [
        pytest.param(5, 0, "5d", id="days"),
        pytest.param(8, 1, "8h", id="hours"),
        pytest.param(5.0, 0, "5d", id="a double"),
        pytest.param("5", "0", "5d", id="texts"),
        pytest.param(0.5, 0, "4h", id="half a day is four hours"),
        pytest.param(2.5, 0, "20h", id="a day has eight hours"),
        pytest.param(0.25, 1, "15m", id="a quarter of an hour"),
        pytest.param(0, 0, None, id="none"),
        pytest.param(None, 0, None, id="null"),
        pytest.param("", "", None, id="empty"),
    ],
)
def test_the_limit_of_a_dossier(count: Any, unit: Any, limit: str | None) -> None:
    found = facts(durationCount=count, durationUnit=unit)["time_limit"]
    assert found == (TimeLimit.parse(limit) if limit else None)


def test_an_office_whose_days_are_calendar_days_says_so() -> None:
    assert facts({"limit_unit": "cd"}, durationCount=15)["time_limit"] == TimeLimit.parse("15cd")
    assert facts({"limit_unit": "cd"}, durationUnit=1)["time_limit"] == TimeLimit.parse("5h")


def test_a_count_without_its_unit_is_left_out_and_said() -> None:
    record = item(7, RECEIVED)
    del record["durationUnit"]
    found = reading(record)
    assert "time_limit" not in found.reported[0].facts
    assert "“durationUnit”" in found.warnings[0]


@pytest.mark.parametrize(
    ("sent", "channel"),
    [
        pytest.param({"online": True, "originality": 1}, Channel.ONLINE_FULL, id="online"),
        pytest.param({"online": "true", "originality": 1}, Channel.ONLINE_FULL, id="online, as a text"),
        pytest.param({"online": False, "originality": 3}, Channel.DIRECT, id="at the one-stop desk"),
        pytest.param({"online": True, "originality": 3}, Channel.ONLINE_FULL, id="online, taken in there"),
        pytest.param({"online": False, "originality": 2}, None, id="from another system: not told"),
        pytest.param({"originality": 3, "viaPostal": 2}, Channel.DIRECT, id="the result goes by post"),
    ],
)
def test_how_it_came(sent: dict[str, Any], channel: Channel | None) -> None:
    assert facts(**sent)["channel"] is channel


def test_an_office_says_what_its_numbers_mean() -> None:
    words = {"viaPostal 3": "postal", "online": "online partial"}
    assert facts({"channel_words": words}, viaPostal=3, online=True)["channel"] is Channel.POSTAL
    assert facts({"channel_words": words}, viaPostal=0, online=True)["channel"] is Channel.ONLINE_PARTIAL


@pytest.mark.parametrize(
    ("changes", "column", "reason"),
    [
        pytest.param({"dossierNo": ""}, "dossierNo", "thiếu mã hồ sơ", id="no number"),
        pytest.param({"dossierStatus": ""}, "dossierStatus", "trạng thái trống", id="no status"),
        pytest.param({"receiveDate": ""}, "receiveDate", "thiếu ngày tiếp nhận", id="no receipt"),
        pytest.param(
            {"receiveDate": "31/02/2026 08:00:00"}, "receiveDate", "không có thật", id="no such day"
        ),
        pytest.param({"releaseDate": "1790000000000"}, "releaseDate", "không phải ngày", id="a day count"),
        pytest.param({"dueDate": "20261001080000"}, "dueDate", "trước ngày tiếp nhận", id="promised before"),
        pytest.param({"durationCount": -1}, "durationCount", "không phải thời hạn", id="negative"),
        pytest.param(
            {"durationCount": "nhanh"}, "durationCount", "không phải thời hạn", id="no number of days"
        ),
        pytest.param({"durationCount": 99999}, "durationCount", "dài quá", id="too long"),
        pytest.param({"durationUnit": 7}, "durationCount", "“7” lạ", id="unit unknown"),
        pytest.param({"receiveDate": {"time": 1}}, "receiveDate", "không đúng dạng", id="an object"),
    ],
)
def test_what_cannot_be_believed_is_set_aside_with_its_reason(
    changes: dict[str, Any], column: str, reason: str
) -> None:
    blamed, why = rejected(**changes)
    assert blamed == column
    assert reason in why


def test_a_finish_that_cannot_be_read_does_not_pass_for_none() -> None:
    assert rejected(releaseDate="hôm qua")[0] == "releaseDate"


def test_a_return_that_cannot_be_read_decides_nothing() -> None:
    found = reading(item(7, RECEIVED, finishDate="hôm qua"))
    assert "returned_at" not in found.reported[0].facts
    assert "“finishDate”" in found.warnings[0]


def test_of_one_dossier_the_newest_record_counts() -> None:
    older = item(7, RECEIVED, lastActionDate="20261103080000")
    newer = item(7, RECEIVED, "waiting", lastActionDate="04/11/2026 08:00:00")
    found = reading(older, newer, older)
    assert [each.facts["status"] for each in found.reported] == [Status.SUPPLEMENT]
    assert (found.read, found.repeated) == (3, 2)


def test_it_delivers_limits_and_no_interruptions() -> None:
    source = Source(name="opencps", url="http://localhost", profile="opencps")
    assert load_profile(source).delivers == (Delivers.LIMITS,)
