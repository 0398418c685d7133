"""Proof: everything of a dossier's letters in one ZIP, for an inspection.

The same facts give the same bytes, whenever it is made: nothing in it is read from a clock, and what depends
on the day is told as of the moment of the newest fact.
"""

import hashlib
import io
import zipfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from latewatch.disk import write_whole
from latewatch.domain.letters.life import NUMBERED, OUT, LetterState
from latewatch.domain.names import tidy
from latewatch.jobs.explain import Explanation, explain_dossier
from latewatch.jobs.history import History, history
from latewatch.jobs.letters.documents import unsigned_document
from latewatch.jobs.letters.proof_words import due_text, history_text, journal_text, read_me, sums_text
from latewatch.jobs.letters.showing import LetterStory, letter_stories
from latewatch.jobs.office import Office
from latewatch.store.letters.documents import Document, DocumentKind, document_of
from latewatch.store.letters.life import letter_with

READ_ME, SUMS = "DOC-TRUOC.txt", "SHA256SUMS"
NAMES = {DocumentKind.UNSIGNED: "chua-ky.pdf", DocumentKind.SIGNED: "da-ky.pdf"}
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a ZIP can hold: files in it have none of their own


@dataclass(frozen=True, slots=True)
class ProvenLetter:
    """A letter with its documents; those in `altered` are not the bytes that were kept."""

    folder: str
    story: LetterStory
    documents: list[Document]

    @property
    def altered(self) -> list[str]:
        return [
            f"{self.folder}/{NAMES[each.kind]}"
            for each in self.documents
            if _sum(each.content) != each.sha256
        ]


@dataclass(frozen=True, slots=True)
class Proof:
    """All that is known of a dossier's letters, as of its newest fact."""

    code: str
    as_of: datetime
    letters: list[ProvenLetter]
    explanation: Explanation
    history: History


@dataclass(frozen=True, slots=True)
class Exported:
    """The file that was written; `altered` names documents that are not what was kept."""

    path: Path
    sha256: str
    letters: int
    altered: list[str]


def export_proof(office: Office, code: str, out: Path, now: datetime) -> Exported:
    """Write the proof of the letters of dossier `code` to `out`, whole or not at all.

    Raises LetterError where it has none, and StoreError.
    """
    proof = proof_of(office, tidy(code), now)
    content = zipped(proof_files(proof))
    write_whole(out, content, setting="--out")
    altered = [each for letter in proof.letters for each in letter.altered]
    return Exported(out, _sum(content), len(proof.letters), altered)


def proof_of(office: Office, code: str, now: datetime) -> Proof:
    """Gather the proof; the document of a numbered letter is drawn where it never was. Raises as above."""
    _draw_missing(office, code, now)
    past = history(office, code, full=True)
    as_of = max(each.past.taken_at for each in past.versions)
    for story in letter_stories(office, code, now):
        as_of = max(as_of, *_moments(story))
    stories = letter_stories(office, code, as_of, full=True)
    letters = [_proven(office, number, story) for number, story in enumerate(stories, start=1)]
    return Proof(code, as_of, letters, explain_dossier(office, code, as_of), past)


def _draw_missing(office: Office, code: str, now: datetime) -> None:
    for story in letter_stories(office, code, now):
        has_one = any(each.kind is DocumentKind.UNSIGNED for each in story.documents)
        if story.row.state not in (*NUMBERED, *OUT) or has_one:
            continue
        with office.store.reading() as connection:
            letter = letter_with(connection, story.row.letter_id)
        if letter and letter.content is not None:
            unsigned_document(office, letter, now)


def _proven(office: Office, number: int, story: LetterStory) -> ProvenLetter:
    with office.store.reading() as connection:
        found = [document_of(connection, story.row.letter_id, kind) for kind in DocumentKind]
    return ProvenLetter(f"van-ban-{number}", story, [each for each in found if each])


def _moments(story: LetterStory) -> list[datetime]:
    tried = [attempt.at for delivery in story.deliveries for attempt in delivery.attempts]
    return [*(change.at for change in story.changes), *tried, *(made.made_at for made in story.documents)]


def proof_files(proof: Proof) -> dict[str, bytes]:
    """Return the files of a proof by their names; what to read first comes first."""
    files: dict[str, bytes] = {
        "noi-dung.json": _json(proof_document(proof)),
        "giai-trinh-han.txt": due_text(proof.explanation).encode(),
        "lich-su-ho-so.txt": history_text(proof.history).encode(),
    }
    for each in proof.letters:
        files[f"{each.folder}/nhat-ky.txt"] = journal_text(each.story).encode()
        for document in each.documents:
            files[f"{each.folder}/{NAMES[document.kind]}"] = document.content
            if document.report is not None:
                files[f"{each.folder}/bao-cao-chu-ky.json"] = _json(document.report)
    altered = [name for each in proof.letters for name in each.altered]
    shown = read_me(proof.code, proof.as_of, [each.story for each in proof.letters], altered).encode()
    sums = {READ_ME: _sum(shown), **{name: _sum(files[name]) for name in sorted(files)}}
    return {READ_ME: shown, SUMS: sums_text(sums).encode(), **{name: files[name] for name in sorted(files)}}


def proof_document(proof: Proof) -> dict[str, Any]:
    """Return the proof as data: every row, with the files it belongs to."""
    return {
        "code": proof.code,
        "as_of": proof.as_of,
        "holds_personal_data": True,
        "letters": [_letter_document(each) for each in proof.letters],
        "due": _due_document(proof.explanation),
        "history": [_version_document(each) for each in proof.history.versions],
    }


def _letter_document(each: ProvenLetter) -> dict[str, Any]:
    story = each.story
    row = msgspec.to_builtins(story.row)
    row.pop("next")  # depends on the day it is asked
    confirmed = next((step for step in story.changes if step.after is LetterState.CONFIRMED), None)
    files = {document.kind: f"{each.folder}/{NAMES[document.kind]}" for document in each.documents}
    return {
        **row,
        "words": story.words,
        "words_are_fixed": story.is_fixed,
        "steps": story.changes,
        "confirmation": confirmed,
        "documents": [{"file": files[kept.kind], **msgspec.to_builtins(kept)} for kept in story.documents],
        "deliveries": story.deliveries,
        "altered_documents": each.altered,
    }


def _due_document(found: Explanation) -> dict[str, Any]:
    deadline, facts = found.case.deadline, found.account.facts
    return {
        "received_at": facts.received_at,
        "limit": facts.limit.label if facts.limit else None,
        "computed_on": deadline.computed_on,
        "promised_on": deadline.promised_on,
        "due_at": deadline.due_at,
        "basis": deadline.basis,
        "calendar": deadline.calendar_version,
        "standing": found.standing,
        "working_days_late": found.working_days_late,
        "steps": found.steps,
    }


def _version_document(each: Any) -> dict[str, Any]:
    past = each.past
    names = ("version", "taken_at", "source", "batch", "origin", "place", "undoes", "undone_by")
    raw = [{"heading": heading, "text": text} for heading, text in each.raw]
    return {**{name: getattr(past, name) for name in names}, "raw": raw}


def _json(document: Any) -> bytes:
    encoded = msgspec.json.encode(document, enc_hook=str, order="sorted")
    return msgspec.json.format(encoded, indent=2) + b"\n"


def _sum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def zipped(files: dict[str, bytes]) -> bytes:
    """Return a ZIP of `files` in their order, without compression: what it holds alone decides its bytes."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system = 3  # the same on every machine
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, content)
    return memory.getvalue()
