"""The national portal's packets over HTTP: windows, pages, what goes wrong, and runs that are stopped."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import pytest
from offices import NOW, UNITS, Desk, desk_in
from packets import PROGRESS, hoso, profile, step
from sqlalchemy import func, select
from systems_server import Reply, Request, System, cut, hurry, silence, status

from latewatch.clock import VIETNAM
from latewatch.config import Source
from latewatch.domain.dossier import Dossier, Status
from latewatch.domain.reading import Reading
from latewatch.errors import ConfigError, SourceError
from latewatch.progress import silent
from latewatch.sources.systems.dvcqg import Sweep, pull
from latewatch.store import schema
from latewatch.store.facts import from_row

LOOKUP = "TraCuuHoSo"
TODAY = NOW.date()
Record = dict[str, Any]


class Portal(System):
    """Answers packets by day of receipt, in pages where it knows them; `largest` rows a page at most."""

    def __init__(self, *records: Record, steps: tuple[Record, ...] = ()) -> None:
        super().__init__()
        self.records = list(records)
        self.steps = list(steps)
        self.pages = True
        self.largest = 1000

    def answer(self, request: Request) -> Reply | object:
        assert (request.method, request.path) == ("POST", "/dongbo")
        body = request.json
        asked = body["data"]
        days = {each["MaHoSo"]: each["NgayTiepNhan"] for each in self.records}
        listed = {LOOKUP: self.records, PROGRESS: self.steps}[body["service"]]
        found = [each for each in listed if asked["tungay"] <= days[each["MaHoSo"]] <= asked["denngay"]]
        if self.pages:
            size = min(int(asked["sobanghi"]), self.largest)
            first = (int(asked["trang"]) - 1) * size
            found = found[first : first + size]
        return {"session": "", "madonvi": "H00", "service": body["service"], "data": found or ""}

    def source(self, **settings: Any) -> Source:
        usual = {
            "name": "dvcqg",
            "profile": "dvcqg",
            "url": f"{self.base}/dongbo",
            "since": date(2026, 10, 1),
        }
        return super().source(**{**usual, **settings})

    def windows(self, service: str = LOOKUP) -> list[tuple[str, str]]:
        """Return the windows of first pages that were asked for."""
        asked = [request.json for request in self.asked]
        first = [
            each["data"] for each in asked if each["service"] == service and each["data"]["trang"] == "1"
        ]
        return [(each["tungay"][:8], each["denngay"][:8]) for each in first]


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    hurry(monkeypatch)


@pytest.fixture
def portal() -> Iterator[Portal]:
    with Portal(*(dossier(n) for n in range(1, 6))) as made:
        yield made


def dossier(number: int, **fields: Any) -> Record:
    """Dossier `number`, received on that day of November, or of October where there are more."""
    day = date(2026, 11, number) if number <= 12 else date(2026, 10, 1) + timedelta(number % 31)
    usual = {"NgayTiepNhan": f"{day:%Y%m%d}080000", "NgayHenTra": "20261220170000"}
    return hoso(f"H{number}", **{**usual, **fields})


def parts(source: Source, cursor: Mapping[str, str] | None = None, now: datetime = NOW) -> list[Reading]:
    return list(pull(source, profile(), cursor or {}, now, silent))


def whole(source: Source, **options: Any) -> Reading:
    reading = Reading()
    for part in parts(source, **options):
        reading.add(part)
    return reading


def codes(reading: Reading) -> list[str]:
    return [each.code for each in reading.reported]


class TestQuestions:
    def test_what_is_asked(self, portal: Portal, tmp_path: Path) -> None:
        token = tmp_path / "token"
        token.write_text("ma-phien\n")
        parameters = {"madonvi": "H00.01", "services": LOOKUP, "linhvuc": "HT"}
        reading = whole(portal.source(token_file=token, parameters=parameters, page_size=50))
        assert codes(reading) == ["H1", "H2", "H3", "H4", "H5"]
        first = portal.asked[0]
        assert first.headers["authorization"] == "Bearer ma-phien"
        assert first.headers["content-type"] == "application/json"
        assert first.json == {
            "session": "ma-phien",
            "madonvi": "H00.01",
            "service": LOOKUP,
            "data": {
                "linhvuc": "HT",
                "tungay": "20261001000000",
                "denngay": "20261031235959",
                "trang": "1",
                "sobanghi": "50",
            },
        }

    def test_windows_reach_from_since_to_today_and_touch(self, portal: Portal) -> None:
        whole(portal.source(window_days=14))
        expected = [
            ("20261001", "20261014"),
            ("20261015", "20261028"),
            ("20261029", "20261111"),
            ("20261112", "20261112"),
        ]
        assert portal.windows() == expected
        assert portal.windows(PROGRESS) == expected

    def test_without_since_a_year_back(self, portal: Portal) -> None:
        whole(portal.source(since=None, window_days=400))
        assert portal.windows() == [("20251112", "20261112")]

    def test_dossiers_come_before_their_progress(self, portal: Portal) -> None:
        portal.steps = [step("H1"), step("H1", "Sở Ví Dụ", "20261103080000")]
        reading = whole(portal.source(window_days=400))
        assert codes(reading) == ["H1", "H2", "H3", "H4", "H5", "H1"]
        assert len(reading.reported[-1].facts["stages"]) == 2

    def test_where_a_record_stood(self, portal: Portal) -> None:
        portal.records[1]["TrangThaiHoSo"] = "99"
        reading = whole(portal.source(window_days=400))
        assert str(reading.rejected[0].place) == (
            "dvcqg, TraCuuHoSo 01/10/2026-12/11/2026, trang 1, bản ghi 2"
        )
        assert reading.unknown == {"99": 1}

    @pytest.mark.parametrize(
        ("parameters", "problem"),
        [
            ({"services": "LayThuTuc"}, "không có dịch vụ “LayThuTuc”"),
            ({"tungay": "20260101"}, "latewatch tự đặt"),
            ({"session": "x"}, "latewatch tự đặt"),
        ],
    )
    def test_parameters_that_cannot_be_meant(
        self, portal: Portal, parameters: dict[str, str], problem: str
    ) -> None:
        with pytest.raises(ConfigError, match=problem):
            whole(portal.source(parameters=parameters))
        assert portal.asked == []


class TestPages:
    def test_all_pages_are_read(self, portal: Portal) -> None:
        portal.records = [dossier(n) for n in range(1, 13)]
        assert len(codes(whole(portal.source(page_size=5, window_days=400)))) == 12

    def test_a_server_that_gives_smaller_pages_loses_nothing(self, portal: Portal) -> None:
        portal.largest = 2
        assert len(codes(whole(portal.source(page_size=100, window_days=400)))) == 5

    def test_a_server_that_knows_no_pages_is_not_asked_for_ever(self, portal: Portal) -> None:
        portal.pages = False
        reading = whole(portal.source(page_size=2, window_days=400, parameters={"services": LOOKUP}))
        assert codes(reading) == ["H1", "H2", "H3", "H4", "H5"]
        assert len(portal.asked) == 2

    def test_what_moves_to_the_next_page_is_taken_once(self, portal: Portal) -> None:
        answer = portal.answer

        def shifting(request: Request) -> Reply | object:
            found = answer(request)
            if len(portal.asked) == 1:
                portal.records.insert(0, dossier(9))
            return found

        portal.answer = shifting  # type: ignore[method-assign]
        reading = whole(portal.source(page_size=2, window_days=400))
        assert sorted(codes(reading)) == ["H1", "H2", "H3", "H4", "H5"]
        assert reading.repeated == 1

    def test_a_server_that_never_ends_is_given_up(self, portal: Portal, monkeypatch: Any) -> None:
        monkeypatch.setattr("latewatch.sources.systems.dvcqg.MOST_PAGES", 3)
        portal.answer = lambda _: [dossier(1, GhiChu=f"{len(portal.asked)}")]  # type: ignore[method-assign]
        with pytest.raises(SourceError, match="quá 3 trang"):
            whole(portal.source())


class TestMishaps:
    @pytest.mark.parametrize(
        "mishap",
        [
            pytest.param(status(429, Retry_After="0"), id="429"),
            pytest.param(status(500), id="500"),
            pytest.param(status(503, Retry_After="0"), id="503"),
            pytest.param(cut(b'{"data": ['), id="cut"),
            pytest.param(silence(0.6), id="silence"),
        ],
    )
    def test_what_passes_is_tried_again(self, portal: Portal, mishap: Any) -> None:
        portal.befall(1, 3, mishap=mishap)
        reading = whole(portal.source(window_days=400, timeout_seconds=0.3))
        assert codes(reading) == ["H1", "H2", "H3", "H4", "H5"]

    @pytest.mark.parametrize(
        ("mishap", "problem", "passing", "asked"),
        [
            pytest.param(status(401), "401", False, 1, id="401"),
            pytest.param(status(403), "403", False, 1, id="403"),
            pytest.param(status(404), "404", False, 1, id="404"),
            pytest.param(status(500), "500", True, 3, id="500 for ever"),
            pytest.param(
                status(200, b"<html>", Content_Type="text/html"), "trang web", False, 1, id="a page"
            ),
            pytest.param(status(200, b'{"data": "H1"}'), "không phải danh sách", False, 1, id="no list"),
            pytest.param(status(200, b'{"code": 401}'), "từ chối, trả mã 401", False, 1, id="refused inside"),
            pytest.param(status(200, b"{"), "không đúng dạng", False, 1, id="half"),
            pytest.param(status(200, b"[" * 100_000), "lồng quá sâu", False, 1, id="deep"),
        ],
    )
    def test_what_does_not_pass_says_why(
        self, portal: Portal, mishap: Any, problem: str, passing: bool, asked: int
    ) -> None:
        portal.befall(mishap=mishap)
        with pytest.raises(SourceError, match=problem) as error:
            whole(portal.source())
        assert error.value.passing is passing
        assert len(portal.asked) == asked

    def test_no_secret_is_told(self, portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LW_TEST_TOKEN", "ma-phien-bi-mat")
        portal.befall(mishap=status(403, b"ma-phien-bi-mat"))
        with pytest.raises(SourceError) as error:
            whole(portal.source(token_env="LW_TEST_TOKEN"))
        assert "bi-mat" not in str(error.value)


class TestSweep:
    def source(self, **settings: Any) -> Source:
        return Source(name="dvcqg", url="http://localhost/x", since=date(2026, 1, 1), **settings)

    def test_once_a_day_everything_then_the_last_days(self) -> None:
        first = Sweep.of(self.source(), {}, TODAY)
        assert (first.first, first.is_whole) == (date(2026, 1, 1), True)
        done = first.after(first.windows(31)[-1])
        assert done == {"swept": "2026-11-12"}
        later = Sweep.of(self.source(), done, TODAY)
        assert (later.first, later.is_whole) == (TODAY - timedelta(31), False)
        assert later.after(later.windows(31)[-1]) == done
        tomorrow = Sweep.of(self.source(), done, TODAY + timedelta(1))
        assert (tomorrow.first, tomorrow.is_whole) == (date(2026, 1, 1), True)

    def test_a_run_that_was_stopped_goes_on_and_is_still_whole(self) -> None:
        first = Sweep.of(self.source(), {}, TODAY)
        cursor = first.after(first.windows(31)[2])
        on = Sweep.of(self.source(), cursor, TODAY + timedelta(2))
        assert on.first == date(2026, 4, 4)
        assert on.is_whole
        assert on.after(on.windows(31)[-1]) == {"swept": "2026-11-14"}

    @pytest.mark.parametrize("since", [date(2027, 1, 1), date(2026, 11, 12)])
    def test_a_first_day_ahead_is_today(self, since: date) -> None:
        source = Source(name="dvcqg", url="http://localhost/x", since=since)
        assert [str(each) for each in Sweep.of(source, {}, TODAY).windows(31)] == ["12/11/2026-12/11/2026"]

    @pytest.mark.parametrize("days", [1, 7, 31, 1000])
    def test_no_day_is_left_out(self, days: int) -> None:
        sweep = Sweep.of(self.source(window_days=days), {}, TODAY)
        windows = sweep.windows(days)
        assert (windows[0].first, windows[-1].last) == (date(2026, 1, 1), TODAY)
        for one, other in pairwise(windows):
            assert other.first == one.last + timedelta(1)


class TestPoll:
    def desk(self, folder: Path, portal: Portal, **settings: str) -> Desk:
        desk = desk_in(folder)
        usual = {
            "name": '"dvcqg"',
            "profile": '"dvcqg"',
            "url": f'"{portal.base}/dongbo"',
            "since": "2026-10-01",
            "window_days": "5",
            "page_size": "3",
        }
        desk.configure(portal.table(**{**usual, **settings}), UNITS)
        return desk

    def stored(self, desk: Desk) -> dict[str, Dossier]:
        with desk.open() as office, office.store.reading() as connection:
            rows = connection.execute(select(schema.dossier)).all()
            return {row.code: from_row(row._mapping) for row in rows}

    def versions(self, desk: Desk) -> int:
        with desk.open() as office, office.store.reading() as connection:
            found: int = connection.execute(
                select(func.count()).select_from(schema.record_version)
            ).scalar_one()
            return found

    def test_a_dossier_that_is_done_later_is_seen(self, portal: Portal, tmp_path: Path) -> None:
        portal.records.append(dossier(13))  # received on 14/10
        desk = self.desk(tmp_path, portal)
        assert desk.poll().intake.new == 6
        portal.records[-1].update(TrangThaiHoSo="9", NgayKetThucXuLy="20261112073000")
        assert desk.poll().intake.changed == 0  # a later run of the same day reads the last days
        assert desk.poll(NOW + timedelta(days=1)).intake.changed == 1
        assert self.stored(desk)["H13"].status is Status.DONE

    def test_the_same_again_writes_nothing(self, portal: Portal, tmp_path: Path) -> None:
        portal.steps = [step("H1"), step("H2")]
        desk = self.desk(tmp_path, portal)
        desk.poll()
        before = self.versions(desk)
        result = desk.poll(NOW + timedelta(days=1))
        assert (result.intake.read, result.intake.new, result.intake.changed) == (7, 0, 0)
        assert self.versions(desk) == before

    def test_a_run_that_fails_half_way_keeps_what_it_had_and_goes_on(
        self, portal: Portal, tmp_path: Path
    ) -> None:
        portal.records = [dossier(n) for n in range(1, 40)]
        portal.steps = [step(f"H{n}", start=f"{portal.records[n - 1]['NgayTiepNhan']}") for n in range(1, 40)]
        calm = self.desk(tmp_path / "calm", portal)
        calm.poll()
        desk = self.desk(tmp_path / "torn", portal, retries="0")
        for runs in range(1, 20):
            portal.recover()
            portal.befall(*range(12 + runs, 400), mishap=status(500))
            if not desk.poll().problems:
                break
        assert runs > 3
        assert self.stored(desk) == self.stored(calm)
        assert len(self.stored(desk)) == 39

    def test_a_run_stopped_at_a_part_asks_on_from_its_window(self, portal: Portal) -> None:
        source = portal.source(window_days=5)
        some = list(islice(pull(source, profile(), {}, NOW, silent), 3))
        cursor = next(part.cursor for part in reversed(some) if part.cursor)
        portal.recover()
        whole(source, cursor=cursor)
        assert portal.windows()[0][0] == cursor["next"].replace("-", "")

    def test_many_dossiers(self, portal: Portal) -> None:
        portal.records = [dossier(1 + n % 12, MaHoSo=f"H{n}") for n in range(20_000)]
        reading = whole(portal.source(page_size=1000, parameters={"services": LOOKUP}))
        assert len(set(codes(reading))) == 20_000


def test_the_instant_is_vietnams() -> None:
    late = datetime(2026, 11, 12, 23, 30, tzinfo=VIETNAM)
    source = Source(name="dvcqg", url="http://localhost/x", since=date(2026, 11, 1))
    assert Sweep.of(source, {}, late.date()).today == date(2026, 11, 12)
