"""The account of a due date in Vietnamese words, as screens and sheets say it alike. Pure."""

from collections.abc import Sequence
from datetime import date, datetime, time

from latewatch.domain.account import Account, Distance, Exceptional, Interruption
from latewatch.domain.dossier import CAUSE_LABELS, Cause
from latewatch.domain.expiry import Ends
from latewatch.domain.hours import END_OF_DAY, show_clock
from latewatch.domain.limit import ALONE, LimitUnit
from latewatch.domain.stages import StageVerdict, at_fault
from latewatch.domain.suspension import EFFECT_LABELS, Effect, named, shown
from latewatch.domain.worktime import WEEKDAYS, Confirmation

ENDS_LABELS = {
    Ends.DAY: "hạn hết cùng ngày cuối (24:00)",
    Ends.WORKING_TIME: "hạn hết cùng giờ làm việc của ngày cuối",
    Ends.CLOCK: "ngày cuối hết hạn vào đúng giờ đã tiếp nhận",
}
_CAUSES = CAUSE_LABELS | {Cause.OTHER: "dừng vì lý do khác"}
_BY_CLOCK = "hạn hết khi đủ số phút làm việc"


def day_words(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()]} {day:%d/%m/%Y}"


def moment_words(at: datetime) -> str:
    """Return a moment; at 00:00 only its date was given."""
    return f"{at:%d/%m/%Y}" if at.time() == time.min else f"{at:%H:%M %d/%m/%Y}"


def day_moment_words(at: datetime) -> str:
    """Return a moment with its weekday."""
    day = day_words(at.date())
    return day if at.time() == time.min else f"{at:%H:%M} {day}"


def due_words(due_at: datetime) -> str:
    """Return the moment a limit ends, with its weekday: `hết ngày …`, or the clock time."""
    clock = "hết ngày" if due_at.time() == END_OF_DAY else f"{due_at:%H:%M}"
    return f"{clock} {day_words(due_at.date())}"


def minutes_words(minutes: int) -> str:
    """Return working minutes as `3:20`, which a column of figures needs."""
    return f"{minutes // 60}:{minutes % 60:02d}"


def rules_words(account: Account) -> str:
    """Return the rules the limit ran by, in one line."""
    rules, limit = account.facts.rules, account.facts.limit
    parts = [_BY_CLOCK if account.is_by_clock else ENDS_LABELS[_ends(account)]]
    if limit and limit.unit is LimitUnit.WITHIN_DAY:
        parts.append(f"tiếp nhận sau {show_clock(rules.cutoff)} thì trả trong ngày làm việc tiếp theo")
    parts += [f"{_CAUSES[cause]}: {EFFECT_LABELS[rules.effect(cause)]}" for cause in account.causes]
    return "; ".join(parts)


def _ends(account: Account) -> Ends:
    """Return when the last day really ends: a clock time is kept only where there is one, by working days."""
    ends, limit = account.facts.rules.ends, account.facts.limit
    due_at = account.ran.due_at if account.ran else None
    if due_at and due_at.time() == END_OF_DAY:
        return Ends.DAY
    return Ends.WORKING_TIME if ends is Ends.CLOCK and limit and limit.unit in ALONE else ends


def interruption_words(each: Interruption) -> str:
    """Return an interruption with its effect, or with why it has none."""
    seen = " (theo lần lấy dữ liệu, nguồn không ghi)" if each.of.is_observed else ""
    is_over = each.moved and each.of.ended_at is not None
    is_told = is_over or each.effect is Effect.RUNS_ON
    told = EFFECT_LABELS[each.effect] if is_told else ""
    stood = f"{each.working_days} ngày làm việc"
    if each.working_minutes is not None:
        stood = f"{minutes_words(max(0, each.working_minutes))} giờ làm việc"
    still = f"thời hạn dừng {stood}" if is_over else ""
    return f"{shown(each.of)}{seen}: {', '.join(filter(None, (told, still, each.remark)))}"


def exception_words(each: Exceptional) -> str:
    """Return days that are not what their weekday says, with the document that says so."""
    days = f"{each.first:%d/%m/%Y}"
    if each.last > each.first:
        days = f"{each.first:%d/%m}–{each.last:%d/%m/%Y}"
    entry = each.entry
    doubt = "" if entry.status is Confirmation.CONFIRMED else f", {entry.status}"
    return f"{days}: {entry.title} ({entry.source}{doubt})"


def difference_words(days: int | None) -> str:
    """Say how the promised date lies to the computed one; empty where one of them is missing."""
    if days is None:
        return ""
    if days == 0:
        return "hẹn đúng hạn theo quy định"
    return f"hẹn {'muộn' if days > 0 else 'sớm'} hơn quy định {abs(days)} ngày làm việc"


def distance_words(found: Distance | None, *, is_finished: bool) -> str:
    """Say how a date stands: what is left of it, or by how much it was missed."""
    if found is None:
        return ""
    days = f"{found.working_days} ngày làm việc"
    if found.is_late:
        return f"{'xong' if is_finished else 'đã'} quá hạn {over_words(found.working_days)}"
    if found.working_days == 0:
        return "xong trong ngày đến hạn" if is_finished else "đến hạn trong ngày"
    return f"xong trước hạn {days}" if is_finished else f"còn {days}"


def revised_words(account: Account) -> str:
    """Return the one new appointment, which does not replace the original date (NĐ 118/2025, Điều 19.6)."""
    if account.revised_on is None:
        return ""
    by = f"văn bản xin lỗi ngày {account.letter_on:%d/%m/%Y}, " if account.letter_on else ""
    return f"hết ngày {day_words(account.revised_on)} ({by}NĐ 118/2025 Đ19.6)"


def waiting_words(account: Account, at: datetime) -> list[str]:
    """Say since when something is awaited, and until when a supplement may come (Điều 19.5)."""
    since, lapses_on = account.deadline.waiting_since, account.deadline.lapses_on
    words = [_stopped_words(account, since)] if since else []
    if lapses_on:
        days = account.facts.rules.close_after_days
        over = " Đã quá ngày này: chờ đóng hồ sơ." if at.date() > lapses_on else ""
        last = f"Bổ sung chậm nhất hết ngày {day_words(lapses_on)}"
        words.append(f"{last} ({days} ngày, NĐ 118/2025 Đ19.5).{over}")
    return words


def _stopped_words(account: Account, since: datetime) -> str:
    waiting = account.ran.waiting if account.ran else None
    if waiting is None:
        return f"Đang chờ từ {moment_words(since)}."
    then = EFFECT_LABELS[Effect.RESTART]
    if account.facts.rules.effect(waiting.cause) is Effect.PAUSE:
        then = "tính tiếp phần còn lại"
    stopped = f"Thời hạn đang dừng từ {moment_words(since)} ({named(waiting)})"
    return f"{stopped}: chưa tính được hạn; xong thì {then}."


def fault_words(stages: Sequence[StageVerdict]) -> str:
    """Say which units overran their own limit, the longest first."""
    return ", ".join(f"{each.stage.unit} ({over_words(each.over)})" for each in at_fault(stages))


def over_words(days: int) -> str:
    return f"{days} ngày làm việc" if days else "chưa đến 1 ngày làm việc"


def thousands(number: int) -> str:
    """Return `number` as it is written here: 1.234.567."""
    return f"{number:,}".replace(",", ".")
