"""A batch taken back: all that is alive stands as before it, nothing that was kept is lost, or it is refused."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from amounts import TIMES, usually
from forks import FORKS
from hypothesis import given, settings
from hypothesis import strategies as st
from offices import NOW, Desk, desk_in, new_database, row
from sqlalchemy import Engine, event, insert, select, update
from test_kill import KILLED, Steps
from worlds import moment

from latewatch.domain.dossier import Cause, Stage, Status, Suspension
from latewatch.domain.letters.life import Move
from latewatch.domain.limit import TimeLimit
from latewatch.domain.reading import Reading
from latewatch.domain.record import Event, Rejected, Reported
from latewatch.errors import Place, UndoError
from latewatch.jobs.assess import assess
from latewatch.jobs.letters.closing import cancel_letters
from latewatch.jobs.letters.draft import draft_letters
from latewatch.jobs.letters.issue import issue_letter
from latewatch.jobs.letters.moving import Selection, move_letters
from latewatch.jobs.letters.numbering import number_letters
from latewatch.jobs.office import Office
from latewatch.jobs.undo import Undone, undo_batch
from latewatch.store import schema
from latewatch.store.batches import Arrival, close_batch, known_batch, note_failure, open_batch, write_cursor
from latewatch.store.database import Store, open_store
from latewatch.store.feeds import rejections
from latewatch.store.ingest import Batch, ingest, take
from latewatch.store.undo import CLOSED
from latewatch.store.verify import Walk, misfits
from latewatch.written import from_document

BY, REASON = "Nguyễn Văn Ví Dụ", "nhập nhầm tệp"
SOURCE, OTHER, RUN = "xuat-tep", "bao-cao", "giao-dien"
FACTS: dict[str, Any] = {
    "status": Status.PROCESSING,
    "received_at": moment("2026-11-02T09:30"),
    "time_limit": TimeLimit.parse("5d"),
    "resolving_unit": "Phòng Kinh tế",
    "applicant": "Nguyễn Văn Ví Dụ",
}
BAD = Rejected(
    Place("b.csv", "", 9), "Ngày tiếp nhận", "“31/02/2026” là ngày giờ không có thật", {"Mã": "X1"}
)
MOVED = {"promised_at": moment("2026-11-20")}
DONE = {"status": Status.DONE, "processed_at": moment("2026-11-09T16:00")}


def told(code: str, digest: str = "", **facts: Any) -> Reported:
    return Reported(code, {**FACTS, **facts}, {"Mã": code}, Place("tep.csv", "", 2), digest=digest or code)


def happened(code: str, *facts: Suspension | Stage) -> Reported:
    """The rows of a list of events that name `code`."""
    events = tuple(Event(fact, {"Mã": code}, Place("sk.csv", "", 3), "Từ") for fact in facts)
    return Reported(code, {"suspensions": tuple(facts)}, {"Mã": code}, Place("sk.csv", "", 3), events)


ASKED = Suspension(Cause.SUPPLEMENT, moment("2026-11-04"), moment("2026-11-06"))


class World:
    """An office on one of the databases; every step is an hour later than the last."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.store = office.store
        self.steps = 0

    @property
    def now(self) -> datetime:
        return NOW + timedelta(hours=self.steps)

    def keep(
        self, file: str, *rows: Reported, source: str = SOURCE, rejected: Sequence[Rejected] = ()
    ) -> int:
        """Take a file in, assess, and return the number of its batch."""
        self.steps += 1
        fields = frozenset(name for row in rows for name in row.facts)
        parts = [Reading(list(rows), list(rejected), fields=fields)]
        with self.store.writing() as connection:
            ingest(connection, self._arrival(file, source, file), parts)
        assess(self.office, self.now)
        return self.newest()

    def begin(self, *rows: Reported) -> Batch:
        """Begin a run over an interface with one part."""
        self.steps += 1
        with self.store.writing() as connection:
            batch = Batch(open_batch(connection, self._arrival(RUN, RUN, "")), RUN, self.now)
        self.go_on(batch, *rows)
        return batch

    def go_on(self, batch: Batch, *rows: Reported) -> None:
        with self.store.writing() as connection:
            take(connection, batch, Reading(list(rows), fields=frozenset(FACTS)))
            write_cursor(connection, RUN, {"since": "2026-11-12"})

    def end(self, batch: Batch) -> int:
        with self.store.writing() as connection:
            close_batch(connection, batch.id)
        assess(self.office, self.now)
        return batch.id

    def _arrival(self, origin: str, source: str, sha256: str) -> Arrival:
        return Arrival(source=source, origin=origin, sha256=sha256, profile="p1", taken_at=self.now)

    def newest(self) -> int:
        return int(max(self.column(schema.batch.c.id)))

    def undo(self, number: int) -> Undone:
        self.steps += 1
        return undo_batch(self.office, number, BY, REASON, self.now)

    def column(self, column: Any, *where: Any) -> list[Any]:
        with self.store.reading() as connection:
            return list(connection.execute(select(column).where(*where).order_by(column)).scalars())

    def alive(self) -> dict[str, list[str]]:
        """Return every table that is not memory, in words without ids, counters and fingerprints."""
        tables = (schema.dossier, schema.assessment, schema.letter, schema.cursor, schema.procedure)
        passing = {"id", "version", "digest", "dossier_id", "dossier_version"}
        with self.store.reading() as connection:
            codes = {row.id: row.code for row in connection.execute(select(schema.dossier))}
            return {
                table.name: sorted(
                    str({**{k: v for k, v in row.items() if k not in passing}, "of": codes.get(_of(row))})
                    for row in connection.execute(select(table)).mappings()
                )
                for table in tables
            }

    def versions(self, code: str) -> list[tuple[int, int, bool]]:
        """Return number, batch and whether it has facts of every version of `code`."""
        table = schema.record_version.c
        columns = (table.version, table.batch_id, table.facts)
        with self.store.reading() as connection:
            found = connection.execute(select(*columns).where(table.code == code).order_by(table.version))
            return [(number, batch, facts is not None) for number, batch, facts in found]

    def hold_whole(self) -> None:
        with self.store.reading() as connection:
            assert list(misfits(connection, Walk())) == []


def _of(row: Any) -> int:
    return int(row.get("dossier_id", row.get("id", 0)))


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with desk_in(tmp_path_factory.mktemp("undo") / "office").open() as office:
        yield office


@pytest.fixture
def world(opened: Office, store: Store) -> World:
    return World(replace(opened, store=store))


def known(world: World) -> World:
    """Three dossiers from two files and a list of events, so that there is something to go back to."""
    world.keep("a.csv", told("H1"), told("H2"), told("H3", officer="Trần Thị Thí Dụ"))
    world.keep("su-kien.csv", happened("H3", ASKED), source="su-kien")
    return world


STAGES = (Stage("Phòng A", moment("2026-11-02"), TimeLimit.parse("2d"), moment("2026-11-04")),)
FILES = [
    pytest.param([told("N1"), told("N2", **DONE)], 0, ["N1", "N2"], id="new dossiers"),
    pytest.param([told("H1", **MOVED)], 1, [], id="a promise that moved"),
    pytest.param([told("H1", **DONE), told("N1"), told("H2")], 1, ["N1"], id="some of each"),
    pytest.param([told("H1", received_at=None, time_limit=None, applicant="")], 1, [], id="emptied facts"),
    pytest.param([told("H1", status=Status.SUSPENDED)], 1, [], id="an interruption that was seen"),
    pytest.param([told("H3", suspensions=(), stages=STAGES)], 1, [], id="interruptions and stages"),
    pytest.param([told("H1"), told("H2", digest="khác")], 0, [], id="nothing but other words"),
    pytest.param([], 0, [], id="nothing at all"),
]


class TestRestores:
    @pytest.mark.parametrize(("rows", "restored", "removed"), FILES)
    @pytest.mark.parametrize("source", [SOURCE, OTHER])
    def test_what_is_alive_stands_as_before(
        self, world: World, source: str, rows: list[Reported], restored: int, removed: list[str]
    ) -> None:
        known(world)
        before = world.alive()
        number = world.keep("b.csv", *rows, source=source, rejected=[BAD])
        done = world.undo(number)
        assert (done.done.restored, done.done.removed) == (restored, removed)
        assert world.alive() == before
        world.hold_whole()

    def test_a_list_of_events(self, world: World) -> None:
        world.keep("a.csv", told("H1"), told("H2"))
        before = world.alive()
        number = world.keep("su-kien.csv", happened("H1", ASKED), source="su-kien")
        assert world.alive() != before
        assert world.undo(number).done.restored == 1
        assert world.alive() == before
        world.hold_whole()

    def test_a_source_that_only_adds(self, world: World) -> None:
        """The dossier goes back to the source that reported it, not to the one that added something."""
        world.keep("a.csv", told("H1"))
        added = replace(told("H1"), facts={"status": Status.PROCESSING, "stages": STAGES}, adds=True)
        world.keep("goi-tin", added, source=OTHER)
        before = world.alive()
        world.undo(world.keep("b.csv", told("H1", **DONE), source="ba"))
        assert world.alive() == before
        assert world.column(schema.dossier.c.source) == [SOURCE]
        world.hold_whole()

    def test_a_run_over_an_interface_with_a_dossier_in_two_of_its_parts(self, world: World) -> None:
        world.keep("a.csv", told("H1"))
        before = world.alive()
        run = world.begin(told("H1", **MOVED), told("N1"))
        world.go_on(run, told("H1", **DONE), told("N1", step="Ký"))
        done = world.undo(world.end(run))
        assert (done.done.restored, done.done.removed) == (1, ["N1"])
        assert world.alive() == before  # the cursor too: the next run asks again from the beginning
        assert [number for number, _, _ in world.versions("H1")] == [1, 2, 3, 4]
        world.hold_whole()

    def test_of_a_file_from_an_address_the_cursor_stays(self, world: World) -> None:
        number = world.keep("a.csv", told("H1"))
        with world.store.writing() as connection:
            write_cursor(connection, SOURCE, {"etag": "1"})
        world.undo(number)
        assert world.column(schema.cursor.c.source) == [SOURCE]

    def test_more_dossiers_than_one_statement_takes(self, world: World) -> None:
        world.keep("a.csv", *(told(f"H{n}") for n in range(700)))
        before = world.alive()
        number = world.keep("b.csv", *(told(f"H{n}", **DONE) for n in range(1300)))
        done = world.undo(number)
        assert (done.done.restored, len(done.done.removed)) == (700, 600)
        assert world.alive() == before
        world.hold_whole()

    def test_the_undo_is_a_batch_of_its_own_with_who_and_why(self, world: World) -> None:
        known(world)
        number = world.keep("b.csv", told("H1", **MOVED), told("N1"))
        done = world.undo(number)
        with world.store.reading() as connection:
            table = schema.batch
            of = connection.execute(select(table).where(table.c.id == done.done.batch)).mappings().one()
            undone = connection.execute(select(table.c.state).where(table.c.id == number)).scalar()
        names = ("source", "origin", "state", "undoes", "author", "reason", "changed", "versions")
        assert [of[name] for name in names] == ["", f"hoàn tác lô {number}", "done", number, BY, REASON, 2, 2]
        assert undone == "undone"
        assert world.versions("H1") == [(1, 1, True), (2, number, True), (3, done.done.batch, True)]
        assert world.versions("N1") == [(1, number, True), (2, done.done.batch, False)]

    def test_the_same_rows_are_read_in_full_again(self, world: World) -> None:
        """A fingerprint says that nothing is new in a row: after an undo there is."""
        world.keep("a.csv", told("H1"))
        rows = [told("H1", digest="b", **MOVED), told("N1", digest="n")]
        world.undo(world.keep("b.csv", *rows))
        assert world.column(schema.dossier.c.digest) == [None]
        after = world.newest()
        number = world.keep("b.csv", *rows)
        assert world.versions("H1")[-1] == (4, number, True)
        assert world.versions("N1") == [(1, after - 1, True), (2, after, False), (3, number, True)]
        assert sorted(world.column(schema.dossier.c.version)) == [3, 4]
        world.hold_whole()

    def test_one_after_the_other_back_to_nothing(self, world: World) -> None:
        states, batches = [world.alive()], []
        for file, rows in {
            "a.csv": [told("H1"), told("H2")],
            "b.csv": [told("H1", **MOVED), told("H3")],
            "c.csv": [told("H1", **DONE), told("H2", **MOVED), told("H3", step="Ký")],
        }.items():
            batches.append(world.keep(file, *rows))
            states.append(world.alive())
        for number, state in zip(reversed(batches), reversed(states[:-1]), strict=True):
            world.undo(number)
            assert world.alive() == state
            world.hold_whole()
        assert world.column(schema.dossier.c.code) == []
        assert world.keep("a.csv", told("H1"), told("H2"))
        assert world.versions("H1")[-1][0] == 7
        world.hold_whole()


class TestAround:
    def test_rejected_rows_are_not_shown_any_more(self, world: World) -> None:
        world.keep("a.csv", told("H1"))
        number = world.keep("b.csv", told("H2"), rejected=[BAD])
        with world.store.reading() as connection:
            assert len(rejections(connection, SOURCE)) == 1
        world.undo(number)
        with world.store.reading() as connection:
            assert rejections(connection, SOURCE) == []

    def test_the_file_stays_known_to_the_poll(self, world: World) -> None:
        number = world.keep("b.csv", told("H2"))
        world.undo(number)
        with world.store.reading() as connection:
            met = known_batch(connection, SOURCE, "b.csv", "b.csv", "p1")
        assert met is not None
        assert (met.id, met.is_undone) == (number, True)

    def test_drafts_leave_with_their_dossiers(self, world: World) -> None:
        world.keep("a.csv", told("H1", promised_at=moment("2026-11-11")))
        number = world.keep("b.csv", told("N1", promised_at=moment("2026-11-11")))
        drafts = {each.code: each.path for each in draft_letters(world.office, world.now)}
        assert all(path.exists() for path in drafts.values())
        before = world.alive()["letter"]
        done = world.undo(number)
        assert done.drafts == 1
        assert [drafts[code].exists() for code in ("H1", "N1")] == [True, False]
        assert world.alive()["letter"] == [row for row in before if "'of': 'H1'" in row]
        drafts["H1"].unlink()

    @pytest.mark.parametrize(
        "moves",
        [
            pytest.param([], id="a draft"),
            pytest.param([Move.REVIEW], id="reviewed"),
            pytest.param([Move.REVIEW, Move.REVISE], id="a draft again"),
            pytest.param([Move.REVIEW, Move.CANCEL], id="cancelled before it had a number"),
        ],
    )
    def test_letters_without_a_number_leave_with_every_step_they_took(
        self, world: World, moves: list[Move]
    ) -> None:
        world.keep("a.csv", told("H1", promised_at=moment("2026-11-11")))
        number = world.keep("b.csv", told("N1", promised_at=moment("2026-11-11")))
        bring(world, moves)
        world.undo(number)
        assert len(world.column(schema.letter.c.id)) == 1
        assert world.column(schema.letter_change.c.after) == ["draft"]
        assert world.column(schema.dossier.c.code) == ["H1"]
        for path in world.office.settings.paths.letters.rglob("*.pdf"):
            assert "H1" in path.name
            path.unlink()

    def test_a_draft_that_was_cancelled_leaves_too(self, world: World) -> None:
        number = world.keep("b.csv", told("N1", promised_at=moment("2026-11-11")))
        (draft,) = draft_letters(world.office, world.now)
        with world.store.writing() as connection:
            connection.execute(update(schema.letter).values(state="cancelled"))
        world.undo(number)
        assert world.column(schema.letter.c.id) == []
        draft.path.unlink()

    def test_findings_of_the_batch_are_closed(self, world: World) -> None:
        world.keep("a.csv", told("H1"))
        number = world.keep("b.csv", told("H1", **MOVED))
        row = {
            "kind": "status-backwards",
            "severity": "high",
            "unit": "",
            "evidence": {},
            "source": SOURCE,
            "found_at": NOW,
        }
        with world.store.writing() as connection:
            rows = [
                {**row, "code": code, "key": code, "batch_id": batch, "state": state}
                for code, batch, state in (
                    ("H1", number, "open"),
                    ("H2", number, "explained"),
                    ("H3", number, "closed"),
                    ("H4", number - 1, "open"),
                )
            ]
            connection.execute(insert(schema.finding), rows)
        done = world.undo(number)
        assert done.done.findings == 2
        with world.store.reading() as connection:
            table, change = schema.finding.c, schema.finding_change.c
            mine = select(table.state).where(table.kind == row["kind"]).order_by(table.code)
            states = connection.execute(mine).scalars().all()
            changes = connection.execute(select(change.before, change.after, change.by, change.why)).all()
        assert states == ["closed", "closed", "closed", "open"]
        assert changes == [(state, "closed", BY, CLOSED) for state in ("open", "explained")]

    def test_nobody_is_missing_from_a_list_that_does_not_count(self, world: World) -> None:
        world.keep("a.csv", told("H1"), told("H2"), told("H3"))
        number = world.keep("b.csv", told("H1"))
        with world.store.writing() as connection:
            table = schema.dossier
            for code, since in (("H2", world.now), ("H3", NOW - timedelta(days=1))):
                mark = update(table).where(table.c.code == code).values(missing_since=since)
                connection.execute(mark)
        world.undo(number)
        assert world.column(schema.dossier.c.code, schema.dossier.c.missing_since.is_not(None)) == ["H3"]

    def test_later_files_that_said_the_same_are_named(self, world: World) -> None:
        world.keep("a.csv", told("H1"))
        number = world.keep("b.csv", told("H1", **MOVED), told("N1"))
        world.keep("c.csv", told("H1", **MOVED), told("N1"))
        world.keep("d.csv", told("X1"))
        world.keep("e.csv", told("H1", **MOVED), source=OTHER)
        assert [(each.origin, each.dossiers) for each in world.undo(number).unchanged_since] == [("c.csv", 2)]


def bring(world: World, moves: Sequence[Move]) -> None:
    """Draft what is owed, and bring the letter of N1 so far."""
    draft_letters(world.office, world.now, reason="chờ xác minh thực địa")
    steps: dict[Move, Any] = {Move.NUMBER: number_letters, Move.CANCEL: cancel_letters}
    for move in moves:
        why = {"why": "thử"}
        if move in steps:
            steps[move](world.office, Selection("N1"), world.now, by=BY, **why)
            continue
        is_out = move in (Move.SEND, Move.ISSUE)
        sent = {"sent_on": world.now.date()} if is_out else {}
        move_letters(
            world.office,
            Selection("N1"),
            move,
            world.now,
            by=BY,
            prepare=lambda *_, values=sent: values,
            **why,
        )


class TestRefused:
    def refused(self, world: World, number: int, problem: str) -> None:
        before = world.alive(), world.column(schema.record_version.c.id), world.column(schema.batch.c.state)
        with pytest.raises(UndoError, match=problem):
            world.undo(number)
        after = world.alive(), world.column(schema.record_version.c.id), world.column(schema.batch.c.state)
        assert after == before

    def test_later_batches_are_named_the_newest_first(self, world: World) -> None:
        first = world.keep("a.csv", told("H1"), told("H2"))
        second = world.keep("b.csv", told("H1", **MOVED), told("H2", step="Ký"))
        third = world.keep("su-kien.csv", happened("H1", ASKED), source="su-kien")
        named = rf"lô {third} \(su-kien.csv: 1 hồ sơ\), lô {second} \(b.csv: 2 hồ sơ\).*từ lô {third} trước"
        self.refused(world, first, named)
        world.undo(third)
        world.undo(second)
        world.undo(first)
        assert world.column(schema.dossier.c.code) == []

    def test_a_later_batch_of_other_dossiers_is_left_alone(self, world: World) -> None:
        first = world.keep("a.csv", told("H1"))
        world.keep("b.csv", told("H2"))
        before = [row for row in world.alive()["dossier"] if "'H2'" in row]
        world.undo(first)
        assert world.alive()["dossier"] == before

    def test_two_runs_at_once_go_back_from_the_last_word(self, world: World) -> None:
        world.keep("a.csv", told("H1"))
        before = world.alive()
        run = world.begin(told("H1", step="Một"))
        between = world.keep("b.csv", told("H1", step="Hai"))
        world.go_on(run, told("H1", step="Ba"))
        number = world.end(run)
        self.refused(world, between, rf"lô {number} \(giao-dien: 1 hồ sơ\)")
        world.undo(number)
        assert world.column(schema.dossier.c.step) == ["Hai"]
        world.undo(between)
        assert world.alive() == before
        world.hold_whole()

    def test_a_letter_that_was_issued(self, world: World) -> None:
        world.keep("a.csv", told("H1", promised_at=moment("2026-11-11")))
        rows = [told(code, promised_at=moment("2026-11-11")) for code in ("N1", "N2")]
        number = world.keep("b.csv", *rows, told("H1", step="Ký"))
        drafts = draft_letters(world.office, world.now)
        issue_letter(world.office, "N1", world.now.date(), world.now, by="thử")
        self.refused(world, number, "hồ sơ N1 do lô này đưa vào, đã có văn bản xin lỗi")
        assert all(draft.path.exists() for draft in drafts)
        for draft in drafts:
            draft.path.unlink()

    @pytest.mark.parametrize(
        "moves",
        [
            pytest.param([Move.REVIEW, Move.NUMBER], id="numbered"),
            pytest.param([Move.REVIEW, Move.NUMBER, Move.SIGN], id="signed"),
            pytest.param([Move.REVIEW, Move.NUMBER, Move.SIGN, Move.SEND], id="sent"),
            pytest.param([Move.REVIEW, Move.NUMBER, Move.SIGN, Move.SEND, Move.CONFIRM], id="confirmed"),
            pytest.param([Move.REVIEW, Move.NUMBER, Move.CANCEL], id="numbered, then cancelled"),
            pytest.param([Move.ISSUE, Move.CANCEL], id="sent, then cancelled"),
        ],
    )
    def test_a_letter_with_a_number_or_that_was_sent_once(self, world: World, moves: list[Move]) -> None:
        number = world.keep("b.csv", told("N1", promised_at=moment("2026-11-11")))
        bring(world, moves)
        before = world.column(schema.letter_change.c.after), world.column(schema.letter_register.c.last)
        self.refused(world, number, "hồ sơ N1 do lô này đưa vào, đã có văn bản xin lỗi được cấp số")
        after = world.column(schema.letter_change.c.after), world.column(schema.letter_register.c.last)
        assert after == before

    def test_a_letter_of_a_dossier_that_stays_is_no_reason(self, world: World) -> None:
        world.keep("a.csv", told("H1", promised_at=moment("2026-11-11")))
        number = world.keep("b.csv", told("H1", promised_at=moment("2026-11-11"), step="Ký"))
        (draft,) = draft_letters(world.office, world.now)
        issue_letter(world.office, "H1", world.now.date(), world.now, by="thử")
        world.undo(number)
        assert world.column(schema.letter.c.state) == ["sent"]
        draft.path.unlink()

    def test_a_batch_that_never_was(self, world: World) -> None:
        self.refused(world, 77, "Không có lô 77; xem các lô: latewatch import list")

    def test_one_that_was_taken_back(self, world: World) -> None:
        number = world.keep("a.csv", told("H1"))
        undo = world.undo(number).done.batch
        self.refused(world, number, rf"đã hoàn tác rồi \(lô {undo}\)")
        self.refused(world, undo, f"lần hoàn tác lô {number}; muốn lấy lại thì nhập lại tệp")

    def test_one_that_failed(self, world: World) -> None:
        with world.store.writing() as connection:
            number = note_failure(connection, SOURCE, "hong.csv", "không đọc được", NOW)
        self.refused(world, number, "không ghi gì vào hồ sơ")

    def test_a_run_that_is_not_at_its_end(self, world: World) -> None:
        run = world.begin(told("H1"))
        self.refused(world, run.id, "chạy latewatch poll cho xong")

    def test_a_run_whose_source_is_asked_right_now(self, world: World) -> None:
        number = world.end(world.begin(told("H1")))
        run = world.begin(told("H2"))
        self.refused(world, number, "nguồn giao-dien đang được lấy tiếp")
        world.end(run)
        world.undo(number)
        assert world.column(schema.dossier.c.code) == ["H2"]


class Interrupted(BaseException):
    """Somebody pulled the plug."""


class TestKilled:
    def test_at_any_statement_all_of_it_or_nothing(self, world: World) -> None:
        known(world)
        before = world.alive()
        number = world.keep("b.csv", told("H1", **MOVED), told("N1"), told("N2"), rejected=[BAD])
        after, versions = world.alive(), world.column(schema.record_version.c.id)
        steps = 0
        while True:
            steps += 1
            try:
                with pulling_the_plug(steps):
                    world.undo(number)
                break
            except Interrupted:
                is_undone = world.column(schema.batch.c.state, schema.batch.c.id == number) == ["undone"]
                if is_undone:  # what is left to do is to assess
                    assess(world.office, world.now)
                    break
                assert world.alive() == after, steps
                assert world.column(schema.record_version.c.id) == versions, steps
        assert steps > 15
        assert world.alive() == before
        world.hold_whole()


class pulling_the_plug:  # noqa: N801  reads as what it does
    """Within, the Nth statement of any connection is the last."""

    def __init__(self, last: int) -> None:
        self.left = last

    def __enter__(self) -> None:
        event.listen(Engine, "before_cursor_execute", self.step)
        event.listen(Engine, "commit", self.step)

    def __exit__(self, *_: object) -> None:
        event.remove(Engine, "before_cursor_execute", self.step)
        event.remove(Engine, "commit", self.step)

    def step(self, *_: object) -> None:
        self.left -= 1
        if self.left == 0:
            raise Interrupted


ROWS = st.lists(
    st.builds(
        lambda n, step, moved: told(f"H{n}", step=step, **(MOVED if moved else {})),
        st.integers(1, 4),
        st.sampled_from(["", "Một", "Hai"]),
        st.booleans(),
    ),
    max_size=4,
    unique_by=lambda row: row.code,
)


@settings(max_examples=usually(12, 20 * TIMES), deadline=None)
@given(files=st.lists(st.tuples(ROWS, st.sampled_from([SOURCE, OTHER])), min_size=1, max_size=5))
def test_any_history_goes_back_the_way_it_came(
    opened: Office, tmp_path_factory: pytest.TempPathFactory, files: list[tuple[list[Reported], str]]
) -> None:
    folder: Path = tmp_path_factory.mktemp("history")
    store = open_store(new_database(folder / "latewatch.db"))
    world = World(replace(opened, store=store))
    states, batches = [], []
    for number, (rows, source) in enumerate(files):
        states.append(world.alive())
        batches.append(world.keep(f"{number}.csv", *rows, source=source))
    for number, state in zip(reversed(batches), reversed(states), strict=True):
        world.undo(number)
        assert world.alive() == state
    world.hold_whole()
    facts = world.column(schema.record_version.c.facts, schema.record_version.c.facts.is_not(None))
    assert all(from_document(each).status for each in facts)
    store.close()


def undo_and_die(folder: Path, last_step: int | None) -> None:
    """Take the second file back in a process of its own; end at `last_step`, or at the end and tell the steps."""
    steps = Steps(last_step)
    with Desk(folder).open() as office:
        undo_batch(office, 2, BY, REASON, NOW)
    (folder / "steps").write_text(str(steps.taken))


def run(folder: Path, last_step: int | None = None) -> int | None:
    process = FORKS.Process(target=undo_and_die, args=(folder, last_step))
    process.start()
    process.join()
    return process.exitcode


def test_a_process_that_is_killed_leaves_what_can_be_done_again(tmp_path: Path) -> None:
    """The PDF of a draft may be gone by then: it is drawn again."""
    desk = desk_in(tmp_path / "office")
    desk.export("a.csv", [row("H1", promised="30/11/2026")])
    desk.poll()
    desk.export("b.csv", [row("H1", promised="01/12/2026"), row("N1", promised="11/11/2026")])
    desk.poll()
    desk.draft()
    shutil.copytree(desk.folder, tmp_path / "whole")
    assert run(tmp_path / "whole") == 0
    steps = int((tmp_path / "whole" / "steps").read_text())
    for number in range(1, steps, max(1, steps // usually(6, 12))):
        copy = Desk(tmp_path / f"{number}")
        shutil.copytree(desk.folder, copy.folder)
        assert run(copy.folder, number) == KILLED
        with copy.open() as office:
            world = World(office)
            world.hold_whole()
            if world.column(schema.batch.c.state, schema.batch.c.id == 2) == ["done"]:
                assert world.column(schema.dossier.c.code) == ["H1", "N1"]
                assert [draft.path.exists() for draft in draft_letters(office, NOW)] == [True]
                world.undo(2)
            assess(office, NOW)
            assert world.column(schema.dossier.c.code) == ["H1"]
            assert world.column(schema.dossier.c.promised_at) == [moment("2026-11-30")]
            assert world.column(schema.letter.c.id) == []
            world.hold_whole()
        assert list((copy.folder / "letters").rglob("*.pdf")) == []
