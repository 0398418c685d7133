"""Letters ready to leave, and those who take them: signed letters of small offices, a mail server, a gateway."""

import json
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

from aiosmtpd.smtp import Envelope
from offices import DESKS, NOW, SOURCE, UNITS, Desk, Inbox, desk_in, row
from worlds import moment

from latewatch.app import ways
from latewatch.domain.letters.letter import LetterForm
from latewatch.domain.letters.life import LetterState
from latewatch.domain.letters.register import Keeper
from latewatch.domain.letters.sending import LetterChannel
from latewatch.jobs.letters.contents import letter_of
from latewatch.jobs.letters.documents import to_content
from latewatch.jobs.letters.moving import Selection, chosen
from latewatch.jobs.letters.sending import Handled, SendReport, send_letters, work_off
from latewatch.jobs.office import Office
from latewatch.store.cases import assessed, unfinished_at
from latewatch.store.letters.documents import DocumentKind, keep_document
from latewatch.store.letters.drafts import Draft, draft_of, insert_drafts
from latewatch.store.letters.life import StoredLetter, letter_with, move_letter
from latewatch.store.letters.outbox import StoredDelivery, deliveries
from latewatch.store.letters.register import next_number
from latewatch.store.letters.traces import delivery_traces

CLERK = "Trần Thị Mẫu"
PDF = b"%PDF-1.7\nvan ban da ky\n%%EOF\n"
COLUMNS = (
    "code",
    "status",
    "received",
    "promised",
    "finished",
    "unit",
    "applicant",
    "phone",
    "procedure",
    "field",
)


def person(code: str, **facts: str) -> dict[str, str]:
    """A dossier that is due on the day after `NOW`, with an e-mail address and a telephone number."""
    usual = {"promised": "13/11/2026", "applicant": "Nguyễn Văn Ví Dụ", "phone": "0912 345 678"}
    return {**row(code, **{**usual, **facts}), "email": facts.get("email", f"{code.lower()}@example.com")}


def sending(folder: Path, *tables: str, people: Sequence[dict[str, str]]) -> Desk:
    """An office whose dossiers `people` each have a drafted letter."""
    desk = desk_in(folder)
    desk.configure(SOURCE, UNITS, DESKS, *tables)
    emails = [each["email"] for each in people]
    path = desk.export("ho-so.csv", people, columns=COLUMNS)
    lines = path.read_text(encoding="utf-8").splitlines()
    added = ["Email", *emails]
    path.write_text(
        "\n".join(f"{line},{more}" for line, more in zip(lines, added, strict=True)), encoding="utf-8"
    )
    desk.stamp(path)
    desk.poll()
    with desk.open() as office, office.store.writing() as connection:
        cases = assessed(connection, unfinished_at(NOW))
        insert_drafts(connection, [_draft(each.id) for each in cases], NOW)
    return desk


def _draft(dossier_id: int) -> Draft:
    return Draft(
        dossier_id=dossier_id,
        form=LetterForm.EXTENSION.value,
        dated=NOW.date(),
        due_on=date(2026, 11, 13),
        new_date=date(2026, 11, 20),
        reason="Chờ ý kiến cơ quan phối hợp",
    )


def sign(desk: Desk, *codes: str, at: datetime = NOW, on_paper: bool = False) -> None:
    """Take the letters of `codes` to their signature, as the steps before do."""
    with desk.open() as office, office.store.writing() as connection:
        for code in codes:
            (each,) = chosen(connection, office, Selection(code=code))
            stored = draft_of(connection, each.letter.dossier_id)
            assert stored is not None
            number = next_number(connection, Keeper.OFFICE, at.year)
            letter = replace(letter_of(office, stored.draft, each.case), number=number)
            numbered = {
                "register": "co-quan",
                "year": at.year,
                "number": number,
                "content": to_content(letter),
            }
            step = partial(move_letter, connection, each.letter.id, by=CLERK)
            step(LetterState.DRAFT, LetterState.REVIEWED, at)
            step(LetterState.REVIEWED, LetterState.NUMBERED, at, **numbered)
            keep_document(
                connection, each.letter.id, DocumentKind.UNSIGNED, b"%PDF-1.7\nchua ky\n%%EOF\n", at
            )
            if not on_paper:
                keep_document(connection, each.letter.id, DocumentKind.SIGNED, PDF, at, {"signatures": []})
            step(LetterState.NUMBERED, LetterState.SIGNED, at)


def send(desk: Desk, at: datetime | str = NOW, **selection: str) -> SendReport:
    with desk.open() as office:
        return send_letters(office, ways_at(office, at), Selection(**selection), by=CLERK)


def go_on(desk: Desk, at: datetime | str) -> list[Handled]:
    """Work off the whole outbox, as the program does that runs all the time."""
    with desk.open() as office:
        return work_off(office, ways_at(office, at))


def ways_at(office: Office, at: datetime | str) -> Any:
    instant = moment(at) if isinstance(at, str) else at
    assert instant is not None
    return ways(office.settings, lambda: instant)


def rows_of(desk: Desk, code: str = "") -> dict[LetterChannel, StoredDelivery]:
    """Return the rows of one dossier's letter by channel; of the only one where none is named."""
    with desk.open() as office, office.store.reading() as connection:
        return {each.channel: each for each in deliveries(connection) if code in ("", each.code)}


def states_of(desk: Desk, code: str = "") -> dict[str, str]:
    return {channel.value: each.state.value for channel, each in rows_of(desk, code).items()}


def letter_of_dossier(desk: Desk, code: str) -> StoredLetter:
    with desk.open() as office, office.store.reading() as connection:
        (each,) = chosen(connection, office, Selection(code=code))
        found = letter_with(connection, each.letter.id)
    assert found is not None
    return found


def outcomes(desk: Desk, code: str, channel: LetterChannel) -> list[str]:
    """Return what the attempts on a channel came to, oldest first."""
    letter = letter_of_dossier(desk, code)
    with desk.open() as office, office.store.reading() as connection:
        traces = delivery_traces(connection, letter.id)
    return [str(try_.outcome) for each in traces if each.channel is channel for try_ in each.attempts]


class Mailbox(Inbox):
    """A mail server that keeps whole messages, and answers as `answers` says by address."""

    def __init__(self) -> None:
        super().__init__()
        self.mails: list[EmailMessage] = []
        self.answers: dict[str, str] = {}
        self.final = "250 OK"
        self.cuts = False  # the line, once it has the message

    async def handle_RCPT(  # noqa: N802  aiosmtpd names it so
        self, _server: object, _session: object, envelope: Envelope, address: str, _options: object
    ) -> str:
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, _session: object, envelope: Envelope) -> str:  # noqa: N802
        if self.final.startswith("250"):
            message = message_from_bytes(envelope.original_content or b"", policy=policy.default)
            assert isinstance(message, EmailMessage)
            self.mails.append(message)
        if self.cuts:
            server.transport.abort()
        return self.final

    def to(self, address: str) -> list[EmailMessage]:
        return [each for each in self.mails if each["To"] == address]


class TextGateway:
    """A gateway on loopback: the JSON it took, and how it answers; `answer` is status, headers, body."""

    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.answer: tuple[int, dict[str, str], bytes] = (200, {}, b'{"error": 0, "data": {"msg_id": "m-1"}}')
        self.hangs_up = False
        self.handler = self._handler()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler)
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=partial(self._server.serve_forever, poll_interval=0.02))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self.close()

    def close(self) -> None:
        self._server.server_close()

    def table(self, kind: str = "sms", **more: object) -> str:
        """The tables of the configuration that send text messages here."""
        own = {"url": f"http://127.0.0.1:{self.port}/gui", "kind": kind, "timeout_seconds": 2.0, **more}
        lines = [f"{key} = {_toml(value)}" for key, value in own.items()]
        return "\n".join(["[gateway]", *lines, ""])

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                gateway.taken.append(json.loads(body))
                gateway.headers.append({key.lower(): value for key, value in self.headers.items()})
                self.close_connection = True
                if gateway.hangs_up:
                    return
                status, headers, answer = gateway.answer
                self.send_response(status)
                for name, value in {
                    **headers,
                    "Content-Length": str(len(answer)),
                    "Connection": "close",
                }.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                """Say nothing on the terminal."""

        return Handler


def _toml(value: object) -> str:
    return (
        json.dumps(value, ensure_ascii=False)
        if not isinstance(value, dict)
        else ("{ " + ", ".join(f"{key} = {json.dumps(text)}" for key, text in value.items()) + " }")
    )
