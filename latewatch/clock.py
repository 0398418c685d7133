"""The one time zone, and the only reading of the machine's clock. Vietnam keeps UTC+7 all year."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from latewatch.errors import LatewatchError

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
FIRST_SANE_YEAR = 2026  # the year of the first release: an earlier "now" is a dead clock battery


def now() -> datetime:
    """Return the present instant in Vietnam, whatever zone the machine is set to.

    Raises LatewatchError where the machine's clock cannot be right.
    """
    instant = datetime.now(UTC).astimezone(VIETNAM)
    if instant.year < FIRST_SANE_YEAR:
        raise LatewatchError(
            f"Đồng hồ của máy chỉ {instant:%H:%M ngày %d/%m/%Y}, không thể đúng. "
            "Hãy đặt lại ngày giờ của máy (ví dụ: timedatectl set-time), hoặc ghi rõ --at."
        )
    return instant


def parse_instant(text: str) -> datetime:
    """Read `2026-11-12`, `2026-11-12T08:00` or an instant with an offset; without one it is Vietnam's time.

    A date alone means the beginning of that day. Raises ValueError.
    """
    instant = datetime.fromisoformat(text.strip())
    return instant.replace(tzinfo=VIETNAM) if instant.tzinfo is None else instant.astimezone(VIETNAM)


def at_midnight(day: date) -> datetime:
    """Return 00:00 of `day` in Vietnam, which is how a date without a clock time is kept."""
    return datetime.combine(day, time.min, VIETNAM)
