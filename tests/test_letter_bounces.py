"""Letters that came back: reports of RFC 3464, plain words of mail servers, a person's word, and junk."""

from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from offices import NOW, Desk, mail_at
from outgoing import (
    CLERK,
    Mailbox,
    letter_of_dossier,
    outcomes,
    person,
    rows_of,
    send,
    sending,
    sign,
    states_of,
)
from typer.testing import CliRunner

from latewatch.cli.main import app
from latewatch.domain.letters.life import LetterState
from latewatch.domain.letters.sending import LetterChannel
from latewatch.errors import LetterError, StoreError
from latewatch.jobs.letters.bounces import Returned, note_bounce, read_bounces
from latewatch.notify.bounces import Notification, Verdict, read_notification

EMAIL, DESK = LetterChannel.EMAIL, LetterChannel.DESK
OURS = "<abc123.latewatch@example.com>"


def report(
    message_id: str = OURS, action: str = "failed", status: str = "5.1.1", *, headers_only: bool = False
) -> bytes:
    """A report as mail servers write it; the message comes back whole, or its headers alone."""
    enclosed = f"Message-ID: {message_id}\r\nSubject: x\r\nTo: h1@example.com\r\n\r\n"
    kind = "text/rfc822-headers" if headers_only else "message/rfc822"
    return (
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example.com\r\nTo: mot-cua@example.com\r\n"
        "Message-ID: <bounce-1@mx.example.com>\r\nSubject: Undelivered Mail Returned to Sender\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="B"\r\n\r\n'
        "--B\r\nContent-Type: text/plain\r\n\r\nThe user h1@example.com is unknown.\r\n"
        "--B\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.example.com\r\nArrival-Date: Thu, 12 Nov 2026 08:00:00 +0700\r\n\r\n"
        f"Final-Recipient: rfc822; h1@example.com\r\nAction: {action}\r\nStatus: {status}\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 <h1@example.com>: user unknown\r\n\r\n"
        f"--B\r\nContent-Type: {kind}\r\n\r\n{enclosed}\r\n--B--\r\n"
    ).encode()


def plain(words: str, *, sender: str = "MAILER-DAEMON@mx.example.com", **headers: str) -> bytes:
    made = EmailMessage()
    made["From"] = sender
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(words)
    return made.as_bytes()


@pytest.mark.parametrize("headers_only", [False, True])
@pytest.mark.parametrize(
    ("action", "status", "verdict"),
    [
        ("failed", "5.1.1", Verdict.BOUNCED),
        ("Failed", "5.2.2 (mailbox full)", Verdict.BOUNCED),
        ("delayed", "4.4.1", Verdict.DELAYED),
        ("delivered", "2.0.0", Verdict.DELIVERED),
    ],
)
def test_a_report(action: str, status: str, verdict: Verdict, headers_only: bool) -> None:
    found = read_notification(report(action=action, status=status, headers_only=headers_only))
    assert found == Notification(verdict, (OURS,), status.split(maxsplit=1)[0])


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (
            plain(f"550 5.1.1 unknown\n\nMessage-ID: {OURS}\n"),
            Notification(Verdict.BOUNCED, (OURS,), "5.1.1"),
        ),
        (
            plain(f"host said: 550 no such user\n> Message-Id: {OURS}"),
            Notification(Verdict.BOUNCED, (OURS,), "550"),
        ),
        (plain(f"still trying, 4.4.7\n{OURS}"), Notification(Verdict.DELAYED, (OURS,), "4.4.7")),
        (plain(f"Sorry.\n{OURS}"), Notification(Verdict.UNCLEAR, (OURS,), "")),
        (
            plain(f"550 gone {OURS}", sender="Dịch vụ thư <no-reply@x.example>", Return_Path="<>"),
            Notification(Verdict.BOUNCED, (OURS,), "550"),
        ),
        (plain(f"550 5.1.1\n{OURS}", sender="h1@example.com"), Notification(Verdict.NONE)),
        (
            plain("Cảm ơn", sender="h1@example.com", In_Reply_To=OURS, References=OURS),
            Notification(Verdict.NONE),
        ),
        (b"", Notification(Verdict.NONE)),
    ],
    ids=[
        "form",
        "words",
        "delayed",
        "unclear",
        "null path",
        "a person quotes",
        "a person answers",
        "nothing",
    ],
)
def test_without_the_form(raw: bytes, found: Notification) -> None:
    assert read_notification(raw) == found


def _spliced(draw: st.DrawFn) -> bytes:
    """A report that was cut, filled and shuffled."""
    raw = bytearray(report())
    for _ in range(draw(st.integers(1, 6))):
        where = draw(st.integers(0, len(raw)))
        length = draw(st.integers(0, 80))
        raw[where : where + length] = draw(st.binary(max_size=60))
    return bytes(raw)


HEADERS = st.sampled_from(
    [
        b"Content-Type: multipart/report; boundary=",
        b"Content-Type: message/delivery-status\r\n",
        b"Content-Type: text/plain; charset=no-such\r\n",
        b"Content-Transfer-Encoding: base64\r\n",
        b"Content-Transfer-Encoding: uuencode\r\n",
        b"From: MAILER-DAEMON\r\n",
        b"Return-Path: <>\r\n",
        b"Content-Type: message/rfc822\r\n",
        b"\r\n",
        b"--B\r\n",
        b"Status: 5.1.1\r\nAction: failed\r\n",
        b"From: =?x?q?=ff?= MAILER-DAEMON\r\n",
        b"\xff\xfe\x00",
    ]
)


@given(
    st.one_of(
        st.binary(max_size=400),
        st.lists(st.one_of(HEADERS, st.binary(max_size=40))).map(b"".join),
        st.composite(_spliced)(),
    )
)
def test_junk_is_read_as_something_and_trips_over_nothing(raw: bytes) -> None:
    found = read_notification(raw)
    assert found.verdict in Verdict
    assert all(each.startswith("<") and each.endswith(">") for each in found.message_ids)
    assert len(found.status) <= 12


def test_deep_nesting_ends() -> None:
    raw = b"From: MAILER-DAEMON\r\n" + b"Content-Type: message/rfc822\r\n\r\n" * 3000
    assert read_notification(raw).verdict in Verdict


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Ten letters that left by e-mail; each test takes its own."""
    people = [person(f"H{n}") for n in range(10)]
    with Mailbox() as box:
        desk = sending(tmp_path_factory.mktemp("office") / "o", mail_at(box.port), people=people)
        sign(desk, *(f"H{n}" for n in range(10)))
        send(desk)
    return desk


def read(desk: Desk, folder: Path, *raw: bytes) -> list[Returned]:
    for number, each in enumerate(raw):
        (folder / f"{number}.eml").write_bytes(each)
    with desk.open() as opened:
        return read_bounces(opened, [folder], NOW)


def test_a_bounce_puts_the_letter_on_the_print_list(office: Desk, tmp_path: Path) -> None:
    ours = rows_of(office, "H0")[EMAIL].reference
    assert states_of(office, "H0") == {"email": "sent", "desk": "sent"}
    (first,) = read(office, tmp_path, report(ours))
    assert (first.code, first.verdict) == ("H0", Verdict.BOUNCED)
    assert "danh sách in" in first.told
    assert states_of(office, "H0") == {"email": "failed", "desk": "sent", "print": "waiting"}
    assert letter_of_dossier(office, "H0").state is LetterState.SENT, "it was sent, and that stays so"
    (second,) = read(office, tmp_path, report(ours))
    assert second.told == "đã ghi nhận trước đó"
    assert outcomes(office, "H0", EMAIL) == ["accepted", "bounced"]
    assert "h1@example.com" not in str(rows_of(office, "H0"))


def test_a_delay_is_only_noted_and_once(office: Desk, tmp_path: Path) -> None:
    ours = rows_of(office, "H1")[EMAIL].reference
    for _ in range(2):
        read(office, tmp_path, report(ours, "delayed", "4.4.1"))
    assert states_of(office, "H1") == {"email": "sent", "desk": "sent"}
    assert outcomes(office, "H1", EMAIL) == ["accepted", "delayed"]


def test_a_receipt_is_noted(office: Desk, tmp_path: Path) -> None:
    read(office, tmp_path, report(rows_of(office, "H2")[EMAIL].reference, "delivered", "2.0.0"))
    assert outcomes(office, "H2", EMAIL) == ["accepted", "delivered"]


def test_what_was_never_sent_from_here_is_ignored_with_a_word(office: Desk, tmp_path: Path) -> None:
    found = read(
        office,
        tmp_path,
        report("<x@elsewhere.example>"),
        b"\x00\xff",
        plain("Xin chào", sender="a@b.example"),
    )
    assert [each.code for each in found] == ["", "", ""]
    assert ["bỏ qua" in each.told for each in found] == [True, True, True]


def test_a_bounce_of_the_notice_is_told_and_prints_nothing(office: Desk, tmp_path: Path) -> None:
    (found,) = read(office, tmp_path, report(rows_of(office, "H3")[DESK].reference))
    assert "báo bằng cách khác" in found.told
    assert states_of(office, "H3") == {"email": "sent", "desk": "failed"}


def test_a_person_says_it_came_back(office: Desk) -> None:
    with office.open() as opened:
        with pytest.raises(LetterError, match="phải nêu vì sao"):
            note_bounce(opened, "H4", NOW, by=CLERK, why="")
        note_bounce(opened, "H4", NOW, by=CLERK, why="người nộp báo không nhận được")
        with pytest.raises(LetterError, match="chưa được gửi"):
            note_bounce(opened, "H4", NOW, by=CLERK, why="lần nữa")
    assert states_of(office, "H4")["print"] == "waiting"
    assert CLERK in rows_of(office, "H4")[EMAIL].problem


def test_a_file_that_is_not_there_is_named(office: Desk, tmp_path: Path) -> None:
    with office.open() as opened, pytest.raises(StoreError, match=r"khong-co\.eml: không đọc được"):
        read_bounces(opened, [tmp_path / "khong-co.eml"], NOW)


def test_from_the_command_line(office: Desk, tmp_path: Path) -> None:
    file = tmp_path / "tra-lai.eml"
    file.write_bytes(report(rows_of(office, "H5")[EMAIL].reference))
    here = ["--config", str(office.folder / "config.toml"), "--at", "2026-11-12T09:00"]
    runner = CliRunner()
    done = runner.invoke(app, ["letters", "bounce", str(file), *here])
    assert done.exit_code == 0, done.output
    assert "H5" in done.output
    by_hand = runner.invoke(app, ["letters", "bounce", "--code", "H6", "--by", CLERK, "--why", "gọi", *here])
    assert by_hand.exit_code == 0, by_hand.output
    assert runner.invoke(app, ["letters", "bounce", *here]).exit_code == 2
    assert runner.invoke(app, ["letters", "bounce", str(file), "--code", "H7", *here]).exit_code == 2
