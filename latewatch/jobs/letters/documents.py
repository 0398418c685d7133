"""The document of a letter: drawn once from what was fixed with its number, and kept."""

from dataclasses import replace
from datetime import datetime

from latewatch.errors import LetterError
from latewatch.jobs.office import Office
from latewatch.letters.content import from_content, to_content
from latewatch.store.letters.documents import Document, DocumentKind, document_of, keep_document
from latewatch.store.letters.life import StoredLetter

__all__ = ["from_content", "newest_document", "to_content", "unsigned_document"]


def unsigned_document(office: Office, letter: StoredLetter, now: datetime) -> Document:
    """Return the numbered letter as it is handed out for signing; drawn and kept where it is not yet.

    Raises LetterError where the letter has no number.
    """
    if letter.content is None:
        raise LetterError(f"Văn bản xin lỗi của hồ sơ {letter.code} chưa được cấp số nên chưa có bản chính.")
    with office.store.reading() as connection:
        kept = document_of(connection, letter.id, DocumentKind.UNSIGNED)
    if kept:
        return kept
    words = replace(from_content(letter.content), number=letter.number)
    pdf = office.printer().pdf(words)
    with office.store.writing() as connection:
        return keep_document(connection, letter.id, DocumentKind.UNSIGNED, pdf, now)


def newest_document(office: Office, letter: StoredLetter, now: datetime) -> Document:
    """Return the signed letter, or the numbered one where it was signed on paper. Raises LetterError."""
    with office.store.reading() as connection:
        signed = document_of(connection, letter.id, DocumentKind.SIGNED)
    return signed or unsigned_document(office, letter, now)
