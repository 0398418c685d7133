"""Undo: take a batch back, so that every dossier stands as it stood before it; or say why that cannot be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from latewatch.domain.letters.life import UNNUMBERED
from latewatch.errors import UndoError
from latewatch.jobs.assess import Deadlines, assess, refuse_old_calendar
from latewatch.jobs.integrity.find import find
from latewatch.jobs.letters.prints import draft_path, is_removed
from latewatch.jobs.office import Office
from latewatch.store.cases import assessed
from latewatch.store.cases import lettered as with_letter
from latewatch.store.history import Taken, taken
from latewatch.store.letters.drafts import stored_drafts
from latewatch.store.undo import (
    Later,
    TakenBack,
    brought,
    is_running,
    later_changes,
    lettered,
    take_back,
    unchanged_since,
)

NAMED = 5  # codes a message names


@dataclass(frozen=True, slots=True)
class Undone:
    """What taking the batch `of` back did. `drafts` went with their dossiers.

    `unchanged_since` are later files of its source that told of dossiers what was known already: where that
    was what the undone batch had said, it is gone all the same.
    """

    of: Taken
    done: TakenBack
    drafts: int
    moved: int
    unchanged_since: list[Later]


def undo_batch(office: Office, number: int, by: str, reason: str, now: datetime) -> Undone:
    """Take batch `number` back in one transaction, then assess. Raises UndoError with what hinders it.

    Nothing that was kept is lost: what a dossier says again is a new version of it.
    """
    with office.store.writing() as connection:
        refuse_old_calendar(connection, office)
        batch = _undoable(connection, number)
        leaving = brought(connection, number)
        _refuse_numbered(connection, number, leaving)
        since = unchanged_since(connection, number, batch.source)
        drafts = _remove_drafts(office, connection, leaving)
        done = take_back(connection, number, by, reason, now)
    moved = assess(office, now)
    find(office, now)
    return Undone(batch, done, drafts, moved, since)


def _undoable(connection: Connection, number: int) -> Taken:
    """Return the batch, if it can be undone."""
    batch = taken(connection, number)
    if batch is None:
        raise UndoError(f"Không có lô {number}; xem các lô: latewatch import list")
    problem = _problem(batch)
    if problem:
        raise UndoError(f"Không hoàn tác được lô {number}: {problem}")
    later = later_changes(connection, number)
    if later:
        raise UndoError(f"Chưa hoàn tác được lô {number}: {_later_words(later)}")
    if batch.is_run and is_running(connection, batch.source):
        raise UndoError(
            f"Chưa hoàn tác được lô {number}: nguồn {batch.source} đang được lấy tiếp; chạy latewatch poll "
            "cho xong rồi hoàn tác từ lô mới nhất"
        )
    return batch


def _problem(batch: Taken) -> str:
    if batch.undoes is not None:
        return f"đây là lần hoàn tác lô {batch.undoes}; muốn lấy lại thì nhập lại tệp: latewatch import TỆP"
    match batch.state:
        case "undone":
            return f"đã hoàn tác rồi (lô {batch.undone_by})"
        case "running":
            return "đang lấy hoặc bị ngắt giữa chừng; chạy latewatch poll cho xong rồi hoàn tác"
        case "failed" | "cured":
            return "lần lấy này hỏng, không ghi gì vào hồ sơ"
    return ""


def _later_words(later: Sequence[Later]) -> str:
    named = ", ".join(f"lô {each.batch} ({each.origin}: {each.dossiers} hồ sơ)" for each in later)
    return f"lô sau đã đổi tiếp hồ sơ của nó: {named}. Hoàn tác lần lượt từ lô {later[0].batch} trước"


def _refuse_numbered(connection: Connection, number: int, leaving: Sequence[str]) -> None:
    """Refuse where a dossier would vanish whose letter a citizen holds, or the register of letters."""
    kept = lettered(connection, leaving, for_good=True)
    if kept:
        named = ", ".join(kept[:NAMED])
        more = f" và {len(kept) - NAMED} hồ sơ nữa" if len(kept) > NAMED else ""
        raise UndoError(
            f"Không hoàn tác được lô {number}: hồ sơ {named}{more} do lô này đưa vào, đã có văn bản xin lỗi "
            "được cấp số hoặc phát hành. Hãy xuất lại cho đúng và nhập tệp mới thay cho hoàn tác"
        )


def _remove_drafts(office: Office, connection: Connection, leaving: Sequence[str]) -> int:
    """Remove the PDFs of the drafts that leave with their dossiers; if the undo fails, they are redrawn."""
    codes = set(lettered(connection, leaving, for_good=False))
    if not codes:
        return 0
    deadlines = Deadlines(office)
    cases = {each.id: deadlines.case(each) for each in assessed(connection, with_letter(*UNNUMBERED))}
    for stored in stored_drafts(connection):
        case = cases[stored.draft.dossier_id]
        path = draft_path(office.settings.paths.letters, office, stored, case)
        if case.dossier.code in codes and not is_removed(path):
            raise UndoError(f"{path}: không xóa được dự thảo; đóng tệp đang mở rồi hoàn tác lại")
    return len(codes)
