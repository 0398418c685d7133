"""Named on-time rates, each with its formula; a reader chooses. Pure."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from math import sqrt

from latewatch.domain.tally.counts import Counts

FEW = 30  # below it a rate is a guess, and stands with its interval
_Z = 1.959964  # 95 %


@dataclass(frozen=True, slots=True)
class Rate:
    """A named on-time rate; `value` is None where there is nothing to divide by."""

    name: str
    formula: str
    value: Decimal | None
    unit: str = "%"


def named_rates(total: Counts) -> list[Rate]:
    """Return the on-time rates in use.

    Each is reported of a province or a decision (see docs/quy-tac/ty-le-dung-han.md), none is *the* rate.
    """
    kept = total.early + total.on_time
    broken = total.late + total.overdue
    due, met = total.due_in_period, total.due_and_on_time
    return [
        Rate("Đúng hạn trên đã giải quyết", "((10) + (11)) ÷ (9) × 100", _percent(kept, total.resolved)),
        Rate(
            "Không quá hạn trên tiếp nhận",
            "(1 − ((12) + (15)) ÷ (3)) × 100",
            _percent(total.received - broken, total.received),
        ),
        Rate(
            "Đúng hạn trên đến hạn trong kỳ",
            f"{met} đúng hạn ÷ {due} đến hạn trong kỳ × 100",
            _percent(met, due),
        ),
        Rate(
            "Điểm tiến độ (QĐ 766/QĐ-TTg)",
            "20 × ((10) + (11)) ÷ ((10) + (11) + (12) + (15))",
            ratio(kept, kept + broken, 20),
            "điểm",
        ),
    ]


def early_share(total: Counts) -> Rate:
    """Return the share finished before the due day."""
    return Rate("Trước hạn trên đã giải quyết", "(10) ÷ (9) × 100", _percent(total.early, total.resolved))


def _percent(part: int, whole: int) -> Decimal | None:
    return ratio(part, whole, 100)


def ratio(part: int, whole: int, scale: int) -> Decimal | None:
    """Return `scale` × `part` ÷ `whole` with two places, half up; None where the divisor is 0."""
    if whole == 0:
        return None
    return (Decimal(scale) * part / whole).quantize(Decimal("0.01"), ROUND_HALF_UP)


def wilson(part: int, whole: int) -> tuple[Decimal, Decimal] | None:
    """Return the Wilson score interval (95 %) of part ÷ whole in percent; None without any.

    Of three dossiers one late is 66,67 %, and says next to nothing of the unit (E. B. Wilson, 1927).
    """
    if whole == 0:
        return None
    share, z2 = part / whole, _Z * _Z
    centre = (share + z2 / (2 * whole)) / (1 + z2 / whole)
    half = _Z / (1 + z2 / whole) * sqrt(share * (1 - share) / whole + z2 / (4 * whole * whole))
    low, high = max(0.0, centre - half), min(1.0, centre + half)
    return _places(low * 100), _places(high * 100)


def _places(value: float) -> Decimal:
    return Decimal(value).quantize(Decimal("0.01"), ROUND_HALF_UP)


def show_rate(rate: Rate) -> str:
    """Return the rate as a Vietnamese reader writes it, or “không có dữ liệu”."""
    if rate.value is None:
        return "không có dữ liệu"
    return f"{rate.value} {rate.unit}".replace(".", ",")
