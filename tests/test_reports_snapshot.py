"""A report is frozen of one state of the data, or not at all: whatever another process does meanwhile."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import cast

import pytest
from forks import program
from offices import NOW, SOURCE, Desk, desk_in, done, row
from sqlalchemy import Connection

from latewatch.domain.period import Cutoff, Period, Span, period_of
from latewatch.domain.standing import Case
from latewatch.domain.tally.layout import Form
from latewatch.domain.tally.placing import Placing
from latewatch.domain.tally.rule import SHIPPED, CountingRule
from latewatch.domain.tally.table import Plan
from latewatch.errors import LatewatchError, TallyError
from latewatch.jobs.office import Office
from latewatch.jobs.reports import counting
from latewatch.jobs.reports.freeze import Order, freeze, wanted
from latewatch.jobs.reports.stored import content_of
from latewatch.store.database import Store
from latewatch.store.reports.frozen import frozen

OCTOBER = period_of(2026, 10, Span.MONTH, Cutoff.FIFTEENTH)  # 15/09 – 14/10
UNITS = """
[[units]]
code = "PKT"
name = "Phòng Kinh tế"
report_to = ["pkt@example.com"]
"""
BEFORE = [
    done("H1", "25/09/2026", "20/09/2026", promised="30/09/2026"),
    row("H2", "01/10/2026", promised="12/10/2026"),
]
AFTER = [
    BEFORE[0],
    done("H2", "05/10/2026", "01/10/2026", promised="12/10/2026"),
    row("H3", "02/10/2026", promised="30/11/2026"),
]


@dataclass
class Interrupted:
    """A store behind which something is done when its transaction number `at` is about to begin."""

    store: Store
    at: int
    act: Callable[[], object]
    begun: int = 0

    def _step(self) -> None:
        self.begun += 1
        if self.begun == self.at:
            self.act()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        self._step()
        with self.store.reading() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        self._step()
        with self.store.writing() as connection:
            yield connection


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office whose reports look plain: they are drawn again and again."""
    desk = desk_in(tmp_path_factory.mktemp("snapshot") / "office")
    desk.configure(SOURCE, UNITS, '[letters]\ntemplates = "mau"\n')
    (desk.folder / "mau").mkdir()
    (desk.folder / "mau" / "bieu.html").write_text("<p>{{ reporter }}: {{ total | join(' ') }}</p>")
    desk.export("a.csv", BEFORE)
    desk.poll()
    return desk.folder


@pytest.fixture
def desk(office: Path, tmp_path: Path) -> Desk:
    shutil.copytree(office, tmp_path / "office")
    return Desk(tmp_path / "office", files=1)


def run(desk: Desk, *words: str) -> None:
    """Run a command in another process, as somebody else at the office would."""
    program(*words, "--config", str(desk.folder / "config.toml")).check_returncode()


def poll(desk: Desk) -> None:
    desk.export("b.csv", AFTER)
    desk.poll()


def poll_elsewhere(desk: Desk) -> None:
    desk.export("b.csv", AFTER)
    run(desk, "poll", "--at", f"{NOW:%Y-%m-%dT%H:%M}")


def close_a_day(desk: Desk) -> None:
    day = ("2026-09-24", "--kind", "day off", "--title", "Mất điện", "--source", "CV 1/VD")
    run(desk, "calendar", "set", *day, "--commit", "--reason", "mất điện", "--at", f"{NOW:%Y-%m-%dT%H:%M}")


def close(desk: Desk, at: int, act: Callable[[Desk], None]) -> tuple[str, int]:
    """Freeze while `act` happens before transaction `at`: return what refused it, and how many were begun."""
    order = Order(by="Trần Thị Thí Dụ")
    with desk.open() as opened:
        store = Interrupted(opened.store, at, lambda: act(desk))
        office = replace(opened, store=cast("Store", store))
        try:
            freeze(office, wanted(office, OCTOBER, SHIPPED["TT09-2026"], (), ()), NOW, order)
        except LatewatchError as e:
            return str(e), store.begun
    return "", store.begun


def kept(desk: Desk) -> list[dict[str, int]]:
    with desk.open() as office, office.store.reading() as connection:
        return [content_of(each).total for each in frozen(connection)]


@pytest.fixture(scope="module")
def undisturbed(office: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[int, list[dict[str, int]]]:
    """How many transactions it takes to freeze what was there before anything came in, and what that makes."""
    desk = Desk(shutil.copytree(office, tmp_path_factory.mktemp("undisturbed") / "office"), files=1)
    _, begun = close(desk, 0, poll)
    return begun, kept(desk)


def test_what_comes_in_at_any_moment_is_in_all_of_the_reports_or_in_none(
    desk: Desk, office: Path, undisturbed: tuple[int, list[dict[str, int]]]
) -> None:
    last, before = undisturbed
    later = Desk(Path(shutil.copytree(office, desk.folder.with_name("later"))), files=1)
    poll(later)
    assert close(later, 0, poll) == ("", last)
    after = kept(later)
    assert before != after
    told = set()
    for at in range(1, last + 1):
        each = Desk(desk.folder.with_name(f"at-{at}"), files=1)
        shutil.copytree(office, each.folder)
        refused, _ = close(each, at, poll)
        told.add(refused)
        assert kept(each) == ([] if refused else after)
    assert told == {"", "Dữ liệu vừa được cập nhật trong khi đang chốt; chưa chốt gì, hãy chạy lại lệnh."}


@pytest.mark.parametrize(
    ("act", "told"), [(poll_elsewhere, "vừa được cập nhật"), (close_a_day, "lịch làm việc: vừa được đổi")]
)
def test_another_process_between_counting_and_writing(
    desk: Desk, act: Callable[[Desk], None], told: str, undisturbed: tuple[int, list[dict[str, int]]]
) -> None:
    last, _ = undisturbed
    refused, _ = close(desk, last, act)
    assert told in refused
    assert kept(desk) == []
    refused, _ = close(desk, 0, act)
    assert (refused, len(kept(desk))) == ("", 2)


@pytest.mark.parametrize("lost", ["within", "early", "direct"])
def test_a_broken_identity_freezes_nothing_and_names_the_dossiers(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    """As if the program counted wrongly: the second of two reports loses where its dossiers stand."""
    poll(desk)
    sound = counting.plan_of

    def plan_of(office: Office, form: Form) -> Plan:
        return losing(sound(office, form), lost) if form is Form.PROVINCE else sound(office, form)

    monkeypatch.setattr(counting, "plan_of", plan_of)
    with desk.open() as office:
        scopes = wanted(office, OCTOBER, SHIPPED["TT09-2026"], (Form.BY_FIELD, Form.PROVINCE), ())
        with pytest.raises(TallyError, match=r"không đúng với hồ sơ H\d.*Bảng không được in"):
            freeze(office, scopes, NOW, Order(by="Trần Thị Thí Dụ"))
    assert kept(desk) == []


def losing(plan: Plan, lost: str) -> Plan:
    def spread(
        case: Case, period: Period, as_of: datetime, rule: CountingRule
    ) -> Iterator[tuple[str, Placing]]:
        for name, placing in plan.spread(case, period, as_of, rule):
            yield name, replace(placing, figures=tuple(each for each in placing.figures if each != lost))

    return replace(plan, spread=spread)
