"""Freeze: a report is kept as it is signed, with all that its figures were made of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from latewatch.domain.alarm import NOTES
from latewatch.domain.names import UnitName, tidy
from latewatch.domain.period import Period
from latewatch.domain.tally.forms import LAYOUTS
from latewatch.domain.tally.freezing import Places
from latewatch.domain.tally.layout import Form
from latewatch.domain.tally.rates import show_rate
from latewatch.domain.tally.rule import CountingRule
from latewatch.domain.tally.table import Tally
from latewatch.errors import TallyError
from latewatch.jobs.assess import refuse_old_calendar, rules_fingerprint
from latewatch.jobs.feed import alarms_now
from latewatch.jobs.office import Office
from latewatch.jobs.reports.carrying import Carried, carried_over
from latewatch.jobs.reports.comparing import as_frozen
from latewatch.jobs.reports.counting import Scope, count, packed, rule_data, unit_called
from latewatch.jobs.reports.pictures import Pictures, kept_bytes
from latewatch.jobs.reports.stored import Content, called
from latewatch.reports.sheets import form_workbook
from latewatch.store.reports.comparisons import keep
from latewatch.store.reports.frozen import Frozen, Key, Position, append, of_key, position
from latewatch.written import to_text

FILED = {"unit": (Form.BY_FIELD,), "province": (Form.PROVINCE,), "ministry": (Form.MINISTRY,)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Who freezes, why, and what is done although something speaks against it."""

    by: str
    why: str = ""
    supersedes: bool = False
    anyway: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """A report that was frozen (number 0: only tried), and how its (8) meets the frozen (13) before it."""

    report: Frozen
    carried: Carried | None
    despite: list[str] = field(default_factory=list)


def wanted(
    office: Office, period: Period, rule: CountingRule, forms: Sequence[Form], units: Sequence[str]
) -> list[Scope]:
    """Return the reports asked for; by default the form the office files, and one of each unit it is sent to.

    Raises TallyError for an unknown unit.
    """
    if units:
        chosen = [unit_called(office, each) for each in units]
        return [Scope(form, period, rule, unit) for unit in chosen for form in forms or (Form.BY_FIELD,)]
    filed = [Scope(form, period, rule) for form in forms or FILED[office.settings.reports.level]]
    return filed if forms else [*filed, *_of_units(office, period, rule)]


def _of_units(office: Office, period: Period, rule: CountingRule) -> list[Scope]:
    addressed = [unit for unit in office.settings.units if unit.report_to]
    units: Iterable[UnitName | None] = (office.roster.find(unit.code) for unit in addressed)
    return [Scope(Form.BY_FIELD, period, rule, unit) for unit in units if unit]


def freeze(office: Office, scopes: Sequence[Scope], now: datetime, order: Order) -> list[Made]:
    """Freeze every report of `scopes`, all or none. Raises TallyError where one must not be frozen."""
    _refuse_nobody(order)
    for scope in scopes:
        _refuse_running(scope, now)
    despite = _alarms(office, now, order)
    with office.store.reading() as connection:
        known = position(connection)
        versions = [_version(connection, scope, order) for scope in scopes]
    pictures = Pictures(office, now)
    drawn = [_drawn(office, scope, now, despite, pictures) for scope in scopes]
    made = []
    with office.store.writing() as connection:
        _refuse_moved(connection, office, known)
        for scope, version, each in zip(scopes, versions, drawn, strict=True):
            report = _report(office, scope, each, known, version, now, order)
            if not order.dry_run:
                _version(connection, scope, order)
                report = append(connection, report, each.parts)
                keep(connection, [as_frozen(office, report.number, known)])
            made.append(Made(report, each.carried, despite))
    return made


def _refuse_nobody(order: Order) -> None:
    if not tidy(order.by):
        raise TallyError("Chốt số liệu cần ghi ai chốt; thêm --by TÊN.")
    if (order.supersedes or order.anyway) and not tidy(order.why):
        raise TallyError("--supersede và --anyway cần ghi lý do; thêm --why.")


def _refuse_running(scope: Scope, now: datetime) -> None:
    last = scope.period.last
    if now.date() <= last:
        raise TallyError(
            f"{scope.title}: kỳ đến hết ngày {last:%d/%m/%Y} chưa kết thúc; chốt được từ "
            f"{last + timedelta(days=1):%d/%m/%Y}."
        )


def _alarms(office: Office, now: datetime, order: Order) -> list[str]:
    """Return the alarms the figures are frozen in spite of. Raises TallyError where nobody said so."""
    alarms = [f"{each.source}: {each.told}" for each in alarms_now(office, now) if each.kind not in NOTES]
    if alarms and not order.anyway:
        said = "; ".join(alarms)
        raise TallyError(
            f"Dữ liệu nguồn đang có báo động, chưa chốt: {said}. Xử lý xong rồi chốt; nếu vẫn phải chốt, "
            "thêm --anyway --why LÝ-DO."
        )
    return alarms


def _version(connection: Connection, scope: Scope, order: Order) -> int:
    """Return the version this report gets. Raises TallyError where it is frozen and not to be superseded."""
    before = of_key(connection, key_of(scope))
    if before and not order.supersedes:
        first = before[-1]
        raise TallyError(
            f"Đã chốt rồi: {called(first)}, chốt lúc {first.made_at:%H:%M %d/%m/%Y}, {first.author}. Xem: "
            f"latewatch tally frozen show {first.number}; chốt bản thay thế: thêm --supersede --why LÝ-DO."
        )
    return len(before) + 1


def key_of(scope: Scope) -> Key:
    period = scope.period
    return Key(
        form=scope.form.value,
        unit=scope.unit_code,
        first=period.first,
        last=period.last,
        rule=scope.rule.name,
    )


def _refuse_moved(connection: Connection, office: Office, known: Position) -> None:
    """Refuse figures that were counted while something new came in. Raises TallyError and CalendarError."""
    refuse_old_calendar(connection, office)
    if position(connection) != known:
        raise TallyError("Dữ liệu vừa được cập nhật trong khi đang chốt; chưa chốt gì, hãy chạy lại lệnh.")


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A report that was counted and drawn."""

    content: str
    parts: dict[str, bytes]
    carried: Carried | None


def _drawn(office: Office, scope: Scope, now: datetime, despite: list[str], pictures: Pictures) -> _Drawn:
    result, known = count(office, scope, now)
    carried = carried_over(office, scope, known, now)
    notes = [*result.notes, *([carried.note] if carried and carried.note else [])]
    result = replace(result, notes=notes)
    reporter = scope.unit.name if scope.unit else office.settings.office.name
    parts = _parts(office, scope, result, known, reporter) | {"pictures": kept_bytes(pictures.of(scope))}
    return _Drawn(_content(result, despite, reporter), parts, carried)


def _content(result: Tally, despite: list[str], reporter: str) -> str:
    content = Content(
        rows={label: row.figures() for label, row in result.rows.items()},
        total=result.total.figures(),
        rule=rule_data(result.rule),
        rates=[(rate.name, rate.formula, show_rate(rate)) for rate in result.rates],
        notes=result.notes,
        despite=despite,
        reporter=reporter,
    )
    return to_text(content)


def _parts(
    office: Office, scope: Scope, result: Tally, known: dict[str, Places], reporter: str
) -> dict[str, bytes]:
    from latewatch.reports.form_printer import FormPrinter  # noqa: PLC0415  only who prints pays for it

    layout = LAYOUTS[scope.form]
    printer = FormPrinter(office.settings.letters.templates)
    return {
        "placing": packed(known),
        "xlsx": form_workbook(layout, result, office_name=reporter),
        "pdf": printer.pdf(layout, result, office_name=reporter),
    }


def _report(  # noqa: PLR0917  all that a report is made of
    office: Office, scope: Scope, drawn: _Drawn, known: Position, version: int, now: datetime, order: Order
) -> Frozen:
    key = key_of(scope)
    return Frozen(
        form=key.form,
        unit=key.unit,
        first=key.first,
        last=key.last,
        rule=key.rule,
        title=scope.period.title,
        version=version,
        made_at=now,
        author=tidy(order.by),
        reason=tidy(order.why),
        content=drawn.content,
        calendar_number=office.calendar_number,
        calendar_version=office.calendar.version,
        rules=rules_fingerprint(office),
        position=known.position,
        position_hash=known.position_hash,
        letters=known.letters,
    )
