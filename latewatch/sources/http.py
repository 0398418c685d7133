"""Asking over HTTP(S): what is tried again, what a refusal means, how an address is shown.

Neither a token nor the user, password and query of an address are in any message, log or traceback.
"""

import logging
import re
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TypeVar
from urllib.parse import urlsplit

import httpx
import stamina

from latewatch.config import Source, secret
from latewatch.errors import ConfigError, SourceError

MEGABYTE = 1024 * 1024
FIRST_WAIT = 0.2  # seconds; doubled with every try, plus up to JITTER
JITTER = 1.0
LONGEST_WAIT = 60.0
LONGEST_DOWNLOAD = 900.0  # seconds; a server that drips keeps every single timeout

_CURES = {
    403: "mã truy cập không có quyền đọc; hãy xin quyền ở hệ thống một cửa",
    404: "không có gì ở địa chỉ này; kiểm tra khóa url của nguồn",
    407: "máy chủ trung gian (proxy) đòi đăng nhập; kiểm tra khóa proxy của nguồn hoặc HTTPS_PROXY của máy",
    410: "địa chỉ này không còn nữa; kiểm tra khóa url của nguồn",
    429: "máy chủ báo hỏi quá nhiều; thử lại ở lần chạy sau",
}
_NO_ADDRESS = "không phải địa chỉ http(s) hợp lệ; hãy sửa khóa url của nguồn"

for _name in ("httpx", "httpcore"):  # their finer lines show whole addresses and headers
    logging.getLogger(_name).setLevel(logging.WARNING)

T = TypeVar("T")


class Refused(Exception):  # noqa: N818  an answer, not an error of the program
    """An answer without what was asked for. Unlike the error of httpx it does not quote the address."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__(f"HTTP {response.status_code}")
        self.status = response.status_code
        self.retry_after = _retry_after(response)

    @property
    def passing(self) -> bool:
        return self.status == HTTPStatus.TOO_MANY_REQUESTS or self.status >= HTTPStatus.INTERNAL_SERVER_ERROR


def new_client(source: Source) -> httpx.Client:
    """Return a client for `source`: its timeout, its certificate, its proxy or the environment's.

    A redirect to another host never carries the token: httpx drops it. Raises SourceError.
    """
    where = shown(source.url or "")
    tls = _tls(source, where)
    try:
        proxy = httpx.Proxy(source.proxy) if source.proxy else None
        if proxy and proxy.url.scheme == "https":
            proxy.ssl_context = tls
        return httpx.Client(
            timeout=source.timeout_seconds,
            verify=tls,
            proxy=proxy,
            follow_redirects=True,
            headers={"User-Agent": "latewatch"},
        )
    except (httpx.InvalidURL, ValueError):
        raise SourceError(where, "địa chỉ proxy không hợp lệ; kiểm tra khóa proxy của nguồn") from None


def patiently(source: Source, ask: Callable[[], T]) -> T:
    """Return what `ask` gives.

    Timeouts, broken connections, 429 and 5xx are tried again `source.retries` times with growing waits
    (`Retry-After` is kept to, up to a minute); nothing else is.
    """
    tries = stamina.retry_context(
        on=_wait_or_give_up,
        attempts=source.retries + 1,
        timeout=None,
        wait_initial=FIRST_WAIT,
        wait_jitter=JITTER,
        wait_max=LONGEST_WAIT,
    )
    for attempt in tries:
        with attempt:
            return ask()
    raise AssertionError("unreachable: the last try returns or raises")  # pragma: no cover


@contextmanager
def explained(source: Source, where: str) -> Iterator[None]:
    """Turn what goes wrong while asking into a SourceError with its cure, passing or permanent."""
    try:
        yield
    except Refused as e:
        raise _refusal(source, where, e) from e
    except httpx.TimeoutException:
        problem = f"không trả lời trong {source.timeout_seconds:g} giây; thử lại ở lần chạy sau"
        raise SourceError(where, problem, passing=True) from None
    except httpx.HTTPError as e:
        raise _broken(where, e) from None
    except (httpx.InvalidURL, UnicodeError):
        raise SourceError(where, _NO_ADDRESS) from None


def chunks(response: httpx.Response, source: Source, where: str) -> Iterator[bytes]:
    """Yield the body while it is neither too large nor too slow. Raises SourceError."""
    size, end = 0, time.monotonic() + LONGEST_DOWNLOAD
    for chunk in response.iter_bytes():
        yield chunk
        size += len(chunk)
        if size > source.max_megabytes * MEGABYTE:
            raise SourceError(
                where, f"lớn hơn {source.max_megabytes} MB; tăng max_megabytes của nguồn nếu đúng là vậy"
            )
        if time.monotonic() > end:
            problem = f"tải chưa xong sau {LONGEST_DOWNLOAD:g} giây; thử lại ở lần chạy sau"
            raise SourceError(where, problem, passing=True)


def bearer(source: Source) -> str:
    """Return the header of the token that `source` names; empty where it names none. Raises ConfigError."""
    key = "token_file" if source.token_file else "token_env"
    token = one_line(source, key, secret("token", source.token_file, source.token_env))
    return f"Bearer {token}" if token else ""


def one_line(source: Source, key: str, text: str) -> str:
    """Return a secret that can stand in a header. Raises ConfigError, which does not quote it."""
    plain = text.lstrip("\ufeff")  # Notepad's mark
    if plain and not re.fullmatch(r"[!-~]+", plain):
        problem = "mã bí mật có dấu cách, xuống dòng hoặc chữ có dấu; hãy chép lại đúng một dòng"
        raise ConfigError(f"nguồn {source.name}", key, problem)
    return plain


def shown(url: str) -> str:
    """Return the address without user, password and query: they may hold secrets or personal data."""
    try:
        parts = urlsplit(url)
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "khóa url của nguồn"
    return f"{parts.scheme}://{host}{port}{parts.path}"


def _wait_or_give_up(error: Exception) -> bool | float:
    """Tell stamina whether another try can help, and how long the server asked to wait."""
    if isinstance(error, Refused):
        if not error.passing:
            return False
        return error.retry_after if error.retry_after is not None else True
    return isinstance(error, httpx.TransportError) and not _is_final(error)


def _is_final(error: Exception) -> bool:
    is_login = isinstance(error, httpx.ProxyError) and str(error).startswith("40")
    is_astray = isinstance(error, httpx.UnsupportedProtocol | httpx.TooManyRedirects)
    return _is_tls(error) or is_astray or is_login


def _is_tls(error: Exception) -> bool:
    return "[SSL" in str(error)


def _retry_after(response: httpx.Response) -> float | None:
    """Return the seconds a server asks to wait, which it gives as a number or as a moment."""
    text = response.headers.get("retry-after", "")
    if re.fullmatch(r"[0-9]+", text):
        return min(float(text), LONGEST_WAIT)
    try:
        wait = parsedate_to_datetime(text) - parsedate_to_datetime(response.headers["date"])
    except (ValueError, KeyError, TypeError):
        return None
    return min(max(wait.total_seconds(), 0.0), LONGEST_WAIT)


def _tls(source: Source, where: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=source.ca_file)
    except (OSError, ssl.SSLError) as e:
        problem = f"không đọc được tệp chứng thư ca_file {source.ca_file}; cần chứng thư CA dạng PEM"
        raise SourceError(where, problem) from e


def _refusal(source: Source, where: str, answer: Refused) -> SourceError:
    keys = "client_id, client_secret và scope" if source.token_url else "token_file/token_env"
    cures = {401: f"địa chỉ đòi đăng nhập hoặc mã truy cập không đúng; kiểm tra {keys} của nguồn", **_CURES}
    other = (
        "máy chủ đang lỗi; thử lại ở lần chạy sau" if answer.passing else "yêu cầu bị từ chối; kiểm tra url"
    )
    cure = cures.get(answer.status, other)
    return SourceError(where, f"trả lời HTTP {answer.status}: {cure}", passing=answer.passing)


def _broken(where: str, error: httpx.HTTPError) -> SourceError:
    if _is_tls(error):
        is_unknown = "CERTIFICATE_VERIFY_FAILED" in str(error)
        return SourceError(where, _UNKNOWN_CERTIFICATE if is_unknown else _NO_TLS)
    problem = next((text for kind, text in _BROKEN.items() if isinstance(error, kind)), None)
    problem = problem or f"không kết nối được ({type(error).__name__}); kiểm tra mạng và địa chỉ"
    return SourceError(where, problem, passing=not _is_final(error))


_UNKNOWN_CERTIFICATE = (
    "chứng thư TLS không kiểm tra được; nếu máy chủ dùng chứng thư nội bộ, hãy đặt ca_file của nguồn"
)
_NO_TLS = "không bắt tay TLS được; kiểm tra url là http hay https, và cổng"
_ASTRAY = "chuyển hướng không đến đâu; kiểm tra khóa url của nguồn"
_CUT = "kết nối bị ngắt giữa chừng; thử lại ở lần chạy sau"
_BROKEN: dict[type[httpx.HTTPError], str] = {
    httpx.TooManyRedirects: _ASTRAY,
    httpx.UnsupportedProtocol: _ASTRAY,
    httpx.ProxyError: "máy chủ trung gian từ chối; kiểm tra khóa proxy của nguồn hoặc HTTPS_PROXY của máy",
    httpx.DecodingError: "dữ liệu nén bị hỏng; thử lại ở lần chạy sau",
    httpx.RemoteProtocolError: _CUT,
    httpx.ReadError: _CUT,
}
