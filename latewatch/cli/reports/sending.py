"""`latewatch reports send`: frozen reports leave for their addressees, once."""

from datetime import datetime
from typing import Annotated

import typer

from latewatch.app import delivery, open_office
from latewatch.cli import terminal
from latewatch.cli.options import DEFAULT_CONFIG, At, By, Config, DryRun, Json, instant
from latewatch.cli.reports.group import reports
from latewatch.jobs.office import Office
from latewatch.jobs.reports.again import send_again
from latewatch.jobs.reports.parcels import parcels
from latewatch.jobs.reports.sending import Sent, send_reports
from latewatch.store.reports.deliveries import DOUBTFUL, SENDING, SENT, WAITING

STATES = {
    SENT: "đã gửi",
    WAITING: "chưa gửi được, sẽ thử lại",
    SENDING: "lần gửi trước bị ngắt giữa chừng, không rõ đã gửi chưa; không tự gửi lại",
    DOUBTFUL: "không rõ máy chủ thư đã nhận chưa; không tự gửi lại",
}


@reports.command("send")
def send(
    again: Annotated[
        int | None,
        typer.Option(
            metavar="SỐ", help="Gửi lại thư có báo cáo đã chốt số này, khi không rõ đã đến chưa; cần --by."
        ),
    ] = None,
    by: By = "",
    dry_run: DryRun = False,
    at: At = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Gửi báo cáo đã chốt cho người nhận khi đến ngày, mỗi báo cáo một lần. Mã thoát 1: còn thư chưa gửi."""
    if again is not None and dry_run:
        raise typer.BadParameter("--again gửi ngay, không xem trước được; bỏ --dry-run")
    now = instant(at)
    with open_office(config) as office:
        if dry_run:
            _preview(office, now)
            return
        if again is not None:
            sent = [send_again(office, again, now, delivery(office.settings), by)]
        else:
            sent = send_reports(office, now, delivery(office.settings))
    if as_json:
        terminal.show_json([_sent_document(each) for each in sent])
    else:
        _show(sent)
    if any(each.state == WAITING for each in sent):
        raise typer.Exit(1)


def _preview(office: Office, now: datetime) -> None:
    with office.store.reading() as connection:
        found = parcels(office, connection, now)
        if not found:
            terminal.say(
                "Không có gì để gửi: chưa chốt báo cáo nào của kỳ gần đây, hoặc báo cáo không có người nhận "
                "(report_to ở [reports], [[units]])."
            )
        for each in found:
            files = ", ".join(f"{report.form} (số {report.number})" for report in each.reports)
            terminal.say(
                f"{each.called}: {files}, {len(each.to)} người nhận, từ {each.leaves_at:%H:%M %d/%m/%Y}"
            )


def _show(sent: list[Sent]) -> None:
    if not sent:
        terminal.say("Chưa có báo cáo nào đến ngày gửi; xem: latewatch reports send --dry-run")
    for each in sent:
        before = "" if each.is_new or each.state != SENT else " trước đó, không gửi lại"
        where = f" → {each.delivered_to}" if each.delivered_to else ""
        terminal.say(f"{each.parcel.called}: {STATES[each.state]}{before}{where}")
        if each.problem:
            terminal.fail(each.problem)


def _sent_document(each: Sent) -> dict[str, object]:
    return {
        "unit": each.parcel.sending.unit,
        "period": {"from": each.parcel.sending.first, "to": each.parcel.sending.last},
        "reports": [report.number for report in each.parcel.reports],
        "state": each.state,
        "new": each.is_new,
        "delivered_to": each.delivered_to,
        "problem": each.problem,
    }
