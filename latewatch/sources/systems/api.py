"""A JSON interface, asked: at a pace its server can bear, with a token, and never believed without a look."""

import re
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType, TracebackType
from typing import Self, TypeVar

import httpx
import msgspec

from latewatch.config import Source
from latewatch.errors import SourceError
from latewatch.sources.credentials import asked, credentials_of
from latewatch.sources.http import Refused, chunks, explained, new_client, shown

T = TypeVar("T")
_NONE: Mapping[str, str] = MappingProxyType({})


class Api:
    """The interface at the address of a source, for one run.

    Raises SourceError, passing where a later run may succeed, and ConfigError where a secret is not there.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._client = new_client(source)
        self._credentials = credentials_of(source, self._client)
        self._gap = 1 / source.requests_per_second
        self._next = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._client.close()

    def get(
        self, path: str, params: Mapping[str, str | int], kind: type[T], headers: Mapping[str, str] = _NONE
    ) -> T:
        """Return the answer to a question. A redirect is followed, to another host without the token."""
        return self._ask(
            path,
            kind,
            lambda url: self._client.build_request("GET", url.copy_merge_params(params), headers=headers),
        )

    def post(self, path: str, body: object, kind: type[T]) -> T:
        """Return the answer to a question put as JSON. A redirect is not followed: it would lose the body."""
        content, headers = msgspec.json.encode(body), {"Content-Type": "application/json"}
        return self._ask(
            path, kind, lambda url: self._client.build_request("POST", url, content=content, headers=headers)
        )

    def _ask(self, path: str, kind: type[T], made: Callable[[httpx.URL], httpx.Request]) -> T:
        with explained(self._source, shown(self._source.url or "")):
            url = _joined(self._source.url or "", path)
        where = shown(str(url))
        with explained(self._source, where):
            content = asked(self._source, self._credentials, lambda: self._send(made(url), where))
        return _decoded(content, kind, where)

    def _send(self, request: httpx.Request, where: str) -> bytes:
        proof = self._credentials.header()
        if proof:
            request.headers["Authorization"] = proof
        self._wait_for_turn()
        auth = httpx.Auth() if proof else None  # a token goes before the user of the address
        response = self._client.send(
            request, stream=True, auth=auth, follow_redirects=request.method == "GET"
        )
        try:
            if not response.is_success:
                raise Refused(response)
            if "text/html" in response.headers.get("content-type", ""):
                problem = "trả về trang web, không phải dữ liệu; kiểm tra khóa url và mã truy cập của nguồn"
                raise SourceError(where, problem)
            return b"".join(chunks(response, self._source, where))
        finally:
            response.close()

    def _wait_for_turn(self) -> None:
        """Wait until the source may be asked again (`requests_per_second`)."""
        now = time.monotonic()
        if now < self._next:
            time.sleep(self._next - now)
        self._next = max(now, self._next) + self._gap


def _joined(base: str, path: str) -> httpx.URL:
    """Return the address of `path` below `base`, whose own query stays; without a path `base` itself."""
    url = httpx.URL(base)
    if not path:
        return url
    return url.copy_with(path=f"{url.path.rstrip('/')}/{path.lstrip('/')}")


def _decoded(content: bytes, kind: type[T], where: str) -> T:
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.ValidationError as e:
        raise _misfit(where, _told(str(e))) from None
    except msgspec.DecodeError:
        raise _misfit(where, "không phải JSON trọn vẹn") from None
    except (RecursionError, UnicodeDecodeError):
        raise _misfit(where, "lồng quá sâu hoặc không phải UTF-8") from None


def _told(error: str) -> str:
    """Say which key does not fit and how, but nothing of what was sent: it may be of a person."""
    problem, _, at = error.partition(" - at ")
    key = at.strip("`").removeprefix("$").removeprefix(".") or "gốc"
    if kinds := re.fullmatch(r"Expected (`[^`]+`), got (`[^`]+`)", problem):
        return f"khóa {key} cần {kinds[1]}, nhận được {kinds[2]}"
    if missing := re.fullmatch(r"Object missing required field (`[^`]+`)", problem):
        return f"khóa {key} thiếu {missing[1]}"
    return f"khóa {key} có giá trị lạ"


def _misfit(where: str, found: str) -> SourceError:
    return SourceError(
        where,
        f"câu trả lời không đúng dạng của hệ thống này ({found}); kiểm tra khóa url và profile của nguồn",
    )
