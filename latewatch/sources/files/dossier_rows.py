"""One row of an export of dossiers → what it reports of one, or the doubt that keeps it out."""

from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, TypeAlias

from latewatch.domain.dossier import Cause, Suspension
from latewatch.domain.record import Reported
from latewatch.domain.suspension import problem_of
from latewatch.sources.files.cells import REMEMBERED, limit_of, phone_of, procedure_code_of, text_of
from latewatch.sources.files.grid import Cell, Sheet
from latewatch.sources.files.header import Header
from latewatch.sources.files.rows import Doubt, Row, RowReader, meaning
from latewatch.sources.files.scan import Scan
from latewatch.sources.order import misfit_of
from latewatch.sources.profiles.profile import DATE_FIELDS, Profile

Read: TypeAlias = Callable[[Cell], Any]
SUPPLEMENT = ("supplement_asked_at", "supplement_got_at")


class DossierReader(RowReader):
    """Reads the rows of one sheet, and remembers what is odd in cells that decide nothing."""

    SIGNS = ("status", *DATE_FIELDS)

    def __init__(self, file: str, sheet: Sheet, header: Header, profile: Profile, scan: Scan) -> None:
        super().__init__(file, sheet, header, profile, scan)
        readers = self._readers()
        columns = [(field, column) for field, column in header.columns.items() if field != "code"]
        self.plain = [(field, column) for field, column in columns if field not in readers]
        self.read = [(field, column, readers[field]) for field, column in columns if field in readers]
        self._odd: dict[tuple[str, str], list[int]] = {}  # column and reason → row numbers
        self._has_supplements = any(field in header.columns for field in SUPPLEMENT)
        self.unknown: Counter[str] = Counter()  # status words nobody mapped

    def report(self, row: Row, digest: str) -> Reported:
        """Return what `row` reports: only the columns it reaches. Raises Doubt.

        A row with a cell that is left out keeps no digest: next time its warning must be said again.
        """
        self._check_width(row)
        code = self._code(row)
        cells, texts, width = row.cells, row.texts, len(row.texts)
        facts: dict[str, Any] = {field: texts[column] for field, column in self.plain if column < width}
        odd = []
        for field, column, read in self.read:
            if column < width:
                try:
                    facts[field] = read(cells[column])
                except ValueError as e:
                    odd.append((self._left_out(field, e, texts[column]), str(e)))
        if "status" in facts:
            facts["status_text"] = self.text(row, "status")
        self._check_order(facts)
        if self._has_supplements:
            self._join_supplement(facts)
        for each in odd:
            self._odd.setdefault(each, []).append(row.at + 1)
        return Reported(code, facts, self.raw(row), self.place(row.at), (), "" if odd else digest)

    def _readers(self) -> dict[str, Read]:
        """Return how the cells of a field are read, for the fields that are more than text."""
        few = lru_cache(REMEMBERED, typed=True)  # these columns have few distinct cells
        profile = self.profile
        return {
            **{field: self.moment(field) for field in DATE_FIELDS},
            "time_limit": few(lambda cell: limit_of(cell, profile.limit_unit)),
            "phone": phone_of,
            "procedure_code": few(procedure_code_of),
            "status": few(lambda cell: meaning(text_of(cell), profile.status_of, "status")),
            "channel": few(lambda cell: meaning(text_of(cell), profile.channel_of, "channel")),
        }

    def _left_out(self, field: str, error: ValueError, word: str) -> str:
        """Return the column of an unreadable cell that decides nothing, to be left out of the facts.

        The dossier is not lost for it, what was known of the field stays, and a warning says so. Raises Doubt
        where the field decides.
        """
        if field == "status" and word:
            self.unknown[word] += 1
        if field in self.profile.deciding:
            raise Doubt(self.heading(field), str(error)) from error
        return self.heading(field)

    def _check_order(self, facts: dict[str, Any]) -> None:
        """Refuse a row without a receipt, and one that promises a result before the receipt."""
        if "status" not in facts:
            raise Doubt(self.heading("status"), "dòng bị ngắt, không có ô trạng thái; hãy xuất lại tệp")
        misfit = misfit_of(facts)
        if misfit:
            field, problem = misfit
            cure = (
                "hãy ghi ngày rồi xuất lại" if field == "received_at" else "hãy sửa ngày sai ở nơi xuất tệp"
            )
            raise Doubt(self.heading(field), f"{problem}; {cure}")

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
        return self.notes() + odd + [f"{where}: {text}" for text in self._half_supplement()]

    def _half_supplement(self) -> Iterator[str]:
        """Say that one of the two columns of supplements came alone, and is therefore not used."""
        here = [field for field in SUPPLEMENT if field in self.header.columns]
        if len(here) == 1:
            other = next(field for field in SUPPLEMENT if field not in here)
            yield (
                f"có cột “{self.heading(here[0])}” mà không có cột “{self.profile.names[other]}”; cột này "
                "không được dùng, các lần yêu cầu bổ sung đã lưu được giữ nguyên"
            )
