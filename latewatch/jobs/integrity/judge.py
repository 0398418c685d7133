"""How the limits of facts a source once told run, by this office's rules of today."""

from latewatch.domain.deadline import Deadline
from latewatch.domain.dossier import Cause, Dossier, Suspension
from latewatch.domain.suspension import Effect
from latewatch.jobs.assess import Deadlines
from latewatch.jobs.office import Office
from latewatch.store.cases import Assessed


class Judge:
    """Decides deadlines of dossiers that are not stored as they are asked about."""

    def __init__(self, office: Office) -> None:
        self._deadlines = Deadlines(office)

    def deadline(self, dossier: Dossier, source: str) -> Deadline:
        return self._deadlines.decide_anew(_assessed(dossier, source))

    def effects(self, dossier: Dossier, source: str) -> dict[Cause, Effect]:
        """Return what each cause does to the limit of this dossier's procedure."""
        rules = self._deadlines.facts(_assessed(dossier, source)).rules
        return {cause: rules.effect(cause) for cause in Cause}

    def stopping(self, dossier: Dossier, source: str) -> tuple[Suspension, ...]:
        """Return the interruptions that stop its limit."""
        if not dossier.suspensions:
            return ()
        effects = self.effects(dossier, source)
        return tuple(each for each in dossier.suspensions if effects[each.cause] is not Effect.RUNS_ON)


def _assessed(dossier: Dossier, source: str) -> Assessed:
    return Assessed(
        id=0,
        version=0,
        dossier=dossier,
        deadline=None,
        rules="",
        standing=None,
        draft_on=None,
        letter_on=None,
        revised_on=None,
        recalled_on=None,
        source=source,
    )
