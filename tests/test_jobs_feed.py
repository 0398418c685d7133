"""The feed as an office meets it: real files, polled; what rings, what is held back, and when it is told."""

import logging
from collections import Counter
from pathlib import Path

import pytest
from offices import DESKS, EVENTS, NOW, SOURCE, UNITS, Desk, desk_in, done, row
from worlds import moment

from latewatch.domain.alarm import AlarmKind
from latewatch.domain.digest import Digest
from latewatch.domain.reading import Reading
from latewatch.domain.record import Rejected
from latewatch.errors import Place
from latewatch.jobs.assess import assess
from latewatch.jobs.digest import compose_digests
from latewatch.jobs.feed import alarms_now
from latewatch.scheduler import poll_all
from latewatch.store.batches import Arrival, close_batch, open_batch
from latewatch.store.ingest import Batch, take

WEDNESDAY, THURSDAY, FRIDAY = "2026-11-11T07:00", "2026-11-12T07:00", "2026-11-13T07:00"
MANY = [row(f"H{n:03}", promised="30/11/2026") for n in range(100)]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return desk_in(tmp_path / "office", DESKS)


def rings(desk: Desk, at: str = "2026-11-12T07:30") -> list[str]:
    instant = moment(at)
    assert instant
    with desk.open() as office:
        return [alarm.kind for alarm in alarms_now(office, instant)]


def digest(desk: Desk, at: str) -> Digest:
    instant = moment(at)
    assert instant
    with desk.open() as office:
        assess(office, instant)
        return compose_digests(office, instant)[0][1]


class TestRealFiles:
    def test_a_file_that_shrank(self, desk: Desk) -> None:
        desk.export("so-11.csv", MANY)
        desk.poll(WEDNESDAY)
        desk.export("so-12.csv", MANY[:69])
        result = desk.poll(THURSDAY)
        assert rings(desk) == [AlarmKind.SHRUNK]
        assert "so-12.csv: chỉ có 69 dòng, các tệp trước thường có 100 dòng: giảm 31 %" in result.warnings[0]
        desk.export("so-13.csv", [done("H001", "12/11/2026"), *MANY[2:]])
        desk.poll(FRIDAY)
        assert rings(desk, FRIDAY) == []

    @pytest.mark.parametrize(
        "rows",
        [
            pytest.param(MANY, id="the same rows again"),
            pytest.param(MANY[::-1], id="in another order"),
            pytest.param([{**each, "applicant": "Nguyễn Văn Ví Dụ"} for each in MANY], id="names corrected"),
            pytest.param(MANY[:70], id="30 % fewer"),
        ],
    )
    def test_what_is_no_matter(self, desk: Desk, rows: list[dict[str, str]]) -> None:
        desk.export("so-11.csv", MANY)
        desk.poll(WEDNESDAY)
        desk.export("so-12.csv", rows)
        desk.poll(THURSDAY)
        assert rings(desk) == []

    def test_the_first_file_of_the_next_month(self, desk: Desk) -> None:
        desk.export("so-2026-10.csv", MANY)
        desk.poll(WEDNESDAY)
        desk.export("so-2026-11.csv", [row(f"N{n}") for n in range(5)])
        desk.poll(THURSDAY)
        desk.export("so-2026-11.csv", [row(f"N{n}") for n in range(7)])
        desk.poll("2026-11-12T07:20")
        assert rings(desk) == []

    def test_status_words_nobody_mapped(self, desk: Desk) -> None:
        desk.export("so.csv", [*MANY, *(row(f"X{n}", status="Chờ chữ ký") for n in range(3))])
        desk.poll(THURSDAY)
        with desk.open() as office:
            (alarm,) = alarms_now(office, NOW)
        assert alarm.text == "so.csv: 3 dòng bị gác lại vì 1 chữ trạng thái chưa biết"
        assert alarm.detail == "“Chờ chữ ký” 3 dòng"
        desk.configure(SOURCE.rstrip() + '\nstatus_words = { "Chờ chữ ký" = "processing" }\n', UNITS, DESKS)
        desk.poll(FRIDAY)
        assert rings(desk) == [], "read again with the word, the same file has none"

    def test_rows_that_cannot_be_read(self, desk: Desk) -> None:
        desk.export("so.csv", [*MANY[:94], *(row(f"X{n}", "31/02/2026") for n in range(6))])
        desk.poll(THURSDAY)
        assert rings(desk) == [AlarmKind.REJECTED]

    def test_a_heading_nobody_maps(self, desk: Desk) -> None:
        desk.export("so-11.csv", MANY)
        desk.poll(WEDNESDAY)
        desk.export("so-12.csv", [done("H001", "11/11/2026"), *MANY[2:]], extra={"Mã QR": "x"})
        desk.poll(THURSDAY)
        with desk.open() as office:
            (alarm,) = alarms_now(office, NOW)
        assert (alarm.kind, alarm.detail) == (AlarmKind.COLUMNS_NEW, "“Mã QR”")

    def test_a_list_of_events_grows_old_only_where_the_office_says_when(self, desk: Desk) -> None:
        own = EVENTS.rstrip() + "\nstale_after_working_hours = 16\n"
        desk.export("so.csv", MANY)
        desk.tell("b.csv", ("H001", "Tạm dừng", "04/11/2026", "05/11/2026"))
        for tables, at, kinds in (
            ((EVENTS,), "2026-11-16T07:31", [AlarmKind.STALE]),
            ((own,), "2026-11-13T07:30", [AlarmKind.STALE]),
            ((own,), "2026-11-13T07:31", [AlarmKind.STALE, AlarmKind.STALE]),
        ):
            desk.configure(SOURCE, *tables, UNITS, DESKS)
            desk.poll(WEDNESDAY)
            assert rings(desk, at) == kinds

    def test_after_the_calendars_end_the_rest_still_rings(self, desk: Desk) -> None:
        desk.export("so.csv", [row("X", "31/02/2026")])
        desk.poll(THURSDAY)
        assert rings(desk, "2028-01-03T08:00") == [AlarmKind.REJECTED]


class TestInterface:
    """A run over an interface tells what is new: it may be nothing, and the data is fresh all the same."""

    IGATE = '[[sources]]\nname = "igate"\nprofile = "igate"\nurl = "https://igate.example.com"\n'

    @pytest.fixture
    def desk(self, tmp_path: Path) -> Desk:
        made = desk_in(tmp_path / "office")
        made.configure(self.IGATE, UNITS, DESKS)
        return made

    def run(self, desk: Desk, at: str, part: Reading, *, is_whole: bool = True) -> None:
        """A run that began at `at`, as `poll` keeps one."""
        began = moment(at)
        assert began
        arrival = Arrival(source="igate", origin="igate", sha256="", profile="p", taken_at=began)
        with desk.open() as office, office.store.writing() as connection:
            batch = Batch(open_batch(connection, arrival), "igate", began)
            take(connection, batch, part)
            if is_whole:
                close_batch(connection, batch.id)

    def test_thousands_once_and_then_nothing_is_no_loss(self, desk: Desk) -> None:
        self.run(desk, WEDNESDAY, Reading(repeated=50_000, fields=frozenset({"status", "processed_at"})))
        self.run(desk, THURSDAY, Reading())
        assert rings(desk, "2026-11-12T17:00") == []
        assert rings(desk, "2026-11-13T07:31") == [AlarmKind.STALE]

    def test_a_run_that_is_not_over_is_no_data_yet(self, desk: Desk) -> None:
        self.run(desk, WEDNESDAY, Reading(repeated=10))
        self.run(desk, THURSDAY, Reading(repeated=5), is_whole=False)
        assert rings(desk, "2026-11-12T08:00") == [AlarmKind.STALE]

    def test_words_and_rejected_records_ring_as_those_of_a_file_do(self, desk: Desk) -> None:
        place = Place("igate", row=1)
        rejected = [Rejected(place, "dossierStatus", "từ lạ", {"code": "H1"}, "H1")]
        self.run(desk, THURSDAY, Reading(repeated=9, rejected=rejected, unknown=Counter({"Chờ ký": 1})))
        assert rings(desk) == [AlarmKind.UNKNOWN_WORDS, AlarmKind.REJECTED]


class TestBroughtAnew:
    """A file is taken away once it was read: what lies there again was brought again."""

    @pytest.fixture
    def desk(self, tmp_path: Path) -> Desk:
        made = desk_in(tmp_path / "office")
        made.configure(SOURCE.replace("keep_files = true", "keep_files = false"), UNITS, DESKS)
        return made

    @pytest.mark.parametrize("name", ["so.csv", "so-12.csv"])
    def test_the_same_rows_brought_anew_are_young_data(self, desk: Desk, name: str) -> None:
        desk.export("so.csv", MANY)
        desk.poll(WEDNESDAY)
        desk.export(name, MANY)
        assert desk.poll("2026-11-12T09:00").known == [name]
        assert rings(desk, "2026-11-12T09:00") == []

    def test_a_file_that_only_stays_is_not(self, desk: Desk) -> None:
        desk.configure(SOURCE, UNITS, DESKS)
        desk.export("so.csv", MANY)
        desk.poll(WEDNESDAY)
        assert desk.poll("2026-11-12T09:00").known == ["so.csv"]
        assert rings(desk, "2026-11-12T09:00") == [AlarmKind.STALE]

    def test_a_copy_of_an_older_file_is_not(self, desk: Desk) -> None:
        desk.export("so-10.csv", MANY)
        desk.poll("2026-11-10T07:00")
        desk.export("so-11.csv", [done("H001", "10/11/2026"), *MANY[2:]])
        desk.poll(WEDNESDAY)
        desk.export("ban-sao.csv", MANY)
        assert desk.poll("2026-11-12T09:00").known == ["ban-sao.csv"]
        assert rings(desk, "2026-11-12T09:00") == [AlarmKind.STALE]


class TestHeldBack:
    ROWS = (
        row("H1", promised="10/11/2026"),
        row("H2", promised="11/11/2026"),
        row("H3", promised="12/11/2026"),
        row("H4", promised="13/11/2026"),
    )

    def test_old_data_claims_nothing_new_and_the_law_does_not_wait(self, desk: Desk) -> None:
        desk.export("so.csv", self.ROWS)
        desk.poll("2026-11-10T07:00")
        made = digest(desk, THURSDAY)
        assert made.subject == "[Một cửa] 12/11: DỮ LIỆU CŨ (từ 10/11) · 2 đang trễ · tạm chưa báo 3 hồ sơ"
        assert [(each.newly_late, each.due_soon) for each in made.held] == [(1, 2)]
        letters = next(block for block in made.blocks if block.key == "letters-today")
        assert [row.code for row in letters.rows] == ["H3", "H4"]

    def test_the_finish_column_is_missing(self, desk: Desk) -> None:
        desk.export("so-11.csv", self.ROWS)
        desk.poll(WEDNESDAY)
        desk.export("so-12.csv", self.ROWS, columns=("code", "status", "received", "promised", "unit"))
        desk.poll(THURSDAY)
        made = digest(desk, "2026-11-12T07:30")
        assert made.subject.startswith("[Một cửa] 12/11: DỮ LIỆU THIẾU · ")
        assert [each.total for each in made.held] == [3]

    def test_a_column_that_decides_nothing_is_missing(self, desk: Desk) -> None:
        desk.export("so-11.csv", self.ROWS)
        desk.poll(WEDNESDAY)
        fewer = [name for name in desk.columns if name != "field"]
        desk.export("so-12.csv", self.ROWS, columns=fewer)
        desk.poll(THURSDAY)
        made = digest(desk, "2026-11-12T07:30")
        assert made.subject == "[Một cửa] 12/11: 1 trễ mới · 2 đang trễ · 1 đến hạn hôm nay"
        assert any("thiếu cột “Tên lĩnh vực”" in text for text in made.warnings)

    def test_of_two_sources_only_the_old_one_is_held_back(self, desk: Desk) -> None:
        second = SOURCE.replace("xuat-tep", "bao-cao").replace('"in"', '"in-2"')
        desk.configure(SOURCE, second, UNITS, DESKS)
        desk.export("so.csv", self.ROWS)
        desk.export("bc.csv", [row("B1", promised="11/11/2026")], into="in-2")
        desk.poll("2026-11-10T07:00")
        desk.export("so-2.csv", [*self.ROWS, row("H5")])
        desk.poll(THURSDAY)
        made = digest(desk, "2026-11-12T07:30")
        assert [(each.reason.source, each.newly_late) for each in made.held] == [("bao-cao", 1)]
        assert (made.counts.newly_late, made.counts.overdue) == (1, 3)

    def test_what_was_held_back_is_told_when_the_data_is_good_again(self, desk: Desk) -> None:
        """Told on Tuesday; Wednesday's and Thursday's digests held back what fell due since."""
        desk.export("so.csv", self.ROWS)
        desk.poll("2026-11-09T17:00")
        for at in ("2026-11-10T07:30", "2026-11-11T07:31", "2026-11-12T07:31"):
            desk.send(at)
        desk.export("so-2.csv", [*self.ROWS, row("H5")])
        desk.poll(FRIDAY)
        made = digest(desk, "2026-11-13T07:30")
        late = next(block for block in made.blocks if block.key == "newly-late")
        assert [row.code for row in late.rows] == ["H1", "H2", "H3"]
        desk.send("2026-11-13T07:30")
        late = next(b for b in digest(desk, "2026-11-16T07:00").blocks if b.key == "newly-late")
        assert [row.code for row in late.rows] == ["H4"], "and not twice"


class TestLog:
    def test_a_run_logs_each_alarm_once_and_no_cell_of_a_source(
        self, desk: Desk, caplog: pytest.LogCaptureFixture
    ) -> None:
        desk.export("so-11.csv", MANY)
        desk.poll(WEDNESDAY)
        desk.export("so-12.csv", [*MANY[:50], row("X", status="Nguyễn Văn Ví Dụ")])
        with desk.open() as office, caplog.at_level(logging.INFO, logger="latewatch"):
            poll_all(office, NOW)
        said = [record.getMessage() for record in caplog.records]
        assert sum("giảm 49 %" in text for text in said) == 1
        assert sum("1 chữ trạng thái chưa biết" in text for text in said) == 1
        assert not any("Nguyễn Văn" in text for text in said)
        assert {record.levelname for record in caplog.records} == {"INFO", "WARNING"}
