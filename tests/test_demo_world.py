"""The demo office: its files have the shape of real exports, and tell the story the demo needs."""

import csv
import unicodedata
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from latewatch import config
from latewatch.demo import DEMO_NOW, Dirt, WorldSummary, write_world
from latewatch.demo.cast import cast
from latewatch.demo.configuration import listed_procedures
from latewatch.demo.register import WIDTHS
from latewatch.demo.story import Story, tell
from latewatch.domain.deadline import Decider, Facts, decide
from latewatch.domain.dossier import Dossier, Status
from latewatch.domain.standing import Case, Standing, standing_at, working_days_late
from latewatch.domain.worktime import DayEntry, DayKind, WorkCalendar

SEED = 20261112
TITLES = 9  # rows above the first dossier of the workbook


def _calendar() -> WorkCalendar:
    off = [
        date(2026, 8, 31),
        date(2026, 9, 1),
        date(2026, 9, 2),
        date(2026, 11, 24),
        date(2027, 1, 1),
    ]
    entries = [DayEntry(day, DayKind.HOLIDAY, "ngày lễ", "bảng kiểm thử") for day in off]
    saturday = DayEntry(date(2026, 8, 22), DayKind.SWAPPED_WORKED, "ngày làm bù", "bảng kiểm thử")
    return WorkCalendar([2026, 2027], [*entries, saturday], "kiểm thử")


CALENDAR = _calendar()


@pytest.fixture(scope="module")
def story() -> Story:
    return tell(cast(), CALENDAR, dossiers=5000, seed=SEED)


@pytest.fixture(scope="module")
def cases(story: Story) -> list[Case]:
    return _cases(story)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> WorldSummary:
    return write_world(tmp_path_factory.mktemp("world"), CALENDAR)


def _cases(story: Story) -> list[Case]:
    return [
        Case(
            dossier=dossier,
            deadline=decide(
                Facts(
                    received_at=dossier.received_at,
                    promised_at=dossier.promised_at,
                    limit=dossier.time_limit,
                    limit_from="hồ sơ",
                ),
                Decider.COMPUTED,
                CALENDAR,
            ),
            unit=dossier.resolving_unit,
            calendar=CALENDAR,
        )
        for dossier in story.register + story.report
    ]


def _standings(cases: list[Case]) -> dict[Standing, list[Case]]:
    groups: dict[Standing, list[Case]] = {standing: [] for standing in Standing}
    for case in cases:
        groups[standing_at(case, DEMO_NOW, 2)].append(case)
    return groups


def _register_rows(file: Path) -> list[list[Any]]:
    sheet = CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0)
    return sheet.to_python(skip_empty_area=False)


def _report_rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream, delimiter=";"))


# The story


@pytest.mark.parametrize("seed", [SEED, 1, 7])
def test_the_morning_shows_enough_of_everything(seed: int) -> None:
    groups = _standings(_cases(tell(cast(), CALENDAR, dossiers=5000, seed=seed)))
    running = groups[Standing.WITHIN] + groups[Standing.DUE_SOON] + groups[Standing.OVERDUE]
    due = Counter(case.due_on for case in running)
    assert 600 <= len(running) + len(groups[Standing.SUSPENDED]) <= 800
    assert 30 <= len(groups[Standing.OVERDUE]) <= 40
    assert 5 <= due[date(2026, 11, 11)] <= 8
    assert 10 <= due[date(2026, 11, 12)] <= 20
    assert 15 <= due[date(2026, 11, 13)] <= 25
    assert max(working_days_late(case, DEMO_NOW) for case in groups[Standing.OVERDUE]) == 15
    finished = groups[Standing.EARLY] + groups[Standing.ON_TIME] + groups[Standing.LATE]
    assert 0.96 <= 1 - len(groups[Standing.LATE]) / len(finished) <= 0.985
    last_days = Counter(f"{case.dossier.finished_at:%d/%m}" for case in finished)
    assert 25 <= last_days["11/11"] <= 60
    for apart in (Standing.SUSPENDED, Standing.WITHDRAWN, Standing.STOPPED, Standing.REFUSED):
        assert len(groups[apart]) >= 15
    assert not groups[Standing.NO_DUE_DATE]
    assert not groups[Standing.NO_FINISH_DATE]


def test_nothing_happens_after_the_morning_of_the_demo(story: Story) -> None:
    for dossier in story.register + story.report:
        assert dossier.received_at is not None
        assert datetime(2026, 6, 1, tzinfo=DEMO_NOW.tzinfo) <= dossier.received_at
        assert dossier.received_at <= DEMO_NOW.replace(hour=7, minute=50)
        assert dossier.finished_at is None or dossier.received_at <= dossier.finished_at < DEMO_NOW
        assert dossier.submitted_at is None or dossier.submitted_at <= dossier.received_at


def test_running_dossiers_have_no_finish_and_finished_ones_do(story: Story) -> None:
    open_statuses = {Status.RECEIVED, Status.PROCESSING, Status.SUPPLEMENT, Status.SUSPENDED}
    for dossier in story.register + story.report:
        assert (dossier.finished_at is None) == (dossier.status in open_statuses)


def test_promises_are_kept_to_the_law_but_for_about_one_in_a_hundred(cases: list[Case]) -> None:
    known = [case.deadline for case in cases if case.deadline.computed_on and case.deadline.promised_on]
    wrong = [each for each in known if each.computed_on != each.promised_on]
    assert 0.005 <= len(wrong) / len(known) <= 0.015


def test_promises_skip_the_day_of_culture(cases: list[Case]) -> None:
    assert all(case.deadline.computed_on != date(2026, 11, 24) for case in cases)
    assert all(case.due_on is None or CALENDAR.is_working_day(case.due_on) for case in cases)


def test_some_figures_were_made_to_fit(story: Story) -> None:
    """A supervisor of the demo sees what signs look like; nobody else's finish is at the promise."""
    told = story.register + story.report
    copied = [each for each in told if each.processed_at and each.processed_at == each.promised_at]
    assert len(copied) == 3
    assert len({each.resolving_unit for each in copied}) == 1
    first_by_phone: dict[str, Dossier] = {}
    again = [each for each in told if first_by_phone.setdefault(each.phone, each) is not each]
    assert len(again) == 1
    old, new = first_by_phone[again[0].phone], again[0]
    assert (old.status, old.applicant, old.procedure) == (Status.WITHDRAWN, new.applicant, new.procedure)
    assert old.promised_at
    assert old.processed_at
    assert new.received_at
    assert old.promised_at < old.processed_at < new.received_at


def test_every_unit_and_procedure_takes_part(story: Story) -> None:
    told = story.register + story.report
    names = {name: unit.code for unit in cast().units for name in (unit.name, *unit.aliases)}
    assert len(cast().units) == len({names[dossier.resolving_unit] for dossier in told}) == 12
    assert len({dossier.procedure_code for dossier in told}) == 31
    assert len({dossier.code for dossier in told}) == 5000


def test_only_two_procedures_leave_the_decision_to_the_promise(story: Story) -> None:
    without = {dossier.procedure_code for dossier in story.register + story.report if not dossier.time_limit}
    assert without == {p.code for p in cast().exports[1].procedures if p.promise_only}
    assert len(without) == 2


# The files


def test_the_register_looks_like_one(world: WorldSummary) -> None:
    rows = _register_rows(world.register)
    assert rows[0][1] == "ỦY BAN NHÂN DÂN TỈNH MẪU"
    assert rows[3][1] == "SỔ THEO DÕI HỒ SƠ"
    upper, lower, numbers = rows[6:TITLES]
    headings = [below or above for above, below in zip(upper, lower, strict=True)]
    assert headings == ["", *WIDTHS]
    assert upper[5:8] == ["Thời gian", "", ""]
    assert numbers == ["", *(f"({n})" for n in range(1, 17))]
    assert rows[-1][1] == "Tổng cộng"
    assert all(row[0] == "" for row in rows)


def test_the_register_mixes_real_dates_and_text(world: WorldSummary) -> None:
    received = [row[5] for row in _register_rows(world.register)[TITLES:-1]]
    kinds = Counter(type(cell) for cell in received)
    assert kinds[datetime] > kinds[str] > 900
    assert isinstance(received[0], str)  # a reader that trusts the first row is led astray
    limits = {type(row[14]) for row in _register_rows(world.register)[TITLES:-1] if row[14] != ""}
    assert limits == {float}


def test_the_register_holds_the_story(world: WorldSummary, story: Story) -> None:
    rows = {str(row[1]): row for row in _register_rows(world.register)[TITLES:-1]}
    for dossier in story.register:
        row = rows[dossier.code]
        assert dossier.received_at is not None
        assert row[8] == dossier.resolving_unit
        assert row[12] == dossier.status_text
        if isinstance(row[5], datetime):
            assert row[5] == dossier.received_at.replace(tzinfo=None)
        else:
            assert str(row[5]).startswith(f"{dossier.received_at:%d/%m/%Y}")


def test_the_report_is_what_a_vietnamese_excel_writes(world: WorldSummary, story: Story) -> None:
    assert world.report.read_bytes().startswith(b"\xef\xbb\xbfSTT;")
    rows = {row["Mã hồ sơ"]: row for row in _report_rows(world.report)}
    decomposed = [row for row in rows.values() if not unicodedata.is_normalized("NFC", "".join(row.values()))]
    assert 80 <= len(decomposed) <= 150
    for dossier in story.report:
        row = {key: unicodedata.normalize("NFC", text) for key, text in rows[dossier.code].items()}
        assert row["Ngày nhận"] == f"{dossier.received_at:%d/%m/%Y %H:%M}"
        assert row["Đơn vị/ cá nhân giải quyết"] == dossier.resolving_unit
        assert row["Hình thức nộp"] in {
            "Trực tuyến toàn trình",
            "Trực tuyến một phần",
            "Bưu chính",
            "Trực tiếp",
        }


def test_dirt_is_what_the_summary_says(world: WorldSummary) -> None:
    register = [row[1:] for row in _register_rows(world.register)[TITLES:-1]]
    report: list[list[Any]] = [list(row.values()) for row in _report_rows(world.report)]
    found = _dirt_in(register, code_at=0, status_at=11) + _dirt_in(report, code_at=4, status_at=5)
    assert found == Counter(world.dirt)
    assert len(register) + len(report) == world.dossiers + sum(world.dirt.values())


def _dirt_in(rows: list[list[Any]], *, code_at: int, status_at: int) -> Counter[Dirt]:
    found: Counter[Dirt] = Counter()
    by_code: dict[object, list[list[Any]]] = {}
    for row in rows:
        found[Dirt.IMPOSSIBLE_DATE] += "31/02/2026" in row
        found[Dirt.PROMISED_BEFORE_RECEIPT] += "06/11/2026 17:00" in row and "10/11/2026 08:30" in row
        found[Dirt.UNKNOWN_STATUS] += row[status_at] == "Chờ ký số"
        found[Dirt.MISSING_CODE] += row[code_at] == ""
        found[Dirt.TWO_DIGIT_YEAR] += "02/11/26" in row
        found[Dirt.SWAPPED_DAY_AND_MONTH] += "11/25/2026" in row
        if row[code_at]:
            by_code.setdefault(row[code_at], []).append(row)
    for twins in by_code.values():
        if len(twins) > 1:
            same = twins[0] == twins[1]
            found[Dirt.IDENTICAL_ROWS if same else Dirt.CONFLICTING_ROWS] += 1 if same else 2
    return found


def test_the_list_of_events_tells_of_dossiers_of_the_story(world: WorldSummary, story: Story) -> None:
    known = {dossier.code: dossier for dossier in story.register + story.report}
    rows = _report_rows(world.events)
    kinds = Counter(row["Loại"] for row in rows)
    assert 65 <= kinds["Yêu cầu bổ sung"] + kinds["Nghĩa vụ tài chính"] + kinds["Lấy ý kiến"] <= 80
    asked = Counter(row["Mã hồ sơ"] for row in rows if row["Loại"] == "Yêu cầu bổ sung")
    assert Counter(asked.values())[2] >= 16
    assert Counter(asked.values())[3] >= 4
    for row in rows:
        received_at = known[row["Mã hồ sơ"]].received_at
        begun_at = datetime.strptime(row["Từ ngày"], "%d/%m/%Y %H:%M").replace(tzinfo=DEMO_NOW.tzinfo)
        assert received_at is not None
        assert received_at.replace(second=0) <= begun_at < DEMO_NOW
    stages = [row for row in rows if row["Loại"] == "Chặng"]
    running = {row["Mã hồ sơ"] for row in stages if not row["Đến ngày"]}
    units = Counter(row["Mã hồ sơ"] for row in stages)
    assert sorted(units[code] for code in running) == [2, 2, 3, 3]
    assert sorted(set(units.values())) == [2, 3]
    assert len(units) - len(running) == 90
    for code in units.keys() - running:
        finished_at = known[code].finished_at
        assert finished_at is not None
        ends = [row["Đến ngày"] for row in stages if row["Mã hồ sơ"] == code]
        assert f"{finished_at:%d/%m/%Y %H:%M}" in ends


def test_some_limits_are_in_hours_and_some_within_the_day(story: Story) -> None:
    limits = {str(dossier.time_limit) for dossier in story.report}
    assert {"8h", "day"} <= limits


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    first = write_world(tmp_path / "first", CALENDAR, dossiers=300, seed=4)
    second = write_world(tmp_path / "second", CALENDAR, dossiers=300, seed=4)
    other = write_world(tmp_path / "other", CALENDAR, dossiers=300, seed=5)
    assert first.register.read_bytes() == second.register.read_bytes()
    assert first.report.read_bytes() == second.report.read_bytes()
    assert first.events.read_bytes() == second.events.read_bytes()
    assert first.report.read_bytes() != other.report.read_bytes()
    assert first.config.read_bytes() == second.config.read_bytes()


# The configuration


def test_the_configuration_loads_and_fits_the_exports(world: WorldSummary) -> None:
    settings = config.load(world.config)
    files = [world.register, world.report, world.events]
    assert [source.folder for source in settings.sources] == [file.parent for file in files]
    assert [source.settle_seconds for source in settings.sources] == [0, 0, 0]
    assert [unit.code for unit in settings.units] == [unit.code for unit in cast().units]
    assert [unit.code for unit in settings.units if unit.deputy_title] == ["SXD"]
    assert settings.mail.host == ""
    assert all(path.endswith("@example.com") for desk in settings.desks for path in desk.mail_to)
    assert settings.letters.reason
    assert settings.paths.outbox == world.config.parent / "outbox"


def test_the_configuration_gives_the_limits_the_exports_do_not(world: WorldSummary) -> None:
    listed = {each.code: each.limit for each in config.load(world.config).procedures}
    assert listed == {each.code: each.limit for each in listed_procedures(cast())}
    assert "15cd" in listed.values()
    assert len(set(listed) & {p.code for p in cast().exports[1].procedures}) == 9
