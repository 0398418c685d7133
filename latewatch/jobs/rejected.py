"""Rejected: the rows a batch set aside, as a workbook in which they can be corrected and brought back."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from latewatch.domain.correction import DOUBT, is_own, own_headings
from latewatch.domain.record import Rejected
from latewatch.reports.rejected import RejectedRow, RejectedSheet, rejected_workbook
from latewatch.sources.profiles.profile import Profile, System
from latewatch.sources.rereading import (
    fields_by_heading,
    in_doubt,
    must_be_looked_at,
    unproven,
    written_headings,
    written_text,
)
from latewatch.store.outcomes import Outcome

NO_SHEET = "Gác lại"  # what the sheet of a text file is called
LOOK = f". Ô có dấu{DOUBT} ở cuối: xem lại, rồi ghi ngày dạng năm-tháng-ngày, ví dụ 2026-12-31"


def can_be_corrected(rejected: Sequence[Rejected], profile: Profile) -> bool:
    """Tell whether these are rows of a table: a record of an interface is corrected where it comes from."""
    are_rows = all(isinstance(cell, str) for each in rejected for cell in each.raw.values())
    return bool(rejected) and are_rows and profile.system is System.FILES


def correction_book(
    rejected: Sequence[Rejected], outcome: Outcome, profile: Profile, *, is_kept: bool = True
) -> bytes:
    """Return the workbook of the rows that the batch of `outcome` set aside.

    Of a file that was only looked at (`is_kept` false) it does not say whose rows it corrects.
    """
    reasons = {each.reason for each in rejected}
    book = _Book(
        profile=profile,
        fields=frozenset(outcome.fields),
        notes=own_headings(outcome.id if is_kept else None),
        has_doubtful_dates=must_be_looked_at(reasons, outcome.warnings, profile),
    )
    groups = groupby(rejected, key=lambda each: each.place.sheet)
    sheets = [book.sheet(name or NO_SHEET, list(rows)) for name, rows in groups]
    return rejected_workbook(sheets, outcome.taken_at)


@dataclass(frozen=True, slots=True)
class _Book:
    """What holds for every sheet: how its file was read, and what the columns before its rows are called."""

    profile: Profile
    fields: frozenset[str]
    notes: tuple[str, ...]
    has_doubtful_dates: bool

    def sheet(self, name: str, rows: Sequence[Rejected]) -> RejectedSheet:
        headings = _headings(rows)
        found = fields_by_heading(headings, self.fields, self.profile)
        fields = [found.get(heading) for heading in headings]
        return RejectedSheet(
            name=name,
            notes=self.notes,
            headings=written_headings(headings, found, self.profile),
            rows=[self._row(each, headings, fields) for each in rows],
        )

    def _row(self, each: Rejected, headings: Sequence[str], fields: Sequence[str | None]) -> RejectedRow:
        raw = [each.raw.get(heading, "") for heading in headings]
        texts = [written_text(text, field) for text, field in zip(raw, fields, strict=True)]
        if self.has_doubtful_dates:
            texts = [in_doubt(text, field) for text, field in zip(texts, fields, strict=True)]
        texts = unproven(texts, fields, each.reason)
        marked = {at for at, text in enumerate(texts) if text.endswith(DOUBT)}
        blamed = {at for at, heading in enumerate(headings) if heading == each.column}
        reason = f"{each.reason}{LOOK if marked else ''}"
        notes = (reason, each.column, str(each.place.row))
        return RejectedRow(notes, tuple(texts), frozenset(blamed | marked))


def _headings(rows: Sequence[Rejected]) -> tuple[str, ...]:
    """Return the headings of the sheet in their order; a longer row may have had more of them."""
    by_length = sorted((tuple(each.raw) for each in rows), key=len, reverse=True)
    names = dict.fromkeys(name for names in dict.fromkeys(by_length) for name in names)
    return tuple(name for name in names if not is_own(name))
