"""What the sheet “Phiếu giải trình thời hạn giải quyết” says, as words and rows. Pure.

Nothing in it tells whose the dossier is (NĐ 118/2025, Điều 5.1d).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from latewatch.domain.account import Account, exceptional_days, interruptions, steps_of
from latewatch.domain.hours import END_OF_DAY
from latewatch.domain.letters.letter import Letterhead
from latewatch.domain.stages import STAGE_LABELS, StageVerdict, at_fault
from latewatch.domain.telling import (
    day_moment_words,
    day_words,
    difference_words,
    due_words,
    exception_words,
    fault_words,
    interruption_words,
    moment_words,
    revised_words,
    rules_words,
    waiting_words,
)
from latewatch.domain.trace import Step
from latewatch.paper.wording import clean_text, sentence

WHAT_IF = "Tính thử, không gắn với hồ sơ nào"


@dataclass(frozen=True, slots=True, kw_only=True)
class DueSheet:
    """An account with what stands around it on paper. Without a `code` it is a what-if."""

    account: Account
    head: Letterhead
    made_at: datetime
    calendar_name: str
    code: str = ""
    procedure: str = ""
    unit: str = ""
    disagreement: str = ""
    standing: str = ""  # a sentence
    against: tuple[str, str] = ("", "")  # how it stands against the original and the new date
    holder: StageVerdict | None = None
    doubts: tuple[str, ...] = ()

    @property
    def steps(self) -> list[Step]:
        return steps_of(self.account)


def facts_of(sheet: DueSheet) -> list[tuple[str, str]]:
    """Return the rows of facts; what is not known says so."""
    account, deadline = sheet.account, sheet.account.deadline
    received, promised_on = account.facts.received_at, deadline.promised_on
    promised = day_words(promised_on) if promised_on else ""
    difference = difference_words(account.difference)
    rows = [
        ("Thủ tục", sheet.procedure),
        ("Đơn vị giải quyết", sheet.unit),
        ("Tiếp nhận", day_moment_words(received) if received else "không rõ"),
        ("Thời hạn giải quyết", _limit(sheet)),
        ("Quy tắc tính", rules_words(account)),
        ("Giờ làm việc", _hours(account, sheet.steps)),
        ("Ngày hẹn trả", " – ".join(filter(None, (promised, difference)))),
        ("Hạn theo quy định", _computed(account)),
        ("Hẹn lại", revised_words(account)),
    ]
    return [(label, clean_text(value)) for label, value in rows if value]


def _limit(sheet: DueSheet) -> str:
    limit, limit_from = sheet.account.facts.limit, sheet.account.facts.limit_from
    if limit is None:
        return "không rõ"
    source = f" (theo {limit_from})" if limit_from else ""
    return f"{limit.label}{source}{f'; {sheet.disagreement}' if sheet.disagreement else ''}"


def _computed(account: Account) -> str:
    if account.ran is None:
        return f"không tính được: {account.deadline.problem}"
    return due_words(account.ran.due_at) if account.ran.due_at else "chưa tính được, thời hạn đang dừng"


def _hours(account: Account, steps: Sequence[Step]) -> str:
    """Return the hours of the counted days, those of most of them first; only a limit by the clock asks."""
    if not account.is_by_clock:
        return ""
    days: dict[str, list[date]] = {}
    for step in steps:
        if step.counted:
            days.setdefault(str(account.calendar.hours_on(step.day)).replace(",", ", "), []).append(step.day)
    ordered = sorted(days.items(), key=lambda each: -len(each[1]))
    parts = [hours for hours, _ in ordered[:1]]
    parts += [f"riêng {', '.join(f'{day:%d/%m/%Y}' for day in own)}: {hours}" for hours, own in ordered[1:]]
    return "; ".join(parts)


def exceptions_of(sheet: DueSheet) -> list[str]:
    """Return the days that are not what their weekday says, each with its document."""
    return _clean(exception_words(each) for each in exceptional_days(sheet.steps, sheet.account.calendar))


def interruptions_of(sheet: DueSheet) -> list[str]:
    return _clean(f"{interruption_words(each)}." for each in interruptions(sheet.account))


def stage_rows(sheet: DueSheet) -> list[tuple[str, ...]]:
    """Return unit, start, limit, due, finish, standing, working days used and over, of each stage."""
    return [tuple(_clean(_stage_row(each))) for each in sheet.account.stages]


STAGE_HEADINGS = ("Đơn vị", "Bắt đầu", "Thời hạn", "Hạn", "Xong", "Tình trạng", "Đã dùng", "Quá")


def _stage_row(each: StageVerdict) -> tuple[str, ...]:
    stage = each.stage
    return (
        stage.unit,
        moment_words(stage.started_at),
        stage.limit.label if stage.limit else "",
        _last_moment(each.due_at) if each.due_at else "",
        moment_words(stage.finished_at) if stage.finished_at else "",
        STAGE_LABELS[each.standing],
        str(each.used),
        str(each.over or "<1") if at_fault([each]) else "",
    )


def _last_moment(due_at: datetime) -> str:
    """Return when a stage is due, short enough for its column: with the day, or at a clock time."""
    return f"{due_at:%d/%m/%Y}" if due_at.time() == END_OF_DAY else f"{due_at:%H:%M %d/%m/%Y}"


def conclusion_of(sheet: DueSheet) -> list[str]:
    """Return what follows, in sentences."""
    account = sheet.account
    lines = [_verdict(account), *waiting_words(account, sheet.made_at)]
    if account.revised_on:
        lines += _two_dates(sheet)
    lines.append(sheet.standing)
    if sheet.holder:
        since = moment_words(sheet.holder.stage.started_at)
        lines.append(f"Đang giữ hồ sơ: {sheet.holder.stage.unit}, từ {since}.")
    if account.stages:
        lines.append(f"Dùng quá thời hạn của mình: {fault_words(account.stages) or 'không đơn vị nào'}.")
    return _clean(filter(None, lines))


def _verdict(account: Account) -> str:
    ran, limit, received_at = account.ran, account.facts.limit, account.facts.received_at
    if ran is None or limit is None or received_at is None:
        return sentence(f"Không tính được hạn theo quy định: {account.deadline.problem}")
    if ran.due_at is None:
        return ""
    counted = f"Thời hạn {limit.label}, tiếp nhận {day_moment_words(received_at)}"
    difference = difference_words(account.difference)
    told = f"; {difference}" if difference else ""
    return f"{counted}: hạn theo quy định là {due_words(ran.due_at)}{told}."


def _two_dates(sheet: DueSheet) -> list[str]:
    due_at = sheet.account.deadline.due_at
    original, revised = (f" – {words}" if words else "" for words in sheet.against)
    first = f"Hạn ban đầu: {due_words(due_at) if due_at else 'không rõ'}{original}."
    return [f"{first} Hẹn lại: {revised_words(sheet.account)}{revised}. Hẹn lại không xóa lỗi trễ."]


def calendar_line(sheet: DueSheet) -> str:
    return clean_text(f"Lịch làm việc: {sheet.calendar_name}, bản {sheet.account.calendar.version}.")


def _clean(texts: Iterable[str]) -> list[str]:
    return [clean_text(text) for text in texts]
