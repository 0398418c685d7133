"""What a change of the calendar does to letters: drafts follow, issued ones are named, prints are drawn anew."""

from datetime import date
from pathlib import Path

import pytest
from offices import NOW, Desk, desk_in, done, row
from sqlalchemy import select

from latewatch.domain.layers import NATIONAL, PROVINCE
from latewatch.domain.worktime import DayEntry, DayKind
from latewatch.errors import LetterError
from latewatch.jobs.calendar.change import Change, Proposal, Signature, commit_change, preview_change
from latewatch.jobs.letters.issue import issue_letter
from latewatch.letters.render import LetterPrinter
from latewatch.store import schema

BY = Signature("Nguyễn Văn Ví Dụ", "thử")
NEW_DATE = date(2026, 11, 19)  # 5 working days after the draft of 12/11/2026
FRIDAY = date(2026, 11, 13)


@pytest.fixture(autouse=True)
def unprinted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        LetterPrinter, "pdf", lambda _printer, letter: f"%PDF hẹn {letter.new_date:%d/%m/%Y}".encode()
    )


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Two overdue dossiers of Phòng Kinh tế, one due today, one finished in time: three drafts."""
    desk = desk_in(tmp_path / "office")
    rows = [
        row("A", "02/11/2026", limit="3 ngày"),
        row("B", "02/11/2026", limit="3 ngày", unit="Phòng Văn hóa - Xã hội"),
        row("C", "05/11/2026", limit="5 ngày"),
        done("D", "04/11/2026", limit="3 ngày"),
    ]
    desk.export("a.csv", rows)
    desk.poll()
    assert [each.new_date for each in desk.draft()] == [NEW_DATE] * 3
    return desk


def _off(day: date) -> DayEntry:
    return DayEntry(day, DayKind.DAY_OFF, "Nghỉ bão", "CV 1/VD")


def off(day: date, layer: str = PROVINCE) -> Change:
    return lambda edits: edits.set_day(layer, _off(day))


def commit(desk: Desk, change: Change) -> Proposal:
    with desk.open() as office:
        return commit_change(office, change, BY, NOW)


def preview(desk: Desk, change: Change) -> Proposal:
    with desk.open() as office:
        return preview_change(office, change, NOW)


def drafts(desk: Desk) -> dict[str, tuple[date, date]]:
    """Due date and new date of every draft, by code."""
    letter, dossier = schema.letter.c, schema.dossier.c
    with desk.open() as office, office.store.reading() as connection:
        found = select(dossier.code, letter.due_on, letter.new_date).join(
            schema.dossier, dossier.id == letter.dossier_id
        )
        return {row.code: (row.due_on, row.new_date) for row in connection.execute(found)}


def prints(desk: Desk) -> dict[str, str]:
    folder = desk.folder / "letters"
    return {path.stem.partition("-")[0]: path.read_text() for path in folder.rglob("*.pdf")}


def test_a_new_date_that_becomes_a_day_of_rest_is_proposed_anew(desk: Desk) -> None:
    before = drafts(desk)
    seen = preview(desk, off(NEW_DATE))
    assert [each.code for each in seen.effects.drafts] == ["A", "B", "C"]
    assert drafts(desk) == before
    assert set(prints(desk).values()) == {"%PDF hẹn 19/11/2026"}
    commit(desk, off(NEW_DATE))
    assert {new for _, new in drafts(desk).values()} == {date(2026, 11, 20)}
    assert prints(desk) == {}
    desk.draft()
    assert prints(desk) == dict.fromkeys("ABC", "%PDF hẹn 20/11/2026")


def test_a_moved_due_date_is_that_of_its_draft(desk: Desk) -> None:
    assert drafts(desk)["A"][0] == date(2026, 11, 5)
    done_ = commit(desk, off(date(2026, 11, 4)))
    assert [(each.code, each.after.due_on) for each in done_.effects.drafts] == [
        ("A", date(2026, 11, 6)),
        ("B", date(2026, 11, 6)),
    ]
    assert drafts(desk)["A"] == (date(2026, 11, 6), NEW_DATE)
    assert set(prints(desk)) == {"C"}


def test_a_draft_whose_due_date_moves_out_of_reach_is_dropped(desk: Desk) -> None:
    """C is due today; with four days off before it, on 18/11: nobody owes an apology for it yet."""
    four = [date(2026, 11, day) for day in (6, 9, 10, 11)]
    done_ = commit(desk, lambda edits: edits.set_days((PROVINCE, _off(day)) for day in four))
    assert [each.code for each in done_.effects.drafts if each.after is None] == ["C"]
    assert "C" not in prints(desk)
    assert "C" not in [each.code for each in desk.draft()]


def test_a_draft_for_which_no_new_date_is_known_stays_as_it_is(tmp_path: Path) -> None:
    desk = desk_in(tmp_path / "end")
    desk.export("a.csv", [row("A", "20/12/2027", limit="3 ngày")])
    late = NOW.replace(year=2027, month=12, day=24)
    desk.poll(late)
    desk.draft(late)
    (new_date,) = {new for _, new in drafts(desk).values()}
    left = [date(2027, 12, day) for day in range(27, 32)]
    with desk.open() as office:
        done_ = commit_change(office, lambda e: e.set_days((PROVINCE, _off(day)) for day in left), BY, late)
    assert (done_.effects.drafts, {new for _, new in drafts(desk).values()}) == ([], {new_date})


def test_another_units_day_off_leaves_letters_alone(desk: Desk) -> None:
    commit(desk, off(NEW_DATE, "unit:PVH"))
    assert {code: new for code, (_, new) in drafts(desk).items()} == {
        "A": NEW_DATE,
        "B": date(2026, 11, 20),
        "C": NEW_DATE,
    }
    assert set(prints(desk)) == {"A", "C"}


def test_an_issued_letter_is_named_and_never_changed(desk: Desk) -> None:
    with desk.open() as office:
        issue_letter(office, "A", NOW.date(), NOW, by="thử")
    done_ = commit(desk, off(NEW_DATE))
    assert [(each.code, each.new_date, each.why) for each in done_.effects.issued] == [
        ("A", NEW_DATE, "Nghỉ bão (CV 1/VD)")
    ]
    assert drafts(desk)["A"][1] == NEW_DATE
    assert [each.code for each in done_.effects.drafts] == ["B", "C"]


def test_a_promise_on_a_day_that_was_one_of_rest_before_is_not_the_changes_doing(desk: Desk) -> None:
    commit(desk, off(NEW_DATE))
    with desk.open() as office:
        issue_letter(office, "A", NOW.date(), NOW, by="thử")
    title = DayEntry(NEW_DATE, DayKind.HOLIDAY, "Lễ", "CV 2/VD")
    assert preview(desk, lambda edits: edits.set_day(NATIONAL, title)).effects.issued == []


def test_nothing_is_written_where_a_print_cannot_be_removed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = drafts(desk)
    monkeypatch.setattr("latewatch.jobs.calendar.letters.is_removed", lambda _path: False)
    with pytest.raises(LetterError, match="không xóa được bản in cũ"):
        commit(desk, off(NEW_DATE))
    assert drafts(desk) == before
    with desk.open() as office:
        assert office.calendar_number == 0


def test_who_becomes_late_and_who_is_late_no_more(desk: Desk) -> None:
    """C was received on 05/11 with 5 days: due today, 12/11. D was finished on the day before it was due."""
    late = preview(desk, lambda edits: edits.set_day(PROVINCE, _worked(date(2026, 11, 7)))).effects
    assert (late.moved, late.became_late.running, late.became_late.finished) == (1, 1, 0)
    relief = preview(desk, lambda edits: _off_all(edits, 3, 4, 5, 6, 9, 10)).effects
    assert (relief.became_on_time.running, relief.later) == (2, 4)


def _worked(day: date) -> DayEntry:
    return DayEntry(day, DayKind.DAY_WORKED, "Trực", "CV 3/VD")


def _off_all(edits, *days: int):
    for day in days:
        edits = off(date(2026, 11, day))(edits)
    return edits
