"""The late list: who stands how, and in which order."""

import re
from datetime import date, datetime
from pathlib import Path

import pytest
from offices import EVENTS, NOW, SOURCE, UNITS, Desk, desk_in, done, row
from typer.testing import CliRunner
from worlds import moment

from latewatch.cli.late import letter_stage
from latewatch.cli.main import app
from latewatch.domain.dossier import Cause
from latewatch.domain.letters.life import LetterState, Move
from latewatch.domain.stages import StageStanding
from latewatch.domain.standing import Standing
from latewatch.errors import ConfigError
from latewatch.jobs.explain import explain_dossier
from latewatch.jobs.late import Holding, LateDossier, LetterStage, Waiting, late_list
from latewatch.jobs.letters.moving import Selection, move_letters
from latewatch.jobs.poll import poll


def at(text: str) -> datetime:
    found = moment(text)
    assert found
    return found


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
        assert first.letter == LetterStage(LetterState.DRAFT, NOW.date())

    def test_it_says_how_far_the_letter_has_come(self, desk: Desk) -> None:
        desk.draft(reason="chờ xác minh thực địa")
        told = []
        for move in (Move.REVIEW, Move.NUMBER, Move.SIGN, Move.SEND, Move.CANCEL):
            with desk.open() as office:
                sent = {"sent_on": NOW.date()} if move is Move.SEND else {}
                number = {"register": "PKT", "year": 2026, "number": 1} if move is Move.NUMBER else {}
                move_letters(
                    office,
                    Selection("H2"),
                    move,
                    NOW,
                    by="thử",
                    why="thử",
                    prepare=lambda *_, values=sent | number: values,
                )
                letter = late_list(office, NOW, Standing.OVERDUE)[0].letter
            told.append((letter.state if letter else None, letter_stage(letter)))
        assert told == [
            ("reviewed", "đã rà 12/11/2026"),
            ("numbered", "đã cấp số 12/11/2026"),
            ("signed", "đã ký 12/11/2026"),
            ("sent", "đã gửi 12/11/2026"),
            ("cancelled", "đã gửi rồi hủy 12/11/2026"),
        ]

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


def listed(desk: Desk, standing: Standing, at: str = "2026-11-12T08:00") -> dict[str, LateDossier]:
    instant = moment(at)
    assert instant
    with desk.open() as office:
        return {each.code: each for each in late_list(office, instant, standing)}


class TestInterrupted:
    @pytest.fixture
    def desk(self, tmp_path: Path) -> Desk:
        made = desk_in(tmp_path / "office")
        made.configure(SOURCE, EVENTS, UNITS)
        made.export(
            "a.csv",
            [
                row("H1", limit="10", status="Yêu cầu bổ sung"),
                row("H2", limit="10"),
                row("H3", promised="30/11/2026"),
                row("H4", limit="10", status="Tạm dừng"),
                row("H5", "", status="Yêu cầu bổ sung"),
            ],
        )
        made.tell(
            "b.csv",
            ("H1", "Yêu cầu bổ sung", "04/11/2026 14:20"),
            ("H2", "Nghĩa vụ tài chính", "03/11/2026"),
            ("H3", "Yêu cầu bổ sung", "05/11/2026"),
        )
        made.poll()
        return made

    def test_since_when_and_until_when(self, desk: Desk) -> None:
        rows = listed(desk, Standing.SUSPENDED)
        assert list(rows) == ["H2", "H1", "H3", "H4", "H5"]  # who waits longest comes first
        assert {code: each.waiting for code, each in rows.items()} == {
            "H1": Waiting(Cause.SUPPLEMENT, at("2026-11-04T14:20"), date(2026, 11, 19), False),
            "H2": Waiting(Cause.FINANCIAL, at("2026-11-03"), None, False),
            "H3": Waiting(Cause.SUPPLEMENT, at("2026-11-05"), date(2026, 11, 20), False),
            "H4": Waiting(Cause.OTHER, NOW, None, True),
            "H5": None,  # before the receipt no limit runs
        }

    def test_a_supplement_that_did_not_come(self, desk: Desk) -> None:
        """NĐ 118/2025/NĐ-CP, Điều 19.5; also where no limit is known and the promise decides."""
        assert list(listed(desk, Standing.LAPSED, "2026-11-20T00:00")) == ["H1"]
        assert list(listed(desk, Standing.LAPSED, "2026-11-21T00:00")) == ["H1", "H3"]

    def test_asked_when_the_limit_had_run_out_it_lapses_all_the_same(self, desk: Desk) -> None:
        desk.export("c.csv", [row("H6", "19/10/2026", limit="3", status="Yêu cầu bổ sung")])
        desk.tell("d.csv", ("H6", "Yêu cầu bổ sung", "26/10/2026"))
        desk.poll()
        assert list(listed(desk, Standing.LAPSED)) == ["H6"]

    def test_of_others_nothing_is_awaited(self, desk: Desk) -> None:
        desk.export("c.csv", [row("H6", promised="06/11/2026")])
        desk.poll()
        assert listed(desk, Standing.OVERDUE)["H6"].waiting is None


class TestSeveralUnits:
    @pytest.fixture
    def desk(self, tmp_path: Path) -> Desk:
        made = desk_in(tmp_path / "office")
        made.configure(SOURCE, EVENTS, UNITS)
        made.export(
            "a.csv", [row("H1", limit="5"), row("H2", limit="5"), done("H3", "11/11/2026", limit="5")]
        )
        stages = [
            ("Chặng", "02/11/2026 08:00", "04/11/2026 16:00", "Phòng Kinh tế", "3"),
            ("Chặng", "04/11/2026 16:00", "", "Sở Nào Đó", "2"),
        ]
        made.tell("b.csv", *[(code, *stage) for code in ("H1", "H3") for stage in stages])
        made.poll()
        return made

    def test_who_holds_it_now(self, desk: Desk) -> None:
        rows = listed(desk, Standing.OVERDUE)
        due = at("2026-11-06T23:59:59")
        held = Holding("Sở Nào Đó", at("2026-11-04T16:00"), due, StageStanding.OVERDUE)
        assert {code: each.held_by for code, each in rows.items()} == {"H1": held, "H2": None}

    def test_what_is_finished_nobody_holds(self, desk: Desk) -> None:
        assert listed(desk, Standing.LATE)["H3"].held_by is None


class TestClockTimes:
    @pytest.fixture
    def desk(self, tmp_path: Path) -> Desk:
        made = desk_in(tmp_path / "office")
        made.export(
            "a.csv", [row("H1", "11/11/2026 09:30", limit="8 giờ"), row("H2", "11/11/2026", limit="1")]
        )
        made.poll()
        return made

    def test_a_limit_in_hours_ends_within_its_day(self, desk: Desk) -> None:
        rows = listed(desk, Standing.DUE_SOON)
        assert [f"{each.due_at:%H:%M:%S %d/%m}" for each in rows.values()] == [
            "09:30:00 12/11",
            "23:59:59 12/11",
        ]
        assert list(listed(desk, Standing.OVERDUE, "2026-11-12T09:31")) == ["H1"]

    def test_screens_show_what_the_list_has(self, desk: Desk) -> None:
        shown = (
            CliRunner()
            .invoke(
                app,
                [
                    "late",
                    "--standing",
                    "due-soon",
                    "--at",
                    "2026-11-12T08:00",
                    "--config",
                    f"{desk.folder}/config.toml",
                ],
            )
            .stdout
        )
        assert "09:30 12/11/2026" in shown
        assert "23:59" not in shown
        assert not {"Đang giữ", "Chờ từ"} & set(re.split(r"  +|\n", shown))


class TestScreen:
    def shown(self, desk: Desk, standing: str) -> str:
        """The table as one line for each dossier."""
        words = [
            "late",
            "--standing",
            standing,
            "--at",
            "2026-11-12T08:00",
            "--config",
            f"{desk.folder}/config.toml",
        ]
        return CliRunner().invoke(app, words).stdout

    def test_who_waits_and_who_holds(self, tmp_path: Path) -> None:
        desk = desk_in(tmp_path / "office")
        desk.configure(SOURCE, EVENTS, UNITS)
        desk.export("a.csv", [row("H1", limit="9"), row("H2", limit="9", status="Tạm dừng")])
        desk.tell(
            "b.csv",
            ("H1", "Yêu cầu bổ sung", "03/11/2026"),
            ("H1", "Chặng", "02/11/2026", "", "Sở Nào Đó", "3"),
        )
        desk.poll()
        lines = self.shown(desk, "suspended").splitlines()
        (headings,) = [line for line in lines if "Mã hồ sơ" in line]
        assert re.split(r"  +", headings.strip()) == [
            "Mã hồ sơ",
            "Đơn vị",
            "Thủ tục",
            "Đang giữ",
            "Hẹn trả",
            "Chờ từ",
            "Chờ đến",
            "Hạn",
            "Trễ",
            "Thư xin lỗi",
        ]
        (first,) = [line for line in lines if " H1 " in line]
        assert re.split(r"  +", first.strip())[3:6] == ["Sở Nào Đó", "03/11/2026", "18/11/2026"]
        (second,) = [line for line in lines if " H2 " in line]
        assert "trước 12/11/2026" in second
