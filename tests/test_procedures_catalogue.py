"""The catalogue decides by code, else by name, on the day of receipt; and an import amends it by date of effect."""

from datetime import date

import pytest

from latewatch.domain.amendment import Amendment, Kind, Listed, plan, shown_changes
from latewatch.domain.catalogue import CONFIGURED, Catalogue, Procedure, disagreement
from latewatch.domain.limit import TimeLimit
from latewatch.domain.suspension import Effect
from latewatch.errors import Place

SHEET = frozenset({"code", "name", "limit"})


def entry(code: str = "1.1", limit: str | None = "5d", first: str = "", last: str = "", **rules) -> Procedure:
    return Procedure(
        code=code,
        name=rules.pop("name", "Thủ tục Ví Dụ"),
        limit=TimeLimit.parse(limit) if limit else None,
        valid_from=date.fromisoformat(first) if first else None,
        valid_until=date.fromisoformat(last) if last else None,
        source=rules.pop("source", "a.xlsx"),
        **rules,
    )


def listed(procedure: Procedure, row: int = 2, given: frozenset[str] = SHEET) -> Listed:
    if procedure.valid_until:
        given |= {"valid_until"}
    return Listed(procedure, given, Place("b.xlsx", "", row))


def amended(stored: list[Procedure], *new: Procedure, correct: bool = False) -> tuple[Amendment, list[str]]:
    """Return the last amendment of a plan and what the store holds after it: limit and dates."""
    made = plan(stored, [listed(each, row) for row, each in enumerate(new, 2)], correct=correct)
    assert made.problems == []
    kept = list(stored)
    for each in made.amendments:
        kept = [one for one in kept if one not in each.removed] + list(each.added)
    shown = [f"{each.limit} {each.valid_from or ''}..{each.valid_until or ''}" for each in kept]
    return made.amendments[-1], sorted(shown, key=lambda text: text.split()[1])


class TestWhichEntryDecides:
    RULES = (
        entry("1.1", "5d", last="2026-06-30"),
        entry("1.1", "3d", "2026-07-01"),
        entry("1.2", "7d", name="Thủ tục Khác"),
    )

    @pytest.mark.parametrize(
        ("code", "name", "on", "limit"),
        [
            pytest.param("1.1", "", "2026-06-30", "5d", id="the last day of the old entry"),
            pytest.param("1.1", "", "2026-07-01", "3d", id="the first day of the new one"),
            pytest.param("", "THU TUC khác", "2026-07-01", "7d", id="by name, without accents and case"),
            pytest.param("1.2", "Thủ tục Ví Dụ", "2026-07-01", "7d", id="the code goes before the name"),
            pytest.param("9.9", "Tên lạ", "2026-07-01", None, id="neither"),
        ],
    )
    def test_by_code_else_by_name(self, code: str, name: str, on: str, limit: str | None) -> None:
        found = Catalogue(self.RULES).find(code, name, date.fromisoformat(on))
        assert (str(found.limit) if found else None) == limit

    def test_two_codes_of_one_name_decide_nothing_for_who_has_only_the_name(self) -> None:
        catalogue = Catalogue([entry("1.1", "5d"), entry("1.2", "7d")])
        assert catalogue.find("", "Thủ tục Ví Dụ", date(2026, 7, 1)) is None
        assert catalogue.namesakes("thủ tục ví dụ") == ["1.1", "1.2"]
        assert str(catalogue.find("1.2", "Thủ tục Ví Dụ", date(2026, 7, 1)).limit) == "7d"

    @pytest.mark.parametrize(
        "second",
        [
            pytest.param(entry("1.2", "5d"), id="of the same rules"),
            pytest.param(entry("1.2", "7d", "2026-08-01"), id="not yet in effect"),
        ],
    )
    def test_a_shared_name_is_no_doubt_where_the_rules_are_one(self, second: Procedure) -> None:
        assert Catalogue([entry("1.1", "5d"), second]).find("", "Thủ tục Ví Dụ", date(2026, 7, 1))

    def test_what_the_office_wrote_itself_is_no_doubt(self) -> None:
        own = entry("1.1", "4d", source=CONFIGURED)
        found = Catalogue([own, entry("1.1", "5d"), entry("1.2", "7d")]).find(
            "", "Thủ tục Ví Dụ", date(2026, 7, 1)
        )
        assert found is own


@pytest.mark.parametrize(
    ("limit", "procedure", "text"),
    [
        pytest.param(
            "5d",
            entry(limit="7d"),
            "hồ sơ ghi 05 ngày làm việc, danh mục ghi 07 ngày làm việc (a.xlsx)",
            id="two numbers",
        ),
        pytest.param(
            "7cd",
            entry(limit="7d"),
            "hồ sơ ghi 07 ngày, danh mục ghi 07 ngày làm việc (a.xlsx)",
            id="one number, two units",
        ),
        pytest.param("7d", entry(limit="7d"), "", id="alike"),
        pytest.param(None, entry(), "", id="the dossier states none"),
        pytest.param("5d", entry(limit=None), "", id="the catalogue states none"),
        pytest.param("5d", None, "", id="no procedure"),
    ],
)
def test_a_disagreement_names_both_limits(limit: str | None, procedure: Procedure | None, text: str) -> None:
    assert disagreement(TimeLimit.parse(limit) if limit else None, procedure) == text


class TestAnEntryWithADateOfEffect:
    @pytest.mark.parametrize(
        ("stored", "new", "kind", "after"),
        [
            pytest.param([], entry(), Kind.NEW, ["5d .."], id="new, for all days"),
            pytest.param(
                [], entry(first="2026-07-01"), Kind.NEW, ["5d 2026-07-01.."], id="new, from a day on"
            ),
            pytest.param(
                [entry()],
                entry(limit="3d", first="2026-07-01"),
                Kind.CHANGED,
                ["5d ..2026-06-30", "3d 2026-07-01.."],
                id="ends what held before with the day before",
            ),
            pytest.param(
                [entry()],
                entry(first="2026-07-01"),
                Kind.UNCHANGED,
                ["5d .."],
                id="what it says holds already",
            ),
            pytest.param(
                [entry(last="2026-06-30"), entry(limit="3d", first="2026-07-01")],
                entry(limit="3d", first="2026-07-01"),
                Kind.UNCHANGED,
                ["5d ..2026-06-30", "3d 2026-07-01.."],
                id="the same import again",
            ),
            pytest.param(
                [entry(last="2026-06-30"), entry(limit="3d", first="2026-07-01")],
                entry(limit="4d", first="2026-07-01"),
                Kind.CHANGED,
                ["5d ..2026-06-30", "4d 2026-07-01.."],
                id="the same date, another content: corrected",
            ),
            pytest.param(
                [entry(limit="3d", first="2026-07-01")],
                entry(limit="4d", first="2026-01-01"),
                Kind.NEW,
                ["4d 2026-01-01..2026-06-30", "3d 2026-07-01.."],
                id="an older catalogue, later: the newer date goes on deciding",
            ),
            pytest.param(
                [entry()],
                entry(limit="3d", first="2026-07-01", last="2026-12-31"),
                Kind.CHANGED,
                ["5d ..2026-06-30", "3d 2026-07-01..2026-12-31"],
                id="an end of its own",
            ),
            pytest.param(
                [entry(last="2026-06-30")],
                entry(limit="3d", first="2026-10-01"),
                Kind.NEW,
                ["5d ..2026-06-30", "3d 2026-10-01.."],
                id="after a gap",
            ),
            pytest.param(
                [entry(first="2026-01-01", last="2026-06-30")],
                entry(first="2026-07-01"),
                Kind.CHANGED,
                ["5d 2026-01-01..2026-06-30", "5d 2026-07-01.."],
                id="the same content goes on",
            ),
        ],
    )
    def test_takes_its_place(
        self, stored: list[Procedure], new: Procedure, kind: Kind, after: list[str]
    ) -> None:
        amendment, kept = amended(stored, new)
        assert (amendment.kind, sorted(kept)) == (kind, sorted(after))

    def test_what_it_ends_and_changes_is_said(self) -> None:
        amendment, _ = amended([entry()], entry(limit="3d", first="2026-07-01"))
        assert amendment.closed_on == date(2026, 6, 30)
        assert shown_changes(amendment.changes()) == "thời hạn: 05 ngày làm việc → 03 ngày làm việc"

    def test_an_absent_column_erases_nothing_and_an_empty_cell_does(self) -> None:
        stored = entry(supplement=Effect.PAUSE, field="Hộ tịch")
        amendment, _ = amended([stored], entry(limit="3d", first="2026-07-01"))
        assert (amendment.after.supplement, amendment.after.field) == (Effect.PAUSE, "Hộ tịch")
        blank = listed(entry(first="2026-07-01"), given=SHEET | {"supplement"})
        (erased,) = plan([stored], [blank]).amendments
        assert erased.after.supplement is None
        assert shown_changes(erased.changes()) == "bổ sung: tạm dừng rồi tính tiếp → (không ghi)"

    def test_two_entries_of_one_file_follow_each_other(self) -> None:
        old, new = entry(last="2026-06-30"), entry(limit="3d", first="2026-07-01")
        _, kept = amended([], new, old)
        assert kept == ["5d ..2026-06-30", "3d 2026-07-01.."]
        again = plan([old, new], [listed(old), listed(new, 3)])
        assert {each.kind for each in again.amendments} == {Kind.UNCHANGED}


class TestAnEntryWithoutADate:
    def test_says_what_is_stored_already(self) -> None:
        amendment, kept = amended(
            [entry(last="2026-06-30"), entry(limit="3d", first="2026-07-01")], entry(limit="3d")
        )
        assert (amendment.kind, kept) == (Kind.UNCHANGED, ["5d ..2026-06-30", "3d 2026-07-01.."])

    def test_is_refused_where_it_says_something_else(self) -> None:
        made = plan([entry()], [listed(entry(limit="3d"), 7), listed(entry("1.2"), 8)])
        (problem,) = made.problems
        assert str(problem).startswith("b.xlsx, dòng 7: mã 1.1: đã có trong danh mục với nội dung khác")
        assert "thời hạn: 05 ngày làm việc → 03 ngày làm việc" in str(problem)
        assert "--from" in str(problem)

    def test_corrects_for_all_days_when_asked_to(self) -> None:
        stored = [entry(last="2026-06-30"), entry(limit="3d", first="2026-07-01")]
        amendment, kept = amended(stored, entry(limit="4d"), correct=True)
        assert (amendment.kind, kept) == (Kind.CHANGED, ["5d ..2026-06-30", "4d 2026-07-01.."])

    def test_with_an_end_before_all_that_is_stored_it_is_history(self) -> None:
        amendment, kept = amended([entry(limit="3d", first="2026-07-01")], entry(last="2026-05-31"))
        assert (amendment.kind, kept) == (Kind.NEW, ["5d ..2026-05-31", "3d 2026-07-01.."])


class TestTheSameProcedureTwice:
    def test_both_rows_are_named_and_the_others_are_still_looked_at(self) -> None:
        rows = [listed(entry(), 4), listed(entry(limit="3d"), 9), listed(entry("1.2", "2d"), 10)]
        made = plan([entry("1.2")], rows)
        twice, differs = map(str, made.problems)
        assert twice.startswith("b.xlsx, dòng 9: mã 1.1 đã có ở b.xlsx, dòng 4 cho cùng thời gian hiệu lực")
        assert differs.startswith("b.xlsx, dòng 10: mã 1.2: đã có")

    @pytest.mark.parametrize(
        ("one", "other", "is_refused"),
        [
            pytest.param(entry(last="2026-06-30"), entry(first="2026-06-30"), True, id="one common day"),
            pytest.param(entry(last="2026-06-30"), entry(first="2026-07-01"), False, id="the day after"),
            pytest.param(
                entry(""), entry("", name="THỦ TỤC ví dụ"), True, id="by name, where there is no code"
            ),
        ],
    )
    def test_only_on_common_days(self, one: Procedure, other: Procedure, is_refused: bool) -> None:
        assert bool(plan([], [listed(one), listed(other, 3)]).problems) is is_refused
