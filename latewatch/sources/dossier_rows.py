"""One row of an export of dossiers → what it reports of one, or the doubt that keeps it out."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import lru_cache
from typing import Any

from latewatch.domain.dossier import Cause, Status, Suspension
from latewatch.domain.record import Reported
from latewatch.domain.suspension import problem_of
from latewatch.sources.cells import REMEMBERED, MonthFirst, limit_of, moment_of, phone_of, text_of
from latewatch.sources.grid import Cell, Sheet
from latewatch.sources.header import Header
from latewatch.sources.profile import DATE_FIELDS, Profile
from latewatch.sources.rows import Doubt, Row, RowReader, meaning

# A dossier may be sent back, withdrawn or dropped before anybody accepts it (NĐ 118/2025, Điều 17.2, 21).
NEEDS_NO_RECEIPT = (
    Status.WAITING,
    Status.NOT_ACCEPTED,
    Status.SUPPLEMENT,
    Status.WITHDRAWN,
    Status.STOPPED,
)
SUPPLEMENT = ("supplement_asked_at", "supplement_got_at")


class DossierReader(RowReader):
    """Reads the rows of one sheet, and remembers what is odd in cells that decide nothing."""

    SIGNS = ("status", *DATE_FIELDS)

    def __init__(self, file: str, sheet: Sheet, header: Header, profile: Profile) -> None:
        super().__init__(file, sheet, header, profile)
        readers = self._readers()
        columns = [(field, column) for field, column in header.columns.items() if field != "code"]
        self._plain = [(field, column) for field, column in columns if field not in readers]
        self._read = [(field, column, readers[field]) for field, column in columns if field in readers]
        self._odd: dict[tuple[str, str], list[int]] = {}  # column and reason → row numbers
        self._month_first: dict[str, int] = {}

    def report(self, row: Row) -> Reported:
        """Return what `row` reports: only the columns it reaches. Raises Doubt."""
        self._check_width(row)
        code = self._code(row)
        cells, texts, width = row.cells, row.texts, len(row.texts)
        facts: dict[str, Any] = {field: texts[column] for field, column in self._plain if column < width}
        odd = []
        for field, column, read in self._read:
            if column < width:
                try:
                    facts[field] = read(cells[column])
                except ValueError as e:
                    odd.append((self._left_out(field, e), str(e)))
        if "status" in facts:
            facts["status_text"] = self._text(row, "status")
        self._check_order(facts)
        self._join_supplement(facts)
        for each in odd:
            self._odd.setdefault(each, []).append(row.at + 1)
        return Reported(code, facts, self.raw(row), self.place(row.at))

    def _readers(self) -> dict[str, Callable[[Cell], Any]]:
        """Return how the cells of a field are read, for the fields that are more than text."""
        few = lru_cache(REMEMBERED, typed=True)  # these columns have few distinct cells
        profile = self.profile
        return {
            **dict.fromkeys(DATE_FIELDS, moment_of),
            "time_limit": few(lambda cell: limit_of(cell, profile.limit_unit)),
            "phone": phone_of,
            "status": few(lambda cell: meaning(text_of(cell), profile.status_of, "status")),
            "channel": few(lambda cell: meaning(text_of(cell), profile.channel_of, "channel")),
        }

    def _left_out(self, field: str, error: ValueError) -> str:
        """Return the column of an unreadable cell that decides nothing, to be left out of the facts.

        The dossier is not lost for it, what was known of the field stays, and a warning says so. Raises Doubt
        where the field decides.
        """
        if isinstance(error, MonthFirst):
            self._month_first[field] = self._month_first.get(field, 0) + 1
        if field in self.profile.deciding:
            raise Doubt(self.heading(field), str(error)) from error
        return self.heading(field)

    def _check_order(self, facts: dict[str, Any]) -> None:
        """Refuse a row without a receipt, and one that promises a result before the receipt."""
        if "status" not in facts:
            raise Doubt(self.heading("status"), "dòng bị ngắt, không có ô trạng thái; hãy xuất lại tệp")
        received, promised = facts.get("received_at"), facts.get("promised_at")
        if received is None and facts["status"] not in NEEDS_NO_RECEIPT:
            raise Doubt(self.heading("received_at"), "thiếu ngày tiếp nhận; hãy ghi ngày rồi xuất lại")
        if received and promised and promised < received and promised.date() < received.date():
            raise Doubt(
                self.heading("promised_at"),
                f"ngày hẹn trả {promised:%d/%m/%Y} trước ngày tiếp nhận {received:%d/%m/%Y}; "
                "hãy sửa ngày sai ở nơi xuất tệp",
            )

    def _join_supplement(self, facts: dict[str, Any]) -> None:
        """Make the request for a supplement and its receipt one interruption; either alone tells no story.

        Without the column of receipts every request would seem to last. Two empty cells say that there was
        none.
        """
        has_both = all(field in facts for field in SUPPLEMENT)
        asked_at, got_at = (facts.pop(field, None) for field in SUPPLEMENT)
        if not has_both:
            return
        if asked_at is None and got_at:
            raise Doubt(
                self.heading("supplement_asked_at"),
                f"có ngày tiếp nhận bổ sung {got_at:%d/%m/%Y} mà thiếu ngày yêu cầu bổ sung; hãy ghi đủ rồi "
                "xuất lại",
            )
        facts["suspensions"] = (
            (Suspension(Cause.SUPPLEMENT, asked_at, got_at, is_partial=True),) if asked_at else ()
        )
        problem = problem_of(facts["suspensions"], facts.get("received_at") or asked_at) if asked_at else ""
        if problem:
            blamed = "supplement_got_at" if got_at and got_at < asked_at else "supplement_asked_at"
            raise Doubt(self.heading(blamed), f"{problem}; hãy sửa ngày sai ở nơi xuất tệp")

    def warnings(self) -> list[str]:
        """Return what a person should know of the sheet although its rows were taken."""
        where = f"{self.file}, trang tính “{self.sheet.name}”" if self.sheet.name else self.file
        odd = [
            f"{where}, dòng {rows[0]}{f' và {len(rows) - 1} dòng khác' if len(rows) > 1 else ''}, "
            f"cột “{column}”: {reason}; hồ sơ vẫn được nhận, ô này bị bỏ qua"
            for (column, reason), rows in self._odd.items()
        ]
        swapped = [
            f"{where}, cột “{self.heading(field)}”: {number} ô ghi tháng trước ngày và không ô nào có ngày "
            "lớn hơn 12: các ngày khác của cột có thể bị đảo ngày với tháng; hãy kiểm tra cách xuất ngày"
            for field, number in self._month_first.items()
            if not self._has_day_above_12(field)
        ]
        return swapped + odd + [f"{where}: {text}" for text in self._half_supplement()]

    def _half_supplement(self) -> Iterator[str]:
        """Say that one of the two columns of supplements came alone, and is therefore not used."""
        here = [field for field in SUPPLEMENT if field in self.header.columns]
        if len(here) == 1:
            other = next(field for field in SUPPLEMENT if field not in here)
            yield (
                f"có cột “{self.heading(here[0])}” mà không có cột “{self.profile.names[other]}”; cột này "
                "không được dùng, các lần yêu cầu bổ sung đã lưu được giữ nguyên"
            )

    def _has_day_above_12(self, field: str) -> bool:
        """Tell whether a date of the column proves that its days come before its months."""
        column = self.header.columns[field]
        for cells in self.sheet.rows[self.header.data_row :]:
            with suppress(ValueError):
                moment = moment_of(cells[column]) if column < len(cells) else None
                if moment and moment.day > 12:
                    return True
        return False
