"""`latewatch today`: how many dossiers stand where now, and what was finished the day before, by unit."""

from collections import Counter
from datetime import timedelta

from latewatch.app import open_office
from latewatch.cli import terminal
from latewatch.cli.options import DEFAULT_CONFIG, At, Config, Json, instant
from latewatch.domain.standing import LABELS, Standing
from latewatch.domain.tally.table import TOTAL, ordered
from latewatch.jobs.figures.today import FINISHED, RUNNING
from latewatch.jobs.figures.today import today as count_today

SHOWN = (*RUNNING, *FINISHED)


def today(at: At = None, config: Config = DEFAULT_CONFIG, as_json: Json = False) -> None:
    """Đếm theo đơn vị: đang quá hạn, sắp đến hạn, trong hạn; hôm qua xong trước hạn, đúng hạn, quá hạn."""
    now = instant(at)
    with open_office(config) as office:
        counts = count_today(office, now)
        units = ordered(counts, [unit.name for unit in office.roster.units])
    total: Counter[Standing] = sum(counts.values(), Counter())
    if as_json:
        rows = {unit: _document(counts[unit]) for unit in units}
        terminal.show_json({"at": now, "units": rows, "total": _document(total)})
        return
    title = f"Lúc {now:%H:%M %d/%m/%Y}; xong là trong ngày {now.date() - timedelta(days=1):%d/%m/%Y}"
    headings = ("Đơn vị", *(_heading(standing) for standing in SHOWN))
    lines = [(unit, counts[unit]) for unit in units] + [(TOTAL, total)]
    cells = ([unit, *(numbers[standing] for standing in SHOWN)] for unit, numbers in lines)
    terminal.show_table(title, headings, cells, figures=range(1, len(headings)), wraps=(0,))


def _document(numbers: Counter[Standing]) -> dict[str, int]:
    return {standing.value: numbers[standing] for standing in SHOWN}


def _heading(standing: Standing) -> str:
    words = LABELS[standing].removesuffix(" (đã giải quyết)")
    return f"Xong {words}" if standing in FINISHED else words.capitalize()
