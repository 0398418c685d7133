"""`latewatch explain CODE`: the due date of a stored dossier, day by day, beside what was promised."""

from datetime import datetime
from typing import Annotated

import typer

from latewatch.app import open_office, sheet_head
from latewatch.cli import terminal
from latewatch.cli.accounts import account_document, distance_document, show_rules, show_stages, show_steps
from latewatch.cli.late import letter_stage
from latewatch.cli.options import DEFAULT_CONFIG, At, Config, Json, instant
from latewatch.cli.sheet import Pdf, calendar_doubts, write_sheet
from latewatch.config import Settings
from latewatch.domain.deadline import Basis
from latewatch.domain.layers import PROVINCE, UNIT, layer_label
from latewatch.domain.standing import LABELS, Standing
from latewatch.domain.telling import (
    day_words,
    difference_words,
    distance_words,
    due_words,
    moment_words,
    revised_words,
)
from latewatch.jobs.explain import Explanation, explain_dossier
from latewatch.jobs.late import letter_of
from latewatch.jobs.office import Office
from latewatch.reports.due_sheet import DueSheet

BASIS = {
    Basis.COMPUTED: "hạn tính theo quy định",
    Basis.PROMISED: "ngày hẹn trả do nguồn ghi",
    Basis.NONE: "chưa có hạn",
}


def explain(
    code: Annotated[str, typer.Argument(metavar="MÃ-HỒ-SƠ", help="Mã hồ sơ, ví dụ H36.12-261102-0007.")],
    pdf: Pdf = None,
    at: At = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Giải thích hạn của một hồ sơ: từng ngày tính hay không tính, ngày hẹn và hạn theo quy định."""
    now = instant(at)
    with open_office(config) as office:
        found = explain_dossier(office, code, now)
        name = _calendar_name(office, found)
        if pdf:
            write_sheet(pdf, _sheet(found, name, office.settings, now), office.settings)
    if as_json:
        terminal.show_json(_document(found, name))
        return
    _show(found, name, now)
    if pdf:
        terminal.say(f"Đã ghi {pdf}")


def _calendar_name(office: Office, found: Explanation) -> str:
    """Return the layer that decides in the calendar of the unit that resolves the dossier."""
    unit = office.roster.unit_of(found.case.dossier)
    return office.calendars.topmost(UNIT + unit.code if unit else PROVINCE)


def _sheet(found: Explanation, name: str, settings: Settings, now: datetime) -> DueSheet:
    case = found.case
    original, revised = _against(found)
    return DueSheet(
        account=found.account,
        head=sheet_head(settings),
        made_at=now,
        calendar_name=layer_label(name),
        code=case.dossier.code,
        procedure=" ".join(filter(None, (case.dossier.procedure_code, case.dossier.procedure))),
        unit=case.unit,
        disagreement=found.disagreement,
        standing=_standing(found, now),
        against=(original, revised),
        holder=found.holder,
        doubts=tuple(calendar_doubts(found.account)),
    )


def _document(found: Explanation, name: str) -> dict[str, object]:
    case, deadline = found.case, found.case.deadline
    return {
        "code": case.dossier.code,
        "unit": case.unit,
        "procedure": case.dossier.procedure,
        **account_document(found.account, found.steps),
        "limit": str(deadline.limit) if deadline.limit else None,
        "limit_from": deadline.limit_from or None,
        "disagreement": found.disagreement or None,
        "basis": deadline.basis,
        "finished_at": found.account.finished_at,
        "standing": found.standing,
        "working_days_late": found.working_days_late,
        "letter": letter_of(case),
        "letter_on": case.letter_on,
        "letter_until": found.letter_until,
        "against_due": distance_document(found.against_due),
        "against_revised": distance_document(found.against_revised),
        "calendar": deadline.calendar_version or None,
        "calendar_name": name,
        "trace_calendar": found.account.calendar.version if found.steps else None,
        "holder": found.holder.stage.unit if found.holder else None,
        "at_fault": [each.stage.unit for each in found.at_fault],
        "changes": found.changes,
        "warnings": calendar_doubts(found.account),
    }


def _show(found: Explanation, name: str, now: datetime) -> None:
    _show_receipt(found)
    show_steps(found.account, found.steps)
    _show_dates(found)
    show_rules(found.account, now)
    _show_standing(found, now)
    _show_letter(found)
    show_stages(found.account, found.holder)
    if found.steps:
        terminal.say(f"Lịch: {layer_label(name)}, {_version(found)}")
    for doubt in calendar_doubts(found.account):
        terminal.warn(doubt)
    for change in found.changes:
        before = LABELS[Standing(change["before"])] if change["before"] else "mới thấy"
        terminal.say(f"  {change['at']:%H:%M %d/%m/%Y}  {before} → {LABELS[Standing(change['after'])]}")


def _version(found: Explanation) -> str:
    """Return the version the days are shown by, and the one the due date was decided by where it differs."""
    shown, decided = found.account.calendar.version, found.case.deadline.calendar_version
    return shown if decided in ("", shown) else f"{shown} (hạn đã được tính theo {decided})"


def _show_receipt(found: Explanation) -> None:
    case, deadline = found.case, found.case.deadline
    received = case.dossier.received_at
    limit = f"{deadline.limit.label} (theo {deadline.limit_from})" if deadline.limit else "không rõ"
    terminal.say(" – ".join(filter(None, (f"Hồ sơ {case.dossier.code}", case.dossier.procedure))))
    terminal.say(f"Đơn vị giải quyết: {case.unit or '(không ghi)'}")
    terminal.say(f"Tiếp nhận: {moment_words(received) if received else 'không rõ'}")
    terminal.say(f"Thời hạn giải quyết: {limit}")
    if found.disagreement:
        terminal.say(f"Thời hạn ghi khác nhau: {found.disagreement}.")


def _show_dates(found: Explanation) -> None:
    deadline = found.case.deadline
    if deadline.problem:
        terminal.warn(deadline.problem)
    ran = found.account.ran
    nothing = "chưa có, thời hạn đang dừng" if ran and ran.waiting else "không tính được"
    computed = day_words(deadline.computed_on) if deadline.computed_on else nothing
    promised = day_words(deadline.promised_on) if deadline.promised_on else "nguồn không ghi"
    difference = difference_words(found.difference)
    told = f" · {difference}" if difference else ""
    terminal.say(f"Hạn theo quy định: {computed} · Ngày hẹn trả: {promised}{told}")
    if deadline.due_at:
        terminal.say(f"Hạn đang dùng: {due_words(deadline.due_at)} ({BASIS[deadline.basis]}).")


def _show_standing(found: Explanation, now: datetime) -> None:
    """Say where it stands, and how against each of its two dates once a letter named a new one."""
    terminal.say(_standing(found, now))
    revised = revised_words(found.account)
    if not revised:
        return
    original, (against_due, against_revised) = found.case.deadline.due_at, _against(found)
    told = due_words(original) if original else "không rõ"
    terminal.say(" – ".join(filter(None, (f"Hạn ban đầu: {told}", against_due))) + ".")
    terminal.say(" – ".join(filter(None, (f"Hẹn lại: {revised}", against_revised))) + ".")


def _standing(found: Explanation, now: datetime) -> str:
    late = f", trễ {found.working_days_late} ngày làm việc" if found.working_days_late else ""
    return f"Lúc {now:%H:%M %d/%m/%Y}: {LABELS[found.standing]}{late}."


def _against(found: Explanation) -> tuple[str, str]:
    """Say how it stands against the original date, and against the new one."""
    return (
        distance_words(found.against_due, is_finished=found.is_finished),
        distance_words(found.against_revised, is_finished=found.is_finished),
    )


def _show_letter(found: Explanation) -> None:
    """Say whether there is an apology, or until when one is in time (NĐ 118/2025, Điều 19.6)."""
    until = ""
    if found.letter_until and not found.case.letter_on:
        until = f"; nếu cần, gửi chậm nhất {day_words(found.letter_until)}"
    terminal.say(f"Văn bản xin lỗi: {letter_stage(letter_of(found.case))}{until}.")
