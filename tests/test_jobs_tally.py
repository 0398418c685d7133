"""The tables of the stored dossiers: what the database leaves out of a period's window changes no figure."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import msgspec
import openpyxl
import pytest
from offices import NOW, Desk, desk_in, done, row

from latewatch.clock import VIETNAM
from latewatch.config import Counting
from latewatch.domain.dossier import Channel, Status
from latewatch.domain.letters.life import LetterState
from latewatch.domain.limit import TimeLimit
from latewatch.domain.period import Cutoff, Period, Span, period_of
from latewatch.domain.reading import Reading
from latewatch.domain.record import Reported
from latewatch.domain.tally.forms import LAYOUTS
from latewatch.domain.tally.layout import Form
from latewatch.domain.tally.rule import Treatment
from latewatch.domain.tally.table import tabulate
from latewatch.errors import Place
from latewatch.jobs.assess import Deadlines, assess
from latewatch.jobs.office import Office
from latewatch.jobs.poll import poll
from latewatch.jobs.report_files import write_sheet
from latewatch.jobs.tally import counting_rule, plan_of, tally_period
from latewatch.store import schema
from latewatch.store.batches import Arrival
from latewatch.store.cases import assessed
from latewatch.store.ingest import ingest
from latewatch.store.letters.drafts import Draft, insert_drafts

FIRST = datetime(2026, 3, 1, tzinfo=VIETNAM)
NOVEMBER = period_of(2026, 11, Span.MONTH, Cutoff.FIFTEENTH)
AFTER = datetime(2027, 3, 1, tzinfo=VIETNAM)


def any_moment(dice: random.Random, days: int = 300) -> datetime:
    clock = dice.choice([timedelta(), timedelta(hours=8), timedelta(days=1, microseconds=-1)])
    return FIRST + timedelta(days=dice.randrange(days)) + clock


def any_dossier(dice: random.Random, number: int) -> Reported:
    """A dossier as no source should report it: any status with any dates, also upside down."""
    status = dice.choice([*Status, Status.DONE, Status.RETURNED, Status.PROCESSING, Status.RECEIVED])
    received = any_moment(dice)
    near = received + timedelta(days=dice.randrange(-5, 90), hours=dice.randrange(24))
    facts = {
        "status": status,
        "received_at": None if dice.random() < 0.03 else received,
        "processed_at": dice.choice([None, near, near, any_moment(dice)]),
        "promised_at": dice.choice([None, received + timedelta(days=dice.randrange(60))]),
        "time_limit": dice.choice([None, None, TimeLimit(dice.randrange(1, 40))]),
        "channel": dice.choice([None, *Channel]),
        "field": dice.choice(["", "Hộ tịch", "Đất đai"]),
        "resolving_unit": dice.choice(["Phòng Kinh tế", "PVH", "Phòng Nào Đó"]),
    }
    return Reported(f"H{number}", facts, {}, Place("x.csv"))


def fill(office: Office, dice: random.Random, number: int) -> None:
    """Store `number` dossiers of any kind, and a letter for one in four, half of them sent."""
    rows = [any_dossier(dice, n) for n in range(number)]
    with office.store.writing() as connection:
        ingest(
            connection,
            Arrival(source="x", origin="x", sha256="x", profile="x", taken_at=NOW),
            [Reading(rows)],
        )
        drafts = []
        for each in assessed(connection):
            day = any_moment(dice).date()
            if dice.random() < 0.25:
                drafts.append(
                    Draft(
                        dossier_id=each.id, form="tt03-2025", dated=day, due_on=day, new_date=day, reason=""
                    )
                )
        insert_drafts(connection, drafts, NOW)
        sent = schema.letter.update().where(schema.letter.c.id % 2 == 0)
        connection.execute(sent.values(state=LetterState.SENT, sent_on=schema.letter.c.dated))


def any_office(office: Office, dice: random.Random) -> Office:
    """The same store seen under other counting rules."""
    choices = {
        name: dice.choice(list(Treatment)) for name in ("withdrawn", "stopped", "refused", "suspended")
    }
    counting = Counting(not_accepted=dice.choice(list(Treatment)), **choices)
    return replace(office, settings=msgspec.structs.replace(office.settings, counting=counting))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return desk_in(tmp_path / "office")


@pytest.fixture
def office(desk: Desk) -> Iterator[Office]:
    with desk.open() as opened:
        yield opened


class TestWindow:
    @pytest.mark.parametrize("seed", range(4))
    def test_the_table_is_that_of_all_dossiers(self, office: Office, seed: int) -> None:
        dice = random.Random(seed)  # noqa: S311  dice, not secrets
        fill(office, dice, 250)
        if seed % 2:  # as after a kill, the tables do not wait for the assessment
            assess(office, NOW)
        with office.store.reading() as connection:
            everything = list(assessed(connection))
        for span in (Span.MONTH, Span.MONTH, Span.QUARTER, Span.YEAR):
            for month in range(1, 13, 2):
                period = period_of(2026, month, span, dice.choice(list(Cutoff)))
                now = dice.choice([AFTER, any_moment(dice)])
                for form in (dice.choice(list(Form)), Form.LETTERS):
                    self.compare(any_office(office, dice), everything, period, now, form)

    def compare(self, office: Office, everything: list, period: Period, now: datetime, form: Form) -> None:
        cases = Deadlines(office).cases(everything)
        plan, rule = plan_of(office, form), counting_rule(office)
        expected = tabulate(cases, plan, period, rule=rule, now=now)
        expected.rates = [LAYOUTS[form].numbered(rate) for rate in expected.rates]
        assert tally_period(office, period, form, now) == expected


class TestTables:
    ROWS = (
        done("H1", "05/11/2026", promised="06/11/2026", field="Hộ tịch"),
        done("H2", "06/11/2026 16:00", promised="06/11/2026", field="Hộ tịch", channel="Bưu chính"),
        done("H3", "09/11/2026", promised="06/11/2026", field="Đất đai"),
        row("H4", promised="20/11/2026", field="Đất đai", unit="Phòng Văn hóa - Xã hội"),
        row("H5", promised="06/11/2026", field="Đất đai", unit="P. Kinh tế", channel="Trực tuyến toàn trình"),
        row("H6", "01/10/2026", promised="20/11/2026", field="Đất đai"),
        done("H7", "01/10/2026", "25/09/2026", promised="02/10/2026"),
    )

    @pytest.fixture
    def filled(self, desk: Desk, office: Office) -> Office:
        desk.export("a.csv", self.ROWS)
        poll(office, office.settings.sources[0], NOW)
        return office

    def test_by_field(self, filled: Office) -> None:
        result = tally_period(filled, NOVEMBER, Form.BY_FIELD, NOW)
        columns = {name: counts.columns() for name, counts in result.rows.items()}
        zero = dict.fromkeys([f"c{n}" for n in range(3, 16)], 0)
        assert columns == {
            "Hộ tịch": {**zero, "c3": 2, "c6": 1, "c7": 1, "c9": 2, "c10": 1, "c11": 1},
            "Đất đai": {
                **zero,
                "c3": 4,
                "c4": 1,
                "c7": 2,
                "c8": 1,
                "c9": 1,
                "c12": 1,
                "c13": 3,
                "c14": 2,
                "c15": 1,
            },
        }
        assert result.total.columns()["c3"] == 6
        assert "Kỳ chưa kết thúc" in result.notes[0]

    def test_by_unit_under_its_one_name(self, filled: Office) -> None:
        result = tally_period(filled, NOVEMBER, Form.BY_UNIT, NOW)
        received = {name: counts.received for name, counts in result.rows.items()}
        assert received == {"Phòng Kinh tế": 5, "Phòng Văn hóa - Xã hội": 1}

    def test_a_period_before_everything_has_no_rows(self, filled: Office) -> None:
        result = tally_period(filled, Period(date(2020, 1, 1), date(2020, 1, 31), "x"), Form.BY_FIELD, NOW)
        assert result.rows == {}
        assert {rate.value for rate in result.rates} == {None}

    @pytest.mark.parametrize("form", [Form.BY_FIELD, Form.BY_UNIT])
    def test_as_a_sheet(self, filled: Office, tmp_path: Path, form: Form) -> None:
        path = tmp_path / "reports" / "x.xlsx"
        write_sheet(filled, tally_period(filled, NOVEMBER, form, NOW), form, path)
        cells = [cell for line in openpyxl.load_workbook(path).worksheets[0].values for cell in line]
        label = "Đất đai" if form is Form.BY_FIELD else "Phòng Kinh tế"
        assert label in cells
