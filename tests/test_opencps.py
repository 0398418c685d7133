"""OpenCPS on loopback: what is asked for when, pages that shift while they are read, runs that are stopped."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from amounts import usually
from offices import NOW, Desk, desk_in
from opencps_server import GROUP, Item, OpenCps, closed, item
from sqlalchemy import select
from systems_server import cut, hurry, silence, status
from typer.testing import CliRunner

from latewatch.cli.main import app
from latewatch.config import Source
from latewatch.domain.reading import Reading
from latewatch.errors import ConfigError, SourceError
from latewatch.progress import silent
from latewatch.sources.profiles.profile import load_profile
from latewatch.sources.systems.opencps import pull
from latewatch.store import schema

MORNING = datetime(2026, 11, 2, 8, 0)  # noqa: DTZ001  as the system writes it
TODAY = NOW.date()
TABLE = {
    "profile": '"opencps"',
    "parameters": f'{{ groupId = "{GROUP}" }}',
    "since": "2026-09-01",
    "page_size": "20",
}


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    hurry(monkeypatch)


@pytest.fixture
def system() -> Iterator[OpenCps]:
    with OpenCps() as made:
        yield made


def some(count: int, first: int = 1, received: datetime = MORNING, status: str = "processing") -> list[Item]:
    return [item(first + n, received + timedelta(minutes=n), status) for n in range(count)]


def source_of(system: OpenCps, **settings: Any) -> Source:
    usual = {
        "profile": "opencps",
        "parameters": {"groupId": GROUP},
        "since": date(2026, 9, 1),
        "page_size": 20,
    }
    return system.source(**{**usual, **settings})


def parts(
    system: OpenCps, cursor: Mapping[str, str] | None = None, now: datetime = NOW, **settings: Any
) -> Iterator[Reading]:
    source = source_of(system, **settings)
    return pull(source, load_profile(source), cursor or {}, now, silent)


def codes(found: Sequence[Reading]) -> list[str]:
    return [each.code for part in found for each in part.reported]


def windows(system: OpenCps, name: str) -> list[str]:
    """Return the windows of days that were asked for, each once."""
    asked = [each.query for each in system.asked if f"from{name}" in each.query]
    return list(dict.fromkeys(f"{each[f'from{name}']}-{each[f'to{name}']}" for each in asked))


def desk_at(system: OpenCps, folder: Any, **settings: str) -> Desk:
    desk = desk_in(folder)
    desk.configure(system.table(**{**TABLE, **settings}))
    return desk


def stored(desk: Desk) -> dict[str, str]:
    with desk.open() as office, office.store.reading() as connection:
        rows = connection.execute(select(schema.dossier.c.code, schema.dossier.c.status))
        return {row.code: row.status for row in rows}


# What is asked for


def test_a_first_run_reads_what_is_open_then_all_windows_of_receipts(system: OpenCps) -> None:
    system.items = some(3)
    found = list(parts(system))
    statuses = system.asked[0].query["status"].split(",")
    assert {"new", "receiving", "processing", "waiting", "pausing", "paying"} <= set(statuses)
    assert not {"done", "releasing", "denied", "cancelled", "unresolved"} & set(statuses)
    assert windows(system, "ReceiveDate") == [
        "01/09/2026-01/10/2026",
        "02/10/2026-01/11/2026",
        "02/11/2026-12/11/2026",
    ]
    assert windows(system, "ReleaseDate") == []
    assert system.asked[0].headers["groupid"] == GROUP
    assert "groupId" not in system.asked[0].query
    assert found[-1].cursor == {"through": "2026-11-12"}


def test_without_since_a_first_run_reads_a_year(system: OpenCps) -> None:
    list(parts(system, since=None, window_days=400))
    assert windows(system, "ReceiveDate") == ["12/11/2025-12/11/2026"]


def test_a_later_run_reads_what_is_open_and_a_month_of_receipts_results_and_ends(system: OpenCps) -> None:
    list(parts(system, {"through": "2026-11-10"}))
    assert "status" in system.asked[0].query
    for name in ("ReceiveDate", "ReleaseDate", "FinishDate"):
        assert windows(system, name) == ["10/10/2026-09/11/2026", "10/11/2026-12/11/2026"]


def test_an_old_dossier_is_found_by_the_day_of_its_end(system: OpenCps) -> None:
    old = datetime(2024, 3, 4, 8, 0)  # noqa: DTZ001  as above
    system.items = [
        closed(1, old, MORNING, finishDate=""),
        closed(2, old, old, "cancelled", finishDate="20261103090000"),
        closed(3, old, old),
        item(4, old),
    ]
    found = list(parts(system, {"through": "2026-11-10"}))
    assert sorted(codes(found)) == ["H36.12-000001", "H36.12-000002", "H36.12-000004"]


def test_parameters_of_the_office_go_with_every_question(system: OpenCps) -> None:
    list(parts(system, parameters={"groupId": GROUP, "agency": "PKT", "sort": "dossierId"}))
    assert {(each.query["agency"], each.query["sort"]) for each in system.asked} == {("PKT", "dossierId")}


def test_without_the_number_of_its_site_nothing_is_asked(system: OpenCps) -> None:
    with pytest.raises(ConfigError, match="groupId"):
        list(parts(system, parameters={}))
    assert system.asked == []


def test_words_of_the_office_are_asked_for_too(system: OpenCps) -> None:
    list(parts(system, status_words={"verifying": "processing", "archiving": "returned"}))
    asked = system.asked[0].query["status"].split(",")
    assert "verifying" in asked
    assert "archiving" not in asked


# Pages


def test_every_dossier_comes_once_in_a_listing_however_many_pages_there_are(system: OpenCps) -> None:
    system.items = some(95)
    found = list(parts(system, since=date(2026, 11, 1)))
    wanted = [each["dossierNo"] for each in system.items]
    assert codes(found) == [*wanted, *wanted], "of what is open, then of what was received"
    assert sum(part.repeated for part in found) == 2 * 5 * 5, "five rows of five pages of each listing"
    assert [each.query["start"] for each in system.asked if "status" in each.query] == [
        *("0", "15", "30", "45", "60", "75"),
    ]


def test_a_server_that_gives_smaller_pages_than_asked_is_followed(system: OpenCps) -> None:
    system.largest_page = 7
    system.items = some(40)
    assert len(set(codes(list(parts(system, page_size=100))))) == 40


@pytest.mark.parametrize("size", [1, 2, 3, 10, 1000])
def test_any_size_of_page_reads_all(system: OpenCps, size: int) -> None:
    system.items = some(23)
    assert len(set(codes(list(parts(system, page_size=size))))) == 23


Change = Callable[[OpenCps], None]
SHIFTS = [
    pytest.param(lambda system: system.remove(3), id="one leaves the page before"),
    pytest.param(lambda system: system.remove(*range(1, 19)), id="almost all of the page before leave"),
    pytest.param(
        lambda system: system.change(some(30, 901, MORNING - timedelta(hours=1))), id="many come in front"
    ),
    pytest.param(
        lambda system: system.change(some(30, 901, MORNING + timedelta(hours=9))), id="many come behind"
    ),
    pytest.param(
        lambda system: (
            system.remove(*range(1, 11)),
            system.change(some(10, 901, MORNING + timedelta(hours=9))),
        ),
        id="as many leave as come: the total is the same",
    ),
    pytest.param(lambda system: system.remove(*range(1, 61)), id="more leave than remain to be read"),
    pytest.param(lambda system: system.remove(*range(1, 96)), id="all leave"),
]


@pytest.mark.parametrize("change", SHIFTS)
@pytest.mark.parametrize("question", [2, 3, 8, 9])
def test_a_listing_that_shifts_while_it_is_read_loses_nobody(
    system: OpenCps, change: Change, question: int
) -> None:
    """At the second or third question what is open is read, at the eighth or ninth what was received."""
    system.items = some(95)
    system.before = lambda number: change(system) if number == question else None
    found = codes(list(parts(system, since=date(2026, 11, 1))))
    assert {each["dossierNo"] for each in system.items} <= set(found)


def test_a_listing_that_changed_is_read_once_more_and_not_for_ever(system: OpenCps) -> None:
    system.items = some(40)
    system.before = lambda number: system.change(some(1, 900 + number))
    list(parts(system, since=date(2026, 11, 1)))
    starts = [each.query["start"] for each in system.asked if "status" in each.query]
    assert starts.count("0") == 2


def test_a_listing_that_stood_still_is_read_once(system: OpenCps) -> None:
    system.items = some(40)
    list(parts(system, since=date(2026, 11, 1)))
    assert [each.query["start"] for each in system.asked if "status" in each.query] == ["0", "15", "30"]


@pytest.mark.parametrize("nothing", [{"total": 0}, {"total": 0, "data": None}, {"total": 0, "data": []}])
def test_a_system_without_dossiers_is_no_broken_one(system: OpenCps, nothing: dict[str, Any]) -> None:
    system.answer = lambda request: nothing  # type: ignore[method-assign]
    found = list(parts(system))
    assert (codes(found), found[-1].cursor) == ([], {"through": "2026-11-12"})


def test_what_is_promised_and_never_comes_is_said(system: OpenCps) -> None:
    system.items = some(40)
    honest = system.answer
    system.answer = lambda request: {**honest(request), "total": 50}  # type: ignore[method-assign, dict-item]
    found = list(parts(system, since=date(2026, 11, 1)))
    said = [warning for part in found for warning in part.warnings]
    assert said[0].startswith("he-thong, hồ sơ đang mở: hệ thống báo có mà không trả 10 hồ sơ")


def test_whom_nobody_accepted_yet_has_no_number_and_waits_for_it(system: OpenCps) -> None:
    waiting = [item(n, None, "new", dossierNo="") for n in (1, 2)]
    system.items = [*waiting, item(3, MORNING, dossierNo=""), item(4, None, "receiving")]
    found = list(parts(system))
    assert codes(found) == ["H36.12-000004"]
    assert {each.column for part in found for each in part.rejected} == {"dossierNo"}
    assert [warning for part in found for warning in part.warnings] == [
        "he-thong: 2 hồ sơ chưa có số (dossierNo); được lấy khi có số"
    ]


# A run that is stopped goes on where it was


def test_from_every_cursor_a_run_goes_on_and_loses_nobody(system: OpenCps) -> None:
    system.items = [
        *some(45),
        *some(45, 101, MORNING - timedelta(days=40), "waiting"),
        *[closed(200 + n, MORNING - timedelta(days=50), MORNING) for n in range(30)],
    ]
    whole = [part.cursor for part in parts(system)]
    wanted = {each["dossierNo"] for each in system.items}
    first = len(system.asked)
    for stop in range(1, len(whole)):
        found = []
        for number, part in enumerate(parts(system), start=1):
            found += codes([part])
            if number == stop:
                break
        system.asked.clear()
        rest = list(parts(system, whole[stop - 1]))
        assert [part.cursor for part in rest] == whole[stop:], stop
        assert len(system.asked) == first - stop
        assert {*found, *codes(rest)} == wanted


def test_a_run_that_goes_on_another_day_reads_up_to_that_day(system: OpenCps) -> None:
    system.items = some(45)
    stopped = next(
        part.cursor for part in parts(system) if part.cursor and part.cursor["listing"] == "received"
    )
    system.asked.clear()
    later = NOW + timedelta(days=5)
    rest = list(parts(system, stopped, later))
    assert windows(system, "ReceiveDate")[-1] == "02/11/2026-17/11/2026"
    assert rest[-1].cursor == {"through": "2026-11-12"}, "what it began with is what it knows"
    system.asked.clear()
    list(parts(system, rest[-1].cursor, later))
    assert windows(system, "ReleaseDate")[0].startswith("12/10/2026")


def test_a_run_that_goes_on_with_other_windows_reads_its_place_again(system: OpenCps) -> None:
    system.items = some(45)
    cursors = [part.cursor for part in parts(system, window_days=10)]
    stopped = next(each for each in cursors if each and each.get("window") == "2026-10-11")
    system.asked.clear()
    found = list(parts(system, stopped, window_days=25))
    assert len(set(codes(found))) == 45
    assert windows(system, "ReceiveDate") == [
        "26/09/2026-20/10/2026",
        "21/10/2026-12/11/2026",
    ], "not the one before, and no question of what is open"


def test_a_cursor_that_lies_ahead_of_the_clock_is_survived(system: OpenCps) -> None:
    system.items = some(5)
    found = list(parts(system, {"through": "2026-12-24"}))
    assert len(set(codes(found))) == 5
    assert windows(system, "ReceiveDate")[0].startswith("12/10/2026")


# What goes wrong on the way


@pytest.mark.parametrize(
    "mishap",
    [
        pytest.param(status(429, Retry_After="0"), id="asked too often"),
        pytest.param(status(500), id="500"),
        pytest.param(silence(2.5), id="timeout"),
        pytest.param(cut(b'{"total": 3, "data": ['), id="cut"),
    ],
)
def test_what_passes_is_tried_again(system: OpenCps, mishap: Any) -> None:
    system.items = some(45)
    system.befall(2, 5, mishap=mishap)
    assert len(set(codes(list(parts(system))))) == 45


@pytest.mark.parametrize("code", [401, 403, 404])
def test_what_does_not_pass_is_not_tried_again(system: OpenCps, code: int) -> None:
    system.items = some(45)
    system.befall(3, mishap=status(code))
    with pytest.raises(SourceError, match=f"{code}"):
        list(parts(system))
    assert len(system.asked) == 3


def test_an_answer_of_another_system_is_refused(system: OpenCps) -> None:
    system.answer = lambda request: {"content": []}  # type: ignore[method-assign]
    with pytest.raises(SourceError, match="không đúng dạng"):
        list(parts(system))


# Into the store


def test_a_server_that_dies_half_way_costs_nothing_that_was_read(system: OpenCps, tmp_path: Any) -> None:
    system.items = some(95)
    desk = desk_at(system, tmp_path)
    for number in range(4, 8):
        system.befall(number, mishap=status(503))
    first = desk.poll()
    assert "503" in first.problems[0]
    assert first.intake.new == 50
    system.recover()
    second = desk.poll()
    assert not second.problems
    assert len(stored(desk)) == 95
    assert second.intake.new == 45
    with desk.open() as office, office.store.reading() as connection:
        done = connection.execute(select(schema.batch).where(schema.batch.c.state == "done")).mappings().all()
    assert [(each["new"], each["rejected"]) for each in done] == [(95, 0)], "one run, one batch"


def test_the_next_run_brings_what_changed_and_nothing_else(system: OpenCps, tmp_path: Any) -> None:
    system.items = some(60)
    desk = desk_at(system, tmp_path)
    assert desk.poll().intake.new == 60
    assert desk.poll().intake.changed == 0
    system.change(
        [
            closed(1, MORNING, datetime(2026, 11, 11, 9, 0)),  # noqa: DTZ001  as above
            item(2, MORNING + timedelta(minutes=1), "waiting"),
            item(3, MORNING + timedelta(minutes=2), lockState="PAUSE"),
            item(90, MORNING + timedelta(days=9)),
        ]
    )
    result = desk.poll(NOW + timedelta(hours=1))
    assert (result.intake.new, result.intake.changed) == (1, 3)
    found = stored(desk)
    assert [found[f"H36.12-00000{n}"] for n in (1, 2, 3, 4)] == [
        *("returned", "supplement", "suspended", "processing"),
    ]


def test_what_is_set_aside_in_several_listings_is_told_of_once(system: OpenCps, tmp_path: Any) -> None:
    system.items = [item(1, MORNING, durationUnit=9), closed(2, MORNING, MORNING, "archiving"), *some(3, 10)]
    desk = desk_at(system, tmp_path)
    assert desk.poll().intake.rejected == 2
    assert desk.poll().intake.rejected == 2, "open, received; received, with a result, at its end"
    stopped = [part for part in parts(system, {"through": "2026-11-11"}) if part.rejected][-1].cursor
    assert stopped
    assert stopped["aside"] == "H36.12-000001\nH36.12-000002"
    assert not [each for part in parts(system, stopped) for each in part.rejected]


def test_words_that_change_in_a_record_without_a_fact_are_no_new_version(
    system: OpenCps, tmp_path: Any
) -> None:
    system.items = some(3)
    desk = desk_at(system, tmp_path)
    desk.poll()
    system.change(
        [{**each, "timeOverdueText": "Còn 1 ngày", "extendDate": "20261110080000"} for each in some(3)]
    )
    assert desk.poll().intake.changed == 0


def test_a_first_run_of_many_shows_a_bar_and_reads_all(tmp_path: Any) -> None:
    begin = datetime(2021, 1, 4, 8, 0)  # noqa: DTZ001  as above
    number = usually(10_000, 50_000)
    hours = 50_000 // number
    many = [
        closed(n, begin + timedelta(hours=n * hours), begin + timedelta(hours=n + 30))
        if n < number - 1_000
        else item(n, begin + timedelta(hours=n * hours))
        for n in range(number)
    ]
    shown: list[tuple[int, str]] = []

    def bar(items: Sequence[Any], title: str, /) -> Sequence[Any]:
        shown.append((len(items), title))
        return items

    with OpenCps(many) as system:
        settings = {"since": date(2021, 1, 1), "page_size": 1000, "requests_per_second": 1000.0}
        source = source_of(system, **settings)
        found = set()
        for part in pull(source, load_profile(source), {}, NOW, bar):
            found.update(codes([part]))
    assert len(found) == number
    assert shown == [(71, "Lấy he-thong")]


def command(folder: Any, *more: str) -> tuple[int, dict[str, Any]]:
    """Run `latewatch poll` and return its exit code and what it says of the source."""
    words = ["poll", "--config", str(folder / "config.toml"), "--json", "--at", NOW.isoformat(), *more]
    result = CliRunner().invoke(app, words)
    return result.exit_code, json.loads(result.stdout)["he-thong"]


def test_from_the_command_line_to_the_late_list(system: OpenCps, tmp_path: Any) -> None:
    """The appointment of all lies before NOW; what is suspended or done is not late."""
    early = datetime(2026, 10, 19, 8, 0)  # noqa: DTZ001  as above
    system.items = [
        item(1, early, durationCount=3),
        item(2, early, durationCount=3, lockState="PAUSE"),
        closed(3, early, early + timedelta(days=1)),
        item(4, early, "archiving"),
    ]
    desk = desk_at(system, tmp_path)
    system.befall(2, 3, 4, 5, mishap=status(503))
    exit_code, said = command(tmp_path)
    assert (exit_code, said["new"]) == (1, 2), "what is open was read before the system fell silent"
    assert "503" in said["problems"][0]
    system.recover()
    exit_code, said = command(tmp_path)
    assert (exit_code, said["new"], said["rejected"], said["problems"]) == (0, 1, 1, [])
    assert desk.late() == ["H36.12-000001"]
    exit_code, said = command(tmp_path, "--source", "he-thong")
    assert (exit_code, said["new"], said["changed"]) == (0, 0, 0)


def test_no_name_and_no_token_is_in_what_a_poll_says(
    system: OpenCps, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LW_OPENCPS", "ma-bi-mat")
    system.items = [item(1, MORNING, "archiving"), item(2, MORNING, finishDate="hôm qua")]
    desk_at(system, tmp_path, token_env='"LW_OPENCPS"')
    _, said = command(tmp_path)
    assert system.asked[0].headers["authorization"] == "Bearer ma-bi-mat"
    system.befall(mishap=status(401))
    exit_code, refused = command(tmp_path)
    assert exit_code == 1
    told = json.dumps([said, refused], ensure_ascii=False)
    assert "Nguyễn" not in told
    assert "0900000000" not in told
    assert "ma-bi-mat" not in told
