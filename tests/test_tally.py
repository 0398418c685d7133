"""The monthly table: hand-counted dossiers for each column, identities, notes and rates."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import case, moment

from latewatch.domain.dossier import Channel, Status
from latewatch.domain.period import Cutoff, Span, period_of
from latewatch.domain.standing import Case
from latewatch.domain.tally.counts import Counts
from latewatch.domain.tally.identities import check_carry_over, check_dossiers, check_rows
from latewatch.domain.tally.official_forms import FORM_07A
from latewatch.domain.tally.rates import Rate, named_rates, show_rate
from latewatch.domain.tally.rule import CountingRule, Treatment
from latewatch.domain.tally.table import NO_LABEL, Tally, tally
from latewatch.errors import TallyError

NOVEMBER = period_of(2026, 11, Span.MONTH, Cutoff.FIFTEENTH)  # 15/10 to 14/11
LATER = "2026-11-20T08:00"


def counted(*cases: Case, now: str = LATER, rule: CountingRule | None = None) -> Tally:
    instant = moment(now)
    assert instant is not None
    return tally(cases, NOVEMBER, label=lambda c: c.dossier.field, rule=rule or CountingRule(), now=instant)


def figures(result: Tally) -> str:
    """The columns of form 07a that are not zero, without the sums (3), (9), (13)."""
    sums = ("c3", "c9", "c13")
    return " ".join(name for name, value in result.total.columns().items() if value and name not in sums)


@pytest.mark.parametrize(
    ("facts", "columns"),
    [
        # (4) to (8): when and how it came in
        pytest.param({"received": "2026-10-14"}, "c8 c15", id="received the day before the period: carried"),
        pytest.param({"received": "2026-10-15"}, "c7 c15", id="received on its first day"),
        pytest.param({"received": "2026-11-14T23:59"}, "c7 c15", id="received on its last day"),
        pytest.param({"received": "2026-11-15"}, "", id="received the day after: not yet here"),
        pytest.param({"channel": Channel.ONLINE_FULL}, "c4 c15", id="online full"),
        pytest.param({"channel": Channel.ONLINE_PARTIAL}, "c5 c15", id="online partial"),
        pytest.param({"channel": Channel.POSTAL}, "c6 c15", id="postal"),
        pytest.param({"channel": None}, "c7 c15", id="unknown channel: by the setting"),
        pytest.param({"received": "2026-10-01", "channel": Channel.POSTAL}, "c8 c15", id="carried, whatever the channel"),
        # (10) to (12): finished
        pytest.param({"finished": "2026-11-11"}, "c7 c10", id="finished the day before the due day"),
        pytest.param({"finished": "2026-11-12"}, "c7 c11", id="finished on the due day"),
        pytest.param({"finished": "2026-11-12T23:59:59.9"}, "c7 c11", id="in the last second of it"),
        pytest.param({"finished": "2026-11-13"}, "c7 c12", id="finished the day after"),
        pytest.param({"finished": "2026-11-14T23:59:59.9"}, "c7 c12", id="in the last second of the period"),
        pytest.param({"finished": "2026-11-15"}, "c7 c15", id="finished after the period: still pending in it"),
        pytest.param({"received": "2026-09-01", "due": "2026-10-13", "finished": "2026-10-15"}, "c8 c12", id="carried and finished on the first day"),
        pytest.param({"received": "2026-09-01", "due": "2026-10-13", "finished": "2026-10-14"}, "", id="finished before the period"),
        # (14), (15): not finished
        pytest.param({"due": "2026-11-13"}, "c7 c15", id="due the day before the end"),
        pytest.param({"due": "2026-11-14"}, "c7 c14", id="due on the last day: its end is the end of the period"),
        pytest.param({"due": "2026-11-15"}, "c7 c14", id="due the day after"),
        pytest.param({"status": Status.RECEIVED}, "c7 c15", id="received and waiting for its officer"),
        # what stands apart
        pytest.param({"status": Status.WAITING}, "", id="not yet accepted"),
        pytest.param({"status": Status.SUPPLEMENT}, "c7 c14", id="waiting for a supplement: within"),
        pytest.param({"status": Status.SUSPENDED, "finished": "2026-11-13"}, "c7 c14", id="suspended, whatever its finish says"),
        pytest.param({"status": Status.WITHDRAWN, "finished": "2026-11-13"}, "", id="withdrawn"),
        pytest.param({"status": Status.STOPPED}, "", id="stopped"),
        pytest.param({"status": Status.NOT_ACCEPTED}, "", id="not accepted"),
        pytest.param({"status": Status.REFUSED, "finished": "2026-11-12"}, "c7 c11", id="refused in time is resolved"),
        # what cannot be counted
        pytest.param({"received": None}, "", id="no receipt"),
        pytest.param({"due": None}, "", id="no due date"),
        pytest.param({"status": Status.DONE}, "", id="done, nobody says when"),
        pytest.param({"status": Status.REFUSED}, "", id="refused, nobody says when"),
    ],
)  # fmt: skip
def test_one_dossier_in_its_columns(facts: dict[str, str], columns: str) -> None:
    """Received on 02/11/2026 at the desk, due on 12/11/2026, unless said otherwise; the period is 15/10-14/11."""
    assert figures(counted(case(**facts))) == columns  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("status", "treatment", "finished", "columns"),
    [
        (Status.WITHDRAWN, Treatment.AS_RESOLVED, "2026-11-12", "c7 c11"),
        (Status.WITHDRAWN, Treatment.AS_RESOLVED, None, ""),
        (Status.WITHDRAWN, Treatment.AS_WITHIN, "2026-11-13", "c7 c14"),
        (Status.STOPPED, Treatment.BY_DUE_DATE, "2026-11-11", "c7 c15"),
        (Status.NOT_ACCEPTED, Treatment.BY_DUE_DATE, None, "c7 c15"),
        (Status.REFUSED, Treatment.LEFT_OUT, "2026-11-12", ""),
        (Status.SUSPENDED, Treatment.BY_DUE_DATE, None, "c7 c15"),
        (Status.SUPPLEMENT, Treatment.LEFT_OUT, None, ""),
    ],
)
def test_a_counting_rule_is_a_choice(
    status: Status, treatment: Treatment, finished: str | None, columns: str
) -> None:
    name = "suspended" if status is Status.SUPPLEMENT else status.name.lower()
    rule = CountingRule(**{name: treatment})  # type: ignore[arg-type]
    assert figures(counted(case(status=status, finished=finished), rule=rule)) == columns


WORLD = (
    case("H-01", field="Đất đai", received="2026-10-01", finished="2026-11-13", letter="2026-11-11"),
    case("H-02", field="Đất đai", received="2026-10-01", letter="2026-11-14"),
    case("H-03", field="Đất đai", channel=Channel.ONLINE_FULL, letter="2026-11-15"),
    case("H-04", field="Đất đai", channel=Channel.POSTAL, due="2026-12-01"),
    case("H-05", field="Hộ tịch", channel=Channel.ONLINE_PARTIAL, finished="2026-11-03"),
    case("H-06", field="Hộ tịch", finished="2026-11-12"),
    case("H-07", field="Hộ tịch", finished="2026-11-13"),
    case("H-08", field="Hộ tịch", status=Status.WITHDRAWN, finished="2026-11-05"),
    case("H-09", field="Hộ tịch", status=Status.REFUSED, finished="2026-11-20", due="2026-11-18"),
    case("H-10", field="", status=Status.STOPPED, finished="2026-11-15"),
    case("H-11", field="", status=Status.NOT_ACCEPTED),
)


def test_a_small_world_counted_by_hand() -> None:
    result = counted(*WORLD)
    assert {name: list(row.columns().values()) for name, row in result.rows.items()} == {
        # (3) (4) (5) (6) (7) (8)  (9) (10) (11) (12)  (13) (14) (15)
        "Đất đai": [4, 1, 0, 1, 0, 2, 1, 0, 0, 1, 3, 1, 2],
        "Hộ tịch": [4, 0, 1, 0, 3, 0, 3, 1, 1, 1, 1, 1, 0],
        NO_LABEL: [0] * 13,
    }
    assert list(result.total.columns().values()) == [8, 1, 1, 1, 3, 2, 4, 1, 1, 2, 4, 2, 2]
    assert list(result.total.columns()) == [f"c{number}" for number in range(3, 16)]


def test_rows_come_in_the_order_asked_for_then_by_name() -> None:
    fields = ("Xây dựng", "Hộ tịch", "Đất đai", "", "Bưu chính")
    result = tally(
        [case(f"H-{n}", field=field) for n, field in enumerate(fields)],
        NOVEMBER,
        label=lambda each: each.dossier.field,
        rule=CountingRule(),
        now=moment(LATER),  # type: ignore[arg-type]
        first=["Hộ tịch"],
    )
    assert list(result.rows) == ["Hộ tịch", NO_LABEL, "Bưu chính", "Đất đai", "Xây dựng"]


def test_late_with_and_without_a_letter_are_told_apart() -> None:
    total = counted(*WORLD).total
    assert (total.late_with_letter, total.late_without_letter) == (1, 1)
    assert (total.overdue_with_letter, total.overdue_without_letter) == (1, 1), (
        "a letter after the period is not in it"
    )


def test_what_stands_apart_is_counted_in_the_period_it_ended_in() -> None:
    total = counted(*WORLD).total
    assert (total.withdrawn, total.refused, total.stopped, total.not_accepted) == (1, 0, 0, 1)


def test_what_was_due_in_the_period() -> None:
    """Of eight, H-04 and H-09 are due later; H-05 and H-06 came in time."""
    total = counted(*WORLD).total
    assert (total.due_in_period, total.due_and_on_time) == (6, 2)


def test_what_was_due_in_the_period_and_finished_before_it_kept_its_date() -> None:
    result = counted(case(received="2026-10-01", due="2026-11-02", finished="2026-10-12"))
    assert (result.total.due_in_period, result.total.due_and_on_time) == (1, 1)
    assert result.rows == {}, "but no column of the form has it"


@pytest.mark.parametrize(("received", "noted"), [("2026-11-02", True), ("2026-10-02", False)])
def test_a_finish_before_the_receipt_is_left_out_and_said_once(received: str, noted: bool) -> None:
    result = counted(case(received=received, finished="2026-09-30"))
    assert (result.rows, any("trước ngày tiếp nhận" in note for note in result.notes)) == ({}, noted)


# Remarks


@pytest.mark.parametrize(
    ("facts", "note"),
    [
        ({"received": None}, "2 hồ sơ không rõ ngày tiếp nhận: không tính."),
        ({"due": None}, "2 hồ sơ không rõ thời hạn và ngày hẹn trả: không tính."),
        ({"status": Status.DONE}, "2 hồ sơ đã xong nhưng không có ngày kết thúc xử lý: không tính."),
        (
            {"channel": None},
            "2 hồ sơ không ghi kênh nộp: tính vào cột “Trực tiếp” (counting.unknown_channel).",
        ),
    ],
)
def test_what_was_not_counted_or_was_assumed_is_said(facts: dict[str, str], note: str) -> None:
    assert counted(case("H-01", **facts), case("H-02", **facts), case("H-03")).notes == [note]  # type: ignore[arg-type]


def test_nothing_to_remark_is_no_remark() -> None:
    assert counted(case()).notes == []


@pytest.mark.parametrize(
    ("now", "columns", "note"),
    [
        pytest.param("2026-11-12T08:00", "c7 c14", "Kỳ chưa kết thúc: số liệu tính đến 08:00 ngày 12/11/2026.", id="the due day"),
        pytest.param("2026-11-13T08:00", "c7 c15", "Kỳ chưa kết thúc: số liệu tính đến 08:00 ngày 13/11/2026.", id="the day after"),
        pytest.param("2026-11-14T23:59:59", "c7 c15", None, id="the last second of the period"),
        pytest.param("2027-06-01T08:00", "c7 c15", None, id="half a year later the table is the same"),
    ],
)  # fmt: skip
def test_a_running_period_is_counted_up_to_now_and_says_so(now: str, columns: str, note: str | None) -> None:
    result = counted(case(finished="2026-11-20"), now=now)
    assert figures(result) == columns
    assert result.notes == ([note] if note else [])


# Identities


@pytest.mark.parametrize("label", ["Đất đai", "TỔNG CỘNG"])
def test_a_table_that_contradicts_itself_is_refused_and_names_the_row(label: str) -> None:
    result = counted(*WORLD)
    row = result.total if label == "TỔNG CỘNG" else result.rows[label]
    row.direct += 1
    with pytest.raises(TallyError, match=rf"Dòng “{label}”: \(3\) = \(9\) \+ \(13\) không đúng: "):
        check_rows(FORM_07A.equations, result.rows, result.total)


def test_rows_that_do_not_add_up_to_the_total_are_refused() -> None:
    result = counted(*WORLD)
    result.total.early, result.total.on_time = result.total.on_time + 1, result.total.early - 1
    with pytest.raises(TallyError, match="Cột c10: tổng các dòng khác dòng TỔNG CỘNG"):
        check_rows(FORM_07A.equations, result.rows, result.total)


def test_a_dossier_that_is_placed_against_itself_is_named() -> None:
    placed = {("direct", "within"): ["H-01"], ("direct", "within", "overdue"): ["H-03", "H-02"]}
    with pytest.raises(TallyError, match=r"\(3\) = \(9\) \+ \(13\) không đúng với hồ sơ H-02, H-03\."):
        check_dossiers(FORM_07A.equations, placed)


def test_a_carry_over_that_is_not_what_was_pending_is_refused() -> None:
    check_carry_over({"H-01", "H-02"}, {"H-02", "H-01"})
    told = r"Từ kỳ trước \(8\) = 2 khác \(13\) của kỳ trước = 3: hồ sơ H-03 chỉ có ở một bên"
    with pytest.raises(TallyError, match=told):
        check_carry_over({"H-01", "H-02"}, {"H-01", "H-02", "H-03"})


def test_an_empty_world_is_a_table_without_rows_and_rates_without_data() -> None:
    result = counted()
    assert (result.rows, result.total) == ({}, Counts())
    assert [show_rate(rate) for rate in result.rates] == ["không có dữ liệu"] * 4


# Rates


@pytest.mark.parametrize(
    ("counts", "values"),
    [
        pytest.param(Counts(), [None, None, None, None], id="nothing to divide by"),
        pytest.param(Counts(direct=3, within=3), [None, "100.00", None, None], id="nothing finished, nothing due"),
        pytest.param(Counts(direct=1, overdue=1, due_in_period=1), [None, "0.00", "0.00", "0.00"], id="one, and overdue"),
        pytest.param(Counts(direct=1, early=1, due_in_period=1, due_and_on_time=1), ["100.00", "100.00", "100.00", "20.00"], id="one, and early"),
        pytest.param(Counts(direct=6, carried=2, early=1, on_time=1, late=1, within=3, overdue=2, due_in_period=5, due_and_on_time=2), ["66.67", "62.50", "40.00", "8.00"], id="a little of all"),
        pytest.param(Counts(direct=358_643, early=200_000, on_time=114_557, late=40_000, overdue=4_086), ["88.72", "87.71", None, "17.54"], id="314 557 of 358 643"),
        pytest.param(Counts(direct=8, on_time=1, late=7), ["12.50", "12.50", None, "2.50"], id="an eighth"),
        pytest.param(Counts(direct=800, on_time=1, late=799), ["0.13", "0.13", None, "0.03"], id="halves are rounded up"),
    ],
)  # fmt: skip
def test_the_named_rates(counts: Counts, values: list[str | None]) -> None:
    assert [rate.value for rate in named_rates(counts)] == [value and Decimal(value) for value in values]


def test_each_rate_carries_its_name_and_formula() -> None:
    rates = named_rates(Counts())
    assert len({rate.name for rate in rates}) == len({rate.formula for rate in rates}) == 4
    assert all("÷" in rate.formula for rate in rates)


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        ("17.54", "điểm", "17,54 điểm"),
        ("100.00", "%", "100,00 %"),
        ("0.00", "%", "0,00 %"),
        (None, "%", "không có dữ liệu"),
    ],
)
def test_a_rate_is_written_as_a_vietnamese_reader_writes_it(value: str | None, unit: str, shown: str) -> None:
    rate = Rate("Tỷ lệ", "…", Decimal(value) if value else None, unit)
    assert show_rate(rate).replace("\N{NO-BREAK SPACE}", " ") == shown


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
@settings(deadline=None)
def test_no_rate_leaves_its_scale(early: int, late: int, within: int, overdue: int) -> None:
    counts = Counts(
        direct=early + late + within + overdue, early=early, late=late, within=within, overdue=overdue
    )
    for rate in named_rates(counts):
        assert rate.value is None or 0 <= rate.value <= (20 if rate.unit == "điểm" else 100)


def test_a_dossier_that_only_its_word_suspends_counts_as_running() -> None:
    """Its limit had run out before the supplement was asked for, or its procedure lets it run on."""
    waiting = case(status=Status.SUPPLEMENT, received="2026-11-02", due="2026-11-05")
    running = replace(waiting, deadline=replace(waiting.deadline, runs_on=True))
    totals = [counted(each).total for each in (waiting, running)]
    assert [(total.within, total.overdue) for total in totals] == [(1, 0), (0, 1)]
