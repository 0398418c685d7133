"""`latewatch explain CODE`: the due date of a stored dossier, day by day, beside what was promised."""

from datetime import datetime, time
from typing import Annotated

import typer

from latewatch.app import open_office
from latewatch.cli import terminal
from latewatch.cli.due import show_day, show_trace, trace_document
from latewatch.cli.late import letter_stage
from latewatch.cli.options import DEFAULT_CONFIG, At, Config, Json, instant
from latewatch.domain.deadline import Basis
from latewatch.domain.standing import LABELS, Standing
from latewatch.jobs.explain import Explanation, explain_dossier
from latewatch.jobs.late import letter_of

BASIS = {
    Basis.COMPUTED: "hạn tính theo quy định",
    Basis.PROMISED: "ngày hẹn trả do nguồn ghi",
    Basis.NONE: "chưa có hạn",
}


def explain(
    code: Annotated[str, typer.Argument(metavar="MÃ-HỒ-SƠ", help="Mã hồ sơ, ví dụ H36.12-261102-0007.")],
    at: At = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Giải thích hạn của một hồ sơ: từng ngày tính hay không tính, ngày hẹn và hạn theo quy định."""
    now = instant(at)
    with open_office(config) as office:
        found = explain_dossier(office, code, now)
    if as_json:
        terminal.show_json(_document(found))
    else:
        _show(found, now)


def _document(found: Explanation) -> dict[str, object]:
    case, deadline = found.case, found.case.deadline
    return {
        "code": case.dossier.code,
        "unit": case.unit,
        "procedure": case.dossier.procedure,
        "received_at": case.dossier.received_at,
        "limit": str(deadline.limit) if deadline.limit else None,
        "limit_from": deadline.limit_from or None,
        "due_on": deadline.due_on,
        "due_at": deadline.due_at,
        "basis": deadline.basis,
        "promised_on": deadline.promised_on,
        "computed_on": deadline.computed_on,
        "difference_working_days": found.difference,
        "standing": found.standing,
        "working_days_late": found.working_days_late,
        "letter": letter_of(case),
        "letter_until": found.letter_until,
        "calendar": deadline.calendar_version or None,
        "problem": deadline.problem or None,
        "trace": trace_document(found.steps),
        "changes": found.changes,
    }


def _show(found: Explanation, now: datetime) -> None:
    _show_receipt(found)
    if found.steps:
        show_trace(found.steps)
    _show_dates(found)
    late = f", trễ {found.working_days_late} ngày làm việc" if found.working_days_late else ""
    terminal.say(f"Lúc {now:%H:%M %d/%m/%Y}: {LABELS[found.standing]}{late}.")
    _show_letter(found)
    for change in found.changes:
        before = LABELS[Standing(change["before"])] if change["before"] else "mới thấy"
        terminal.say(f"  {change['at']:%H:%M %d/%m/%Y}  {before} → {LABELS[Standing(change['after'])]}")


def _show_receipt(found: Explanation) -> None:
    case, deadline = found.case, found.case.deadline
    received = case.dossier.received_at
    limit = f"{deadline.limit.label} (theo {deadline.limit_from})" if deadline.limit else "không rõ"
    terminal.say(" – ".join(filter(None, (f"Hồ sơ {case.dossier.code}", case.dossier.procedure))))
    terminal.say(f"Đơn vị giải quyết: {case.unit or '(không ghi)'}")
    terminal.say(f"Tiếp nhận: {_moment(received) if received else 'không rõ'}")
    terminal.say(f"Thời hạn giải quyết: {limit}")


def _moment(instant: datetime) -> str:
    """Return the moment; at 00:00 the source gave a date only."""
    return f"{instant:%d/%m/%Y}" if instant.time() == time.min else f"{instant:%H:%M %d/%m/%Y}"


def _show_dates(found: Explanation) -> None:
    deadline = found.case.deadline
    if deadline.problem:
        terminal.warn(deadline.problem)
    computed = show_day(deadline.computed_on) if deadline.computed_on else "không tính được"
    promised = show_day(deadline.promised_on) if deadline.promised_on else "nguồn không ghi"
    terminal.say(f"Hạn theo quy định: {computed} · Ngày hẹn trả: {promised}{_difference(found.difference)}")
    if deadline.due_on:
        terminal.say(f"Hạn đang dùng: hết ngày {show_day(deadline.due_on)} ({BASIS[deadline.basis]}).")


def _show_letter(found: Explanation) -> None:
    """Say whether there is an apology, or until when one is in time (NĐ 118/2025, Điều 19.6)."""
    until = ""
    if found.letter_until and not found.case.letter_on:
        until = f"; nếu cần, gửi chậm nhất {show_day(found.letter_until)}"
    terminal.say(f"Văn bản xin lỗi: {letter_stage(letter_of(found.case))}{until}.")


def _difference(days: int | None) -> str:
    if not days:
        return ""
    return f" · hẹn {'muộn' if days > 0 else 'sớm'} hơn quy định {abs(days)} ngày làm việc"
