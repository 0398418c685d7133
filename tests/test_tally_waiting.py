"""What was handed in and not accepted yet: counted apart, late after 8 working hours where it came online."""

from dataclasses import replace

import pytest
from worlds import case, moment

from latewatch.domain.dossier import Channel, Status
from latewatch.domain.period import Cutoff, Span, period_of
from latewatch.domain.standing import Case
from latewatch.domain.tally.placing import answer_due, place
from latewatch.domain.tally.rule import TT09

NOVEMBER = period_of(2026, 11, Span.MONTH, Cutoff.FIFTEENTH)  # 15/10 to 14/11


def handed_in(
    at: str | None,
    status: Status = Status.WAITING,
    channel: Channel | None = Channel.ONLINE_FULL,
    **facts: str | None,
) -> Case:
    each = case(status=status, channel=channel, **{"received": None, **facts})  # type: ignore[arg-type]
    return replace(each, dossier=replace(each.dossier, submitted_at=moment(at)))


def figures(each: Case, at: str) -> tuple[str, ...]:
    as_of = moment(at)
    assert as_of
    return place(each, NOVEMBER, as_of, TT09).figures


@pytest.mark.parametrize(
    ("submitted", "due"),
    [
        pytest.param("2026-11-10T09:30", "2026-11-11T09:30", id="eight working hours are the same hour of the next day"),
        pytest.param("2026-11-10T07:30", "2026-11-10T17:00", id="from the opening to the closing"),
        pytest.param("2026-11-10T20:00", "2026-11-11T17:00", id="in the evening: the whole next day"),
        pytest.param("2026-11-13T16:00", "2026-11-16T16:00", id="over a weekend"),
        pytest.param("2026-11-10", "2026-11-11T17:00", id="no clock time: after that day"),
    ],
)  # fmt: skip
def test_by_when_an_online_dossier_is_answered(submitted: str, due: str) -> None:
    """Nghị định 118/2025/NĐ-CP, Điều 17.2c; the desk works 07:30-11:30 and 13:00-17:00."""
    assert answer_due(handed_in(submitted)) == moment(due)


@pytest.mark.parametrize("channel", [Channel.DIRECT, Channel.POSTAL, None])
def test_only_online_dossiers_have_that_limit(channel: Channel | None) -> None:
    each = handed_in("2026-11-02T09:30", channel=channel)
    assert answer_due(each) is None
    assert figures(each, "2026-11-14T23:59:59") == ("waiting",)


def test_where_the_calendar_does_not_reach_nobody_is_called_late() -> None:
    assert answer_due(handed_in("2031-11-10T09:30")) is None


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        pytest.param("2026-11-09T23:59:59", (), id="not handed in yet"),
        pytest.param("2026-11-11T09:30", ("waiting",), id="the last minute"),
        pytest.param("2026-11-11T09:31", ("waiting", "waiting_late"), id="a minute later"),
    ],
)
def test_it_waits_on_time_or_late(at: str, expected: tuple[str, ...]) -> None:
    placing = figures(handed_in("2026-11-10T09:30"), at)
    assert placing == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param({"received": "2026-11-14T08:00"}, "direct within", id="accepted on the last day: received"),
        pytest.param({"received": "2026-11-15T08:00"}, "waiting waiting_late", id="accepted the day after: it waited"),
        pytest.param({"received": "2026-11-14T23:59:59.9"}, "direct within", id="in the last second"),
    ],
)  # fmt: skip
def test_what_was_accepted_later_had_waited(facts: dict[str, str], expected: str) -> None:
    each = handed_in("2026-11-02T09:30", Status.PROCESSING, Channel.ONLINE_PARTIAL, due="2026-12-01", **facts)
    assert " ".join(figures(each, "2026-11-14T23:59:59")).replace("online_partial", "direct") == expected


def test_what_was_turned_away_later_had_waited_and_then_stands_apart() -> None:
    each = handed_in("2026-11-02T09:30", Status.NOT_ACCEPTED, finished="2026-11-12T10:00")
    assert figures(each, "2026-11-11T23:59:59") == ("waiting", "waiting_late")
    assert figures(each, "2026-11-14T23:59:59") == ("not_accepted",)
    assert (
        figures(handed_in("2026-10-02", Status.WITHDRAWN, finished="2026-10-14"), "2026-11-14T23:59:59") == ()
    )


def test_what_waits_with_a_receipt_alone_was_handed_in_then() -> None:
    each = handed_in(None, received="2026-11-13T16:00")
    assert figures(each, "2026-11-14T23:59:59") == ("waiting",)
    assert figures(each, "2026-11-16T16:01") == ("waiting", "waiting_late")
