"""What is behind the figures on the screen: the dossiers of a cell; what two rules count differently."""

from collections import Counter

from latewatch.cli import terminal
from latewatch.cli.tally.table import column_words
from latewatch.domain.period import Period
from latewatch.domain.tally.found import OUTSIDE, Found, is_whole_day
from latewatch.domain.tally.layout import Form
from latewatch.domain.tally.rule import differences, said
from latewatch.jobs.cells import Behind, Comparison
from latewatch.reports.form_words import rule_line

_LATE_COLUMN = "Trễ (ngày làm việc)"


def show_cell(behind: Behind, period: Period, form: Form) -> None:
    terminal.say(f"{form}, {period.title}, {behind.row}, {column_words(behind.column)}: {behind.count}")
    terminal.say(rule_line(behind.rule))
    is_counted_often = any(each.times != 1 for each in behind.dossiers)
    headings = ["Mã hồ sơ", "Đơn vị", "Thủ tục", "Tiếp nhận", "Hạn", "Xong", "Tình trạng", _LATE_COLUMN]
    headings += ["Được đếm"] if is_counted_often else []
    rows = [(*_cells(each), *([each.times] if is_counted_often else [])) for each in behind.dossiers]
    terminal.show_table("", headings, rows, figures=range(7, len(headings)), wraps=(1, 2))


def _cells(each: Found) -> tuple[object, ...]:
    due = (
        f"{each.due_at:{'%d/%m/%Y' if is_whole_day(each.due_at) else '%H:%M %d/%m/%Y'}}"
        if each.due_at
        else ""
    )
    return (
        each.code,
        each.unit,
        each.procedure,
        f"{each.received_on:%d/%m/%Y}" if each.received_on else "",
        due,
        f"{each.finished_at:%d/%m/%Y}" if each.finished_at else "",
        each.standing,
        days_late(each),
    )


def days_late(each: Found) -> str:
    """Write the working days late; late by days of rest, or by hours, is less than one."""
    return str(each.working_days_late or "<1") if "quá hạn" in each.standing else ""


def show_comparison(compared: Comparison, period: Period, form: Form) -> None:
    one, other = compared.one, compared.other
    terminal.say(
        f"{form}, {period.title}: {len(compared.moved)} chỗ “{one.name}” và “{other.name}” đếm khác nhau"
    )
    for rule in (one, other):
        terminal.say(rule_line(rule))
    for choice in differences(one, other):
        terminal.say(f"  {one.name}: {said(one, choice)}; {other.name}: {said(other, choice)}")
    net = _net(compared)
    if net:
        terminal.say(f"“{other.name}” so với “{one.name}”: {net}")
    headings = ("Mã hồ sơ", "Dòng", one.name, other.name, "Vì sao")
    rows = [
        (each.code, each.row, _places(each.one), _places(each.other), each.why) for each in compared.moved
    ]
    terminal.show_table("", headings, rows, wraps=(1, 2, 3, 4))


def _net(compared: Comparison) -> str:
    """Say by how much each column differs: the dossiers that came less those that went."""
    net: Counter[str] = Counter()
    for each in compared.moved:
        net.update(each.other)
        net.subtract(each.one)
    return ", ".join(f"{column} {count:+d}" for column, count in sorted(net.items()) if count)


def _places(columns: tuple[str, ...]) -> str:
    return ", ".join(columns) or OUTSIDE
