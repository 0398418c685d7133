"""How many working days before the due day an apology is drafted: its procedure's lead, else the office's.

Pure. Drafts, the digest, changes of the calendar and the check all read it from the case: it is decided here.
"""

from collections.abc import Iterable
from datetime import date

from latewatch.domain.catalogue import Catalogue, Procedure
from latewatch.domain.dossier import Dossier


class Leads:
    """The office's lead and those of single procedures, in working days; 0 is the due day itself."""

    def __init__(self, usual: int, own: Iterable[tuple[Procedure, int]] = ()) -> None:
        leads = dict(own)
        self._usual = usual
        self._procedures = Catalogue(leads)
        self._leads = leads
        self._found: dict[tuple[str, str, date], int] = {}

    def of(self, dossier: Dossier) -> int:
        """Return the lead of `dossier`: its procedure's on the day of receipt, by code, else by name.

        Of one whose receipt nobody knows, what holds without an end.
        """
        if not self._leads:
            return self._usual
        key = dossier.procedure_code, dossier.procedure, dossier.received_on or date.max
        if key not in self._found:
            self._found[key] = self._find(*key)
        return self._found[key]

    def _find(self, code: str, name: str, on: date) -> int:
        procedure = self._procedures.find(code, name, on)
        return self._usual if procedure is None else self._leads[procedure]
