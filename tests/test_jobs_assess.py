"""Assessing: where the limit is from, which date decides, what is decided again and what is not."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from offices import NOW, SOURCE, UNITS, Desk, desk_in, done, row
from sqlalchemy import event, select
from sqlalchemy.engine import Engine

from latewatch.domain.standing import Standing
from latewatch.jobs.check import check_office
from latewatch.jobs.explain import Explanation, explain_dossier
from latewatch.store import schema

TABLE = """
[[procedures]]
code = "1.000001"
limit = "3d"

[[procedures]]
name = "Thủ tục Ví Dụ"
limit = "10cd"
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return desk_in(tmp_path / "office", TABLE)


def explained(desk: Desk, code: str = "H1") -> Explanation:
    with desk.open() as office:
        return explain_dossier(office, code, NOW)


def changes(desk: Desk) -> list[tuple[str, str, str | None, str]]:
    """Return the changes of standing seen: code, day and hour, before, after."""
    table = schema.standing_change
    with desk.open() as office, office.store.reading() as connection:
        rows = connection.execute(
            select(schema.dossier.c.code, table.c.at, table.c.before, table.c.after)
            .join(schema.dossier, schema.dossier.c.id == table.c.dossier_id)
            .order_by(table.c.id)
        )
        return [(code, f"{at:%d/%m %H:%M}", before, after) for code, at, before, after in rows]


@pytest.fixture
def written() -> Callable[[], list[str]]:
    """The tables that were written to since the last call."""
    statements: list[str] = []

    def watch(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            statements.append(statement.replace("INTO ", "").split()[1])

    def take() -> list[str]:
        seen = statements.copy()
        statements.clear()
        return seen

    event.listen(Engine, "before_cursor_execute", watch)
    yield take
    event.remove(Engine, "before_cursor_execute", watch)


class TestWhereTheLimitIsFrom:
    @pytest.mark.parametrize(
        ("facts", "limit", "limit_from", "computed"),
        [
            pytest.param({"limit": "5"}, "5d", "hồ sơ", "2026-11-09", id="the record's own"),
            pytest.param(
                {"limit": "5", "procedure_code": "1.000001"},
                "5d",
                "hồ sơ",
                "2026-11-09",
                id="before the table's",
            ),
            pytest.param(
                {"procedure_code": "1.000001"}, "3d", "bảng thủ tục", "2026-11-05", id="the table's, by code"
            ),
            pytest.param({"procedure_code": "9.9"}, "10cd", "bảng thủ tục", "2026-11-12", id="else by name"),
            pytest.param(
                {"procedure": "THU TUC  vi du"},
                "10cd",
                "bảng thủ tục",
                "2026-11-12",
                id="however it is written",
            ),
            pytest.param({"limit": "0"}, "0", "hồ sơ", "2026-11-02", id="a limit of no days is “at once”"),
        ],
    )
    def test_a_known_limit_decides(
        self, desk: Desk, facts: dict[str, str], limit: str, limit_from: str, computed: str
    ) -> None:
        desk.export("a.csv", [row("H1", promised="30/11/2026", **facts)])
        desk.poll()
        due = explained(desk).case.deadline
        assert (str(due.limit), due.limit_from, due.basis) == (limit, limit_from, "computed")
        assert (due.computed_on, due.due_on) == (date.fromisoformat(computed),) * 2
        assert due.promised_on == date(2026, 11, 30)
        assert due.problem == ""

    def test_without_a_limit_the_promise_decides_and_the_dossier_says_so(self, desk: Desk) -> None:
        desk.export(
            "a.csv", [row("H1", procedure="Khác", promised="30/11/2026"), row("H2", procedure="Khác")]
        )
        desk.poll()
        due = explained(desk).case.deadline
        assert (due.basis, due.due_on, due.limit_from) == ("promised", date(2026, 11, 30), "")
        assert due.problem == "không rõ thời hạn giải quyết"
        nothing = explained(desk, "H2")
        assert (nothing.case.deadline.basis, nothing.standing) == ("none", Standing.NO_DUE_DATE)
        with desk.open() as office:
            findings = [each.text for each in check_office(office, NOW, None)]
        assert any(
            text.startswith("Khác: 2 hồ sơ không tính được hạn: không rõ thời hạn giải quyết")
            for text in findings
        )

    def test_the_promise_decides_where_the_office_says_so(self, desk: Desk) -> None:
        desk.export("a.csv", [row("H1", promised="30/11/2026"), row("H2")])
        desk.configure(SOURCE, UNITS, TABLE, '[counting]\ndue = "promised"\n')
        desk.poll()
        first, second = (explained(desk, code).case.deadline for code in ("H1", "H2"))
        assert (first.basis, first.due_on, first.computed_on) == (
            "promised",
            date(2026, 11, 30),
            date(2026, 11, 12),
        )
        assert (second.basis, second.due_on) == ("computed", date(2026, 11, 12))


class TestBeyondTheCalendar:
    def test_a_year_nobody_announced_stops_no_other_dossier(self, desk: Desk) -> None:
        desk.export(
            "a.csv",
            [
                row("H1", "10/06/2019", limit="5", promised="17/06/2019"),
                row("H2", "11/06/2019", limit="5"),
                row("H3", "28/12/2027", limit="30"),
                row("H4", limit="5"),
            ],
        )
        desk.poll()
        old = explained(desk, "H1")
        assert (old.case.deadline.basis, old.standing) == ("promised", Standing.OVERDUE)
        assert "2019.toml" in old.case.deadline.problem
        assert (str(old.case.deadline.limit), old.case.deadline.limit_from) == ("5d", "")
        assert explained(desk, "H2").standing is Standing.NO_DUE_DATE
        assert "2028.toml" in explained(desk, "H3").case.deadline.problem
        assert explained(desk, "H4").standing is Standing.OVERDUE
        with desk.open() as office:
            findings = [each.text for each in check_office(office, NOW, None)]
        problem = "chưa có lịch làm việc năm 2019; thêm tệp 2019.toml vào [calendar] folder"
        assert f"Thủ tục Ví Dụ: 2 hồ sơ không tính được hạn: {problem}" in findings

    def test_a_year_that_was_added_decides_them_anew(self, desk: Desk) -> None:
        desk.export("a.csv", [row("H1", "28/12/2027", limit="5")])
        desk.poll()
        assert explained(desk).case.deadline.computed_on is None
        years = desk.folder / "lich"
        years.mkdir()
        (years / "2028.toml").write_text(
            'year = 2028\nstatus = "đã xác nhận"\nsources = ["Thông báo Ví Dụ"]\n[[days]]\nday = 2028-01-03\n'
            'kind = "in lieu"\ntitle = "Nghỉ bù"\nsource = "Thông báo Ví Dụ"\n',
            encoding="utf-8",
        )
        desk.configure(SOURCE, UNITS, TABLE, '[calendar]\nfolder = "lich"\n')
        desk.assess()
        due = explained(desk).case.deadline
        assert (due.computed_on, due.problem) == (date(2028, 1, 5), "")

    @pytest.mark.parametrize(
        ("promise", "is_known"), [("31/12/2027", True), ("01/01/2028", False), ("31/12/2099", False)]
    )
    def test_a_promise_far_ahead_is_within_time(self, desk: Desk, promise: str, is_known: bool) -> None:
        desk.export("a.csv", [row("H1", procedure="Khác", promised=promise), row("H2", promised=promise)])
        desk.poll()
        assert explained(desk).standing is Standing.WITHIN
        both = explained(desk, "H2")
        assert (both.standing, both.case.due_on) == (Standing.DUE_SOON, date(2026, 11, 12))
        assert (both.difference is not None) is is_known


class TestDecidedOnce:
    def test_nothing_changed_writes_nothing(self, desk: Desk, written: Callable[[], list[str]]) -> None:
        desk.export("a.csv", [row("H1"), row("H2", limit="3"), done("H3", "05/11/2026")])
        desk.poll()
        written()
        assert desk.assess() == 0
        assert written() == []

    @pytest.mark.parametrize(
        ("tables", "due"),
        [
            pytest.param((UNITS, TABLE.replace("10cd", "4d")), "2026-11-06", id="a limit of the table"),
            pytest.param((UNITS, TABLE, '[counting]\ndue = "promised"\n'), "2026-11-30", id="what decides"),
        ],
    )
    def test_other_rules_decide_all_anew(self, desk: Desk, tables: tuple[str, ...], due: str) -> None:
        desk.export("a.csv", [done("H1", "05/11/2026", promised="30/11/2026")])
        desk.poll()
        assert explained(desk).case.due_on == date(2026, 11, 12)
        desk.configure(SOURCE, *tables)
        assert explained(desk).case.due_on == date.fromisoformat(due)  # even before the next assessment
        desk.assess()
        with desk.open() as office, office.store.reading() as connection:
            assert connection.execute(
                select(schema.assessment.c.due_at)
            ).scalar_one().date() == date.fromisoformat(due)

    def test_only_the_changed_dossier_is_written(self, desk: Desk, written: Callable[[], list[str]]) -> None:
        desk.export("a.csv", [row("H1"), row("H2")])
        desk.poll()
        desk.export("b.csv", [row("H2", limit="9")])
        written()
        desk.poll()
        assert [table for table in written() if table == "assessment"] == ["assessment"]
        with desk.open() as office, office.store.reading() as connection:
            table = schema.assessment.c
            found = connection.execute(
                select(table.dossier_version, table.time_limit).order_by(table.dossier_id)
            )
            assert found.all() == [(1, "10cd"), (2, "9d")]


class TestStandings:
    def test_they_move_with_the_clock_and_each_move_is_a_row(self, desk: Desk) -> None:
        """Due Thursday 12/11: due soon from Tuesday, overdue from the first second of Friday."""
        desk.export("a.csv", [row("H1")])
        desk.poll("2026-11-02T09:00")
        for at in (
            "2026-11-09T23:59",
            "2026-11-10T00:00",
            "2026-11-12T23:59:59",
            "2026-11-13T00:00",
            "2026-11-20",
        ):
            desk.assess(at)
        assert changes(desk) == [
            ("H1", "02/11 09:00", None, "within"),
            ("H1", "10/11 00:00", "within", "due-soon"),
            ("H1", "13/11 00:00", "due-soon", "overdue"),
        ]

    def test_a_finish_ends_the_moving(self, desk: Desk) -> None:
        desk.export("a.csv", [row("H1"), row("H2"), row("H3")])
        desk.poll("2026-11-02T09:00")
        desk.export(
            "b.csv",
            [done("H1", "05/11/2026"), done("H2", "12/11/2026 17:00"), row("H3", status="Yêu cầu bổ sung")],
        )
        desk.poll("2026-11-12T18:00")
        assert desk.assess("2026-11-27T23:59") == 0
        assert desk.assess("2026-11-28") == 1  # 15 days without the supplement
        assert desk.assess("2026-12-01") == 0
        assert [(code, after) for code, _, before, after in changes(desk) if before] == [
            ("H1", "early"),
            ("H2", "on-time"),
            ("H3", "suspended"),
            ("H3", "lapsed"),
        ]

    def test_a_dossier_that_runs_again_moves_again(self, desk: Desk) -> None:
        desk.export("a.csv", [row("H1", status="Yêu cầu bổ sung")])
        desk.poll("2026-11-02T09:00")
        desk.export("b.csv", [row("H1")])
        desk.poll("2026-11-16T09:00")
        assert [after for *_, after in changes(desk)] == ["suspended", "within"]
        due = explained(desk).case.deadline
        assert due.due_on == date(2026, 11, 26)  # 10 days anew after the supplement (NĐ 118/2025, Điều 19.5)
