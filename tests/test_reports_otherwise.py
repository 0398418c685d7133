"""Frozen reports that read otherwise are told every day, from what came since alone, as a full count would."""

import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from offices import NOW, SOURCE, Desk, Row, desk_in, done, row
from sqlalchemy import delete, update

from latewatch.domain.period import Cutoff, Span, period_of
from latewatch.domain.tally.layout import Form
from latewatch.domain.tally.rule import SHIPPED
from latewatch.jobs.assess import assess
from latewatch.jobs.check import check_office
from latewatch.jobs.digest import compose_digests
from latewatch.jobs.letters.issue import issue_letter
from latewatch.jobs.reports.comparing import compare_frozen
from latewatch.jobs.reports.differences import differences
from latewatch.jobs.reports.freeze import Order, freeze, wanted
from latewatch.jobs.undo import undo_batch
from latewatch.store import schema
from latewatch.store.reports.comparisons import comparisons
from latewatch.store.reports.frozen import in_force

OCTOBER = period_of(2026, 10, Span.MONTH, Cutoff.FIFTEENTH)  # 15/09 – 14/10
UNITS = """
[[units]]
code = "PKT"
name = "Phòng Kinh tế"
report_to = ["pkt@example.com"]

[[units]]
code = "PVH"
name = "Phòng Văn hóa - Xã hội"
"""
BY = Order(by="Trần Thị Thí Dụ")
HOUR = timedelta(hours=1)


def rows(*changed: Row) -> list[Row]:
    known = [
        done("H1", "25/09/2026", "20/09/2026", promised="30/09/2026"),
        done("H2", "05/10/2026", "20/09/2026", promised="30/09/2026"),
        row("H3", "01/10/2026", promised="12/10/2026"),
        row("H4", "02/10/2026", promised="30/11/2026", unit="Phòng Văn hóa - Xã hội", field="Văn hóa"),
        done("H5", "20/10/2026", "10/10/2026", promised="22/10/2026"),
    ]
    codes = {each["code"] for each in changed}
    return [*changed, *(each for each in known if each["code"] not in codes)]


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    desk = desk_in(tmp_path_factory.mktemp("otherwise") / "office")
    desk.configure(SOURCE, UNITS)
    desk.export("a.csv", rows())
    desk.poll()
    with desk.open() as office:
        freeze(office, wanted(office, OCTOBER, SHIPPED["TT09-2026"], (), ()), NOW, BY)
        freeze(office, wanted(office, OCTOBER, SHIPPED["TT09-2026"], (Form.LETTERS,), ()), NOW, BY)
    return desk.folder


@pytest.fixture
def desk(closed: Path, tmp_path: Path) -> Desk:
    shutil.copytree(closed, tmp_path / "office")
    return Desk(tmp_path / "office", files=1)


def moved(desk: Desk, at: datetime = NOW) -> dict[int, set[str]]:
    """Return what moved by report: kept from what came since, the same as counted anew."""
    with desk.open() as office:
        assess(office, at)
        compare_frozen(office, at)
        with office.store.reading() as connection:
            found = {number: set(each.moved) for number, each in comparisons(connection).items()}
            reports = in_force(connection)
        full = {each.number: {one.code for one in differences(office, each, at).moved} for each in reports}
    assert {number: found[number] for number in full} == full
    return {number: codes for number, codes in full.items() if codes}


def told(desk: Desk, at: datetime = NOW) -> list[str]:
    with desk.open() as office:
        return [each.text for each in check_office(office, at, None) if each.about == "số liệu đã chốt"]


def test_nothing_is_told_of_what_reads_as_it_was_frozen(desk: Desk) -> None:
    assert moved(desk) == {}
    assert told(desk) == []


def test_a_later_record_a_letter_and_an_undone_batch_are_told(desk: Desk) -> None:
    desk.export("b.csv", rows(done("H3", "09/10/2026", "01/10/2026", promised="12/10/2026")))
    desk.poll(NOW + HOUR)
    assert moved(desk, NOW + HOUR) == {1: {"H3"}, 2: {"H3"}, 3: {"H3"}}
    late = row("H6", "05/10/2026", promised="08/10/2026", unit="Phòng Văn hóa - Xã hội")
    desk.export("c.csv", [*rows(done("H3", "09/10/2026", "01/10/2026", promised="12/10/2026")), late])
    desk.poll(NOW + 2 * HOUR)
    assert moved(desk, NOW + 2 * HOUR) == {1: {"H3", "H6"}, 2: {"H3"}, 3: {"H3", "H6"}}
    with desk.open() as office:
        undo_batch(office, 3, "Trần Thị Thí Dụ", "nhập nhầm", NOW + 3 * HOUR)
        undo_batch(office, 2, "Trần Thị Thí Dụ", "nhập nhầm", NOW + 3 * HOUR)
    assert moved(desk, NOW + 3 * HOUR) == {}
    assert told(desk, NOW + 3 * HOUR) == []


def test_a_letter_noted_afterwards_is_told(desk: Desk) -> None:
    desk.draft()
    with desk.open() as office:
        issue_letter(office, "H3", NOW.date(), NOW, by="Trần Thị Thí Dụ", number="07/PXL")
    assert moved(desk) == {}  # it went out after the period
    assert told(desk) == []


def test_limits_and_units_that_changed_are_told(desk: Desk) -> None:
    desk.configure(SOURCE, UNITS, '[[procedures]]\nname = "Thủ tục Ví Dụ"\nlimit = "2d"\n')
    assert moved(desk)[1] >= {"H1"}
    desk.configure(SOURCE, UNITS)
    assert moved(desk) == {}
    desk.configure(SOURCE, UNITS.replace("Phòng Kinh tế", "Phòng Kinh tế - Hạ tầng"))
    assert moved(desk)[2] == {"H1", "H2", "H3", "H5"}


def test_the_line_names_period_number_and_command(desk: Desk) -> None:
    desk.export("b.csv", rows(done("H3", "09/10/2026", "01/10/2026", promised="12/10/2026")))
    desk.poll(NOW + HOUR)
    assert told(desk, NOW + HOUR) == [
        "Tháng 10 năm 2026 (15/09/2026–14/10/2026): 1 hồ sơ nay đứng khác lúc chốt (báo cáo số 1, 07a và 2 báo "
        "cáo nữa của kỳ); vì sao: latewatch tally frozen differences 1"
    ]


def test_the_digest_tells_it_once_and_check_until_it_is_superseded(desk: Desk) -> None:
    desk.send(NOW)
    desk.export("b.csv", rows(done("H3", "09/10/2026", "01/10/2026", promised="12/10/2026")))
    desk.poll(NOW + HOUR)

    def in_digest(at: datetime) -> list[str]:
        with desk.open() as office:
            ((_, digest),) = compose_digests(office, at)
        return [each for each in digest.warnings if each.startswith("Số liệu đã chốt: Tháng 10")]

    morning = NOW + timedelta(days=1)
    assert len(in_digest(morning)) == 1
    desk.send(morning)
    assert in_digest(NOW + timedelta(days=2)) == []
    assert len(told(desk, NOW + timedelta(days=2))) == 1
    again = replace(BY, supersedes=True, why="bổ sung")
    with desk.open() as office:
        scopes = [
            *wanted(office, OCTOBER, SHIPPED["TT09-2026"], (), ()),
            *wanted(office, OCTOBER, SHIPPED["TT09-2026"], (Form.LETTERS,), ()),
        ]
        freeze(office, scopes, NOW + timedelta(days=1), again)
    assert told(desk, NOW + timedelta(days=2)) == []


def test_a_day_without_news_looks_at_no_dossier(desk: Desk) -> None:
    moved(desk)
    with desk.open() as office, office.store.writing() as connection:
        connection.execute(update(schema.dossier).values(field="Khác"))  # all of them would have moved
    assert told(desk, NOW + HOUR) == []


def test_what_was_thrown_away_is_counted_anew(desk: Desk) -> None:
    desk.export("b.csv", rows(done("H3", "09/10/2026", "01/10/2026", promised="12/10/2026")))
    desk.poll(NOW + HOUR)
    with desk.open() as office, office.store.writing() as connection:
        connection.execute(delete(schema.frozen_comparison))
    assert moved(desk, NOW + HOUR) == {1: {"H3"}, 2: {"H3"}, 3: {"H3"}}
