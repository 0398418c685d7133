"""The documents of letters: what was numbered and what was signed, kept as they were, byte by byte."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from latewatch.store import schema
from latewatch.store.database import insert_or_else

_DOCUMENT = schema.letter_document.c


class DocumentKind(StrEnum):
    """UNSIGNED is the numbered letter as it is handed out for signing."""

    UNSIGNED = "unsigned"
    SIGNED = "signed"


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a letter. `report` says what is known of the signatures in it."""

    letter_id: int
    kind: DocumentKind
    content: bytes
    sha256: str
    made_at: datetime
    report: dict[str, Any] | None = None


def keep_document(  # noqa: PLR0917  what makes a document
    connection: Connection,
    letter_id: int,
    kind: DocumentKind,
    content: bytes,
    at: datetime,
    report: dict[str, Any] | None = None,
) -> Document:
    """Keep a document and return it; where one was kept before, that stays and is returned."""
    kept = insert_or_else(connection, schema.letter_document)
    kept = kept.values(
        letter_id=letter_id,
        kind=kind,
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        made_at=at,
        report=report,
    )
    connection.execute(kept.on_conflict_do_nothing())
    document = document_of(connection, letter_id, kind)
    if document is None:  # a foreign key stops this before
        raise AssertionError
    return document


def document_of(connection: Connection, letter_id: int, kind: DocumentKind) -> Document | None:
    found = select(*(_DOCUMENT[name] for name in Document.__slots__))
    row = (
        connection.execute(found.where(_DOCUMENT.letter_id == letter_id, _DOCUMENT.kind == kind))
        .mappings()
        .first()
    )
    return Document(**{**row, "kind": DocumentKind(row["kind"])}) if row else None


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose document a hash is."""

    letter_id: int
    kind: DocumentKind
    sha256: str
    made_at: datetime


def owners(connection: Connection, hashes: Sequence[str]) -> list[Owner]:
    """Return the letters that have a document with one of these SHA-256."""
    return _owners(connection, _DOCUMENT.sha256.in_(hashes))


def owners_by_start(connection: Connection, start: str) -> list[Owner]:
    """Return the letters that have a document whose SHA-256 starts so, as file names have it."""
    return _owners(connection, _DOCUMENT.sha256.between(start, start + "g"))  # after every hexadecimal digit


def _owners(connection: Connection, condition: ColumnElement[bool]) -> list[Owner]:
    found = select(*(_DOCUMENT[name] for name in Owner.__slots__)).where(condition).order_by(_DOCUMENT.id)
    rows = connection.execute(found).mappings()
    return [Owner(**{**row, "kind": DocumentKind(row["kind"])}) for row in rows]
