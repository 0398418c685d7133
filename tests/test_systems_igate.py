"""iGate 2, asked over real HTTP: pages that move, names and dates of all kinds, runs that are cut."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest
from igate_server import LATEST, IGate
from offices import NOW, UNITS, Desk
from sqlalchemy import select
from systems_server import CLIENT_SECRET, cut, hurry, status
from typer.testing import CliRunner

from latewatch.cli.main import app
from latewatch.clock import VIETNAM
from latewatch.config import Source
from latewatch.domain.dossier import Channel, Status
from latewatch.domain.limit import TimeLimit
from latewatch.domain.reading import Reading
from latewatch.domain.record import Rejected, Reported
from latewatch.errors import ConfigError, SourceError
from latewatch.jobs.verify import verify
from latewatch.progress import silent
from latewatch.sources.profiles.profile import Delivers, load_profile
from latewatch.sources.systems.igate import pull
from latewatch.store import schema

CODE = "H36.12-261102-00000"


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    hurry(monkeypatch)


class Guarded(IGate):
    wants_token = True


def parts(source: Source, cursor: Mapping[str, str] | None = None, now: datetime = NOW) -> Iterator[Reading]:
    yield from pull(source, load_profile(source), cursor or {}, now, silent)


class Reader:
    """Keeps what each part says, as the store does: what comes later counts."""

    def __init__(self, system: IGate, **settings: Any) -> None:
        self.source = system.source(profile="igate", **{"page_size": 10, **settings})
        self.known: dict[str, Reported] = {}
        self.rejected: list[Rejected] = []
        self.warnings: list[str] = []
        self.cursor: Mapping[str, str] = {}
        self.parts = 0

    def run(self, stop_after: int | None = None) -> "Reader":
        """Read until the end, or until that many parts were kept."""
        reading = parts(self.source, self.cursor)
        for number, part in enumerate(reading, start=1):
            self.parts += 1
            self.known |= {each.code: each for each in part.reported}
            self.rejected += part.rejected
            self.warnings += part.warnings
            assert part.cursor is not None
            self.cursor = part.cursor
            if number == stop_after:
                break
        return self

    def versions(self) -> dict[str, str]:
        return {code: each.facts["officer"] for code, each in self.known.items()}


def stored(system: IGate) -> dict[str, str]:
    """What the system holds of each dossier, in the same words."""
    return {system.code(n): f"Cán bộ {system.versions[n]}" for n in system.order}


def one(**keys: Any) -> Reader:
    """Read one dossier with these keys; those that are None are not sent at all."""
    with IGate(1) as system:
        made = {**system.item(0), **keys}
        system.item = lambda _n: {key: value for key, value in made.items() if value is not None}  # type: ignore[method-assign]
        return Reader(system).run()


class TestRecords:
    def test_one_dossier(self) -> None:
        found = one(
            acceptedDate="2026-06-08T07:47:28.000+0700",
            appointmentDate="22/06/2026 07:47:28",
            completedDate="2026-06-19T01:05:00.000Z",
            appliedDate="20260607213000",
            dossierStatus={"id": 4, "name": [{"languageId": 228, "name": "Đã trả kết quả"}]},
        ).known[CODE]
        at = partial(datetime, tzinfo=VIETNAM)
        assert found.facts == {
            "status": Status.RETURNED,
            "status_text": "Đã trả kết quả",
            "received_at": at(2026, 6, 8, 7, 47, 28),
            "promised_at": at(2026, 6, 22, 7, 47, 28),
            "processed_at": at(2026, 6, 19, 8, 5),
            "submitted_at": at(2026, 6, 7, 21, 30),
            "time_limit": TimeLimit(10),
            "procedure_code": "1.001193",
            "procedure": "Đăng ký Ví Dụ",
            "field": "Hộ tịch",
            "resolving_unit": "Phòng Kinh tế",
            "channel": Channel.DIRECT,
            "applicant": "Nguyễn Văn Ví Dụ",
            "phone": "0900000000",
            "step": "Thẩm định",
            "officer": "Cán bộ 1",
            "department": "",
        }
        assert found.raw["dossierStatus"]["id"] == 4
        assert str(found.place) == "he-thong, trang 1, dòng 1"

    @pytest.mark.parametrize(
        "name",
        [
            pytest.param("ĐANG XỬ LÝ", id="plain text"),
            pytest.param({"languageId": 228, "name": "Đang xử lý"}, id="an object"),
            pytest.param([{"languageId": 46, "name": "In progress"}, {"languageId": 228, "name": "Đang  xử lý"}], id="an array"),
            pytest.param([{"languageId": "228", "name": "Đang xử lý"}], id="the language as a text"),
            pytest.param([{"name": "Đang xử lý"}], id="no language"),
        ],
    )  # fmt: skip
    def test_names_of_all_kinds(self, name: object) -> None:
        found = one(
            dossierStatus={"id": 2, "name": name},
            agency={"name": name},
            procedure={"translate": name},
        ).known[CODE]
        assert found.facts["status"] is Status.PROCESSING
        assert found.facts["resolving_unit"].casefold() == "đang xử lý"
        assert found.facts["procedure"].casefold() == "đang xử lý"

    def test_the_name_decides_and_not_the_number(self) -> None:
        for number in (0, 4, 17):
            found = one(dossierStatus={"id": number, "name": "Đang xử lý"}).known[CODE]
            assert found.facts["status"] is Status.PROCESSING

    def test_a_status_nobody_mapped_is_set_aside_and_counted(self) -> None:
        with IGate(3) as system:
            system.extra[1] = {"dossierStatus": {"id": 4, "name": "Chờ ký số"}}
            source = system.source(profile="igate")
            (part,) = parts(source)
        (rejected,) = part.rejected
        assert len(part.reported) == 2
        assert part.unknown == {"Chờ ký số": 1}
        assert (rejected.code, rejected.column) == (IGate.code(1), "dossierStatus.name")
        assert rejected.reason.startswith("từ lạ “Chờ ký số”; hãy khai nghĩa của nó trong status_words")
        assert rejected.raw["code"] == IGate.code(1)
        assert rejected.place.row == 2

    def test_a_number_counts_where_there_is_no_name_and_an_office_mapped_it(self) -> None:
        with IGate(1) as system:
            system.extra[0] = {"dossierStatus": {"id": 17}}
            unmapped = Reader(system).run()
            mapped = Reader(system, status_words={"17": "processing"}).run()
        assert unmapped.rejected[0].column == "dossierStatus.id"
        assert mapped.known[CODE].facts["status"] is Status.PROCESSING

    @pytest.mark.parametrize(
        ("keys", "limit"),
        [
            pytest.param({"processingTime": 10, "processingTimeUnit": "d"}, TimeLimit(10), id="days"),
            pytest.param({"processingTime": "10", "processingTimeUnit": "D"}, TimeLimit(10), id="as text"),
            pytest.param({"processingTime": 10.0, "processingTimeUnit": None}, TimeLimit(10), id="no unit"),
            pytest.param({"processingTime": 4, "processingTimeUnit": "h"}, TimeLimit.parse("4h"), id="hours"),
            pytest.param({"processingTime": 0.5, "processingTimeUnit": "d"}, TimeLimit.parse("4h"), id="half a day"),
            pytest.param({"processingTime": 0, "processingTimeUnit": "d"}, None, id="none is set"),
            pytest.param({"processingTime": None}, None, id="none is sent"),
            pytest.param(
                {"processingTime": None, "procedureProcessDefinition": {"processDefinition": {"processingTime": 7}}},
                TimeLimit(7),
                id="of the process",
            ),
        ],
    )  # fmt: skip
    def test_limits(self, keys: dict[str, Any], limit: TimeLimit | None) -> None:
        assert one(**keys).known[CODE].facts["time_limit"] == limit

    def test_days_of_the_calendar_where_the_source_says_so(self) -> None:
        with IGate(1) as system:
            found = Reader(system, limit_unit="cd").run().known[CODE]
        assert found.facts["time_limit"] == TimeLimit.parse("10cd")

    @pytest.mark.parametrize(
        ("keys", "column", "words"),
        [
            pytest.param({"code": " "}, "code", "thiếu mã hồ sơ", id="no code"),
            pytest.param({"code": "x" * 101}, "code", "dài quá 100 ký tự", id="a code without end"),
            pytest.param({"dossierStatus": {"id": None, "name": ""}}, "dossierStatus.id", "trạng thái trống", id="no status"),
            pytest.param({"acceptedDate": "sớm"}, "acceptedDate", "không phải ngày", id="no date"),
            pytest.param({"acceptedDate": "", "dossierStatus": {"name": "Đang xử lý"}}, "acceptedDate", "thiếu ngày tiếp nhận", id="no receipt"),
            pytest.param({"acceptedDate": "2026-11-03T08:00:00.000+0700", "appointmentDate": "02/11/2026"}, "appointmentDate", "trước ngày tiếp nhận 03/11/2026; hãy sửa ở hệ thống", id="promised before the receipt"),
            pytest.param({"processingTimeUnit": "y"}, "processingTime", "đơn vị thời hạn “y” lạ", id="an unknown unit"),
            pytest.param({"processingTime": 0.3}, "processingTime", "không thể có", id="a third of a day"),
            pytest.param({"processingTime": "vài"}, "processingTime", "không phải con số", id="some days"),
            pytest.param({"procedure": "1.001193"}, "procedure", "không đúng dạng của hệ thống này", id="another kind of value"),
        ],
    )  # fmt: skip
    def test_a_bad_record_is_set_aside_and_the_page_goes_on(
        self, keys: dict[str, Any], column: str, words: str
    ) -> None:
        with IGate(3) as system:
            system.extra[1] = keys
            reader = Reader(system).run()
        (rejected,) = reader.rejected
        assert sorted(reader.known) == [IGate.code(0), IGate.code(2)]
        assert rejected.column == column
        assert words in rejected.reason
        assert rejected.place.row == 2

    @pytest.mark.parametrize("item", [None, 7, "x", [], {}], ids=repr)
    def test_what_is_no_record_at_all(self, item: object) -> None:
        with IGate(2) as system:
            first = system.item(0)
            system.item = lambda n: first if n == 0 else item  # type: ignore[method-assign]
            reader = Reader(system).run()
        assert (list(reader.known), len(reader.rejected)) == ([CODE], 1)

    def test_what_no_database_takes_is_left_out(self) -> None:
        found = one(applicant={"data": {"fullname": "Nguyễn\0 Văn Ví Dụ"}}, note="a\0b\\u0000").known[CODE]
        assert found.facts["applicant"] == "Nguyễn Văn Ví Dụ"
        assert found.raw["note"] == "ab\\u0000"

    def test_what_decides_nothing_is_left_out_and_said_once(self) -> None:
        with IGate(30) as system:
            system.extra = {n: {"applyMethod": {"id": 2, "name": "Qua mạng"}} for n in range(30)}
            reader = Reader(system).run()
        assert len(reader.known) == 30
        assert "channel" not in reader.known[CODE].facts
        assert reader.warnings == [
            "he-thong, trang 1, dòng 1, khóa “applyMethod.name”: kênh nộp lạ “Qua mạng”; hãy khai nghĩa của nó "
            "trong channel_words của nguồn; hồ sơ vẫn được nhận, khóa này bị bỏ qua"
        ]

    def test_what_is_not_sent_leaves_alone_what_is_stored(self) -> None:
        gone = dict.fromkeys(
            ("applicant", "procedure", "agency", "applyMethod", "currentTask", "dossierTaskStatus")
        )
        facts = one(**gone).known[CODE].facts
        assert set(facts) == {
            "status",
            "status_text",
            "received_at",
            "promised_at",
            "processed_at",
            "submitted_at",
            "time_limit",
        }
        assert facts["processed_at"] is None

    @pytest.mark.parametrize(
        ("tasks", "officer"),
        [
            pytest.param([{"assignee": {"fullname": "A"}}, {"assignee": {"fullname": "B"}, "isCurrent": 1}], "B", id="the current of two"),
            pytest.param([{"assignee": {"fullname": "A"}}], "A", id="the only one"),
            pytest.param([{"assignee": {"fullname": "A"}, "isCurrent": 0}], "", id="one that is over"),
            pytest.param({"assignee": {"fullname": "A"}, "isCurrent": True}, "A", id="an object"),
            pytest.param([], "", id="none"),
        ],
    )  # fmt: skip
    def test_with_whom_a_dossier_lies(self, tasks: object, officer: str) -> None:
        assert one(currentTask=tasks).known[CODE].facts["officer"] == officer

    def test_what_it_delivers(self) -> None:
        with IGate() as system:
            assert load_profile(system.source(profile="igate")).delivers == (Delivers.LIMITS,)


class TestPages:
    @pytest.mark.parametrize("spec", ["page", "slice"])
    def test_all_of_them(self, spec: str) -> None:
        with IGate(95) as system:
            reader = Reader(system, parameters={"spec": spec, "ancestor-agency-id": "a1"}).run()
            assert reader.versions() == stored(system)
            assert {each.query["spec"] for each in system.asked} == {spec}
            assert {each.query["ancestor-agency-id"] for each in system.asked} == {"a1"}
        assert reader.parts == 11  # ten pages, and a look at the front

    def test_none_at_all(self) -> None:
        with IGate() as system:
            assert (Reader(system).run().known, len(system.asked)) == ({}, 1)

    def test_a_system_that_gives_less_than_asked_for(self) -> None:
        with IGate(95) as system:
            system.largest_page = 7
            assert Reader(system, page_size=100).run().versions() == stored(system)

    def test_dossiers_that_are_updated_meanwhile(self) -> None:
        random = Random(1)  # noqa: S311  dice, not secrets
        with IGate(300) as system:
            for _ in range(35):
                system.meanwhile.append(
                    partial(system.touch, *random.sample(range(300), random.randrange(4)))
                )
            system.meanwhile.append(partial(system.touch, 300, 301))
            reader = Reader(system).run().run()
            assert reader.versions() == stored(system)

    def test_one_that_moves_away_before_it_is_read_is_found_in_the_same_run(self) -> None:
        with IGate(50) as system:
            system.meanwhile = [partial(system.touch, 45)]
            assert Reader(system).run().versions() == stored(system)

    def test_a_row_that_moved_onto_the_next_page_is_taken_once(self) -> None:
        with IGate(20) as system:
            system.meanwhile = [partial(system.touch, 19)]
            read = list(parts(system.source(profile="igate", page_size=10)))
        assert [each.repeated for each in read[:2]] == [0, 1]

    def test_dossiers_that_are_removed_meanwhile(self) -> None:
        with IGate(95) as system:
            system.meanwhile = [lambda: None, lambda: None, partial(system.remove, 0, 1, 2)]
            reader = Reader(system).run()
            assert stored(system).items() <= reader.versions().items()

    def test_of_two_records_of_one_code_the_newest_counts(self) -> None:
        with IGate(25) as system:
            system.extra[20] = {"code": CODE, "currentTask": [{"assignee": {"fullname": "cũ"}}]}
            assert Reader(system).run().versions()[CODE] == "Cán bộ 1"

    def test_a_system_that_gives_the_same_page_for_ever(self) -> None:
        with IGate(30) as system:
            page = system.page([system.item(n) for n in range(10)], 0, 10, "slice")
            system.page = lambda *_: {**page, "pageable": None}  # type: ignore[method-assign]
            with pytest.raises(SourceError, match="5 trang liền không có gì mới"):
                Reader(system).run()

    def test_a_system_that_gives_another_page(self) -> None:
        with IGate(30) as system:
            page = system.page([system.item(n) for n in range(10)], 0, 10, "page")
            system.page = lambda *_: page  # type: ignore[method-assign]
            with pytest.raises(SourceError, match="hỏi trang 2 mà nhận trang 1"):
                Reader(system).run()

    def test_a_parameter_that_is_not_the_offices_to_set(self) -> None:
        with IGate() as system, pytest.raises(ConfigError, match=r"he-thong\.parameters\.size"):
            Reader(system, parameters={"size": "1"}).run()


class TestCursor:
    def test_a_later_run_reads_only_what_is_newer(self) -> None:
        with IGate(200) as system:
            reader = Reader(system, overlap_minutes=0).run()
            system.asked.clear()
            system.touch(150, 180, 200)
            reader.run()
            assert reader.versions() == stored(system)
            assert len(system.asked) == 1

    def test_the_overlap_finds_what_was_written_down_late(self) -> None:
        with IGate(200) as system:
            reader = Reader(system).run()
            system.order.insert(30, 500)  # updated half an hour before the newest, and seen only now
            system.updated[500], system.versions[500] = system.updated[30], 1
            reader.run()
            assert reader.versions() == stored(system)

    def test_a_first_run_reads_back_to_since(self) -> None:
        with IGate(3000) as system:
            reader = Reader(system, since=(LATEST - timedelta(days=1)).date(), page_size=100).run()
        minutes = 24 * 60 + 7 * 60 + 30
        assert minutes <= len(reader.known) < minutes + 200

    def test_a_date_of_update_ahead_hides_nothing_later(self) -> None:
        with IGate(20) as system:
            system.updated[0] = LATEST + timedelta(days=4000)
            reader = Reader(system).run()
            assert reader.cursor == {"updated": NOW.isoformat()}
            system.touch(7)
            assert reader.run().versions() == stored(system)

    def test_a_system_that_does_not_keep_the_order_is_read_whole(self) -> None:
        with IGate(60) as system:
            Random(1).shuffle(system.order)  # noqa: S311  dice, not secrets
            reader = Reader(system, overlap_minutes=0).run()
            last = system.order[-1]
            system.updated[last], system.versions[last] = LATEST + timedelta(minutes=1), 2
            assert reader.run().versions() == stored(system)
            assert "không xếp theo updatedDate" in reader.warnings[0]
            assert len(reader.warnings) == 2  # once a run

    def test_records_that_do_not_say_when_they_were_updated(self) -> None:
        with IGate(60) as system:
            system.extra = {n: {"updatedDate": None} for n in range(60)}
            reader = Reader(system).run()
            assert reader.versions() == stored(system)
            assert reader.cursor == {}

    @pytest.mark.parametrize("seed", range(5))
    def test_runs_that_are_cut_end_where_an_undisturbed_one_does(self, seed: int) -> None:
        random = Random(seed)  # noqa: S311  dice, not secrets
        with IGate(300) as system:
            reader = Reader(system)
            while not reader.cursor.get("updated"):
                system.touch(*random.sample(range(300), random.randrange(25)))
                reader.run(stop_after=random.randrange(1, 9))
            system.meanwhile.clear()
            assert reader.run().versions() == stored(system)

    @pytest.mark.parametrize("spec", ["page", "slice"])
    def test_dossiers_that_are_removed_while_a_run_is_cut(self, spec: str) -> None:
        with IGate(95) as system:
            reader = Reader(system, parameters={"spec": spec}).run(stop_after=8)
            system.remove(0, 1, 2, 3, 4)
            assert stored(system).items() <= reader.run().versions().items()

    def test_pages_of_another_size_after_a_run_is_cut(self) -> None:
        with IGate(95) as system:
            reader = Reader(system).run(stop_after=3)
            reader.source = system.source(profile="igate", page_size=40)
            assert reader.run().versions() == stored(system)

    def test_fifty_thousand(self) -> None:
        """Cut in the middle, while one in a hundred is updated."""
        with IGate(50_000) as system:
            reader = Reader(system, page_size=1000).run(stop_after=23)
            assert len(reader.known) == 23_000
            system.touch(*Random(1).sample(range(50_000), 500))  # noqa: S311  dice, not secrets
            assert reader.run().versions() == stored(system)
            assert len(system.asked) < 60


def configured(folder: Path, system: IGate, **keys: str) -> Desk:
    desk = Desk(folder)
    desk.configure(system.table(**{"profile": '"igate"', "page_size": "20", **keys}), UNITS)
    return desk


def kept(desk: Desk) -> dict[str, dict[str, Any]]:
    """What the store holds alive, without the marks of the batch that brought it."""
    with desk.open() as office, office.store.reading() as connection:
        rows = connection.execute(select(schema.dossier)).mappings().all()
    return {
        row["code"]: {name: row[name] for name in ("status", "officer", "received_at", "step")}
        for row in rows
    }


class TestPolls:
    def test_a_poll_from_the_command_line(self, tmp_path: Path) -> None:
        with Guarded(90) as system:
            system.extra[3] = {"dossierStatus": {"id": 16, "name": "Chờ ký số"}}
            desk = configured(tmp_path, system)
            command = [
                "poll",
                "--config",
                str(tmp_path / "config.toml"),
                "--at",
                "2026-11-12T08:00",
                "--json",
            ]
            first, second = (CliRunner().invoke(app, command) for _ in range(2))
            system.befall(mishap=status(401))
            refused = CliRunner().invoke(app, command)
        made, again = (json.loads(each.stdout)["he-thong"] for each in (first, second))
        assert (first.exit_code, second.exit_code, refused.exit_code) == (0, 0, 1)
        assert (made["new"], made["rejected"], made["problems"]) == (89, 1, [])
        assert (again["new"], again["changed"], again["rejected"]) == (0, 0, 1)
        assert len(kept(desk)) == 89
        assert "HTTP 401" in refused.stdout
        for each in (first, second, refused):
            assert "ma-truy-cap-" not in each.output
            assert CLIENT_SECRET not in each.output

    def test_a_word_that_is_mapped_brings_its_dossiers(self, tmp_path: Path) -> None:
        with IGate(90) as system:
            system.extra[3] = {"dossierStatus": {"id": 16, "name": "Chờ ký số"}}
            configured(tmp_path, system).poll()
            desk = configured(tmp_path, system, status_words='{ "Chờ ký số" = "processing" }')
            desk.poll()
        assert kept(desk)[IGate.code(3)]["status"] == "processing"

    def test_a_folder_is_no_interface(self, tmp_path: Path) -> None:
        desk = Desk(tmp_path)
        desk.configure('[[sources]]\nname = "igate"\nprofile = "igate"\nfolder = "in"\n')
        with pytest.raises(ConfigError, match=r"igate\.folder: mẫu “igate” hỏi qua giao diện"):
            desk.poll()

    def test_a_token_that_expires_in_the_middle(self, tmp_path: Path) -> None:
        with Guarded(90) as system:
            system.meanwhile = [lambda: None, system.expire_tokens]
            desk = configured(tmp_path, system)
            assert desk.poll().problems == []
            assert (len(kept(desk)), len(system.tokens)) == (90, 2)

    def test_a_poll_that_is_cut_goes_on_and_ends_as_an_undisturbed_one(self, tmp_path: Path) -> None:
        with IGate(300) as system:
            whole, cut_off = (tmp_path / name for name in ("whole", "cut"))
            whole.mkdir()
            cut_off.mkdir()
            desk, other = configured(whole, system), configured(cut_off, system, retries="0")
            system.befall(5, 6, 11, mishap=cut())
            failed = [other.poll().problems for _ in range(3)]
            assert all("kết nối bị ngắt giữa chừng" in problems[0] for problems in failed)
            assert 0 < len(kept(other)) < 300
            assert other.poll().problems == []
            desk.poll()
            assert kept(other) == kept(desk)
            assert len(kept(other)) == 300
            with other.open() as office, office.store.reading() as connection:
                states = connection.execute(select(schema.batch.c.state)).scalars().all()
            assert sorted(states) == ["cured", "done"]

    def test_what_was_cut_and_is_read_otherwise_now_is_closed(self, tmp_path: Path) -> None:
        with IGate(300) as system:
            desk = configured(tmp_path, system, retries="0")
            system.befall(5, mishap=cut())
            assert desk.poll().problems
            desk = configured(tmp_path, system, status_words='{ "Chờ ký số" = "processing" }')
            assert desk.poll().problems == []
            assert len(kept(desk)) == 300
            with desk.open() as office:
                with office.store.reading() as connection:
                    table = schema.batch.c
                    kinds = connection.execute(select(table.state, table.versions).order_by(table.id)).all()
                assert [state for state, _ in kinds if state != "cured"] == ["done", "done"]
                assert sum(versions for _, versions in kinds) == 300
                assert verify(office).is_whole
