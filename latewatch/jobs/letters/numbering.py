"""Numbering: a reviewed letter gets the next number of its register, and with it its words are fixed.

Number, words and the row that says who did it are one short transaction: killed anywhere, the register has no
gap. The PDF is drawn from the fixed words afterwards, when somebody first needs it.
"""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from latewatch.domain.letters.checks import check_dated
from latewatch.domain.letters.life import Move
from latewatch.domain.letters.register import register_for
from latewatch.domain.standing import Case
from latewatch.jobs.letters.documents import to_content
from latewatch.jobs.letters.moving import Chosen, Moved, Selection, move_letters
from latewatch.jobs.letters.review import checked_letter, remove_print
from latewatch.jobs.office import Office
from latewatch.progress import Progress, silent
from latewatch.store.letters.register import newest_date, next_number


def number_letters(
    office: Office,
    selection: Selection,
    now: datetime,
    *,
    by: str,
    dated: date | None = None,
    why: str = "",
    dry_run: bool = False,
    progress: Progress = silent,
) -> list[Moved]:
    """Give each chosen letter its number, in the order of their codes; they are dated today, or `dated`.

    What was reviewed is checked again: it may have become wrong since.
    """
    day = dated or now.date()

    def number(connection: Connection, office: Office, each: Chosen, now: datetime) -> dict[str, Any]:
        letter = checked_letter(office, each, now.date(), day)
        register = register_of(office, each.case)
        check_dated(day, each.letter.dated, now.date(), newest_date(connection, register, day.year))
        if not dry_run:
            remove_print(office, each)  # it has a blank where the number is
        taken = next_number(connection, register, day.year)
        content = to_content(replace(letter, number=taken))
        return {"dated": day, "register": register, "year": day.year, "number": taken, "content": content}

    return move_letters(
        office,
        selection,
        Move.NUMBER,
        now,
        by=by,
        why=why,
        prepare=number,
        dry_run=dry_run,
        progress=progress,
    )


def register_of(office: Office, case: Case) -> str:
    """Return the register the letter of this dossier is numbered in; an unknown unit uses the office's."""
    unit = office.roster.unit_of(case.dossier)
    return register_for(office.settings.letters.register, unit.code if unit else "")
