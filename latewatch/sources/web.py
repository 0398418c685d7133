"""A spreadsheet behind an HTTP(S) address: asked for only when newer, retried only when that can help.

Neither the token nor the user, password and query of the address are in any message, log or traceback.
"""

import hashlib
import logging
import re
import ssl
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

import httpx
import stamina

from latewatch.config import Source, secret
from latewatch.domain.names import tidy
from latewatch.errors import ConfigError, SourceError
from latewatch.sources.delivery import Delivery

MEGABYTE = 1024 * 1024
FIRST_WAIT = 0.2  # seconds; doubled with every try, plus up to JITTER
JITTER = 1.0
LONGEST_WAIT = 60.0
LONGEST_DOWNLOAD = 900.0  # seconds; a server that drips keeps every single timeout

_CURES = {
    401: "địa chỉ đòi đăng nhập hoặc mã truy cập không đúng; kiểm tra token_file/token_env của nguồn",
    403: "mã truy cập không có quyền đọc; hãy xin quyền ở hệ thống một cửa",
    404: "không có tệp ở địa chỉ này; kiểm tra khóa url của nguồn",
    410: "tệp không còn ở địa chỉ này; kiểm tra khóa url của nguồn",
    429: "máy chủ báo hỏi quá nhiều; thử lại ở lần chạy sau",
}
_NO_ADDRESS = "không phải địa chỉ http(s) hợp lệ; hãy sửa khóa url của nguồn"

logging.getLogger("httpx").setLevel(logging.WARNING)  # its INFO lines show whole addresses


class _Refused(Exception):  # noqa: N818  an answer, not an error of the program
    """An answer without the file. Unlike the error of httpx it does not quote the address."""

    def __init__(self, status: int, retry_after: float | None) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status
        self.retry_after = retry_after

    @property
    def passing(self) -> bool:
        return self.status == HTTPStatus.TOO_MANY_REQUESTS or self.status >= HTTPStatus.INTERNAL_SERVER_ERROR


def fetch(source: Source, cursor: Mapping[str, str], folder: Path) -> Delivery | None:
    """Load the file at `source.url` into `folder`; return None where it has not changed since `cursor`.

    Timeouts, broken connections, 429 and 5xx are tried again `source.retries` times with growing waits
    (`Retry-After` is kept to, up to a minute); nothing else is. Raises SourceError, and ConfigError where a
    secret that the source names is not there.
    """
    where = _shown(source.url or "")
    headers = _headers(source, cursor)
    try:
        with httpx.Client(
            timeout=source.timeout_seconds, verify=_tls(source, where), follow_redirects=True
        ) as client:
            return _get_patiently(client, source, headers, where, folder)
    except _Refused as e:
        raise _refusal(where, e) from e
    except httpx.TimeoutException:
        problem = f"không trả lời trong {source.timeout_seconds:g} giây; thử lại ở lần chạy sau"
        raise SourceError(where, problem, passing=True) from None
    except httpx.HTTPError as e:
        raise _broken(where, e) from None
    except (httpx.InvalidURL, ValueError):
        raise SourceError(where, _NO_ADDRESS) from None


def _get_patiently(
    client: httpx.Client, source: Source, headers: Mapping[str, str], where: str, folder: Path
) -> Delivery | None:
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
            return _get(client, source, headers, where, folder)
    raise AssertionError("unreachable: the last try returns or raises")  # pragma: no cover


def _get(
    client: httpx.Client, source: Source, headers: Mapping[str, str], where: str, folder: Path
) -> Delivery | None:
    url = source.url or ""
    with client.stream("GET", url, headers=dict(headers)) as response:
        is_conditional = "If-None-Match" in headers or "If-Modified-Since" in headers
        if response.status_code == HTTPStatus.NOT_MODIFIED and is_conditional:
            return None
        if not response.is_success:
            raise _Refused(response.status_code, _retry_after(response))
        if "text/html" in response.headers.get("content-type", ""):
            raise SourceError(
                where,
                "trả về trang web, không phải bảng tính; có thể là trang đăng nhập; kiểm tra mã truy cập",
            )
        path = folder / "download"
        sha256 = _save(response, path, source, where)
        return Delivery(_file_name(url), path, sha256, _cursor(response))


def _save(response: httpx.Response, path: Path, source: Source, where: str) -> str:
    """Write the body to `path` while it is neither too large nor too slow, and return its SHA-256."""
    digest, size = hashlib.sha256(), 0
    end = time.monotonic() + LONGEST_DOWNLOAD
    with path.open("wb") as file:
        for chunk in response.iter_bytes():
            file.write(chunk)
            digest.update(chunk)
            size += len(chunk)
            if size > source.max_megabytes * MEGABYTE:
                raise SourceError(
                    where, f"tệp lớn hơn {source.max_megabytes} MB; tăng max_megabytes nếu đúng là vậy"
                )
            if time.monotonic() > end:
                problem = f"tải chưa xong sau {LONGEST_DOWNLOAD:g} giây; thử lại ở lần chạy sau"
                raise SourceError(where, problem, passing=True)
    return digest.hexdigest()


def _headers(source: Source, cursor: Mapping[str, str]) -> dict[str, str]:
    headers = {"User-Agent": "latewatch"}
    if cursor.get("etag"):
        headers["If-None-Match"] = cursor["etag"]
    if cursor.get("last_modified"):
        headers["If-Modified-Since"] = cursor["last_modified"]
    token = secret("token", source.token_file, source.token_env).lstrip("\ufeff")  # Notepad's mark
    if token and not re.fullmatch(r"[!-~]+", token):
        key = "token_file" if source.token_file else "token_env"
        problem = "mã truy cập có dấu cách, xuống dòng hoặc chữ có dấu; hãy chép lại đúng một dòng"
        raise ConfigError(f"nguồn {source.name}", key, problem)
    return {**headers, "Authorization": f"Bearer {token}"} if token else headers


def _cursor(response: httpx.Response) -> dict[str, str]:
    found = {"etag": response.headers.get("etag"), "last_modified": response.headers.get("last-modified")}
    return {name: value for name, value in found.items() if value and value.isascii()}


def _wait_or_give_up(error: Exception) -> bool | float:
    """Tell stamina whether another try can help, and how long the server asked to wait."""
    if isinstance(error, _Refused):
        if not error.passing:
            return False
        return error.retry_after if error.retry_after is not None else True
    return isinstance(error, httpx.TransportError) and not _is_tls(error) and not _is_unsupported(error)


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


def _is_tls(error: Exception) -> bool:
    return "[SSL" in str(error)


def _is_unsupported(error: Exception) -> bool:
    return isinstance(error, httpx.UnsupportedProtocol)


def _refusal(where: str, answer: _Refused) -> SourceError:
    other = (
        "máy chủ đang lỗi; thử lại ở lần chạy sau" if answer.passing else "yêu cầu bị từ chối; kiểm tra url"
    )
    cure = _CURES.get(answer.status, other)
    return SourceError(where, f"trả lời HTTP {answer.status}: {cure}", passing=answer.passing)


def _broken(where: str, error: httpx.HTTPError) -> SourceError:
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return SourceError(
            where,
            "chứng thư TLS không kiểm tra được; nếu máy chủ dùng chứng thư nội bộ, hãy đặt ca_file của nguồn",
        )
    if _is_tls(error):
        return SourceError(where, "không bắt tay TLS được; kiểm tra url là http hay https, và cổng")
    if isinstance(error, httpx.TooManyRedirects) or _is_unsupported(error):
        return SourceError(where, "chuyển hướng không đến tệp nào; kiểm tra khóa url của nguồn")
    if isinstance(error, httpx.RemoteProtocolError | httpx.ReadError):
        return SourceError(where, "kết nối bị ngắt giữa chừng; thử lại ở lần chạy sau", passing=True)
    return SourceError(
        where, f"không kết nối được ({type(error).__name__}); kiểm tra mạng và địa chỉ", passing=True
    )


def _shown(url: str) -> str:
    """Return the address without user, password and query: they may hold secrets or personal data."""
    try:
        parts = urlsplit(url)
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "khóa url của nguồn"
    return f"{parts.scheme}://{host}{port}{parts.path}"


def _file_name(url: str) -> str:
    return tidy(PurePosixPath(unquote(urlsplit(url).path)).name) or "export"
