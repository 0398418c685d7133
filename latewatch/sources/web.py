"""A spreadsheet behind an HTTP(S) address: asked for only when newer, retried only when that can help."""

import ssl
from collections.abc import Mapping
from datetime import timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

import httpx
import stamina

from latewatch.config import Source, secret
from latewatch.errors import SourceError
from latewatch.sources.delivery import Delivery

LONGEST_WAIT = 60.0
_CURES = {
    401: "địa chỉ đòi đăng nhập hoặc mã truy cập không đúng; kiểm tra token_file/token_env của nguồn",
    403: "mã truy cập không có quyền đọc; hãy xin quyền ở hệ thống một cửa",
    404: "không có tệp ở địa chỉ này; kiểm tra khóa url của nguồn",
    410: "tệp không còn ở địa chỉ này; kiểm tra khóa url của nguồn",
}


def fetch(source: Source, cursor: Mapping[str, str]) -> Delivery | None:
    """Return the file at `source.url`, or None where it has not changed since `cursor`.

    Timeouts, broken connections, 429 and 5xx are tried again `source.retries` times with growing waits
    (`Retry-After` is kept to, up to a minute); nothing else is. Raises SourceError.
    """
    url = source.url or ""
    where = _shown(url)
    headers = _headers(source, cursor)
    try:
        with httpx.Client(
            timeout=source.timeout_seconds, verify=_tls(source, where), follow_redirects=True
        ) as client:
            for attempt in stamina.retry_context(
                on=_wait_or_give_up,
                attempts=source.retries + 1,
                timeout=None,
                wait_initial=0.2,
                wait_max=LONGEST_WAIT,
            ):
                with attempt:
                    return _get(client, url, headers, source.max_megabytes, where)
    except httpx.HTTPStatusError as e:
        raise _refusal(where, e.response.status_code) from e
    except httpx.TimeoutException as e:
        problem = f"không trả lời trong {source.timeout_seconds:g} giây; thử lại ở lần chạy sau"
        raise SourceError(where, problem, passing=True) from e
    except httpx.HTTPError as e:
        raise _broken(where, e) from e
    raise AssertionError("unreachable: the retry loop returns or raises")  # pragma: no cover


def _get(
    client: httpx.Client, url: str, headers: Mapping[str, str], max_megabytes: int, where: str
) -> Delivery | None:
    with client.stream("GET", url, headers=dict(headers)) as response:
        if response.status_code == HTTPStatus.NOT_MODIFIED:
            return None
        response.raise_for_status()
        content = bytearray()
        for chunk in response.iter_bytes():
            content += chunk
            if len(content) > max_megabytes * 1024 * 1024:
                raise SourceError(
                    where, f"tệp lớn hơn {max_megabytes} MB; tăng max_megabytes nếu đúng là vậy"
                )
        if "text/html" in response.headers.get("content-type", ""):
            raise SourceError(where, "trả về trang web, không phải bảng tính; có thể là trang đăng nhập")
        return Delivery(_file_name(url), bytes(content), _cursor(response))


def _headers(source: Source, cursor: Mapping[str, str]) -> dict[str, str]:
    headers = {"User-Agent": "latewatch"}
    if cursor.get("etag"):
        headers["If-None-Match"] = cursor["etag"]
    if cursor.get("last_modified"):
        headers["If-Modified-Since"] = cursor["last_modified"]
    token = secret("token", source.token_file, source.token_env)
    return {**headers, "Authorization": f"Bearer {token}"} if token else headers


def _cursor(response: httpx.Response) -> dict[str, str]:
    found = {"etag": response.headers.get("etag"), "last_modified": response.headers.get("last-modified")}
    return {name: value for name, value in found.items() if value}


def _wait_or_give_up(error: Exception) -> bool | float:
    """Tell stamina whether another try can help, and how long the server asked to wait."""
    if isinstance(error, httpx.HTTPStatusError):
        status = error.response.status_code
        if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            asked = _retry_after(error.response)
            return asked if asked is not None else True
        return False
    return isinstance(error, httpx.TransportError) and not _is_tls(error)


def _retry_after(response: httpx.Response) -> float | None:
    text = response.headers.get("retry-after", "")
    if text.isdigit():
        return min(float(text), LONGEST_WAIT)
    try:
        wait: timedelta = parsedate_to_datetime(text) - parsedate_to_datetime(response.headers["date"])
    except (ValueError, KeyError, TypeError):
        return None
    return min(max(wait.total_seconds(), 0.0), LONGEST_WAIT)


def _tls(source: Source, where: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=source.ca_file)
    except (OSError, ssl.SSLError) as e:
        raise SourceError(where, f"không đọc được tệp chứng thư ca_file {source.ca_file}") from e


def _is_tls(error: Exception) -> bool:
    return "CERTIFICATE_VERIFY_FAILED" in str(error)


def _refusal(where: str, status: int) -> SourceError:
    passing = status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    cure = _CURES.get(status, "máy chủ đang lỗi; thử lại ở lần chạy sau" if passing else "yêu cầu bị từ chối")
    return SourceError(where, f"trả lời HTTP {status}: {cure}", passing=passing)


def _broken(where: str, error: httpx.HTTPError) -> SourceError:
    if _is_tls(error):
        problem = (
            "chứng thư TLS không kiểm tra được; nếu máy chủ dùng chứng thư nội bộ, hãy đặt ca_file của nguồn"
        )
        return SourceError(where, problem)
    return SourceError(
        where, f"không kết nối được ({type(error).__name__}); kiểm tra mạng và địa chỉ", passing=True
    )


def _shown(url: str) -> str:
    """Return the address without user, password and query: they may hold secrets or personal data."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname}{port}{parts.path}"


def _file_name(url: str) -> str:
    return PurePosixPath(unquote(urlsplit(url).path)).name or "export"
