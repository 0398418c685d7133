"""The address a spreadsheet comes from, against a real HTTP(S) server on loopback."""

import gzip
import logging
import socket
import ssl
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
import trustme
from exports import CORE, core, xlsx

from latewatch.config import Source
from latewatch.errors import ConfigError, LatewatchError, SourceError
from latewatch.sources import http
from latewatch.sources.delivery import Delivery
from latewatch.sources.web import fetch

CONTENT = xlsx([CORE, core()])
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TOKEN = "ma-truy-cap-bi-mat"
Answer = Callable[[BaseHTTPRequestHandler], None]


def load(source: Source, cursor: Mapping[str, str]) -> Delivery | None:
    """Fetch into a folder of its own, which stays for the test to look into."""
    return fetch(source, cursor, Path(mkdtemp(prefix="lw-web-")))


@dataclass
class Server:
    """A server that gives its answers in turn, the last one for ever, and keeps what it was asked."""

    base: str
    answers: list[Answer] = field(default_factory=list)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def source(self, path: str = "/xuat/ho-so.xlsx", **settings: Any) -> Source:
        return Source(
            **{"name": "thử", "url": self.base + path, "retries": 2, "timeout_seconds": 2.0, **settings}
        )


@pytest.fixture(autouse=True)
def _without_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setattr(http, "FIRST_WAIT", 0.01)
    monkeypatch.setattr(http, "JITTER", 0.01)


def start(context: ssl.SSLContext | None = None) -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            answer = made.answers[min(len(made.asked), len(made.answers)) - 1]
            answer(self)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """Say nothing: clients that go away are part of the tests."""

    httpd = Quiet(("127.0.0.1", 0), Handler)
    scheme = "http"
    if context:
        httpd.socket = context.wrap_socket(httpd.socket, server_side=True)
        scheme = "https"
    made = Server(f"{scheme}://localhost:{httpd.server_port}")
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield made
    httpd.shutdown()
    httpd.server_close()
    thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    yield from start()


@pytest.fixture
def other_server() -> Iterator[Server]:
    yield from start()


def send(status: int = 200, body: bytes = CONTENT, **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content-Type": SPREADSHEET, **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def hang_up_after(sent: int) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(CONTENT)))
        handler.end_headers()
        handler.wfile.write(CONTENT[:sent])
        handler.close_connection = True

    return answer


def sleep(seconds: float) -> Answer:
    def answer(_handler: BaseHTTPRequestHandler) -> None:
        time.sleep(seconds)

    return answer


def refused(source: Source) -> SourceError:
    with pytest.raises(SourceError) as error:
        load(source, {})
    return error.value


def test_a_file_is_fetched_with_what_the_next_request_needs(server: Server) -> None:
    server.answers = [send(ETag='"7"', Last_Modified="Mon, 02 Nov 2026 01:00:00 GMT")]
    delivery = load(server.source("/xuat/h%E1%BB%93%20s%C6%A1.xlsx"), {})
    assert delivery is not None
    assert (delivery.name, delivery.content) == ("hồ sơ.xlsx", CONTENT)
    assert delivery.cursor == {"etag": '"7"', "last_modified": "Mon, 02 Nov 2026 01:00:00 GMT"}
    assert "authorization" not in server.asked[0][1]
    assert "if-none-match" not in server.asked[0][1]


def test_a_file_that_has_not_changed_is_not_sent_again(server: Server) -> None:
    server.answers = [send(ETag='"7"', Last_Modified="Mon, 02 Nov 2026 01:00:00 GMT"), send(304, b"")]
    first = load(server.source(), {})
    assert first is not None
    assert load(server.source(), first.cursor) is None
    assert server.asked[1][1]["if-none-match"] == '"7"'
    assert server.asked[1][1]["if-modified-since"] == "Mon, 02 Nov 2026 01:00:00 GMT"


def test_a_server_without_marks_leaves_no_cursor(server: Server) -> None:
    server.answers = [send(), send(ETag="\u00e9t\u00e9")]
    for _ in server.answers:
        delivery = load(server.source(), {})
        assert delivery is not None
        assert delivery.cursor == {}


def test_not_modified_is_no_answer_to_who_has_nothing(server: Server) -> None:
    server.answers = [send(304, b"")]
    assert "HTTP 304" in str(refused(server.source()))


def test_an_address_without_a_file_name(server: Server) -> None:
    server.answers = [send()]
    delivery = load(server.source("/?ngay=2026-11-02"), {})
    assert delivery is not None
    assert delivery.name == "export"


@pytest.mark.parametrize(
    ("status", "words"),
    [
        pytest.param(401, "đòi đăng nhập hoặc mã truy cập không đúng; kiểm tra token_file", id="401"),
        pytest.param(403, "không có quyền đọc; hãy xin quyền", id="403"),
        pytest.param(404, "không có gì ở địa chỉ này; kiểm tra khóa url", id="404"),
        pytest.param(410, "không còn nữa; kiểm tra khóa url", id="410"),
        pytest.param(418, "yêu cầu bị từ chối; kiểm tra url", id="another refusal"),
    ],
)
def test_a_refusal_is_final_and_asked_once(server: Server, status: int, words: str) -> None:
    server.answers = [send(status)]
    error = refused(server.source())
    assert f"trả lời HTTP {status}: " in str(error)
    assert words in str(error)
    assert (error.passing, len(server.asked)) == (False, 1)


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_passing_failure_is_retried_and_then_told(server: Server, status: int) -> None:
    server.answers = [send(status)]
    error = refused(server.source(retries=2))
    assert f"HTTP {status}" in str(error)
    assert "thử lại ở lần chạy sau" in str(error)
    assert (error.passing, len(server.asked)) == (True, 3)


def test_no_retries_means_one_request(server: Server) -> None:
    server.answers = [send(500)]
    refused(server.source(retries=0))
    assert len(server.asked) == 1


def test_a_second_try_may_succeed(server: Server) -> None:
    server.answers = [send(503), hang_up_after(100), send()]
    delivery = load(server.source(), {})
    assert delivery is not None
    assert (delivery.content, len(server.asked)) == (CONTENT, 3)


NOW = datetime.now(UTC)


@pytest.mark.parametrize(
    ("headers", "least", "most"),
    [
        pytest.param({"Retry_After": "1"}, 1.0, 5.0, id="seconds"),
        pytest.param({"Retry_After": "0"}, 0.0, 5.0, id="at once"),
        pytest.param({"Retry_After": "86400"}, 0.4, 5.0, id="a day is cut to the longest wait"),
        pytest.param(
            {"Retry_After": format_datetime(NOW + timedelta(days=1), usegmt=True)},
            0.4,
            1.2,
            id="a moment, cut too",
        ),
        pytest.param(
            {"Retry_After": format_datetime(NOW - timedelta(days=1), usegmt=True)},
            0.0,
            0.8,
            id="a moment gone by",
        ),
        pytest.param({"Retry_After": "sớm".encode().decode("latin-1")}, 0.0, 5.0, id="nonsense"),
    ],
)
def test_retry_after_is_kept_to(
    server: Server, monkeypatch: pytest.MonkeyPatch, headers: dict[str, str], least: float, most: float
) -> None:
    monkeypatch.setattr(http, "LONGEST_WAIT", 1.0 if least == 1.0 else 0.4)
    server.answers = [send(429, b"", **headers), send()]
    begun = time.monotonic()
    assert load(server.source(), {}) is not None
    assert least <= time.monotonic() - begun < most


def test_a_server_that_does_not_answer(server: Server) -> None:
    server.answers = [sleep(0.5)]
    error = refused(server.source(timeout_seconds=0.1, retries=1))
    assert "không trả lời trong 0.1 giây; thử lại" in str(error)
    assert (error.passing, len(server.asked)) == (True, 2)


def test_a_server_that_drips(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        for _ in range(50):
            handler.wfile.write(b"x")
            time.sleep(0.02)

    monkeypatch.setattr(http, "LONGEST_DOWNLOAD", 0.1)
    server.answers = [drip]
    error = refused(server.source(retries=0))
    assert "tải chưa xong" in str(error)
    assert error.passing


def test_a_connection_cut_within_the_body(server: Server) -> None:
    server.answers = [hang_up_after(200)]
    error = refused(server.source(retries=1))
    assert "bị ngắt giữa chừng" in str(error)
    assert (error.passing, len(server.asked)) == (True, 2)


def test_a_port_nobody_listens_on() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    error = refused(Source(name="thử", url=f"http://127.0.0.1:{port}/x.xlsx", retries=1))
    assert f"http://127.0.0.1:{port}/x.xlsx: không kết nối được" in str(error)
    assert error.passing


def test_a_page_instead_of_a_file(server: Server) -> None:
    server.answers = [send(200, b"<html>", Content_Type="text/html; charset=utf-8")]
    error = refused(server.source())
    assert "trả về trang web, không phải bảng tính" in str(error)
    assert (error.passing, len(server.asked)) == (False, 1)


def test_a_file_too_large_is_left_while_it_comes(server: Server) -> None:
    server.answers = [send(200, bytes(3 * 1024 * 1024))]
    assert "lớn hơn 1 MB" in str(refused(server.source(max_megabytes=1)))


def test_a_packed_answer_is_measured_unpacked(server: Server) -> None:
    server.answers = [send(200, gzip.compress(bytes(3 * 1024 * 1024)), Content_Encoding="gzip")]
    assert "lớn hơn 1 MB" in str(refused(server.source(max_megabytes=1)))
    server.answers = [send(200, b"no gzip", Content_Encoding="gzip")]
    assert "dữ liệu nén bị hỏng" in str(refused(server.source()))


def test_a_redirect_is_followed(server: Server) -> None:
    server.answers = [send(302, b"", Location="/moi/ho-so.xlsx"), send()]
    delivery = load(server.source(), {})
    assert delivery is not None
    assert [path for path, _ in server.asked] == ["/xuat/ho-so.xlsx", "/moi/ho-so.xlsx"]


@pytest.mark.parametrize(
    "location", ["/xuat/ho-so.xlsx", "ftp://localhost/x", "http://"], ids=["a loop", "no HTTP", "nowhere"]
)
def test_a_redirect_that_leads_nowhere(server: Server, location: str) -> None:
    server.answers = [send(302, b"", Location=location)]
    error = refused(server.source())
    assert "kiểm tra" in str(error)
    assert "url" in str(error) or "địa chỉ" in str(error)


def test_the_token_does_not_travel_to_another_host(
    server: Server, other_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MA_TRUY_CAP", TOKEN)
    server.answers = [send(302, b"", Location=f"{other_server.base}/x.xlsx")]
    other_server.answers = [send()]
    assert load(server.source(token_env="MA_TRUY_CAP"), {}) is not None
    assert server.asked[0][1]["authorization"] == f"Bearer {TOKEN}"
    assert "authorization" not in other_server.asked[0][1]
    server.base = server.base.replace("//", "//nguoi-dung:mat-khau-bi-mat@")
    assert load(server.source(), {}) is not None
    assert server.asked[1][1]["authorization"].startswith("Basic ")
    assert "authorization" not in other_server.asked[1][1]


def test_the_token_from_a_file(server: Server, tmp_path: Path) -> None:
    server.answers = [send()]
    file = tmp_path / "ma"
    file.write_text(f"\ufeff{TOKEN}\r\n", encoding="utf-8")  # as Notepad saves it
    load(server.source(token_file=file), {})
    assert server.asked[0][1]["authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize("token", [f"{TOKEN} {TOKEN}", f"{TOKEN}\n{TOKEN}", f"{TOKEN}ầ"])
def test_a_token_that_cannot_be_one_is_refused_and_not_shown(
    server: Server, tmp_path: Path, token: str
) -> None:
    file = tmp_path / "ma"
    file.write_text(token, encoding="utf-8")
    with pytest.raises(ConfigError, match="token_file: mã bí mật có dấu cách") as error:
        load(server.source(token_file=file), {})
    assert TOKEN not in "".join(traceback.format_exception(error.value))
    assert server.asked == []


def test_a_secret_that_is_named_and_not_there(server: Server, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="token_env"):
        load(server.source(token_env="KHONG_CO_BIEN_NAY"), {})
    with pytest.raises(ConfigError, match="token_file"):
        load(server.source(token_file=tmp_path / "khong-co"), {})


FAILURES: dict[str, Answer] = {
    "401": send(401),
    "404": send(404),
    "500": send(500),
    "a page": send(200, b"<html>", Content_Type="text/html"),
    "a timeout": sleep(0.3),
    "a cut": hang_up_after(10),
    "a loop": send(302, b"", Location="/xuat/ho-so.xlsx?khoa=khoa-bi-mat"),
}


@pytest.mark.parametrize("answer", FAILURES.values(), ids=FAILURES)
def test_no_secret_is_in_a_message_a_traceback_or_a_log(
    server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, answer: Answer
) -> None:
    monkeypatch.setenv("MA_TRUY_CAP", TOKEN)
    caplog.set_level(logging.INFO)
    server.answers = [answer]
    server.base = server.base.replace("//", "//nguoi-dung:mat-khau-bi-mat@")
    source = server.source(
        "/xuat/ho-so.xlsx?khoa=khoa-bi-mat", token_env="MA_TRUY_CAP", timeout_seconds=0.1, retries=1
    )
    error = refused(source)
    logged = "".join(str(vars(record)) for record in caplog.records)
    told = "".join([str(error), repr(error), *traceback.format_exception(error), logged])
    assert "/xuat/ho-so.xlsx" in told
    assert [secret for secret in ("nguoi-dung", "bi-mat", "khoa=", TOKEN) if secret in told] == []


@pytest.mark.parametrize(
    "url",
    [
        "http://may:so/x",
        "http://[::1/x",
        "http://user:mat-khau@may:so/x",
        "http://xn--\u00df.\u2488/",
        "http://a\x00b/",
    ],
)
def test_an_address_that_is_none(url: str) -> None:
    error = refused(Source(name="thử", url=url, retries=0))
    assert "url" in str(error) or "không kết nối được" in str(error)
    assert "mat-khau" not in "".join(traceback.format_exception(error))


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def tls_server(authority: trustme.CA) -> Iterator[Server]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    yield from start(context)


def test_tls_is_verified_against_the_offices_own_authority(
    tls_server: Server, authority: trustme.CA, tmp_path: Path
) -> None:
    ca_file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    tls_server.answers = [send()]
    assert load(tls_server.source(ca_file=ca_file), {}) is not None


def test_a_certificate_nobody_vouches_for_is_refused_at_once(tls_server: Server) -> None:
    tls_server.answers = [send()]
    error = refused(tls_server.source(retries=5))
    assert "chứng thư TLS không kiểm tra được" in str(error)
    assert "hãy đặt ca_file của nguồn" in str(error)
    assert (error.passing, tls_server.asked) == (False, [])


def test_a_certificate_of_another_name_is_refused(
    tls_server: Server, authority: trustme.CA, tmp_path: Path
) -> None:
    ca_file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    tls_server.base = tls_server.base.replace("localhost", "127.0.0.1")
    assert "chứng thư TLS" in str(refused(tls_server.source(ca_file=ca_file)))


def test_https_to_a_server_that_speaks_http(server: Server) -> None:
    server.base = server.base.replace("http:", "https:")
    assert "không bắt tay TLS được; kiểm tra url" in str(refused(server.source()))


@pytest.mark.parametrize("content", [None, "không phải PEM"], ids=["missing", "no certificate"])
def test_an_authority_that_cannot_be_read(server: Server, tmp_path: Path, content: str | None) -> None:
    ca_file = tmp_path / "ca.pem"
    if content:
        ca_file.write_text(content, encoding="utf-8")
    with pytest.raises(LatewatchError, match=r"không đọc được tệp chứng thư ca_file .*ca\.pem"):
        load(server.source(ca_file=ca_file), {})
