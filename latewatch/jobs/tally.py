"""Tally: the figures of a period in any form, under a named rule."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from latewatch.clock import at_midnight
from latewatch.domain.names import fold, tidy
from latewatch.domain.period import Period
from latewatch.domain.standing import Case
from latewatch.domain.tally.forms import LAYOUTS
from latewatch.domain.tally.identities import check_sections
from latewatch.domain.tally.layout import By, Form, Layout
from latewatch.domain.tally.letters import LetterCounts, place_letters
from latewatch.domain.tally.placing import Placing
from latewatch.domain.tally.rule import SHIPPED, TT09, CountingRule, Resolved
from latewatch.domain.tally.stages import StageCounts, place_stages
from latewatch.domain.tally.supplements import SupplementCounts, place_supplements
from latewatch.domain.tally.table import NO_LABEL, Label, Plan, Tally, main_plan, spread_by, tabulate
from latewatch.errors import TallyError
from latewatch.jobs.assess import Deadlines
from latewatch.jobs.figures.counts import Counting
from latewatch.jobs.figures.naming import ByLabel
from latewatch.jobs.figures.tables import tables
from latewatch.jobs.integrity.judge import Judge
from latewatch.jobs.office import Office
from latewatch.jobs.stages import stages_until, unit_name
from latewatch.store.cases import assessed, countable

__all__ = ["Form", "counting_rule", "counting_rules", "label_of", "plan_of", "stored_cases", "tally_period"]

OWN = "co-quan"  # the name of the office's own choices in [counting]


def tally_period(
    office: Office, period: Period, form: Form, now: datetime, rule: CountingRule | None = None
) -> Tally:
    """Count the stored dossiers for `period`, by the office's own rule unless told. Raises TallyError."""
    rule = rule or counting_rule(office)
    plan, layout = plan_of(office, form), LAYOUTS[form]
    with office.store.reading() as connection:
        if plan.is_main and layout.by in (By.FIELD, By.UNIT):
            counting, naming = Counting(office, connection, rule, now), ByLabel(label_of(office, layout))
            (result,) = tables(counting, plan, naming, [period])
        else:
            cases = cases_in(connection, office, period, now, rule)
            result = tabulate(cases, plan, period, rule=rule, now=now)
    result.rates = [layout.numbered(rate) for rate in result.rates]
    if layout.sections:
        named = [
            section.row(label) for section, rows in layout.parts(result.rows) if section for label in rows
        ]
        check_sections(result.rows.keys(), named)
    return result


@contextmanager
def stored_cases(
    office: Office, period: Period, now: datetime, *rules: CountingRule
) -> Iterator[Iterator[Case]]:
    """Give every dossier that the table of `period` may count under one of `rules`."""
    with office.store.reading() as connection:
        yield cases_in(connection, office, period, now, *rules)


def cases_in(
    connection: Connection, office: Office, period: Period, now: datetime, *rules: CountingRule
) -> Iterator[Case]:
    """Return the same in the open transaction."""
    deadlines = Deadlines(office)
    after = at_midnight(period.last + timedelta(days=1))
    first = min(at_midnight(period.first), now)  # of a period to come: what is not finished yet
    by_return = any(rule.resolved is Resolved.RETURNED for rule in rules)
    window = countable(first, after, deadlines.rules, ends_with_return=by_return)
    return deadlines.cases(assessed(connection, window))


def plan_of(office: Office, form: Form) -> Plan:
    """Return how the table of `form` is made. Raises TallyError where the office switched it off."""
    layout = LAYOUTS[form]
    if form is Form.BY_OFFICER and not office.settings.reports.by_officer:
        raise TallyError("Bảng theo cán bộ đang tắt; muốn lập, đặt by_officer = true ở [reports].")
    label, equations = label_of(office, layout), layout.equations
    first = [unit.name for unit in office.roster.units] if layout.by is By.UNIT else []
    match form:
        case Form.LETTERS:
            spread = spread_by(label, _letters(office))
            return Plan(spread=spread, row=LetterCounts, equations=equations, first=first)
        case Form.SUPPLEMENTS:
            spread = spread_by(label, place_supplements)
            return Plan(spread=spread, row=SupplementCounts, equations=equations)
        case Form.BY_STAGE:
            return Plan(spread=_by_stage(office), row=StageCounts, equations=equations)
        case _:
            return main_plan(label, first, equations)


def label_of(office: Office, layout: Layout) -> Label:
    """Return what names the row of a dossier in a form; in a form of sections, behind its section."""
    labels: dict[By, Label] = {
        By.FIELD: lambda case: case.dossier.field,
        By.UNIT: lambda case: case.unit,
        By.PROCEDURE: _procedure_of(office),
        By.OFFICER: lambda case: tidy(case.dossier.officer),
        By.STAGE_UNIT: lambda case: case.unit,
    }
    label = labels[layout.by]
    if not layout.sections:
        return label
    return lambda case: layout.section_of(office.roster.level_of(case.dossier)).row(label(case) or NO_LABEL)


def _procedure_of(office: Office) -> Label:
    """Return what names a procedure: as the catalogue does, else as the source does, its code behind it."""

    def label(case: Case) -> str:
        dossier, on = case.dossier, case.dossier.received_on
        known = office.catalogue.find(dossier.procedure_code, dossier.procedure, on) if on else None
        code = dossier.procedure_code or (known.code if known else "")
        name = (known.name if known else "") or tidy(dossier.procedure)
        return f"{name} ({code})" if name and code else name or code

    return label


def _letters(office: Office) -> Callable[[Case, Period, datetime, CountingRule], Placing]:
    judge = Judge(office)
    return partial(place_letters, stopping=lambda case: judge.stopping(case.dossier, case.source))


def _by_stage(office: Office) -> Callable[..., Iterable[tuple[str, Placing]]]:
    def spread(
        case: Case, period: Period, as_of: datetime, rule: CountingRule
    ) -> Iterator[tuple[str, Placing]]:
        for unit, placing in place_stages(case, stages_until(office, case, as_of), period, as_of, rule):
            yield unit_name(office, unit), placing

    return spread


def counting_rule(office: Office, name: str = "") -> CountingRule:
    """Return the rule called `name`; without one what the office chose in [counting]. Raises TallyError."""
    rules = counting_rules(office)
    if not name:
        return rules[0]
    found = next((rule for rule in rules if fold(rule.name) == fold(name)), None)
    if found is None:
        known = ", ".join(rule.name for rule in rules)
        raise TallyError(f"Không có cách đếm “{name}”; chọn trong: {known}. Xem: latewatch tally rules")
    return found


def counting_rules(office: Office) -> list[CountingRule]:
    """Return the office's own rule and the shipped ones; one that is shipped stands once."""
    counting = office.settings.counting
    names = {each.name for each in fields(CountingRule)}.intersection(counting.__struct_fields__) - {"due"}
    own = replace(TT09, **{each: getattr(counting, each) for each in names})
    if own != TT09:
        own = replace(own, name=OWN, title="Cách đếm cơ quan chọn", source="[counting] trong tệp cấu hình")
    return [own, *(rule for rule in SHIPPED.values() if rule.name != own.name)]
