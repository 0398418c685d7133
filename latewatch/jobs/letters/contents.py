"""What one letter says: facts of the dossier, words of the unit that resolves it, dates of the draft."""

from datetime import date

from latewatch.config import Unit
from latewatch.domain.letters.letter import Letter, LetterForm, Letterhead
from latewatch.domain.standing import Case
from latewatch.jobs.office import Office
from latewatch.store.letters.drafts import Draft


def letter_of(office: Office, draft: Draft, case: Case) -> Letter:
    """Return what the letter says. Units that overran their part are not accused in it, nor in its data."""
    dossier = case.dossier
    return Letter(
        head=letterhead(office, case),
        form=LetterForm(draft.form),
        title=office.settings.letters.title,
        dated=draft.dated,
        code=dossier.code,
        applicant=dossier.applicant,
        address=dossier.address,
        phone=dossier.phone,
        received_at=dossier.received_at,
        procedure=dossier.procedure,
        field=dossier.field,
        promised_on=promised_on(office, case) or draft.due_on,
        new_date=draft.new_date,
        reason=draft.reason,
    )


def last_promise(office: Office, case: Case) -> date | None:
    """Return the later of the due day and the promised one, which a new date must be after."""
    known = (case.due_on, promised_on(office, case))
    return max(filter(None, known), default=None)


def promised_on(office: Office, case: Case) -> date | None:
    """Return the promised date; one beyond the known years is a slip of the pen, and no letter repeats it."""
    promised_on = case.deadline.promised_on
    return promised_on if promised_on and promised_on <= office.calendar.last else None


def letterhead(office: Office, case: Case) -> Letterhead:
    """Return the letterhead of the unit that resolves the dossier: its own words, else the office's.

    Of a dossier of several units that is the one which returns the result (NĐ 118/2025, Điều 20.2), whichever
    holds it now or is at fault.
    """
    general = office.settings.office
    known = office.roster.unit_of(case.dossier)
    unit = next((each for each in office.settings.units if known and each.code == known.code), None)
    if unit is None:
        unit = Unit(code="", name=case.unit or general.issuing_body or general.name)
    deputy = unit.deputy_title if unit.deputy_title is not None else general.deputy_title
    return Letterhead(
        governing_body=unit.governing_body or general.governing_body,
        issuing_body=unit.issuing_body or unit.name or general.issuing_body,
        place=unit.place or general.place,
        signer_title=unit.signer_title or general.signer_title,
        unit_name=unit.name,
        deputy_title=deputy,
        signer_name=unit.signer_name or general.signer_name,
        symbol=unit.letter_symbol or general.letter_symbol,
        desk_name=general.desk_name,
    )
