"""TD on loopback: numbered pages, listings by status and by days, the portal's fields."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from offices import NOW, desk_in
from sqlalchemy import select
from systems_server import cut, hurry, silence, status
from td_server import Item, Td, ho_so
from worlds import moment

from latewatch.domain.dossier import Cause, Channel, Status, Suspension
from latewatch.domain.reading import Reading
from latewatch.errors import SourceError
from latewatch.jobs.check import check_office
from latewatch.progress import silent
from latewatch.sources.profiles.profile import Delivers, load_profile
from latewatch.sources.systems.td import pull
from latewatch.store import schema

MORNING = datetime(2026, 11, 2, 8, 0)  # noqa: DTZ001  as the system writes it


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    hurry(monkeypatch)


@pytest.fixture
def system() -> Iterator[Td]:
    with Td() as made:
        yield made


def some(count: int, first: int = 1, received: datetime = MORNING, status: str = "4") -> list[Item]:
    return [ho_so(first + n, received + timedelta(minutes=n), status) for n in range(count)]


def parts(
    system: Td, cursor: Mapping[str, str] | None = None, now: datetime = NOW, **settings: Any
) -> Iterator[Reading]:
    usual = {"profile": "td", "since": date(2026, 9, 1), "page_size": 20}
    source = system.source(**{**usual, **settings})
    return pull(source, load_profile(source), cursor or {}, now, silent)


def codes(found: Sequence[Reading]) -> list[str]:
    return [each.code for part in found for each in part.reported]


def test_a_first_run_reads_status_by_status_then_all_windows_of_receipts(system: Td) -> None:
    found = list(parts(system))
    asked = [each.query for each in system.asked]
    assert [each["MaTrangThai"] for each in asked if "MaTrangThai" in each] == list("123456789")
    assert [(each["TiepNhanFrom"], each["TiepNhanTo"]) for each in asked if "TiepNhanFrom" in each] == [
        ("2026-09-01T00:00:00", "2026-10-01T23:59:59"),
        ("2026-10-02T00:00:00", "2026-11-01T23:59:59"),
        ("2026-11-02T00:00:00", "2026-11-12T23:59:59"),
    ]
    assert {each["OrderBy"] for each in asked} == {"NgayTiepNhan"}
    assert not [each for each in asked if "NgayTraFrom" in each]
    assert found[-1].cursor == {"through": "2026-11-12"}


def test_a_later_run_reads_what_was_not_returned_and_a_month_of_receipts_and_returns(system: Td) -> None:
    old = datetime(2024, 3, 4, 8, 0)  # noqa: DTZ001  as above
    system.items = [
        ho_so(1, old, "9", NgayKetThucXuLy="20240305080000"),
        ho_so(2, old, "10", NgayKetThucXuLy="20240305080000", NgayTra="20261109080000"),
        ho_so(3, old, "10", NgayKetThucXuLy="20240305080000", NgayTra="20240305080000"),
        ho_so(4, MORNING, "10", NgayKetThucXuLy="20261103080000", NgayTra="20261103080000"),
    ]
    found = list(parts(system, {"through": "2026-11-10"}))
    assert sorted(set(codes(found))) == [f"G09.20-00000{n}" for n in (1, 2, 4)]
    asked = [each.query["NgayTraFrom"][:10] for each in system.asked if "NgayTraFrom" in each.query]
    assert asked == ["2026-10-10", "2026-11-10"]


def test_a_system_that_numbers_otherwise_is_asked_for_its_own_numbers(system: Td) -> None:
    system.items = [ho_so(1, MORNING, "8", NgayKetThucXuLy="20261103080000"), ho_so(2, MORNING, "9")]
    words = {"8": "done", "9": "returned", "11": "processing"}
    found = list(parts(system, status_words=words))
    asked = [each.query["MaTrangThai"] for each in system.asked if "MaTrangThai" in each.query]
    assert asked == ["1", "2", "3", "4", "5", "6", "7", "8", "11"]
    told = {each.code: each.facts["status"] for part in found for each in part.reported}
    assert told == {"G09.20-000001": Status.DONE, "G09.20-000002": Status.RETURNED}


def test_a_dossier_has_the_facts_of_the_portal(system: Td) -> None:
    supplements = [
        {"HoSoBoSungId": "1", "NgayBoSung": "20261103080000", "NgayTiepNhanBoSung": "20261105090000"}
    ]
    system.items = [ho_so(7, MORNING, "04", KenhThucHien="2", DanhSachHoSoBoSung=supplements)]
    record = next(each for part in parts(system) for each in part.reported)
    asked_at, got_at = moment("2026-11-03T08:00"), moment("2026-11-05T09:00")
    assert asked_at
    assert record.facts["suspensions"] == (Suspension(Cause.SUPPLEMENT, asked_at, got_at),)
    assert record.facts["status"] is Status.PROCESSING
    assert record.facts["channel"] is Channel.ONLINE_FULL
    assert record.facts["promised_at"] == moment("2026-11-09T08:00")
    assert record.facts["resolving_unit"] == "Phòng Kinh tế"
    assert record.raw["ChuHoSo"] == "Nguyễn Văn Ví Dụ 7"


def test_a_number_nobody_mapped_waits_for_a_person(system: Td) -> None:
    system.items = [ho_so(1, MORNING, "15"), ho_so(2, MORNING)]
    found = list(parts(system))
    assert set(codes(found)) == {"G09.20-000002"}
    assert sum((part.unknown for part in found), start=found[0].unknown.__class__()) == {"15": 1}


@pytest.mark.parametrize("tells_pages", [True, False])
@pytest.mark.parametrize("size", [1, 7, 20, 1000])
def test_any_size_of_page_reads_all(system: Td, size: int, tells_pages: bool) -> None:
    system.tells_pages = tells_pages
    system.items = some(43)
    assert len(set(codes(list(parts(system, page_size=size))))) == 43


def test_a_server_that_gives_smaller_pages_than_asked_is_followed(system: Td) -> None:
    system.largest_page = 7
    system.items = some(43)
    assert len(set(codes(list(parts(system, page_size=100))))) == 43


def test_a_server_that_goes_by_no_page_number_is_found_out(system: Td) -> None:
    system.items = some(43)
    honest = system.answer
    system.answer = lambda request: {**honest(request), "CurrentPage": 1}  # type: ignore[method-assign, dict-item]
    with pytest.raises(SourceError, match="hỏi trang 2 mà nhận trang 1"):
        list(parts(system))


@pytest.mark.parametrize("question", range(4, 9))
def test_a_listing_that_shifts_while_it_is_read_loses_nobody(system: Td, question: int) -> None:
    """What is removed from the pages before pulls the others over the edge; the total tells, and it is read again."""
    system.items = some(95)

    def change(number: int) -> None:
        if number == question:
            system.items = system.items[7:]

    system.before = change
    found = list(parts(system))
    assert {each["MaHoSo"] for each in system.items} <= set(codes(found))
    first_pages = [
        each
        for each in system.asked
        if each.query.get("MaTrangThai") == "4" and each.query["PageNumber"] == "1"
    ]
    assert len(first_pages) == (2 if question > 4 else 1), "the fourth question is the first of status 4"


def test_from_every_cursor_a_run_goes_on_and_loses_nobody(system: Td) -> None:
    system.items = [*some(45), *some(45, 101, MORNING - timedelta(days=40), "5")]
    whole = [part.cursor for part in parts(system)]
    wanted = {each["MaHoSo"] for each in system.items}
    for stop in range(1, len(whole)):
        found = codes([part for _, part in zip(range(stop), parts(system), strict=False)])
        rest = list(parts(system, whole[stop - 1]))
        assert [part.cursor for part in rest] == whole[stop:], stop
        assert {*found, *codes(rest)} == wanted


@pytest.mark.parametrize(
    "mishap",
    [
        pytest.param(status(429, Retry_After="0"), id="asked too often"),
        pytest.param(status(500), id="500"),
        pytest.param(silence(2.5), id="timeout"),
        pytest.param(cut(b'{"Data": ['), id="cut"),
    ],
)
def test_what_passes_is_tried_again(system: Td, mishap: Any) -> None:
    system.items = some(45)
    system.befall(2, 5, mishap=mishap)
    assert len(set(codes(list(parts(system))))) == 45


@pytest.mark.parametrize("code", [401, 403, 404])
def test_what_does_not_pass_is_not_tried_again(system: Td, code: int) -> None:
    system.befall(3, mishap=status(code))
    with pytest.raises(SourceError, match=f"{code}"):
        list(parts(system))
    assert len(system.asked) == 3


def test_it_delivers_supplements(system: Td) -> None:
    assert load_profile(system.source(profile="td")).delivers == (Delivers.SUSPENSIONS,)


def test_into_the_store_and_again(system: Td, tmp_path: Any) -> None:
    system.items = [*some(30), ho_so(90, None, "1")]
    desk = desk_in(tmp_path)
    desk.configure(system.table(profile='"td"', since="2026-09-01", page_size="20"))
    assert desk.poll().intake.new == 31
    assert desk.poll().intake.changed == 0
    system.items[0] = ho_so(1, MORNING, "9", NgayKetThucXuLy="20261111080000")
    result = desk.poll(NOW + timedelta(hours=1))
    assert (result.intake.new, result.intake.changed, result.problems) == (0, 1, [])
    with desk.open() as office, office.store.reading() as connection:
        found = connection.execute(select(schema.dossier.c.code, schema.dossier.c.status))
        assert {row.code: row.status for row in found}["G09.20-000001"] == "done"


def test_check_names_the_dossier_of_a_record_that_was_set_aside(system: Td, tmp_path: Any) -> None:
    system.items = [ho_so(1, MORNING, "15"), ho_so(2, MORNING)]
    desk = desk_in(tmp_path)
    desk.configure(system.table(profile='"td"', since="2026-09-01"))
    desk.poll()
    with desk.open() as office:
        texts = [each.text for each in check_office(office, NOW, None)]
    (told,) = [text for text in texts if "từ lạ" in text]
    assert "hồ sơ G09.20-000001: từ lạ “15”" in told
