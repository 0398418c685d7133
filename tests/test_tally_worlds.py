"""Every figure against an oracle that reads what the sources said and counts in plain loops.

Worlds are made through the real store: batches, interruptions, promises and finishes that move, letters sent
and taken back, changes of the calendar, a batch undone. `LATEWATCH_FUZZ=20` draws twenty times as many.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

import msgspec
import plain_counts
import pytest
from amounts import TIMES, usually
from offices import Desk, desk_in
from plain_counts import Plain
from sqlalchemy import delete, select

from latewatch.app import stored_edits
from latewatch.calendars.load import SHIPPED as CALENDAR_FILES
from latewatch.clock import VIETNAM
from latewatch.domain.deadline import Decider
from latewatch.domain.dossier import Cause, Channel, Status, Suspension
from latewatch.domain.edits import Edits, edited
from latewatch.domain.hours import WorkHours
from latewatch.domain.layers import NATIONAL, PROVINCE, UNIT, WeekdayHours
from latewatch.domain.letters.life import LetterState
from latewatch.domain.limit import TimeLimit
from latewatch.domain.period import MONTHS, Cutoff, Period, Span, period_of
from latewatch.domain.reading import Reading
from latewatch.domain.record import Reported
from latewatch.domain.standing import Case
from latewatch.domain.tally.counts import Counts
from latewatch.domain.tally.rule import SHIPPED, Against, CountingRule
from latewatch.domain.tally.table import TOTAL, Cell, Tally, behind, tally
from latewatch.domain.worktime import SATURDAY, DayEntry, DayKind
from latewatch.errors import CalendarError, Place, UndoError
from latewatch.jobs.assess import Deadlines, assess
from latewatch.jobs.calendar.change import Signature, commit_change
from latewatch.jobs.office import Office
from latewatch.jobs.tally import Form, tally_period
from latewatch.jobs.undo import undo_batch
from latewatch.store import schema
from latewatch.store.batches import Arrival
from latewatch.store.cases import assessed
from latewatch.store.ingest import ingest
from latewatch.store.letters.drafts import Draft, insert_drafts, stored_drafts
from latewatch.store.letters.life import move_letter

SHARDS = 4  # so that the processes of pytest-xdist share them
SEEDS = usually(60, 130 * TIMES)
START = datetime(2026, 6, 1, 8, tzinfo=VIETNAM)
BY = Signature("Nguyễn Văn Ví Dụ", "thử")
PROCEDURES = '[[procedures]]\ncode = "1.000001"\nlimit = "4d"\n'
LIMITS = [TimeLimit.parse(text) for text in ("1d", "3d", "5d", "10d", "20d", "7cd", "2w", "1mo", "8h", "20h")]
FIGURES = [each.name for each in fields(Counts)]


# Worlds


@dataclass
class World:
    """One office whose database is filled and emptied again, seed after seed."""

    desk: Desk
    office: Office
    dice: random.Random = random.Random()  # noqa: RUF009, S311  replaced with each seed
    now: datetime = START

    def fill(self, seed: int, between: Callable[[], None] = lambda: None) -> None:
        """Live through some months; `between` is done after each thing that happens."""
        self.empty()
        self.dice, self.now = random.Random(f"world {seed}"), START  # noqa: S311  dice, not secrets
        codes = [f"H{number}" for number in range(self.dice.randint(5, 13))]
        self.take([self.newcomer(code) for code in codes])
        happenings = [
            self.revise,
            self.revise,
            self.finish,
            self.interrupt,
            self.write,
            self.write,
            self.recall,
        ]
        happenings += [self.change_calendar, self.undo, self.arrive]
        for happens in self.dice.choices(happenings, k=self.dice.randint(4, 9)):
            self.now += timedelta(days=self.dice.randint(1, 25), minutes=self.dice.randrange(600))
            happens()
            if self.dice.random() < 0.8:
                assess(self.office, self.now)
            between()

    def empty(self) -> None:
        with self.office.store.writing() as connection:
            for table in reversed(schema.metadata.sorted_tables):
                connection.execute(delete(table))
        self.reopen()

    def reopen(self) -> None:
        """See the calendar that is in force now, as the next command does."""
        number, edits = stored_edits(self.office.store)
        calendars = edited(self.office.calendar_files, edits) if number else self.office.calendar_files
        self.office = replace(self.office, calendars=calendars, calendar_number=number)

    def take(self, rows: Sequence[Reported]) -> None:
        """Take a batch in."""
        arrival = Arrival(
            source="x", origin=f"{self.now}", sha256=f"{self.now}", profile="x", taken_at=self.now
        )
        with self.office.store.writing() as connection:
            ingest(connection, arrival, [Reading(list(rows))])

    def codes(self) -> list[str]:
        with self.office.store.reading() as connection:
            return list(connection.execute(select(schema.dossier.c.code).order_by("code")).scalars())

    def some(self) -> list[str]:
        codes = self.codes()
        return self.dice.sample(codes, min(len(codes), self.dice.randint(1, 4)))

    def moment(self, before: int, after: int = 0) -> datetime:
        """Draw a moment around now, often one at which something changes."""
        day = self.now.date() + timedelta(days=self.dice.randint(-before, after))
        clock = self.dice.choice([(0, 0, 0), (7, 30, 0), (9, 15, 20), (16, 59, 59), (17, 0, 0), (23, 59, 59)])
        return datetime(day.year, day.month, day.day, *clock, tzinfo=VIETNAM)

    def newcomer(self, code: str) -> Reported:
        dice, received = self.dice, self.moment(60)
        facts: dict[str, Any] = {
            "status": dice.choice([Status.PROCESSING, Status.RECEIVED, Status.WAITING]),
            "received_at": received,
            "submitted_at": received - timedelta(hours=dice.randrange(90)),
            "promised_at": received + timedelta(days=dice.randint(1, 40)),
            "time_limit": dice.choice(LIMITS),
            "procedure_code": dice.choice(["1.000001", "1.000002", ""]),
            "procedure": dice.choice(["Thủ tục Ví Dụ", "Thủ tục Mẫu"]),
            "field": dice.choice(["", "Hộ tịch", "Đất đai"]),
            "channel": dice.choice([None, *Channel]),
            "resolving_unit": dice.choice(["Phòng Kinh tế", "P. Kinh tế", "PVH", "Phòng Nào Đó", ""]),
            "department": dice.choice(["PVH", "Tổ Mẫu", ""]),
            "officer": dice.choice(["", "Cán bộ Mẫu"]),
        }
        if dice.random() < 0.4:
            facts["status"], facts["processed_at"] = (
                Status.DONE,
                received + timedelta(days=dice.randrange(20)),
            )
        for name in ("received_at", "submitted_at", "promised_at", "time_limit"):
            if dice.random() < (0.06 if name == "received_at" else 0.3):
                del facts[name]
        return told(code, facts)

    def arrive(self) -> None:
        number = len(self.codes())
        self.take(
            [
                self.newcomer(f"N{self.now:%m%d%H%M}-{number}-{each}")
                for each in range(self.dice.randint(1, 3))
            ]
        )

    def revise(self) -> None:
        """Promises move, statuses change, whatever they were."""
        self.take(
            [
                told(
                    code,
                    {"status": self.dice.choice(list(Status))}
                    | self.dice.choice(
                        [{}, {"promised_at": self.moment(20, 40)}, {"received_at": self.moment(90)}]
                    ),
                )
                for code in self.some()
            ]
        )

    def finish(self) -> None:
        """Dossiers end, or their end moves, or is taken back; some are fetched."""
        rows = []
        for code in self.some():
            ended = self.moment(15, 3)
            facts: dict[str, Any] = {
                "status": self.dice.choice([Status.DONE, Status.RETURNED, *Status]),
                "processed_at": self.dice.choice([ended, ended, ended, None]),
            }
            if self.dice.random() < 0.5:
                facts["returned_at"] = ended + timedelta(
                    days=self.dice.randrange(9), seconds=self.dice.randrange(90)
                )
            rows.append(told(code, facts))
        self.take(rows)

    def interrupt(self) -> None:
        """A list of events tells of interruptions, some of which last; now and then it contradicts itself."""
        rows = []
        for code in self.some():
            start, stops = self.moment(40), []
            for _ in range(self.dice.randint(1, 3)):
                end = start + timedelta(days=self.dice.choice([-1, 0, 1, 4, 9]), hours=self.dice.randrange(9))
                is_open = self.dice.random() < 0.3
                stops.append(Suspension(self.dice.choice(list(Cause)), start, None if is_open else end))
                start = end + timedelta(days=self.dice.randrange(6), hours=1)
            facts: dict[str, Any] = {"suspensions": tuple(stops)}
            if self.dice.random() < 0.5:
                facts["status"] = self.dice.choice([Status.SUPPLEMENT, Status.SUSPENDED, Status.PROCESSING])
            rows.append(told(code, facts))
        self.take(rows)

    def write(self) -> None:
        """Letters are drafted; most of them are sent, the others dropped."""
        with self.office.store.writing() as connection:
            have = set(connection.execute(select(schema.letter.c.dossier_id)).scalars())
            chosen = [each for each in assessed(connection) if each.id not in have]
            for each in self.dice.sample(chosen, min(len(chosen), 3)):
                day, new = self.moment(5, 2).date(), self.moment(-1, 30).date()
                draft = Draft(
                    dossier_id=each.id, form="tt03-2025", dated=day, due_on=day, new_date=new, reason=""
                )
                insert_drafts(connection, [draft], self.now)
            for stored in stored_drafts(connection):
                is_sent = self.dice.random() < 0.8
                to = LetterState.SENT if is_sent else LetterState.CANCELLED
                values = {"sent_on": stored.draft.dated} if is_sent else {}
                self.move(connection, stored.id, LetterState.DRAFT, to, **values)

    def recall(self) -> None:
        """A letter that was sent is cancelled."""
        table = schema.letter.c
        with self.office.store.writing() as connection:
            sent = connection.execute(select(table.id).where(table.state == LetterState.SENT)).scalars().all()
            if sent:
                self.move(connection, self.dice.choice(sent), LetterState.SENT, LetterState.CANCELLED)

    def move(
        self, connection: Any, number: int, before: LetterState, after: LetterState, **values: Any
    ) -> None:
        assert move_letter(connection, number, before, after, self.now, by="thử", why="thử", **values)

    def change_calendar(self) -> None:
        """A day becomes one of rest, or Saturdays are worked, for everybody or for one unit."""
        layer = self.dice.choice([NATIONAL, PROVINCE, f"{UNIT}PKT"])
        day = self.now.date() + timedelta(days=self.dice.randint(-40, 20))
        kind = DayKind.DAY_OFF if day.weekday() < SATURDAY else DayKind.DAY_WORKED
        morning = WeekdayHours(SATURDAY, WorkHours.parse("07:30-11:30"), source="VB 1")

        def change(edits: Edits) -> Edits:
            if self.dice.random() < 0.3:
                return edits.set_week(layer, morning)
            return edits.set_day(layer, DayEntry(day, kind, "Ngày thử", "VB 2"))

        with suppress(CalendarError):  # the same day once more, or a holiday
            commit_change(self.office, change, BY, self.now)
        self.reopen()

    def undo(self) -> None:
        """The newest batch is taken back, where nothing speaks against it."""
        with self.office.store.reading() as connection:
            newest = (
                connection.execute(select(schema.batch.c.id).order_by(schema.batch.c.id.desc()))
                .scalars()
                .first()
            )
        if newest:
            with suppress(UndoError):
                undo_batch(self.office, newest, "thử", "thử", self.now)

    def promising(self) -> Office:
        """Return the same office where the promise decides: nothing was assessed by its rules."""
        counting = msgspec.structs.replace(self.office.settings.counting, due=Decider.PROMISED)
        return replace(self.office, settings=msgspec.structs.replace(self.office.settings, counting=counting))


def told(code: str, facts: dict[str, Any]) -> Reported:
    return Reported(code, facts, {}, Place("x.csv"))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    desk = desk_in(tmp_path_factory.mktemp("worlds") / "office", PROCEDURES)
    with desk.open() as office:
        with (
            office.store.reading() as connection
        ):  # the one connection there is; nothing here outlives a crash
            connection.connection.dbapi_connection.execute("PRAGMA synchronous = OFF")
        yield World(desk, office)


# Questions


@dataclass(frozen=True)
class Grouping:
    """How the program and the oracle label a dossier."""

    ours: Callable[[Case], str]
    theirs: Callable[[Plain], str]


GROUPINGS = {
    "field": Grouping(lambda c: c.dossier.field, lambda d: d.facts.get("field", "")),
    "unit": Grouping(lambda c: c.unit, lambda d: d.unit),
    "procedure": Grouping(lambda c: c.dossier.procedure, lambda d: d.facts.get("procedure", "")),
    "officer": Grouping(lambda c: c.dossier.officer, lambda d: d.facts.get("officer", "")),
}
FORMS = {Form.BY_FIELD: "field", Form.BY_UNIT: "unit"}


def some_periods(dice: random.Random) -> list[Period]:
    """Draw a period with the one before it, one of any length, and any two days."""
    span, cutoff = dice.choice(list(Span)), dice.choice(list(Cutoff))
    first = (dice.randint(4, 12) - 1) // MONTHS[span] * MONTHS[span] + 1
    year, month = divmod(2026 * 12 + first - 1 - MONTHS[span], 12)
    start = date(2026, 4, 1) + timedelta(days=dice.randrange(200))
    return [
        period_of(year, month + 1, span, cutoff),
        period_of(2026, first, span, cutoff),
        period_of(2026, dice.randint(5, 11), Span.MONTH, dice.choice(list(Cutoff))),
        Period(start, start + timedelta(days=dice.randrange(60)), "x"),
    ]


def some_instant(world: World) -> datetime:
    """Return now, or long after everything, or any instant before."""
    now = world.now
    before = now - timedelta(
        days=world.dice.randrange(90), seconds=world.dice.randrange(86400), microseconds=7
    )
    return world.dice.choice([now, datetime(2027, 6, 1, tzinfo=VIETNAM), before])


def rule_of(rule: CountingRule) -> dict[str, Any]:
    """Return the choices of a rule as plain words."""
    return {name: None if value is None else str(value) for name, value in asdict(rule).items()}


def as_of(period: Period, now: datetime) -> datetime:
    end = datetime(period.last.year, period.last.month, period.last.day, 23, 59, 59, tzinfo=VIETNAM)
    return min(now, end)


def figures(result: Tally) -> dict[str, dict[str, int]]:
    """Return the figures that are not 0, row by row."""
    return shown(
        {name: {f: getattr(row, f) for f in FIGURES if getattr(row, f)} for name, row in result.rows.items()}
    )


def shown(rows: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    """Return the rows a table shows: what only fell due in it and was done before is in none."""
    hidden = {"due_in_period", "due_and_on_time"}
    return {name: row for name, row in rows.items() if set(row) - hidden}


def total(rows: dict[str, dict[str, int]]) -> dict[str, int]:
    summed = {name: sum(row.get(name, 0) for row in rows.values()) for name in FIGURES}
    return {name: value for name, value in summed.items() if value}


class Questions:
    """Asks the program and the oracle the same, in one world."""

    def __init__(self, world: World, office: Office) -> None:
        self.world, self.office, self.dice = world, office, world.dice
        with office.store.reading() as connection:
            self.cases = list(Deadlines(office).cases(assessed(connection)))
        self.periods = some_periods(self.dice)
        self.now = some_instant(world)
        self.placed: dict[Any, list[tuple[Plain, list[str]]]] = {}

    @cached_property
    def oracle(self) -> plain_counts.Office:
        decides = str(self.office.settings.counting.due)
        return plain_counts.Office.read(self.world.desk.folder, CALENDAR_FILES, decides)

    def ask(self) -> None:
        rules = [*SHIPPED.values(), self.any_rule()]
        for rule in rules:
            for period in self.periods:
                for grouping in self.dice.sample(list(GROUPINGS.values()), 2):
                    self.compare(period, rule, grouping)
        rule, period = self.dice.choice(rules), self.dice.choice(self.periods)
        for form in FORMS:
            self.stored(form, period, rule)
        self.cells(self.dice.choice(list(GROUPINGS.values())), period, rule)
        self.carried(rule)
        self.months(rule)

    def any_rule(self) -> CountingRule:
        choices = {}
        for each in fields(CountingRule):
            kind = each.type
            if each.name not in ("name", "title", "source", "due"):
                choices[each.name] = self.dice.choice(list(type(each.default)))
            assert kind
        return CountingRule(name="x", due=self.dice.choice([None, *Decider]), **choices)  # type: ignore[arg-type]

    def expected(self, period: Period, rule: CountingRule, grouping: Grouping) -> dict[str, dict[str, int]]:
        key = (period, rule, as_of(period, self.now))
        if key not in self.placed:
            self.placed[key] = self.oracle.placed(period.first, period.last, key[2], rule_of(rule))
        return plain_counts.counted(self.placed[key], grouping.theirs)

    def tally(self, period: Period, rule: CountingRule, grouping: Grouping) -> Tally:
        return tally(self.cases, period, label=grouping.ours, rule=rule, now=self.now)

    def compare(self, period: Period, rule: CountingRule, grouping: Grouping) -> None:
        expected = self.expected(period, rule, grouping)
        result = self.tally(period, rule, grouping)
        assert figures(result) == shown(expected), (period, rule, self.now)
        own = {f: getattr(result.total, f) for f in FIGURES if getattr(result.total, f)}
        assert own == total(expected), (period, rule, self.now)

    def stored(self, form: Form, period: Period, rule: CountingRule) -> None:
        """The table as it is asked for: what the database leaves out changes nothing."""
        result = tally_period(self.office, period, form, self.now, rule)
        grouping = GROUPINGS[FORMS[form]]
        assert figures(result) == shown(self.expected(period, rule, grouping)), (form, period, rule, self.now)
        assert total(figures(result)) == total(shown(self.expected(period, rule, grouping)))

    def cells(self, grouping: Grouping, period: Period, rule: CountingRule) -> None:
        """A cell is as many dossiers as the oracle counts."""
        expected = self.expected(period, rule, grouping)
        for label, row in [*shown(expected).items(), (TOTAL, total(expected))]:
            for figure, number in row.items():
                cell = Cell(label, figure)
                found = list(behind(self.cases, cell, period, label=grouping.ours, rule=rule, now=self.now))
                assert len({each.dossier.code for each in found}) == len(found) == number, (
                    cell,
                    period,
                    rule,
                )

    def carried(self, rule: CountingRule) -> None:
        """By the oracle alone, (8) is (13) of the period before; for every grouping, once both are over."""
        before, period = self.periods[:2]
        if self.now.date() <= period.last:
            return
        for grouping in GROUPINGS.values():
            carried = counted(self.expected(period, rule, grouping), ["carried"])
            assert carried == counted(self.expected(before, rule, grouping), ["within", "overdue"]), (
                period,
                rule,
            )

    def months(self, rule: CountingRule) -> None:
        """What months resolve adds up to what quarter, half and year resolve: by the oracle, by us."""
        cutoff, grouping = self.dice.choice(list(Cutoff)), GROUPINGS["field"]
        now, self.now = self.now, datetime(2027, 6, 1, tzinfo=VIETNAM)
        months = [self.expected(period_of(2026, n, Span.MONTH, cutoff), rule, grouping) for n in range(1, 13)]
        for span in (Span.QUARTER, Span.HALF, Span.YEAR):
            first = self.dice.randrange(0, 12, MONTHS[span])
            whole = period_of(2026, first + 1, span, cutoff)
            ours = self.tally(whole, rule, grouping).total
            for names in added_up(rule):
                summed = sum(counted(part, names).total() for part in months[first : first + MONTHS[span]])
                assert summed == sum(getattr(ours, name) for name in names), (names, whole, rule)
        self.now = now


def added_up(rule: CountingRule) -> list[list[str]]:
    """Return the figures whose months add up: a letter that is sent after its month can still make it early."""
    resolved = ["early", "on_time", "late"]
    each = [[name] for name in ("online_full", "online_partial", "postal", "direct", "withdrawn", "stopped")]
    return [resolved, *each, *([name] for name in resolved if rule.against is Against.ORIGINAL)]


def counted(rows: dict[str, dict[str, int]], names: Sequence[str]) -> "Totals":
    found = Totals({label: sum(row.get(name, 0) for name in names) for label, row in rows.items()})
    return Totals({label: number for label, number in found.items() if number})


class Totals(dict[str, int]):
    """Numbers by row."""

    def total(self) -> int:
        return sum(self.values())


@pytest.mark.parametrize("shard", range(SHARDS))
def test_the_program_counts_what_the_plain_loops_count(world: World, shard: int) -> None:
    for seed in range(shard, SEEDS, SHARDS):
        world.fill(seed)
        try:
            Questions(world, world.office if seed % 3 else world.promising()).ask()
        except AssertionError as e:
            raise AssertionError(f"seed {seed}: {e}") from e


def test_the_worlds_hold_what_they_should(world: World) -> None:
    """Or the agreement would prove little."""
    met: set[str] = set()
    for seed in range(30):
        world.fill(seed)
        everything = Questions(world, world.office)
        for rule in SHIPPED.values():
            for period in everything.periods:
                met |= set(total(everything.expected(period, rule, GROUPINGS["field"])))
        with world.office.store.reading() as connection:
            met |= set(connection.execute(select(schema.batch.c.state)).scalars())
            met |= {
                f"calendar {n}" for n in connection.execute(select(schema.calendar_version.c.id)).scalars()
            }
            met |= set(connection.execute(select(schema.letter.c.state)).scalars())
    assert set(FIGURES) <= met
    assert {"undone", "calendar 2", "sent", "cancelled"} <= met
