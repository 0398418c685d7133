"""Day or month first: decided for a column from all its cells; what stays open is set aside with its evidence."""

from datetime import datetime
from typing import Any

import pytest
from exports import CORE, core, read, xlsx
from worlds import moment

from latewatch.domain.record import DateOrder
from latewatch.sources.files.date_order import PLAIN, Seen, Verdict, decide

DAY = ["13/03/2026", "25/11/2026", "31/12/2026 08:30", "28-02-2026"]  # can only have the day first
MONTH = ["03/13/2026", "11/25/2026", "12/31/2026 08:30", "2-28-2026"]
EITHER = ["03/04/2026", "11/12/2026", "1/2/2026", "05-06-2026"]


def seen(*cells: Any) -> Seen:
    column = Seen()
    column.look(cells)
    return column


def real(*days: int) -> list[datetime]:
    return [datetime(2026, 3, day, 8, 0) for day in days]  # noqa: DTZ001  as a spreadsheet has them


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        pytest.param([], DateOrder.DAY_FIRST, id="nothing"),
        pytest.param(DAY + EITHER, DateOrder.DAY_FIRST, id="days"),
        pytest.param(EITHER, DateOrder.DAY_FIRST, id="nothing shows it: as the country writes"),
        pytest.param(MONTH + EITHER, DateOrder.MONTH_FIRST, id="months"),
        pytest.param(MONTH[:2] + EITHER, DateOrder.DAY_FIRST, id="two are slips"),
        pytest.param(MONTH[:3] + EITHER * 5, DateOrder.DAY_FIRST, id="three among many are slips"),
        pytest.param(MONTH[:3] + DAY * 20, DateOrder.DAY_FIRST, id="few against many"),
        pytest.param(MONTH * 20 + DAY[:2], DateOrder.MONTH_FIRST, id="many against few"),
        pytest.param(["2026-03-13", "2026-13-03"] * 5, DateOrder.DAY_FIRST, id="the year first says nothing"),
        pytest.param(["20260313", "", "chưa có"] * 5, DateOrder.DAY_FIRST, id="no such dates"),
    ],
)
def test_the_order_of_a_column(cells: list[str], order: DateOrder) -> None:
    verdict = decide(seen(*cells), None)
    assert (verdict.order, verdict.doubt) == (order, "")


@pytest.mark.parametrize("wanted", list(DateOrder))
def test_what_the_profile_says_is_not_doubted(wanted: DateOrder) -> None:
    assert decide(seen(*DAY, *MONTH, *EITHER), wanted) == Verdict(wanted)


@pytest.mark.parametrize(
    ("cells", "evidence"),
    [
        pytest.param(
            DAY + MONTH, "ngày trước (13/03/…) và ô ghi tháng trước (03/13/…)", id="both in earnest"
        ),
        pytest.param(DAY * 9 + MONTH, "không rõ ô này ghi kiểu nào", id="a tenth is in earnest"),
        pytest.param(
            [*real(1, 2, 3, 4, 5), *DAY, "17/03/2026"],
            "5 ô là ngày thật của Excel đều không quá ngày 12, còn 5 ô",
            id="what Excel could read it swapped",
        ),
    ],
)
def test_a_column_that_contradicts_itself(cells: list[Any], evidence: str) -> None:
    assert evidence in decide(seen(*cells), None).doubt


@pytest.mark.parametrize(
    "cells",
    [
        pytest.param([*real(1, 2, 3, 4), *DAY, "17/03/2026"], id="four real dates may be chance"),
        pytest.param([*real(1, 2, 3, 4, 13), *DAY, "17/03/2026"], id="a real date after the 12th"),
        pytest.param([*real(1, 2, 3, 4, 5), *DAY, *EITHER], id="texts before the 12th too"),
        pytest.param(real(1, 2, 3, 4, 5, 20), id="real dates alone"),
    ],
)
def test_real_dates_beside_texts_are_believed(cells: list[Any]) -> None:
    assert decide(seen(*cells), None) is PLAIN


def export(*promised: Any) -> bytes:
    return xlsx([CORE, *(core(f"H{n}", promised=cell) for n, cell in enumerate(promised))])


class TestReading:
    def test_a_column_of_months_is_read_so_and_a_person_is_told(self) -> None:
        reading = read(export("11/25/2026", "12/31/2026", "11/13/2026", "12/03/2026"))
        assert [each.facts["promised_at"] for each in reading.reported] == [
            moment(day) for day in ("2026-11-25", "2026-12-31", "2026-11-13", "2026-12-03")
        ]
        assert "cột “Ngày hẹn trả”: được đọc theo tháng/ngày/năm: 3 ô" in reading.warnings[0]

    def test_in_a_mixed_column_only_the_certain_cells_are_taken(self) -> None:
        certain, same = "25/11/2026", "12/12/2026"
        reading = read(export(*[certain] * 3, same, "11/12/2026", *["11/25/2026"] * 3))
        assert [each.code for each in reading.reported] == ["H0", "H1", "H2", "H3"]
        assert [each.code for each in reading.rejected] == ["H4", "H5", "H6", "H7"]
        assert reading.rejected[0].column == "Ngày hẹn trả"
        assert reading.rejected[0].reason.startswith("“11/12/2026”: cột có ô ghi ngày trước (25/11/…)")

    def test_rows_read_by_their_column_are_never_taken_for_known(self) -> None:
        """Another file may show another order: such rows keep no fingerprint."""
        reading = read(export("11/25/2026", "12/31/2026", "11/13/2026", "12/03/2026"))
        assert {each.digest for each in reading.reported} == {""}
