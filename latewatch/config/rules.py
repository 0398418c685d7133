"""What the configuration says of limits and procedures, as the core understands it. Pure."""

from datetime import time

from latewatch.config.settings import Clock, Procedure, Settings
from latewatch.domain.catalogue import CONFIGURED
from latewatch.domain.catalogue import Procedure as CatalogueProcedure
from latewatch.domain.expiry import ClockRules
from latewatch.domain.limit import TimeLimit


def catalogued(procedure: Procedure) -> CatalogueProcedure:
    """Return a procedure of the configuration as the catalogue holds it. Raises ValueError for its limit."""
    own = {name: getattr(procedure, name) for name in procedure.__struct_fields__}
    del own["letter_lead_working_days"]  # says nothing of the limit
    own["limit"] = TimeLimit.parse(procedure.limit) if procedure.limit else None
    own["cutoff"] = minute_of(procedure.cutoff) if procedure.cutoff else None
    return CatalogueProcedure(**own, source=CONFIGURED)


def own_catalogue(settings: Settings) -> list[CatalogueProcedure]:
    """Return the entries that decide before the imported catalogue; one that sets a lead alone hides none."""
    return [catalogued(each) for each in settings.procedures if not _is_lead_alone(each)]


def _is_lead_alone(procedure: Procedure) -> bool:
    about = (
        "code",
        "name",
        "field",
        "level",
        "unit",
        "valid_from",
        "valid_until",
        "letter_lead_working_days",
    )
    rules = (name for name in procedure.__struct_fields__ if name not in about)
    has_rule = any(getattr(procedure, name) not in ("", None) for name in rules)
    return procedure.letter_lead_working_days is not None and not has_rule


def minute_of(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def usual_rules(clock: Clock) -> ClockRules:
    """Return the office's rules for limits."""
    own = {name: getattr(clock, name) for name in clock.__struct_fields__ if name != "limit_from"}
    return ClockRules(**{**own, "cutoff": minute_of(clock.cutoff)})
