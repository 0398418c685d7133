"""What a month's report says in words: what changed by more than chance, and what to do. Pure.

Every sentence is made of figures; one that has nothing to tell is not there.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from latewatch.domain.tally.columns import NOTHING
from latewatch.domain.tally.comparison import (
    LEAST_PERCENT,
    Proportion,
    differs,
    has_past,
    is_running,
    kept,
    moved,
    newly_received,
)
from latewatch.domain.tally.overview import Overview
from latewatch.domain.tally.ranking import Met
from latewatch.domain.tally.table import Tally

NAMED = 3  # units or procedures a sentence names
HOW_JUDGED = (
    "Chỉ nêu thay đổi lớn hơn dao động ngẫu nhiên, ở mức tin cậy 95 %: tỷ lệ theo khoảng tin cậy của hiệu "
    "hai tỷ lệ (Newcombe, từ khoảng Wilson), khi xét từng đơn vị thì chặt hơn theo số đơn vị (Bonferroni); "
    f"số lượng khi chênh hơn 1,96 × √(tổng hai kỳ) và từ {LEAST_PERCENT} % trở lên."
)
_NO_DATA = "Không có dữ liệu của kỳ này."


def number(value: int) -> str:
    return f"{value:,}".replace(",", ".")


def decimal(value: Decimal | None) -> str:
    """Write a rate with two places, or say that there is none."""
    return NOTHING if value is None else f"{value:.2f}".replace(".", ",")


def percent(rate: Proportion) -> str:
    """Write a rate; of few dossiers with the interval it may lie in."""
    shown, interval = decimal(rate.percent), rate.interval
    if interval is None:
        return shown
    if rate.is_small:
        low, high = map(decimal, interval)
        return f"{shown} % (ít hồ sơ, có thể từ {low} % đến {high} %)"
    return f"{shown} %"


def changed(overview: Overview) -> list[str]:
    """Say what changed against the month before, the same month of last year and last year so far."""
    if not overview.has_data:
        return [_NO_DATA]
    compared, month = overview.comparison, overview.month
    lines = [
        *_against(month, compared.before, "kỳ trước"),
        *_units(overview),
        *_against(month, compared.last_year, "cùng kỳ năm trước"),
        _year(compared.year, compared.last_year_until),
    ]
    if is_running(month):
        lines.insert(0, "Kỳ chưa kết thúc nên số tiếp nhận, số đã giải quyết chưa so với kỳ khác.")
    return lines


def _against(month: Tally, past: Tally, called: str) -> Iterator[str]:
    name = f"{called} ({_lower(past.period.title)})"
    if not has_past(past):
        yield f"Chưa có số liệu {name} để so sánh."
        return
    yield _rate_change(kept(month.total), kept(past.total), name)
    figures = {"Đang quá hạn cuối kỳ": (month.total.overdue, past.total.overdue)}
    if not is_running(month):
        came, gone = newly_received(month.total), newly_received(past.total)
        figures = {
            "Tiếp nhận mới": (came, gone),
            "Đã giải quyết": (month.total.resolved, past.total.resolved),
        } | figures
    told = [
        _number_change(what, now, before) for what, (now, before) in figures.items() if moved(now, before)
    ]
    if told:
        yield f"So với {name}: {'; '.join(told)}."


def _rate_change(now: Proportion, before: Proportion, name: str) -> str:
    if not now.whole:
        return f"Tỷ lệ đúng hạn: {NOTHING}, kỳ này chưa giải quyết hồ sơ nào; {name} là {percent(before)}."
    if not differs(now, before):
        same = "bằng" if now.percent == before.percent else "không khác quá mức dao động ngẫu nhiên so với"
        return f"Tỷ lệ đúng hạn {same} {name}: {percent(now)}, {_past(name)} {percent(before)}."
    return f"Tỷ lệ đúng hạn {_direction(now, before)} so với {name}."


def _past(name: str) -> str:
    return "năm trước" if "năm trước" in name else "kỳ trước"


def _direction(now: Proportion, before: Proportion) -> str:
    assert now.percent is not None  # noqa: S101  who differs has dossiers
    assert before.percent is not None  # noqa: S101  likewise
    gap = now.percent - before.percent
    way, until = ("tăng", "lên") if gap > 0 else ("giảm", "xuống")
    return f"{way} {decimal(abs(gap))} điểm phần trăm, từ {percent(before)} {until} {percent(now)}"


def _number_change(what: str, now: int, before: int) -> str:
    if not now:
        return f"không có hồ sơ {_lower(what)}, trước đó {number(before)}"
    way = "tăng" if now > before else "giảm"
    share = f" ({_tenth(abs(now - before), before)} %)" if before else ""
    return f"{_lower(what)} {number(now)} hồ sơ, {way} {number(abs(now - before))}{share}"


def _tenth(part: int, whole: int) -> str:
    return str((Decimal(100 * part) / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)).replace(".", ",")


def _units(overview: Overview) -> Iterator[str]:
    """Name the units whose rate changed by more than chance, the largest change first."""
    now, before = overview.month.rows, overview.comparison.before.rows
    least = overview.standard.min_volume
    both = [
        unit for unit in now if unit in before and min(now[unit].resolved, before[unit].resolved) >= least
    ]
    if len(both) < 2:
        return
    gaps = {
        unit: (kept(now[unit]).percent or Decimal(0)) - (kept(before[unit]).percent or Decimal(0))
        for unit in both
        if differs(kept(now[unit]), kept(before[unit]), among=len(both))
    }
    for way, chosen in (
        ("giảm", sorted((unit for unit in gaps if gaps[unit] < 0), key=lambda unit: (gaps[unit], unit))),
        ("tăng", sorted((unit for unit in gaps if gaps[unit] > 0), key=lambda unit: (-gaps[unit], unit))),
    ):
        if chosen:
            told = {u: f"từ {percent(kept(before[u]))} thành {percent(kept(now[u]))}" for u in chosen}
            yield f"Đơn vị có tỷ lệ đúng hạn {way} so với kỳ trước: {listed(told)}."


def _year(year: Tally, last: Tally) -> str:
    rate = kept(year.total)
    solved = f"{year.period.title}: đã giải quyết {number(rate.whole)} hồ sơ, đúng hạn {percent(rate)}"
    if not rate.whole:
        return f"{year.period.title}: chưa giải quyết hồ sơ nào."
    if not has_past(last):
        return f"{solved}; chưa có số liệu cùng kỳ năm trước."
    return f"{solved}; cùng kỳ năm trước {number(last.total.resolved)} hồ sơ, {percent(kept(last.total))}."


def listed(told: Mapping[str, str], most: int = NAMED, others: str = "nơi") -> str:
    """Name the first few with what is told of each, and say how many more there are."""
    named = [f"{_short(name)} ({what})" for name, what in list(told.items())[:most]]
    more = len(told) - most
    return ", ".join(named) + (f" và {number(more)} {others} khác" if more > 0 else "")


def _short(name: str, most: int = 90) -> str:
    return name if len(name) <= most else f"{name[: most - 1].rstrip()}…"


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def to_do(overview: Overview) -> list[str]:
    """Say what the figures ask for next, the most urgent first."""
    if not overview.has_data:
        return [f"{_NO_DATA} Kiểm tra nguồn dữ liệu bằng lệnh latewatch check."]
    lines = [
        *_letters(overview),
        *_overdue(overview),
        *_due(overview),
        *_procedures(overview),
        *_targets(overview),
        *_waiting(overview),
        *_doubts(overview.doubts),
    ]
    return lines or ["Số liệu kỳ này không nêu việc gì cần làm thêm."]


def _letters(overview: Overview) -> Iterator[str]:
    missing = overview.today.total.overdue_without_letter
    if missing:
        rows = {unit: row.overdue_without_letter for unit, row in overview.today.rows.items()}
        yield (
            f"Gửi văn bản xin lỗi cho {number(missing)} hồ sơ đang quá hạn mà chưa có "
            f"(NĐ 118/2025/NĐ-CP, Điều 19.6): {_most(rows)}."
        )


def _overdue(overview: Overview) -> Iterator[str]:
    overdue = overview.today.total.overdue
    if overdue:
        rows = {unit: row.overdue for unit, row in overview.today.rows.items()}
        yield f"Giải quyết dứt điểm {number(overdue)} hồ sơ đang quá hạn: {_most(rows)}."


def _most(rows: Mapping[str, int]) -> str:
    chosen = sorted((unit for unit in rows if rows[unit]), key=lambda unit: (-rows[unit], unit))
    return listed({unit: number(rows[unit]) for unit in chosen})


def _due(overview: Overview) -> Iterator[str]:
    due, following = overview.due_next, overview.next_period
    total = sum(due.values())
    if not total:
        return
    span = f"{following.first:%d/%m} đến {following.last:%d/%m/%Y}"
    busy = {unit: number(count) for unit, count in due.items() if count >= overview.busy_from}
    who = f"; từ {number(overview.busy_from)} hồ sơ trở lên: {listed(busy)}" if busy else ""
    yield f"Từ {span} có {number(total)} hồ sơ đang giải quyết đến hạn{who}."


def _procedures(overview: Overview) -> Iterator[str]:
    told = {
        each.name: f"{number(each.late.part)} trên {number(each.late.whole)} hồ sơ trễ"
        for each in overview.procedures
    }
    if told:
        yield f"Rà soát thủ tục trễ nhiều nhất: {listed(told, others='thủ tục')}."


def _targets(overview: Overview) -> Iterator[str]:
    """Name the units below their target, of those that are ranked: three dossiers show nobody up."""
    missed = [each for each in overview.units if each.met is Met.NO and each.place]
    missed.sort(key=lambda each: (each.kept.percent or Decimal(0), each.unit))
    told = {each.unit: f"{percent(each.kept)}, chỉ tiêu {_target(each.target)} %" for each in missed}
    if told:
        yield f"{number(len(told))} đơn vị không đạt chỉ tiêu đúng hạn: {listed(told)}."


def _target(value: Decimal | None) -> str:
    return f"{value.normalize():f}".replace(".", ",") if value is not None else ""


def _waiting(overview: Overview) -> Iterator[str]:
    waiting = overview.today.total.waiting_late
    if waiting:
        yield (
            f"Tiếp nhận hoặc yêu cầu bổ sung {number(waiting)} hồ sơ trực tuyến đã chờ quá 08 giờ làm việc "
            "(NĐ 118/2025/NĐ-CP, Điều 17.2c)."
        )


def _doubts(doubts: Sequence[str]) -> Iterator[str]:
    if doubts:
        yield f"Làm rõ điều số liệu còn để ngỏ: {' '.join(doubts)}"
