"""Printing letters, measured."""

from datetime import UTC, date, datetime

from measure import Result, best_of

from latewatch.domain.letters.letter import Letter, LetterForm, Letterhead
from latewatch.letters.render import LetterPrinter

LETTERS = 20
NOW = datetime(2026, 11, 12, 1, tzinfo=UTC)


def print_letters() -> Result:
    """Print letters with one printer, against a new printer for each."""
    letter = _letter()
    printer = LetterPrinter()
    printer.pdf(letter)
    return Result(
        "letters",
        LETTERS,
        best_of(lambda: [LetterPrinter().pdf(letter) for _ in range(LETTERS)], 1),
        best_of(lambda: [printer.pdf(letter) for _ in range(LETTERS)], 1),
        "baseline: fonts, style and templates read for each letter",
    )


def _letter() -> Letter:
    head = Letterhead(
        governing_body="UBND tỉnh Mẫu", issuing_body="Sở Xây dựng", place="Mẫu", signer_title="Giám đốc"
    )
    return Letter(
        head=head,
        form=LetterForm.EXTENSION,
        title="",
        dated=date(2026, 11, 12),
        code="H99-261102-0007",
        applicant="Nguyễn Văn Ví Dụ",
        address="Thôn Mẫu, xã Ví Dụ",
        phone="0900000123",
        received_at=NOW,
        procedure="Cấp giấy phép xây dựng",
        field="Xây dựng",
        promised_on=date(2026, 11, 13),
        new_date=date(2026, 11, 20),
        reason="chờ ý kiến của cơ quan phối hợp",
    )
