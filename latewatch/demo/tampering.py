"""What some officers of the demo did to their figures, so that a supervisor sees what signs look like. Pure.

Of late dossiers of one unit the finish was set to the promise; one that was late was withdrawn, and entered
anew for the same person.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

from latewatch.demo.arrivals import DEMO_NOW
from latewatch.domain.dossier import Dossier, Status
from latewatch.domain.worktime import WorkCalendar

COPIED = 3
LATELY = timedelta(days=45)
SOON = timedelta(days=14)  # after the withdrawal, the same person stands in the register again
WITHDRAWN_AT = time(9, 40)


def tampered(dossiers: Sequence[Dossier], calendar: WorkCalendar) -> tuple[Dossier, ...]:
    """Return the dossiers of a register with what was done to some; all others are as they were."""
    changed = {each.code: each for each in (*_copied(dossiers), *_entered_anew(dossiers, calendar))}
    return tuple(changed.get(each.code, each) for each in dossiers)


def _copied(dossiers: Sequence[Dossier]) -> Iterator[Dossier]:
    """Yield the last late ones of the unit that is late most often, done when they were promised."""
    late = [each for each in dossiers if _is_late(each)]
    units = [each.resolving_unit for each in late]
    unit = max(sorted(set(units)), key=units.count, default="")
    for each in [each for each in late if each.resolving_unit == unit][-COPIED:]:
        yield replace(each, processed_at=each.promised_at)


def _is_late(each: Dossier) -> bool:
    if not each.processed_at or not each.promised_at or each.status is not Status.RETURNED:
        return False
    is_lately = each.promised_at > DEMO_NOW - LATELY
    return is_lately and each.processed_at.date() > each.promised_at.date()


def _entered_anew(dossiers: Sequence[Dossier], calendar: WorkCalendar) -> Iterator[Dossier]:
    """Yield one pair: what was withdrawn the working day after it was due, and what came then."""
    for old in dossiers:
        if old.status is not Status.WITHDRAWN or not old.promised_at or old.promised_at < DEMO_NOW - LATELY:
            continue
        day = calendar.add(old.promised_at.date(), 1)
        withdrawn_at = datetime.combine(day, WITHDRAWN_AT, old.promised_at.tzinfo)
        for new in dossiers:
            if new.received_at and new.procedure == old.procedure and _follows(new.received_at, withdrawn_at):
                yield replace(old, processed_at=withdrawn_at)
                yield replace(new, applicant=old.applicant, address=old.address, phone=old.phone)
                return


def _follows(received_at: datetime, withdrawn_at: datetime) -> bool:
    return withdrawn_at < received_at < withdrawn_at + SOON and withdrawn_at < DEMO_NOW
