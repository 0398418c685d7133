"""Months made of figures alone: what their report says and draws is looked at without an office."""

import random
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from latewatch.clock import VIETNAM
from latewatch.domain.expiry import end_of_day
from latewatch.domain.names import Level
from latewatch.domain.period import Cutoff, Period
from latewatch.domain.tally.comparison import Comparison, Month, shown_months
from latewatch.domain.tally.counts import Counts
from latewatch.domain.tally.letters import LetterCounts
from latewatch.domain.tally.overview import DAYS_LATE, Overview
from latewatch.domain.tally.ranking import Standard, latest, ranked
from latewatch.domain.tally.rule import TT09
from latewatch.domain.tally.stages import StageCounts
from latewatch.domain.tally.table import Tally

OCTOBER = Month(2026, 10)
TODAY = datetime(2026, 10, 16, 8, 0, tzinfo=VIETNAM)
Rows = Mapping[str, Counts]


def figures(kept: int = 0, late: int = 0, *, new: int | None = None, early: int = 0, **others: int) -> Counts:
    """A row: `kept` in time (`early` of them before the day), `late`, as many received unless told."""
    pending = others.get("within", 0) + others.get("overdue", 0)
    direct = kept + late + pending if new is None else new
    carried = kept + late + pending - direct
    return Counts(early=early, on_time=kept - early, late=late, direct=direct, carried=carried, **others)


def standard(
    target: str | None = None, least: int = 30, own: Mapping[str, str] | None = None, **levels: Level
) -> Standard:
    return Standard(
        levels=levels,
        targets={unit: Decimal(percent) for unit, percent in (own or {}).items()},
        target=Decimal(target) if target else None,
        min_volume=least,
    )


def tally(rows: Rows, period: Period, as_of: datetime | None = None, row: type[Counts] = Counts) -> Tally:
    total = row()
    for each in rows.values():
        total.add(each)
    at = as_of or end_of_day(period.last, VIETNAM)
    return Tally(period, at, dict(rows), total, [], [], TT09)


def overview(
    rows: Rows,
    before: Rows | None = None,
    last_year: Rows | None = None,
    *,
    held_to: Standard | None = None,
    today: Rows | None = None,
    as_of: datetime | None = None,
    stages: Mapping[str, StageCounts] | None = None,
    procedures: Rows | None = None,
    cells: Mapping[tuple[str, str], Counts] | None = None,
    due_next: Mapping[str, int] | None = None,
    doubts: tuple[str, ...] = (),
) -> Overview:
    """A month of these rows by unit, after a month `before` and a `last_year`; the other months are empty."""
    cutoff, held = Cutoff.CALENDAR, held_to or standard()
    period = OCTOBER.period(cutoff)
    past: list[Rows] = [{} for _ in range(10)]
    months = [each.period(cutoff) for each in shown_months(OCTOBER)]
    trend = [tally(each, at) for each, at in zip([*past, before or {}], months, strict=False)]
    comparison = Comparison(
        trend=[*trend, tally(rows, period, as_of)],
        last_year=tally(last_year or {}, OCTOBER.moved(-12).period(cutoff)),
        year=tally(rows, OCTOBER.year_until(cutoff)),
        last_year_until=tally(last_year or {}, OCTOBER.moved(-12).year_until(cutoff)),
    )
    late = sum(each.late + each.overdue for each in rows.values())
    letters = {"Mọi đơn vị": LetterCounts(late=late, letter_missing=late)} if late else {}
    return Overview(
        comparison=comparison,
        today=tally(today or {}, Period(TODAY.date(), TODAY.date(), "Hôm nay"), TODAY),
        standard=held,
        units=ranked(rows, held),
        procedures=latest(procedures or {}, held.min_volume, 5),
        cells=cells or {},
        days_late={label: Counts(late=place) for place, label in enumerate(DAYS_LATE)} if late else {},
        stages=tally(stages or {}, period, row=StageCounts),
        letters=tally(letters, period, row=LetterCounts),
        next_period=OCTOBER.moved(1).period(cutoff),
        due_next=due_next or {},
        busy_from=30,
        doubts=doubts,
    )


LONG = "Văn phòng đăng ký đất đai và Trung tâm Phát triển quỹ đất khu vực số {} trực thuộc Sở Nông nghiệp Mẫu"
FIELD = "Thành lập và hoạt động của doanh nghiệp, hộ kinh doanh, hợp tác xã loại {}"


def province(seed: int = 1, units: int = 124) -> Overview:
    """A month of many units with long names, everything worth telling in it."""
    random_ = random.Random(seed)  # noqa: S311
    names = [LONG.format(number) for number in range(1, units + 1)]
    rows = {name: _random(random_) for name in names}
    return overview(
        rows,
        {name: _random(random_) for name in names},
        {name: _random(random_) for name in names},
        held_to=standard("95"),
        today=rows,
        stages={
            name: StageCounts(stage_days=random_.randrange(900), stage_days_over=7) for name in names[:30]
        },
        procedures={f"Thủ tục {each}": figures(30 + place, 20) for place, each in enumerate(names[:9])},
        cells={
            (FIELD.format(number), name): _random(random_)
            for name in names
            for number in random_.sample(range(60), 8)
        },
        due_next={name: random_.randrange(90) for name in names},
        doubts=("1.204 hồ sơ không rõ thời hạn và ngày hẹn trả: không tính.", "36 dấu hiệu mức cao."),
    )


def _random(random_: random.Random) -> Counts:
    resolved = random_.choice([0, 3, 20, 60, 400])
    late = random_.randint(0, resolved // 3)
    return figures(
        resolved - late,
        late,
        early=(resolved - late) // 2,
        within=random_.randrange(50),
        overdue=random_.randrange(9),
    )
