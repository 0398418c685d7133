"""How the limits of stored rows end on their last day: by procedure, source or office, once a kind."""

from datetime import date, datetime

from latewatch.clock import VIETNAM
from latewatch.config import usual_rules
from latewatch.domain.catalogue import clock_rules
from latewatch.domain.expiry import Ends
from latewatch.domain.names import fold
from latewatch.jobs.office import Office
from latewatch.store.movable import Movable


class LimitEnds:
    """The `ends` of `Deadlines.facts`, for rows that hold little more than their numbers."""

    def __init__(self, office: Office) -> None:
        own = [each for each in office.catalogue.procedures if each.ends]
        self.by_procedure = bool(own)
        self._codes = {each.code for each in own} - {""}
        self._names = {fold(each.name) for each in own} - {""}
        self._catalogue = office.catalogue
        self._usual = usual_rules(office.settings.clock)
        self._sources = office.ends
        self._known: dict[tuple[str, str, str], Ends | None] = {}
        self._dated: dict[tuple[str, str, str, date], Ends] = {}

    def of(self, row: Movable) -> Ends:
        kind = (row.source, row.procedure_code, row.procedure)
        if kind not in self._known:
            self._known[kind] = (
                None if self._is_ruled(row) else self._sources.get(row.source) or self._usual.ends
            )
        return self._known[kind] or self._on_its_day(kind, row)

    def _is_ruled(self, row: Movable) -> bool:
        """Tell whether a procedure may have a say; which entry holds depends on the day of receipt."""
        return row.procedure_code in self._codes or fold(row.procedure) in self._names

    def _on_its_day(self, kind: tuple[str, str, str], row: Movable) -> Ends:
        source, code, name = kind
        day = datetime.fromtimestamp(row.received, VIETNAM).date()
        if (*kind, day) not in self._dated:
            procedure = self._catalogue.find(code, name, day)
            self._dated[*kind, day] = clock_rules(procedure, self._usual, self._sources.get(source)).ends
        return self._dated[*kind, day]
