"""The late list: who stands how, and in which order."""

from datetime import date
from pathlib import Path

import pytest
from offices import NOW, Desk, desk_in, done, row

from latewatch.domain.standing import Standing
from latewatch.errors import ConfigError
from latewatch.jobs.explain import explain_dossier
from latewatch.jobs.late import LetterStage, late_list
from latewatch.jobs.poll import poll

OTHER = "Phòng Văn hóa - Xã hội"
ROWS = [
    row("H1", promised="11/11/2026"),
    row("H2", promised="06/11/2026"),
    row("H3", promised="06/11/2026", unit=OTHER),
    row("H4", promised="12/11/2026"),
    row("H5", promised="16/11/2026"),
    row("H6", promised="13/11/2026", unit="Phòng Nào Đó"),
    row("H7", promised="30/11/2026"),
    done("H8", "06/11/2026", promised="09/11/2026"),
    done("H9", "11/11/2026", promised="06/11/2026"),
    done("H10", "11/11/2026", promised="09/11/2026"),
    row("H11", status="Rút hồ sơ", finished="05/11/2026"),
    row("H12", status="Yêu cầu bổ sung", promised="06/11/2026"),
    row("H13"),
    row("H14", status="Đã xử lý xong", promised="06/11/2026"),
    done("H15", "05/11/2026"),
    row("H16", "", status="Mới đăng ký"),
]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = desk_in(tmp_path / "office")
    made.export("a.csv", ROWS)
    made.poll()
    return made


class TestList:
    @pytest.mark.parametrize(
        ("standing", "codes"),
        [
            pytest.param(Standing.OVERDUE, ["H2", "H3", "H1"], id="the latest first, then by code"),
            pytest.param(Standing.DUE_SOON, ["H4", "H6", "H5"], id="the soonest first"),
            pytest.param(Standing.WITHIN, ["H7"]),
            pytest.param(Standing.EARLY, ["H8"]),
            pytest.param(Standing.ON_TIME, []),
            pytest.param(Standing.LATE, ["H9", "H10"], id="of the finished too"),
            pytest.param(Standing.WITHDRAWN, ["H11"], id="withdrawn, though it has an end"),
            pytest.param(Standing.SUSPENDED, ["H12"]),
            pytest.param(Standing.NO_DUE_DATE, ["H13", "H15"], id="finished or not"),
            pytest.param(Standing.NO_FINISH_DATE, ["H14"]),
            pytest.param(Standing.WAITING, ["H16"]),
        ],
    )
    def test_each_standing_has_its_dossiers(self, desk: Desk, standing: Standing, codes: list[str]) -> None:
        assert desk.late(standing) == codes

    def test_every_dossier_stands_somewhere_once(self, desk: Desk) -> None:
        everywhere = [code for standing in Standing for code in desk.late(standing)]
        assert sorted(everywhere) == sorted(each["code"] for each in ROWS)

    def test_a_row_says_what_a_supervisor_asks(self, desk: Desk) -> None:
        desk.draft()
        with desk.open() as office:
            first = late_list(office, NOW, Standing.OVERDUE)[0]
        assert (first.code, first.unit, first.procedure) == ("H2", "Phòng Kinh tế", "Thủ tục Ví Dụ")
        assert (first.promised_on, first.due_on) == (date(2026, 11, 6),) * 2
        assert (first.working_days_late, first.standing) == (4, Standing.OVERDUE)
        assert first.letter == LetterStage("draft", NOW.date())

    @pytest.mark.parametrize(
        ("unit", "codes"),
        [
            pytest.param("PVH", ["H3"], id="by code"),
            pytest.param("phong van hoa - xa hoi", ["H3"], id="by name, without accents"),
            pytest.param("P. Kinh tế", ["H2", "H1"], id="by another name"),
            pytest.param("phòng nào đó", [], id="one the office did not declare, with nothing late today"),
        ],
    )
    def test_of_one_unit(self, desk: Desk, unit: str, codes: list[str]) -> None:
        assert desk.late(unit=unit) == codes

    def test_of_a_unit_nobody_has(self, desk: Desk) -> None:
        with pytest.raises(ConfigError, match=r"“PKX”.*PKT \(Phòng Kinh tế\), PVH"):
            desk.late(unit="PKX")

    def test_as_of_another_day(self, desk: Desk) -> None:
        assert desk.late(at="2026-11-06T23:59:59") == []
        assert desk.late(at="2026-11-07T00:00") == ["H2", "H3", "H9"]
        assert desk.late(at="2026-11-10T23:59") == ["H2", "H3", "H9", "H10"]

    def test_late_by_days_of_rest_only(self, desk: Desk) -> None:
        desk.export("b.csv", [row("H1", promised="13/11/2026"), row("H2", promised="30/11/2026")])
        desk.poll()
        with desk.open() as office:
            (_, each) = late_list(office, NOW.replace(day=15), Standing.OVERDUE, "PKT")[-2:]
        assert (each.code, each.working_days_late) == ("H1", 0)

    def test_what_a_killed_run_did_not_assess_is_listed(self, tmp_path: Path) -> None:
        desk = desk_in(tmp_path / "killed")
        desk.export("a.csv", ROWS)
        with desk.open() as office:
            poll(office, office.settings.sources[0], NOW)
            assert [each.code for each in late_list(office, NOW, Standing.OVERDUE)] == ["H2", "H3", "H1"]
            assert explain_dossier(office, "H2", NOW).working_days_late == 4
