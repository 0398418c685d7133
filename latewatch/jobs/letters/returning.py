"""Signed letters taken back: whose they are, whether they are what was handed out, who signed them."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from latewatch.domain.letters.life import LetterState, Move, check_author
from latewatch.errors import LetterError
from latewatch.jobs.letters.documents import from_content
from latewatch.jobs.letters.handing import hash_in
from latewatch.jobs.letters.moving import Selection, move_letters
from latewatch.jobs.letters.signing import keeping
from latewatch.jobs.office import Office
from latewatch.letters.signing.reading import MOST_BYTES, too_large
from latewatch.letters.signing.report import NOTHING, DocumentReport
from latewatch.letters.signing.trust import Trust, read_trust
from latewatch.letters.signing.verify import verified
from latewatch.progress import Progress, silent
from latewatch.store.letters.documents import DocumentKind, Owner, document_of, owners, owners_by_start
from latewatch.store.letters.life import StoredLetter, letter_with

_END = b"%%EOF"
_MOST_ENDS = 20  # revisions of a file in which the letter may be the first
WHY = "nhận lại bản ký số"
_STRANGE = "không thuộc văn bản nào latewatch đã cấp số; kiểm tra có đúng tệp do letters hand-out xuất"


@dataclass(frozen=True, slots=True)
class Returned:
    """What became of one file. `problems` is everything that is wrong; without any it is good."""

    file: str
    code: str = ""
    number: str = ""
    report: DocumentReport = NOTHING
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    """A returned file with the letter it belongs to."""

    letter: StoredLetter
    handed_out: bytes
    content: bytes
    kept_at: datetime | None  # when this very file was kept, if it was


def attach_signed(
    office: Office,
    paths: Sequence[Path],
    now: datetime,
    *,
    by: str,
    dry_run: bool = False,
    progress: Progress = silent,
) -> list[Returned]:
    """Take back signed letters: files, or all PDFs of a folder. What is refused is named with every reason.

    Raises LetterError where the office trusts nobody, or a path is not there.
    """
    check_author(by)
    trust = trust_of(office)
    taken = []
    for file in progress(list(_files(paths)), "Nhận văn bản đã ký"):
        returned, found = _judged(office, file, trust, now)
        if found is not None:
            returned = _with_state(returned, found.letter)
        if found is not None and not returned.problems:
            returned = _taken(office, found, returned, now, by=by, dry_run=dry_run)
        taken.append(returned)
    return taken


def verify_signed(office: Office, file: Path, now: datetime) -> Returned:
    """Judge a signed letter without taking it; one that was kept, as of then. Raises LetterError."""
    (only,) = _files([file])
    return _judged(office, only, trust_of(office), now)[0]


def trust_of(office: Office) -> Trust:
    signing = office.settings.signing
    if signing.trusted is None:
        raise LetterError(
            "Chưa đặt signing.trusted: cần thư mục chứng thư của các nơi cấp được tin, ví dụ Ban Cơ yếu "
            "Chính phủ, để kiểm tra chữ ký; xem docs/van-hanh.md."
        )
    trust = read_trust(signing.trusted, signing.revoked, signing.timestamp_ca_file)
    if trust.is_empty:
        raise LetterError(f"signing.trusted: thư mục {signing.trusted} không có chứng thư nào (PEM, DER).")
    return trust


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(each for each in path.iterdir() if each.suffix.lower() == ".pdf")
        elif path.is_file():
            yield path
        else:
            raise LetterError(f"{path}: không có tệp hay thư mục này.")


def _judged(office: Office, file: Path, trust: Trust, now: datetime) -> tuple[Returned, _Found | None]:
    try:
        if file.stat().st_size > MOST_BYTES:
            return Returned(file.name, problems=(too_large().text,)), None
        content = file.read_bytes()
    except OSError as e:
        return Returned(file.name, problems=(f"không đọc được tệp: {e.strerror}",)), None
    found = _found(office, file.name, content)
    if found is None:
        return Returned(file.name, problems=(_STRANGE,)), None
    letter = found.letter
    head = from_content(letter.content or {}).head
    report = verified(content, found.handed_out, head, trust, found.kept_at or now)
    problems = tuple(flaw.text for flaw in report.flaws)
    return Returned(file.name, letter.code, letter.shown_number, report, problems), found


def _found(office: Office, name: str, content: bytes) -> _Found | None:
    """Find the letter by the bytes the file starts with; where a program rewrote them, by the file's name."""
    whole = hashlib.sha256(content).hexdigest()
    with office.store.reading() as connection:
        mine = owners(connection, [whole, *_prefixes(content)]) or _by_name(connection, name)
        letter = letter_with(connection, mine[0].letter_id) if mine else None
        document = document_of(connection, letter.id, DocumentKind.UNSIGNED) if letter else None
    if letter is None or document is None:
        return None
    return _Found(letter, document.content, content, _kept_at(mine, whole))


def _by_name(connection: Connection, name: str) -> list[Owner]:
    start = hash_in(name)
    return owners_by_start(connection, start) if start else []


def _kept_at(mine: Sequence[Owner], whole: str) -> datetime | None:
    kept = (each.made_at for each in mine if each.sha256 == whole and each.kind is DocumentKind.SIGNED)
    return next(kept, None)


def _prefixes(content: bytes) -> list[str]:
    """Return the hash of each revision the file may start with: up to %%EOF and the end of its line."""
    hashes, end = [], 0
    for _ in range(_MOST_ENDS):
        end = content.find(_END, end) + len(_END)
        if end < len(_END):
            break
        hashes += [hashlib.sha256(content[: end + more]).hexdigest() for more in (0, 1, 2)]
    return hashes


def _with_state(returned: Returned, letter: StoredLetter) -> Returned:
    """Add why the letter itself takes no signature any more."""
    said = {
        LetterState.CANCELLED: "văn bản này đã hủy; số đã cấp ở lại sổ",
        LetterState.SIGNED: "văn bản này đã ký rồi",
        LetterState.SENT: "văn bản này đã ký và gửi rồi",
        LetterState.CONFIRMED: "văn bản này đã ký và gửi rồi",
    }.get(letter.state, "")
    return replace(returned, problems=(said, *returned.problems)) if said else returned


def _taken(
    office: Office, found: _Found, returned: Returned, now: datetime, *, by: str, dry_run: bool
) -> Returned:
    mine = Selection(found.letter.code, states=(found.letter.state,))
    keep = keeping(found.content, returned.report)
    try:
        move_letters(office, mine, Move.SIGN, now, by=by, why=WHY, prepare=keep, dry_run=dry_run)
    except LetterError as e:
        return replace(returned, problems=(str(e),))
    return returned
