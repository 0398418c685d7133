"""`latewatch digest`: the morning digest of each desk, shown or sent."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer

from latewatch.app import delivery, open_office
from latewatch.cli import terminal
from latewatch.cli.options import DEFAULT_CONFIG, At, Config, Json, instant
from latewatch.domain.digest import Digest
from latewatch.jobs.assess import assess
from latewatch.jobs.digest import (
    FAILED,
    SENT,
    SENT_BEFORE,
    UNKNOWN,
    SentDigest,
    compose_digests,
    message_of,
    send_digests,
)
from latewatch.jobs.office import Office

OUTCOMES = {
    SENT: "đã gửi",
    SENT_BEFORE: "đã gửi trước đó, không gửi lại",
    UNKNOWN: "lần gửi trước bị ngắt giữa chừng, không rõ đã gửi chưa; không tự gửi lại",
    FAILED: "chưa gửi được, sẽ thử lại",
}


def digest(
    send: Annotated[bool, typer.Option("--send", help="Gửi thư; mỗi quầy mỗi ngày một thư.")] = False,
    at: At = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Bản tin buổi sáng của từng quầy: in ra, hoặc gửi bằng --send."""
    now = instant(at)
    with open_office(config) as office:
        assess(office, now)
        if not send:
            _preview(office, now, as_json)
            return
        sent = send_digests(office, now, delivery(office.settings))
    if as_json:
        terminal.show_json(sent)
    else:
        show(sent)
    if any(each.outcome == FAILED for each in sent):
        raise typer.Exit(1)


def _preview(office: Office, now: datetime, as_json: bool) -> None:
    composed = compose_digests(office, now)
    if as_json:
        terminal.show_json([document(each) for _, each in composed])
        return
    for desk, each in composed:
        text = message_of(office, desk, each).get_body(("plain",))
        terminal.say(each.subject)
        terminal.say(text.get_content() if text else "")


def document(digest: Digest) -> dict[str, object]:
    """Return the digest as JSON holds it: codes only, like the message."""
    return {
        "desk": digest.desk,
        "subject": digest.subject,
        "counts": asdict(digest.counts),
        "blocks": {block.key: block.all_rows for block in digest.blocks},
        "data_from": digest.data_from,
        "alarms": digest.alarms,
        "held": [
            {"source": each.reason.source, "newly_late": each.newly_late, "due_soon": each.due_soon}
            for each in digest.held
        ],
        "warnings": digest.warnings,
    }


def show(sent: list[SentDigest]) -> None:
    for each in sent:
        where = f" → {each.delivered_to}" if each.delivered_to else ""
        terminal.say(f"{each.desk}: {each.subject} – {OUTCOMES[each.outcome]}{where}")
        if each.problem:
            terminal.fail(each.problem)
