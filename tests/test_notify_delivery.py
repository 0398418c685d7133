"""How a message leaves: a real SMTP server on loopback with all it may answer, and the outbox folder."""

import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, ClassVar

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from latewatch.errors import DeliveryError, StoreError
from latewatch.notify.delivery import Outbox, SmtpServer
from latewatch.notify.smtp_answers import PartialDeliveryError

PASSWORD = "khong-ai-biet-7"


class Mailbox:  # its handlers have the names aiosmtpd calls them by
    """What an SMTP server of this test took, and how it answers."""

    def __init__(self, answers: dict[str, str] | None = None, data: str = "250 OK") -> None:
        self.answers = answers or {}
        self.data = data
        self.taken: list[Any] = []

    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.data.startswith("250"):
            self.taken.append(envelope)
        return self.data


def free_port() -> int:
    """A port of loopback where nobody listens just now."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return unused.getsockname()[1]


@contextmanager
def smtp(mailbox: Mailbox, **options: Any) -> Iterator[int]:
    """Run a real SMTP server on loopback and give its port."""
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def server(port: int, **settings: Any) -> SmtpServer:
    return SmtpServer(
        **{"host": "127.0.0.1", "port": port, "security": "none", "timeout_seconds": 5, **settings}
    )


def message(*to: str) -> EmailMessage:
    made = EmailMessage()
    made["From"] = "latewatch@example.com"
    made["To"] = ", ".join(to or ("phu-trach@example.com",))
    made["Subject"] = "[Một cửa] 12/11: 7 trễ mới"
    made.set_content("Nội dung tiếng Việt")
    return made


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def server_side(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    return context


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> Path:
    file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(file)
    return file


def hang_up(listening: socket.socket) -> None:
    listening.accept()[0].close()


class TestSmtp:
    def test_a_message_arrives_as_it_was_written(self) -> None:
        mailbox = Mailbox()
        with smtp(mailbox) as port:
            assert server(port).deliver(message(), "x") == f"127.0.0.1:{port}"
        (envelope,) = mailbox.taken
        arrived = message_from_bytes(envelope.original_content, policy=policy.default)
        assert arrived["Subject"] == "[Một cửa] 12/11: 7 trễ mới"
        assert arrived.get_content().strip() == "Nội dung tiếng Việt"
        assert envelope.rcpt_tos == ["phu-trach@example.com"]

    def test_nobody_listens(self) -> None:
        port = free_port()
        with pytest.raises(DeliveryError, match=f"127.0.0.1:{port}.*từ chối kết nối.*mail.host") as caught:
            server(port).deliver(message(), "x")
        assert caught.value.passing

    def test_a_server_that_never_greets(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            port = silent.getsockname()[1]
            with pytest.raises(DeliveryError, match=r"không trả lời trong 0\.3 giây") as caught:
                server(port, timeout_seconds=0.3).deliver(message(), "x")
        assert caught.value.passing

    def test_a_server_that_hangs_up(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as rude:
            thread = threading.Thread(target=hang_up, args=(rude,))
            thread.start()
            with pytest.raises(DeliveryError) as caught:
                server(rude.getsockname()[1]).deliver(message(), "x")
            thread.join()
        assert caught.value.passing

    @pytest.mark.parametrize(
        ("answer", "passing", "says"),
        [
            pytest.param("451 4.3.0 thử lại", True, "mã 451 4.3.0", id="later"),
            pytest.param("554 5.7.1 không", False, "mã 554 5.7.1", id="never"),
        ],
    )
    def test_the_server_refuses_the_message(self, answer: str, passing: bool, says: str) -> None:
        with smtp(Mailbox(data=answer)) as port, pytest.raises(DeliveryError, match=says) as caught:
            server(port).deliver(message(), "x")
        assert caught.value.passing is passing

    @pytest.mark.parametrize(("answer", "passing"), [("450 bận", True), ("550 5.1.1 không có", False)])
    def test_the_only_recipient_is_refused(self, answer: str, passing: bool) -> None:
        mailbox = Mailbox({"phu-trach@example.com": answer})
        with smtp(mailbox) as port, pytest.raises(DeliveryError, match="không nhận người nhận") as caught:
            server(port).deliver(message(), "x")
        assert caught.value.passing is passing
        assert "phu-trach" not in str(caught.value), "an address is personal data"

    def test_one_of_two_recipients_is_refused(self) -> None:
        mailbox = Mailbox({"hai@example.com": "550 5.1.1 không có"})
        with smtp(mailbox) as port, pytest.raises(PartialDeliveryError) as caught:
            server(port).deliver(message("mot@example.com", "hai@example.com"), "x")
        assert caught.value.taken == 1
        assert "người nhận thứ 2 h…@example.com (mã 550 5.1.1)" in str(caught.value)
        assert [envelope.rcpt_tos for envelope in mailbox.taken] == [["mot@example.com"]]


class TestTls:
    @pytest.mark.parametrize("security", ["starttls", "tls"])
    def test_a_certificate_of_the_office_s_own_authority(
        self, security: str, server_side: ssl.SSLContext, ca_file: Path
    ) -> None:
        mailbox = Mailbox()
        with encrypted(security, mailbox, server_side) as port:
            server(port, security=security, ca_file=ca_file).deliver(message(), "x")
        assert len(mailbox.taken) == 1

    @pytest.mark.parametrize("security", ["starttls", "tls"])
    def test_a_certificate_nobody_vouches_for(self, security: str, server_side: ssl.SSLContext) -> None:
        mailbox = Mailbox()
        with encrypted(security, mailbox, server_side) as port, pytest.raises(DeliveryError) as caught:
            server(port, security=security).deliver(message(), "x")
        assert "mail.ca_file" in str(caught.value)
        assert not caught.value.passing
        assert mailbox.taken == []

    def test_another_machine_s_certificate(self, authority: trustme.CA, ca_file: Path) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("mail.example.com").configure_cert(context)
        with (
            encrypted("tls", Mailbox(), context) as port,
            pytest.raises(DeliveryError, match="không mang tên"),
        ):
            server(port, security="tls", ca_file=ca_file).deliver(message(), "x")

    def test_a_server_without_starttls(self) -> None:
        mailbox = Mailbox()
        with smtp(mailbox) as port, pytest.raises(DeliveryError, match="không có STARTTLS"):
            server(port, security="starttls").deliver(message(), "x")
        assert mailbox.taken == []

    def test_an_authority_file_that_is_none(self, tmp_path: Path) -> None:
        (tmp_path / "ca.pem").write_text("không phải PEM", encoding="utf-8")
        with smtp(Mailbox()) as port, pytest.raises(DeliveryError, match=r"mail\.ca_file"):
            server(port, security="tls", ca_file=tmp_path / "ca.pem").deliver(message(), "x")


@contextmanager
def encrypted(security: str, mailbox: Mailbox, context: ssl.SSLContext) -> Iterator[int]:
    options = (
        {"ssl_context": context} if security == "tls" else {"tls_context": context, "require_starttls": True}
    )
    with smtp(mailbox, **options) as port:
        yield port


def authenticator(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    is_right = (data.login, data.password) == (b"latewatch", PASSWORD.encode())
    return AuthResult(success=is_right, handled=False)


class TestLogIn:
    """Over STARTTLS: the server takes a password only from an encrypted line."""

    OPTIONS: ClassVar = {"authenticator": authenticator, "auth_required": True, "require_starttls": True}

    def test_with_the_right_password(self, server_side: ssl.SSLContext, ca_file: Path) -> None:
        mailbox = Mailbox()
        with smtp(mailbox, tls_context=server_side, **self.OPTIONS) as port:
            mine = server(port, security="starttls", ca_file=ca_file, username="latewatch", password=PASSWORD)
            mine.check()
            mine.deliver(message(), "x")
        assert len(mailbox.taken) == 1
        assert PASSWORD not in repr(mine)

    def test_with_a_wrong_one(self, server_side: ssl.SSLContext, ca_file: Path) -> None:
        with smtp(Mailbox(), tls_context=server_side, **self.OPTIONS) as port:
            mine = server(port, security="starttls", ca_file=ca_file, username="latewatch", password="sai-7")
            with pytest.raises(DeliveryError, match="từ chối đăng nhập") as caught:
                mine.check()
        assert not caught.value.passing
        assert "sai-7" not in str(caught.value)


class TestOutbox:
    def test_it_writes_a_file_any_mail_program_opens(self, tmp_path: Path) -> None:
        path = Path(Outbox(tmp_path / "mới" / "hộp").deliver(message(), "2026-11-12-quay"))
        assert path.name == "2026-11-12-quay.eml"
        assert message_from_bytes(path.read_bytes(), policy=policy.default)["Subject"].startswith("[Một cửa]")

    def test_the_same_name_is_the_same_file(self, tmp_path: Path) -> None:
        outbox = Outbox(tmp_path)
        assert outbox.deliver(message(), "a") == outbox.deliver(message(), "a")
        assert [path.name for path in tmp_path.iterdir()] == ["a.eml"]

    def test_a_name_is_never_a_path(self, tmp_path: Path) -> None:
        path = Path(Outbox(tmp_path / "hộp").deliver(message(), "../../ra ngoài"))
        assert path.parent == tmp_path / "hộp"

    def test_a_folder_that_is_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "hộp").write_text("tệp")
        with pytest.raises(StoreError, match=r"paths\.outbox"):
            Outbox(tmp_path / "hộp").deliver(message(), "a")

    def test_a_full_disk_leaves_nothing_half_written(self, tmp_path: Path) -> None:
        """The kernel refuses to let a file grow: what a full disk looks like from here."""
        script = (
            "import resource, sys\n"
            "from email.message import EmailMessage\n"
            "from pathlib import Path\n"
            "from latewatch.errors import StoreError\n"
            "from latewatch.notify.delivery import Outbox\n"
            "message = EmailMessage()\n"
            "message.set_content('x' * 100_000)\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
            "try:\n"
            "    Outbox(Path(sys.argv[1])).deliver(message, 'a')\n"
            "except StoreError as e:\n"
            "    print(e)\n"
        )
        result = subprocess.run(
            [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True
        )
        assert "đĩa đầy" in result.stdout
        assert list(tmp_path.iterdir()) == []
