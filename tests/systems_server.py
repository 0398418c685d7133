"""One-stop systems on loopback: what they answer, what goes wrong on the way, who may ask.

A system is a subclass of `System` with an `answer`; a test scripts what befalls its requests (`befall`) and
reads what it was asked (`asked`). With `wants_token` it gives out tokens at `/token` and takes no others.
"""

import json
import threading
import time
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

import pytest

from latewatch.config import Source
from latewatch.sources import http

CLIENT, CLIENT_SECRET = "ung-dung", "mat-khau-ung-dung"
SECRET_VARIABLE = "LW_TEST_CLIENT_SECRET"
Mishap = Callable[[BaseHTTPRequestHandler], None]


@dataclass(frozen=True)
class Request:
    """What a system was asked; `path` is without its query."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes = b""

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    """An answer that is more than a document with status 200."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


class System:
    """A system behind a real HTTP server, from `with` to its end."""

    wants_token = False
    token_seconds = 300  # how long a token is said to last

    def __init__(self) -> None:
        self.asked: list[Request] = []  # requests for data, those that went wrong too
        self.tokens: list[str] = []  # given out so far
        self.valid: set[str] = set()
        self._mishaps: dict[int, Mishap] = {}
        self._always: Mishap | None = None
        self._lock = threading.Lock()

    def answer(self, request: Request) -> Reply | object:
        """Return a document, or a Reply."""
        raise NotImplementedError

    def befall(self, *numbers: int, mishap: Mishap) -> None:
        """Let `mishap` befall the requests of these numbers, counted from 1; without numbers all from now on."""
        self._mishaps |= dict.fromkeys(numbers, mishap)
        if not numbers:
            self._always = mishap

    def recover(self) -> None:
        """Let nothing go wrong any more, and forget what was asked."""
        self._mishaps, self._always = {}, None
        self.asked.clear()

    def expire_tokens(self) -> None:
        self.valid.clear()

    def source(self, **settings: Any) -> Source:
        """Return a source that asks this system, in a hurry."""
        usual = {
            "name": "he-thong",
            "url": self.base,
            "retries": 2,
            "timeout_seconds": 2.0,
            "requests_per_second": 1000.0,
        }
        login = {"token_url": f"{self.base}/token", "client_id": CLIENT, "client_secret_env": SECRET_VARIABLE}
        return Source(**{**usual, **(login if self.wants_token else {}), **settings})

    def table(self, **settings: str) -> str:
        """Return the same as a table of config.toml; values of `settings` are TOML."""
        usual = {
            "name": '"he-thong"',
            "url": f'"{self.base}"',
            "retries": "2",
            "timeout_seconds": "2.0",
            "requests_per_second": "1000.0",
        }
        login = {
            "token_url": f'"{self.base}/token"',
            "client_id": f'"{CLIENT}"',
            "client_secret_env": f'"{SECRET_VARIABLE}"',
        }
        keys = {**usual, **(login if self.wants_token else {}), **settings}
        return "\n[[sources]]\n" + "".join(f"{key} = {value}\n" for key, value in keys.items())

    def __enter__(self) -> Self:
        self._httpd = _Quiet(("127.0.0.1", 0), self._handler())
        self.base = f"http://localhost:{self._httpd.server_port}"
        self._thread = threading.Thread(target=self._httpd.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._httpd.shutdown()
        self._httpd.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        system = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                system._serve(self)

            def do_POST(self) -> None:
                system._serve(self)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        address = urlsplit(handler.path)
        request = Request(
            handler.command,
            address.path,
            dict(parse_qsl(address.query, keep_blank_values=True)),
            {name.lower(): value for name, value in handler.headers.items()},
            handler.rfile.read(int(handler.headers.get("content-length") or 0)),
        )
        if request.path == "/token":
            _send(handler, self.give_token(request))
            return
        with self._lock:
            self.asked.append(request)
            mishap = self._mishaps.get(len(self.asked), self._always)
        if mishap:
            mishap(handler)
        elif self.wants_token and request.headers.get("authorization", "") not in self.valid:
            _send(handler, Reply(401))
        else:
            _send(handler, self.answer(request))

    def give_token(self, request: Request) -> Reply | object:
        """Answer as OpenID Connect does to client credentials (RFC 6749, section 4.4)."""
        known = b64encode(f"{CLIENT}:{CLIENT_SECRET}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {known}":
            return Reply(401, b'{"error": "invalid_client", "error_description": "mat khau sai"}')
        assert dict(parse_qsl(request.body.decode()))["grant_type"] == "client_credentials"
        token = f"ma-truy-cap-{len(self.tokens) + 1}"
        self.tokens.append(token)
        self.valid.add(f"Bearer {token}")
        return {"access_token": token, "token_type": "Bearer", "expires_in": self.token_seconds}


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Say nothing: clients that go away are part of the tests."""


def _send(handler: BaseHTTPRequestHandler, answer: Reply | object) -> None:
    reply = (
        answer if isinstance(answer, Reply) else Reply(body=json.dumps(answer, ensure_ascii=False).encode())
    )
    handler.send_response(reply.status)
    for name, value in {"Content-Type": "application/json", **reply.headers}.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(reply.body)))
    handler.end_headers()
    handler.wfile.write(reply.body)


def status(code: int, body: bytes = b"", **headers: str) -> Mishap:
    """Answer with `code`; `Retry_After` becomes Retry-After."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler: _send(handler, Reply(code, body, named))


def silence(seconds: float) -> Mishap:
    """Say nothing for a while, then hang up."""

    def mishap(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(seconds)
        handler.close_connection = True

    return mishap


def cut(body: bytes = b'{"content": [') -> Mishap:
    """Hang up in the middle of the answer."""

    def mishap(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body) + 1000))
        handler.end_headers()
        handler.wfile.write(body)
        handler.wfile.flush()
        handler.close_connection = True

    return mishap


def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask without the machine's proxy, with short waits between tries, and with the secret at hand."""
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setenv(SECRET_VARIABLE, CLIENT_SECRET)
    monkeypatch.setattr(http, "FIRST_WAIT", 0.01)
    monkeypatch.setattr(http, "JITTER", 0.01)
