"""What was reported is kept, append-only: a version only where a fact changed, with the batch it came from."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from offices import NOW
from sqlalchemy import select
from worlds import moment

from latewatch.domain.dossier import Cause, Channel, Dossier, Stage, Status, Suspension
from latewatch.domain.limit import TimeLimit
from latewatch.domain.reading import Reading
from latewatch.domain.record import Event, Rejected, Reported
from latewatch.errors import Place, StoreError
from latewatch.store import schema
from latewatch.store.batches import (
    CHUNK,
    Arrival,
    Intake,
    cure_failures,
    has_awaited,
    known_batch,
    note_failure,
    read_cursor,
    write_cursor,
)
from latewatch.store.database import Store
from latewatch.store.facts import from_row
from latewatch.store.feeds import arrivals, failures, newest_batches, rejections, reported_units
from latewatch.store.ingest import ingest
from latewatch.written import in_document

SOURCE = "xuat-tep"
FACTS: dict[str, Any] = {
    "status": Status.PROCESSING,
    "received_at": moment("2026-11-02T09:30"),
    "promised_at": moment("2026-11-12"),
    "time_limit": TimeLimit.parse("5d"),
    "channel": Channel.POSTAL,
    "procedure": "Thủ tục Ví Dụ",
    "applicant": "Nguyễn Văn Ví Dụ",
}


def reported(code: str = "H1", **facts: Any) -> Reported:
    """A row of an export that has the columns of FACTS, and of `facts`."""
    every = {**FACTS, **facts}
    return Reported(code, every, {"Mã hồ sơ": code}, Place("tep.csv", "", 2))


def without(row: Reported, *fields: str) -> Reported:
    """The same row from an export that lacks the columns `fields`."""
    facts = {name: value for name, value in row.facts.items() if name not in fields}
    return Reported(row.code, facts, row.raw, row.place)


def batch(
    rows: Sequence[Reported] = (),
    *,
    source: str = SOURCE,
    sha: str = "a",
    origin: str = "",
    at: datetime = NOW,
    rejected: Sequence[Rejected] = (),
    repeated: int = 0,
    fields: frozenset[str] | None = None,
) -> tuple[Arrival, list[Reading]]:
    names = frozenset(name for row in rows for name in row.facts) if fields is None else fields
    arrival = Arrival(source=source, origin=origin or f"{sha}.csv", sha256=sha, profile="p1", taken_at=at)
    return arrival, [Reading(list(rows), list(rejected), repeated=repeated, fields=names)]


def take(store: Store, *rows: Reported, **about: Any) -> tuple[int, int, int]:
    """Ingest a batch of `rows` and return how many were new, changed, unchanged."""
    with store.writing() as connection:
        intake = ingest(connection, *batch(rows, **about))
    return intake.new, intake.changed, intake.unchanged


def dossier(store: Store, code: str = "H1") -> Dossier:
    with store.reading() as connection:
        found = connection.execute(select(schema.dossier).where(schema.dossier.c.code == code))
        return from_row(found.mappings().one())


def versions(store: Store, code: str = "H1") -> list[tuple[int, str, dict[str, Any]]]:
    """Return number, file and facts of every version of `code`."""
    table = schema.record_version
    with store.reading() as connection:
        statement = (
            select(table.c.version, schema.batch.c.origin, table.c.facts)
            .join(schema.batch, schema.batch.c.id == table.c.batch_id)
            .where(table.c.code == code)
            .order_by(table.c.version)
        )
        return [(number, origin, known_in(facts)) for number, origin, facts in connection.execute(statement)]


def known_in(document: str) -> dict[str, Any]:
    """Return the facts that are known in a document."""
    return {name: value for name, value in in_document(document).items() if value}


class TestVersions:
    def test_a_dossier_comes_back_as_it_was_reported(self, store: Store) -> None:
        every: dict[str, Any] = {
            **FACTS,
            "status_text": "Đang xử lý",
            "processed_at": moment("2026-11-10T16:45:01"),
            "returned_at": moment("2026-11-11"),
            "submitted_at": moment("2026-11-01T23:59:59"),
            "procedure_code": "1.000001",
            "field": "Hộ tịch",
            "receiving_unit": "Quầy số 1",
            "resolving_unit": "Phòng Kinh tế",
            "department": "P. Kinh tế",
            "officer": "Trần Thị Thí Dụ",
            "step": "Thẩm định",
            "address": "thôn Mẫu, xã Ví Dụ",
            "phone": "0900000000",
            "email": "vi.du@example.com",
        }
        assert take(store, reported(**every)) == (1, 0, 0)
        assert dossier(store) == Dossier(code="H1", **every)

    def test_the_first_version_holds_facts_row_and_place(self, store: Store) -> None:
        take(store, reported())
        with store.reading() as connection:
            version = connection.execute(select(schema.record_version)).mappings().one()
        assert known_in(version["facts"]) == {
            "code": "H1",
            "status": "processing",
            "received_at": "2026-11-02T09:30:00+07:00",
            "promised_at": "2026-11-12T00:00:00+07:00",
            "time_limit": "5d",
            "channel": "postal",
            "procedure": "Thủ tục Ví Dụ",
            "applicant": "Nguyễn Văn Ví Dụ",
        }
        assert json.loads(version["raw"]) == {"Mã hồ sơ": "H1"}
        assert version["place"] == "tep.csv, dòng 2"

    @pytest.mark.parametrize(
        "again",
        [
            pytest.param([reported("H1"), reported("H2"), reported("H3")], id="resent"),
            pytest.param([reported("H3"), reported("H1"), reported("H2")], id="in another order"),
            pytest.param([reported("H2")], id="only one of them"),
            pytest.param([without(reported("H1"), "applicant", "channel")], id="with fewer columns"),
            pytest.param([reported("H1", officer="")], id="with a new column that is empty"),
            pytest.param(
                [Reported("H1", FACTS, {"Mã hồ sơ": "H1", "STT": "7"}, Place("khac.xlsx", "Tờ 2", 9))],
                id="with other columns nobody maps, elsewhere",
            ),
        ],
    )
    def test_nothing_changed_makes_no_version(self, store: Store, again: list[Reported]) -> None:
        assert take(store, reported("H1"), reported("H2"), reported("H3")) == (3, 0, 0)
        assert take(store, *again, sha="b") == (0, 0, len(again))
        assert [len(versions(store, code)) for code in ("H1", "H2", "H3")] == [1, 1, 1]

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            pytest.param("status", Status.DONE, id="status"),
            pytest.param("promised_at", moment("2026-11-13"), id="a moved promise"),
            pytest.param("promised_at", moment("2026-11-12T00:01"), id="by a minute"),
            pytest.param("promised_at", None, id="emptied date"),
            pytest.param("time_limit", TimeLimit.parse("5cd"), id="the limit's unit"),
            pytest.param("channel", None, id="emptied word"),
            pytest.param("applicant", "", id="emptied text"),
            pytest.param("officer", "Trần Thị Thí Dụ", id="a new column"),
        ],
    )
    def test_one_changed_fact_makes_one_version(self, store: Store, field: str, value: object) -> None:
        take(store, reported())
        assert take(store, reported(**{field: value}), sha="b") == (0, 1, 0)
        assert getattr(dossier(store), field) == value
        first, second = versions(store)
        assert (first[:2], second[:2]) == ((1, "a.csv"), (2, "b.csv"))
        differing = {name for name in first[2] | second[2] if first[2].get(name) != second[2].get(name)}
        assert differing == {field}

    def test_there_and_back_are_three_versions(self, store: Store) -> None:
        moved = reported(promised_at=moment("2026-11-20"))
        for sha, row in (("a", reported()), ("b", moved), ("c", reported())):
            take(store, row, sha=sha)
        assert [facts["promised_at"][:10] for _, _, facts in versions(store)] == [
            "2026-11-12",
            "2026-11-20",
            "2026-11-12",
        ]

    def test_an_absent_column_erases_nothing_and_an_empty_cell_does(self, store: Store) -> None:
        take(store, reported(officer="Trần Thị Thí Dụ"))
        take(store, without(reported(status=Status.DONE), "promised_at", "time_limit", "applicant"), sha="b")
        kept = dossier(store)
        assert (kept.promised_at, kept.time_limit) == (FACTS["promised_at"], FACTS["time_limit"])
        assert (kept.applicant, kept.officer) == ("Nguyễn Văn Ví Dụ", "Trần Thị Thí Dụ")
        take(store, reported(promised_at=None, time_limit=None, applicant="", status=Status.DONE), sha="c")
        emptied = dossier(store)
        assert (emptied.promised_at, emptied.time_limit, emptied.applicant) == (None, None, "")
        assert emptied.officer == "Trần Thị Thí Dụ"
        assert len(versions(store)) == 3

    def test_two_sources_lay_their_columns_over_each_other(self, store: Store) -> None:
        take(store, without(reported(), "promised_at"), source="một")
        only_dates = Reported(
            "H1", {"status": Status.PROCESSING, "promised_at": moment("2026-11-12")}, {}, Place("b.csv")
        )
        assert take(store, only_dates, source="hai", sha="b") == (0, 1, 0)
        assert dossier(store) == Dossier(code="H1", **FACTS)
        assert [origin for _, origin, _ in versions(store)] == ["a.csv", "b.csv"]

    def test_more_rows_than_one_statement_takes(self, store: Store) -> None:
        many = [reported(f"H{n}") for n in range(2 * CHUNK + 1)]
        assert take(store, *many) == (len(many), 0, 0)
        half = [
            reported(f"H{n}", status=Status.DONE if n % 2 else Status.PROCESSING) for n in range(len(many))
        ]
        assert take(store, *half, sha="b") == (0, CHUNK, CHUNK + 1)
        assert take(store, *half, sha="c") == (0, 0, len(many))

    def test_codes_differ_by_every_character(self, store: Store) -> None:
        codes = ["H1", "h1", "H 1", "H1-", "Hồ1", "' OR 1=1 --"]
        assert take(store, *(reported(code) for code in codes)) == (len(codes), 0, 0)
        assert [dossier(store, code).code for code in codes] == codes


class TestBatches:
    def test_a_batch_says_what_it_did(self, store: Store) -> None:
        take(store, reported("H1"), reported("H2"))
        place = Place("b.csv", "Tờ 1", 7)
        reason = "“31/02/2026” là ngày giờ không có thật"
        rejected = [Rejected(place, "Ngày tiếp nhận", reason, {"Mã": "H9"}, "H9")]
        rows = [reported("H1"), reported("H2", step="Ký"), reported("H3")]
        later = NOW + timedelta(hours=1)
        with store.writing() as connection:
            intake = ingest(connection, *batch(rows, sha="b", at=later, rejected=rejected, repeated=2))
        assert intake == Intake(read=6, new=1, changed=1, unchanged=3, rejected=1)
        assert intake.read == intake.new + intake.changed + intake.unchanged + intake.rejected
        with store.reading() as connection:
            newest = newest_batches(connection, SOURCE)
            found = rejections(connection, SOURCE)
            stored = connection.execute(select(schema.batch).order_by(schema.batch.c.id)).mappings().all()[-1]
        assert [(feed.origin, feed.taken_at, feed.rejected) for feed in newest] == [
            ("a.csv", NOW, 0),
            ("b.csv", later, 1),
        ]
        assert {name: stored[name] for name in Intake.__slots__} == {
            name: getattr(intake, name) for name in Intake.__slots__
        }
        assert found == rejected
        assert found[0].told == f"b.csv, trang tính “Tờ 1”, dòng 7, cột “Ngày tiếp nhận”: hồ sơ H9: {reason}"

    @pytest.mark.parametrize(
        ("origin", "days", "raw", "listed"),
        [
            pytest.param("a.csv", 1, None, [], id="the file came again without it"),
            pytest.param("b.csv", 1, None, [1], id="another file came"),
            pytest.param("b.csv", 1, {"Mã": "H9"}, [2], id="another file repeats it"),
            pytest.param("b.csv", 1, {"Mã": "H8"}, [1, 2], id="another file has one of its own"),
            pytest.param("b.csv", 8, None, [], id="longer than a week ago"),
        ],
    )
    def test_which_rejected_rows_still_wait(
        self, store: Store, origin: str, days: int, raw: dict[str, str] | None, listed: list[int]
    ) -> None:
        """Each rejected row is told by the number of its row: 1 in the first file, 2 in the second."""
        first = [Rejected(Place("a.csv", "", 1), "Ngày nhận", "không có thật", {"Mã": "H9"})]
        second = [Rejected(Place(origin, "", 2), "Ngày nhận", "không có thật", raw)] if raw else []
        take(store, reported("H1"), origin="a.csv", sha="x", rejected=first)
        later = NOW + timedelta(days=days)
        take(store, reported("H2"), origin=origin, sha="y", at=later, rejected=second)
        with store.reading() as connection:
            assert [each.place.row for each in rejections(connection, SOURCE)] == listed

    @pytest.mark.parametrize(
        ("source", "origin", "sha", "profile", "known"),
        [
            pytest.param(SOURCE, "a.csv", "a", "p1", True, id="the same file again"),
            pytest.param(SOURCE, "copy.csv", "a", "p1", True, id="a copy of it"),
            pytest.param(SOURCE, "a.csv", "b", "p1", False, id="other bytes"),
            pytest.param(SOURCE, "a.csv", "a", "p2", False, id="other words in the profile"),
            pytest.param("khác", "a.csv", "a", "p1", False, id="another source"),
        ],
    )
    def test_which_bytes_are_known(  # noqa: PLR0917  a table of cases
        self, store: Store, source: str, origin: str, sha: str, profile: str, known: bool
    ) -> None:
        take(store, reported(), origin="a.csv")
        with store.reading() as connection:
            assert bool(known_batch(connection, source, origin, sha, profile)) is known

    def test_a_file_that_returns_to_what_it_held_is_new(self, store: Store) -> None:
        take(store, reported(), origin="a.csv", sha="x")
        take(store, reported(status=Status.DONE), origin="a.csv", sha="y")
        with store.reading() as connection:
            assert not known_batch(connection, SOURCE, "a.csv", "x", "p1")

    def test_what_fails_half_way_leaves_nothing(self, store: Store) -> None:
        take(store, reported("H1"))
        with pytest.raises(StoreError):
            take(store, reported("H2"), reported("H1", status=Status.DONE), reported("H2"), sha="b")
        assert dossier(store).status is Status.PROCESSING
        with store.reading() as connection:
            assert len(connection.execute(select(schema.batch)).all()) == 1
            assert len(connection.execute(select(schema.dossier)).all()) == 1

    def test_what_a_source_brought_is_told_oldest_first(self, store: Store) -> None:
        take(store, reported("H1"), source="một")
        take(store, reported("H1"), reported("H2"), source="một", sha="b", at=NOW + timedelta(hours=5))
        take(store, source="hai")
        with store.reading() as connection:
            told = arrivals(connection, "một")
            assert [(each.taken_at, each.read, each.new) for each in told] == [
                (NOW, 1, 1),
                (NOW + timedelta(hours=5), 2, 1),
            ]
            assert arrivals(connection, "ba") == []

    def test_the_units_dossiers_name_the_most_frequent_first(self, store: Store) -> None:
        units = ["Phòng B", "Phòng A", "Phòng A"]
        take(store, *(reported(f"H{n}", resolving_unit=unit) for n, unit in enumerate(units)))
        with store.reading() as connection:
            assert reported_units(connection) == [("Phòng A", "", 2), ("Phòng B", "", 1)]


def event(code: str, fact: Suspension | Stage, line: int = 2) -> Reported:
    """One row of a list of events."""
    place = Place("su-kien.csv", "", line)
    name = "stages" if isinstance(fact, Stage) else "suspensions"
    return Reported(code, {name: (fact,)}, {"Mã": code}, place, (Event(fact, {"Mã": code}, place, "Từ"),))


EVENT_SOURCE = "su-kien"
STARTED = moment("2026-11-03T14:20")
assert STARTED
ASKED = Suspension(Cause.SUPPLEMENT, STARTED, note="Thiếu bản vẽ", is_partial=True)
STAGE = Stage("Sở Xây dựng", STARTED, TimeLimit.parse("8h"), moment("2026-11-10"), moment("2026-11-09"))


class TestEvents:
    def test_they_come_back_as_they_were_told_and_the_dossier_keeps_its_source(self, store: Store) -> None:
        take(store, reported())
        for n, fact in enumerate((ASKED, STAGE)):
            assert take(store, event("H1", fact), source=EVENT_SOURCE, sha=f"e{n}") == (0, 1, 0)
        found = dossier(store)
        assert (found.suspensions, found.stages) == ((ASKED,), (STAGE,))
        with store.reading() as connection:
            assert connection.execute(select(schema.dossier.c.source)).scalar_one() == SOURCE
        assert take(store, event("H1", STAGE), source=EVENT_SOURCE, sha="e3") == (0, 0, 1)

    def test_of_a_dossier_nobody_reported_they_wait(self, store: Store) -> None:
        stage, asked = event("H2", STAGE, 3), event("H2", ASKED, 4)
        facts = {**stage.facts, **asked.facts}
        rows = [event("H1", STAGE), replace(stage, facts=facts, events=stage.events + asked.events)]
        with store.writing() as connection:
            intake = ingest(connection, *batch(rows, source=EVENT_SOURCE, sha="e"))
        assert (intake.read, intake.new, intake.rejected) == (3, 0, 3)
        assert self.is_new(store) is False
        take(store, reported("H3"))
        assert self.is_new(store) is False
        take(store, reported("H2"), sha="b")
        assert self.is_new(store) is True
        assert take(store, *rows, source=EVENT_SOURCE, sha="e") == (0, 2, 0)
        assert self.is_new(store) is False
        with store.reading() as connection:
            assert [each.place.row for each in rejections(connection, EVENT_SOURCE)] == [2]

    def is_new(self, store: Store) -> bool:
        """Tell whether the file, a copy of it and the address it came from are to be read again."""
        with store.reading() as connection:
            files = {
                not known_batch(connection, EVENT_SOURCE, name, "e", "p1") for name in ("e.csv", "copy.csv")
            }
            (is_new,) = {*files, has_awaited(connection, EVENT_SOURCE)}
        return is_new

    def test_more_of_them_than_one_statement_takes(self, store: Store) -> None:
        rows = [event(f"H{n}", STAGE, n) for n in range(2 * CHUNK + 1)]
        take(store, *rows, source=EVENT_SOURCE, sha="e")
        take(store, reported(f"H{2 * CHUNK}"))
        assert self.is_new(store) is True


class TestFailures:
    def problems(self, store: Store) -> list[tuple[str, str]]:
        with store.reading() as connection:
            return [(feed.origin, feed.problem) for feed in failures(connection, SOURCE)]

    def note(self, store: Store, origin: str, problem: str, at: datetime = NOW) -> int:
        with store.writing() as connection:
            return note_failure(connection, SOURCE, origin, problem, at)

    def cure(self, store: Store, *met: int) -> None:
        with store.writing() as connection:
            cure_failures(connection, SOURCE, met)

    def test_a_lasting_failure_is_one_row_with_its_last_time(self, store: Store) -> None:
        first = self.note(store, "a.csv", "rỗng")
        later = NOW + timedelta(days=1)
        assert self.note(store, "a.csv", "rỗng", later) == first
        with store.reading() as connection:
            (feed,) = failures(connection, SOURCE)
        assert (feed.origin, feed.taken_at) == ("a.csv", later)

    def test_another_problem_or_file_is_another_row(self, store: Store) -> None:
        rows = [("a.csv", "rỗng"), ("a.csv", "bị cắt"), ("b.csv", "rỗng")]
        assert len({self.note(store, *each) for each in rows}) == 3
        assert self.problems(store) == rows

    def test_what_was_not_met_again_is_cured(self, store: Store) -> None:
        self.note(store, "a.csv", "rỗng")
        met = self.note(store, "b.csv", "rỗng")
        self.cure(store, met)
        assert self.problems(store) == [("b.csv", "rỗng")]
        self.cure(store)
        assert self.problems(store) == []

    def test_a_cured_failure_that_comes_back_is_shown_again(self, store: Store) -> None:
        self.note(store, "a.csv", "rỗng")
        self.cure(store)
        self.note(store, "a.csv", "rỗng", NOW + timedelta(days=2))
        assert self.problems(store) == [("a.csv", "rỗng")]

    def test_other_sources_failures_stay(self, store: Store) -> None:
        with store.writing() as connection:
            note_failure(connection, "khác", "a.csv", "rỗng", NOW)
        self.cure(store)
        with store.reading() as connection:
            assert len(failures(connection, "khác")) == 1

    def test_a_failure_is_no_data(self, store: Store) -> None:
        self.note(store, "a.csv", "rỗng")
        with store.reading() as connection:
            assert arrivals(connection, SOURCE) == []
            assert newest_batches(connection, SOURCE) == []


class TestCursor:
    def test_it_is_kept_by_source_and_replaced_whole(self, store: Store) -> None:
        with store.writing() as connection:
            assert read_cursor(connection, SOURCE) == {}
            write_cursor(connection, SOURCE, {"etag": "1", "last_modified": "hôm qua"})
            write_cursor(connection, "khác", {"etag": "9"})
            write_cursor(connection, SOURCE, {"etag": "2"})
        with store.reading() as connection:
            assert read_cursor(connection, SOURCE) == {"etag": "2"}
            assert read_cursor(connection, "khác") == {"etag": "9"}

    def test_it_goes_when_its_batch_goes(self, store: Store) -> None:
        with pytest.raises(StoreError):
            self.take_and_fail(store)
        with store.reading() as connection:
            assert read_cursor(connection, SOURCE) == {}

    def take_and_fail(self, store: Store) -> None:
        with store.writing() as connection:
            write_cursor(connection, SOURCE, {"etag": "1"})
            ingest(connection, *batch([reported(), reported()]))  # one code twice: the database refuses it
