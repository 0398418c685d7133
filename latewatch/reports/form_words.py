"""What stands around a table of figures in words: period, rule, rates with their formulas, remarks. Pure.

Sheet, PDF and screen say the same.
"""

from datetime import datetime

from latewatch.domain.hours import END_OF_DAY
from latewatch.domain.period import Period
from latewatch.domain.tally.layout import Layout
from latewatch.domain.tally.rates import show_rate
from latewatch.domain.tally.rule import CountingRule, described
from latewatch.domain.tally.table import Tally

NO_ROWS = "Không có hồ sơ nào được tính trong kỳ này."
RATES = "Tỷ lệ đúng hạn (mỗi tỷ lệ có cách tính riêng, ghi ngay bên cạnh):"
NOTES = "Ghi chú:"


def dates_line(period: Period) -> str:
    return f"(Từ ngày {period.first:%d/%m/%Y} đến ngày {period.last:%d/%m/%Y})"


def rule_line(rule: CountingRule) -> str:
    return f"Cách đếm “{rule.name}”: {rule.title} (nguồn: {rule.source})."


def rule_lines(rule: CountingRule) -> list[str]:
    """Name the rule, and say what each of its choices means."""
    return [rule_line(rule), *described(rule)]


def rate_lines(tally: Tally) -> list[str]:
    """Say each rate with its formula; there is none below a table that counts something else."""
    return [f"{rate.name}: {rate.formula} = {show_rate(rate)}" for rate in tally.rates]


def note_lines(layout: Layout, tally: Tally) -> list[str]:
    """Say as of when, what the form wants said, and what could not be counted."""
    return [_as_of(tally.as_of), *layout.notes, *tally.notes]


def _as_of(instant: datetime) -> str:
    if instant.time() == END_OF_DAY:
        return f"Số liệu tính đến hết ngày {instant:%d/%m/%Y}."
    return f"Số liệu tính đến {instant:%H:%M ngày %d/%m/%Y}."
