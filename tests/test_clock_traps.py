"""The clock bugs that others have had, one class each: a real office shows that it has none of them."""

import csv
import json
import re
import shutil
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from offices import DESKS, SOURCE, UNITS, Desk, desk_in, row
from sqlalchemy import select
from typer.testing import CliRunner
from worlds import CALENDAR, moment

from latewatch.calendars.load import SHIPPED
from latewatch.cli.main import app
from latewatch.domain.dossier import Cause, Suspension
from latewatch.domain.expiry import USUAL, ClockRules, Ends, due_moment
from latewatch.domain.hours import WorkHours
from latewatch.domain.layers import PROVINCE, Calendars, Layer, WeekdayHours
from latewatch.domain.limit import TimeLimit
from latewatch.domain.running import run
from latewatch.domain.standing import Standing
from latewatch.domain.suspension import Effect
from latewatch.domain.worktime import STANDARD_WEEK, DayEntry, DayKind, WorkCalendar
from latewatch.jobs.explain import Explanation, explain_dossier
from latewatch.letters.render import LetterPrinter
from latewatch.scheduler import draft_on_working_days, send_on_working_days
from latewatch.store import schema

ROOT = Path(__file__).parent.parent
EVENTS = '\n[[sources]]\nname = "su-kien"\nfolder = "events"\nprofile = "events"\nsettle_seconds = 0.0\n'
THURSDAY = "2026-11-12T08:00"


def at(text: str) -> datetime:
    instant = moment(text)
    assert instant is not None
    return instant


@pytest.fixture(autouse=True)
def unprinted(monkeypatch: pytest.MonkeyPatch) -> None:
    """What letters look like is no matter here: a PDF takes a fifth of a second."""
    monkeypatch.setattr(LetterPrinter, "pdf", lambda _printer, letter: f"%PDF {letter.code}".encode())


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = desk_in(tmp_path / "office", DESKS)
    made.configure(SOURCE, UNITS, DESKS, EVENTS)
    (made.folder / "events").mkdir()
    return made


def told(desk: Desk, *rows: Sequence[str], now: str = THURSDAY) -> None:
    """Take in a list of events: code, kind, from, to."""
    path = desk.folder / "events" / "e.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("Mã hồ sơ", "Loại", "Từ", "Đến"), *rows])
    desk.stamp(path)
    desk.poll(now)


def explained(desk: Desk, code: str = "H1", now: str = THURSDAY) -> Explanation:
    with desk.open() as office:
        return explain_dossier(office, code, at(now))


def standing(desk: Desk, code: str = "H1", now: str = THURSDAY) -> Standing:
    """Assess at `now` and return where the dossier is stored to stand."""
    desk.assess(now)
    kept, dossier = schema.assessment.c, schema.dossier.c
    query = (
        select(kept.standing).join(schema.dossier, dossier.id == kept.dossier_id).where(dossier.code == code)
    )
    with desk.open() as office, office.store.reading() as connection:
        (found,) = connection.execute(query).scalars()
    assert explained(desk, code, now).standing == found, "what is stored and what is shown are one"
    return Standing(found)


def due_on(desk: Desk, code: str = "H1") -> date | None:
    return explained(desk, code).case.due_on


def drafts(desk: Desk) -> list[str]:
    """Return the codes of pending drafts."""
    table = schema.letter
    query = (
        select(schema.dossier.c.code)
        .join(table, table.c.dossier_id == schema.dossier.c.id)
        .where(table.c.state == "draft")
    )
    with desk.open() as office, office.store.reading() as connection:
        return sorted(connection.execute(query).scalars())


def outbox(desk: Desk) -> list[str]:
    return sorted(path.name for path in (desk.folder / "outbox").glob("*.eml"))


def own_year(desk: Desk, *days: str) -> None:
    """Give the office its own 2026.toml: the shipped one, with further days."""
    folder = desk.folder / "lich"
    folder.mkdir(exist_ok=True)
    text = (SHIPPED / "2026.toml").read_text(encoding="utf-8")
    lines = "".join(
        f'  {{ day = {day}, kind = "holiday", title = "Nghỉ thêm", source = "TB 1/TB-VD" }},\n'
        for day in days
    )
    (folder / "2026.toml").write_text(text.replace("days = [\n", f"days = [\n{lines}", 1), encoding="utf-8")
    desk.configure(SOURCE, UNITS, DESKS, EVENTS, '\n[calendar]\nfolder = "lich"\n')


class TestAPauseIsNotLostWhenTheLimitChanges:
    PAUSED = ("H1", "Nghĩa vụ tài chính", "04/11/2026 10:00", "10/11/2026 10:00")

    @pytest.mark.parametrize(
        ("limit", "due"),
        [
            pytest.param("5", "2026-11-13", id="as received: two of five days ran"),
            pytest.param("7", "2026-11-17", id="a longer limit"),
            pytest.param("3", "2026-11-11", id="a shorter one"),
            pytest.param("2", "2026-11-10", id="stood still on its last day"),
            pytest.param("1", "2026-11-03", id="run out before the pause: it moves nothing"),
        ],
    )
    def test_the_source_states_another_limit(self, desk: Desk, limit: str, due: str) -> None:
        desk.export("a.csv", [row("H1", "02/11/2026 09:00", limit="5")])
        told(desk, self.PAUSED)
        assert due_on(desk) == date(2026, 11, 13)
        desk.export("b.csv", [row("H1", "02/11/2026 09:00", limit=limit)])
        desk.poll(THURSDAY)
        assert due_on(desk) == date.fromisoformat(due)
        assert len(explained(desk).case.dossier.suspensions) == 1

    def test_the_table_of_procedures_states_another_limit(self, desk: Desk) -> None:
        def limited(days: int) -> str:
            return f'\n[[procedures]]\nname = "Thủ tục Ví Dụ"\nlimit = "{days}d"\n'

        desk.configure(SOURCE, UNITS, DESKS, EVENTS, limited(5))
        desk.export("a.csv", [row("H1", "02/11/2026 09:00")])
        told(desk, self.PAUSED)
        assert due_on(desk) == date(2026, 11, 13)
        desk.configure(SOURCE, UNITS, DESKS, EVENTS, limited(7))
        desk.assess(THURSDAY)
        assert due_on(desk) == date(2026, 11, 17)

    def test_a_pause_that_lasts_still_lasts(self, desk: Desk) -> None:
        desk.export("a.csv", [row("H1", "02/11/2026 09:00", limit="5")])
        told(desk, ("H1", "Nghĩa vụ tài chính", "04/11/2026 10:00", ""))
        desk.export("b.csv", [row("H1", "02/11/2026 09:00", limit="7")])
        desk.poll(THURSDAY)
        assert (due_on(desk), standing(desk)) == (None, Standing.SUSPENDED)


class TestNothingTicksWhilePaused:
    """An export may go on saying “đang xử lý”: what interrupts the limit decides."""

    NOWS = ("2026-11-05T08:00", "2026-11-09T08:00", "2026-11-10T00:00", "2026-11-17T08:00")

    @pytest.mark.parametrize("now", NOWS)
    @pytest.mark.parametrize("kind", ["Yêu cầu bổ sung", "Nghĩa vụ tài chính", "Tạm dừng"])
    def test_it_stands_suspended_whenever_one_looks(self, desk: Desk, kind: str, now: str) -> None:
        desk.export("a.csv", [row("H1", "02/11/2026 09:00", limit="5")])
        told(desk, ("H1", kind, "04/11/2026 10:00", ""), now="2026-11-04T16:00")
        assert standing(desk, now=now) is Standing.SUSPENDED
        for each in (Standing.WITHIN, Standing.DUE_SOON, Standing.OVERDUE):
            assert desk.late(each, now) == []
        assert desk.draft(now) == []

    def test_what_runs_on_ticks(self, desk: Desk) -> None:
        desk.export("a.csv", [row("H1", "02/11/2026 09:00", limit="5")])
        told(desk, ("H1", "Lấy ý kiến", "04/11/2026 10:00", ""), now="2026-11-04T16:00")
        assert standing(desk, now="2026-11-09T08:00") is Standing.DUE_SOON
        assert standing(desk, now="2026-11-10T08:00") is Standing.OVERDUE

    def test_it_ticks_again_when_it_is_met(self, desk: Desk) -> None:
        desk.export("a.csv", [row("H1", "02/11/2026 09:00", limit="5")])
        told(desk, ("H1", "Yêu cầu bổ sung", "04/11/2026 10:00", ""), now="2026-11-04T16:00")
        told(desk, ("H1", "Yêu cầu bổ sung", "04/11/2026 10:00", "09/11/2026 10:00"), now="2026-11-09T16:00")
        assert (due_on(desk), standing(desk)) == (date(2026, 11, 16), Standing.DUE_SOON)

    def test_a_supplement_that_never_comes_lapses_and_is_not_late(self, desk: Desk) -> None:
        """NĐ 118/2025/NĐ-CP, Điều 19.5: after 15 days the desk closes it."""
        desk.export("a.csv", [row("H1", "02/11/2026 09:00", limit="5")])
        told(desk, ("H1", "Yêu cầu bổ sung", "04/11/2026 10:00", ""), now="2026-11-04T16:00")
        assert standing(desk, now="2026-11-19T23:59") is Standing.SUSPENDED
        assert standing(desk, now="2026-11-20T00:00") is Standing.LAPSED
        assert desk.late(Standing.OVERDUE, "2026-11-20T08:00") == []


class TestNobodyIsWrittenToAtNightOrOnRest:
    """What moves at midnight is noted; letters and digests wait for a working day's morning."""

    @pytest.fixture
    def due_friday(self, desk: Desk) -> Desk:
        desk.export("a.csv", [row("H1", "06/11/2026", limit="5")])  # due with Friday 13/11
        desk.poll("2026-11-09T16:00")
        return desk

    def test_a_standing_that_moves_at_midnight_writes_to_nobody(self, due_friday: Desk) -> None:
        for now in ("2026-11-12T00:00", "2026-11-14T00:00", "2026-11-14T00:30"):
            due_friday.assess(now)
        assert standing(due_friday, now="2026-11-14T00:30") is Standing.OVERDUE
        assert (outbox(due_friday), drafts(due_friday)) == ([], [])

    @pytest.mark.parametrize(
        ("now", "works"),
        [
            pytest.param("2026-11-13T07:00", True, id="Friday"),
            pytest.param("2026-11-14T07:00", False, id="Saturday"),
            pytest.param("2026-11-15T07:00", False, id="Sunday"),
            pytest.param("2026-11-16T07:00", True, id="Monday"),
            pytest.param("2026-11-24T07:00", False, id="a holiday on a Tuesday"),
            pytest.param("2026-11-25T07:00", True, id="the day after it"),
        ],
    )
    def test_letters_and_digests_on_working_days_only(self, due_friday: Desk, now: str, works: bool) -> None:
        with due_friday.open() as office:
            draft_on_working_days(office, at(now))
            send_on_working_days(office, at(now))
        assert drafts(due_friday) == (["H1"] if works else [])
        assert outbox(due_friday) == ([f"{now[:10]}-quay-1.eml", f"{now[:10]}-quay-2.eml"] if works else [])

    def test_a_worked_saturday_is_a_working_day(self, desk: Desk) -> None:
        desk.export("a.csv", [row("H1", "17/08/2026", limit="5")])
        desk.poll("2026-08-21T16:00")
        with desk.open() as office:
            send_on_working_days(office, at("2026-08-22T07:30"))
        assert len(outbox(desk)) == 2

    def test_a_day_off_of_the_office_is_none(self, due_friday: Desk) -> None:
        own_year(due_friday, "2026-11-16")
        with due_friday.open() as office:
            draft_on_working_days(office, at("2026-11-16T07:00"))
            send_on_working_days(office, at("2026-11-16T07:30"))
        assert (outbox(due_friday), drafts(due_friday)) == ([], [])


class TestADateIsNotItsFirstMinute:
    """A date without clock time is due with its end, and “due soon” counts working days, not hours."""

    @pytest.mark.parametrize(
        ("now", "expected"),
        [
            pytest.param("2026-11-10T23:59", Standing.WITHIN, id="three working days before"),
            pytest.param("2026-11-11T00:00", Standing.DUE_SOON, id="two before"),
            pytest.param("2026-11-13T00:00", Standing.DUE_SOON, id="at 00:00 of the due day"),
            pytest.param("2026-11-13T17:30", Standing.DUE_SOON, id="after closing on the due day"),
            pytest.param("2026-11-13T23:59", Standing.DUE_SOON, id="at the last minute"),
            pytest.param("2026-11-14T00:00", Standing.OVERDUE, id="the next day"),
        ],
    )
    @pytest.mark.parametrize(
        "facts", [{"promised": "13/11/2026"}, {"promised": "13/11/2026 00:00"}, {"limit": "5"}]
    )
    def test_it_is_due_with_its_day(
        self, desk: Desk, facts: dict[str, str], now: str, expected: Standing
    ) -> None:
        desk.export("a.csv", [row("H1", "06/11/2026", **facts)])
        desk.poll("2026-11-09T08:00")
        assert standing(desk, now=now) is expected

    def test_over_a_weekend_due_soon_counts_working_days(self, desk: Desk) -> None:
        desk.export("a.csv", [row("H1", "02/11/2026", promised="16/11/2026")])  # a Monday
        desk.poll("2026-11-09T08:00")
        assert standing(desk, now="2026-11-11T08:00") is Standing.WITHIN
        assert standing(desk, now="2026-11-12T08:00") is Standing.DUE_SOON

    def test_a_finish_without_clock_time_on_the_due_day_is_on_time(self, desk: Desk) -> None:
        desk.export("a.csv", [row("H1", "06/11/2026", "Đã xử lý xong", limit="5", finished="13/11/2026")])
        desk.poll("2026-11-16T08:00")
        assert standing(desk, now="2026-11-16T08:00") is Standing.ON_TIME


class TestWhatWasOverdueIsNotWhenItsDeadlineMoves:
    @pytest.fixture
    def overdue(self, desk: Desk) -> Desk:
        desk.export("a.csv", [row("H1", "02/11/2026 09:00", limit="5")])  # due with 09/11
        desk.poll("2026-11-10T08:00")
        assert standing(desk, now="2026-11-10T08:00") is Standing.OVERDUE
        desk.draft("2026-11-10T08:00")
        assert drafts(desk) == ["H1"]
        return desk

    def test_an_interruption_is_told_of_later(self, overdue: Desk) -> None:
        told(
            overdue, ("H1", "Yêu cầu bổ sung", "04/11/2026 10:00", "06/11/2026 10:00"), now="2026-11-10T09:00"
        )
        assert (due_on(overdue), standing(overdue, now="2026-11-10T09:00")) == (
            date(2026, 11, 13),
            Standing.WITHIN,
        )
        overdue.draft("2026-11-10T09:30")
        assert drafts(overdue) == [], "its letter is not needed any more"

    def test_the_limit_is_corrected(self, overdue: Desk) -> None:
        overdue.export("b.csv", [row("H1", "02/11/2026 09:00", limit="15")])
        overdue.poll("2026-11-10T09:00")
        assert standing(overdue, now="2026-11-10T09:00") is Standing.WITHIN

    def test_the_calendar_gets_a_day_off(self, overdue: Desk) -> None:
        own_year(overdue, "2026-11-04", "2026-11-05")
        assert standing(overdue, now="2026-11-10T09:00") is Standing.DUE_SOON
        assert due_on(overdue) == date(2026, 11, 11)

    def test_it_is_paused_after_all(self, overdue: Desk) -> None:
        told(overdue, ("H1", "Nghĩa vụ tài chính", "09/11/2026 16:00", ""), now="2026-11-10T09:00")
        assert standing(overdue, now="2026-11-10T09:00") is Standing.SUSPENDED

    def test_what_happens_after_the_end_moves_nothing(self, overdue: Desk) -> None:
        told(overdue, ("H1", "Nghĩa vụ tài chính", "10/11/2026 08:00", "10/11/2026 15:00"))
        assert standing(overdue, now="2026-11-10T16:00") is Standing.OVERDUE


class TestANewHolidayMovesOpenDossiers:
    def test_at_the_next_assess_and_back_again(self, desk: Desk) -> None:
        desk.export("a.csv", [row("H1", "09/11/2026", limit="5"), row("H2", "09/11/2026", limit="2")])
        desk.poll("2026-11-09T16:00")
        assert (due_on(desk), due_on(desk, "H2")) == (date(2026, 11, 16), date(2026, 11, 11))
        own_year(desk, "2026-11-11")
        assert standing(desk, "H2", "2026-11-12T08:00") is Standing.DUE_SOON
        assert (due_on(desk), due_on(desk, "H2")) == (date(2026, 11, 17), date(2026, 11, 12))
        shutil.rmtree(desk.folder / "lich")
        desk.configure(SOURCE, UNITS, DESKS, EVENTS)
        assert standing(desk, "H2", "2026-11-12T08:00") is Standing.OVERDUE
        assert due_on(desk) == date(2026, 11, 16)

    def test_the_holiday_is_named_with_its_document(self, desk: Desk) -> None:
        desk.export("a.csv", [row("H1", "09/11/2026", limit="5")])
        desk.poll("2026-11-09T16:00")
        own_year(desk, "2026-11-11")
        desk.assess(THURSDAY)
        assert "Nghỉ thêm (TB 1/TB-VD)" in [step.why for step in explained(desk).steps]

    def test_hours_move_too(self, desk: Desk) -> None:
        desk.export("a.csv", [row("H1", "10/11/2026 09:30", limit="16 giờ")])
        desk.poll("2026-11-10T16:00")
        before = explained(desk).case.deadline.due_at
        own_year(desk, "2026-11-11")
        desk.assess(THURSDAY)
        after = explained(desk).case.deadline.due_at
        assert (before, after) == (at("2026-11-12T09:30"), at("2026-11-13T09:30"))


class TestHoursKnowTheLunchBreakAndTheSaturday:
    @pytest.mark.parametrize(
        ("received", "limit", "due"),
        [
            pytest.param("2026-03-02T10:30", "2h", "2026-03-02T14:00", id="over the lunch break"),
            pytest.param("2026-03-02T11:30", "1m", "2026-03-02T13:01", id="as it begins"),
            pytest.param("2026-08-21T16:00", "3h", "2026-08-22T09:30", id="into a worked Saturday"),
            pytest.param("2026-03-06T16:00", "3h", "2026-03-09T09:30", id="an ordinary Saturday is rest"),
        ],
    )
    def test_hours(self, received: str, limit: str, due: str) -> None:
        assert due_moment(at(received), TimeLimit.parse(limit), CALENDAR) == at(due)

    @pytest.mark.parametrize(
        ("received", "limit", "due"),
        [
            pytest.param("2026-08-21", "1d", "2026-08-22", id="a day of work"),
            pytest.param("2026-08-15", "7cd", "2026-08-22", id="no day of rest to roll over"),
            pytest.param("2026-08-22", "1d", "2026-08-24", id="received on it: day zero"),
            pytest.param("2026-08-21T15:01", "day", "2026-08-22", id="after Friday's cut-off"),
        ],
    )
    def test_days(self, received: str, limit: str, due: str) -> None:
        assert due_moment(at(received), TimeLimit.parse(limit), CALENDAR).date() == date.fromisoformat(due)

    def test_a_unit_that_works_on_saturday_mornings(self) -> None:
        week = (*STANDARD_WEEK[:5], WorkHours.parse("07:30-11:30"), WorkHours())
        mornings = WorkCalendar([2026], (), "thử", week=week)
        assert due_moment(at("2026-03-06T16:00"), TimeLimit.parse("4h"), mornings) == at("2026-03-07T10:30")
        assert due_moment(at("2026-03-06"), TimeLimit.parse("1d"), mornings).date() == date(2026, 3, 7)
        assert due_moment(
            at("2026-03-06"), TimeLimit.parse("1d"), mornings, ClockRules(ends=Ends.WORKING_TIME)
        ) == at("2026-03-07T11:30")


class TestAnEmptyCalendarIsNoEndlessLoop:
    @pytest.mark.parametrize(
        ("week", "entries"),
        [
            pytest.param((WorkHours(),) * 7, [], id="no hours in the week"),
            pytest.param(
                STANDARD_WEEK,
                [
                    DayEntry(date(2026, 1, 1) + timedelta(n), DayKind.DAY_OFF, "Nghỉ", "ví dụ")
                    for n in range(365)
                ],
                id="every day off",
            ),
            pytest.param(
                (WorkHours(),) * 7,
                [DayEntry(date(2026, 3, 7), DayKind.DAY_WORKED, "Trực", "ví dụ")],
                id="a worked day of no hours",
            ),
        ],
    )
    def test_it_is_refused_when_it_is_made(
        self, week: Sequence[WorkHours], entries: Sequence[DayEntry]
    ) -> None:
        with pytest.raises(ValueError, match=r"không có (ngày làm việc|giờ làm việc) nào"):
            WorkCalendar([2026], entries, "thử", week=week)
        layer = Layer(PROVINCE, tuple(WeekdayHours(*each) for each in enumerate(week)), tuple(entries))
        with pytest.raises(ValueError, match=r"không có (ngày làm việc|giờ làm việc) nào"):
            _ = Calendars([2026], [layer]).office


class TestAHoldIsWorkingTimeNotWallTime:
    @pytest.mark.parametrize(
        ("start", "end", "due"),
        [
            pytest.param("2026-03-06T16:00", "2026-03-09T08:00", "2026-03-10T11:00", id="a weekend: 90 minutes"),
            pytest.param("2026-03-06T17:00", "2026-03-09T07:30", "2026-03-10T09:30", id="only the weekend: nothing"),
            pytest.param("2026-03-09T11:30", "2026-03-09T13:00", "2026-03-10T09:30", id="only lunch: nothing"),
            pytest.param("2026-03-09T09:00", "2026-03-10T09:00", "2026-03-11T09:30", id="a day: eight hours, not 24"),
        ],
    )  # fmt: skip
    def test_of_sixteen_hours_from_friday(self, start: str, end: str, due: str) -> None:
        limit, received_at = TimeLimit.parse("16h"), at("2026-03-06T09:30")
        plain = due_moment(received_at, limit, CALENDAR)
        held = run(
            received_at, limit, CALENDAR, USUAL, [Suspension(Cause.FINANCIAL, at(start), at(end))]
        ).due_at
        assert (plain, held) == (at("2026-03-10T09:30"), at(due))
        assert held is not None
        assert CALENDAR.count_minutes(plain, held) == CALENDAR.count_minutes(at(start), at(end))

    def test_a_held_weekend_costs_no_working_day(self) -> None:
        hold = Suspension(Cause.FINANCIAL, at("2026-03-06T17:30"), at("2026-03-08T10:00"))
        assert USUAL.effect(Cause.FINANCIAL) is Effect.PAUSE
        assert run(at("2026-03-05"), TimeLimit(3), CALENDAR, USUAL, [hold]).due_at == at(
            "2026-03-10T23:59:59"
        )


class TestClockTimesHave24Hours:
    def test_an_afternoon_is_shown_as_one(self, tmp_path: Path) -> None:
        result = CliRunner().invoke(
            app,
            [
                *("due", "--received", "2026-03-02T13:05", "--limit", "8h"),
                *("--suspend", "2026-03-02T14:10..2026-03-02T15:20=pause"),
            ],
            catch_exceptions=False,
        )
        assert result.exit_code == 0
        for clock in ("13:05", "14:10", "15:20"):
            assert clock in result.output
        assert not re.search(r"\b0[1-3]:(05|10|20)\b|[AP]M\b", result.output)

    def test_the_store_and_the_json_keep_the_afternoon(self, desk: Desk) -> None:
        desk.export("a.csv", [row("H1", "10/11/2026 13:05", limit="8 giờ")])
        desk.poll(THURSDAY)
        config = str(desk.folder / "config.toml")
        result = CliRunner().invoke(
            app, ["explain", "H1", "--json", "--at", THURSDAY, "--config", config], catch_exceptions=False
        )
        document = json.dumps(json.loads(result.output), ensure_ascii=False)
        assert "2026-11-10T13:05:00+07:00" in document
        assert "2026-11-11T13:05:00+07:00" in document

    def test_no_format_of_the_program_knows_halves_of_a_day(self) -> None:
        """`%I`, `%p`, `hh` beside AM/PM: 14:30 would be 02:30."""
        files = [
            path
            for folder in ("latewatch", "templates")
            for path in (ROOT / folder).rglob("*")
            if path.suffix in {".py", ".html", ".txt", ".j2", ".toml", ".css"}
        ]
        assert len(files) > 60
        halves = re.compile(r"%-?I|%p\b|%r\b|AM/PM|am/pm|\bhh12\b")
        assert [str(path) for path in files if halves.search(path.read_text(encoding="utf-8"))] == []


class TestNothingIsDueOnTheSaturdayItWasReceived:
    """A receipt on a day of rest is no day of release."""

    @pytest.mark.parametrize("ends", list(Ends))
    @pytest.mark.parametrize("limit", ["1d", "5d", "5cd", "7cd", "1w", "1mo", "1m", "8h", "day", "0"])
    @pytest.mark.parametrize(
        "received",
        [
            pytest.param("2026-03-07", id="Saturday"),
            pytest.param("2026-03-07T09:30", id="Saturday morning"),
            pytest.param("2026-03-08T23:59", id="Sunday night"),
            pytest.param("2026-02-18T09:30", id="Tết"),
        ],
    )
    def test_it_is_due_on_a_working_day_after_it(self, received: str, limit: str, ends: Ends) -> None:
        due = due_moment(at(received), TimeLimit.parse(limit), CALENDAR, ClockRules(ends=ends))
        assert due.date() > at(received).date()
        assert CALENDAR.is_working_day(due.date())

    def test_a_dossier_received_on_a_saturday(self, desk: Desk) -> None:
        desk.export("a.csv", [row("H1", "07/11/2026 09:30", limit="1"), row("H2", "07/11/2026", limit="0")])
        desk.poll(THURSDAY)
        assert (due_on(desk), due_on(desk, "H2")) == (date(2026, 11, 9), date(2026, 11, 9))
