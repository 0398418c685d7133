"""A change of the calendar is all there or not at all, and nobody writes by the calendar it replaced."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from amounts import usually
from forks import FORKS
from offices import NOW, Desk, desk_in, row
from sqlalchemy import select
from test_kill import KILLED, Steps

from latewatch.app import open_calendars, open_office
from latewatch.domain.edits import Edits
from latewatch.domain.hours import WorkHours
from latewatch.domain.layers import NATIONAL, PROVINCE, WeekdayHours
from latewatch.domain.worktime import DayEntry, DayKind
from latewatch.errors import CalendarError
from latewatch.jobs.assess import assess
from latewatch.jobs.calendar.change import Signature, calendar_history, commit_change, preview_change
from latewatch.jobs.letters.draft import draft_letters
from latewatch.store import schema

BY = Signature("Nguyễn Văn Ví Dụ", "thử")


def change(edits: Edits) -> Edits:
    """A day off on which drafts made their promise, and Saturday mornings of Phòng Kinh tế."""
    off = DayEntry(date(2026, 11, 19), DayKind.DAY_OFF, "Nghỉ bão", "CV 1/VD")
    return edits.set_day(PROVINCE, off).set_week("unit:PKT", WeekdayHours(5, WorkHours.parse("07:30-11:30")))


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office with dossiers of several limits, and drafts with their prints."""
    desk = desk_in(tmp_path_factory.mktemp("model") / "office")
    rows = [
        row(f"H{n}", f"{2 + n % 9:02d}/11/2026", limit=f"{1 + n % 12} ngày", unit=("PKT", "PVH")[n % 2])
        for n in range(24)
    ]
    desk.export("a.csv", rows)
    desk.poll()
    desk.draft()
    return desk.folder


@pytest.fixture
def desk(model: Path, tmp_path: Path) -> Desk:
    return Desk(Path(shutil.copytree(model, tmp_path / "office")))


def content(folder: Path) -> dict[str, list[str]]:
    with open_office(folder / "config.toml") as office, office.store.reading() as connection:
        tables = (schema.assessment, schema.letter, schema.standing_change, schema.calendar_version)
        return {
            table.name: [str(tuple(each)) for each in connection.execute(select(table))] for table in tables
        }


def work(folder: Path, last_step: int | None) -> None:
    steps = Steps(last_step)
    with open_office(folder / "config.toml") as office:
        commit_change(office, change, BY, NOW)
    (folder / "steps").write_text(str(steps.taken))


def run(folder: Path, last_step: int | None = None) -> int | None:
    process = FORKS.Process(target=work, args=(folder, last_step))
    process.start()
    process.join()
    return process.exitcode


def test_killed_at_any_step_all_of_it_is_there_or_nothing(model: Path, tmp_path: Path) -> None:
    before = content(model)
    whole = Path(shutil.copytree(model, tmp_path / "whole"))
    assert run(whole) == 0
    after = content(whole)
    assert before != after
    outcomes = []
    last = int((whole / "steps").read_text())
    # the commit is among the last
    for step in sorted({*range(1, last, usually(12, 5)), *range(last - 4, last + 1)}):
        folder = Path(shutil.copytree(model, tmp_path / str(step)))
        assert run(folder, step) == KILLED
        found = content(folder)
        assert found in (before, after), step
        outcomes.append(found == after)
        with open_office(folder / "config.toml") as office:
            if found == before:
                commit_change(office, change, BY, NOW)
        assert content(folder) == after
        shutil.rmtree(folder)
    assert outcomes.count(False) > 5


@pytest.fixture
def replaced(desk: Desk) -> Iterator[Any]:
    """An office opened before another process changed the calendar."""
    with desk.open() as office:
        with desk.open() as other:
            commit_change(other, change, BY, NOW)
        yield office


REFUSED = r"lịch làm việc: vừa được đổi \(bản 1\) trong khi lệnh này đang chạy; hãy chạy lại"


@pytest.mark.parametrize(
    "job",
    [
        pytest.param(lambda office: assess(office, NOW), id="assess"),
        pytest.param(lambda office: draft_letters(office, NOW), id="letters"),
        pytest.param(lambda office: preview_change(office, change, NOW), id="preview"),
        pytest.param(lambda office: commit_change(office, change, BY, NOW), id="commit"),
    ],
)
def test_nothing_is_written_by_a_calendar_that_was_replaced(replaced: Any, desk: Desk, job: Any) -> None:
    before = content(desk.folder)
    with pytest.raises(CalendarError, match=REFUSED):
        job(replaced)
    assert content(desk.folder) == before


def test_what_was_decided_is_kept_after_a_change(desk: Desk) -> None:
    with desk.open() as office:
        commit_change(office, change, BY, NOW)
    before = content(desk.folder)
    assert desk.assess() == 0
    assert content(desk.folder) == before


def test_a_change_that_changes_nothing_makes_no_version(desk: Desk) -> None:
    with desk.open() as office:
        commit_change(office, change, BY, NOW)
    with desk.open() as office:
        with pytest.raises(CalendarError, match="không có gì để đổi"):
            commit_change(office, change, BY, NOW)
        assert [each.number for each in calendar_history(office)] == [1]


def test_versions_are_whole_and_history_says_what_each_changed(desk: Desk) -> None:
    with desk.open() as office:
        commit_change(office, change, BY, NOW)
    with desk.open() as office:
        commit_change(
            office, lambda edits: edits.clear_week("unit:PKT", 5), Signature("Lê Thị Mẫu", "thôi"), NOW
        )
    with desk.open() as office:
        newest, oldest = calendar_history(office)
    assert (newest.number, newest.author, newest.reason, newest.made_at) == (2, "Lê Thị Mẫu", "thôi", NOW)
    assert newest.differences == ["thứ Bảy (tầng đơn vị PKT): bỏ “07:30-11:30”"]
    assert len(oldest.differences) == 2


@pytest.mark.parametrize(("author", "reason"), [("", "lý do"), ("Lê Thị Mẫu", " ")])
def test_a_change_without_author_or_reason_is_refused(author: str, reason: str) -> None:
    with pytest.raises(CalendarError, match="bản lịch nào cũng ghi ai sửa và vì sao"):
        Signature(author, reason)


def test_a_gap_is_filled_by_a_year_and_those_it_kept_waiting_are_decided(tmp_path: Path) -> None:
    desk = desk_in(tmp_path / "office")
    desk.export("a.csv", [row("A", "20/12/2027", limit="30 ngày"), row("B", limit="30 ngày")])
    desk.poll()
    off = DayEntry(date(2028, 1, 3), DayKind.IN_LIEU, "Nghỉ bù", "CV 1/VD")
    with desk.open() as office:
        done = commit_change(office, lambda edits: edits.replace_year(2028, [off]), BY, NOW)
    assert (done.effects.moved, [each.after for each in done.effects.examples]) == (1, [date(2028, 2, 1)])
    with desk.open() as office, office.store.reading() as connection:
        assert set(connection.execute(select(schema.assessment.c.problem)).scalars()) == {""}


def test_calendars_without_a_database_are_the_files_and_none_is_made(desk: Desk, tmp_path: Path) -> None:
    with desk.open() as office:
        commit_change(office, change, BY, NOW)
    assert not open_calendars(desk.folder / "config.toml").office.is_working_day(date(2026, 11, 19))
    bare = desk_in(tmp_path / "bare")
    (bare.folder / "latewatch.db").unlink()
    assert open_calendars(bare.folder / "config.toml").office.is_working_day(date(2026, 11, 19))
    assert not (bare.folder / "latewatch.db").exists()
    assert NATIONAL in open_calendars(bare.folder / "config.toml").layers
