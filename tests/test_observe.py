"""Interruptions nobody reports: what the polls see of a status, at the times they saw it."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from offices import EVENTS, NOW, SOURCE, UNITS, Desk, Row, desk_in, done, row
from sqlalchemy import select
from worlds import moment

from latewatch.domain.dossier import Cause, Dossier, Status, Suspension
from latewatch.domain.standing import Standing
from latewatch.domain.suspension import observe, problem_of, told
from latewatch.jobs.explain import explain_dossier
from latewatch.store import schema
from latewatch.store.facts import from_row

SUPPLEMENT, SUSPENDED, RUNNING = "Yêu cầu bổ sung", "Tạm dừng", "Đang xử lý"
DAY = timedelta(days=1)
FIRST = NOW.replace(day=3)  # a Tuesday


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return desk_in(tmp_path / "office")


def polled(desk: Desk, at: datetime, *rows: Row) -> None:
    """Take in an export of `rows` in a run at `at`; exports say when they were made."""
    desk.export(f"{at:%Y%m%dT%H%M}.csv", rows, extra={"Cập nhật nguồn": f"{at:%d/%m/%Y %H:%M}"})
    desk.poll(at)


def stored(desk: Desk) -> tuple[Dossier, int]:
    """Return H1 and its version."""
    with desk.open() as office, office.store.reading() as connection:
        found = connection.execute(select(schema.dossier).where(schema.dossier.c.code == "H1"))
        one = found.mappings().one()
        return from_row(one), one["version"]


def seen(desk: Desk) -> list[tuple[str, str, str]]:
    """Return cause, start and end of what was observed of H1, by day and hour."""
    return [
        (
            each.cause.value,
            f"{each.started_at:%d/%m %H:%M}",
            f"{each.ended_at:%d/%m %H:%M}" if each.ended_at else "",
        )
        for each in stored(desk)[0].suspensions
        if each.is_observed
    ]


def due(desk: Desk, at: datetime = NOW) -> str:
    with desk.open() as office:
        due_on = explain_dossier(office, "H1", at).case.due_on
    return f"{due_on:%d/%m}" if due_on else ""


class TestPolls:
    def test_asked_and_met(self, desk: Desk) -> None:
        polled(desk, FIRST, row("H1", limit="5"))
        assert due(desk) == "09/11"
        polled(desk, FIRST + DAY, row("H1", status=SUPPLEMENT, limit="5"))
        assert seen(desk) == [("supplement", "04/11 08:00", "")]
        assert (due(desk), desk.late(Standing.SUSPENDED, FIRST + 10 * DAY)) == ("", ["H1"])
        polled(desk, FIRST + 3 * DAY, row("H1", limit="5"))
        assert seen(desk) == [("supplement", "04/11 08:00", "06/11 08:00")]
        assert due(desk) == "13/11"  # from zero, on the day after it was met

    def test_several(self, desk: Desk) -> None:
        for days, status in enumerate([RUNNING, SUPPLEMENT, RUNNING, SUSPENDED, RUNNING, SUPPLEMENT]):
            polled(desk, FIRST + days * DAY, row("H1", status=status))
        assert seen(desk) == [
            ("supplement", "04/11 08:00", "05/11 08:00"),
            ("other", "06/11 08:00", "07/11 08:00"),
            ("supplement", "08/11 08:00", ""),
        ]

    def test_one_turns_into_the_other(self, desk: Desk) -> None:
        polled(desk, FIRST, row("H1", status=SUPPLEMENT))
        polled(desk, FIRST + DAY, row("H1", status=SUSPENDED))
        assert seen(desk) == [("supplement", "03/11 08:00", "04/11 08:00"), ("other", "04/11 08:00", "")]

    def test_suspended_then_done_ended_with_its_finish(self, desk: Desk) -> None:
        """The poll that sees it comes later than the finish: what is done awaits nothing."""
        polled(desk, FIRST, row("H1", status=SUPPLEMENT))
        polled(desk, FIRST + 3 * DAY, done("H1", "05/11/2026 16:00"))
        assert seen(desk) == [("supplement", "03/11 08:00", "05/11 16:00")]

    def test_finished_before_it_was_ever_seen(self, desk: Desk) -> None:
        polled(desk, FIRST + DAY, row("H1", status=SUPPLEMENT))
        polled(desk, FIRST + 2 * DAY, done("H1", "03/11/2026 16:00"))
        assert seen(desk) == []

    def test_withdrawn_while_suspended(self, desk: Desk) -> None:
        polled(desk, FIRST, row("H1", status=SUPPLEMENT))
        polled(desk, FIRST + DAY, row("H1", status="Rút hồ sơ", finished="04/11/2026 07:00"))
        assert seen(desk) == [("supplement", "03/11 08:00", "04/11 07:00")]
        assert desk.late(Standing.WITHDRAWN) == ["H1"]

    def test_first_seen_suspended(self, desk: Desk) -> None:
        polled(desk, FIRST, row("H1", status=SUPPLEMENT, limit="5"))
        assert seen(desk) == [("supplement", "03/11 08:00", "")]
        assert desk.late(Standing.LAPSED, "2026-11-18T23:59") == []
        assert desk.late(Standing.LAPSED, "2026-11-19T00:00") == ["H1"]  # 15 days after the notice

    def test_two_words_of_one_meaning_change_nothing(self, desk: Desk) -> None:
        for days, word in enumerate([SUPPLEMENT, "Yêu cầu bổ sung giấy tờ", SUPPLEMENT]):
            polled(desk, FIRST + days * DAY, row("H1", status=word))
        assert seen(desk) == [("supplement", "03/11 08:00", "")]
        for days, word in enumerate([RUNNING, "Đang giải quyết", RUNNING], start=3):
            polled(desk, FIRST + days * DAY, row("H1", status=word))
        assert seen(desk) == [("supplement", "03/11 08:00", "06/11 08:00")]

    @pytest.mark.parametrize("name", ["20261103T0800.csv", "ban-sao.csv"], ids=["the file itself", "a copy"])
    def test_the_same_file_again_changes_nothing(self, desk: Desk, name: str) -> None:
        polled(desk, FIRST, row("H1", status=SUPPLEMENT))
        before = stored(desk)
        (desk.folder / "in" / name).write_bytes((desk.folder / "in" / "20261103T0800.csv").read_bytes())
        desk.poll(FIRST + DAY)
        assert stored(desk) == before

    def test_the_same_status_in_another_file_changes_nothing(self, desk: Desk) -> None:
        polled(desk, FIRST, row("H1", status=SUPPLEMENT))
        before = stored(desk)
        polled(desk, FIRST + DAY, row("H1", status=SUPPLEMENT), row("H2"))
        assert stored(desk) == before


class TestNotSeen:
    def test_files_of_many_days_read_at_once_tell_no_times(self, desk: Desk) -> None:
        """Or the limit would start anew at the first poll."""
        for days, status in enumerate([RUNNING, SUPPLEMENT, RUNNING]):
            desk.export(f"{days}.csv", [row("H1", status=status, limit="5")], extra={"Ngày xuất": f"{days}"})
        desk.poll(NOW)
        assert (seen(desk), due(desk)) == ([], "09/11")

    def test_old_files_read_again_leave_what_was_seen(self, desk: Desk) -> None:
        statuses = [RUNNING, SUPPLEMENT, RUNNING, SUPPLEMENT]
        for days, status in enumerate(statuses):
            polled(desk, FIRST + days * DAY, row("H1", status=status))
        before = seen(desk)
        desk.configure(SOURCE.rstrip() + '\nstatus_words = { "Lạ" = "done" }\n', UNITS)
        desk.poll(NOW)
        assert seen(desk) == before
        assert before[-1] == ("supplement", "06/11 08:00", "")

    def test_before_the_receipt_no_limit_runs(self, desk: Desk) -> None:
        """NĐ 118/2025/NĐ-CP, Điều 17.2: what is sent back before anybody accepted it."""
        polled(desk, FIRST, row("H1", "", status=SUPPLEMENT, limit="5"))
        assert seen(desk) == []
        polled(desk, FIRST + DAY, row("H1", "04/11/2026 07:45", limit="5"))
        assert (seen(desk), due(desk)) == ([], "11/11")

    def test_a_system_that_enters_the_receipt_anew(self, desk: Desk) -> None:
        """Some restart the limit so; what was observed before that receipt is of no consequence."""
        polled(desk, FIRST, row("H1", "02/11/2026", status=SUPPLEMENT, limit="5"))
        polled(desk, FIRST + 3 * DAY, row("H1", "05/11/2026 09:00", limit="5"))
        assert (seen(desk), due(desk)) == ([], "12/11")

    def test_a_clock_that_was_set_back_ends_nothing_before_it_began(self, desk: Desk) -> None:
        polled(desk, FIRST + DAY, row("H1", status=SUPPLEMENT))
        polled(desk, FIRST, row("H1"))
        assert seen(desk) == []


class TestReported:
    @pytest.fixture
    def desk(self, tmp_path: Path) -> Desk:
        made = desk_in(tmp_path / "office")
        (made.folder / "in" / "c").mkdir()
        made.configure(SOURCE, EVENTS, UNITS)
        return made

    def test_a_source_that_reports_overrides_what_was_observed(self, desk: Desk) -> None:
        polled(desk, FIRST + DAY, row("H1", status=SUPPLEMENT, limit="5"))
        desk.tell("b.csv", ("H1", SUPPLEMENT, "03/11/2026 09:00", ""))
        polled(desk, FIRST + 2 * DAY, row("H1", status=SUPPLEMENT, limit="5"))
        (found,) = stored(desk)[0].suspensions
        assert (found.is_observed, found.started_at.day) == (False, 3)
        polled(desk, FIRST + 3 * DAY, row("H1", limit="5"))
        assert len(stored(desk)[0].suspensions) == 1
        assert seen(desk) == []

    def test_stages_alone_leave_what_was_observed(self, desk: Desk) -> None:
        polled(desk, FIRST, row("H1", status=SUPPLEMENT))
        desk.tell("b.csv", ("H1", "Chặng", "02/11/2026", "", "PKT"))
        desk.poll(FIRST + DAY)
        assert len(stored(desk)[0].stages) == 1
        assert seen(desk) == [("supplement", "03/11 08:00", "")]


RECEIVED = moment("2026-11-02T09:30")
assert RECEIVED
LISTED = Suspension(Cause.FINANCIAL, FIRST, FIRST + DAY)
PARTIAL = Suspension(Cause.SUPPLEMENT, FIRST, FIRST + DAY, is_partial=True)
OBSERVED = Suspension(Cause.SUPPLEMENT, FIRST, FIRST + DAY, is_observed=True)


@pytest.mark.parametrize(
    ("known", "said", "holds"),
    [
        pytest.param([OBSERVED, PARTIAL], [LISTED], [LISTED], id="a list replaces all"),
        pytest.param([LISTED], [PARTIAL], [LISTED], id="two columns do not contradict a list"),
        pytest.param([LISTED], [], [LISTED], id="nor do empty ones"),
        pytest.param([OBSERVED], [PARTIAL], [PARTIAL], id="two columns know better than polls"),
        pytest.param([OBSERVED], [], [OBSERVED], id="empty ones know nothing of what was seen"),
        pytest.param([PARTIAL], [], [], id="and take back what they said"),
    ],
)
def test_who_knows_better(known: list[Suspension], said: list[Suspension], holds: list[Suspension]) -> None:
    assert told(known, said) == tuple(holds)


@given(st.lists(st.tuples(st.sampled_from(list(Status)), st.integers(0, 3)), max_size=30))
def test_whatever_the_polls_see_is_possible_and_seen_once(polls: list[tuple[Status, int]]) -> None:
    """No overlap, nothing before the receipt, nothing without length; the same poll again adds nothing."""
    dossier, at = Dossier(code="H1", status=Status.RECEIVED, received_at=RECEIVED), FIRST
    for status, days in polls:
        at += days * DAY
        dossier = observe(
            Dossier(code="H1", status=status, received_at=RECEIVED, suspensions=dossier.suspensions), at
        )
        assert observe(dossier, at) == dossier
        assert problem_of(dossier.suspensions, RECEIVED) == ""
        assert all(each.ended_at is None or each.ended_at > each.started_at for each in dossier.suspensions)
        is_waiting = status in (Status.SUPPLEMENT, Status.SUSPENDED)
        assert any(each.ended_at is None for each in dossier.suspensions) is is_waiting
