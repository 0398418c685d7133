"""The morning digest: which dossier stands in which block, in which order, and what the subject says."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import CALENDAR, awaiting, case, doubt, ending, moment

from latewatch.domain.alarm import Alarm, AlarmKind
from latewatch.domain.digest import ROWS_PER_BLOCK, Block, Counts, Digest, compose
from latewatch.domain.dossier import Status
from latewatch.domain.letters.life import LetterState
from latewatch.domain.standing import Case
from latewatch.errors import CalendarGap

DESK = "Bộ phận Một cửa xã Ví Dụ"
MORNING = "2026-11-12T07:30"  # a Thursday
KEYS = ["letters-today", "newly-late", "due-soon", "worst", "finished", "unsigned"]


def at(text: str) -> datetime:
    instant = moment(text)
    assert instant is not None
    return instant


def composed(
    *cases: Case,
    now: str = MORNING,
    before_on: str | None = "2026-11-11",
    data_from: str | None = "2026-11-12T06:00",
    alarms: tuple[Alarm, ...] = (),
    soon: int = 2,
    needless: tuple[tuple[Case, str], ...] | list[tuple[Case, str]] = (),
) -> Digest:
    return compose(
        cases,
        desk=DESK,
        at=at(now),
        calendar=CALENDAR,
        due_soon_days=soon,
        before=Counts(1, 2, 3, 4) if before_on else None,
        before_on=date.fromisoformat(before_on) if before_on else None,
        data_from=moment(data_from),
        alarms=alarms,
        needless=needless,
        warnings=("Lịch nghỉ năm 2027 mới là dự kiến.",),
    )


def block(digest: Digest, key: str) -> Block:
    return next(each for each in digest.blocks if each.key == key)


def where(digest: Digest) -> str:
    """The blocks that hold anything."""
    return " ".join(each.key for each in digest.blocks if each.total)


@pytest.mark.parametrize(
    ("facts", "blocks"),
    [
        # by due day, as of Thursday 12/11; the digest before was Wednesday's
        pytest.param({"due": "2026-11-09"}, "worst", id="late since Tuesday: told on Wednesday"),
        pytest.param({"due": "2026-11-10"}, "worst", id="late since Wednesday 00:00: told on Wednesday"),
        pytest.param({"due": "2026-11-11"}, "newly-late worst", id="late since today 00:00"),
        pytest.param({"due": "2026-11-12"}, "letters-today due-soon", id="due today"),
        pytest.param({"due": "2026-11-13"}, "letters-today due-soon", id="due tomorrow"),
        pytest.param({"due": "2026-11-16"}, "due-soon", id="due in two working days"),
        pytest.param({"due": "2026-11-17"}, "", id="due in three"),
        pytest.param({"due": None}, "", id="no due date"),
        # finished
        pytest.param({"finished": "2026-11-10T16:00"}, "", id="finished the day before yesterday"),
        pytest.param({"finished": "2026-11-11"}, "finished", id="finished yesterday, a date alone"),
        pytest.param({"finished": "2026-11-11T23:59"}, "finished", id="finished yesterday in the evening"),
        pytest.param({"finished": "2026-11-11", "due": "2026-11-02"}, "finished", id="finished yesterday, late"),
        pytest.param({"finished": "2026-11-12T07:00"}, "", id="finished this morning: tomorrow's digest"),
        pytest.param({"finished": "2026-11-13", "due": "2026-11-11"}, "newly-late worst", id="a finish still to come"),
        pytest.param({"finished": "2026-11-11", "status": Status.REFUSED}, "finished", id="refused yesterday"),
        # apart
        pytest.param({"finished": "2026-11-11", "status": Status.WITHDRAWN}, "", id="withdrawn yesterday is not finished"),
        pytest.param({"finished": "2026-11-11", "status": Status.STOPPED}, "", id="stopped yesterday is not finished"),
        pytest.param({"finished": "2026-11-11", "status": Status.SUSPENDED}, "", id="suspended is not finished"),
        pytest.param({"due": "2026-11-11", "status": Status.SUPPLEMENT}, "", id="waiting for a supplement"),
        pytest.param({"due": "2026-11-11", "status": Status.DONE}, "", id="done, nobody says when"),
        # letters
        pytest.param({"due": "2026-11-11", "draft": "2026-11-10"}, "newly-late worst unsigned", id="overdue with a draft"),
        pytest.param({"due": "2026-11-11", "letter": "2026-11-10"}, "newly-late worst", id="overdue with a letter"),
        pytest.param({"due": "2026-11-13", "draft": "2026-11-12"}, "letters-today due-soon unsigned", id="due tomorrow with a draft"),
        pytest.param({"due": "2026-11-13", "letter": "2026-11-12"}, "due-soon", id="due tomorrow, and the letter is out"),
        pytest.param({"due": "2026-11-13", "letter": "2026-11-11", "finished": "2026-11-11"}, "finished", id="finished after all"),
        pytest.param({"due": "2026-11-13", "recalled": "2026-11-11"}, "due-soon", id="due tomorrow, its letter recalled: no other may go"),
        pytest.param({"due": "2026-11-20", "draft": "2026-11-11", "lead": 9}, "unsigned", id="drafted days ahead: it need not go today"),
        pytest.param({"due": "2026-11-13", "lead": 9}, "letters-today due-soon", id="with a long lead: the last day is the last day"),
        pytest.param({"due": "2026-11-13", "lead": 0}, "due-soon", id="with no lead: not before the day itself"),
        pytest.param({"due": "2026-11-11", "draft": "2026-11-10", "finished": "2026-11-11"}, "finished", id="done: nobody waits for its draft"),
        pytest.param({"due": "2026-11-11", "draft": "2026-11-10", "status": Status.SUSPENDED}, "", id="suspended: nor for this one"),
    ],
)  # fmt: skip
def test_one_dossier_in_its_blocks(facts: dict[str, str], blocks: str) -> None:
    assert where(composed(case(**facts))) == blocks  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("now", "before_on", "due", "new"),
    [
        # since the digest before
        pytest.param("2026-11-16T07:30", "2026-11-13", "2026-11-12", False, id="Monday: told on Friday"),
        pytest.param("2026-11-16T07:30", "2026-11-13", "2026-11-13", True, id="Monday: due on Friday"),
        pytest.param("2026-11-16T07:30", "2026-11-10", "2026-11-10", True, id="after days without a digest"),
        pytest.param("2026-11-16T07:30", "2026-11-10", "2026-11-09", False, id="and not what was told then"),
        # without one: since the working day before
        pytest.param(
            "2026-11-16T07:30", None, "2026-11-13", True, id="the first digest: due on the last working day"
        ),
        pytest.param("2026-11-16T07:30", None, "2026-11-12", False, id="the first digest: earlier"),
        pytest.param("2026-02-23T07:30", None, "2026-02-13", True, id="the first digest after Tết"),
    ],
)
def test_newly_late_is_since_the_digest_before(now: str, before_on: str | None, due: str, new: bool) -> None:
    digest = composed(case(received="2026-01-05", due=due), now=now, before_on=before_on)
    assert bool(block(digest, "newly-late").total) is new
    assert digest.counts.newly_late == int(new)


@pytest.mark.parametrize(
    ("now", "finished", "told"),
    [
        pytest.param("2026-11-16T07:30", "2026-11-12T16:00", False, id="Monday: Thursday was told on Friday"),
        pytest.param("2026-11-16T07:30", "2026-11-13T08:00", True, id="Monday: Friday"),
        pytest.param("2026-11-16T07:30", "2026-11-14T10:00", True, id="Monday: a Saturday's work"),
        pytest.param("2026-02-23T07:30", "2026-02-13T16:00", True, id="after Tết: the last working day"),
    ],
)
def test_finished_is_since_the_last_working_day(now: str, finished: str, told: bool) -> None:
    digest = composed(case(received="2026-01-05", due="2026-12-01", finished=finished), now=now)
    assert bool(block(digest, "finished").total) is told


@pytest.mark.parametrize(
    ("due", "blocks"),
    [
        pytest.param("2026-11-11T09:30", "newly-late worst", id="late since yesterday morning"),
        pytest.param("2026-11-12T07:00", "newly-late worst", id="late since half an hour"),
        pytest.param("2026-11-12T07:30", "letters-today due-soon", id="due this very minute"),
        pytest.param("2026-11-12T10:00", "letters-today due-soon", id="due later this morning"),
    ],
)
def test_a_limit_in_hours_ends_within_its_day(due: str, blocks: str) -> None:
    digest = composed(ending(case("H-1"), due))
    assert where(digest) == blocks
    (row,) = block(digest, blocks.split(maxsplit=1)[0]).rows
    assert (row.due_at, row.is_late) == (moment(due), "worst" in blocks)


def test_a_limit_in_days_has_no_clock_time() -> None:
    (row,) = block(composed(case("H-1", due="2026-11-11")), "worst").rows
    assert (row.due_at, row.is_late) == (None, True)


def test_finished_late_by_an_hour_is_late() -> None:
    done = ending(case("H-1", finished="2026-11-11T11:00"), "2026-11-11T10:00")
    (row,) = block(composed(done), "finished").rows
    assert (row.is_late, row.working_days_late) == (True, 0)


class TestWaiting:
    """Letters nobody has yet: who waits for whom; and those nobody should wait for."""

    def test_each_row_knows_how_far_its_letter_is(self) -> None:
        states = [LetterState.DRAFT, LetterState.REVIEWED, LetterState.NUMBERED, LetterState.SIGNED]
        cases = (
            case(f"H-{n}", due="2026-11-11", draft="2026-11-10", state=each) for n, each in enumerate(states)
        )
        rows = block(composed(*cases), "unsigned").rows
        assert [row.letter_state for row in rows] == states

    def test_what_should_be_cancelled_is_a_block_only_where_there_is_any(self) -> None:
        done = case(
            "H-1", due="2026-11-13", draft="2026-11-10", finished="2026-11-10", state=LetterState.NUMBERED
        )
        digest = composed(case("H-2", due="2026-11-16"), needless=[(done, "hồ sơ “trước hạn”")])
        assert [each.key for each in digest.blocks] == [*KEYS, "needless"]
        (row,) = block(digest, "needless").rows
        assert (row.code, row.needless, row.letter_state) == (
            "H-1",
            "hồ sơ “trước hạn”",
            LetterState.NUMBERED,
        )
        assert digest.counts.waiting_letters == 0


class TestToBeClosed:
    """Nghị định 118/2025/NĐ-CP, Điều 19.5: the supplement did not come in 15 days."""

    def test_they_are_the_last_block_the_longest_first(self) -> None:
        digest = composed(
            awaiting("H-2", "2026-10-26T14:20", "2026-11-10"),
            awaiting("H-1", "2026-10-27", "2026-11-11"),
            awaiting("H-3", "2026-10-28", "2026-11-12"),
            awaiting("H-4", "2026-10-28", None),
        )
        assert [each.key for each in digest.blocks] == [*KEYS, "lapsed"]
        lapsed = digest.blocks[-1]
        assert lapsed.title == "Quá hạn bổ sung, chờ đóng hồ sơ"
        assert [(row.code, row.since, row.due_on) for row in lapsed.rows] == [
            ("H-2", date(2026, 10, 26), date(2026, 11, 10)),
            ("H-1", date(2026, 10, 27), date(2026, 11, 11)),
        ]
        assert where(digest) == "lapsed"
        assert digest.counts == Counts(0, 0, 0, 0)

    def test_without_any_there_is_no_such_block(self) -> None:
        assert [each.key for each in composed(awaiting("H-1", "2026-10-28", "2026-11-12")).blocks] == KEYS

    def test_they_are_cut_like_the_others(self) -> None:
        digest = composed(*(awaiting(f"H-{n:03}", "2026-10-26", "2026-11-10") for n in range(25)))
        assert (len(block(digest, "lapsed").rows), block(digest, "lapsed").total) == (20, 25)


def test_the_blocks_come_in_the_order_of_urgency_with_their_titles() -> None:
    digest = composed(soon=3)
    assert [each.key for each in digest.blocks] == KEYS
    assert block(digest, "due-soon").title == "Đến hạn hôm nay và trong 3 ngày làm việc tới"
    assert block(digest, "finished").title == "Giải quyết xong từ 11/11"


def test_the_longest_late_come_first_and_codes_decide_a_tie() -> None:
    late = [("H-3", "2026-11-09"), ("H-2", "2026-11-10"), ("H-4", "2026-11-02"), ("H-1", "2026-11-10")]
    rows = block(composed(*(case(code, due=due) for code, due in late)), "worst").rows
    assert [row.code for row in rows] == ["H-4", "H-3", "H-1", "H-2"]
    assert [row.working_days_late for row in rows] == [8, 3, 2, 2]


def test_a_row_has_codes_and_dates_and_no_person() -> None:
    """Nghị định 118/2025/NĐ-CP, Điều 5.1đ: personal data does not travel by mail."""
    digest = composed(case("H-1", due="2026-11-10", letter="2026-11-10"))
    (row,) = block(digest, "worst").rows
    assert (row.code, row.unit, row.procedure) == ("H-1", "Ủy ban nhân dân xã Ví Dụ", "Thủ tục Ví Dụ")
    assert (row.due_on, row.working_days_late) == (date(2026, 11, 10), 2)
    assert (row.draft_on, row.letter_on) == (None, date(2026, 11, 10))
    assert "Nguyễn Văn Ví Dụ" not in repr(digest)


@pytest.mark.parametrize("total", [ROWS_PER_BLOCK - 1, ROWS_PER_BLOCK, ROWS_PER_BLOCK + 1])
def test_a_block_shows_twenty_rows_and_knows_them_all(total: int) -> None:
    digest = composed(*(case(f"H-{n:03}", due="2026-11-10") for n in range(total)))
    worst = block(digest, "worst")
    assert len(worst.rows) == min(total, 20)
    assert (worst.total, len(worst.all_rows), digest.counts.overdue) == (total, total, total)
    assert worst.rows == worst.all_rows[:20]


WORLD = (
    case("H-1", due="2026-11-09"),
    case("H-2", due="2026-11-11", draft="2026-11-10"),
    case("H-3", due="2026-11-12"),
    case("H-4", due="2026-11-12", draft="2026-11-11"),
    case("H-5", due="2026-11-13"),
    case("H-6", due="2026-11-11", finished="2026-11-11"),
)


@pytest.mark.parametrize(
    ("facts", "subject"),
    [
        pytest.param({}, "[Một cửa] 12/11: 1 trễ mới · 2 đang trễ · 2 đến hạn hôm nay", id="fresh"),
        pytest.param({"alarms": (doubt("2026-11-10T06:00"),)}, "[Một cửa] 12/11: DỮ LIỆU CŨ (từ 10/11) · 2 đang trễ · tạm chưa báo 4 hồ sơ", id="stale"),
        pytest.param({"alarms": (doubt("2026-11-11T06:00", AlarmKind.SHRUNK),)}, "[Một cửa] 12/11: DỮ LIỆU THIẾU · 2 đang trễ · tạm chưa báo 4 hồ sơ", id="shrunk"),
        pytest.param({"alarms": (doubt("2026-11-11T06:00", AlarmKind.COLUMNS_LOST),)}, "[Một cửa] 12/11: DỮ LIỆU THIẾU · 2 đang trễ · tạm chưa báo 4 hồ sơ", id="without a deciding column"),
        pytest.param({"alarms": (doubt("2026-11-10T06:00", source="khác"),)}, "[Một cửa] 12/11: DỮ LIỆU CŨ (từ 10/11) · 1 trễ mới · 2 đang trễ · 2 đến hạn hôm nay", id="another source is stale"),
        pytest.param({"alarms": (doubt("2026-11-11T06:00"), doubt("2026-11-09T06:00", source="khác"))}, "[Một cửa] 12/11: DỮ LIỆU CŨ (từ 09/11) · 2 đang trễ · tạm chưa báo 4 hồ sơ", id="two are stale: the oldest is named"),
        pytest.param({"alarms": (replace(doubt("2026-11-11T06:00", AlarmKind.COLUMNS_LOST), holds_back=False),)}, "[Một cửa] 12/11: 1 trễ mới · 2 đang trễ · 2 đến hạn hôm nay", id="a column that decides nothing"),
        pytest.param({"data_from": None}, "[Một cửa] 12/11: CHƯA CÓ DỮ LIỆU", id="no data"),
    ],
)  # fmt: skip
def test_the_subject(facts: dict[str, str], subject: str) -> None:
    assert composed(*WORLD, **facts).subject == subject  # type: ignore[arg-type]


def test_a_morning_without_late_dossiers_says_zero_only_with_fresh_data() -> None:
    assert composed().subject == "[Một cửa] 12/11: 0 trễ mới · 0 đang trễ · 0 đến hạn hôm nay"
    assert (
        composed(alarms=(doubt("2026-11-10"),)).subject
        == "[Một cửa] 12/11: DỮ LIỆU CŨ (từ 10/11) · 0 đang trễ"
    )


class TestHeldBack:
    """While a source is in doubt nothing new is claimed of its dossiers; a letter's last day does not wait."""

    STALE = (doubt("2026-11-10T06:00"),)

    def test_nothing_is_newly_late_or_due_and_the_number_is_said(self) -> None:
        digest = composed(*WORLD, alarms=self.STALE)
        assert digest.counts == Counts(newly_late=0, overdue=2, due_today=0, waiting_letters=2)
        assert [(each.newly_late, each.due_soon) for each in digest.held] == [(1, 3)]
        assert where(digest) == "letters-today worst finished unsigned"

    def test_letters_that_must_go_are_shown_and_say_what_they_rest_on(self) -> None:
        rows = block(composed(*WORLD, alarms=self.STALE), "letters-today").rows
        assert [(row.code, row.rests_on) for row in rows] == [
            (code, date(2026, 11, 10)) for code in ("H-3", "H-4", "H-5")
        ]

    def test_other_sources_are_told_as_ever(self) -> None:
        mine, other = case("H-1", due="2026-11-11"), case("H-2", due="2026-11-11", source="khác")
        digest = composed(mine, other, alarms=self.STALE)
        assert [row.code for row in block(digest, "newly-late").rows] == ["H-2"]
        assert [(row.code, row.rests_on) for row in block(digest, "worst").rows] == [
            ("H-1", date(2026, 11, 10)),
            ("H-2", None),
        ]
        assert [each.total for each in digest.held] == [1]

    def test_of_a_dossier_whose_source_nobody_knows_any_doubt_may_hold(self) -> None:
        assert composed(case("H-1", due="2026-11-11", source=""), alarms=self.STALE).held[0].newly_late == 1
        assert composed(case("H-1", due="2026-11-11", source="")).counts.newly_late == 1

    def test_two_doubts_about_one_source_hold_each_dossier_once(self) -> None:
        both = (*self.STALE, doubt("2026-11-10T06:00", AlarmKind.SHRUNK))
        assert [each.total for each in composed(*WORLD, alarms=both).held] == [4]

    def test_a_source_in_doubt_without_a_dossier_here_leaves_no_zero_to_believe(self) -> None:
        digest = composed(alarms=self.STALE)
        assert ([each.total for each in digest.held], digest.is_trusted) == ([0], False)

    @pytest.mark.parametrize(
        ("due", "is_new"),
        [
            pytest.param("2026-11-09", False, id="told before the source was in doubt"),
            pytest.param("2026-11-10", True, id="fell due while it was"),
            pytest.param("2026-11-11", True, id="fell due yesterday"),
        ],
    )
    def test_what_was_held_back_is_told_once_the_data_is_good(self, due: str, is_new: bool) -> None:
        digest = compose(
            [case("H-1", due=due)],
            desk=DESK,
            at=at(MORNING),
            calendar=CALENDAR,
            due_soon_days=2,
            before=None,
            before_on=date(2026, 11, 11),
            data_from=moment("2026-11-12T06:00"),
            told_on={"xuat-tep": date(2026, 11, 10)},
        )
        assert bool(digest.counts.newly_late) is is_new


def test_the_figures_of_a_small_world() -> None:
    digest = composed(*WORLD)
    assert digest.counts == Counts(newly_late=1, overdue=2, due_today=2, waiting_letters=2)
    assert {each.key: [row.code for row in each.rows] for each in digest.blocks} == {
        "letters-today": ["H-3", "H-4", "H-5"],
        "newly-late": ["H-2"],
        "due-soon": ["H-3", "H-4", "H-5"],
        "worst": ["H-1", "H-2"],
        "finished": ["H-6"],
        "unsigned": ["H-2", "H-4"],
    }


def test_what_the_digest_was_made_of_stays_with_it() -> None:
    digest = composed()
    assert (digest.desk, digest.at) == (DESK, at(MORNING))
    assert (digest.before, digest.before_on) == (Counts(1, 2, 3, 4), date(2026, 11, 11))
    assert digest.warnings == ("Lịch nghỉ năm 2027 mới là dự kiến.",)


def test_a_morning_beyond_the_calendar_is_a_gap() -> None:
    with pytest.raises(CalendarGap, match="2028"):
        composed(now="2028-01-04T07:30", before_on=None)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(-30, 30), max_size=40), st.integers(0, 5))
def test_every_figure_is_the_length_of_its_block(offsets: list[int], soon: int) -> None:
    cases = [
        case(f"H-{n:03}", due=date(2026, 11, 12) + timedelta(days=days)) for n, days in enumerate(offsets)
    ]
    digest = composed(*cases, soon=soon)
    assert digest.counts.overdue == block(digest, "worst").total == sum(days < 0 for days in offsets)
    assert digest.counts.newly_late == block(digest, "newly-late").total == offsets.count(-1)
    assert digest.counts.due_today == offsets.count(0)
    assert {row.code for row in block(digest, "newly-late").all_rows} <= {
        row.code for row in block(digest, "worst").all_rows
    }
