"""The morning digest: once a desk and day, tried again when it failed, and honest about its data."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from offices import DESKS, NOW, SOURCE, UNITS, Desk, Inbox, desk_in, done, mail_at, row
from worlds import moment

from latewatch.app import delivery
from latewatch.domain.digest import Digest
from latewatch.jobs.assess import assess
from latewatch.jobs.check import check_office
from latewatch.jobs.digest import (
    FAILED,
    SENT,
    SENT_BEFORE,
    UNKNOWN,
    SentDigest,
    compose_digests,
    send_digests,
)
from latewatch.store.digests import claim, digest_of

FRIDAY = "2026-11-13T07:30"
MONDAY = "2026-11-16T07:30"
ROWS = [
    row("H1", promised="10/11/2026"),
    row("H2", promised="12/11/2026"),
    row("H3", promised="11/11/2026", unit="Phòng Văn hóa - Xã hội"),
]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Two desks, and nobody's mail server: messages go to the outbox folder."""
    made = desk_in(tmp_path / "office", DESKS)
    made.export("a.csv", ROWS)
    made.poll()
    return made


def composed(desk: Desk, at: str = "2026-11-12T08:00") -> dict[str, Digest]:
    instant = moment(at)
    assert instant
    with desk.open() as office:
        assess(office, instant)
        return {each.code: digest for each, digest in compose_digests(office, instant)}


def outcomes(sent: list[SentDigest]) -> list[str]:
    return [each.outcome for each in sent]


def outbox(desk: Desk) -> list[str]:
    return sorted(path.name for path in (desk.folder / "outbox").glob("*"))


def findings(desk: Desk, at: str | None = None) -> str:
    with desk.open() as office:
        return "\n".join(
            f"{each.about}: {each.text}" for each in check_office(office, moment(at) or NOW, None)
        )


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with Inbox() as made:
        yield made


def mailed(desk: Desk, port: int, desks: str = DESKS) -> None:
    """Give the office a mail server at `port`."""
    desk.configure(SOURCE, UNITS, desks, mail_at(port))


class TestOnce:
    def test_one_a_desk_and_day_however_often_it_runs(self, desk: Desk) -> None:
        first = desk.send()
        assert outcomes(first) == [SENT, SENT]
        names = ["2026-11-12-quay-1.eml", "2026-11-12-quay-2.eml"]
        assert outbox(desk) == names
        assert [Path(each.delivered_to).name for each in first] == names
        again = desk.send(NOW + timedelta(hours=3))
        assert outcomes(again) == [SENT_BEFORE, SENT_BEFORE]
        assert [each.delivered_to for each in again] == [each.delivered_to for each in first]
        assert outbox(desk) == names
        assert outcomes(desk.send(FRIDAY)) == [SENT, SENT]
        assert len(outbox(desk)) == 4

    def test_each_desk_has_its_own_dossiers(self, desk: Desk) -> None:
        made = composed(desk)
        assert [made[code].counts.overdue for code in ("quay-1", "quay-2")] == [1, 1]
        assert made["quay-1"].subject == "[Một cửa] 12/11: 0 trễ mới · 1 đang trễ · 1 đến hạn hôm nay"

    def test_to_the_readers_of_the_desk(self, desk: Desk, inbox: Inbox) -> None:
        mailed(desk, inbox.port)
        assert outcomes(desk.send()) == [SENT, SENT]
        assert outcomes(desk.send()) == [SENT_BEFORE, SENT_BEFORE]
        assert inbox.messages == [
            (["quay-1@example.com"], "<2026-11-12-quay-1.latewatch@example.com>"),
            (["quay-2@example.com"], "<2026-11-12-quay-2.latewatch@example.com>"),
        ]

    def test_of_two_that_send_at_once_one_sends(self, desk: Desk, inbox: Inbox) -> None:
        mailed(desk, inbox.port)
        desk.assess()
        gate = threading.Barrier(2)
        met: list[str] = []

        def run() -> None:
            with desk.open() as office:
                gate.wait()
                met.extend(outcomes(send_digests(office, NOW, delivery(office.settings))))

        threads = [threading.Thread(target=run) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert met.count(SENT) == 2
        assert set(met) <= {SENT, SENT_BEFORE, UNKNOWN}
        assert sorted(to for to, _ in inbox.messages) == [["quay-1@example.com"], ["quay-2@example.com"]]


class TestFailures:
    def test_a_failed_one_waits_and_is_sent_once_later(self, desk: Desk, inbox: Inbox) -> None:
        mailed(desk, 1)  # nobody listens there
        failed = desk.send()
        assert outcomes(failed) == [FAILED, FAILED]
        assert "từ chối kết nối" in failed[0].problem
        assert f"bản tin quay-1 12/11/2026: {failed[0].problem}" in findings(desk)
        mailed(desk, inbox.port)
        assert outcomes(desk.send(NOW + timedelta(minutes=30))) == [SENT, SENT]
        assert outcomes(desk.send(NOW + timedelta(minutes=60))) == [SENT_BEFORE, SENT_BEFORE]
        assert len(inbox.messages) == 2
        assert "bản tin quay" not in findings(desk)

    def test_an_outbox_that_cannot_be_written_to(self, desk: Desk) -> None:
        (desk.folder / "outbox").write_text("", encoding="utf-8")
        failed = desk.send()
        assert outcomes(failed) == [FAILED, FAILED]
        assert "paths.outbox" in failed[0].problem
        (desk.folder / "outbox").unlink()
        assert outcomes(desk.send()) == [SENT, SENT]

    def test_some_readers_refused_is_sent_with_a_remark(self, desk: Desk, inbox: Inbox) -> None:
        both = DESKS.replace('["quay-1@example.com"]', '["quay-1@example.com", "nghi@example.com"]')
        mailed(desk, inbox.port, both)
        inbox.refused = {"nghi@example.com"}
        sent = desk.send()
        assert outcomes(sent) == [SENT, SENT]
        assert "người nhận thứ 2" in sent[0].problem
        assert "nghi@" not in sent[0].problem
        assert outcomes(desk.send()) == [SENT_BEFORE, SENT_BEFORE]
        assert [to for to, _ in inbox.messages] == [["quay-1@example.com"], ["quay-2@example.com"]]

    def test_all_readers_refused_is_tried_again(self, desk: Desk, inbox: Inbox) -> None:
        mailed(desk, inbox.port)
        inbox.refused = {"quay-1@example.com"}
        assert outcomes(desk.send()) == [FAILED, SENT]
        inbox.refused = set()
        assert outcomes(desk.send()) == [SENT, SENT_BEFORE]

    def test_an_address_that_is_none_fails_its_desk_alone(self, desk: Desk, inbox: Inbox) -> None:
        mailed(desk, inbox.port, DESKS.replace('["quay-1@example.com"]', '["khong phai dia chi"]'))
        sent = desk.send()
        assert outcomes(sent) == [FAILED, SENT]
        assert "không phải một địa chỉ thư" in findings(desk)

    def test_what_cannot_be_composed_was_not_being_sent(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as patch:
            patch.setattr("latewatch.jobs.digest.digest_message", lambda *_, **__: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                desk.send()
        assert outcomes(desk.send()) == [SENT, SENT]

    def test_one_interrupted_while_it_left_is_never_sent_again(self, desk: Desk, inbox: Inbox) -> None:
        mailed(desk, inbox.port)
        with desk.open() as office:
            (_, digest), _ = compose_digests(office, NOW)
            with office.store.writing() as connection:
                claim(connection, "quay-1", NOW.date(), digest.counts, NOW)
        assert outcomes(desk.send(NOW + timedelta(hours=1))) == [UNKNOWN, SENT]
        assert "bản tin quay-1 12/11/2026: đang gửi, hoặc bị ngắt khi đang gửi lúc 08:00" in findings(desk)
        assert len(inbox.messages) == 1
        assert outcomes(desk.send(FRIDAY)) == [SENT, SENT]
        assert "bị ngắt" not in findings(desk, FRIDAY)

    def test_a_desk_that_is_no_more_is_not_waited_for(self, desk: Desk) -> None:
        mailed(desk, 1)
        desk.send()
        desk.configure(SOURCE, UNITS)
        assert "bản tin quay" not in findings(desk)


class TestSince:
    def test_newly_late_is_late_since_the_digest_before(self, desk: Desk) -> None:
        """Sent on Thursday and then on Monday: what fell due on Thursday and Friday is new on Monday."""
        desk.send()
        desk.export("b.csv", [row("H4", promised="13/11/2026"), row("H5", promised="16/11/2026")])
        desk.poll(FRIDAY)
        monday = composed(desk, MONDAY)["quay-1"]
        assert (monday.before_on, monday.before) == (NOW.date(), composed(desk)["quay-1"].counts)
        assert [each.code for each in monday.blocks[1].rows] == ["H2", "H4"]
        assert (monday.counts.newly_late, monday.counts.overdue, monday.counts.due_today) == (2, 3, 1)

    def test_the_first_digest_compares_with_the_working_day_before(self, desk: Desk) -> None:
        friday = composed(desk, FRIDAY)["quay-1"]
        assert (friday.before, friday.before_on) == (None, None)
        assert [each.code for each in friday.blocks[1].rows] == ["H2"]

    def test_a_digest_that_failed_is_not_compared_with(self, desk: Desk) -> None:
        desk.send("2026-11-11T07:30")
        mailed(desk, 1)
        desk.send()
        assert composed(desk, FRIDAY)["quay-1"].before_on == NOW.date() - timedelta(days=1)

    def test_the_counts_kept_are_those_of_the_message(self, desk: Desk) -> None:
        mailed(desk, 1)
        desk.send()
        desk.export("b.csv", [done("H1", "12/11/2026 08:30", promised="10/11/2026")])
        desk.poll(NOW + timedelta(hours=1))
        desk.configure(SOURCE, UNITS, DESKS)
        desk.send(NOW + timedelta(hours=2))
        with desk.open() as office, office.store.reading() as connection:
            record = digest_of(connection, "quay-1", NOW.date())
        assert record is not None
        assert (record.state, record.counts.overdue, record.problem) == ("sent", 0, "")


class TestHonesty:
    @pytest.mark.parametrize(
        ("polled", "at", "is_stale"),
        [
            pytest.param("2026-11-12T09:00", "2026-11-13T09:00", False, id="8 working hours"),
            pytest.param("2026-11-12T09:00", "2026-11-13T09:01", True, id="a minute more"),
            pytest.param("2026-11-13T09:00", "2026-11-16T09:00", False, id="over the weekend"),
            pytest.param("2026-11-12T16:00", "2026-11-16T09:00", True, id="since the day before it"),
        ],
    )
    def test_nights_and_days_of_rest_do_not_age_data(
        self, tmp_path: Path, polled: str, at: str, is_stale: bool
    ) -> None:
        desk = desk_in(tmp_path / "aging", DESKS)
        desk.export("a.csv", ROWS)
        desk.poll(polled)
        digest = composed(desk, at)["quay-1"]
        assert bool(digest.stale_since) is is_stale
        assert ("DỮ LIỆU CŨ" in digest.subject) is is_stale
        assert ("quá 8 giờ" in findings(desk, at)) is is_stale

    def test_no_data_is_not_zero(self, tmp_path: Path) -> None:
        desk = desk_in(tmp_path / "empty")
        (digest,) = composed(desk).values()
        assert (digest.data_from, digest.is_trusted) == (None, False)
        assert digest.subject == "[Một cửa] 12/11: CHƯA CÓ DỮ LIỆU"

    def test_a_source_that_never_delivered_makes_the_data_incomplete(self, desk: Desk) -> None:
        second = SOURCE.replace("xuat-tep", "bao-cao").replace('"in"', '"in-2"')
        desk.configure(SOURCE, second, UNITS, DESKS)
        digest = composed(desk)["quay-1"]
        assert digest.data_from is not None, "the other source's dossiers are still worth a digest"
        assert (
            "Nguồn “bao-cao” chưa có dữ liệu: hồ sơ của nguồn này không có trong bản tin" in digest.warnings
        )

    def test_what_is_missing_of_the_data_is_said(self, desk: Desk) -> None:
        desk.export("a-2.csv", [row("H8", "31/02/2026"), row("H9")], columns=("code", "status", "received"))
        (desk.folder / "in" / "c.csv").write_text("không có gì\n", encoding="utf-8")
        desk.poll(NOW + timedelta(minutes=1))
        said = "\n".join(composed(desk)["quay-1"].warnings)
        assert "Nguồn “xuat-tep” không đọc được: c.csv" in said
        assert "a-2.csv: 1 trên 2 dòng bị gác lại (50 %), quá 5 %" in said
        assert said.count("dòng bị gác lại") == 1

    def test_years_not_yet_confirmed_are_said_ahead_of_time(self, desk: Desk) -> None:
        assert not any("2027" in line for line in composed(desk, "2026-10-15T07:30")["quay-1"].warnings)
        assert any("2027" in line for line in composed(desk, "2026-11-12T07:30")["quay-1"].warnings)
