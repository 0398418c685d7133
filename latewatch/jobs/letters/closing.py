"""The ends of a letter's life: the person confirmed it, or it was cancelled."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from latewatch.domain.letters.life import UNNUMBERED, Move
from latewatch.errors import LetterError
from latewatch.jobs.letters.moving import Chosen, Moved, Selection, move_letters
from latewatch.jobs.letters.review import remove_print
from latewatch.jobs.office import Office
from latewatch.progress import Progress, silent
from latewatch.store.letters.outbox import drop_needless
from latewatch.store.letters.traces import is_leaving


def confirm_letters(
    office: Office,
    selection: Selection,
    now: datetime,
    *,
    by: str,
    why: str,
    dry_run: bool = False,
    progress: Progress = silent,
) -> list[Moved]:
    """Note that people have their letters; `why` says how they confirmed it."""
    return move_letters(
        office, selection, Move.CONFIRM, now, by=by, why=why, dry_run=dry_run, progress=progress
    )


def cancel_letters(
    office: Office,
    selection: Selection,
    now: datetime,
    *,
    by: str,
    why: str,
    dry_run: bool = False,
    progress: Progress = silent,
) -> list[Moved]:
    """Cancel letters, `why` being written beside the number in the register.

    The print of a draft goes, and what waits in the outbox waits no longer. A letter that is leaving right
    now is refused: whether the person has it, and so used up the appointment, is known in a moment.
    """

    def cancelled(connection: Connection, office: Office, each: Chosen, _now: datetime) -> dict[str, Any]:
        if is_leaving(connection, each.letter.id):
            raise LetterError(
                "Văn bản đang được gửi; đợi lần gửi này xong (chậm nhất 30 phút; xem: latewatch letters "
                "outbox) rồi hủy."
            )
        if each.letter.state in UNNUMBERED and not dry_run:
            remove_print(office, each)
        return {}

    moved = move_letters(
        office,
        selection,
        Move.CANCEL,
        now,
        by=by,
        why=why,
        prepare=cancelled,
        dry_run=dry_run,
        progress=progress,
    )
    if not dry_run:
        with office.store.writing() as connection:
            drop_needless(connection)
    return moved
