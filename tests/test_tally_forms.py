"""Every form, period and rule: its sums hold, each cell is its dossiers, sheet, PDF and table say the same."""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import msgspec
import openpyxl
import pytest
from amounts import usually
from offices import Desk, desk_in
from openpyxl.worksheet.worksheet import Worksheet
from pdf_pages import pages_of, text_of
from worlds import case, moment

from latewatch.config import Reports
from latewatch.domain.dossier import Cause, Channel, Stage, Status, Suspension
from latewatch.domain.letters.life import LetterState
from latewatch.domain.limit import TimeLimit
from latewatch.domain.names import Level, level_of
from latewatch.domain.period import Cutoff, Period, between, named_period
from latewatch.domain.reading import Reading
from latewatch.domain.record import Reported
from latewatch.domain.standing import Case
from latewatch.domain.tally.columns import Column, Share, values_of
from latewatch.domain.tally.counts import Counts
from latewatch.domain.tally.forms import LAYOUTS, OFFICIAL
from latewatch.domain.tally.identities import check_sections
from latewatch.domain.tally.layout import Form
from latewatch.domain.tally.letters import LetterCounts, is_second_request, place_letters
from latewatch.domain.tally.rule import SHIPPED, TT09, Against, CountingRule, Resolved, described
from latewatch.domain.tally.supplements import place_supplements
from latewatch.domain.tally.table import NO_LABEL, TOTAL, Plan, Tally, main_plan, spread_by, tabulate
from latewatch.errors import Place, SheetError, TallyError
from latewatch.jobs.assess import assess
from latewatch.jobs.cells import behind_cell, compare_rules
from latewatch.jobs.office import Office
from latewatch.jobs.tally import counting_rules, tally_period
from latewatch.reports.form_printer import FormPrinter
from latewatch.reports.sheets import form_workbook
from latewatch.store import schema
from latewatch.store.batches import Arrival
from latewatch.store.cases import assessed
from latewatch.store.ingest import ingest
from latewatch.store.letters.drafts import Draft, insert_drafts

NOVEMBER = named_period("2026-11", Cutoff.FIFTEENTH)  # 15/10 to 14/11
AFTER = moment("2027-03-01T08:00")
LATER = moment("2026-11-20T08:00")
assert AFTER
assert LATER
UNITS = """
[[units]]
code = "PVH"
name = "Phòng Văn hóa - Xã hội"

[[units]]
code = "SXD"
name = "Sở Xây dựng Mẫu"

[[units]]
code = "CC"
name = "Chi cục Ví Dụ"
level = "central"
"""


# What a form is


@pytest.mark.parametrize("form", Form)
def test_a_form_is_whole(form: Form) -> None:
    layout = LAYOUTS[form]
    numbers = [each.number for each in layout.columns]
    assert len(set(numbers)) == len(numbers)
    assert layout.equations
    names = {each.name for each in layout.columns if isinstance(each, Column) and each.name}
    assert len(names) == len([each for each in layout.columns if isinstance(each, Column) and each.name])
    for each in layout.columns:
        if isinstance(each, Share):
            assert {*each.parts, each.whole} <= set(numbers)


@pytest.mark.parametrize(
    ("form", "printed"),
    [
        (
            Form.OLD,
            ["(3) = (4) + (5) + (6)", "(7) = (8) + (9) + (10)", "(11) = (12) + (13)", "(3) = (7) + (11)"],
        ),
        (
            Form.PROVINCE,
            [
                "(3) = (4) + (5) + (6) + (7) + (8)",
                "(9) = (10) + (11) + (12)",
                "(13) = (14) + (15)",
                "(3) = (9) + (13)",
            ],
        ),
        (Form.LETTERS, ["(3) = (4) + (5) + (6)", "(3) = (7) + (8)"]),
    ],
)
def test_the_sums_a_form_must_keep(form: Form, printed: list[str]) -> None:
    assert [str(each) for each in LAYOUTS[form].equations] == printed


@pytest.mark.parametrize("form", [Form.PROVINCE, Form.MINISTRY])
def test_every_level_has_its_section(form: Form) -> None:
    expected = {
        Form.PROVINCE: ["I", "II", "I", "I"],
        Form.MINISTRY: ["III", "IV", "II", "I"],
    }
    layout = LAYOUTS[form]
    assert [layout.section_of(level).numeral for level in Level] == expected[form]


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("UBND xã Ví Dụ", Level.COMMUNE),
        ("Ủy ban nhân dân phường Thí Điểm", Level.COMMUNE),
        ("Trung tâm Phục vụ hành chính công xã Mẫu", Level.COMMUNE),
        ("Đặc khu Mẫu", Level.COMMUNE),
        ("Phòng Văn hóa - Xã hội", Level.COMMUNE),
        ("Phòng Kinh tế", Level.COMMUNE),
        ("Phòng Đăng ký kinh doanh", None),
        ("Sở Lao động và Xã hội Mẫu", None),
        ("Bảo hiểm xã hội tỉnh Mẫu", None),
        ("", None),
    ],
)
def test_a_name_tells_its_level(name: str, level: Level | None) -> None:
    assert level_of(name) is level


def test_a_row_outside_every_section_is_refused() -> None:
    with pytest.raises(TallyError, match=r"Dòng “III\. Đất đai” không thuộc đúng một mục"):
        check_sections({"I. Đất đai", "III. Đất đai"}, ["I. Đất đai"])


# Letters and supplements, dossier by dossier


def apologised(sent: str | None, **facts: str | None) -> Case:
    each = case(letter=sent, **facts)  # type: ignore[arg-type]
    return replace(each, revised_on=moment("2026-11-20").date() if sent else None)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("sent", "facts", "figures"),
    [
        pytest.param("2026-11-11", {"finished": "2026-11-13"}, "late letter_in_time letter_sent", id="the day before the due day"),
        pytest.param("2026-11-12", {"finished": "2026-11-13"}, "late letter_late letter_sent", id="on the due day"),
        pytest.param("2026-11-13", {}, "overdue letter_late letter_sent", id="after it"),
        pytest.param(None, {}, "overdue letter_missing", id="none"),
        pytest.param("2026-11-15", {}, "overdue letter_missing", id="after the period: not there yet"),
        pytest.param("2026-10-14", {"received": "2026-09-01"}, "overdue letter_in_time", id="sent before the period"),
        pytest.param("2026-11-11", {"finished": "2026-11-12"}, "letter_sent", id="on time after all: none was owed"),
        pytest.param(None, {"finished": "2026-11-12"}, "", id="on time"),
    ],
)  # fmt: skip
def test_what_became_of_an_apology(sent: str | None, facts: dict[str, str], figures: str) -> None:
    """Received on 02/11/2026, due on 12/11/2026: the letter is in time up to 11/11 (NĐ 118/2025, Điều 19.6)."""
    as_of = moment("2026-11-14T23:59:59")
    assert as_of
    placing = place_letters(apologised(sent, **facts), NOVEMBER, as_of, TT09)
    assert " ".join(placing.figures) == figures


def test_a_letter_is_held_against_the_first_due_date_whatever_the_rule() -> None:
    as_of, rule = moment("2026-11-14T23:59:59"), replace(TT09, against=Against.REVISED)
    assert as_of
    each = replace(apologised("2026-11-12", finished="2026-11-13"), revised_on=moment("2026-11-12").date())  # type: ignore[union-attr]
    assert place_letters(each, NOVEMBER, as_of, rule).figures == ("late", "letter_late", "letter_sent")


@pytest.mark.parametrize(
    ("promised", "interrupted", "second"),
    [
        pytest.param("2026-11-20", None, False, id="the new date itself"),
        pytest.param("2026-11-21", None, True, id="a day beyond it"),
        pytest.param("2026-11-21", "2026-11-13", False, id="the limit was interrupted since"),
        pytest.param("2026-11-21", "2026-11-09", True, id="it was interrupted before"),
        pytest.param(None, None, False, id="no promise"),
    ],
)
def test_a_second_request(promised: str | None, interrupted: str | None, second: bool) -> None:
    each = apologised("2026-11-11")
    suspensions = ()
    if interrupted:
        ended = moment(interrupted)
        assert ended
        suspensions = (Suspension(Cause.SUPPLEMENT, ended - timedelta(days=2), ended),)
    each = replace(
        each,
        deadline=replace(each.deadline, promised_on=moment(promised).date() if promised else None),  # type: ignore[union-attr]
        dossier=replace(each.dossier, suspensions=suspensions),
    )
    assert LATER
    assert is_second_request(each, LATER, suspensions) is second
    assert not is_second_request(each, moment("2026-11-10T08:00"), suspensions), "before the letter"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("promised", "second"),
    [
        pytest.param("2026-11-12", False, id="the promise of before"),
        pytest.param("2026-11-20", False, id="the recalled date"),
        pytest.param("2026-11-16", True, id="another one, although earlier"),
        pytest.param("2026-11-21", True, id="a later one"),
        pytest.param("2099-12-31", False, id="a slip of the pen"),
    ],
)
def test_a_recalled_letter_used_up_the_one_new_appointment(promised: str, second: bool) -> None:
    """It is no apology any more: what is late has none. A new postponement is the second one (Điều 19.6)."""
    days = {name: moment(day).date() for name, day in (("recalled_on", "2026-11-11"), ("recalled_to", "2026-11-20"), ("recalled_from", "2026-11-12"))}  # type: ignore[union-attr]  # fmt: skip
    each = apologised(None)
    each = replace(each, **days, deadline=replace(each.deadline, promised_on=moment(promised).date()))  # type: ignore[union-attr]
    as_of = moment("2026-11-14T23:59:59")
    assert as_of
    figures = place_letters(each, NOVEMBER, as_of, TT09).figures
    assert figures == ("overdue", "letter_missing", *(["second_request"] if second else []))


def asked(*spans: tuple[str, str | None], **facts: str | None) -> Case:
    each = case(**facts)  # type: ignore[arg-type]
    requests = tuple(Suspension(Cause.SUPPLEMENT, moment(start), moment(end)) for start, end in spans)  # type: ignore[arg-type]
    return replace(each, dossier=replace(each.dossier, suspensions=requests))


@pytest.mark.parametrize(
    ("each", "figures"),
    [
        pytest.param(asked(), "present", id="never"),
        pytest.param(asked(("2026-11-03", "2026-11-05")), "present asked_once requests", id="once"),
        pytest.param(asked(("2026-11-03", "2026-11-05"), ("2026-11-14T17:00", None)), "present asked_twice requests requests awaiting_supplement", id="twice, and it waits"),
        pytest.param(asked(("2026-11-03", "2026-11-04"), ("2026-11-05", "2026-11-06"), ("2026-11-09", "2026-11-10"), ("2026-11-11", "2026-11-12")), "present asked_more requests requests requests requests", id="four times"),
        pytest.param(asked(("2026-10-14", "2026-10-20"), received="2026-10-01"), "present", id="before the period"),
        pytest.param(asked(("2026-11-15", None)), "present", id="after it"),
        pytest.param(asked(("2026-11-03", "2026-11-04"), ("2026-11-09", None), finished="2026-11-06"), "present asked_once requests", id="what comes after the finish"),
        pytest.param(asked(("2026-10-03", None), received="2026-10-01", finished="2026-10-14"), "", id="finished before the period"),
        pytest.param(asked(received="2026-11-15"), "", id="received after it"),
        pytest.param(case(status=Status.SUPPLEMENT), "present awaiting_supplement", id="only the source's word"),
    ],
)  # fmt: skip
def test_how_often_a_dossier_was_sent_back(each: Case, figures: str) -> None:
    as_of = moment("2026-11-14T23:59:59")
    assert as_of
    assert " ".join(place_supplements(each, NOVEMBER, as_of, TT09).figures) == figures


# A store with everything in it


def any_moment(dice: random.Random) -> datetime:
    start = moment("2026-06-01T08:00")
    assert start
    return start + timedelta(days=dice.randrange(200), minutes=dice.randrange(600))


def any_dossier(dice: random.Random, number: int) -> Reported:
    received = any_moment(dice)
    status = dice.choice([*Status, Status.DONE, Status.RETURNED, Status.PROCESSING, Status.DONE])
    finished = received + timedelta(days=dice.randrange(1, 40), hours=dice.randrange(9))
    cuts = sorted(received + timedelta(days=dice.randrange(1, 30)) for _ in range(4))
    stages = (
        Stage("Phòng Văn hóa - Xã hội", received, TimeLimit(3), None, cuts[0]),
        Stage(
            dice.choice(["SXD", "Đơn vị Lạ"]),
            cuts[0],
            TimeLimit.parse("2d"),
            None,
            dice.choice([None, cuts[2]]),
        ),
    )
    facts = {
        "status": status,
        "received_at": None if status is Status.WAITING and dice.random() < 0.5 else received,
        "submitted_at": received - timedelta(days=dice.randrange(3)),
        "processed_at": None if status in (Status.PROCESSING, Status.WAITING) else finished,
        "returned_at": finished + timedelta(days=2) if status is Status.RETURNED else None,
        "promised_at": dice.choice([None, received + timedelta(days=dice.randrange(1, 30))]),
        "time_limit": dice.choice([None, TimeLimit(dice.randrange(1, 20))]),
        "channel": dice.choice([None, *Channel]),
        "field": dice.choice(["", "Hộ tịch", "Đất đai", "=1+1", "@SUM(A1)", "-Môi trường", "+84"]),
        "procedure": dice.choice(["Thủ tục Ví Dụ", "Thủ tục Mẫu", ""]),
        "procedure_code": dice.choice(["1.000001", ""]),
        "officer": dice.choice(["", "Cán bộ  Ví Dụ", "Cán bộ Ví Dụ", "Cán bộ Mẫu"]),
        "resolving_unit": dice.choice(["UBND xã Ví Dụ", "SXD", "PVH", "CC", ""]),
    }
    if dice.random() < 0.4:
        pairs = [(cuts[0], cuts[1]), (cuts[2], dice.choice([None, cuts[3]]))][: dice.randint(1, 2)]
        facts["suspensions"] = tuple(Suspension(Cause.SUPPLEMENT, *pair) for pair in pairs)
    if dice.random() < 0.3:
        facts["stages"] = stages
    return Reported(f"H{number:03}", facts, {}, Place("x.csv"))


def fill(office: Office, dice: random.Random, number: int) -> None:
    """Store dossiers of every kind; every third has a letter that was sent."""
    with office.store.writing() as connection:
        rows = [any_dossier(dice, n) for n in range(number)]
        arrival = Arrival(source="x", origin="x", sha256="x", profile="x", taken_at=any_moment(dice))
        ingest(connection, arrival, [Reading(rows)])
        days = {each.id: any_moment(dice) for each in assessed(connection) if dice.random() < 0.3}
        drafts = [
            Draft(dossier_id=id_, form="tt03-2025", dated=at.date(), due_on=at.date(), new_date=at.date() + timedelta(days=5), reason="")
            for id_, at in days.items()
        ]  # fmt: skip
        insert_drafts(connection, drafts, AFTER)  # type: ignore[arg-type]
        for id_, at in days.items():
            sent = schema.letter.update().where(schema.letter.c.dossier_id == id_)
            connection.execute(sent.values(state=LetterState.SENT, sent_on=at.date()))


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    desk = desk_in(tmp_path_factory.mktemp("forms") / "office")
    desk.configure(UNITS)
    with desk.open() as opened:
        fill(opened, random.Random("forms"), 160)  # noqa: S311  dice, not secrets
        assert AFTER
        assess(opened, AFTER)
        yield opened


PERIODS = (
    NOVEMBER,
    named_period("2026-Q3", Cutoff.CALENDAR),
    named_period("2026-H2", Cutoff.FIFTEENTH),
    between(moment("2026-09-03").date(), moment("2026-10-05").date()),  # type: ignore[union-attr]
)
RULES = (
    *SHIPPED.values(),
    replace(TT09, name="hẹn lại", against=Against.REVISED),
    replace(TT09, name="đã trả", resolved=Resolved.RETURNED),
)


@pytest.mark.parametrize("period", PERIODS, ids=lambda period: period.title)
@pytest.mark.parametrize("form", Form)
class TestEveryForm:
    def test_a_cell_lists_exactly_its_dossiers(self, office: Office, form: Form, period: Period) -> None:
        layout = LAYOUTS[form]
        dice = random.Random(f"{form} {period.title}")  # noqa: S311  dice, not secrets
        rule = dice.choice(RULES)
        assert AFTER
        result = tally_period(office, period, form, AFTER, rule)
        rows = {TOTAL: result.total, **result.rows}
        for section, within in layout.parts(result.rows):
            if section:
                rows[section.numeral] = sum_of(within.values(), result.total)
        columns = [each for each in layout.columns if isinstance(each, Column)]
        chosen = [(TOTAL, each) for each in columns]
        chosen += [(name, dice.choice(columns)) for name in rows for _ in range(usually(1, 2))]
        if period is not NOVEMBER:  # of the other periods some cells
            chosen = dice.sample(chosen, min(usually(6, 999), len(chosen)))
        for name, column in chosen:
            behind = behind_cell(office, period, form, AFTER, f"{name}:{column.key}", rule)
            assert behind.count == column.value(rows[name]), (name, column.number)
            codes = [each.code for each in behind.dossiers]
            assert len(set(codes)) == len(codes)

    def test_another_rule_differs_by_the_dossiers_it_names(
        self, office: Office, form: Form, period: Period
    ) -> None:
        one, other = SHIPPED["TT09-2026"], SHIPPED["nghiêm"]
        assert AFTER
        compared = compare_rules(office, period, form, AFTER, one, other)
        totals = [tally_period(office, period, form, AFTER, rule).total for rule in (one, other)]
        for column in LAYOUTS[form].leaves:
            moved = sum(told(each.other, column) - told(each.one, column) for each in compared.moved)
            if column.name not in ("stage_days", "stage_days_over", "requests"):
                assert column.value(totals[1]) - column.value(totals[0]) == moved
        assert all(each.choices and each.why for each in compared.moved)


def told(columns: Sequence[str], column: Column) -> int:
    return sum(each.startswith(f"({column.number}) ") for each in columns)


def sum_of(rows: Sequence[Counts], like: Counts) -> Counts:
    total = type(like)()
    for each in rows:
        total.add(each)
    return total


def test_the_totals_of_every_main_form_are_the_same_dossiers(office: Office) -> None:
    assert AFTER
    mains = [*OFFICIAL, Form.BY_UNIT, Form.BY_PROCEDURE, Form.BY_OFFICER]
    totals = [tally_period(office, NOVEMBER, form, AFTER).total for form in mains]
    assert all(total == totals[0] for total in totals)
    assert totals[0].received > 30


def test_rates_are_told_in_the_numbers_of_their_form(office: Office) -> None:
    assert AFTER
    old = tally_period(office, NOVEMBER, Form.OLD, AFTER).rates
    assert [rate.formula for rate in old[:2]] == [
        "((8) + (9)) ÷ (7) × 100",
        "(1 − ((10) + (13)) ÷ (3)) × 100",
    ]
    units = tally_period(office, NOVEMBER, Form.BY_UNIT, AFTER).rates
    assert [rate.value for rate in units] == [rate.value for rate in old]
    assert units[3].formula == "20 × ((10) + (11)) ÷ ((10) + (11) + (12) + (15))"


def test_the_letters_owed_are_the_late_ones_of_the_main_table(office: Office) -> None:
    assert AFTER
    for rule in RULES:
        main = tally_period(office, NOVEMBER, Form.BY_UNIT, AFTER, rule)
        letters = tally_period(office, NOVEMBER, Form.LETTERS, AFTER, rule)
        for name, counts in letters.rows.items():
            assert isinstance(counts, LetterCounts)
            assert (counts.late, counts.overdue) == (main.rows[name].late, main.rows[name].overdue)
    assert letters.total.sum(("letter_in_time",)) > 0 < letters.total.sum(("letter_late",))


def test_what_one_period_leaves_pending_the_next_carries_over_in_every_section(office: Office) -> None:
    assert AFTER
    for form in (Form.PROVINCE, Form.MINISTRY, Form.OLD):
        before = tally_period(office, named_period("2026-10", Cutoff.FIFTEENTH), form, AFTER).rows
        after = tally_period(office, NOVEMBER, form, AFTER).rows
        assert {name: each.pending for name, each in before.items() if each.pending} == {
            name: each.carried for name, each in after.items() if each.carried
        }


def test_an_officer_s_name_is_one_however_it_is_spaced(office: Office) -> None:
    assert AFTER
    rows = tally_period(office, NOVEMBER, Form.BY_OFFICER, AFTER).rows
    assert set(rows) == {NO_LABEL, "Cán bộ Ví Dụ", "Cán bộ Mẫu"}


def test_the_table_by_officer_can_be_switched_off(office: Office) -> None:
    off = replace(
        office, settings=msgspec.structs.replace(office.settings, reports=Reports(by_officer=False))
    )
    assert AFTER
    with pytest.raises(TallyError, match=r"đang tắt.*by_officer = true ở \[reports\]"):
        tally_period(off, NOVEMBER, Form.BY_OFFICER, AFTER)


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("Đất đai", "không phải một ô của biểu 07a; viết DÒNG:CỘT, ví dụ “TỔNG CỘNG:c3”. Các cột: c3, c4"),
        ("Đất đai:c16", "không phải một ô"),
        (":c3", "không phải một ô"),
        ("Tài nguyên:c3", "không có dòng “Tài nguyên”; có: TỔNG CỘNG, .*Đất đai"),
    ],
)
def test_a_cell_that_is_none_is_refused_with_those_there_are(office: Office, cell: str, message: str) -> None:
    assert AFTER
    with pytest.raises(TallyError, match=message):
        behind_cell(office, NOVEMBER, Form.BY_FIELD, AFTER, cell, TT09)


@pytest.mark.parametrize("cell", ["đất đai:c3", "dat dai:3", "Đất  Đai:(3)", "ĐẤT ĐAI : C3"])
def test_a_cell_is_found_however_it_is_written(office: Office, cell: str) -> None:
    assert AFTER
    behind = behind_cell(office, NOVEMBER, Form.BY_FIELD, AFTER, cell, TT09)
    assert (behind.row, behind.column.number) == ("Đất đai", "3")
    assert behind.count > 0


# As a sheet


def shown(value: object) -> str:
    return "không có dữ liệu" if value in (None, "không có dữ liệu") else f"{float(str(value)):g}"


class Recomputed:
    """A sheet whose formulas are computed again from their text, as a program that opens it does."""

    def __init__(self, content: bytes) -> None:
        self.page: Worksheet = openpyxl.load_workbook(BytesIO(content)).active
        self.cached: Worksheet = openpyxl.load_workbook(BytesIO(content), data_only=True).active

    def value(self, at: str) -> object:
        text = self.page[at].value
        if not isinstance(text, str) or not text.startswith("=") or self.page[at].data_type != "f":
            return text
        return self._computed(text[1:])

    def _computed(self, formula: str) -> object:
        if formula.startswith("SUM("):
            return sum(self.number(cell) for area in formula[4:-1].split(",") for cell in self._area(area))
        share = re.fullmatch(r'IF\((\w+)=0,"(.+)",ROUND\(\((.+)\)/\1\*100,2\)\)', formula)
        if share:
            whole = self.number(share[1])
            parts = sum(self.number(cell) for cell in share[3].split("+"))
            return share[2] if whole == 0 else round(parts / whole * 100 + 1e-9, 2)
        return sum(self.number(cell) for cell in formula.split("+"))

    def number(self, at: str) -> float:
        return float(str(self.value(at)))

    def _area(self, area: str) -> list[str]:
        return [cell.coordinate for line in self.page[area] for cell in line] if ":" in area else [area]

    @property
    def formulas(self) -> list[str]:
        return [cell.coordinate for line in self.page.iter_rows() for cell in line if cell.data_type == "f"]


@pytest.mark.parametrize("form", Form)
class TestAsASheet:
    @pytest.fixture
    def result(self, office: Office, form: Form) -> Tally:
        assert AFTER
        return tally_period(office, NOVEMBER, form, AFTER)

    def test_what_is_computed_again_is_what_was_counted(self, form: Form, result: Tally) -> None:
        layout = LAYOUTS[form]
        sheet = Recomputed(form_workbook(layout, result, office_name="UBND xã Ví Dụ"))
        assert len(sheet.formulas) >= len(layout.columns)
        for at in sheet.formulas:
            assert shown(sheet.value(at)) == shown(sheet.cached[at].value), at
        bottom = next(cell.row for cell in sheet.page["A"] if cell.value == TOTAL)
        total = [sheet.value(cell.coordinate) for cell in sheet.page[bottom][2 : 2 + len(layout.columns)]]
        expected = values_of(layout.columns, result.total).values()
        assert [each if each == "không có dữ liệu" else shown(each) for each in total] == [
            shown(each) for each in expected
        ]

    def test_no_formula_comes_from_data(self, form: Form, result: Tally) -> None:
        sheet = Recomputed(form_workbook(LAYOUTS[form], result, office_name="=cmd|' /C x'!A0"))
        allowed = re.compile(
            r'=(SUM\([A-Z0-9:,]+\)|[A-Z]+\d+(\+[A-Z]+\d+)*|IF\([A-Z]+\d+=0,"không có dữ liệu",.+\))'
        )
        for at in sheet.formulas:
            assert allowed.fullmatch(str(sheet.page[at].value)), sheet.page[at].value
        texts = [
            cell
            for line in sheet.page.iter_rows()
            for cell in line
            if str(cell.value)[:1] in "=+-@" and cell.value
        ]
        assert all(cell.data_type in ("f", "s") for cell in texts)
        if LAYOUTS[form].by.name == "FIELD":
            plain = [cell.value for cell in sheet.page["B"] if cell.data_type == "s"]
            assert {"=1+1", "@SUM(A1)", "-Môi trường", "+84"} <= set(plain)

    def test_the_rule_stands_beside_the_figures(self, form: Form, result: Tally) -> None:
        page = Recomputed(form_workbook(LAYOUTS[form], result, office_name="UBND xã Ví Dụ")).page
        text = "\n".join(str(cell.value) for line in page.iter_rows() for cell in line if cell.value)
        assert all(f"- {line}" in text for line in described(result.rule))

    def test_as_a_pdf_it_says_the_same(self, form: Form, result: Tally) -> None:
        layout = LAYOUTS[form]
        content = FormPrinter().pdf(layout, result, office_name="UBND xã Ví Dụ")
        pages = pages_of(content)
        assert {page.size for page in pages} == {(842, 595)}
        text = text_of(pages)
        expected = [shown_in_words(each) for each in values_of(layout.columns, result.total).values()]
        total = f" {TOTAL} {' '.join(expected)} "
        assert text.count(TOTAL) == text.count(total) == 1, total
        assert layout.number in text
        assert "NGƯỜI LẬP BIỂU" in text


def shown_in_words(value: object) -> str:
    if value is None:
        return "không có dữ liệu"
    return f"{value:,}".replace(",", ".") if isinstance(value, int) else str(value).replace(".", ",")


def long_table(rows: int, form: Form = Form.BY_FIELD) -> Tally:
    """A table of many rows, one dossier each, with a name that needs several lines now and then."""
    layout, long = (
        LAYOUTS[form],
        " về quản lý chất lượng công trình, an toàn bức xạ và hạt nhân, phát triển đô thị" * 2,
    )
    cases = [case(f"H-{n}", field=f"Lĩnh vực Ví Dụ {n:03}{long if n % 7 == 0 else ''}") for n in range(rows)]
    label = (
        (lambda each: each.dossier.field)
        if not layout.sections
        else (lambda each: layout.sections[0].row(each.dossier.field))
    )
    assert LATER
    return tabulate(cases, main_plan(label, (), layout.equations), NOVEMBER, rule=TT09, now=LATER)


@pytest.mark.parametrize("form", [Form.BY_FIELD, Form.PROVINCE, Form.MINISTRY, Form.OLD])
def test_sixty_rows_run_over_several_pages_with_the_header_on_each(form: Form) -> None:
    content = FormPrinter().pdf(LAYOUTS[form], long_table(60, form), office_name="UBND tỉnh Mẫu")
    pages = [page.text for page in pages_of(content)]
    assert len(pages) >= 3
    for number, page in enumerate(pages, start=1):
        assert "Lĩnh vực giải quyết" in page
        assert "Số lượng hồ sơ đang giải quyết" in page
        assert f"Trang {number}/{len(pages)}" in page
    assert sum(page.count(TOTAL) for page in pages) == 1
    assert "NGƯỜI LẬP BIỂU" in pages[-1]
    assert "Tỷ lệ đúng hạn" in pages[-1], "the signatures stand with what is signed"
    rows = 2 if not LAYOUTS[form].sections else 0
    assert all(f"Lĩnh vực Ví Dụ {59 - back:03}" in pages[-1] for back in range(rows)), (
        "the total is not alone"
    )


def test_the_same_figures_give_the_same_pdf() -> None:
    first, second = (
        FormPrinter().pdf(LAYOUTS[Form.BY_FIELD], long_table(2), office_name="UBND tỉnh Mẫu")
        for _ in range(2)
    )
    assert first == second


def test_a_section_without_rows_stands_all_the_same() -> None:
    result = long_table(2, Form.MINISTRY)
    sheet = Recomputed(form_workbook(LAYOUTS[Form.MINISTRY], result, office_name="Bộ Ví Dụ"))
    numerals = [
        str(cell.value) for cell in sheet.page["A"] if str(cell.value) in ("I.", "II.", "III.", "IV.")
    ]
    assert numerals == ["I.", "II.", "III.", "IV."]
    nothing = [cell for cell in sheet.page["A"] if cell.value == "Không có hồ sơ nào được tính trong kỳ này."]
    assert len(nothing) == 3


def test_a_row_of_letters_counts_by_unit() -> None:
    plan = Plan(
        spread=spread_by(lambda each: each.unit, place_letters),
        row=LetterCounts,
        equations=LAYOUTS[Form.LETTERS].equations,
    )
    assert LATER
    result = tabulate([apologised(None), apologised("2026-11-11")], plan, NOVEMBER, rule=TT09, now=LATER)
    assert result.rates == []
    assert LAYOUTS[Form.LETTERS].column("letter_required").value(result.total) == 2  # type: ignore[union-attr]


def test_the_office_s_own_rule_stands_first_and_once(tmp_path: Path) -> None:
    desk: Desk = desk_in(tmp_path / "office", "[counting]\nwithdrawn = 'as-on-time'\nprecision = 'day'\n")
    with desk.open() as opened:
        rules: list[CountingRule] = counting_rules(opened)
    assert [rule.name for rule in rules] == ["co-quan", *SHIPPED]
    assert "là đã giải quyết đúng hạn" in " ".join(described(rules[0]))


def test_an_office_s_own_template_wins_and_may_run_through_thousands_of_rows(tmp_path: Path) -> None:
    loops = "{% for part in parts %}{% for row in part.rows %}{% for cell in row.cells %}{% endfor %}{% endfor %}{% endfor %}"
    (tmp_path / "bieu.html").write_text(
        f"<p>{loops}{{{{ total_label }}}}: {{{{ total[0] }}}}", encoding="utf-8"
    )
    content = FormPrinter(tmp_path).pdf(LAYOUTS[Form.BY_FIELD], long_table(2000), office_name="UBND xã Ví Dụ")
    assert "TỔNG CỘNG: 2.000" in pages_of(content)[0].text


def test_a_template_that_does_not_fit_is_named(tmp_path: Path) -> None:
    (tmp_path / "bieu.html").write_text("{{ nobody }}", encoding="utf-8")
    with pytest.raises(SheetError, match=r"bieu\.html, dòng 1: mẫu biểu dùng biến không có"):
        FormPrinter(tmp_path).pdf(LAYOUTS[Form.BY_FIELD], long_table(1), office_name="UBND xã Ví Dụ")
    with pytest.raises(SheetError, match="không có thư mục mẫu này"):
        FormPrinter(tmp_path / "none")
