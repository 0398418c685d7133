"""What an office keeps in a profile of its own, from the file to the due date: unit names, ends of limits."""

from pathlib import Path

from exports import profile
from offices import UNITS, Desk, desk_in, row
from worlds import moment

from latewatch.domain.dossier import Cause, Dossier, Stage, Suspension
from latewatch.domain.reading import Reading
from latewatch.domain.record import Event, Reported
from latewatch.errors import Place
from latewatch.jobs.assess import Deadlines
from latewatch.sources.profiles.office_names import with_office_names
from latewatch.sources.profiles.profile import Profile
from latewatch.store.cases import assessed, with_code

SOURCE = """
[[sources]]
name = "xuat-tep"
folder = "in"
settle_seconds = 0.0
profile = "mau/rieng.toml"
"""
NAMES = {"PHÒNG KT (cũ)": "Phòng Kinh tế", "Sở XD": "Sở Xây dựng"}


def mine(folder: Path, more: str = "") -> Profile:
    file = folder / "rieng.toml"
    units = "".join(f'"{name}" = "{own}"\n' for name, own in NAMES.items())
    file.write_text(f'based_on = "desk-export"\n{more}\n[units]\n{units}', encoding="utf-8")
    return profile(profile=str(file))


def told(facts: dict[str, object], events: tuple[Event, ...] = ()) -> Reading:
    return Reading(reported=[Reported("H1", facts, {"Đơn vị": "như nguồn ghi"}, Place("a"), events)])


def test_each_fact_that_is_a_unit_has_the_name_of_the_office(tmp_path: Path) -> None:
    facts = {
        "receiving_unit": "sở  xd",
        "resolving_unit": "Phòng KT (CŨ)",
        "department": "Phòng khác",
        "applicant": "Sở XD",
    }
    (reported,) = with_office_names(told(facts), mine(tmp_path)).reported
    assert reported.facts == {
        "receiving_unit": "Sở Xây dựng",
        "resolving_unit": "Phòng Kinh tế",
        "department": "Phòng khác",
        "applicant": "Sở XD",  # no unit
    }
    assert reported.raw == {"Đơn vị": "như nguồn ghi"}


def test_the_units_of_stages_too(tmp_path: Path) -> None:
    at = moment("2026-11-02")
    assert at
    stage, pause = Stage("Sở XD", at), Suspension(Cause.SUPPLEMENT, at)
    events = tuple(Event(fact, {}, Place("a"), "Từ") for fact in (stage, pause))
    facts = {"stages": (stage,), "suspensions": (pause,)}
    (reported,) = with_office_names(told(facts, events), mine(tmp_path)).reported
    assert reported.facts["stages"] == (Stage("Sở Xây dựng", at),)
    assert [event.fact for event in reported.events] == [Stage("Sở Xây dựng", at), pause]


def test_a_profile_without_names_changes_nothing() -> None:
    reading = told({"resolving_unit": "Sở XD"})
    before = reading.reported[0]
    assert with_office_names(reading, profile()).reported[0] is before


def office(folder: Path, more: str) -> Desk:
    desk = desk_in(folder)
    (desk.folder / "mau").mkdir()
    mine(desk.folder / "mau", more)
    desk.configure(SOURCE, UNITS)
    return desk


def stored(desk: Desk) -> tuple[Dossier, object]:
    with desk.open() as opened, opened.store.reading() as connection:
        (each,) = assessed(connection, with_code("H1"))
        return each.dossier, Deadlines(opened).case(each).deadline.due_at


def test_what_is_polled_has_the_names_and_the_ends_of_the_file(tmp_path: Path) -> None:
    desk = office(tmp_path / "a", 'ends = "clock"')
    desk.export("a.csv", [row("H1", "02/11/2026 09:30", limit="5", unit="Phòng KT (cũ)", applicant="x")])
    result = desk.poll()
    assert (result.intake.new, result.problems) == (1, [])
    dossier, due_at = stored(desk)
    assert dossier.resolving_unit == "Phòng Kinh tế"
    assert due_at == moment("2026-11-09T09:30")
